"""A database of an earlier release is brought up to date with its cases in it, after a backup that can be put back.

tests/databases holds databases as an earlier schema left them, as SQL: an invoice that one approver has agreed to and
the next is asked about. What was sent of letters is not in them.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mailflow import keeping
from mailflow.app import now
from mailflow.config import Settings, read_settings
from mailflow.core.case import Case
from mailflow.core.journal import Intact, replay, verify
from mailflow.edges.store import Store
from mailflow.edges.store.pending import pending
from mailflow.sealing import seal_all
from tests.servers import Postgres
from tests.site_folder import filled_site

GOLDEN = Path(__file__).parent / "databases"
NUMBER = "СЧ-2026-0001"
SINCE = "0006_facts_by_subject"


def earlier(site: Path, server: Postgres | None) -> Settings:
    """A site whose database an earlier release has left."""
    if server is None:
        settings = read_settings(filled_site(site))
        (site / "data").mkdir()
        with contextlib.closing(sqlite3.connect(site / "data" / "mailflow.db")) as database:
            database.executescript((GOLDEN / "0006.sqlite.sql").read_text(encoding="utf-8"))
        return settings
    url = server.fresh()
    server.sql((GOLDEN / "0006.postgres.sql").read_text(encoding="utf-8"), url.rpartition("/")[2])
    return read_settings(filled_site(site, more=f'[store]\nurl = "{url}"'))


@pytest.fixture(params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest) -> Postgres | None:
    return None if request.param == "sqlite" else request.getfixturevalue("postgres_server")


@pytest.fixture
def settings(tmp_path: Path, server: Postgres | None) -> Settings:
    return earlier(tmp_path / "site", server)


async def told(lines: AsyncIterator[str]) -> list[str]:
    return [line async for line in lines]


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    store = await Store.open(settings.store_url, settings.domain)
    try:
        yield store
    finally:
        await store.close()


async def the_case(store: Store) -> Case:
    case = await store.load_by_number(NUMBER)
    assert case is not None
    return case


async def test_migrate_brings_an_earlier_database_up_to_date_after_a_backup(settings: Settings) -> None:
    behind = await pending(settings.store_url)
    assert behind
    assert min(behind) > SINCE
    assert await told(keeping.migrate(settings, now(), True, True)) == [f"to do: {', '.join(behind)}"]
    assert await pending(settings.store_url) == behind, "only said"
    lines = await told(keeping.migrate(settings, now(), False, True))
    assert (lines[0], lines[-1]) == (f"to do: {', '.join(behind)}", "done")
    [folder] = (settings.site / "backups").iterdir()
    assert re.fullmatch(rf"before-{behind[-1]}-\d{{8}}-\d{{6}}", folder.name)
    assert str(folder) in lines[1]
    assert await pending(settings.store_url) == []
    assert await told(keeping.migrate(settings, now(), False, True)) == ["the database is up to date"]


async def test_a_case_of_an_earlier_schema_is_whole_after_the_migration_and_its_journal_verifies(
    settings: Settings,
) -> None:
    await told(keeping.migrate(settings, now(), False, False))
    async with opened(settings) as store:
        case = await the_case(store)
        journal = await store.journal(case.id)
        assert isinstance(verify(journal, case.version), Intact)
        assert replay(journal) == case
        decided = {task.principal: task.decision.answer for task in case.assignments if task.decision is not None}
        assert decided == {"p.petrov": "approve"}
        assert [task.principal for task in case.assignments if task.decision is None] == ["o.smirnova"]
        assert {row.state for row in await store.outbox()} == {"sent"}
        assert len(await store.inbox()) == 2
        assert await seal_all(store, now()) is not None


async def test_the_backup_before_the_migration_is_of_the_earlier_schema_and_can_be_put_back(
    settings: Settings, server: Postgres | None, tmp_path: Path
) -> None:
    behind = await pending(settings.store_url)
    await told(keeping.migrate(settings, now(), False, True))
    [folder] = (settings.site / "backups").iterdir()
    more = "" if server is None else f'[store]\nurl = "{server.fresh()}"'
    again = read_settings(filled_site(tmp_path / "again", more=more))
    await asyncio.to_thread(
        keeping.backups.put_back, keeping.backups.checked(folder), again.site, again.files, again.store_url
    )
    assert await pending(again.store_url) == behind
    async with opened(settings) as now_here, opened(again) as put_back:
        assert await the_case(put_back) == await the_case(now_here)


async def test_the_service_itself_migrates_an_earlier_database_at_its_start(settings: Settings) -> None:
    async with opened(settings) as store:
        assert (await the_case(store)).state == "open"
    assert await pending(settings.store_url) == []
