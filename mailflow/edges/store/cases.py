"""Cases and their assignments as rows.

Owns: the columns of `case` and `assignment`, which repeat what the document says so that the
database can be read and searched. Refuses to know: what moves a case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from mailflow.core.case import Assignment, Case, CaseState
from mailflow.core.case_query import sought
from mailflow.core.journal import Document, canonical, read_case
from mailflow.edges.store.session import (
    Row,
    Session,
    Statement,
    Value,
    insertions,
    marks,
    moment,
    moment_or_none,
)
from mailflow.edges.store.values import CaseRow, OpenAssignment

MONEY = re.compile(r"(-?)([0-9]{1,16})(?:\.([0-9]{1,2})0*)?(?: ?([A-Z]{3}))?")

CASE = (
    "id",
    "number",
    "number_folded",
    "process",
    "register",
    "state",
    "stage",
    "round",
    "initiator",
    "subject",
    "amount_minor",
    "currency",
    "counterparty",
    "waits_on",
    "opened_at",
    "changed_at",
    "closed_at",
    "version",
    "sought",
    "document",
)
LISTED = ", ".join(f'"{name}"' for name in CASE if name not in ("number_folded", "sought", "document"))

ASSIGNMENT = (
    "id",
    "case",
    "round",
    "stage",
    "principal",
    "ask",
    "standing",
    "opened_at",
    "due_at",
    "answer",
    "decided_by",
    "decided_at",
    "channel",
)
DECISION = ("answer", "decided_by", "decided_at", "channel")
# A decision once taken stays in its row even where the assignment has become void since.


def _upserted(name: str) -> str:
    """A decision stays on a row that is made void; only taking it back, which opens the task again, clears it."""
    if name not in DECISION:
        return f'"{name}" = excluded."{name}"'
    kept = f'COALESCE(excluded."{name}", assignment."{name}")'
    return f'"{name}" = CASE WHEN excluded.standing = \'open\' THEN excluded."{name}" ELSE {kept} END'


UPSERT = "ON CONFLICT (id) DO UPDATE SET " + ", ".join(_upserted(name) for name in ASSIGNMENT[5:])


async def load(session: Session, case_id: str) -> Case | None:
    """Give the case, or None."""
    return _case(await session.row('SELECT document FROM "case" WHERE id = ?', case_id))


async def named(session: Session, ids: Sequence[str]) -> dict[str, Case]:
    """Give those of the cases that are there, by id; at most `MOST_VALUES` of them are asked for."""
    query = f'SELECT document FROM "case" WHERE id IN ({marks(ids)})'
    found = [read_case(str(row["document"])) for row in await session.rows(query, *ids)] if ids else []
    return {case.id: case for case in found}


async def versions(session: Session) -> dict[str, int]:
    """Give the version of every case."""
    return {row["id"]: row["version"] for row in await session.rows('SELECT id, version FROM "case"')}


async def load_by_number(session: Session, number: str) -> Case | None:
    """Give the case of that number: as written, else with letters of either size."""
    if not number:
        return None
    query = (
        'SELECT document FROM "case" WHERE number = ? OR number_folded = ?'
        " ORDER BY CASE WHEN number = ? THEN 0 ELSE 1 END, opened_at, id LIMIT 1"
    )
    return _case(await session.row(query, number, number.casefold(), number))


async def number_exists(session: Session, number: str) -> bool:
    """Say whether a case has that number, letters of either size."""
    query = 'SELECT 1 AS found FROM "case" WHERE number = ? OR number_folded = ? LIMIT 1'
    return bool(number) and await session.row(query, number, number.casefold()) is not None


def creation(case: Case, document: Document, now: datetime) -> Statement:
    """Write a new case, unless there is one with its id."""
    row = _case_values(case, document, now)
    [statement] = insertions("case", CASE, [row], "ON CONFLICT (id) DO NOTHING RETURNING id", "case")
    return statement


def rewriting(before: Case, after: Case, document: Document, now: datetime) -> Statement:
    """Write the case over its row, if that still has the version that was read.

    Only columns that changed are named: SQLite rewrites every index of a column that is.
    """
    old, new = _case_values(before, {}, before.opened_at), _case_values(after, document, now)
    changed = {name: to for name, was, to in zip(CASE, old, new, strict=True) if was != to}
    changed["changed_at"] = now
    setting = ", ".join(f'"{name}" = ?' for name in changed)
    query = f'UPDATE "case" SET {setting} WHERE id = ? AND version = ? RETURNING id'
    return Statement(query, (*changed.values(), after.id, before.version), "case")


def assignments(before: Case | None, after: Case) -> list[Statement]:
    """Write the assignments that are new or changed.

    One statement cannot write a row twice: of two with the same id the last one counts, as in the case.
    """
    known = {a.id: a for a in before.assignments} if before is not None else {}
    changed = {a.id: a for a in after.assignments if known.get(a.id) != a}
    rows = [_assignment_values(after.id, assignment) for assignment in changed.values()]
    return insertions("assignment", ASSIGNMENT, rows, UPSERT)


async def open_assignments(session: Session, person: str) -> list[OpenAssignment]:
    """Give what waits for the person, what is due first coming first."""
    query = (
        'SELECT c.number, c.subject, a.due_at, a.stage, a."case", a.id'
        ' FROM assignment a JOIN "case" c ON c.id = a."case"'
        " WHERE a.principal = ? AND a.standing = 'open' AND c.state = 'open'"
        " ORDER BY a.due_at IS NULL, a.due_at, a.opened_at, a.id"
    )
    return [_open_assignment(row) for row in await session.rows(query, person)]


async def waited_for(session: Session) -> list[str]:
    """Give everybody an open task waits for."""
    rows = await session.rows("SELECT DISTINCT principal FROM assignment WHERE standing = 'open'")
    return [row["principal"] for row in rows]


async def listed(
    session: Session, state: str | None, process: str | None, after: str | None, limit: int
) -> list[CaseRow]:
    """Give a page of cases, newest first, from the one after that case id on."""
    conditions: list[tuple[str, str]] = []
    if state is not None:
        conditions.append(("state = ?", state))
    if process is not None:
        conditions.append(("process = ?", process))
    if after is not None:
        last = '(SELECT opened_at, id FROM "case" WHERE id = ?)'
        conditions.append((f"(opened_at, id) < {last}", after))
    where = "WHERE " + " AND ".join(text for text, _ in conditions) if conditions else ""
    query = f'SELECT {LISTED} FROM "case" {where} ORDER BY opened_at DESC, id DESC LIMIT ?'
    return [_case_row(row) for row in await session.rows(query, *(value for _, value in conditions), limit)]


def _case(row: Row | None) -> Case | None:
    return None if row is None else read_case(str(row["document"]))


def _case_values(case: Case, document: Document, now: datetime) -> list[Value]:
    minor, currency = _money(case)
    return [
        case.id,
        case.number or None,
        case.number.casefold(),
        case.process,
        case.register,
        case.state,
        case.stage,
        case.round,
        case.initiator,
        case.subject,
        minor,
        currency,
        str(case.fields.get("counterparty", "")),
        ", ".join(dict.fromkeys(a.principal for a in case.open_assignments)),
        case.opened_at,
        now,
        case.closed_at,
        case.version,
        sought(case),
        canonical(document),
    ]


def _money(case: Case) -> tuple[int | None, str]:
    """Give the sum of the card in minor units with its currency; (None, '') where there is none."""
    found = MONEY.fullmatch(str(case.fields.get("amount", "")))
    if found is None:
        return None, ""
    sign, whole, part, currency = found.groups()
    minor = int(whole) * 100 + int((part or "").ljust(2, "0"))
    return -minor if sign else minor, currency or str(case.fields.get("currency", "") or "RUB")[:8]


def _assignment_values(case: str, assignment: Assignment) -> list[Value]:
    decision = assignment.decision
    return [
        assignment.id,
        case,
        assignment.round,
        assignment.stage,
        assignment.principal,
        assignment.ask,
        assignment.standing,
        assignment.opened_at,
        assignment.due_at,
        decision.answer if decision else None,
        decision.by if decision else None,
        decision.at if decision else None,
        decision.channel if decision else None,
    ]


def _open_assignment(row: Row) -> OpenAssignment:
    return OpenAssignment(
        number=row["number"] or "",
        subject=row["subject"],
        due_at=moment_or_none(row["due_at"]),
        stage=row["stage"],
        case=row["case"],
        assignment=row["id"],
    )


def _case_row(row: Row) -> CaseRow:
    times = {
        "opened_at": moment(row["opened_at"]),
        "changed_at": moment(row["changed_at"]),
        "closed_at": moment_or_none(row["closed_at"]),
    }
    words = {"number": row["number"] or "", "state": CaseState(row["state"])}
    return CaseRow(**{**row, **words, **times})
