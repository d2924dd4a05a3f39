"""Registers as rows: the last number taken of each register and year.

The row is locked until the commit, so numbers have no gaps: what is rolled back was never taken.
"""

from __future__ import annotations

from mailflow.edges.store.session import Session

_TAKE = (
    "ON CONFLICT (name, year) DO UPDATE SET last ="
    " CASE WHEN register.last < excluded.last THEN excluded.last ELSE register.last + 1 END RETURNING last AS taken"
)


async def take(session: Session, name: str, year: int, first: int = 1) -> int:
    """Take the next number of the register in that year, `first` or above."""
    rows = await session.insert("register", ("name", "year", "last"), [(name, year, first)], _TAKE)
    return int(rows[0]["taken"])
