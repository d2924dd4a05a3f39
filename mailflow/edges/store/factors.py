"""Second factors, as rows.

Owns: the columns of `second_factor`; a secret stands here only sealed. Refuses to know: codes, who is asked for one.
A time step is accepted by one statement that moves it forward: of two presses with one code one is first.
"""

from __future__ import annotations

from dataclasses import astuple, fields
from datetime import datetime

from mailflow.core.second_factor import Factor
from mailflow.edges.store.session import Row, Session, moment, moment_or_none

FACTOR = tuple(field.name for field in fields(Factor))
_OFFERED = (
    "ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed, made_at = excluded.made_at, step = excluded.step"
    " WHERE second_factor.enrolled_at IS NULL"
)


async def load(session: Session, person: str) -> Factor | None:
    """Give the person's second factor, or None."""
    row = await session.row("SELECT * FROM second_factor WHERE person = ?", person)
    return None if row is None else _factor(row)


async def listed(session: Session) -> list[Factor]:
    """Give every second factor."""
    return [_factor(row) for row in await session.rows("SELECT * FROM second_factor ORDER BY person")]


async def offer(session: Session, factor: Factor) -> None:
    """Write one that is offered, in the place of another that was only offered; one that is set up stays."""
    await session.insert("second_factor", FACTOR, [astuple(factor)], _OFFERED)


async def enrol(session: Session, offered: Factor, step: int, now: datetime) -> bool:
    """Set up the one that was offered; False if it is another by now, or set up already."""
    query = (
        "UPDATE second_factor SET enrolled_at = ?, step = ?"
        " WHERE person = ? AND sealed = ? AND enrolled_at IS NULL RETURNING person"
    )
    return await session.row(query, now, step, offered.person, offered.sealed) is not None


async def accept(session: Session, person: str, step: int) -> bool:
    """Use up this time step; False if it, or a later one, was used before."""
    query = (
        "UPDATE second_factor SET step = ? WHERE person = ? AND step < ? AND enrolled_at IS NOT NULL RETURNING person"
    )
    return await session.row(query, step, person, step) is not None


async def seal_anew(session: Session, person: str, before: str, after: str) -> None:
    """Replace what an older key has sealed."""
    query = "UPDATE second_factor SET sealed = ? WHERE person = ? AND sealed = ? RETURNING person"
    await session.rows(query, after, person, before)


async def drop(session: Session, person: str) -> bool:
    """Delete it; False if there was none."""
    query = "DELETE FROM second_factor WHERE person = ? RETURNING person"
    return await session.row(query, person) is not None


def _factor(row: Row) -> Factor:
    made, enrolled = moment(row["made_at"]), moment_or_none(row["enrolled_at"])
    return Factor(row["person"], row["sealed"], made, enrolled, int(row["step"]))
