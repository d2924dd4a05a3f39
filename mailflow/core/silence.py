"""Whom the silence of a task is told to, and whether it has been: the case is theirs to ask about while it lasts.

Owns: the people above a task, as the rules name them, else the silent person's manager. Refuses to know: the letters
and the timers (`ringing`), and everybody else who may see a case (`sight`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from mailflow.core.case import Assignment, Case
from mailflow.core.memory import Fact
from mailflow.core.office import Office
from mailflow.core.routing import people
from mailflow.core.stages import MANAGER, Above
from mailflow.core.turn import Turn


def above(turn: Turn, assignment: Assignment) -> Iterator[str]:
    """Give who is told, each once and never the silent person himself nor who stands in for him."""
    stage = turn.process.stage(assignment.stage)
    named = stage.rule.on_silence.escalate_to if stage is not None and stage.rule.on_silence is not None else ()
    silent = {assignment.principal, turn.acts_on(assignment)}
    found = (person for one in named or (MANAGER,) for person in _people(turn, assignment, one))
    here = turn.office.directory.people
    yield from (person for person in dict.fromkeys(found) if person not in silent and person in here)


def told_of(case: Case, office: Office, now: datetime) -> frozenset[str]:
    """Give whom the rules have told of a task of the case: nobody once it is done, or while its clock stands."""
    turn = Turn(case, "", now, office)
    late = (a for a in case.open_assignments if a.silent_at is not None and a.silent_at <= now and a.paused_at is None)
    return frozenset(person for assignment in late for person in above(turn, assignment))


def note_told(turn: Turn, assignment: Assignment, person: str) -> None:
    """Let the office keep that the person was told: his pages show the case then."""
    turn.remember(_told(turn.case, assignment, person))


def told_no_longer(before: Case | None, turn: Turn) -> Iterator[tuple[Literal["forget"], Fact]]:
    """Strike who was told of the tasks that are over now."""
    for task in before.open_assignments if before is not None else ():
        after = turn.case.assignment(task.id)
        rung = task.silent_at is not None and task.silent_at <= turn.now
        if rung and (after is None or not after.open):
            yield from (("forget", _told(turn.case, task, person)) for person in above(turn, task))


def _told(case: Case, task: Assignment, person: str) -> Fact:
    return Fact("told", person, task.id, {"case": case.id})


def _people(turn: Turn, assignment: Assignment, one: Above) -> tuple[str, ...]:
    if one != MANAGER:
        return people(one, turn.case, turn.office.directory)
    manager = turn.office.directory.manager(assignment.principal)
    return () if manager is None else (manager,)
