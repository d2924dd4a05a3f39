"""Mails taken in, as rows: each mail of a mailbox once, whatever became of it.

Owns: the columns of `inbox`, and which rows may be written over: a mail that failed or lies in
quarantine may be taken again, one that was processed never is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from mailflow.edges.store.session import (
    MOST_VALUES,
    Row,
    Session,
    Statement,
    Value,
    insertions,
    marks,
    moment,
    moment_or_none,
)
from mailflow.edges.store.values import InboxRow, Source, Taken

PLACE = ("account", "folder", "uidvalidity", "uid")
SAID = tuple(field.name for field in fields(Taken) if field.name != "source")
COLUMNS = (*PLACE, *SAID, "attempts")

_WRITE_OVER = (
    " DO UPDATE SET "
    + ", ".join(f'"{name}" = excluded."{name}"' for name in SAID)
    + ", attempts = inbox.attempts + 1 WHERE inbox.state IN ({states}) RETURNING *"
)
# NULLs never collide: a mail without a place is told from others by its content alone.
_PLACED = "ON CONFLICT (account, folder, uidvalidity, uid)" + _WRITE_OVER
_UNPLACED = "ON CONFLICT (message_key) WHERE account IS NULL" + _WRITE_OVER
_IN_PLACE = "account = ? AND folder = ? AND uidvalidity = ?"

UNFINISHED = "'failed', 'quarantined'"
FAILED = "'failed'"


def taking(taken: Taken, over: str = UNFINISHED) -> Statement:
    """Write the mail's row, over one in a state of `over` if there is one; a settled one stays."""
    conflict = (_UNPLACED if taken.source is None else _PLACED).format(states=over)
    [statement] = insertions("inbox", COLUMNS, [_values(taken)], conflict, "mail")
    return statement


async def write(session: Session, taken: Taken, over: str = UNFINISHED) -> InboxRow | None:
    """Write the mail's row as `taking` says; None if it is settled already."""
    statement = taking(taken, over)
    return _row_or_none(await session.row(statement.sql, *statement.values))


async def standing(session: Session, taken: Taken) -> InboxRow | None:
    """Give the row that this mail has."""
    if taken.source is not None:
        return await seen(session, taken.source)
    query = "SELECT * FROM inbox WHERE account IS NULL AND message_key = ?"
    return _row_or_none(await session.row(query, taken.message_key))


async def seen(session: Session, source: Source) -> InboxRow | None:
    """Give the row of the mail at that place, or None."""
    query = f"SELECT * FROM inbox WHERE {_IN_PLACE} AND uid = ?"
    row = await session.row(query, source.account, source.folder, source.uidvalidity, source.uid)
    return _row_or_none(row)


async def seen_key(session: Session, message_key: str) -> InboxRow | None:
    """Give the row of the same mail at any place: one that came through if there is one, the oldest first."""
    query = (
        "SELECT * FROM inbox WHERE message_key = ? ORDER BY CASE state"
        " WHEN 'processed' THEN 0 WHEN 'duplicate' THEN 1 WHEN 'quarantined' THEN 2 ELSE 3 END, id LIMIT 1"
    )
    return _row_or_none(await session.row(query, message_key))


async def of_case(session: Session, case: str) -> list[InboxRow]:
    """Give the mails of a case in the order they came, but for copies of one that is there."""
    query = """SELECT * FROM inbox WHERE "case" = ? AND state <> 'duplicate' ORDER BY id"""
    return [inbox_row(row) for row in await session.rows(query, case)]


async def listed(session: Session, state: str | None, kind: str | None, limit: int) -> list[InboxRow]:
    """Give the newest mails, in that state and of that kind if these are given."""
    chosen = [(name, value) for name, value in (("state", state), ("kind", kind)) if value is not None]
    where = "WHERE " + " AND ".join(f'"{name}" = ?' for name, _ in chosen) if chosen else ""
    query = f"SELECT * FROM inbox {where} ORDER BY id DESC LIMIT ?"
    return [inbox_row(row) for row in await session.rows(query, *(value for _, value in chosen), limit)]


async def unsettled(session: Session, account: str, folder: str, uidvalidity: int) -> list[tuple[int, str]]:
    """Give uid and state of the mails that the server has not yet been told about, in order of uid."""
    query = f"SELECT uid, state FROM inbox WHERE {_IN_PLACE} AND settled_at IS NULL ORDER BY uid"
    return [(row["uid"], row["state"]) for row in await session.rows(query, account, folder, uidvalidity)]


async def settled(
    session: Session, account: str, folder: str, uidvalidity: int, uids: Sequence[int], now: datetime
) -> None:
    """Note that the server has been told about these mails."""
    for start in range(0, len(uids), MOST_VALUES):
        some = uids[start : start + MOST_VALUES]
        query = (
            f"UPDATE inbox SET settled_at = ? WHERE {_IN_PLACE} AND uid IN ({marks(some)})"
            " AND settled_at IS NULL RETURNING id"
        )
        await session.rows(query, now, account, folder, uidvalidity, *some)


def _values(taken: Taken) -> list[Value]:
    source = taken.source
    place: list[Value] = [getattr(source, name) for name in PLACE] if source else [None] * len(PLACE)
    return [*place, *(getattr(taken, name) for name in SAID), 1]


def _row_or_none(row: Row | None) -> InboxRow | None:
    return None if row is None else inbox_row(row)


def inbox_row(row: Row) -> InboxRow:
    """Read a row."""
    source = Source(**{name: row[name] for name in PLACE}) if row["account"] is not None else None
    said = {name: row[name] for name in SAID} | {"received_at": moment(row["received_at"])}
    return InboxRow(
        id=row["id"],
        taken=Taken(source=source, **said),
        attempts=row["attempts"],
        settled_at=moment_or_none(row["settled_at"]),
    )
