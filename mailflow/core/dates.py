"""Dates as letters state them: `20.11.2026`, `20 ноября`, `до пятницы`, `by Friday`, `завтра`.

Owns: the spellings of a day, counted from the day the letter was written (never from today).
Refuses to know: working days and office hours (see `worktime`), which date of a letter is meant (`fields`).

What may go wrong: a date without a year, at the turn of the year; the rule is `PAST_ALLOWED`. A weekday that
contradicts its date, `11/12/2026`, and «следующая пятница» have two honest readings and are not read.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date, timedelta

PAST_ALLOWED = timedelta(days=60)
"""A date without a year is the nearest one that lies no further back than this."""

MONTHS: tuple[tuple[str, ...], ...] = (
    ("января", "январь", "январе", "янв", "january", "jan"),
    ("февраля", "февраль", "феврале", "фев", "февр", "february", "feb"),
    ("марта", "март", "марте", "мар", "march", "mar"),
    ("апреля", "апрель", "апреле", "апр", "april", "apr"),
    ("мая", "май", "мае", "may"),
    ("июня", "июнь", "июне", "июн", "june", "jun"),
    ("июля", "июль", "июле", "июл", "july", "jul"),
    ("августа", "август", "августе", "авг", "august", "aug"),
    ("сентября", "сентябрь", "сентябре", "сен", "сент", "september", "sept", "sep"),
    ("октября", "октябрь", "октябре", "окт", "october", "oct"),
    ("ноября", "ноябрь", "ноябре", "ноя", "нояб", "november", "nov"),
    ("декабря", "декабрь", "декабре", "дек", "december", "dec"),
)
WEEKDAYS: tuple[tuple[str, ...], ...] = (
    ("понедельника", "понедельник", "понедельнику", "пн", "monday", "mon"),
    ("вторника", "вторник", "вторнику", "вт", "tuesday", "tue"),
    ("среды", "среду", "среда", "среде", "ср", "wednesday", "wed"),
    ("четверга", "четверг", "четвергу", "чт", "thursday", "thu"),
    ("пятницы", "пятницу", "пятница", "пятнице", "пт", "friday", "fri"),
    ("субботы", "субботу", "суббота", "субботе", "сб", "saturday", "sat"),
    ("воскресенья", "воскресенье", "воскресенью", "вс", "sunday", "sun"),
)
RELATIVE: dict[str, int] = {
    "сегодня": 0, "сегодняшнего дня": 0, "конца дня": 0, "конца рабочего дня": 0, "конца сегодняшнего дня": 0,
    "today": 0, "end of day": 0, "the end of the day": 0, "eod": 0,
    "завтра": 1, "завтрашнего дня": 1, "tomorrow": 1,
    "послезавтра": 2, "the day after tomorrow": 2, "day after tomorrow": 2,
}  # fmt: skip
"""A day named by its distance from the day of the letter."""

_MONTH_NUMBER = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
_WEEKDAY_NUMBER = {name: number for number, names in enumerate(WEEKDAYS) for name in names}


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


COUNTS: dict[str, int] = {
    "два": 2, "две": 2, "двух": 2, "три": 3, "трех": 3, "четыре": 4, "четырех": 4, "пять": 5, "пяти": 5, "шесть": 6,
    "семь": 7, "десять": 10, "десяти": 10, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10,
}  # fmt: skip
_COUNT = rf"(?:[0-9]{{1,2}}|{_any_of(COUNTS)})"
_MONTH = rf"(?:{_any_of(_MONTH_NUMBER)})\b\.?"
_WEEKDAY = rf"(?:{_any_of(_WEEKDAY_NUMBER)})\b\.?"
_YEAR = r"(?:20[0-9]{2})(?: ?(?:г\.|года|год|г\b))?"

DATE_PATTERN = (
    rf"(?:{_WEEKDAY},? )?(?:"
    r"(?<![0-9.])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])"
    r"|(?<![0-9.,])[0-9]{1,2}[./-][0-9]{1,2}[./-](?:20)?[0-9]{2}(?! ?[0-9%])(?: ?(?:г\.|года|г\b))?"
    rf"|(?<![0-9.,])[0-9]{{1,2}}(?:-?(?:го|е|ое)|st|nd|rd|th)?(?: of)? {_MONTH}(?:,? {_YEAR})?"
    rf"|{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?\b(?:,? 20[0-9]{{2}})?"
    r"|(?<![0-9.,])[0-9]{1,2}\.(?:0[1-9]|1[0-2])"
    r"(?![0-9]|[.,][0-9]| ?(?:%|₽|\$|€|руб|р\b|р\.|тыс|млн|млрд|шт|кг|т\b|к\b))"
    r"|(?<![0-9.,])[0-9]{1,2}(?:-?(?:го|му)(?: числ[ау])?| числ[ау])\b"
    rf"|{_any_of(RELATIVE)}"
    r"|(?:конца|концу) (?:этой |текущей |следующей )?недели"
    r"|(?:конца|концу) (?:этого |текущего |следующего )?(?:месяца|года|квартала)"
    r"|(?:the )?end of (?:the |this |next )?(?:week|month|year|quarter)"
    rf"|(?:конца|концу|конец|(?:the )?end of) {_MONTH}(?:,? {_YEAR})?"
    rf"|(?:через|в течение) (?:неделю|недели|{_COUNT} (?:дня|дней|день|недели|недель))"
    rf"|(?:in|within) (?:a week|{_COUNT} (?:days?|weeks?))"
    rf"|{_WEEKDAY})(?:,? включительно)?"
)
"""Finds a date inside a text that went through `money.fold`; the piece it finds is for `read_date`."""

_LEADING = re.compile(
    r"^(?:до|к|ко|не позднее|не позже|в(?! течение)|во|на|срок|от|с|со|по"
    r"|by|before|until|till|on|due|no later than)\b:? "
)
_TIME_TAIL = re.compile(r",? (?:(?:в|до|at|by) )?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?мск)?$")
_DATE = re.compile(DATE_PATTERN)
_NUMERIC = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})(?:[./-]([0-9]{4}|[0-9]{2}))?")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_MONTH = re.compile(rf"([0-9]{{1,2}})[^0-9 ]*(?: of)? ({_any_of(_MONTH_NUMBER)})\b\.?,? ?([0-9]{{4}})?")
_MONTH_DAY = re.compile(rf"({_any_of(_MONTH_NUMBER)})\b\.? ([0-9]{{1,2}})[^0-9 ,]*,? ?([0-9]{{4}})?")
_DAY_ALONE = re.compile(r"([0-9]{1,2})(?:-?(?:го|му)| числ[ау])")
_DISTANCE = re.compile(r"(?:через|в течение|in|within) (?:([0-9]{1,2}|\w+) (?=\w))?(?:a )?(\w+)")
_END_OF_MONTH = re.compile(rf"(?:the )?(?:конца|концу|конец|end of) ({_any_of(_MONTH_NUMBER)})\b\.?,? ?([0-9]{{4}})?")
_END_OF = re.compile(r"(?:the )?(?:конца|концу|end of) (?:the )?(?:(следующ\w+|next) |\w+ )?(\w+)")


def read_date(text: str, written_on: date) -> date | None:
    """Read a text that is a date and nothing else (a preposition before it and an hour after it are allowed).

    Count weekdays, «завтра» and missing years from `written_on`. None: not a date, or not surely one.
    """
    if len(text) > 100:
        return None
    phrase = " ".join(text.lower().replace("ё", "е").split()).strip(" .,;")
    phrase = _LEADING.sub("", _TIME_TAIL.sub("", phrase), count=1).removesuffix(" включительно").rstrip(",")
    if not _DATE.fullmatch(phrase) and not _DATE.fullmatch(phrase + "."):
        return None
    weekday, rest = _split_weekday(phrase)
    day = _first_reading(rest, written_on) if rest else _next_weekday(weekday, written_on)
    return day if day is None or weekday is None or day.weekday() == weekday else None


def format_date(day: date, language: str = "ru") -> str:
    """Show a date in figures: `20.11.2026`, in English `20 Nov 2026` (nothing to mistake)."""
    if language == "ru":
        return f"{day:%d.%m.%Y}"
    return f"{day.day} {MONTHS[day.month - 1][-1].capitalize()} {day.year}"


def format_date_in_words(day: date, language: str = "ru") -> str:
    """Show a date as letters and papers do: `20 ноября 2026 г.`, in English `20 November 2026`."""
    names = MONTHS[day.month - 1]
    if language == "ru":
        return f"{day.day} {names[0]} {day.year} г."
    return f"{day.day} {next(name for name in names if name.isascii()).capitalize()} {day.year}"


def format_date_with_weekday(day: date, language: str = "ru") -> str:
    """Show a date with its day of the week: `пт 20.11.2026`, in English `Fri 20 Nov 2026`."""
    names = WEEKDAYS[day.weekday()]
    weekday = names[-3] if language == "ru" else names[-1].capitalize()
    return f"{weekday} {format_date(day, language)}"


def _split_weekday(phrase: str) -> tuple[int | None, str]:
    word, _, rest = phrase.partition(" ")
    weekday = _WEEKDAY_NUMBER.get(word.strip(".,"))
    return (None, phrase) if weekday is None else (weekday, rest)


def _next_weekday(weekday: int | None, written_on: date) -> date | None:
    """Give the next such day after the letter's own: «до пятницы» of a Friday is the coming one."""
    if weekday is None:
        return None
    return written_on + timedelta(days=(weekday - written_on.weekday() - 1) % 7 + 1)


def _first_reading(phrase: str, written_on: date) -> date | None:
    if phrase in RELATIVE:
        return written_on + timedelta(days=RELATIVE[phrase])
    return next((read(match, written_on) for form, read in _READERS if (match := form.match(phrase))), None)


def _iso(match: re.Match[str], written_on: date) -> date | None:
    return _day(int(match[1]), int(match[2]), int(match[3]))


def _numeric(match: re.Match[str], written_on: date) -> date | None:
    first, second, year = int(match[1]), int(match[3]), match[4]
    if match[2] == "/" and first != second and first <= 12 and second <= 12:
        return None
    if match[2] == "/" and second > 12:
        first, second = second, first
    return _dated(int(year) % 100 + 2000 if year else None, second, first, written_on)


def _named(match: re.Match[str], written_on: date) -> date | None:
    return _dated(int(match[3]) if match[3] else None, _MONTH_NUMBER[match[2]], int(match[1]), written_on)


def _month_first(match: re.Match[str], written_on: date) -> date | None:
    return _dated(int(match[3]) if match[3] else None, _MONTH_NUMBER[match[1]], int(match[2]), written_on)


def _day_alone(match: re.Match[str], written_on: date) -> date | None:
    """Read «20-го» as the nearest such day of a month, the letter's own day included."""
    days = (written_on + timedelta(days=distance) for distance in range(62))
    return next((day for day in days if day.day == int(match[1])), None)


def _distance(match: re.Match[str], written_on: date) -> date | None:
    step = 7 if match[2].startswith(("недел", "week")) else 1
    count = COUNTS.get(match[1], 0) or int(match[1]) if match[1] and match[1] != "a" else 1
    return written_on + timedelta(days=step * count)


def _end_of_month(match: re.Match[str], written_on: date) -> date | None:
    """Give the last day of a named month: of this year's, unless that lies behind."""
    first = _dated(int(match[2]) if match[2] else None, _MONTH_NUMBER[match[1]], 1, written_on)
    return first.replace(day=monthrange(first.year, first.month)[1]) if first else None


def _end_of(match: re.Match[str], written_on: date) -> date | None:
    return _ENDS[match[2]](written_on, 1 if match[1] else 0)


def _end_of_week(written_on: date, ahead: int) -> date:
    """Give the Friday of the week; written on a weekend, that weekend's Sunday."""
    last = 4 if written_on.weekday() <= 4 or ahead else 6
    return written_on + timedelta(days=last - written_on.weekday() + 7 * ahead)


def _end_of_months(written_on: date, months: int, ahead: int) -> date:
    """Give the last day of the period of so many months (1, 3 or 12) that holds the day."""
    index = (written_on.month - 1) // months * months + months - 1 + months * ahead
    year, month = written_on.year + index // 12, index % 12 + 1
    return date(year, month, monthrange(year, month)[1])


_WEEK: Callable[[date, int], date] = _end_of_week
_ENDS: dict[str, Callable[[date, int], date]] = {
    "недели": _WEEK, "week": _WEEK,
    "месяца": lambda day, ahead: _end_of_months(day, 1, ahead),
    "month": lambda day, ahead: _end_of_months(day, 1, ahead),
    "квартала": lambda day, ahead: _end_of_months(day, 3, ahead),
    "quarter": lambda day, ahead: _end_of_months(day, 3, ahead),
    "года": lambda day, ahead: _end_of_months(day, 12, ahead),
    "year": lambda day, ahead: _end_of_months(day, 12, ahead),
}  # fmt: skip
_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...] = (
    (_ISO, _iso),
    (_NUMERIC, _numeric),
    (_DAY_MONTH, _named),
    (_MONTH_DAY, _month_first),
    (_DAY_ALONE, _day_alone),
    (_DISTANCE, _distance),
    (_END_OF_MONTH, _end_of_month),
    (_END_OF, _end_of),
)


def _dated(year: int | None, month: int, day: int, written_on: date) -> date | None:
    if year is not None:
        return _day(year, month, day)
    years = range(written_on.year - 1, written_on.year + 9)
    days = (found for near in years if (found := _day(near, month, day)))
    return next((found for found in days if found >= written_on - PAST_ALLOWED), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
