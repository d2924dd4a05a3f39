"""What waits for one person, as a numbered list that can be answered in one reply.

Owns: which tasks stand in the list, their lines, and what each number stands for: the task and the card that was
shown. Refuses to know: how the answers are read (`agenda_answers`).

A decision by number counts against the card printed in its line, as one against the card of a letter does: the
list says everything the card says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailflow.core.card_texts import card, title
from mailflow.core.case import Ask, Assignment, Case, FileVersion, card_hash
from mailflow.core.office import Office
from mailflow.core.on_behalf import accusative
from mailflow.core.views import Language

BY_NUMBER = frozenset({Ask.APPROVAL, Ask.PAYMENT, Ask.EXECUTION, Ask.ACKNOWLEDGEMENT})
"""What one word can settle; a question, a correction or missing fields are answered in their own letters."""
MOST_TASKS = 30


@dataclass(frozen=True, slots=True)
class Agenda:
    """The list as a letter prints it. `words` holds what each number stands for."""

    rows: tuple[tuple[str, ...], ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    files: tuple[FileVersion, ...] = ()
    """The papers the lines speak of, for a letter that brings them."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a number of a list that was sent stands for."""

    case: str
    assignment: str
    card: str


NOTHING_TO_DO = Agenda()


def agenda(
    tasks: Iterable[tuple[Case, Assignment]], person: str, office: Office, language: Language, now: datetime
) -> Agenda:
    """Give the list of these tasks, in their order; those beyond `MOST_TASKS` wait for the next list."""
    shown = list(tasks)[:MOST_TASKS]
    rows: list[tuple[str, ...]] = []
    words: dict[str, str] = {}
    for number, (case, task) in enumerate(shown, start=1):
        if task.ask in BY_NUMBER:
            words[f"line.{number}"] = f"{case.id} {task.id} {card_hash(case.fields, case.files)}"
        rows.append(_row(number, case, task, person, office, language, now))
    files = dict.fromkeys(file for case, _ in shown for file in case.current_files)
    return Agenda(tuple(rows), words, tuple(files))


def lines(words: Mapping[str, str]) -> dict[int, Line]:
    """Give what the numbers of a list that was sent stand for."""
    found = {name.removeprefix("line."): value.split(" ") for name, value in words.items() if name.startswith("line.")}
    return {int(number): Line(*parts) for number, parts in found.items() if len(parts) == 3}


_SAID: Mapping[str, tuple[str, str]] = {
    "due": ("до {day}", "by {day}"),
    "late": ("срок прошёл {day}", "was due {day}"),
    "for": ("за {who}", "for {who}"),
    "files": ("файлы: {names}", "files: {names}"),
    "own_letter": ("ответьте на письмо об этой заявке", "answer its own letter"),
}


def _row(
    number: int, case: Case, task: Assignment, person: str, office: Office, language: Language, now: datetime
) -> tuple[str, ...]:
    parts = [f"{number}. {case.number}", title(case, office, language)]
    stage = office.stage_of(case, task.stage)
    if stage is not None:
        parts.append(stage.rule.title.in_(language))
    if task.principal != person:
        parts.append(_say("for", language, who=accusative(task.principal, office, language)))
    parts.append("; ".join(f"{line.label}: {line.value}" for line in card(case, office, language)))
    if case.current_files:
        names = (f"{file.name} ({file.sha256[:4]}…{file.sha256[-4:]})" for file in case.current_files)
        parts.append(_say("files", language, names=", ".join(names)))
    if task.due_at is not None:
        day = office.shown_due(task, language)
        parts.append(_say("late" if task.due_at < now else "due", language, day=day))
    if task.ask not in BY_NUMBER:
        parts.append(_say("own_letter", language))
    return tuple(part for part in parts if part)


def _say(key: str, language: Language, **facts: str) -> str:
    return _SAID[key][0 if language == "ru" else 1].format(**facts)
