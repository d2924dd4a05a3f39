"""The commit: everything one event caused, written together or not at all.

Owns: the statements of a commit and their order. It is always the same (number, mail, case,
assignments, journal, letters, timers, facts), so that two commits wait for each other and never in a circle.
Refuses to know: transactions and tries (`database`), and what the transition means.

Three of the statements claim something that only one commit may have: the mail, the version of the
case, the event. The first that is refused says who was first, and nothing after it is run; the
caller rolls back what stands before it. All of them go to the database in one piece: on SQLite each
journey to the connection's thread costs more than the statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from mailflow.core.case import Case
from mailflow.core.effects import SendLetter, TakeNumber, Transition
from mailflow.core.events import DocumentMade, Event, LinkedCaseClosed, RequestReceived, TimerDue
from mailflow.core.journal import (
    Document,
    JournalRow,
    case_document,
    difference,
    event_document,
    read_case,
)
from mailflow.edges.store import (
    api_keys,
    cases,
    errands,
    facts,
    inbox,
    index_cards,
    journal,
    outbox,
    registers,
    timers,
)
from mailflow.edges.store.session import Claim, Session, Statement
from mailflow.edges.store.values import Committed, Outcome, Overtaken, Repeated, Taken


@dataclass(frozen=True, slots=True)
class Move:
    """One commit to make: the case as it was read, what is to become of it, and why."""

    before: Case | None
    transition: Transition
    event: Event
    taken: Taken | None
    now: datetime
    domain: str
    """Right-hand side of the Message-IDs of its letters."""


def is_kept(outcome: Outcome) -> bool:
    """Say whether the outcome stands; every other one is rolled back."""
    return isinstance(outcome, Committed)


async def write(session: Session, move: Move) -> Outcome:
    """Write the move within the open transaction."""
    if move.transition.case is None:
        return await _write_office(session, move)
    return await _write_case(session, move, move.transition.case)


async def duplicate(session: Session, taken: Taken, case: str) -> None:
    """Note that the mail repeats one that was committed, unless its own row is settled already."""
    await inbox.write(session, replace(taken, state="duplicate", case=case))


async def _write_case(session: Session, move: Move, wanted: Case) -> Outcome:
    last = move.before.version if move.before is not None else 0
    repeated, previous = await journal.standing(session, move.event.key, wanted.id, last)
    if repeated is not None:
        return Repeated(repeated)
    case = replace(await _numbered(session, wanted, move.transition), version=last + 1)
    document = case_document(case)
    refused = await session.all(list(_case_statements(move, case, document, previous)))
    return Committed(read_case(document)) if refused is None else await _beaten(session, move, refused)


async def _write_office(session: Session, move: Move) -> Outcome:
    """Write what concerns no case: its row in the office's chain, and its letters."""
    repeated = await journal.of_event(session, move.event.key)
    if repeated is not None:
        return Repeated(repeated)
    seq, previous = await journal.office_end(session)
    row = _journal_row(move, "", seq + 1, {})
    statements = [*_taking(move, ""), journal.addition(row, previous), *_effects(move, "")]
    refused = await session.all(statements)
    return Committed(None) if refused is None else await _beaten(session, move, refused)


async def _beaten(session: Session, move: Move, refused: Claim) -> Outcome:
    """Say who was first: the same mail or event, committed while we waited, or another one."""
    match refused:
        case "mail":
            standing = await inbox.standing(session, move.taken) if move.taken is not None else None
            return Repeated(standing.taken.case if standing is not None else "")
        case "case" | "event":
            repeated = await journal.of_event(session, move.event.key)
            return Overtaken() if repeated is None else Repeated(repeated)
        case _:
            assert_never(refused)


async def _numbered(session: Session, case: Case, transition: Transition) -> Case:
    for effect in transition.effects:
        if isinstance(effect, TakeNumber):
            seq = await registers.take(session, effect.register, effect.year, effect.first)
            number = effect.form.format(year=effect.year, seq=seq, index=effect.index)
            case = _with_number(case, effect, number)
    return case


def _with_number(case: Case, effect: TakeNumber, number: str) -> Case:
    """Put the number where it belongs: the case's own, or a registration number on its card."""
    if effect.field:
        return replace(case, fields={**case.fields, effect.field: number})
    return replace(case, number=number, register=effect.register)


def _case_statements(move: Move, case: Case, document: Document, previous: str) -> Iterator[Statement]:
    before = move.before
    yield from _taking(move, case.id)
    if before is None:
        yield cases.creation(case, document, move.now)
    else:
        yield cases.rewriting(before, case, document, move.now)
    yield from cases.assignments(before, case)
    patch = difference(case_document(before) if before is not None else {}, document)
    yield journal.addition(_journal_row(move, case.id, case.version, patch), previous)
    yield index_cards.noting(case.id)
    yield from _effects(move, case.id)


def _taking(move: Move, case: str) -> Iterator[Statement]:
    if move.taken is not None:
        yield inbox.taking(replace(move.taken, case=move.taken.case or case))


def _journal_row(move: Move, case: str, seq: int, patch: Document) -> JournalRow:
    return JournalRow(
        case=case,
        seq=seq,
        at=move.now,
        event_key=move.event.key,
        event_type=move.event.type,
        event=event_document(move.event),
        why=move.transition.why,
        patch=patch,
    )


def _effects(move: Move, case: str) -> Iterator[Statement]:
    effects = move.transition.effects
    letters = [effect for effect in effects if isinstance(effect, SendLetter)]
    yield from outbox.additions(letters, case, move.now, move.domain)
    yield from timers.changes(effects, case)
    yield from errands.additions(effects, case, move.now)
    yield from facts.changes(effects, move.now)
    yield from api_keys.changes(move.event)
    if isinstance(move.event, TimerDue):
        yield timers.ringing(move.event.key)
    if isinstance(move.event, DocumentMade | LinkedCaseClosed | RequestReceived):
        yield errands.done(move.event.key)
