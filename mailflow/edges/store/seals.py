"""Seals as rows: one head after the other, over all rows of all journals.

Owns: the columns of `seal`, and that no row slips in before one that is sealed. Refuses to know: the tree
(`core.seals`).

On PostgreSQL a row may become visible after one with a higher id. So the journal is locked against writing for the
moment of a sealing: whoever was writing has ended, and every id given out so far is either there or never will be.
"""

from __future__ import annotations

from datetime import datetime

from mailflow.core.seals import Head, Peaks, Seal, sealed
from mailflow.edges.store.session import Row, Session, moment

COLUMNS = ("number", "at", "size", "root", "last", "peaks")
SEAL_LOCK = 7_245_704
"""Name of the lock under which a seal is made: of two sealers one waits."""
ROWS_AT_ONCE = 5_000


async def seal(session: Session, now: datetime) -> Seal | None:
    """Fold the rows that are not sealed yet into the next seal, at most `ROWS_AT_ONCE`; None if there is none."""
    await session.alone(SEAL_LOCK)
    await session.no_writing("journal")
    before = await newest(session)
    query = "SELECT id, hash FROM journal WHERE id > ? ORDER BY id LIMIT ?"
    rows = await session.rows(query, before.last if before is not None else 0, ROWS_AT_ONCE)
    if not rows:
        return None
    made = sealed(before, [(row["id"], row["hash"]) for row in rows], now)
    values = (made.number, made.at, made.head.size, made.head.root, made.last, str(made.peaks))
    await session.insert("seal", COLUMNS, [values])
    return made


async def newest(session: Session) -> Seal | None:
    """Give the last seal, or None."""
    row = await session.row("SELECT * FROM seal ORDER BY number DESC LIMIT 1")
    return None if row is None else _seal(row)


async def listed(session: Session) -> list[Seal]:
    """Give every seal in order."""
    return [_seal(row) for row in await session.rows("SELECT * FROM seal ORDER BY number")]


async def hashes(session: Session, last: int) -> list[tuple[int, str]]:
    """Give id and hash of every row up to that id, in the order of the tree."""
    rows = await session.rows("SELECT id, hash FROM journal WHERE id <= ? ORDER BY id", last)
    return [(row["id"], row["hash"]) for row in rows]


def _seal(row: Row) -> Seal:
    head = Head(row["size"], row["root"])
    return Seal(row["number"], moment(row["at"]), head, row["last"], Peaks.read(row["size"], row["peaks"]))
