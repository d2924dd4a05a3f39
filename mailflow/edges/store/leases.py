"""What one agent at a time may do, as rows: who may, until when, and the number that tells his turn from all others.

Owns: the columns of `lease`, and the fence. Each taking writes a number one higher than the last, and `uphold` asks
for it within every transaction of whoever took it: one who was asleep while another took over writes nothing any more
(the fencing token of M. Kleppmann, "How to do distributed locking", 2016). Refuses to know: what the lease is for.

The database's own clock says whether a lease has ended: the machines' clocks need not agree. `uphold` keeps the row
from changing to the end of its transaction, so that nobody takes over between the question and the commit; a
transaction left standing is ended by PostgreSQL itself (`database.POSTGRES`), or a stopped process would keep its turn.
"""

from __future__ import annotations

from mailflow.edges.store.session import Session
from mailflow.edges.store.values import Fence
from mailflow.errors import LeaseLost

TABLES = frozenset({"lease", "timer", "errand"})
"""Whose rows have a fence."""


async def take(session: Session, key: str, holder: str, seconds: float) -> Fence | None:
    """Begin a turn if no other holder has one; None where one has."""
    query = (
        f"INSERT INTO lease (key, holder, fence, until) VALUES (?, ?, 1, {session.clock(seconds)})"
        " ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, fence = lease.fence + 1, until = excluded.until"
        f" WHERE lease.until <= {session.clock()} OR lease.holder = excluded.holder RETURNING fence"
    )
    row = await session.row(query, key, holder)
    return None if row is None else Fence("lease", key, row["fence"])


async def renew(session: Session, fence: Fence, seconds: float) -> bool:
    """Go on for so many seconds from now; False if another turn has begun."""
    query = f"UPDATE lease SET until = {session.clock(seconds)} WHERE key = ? AND fence = ? RETURNING key"
    return await session.row(query, fence.key, fence.number) is not None


async def give_back(session: Session, fence: Fence) -> None:
    """End the turn, if it still is one."""
    query = f"UPDATE lease SET until = {session.clock()} WHERE key = ? AND fence = ? RETURNING key"
    await session.rows(query, fence.key, fence.number)


async def give_back_all(session: Session, holder: str) -> None:
    """End every turn of a holder that is gone."""
    await session.rows(f"UPDATE lease SET until = {session.clock()} WHERE holder = ? RETURNING key", holder)


async def uphold(session: Session, fence: Fence) -> None:
    """Go on only if the turn is still ours, and let nobody take it to the end of the transaction; else LeaseLost."""
    # A timer or an errand is not locked: its case is, later in the transaction, and whoever has the case and wants the
    # timer would wait in a circle. Who slips through between question and commit meets the key of the event.
    locked = session.share_locked if fence.table == "lease" else ""
    assert fence.table in TABLES
    query = f"SELECT key FROM {fence.table} WHERE key = ? AND fence = ? {locked}"
    if await session.row(query, fence.key, fence.number) is None:
        raise LeaseLost(f"{fence.key}: another agent has taken over: nothing of this was written, it goes on there")
