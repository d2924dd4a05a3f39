"""Name lines: the line above a quote that says who wrote it and when, in any order and many languages.

Owns: the rule. The line is reduced to a string of letters, D for a date or an hour, A for an address, Q for
a quoted name, V for a verb of writing, N for a word in capitals, X for any other; small words vanish, and so do
words in scripts in which nobody decides anything here. What is left must be one of a few shapes.
Where marked lines follow, only the line itself can be lost and less is asked of it; a quote without marks takes
everything below away, so there a date and an address or a verb must be in it. Refuses to know: what stands around.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from mailflow.core.lines import Line
from mailflow.core.normal import clean, tokens
from mailflow.core.phrase_search import find, index
from mailflow.core.phrases import Says
from mailflow.core.quote_words import OPENERS, VERBS

_PIECE = re.compile(
    r"(?P<A><[^<>@]{0,100}@[^<>]{1,150}>+|[\[(]\s?(?:mailto:)?[^\[\]()@\s]{1,80}@[^\[\]()]{1,120}[\])]"
    r"|&lt;[^&@]{1,80}@[^&]{1,80}&gt;|(?:mailto:)?[\w.+'=-]{1,80}@[\w.-]{1,100})"
    r"|(?P<Q>[\"“„«][^\"”“»]{0,100}[\"”“»])"
    r"|(?P<D>\d{4}[年년]\s?\d{1,2}[月월]\s?\d{1,2}[日일]"
    r"|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}\.?|\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d"
    r"|\d{1,2}\.\s\d{1,2}\.\s(?:19|20)?\d\d|(?:19|20)\d\d\.\s(?:\d{1,2}|[^\W\d_]{3,12})\.?\s\d{1,2}\."
    r"|\d{1,2}[.-]?[^\W\d_]{2,10}[.-]{0,2}(?:19|20)\d\d"
    r"|\d{1,2}(?:st|nd|rd|th|\.)?\s(?:de\s|thg\s)?[^\W\d_]{2,12}\.?,?\s(?:de\s)?(?:19|20)\d\d"
    r"|\d{1,2}\s(?:thg|tháng)\s\d{1,2},?\s(?:19|20)\d\d|(?:19|20)\d\d\sж\.\s\d{1,2}\s[^\W\d_]{3,10}\.?"
    r"|[^\W\d_]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d|[^\W\d_]{3,12}-\d{1,2}-\d{2}"
    r"|\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[AP]M)?|[+-]\d{2}:?\d{2})"
    r"|(?P<C>[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)"
    r"|(?P<W>[^\W\d_][\w.'’(-]*\)?)"
    r"|(?P<S>[^\s\w]+)"
    r"|(?P<O>\w+)"
)
_SHAPES = re.compile(
    r"D+[NQ]*A+V?"  # Gmail, Mail.ru, Yandex: a date, a name, an address
    r"|D+[NQXAO]*V[NQ]*"  # a date, whoever, "wrote"
    r"|N?D+A*V[NQX]*A*V?"  # "Am D schrieb N A", "Op D schreef X A het volgende geschreven"
    r"|[NQXO]*A+[NQ]*V[DN]*"  # a name, an address, "wrote", perhaps a date
    r"|[NQ]*A+[DN]+V"
    r"|[NQX]+V"  # only between dashes: "---- John Smith wrote ----"
    r"|[NQX]*A+V"
)
_SHAPES_ABOVE_MARKS = re.compile(
    r"D+[NQ]+[NQXO]*A+"  # a name in small letters, «matt via Forum <a@b>»
    r"|[NQ]{0,5}VD+|D+[NQ]{1,5}|[NQ]{1,5}V"  # «Вы писали D», «D, Иван Кузнецов», «Иван Кузнецов пишет»
    r"|[NQ]*A+D+|V[NQ]*A+"  # «* Ivan A [D]», «Quoting Ivan A»
)
"""Believed only above marked lines."""
_NOTES = re.compile(
    r"[^\d:<>@-]{3,80}\s?-{2,4}\s?\d{1,2}[./]\d{2}[./]\d{4}\s\d{1,2}:\d{2}(?::\d{2})?(?:\s[AP]M)?\s?-{2,4}.{0,200}"
)
"""Lotus Notes: «Иван Кузнецов ---09.11.2026 10:00:00---Прошу согласовать»."""
_GLUED = re.compile(
    r"(?:(?<=[\s.!>])|(?<=-{2}))(?=(?:On|(?:пн|вт|ср|чт|пт|сб|вс)[,.]|(?:Понедельник|Вторник|Среда|Четверг|Пятница|Суббота|"
    r"Воскресенье),)\s(?:\w{2,9}[,.]?\s|\d))"
)
_VERB_LINE = re.compile(r">?\s?(?:wrote|написал\(а\)|написал|пишет|пише|schrieb)\s?:")
_ZONE = re.compile(r"(?:GMT|UTC|MSK|МСК)[+-]\d{1,2}(?::?\d{2})?|\((?:GMT|UTC)[^)]{0,12}\)", re.IGNORECASE)
_END = re.compile(r"[\s>*_]*(?:[:：]|>:)[\s*_]*$")
_COULD_BEGIN = re.compile(r"[@<\d:：-]|wrote|sent|пи[сш]|schr|crit|skrev|写道|작성")
_SPEAKS = index(
    Says.YES, Says.NO, Says.REJECT, Says.REWORK, Says.FIX, Says.NEGATED, Says.IF, Says.BUT, Says.NOT, Says.ASK
)
_VERB = re.compile("|".join(map(re.escape, sorted(VERBS))) + "|написал|napisał")
_HOUR_AT_END = re.compile(r"\d[:.]\d\d[^:]{0,60}[:：]$")
_LONGEST = 400
_MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class NameLine:
    """Who wrote the letter below and when, as said, and how many lines say it."""

    from_: str
    date: str
    length: int
    dashed: bool = False
    """Written between dashes: programs that do so mark no lines below."""


def name_line(lines: Sequence[Line], at: int) -> NameLine | None:
    """Read the name line that begins on this line and may run over the next few; None when there is none."""
    said = ""
    for length in range(1, _MOST_LINES + 1):
        if at + length > len(lines):
            return None
        line = lines[at + length - 1]
        if line.blank and not _goes_on(lines, at + length):
            return None
        said = f"{said} {line.text.strip()}".strip()
        if len(said) > _LONGEST or (line.header and length > 1):
            return None
        if length == 1 and not _COULD_BEGIN.search(said) and not said.endswith(","):
            return None
        if found := _read(said, _is_marked(lines, at + length)):
            rest = at + length < len(lines) and _VERB_LINE.fullmatch(lines[at + length].text.strip()) is not None
            return replace(found, length=length + rest)
    return None


def glued_name_line(text: str) -> int:
    """Give where a name line begins that a program wrote behind the person's words on the same line; 0 when none."""
    if len(text) > _LONGEST or "@" not in text or not _END.search(text):
        return 0
    starts = (match.start() for match in _GLUED.finditer(text) if match.start())
    return next((at for at in starts if _read(text[at:], marked_below=False)), 0)


def _goes_on(lines: Sequence[Line], at: int) -> bool:
    return at < len(lines) and lines[at].text.lstrip().startswith("<")


def _is_marked(lines: Sequence[Line], at: int) -> bool:
    below = next((line for line in lines[at : at + 3] if line.quoted or not line.blank), None)
    return below is not None and (below.quoted or below.indented or below.text.startswith("|"))


@lru_cache(maxsize=1024)
def _read(said: str, marked_below: bool) -> NameLine | None:
    """Read one line as a name line; kept, because every line is looked at from several sides."""
    bare = said.strip(" \t*_\ufeff")
    dashed = bare.startswith("--") and bare.endswith("--")
    bare = _ZONE.sub(" ", bare.strip("- ") if bare.startswith("--") else bare)
    if _NOTES.fullmatch(bare):
        return NameLine(bare.partition("--")[0].strip(), "", 1, dashed=True)
    if "@" not in bare and not _VERB.search(bare.lower()) and not (marked_below and _HOUR_AT_END.search(bare)):
        return None  # every other shape has an address or a verb, and reducing a line costs fifty times as much
    shape, from_, date = _reduce(bare)
    if marked_below and _SHAPES_ABOVE_MARKS.fullmatch(shape) and not _speaks(bare, shape):
        return NameLine(from_, date, 1, dashed) if shape.endswith("A") or _END.search(bare) else None
    if not _SHAPES.fullmatch(shape):
        return None
    if not (
        _END.search(bare) or dashed or (shape[-1:] in "VA" and (marked_below or "VA" in shape or shape.endswith("V")))
    ):
        return None
    return NameLine(from_, date, 1, dashed) if _is_sure(shape, bare, dashed, marked_below) else None


def _speaks(said: str, shape: str) -> bool:
    """«12.11.2026 10:00 Отклонить:» is shaped like a name line; an address says that it is one."""
    return "A" not in shape and bool(find(tokens(clean(said)), _SPEAKS))


def _is_sure(shape: str, bare: str, dashed: bool, marked_below: bool) -> bool:
    """Ask for more where less follows: a quote without marks takes everything below it away."""
    if not _END.search(bare) and not dashed and not marked_below:
        return "D" in shape and "A" in shape and "V" in shape
    if "A" in shape:
        return "D" in shape or "V" in shape
    has_hour = re.search(r"\d{1,2}[:.]\d{2}", bare) is not None
    return dashed or ("V" in shape and "D" in shape and (marked_below or has_hour))


def _reduce(said: str) -> tuple[str, str, str]:
    """Give the shape of the line, and the name with its address and the date as written."""
    letters: list[str] = []
    who: list[str] = []
    when: list[str] = []
    for match in _PIECE.finditer(said):
        letter = _letter(match)
        if letter and letter in "AQNX":
            who.append(match[0])
        if letter == "D":
            when.append(match[0])
        if letter == "N" and not letters and _is_set_off(said, match.end()):
            continue  # a day of the week in a language the tables do not know: «Çar, 27 Eki»
        letters.append(letter)
    return "".join(letters), " ".join(who), " ".join(when)


def _letter(match: re.Match[str]) -> str:
    kind = match.lastgroup or "S"
    if kind in "AQD":
        return kind
    if kind == "S":
        return ""
    word = match[0].partition("(")[0].strip(".,:)'’").lower()
    if word in VERBS or (kind == "C" and word.endswith(("写道", "寫道", "작성", "書きました"))):
        return "V"
    if kind == "C" or word in OPENERS or (kind == "O" and word.isdigit() and len(word) <= 4) or _is_foreign(word):
        return ""
    return "N" if match[0][0].isupper() else "X" if kind == "W" else "O"


def _is_foreign(word: str) -> bool:
    return all(not sign.isalpha() or "\u0370" <= sign < "\u0400" or "\u0530" <= sign < "\u1e00" for sign in word)


def _is_set_off(said: str, end: int) -> bool:
    """The tables know the Cyrillic days; «Но, 12.11 …» must not pass for one."""
    return said[end : end + 1] == "," and not any("Ѐ" <= sign <= "ӿ" for sign in said[:end])
