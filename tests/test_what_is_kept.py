"""After a day at the office nothing the site keeps opens a door: no link, no reply address, no code of a letter."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from mailflow.app import opened
from mailflow.world import Letter, World, read_letter
from tests import servers
from tests.office_life import BUH, DOCS, IVAN, OLGA, ORDER, PEOPLE, PETROV, SECRETARY, Life
from tests.offices import HERE

PAGE = '\n[web]\nurl = "https://docs.neon.example"\nport = 0\n'
TOKEN = re.compile(r"\+t\.([a-z2-7]{44})@|/d/([a-z2-7]{44})")
CODE = re.compile(r"(?:код из этого письма|the code of this letter): (\d{6})")
EVERYBODY = (IVAN, PETROV, OLGA, BUH, SECRETARY)


@pytest.fixture(scope="module")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
async def life(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Life]:
    database = request.getfixturevalue("postgres") if request.param == "postgres" else None
    url = database.fresh() if database is not None else ""
    people = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    world = World(tmp_path / "site", DOCS, PEOPLE, people, url)
    await world.start()
    with (world.site / "mailflow.toml").open("a", encoding="utf-8") as settings:
        settings.write(PAGE)
    try:
        async with opened(world.site) as app:
            yield Life(world, app)
    finally:
        await world.stop()
        if database is not None:
            database.drop(url)


async def test_after_a_day_no_token_and_no_code_stands_in_a_table_or_a_file(life: Life) -> None:
    await life.asks()
    await life.says(PETROV, "На доработку: не та сумма")
    await life.says(IVAN, "Сумма: 90 000,00")
    await life.says(PETROV, "Согласовано")
    await life.asks(ORDER.replace("57", "58"))
    letters = [letter for who in EVERYBODY for letter in await life.world.letters(who)]
    assert len(tokens_of(letters)) >= 6
    assert len(codes_of(letters)) >= 3
    cells = await cells_of(life.app.settings.store_url)
    for secret in tokens_of(letters) | codes_of(letters):
        for table, said in cells:
            assert secret not in said, table
    unanswered = [await life.last(PETROV), await life.last(OLGA)]
    live = tokens_of(unanswered) | codes_of(unanswered)
    assert len(live) == 5
    site = life.app.settings.site
    if (database := site / "data" / "mailflow.db").exists():
        with sqlite3.connect(database) as db:  # as it is when the service has stopped
            assert db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    for file in (path for path in site.rglob("*") if path.is_file()):
        said = readings(file.read_bytes())
        for secret in live:
            assert secret not in said, file.relative_to(site)


async def test_the_yes_above_a_quote_of_a_letter_that_is_kept_without_its_secrets_counts(life: Life) -> None:
    await life.asks()
    assert codes_of([await life.last(PETROV)])
    await life.says(PETROV, "Согласовано")  # a reply quotes the whole letter, its code too
    assert await life.waits_on() == ["o.smirnova"]


def tokens_of(letters: list[Letter]) -> set[str]:
    said = " ".join(letter.text + letter.html + str(letter.message["Reply-To"]) for letter in letters)
    return {one or other for one, other in TOKEN.findall(said)}


def codes_of(letters: list[Letter]) -> set[str]:
    return {code for letter in letters for code in CODE.findall(letter.text)}


async def cells_of(url: str) -> list[tuple[str, str]]:
    """Every cell of every table, read in every way it may be meant."""
    rows = _sqlite(url.removeprefix("sqlite://")) if url.startswith("sqlite") else await _postgres(url)
    assert {"frame", "outbox", "token", "journal", "inbox"} <= {table for table, _ in rows}
    return [(table, readings(value) if isinstance(value, bytes) else str(value)) for table, value in rows]


def _sqlite(path: str) -> list[tuple[str, Any]]:
    with sqlite3.connect(path) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [(name, cell) for name in tables for row in db.execute(f'SELECT * FROM "{name}"') for cell in row]


async def _postgres(url: str) -> list[tuple[str, Any]]:
    connection = await asyncpg.connect(url)
    try:
        named = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in named]
        found = [(name, await connection.fetch(f'SELECT * FROM "{name}"')) for name in tables]
        return [(name, cell) for name, rows in found for row in rows for cell in row.values()]
    finally:
        await connection.close()


def readings(content: bytes) -> str:
    """The bytes as they stand, and as the mail they may be."""
    plain = content.decode("latin-1")
    if b"Content-Transfer-Encoding:" not in content[:200_000] or plain.startswith("SQLite format"):
        return plain
    letter = read_letter(content)
    return f"{plain} {letter.text} {letter.html}"
