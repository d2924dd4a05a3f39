"""The plain facts of a report, read in pages so that a long period holds up nobody. Writes nothing.

Every page is a range of an index (`assignment_opened`, `assignment_paid`), the newest first, up to a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailflow.core.report_query import ReportQuery
from mailflow.core.reports import PaidFact, TaskFact
from mailflow.edges.store.session import Row, Session, Value, marks, moment, moment_or_none

PAGE = 2000
Place = tuple[datetime, str]


async def tasks(session: Session, query: ReportQuery, after: Place | None) -> tuple[list[TaskFact], Place | None]:
    """Give a page of the tasks asked in these days, and where the next one begins (None: nowhere)."""
    whose, people = _among("a.principal", query.people)
    onward, place = _onward("a.opened_at", after)
    sql = (
        "SELECT a.id, a.stage, a.principal, a.opened_at, a.due_at, a.decided_at, c.process"
        ' FROM assignment a JOIN "case" c ON c.id = a."case" WHERE a.opened_at >= ? AND a.opened_at < ?'
        f" AND a.standing IN ('open', 'decided') {whose} {onward} ORDER BY a.opened_at DESC, a.id DESC LIMIT ?"
    )
    rows = await session.rows(sql, query.since, query.until, *people, *place, PAGE)
    return [_task(row) for row in rows], _last(rows, "opened_at")


async def paid(session: Session, query: ReportQuery, after: Place | None) -> tuple[list[PaidFact], Place | None]:
    """Give a page of the payments made in these days, and where the next one begins."""
    whose, people = _among("c.initiator", query.payers)
    onward, place = _onward("a.decided_at", after)
    article = "c.document->'fields'->>'cash_flow_item'" if session.is_postgres else _ARTICLE
    sql = (
        f"SELECT a.id, a.decided_at, c.initiator, c.counterparty, c.amount_minor, c.currency, {article} AS article"
        ' FROM assignment a JOIN "case" c ON c.id = a."case"'
        " WHERE a.ask = 'payment' AND a.decided_at >= ? AND a.decided_at < ? AND a.answer = 'paid'"
        f" AND c.amount_minor IS NOT NULL {whose} {onward} ORDER BY a.decided_at DESC, a.id DESC LIMIT ?"
    )
    rows = await session.rows(sql, query.since, query.until, *people, *place, PAGE)
    return [_paid(row) for row in rows], _last(rows, "decided_at")


_ARTICLE = "json_extract(c.document, '$.fields.cash_flow_item')"


def _among(column: str, people: Sequence[str] | None) -> tuple[str, Sequence[Value]]:
    if people is None:
        return "", ()
    return (f"AND {column} IN ({marks(people)})", people) if people else ("AND 1 = 0", ())


def _onward(column: str, after: Place | None) -> tuple[str, Sequence[Value]]:
    return ("", ()) if after is None else (f"AND ({column}, a.id) < (?, ?)", after)


def _last(rows: Sequence[Row], column: str) -> Place | None:
    return (moment(rows[-1][column]), str(rows[-1]["id"])) if len(rows) == PAGE else None


def _task(row: Row) -> TaskFact:
    times = (moment(row["opened_at"]), moment_or_none(row["due_at"]), moment_or_none(row["decided_at"]))
    return TaskFact(row["process"], row["stage"], row["principal"], *times)


def _paid(row: Row) -> PaidFact:
    article = str(row["article"] or "")
    return PaidFact(article, row["counterparty"], row["initiator"], int(row["amount_minor"]), row["currency"])
