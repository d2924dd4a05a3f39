"""Name lines: the line above a quote that says who wrote it and when, in any order and many languages.

Owns: the rule. The line is reduced to a string of letters, D for a date or an hour, A for an address, Q for
a quoted name, V for a verb of writing, N for a word in capitals, X for any other; small words vanish.
What is left must be one of a few shapes. Refuses to know: what stands around the line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailflow.core.lines import Line
from mailflow.core.quote_words import OPENERS, VERBS

_PIECE = re.compile(
    r"(?P<A><[^<>@]{0,100}@[^<>]{1,150}>+|[\[(]\s?(?:mailto:)?[^\[\]()@\s]{1,80}@[^\[\]()]{1,120}[\])]"
    r"|&lt;[^&@]{1,80}@[^&]{1,80}&gt;|(?:mailto:)?[\w.+'=-]{1,80}@[\w.-]{1,100})"
    r"|(?P<Q>[\"“„«][^\"”“»]{0,100}[\"”“»])"
    r"|(?P<D>\d{4}年\d{1,2}月\d{1,2}日|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}\.?|\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d"
    r"|\d{1,2}[.-]?[^\W\d_]{2,10}[.-]{0,2}(?:19|20)\d\d"
    r"|\d{1,2}(?:st|nd|rd|th|\.)?\s(?:de\s)?[^\W\d_]{2,12}\.?,?\s(?:de\s)?(?:19|20)\d\d|"
    r"[^\W\d_]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?"
    r"\s(?:19|20)\d\d|[^\W\d_]{3,12}-\d{1,2}-\d{2}|\d{1,2}\s?tháng\s?\d{1,2},?\s\d{4}|"
    r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?|[+-]\d{2}:?\d{2})"
    r"|(?P<W>[^\W\d_][\w.'’(-]*\)?)"
    r"|(?P<S>[^\s\w]+)"
    r"|(?P<O>\w+)"
)
_SHAPES = re.compile(
    r"D+[NQ]*A+V?"  # Gmail, Mail.ru, Yandex: a date, a name, an address
    r"|D+[NQXAO]*V[NQ]*"  # a date, whoever, "wrote"
    r"|N?D+A*V[NQX]*A*V?"  # "Am D schrieb N A", "Op D schreef X A het volgende geschreven"
    r"|[NQXO]*A+[NQ]*VD*"  # a name, an address, "wrote", perhaps a date
    r"|[NQ]*A+D+V"
    r"|[NQX]+V"  # only between dashes: "---- John Smith wrote ----"
    r"|[NQX]*A+V"
)
_LOOSE_SHAPE = re.compile(r"D+[NQ]+[NQXO]*A+")
"""A name in small letters, «matt via Forum <a@b>»; believed only above marked lines."""
_ZONE = re.compile(r"(?:GMT|UTC|MSK|МСК)[+-]\d{1,2}(?::?\d{2})?|\((?:GMT|UTC)[^)]{0,12}\)", re.IGNORECASE)
_END = re.compile(r"[\s>*_]*(?:[:：]|>:)[\s*_]*$")
_COULD_BEGIN = re.compile(r"[@<\d:：-]|wrote|sent|пи[сш]|schr|crit|skrev|写道")
_VERB = re.compile("|".join(map(re.escape, sorted(VERBS))) + "|написал|napisał")
_LONGEST = 400
_MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class NameLine:
    """Who wrote the letter below and when, as said, and how many lines say it."""

    from_: str
    date: str
    length: int


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
        below = _is_marked(lines, at + length)
        if found := _read(said, below):
            return NameLine(found.from_, found.date, length)
    return None


def _goes_on(lines: Sequence[Line], at: int) -> bool:
    return at < len(lines) and lines[at].text.lstrip().startswith("<")


def _is_marked(lines: Sequence[Line], at: int) -> bool:
    below = next((line for line in lines[at : at + 3] if not line.blank), None)
    return below is not None and (below.quoted or below.indented or below.text.startswith("|"))


def _read(said: str, marked_below: bool) -> NameLine | None:
    bare = said.strip(" \t*_\ufeff")
    dashed = bare.startswith("--") and bare.endswith("--")
    bare = _ZONE.sub(" ", bare.strip("- ") if bare.startswith("--") else bare)
    if "@" not in bare and not _VERB.search(bare.lower()):
        return None  # every shape has an address or a verb of writing, and reducing a line costs fifty times as much
    shape, from_, date = _reduce(bare)
    if not (_SHAPES.fullmatch(shape) or (marked_below and _LOOSE_SHAPE.fullmatch(shape))):
        return None
    if not (
        _END.search(bare) or dashed or (shape[-1:] in "VA" and (marked_below or "VA" in shape or shape.endswith("V")))
    ):
        return None
    return NameLine(from_, date, 1) if _is_sure(shape, bare, dashed, marked_below) else None


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
    word = match[0].strip(".,:()'’").lower()
    if word in VERBS or word.removesuffix("(а") in VERBS or word.startswith(("написал", "napisał")):
        return "V"
    if word in OPENERS or (kind == "O" and word.isdigit() and len(word) <= 4):
        return ""
    return "N" if match[0][0].isupper() else "X" if kind == "W" else "O"


def _is_set_off(said: str, end: int) -> bool:
    """The tables know the Cyrillic days; «Но, 12.11 …» must not pass for one."""
    return said[end : end + 1] == "," and not any("Ѐ" <= sign <= "ӿ" for sign in said[:end])
