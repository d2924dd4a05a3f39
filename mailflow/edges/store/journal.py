"""The journal as rows: one chain for each case, one for the office."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import cast

from mailflow.core.journal import OFFICE, Document, JournalRow, canonical, link, storable
from mailflow.edges.store.session import Row, Session, Statement, Value, insertions, moment

COLUMNS = tuple(field.name for field in fields(JournalRow))
_NEW_ONLY = "ON CONFLICT (event_key) DO NOTHING RETURNING id"
SALT_BYTES = 16
OFFICE_LOCK = 7_245_702
"""Name of the lock under which the office's chain grows."""


async def of_event(session: Session, event_key: str) -> str | None:
    """Give the case that the event was committed to ('' for the office), None if it never was."""
    row = await session.row('SELECT "case" FROM journal WHERE event_key = ?', event_key)
    return None if row is None else str(row["case"])


async def standing(session: Session, event_key: str, case: str, seq: int) -> tuple[str | None, str]:
    """Give what `of_event` gives, and the hash of that row of the case's chain, '' where there is none."""
    query = (
        'SELECT (SELECT "case" FROM journal WHERE event_key = ?) AS repeated,'
        ' (SELECT hash FROM journal WHERE "case" = ? AND seq = ?) AS previous'
    )
    [row] = await session.rows(query, event_key, case, seq)
    return row["repeated"], row["previous"] or ""


def addition(row: JournalRow, previous: str) -> Statement:
    """Write the next row of its chain, linked to the hash before, unless its event is there already."""
    plain = replace(
        row,
        event_key=storable(row.event_key),
        why=storable(row.why),
        previous=previous,
        salt=secrets.token_hex(SALT_BYTES),
    )
    linked = replace(plain, hash=link(previous, plain))
    [statement] = insertions("journal", COLUMNS, [_values(linked)], _NEW_ONLY, "event")
    return statement


async def office_end(session: Session) -> tuple[int, str]:
    """Give number and hash of the last row of the office's chain, and keep others from adding to it."""
    await session.alone(OFFICE_LOCK)
    query = 'SELECT seq, hash FROM journal WHERE "case" = ? ORDER BY seq DESC LIMIT 1'
    row = await session.row(query, "")
    return (0, "") if row is None else (row["seq"], row["hash"])


async def listed(session: Session, case: str) -> list[JournalRow]:
    """Give the rows of a chain in order; the office's is named `office`."""
    query = 'SELECT * FROM journal WHERE "case" = ? ORDER BY seq'
    return [_row(row) for row in await session.rows(query, "" if case == OFFICE else case)]


async def after(session: Session, last: int, limit: int) -> list[tuple[int, JournalRow]]:
    """Give the next rows of all chains in the order they were written, each with its id."""
    query = "SELECT * FROM journal WHERE id > ? ORDER BY id LIMIT ?"
    return [(row["id"], _row(row)) for row in await session.rows(query, last, limit)]


def _values(row: JournalRow) -> Sequence[Value]:
    documents = {"event": canonical(row.event), "patch": canonical(row.patch)}
    return [documents[name] if name in documents else getattr(row, name) for name in COLUMNS]


def _row(row: Row) -> JournalRow:
    plain = {name: row[name] for name in COLUMNS if name not in ("at", "event", "patch")}
    event, patch = _document(row["event"]), _document(row["patch"])
    return JournalRow(at=moment(row["at"]), event=event, patch=patch, **plain)


def _document(text: str) -> Document:
    return cast(Document, json.loads(text))
