"""What links and reply addresses stand for, as rows. The id of a token is kept nowhere, only its hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from mailflow.edges.store.session import Row, Session, moment, moment_or_none
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


async def use(session: Session, hash_: str, now: datetime) -> bool:
    """Mark the token as used; False if it was before, or is unknown."""
    query = "UPDATE token SET used_at = ? WHERE hash = ? AND used_at IS NULL RETURNING hash"
    return await session.row(query, now, hash_) is not None


def _token(row: Row) -> Token:
    times = {
        "issued_at": moment(row["issued_at"]),
        "expires_at": moment(row["expires_at"]),
        "used_at": moment_or_none(row["used_at"]),
    }
    return Token(**{**row, **times})
