"""The sum of the migrations is the schema, on both databases, however many start at once."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector

from mailflow.edges.store import Store, database
from mailflow.edges.store.database import Database
from mailflow.edges.store.session import Session
from mailflow.errors import StoreError
from tests import servers
from tests.conftest import MIGRATED

ROOT = Path(__file__).resolve().parent.parent

COLUMNS = {
    "api_key": "id name hash rights processes made_at expires_at? revoked_at? used_at?",
    "api_refusal": "id day key why count",
    "assignment": "id case round stage principal ask standing opened_at due_at? answer? decided_by? decided_at?"
    " channel?",
    "browser": "hash person label created_at expires_at revoked_at? signed_in_at? seen_at?",
    "case": "id number? number_folded process register state stage round initiator subject amount_minor? currency"
    " counterparty waits_on opened_at changed_at closed_at? version document sought",
    "code": "token person seed issued_at? expires_at? since? sent wrong tried_at?",
    "errand": "key case what errand state attempts next_at reason holder? lease_until? fence",
    "fact": "id kind subject item said until key at",
    "frame": "key content gaps words",
    "inbox": "id account? folder? uidvalidity? uid? message_key message_id sha256 size received_at sender subject"
    " kind reason case state attempts error settled_at?",
    "index_card": "id case words",
    "journal": "id case seq at event_key event_type event why patch previous hash salt content",
    "lease": "key holder fence until",
    "mailbox": "id account folder uidvalidity last_uid taken_from?",
    "outbox": "key case assignment kind person address language letter message_id state created_at next_at"
    " lease_until? lease_token? attempts reason content card sent_at?",
    "passage": "id case source title text",
    "pulse": "name well_at? ill_since? reason",
    "register": "id name year last",
    "second_factor": "person sealed made_at enrolled_at? step",
    "seal": "number at size root last peaks",
    "timer": "key case assignment what due_at state holder? lease_until? fence",
    "token": "hash purpose case assignment person card issued_at expires_at came_back_at?",
    "unindexed": "case mark",
}
"""Every table with its columns in order; `?` marks those that may be empty."""

INDEXES = {
    "api_refusal: api_refusal_day (day)",
    "assignment: unique case, round, stage, principal",
    "assignment: assignment_ask (ask, case)",
    "assignment: assignment_decided_by (decided_by, case)",
    "assignment: assignment_opened (opened_at, id)",
    "assignment: assignment_paid (ask, decided_at, id)",
    "assignment: assignment_principal (principal, standing)",
    "browser: browser_person (person)",
    "case: unique number",
    "case: case_number_folded (number_folded)",
    "case: case_opened (opened_at, id)",
    "case: case_initiator (initiator, opened_at, id)",
    "case: case_process (process, state, opened_at, id)",
    "case: case_register (process, opened_at, id)",
    "case: case_state (state, opened_at, id)",
    "code: code_person (person)",
    "errand: errand_due (state, next_at)",
    "fact: unique kind, subject, item",
    "fact: fact_kind (kind, until)",
    "fact: fact_subject (kind, subject, until)",
    "inbox: unique account, folder, uidvalidity, uid",
    "inbox: inbox_case (case)",
    "inbox: inbox_message_key (message_key)",
    "inbox: inbox_state (state, id)",
    "inbox: inbox_unsettled (account, folder, uidvalidity, uid) in part",
    "inbox: unique message_key in part",
    "index_card: unique case",
    "journal: unique case, seq",
    "journal: unique event_key",
    "mailbox: unique account, folder",
    "passage: unique case, source",
    "outbox: unique message_id",
    "outbox: outbox_case (case)",
    "outbox: outbox_state (state, next_at)",
    "register: unique name, year",
    "timer: timer_assignment (case, assignment) in part",
    "timer: timer_due (due_at) in part",
}
"""Every index but the primary keys, the same on both databases."""
POSTGRES_WORDS = {"index_card: index_card_words (None)"}
"""The index by words: one over an expression on PostgreSQL, a virtual table with its own tables on SQLite."""
SQLITE_WORDS = {f"index_card_words{part}" for part in ("", "_config", "_data", "_idx")}

WORDS = {
    "assignment_standing_word",
    "case_state_word",
    "inbox_state_word",
    "outbox_state_word",
    "timer_state_word",
    "token_purpose_word",
}
SQLITE_TRIGGERS = {f"{word}_{when}" for word in WORDS for when in ("insert", "update")} | {
    "index_card_delete",
    "index_card_insert",
    "index_card_update",
    "assignment_decided_once",
    "assignment_no_delete",
    "journal_no_delete",
    "journal_no_update",
    "seal_no_delete",
    "seal_no_update",
}
POSTGRES_TRIGGERS = {
    "assignment_decided_once",
    "assignment_no_delete",
    "journal_no_change",
    "journal_no_truncate",
    "seal_no_change",
    "seal_no_truncate",
}


@pytest.fixture(autouse=True)
def _migrating(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "open", MIGRATED)


@pytest.fixture(scope="module")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgres() as running:
        yield running


@pytest.fixture
async def sqlite_session(tmp_path: Path) -> AsyncIterator[Session]:
    opened = await Database.open(f"sqlite://{tmp_path}/mailflow.db")
    try:
        yield Session(opened._client)
    finally:
        await opened.close()


@pytest.fixture
async def postgres_session(postgres: servers.Postgres) -> AsyncIterator[Session]:
    url = postgres.fresh()
    opened = await Database.open(url)
    try:
        yield Session(opened._client)
    finally:
        await opened.close()
        postgres.drop(url)


def _index(table: str, name: str, unique: bool, columns: str, partial: bool) -> str:
    said = f"{table}: unique {columns}" if unique else f"{table}: {name} ({columns})"
    return said + (" in part" if partial else "")


async def test_a_fresh_sqlite_schema_is_the_listed_one(sqlite_session: Session) -> None:
    rows = sqlite_session.rows
    tables = await rows(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite_%' AND name <> 'tortoise_migrations'"
    )
    found: dict[str, str] = {}
    indexes: set[str] = set()
    assert {row["name"] for row in tables} >= SQLITE_WORDS
    for table in sorted({row["name"] for row in tables} - SQLITE_WORDS):
        columns = await rows(f'PRAGMA table_info("{table}")')
        found[table] = " ".join(row["name"] + ("" if row["notnull"] else "?") for row in columns)
        for index in await rows(f'PRAGMA index_list("{table}")'):
            names = ", ".join(row["name"] for row in await rows(f'PRAGMA index_info("{index["name"]}")'))
            if index["origin"] != "pk":
                indexes.add(_index(table, index["name"], bool(index["unique"]), names, bool(index["partial"])))
    triggers = await rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    assert found == COLUMNS
    assert indexes == INDEXES
    assert {row["name"] for row in triggers} == SQLITE_TRIGGERS


async def test_a_fresh_postgres_schema_is_the_listed_one(postgres_session: Session) -> None:
    rows = postgres_session.rows
    columns = await rows(
        "SELECT table_name, column_name, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name <> 'tortoise_migrations'"
        " ORDER BY table_name, ordinal_position"
    )
    found: dict[str, list[str]] = {}
    for row in columns:
        mark = "?" if row["is_nullable"] == "YES" else ""
        found.setdefault(row["table_name"], []).append(row["column_name"] + mark)
    indexes = await rows(
        "SELECT t.relname AS table, c.relname AS name, i.indisunique AS unique, i.indpred IS NOT NULL AS partial,"
        " (SELECT string_agg(a.attname, ', ' ORDER BY k.place)"
        "  FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k(number, place)"
        "  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) AS columns"
        " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid"
        " WHERE t.relnamespace = 'public'::regnamespace AND NOT i.indisprimary"
        " AND t.relname <> 'tortoise_migrations'"
    )
    triggers = await rows("SELECT tgname::text AS name FROM pg_trigger WHERE NOT tgisinternal")
    checks = await rows("SELECT conname::text AS name FROM pg_constraint WHERE contype = 'c'"
                        " AND connamespace = 'public'::regnamespace")  # fmt: skip
    assert {table: " ".join(names) for table, names in found.items()} == COLUMNS
    assert {
        _index(i["table"], i["name"], i["unique"], i["columns"], i["partial"]) for i in indexes
    } == INDEXES | POSTGRES_WORDS
    assert {row["name"] for row in triggers} == POSTGRES_TRIGGERS
    assert {row["name"] for row in checks} == WORDS


async def test_the_models_say_nothing_that_no_migration_says(tmp_path: Path) -> None:
    settings = database.config(f"sqlite://{tmp_path}/mailflow.db")
    async with TortoiseContext() as context:
        await context.init(config=settings)
        assert context.apps is not None
        assert await MigrationAutodetector(context.apps, settings["apps"]).changes() == []


def test_the_database_page_names_every_table_and_column() -> None:
    page = (ROOT / "docs" / "database.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## `(\w+)`.*?\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    told = {table: re.findall(r"^\| `(\w+)`", text, re.MULTILINE) for table, text in sections.items()}
    assert told == {table: names.replace("?", "").split() for table, names in COLUMNS.items()}


async def test_stores_that_open_one_new_sqlite_file_together_all_find_it_migrated(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/mailflow.db"
    stores = await asyncio.gather(*(Store.open(url, "example.org") for _ in range(6)))
    for store in stores:
        assert await store.load("c1") is None
        await store.close()


async def test_stores_that_open_one_new_postgres_database_together_all_find_it_migrated(
    postgres: servers.Postgres,
) -> None:
    url = postgres.fresh()
    stores = await asyncio.gather(*(Store.open(url, "example.org") for _ in range(6)))
    for store in stores:
        assert await store.load("c1") is None
        await store.close()
    postgres.drop(url)


OPENS = """
import asyncio, sys
from mailflow.edges.store import Store
async def main():
    store = await Store.open(sys.argv[1], "example.org")
    assert await store.load("c1") is None
    await store.close()
asyncio.run(main())
"""


def test_processes_that_open_one_new_sqlite_file_together_all_find_it_migrated(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/mailflow.db"
    started = [
        subprocess.Popen([sys.executable, "-c", OPENS, url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    errors = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0] * 4, errors


async def test_a_database_opened_again_keeps_what_it_has(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/mailflow.db"
    first = await Database.open(url)
    await first.run(lambda s: s.insert("register", ("name", "year", "last"), [("invoices", 2026, 41)]))
    await first.close()
    second = await Database.open(url)
    kept = await second.read(lambda s: s.row("SELECT last AS number FROM register"))
    await second.close()
    assert kept == {"number": 41}


async def test_a_migration_that_fails_leaves_nothing_and_the_next_start_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite://{tmp_path}/mailflow.db"
    rules = "mailflow.edges.store.migrations._rules_0001.INDEXES"
    with monkeypatch.context() as patched:
        patched.setattr(rules, ("CREATE INDEX broken ON nowhere (id)",))
        with pytest.raises(StoreError, match="nowhere"):
            await Database.open(url)
    opened = await Database.open(url)
    assert await opened.read(lambda s: s.row('SELECT count(*) AS number FROM "case"')) == {"number": 0}
    await opened.close()
