"""The day somebody is back, as a holiday reply states it: «до 20.11.2026», "until 20 November", «bis zum 20. November».

Owns: dates of such texts in many languages, counted from the day of the mail. Refuses to know: whose text it is.
May go wrong: 03/04/2026 is read day first, as everywhere but in America; a date before the mail is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from mailflow.core.dates import MONTHS, WEEKDAYS

_MORE_MONTHS: tuple[tuple[str, ...], ...] = (
    ("січня", "студзеня", "қаңтар", "januar", "jänner", "janvier", "enero", "gennaio", "stycznia", "janeiro",
    "januari"),
    ("лютого", "лютага", "ақпан", "februar", "février", "febrero", "febbraio", "lutego", "fevereiro", "februari"),
    ("березня", "сакавіка", "наурыз", "märz", "mars", "marzo", "marca", "março", "maart"),
    ("квітня", "красавіка", "сәуір", "avril", "abril", "aprile", "kwietnia"),
    ("травня", "траўня", "мамыр", "mai", "mayo", "maggio", "maja", "maio", "mei"),
    ("червня", "чэрвеня", "маусым", "juni", "juin", "junio", "giugno", "czerwca", "junho"),
    ("липня", "ліпеня", "шілде", "juli", "juillet", "julio", "luglio", "lipca", "julho"),
    ("серпня", "жніўня", "тамыз", "août", "agosto", "sierpnia", "augustus"),
    ("вересня", "верасня", "қыркүйек", "septembre", "septiembre", "settembre", "września", "setembro"),
    ("жовтня", "кастрычніка", "қазан", "oktober", "octobre", "octubre", "ottobre", "października", "outubro"),
    ("листопада", "лістапада", "қараша", "novembre", "noviembre", "listopada", "novembro"),
    ("грудня", "снежня", "желтоқсан", "dezember", "décembre", "diciembre", "dicembre", "grudnia", "dezembro",
    "december"),
)  # fmt: skip
_MORE_WEEKDAYS: tuple[tuple[str, ...], ...] = (
    ("понеділка", "панядзелка", "дүйсенбі", "montag", "lundi", "lunes", "lunedì", "poniedziałku", "poniedziałek"),
    ("вівторка", "аўторка", "сейсенбі", "dienstag", "mardi", "martes", "martedì", "wtorku", "wtorek"),
    ("середи", "серады", "сәрсенбі", "mittwoch", "mercredi", "miércoles", "mercoledì", "środy", "środę"),
    ("четверга", "чацвярга", "бейсенбі", "donnerstag", "jeudi", "jueves", "giovedì", "czwartku", "czwartek"),
    ("п'ятниці", "п’ятниці", "пятніцы", "жұма", "freitag", "vendredi", "viernes", "venerdì", "piątku", "piątek"),
    ("суботи", "сенбі", "samstag", "samedi", "sábado", "sabato", "soboty", "sobotę"),
    ("неділі", "нядзелі", "жексенбі", "sonntag", "dimanche", "domingo", "domenica", "niedzieli", "niedzielę"),
)  # fmt: skip
_MONTH = {name: n for n, names in enumerate(zip(MONTHS, _MORE_MONTHS, strict=True), 1) for name in names[0] + names[1]}
_WEEKDAY = {name: n for n, pair in enumerate(zip(WEEKDAYS, _MORE_WEEKDAYS, strict=True)) for name in pair[0] + pair[1]}
_KAZAKH = {names[2]: n for n, names in enumerate(_MORE_MONTHS, 1)}
_KAZAKH.pop("mars", None)
_TOMORROW = ("завтра", "tomorrow", "morgen", "demain", "mañana", "domani", "jutro", "заўтра", "ертең")
_WORD = r"([^\W\d_][^\W\d_'’]{1,14})"
_YEAR = r"(?:(?:[ \t]{1,3}(?:de[ \t]{1,3})?|,[ \t]{0,3})((?:19|20)\d\d)(?!\d))?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)",
        r"(?<![\d.])(?P<d>\d{1,2})(?P<sign>[./-])(?P<m>\d{1,2})(?P=sign)(?P<y>\d{4}|\d{2})(?!\d)",
        r"(?<![\d.])(?P<d>\d{1,2})[./](?P<m>\d{1,2})(?!\d)",
        rf"(?P<y>(?:19|20)\d\d)[ \t]{{1,3}}жылғы[ \t]{{1,3}}(?P<d>\d{{1,2}})[ \t]{{1,3}}(?P<word>{_WORD})",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:\.|-?(?:го|е|st|nd|rd|th|er|º|°))?[ \t]{{1,3}}(?:of[ \t]{{1,3}}|de[ \t]{{1,3}})?"
        rf"(?P<word>{_WORD})\.?(?P<late>{_YEAR})",
        rf"(?P<word>{_WORD})\.?[ \t]{{1,3}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[./:]\d)(?P<late>{_YEAR})",
    )
)
_ANY_WORD = re.compile(r"[^\W\d_][^\W\d_]{0,14}(?:['’][^\W\d_]{1,14})?")
_BACK = re.compile(
    r"вернусь|возвращ|вернуться|выйду|выхожу|приступлю|буду на месте|буду на связи|буду в офисе|\breturn|\bback\b|"
    r"поверн|вярнус|zurück|wieder (?:im|da|erreichbar)|ab dem|de retour|retour le|regres|vuelv|de vuelta|rientr|"
    r"torner|di ritorno|wrac|wróc|powr|de volta|terug"
)
_BACK_AFTER = re.compile(r"[^\W\d_]{0,6}[ \t]{1,3}(?:орал|қайт)")
_UNTIL = re.compile(
    r"\b(?:до|по|until|till|through|thru|to|bis|jusqu|au|hasta|al|fino|a|até|tot|да|do)\b|[-–—]",
)
_UNTIL_AFTER = re.compile(r"[^\W\d_]{0,4}[ \t]{1,3}дейін")
_REACH, _NEAR = 60, 16
_LONGEST = timedelta(days=400)
_READ = 4_000


def return_date(text: str, written_on: date) -> date | None:
    """Give the day of return a text states, else the last day of the absence; None when it states none."""
    text = text[:_READ].lower()
    found = [each for each in _days(text, written_on) if written_on < each.day <= written_on + _LONGEST]
    back = next((each.day for each in found if _is_back(text, each)), None)
    last = next((each.day for each in reversed(found) if _is_end(text, each)), None)
    return back or last


@dataclass(frozen=True, slots=True)
class _Said:
    day: date
    start: int
    stop: int


def _is_back(text: str, said: _Said) -> bool:
    before = _BACK.search(text, max(0, said.start - _REACH), said.start)
    return bool(before or _BACK_AFTER.match(text, said.stop))


def _is_end(text: str, said: _Said) -> bool:
    return bool(_UNTIL.search(text, max(0, said.start - _NEAR), said.start) or _UNTIL_AFTER.match(text, said.stop))


def _days(text: str, written_on: date) -> list[_Said]:
    """Find the days a text states, in its order; the first day of a stretch is left out: that is when he left."""
    dates = sorted(_dates(text, written_on), key=lambda said: said.start)
    if not dates:
        return sorted(_named_days(text, written_on), key=lambda said: said.start)
    following = [*dates[1:], None]
    return [said for said, after in zip(dates, following, strict=True) if not (after and _begins(text, said, after))]


def _begins(text: str, said: _Said, after: _Said) -> bool:
    between = text[said.stop : after.start]
    return len(between) < _NEAR and bool(_UNTIL.search(between)) and said.day < after.day


def _dates(text: str, written_on: date) -> Iterator[_Said]:
    taken: list[tuple[int, int]] = []
    for form in _FORMS:
        for match in form.finditer(text):
            day = _day(match, written_on)
            if day is not None and not any(start < match.end() and match.start() < stop for start, stop in taken):
                taken.append(match.span())
                yield _Said(day, match.start(), match.end())


def _day(match: re.Match[str], written_on: date) -> date | None:
    said = match.groupdict()
    month = int(said["m"]) if said.get("m") else _month(said["word"])
    late = re.search(r"\d{4}", said.get("late") or "")
    year = said.get("y") or (late[0] if late else "")
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, int(said["d"]))
        near = date(written_on.year, month, int(said["d"]))
        return near if near >= written_on - timedelta(days=60) else near.replace(year=near.year + 1)
    except ValueError:
        return None


def _month(word: str) -> int:
    """Give the number of a month; Kazakh puts endings behind its name. 0 for any other word."""
    return _MONTH.get(word) or next((n for name, n in _KAZAKH.items() if word.startswith(name)), 0)


def _named_days(text: str, written_on: date) -> Iterator[_Said]:
    """Find weekdays and «завтра»: the next after the day of the mail."""
    for match in _ANY_WORD.finditer(text):
        word = match[0]
        ahead = 1 if word in _TOMORROW else (_WEEKDAY[word] - written_on.weekday()) % 7 or 7 if word in _WEEKDAY else 0
        if ahead:
            yield _Said(written_on + timedelta(days=ahead), match.start(), match.end())
