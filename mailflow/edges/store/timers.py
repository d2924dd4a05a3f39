"""Timers as rows: set and stopped by a transition, rung by the event that bears their key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from mailflow.core.effects import Effect, SetTimer, StopTimers
from mailflow.edges.store import claims
from mailflow.edges.store.session import Row, Session, Statement, insertions, marks, moment, moment_or_none
from mailflow.edges.store.values import DueTimer

COLUMNS = ("key", "case", "assignment", "what", "due_at", "state")


def changes(effects: Sequence[Effect], case: str) -> list[Statement]:
    """Stop and set the timers of one transition, as if one effect after the other."""
    rows = [
        (timer.key, case, timer.assignment, timer.what, timer.at, _state(timer, effects[place:]))
        for place, timer in enumerate(effects)
        if isinstance(timer, SetTimer)
    ]
    stopped = list(dict.fromkeys(e.assignment for e in effects if isinstance(e, StopTimers)))
    return [*_stopping(case, stopped), *insertions("timer", COLUMNS, rows)]


def ringing(key: str) -> Statement:
    """Note that the timer has rung; a stopped one stays stopped."""
    return Statement("UPDATE timer SET state = 'rung' WHERE key = ? AND state = 'waiting'", (key,))


def _stopping(case: str, assignments: Sequence[str]) -> list[Statement]:
    if not assignments:
        return []
    query = (
        "UPDATE timer SET state = 'stopped' WHERE \"case\" = ? AND state = 'waiting'"
        f" AND assignment IN ({marks(assignments)})"
    )
    return [Statement(query, (case, *assignments))]


async def due(session: Session, now: datetime, limit: int) -> list[DueTimer]:
    """Give the timers whose time has come, the longest overdue first."""
    query = (
        'SELECT key, "case", assignment, what, due_at, fence FROM timer'
        " WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, length(key), key LIMIT ?"
    )
    return [_due_timer(row) for row in await session.rows(query, now, limit)]


async def claim(session: Session, now: datetime, limit: int, lease: timedelta, holder: str) -> list[DueTimer]:
    """Take up to `limit` timers whose time has come and that nobody rings, the longest overdue first."""
    return [_due_timer(row) for row in await claims.claim(session, "timer", now, limit, lease, holder)]


async def next_at(session: Session) -> datetime | None:
    """Give the time of the next timer, or None if none waits."""
    row = await session.row("SELECT min(due_at) AS at FROM timer WHERE state = 'waiting'")
    return moment_or_none(row["at"]) if row is not None else None


def _state(timer: SetTimer, after: Sequence[Effect]) -> str:
    over = any(isinstance(e, StopTimers) and e.assignment == timer.assignment for e in after)
    return "stopped" if over else "waiting"


def _due_timer(row: Row) -> DueTimer:
    names = ("key", "case", "assignment", "what", "fence")
    return DueTimer(due_at=moment(row["due_at"]), **{name: row[name] for name in names})
