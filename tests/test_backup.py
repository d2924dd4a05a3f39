"""The restore drill: a day, a backup in its middle, more of the day, and the backup brought back. Nothing is lost,
nothing is done twice, nothing leaves by itself; and a backup that is not whole is refused."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from mailflow import keeping, retrying, sealing
from mailflow.app import now, opened
from mailflow.config import read_settings
from mailflow.core.journal import Intact, verify
from mailflow.edges.store import Store
from mailflow.errors import StoreError
from mailflow.world import read_letter
from tests.killing import PASSWORD, Company, Databases, Forge, forge
from tests.server_dovecot import Dovecot
from tests.servers import Postgres, SmtpSink, dovecot, smtp_sink

IVAN, PETROV, OLGA = "i.kuznetsov@neon.example", "p.petrov@neon.example", "o.smirnova@neon.example"
ORDER = """Прошу оплатить.
Подрядчик: ООО «Ромашка»
Сумма: 120 000,50
Счёт: № {number} от 12.11.2026
Статья: Реклама
В бюджете: да
Оплатить до: 30.11.2026
"""


@pytest.fixture(scope="module")
def imap() -> Iterator[Dovecot]:
    with dovecot(dict.fromkeys(("drills", "drillp", "drillw"), PASSWORD)) as running:
        yield running


@pytest.fixture(scope="module")
def processes() -> Iterator[Forge]:
    with forge() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest) -> Databases:
    server: Postgres | None = None if request.param == "sqlite" else request.getfixturevalue("postgres_server")
    return Databases(server)


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with smtp_sink() as running:
        yield running


def made(lines: object) -> list[str]:
    async def all_of() -> list[str]:
        return [line async for line in lines]  # type: ignore[attr-defined]

    return asyncio.run(all_of())


async def lines_of(lines: object) -> list[str]:
    return [line async for line in lines]  # type: ignore[attr-defined]


async def test_a_day_restored_from_its_middle_loses_nothing_and_does_nothing_twice(
    tmp_path: Path,
    imap: Dovecot,
    processes: Forge,
    databases: Databases,
    sink: SmtpSink,
    request: pytest.FixtureRequest,
) -> None:
    box = "drill" + ("s" if databases.server is None else "p")
    company = Company(tmp_path / "site", databases.url(), box, imap, sink, processes)
    company.found()
    company.writes(IVAN, "Счёт: баннеры", ORDER.format(number=57))
    await company.runs()
    backup, settings = tmp_path / "backup", read_settings(company.site)
    assert "whole and read again" in (await lines_of(keeping.backup(settings, backup, now())))[0]

    company.replies(PETROV, company.letter(PETROV, "57"), "Согласовано")
    company.writes(IVAN, "Счёт: щиты", ORDER.format(number=58))
    await company.runs()
    anchor = await _head(company)
    sent = len(sink.letters)
    before = await _office(company)
    assert before == {"57": ["o.smirnova"], "58": ["p.petrov"]}

    await _lose_the_database(company, databases)
    said = "\n".join(await lines_of(keeping.restore(read_settings(company.site), backup, now(), offline=False)))
    assert "3 mails received since were moved back to INBOX" in said
    restored = await _office(company)
    assert restored == {"57": ["p.petrov"]}
    verdict = await _verdict(company, anchor)
    assert verdict == "Shortened", "the anchor says what an old backup lacks"

    await company.runs()
    assert await _office(company) == before, "every mail since is taken again, and none from before counts twice"
    async with opened(company.site) as app:
        assert {row.taken.state for row in await app.store.inbox()} <= {"processed", "duplicate"}
        assert await retrying.given_up(app) == []
        for case in await app.store.cases():
            assert isinstance(verify(await app.store.journal(case.id)), Intact)
        assert await app.store.token("0" * 64) is None
    names = [str(read_letter(one.content).message["Message-ID"]) for one in sink.letters]
    assert len(names) > sent, "what was decided since is answered once more, with links that live"
    assert set(names[sent:]) <= set(names[:sent]), "each under the Message-ID it had: mail programs show it once"


async def _head(company: Company) -> object:
    async with opened(company.site) as app:
        return await sealing.head_now(app.store, now())


async def _verdict(company: Company, anchor: object) -> str:
    async with opened(company.site) as app:
        return type(await sealing.audit(app.store, anchor)).__name__  # type: ignore[arg-type]


async def _office(company: Company) -> dict[str, list[str]]:
    """Each invoice by its number, and on whom it waits."""
    settings = read_settings(company.site)
    store = await Store.open(settings.store_url, settings.domain)
    try:
        cases = [await store.load(row.id) for row in await store.cases()]
        return {
            str(case.fields["invoice_number"]): [a.principal for a in case.open_assignments] for case in cases if case
        }
    finally:
        await store.close()


async def _lose_the_database(company: Company, databases: Databases) -> None:
    if databases.server is None:
        shutil.rmtree(company.site / "data")
        return
    databases.server.drop(company.url)
    databases.server.sql(f'CREATE DATABASE "{company.url.rpartition("/")[2]}"')
    shutil.rmtree(company.site / "data")


# What waits at the time of the backup


async def test_letters_that_waited_in_the_backup_do_not_leave_by_themselves(
    tmp_path: Path, imap: Dovecot, processes: Forge, sink: SmtpSink
) -> None:
    company = Company(tmp_path / "site", "sqlite:///data/mailflow.db", "drillw", imap, sink, processes)
    company.found()
    company.writes(IVAN, "Счёт: баннеры", ORDER.format(number=57))
    assert await company.is_killed("letter.claimed")
    settings = read_settings(company.site)
    await lines_of(keeping.backup(settings, tmp_path / "backup", now()))
    shutil.rmtree(company.site / "data")
    said = await lines_of(keeping.restore(settings, tmp_path / "backup", now(), offline=True))
    assert said[1].startswith("2 letters had not left then")
    assert said[2].startswith("the mailbox was not touched: move the mails received since")
    await company.runs()
    assert sink.letters == []
    async with opened(company.site) as app:
        assert [one.sure for one in await retrying.given_up(app)] == [False, False]


# A backup that is not whole


@pytest.fixture
def whole(tmp_path: Path) -> tuple[Path, Path]:
    """A site with a database and a file, and its backup."""
    from tests.site_folder import filled_site

    site = filled_site(tmp_path / "site")

    async def fill() -> None:
        async with opened(site) as app:
            await app.desk.blobs.keep(b"a paper")

    asyncio.run(fill())
    made(keeping.backup(read_settings(site), tmp_path / "backup", now()))
    shutil.rmtree(site / "data")
    return site, tmp_path / "backup"


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "is damaged": lambda folder: _flip(folder / "mailflow.db"),
    "is missing": lambda folder: (folder / "mailflow.db").unlink(),
    "does not belong to it": lambda folder: (folder / "more").write_text("x"),
    "no whole backup": lambda folder: (folder / "manifest.json").write_text("{"),
    "files/.*is damaged": lambda folder: _flip(next((folder / "files").glob("??/*"))),
    "files/.*is missing": lambda folder: next((folder / "files").glob("??/*")).unlink(),
    "another form": lambda folder: _rewrite(folder / "manifest.json", '"form": 1', '"form": 9'),
}


def _rewrite(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("complaint", DAMAGES)
def test_a_backup_that_is_not_whole_is_refused_and_nothing_is_put_back(
    whole: tuple[Path, Path], complaint: str
) -> None:
    site, backup = whole
    DAMAGES[complaint](backup)
    with pytest.raises(StoreError, match=complaint):
        made(keeping.restore(read_settings(site), backup, now(), offline=True))
    assert not (site / "data" / "mailflow.db").exists()


def test_a_backup_holds_no_key_and_no_password(whole: tuple[Path, Path]) -> None:
    site, backup = whole
    names = {path.name for path in backup.rglob("*")}
    assert {"mailflow.db", "manifest.json", "mailflow.toml", "directory.yaml"} <= names
    secrets = [(site / "keys" / "1.key").read_bytes(), (site / "mailbox.password").read_bytes().strip()]
    contents = [path.read_bytes() for path in backup.rglob("*") if path.is_file()]
    assert not any(secret in content for secret in secrets for content in contents)


def test_a_site_with_a_database_is_not_restored_over(whole: tuple[Path, Path]) -> None:
    site, backup = whole
    made(keeping.restore(read_settings(site), backup, now(), offline=True))
    with pytest.raises(StoreError, match="there is a database already"):
        made(keeping.restore(read_settings(site), backup, now(), offline=True))


def test_a_damaged_file_or_database_is_found_by_the_backup_itself(whole: tuple[Path, Path], tmp_path: Path) -> None:
    site, backup = whole
    made(keeping.restore(read_settings(site), backup, now(), offline=True))
    _flip(next((site / "data" / "files").glob("??/*")))
    with pytest.raises(StoreError, match="the file is damaged"):
        made(keeping.backup(read_settings(site), tmp_path / "second", now()))
    assert not (tmp_path / "second").exists()


def test_migrate_says_what_is_to_do_and_does_it_once(tmp_path: Path) -> None:
    from tests.site_folder import filled_site

    site = filled_site(tmp_path / "site")
    settings = read_settings(site)
    assert made(keeping.migrate(settings, now(), True, True))[0].startswith("to do: 0001_initial, ")
    assert not (site / "data" / "mailflow.db").exists()
    assert made(keeping.migrate(settings, now(), False, True))[-1] == "done"
    assert made(keeping.migrate(settings, now(), False, True)) == ["the database is up to date"]
