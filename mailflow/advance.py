"""The funnel: every event of every kind becomes a committed transition here and nowhere else.

Load the case, ask the engine, commit in one transaction. Within a process the events of one case take turns; when
another process was first (the case's version has moved on), load it again and decide anew: the second decision then
meets the first one's state.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailflow import log
from mailflow.core.adding_up import whose
from mailflow.core.calls import announced
from mailflow.core.case import Case
from mailflow.core.effects import Transition
from mailflow.core.engine import transition
from mailflow.core.events import Event, OfficeEvent, RequestReceived
from mailflow.core.office import Office
from mailflow.core.payees import subjects
from mailflow.edges.store import Committed, Overtaken, Repeated, Store, Taken
from mailflow.errors import StoreError
from mailflow.killpoints import reached
from mailflow.recalling import present

MOST_RACES = 50
"""A case this contended is a defect somewhere, not a busy office."""


async def advance(
    event: Event, store: Store, office: Office, now: datetime, taken: Taken | None = None
) -> Committed | Repeated:
    """Let the event happen, once: give what was committed, or say that it was committed before.

    `taken`: the inbox row of the mail that caused it, written in the same transaction.
    """
    async with store.turns.of(_case_of(event) or event.key):
        return await _raced(event, store, office, now, taken)


async def _raced(
    event: Event, store: Store, office: Office, now: datetime, taken: Taken | None
) -> Committed | Repeated:
    for _ in range(MOST_RACES):
        before = await _load(event, store)
        about = (*subjects(event, before), *whose(event, before, office))
        decided = transition(before, event, await present(office, store, now, about))
        done = announced(before, decided, event, office.endpoints)
        reached("event.decided")
        outcome = await store.commit(before, done, event, _with_case(taken, done), now)
        if isinstance(outcome, Overtaken):
            continue
        reached("event.committed")
        _tell(outcome, done, event)
        return outcome
    raise StoreError(f"case {_case_of(event)}: others were first {MOST_RACES} times: is a program writing in a loop?")


def _case_of(event: Event) -> str:
    return "" if isinstance(event, RequestReceived | OfficeEvent) else event.case


async def _load(event: Event, store: Store) -> Case | None:
    case_id = _case_of(event)
    return await store.load(case_id) if case_id else None


def _with_case(taken: Taken | None, done: Transition) -> Taken | None:
    if taken is None or done.case is None:
        return taken
    return replace(taken, case=done.case.id)


def _tell(outcome: Committed | Repeated, done: Transition, event: Event) -> None:
    if isinstance(outcome, Committed):
        log.case_moved(outcome.case.number if outcome.case is not None else "-", done.why)
