"""Header blocks: From, Sent, To, Subject as lines of a body, the way mail programs introduce a letter they quote.

Owns: reading such a block, in any language the tables of `quote_words` know, also one whose fields a program wrote
on one line. Refuses to know: whether the letter below is a quote or was forwarded.

A block names a sender and one thing more (or a date and a receiver) and holds an address or an hour: a memo's
«Кому: директору» and «От: нас ничего не требуется» are text. What may go wrong: a block in a language nobody
listed; it stays in the text, and a text with words left over decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from mailflow.core.lines import Line
from mailflow.core.quote_words import DATE, FROM, HEADER_NAMES, SUBJECT, TO

_HEADER_LINE = re.compile(r"[\s*_>]{0,20}([^\d:：<>@*]{1,24}?)[\s*_]{0,20}[:：][\s*_]*(.*)", re.DOTALL)
_LONG_NAMES = sorted((name for name in HEADER_NAMES if len(name) > 1), key=len, reverse=True)
_RUN_ON = re.compile(rf"(?<=[>\w\s])({'|'.join(map(re.escape, _LONG_NAMES))}|À)\s?:", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]")
_HOUR = re.compile(r"\d{1,2}[:.]\d{2}|\d{4}-\d{2}-\d{2}")
_MAILTO = re.compile(r"[<\[]mailto:[^>\]]{0,200}[>\]]", re.IGNORECASE)
_LONG_LINE = 600
_MOST_HEADERS = 40


@dataclass(frozen=True, slots=True)
class Headers:
    """A header block: what it says and how many lines it takes."""

    from_: str = ""
    date: str = ""
    subject: str = ""
    length: int = 0


def header_block(lines: Sequence[Line], at: int) -> Headers:
    """Read the block of headers that begins on this line; its length is 0 when there is none."""
    found: dict[str, str] = {}
    end = at
    last_line = min(len(lines), at + _MOST_HEADERS)
    while end < last_line and (kind := header_kind(lines[end].text) or _folded(lines, end, bool(found))):
        if kind in HEADER_NAMES.values():
            found.setdefault(kind, _value(lines[end].text))
        else:
            last = next(reversed(found))
            found[last] = f"{found[last]} {lines[end].text.strip()}".strip()
        end += 1
    return _headers(found, end - at) if end - at != 1 else _on_one_line(lines[at].text)


def _on_one_line(text: str) -> Headers:
    """Read a whole block that lost its line ends: a sender and a date, an address and an hour must be in it."""
    headers = run_on_headers(text) if len(text) < _LONG_LINE else Headers()
    is_block = bool(headers.from_ and headers.date and _ADDRESS.search(text) and _HOUR.search(text))
    return replace(headers, length=1) if is_block else Headers()


def _headers(found: dict[str, str], length: int) -> Headers:
    names = set(found)
    enough = (FROM in names and names & {DATE, TO, SUBJECT}) or {DATE, TO} <= names
    values = " ".join(found.values())
    if not enough or not (_ADDRESS.search(values) or _HOUR.search(values)):
        return Headers()
    return Headers(found.get(FROM, ""), found.get(DATE, ""), found.get(SUBJECT, ""), length)


def header_kind(line: str) -> str:
    """Say what the header on this line tells (`from`, `date`, ...), '' when the line is none."""
    return _header_kind(line) if len(line) < _LONG_LINE else ""


@lru_cache(maxsize=1024)
def _header_kind(line: str) -> str:
    match = _HEADER_LINE.fullmatch(line)
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
    return "folded" if any(header_kind(line.text) for line in below) and not below[0].blank else ""


def run_on_headers(fields: str) -> Headers:
    """Read headers that a program wrote on one line: `From: aTo: bSubject: c`; the length stays 0."""
    pieces = _RUN_ON.split(" " + fields)
    found: dict[str, str] = {}
    for name, value in zip(pieces[1::2], pieces[2::2], strict=False):
        found.setdefault(HEADER_NAMES[name.lower()], _plain_value(value))
    return _headers(found, 0)
