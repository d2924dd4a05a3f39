"""What waits for one person, as the lines of a page; each leads to where it is answered.

Owns: the line's words. Refuses to know: which tasks are his (`commanding`), HTML.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.agenda import BY_NUMBER
from mailflow.core.card_texts import title
from mailflow.core.case import Assignment, Case
from mailflow.core.office import Office
from mailflow.core.on_behalf import accusative
from mailflow.core.showing import stage_name
from mailflow.core.views import Language

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task: of which case, as what, by when. `place` counts the case's tasks from 1."""

    case: str
    place: int
    number: str
    title: str
    stage: str
    initiator: str
    since: str
    due: str
    late: bool
    instead_of: str
    """For whom it is done, in the accusative; '' = for himself."""
    on_page: bool
    """It is answered on its page; else by a reply to its letter."""


def task_lines(
    tasks: Iterable[tuple[Case, Assignment]], person: str, office: Office, language: Language, now: datetime
) -> tuple[TaskLine, ...]:
    """Give the lines in the order of the tasks."""
    return tuple(_line(case, task, person, office, language, now) for case, task in list(tasks)[:MOST_LINES])


def _line(case: Case, task: Assignment, person: str, office: Office, language: Language, now: datetime) -> TaskLine:
    return TaskLine(
        case=case.id,
        place=case.assignments.index(task) + 1,
        number=case.number,
        title=title(case, office, language),
        stage=stage_name(task, case, office, language),
        initiator=office.short(case.initiator),
        since=office.shown_day(task.opened_at, language),
        due=office.shown_due(task, language),
        late=task.due_at is not None and task.due_at < now,
        instead_of=accusative(task.principal, office, language) if task.principal != person else "",
        on_page=task.ask in BY_NUMBER,
    )
