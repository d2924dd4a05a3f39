"""Rows that one agent at a time works on: claimed under a lease, each time with a fence one higher.

Owns: the columns `holder`, `lease_until` and `fence` of `timer` and `errand`. Refuses to know: what the rows are for.
A claim keeps two agents from doing the same work; that it happens once does not hang on it: the key of the row is that
of its event, and the journal has it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from mailflow.edges.store.session import Row, Session

DUE: Mapping[str, str] = {"timer": "due_at", "errand": "next_at"}
"""The tables, and which of their columns says when a row is due."""


async def claim(
    session: Session, table: str, now: datetime, limit: int, lease: timedelta, holder: str
) -> Sequence[Row]:
    """Take up to `limit` rows that are due and that nobody works on; the longest overdue first."""
    due = DUE[table]
    free = f"SELECT key FROM {table} WHERE {_due(due)} AND (lease_until IS NULL OR lease_until <= ?)"
    query = (
        f"UPDATE {table} SET holder = ?, lease_until = ?, fence = fence + 1 WHERE key IN"
        f" ({free} ORDER BY {due}, length(key), key LIMIT ? {session.skip_locked}) RETURNING *"
    )
    rows = await session.rows(query, holder, now + lease, now, now, limit)
    return sorted(rows, key=lambda row: (row[due], len(row["key"]), row["key"]))


async def give_back(session: Session, holder: str, now: datetime) -> None:
    """Let others have what this holder has claimed and not done."""
    for table, due in DUE.items():
        query = f"UPDATE {table} SET lease_until = NULL WHERE {_due(due)} AND holder = ? RETURNING key"
        await session.rows(query, now, holder)


def _due(column: str) -> str:
    return f"state = 'waiting' AND {column} <= ?"
