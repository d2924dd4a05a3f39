"""What has to be looked up for a command: the case it names, the writer's own cases and tasks, substitutions.

Owns: those questions to the store. Refuses to know: what the command does (`core.answering_commands`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailflow.core.agenda import NOTHING_TO_DO, Agenda, agenda
from mailflow.core.arrivals import Arrival
from mailflow.core.case import Assignment, Case
from mailflow.core.kinds import Command, Understood
from mailflow.core.memory import About, known
from mailflow.core.office import Office
from mailflow.core.reply import fresh
from mailflow.core.substitution import SUBSTITUTION
from mailflow.edges.store import Store
from mailflow.lookup import Desk, numbered

MOST_OWN = 20
LISTS_TASKS = frozenset({"tasks", "digest"})
LISTS_CASES = frozenset({"status", "withdraw", "unclear"})


async def with_what_a_command_needs(arrival: Arrival, understood: Understood, desk: Desk) -> Arrival:
    """Give the arrival with what its command speaks of; as it is where it is no command."""
    person = arrival.person
    if person is None or not isinstance(understood, Command):
        return arrival
    named = await numbered(understood.details.get("number", ""), desk)
    own = await desk.store.own_cases(person, MOST_OWN) if understood.command in LISTS_CASES else []
    return replace(
        arrival,
        case=named,
        own=tuple(case for case in own if case.process != SUBSTITUTION),
        own_text=fresh(arrival.message).text,
        agenda=await agenda_of(person, arrival.at, desk) if understood.command in LISTS_TASKS else NOTHING_TO_DO,
        substitutions=await _substitutions(desk) if understood.command == "substitute" else (),
    )


async def agenda_of(person: str, now: datetime, desk: Desk, of: tuple[str, ...] = ()) -> Agenda:
    """Give what waits for the person: his own, of whom he stands in for, handed to him; or only that `of` some."""
    tasks = await tasks_of(person, now, desk.office, desk.store, of)
    return agenda(tasks, person, desk.office, desk.office.directory.language(person), now)


async def tasks_of(
    person: str, now: datetime, office: Office, store: Store, of: tuple[str, ...] = ()
) -> list[tuple[Case, Assignment]]:
    """Give the same as cases with their tasks, what is due first coming first."""
    absent = [one for one in office.directory.people if one != person and office.acting(one, now) == person]
    tasks: list[tuple[Case, Assignment]] = []
    for principal in of or (person, *absent):
        tasks += await _tasks(principal, person, store)
    if not of:
        for handed in known(await store.facts(office.day(now), [About("delegation", person)]), "delegation", person):
            tasks += await _task(handed.said["case"], handed.item, person, store)
    return _by_term(tasks)


async def _tasks(principal: str, reader: str, store: Store) -> list[tuple[Case, Assignment]]:
    found: list[tuple[Case, Assignment]] = []
    for waiting in await store.open_assignments(principal):
        found += await _task(waiting.case, waiting.assignment, reader, store)
    return found


async def _task(case_id: str, assignment: str, reader: str, store: Store) -> list[tuple[Case, Assignment]]:
    case = await store.load(case_id)
    task = case.assignment(assignment) if case is not None else None
    own_case = case is not None and task is not None and case.initiator == reader != task.principal
    return [] if case is None or task is None or own_case else [(case, task)]


def _by_term(tasks: list[tuple[Case, Assignment]]) -> list[tuple[Case, Assignment]]:
    """What is due first stands first; what has no term follows, the oldest first."""
    once = {task.id: (case, task) for case, task in tasks}
    return sorted(once.values(), key=lambda one: (one[1].due_at is None, one[1].due_at or one[1].opened_at))


async def _substitutions(desk: Desk) -> tuple[Case, ...]:
    cases = [await desk.store.load(fact.item) for fact in desk.office.facts if fact.kind == "substitution"]
    return tuple(case for case in reversed(cases) if case is not None)
