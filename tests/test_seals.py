"""The head over all journals shows every touch of any row, whatever care was taken to hide it."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow import daemon
from mailflow.cli import main
from mailflow.core.answers import Answer
from mailflow.core.auditing import Altered, Shortened, Unanchored, Verdict, Whole
from mailflow.core.journal import JournalRow, link
from mailflow.core.seals import Head, Peaks, heads_in, is_in, leaf, node, paths
from mailflow.edges.store import Store
from mailflow.errors import MailflowError
from mailflow.journal_command import read_anchor
from mailflow.sealing import anchor_daily, audit, head_now
from tests import servers
from tests.office_life import living
from tests.offices import neon
from tests.web_site import Site

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HASHES = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1, max_size=70, unique=True)


# --- the tree


def _root(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node(_root(leaves[:half]), _root(leaves[half:]))


@given(HASHES, st.integers(0, 70))
def test_the_head_grown_row_by_row_is_the_root_the_rfc_defines(rows: list[str], cut: int) -> None:
    grown = Peaks().with_rows(rows[:cut]).with_rows(rows[cut:])
    assert grown.head == Head(len(rows), _root([leaf(row) for row in rows]).hex())
    assert Peaks.read(grown.size, str(grown)) == grown


@given(HASHES, st.data())
def test_a_path_leads_from_its_own_row_to_the_head_and_from_no_other(rows: list[str], data: st.DataObject) -> None:
    head = Peaks().with_rows(rows).head
    place = data.draw(st.integers(0, len(rows) - 1))
    path = paths(rows, [place])[place]
    assert is_in(rows[place], place, path, head)
    assert not is_in("ab" * 32, place, path, head)
    assert not is_in(rows[place], place, path, replace(head, root="cd" * 32))
    assert not is_in(rows[place], place + 1, path, head)
    assert not path or not is_in(rows[place], place, path[:-1], head)
    assert not is_in(rows[place], place, (*path, "00" * 32), head)


def test_a_head_is_found_in_a_letter_however_it_is_wrapped_in_words() -> None:
    head = Peaks().with_rows(["ab" * 32]).head
    assert heads_in(f"> Печать: {head}.\n>> {head}") == (head,)
    assert heads_in(f"{head}0") == ()


# --- a real journal, altered behind mailflow's back


async def _office(store: Store, folder: Path) -> Head:
    """Four cases, two of them moved on; everything is sealed. Gives the head."""
    site = Site(store, folder)
    for number in range(4):
        case = await site.request(amount=str(100 + number))
        if number % 2:
            await site.reply(case.id, "p.petrov", Answer.APPROVE)
        await head_now(store, NOW)
    return await head_now(store, NOW)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Head]:
    """A database file with a sealed journal, closed, and its head."""
    folder = tmp_path_factory.mktemp("sealed")

    async def work() -> Head:
        store = await Store.open(f"sqlite://{folder}/mailflow.db", "neon.example")
        try:
            return await _office(store, folder)
        finally:
            await store.close()

    return folder / "mailflow.db", asyncio.run(work())


def _unlocked(path: Path) -> sqlite3.Connection:
    """The database as somebody sees it who has its file: no trigger stops him."""
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f'DROP TRIGGER "{name}"')
    return db


async def _verdict(path: Path, anchor: Head | None) -> Verdict:
    store = await Store.open(f"sqlite://{path}", "neon.example")
    try:
        return await audit(store, anchor)
    finally:
        await store.close()


TEXTS = ("why", "event", "patch", "event_key", "event_type", "at", "previous", "hash", "salt", '"case"')


def _edit(db: sqlite3.Connection, ids: list[int], chance: random.Random) -> str:
    column, row = chance.choice(TEXTS), chance.choice(ids)
    text = str(db.execute(f"SELECT {column} AS it FROM journal WHERE id = ?", (row,)).fetchone()["it"])
    if column in ("event", "patch"):
        changed = text[:-1] + (', "x": 1}' if len(text) > 2 else '"x": 1}')
    elif column == "at":
        changed = str(datetime.fromisoformat(text) + timedelta(seconds=chance.randint(1, 10**6)))
    else:
        place = chance.randrange(len(text) or 1)
        changed = text[:place] + ("0" if text[place : place + 1] != "0" else "1") + text[place + 1 :]
    db.execute(f"UPDATE journal SET {column} = ? WHERE id = ?", (changed, row))
    return f"{column} of {row}"


def _delete(db: sqlite3.Connection, ids: list[int], chance: random.Random) -> str:
    row = chance.choice(ids)
    db.execute("DELETE FROM journal WHERE id = ?", (row,))
    return f"delete {row}"


def _reorder(db: sqlite3.Connection, ids: list[int], chance: random.Random) -> str:
    one, other = chance.sample(ids, 2)
    db.execute("UPDATE journal SET id = -1 WHERE id = ?", (one,))
    db.execute("UPDATE journal SET id = ? WHERE id = ?", (one, other))
    db.execute("UPDATE journal SET id = ? WHERE id = -1", (other,))
    return f"swap {one} {other}"


def _cut(db: sqlite3.Connection, ids: list[int], chance: random.Random) -> str:
    """Cut the tail with care: the seals over it too, and the cases put back to what the rest of the journal says."""
    first = chance.choice(ids[1:])
    db.execute("DELETE FROM journal WHERE id >= ?", (first,))
    db.execute('DELETE FROM seal WHERE "last" >= ?', (first,))
    _versions(db)
    return f"cut from {first}"


def _forge(db: sqlite3.Connection, ids: list[int], chance: random.Random) -> str:
    """Alter a row with care: every hash after it is made anew, and the seals are taken away."""
    chosen = chance.choice(ids)
    db.execute("UPDATE journal SET why = why || ' ' WHERE id = ?", (chosen,))
    _relink(db)
    db.execute("DELETE FROM seal")
    return f"forge {chosen}"


def _vanish(db: sqlite3.Connection, ids: list[int], chance: random.Random) -> str:
    """Take away a whole case, with all its rows and every seal."""
    case = chance.choice([row["id"] for row in db.execute('SELECT id FROM "case"')])
    db.execute('DELETE FROM journal WHERE "case" = ?', (case,))
    db.execute('DELETE FROM "case" WHERE id = ?', (case,))
    db.execute("DELETE FROM seal")
    return f"vanish {case}"


def _versions(db: sqlite3.Connection) -> None:
    db.execute('DELETE FROM "case" WHERE id NOT IN (SELECT "case" FROM journal)')
    db.execute('UPDATE "case" SET version = (SELECT max(seq) FROM journal WHERE journal."case" = "case".id)')


def _relink(db: sqlite3.Connection) -> None:
    from mailflow.edges.store.journal import _row

    ends: dict[str, str] = {}
    for raw in db.execute("SELECT * FROM journal ORDER BY id").fetchall():
        row: JournalRow = replace(_row(dict(raw)), previous=ends.get(raw["case"], ""))
        ends[row.case] = link(row.previous, row)
        db.execute("UPDATE journal SET previous = ?, hash = ? WHERE id = ?", (row.previous, ends[row.case], raw["id"]))


TOUCHES = (_edit, _delete, _reorder, _cut, _forge, _vanish)


async def test_the_untouched_journal_is_intact(written: tuple[Path, Head]) -> None:
    path, head = written
    assert await _verdict(path, head) == Whole(head.size, head.size)
    assert await _verdict(path, None) == Unanchored(head.size, head)


async def test_two_hundred_random_touches_are_all_seen_by_the_anchor(
    written: tuple[Path, Head], tmp_path: Path
) -> None:
    source, head = written
    chance = random.Random(20261122)
    missed = []
    for number in range(204):
        path = tmp_path / "touched.db"
        shutil.copy(source, path)
        with _unlocked(path) as db:
            ids = [row["id"] for row in db.execute("SELECT id FROM journal ORDER BY id")]
            what = TOUCHES[number % len(TOUCHES)](db, ids, chance)
        db.close()
        if not isinstance(await _verdict(path, head), Altered | Shortened):
            missed.append(what)
    assert missed == []


async def test_a_careful_cut_is_shortened_with_an_anchor_and_unanchored_without(
    written: tuple[Path, Head], tmp_path: Path
) -> None:
    source, head = written
    path = tmp_path / "cut.db"
    shutil.copy(source, path)
    with _unlocked(path) as db:
        ids = [row["id"] for row in db.execute("SELECT id FROM journal ORDER BY id")]
        _cut(db, ids[-3:], random.Random(1))
    db.close()
    assert isinstance(await _verdict(path, None), Unanchored)
    cut = await _verdict(path, head)
    assert isinstance(cut, Shortened)
    assert cut.expected == head.size > cut.rows


async def test_an_old_anchor_still_fits_a_journal_that_has_grown(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "neon.example")
    try:
        old = await _office(store, tmp_path)
        assert await anchor_daily(store, neon(), "audit@elsewhere.example", NOW)
        assert not await anchor_daily(store, neon(), "audit@elsewhere.example", NOW)
        assert await audit(store, old) == Whole(old.size + 1, old.size)
    finally:
        await store.close()


@pytest.fixture(scope="module")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgres() as running:
        yield running


@pytest.fixture
async def postgres_store(postgres: servers.Postgres) -> AsyncIterator[Store]:
    url = postgres.fresh()
    store = await Store.open(url, "neon.example")
    try:
        yield store
    finally:
        await store.close()
        postgres.drop(url)


async def test_on_postgres_rows_written_by_many_at_once_are_each_sealed_once(
    postgres_store: Store, tmp_path: Path
) -> None:
    store = postgres_store

    async def writes(writer: int) -> None:
        site = Site(store, tmp_path)
        site._requests = writer * 100
        for number in range(4):
            await site.request(amount=str(number))

    async def seals() -> None:
        for _ in range(30):
            await store.seal(NOW)
            await asyncio.sleep(0.01)

    await asyncio.gather(seals(), seals(), *(writes(writer) for writer in range(5)))
    head = await head_now(store, NOW)
    rows = await store.journal_after(0, 1000)
    assert head == Peaks().with_rows(row.hash for _, row in rows).head
    assert await audit(store, head) == Whole(len(rows), len(rows))


@pytest.mark.parametrize(
    "touch",
    [
        "UPDATE journal SET why = 'x' WHERE id = 2",
        "DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)",
        "DELETE FROM seal; DELETE FROM journal WHERE id > 2",
    ],
)
async def test_on_postgres_a_touch_is_seen(postgres_store: Store, tmp_path: Path, touch: str) -> None:
    store = postgres_store
    head = await _office(store, tmp_path)

    async def work(session):  # type: ignore[no-untyped-def]
        await session.rows("ALTER TABLE journal DISABLE TRIGGER ALL")
        await session.rows("ALTER TABLE seal DISABLE TRIGGER ALL")
        for sql in touch.split("; "):
            await session.rows(sql)

    await store._db.run(work)
    assert isinstance(await audit(store, head), Altered | Shortened)


async def test_a_seal_cannot_be_changed_in_place(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "neon.example")
    try:
        await _office(store, tmp_path)
        with pytest.raises(MailflowError, match="never changed"):
            await store._db.run(lambda s: s.rows("UPDATE seal SET root = ''"))
    finally:
        await store.close()


# --- the letter, and the command


async def _run(*said: str) -> Result:
    """The command as it is typed; in a thread, because it brings a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, main, list(said))


AUDITOR = "director@neon.example"


async def test_each_day_the_auditor_gets_the_head_and_it_verifies(tmp_path: Path) -> None:
    async with living(tmp_path, settings=f'\n[journal]\nauditor = "{AUDITOR}"\n') as life:
        await life.asks()
        await life.works()
        letters = [one for one in await life.world.letters(AUDITOR) if "Печать журнала" in one.subject]
        [letter] = letters
        [head] = heads_in(letter.text)
        verdict = await audit(life.app.store, head)
        assert isinstance(verdict, Whole)
        assert verdict.anchored == head.size > 0
        await daemon.run_once(life.app)
        assert len([one for one in await life.world.letters(AUDITOR) if "Печать журнала" in one.subject]) == 1
        saved = tmp_path / "letter.eml"
        saved.write_bytes(letter.raw)
        assert read_anchor(str(saved)) == head
        site = str(life.world.site)
    told = await _run("journal", "verify", "-s", site, "--anchor", str(saved))
    assert told.exit_code == 0, told.output
    assert "is intact" in told.output
    wrong = str(replace(head, size=head.size + 1000))
    short = await _run("journal", "verify", "-s", site, "--anchor", wrong)
    assert short.exit_code == 1
    assert "SHORTENED" in short.output
    assert "unanchored" in (await _run("journal", "verify", "-s", site)).output
    anchored = await _run("journal", "anchor", "-s", site)
    assert len(heads_in(anchored.output)) == 1, anchored.output


def test_a_letter_without_a_head_is_told_plainly(tmp_path: Path) -> None:
    plain = tmp_path / "plain.eml"
    plain.write_bytes(b"From: a@b.example\r\nSubject: x\r\n\r\nnothing\r\n")
    with pytest.raises(MailflowError, match="names no head"):
        read_anchor(str(plain))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=9, unique=True))
def test_no_two_orders_of_the_same_rows_have_one_head(names: list[str]) -> None:
    rows = [name * 64 for name in names]
    assert Peaks().with_rows(rows).head != Peaks().with_rows(reversed(rows)).head
