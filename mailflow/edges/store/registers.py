"""Registers as rows: the last number taken of each register and year.

The row is locked until the commit, so numbers have no gaps: what is rolled back was never taken.
"""

from __future__ import annotations

from mailflow.edges.store.session import Session

_TAKE = "ON CONFLICT (name, year) DO UPDATE SET last = register.last + 1 RETURNING last AS taken"


async def take(session: Session, name: str, year: int) -> int:
    """Take the next number of the register in that year; the first is 1."""
    rows = await session.insert("register", ("name", "year", "last"), [(name, year, 1)], _TAKE)
    return int(rows[0]["taken"])
