"""One reply to a list of tasks: «1 да, 2 нет — дорого, 3 вопрос: когда поставка?».

Owns: cutting the reply into its lines and what each line says, every one under the closed world of `answers`.
Refuses to know: whether an answer counts (`entitlement`): each is weighed against the card its line showed.

A number counts where a line, a comma or a stop begins with it, and once. What stands before the first number, or a
number that was not in the list, makes the whole reply unclear: it may change what the rest means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mailflow.core.agenda import Line
from mailflow.core.answers import Answer, Expecting, Reading, read
from mailflow.core.case import Ask

_NUMBERS = r"[0-9]{1,2}(?:[ ]?(?:,|и|and|-|–)[ ]?[0-9]{1,2}){0,20}"
_MARK = re.compile(
    rf"(?:^|[\n,;.!])[ \t]*(?:№|#|п\.)?[ \t]*({_NUMBERS})[ \t]*[.):—–-]*[ \t]+(?=[^\s0-9])", re.IGNORECASE
)
_RANGE = re.compile(r"([0-9]{1,2})[ ]?[-–][ ]?([0-9]{1,2})")
LONGEST = 20_000
EXPECTING: Mapping[Ask, Expecting] = {
    Ask.APPROVAL: Expecting.APPROVAL,
    Ask.PAYMENT: Expecting.PAYMENT,
    Ask.EXECUTION: Expecting.EXECUTION,
    Ask.ACKNOWLEDGEMENT: Expecting.ACKNOWLEDGEMENT,
}


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What was said of one number."""

    number: int
    line: Line
    reading: Reading


@dataclass(frozen=True, slots=True)
class Unclear:
    """The reply cannot be taken apart surely; nothing of it counts."""

    why: str


def read_list(
    text: str, lines: Mapping[int, Line], asks: Mapping[int, Ask], written_on: date
) -> tuple[LineAnswer, ...] | Unclear | None:
    """Read a reply to a list that was sent; None where it names no number at all."""
    said = text[:LONGEST]
    marks = list(_MARK.finditer(said))
    if not marks:
        return None
    if not _harmless(said[: marks[0].start()], written_on):
        return Unclear("words before the first number")
    found: dict[int, list[str]] = {}
    for mark, words in _pieces(said, marks):
        for number in _numbers(mark):
            found.setdefault(number, []).append(words)
    if not set(found) <= set(lines):
        return Unclear("a number that is not in the list")
    return tuple(
        LineAnswer(number, lines[number], _reading(words, asks.get(number, Ask.APPROVAL), written_on))
        for number, words in sorted(found.items())
    )


def _pieces(said: str, marks: list[re.Match[str]]) -> Iterator[tuple[str, str]]:
    ends = [mark.start() for mark in marks[1:]] + [len(said)]
    for mark, end in zip(marks, ends, strict=True):
        yield mark[1], said[mark.end() : end].strip(" \t,;")


def _numbers(mark: str) -> tuple[int, ...]:
    """«1, 3» and «1-3» name several lines at once."""
    span = _RANGE.fullmatch(mark.strip())
    if span is not None:
        return tuple(range(int(span[1]), int(span[2]) + 1))
    return tuple(dict.fromkeys(int(number) for number in re.findall(r"[0-9]{1,2}", mark)))


def _reading(words: list[str], ask: Ask, written_on: date) -> Reading:
    if len(words) > 1:
        return Reading(Answer.UNCLEAR, " / ".join(words), reason="the number is named twice")
    expecting = EXPECTING.get(ask)
    if expecting is None:
        return Reading(Answer.UNCLEAR, words[0] or None, reason="it is answered in its own letter")
    return read(words[0], expecting, written_on)


def _harmless(before: str, written_on: date) -> bool:
    """True for a greeting: the words together with a yes are still nothing but a yes."""
    bare = before.strip(" \t\n,;.!:")
    return not bare or read(f"{bare}.\nСогласовано.", Expecting.APPROVAL, written_on).answer is Answer.APPROVE
