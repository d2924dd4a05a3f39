"""How the store does: its queues counted, and the pulses of the service's parts.

Owns: the columns of `pulse`, and the questions behind `mailflow status`. Each is answered by an index: they are
asked every minute, of a database with a million rows too. Refuses to know: which answer is a worry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from mailflow.core.calls import CALL
from mailflow.core.vitals import Pulse, Queue, Vitals
from mailflow.edges.store import lists
from mailflow.edges.store.session import Session, Value, marks, moment_or_none

_LETTERS = ("ready", "claimed", "deferred", "refused", "unknown")
_MAILS = ("quarantined", "failed")
_ERRANDS = ("waiting", "failed")
_WELL = "ON CONFLICT (name) DO UPDATE SET well_at = excluded.well_at, ill_since = NULL, reason = '' RETURNING name"
_ILL = (
    "ON CONFLICT (name) DO UPDATE SET ill_since = COALESCE(pulse.ill_since, excluded.ill_since),"
    " reason = excluded.reason RETURNING name"
)
_COLUMNS = ("name", "well_at", "ill_since", "reason")
DIGEST = "digest/"


async def well(session: Session, name: str, now: datetime) -> None:
    """Note that this part of the service does well."""
    await session.insert("pulse", _COLUMNS, [(name, now, None, "")], _WELL)


async def ill(session: Session, name: str, reason: str, now: datetime) -> None:
    """Note what this part of the service suffers from; since when is kept from its first complaint."""
    await session.insert("pulse", _COLUMNS, [(name, None, now, reason[:1000])], _ILL)


async def measured(session: Session, now: datetime) -> Vitals:
    """Count everything that waits."""
    notice = await lists.last_notice(session, DIGEST)
    return Vitals(
        pulses=await _pulses(session),
        letters=await _queues(session, "outbox", "created_at", _LETTERS, f"kind <> '{CALL}'"),
        calls=await _queues(session, "outbox", "created_at", _LETTERS, f"kind = '{CALL}'"),
        mails=await _queues(session, "inbox", "received_at", _MAILS),
        errands=await _queues(session, "errand", "next_at", _ERRANDS),
        unsettled=await _number(session, "SELECT count(*) AS n FROM inbox WHERE settled_at IS NULL AND account <> ''"),
        timers=await _due(session, now),
        open_cases=await _number(session, "SELECT count(*) AS n FROM \"case\" WHERE state = 'open'"),
        last_letter=await _last_letter(session),
        last_digest=date.fromisoformat(notice.key.removeprefix(DIGEST)) if notice is not None else None,
    )


async def _pulses(session: Session) -> dict[str, Pulse]:
    rows = await session.rows("SELECT * FROM pulse")
    return {
        row["name"]: Pulse(row["name"], moment_or_none(row["well_at"]), moment_or_none(row["ill_since"]), row["reason"])
        for row in rows
    }


async def _queues(
    session: Session, table: str, since: str, states: Sequence[str], more: str = "1 = 1"
) -> dict[str, Queue]:
    query = (
        f"SELECT state, count(*) AS n, min({since}) AS oldest FROM {table}"
        f" WHERE state IN ({marks(states)}) AND {more} GROUP BY state"
    )
    rows = await session.rows(query, *states)
    return {row["state"]: Queue(int(row["n"]), moment_or_none(row["oldest"])) for row in rows}


async def _due(session: Session, now: datetime) -> Queue:
    query = "SELECT count(*) AS n, min(due_at) AS oldest FROM timer WHERE state = 'waiting' AND due_at <= ?"
    row = await session.row(query, now)
    return Queue(int(row["n"]), moment_or_none(row["oldest"])) if row is not None else Queue()


async def _number(session: Session, query: str, *values: Value) -> int:
    row = await session.row(query, *values)
    return int(row["n"]) if row is not None else 0


async def _last_letter(session: Session) -> datetime | None:
    """A letter that left was due not long before: by that its index leads to the last."""
    query = f"SELECT sent_at FROM outbox WHERE state = 'sent' AND kind <> '{CALL}' ORDER BY next_at DESC LIMIT 1"
    row = await session.row(query)
    return moment_or_none(row["sent_at"]) if row is not None else None
