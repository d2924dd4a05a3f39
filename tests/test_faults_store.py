"""Power is lost and the end of SQLite's write-ahead log is torn: what stands before the tear is there, whole."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from pathlib import Path

from mailflow.edges.store import Store
from tests.test_store import a_case as a_new_case
from tests.test_store import a_letter, a_mail, a_number, move, opened

COMMITS = 12
WAL_HEADER, FRAME_HEADER = 32, 24
SEED = 19


async def a_log_of_commits(folder: Path) -> tuple[Path, bytes]:
    """A database, and the log beside it as it stood after so many commits, each of a case, a mail and a letter."""
    path = folder / "mailflow.db"
    store = await Store.open(f"sqlite://{path}", "example.org")
    await opened(store, id_="c0")
    await store.close()
    store = await Store.open(f"sqlite://{path}", "example.org")
    for number in range(1, COMMITS + 1):
        effects = (a_number(f"mail/{number}/0"), a_letter(f"mail/{number}/1"))
        await move(store, None, a_new_case(f"c{number}"), f"mail/{number}", *effects, mail=a_mail(number))
    copy = folder / "copy.db"
    shutil.copy(path, copy)
    log = Path(f"{path}-wal").read_bytes()
    await store.close()
    return copy, log


def commits_in(database: Path, log: bytes) -> int:
    """Open the database with that log, as after a power cut; give how many commits are there, each of them whole."""
    for leftover in database.parent.glob("torn.db*"):
        leftover.unlink()
    torn = database.with_name("torn.db")
    shutil.copy(database, torn)
    Path(f"{torn}-wal").write_bytes(log)
    with contextlib.closing(sqlite3.connect(torn)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        [(cases,)] = connection.execute("""SELECT count(*) FROM "case" WHERE id <> 'c0'""")
        for table in ("journal", "outbox", "inbox"):
            where = """ WHERE "case" <> 'c0'"""
            assert connection.execute(f'SELECT count(*) FROM "{table}"{where}').fetchall() == [(cases,)], table
        [(last,)] = connection.execute("SELECT coalesce(max(last), 0) FROM register")
        assert last == cases
    return int(cases)


async def test_a_log_torn_anywhere_gives_back_a_whole_number_of_commits(tmp_path: Path) -> None:
    database, log = await a_log_of_commits(tmp_path)
    page = int.from_bytes(log[8:12], "big")
    frames = range(WAL_HEADER, len(log) + 1, FRAME_HEADER + page)
    chance = random.Random(SEED)
    cuts = sorted({*frames, *(chance.randrange(len(log)) for _ in range(100)), len(log)})
    found = [commits_in(database, log[:cut]) for cut in cuts]
    assert found == sorted(found), "a later tear never costs an earlier commit"
    assert set(found) == set(range(COMMITS + 1)), "every commit ends at a frame of its own"
    assert found[-1] == COMMITS


async def test_a_log_whose_end_is_overwritten_with_noise_gives_back_the_commits_before_it(tmp_path: Path) -> None:
    database, log = await a_log_of_commits(tmp_path)
    chance = random.Random(SEED)
    for _ in range(50):
        cut = chance.randrange(WAL_HEADER, len(log))
        whole = commits_in(database, log[:cut])
        assert commits_in(database, log[:cut] + chance.randbytes(len(log) - cut)) == whole
