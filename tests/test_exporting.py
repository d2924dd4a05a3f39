"""Everything goes out in open forms and comes back, into either database: the same rows, numbers that go on, chains
that hold. Every table is in it, whoever adds one; a target that is not empty and an export that is not whole are
refused, and a stop in between leaves nothing half."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tortoise import fields

from mailflow import daemon, exporting
from mailflow.app import now, opened, shipped
from mailflow.config import read_settings
from mailflow.core.auditing import Unanchored
from mailflow.core.case import Case
from mailflow.core.journal import Intact, JournalRow, replay, verify
from mailflow.edges.blobs import Blobs
from mailflow.edges.store import Store, journal
from mailflow.edges.store.session import Session
from mailflow.edges.store.whole import lines, read_in, whole, write_out
from mailflow.errors import StoreError
from mailflow.killpoints import KILLED, VARIABLE
from mailflow.sealing import audit
from mailflow.stories.office import Workshop
from mailflow.stories.run import _office, _played, story_files
from tests.office_life import IVAN, NUMBER, OLGA, PETROV, living
from tests.servers import Postgres

ROOT = Path(__file__).resolve().parent.parent
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
DOUBT = "it may have left since"


async def said(told: AsyncIterator[str]) -> str:
    return "\n".join([line async for line in told])


def told(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of what was written out, by table; what became of waiting letters is no part of it."""
    found = {table.name: list(lines(folder, table.name)) for table in whole()}
    for row in found["outbox"]:
        if row["state"] in ("ready", "claimed", "deferred", "unknown"):
            row.update(state="waits", reason="", lease_until=None, lease_token=None)
    return found


# Every table, every process


WORDS = {("case", "state"): "open", ("assignment", "standing"): "open", ("inbox", "state"): "processed"}
WORDS |= {("outbox", "state"): "ready", ("timer", "state"): "waiting", ("token", "purpose"): "reply"}
STRANGE = "Ёж № 1 \u2028 \U0001f600 \"'\\ \t\n <b>"


def filling(table: Any) -> list[tuple[Any, ...]]:
    """Three rows for a table, made from its columns alone."""
    from mailflow.edges.store import tables

    [model] = [m for m in vars(tables).values() if getattr(getattr(m, "_meta", None), "db_table", "") == table.name]
    kinds = {model._meta.fields_db_projection[name]: field for name, field in model._meta.fields_map.items()}
    return [tuple(_filled(table, name, kinds[name], n) for name in table.columns) for n in (1, 2, 3)]


def _filled(table: Any, name: str, kind: fields.Field[Any], number: int) -> Any:
    if (table.name, name) in WORDS:
        return WORDS[table.name, name]
    if kind.null and number == 1:
        return None
    match kind:
        case fields.JSONField():
            return json.dumps({"b": [1.5, None, True], "a": STRANGE * number}, ensure_ascii=False)
        case fields.BinaryField():
            return bytes(range(256)) * number
        case fields.DatetimeField():
            return datetime(2026, 11, 12, 10, 0, 0, 123456 * (number - 1), UTC)
        case fields.CharField():
            return f"{number}Ё"[: kind.max_length]
        case fields.TextField():
            return f"{STRANGE}{number}"
    return number + (2**40 if isinstance(kind, fields.BigIntField) else 0)


@pytest.fixture
async def target(database_url: str) -> AsyncIterator[Store]:
    store = await Store.open(database_url, "neon.example")
    yield store
    await store.close()


@pytest.mark.parametrize("source", ["sqlite", "postgres"])
async def test_every_column_of_every_table_comes_back(
    source: str, target: Store, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server: Postgres | None = None if source == "sqlite" else request.getfixturevalue("postgres_server")
    url = f"sqlite://{tmp_path}/source.db" if server is None else f"{server.fresh()}?ssl=disable"
    store = await Store.open(url, "neon.example")

    async def fill(session: Session) -> None:
        for table in whole():
            await session.insert(table.name, list(table.columns), filling(table))

    await store._db.run(fill)
    (tmp_path / "out").mkdir()
    (tmp_path / "back").mkdir()
    counts = await store.write_out(tmp_path / "out")
    await store.close()
    assert set(counts.values()) == {3}, "a table without an example is a table nobody has tried"
    await target.read_in(tmp_path / "out", DOUBT)
    await target.write_out(tmp_path / "back")
    assert told(tmp_path / "back") == told(tmp_path / "out")
    assert {row["state"] for row in lines(tmp_path / "back", "outbox")} == {"unknown"}
    with pytest.raises(StoreError, match="not empty"):
        await target.read_in(tmp_path / "out", DOUBT)


async def test_a_case_of_every_process_is_the_same_case_in_either_database(
    tmp_path: Path, postgres_server: Postgres
) -> None:
    urls = (f"sqlite://{tmp_path}/target.db", f"{postgres_server.fresh()}?ssl=disable")
    targets = [await Store.open(url, "neon.example") for url in urls]
    played: set[str] = set()
    async with Workshop.opened([shipped("templates")]) as shop:
        for file in story_files(shipped("rules").parent, []):
            if file.path.stem in played:
                continue
            await _played(file.stories[0], file, _office(file, tmp_path), shop)
            store = shop.store._store
            await store.seal(now())
            cases = {case.id: case for case in await store.cases_opened(_EVER, now() + timedelta(days=999))}
            played |= {case.process for case in cases.values()}
            out = _fresh(tmp_path / "out")
            await store.write_out(out)
            for target in targets:
                back = _fresh(tmp_path / "back")
                taken = await target._db.run(partial(_taken_over, out=out, back=back), keep=lambda _: False)
                assert taken == cases, file.name
                assert told(back) == told(out), file.name
    for target in targets:
        await target.close()
    assert {path.stem for path in shipped("rules").glob("*.yaml")} <= played, "of a process no story was played"


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


async def _taken_over(session: Session, out: Path, back: Path) -> dict[str, Case]:
    """Take it over, and give every case as its own journal tells it; every chain has to hold."""
    await read_in(session, out, DOUBT)
    await write_out(session, back)
    chains: dict[str, list[JournalRow]] = {}
    for _, row in await journal.after(session, 0, 10_000):
        chains.setdefault(row.case, []).append(row)
    assert all(isinstance(verify(chain), Intact) for chain in chains.values())
    return {id_: replay(chain) for id_, chain in chains.items() if id_}


# A site


async def test_a_site_that_moved_goes_on_where_it_stood(tmp_path: Path, postgres_server: Postgres) -> None:
    async with living(tmp_path) as life:
        await life.asks()
        await life.writes("anna@romashka.example", "О поставке", "Добрый день! Высылаем договор.")
        asked = await life.last(PETROV)
        old, out = life.world.site, tmp_path / "out"
        text = await said(exporting.export(life.app.settings, out, now()))
        assert "1 cases, 2 mails" in text
        _is_readable(out)

        first, second = tmp_path / "first", tmp_path / "second"
        url = postgres_server.fresh()
        _found(old, first, f'"{url}"')
        assert "the journal is intact" in await said(exporting.bring_in(out, first))
        again = tmp_path / "again"
        await said(exporting.export(read_settings(first), again, now()))
        _found(old, second, '"sqlite:///data/mailflow.db"')
        assert "people" not in await said(exporting.bring_in(again, second))
        assert told(again / "tables") == told(out / "tables")

        async with opened(second) as app:
            await life.world.reply(PETROV, asked, "Согласовано")
            await life.world.write(IVAN, "Счёт: щиты", "Прошу оплатить. Сумма: 10 000", ())
            await daemon.run_once(app)
            assert {case.number for case in await app.store.cases()} == {NUMBER, "СЧ-2026-0002"}
            case = await app.store.load_by_number(NUMBER)
            assert case is not None
            assert [a.principal for a in case.open_assignments] == [OLGA.partition("@")[0]]
            assert isinstance(await audit(app.store, None), Unanchored)
            assert replay(await app.store.journal(case.id)) == case


def _found(old: Path, site: Path, url: str) -> None:
    """A fresh install for the same mailbox: its settings, its password, its keys, and nothing else."""
    site.mkdir()
    settings = (old / "mailflow.toml").read_text(encoding="utf-8")
    (site / "mailflow.toml").write_text(re.sub(r"(?m)(?<=^\[store\]\nurl = ).*", url, settings), encoding="utf-8")
    shutil.copytree(old / "keys", site / "keys")
    for secret in old.glob("*.password"):
        shutil.copy2(secret, site / secret.name)


def _is_readable(out: Path) -> None:
    """Whoever has no mailflow finds the case, its mail, its file and the register."""
    case = out / "cases" / NUMBER
    card = json.loads((case / "case.json").read_text(encoding="utf-8"))
    assert card["fields"]["amount"] == "120000.50"
    assert b"Subject:" in next((case / "mails").glob("*.eml")).read_bytes()
    assert (case / "files" / "01 Счет 57.pdf").read_bytes() == b"first"
    assert (case / "history.txt").read_text(encoding="utf-8").startswith("1. ")
    assert len(list((out / "mails").glob("*.eml"))) == 1, "the stranger's letter"
    [register] = (out / "registers").glob("*.csv")
    rows = list(csv.reader(register.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert any(NUMBER in row for row in rows)
    assert register.with_suffix(".xlsx").read_bytes().startswith(b"PK")
    assert not any(path.suffix in (".key", ".password") for path in out.rglob("*"))
    assert "tables/*.jsonl" in (out / "README.txt").read_text(encoding="utf-8")


# What is refused, and what a stop leaves


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a site and its export."""
    from tests.site_folder import filled_site

    folder = tmp_path_factory.mktemp("exported")
    site = filled_site(folder / "site")

    async def fill() -> None:
        settings = read_settings(site)
        store = await Store.open(settings.store_url, settings.domain)
        await Blobs(settings.files).keep(b"a paper")
        await store.pulse("service", now())
        await store.close()

    asyncio.run(fill())
    asyncio.run(said(exporting.export(read_settings(site), folder / "out", now())))
    return folder


@pytest.fixture
def exported(made: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A site and its export, to be done to as one likes."""
    for name in ("site", "out"):
        shutil.copytree(made / name, tmp_path / name)
    return tmp_path / "site", tmp_path / "out"


def test_an_import_into_a_database_in_use_is_refused(exported: tuple[Path, Path]) -> None:
    site, out = exported
    with pytest.raises(StoreError, match="not empty"):
        asyncio.run(said(exporting.bring_in(out, site)))


@pytest.mark.parametrize("name", ["tables/pulse.jsonl", "README.txt", "site/mailflow.toml"])
def test_an_export_that_is_not_whole_is_refused_and_nothing_is_made(
    exported: tuple[Path, Path], tmp_path: Path, name: str
) -> None:
    _, out = exported
    (out / name).write_bytes((out / name).read_bytes() + b" ")
    with pytest.raises(StoreError, match=f"{name} is damaged"):
        asyncio.run(said(exporting.bring_in(out, tmp_path / "new")))
    assert not (tmp_path / "new").exists()


def test_an_export_into_a_folder_that_is_there_is_refused(exported: tuple[Path, Path]) -> None:
    site, out = exported
    with pytest.raises(StoreError, match="exists already"):
        asyncio.run(said(exporting.export(read_settings(site), out, now())))


def test_an_export_of_another_schema_is_refused(exported: tuple[Path, Path], tmp_path: Path) -> None:
    _, out = exported
    text = (out / "manifest.json").read_text(encoding="utf-8")
    (out / "manifest.json").write_text(text.replace('"schema": "00', '"schema": "99'), encoding="utf-8")
    with pytest.raises(StoreError, match="import it with that one"):
        asyncio.run(said(exporting.bring_in(out, tmp_path / "new")))


def test_killed_in_the_middle_of_an_import_the_next_try_ends_well(exported: tuple[Path, Path], tmp_path: Path) -> None:
    site, out = exported
    new = tmp_path / "new"
    command = [sys.executable, "-m", "mailflow", "import", str(out), "-s", str(new)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.run(command, env={**environment, VARIABLE: "commit.inside"}, capture_output=True, check=False)
    assert killed.returncode == KILLED, killed.stderr
    assert "keys and passwords are NOT in it" in asyncio.run(said(exporting.bring_in(out, new)))
    assert (new / "directory.yaml").read_bytes() == (site / "directory.yaml").read_bytes()
    with pytest.raises(StoreError, match="not empty"):
        asyncio.run(said(exporting.bring_in(out, new)))
