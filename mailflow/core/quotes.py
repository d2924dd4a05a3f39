"""Where other people's letters stand in a body: the writer's own lines apart, a forwarded letter apart.

Owns: the rules by which a quote begins and ends. Refuses to know: HTML (lines come marked), decisions, signatures.

Four things begin somebody else's letter, in any language the tables of `quote_words` know:
a line marked as quoted; a *name line* (a date, a name or an address, a verb of writing, a colon, nothing else);
a *header block* (From, Sent, To, Subject with an address or an hour in it); a *divider* (words between dashes).
A quote whose lines are marked ends where the marks end: what stands below and between is the writer's own.
One without marks reaches to the end. A forwarded letter is content and is given back whole.

What may go wrong: own words that look exactly like a name line are taken for one and lost. A name line must
therefore consist of nothing but dates, names and addresses: «12.11 Петров писал: исправьте» is not one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from mailflow.core.lines import Line
from mailflow.core.name_lines import name_line
from mailflow.core.quote_words import (
    DATE,
    END_STEMS,
    FORWARD_STEMS,
    FROM,
    HEADER_NAMES,
    MOBILE_TAIL,
    ORIGINAL_STEMS,
    SENT_FROM_MY,
    SUBJECT,
    TO,
)

_HEADER_LINE = re.compile(r"[\s*_>]{0,20}([^\d:：<>@*]{1,24}?)[\s*_]{0,20}[:：][\s*_]*(.*)", re.DOTALL)
_DASHED = re.compile(r"[\s*_>]{0,20}[-–—_=]{2,}[\s*]{0,20}(\S.{0,200}?)[\s*]{0,20}[-–—_=]{2,}[\s*]*(.*)", re.DOTALL)
_SEPARATOR = re.compile(r"[\s\-–—_=*~#+.ᐧ]*")
_LONG_NAMES = sorted((name for name in HEADER_NAMES if len(name) > 1), key=len, reverse=True)
_RUN_ON = re.compile(rf"(?<=[>\w\s])({'|'.join(map(re.escape, _LONG_NAMES))}|À)\s?:", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]")
_HOUR = re.compile(r"\d{1,2}[:.]\d{2}|\d{4}-\d{2}-\d{2}")
_MAILTO = re.compile(r"[<\[]mailto:[^>\]]{0,200}[>\]]", re.IGNORECASE)
_LONG_LINE = 600
_MOST_HEADERS = 40
_MOST_OWN_LINES = 2000
"""Nobody writes more; behind so many own lines only marked quotes are looked for."""
_PLUSES = ("+", "++", "+++")


@dataclass(frozen=True, slots=True)
class Headers:
    """A header block: what it says and how many lines it takes."""

    from_: str = ""
    date: str = ""
    subject: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A forwarded letter as lines, and the index of the first line behind it."""

    headers: Headers
    lines: tuple[Line, ...]
    end: int


@dataclass(frozen=True, slots=True)
class Parts:
    """The writer's own lines, and the letter he forwarded, if any."""

    own: tuple[Line, ...]
    forwarded: Forwarded | None = None


class Kind(Enum):
    """What the rest of the mail says about a letter below: it is answered, it is new here, it is surely forwarded.

    A bare header block introduces a forwarded letter unless the mail is a reply; a name line only when it is a forward.
    """

    REPLY = "reply"
    FIRST = "first"
    FORWARD = "forward"


def split(lines: Sequence[Line], kind: Kind) -> Parts:
    """Part the writer's own lines from others' letters; of several forwarded letters the first is given."""
    own: list[Line] = []
    forwarded: Forwarded | None = None
    at = 0
    while at < len(lines):
        examined = len(own) < _MOST_OWN_LINES
        letter = _forwarded_at(lines, at, kind) if examined else None
        if letter:
            forwarded = forwarded or letter
            at = letter.end
            continue
        after = _after_quote(lines, at) if examined else at + lines[at].quoted
        if after == at:
            own.append(lines[at])
            after += 1
        at = after
    return Parts(_tidy(own), forwarded)


def _forwarded_at(lines: Sequence[Line], at: int, kind: Kind) -> Forwarded | None:
    """Read the forwarded letter that begins on this line; inside a marked quote only its first line may begin one."""
    if lines[at].blank or (lines[at].quoted and _has_quote_above(lines, at)):
        return None
    marked = _forward_divider(lines, at)
    if marked or kind is not Kind.REPLY:
        begin = _below(lines, at + 1) if marked or _is_divider(lines[at].text) else at
        headers = _run_on_headers(lines[at].text) or header_block(lines, begin)
        if headers.length or marked:
            return _letter(lines, at, max(begin, at + 1) if not headers.length else begin + headers.length, headers)
    if kind is Kind.FORWARD and (line := name_line(lines, at)):
        headers = Headers(line.from_, line.date, "", line.length)
        return _letter(lines, at, at + line.length, headers)
    return None


def _below(lines: Sequence[Line], at: int) -> int:
    """Give the index of the next line that says something, at most two further on."""
    return next((n for n in range(at, min(at + 3, len(lines))) if not lines[n].blank), at)


def _letter(lines: Sequence[Line], at: int, begin: int, headers: Headers) -> Forwarded:
    """Cut a letter out: a marked one ends where its marks end, any other at its closing divider or with the mail."""
    if lines[at].quoted:
        end = _end_of_marks(lines, at)
        return Forwarded(headers, tuple(lines[begin:end]), end)
    end = next((n for n in range(begin, len(lines)) if _is_closing(lines[n].text)), len(lines))
    return Forwarded(headers, tuple(lines[begin:end]), end + 1)


def _after_quote(lines: Sequence[Line], at: int) -> int:
    """Give the index behind the quote that begins on this line, or the same index when none does."""
    line = lines[at]
    if line.quoted:
        return at + 1
    if line.blank:
        return at
    length = _introduction(lines, at)
    if not length:
        return at
    after = at + length
    below = next((n for n in range(after, len(lines)) if not lines[n].blank), None)
    if below is not None and (lines[below].quoted or lines[below].indented):
        return _end_of_marks(lines, below)
    return len(lines)


def _introduction(lines: Sequence[Line], at: int) -> int:
    """Give how many lines introduce a quote here: a divider, a header block, a name line; 0 when none."""
    line = lines[at]
    begin = _below(lines, at + 1) if _is_divider(line.text) else at
    headers = header_block(lines, begin)
    if headers.length:
        return begin - at + headers.length
    if name := name_line(lines, at):
        return name.length
    if _says(_dashed_words(line.text), ORIGINAL_STEMS) or line.header:
        return 1
    return _yandex_block(lines, at)


def _yandex_block(lines: Sequence[Line], at: int) -> int:
    """«Кому: …;», «Тема: …;» and then a name line: the phone app of Yandex puts these under a line of dashes."""
    begin = at
    while begin < min(len(lines), at + 4) and (_kind_of(lines[begin].text) or _is_divider(lines[begin].text)):
        begin += 1
    if begin == at or begin >= len(lines):
        return 0
    name = name_line(lines, begin)
    return begin - at + name.length if name else 0


def header_block(lines: Sequence[Line], at: int) -> Headers:
    """Read the block of headers that begins on this line; its length is 0 when there is none.

    A block names a sender and one thing more (or a date and a receiver) and holds an address or an hour:
    a memo's «Кому: директору» and «От: нас ничего не требуется» are text.
    """
    found: dict[str, str] = {}
    end = at
    last_line = min(len(lines), at + _MOST_HEADERS)
    while end < last_line and (kind := _kind_of(lines[end].text) or _folded(lines, end, bool(found))):
        if kind in HEADER_NAMES.values():
            found.setdefault(kind, _value(lines[end].text))
        else:
            last = next(reversed(found))
            found[last] = f"{found[last]} {lines[end].text.strip()}".strip()
        end += 1
    return _headers(found, end - at)


def _headers(found: dict[str, str], length: int) -> Headers:
    names = set(found)
    enough = (FROM in names and names & {DATE, TO, SUBJECT}) or {DATE, TO} <= names
    values = " ".join(found.values())
    if not enough or not (_ADDRESS.search(values) or _HOUR.search(values)):
        return Headers()
    return Headers(found.get(FROM, ""), found.get(DATE, ""), found.get(SUBJECT, ""), length)


def _kind_of(line: str) -> str:
    match = _HEADER_LINE.fullmatch(line) if len(line) < _LONG_LINE else None
    return HEADER_NAMES.get(" ".join(match[1].lower().split()), "") if match else ""


def _value(line: str) -> str:
    match = _HEADER_LINE.fullmatch(line)
    return _plain_value(match[2]) if match else ""


def _plain_value(value: str) -> str:
    value = _MAILTO.sub("", value) if _ADDRESS.search(_MAILTO.sub("", value)) else value.replace("mailto:", "")
    return value.strip(" \t*_")


def _folded(lines: Sequence[Line], at: int, inside: bool) -> str:
    """Say `folded` for a line that goes on with the header above: the next line, or the next but one, is a header."""
    if not inside or lines[at].blank or len(lines[at].text) > _LONG_LINE:
        return ""
    below = lines[at + 1 : at + 3]
    return "folded" if any(_kind_of(line.text) for line in below) and not below[0].blank else ""


def _run_on_headers(line: str) -> Headers | None:
    """Read headers that a program wrote behind the divider on one line: `----- Message ----- From: aTo: b`."""
    match = _DASHED.fullmatch(line) if len(line) < 2000 else None
    if match is None or not match[2]:
        return None
    pieces = _RUN_ON.split(" " + match[2])
    found: dict[str, str] = {}
    for name, value in zip(pieces[1::2], pieces[2::2], strict=False):
        found.setdefault(HEADER_NAMES[name.lower()], _plain_value(value))
    headers = _headers(found, 0)
    return headers if headers != Headers() else None


def _forward_divider(lines: Sequence[Line], at: int) -> bool:
    """Tell whether this line says that a forwarded letter follows."""
    text = lines[at].text
    words = _dashed_words(text)
    if words:
        return _says(words, FORWARD_STEMS) and not _says(words, END_STEMS)
    said = text.strip(" *_").lower()
    if not said.endswith((":", "：")) or len(said) > 60 or not _says(said, FORWARD_STEMS):
        return False
    return header_block(lines, _below(lines, at + 1)).length > 0


def _is_closing(text: str) -> bool:
    words = _dashed_words(text)
    return _says(words, FORWARD_STEMS) and _says(words, END_STEMS)


def _is_divider(text: str) -> bool:
    """Tell whether the line is only there to part letters: dashes, or «Исходное сообщение» between dashes."""
    said = text.strip()
    bare = 1 < len(said) < _LONG_LINE and said not in _PLUSES and _SEPARATOR.fullmatch(said) is not None
    return bare or _says(_dashed_words(text), ORIGINAL_STEMS)


def _dashed_words(text: str) -> str:
    match = _DASHED.fullmatch(text) if len(text) < 2000 and text.lstrip(" *_>\t")[:1] in "-–—_=" else None
    return match[1].lower().replace("’", "'") if match else ""


def _says(words: str, stems: tuple[str, ...]) -> bool:
    return any(stem in words for stem in stems)


def _has_quote_above(lines: Sequence[Line], at: int) -> bool:
    above = next((n for n in range(at - 1, -1, -1) if not lines[n].blank), None)
    return above is not None and lines[above].quoted


def _end_of_marks(lines: Sequence[Line], at: int) -> int:
    """Give the index behind the run of marked lines; blank lines inside the run belong to it."""
    end = at
    for n in range(at, len(lines)):
        if lines[n].quoted or lines[n].indented:
            end = n + 1
        elif not lines[n].blank and not _is_broken_link(lines, n):
            break
    return end


def _is_broken_link(lines: Sequence[Line], at: int) -> bool:
    """A long link in a quote is broken by some programs, and its second half loses the mark."""
    above = lines[at - 1].text if at else ""
    open_link = above.rfind("http") > max(above.rfind(")"), above.rfind(">")) and lines[at - 1].quoted
    return (
        open_link and " " not in lines[at].text.strip().rstrip(">) ") and lines[at].text.rstrip().endswith((")", ">"))
    )


def _tidy(own: Sequence[Line]) -> tuple[Line, ...]:
    """Take off what programs add to a person's words: tails of phones, the dashes above a quote."""
    kept = [line for line in own if not is_mobile_tail(line.text)]
    while kept and _SEPARATOR.fullmatch(kept[-1].text[:_LONG_LINE]) and kept[-1].text.strip() not in _PLUSES:
        kept.pop()
    return tuple(kept)


def is_mobile_tail(line: str) -> bool:
    """Tell whether the line is one that phones and mail programs add by themselves."""
    said = " ".join(line.split()) if len(line) < 300 else ""
    return any(form.fullmatch(said) for form in (MOBILE_TAIL, SENT_FROM_MY)) if said else False
