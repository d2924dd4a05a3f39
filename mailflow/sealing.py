"""Seal the journal, send its head to the auditor, and say whether the journal still fits what was sealed.

Owns: the order: rows are sealed first, then the head over them is owed as a letter, in the same outbox as every other.
A daily anchor is the event `anchor/<day>`: however often it is tried, one letter leaves. Every day has one, also a day
on which nothing happened: a day without the letter is itself a sign.
Refuses to know: the tree (`core.seals`), the verdict (`core.auditing`).
"""

from __future__ import annotations

from datetime import datetime

from mailflow.advance import advance
from mailflow.core.auditing import Audit, Verdict
from mailflow.core.dates import format_date
from mailflow.core.events import NoticeDue
from mailflow.core.office import Office
from mailflow.core.seals import Head, Peaks, Seal
from mailflow.edges.store import Committed, Store

KEY = "anchor/"
ROWS_AT_ONCE = 1_000


async def seal_all(store: Store, now: datetime) -> Seal | None:
    """Seal every row that is not yet; give the newest seal there is, None where the journal is empty."""
    while await store.seal(now) is not None:
        pass
    return await store.newest_seal()


async def anchor_daily(store: Store, office: Office, auditor: str, now: datetime) -> bool:
    """Owe the auditor the head of today unless he was sent it; give whether this call did."""
    key = f"{KEY}{office.day(now)}"
    if not auditor or await store.happened(key):
        return False
    sent = await advance(_notice(key, await head_now(store, now), office, auditor, now), store, office, now)
    return isinstance(sent, Committed)


async def anchor_now(store: Store, office: Office, auditor: str, now: datetime, head: Head | None = None) -> Head:
    """Owe the auditor this head, or the one over everything that is written by now; give the head."""
    head = head or await head_now(store, now)
    await advance(_notice(f"{KEY}{now.isoformat()}", head, office, auditor, now), store, office, now)
    return head


async def head_now(store: Store, now: datetime) -> Head:
    """Seal every row that is not yet, and give the head over all of them."""
    newest = await seal_all(store, now)
    return newest.head if newest is not None else Peaks().head


async def audit(store: Store, anchor: Head | None) -> Verdict:
    """Read every row of every journal and give the verdict."""
    # The seals first: a row written meanwhile is one more than they know of, never one less.
    seals = await store.seals()
    read = Audit(await store.versions(), seals, anchor)
    last = 0
    while rows := await store.journal_after(last, ROWS_AT_ONCE):
        read.read(row for _, row in rows)
        last = rows[-1][0]
    return read.verdict()


def _notice(key: str, head: Head, office: Office, auditor: str, now: datetime) -> NoticeDue:
    local = now.astimezone(office.hours.zone)
    day = f"{format_date(local.date(), office.language)} {local:%H:%M}"
    words = {"day": day, "rows": str(head.size), "head": str(head)}
    return NoticeDue(key, now, "anchor", "", words, address=auditor)
