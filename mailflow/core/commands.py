"""A word that asks mailflow itself: «Статус СЧ-2026-0157», "My tasks", «Замещение: …»; also one that was mistyped.

Owns: the words of every command in both languages and where in a mail they count. Refuses to know: who may say
them (`answering_commands`) and what follows.

A command counts from its writer's own hand: the subject of a mail he began himself, or the first line of his own
text. A subject he forwards or answers is somebody else's, and acts on nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailflow.core.kinds import Command
from mailflow.core.message import Message
from mailflow.core.normal import swap_layout
from mailflow.core.numbers import find_number
from mailflow.core.quote_words import FORWARD_SUBJECT
from mailflow.core.reply import Fresh
from mailflow.core.signs import subject_words, without_prefix

COMMANDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("status", ("статус", "status", "где заявка", "where is", "где")),
    ("tasks", ("мои задачи", "мои задания", "задачи", "my tasks", "tasks")),
    ("register", ("реестр", "журнал", "register")),
    ("report", ("отчет", "report")),
    ("find", ("найти", "найди", "найдите", "поиск", "find", "search")),
    ("withdraw", ("отозвать", "отзываю", "отзовите", "withdraw", "cancel")),
    ("substitute", ("замещение", "замещать", "substitution", "substitute")),
    ("digest", ("сводка", "digest")),
    ("decision", ("решение", "decision")),
    ("hand_over", ("передать", "передайте", "hand over", "reassign")),
    ("help", ("помощь", "помогите", "справка", "help")),
)
"""Every command and the words it begins with; of two that fit the longer stands first in its row."""
SHOWN: tuple[str, ...] = ("status", "tasks", "register", "report", "find", "withdraw", "substitute", "digest", "help")
NEEDS_NUMBER = frozenset({"decision", "hand_over"})
"""Words that begin many a letter: a command only with the number of a case."""
ACTS = frozenset({"withdraw", "substitute", "digest", "decision", "hand_over"})
LONGEST = 300
SHORTEST_MISTYPED = 5
MOST_LINES = 3
"""A mail with a subject of another kind holds a command only if it says hardly more."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A line that may hold a command; `own`: its writer typed it into this mail."""

    raw: str
    own: bool

    @property
    def line(self) -> str:
        """The line as words are compared: folded, without Re: and brackets."""
        return subject_words(self.raw)


def read_command(message: Message, own: Fresh) -> Command | None:
    """Give the command a mail begins with, or None."""
    for said in _lines(message, own):
        for command, openings in COMMANDS:
            opening = _opening(said.line, openings)
            if opening and _counts(command, said, message, own):
                return Command(f"begins with «{opening}»", command, _details(said, own), said.raw)
    return None


def mistyped(message: Message, own: Fresh) -> Command | None:
    """Give what a short mail that fits nothing else may have meant: «Статсу», «cnfnec»; None where it is no slip."""
    for said in _lines(message, own):
        meant = _meant(said.line)
        if meant:
            details = {**_details(said, own), "meant": meant}
            return Command(f"perhaps «{meant}», mistyped", "unclear", details, said.raw)
    return None


def _lines(message: Message, own: Fresh) -> Iterator[_Said]:
    """Give the lines that may hold a command, those of the writer's own hand first."""
    subject = message.subject[:LONGEST].strip()
    written = [line for line in own.text[: 10 * LONGEST].splitlines() if line.strip()]
    forwarded = own.original is not None or FORWARD_SUBJECT.match(subject) is not None
    begun = not forwarded and subject == without_prefix(subject)
    if subject and begun:
        yield _Said(subject, own=True)
    if written and (not subject or not begun or len(written) <= MOST_LINES):
        yield _Said(written[0].strip()[:LONGEST], own=True)
    if subject and not begun and not forwarded:
        yield _Said(subject, own=False)


def _opening(line: str, openings: tuple[str, ...]) -> str:
    return next((o for o in openings if line == o or line.startswith(tuple(f"{o}{mark}" for mark in " :,."))), "")


def _counts(command: str, said: _Said, message: Message, own: Fresh) -> bool:
    attached = any(not a.inline for a in message.attachments)
    if command in ("register", "report", "find") and attached:
        return False  # «Реестр» with files is a request to enter them, so are «Отчёт» and «Найти»
    if command in NEEDS_NUMBER and not find_number(said.raw):
        return False
    return said.own or command not in ACTS


def _details(said: _Said, own: Fresh) -> dict[str, str]:
    text = " ".join(own.text[: 20 * LONGEST].split())
    details = {"number": find_number(said.raw) or find_number(own.text[: 10 * LONGEST]), "text": text}
    return {name: value for name, value in details.items() if value}


def _meant(line: str) -> str:
    """Give the opening the first words of a line come nearest to, where one slip or two explain the difference."""
    words = line.split(" ")
    for typed in (line, swap_layout(line)):
        for _, openings in COMMANDS:
            for opening in openings:
                length = opening.count(" ") + 1
                first = " ".join(typed.split(" ")[:length]).strip(".,:;!?")
                if len(words) <= 6 + length and _is_slip(first, opening, exact=typed is not line):
                    return opening
    return ""


def _is_slip(typed: str, meant: str, exact: bool) -> bool:
    if exact:
        return typed == meant
    if len(meant) < SHORTEST_MISTYPED or abs(len(typed) - len(meant)) > 2:
        return False
    return 0 < _distance(typed, meant) <= (2 if len(meant) >= 8 else 1)


def _distance(one: str, other: str) -> int:
    """Count the slips between two short words: a letter wrong, missing, too many, or two changed places."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
