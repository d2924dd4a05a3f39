"""`mailflow retry`: what the service has given up, taken again or settled by a person.

Owns: the names a person types (M17 a mail, L3fa2c1d0 a letter, P09ab31f2 a paper), what each may have done to it, and
that it is never silent: whatever is done to a letter or a paper is an event of the journal first, and the secretary
gets a letter about it. A mail taken again leads to its own event, as it would have.
Refuses to know: arguments and printing.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailflow import log
from mailflow.advance import advance
from mailflow.app import App
from mailflow.core.events import NoticeDue
from mailflow.edges.store import GivenUp, InboxRow, OutboxRow
from mailflow.errors import MailflowError
from mailflow.receive import receive

MOST = 500
NOT_WHOLE = {
    "size-limit:": "only its headers were read: raise [mailbox] size_limit_mib and move it back to the watched folder",
    "unreadable:": "the server did not give it: move it back to the watched folder",
}
"""Mails whose bytes are not here, by the beginning of the reason they are held for."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that was given up. `sure`: taking it again harms nobody, so that `all` may mean it too."""

    name: str
    what: str
    why: str
    row: InboxRow | OutboxRow | GivenUp
    sure: bool


async def given_up(app: App) -> list[Waiting]:
    """Give everything a person may take again, mails first."""
    store = app.store
    mails = [_mail(row) for row in await store.inbox("quarantined", limit=MOST)]
    letters = [_letter(row) for state in ("refused", "unknown") for row in await store.outbox(state, limit=MOST)]
    return [*reversed(mails), *reversed(letters), *(_paper(errand) for errand in await store.by_hand.errands())]


def chosen(there: Sequence[Waiting], names: Sequence[str]) -> list[Waiting]:
    """Give those that are named; `all` means those that harm nobody. MailflowError for a name that is none."""
    if list(names) == ["all"]:
        return [one for one in there if one.sure]
    known = {one.name.lower(): one for one in there}
    wrong = [name for name in names if name.lower() not in known]
    if wrong:
        raise MailflowError(f"{wrong[0]}: nothing of that name waits: `mailflow retry` lists what does")
    return [known[name.lower()] for name in names]


async def retry(app: App, wanted: Sequence[Waiting], by: str, now: datetime) -> AsyncIterator[tuple[bool, str]]:
    """Take each again; give whether it went well, and a line about it."""
    for one in wanted:
        match one.row:
            case InboxRow():
                well, said = await _take(app, one, one.row, now)
            case OutboxRow():
                well, said = await _send(app, one, one.row, by, now)
            case GivenUp():
                await _tell(app, one, "will be made again", by, now)
                well, said = await app.store.by_hand.try_errand(one.row.key, now), "will be made again"
        log.taken_again(one.name, said)
        yield well, f"{one.name}: {said}"


async def settle(
    app: App, wanted: Sequence[Waiting], reason: str, by: str, now: datetime
) -> AsyncIterator[tuple[bool, str]]:
    """Mark each as settled by this person, for this reason; a mail is only ever taken again."""
    said = f"settled by {by}: {reason}"
    for one in wanted:
        match one.row:
            case InboxRow():
                yield False, f"{one.name}: a mail is taken again, or left where it is: it is never marked as settled"
                continue
            case OutboxRow():
                await _tell(app, one, said, by, now)
                well = await app.store.by_hand.settle_letter(one.row.key, said)
            case GivenUp():
                await _tell(app, one, said, by, now)
                well = await app.store.by_hand.settle_errand(one.row.key, said)
        log.taken_again(one.name, said)
        yield well, f"{one.name}: {said}"


async def _take(app: App, one: Waiting, row: InboxRow, now: datetime) -> tuple[bool, str]:
    """Take a mail in again from its kept bytes."""
    if not one.sure:
        return False, one.why
    taken = row.taken
    try:
        raw = await app.desk.blobs.read(taken.sha256)
        await receive(raw, taken.source, taken.received_at, now, app.desk, again=True)
    except MailflowError:
        raise
    except Exception as wrong:
        return False, f"it still breaks the work, and stays: {wrong!r}"
    after = await app.store.seen_key(taken.message_key)
    if after is None or after.taken.state == "quarantined":
        return False, f"still held: {after.taken.reason if after is not None else 'its row is gone'}"
    return True, f"taken as {after.taken.kind}: {after.taken.reason}"


async def _send(app: App, one: Waiting, row: OutboxRow, by: str, now: datetime) -> tuple[bool, str]:
    person = app.office.directory.people.get(row.person)
    address = person.address if person is not None else row.address
    said = f"goes again to {address}"
    await _tell(app, one, said, by, now)
    if row.state == "refused":
        return await app.store.by_hand.make_again(row.key, row.letter, address, now), said
    return await app.store.by_hand.send_again(row.key, now), f"goes again to {row.address}, the same bytes"


async def _tell(app: App, one: Waiting, said: str, by: str, now: datetime) -> None:
    """Write it into the journal, and to the secretary, before it is done."""
    office = app.office
    key = f"by_hand/{one.name}/{now.isoformat()}"
    words = {"what": one.what, "who": by, "said": said}
    await advance(NoticeDue(key, now, "by_hand", office.acting(office.secretary, now), words), app.store, office, now)


def _mail(row: InboxRow) -> Waiting:
    taken = row.taken
    reason = taken.error or taken.reason
    cure = next((cure for beginning, cure in NOT_WHOLE.items() if reason.startswith(beginning)), "")
    return Waiting(f"M{row.id}", f"{taken.sender}: {taken.subject}", cure or reason, row, not cure)


def _letter(row: OutboxRow) -> Waiting:
    name = f"L{row.message_id.strip('<>')[:8]}"
    return Waiting(name, f"{row.kind} to {row.address}", f"{row.state}: {row.reason}", row, row.state == "refused")


def _paper(errand: GivenUp) -> Waiting:
    name = f"P{hashlib.sha256(errand.key.encode()).hexdigest()[:8]}"
    return Waiting(name, errand.what, errand.reason, errand, True)
