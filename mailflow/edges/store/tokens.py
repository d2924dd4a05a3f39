"""What links and reply addresses stand for, as rows. The id of a token is kept nowhere, only its hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from mailflow.edges.store.session import MOST_VALUES, Row, Session, marks, moment, moment_or_none
from mailflow.edges.store.values import Token

COLUMNS = tuple(field.name for field in fields(Token))


async def write(session: Session, issued: Sequence[Token]) -> None:
    """Write the tokens; one that is there already stays as it is."""
    rows = [[getattr(token, name) for name in COLUMNS] for token in issued]
    await session.insert("token", COLUMNS, rows, "ON CONFLICT (hash) DO NOTHING")


async def load(session: Session, hash_: str) -> Token | None:
    """Give the token of that hash, or None."""
    row = await session.row("SELECT * FROM token WHERE hash = ?", hash_)
    return None if row is None else _token(row)


async def come_back(session: Session, hashes: Sequence[str], now: datetime) -> None:
    """Note of each token that a mail which is kept carries it; one noted before, or unknown, stays as it is."""
    for start in range(0, len(hashes), MOST_VALUES - 1):
        some = hashes[start : start + MOST_VALUES - 1]
        query = f"UPDATE token SET came_back_at = ? WHERE hash IN ({marks(some)}) AND came_back_at IS NULL"
        await session.rows(query + " RETURNING hash", now, *some)


def _token(row: Row) -> Token:
    times = {
        "issued_at": moment(row["issued_at"]),
        "expires_at": moment(row["expires_at"]),
        "came_back_at": moment_or_none(row["came_back_at"]),
    }
    return Token(**{**row, **times})
