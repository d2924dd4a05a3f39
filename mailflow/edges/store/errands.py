"""Errands as rows: documents to make, cases to start and to tell; each done by the event that bears its key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from mailflow.core.effects import Effect, Errand, FileAway, MakeDocument, StartCase, TellCase
from mailflow.core.journal import canonical, plain_document, storable
from mailflow.edges.store import claims
from mailflow.edges.store.session import Row, Session, Statement, insertions
from mailflow.edges.store.values import DueErrand

COLUMNS = ("key", "case", "what", "errand", "state", "attempts", "next_at", "reason")
_ERRAND: TypeAdapter[Errand] = TypeAdapter(Errand)
_WHAT = {MakeDocument: "make", StartCase: "start", TellCase: "tell", FileAway: "archive"}


def additions(effects: Sequence[Effect], case: str, now: datetime) -> list[Statement]:
    """Write the errands of one transition, to be done at once."""
    rows = [
        (errand.key, case, _WHAT[type(errand)], _text(errand), "waiting", 0, now, "")
        for errand in effects
        if isinstance(errand, MakeDocument | StartCase | TellCase | FileAway)
    ]
    return insertions("errand", COLUMNS, rows)


def done(key: str) -> Statement:
    """Note that the errand is done."""
    return Statement("UPDATE errand SET state = 'done' WHERE key = ?", (key,))


async def due(session: Session, now: datetime, limit: int) -> list[DueErrand]:
    """Give the errands whose time has come, the oldest first."""
    query = (
        'SELECT key, "case", errand, attempts, fence FROM errand'
        " WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at, length(key), key LIMIT ?"
    )
    return [_due(row) for row in await session.rows(query, now, limit)]


async def claim(session: Session, now: datetime, limit: int, lease: timedelta, holder: str) -> list[DueErrand]:
    """Take up to `limit` errands whose time has come and that nobody does, the oldest first."""
    return [_due(row) for row in await claims.claim(session, "errand", now, limit, lease, holder)]


async def postpone(session: Session, key: str, reason: str, now: datetime, pause: timedelta) -> None:
    """Try the errand again later, and say why it could not be done."""
    query = (
        "UPDATE errand SET attempts = attempts + 1, next_at = ?, reason = ?, lease_until = NULL"
        " WHERE key = ? RETURNING key"
    )
    await session.rows(query, now + pause, storable(reason), key)


async def give_up(session: Session, key: str, reason: str) -> None:
    """Leave the errand for a person."""
    query = "UPDATE errand SET state = 'failed', reason = ? WHERE key = ? RETURNING key"
    await session.rows(query, storable(reason), key)


def _text(errand: Errand) -> str:
    return canonical(plain_document(_ERRAND, errand))


def _due(row: Row) -> DueErrand:
    stored = row["errand"]
    errand = _ERRAND.validate_json(stored) if isinstance(stored, str) else _ERRAND.validate_python(stored)
    return DueErrand(row["key"], row["case"], errand, row["attempts"], row["fence"])
