"""Erasing from rows: the one place where a journal row is ever changed, and the note that this was done.

Owns: which columns hold what people wrote, lifting the triggers that forbid a change for the length of one transaction,
and that the transaction which erases also writes the row of the office's journal that says so. Refuses to know: what is
to be erased (`core.forgetting`), and files.

An erased journal row keeps its hash, its place and the hash of all it said once; the salt that would let somebody guess
at it is gone. So its chain and every seal over it still hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailflow.core.case_query import sought
from mailflow.core.events import DataErased
from mailflow.core.forgetting import Mend, digest
from mailflow.core.journal import OFFICE, Document, JournalRow, canonical, content_hash, event_document, read_case
from mailflow.edges.store import index_cards, journal
from mailflow.edges.store.session import Row, Session
from mailflow.errors import StoreError

TEXTS: Mapping[str, tuple[str, ...]] = {
    "case": ("subject", "counterparty", "initiator", "waits_on"),
    "assignment": ("id", "principal", "decided_by"),
    "inbox": ("sha256", "message_id", "sender", "subject", "reason", "error"),
    "outbox": ("person", "address", "reason", "assignment"),
    "timer": ("assignment",),
    "token": ("assignment", "person"),
    "fact": ("subject", "item", "said", "key"),
    "errand": ("reason",),
    "pulse": ("reason",),
}
"""Columns that hold what people wrote, or name somebody."""
DOCUMENTS: Mapping[str, tuple[str, ...]] = {"case": ("document",), "outbox": ("letter",), "errand": ("errand",)}
KEYS = {"case": "id", "assignment": "id", "inbox": "id", "outbox": "key", "timer": "key", "token": "hash", "fact": "id"}
KEYS |= {"errand": "key", "pulse": "name"}
WRITTEN = frozenset(
    {"sha256", "subject", "counterparty", "message_id", "sender", "reason", "error", "address", "said", "item"}
)
"""Of those columns the ones that say what was written: all that goes where a case is forgotten."""
LOCKED = ("journal", "assignment")
TABLES = (*TEXTS, "journal", "frame", "browser", "code", "second_factor", "passage", "index_card", "unindexed")
_TELLING = frozenset({"notice", "evidence"})
_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Erasure:
    """What to erase: of one case (`case` its id), or wherever the mend finds something (`case` is '')."""

    mend: Mend
    case: str
    number: str
    key: str
    at: datetime
    reason: str
    why: str


async def erase(session: Session, erasure: Erasure) -> DataErased:
    """Erase in the open transaction, and note it in the office's journal; give the note."""
    triggers = await _unlock(session)
    before = await _named(session)
    erased = await _journal(session, erasure)
    changed = {table: await _table(session, table, erasure) for table in TEXTS}
    await _frames_and_browsers(session, erasure)
    await index_cards.forget(session, sorted({*changed["case"], *await _said_in(session, erasure)}))
    await _lock(session, triggers)
    files = tuple(sorted(before - await _named(session)))
    event = DataErased(erasure.key, erasure.at, erasure.mend.stands_for, erasure.reason, erased, files)
    seq, previous = await journal.office_end(session)
    row = JournalRow("", seq + 1, erasure.at, event.key, event.type, event_document(event), erasure.why, {})
    statement = journal.addition(row, previous)
    await session.rows(statement.sql, *statement.values)
    return event


async def forgotten_files(session: Session) -> list[str]:
    """Give the files that were erased and that no row has named again since."""
    query = 'SELECT event FROM journal WHERE "case" = ? AND event_type = ? ORDER BY seq'
    rows = await session.rows(query, "", "erased")
    erased = {sha256 for row in rows for sha256 in json.loads(row["event"])["files"]}
    return sorted(erased - await _named(session))


async def _journal(session: Session, erasure: Erasure) -> dict[str, str]:
    """Mend the rows of the journal; give for each its place and the hash of what stands there now."""
    erased: dict[str, str] = {}
    last = 0
    while rows := await journal.after(session, last, 500):
        for id_, row in rows:
            mended = _mended(row, erasure)
            if mended != row:
                await _write_row(session, id_, mended)
                erased[f"{row.case or OFFICE}/{row.seq}"] = digest(mended)
        last = rows[-1][0]
    return erased


def _mended(row: JournalRow, erasure: Erasure) -> JournalRow:
    mend = erasure.mend
    if row.event_type in ("rules", "key", "erased") or not _concerns(row, erasure):
        return row
    changed = replace(
        row,
        event_key=row.event_key if erasure.case else mend.text(row.event_key),
        event=_document(mend.document(row.event)),
        why=mend.text(row.why),
        patch=_document(mend.document(row.patch)),
    )
    if changed == row:
        return row
    if not (row.salt or row.content):
        raise StoreError(f"journal {row.case or OFFICE}, row {row.seq}: written before rows could be erased")
    return replace(changed, content=row.content or content_hash(row), salt="")


def _concerns(row: JournalRow, erasure: Erasure) -> bool:
    if not erasure.case or row.case == erasure.case:
        return True
    # What a letter outside all cases said of this one, and the names of its files in a package of evidence.
    said = canonical(row.event)
    return not row.case and row.event_type in _TELLING and (erasure.number in said or erasure.case in said)


async def _write_row(session: Session, id_: int, row: JournalRow) -> None:
    query = (
        "UPDATE journal SET event_key = ?, event = ?, why = ?, patch = ?, salt = ?, content = ?"
        " WHERE id = ? RETURNING id"
    )
    values = (row.event_key, canonical(row.event), row.why, canonical(row.patch), row.salt, row.content, id_)
    await session.rows(query, *values)


async def _table(session: Session, table: str, erasure: Erasure) -> list[str]:
    """Mend the rows of a table; give the keys of those that changed."""
    key, mended = KEYS[table], []
    for row in await session.rows(f'SELECT * FROM "{table}"'):
        if not _is_meant(table, row, erasure):
            continue
        new = {name: _mended_column(table, name, row, erasure) for name in (*TEXTS[table], *DOCUMENTS.get(table, ()))}
        if table == "case":
            new["sought"] = sought(read_case(str(new["document"])))
        changed = {name: value for name, value in new.items() if value != row[name]}
        if changed:
            mended.append(str(row[key]))
            columns = ", ".join(f'"{name}" = ?' for name in changed)
            await session.rows(
                f'UPDATE "{table}" SET {columns} WHERE "{key}" = ? RETURNING "{key}"', *changed.values(), row[key]
            )
    return mended


async def _said_in(session: Session, erasure: Erasure) -> set[str]:
    """Give the cases whose mails or files, as they are kept to be found by, say what is to be erased."""
    if erasure.case:
        return {erasure.case}
    found: set[str] = set()
    last = 0
    while rows := await session.rows(
        'SELECT id, "case", title, text FROM passage WHERE id > ? ORDER BY id LIMIT 200', last
    ):
        found |= {row["case"] for row in rows if erasure.mend.text(said := f"{row['title']}\n{row['text']}") != said}
        last = rows[-1]["id"]
    return found


def _is_meant(table: str, row: Row, erasure: Erasure) -> bool:
    if not erasure.case:
        return True
    if table == "outbox" and not row["case"]:
        return erasure.number in str(row["letter"])
    if table == "pulse":
        return False  # What is wrong with a server says nothing of a case.
    if table == "fact":
        return erasure.number in str(row["said"])
    return bool(row["id" if table == "case" else "case"] == erasure.case)


def _mended_column(table: str, name: str, row: Row, erasure: Erasure) -> str | None:
    value, mend = row[name], erasure.mend
    if value is None:
        return None
    if name in DOCUMENTS.get(table, ()):
        return canonical(mend.document(json.loads(value) if isinstance(value, str) else value))
    if not erasure.case:
        return mend.text(value)
    return mend.text(value) if name in WRITTEN else str(value)


async def _frames_and_browsers(session: Session, erasure: Erasure) -> None:
    """Delete the letters' own bytes, and the browsers of somebody forgotten."""
    if erasure.case:
        mine = 'SELECT key FROM outbox WHERE "case" = ?'
        await session.rows(f"DELETE FROM frame WHERE key IN ({mine}) RETURNING key", erasure.case)
        await session.rows('UPDATE "case" SET amount_minor = NULL WHERE id = ? RETURNING id', erasure.case)
    else:
        # A letter's bytes are encoded, so that nobody can search them for a name. Those that have left go, all of them.
        await session.rows(
            "DELETE FROM frame WHERE key IN (SELECT key FROM outbox WHERE state IN ('sent', 'refused', 'held'))"
            " RETURNING key"
        )
        for table in ("browser", "code", "second_factor"):
            for form in erasure.mend.forms:
                await session.rows(f'DELETE FROM "{table}" WHERE person = ? RETURNING person', form)


async def _named(session: Session) -> set[str]:
    """Give the files that rows name: mails taken in, what came with them or was made, what letters enclose."""
    places = (("inbox", "sha256"), ("case", "document"), ("outbox", "letter"), ("errand", "errand"))
    rows = [row for table, name in places for row in await session.rows(f'SELECT "{name}" AS it FROM "{table}"')]
    return {sha256 for row in rows for sha256 in _SHA.findall(str(row["it"]))}


async def _unlock(session: Session) -> Sequence[str]:
    """Lift what forbids a change; give what puts it back. Rolled back with the transaction if that fails."""
    if session.is_postgres:
        for table in LOCKED:
            await session.rows(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        return [f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in LOCKED]
    await session.rows("PRAGMA secure_delete = ON")
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('journal', 'assignment')"
    triggers = await session.rows(query)
    for trigger in triggers:
        await session.rows(f'DROP TRIGGER "{trigger["name"]}"')
    return [trigger["sql"] for trigger in triggers]


async def _lock(session: Session, statements: Sequence[str]) -> None:
    for statement in statements:
        await session.rows(statement)


def _document(value: object) -> Document:
    assert isinstance(value, Mapping), "a document is mended into a document"
    return value
