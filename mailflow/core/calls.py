"""What other systems are told of by themselves: each transition of a case is a call owed to whoever wants it.

Owns: which endpoint is owed a call, the four kinds of them, and what a call says. It says that something happened, to
which case, and where it stands: no card, no name, no reason. Whoever is told asks the API for the rest, with a key.
Refuses to know: HTTP, secrets, when it leaves; a call is a letter of the outbox whose kind is `webhook`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC

from mailflow.core.case import Case, CaseState
from mailflow.core.effects import SendLetter, Transition
from mailflow.core.endpoints import CallType, Endpoint
from mailflow.core.events import Event
from mailflow.core.journal import Document, JournalRow, canonical, replay

CALL = "webhook"
"""The kind of a letter that is a call."""


def announced(before: Case | None, done: Transition, event: Event, endpoints: Sequence[Endpoint]) -> Transition:
    """Give the transition with the calls that are owed for it, to be written in its own commit."""
    owed = tuple(_owed(before, done.case, event, endpoints)) if endpoints and done.case is not None else ()
    return replace(done, effects=(*done.effects, *owed)) if owed else done


def type_of(before: Case | None, after: Case) -> CallType:
    """Say what happened: the weightiest of what did."""
    if before is None:
        return "case.started"
    if before.state is CaseState.OPEN and after.state is not CaseState.OPEN:
        return "case.closed"
    return "case.decided" if _decisions(before) != _decisions(after) else "case.changed"


def said(rows: Sequence[JournalRow], event_key: str, type_: str) -> bytes | None:
    """Give the body of the call for that event; `rows` is the journal of its case. None where the event is not there.

    It tells the case as it stood after that event, so that it is the same whenever it is made.
    """
    place = next((place for place, row in enumerate(rows, start=1) if row.event_key == event_key), 0)
    return canonical(_body(rows[:place], type_)).encode() if place else None


def _owed(before: Case | None, after: Case, event: Event, endpoints: Sequence[Endpoint]) -> Iterator[SendLetter]:
    type_ = type_of(before, after)
    for endpoint in endpoints:
        if endpoint.wants(type_, after.process):
            name = hashlib.sha256(endpoint.url.encode()).hexdigest()[:12]
            words = {"event": event.key, "type": type_}
            yield SendLetter(f"{event.key}/call/{name}", CALL, "", endpoint.url, "en", words=words)


def _decisions(case: Case) -> set[tuple[str, object]]:
    return {(task.id, task.decision) for task in case.assignments if task.decision is not None}


def _body(rows: Sequence[JournalRow], type_: str) -> Document:
    case, last = replay(rows), rows[-1]
    about = {
        "case": case.id,
        "number": case.number,
        "process": case.process,
        "state": case.state.value,
        "stage": case.stage,
        "round": case.round,
        "version": case.version,
    }
    return {"type": type_, "timestamp": last.at.astimezone(UTC).isoformat().replace("+00:00", "Z"), "data": about}
