"""`./run bench --registers`: how long a page of a register, its totals and a search take among a million cases.

Rows are written by bulk, from one real case: its document, its tasks and its index card, with people, companies, days
and sums of their own. What is measured is the store's own questions, on SQLite and PostgreSQL, asked for people who
see all, much, little and almost nothing.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mailflow.core.case_query import CaseQuery
from mailflow.core.search_words import asked_words, entry, seen_by
from mailflow.core.searching import Question
from mailflow.core.sight import Sight
from mailflow.edges.store import Store
from tests import servers
from tests.web_site import Site

PEOPLE = 1000
COMPANIES = 5000
FIRST = datetime(2022, 1, 1, tzinfo=UTC)
TIMES = 10
AIM = 0.1
SEEING = {
    "sees all": Sight("boss", frozenset({"boss"}), everything=True),
    "accountant": Sight("buh", frozenset({"buh"}), paying=True),
    "head of 50": Sight("u1", frozenset({"u1"}), people=frozenset(f"u{n}" for n in range(50))),
    "employee": Sight("u777", frozenset({"u777"})),
    "newcomer": Sight("new", frozenset({"new"})),
}
Row = tuple[Any, ...]


def main(cases: int) -> None:
    """Measure both databases and print a line a question."""
    asyncio.run(_both(cases))


async def _both(cases: int) -> None:
    with tempfile.TemporaryDirectory(prefix="mf-registers-") as folder:
        await _measured("SQLite", f"sqlite://{folder}/mailflow.db", Path(folder), cases)
        with servers.postgres() as server:
            await _measured("PostgreSQL", server.fresh(), Path(folder), cases)


async def _measured(name: str, url: str, folder: Path, cases: int) -> None:
    store = await Store.open(url, "neon.example")
    began = time.monotonic()
    made = await _template(store, folder)
    if url.startswith("sqlite"):
        await asyncio.to_thread(_fill_sqlite, url.removeprefix("sqlite://"), made, cases)
    else:
        await _fill_postgres(url, made, cases)
    print(f"{name}, {cases} cases, written in {time.monotonic() - began:.0f} s", flush=True)
    for what, ask in _questions(store):
        took = sorted([await _timed(ask) for _ in range(TIMES)])
        p95 = took[int(len(took) * 0.95) - 1]
        mark = "" if p95 < AIM else "   over the aim"
        print(f"  {what:<44} p50 {statistics.median(took) * 1e3:7.1f} ms  p95 {p95 * 1e3:7.1f} ms{mark}", flush=True)
    await store.close()


def _questions(store: Store) -> Iterator[tuple[str, Callable[[], Awaitable[object]]]]:
    """Give every question with what it is called."""
    middle = FIRST + timedelta(days=800)
    for who, sight in SEEING.items():
        plain = CaseQuery(sight, ("invoice", "payment"))
        asked = {
            "first page": plain,
            "page in the middle": replace(plain, after=(middle, "0")),
            "open only": replace(plain, state="open"),
            "a month": replace(plain, since=middle, until=middle + timedelta(days=30)),
            "a company": replace(plain, counterparty="компания 77»"),
            "a word nobody has": replace(plain, words=("зубр",)),
        }
        for what, query in asked.items():
            yield f"{who}: {what}", lambda query=query: _page(store, query)  # type: ignore[misc]
        for text in ("счёт", "Компания 77", "зубр"):
            question = Question(asked_words(text), sight)
            yield f"{who}: search «{text}»", lambda question=question: store.found(question)  # type: ignore[misc]


async def _page(store: Store, query: CaseQuery) -> None:
    await store.case_window(query)
    await store.case_totals(query)


async def _timed(ask: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await ask()
    return time.perf_counter() - began


# --- rows


async def _template(store: Store, folder: Path) -> dict[str, Any]:
    """File one real case and take its rows as they stand."""
    site = Site(store, folder)
    case = await site.request(counterparty="ООО «Компания 0»")
    await store._db.run(lambda s: s.rows("DELETE FROM unindexed RETURNING mark"))
    row = await store._db.read(lambda s: s.row('SELECT * FROM "case" WHERE id = ?', case.id))
    task = await store._db.read(lambda s: s.row('SELECT * FROM assignment WHERE "case" = ? LIMIT 1', case.id))
    assert row is not None
    assert task is not None
    words = entry([str(row["sought"])])
    document = row["document"] if isinstance(row["document"], str) else json.dumps(row["document"])
    return {"case": dict(row), "task": dict(task), "words": words, "document": document, "marks": seen_by(case)}


def _rows(made: dict[str, Any], cases: int, plain: bool) -> Iterator[tuple[Row, list[Row], Row]]:
    """Give each case as its row, its tasks and its card; times as text where `plain`."""
    case, task = made["case"], made["task"]
    step = timedelta(days=1700) / cases
    for n in range(cases):
        at = FIRST + step * n
        when: Any = str(at) if plain else at
        key, number, who = f"{n:032x}", f"СЧ-{at.year}-{n:07d}", f"u{n * 7919 % PEOPLE}" if n % 300_000 else "new"
        company = f"ООО «Компания {n * 31 % COMPANIES}»"
        document = made["document"].replace(case["id"], key).replace(case["number"], number)
        document = document.replace("ООО «Компания 0»", company).replace('"i.kuznetsov"', f'"{who}"')
        values = {
            **case, "id": key, "number": number, "number_folded": number.lower(), "initiator": who,
            "state": "open" if n % 20 == 0 else "done", "counterparty": company, "amount_minor": n * 100 + 1,
            "opened_at": when, "changed_at": when, "document": document,
            "sought": f"{number.lower()} {company.lower()} {case['sought']}",
        }  # fmt: skip
        tasks = []
        for stage, ask, principal in (
            ("managers", "approval", f"u{n % 40}"),
            ("finance", "approval", "fin"),
            ("payment", "payment", "buh"),
        ):
            if ask == "payment" and n % 5 > 2:
                continue
            one = {
                **task,
                "id": f"{key}/1/{stage}/{principal}",
                "case": key,
                "stage": stage,
                "principal": principal,
                "ask": ask,
            }
            tasks.append(
                tuple(
                    {
                        **one,
                        "opened_at": when,
                        "due_at": when,
                        "standing": "open" if n % 20 == 0 else "skipped",
                    }.values()
                )
            )
        yield tuple(values.values()), tasks, _card(made["words"], n, key, at, who, company, number, bool(n % 5 <= 2))


def _card(words: str, n: int, key: str, at: datetime, who: str, company: str, number: str, pays: bool) -> Row:
    marks = " ".join(sorted(_marks(key, who, f"u{n % 40}", pays)))
    own = entry([company, number])
    place = int((at - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds() * 1000) * 64 + n % 64
    return place, key, " ".join(dict.fromkeys(f"{marks} {words} {own}".split()))


def _marks(key: str, who: str, head: str, pays: bool) -> list[str]:
    from mailflow.core.search_words import _mark

    found = [_mark("c", key), _mark("i", who), _mark("p", head), _mark("p", "fin")]
    return [*found, "@pay", _mark("p", "buh")] if pays else found


def _fill_sqlite(path: str, made: dict[str, Any], cases: int) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -400000")
    holes = ", ".join("?" * len(made["case"]))
    tasks = ", ".join("?" * len(made["task"]))
    db.execute("BEGIN")
    batch: list[tuple[Row, list[Row], Row]] = []
    for one in _rows(made, cases, plain=True):
        batch.append(one)
        if len(batch) == 5000:
            _write_sqlite(db, batch, holes, tasks)
            batch = []
    _write_sqlite(db, batch, holes, tasks)
    db.execute("COMMIT")
    db.execute("ANALYZE")
    db.close()


def _write_sqlite(db: sqlite3.Connection, batch: list[tuple[Row, list[Row], Row]], holes: str, tasks: str) -> None:
    db.executemany(f'INSERT INTO "case" VALUES ({holes})', [one[0] for one in batch])
    db.executemany(f"INSERT INTO assignment VALUES ({tasks})", [task for one in batch for task in one[1]])
    db.executemany("INSERT INTO index_card VALUES (?, ?, ?)", [one[2] for one in batch])


async def _fill_postgres(url: str, made: dict[str, Any], cases: int) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    batch: list[tuple[Row, list[Row], Row]] = []

    async def write() -> None:
        await connection.copy_records_to_table("case", records=[one[0] for one in batch], columns=list(made["case"]))
        tasks = [task for one in batch for task in one[1]]
        await connection.copy_records_to_table("assignment", records=tasks, columns=list(made["task"]))
        await connection.copy_records_to_table("index_card", records=[one[2] for one in batch])
        batch.clear()

    for one in _rows(made, cases, plain=False):
        batch.append(one)
        if len(batch) == 5000:
            await write()
    await write()
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
