"""What the store promises, on SQLite and on PostgreSQL: nothing lost, nothing twice, nothing half."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import random
import re
import sqlite3
import subprocess
import sys
import typing
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tortoise.exceptions import OperationalError

from mailflow.core.answers import Answer
from mailflow.core.case import (
    Ask,
    Assignment,
    Case,
    CaseState,
    Decision,
    FileVersion,
    Standing,
    assignment_id,
)
from mailflow.core.effects import Effect, Forget, Remember, SendLetter, SetTimer, StopTimers, TakeNumber, Transition
from mailflow.core.events import CommandReceived, NoticeDue, TimerDue
from mailflow.core.journal import Broken, Intact, replay, verify
from mailflow.core.memory import About, Fact, arranged, known
from mailflow.core.quotable import Quotable
from mailflow.core.sender import Proven
from mailflow.edges.frames import Frame, Gap
from mailflow.edges.store import (
    Committed,
    MailboxState,
    Noted,
    OutboxState,
    Outcome,
    Outgoing,
    Overtaken,
    Repeated,
    Source,
    Store,
    Taken,
    Token,
    Written,
    database,
    facts,
)
from mailflow.edges.store.complaints import passes
from mailflow.edges.store.session import Session
from mailflow.errors import StoreError, UndecidedError
from tests import servers

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 12, 10, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
OLGA = assignment_id("c1", 1, "finance", "smirnova")
IVAN = assignment_id("c1", 1, "payment", "ivanov")


# The databases


@pytest.fixture(scope="module")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgres() as running:
        yield running


@pytest.fixture(scope="module")
def copies(postgres: servers.Postgres) -> Callable[[], str]:
    """Makes PostgreSQL databases that are migrated already, in a tenth of the time."""
    pattern = postgres.fresh()
    asyncio.run(_migrate(pattern))
    names = (f"copy{number}" for number in itertools.count())

    def copy() -> str:
        name = next(names)
        postgres.sql(f'CREATE DATABASE "{name}" TEMPLATE "{pattern.rpartition("/")[2]}"')
        return f"{pattern.rpartition('/')[0]}/{name}"

    return copy


async def _migrate(url: str) -> None:
    await (await Store.open(url, "example.org")).close()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/mailflow.db"
        return
    running: servers.Postgres = request.getfixturevalue("postgres")
    fresh = request.getfixturevalue("copies")()
    # Without: asyncpg tries TLS first, and when it cancels a query it loses that connection noisily.
    yield f"{fresh}?ssl=disable"
    running.drop(fresh)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = await Store.open(url, "mail.example.org")
    yield opened
    await opened.close()


@pytest.fixture
async def second(url: str, store: Store) -> AsyncIterator[Store]:
    """Another process would have this: its own connections to the same database."""
    opened = await Store.open(url, "mail.example.org")
    yield opened
    await opened.close()


# The words of the tests


def a_case(id_: str = "c1", **changes: Any) -> Case:
    case = Case(
        id=id_,
        process="invoice",
        initiator="petrov",
        opened_at=NOW,
        subject="Счёт № 57",
        stage="finance",
        fields={
            "amount": "120000.50",
            "counterparty": "ООО «Ромашка»",
            "urgent": True,
            "tags": ("a", "b"),
        },
        files=(FileVersion("счёт.pdf", 1, "ab" * 32, 5, "application/pdf", "petrov", NOW),),
        assignments=(an_assignment("finance", "smirnova", id_), an_assignment("payment", "ivanov", id_)),
    )
    return replace(case, **changes)


def an_assignment(stage: str, principal: str, case: str = "c1", **changes: Any) -> Assignment:
    name = assignment_id(case, 1, stage, principal)
    made = Assignment(name, 1, stage, principal, Ask.APPROVAL, NOW, due_at=NOW + timedelta(days=1))
    return replace(made, **changes)


def a_decision(answer: Answer = Answer.APPROVE, by: str = "smirnova", at: datetime = NOW) -> Decision:
    return Decision(answer, by, at, "reply")


def decided(case: Case, name: str, decision: Decision) -> Case:
    held = case.assignment(name)
    assert held is not None
    return case.with_assignment(replace(held, standing=Standing.DECIDED, decision=decision))


def an_event(key: str, case: str = "c1") -> CommandReceived:
    return CommandReceived(key, NOW, case, "petrov", Proven("petrov@example.org", "embedded"), "status")


def a_letter(key: str, to: str = "smirnova", assignment: str = OLGA) -> SendLetter:
    return SendLetter(key, "ask", to, f"{to}@example.org", "ru", assignment, words={"номер": "57"})


def a_number(key: str) -> TakeNumber:
    return TakeNumber(key, "invoices", 2026, "СЧ-{year}-{seq:04}")


def a_mail(uid: int, **changes: Any) -> Taken:
    taken = Taken(
        source=Source("flow@example.org", "INBOX", 7, uid),
        message_key=hashlib.sha256(f"mail {uid}".encode()).hexdigest(),
        message_id=f"<{uid}@example.org>",
        sha256=f"{uid:064}",
        size=1000 + uid,
        received_at=NOW - timedelta(minutes=1),
        sender="petrov@example.org",
        subject="Счёт № 57",
        kind="request",
        reason="the address says so",
    )
    return replace(taken, **changes)


async def move(
    store: Store,
    before: Case | None,
    after: Case | None,
    key: str,
    *effects: Effect,
    mail: Taken | None = None,
    now: datetime = NOW,
) -> Outcome:
    event = an_event(key, after.id if after else "")
    return await store.commit(before, Transition(after, effects, f"{key}: так решено"), event, mail, now)


async def opened(store: Store, *effects: Effect, id_: str = "c1", **changes: Any) -> Case:
    """A case in the store, as the store gave it back."""
    outcome = await move(store, None, a_case(id_, **changes), f"mail/{id_}", *effects)
    assert isinstance(outcome, Committed)
    assert outcome.case is not None
    return outcome.case


async def sql(store: Store, statement: str, *values: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in await store._db.run(lambda s: s.rows(statement, *values))]


TABLES = ("case", "assignment", "journal", "inbox", "outbox", "timer", "register", "token")


async def sizes(store: Store) -> dict[str, int]:
    counted = {}
    for table in TABLES:
        [row] = await sql(store, f'SELECT count(*) AS number FROM "{table}"')
        counted[table] = row["number"]
    return {table: number for table, number in counted.items() if number}


# One commit


async def test_one_commit_writes_everything_that_the_event_caused(store: Store) -> None:
    effects = (
        a_number("mail/1/0"),
        a_letter("mail/1/1"),
        SetTimer("mail/1/2", NOW + timedelta(hours=4), "remind", OLGA),
    )
    outcome = await move(store, None, a_case(), "mail/1", *effects, mail=a_mail(1))
    expected = a_case(number="СЧ-2026-0001", register="invoices", version=1)
    assert outcome == Committed(expected)
    assert await store.load("c1") == expected
    assert await sizes(store) == {
        "case": 1,
        "assignment": 2,
        "journal": 1,
        "inbox": 1,
        "outbox": 1,
        "timer": 1,
        "register": 1,
    }


async def test_the_columns_of_a_case_say_what_its_document_says(store: Store) -> None:
    case = await opened(store, a_number("n"))
    [row] = await store.cases()
    assert (row.amount_minor, row.currency, row.counterparty) == (12_000_050, "RUB", "ООО «Ромашка»")
    assert (row.waits_on, row.state, row.number) == ("smirnova, ivanov", CaseState.OPEN, "СЧ-2026-0001")
    later = NOW + timedelta(hours=1)
    await move(store, case, replace(case, state=CaseState.DONE, closed_at=later, fields={}), "mail/2", now=later)
    [row] = await store.cases()
    assert (row.amount_minor, row.currency, row.counterparty) == (None, "", "")
    assert (row.state, row.opened_at, row.changed_at, row.closed_at) == (CaseState.DONE, NOW, later, later)


@pytest.mark.parametrize(
    ("amount", "minor", "currency"),
    [
        ("120000.50", 12_000_050, "RUB"),
        ("7", 700, "RUB"),
        ("0.5", 50, "RUB"),
        ("-3.10", -310, "RUB"),
        ("15.00 USD", 1500, "USD"),
        ("1e9", None, ""),
        ("9" * 40, None, ""),
        ("сто рублей", None, ""),
    ],
)
async def test_a_sum_is_kept_in_minor_units_and_nonsense_as_none(
    tmp_path: Path, amount: str, minor: int | None, currency: str
) -> None:
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "example.org")
    await opened(store, fields={"amount": amount})
    [row] = await store.cases()
    await store.close()
    assert (row.amount_minor, row.currency) == (minor, currency)


async def test_every_transition_adds_one_version_and_one_journal_row(store: Store) -> None:
    case: Case | None = await opened(store)
    for step in range(2, 6):
        assert case is not None
        outcome = await move(store, case, replace(case, stage=f"stage {step}"), f"mail/{step}")
        assert isinstance(outcome, Committed)
        case = outcome.case
    assert case is not None
    assert case.version == 5
    rows = await store.journal("c1")
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert verify(rows, expected=case.version) == Intact(5)
    assert replay(rows) == case == await store.load("c1")
    assert rows[3].patch == {"stage": "stage 4", "version": 4}
    assert rows[3].why == "mail/4: так решено"


async def test_who_read_an_old_version_is_overtaken_and_leaves_nothing(store: Store) -> None:
    case = await opened(store, a_number("n"))
    await move(store, case, replace(case, stage="payment"), "mail/2")
    before = await sizes(store)
    late = await move(
        store, case, replace(case, stage="lost"), "mail/3", a_number("n3"), a_letter("l3"), mail=a_mail(3)
    )
    assert late == Overtaken()
    assert await sizes(store) == before
    assert (await store.load("c1") or case).stage == "payment"
    assert await sql(store, "SELECT last AS number FROM register") == [{"number": 1}]


async def test_a_second_new_case_of_the_same_id_is_overtaken(store: Store) -> None:
    await opened(store)
    assert await move(store, None, a_case(subject="another"), "mail/2") == Overtaken()
    assert (await store.load("c1") or a_case(subject="")).subject == "Счёт № 57"


async def test_the_same_event_is_committed_once_and_its_mail_kept_as_a_duplicate(store: Store) -> None:
    case = await opened(store)
    first = await move(store, case, replace(case, stage="a"), "mail/2", a_letter("l"), mail=a_mail(2))
    assert isinstance(first, Committed)
    again = await move(store, first.case, replace(case, stage="b"), "mail/2", a_letter("l"), mail=a_mail(3))
    assert again == Repeated("c1")
    assert (await store.load("c1") or case).stage == "a"
    row = await store.seen(a_mail(3).source or Source("", "", 0, 0))
    assert row is not None
    assert (row.taken.state, row.taken.case) == ("duplicate", "c1")
    assert len(await store.outbox()) == 1


async def test_a_mail_fetched_again_after_its_commit_stays_processed(store: Store) -> None:
    await move(store, None, a_case(), "mail/1", mail=a_mail(1))
    assert await move(store, None, a_case(), "mail/1", mail=a_mail(1)) == Repeated("c1")
    [row] = await store.inbox()
    assert (row.taken.state, row.taken.case, row.attempts) == ("processed", "c1", 1)


async def test_a_processed_mail_cannot_move_anything_again_under_another_event(store: Store) -> None:
    await move(store, None, a_case(), "mail/1", mail=a_mail(1))
    assert await move(store, None, a_case("c2"), "mail/other", mail=a_mail(1)) == Repeated("c1")
    assert await store.load("c2") is None


async def test_nothing_remains_of_a_commit_whose_last_statement_fails(store: Store) -> None:
    case = await opened(store, a_number("n"), a_letter("taken"))
    before = await sizes(store)
    effects = (a_number("n2"), SetTimer("t", NOW, "due", OLGA), a_letter("fresh"), a_letter("taken"))
    with pytest.raises(StoreError, match="refused"):
        await move(store, case, decided(case, OLGA, a_decision()), "mail/2", *effects, mail=a_mail(2))
    assert await sizes(store) == before
    assert await store.load("c1") == case
    assert await store.seen(Source("flow@example.org", "INBOX", 7, 2)) is None
    assert await sql(store, "SELECT last AS number FROM register") == [{"number": 1}]


async def test_hostile_text_is_stored_and_its_journal_still_verifies(store: Store) -> None:
    hostile = 'Счёт\x00 № \ud83d 57 👍 \'; DROP TABLE "case"; --'
    clean = 'Счёт\ufffd № \ufffd 57 👍 \'; DROP TABLE "case"; --'
    case = a_case(subject=hostile, fields={"amount": hostile})
    event = replace(an_event("mail/1"), comment=hostile)
    letter = replace(a_letter("l"), words={"text": hostile})
    mail = a_mail(1, subject=hostile, sender=hostile, message_id=hostile * 1000)
    outcome = await store.commit(None, Transition(case, (letter,), hostile), event, mail, NOW)
    assert isinstance(outcome, Committed)
    assert outcome.case == await store.load("c1") == replace(case, subject=clean, fields={"amount": clean}, version=1)
    rows = await store.journal("c1")
    assert verify(rows) == Intact(1)
    assert (rows[0].why, rows[0].event["comment"]) == (clean, clean)
    assert (await store.inbox())[0].taken.subject == clean
    assert (await store.outbox())[0].letter.words == {"text": clean}


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="time zone"):
        await store.due_timers(datetime(2026, 11, 12), 10)


# Numbers


async def test_numbers_have_no_gaps_however_many_take_them_at_once(store: Store, second: Store) -> None:
    async def take(place: int) -> Outcome:
        chosen = (store, second)[place % 2]
        if place % 5 == 0:
            # Takes a number and is rolled back: the letter is there twice.
            with pytest.raises(StoreError):
                await move(chosen, None, a_case(f"c{place}"), f"m{place}", a_number("n"), *[a_letter("x")] * 2)
            return Overtaken()
        return await move(chosen, None, a_case(f"c{place}"), f"m{place}", a_number(f"n{place}"))

    outcomes = await asyncio.gather(*(take(place) for place in range(50)))
    numbers = sorted(o.case.number for o in outcomes if isinstance(o, Committed) and o.case)
    assert numbers == [f"СЧ-2026-{seq:04}" for seq in range(1, 41)]


async def test_each_register_and_each_year_counts_for_itself(store: Store) -> None:
    taken = []
    for place, (name, year) in enumerate([("in", 2026), ("out", 2026), ("in", 2027), ("in", 2026)]):
        number = TakeNumber(f"n{place}", name, year, "{year}/{seq}")
        outcome = await move(
            store, None, a_case(f"c{place}"), f"m{place}", replace(number, form=f"{name}-{{year}}-{{seq}}")
        )
        assert isinstance(outcome, Committed)
        assert outcome.case is not None
        taken.append(outcome.case.number)
    assert taken == ["in-2026-1", "out-2026-1", "in-2027-1", "in-2026-2"]


async def test_a_register_begins_where_the_numbers_given_on_paper_end(store: Store) -> None:
    taken = []
    for place, first in enumerate((158, 158, 1, 170)):
        number = replace(a_number(f"n{place}"), form="{index}/{seq}", index="01-14", first=first)
        outcome = await move(store, None, a_case(f"c{place}"), f"m{place}", number)
        assert isinstance(outcome, Committed)
        assert outcome.case is not None
        taken.append(outcome.case.number)
    assert taken == ["01-14/158", "01-14/159", "01-14/160", "01-14/170"]


async def test_a_case_is_found_by_its_number_in_letters_of_either_size(store: Store) -> None:
    case = await opened(store, a_number("n"))
    assert await store.load_by_number("СЧ-2026-0001") == case
    assert await store.load_by_number("сч-2026-0001") == case
    assert await store.load_by_number("сч-2026-0002") is None
    assert await store.number_exists("сч-2026-0001")
    assert not await store.number_exists("СЧ-2026-0002")


async def test_cases_without_a_number_are_never_found_by_one(store: Store) -> None:
    await opened(store)
    await opened(store, id_="c2")
    assert not await store.number_exists("")
    assert await store.load_by_number("") is None


# Many at once


async def until_committed(store: Store, key: str) -> Case:
    for _ in range(1000):
        case = await store.load("c1")
        assert case is not None
        outcome = await move(store, case, replace(case, stage=f"after {key}"), key, a_letter(f"{key}/0"))
        if isinstance(outcome, Committed):
            assert outcome.case is not None
            return outcome.case
        assert outcome == Overtaken()
    raise AssertionError("overtaken a thousand times")


async def test_of_two_hundred_commits_at_once_none_is_lost_and_none_counts_twice(store: Store, second: Store) -> None:
    await opened(store)
    waiting = [f"m{place}" for place in range(200)]

    async def worker(chosen: Store) -> list[int]:
        versions = []
        while waiting:
            versions.append((await until_committed(chosen, waiting.pop())).version)
        return versions

    done = await asyncio.gather(*(worker(chosen) for chosen in (store, second) * 4))
    assert sorted(version for versions in done for version in versions) == list(range(2, 202))
    rows = await store.journal("c1")
    assert verify(rows, expected=201) == Intact(201)
    assert replay(rows) == await store.load("c1")
    assert (await sizes(store))["outbox"] == 200


async def test_the_same_event_committed_by_ten_at_once_happens_once(store: Store, second: Store) -> None:
    tries = [
        move((store, second)[place % 2], None, a_case(f"c{place}"), "mail/1", a_letter("l"), mail=a_mail(place))
        for place in range(10)
    ]
    outcomes = await asyncio.gather(*tries)
    [won] = [outcome for outcome in outcomes if isinstance(outcome, Committed)]
    assert won.case is not None
    assert outcomes.count(Repeated(won.case.id)) == 9
    states = sorted(row.taken.state for row in await store.inbox())
    assert states == ["duplicate"] * 9 + ["processed"]


async def test_notices_of_no_case_share_one_unbroken_chain(store: Store, second: Store) -> None:
    async def notice(place: int) -> Outcome:
        event = NoticeDue(f"mail/{place}", NOW, "stranger", "postmaster")
        done = Transition(None, (a_letter(f"mail/{place}/0", "postmaster", ""),), "чужое письмо")
        return await (store, second)[place % 2].commit(None, done, event, a_mail(place), NOW)

    assert await asyncio.gather(*(notice(place) for place in range(40))) == [Committed(None)] * 40
    rows = await store.journal("office")
    assert verify(rows) == Intact(40)
    assert {(row.case, row.event_type) for row in rows} == {("", "notice")}
    assert len(await store.outbox(case="")) == 40
    assert await notice(3) == Repeated("")


async def test_a_cancelled_commit_leaves_nothing_half_and_the_store_usable(store: Store) -> None:
    for place in range(60):
        effects = (a_letter(f"l{place}"), SetTimer(f"t{place}", NOW, "due", OLGA))
        task = asyncio.create_task(move(store, None, a_case(f"c{place}"), f"m{place}", *effects, mail=a_mail(place)))
        await asyncio.sleep(random.Random(place).uniform(0, 0.004))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    outcome = await asyncio.wait_for(move(store, None, a_case("last"), "last"), 10)
    assert isinstance(outcome, Committed)
    found = await sizes(store)
    whole = found["case"] - 1
    assert found["assignment"] == 2 * whole + 2
    assert (found["journal"], found.get("inbox", 0)) == (whole + 1, whole)
    assert (found.get("outbox", 0), found.get("timer", 0)) == (whole, whole)


async def test_work_that_waits_for_more_than_its_session_is_refused_and_rolled_back(tmp_path: Path) -> None:
    async def works_and_waits(session: Session) -> None:
        await session.rows("UPDATE outbox SET state = 'sent' RETURNING key")
        await asyncio.sleep(0)

    url = f"sqlite://{tmp_path}/mailflow.db"
    store = await Store.open(url, "example.org")
    await move(store, None, a_case("c"), "m", a_letter("l"))
    with pytest.raises(RuntimeError, match="waited"):
        await store._db.run(works_and_waits)
    [row] = await store.outbox()
    assert row.state == "ready"
    await store.close()


async def test_a_row_is_found_while_somebody_else_writes_and_is_the_one_that_is_committed(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "example.org")
    await store.take_only(a_mail(1))
    with contextlib.closing(sqlite3.connect(tmp_path / "mailflow.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE inbox SET subject = 'another'")
        before = await asyncio.wait_for(store.seen_key(a_mail(1).message_key), 1)
        other.execute("COMMIT")
        after = await store.seen_key(a_mail(1).message_key)
    assert before is not None
    assert before.taken.subject == a_mail(1).subject
    assert after is not None
    assert after.taken.subject == "another"
    await store.close()


async def test_a_store_that_was_closed_leaves_the_database_alone_in_its_folder(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "example.org")
    await store.take_only(a_mail(1))
    assert await store.seen_key(a_mail(1).message_key) is not None
    await store.close()
    assert [file.name for file in tmp_path.iterdir()] == ["mailflow.db"]


async def test_a_glance_writes_nothing(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "example.org")
    with pytest.raises(StoreError, match="readonly"):
        await store._db.glance(lambda session: session.rows("DELETE FROM inbox"))
    await store.close()


# What the database itself refuses


async def test_a_decision_is_never_overwritten_by_another(store: Store) -> None:
    case = await opened(store)
    first = await move(store, case, decided(case, OLGA, a_decision()), "mail/2")
    assert isinstance(first, Committed)
    assert first.case is not None
    for other in (
        a_decision(Answer.REJECT),
        a_decision(by="ivanov"),
        a_decision(at=NOW + timedelta(seconds=1)),
    ):
        with pytest.raises(StoreError, match="has been decided"):
            await move(store, first.case, decided(first.case, OLGA, other), f"mail/{other}")
    assert await store.load("c1") == first.case
    with pytest.raises(StoreError, match="has been decided"):
        await sql(store, "UPDATE assignment SET answer = ? WHERE id = ? RETURNING id", "reject", OLGA)
    with pytest.raises(StoreError, match="has been decided"):
        await sql(store, "UPDATE assignment SET answer = NULL WHERE id = ? RETURNING id", OLGA)
    with pytest.raises(StoreError, match="has been decided"):
        await sql(store, "DELETE FROM assignment WHERE id = ? RETURNING id", OLGA)


async def test_an_assignment_made_void_keeps_the_decision_that_was_taken(store: Store) -> None:
    case = await opened(store)
    first = await move(store, case, decided(case, OLGA, a_decision()), "mail/2")
    assert isinstance(first, Committed)
    assert first.case is not None
    void = replace(first.case.assignments[0], standing=Standing.VOID, decision=None)
    assert isinstance(await move(store, first.case, first.case.with_assignment(void), "mail/3"), Committed)
    [row] = await sql(store, "SELECT standing, answer, decided_by FROM assignment WHERE id = ?", OLGA)
    assert row == {"standing": "void", "answer": "approve", "decided_by": "smirnova"}


async def test_a_journal_row_is_never_changed_or_deleted(store: Store) -> None:
    await opened(store)
    for statement in (
        "UPDATE journal SET why = 'иначе' RETURNING id",
        "UPDATE journal SET hash = '' RETURNING id",
        "DELETE FROM journal RETURNING id",
    ):
        with pytest.raises(StoreError, match="never changed or deleted"):
            await sql(store, statement)
    assert verify(await store.journal("c1")) == Intact(1)


async def test_postgres_does_not_empty_the_journal_either(postgres: servers.Postgres) -> None:
    url = postgres.fresh()
    store = await Store.open(url, "example.org")
    await opened(store)
    with pytest.raises(StoreError, match="never changed or deleted"):
        await sql(store, "TRUNCATE journal")
    await store.close()
    postgres.drop(url)


@pytest.mark.parametrize(
    ("table", "column"),
    [("case", "state"), ("assignment", "standing"), ("outbox", "state"), ("timer", "state"), ("inbox", "state")],
)
async def test_a_word_that_is_none_of_the_set_is_refused(store: Store, table: str, column: str) -> None:
    await move(store, None, a_case(), "m", a_letter("l"), SetTimer("t", NOW, "due", OLGA), mail=a_mail(1))
    with pytest.raises(StoreError):
        await sql(store, f'UPDATE "{table}" SET {column} = ? RETURNING {column}', "nonsense")


async def test_a_row_changed_behind_the_back_of_the_store_is_found(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "example.org")
    case = await opened(store)
    for step in range(2, 6):
        outcome = await move(store, case, replace(case, stage=str(step)), f"mail/{step}")
        assert isinstance(outcome, Committed)
        assert outcome.case is not None
        case = outcome.case
    with sqlite3.connect(tmp_path / "mailflow.db") as behind:
        behind.execute("DROP TRIGGER journal_no_update")
        behind.execute('UPDATE journal SET patch = \'{"stage":"paid"}\' WHERE seq = 3')
    behind.close()
    found = verify(await store.journal("c1"), expected=case.version)
    await store.close()
    assert isinstance(found, Broken)
    assert found.seq == 3


# Mails taken in


async def test_a_mail_that_moves_nothing_has_its_row(store: Store) -> None:
    row = await store.take_only(a_mail(1, kind="auto_reply", case="c1"))
    assert row.taken == a_mail(1, kind="auto_reply", case="c1")
    assert (row.attempts, row.settled_at) == (1, None)
    assert await store.seen(Source("flow@example.org", "INBOX", 7, 1)) == row
    assert await store.seen_key(row.taken.message_key) == row
    assert await store.seen(Source("flow@example.org", "INBOX", 8, 1)) is None
    assert await store.seen_key("0" * 64) is None


async def test_a_mail_that_fails_counts_its_attempts_until_it_is_quarantined(store: Store) -> None:
    for attempt in (1, 2, 3):
        row = await store.take_only(a_mail(1, state="failed", error=f"error {attempt}"))
        assert (row.attempts, row.taken.error) == (attempt, f"error {attempt}")
    row = await store.take_only(a_mail(1, state="quarantined", error="given up"))
    assert (row.attempts, row.taken.state) == (4, "quarantined")
    kept = await store.take_only(a_mail(1, state="failed", error="too late"))
    assert kept == row
    through = await store.take_only(a_mail(1, kind="auto_reply"))
    assert (through.taken.state, through.taken.kind, through.taken.error) == ("processed", "auto_reply", "")


@pytest.mark.parametrize("state", ["failed", "quarantined"])
async def test_a_mail_that_failed_may_still_move_a_case(store: Store, state: Any) -> None:
    await store.take_only(a_mail(1, state=state, error="worse weather"))
    outcome = await move(store, None, a_case(), "mail/1", mail=a_mail(1))
    assert isinstance(outcome, Committed)
    [row] = await store.inbox()
    assert (row.taken.state, row.taken.case, row.taken.error, row.attempts) == ("processed", "c1", "", 2)


async def test_a_mail_from_no_mailbox_is_known_by_its_content(store: Store) -> None:
    by_hand = a_mail(1, source=None)
    first = await move(store, None, a_case(), "mail/1", mail=by_hand)
    assert isinstance(first, Committed)
    assert await move(store, None, a_case("c2"), "mail/2", mail=by_hand) == Repeated("c1")
    await store.take_only(a_mail(2, source=None, state="failed"))
    assert (await store.take_only(a_mail(2, source=None, state="failed"))).attempts == 2
    assert await sizes(store) == {"case": 1, "assignment": 2, "journal": 1, "inbox": 2}


async def test_the_same_mail_at_two_places_is_found_where_it_came_through(store: Store) -> None:
    key = a_mail(1).message_key
    await store.take_only(a_mail(1, state="failed"))
    await store.take_only(a_mail(2, message_key=key, state="processed", case="c1"))
    row = await store.seen_key(key)
    assert row is not None
    assert (row.taken.case, row.taken.source) == ("c1", a_mail(2).source)


async def test_what_the_server_was_not_told_about_is_listed_until_it_is(store: Store) -> None:
    for uid in (5, 3, 4):
        await store.take_only(a_mail(uid, state="quarantined" if uid == 4 else "processed"))
    place = ("flow@example.org", "INBOX", 7)
    assert await store.unsettled(*place) == [(3, "processed"), (4, "quarantined"), (5, "processed")]
    await store.settled(*place, [3, 4, 999], NOW)
    assert await store.unsettled(*place) == [(5, "processed")]
    assert await store.unsettled("flow@example.org", "INBOX", 8) == []
    await store.settled(*place, [3], NOW + timedelta(days=1))
    row = await store.seen(Source("flow@example.org", "INBOX", 7, 3))
    assert row is not None
    assert row.settled_at == NOW
    await store.settled(*place, range(2000), NOW)
    assert await store.unsettled(*place) == []


async def test_mails_are_listed_newest_first_by_state_and_kind(store: Store) -> None:
    for uid in range(1, 6):
        await store.take_only(a_mail(uid, kind="stray" if uid % 2 else "request"))
    assert [row.taken.size for row in await store.inbox(kind="stray")] == [1005, 1003, 1001]
    assert [row.taken.size for row in await store.inbox(limit=2)] == [1005, 1004]
    assert await store.inbox(state="failed") == []


async def test_a_mailbox_is_read_on_from_where_it_was_left(store: Store) -> None:
    assert await store.mailbox("flow@example.org", "INBOX") is None
    await store.keep_mailbox(MailboxState("flow@example.org", "INBOX", 7, 0, NOW))
    await store.keep_mailbox(MailboxState("flow@example.org", "INBOX", 7, 42, NOW))
    await store.keep_mailbox(MailboxState("flow@example.org", "Other", 1, 1))
    assert await store.mailbox("flow@example.org", "INBOX") == MailboxState("flow@example.org", "INBOX", 7, 42, NOW)
    assert await store.mailbox("flow@example.org", "Other") == MailboxState("flow@example.org", "Other", 1, 1)


# Letters


async def test_a_letter_has_one_message_id_for_ever(store: Store) -> None:
    await opened(store, a_letter("mail/c1/1"))
    [row] = await store.outbox()
    name = hashlib.sha256(b"mail/c1/1").hexdigest()[:32]
    assert row.message_id == f"<{name}@mail.example.org>"
    assert row.letter == a_letter("mail/c1/1")
    [letter] = await store.letters(["<unknown@example.org>", row.message_id, row.message_id])
    assert (letter.key, letter.case, letter.assignment) == ("mail/c1/1", "c1", OLGA)
    assert (letter.person, letter.kind, letter.language) == ("smirnova", "ask", "ru")
    assert await store.letters([]) == []
    hostile = [f"<{place}@example.org>" for place in range(3000)]
    assert await store.letters([*hostile, row.message_id]) == [letter]


async def test_letters_are_claimed_oldest_first_and_by_one_only(store: Store, second: Store) -> None:
    for minute in (3, 1, 2):
        letters = [a_letter(f"m{minute}/{place}") for place in range(12)]
        await move(store, None, a_case(f"c{minute}"), f"m{minute}", *letters, now=NOW + timedelta(minutes=minute))
    now = NOW + timedelta(hours=1)
    first = await store.claim_letters(now, 14, LEASE, "a")
    assert [o.key for o in first] == [f"m1/{n}" for n in range(12)] + ["m2/0", "m2/1"]
    assert await second.claim_letters(now, 0, LEASE, "b") == []
    rest = await second.claim_letters(now, 100, LEASE, "b")
    assert len(rest) == 22
    assert {o.key for o in first}.isdisjoint(o.key for o in rest)


async def test_eight_workers_at_once_never_claim_one_letter_twice(store: Store, second: Store) -> None:
    await opened(store, *(a_letter(f"l{place}") for place in range(200)))

    async def worker(chosen: Store, name: str) -> list[str]:
        mine: list[str] = []
        while some := await chosen.claim_letters(NOW, 7, LEASE, name):
            mine += [outgoing.key for outgoing in some]
        return mine

    claimed = await asyncio.gather(*(worker((store, second)[n % 2], f"w{n}") for n in range(8)))
    keys = [key for mine in claimed for key in mine]
    assert len(keys) == len(set(keys)) == 200


async def test_after_the_lease_another_has_the_letter_and_the_first_is_refused(store: Store, second: Store) -> None:
    await opened(store, a_letter("l"))
    [first] = await store.claim_letters(NOW, 10, LEASE, "a")
    assert await second.claim_letters(NOW + LEASE - timedelta(seconds=1), 10, LEASE, "b") == []
    [other] = await second.claim_letters(NOW + LEASE, 10, LEASE, "b")
    assert (other.key, other.attempts, first.attempts) == ("l", 2, 1)
    assert not await store.note(Noted(first, "sent", "250 ok", NOW + LEASE))
    assert await store.rendered([a_written(first, a_token("t1"))]) == frozenset()
    assert await store.token("t1") is None
    assert await second.note(Noted(other, "sent", "250 ok", NOW + LEASE))
    [row] = await store.outbox()
    assert (row.state, row.sent_at, row.content) == ("sent", NOW + LEASE, "")


async def test_the_same_worker_who_claims_again_after_his_lease_is_fenced_from_himself(store: Store) -> None:
    await opened(store, a_letter("l"))
    [old] = await store.claim_letters(NOW, 10, LEASE, "a")
    [new] = await store.claim_letters(NOW + LEASE, 10, LEASE, "a")
    assert not await store.note(Noted(old, "sent", "250 ok", NOW))
    assert await store.note(Noted(new, "sent", "250 ok", NOW))
    assert not await store.note(Noted(new, "refused", "550", NOW))


async def test_a_deferred_letter_is_left_alone_until_its_time(store: Store) -> None:
    await opened(store, a_letter("l"))
    [outgoing] = await store.claim_letters(NOW, 10, LEASE, "a")
    assert await store.note(Noted(outgoing, "deferred", "451 later", NOW, NOW + timedelta(minutes=30)))
    assert await store.claim_letters(NOW + timedelta(minutes=29), 10, LEASE, "a") == []
    [again] = await store.claim_letters(NOW + timedelta(minutes=30), 10, LEASE, "a")
    assert (again.key, again.message_id, again.attempts) == (outgoing.key, outgoing.message_id, 2)


@pytest.mark.parametrize("state", ["sent", "refused", "unknown", "held"])
async def test_a_letter_whose_fate_is_settled_is_never_claimed_again(store: Store, state: Any) -> None:
    await opened(store, a_letter("l"))
    [outgoing] = await store.claim_letters(NOW, 10, LEASE, "a")
    assert await store.note(Noted(outgoing, state, "so it is", NOW))
    assert await store.claim_letters(NOW + timedelta(days=9), 10, LEASE, "a") == []
    [row] = await store.outbox(state=state)
    assert (row.reason, row.lease_until, row.sent_at) == ("so it is", None, NOW if state == "sent" else None)


async def test_rendered_bytes_are_used_again_on_the_next_attempt(store: Store) -> None:
    await opened(store, a_letter("l"))
    [outgoing] = await store.claim_letters(NOW, 10, LEASE, "a")
    assert outgoing.content == ""
    written = a_written(outgoing, a_token("t1"), a_token("t2", "reply"))
    assert await store.rendered([written]) == {"l"}
    [again] = await store.claim_letters(NOW + LEASE, 10, LEASE, "a")
    assert again.content == hashlib.sha256(written.frame.content).hexdigest()
    assert await store.frame("l", again.content) == written.frame
    assert again.letter == outgoing.letter
    [letter] = await store.letters([again.message_id])
    assert letter.card == "cd" * 32
    assert await store.token("t2") == a_token("t2", "reply")


async def test_of_letters_rendered_together_only_those_still_ours_are_kept(store: Store, second: Store) -> None:
    await opened(store, a_letter("a"), a_letter("b"))
    [lost] = await store.claim_letters(NOW, 1, LEASE, "slow")
    [taken] = await second.claim_letters(NOW + LEASE, 1, LEASE, "quick")
    [ours] = await store.claim_letters(NOW + LEASE, 1, LEASE, "slow")
    kept = await store.rendered([a_written(lost, a_token("t1")), a_written(ours, a_token("t2"))])
    assert (lost.key, kept) == (taken.key, {ours.key})
    assert (await store.token("t1"), await store.token("t2")) == (None, a_token("t2"))


async def test_damaged_bytes_of_a_letter_are_told_and_not_sent(store: Store) -> None:
    await opened(store, a_letter("l"))
    [outgoing] = await store.claim_letters(NOW, 10, LEASE, "a")
    await store.rendered([a_written(outgoing)])
    with pytest.raises(StoreError, match="letter l: its bytes"):
        await store.frame("l", "ab" * 32)
    with pytest.raises(StoreError, match="letter m: its bytes"):
        await store.frame("m", "ab" * 32)


@pytest.mark.parametrize(("state", "stays"), [(s, s in ("deferred", "unknown")) for s in typing.get_args(OutboxState)])
async def test_the_bytes_of_a_letter_go_with_the_note_that_settles_it_and_its_words_stay(
    store: Store, state: Any, stays: bool
) -> None:
    if state in ("ready", "claimed"):
        pytest.skip("never noted")
    await opened(store, a_letter("l"))
    [outgoing] = await store.claim_letters(NOW, 10, LEASE, "a")
    written = a_written(outgoing)
    content = hashlib.sha256(written.frame.content).hexdigest()
    await store.rendered([written])
    assert await store.note(Noted(outgoing, state, "so it is", NOW, NOW))
    assert await store.quotable("l") == written.words
    assert [row.content for row in await store.outbox()] == [content]
    if stays:
        assert await store.frame("l", content) == written.frame
        return
    with pytest.raises(StoreError, match="letter l: its bytes"):
        await store.frame("l", content)


async def test_a_letter_of_unknown_fate_keeps_its_bytes_until_somebody_settles_it(store: Store) -> None:
    await opened(store, a_letter("l"))
    [outgoing] = await store.claim_letters(NOW, 10, LEASE, "a")
    written = a_written(outgoing)
    content = hashlib.sha256(written.frame.content).hexdigest()
    await store.rendered([written])
    assert not await store.note(Noted(replace(outgoing, lease_token="another's"), "sent", "", NOW))
    assert await store.frame("l", content) == written.frame
    assert await store.note(Noted(outgoing, "unknown", "no answer", NOW))
    assert await store.frame("l", content) == written.frame
    assert await store.by_hand.settle_letter("l", "it has come")
    with pytest.raises(StoreError, match="letter l: its bytes"):
        await store.frame("l", content)
    assert not await store.by_hand.send_again("l", NOW)


async def test_a_letter_given_back_untried_counts_no_attempt_and_keeps_its_bytes(store: Store) -> None:
    await opened(store, a_letter("l"))
    [outgoing] = await store.claim_letters(NOW, 10, LEASE, "a")
    written = a_written(outgoing)
    await store.rendered([written])
    await store.release_letters([outgoing], "535 log in", NOW + timedelta(minutes=5))
    assert await store.claim_letters(NOW + timedelta(minutes=4), 10, LEASE, "a") == []
    [row] = await store.outbox()
    assert (row.state, row.reason) == ("deferred", "535 log in")
    [again] = await store.claim_letters(NOW + timedelta(minutes=5), 10, LEASE, "a")
    assert again.attempts == 1
    assert await store.frame("l", again.content) == written.frame
    await store.release_letters([outgoing], "not ours any more", NOW)
    assert [row.state for row in await store.outbox()] == ["claimed"]


async def test_letters_are_listed_for_the_operator(store: Store) -> None:
    await opened(store, a_letter("a"), a_letter("b", "ivanov"))
    await opened(store, a_letter("c"), id_="c2")
    assert [row.key for row in await store.outbox(case="c1")] == ["b", "a"]
    assert [row.person for row in await store.outbox(state="ready", case="c1", limit=1)] == ["ivanov"]
    assert await store.outbox(state="sent") == []


def a_written(outgoing: Outgoing, *issued: Token) -> Written:
    frame = Frame(b"Subject: \x00\xff\r\n\r\n", (Gap(9, "ef" * 32),))
    return Written(outgoing, frame, "cd" * 32, issued, Quotable("Код: øøøøøø", "<p>Код: øøøøøø</p>"))


# Tokens


def a_token(hash_: str, purpose: Any = "decide") -> Token:
    return Token(hash_, purpose, "c1", OLGA, "smirnova", "card", NOW, NOW + timedelta(days=30))


async def test_a_token_that_came_back_is_noted_once_with_the_first_time(store: Store) -> None:
    await opened(store, a_letter("l"))
    [outgoing] = await store.claim_letters(NOW, 1, LEASE, "a")
    await store.rendered([a_written(outgoing, a_token("t1"))])
    await store.came_back(["t1", "unknown"], NOW)
    await store.came_back(["t1"], NOW + timedelta(days=1))
    await store.came_back([], NOW)
    assert await store.token("t1") == replace(a_token("t1"), came_back_at=NOW)
    assert await store.token("unknown") is None


# Timers


async def test_timers_ring_in_the_order_in_which_they_come_due(store: Store) -> None:
    timers = [
        SetTimer(f"t{hour}", NOW + timedelta(hours=hour), "remind" if hour == 1 else "due", OLGA) for hour in (2, 1, 3)
    ]
    assert await store.next_timer() is None
    await opened(store, *timers)
    assert await store.next_timer() == NOW + timedelta(hours=1)
    assert await store.due_timers(NOW, 10) == []
    due = await store.due_timers(NOW + timedelta(hours=2), 10)
    assert [(timer.key, timer.what, timer.case, timer.assignment) for timer in due] == [
        ("t1", "remind", "c1", OLGA),
        ("t2", "due", "c1", OLGA),
    ]
    assert [timer.key for timer in await store.due_timers(NOW + timedelta(hours=9), 1)] == ["t1"]


async def test_a_timer_rings_once(store: Store) -> None:
    case = await opened(store, SetTimer("t1", NOW, "remind", OLGA))
    ring = TimerDue("t1", NOW, "c1", OLGA, "remind")
    done = Transition(replace(case, stage="reminded"), (a_letter("t1/0"),), "напомнили")
    first, again = await asyncio.gather(*(store.commit(case, done, ring, None, NOW) for _ in range(2)))
    assert {type(first), type(again)} == {Committed, Repeated}
    assert await store.due_timers(NOW, 10) == []
    assert await store.next_timer() is None
    assert len(await store.outbox()) == 1


async def test_a_timer_of_a_case_that_needs_nothing_more_rings_too(store: Store) -> None:
    await opened(store, SetTimer("t1", NOW, "remind", OLGA))
    ring = TimerDue("t1", NOW, "c1", OLGA, "remind")
    assert await store.commit(None, Transition(None, (), "не нужно"), ring, None, NOW) == Committed(None)
    assert await store.due_timers(NOW, 10) == []


async def test_the_timers_of_an_assignment_that_is_over_do_not_ring(store: Store) -> None:
    timers = (SetTimer("t1", NOW, "due", OLGA), SetTimer("t2", NOW, "due", IVAN))
    case = await opened(store, *timers)
    await move(store, case, replace(case, stage="x"), "mail/2", StopTimers("mail/2/0", OLGA))
    assert [timer.key for timer in await store.due_timers(NOW, 10)] == ["t2"]


async def test_timers_are_stopped_and_set_in_the_order_of_the_effects(store: Store) -> None:
    case = await opened(store, SetTimer("old", NOW, "due", OLGA))
    effects = (
        StopTimers("s1", OLGA),
        SetTimer("new", NOW, "due", OLGA),
        SetTimer("brief", NOW, "due", IVAN),
        StopTimers("s2", IVAN),
    )
    await move(store, case, replace(case, stage="x"), "mail/2", *effects)
    assert [timer.key for timer in await store.due_timers(NOW, 10)] == ["new"]


async def test_a_rolled_back_commit_stops_no_timer(store: Store) -> None:
    case = await opened(store, SetTimer("t1", NOW, "due", OLGA))
    await move(store, case, replace(case, stage="x"), "mail/2")
    assert await move(store, case, case, "mail/3", StopTimers("s", OLGA)) == Overtaken()
    assert [timer.key for timer in await store.due_timers(NOW, 10)] == ["t1"]


# Lists


async def test_a_person_sees_what_waits_for_him_the_first_due_first(store: Store) -> None:
    for place, days in ((1, 3), (2, 1), (3, None), (4, 2)):
        due = None if days is None else NOW + timedelta(days=days)
        mine = an_assignment("finance", "smirnova", f"c{place}", due_at=due)
        state = CaseState.WITHDRAWN if place == 4 else CaseState.OPEN
        await opened(store, id_=f"c{place}", assignments=(mine,), state=state)
    found = await store.open_assignments("smirnova")
    assert [(mine.case, mine.stage) for mine in found] == [(f"c{n}", "finance") for n in (2, 1, 3)]
    assert (found[0].due_at, found[0].subject) == (NOW + timedelta(days=1), "Счёт № 57")
    assert found[2].due_at is None
    assert await store.open_assignments("nobody") == []


async def test_what_was_decided_waits_for_nobody(store: Store) -> None:
    case = await opened(store)
    await move(store, case, decided(case, OLGA, a_decision()), "mail/2")
    assert await store.open_assignments("smirnova") == []
    assert [mine.case for mine in await store.open_assignments("ivanov")] == ["c1"]
    [row] = await store.cases()
    assert row.waits_on == "ivanov"


async def test_cases_are_paged_newest_first_without_a_gap_or_a_repeat(store: Store) -> None:
    for place in range(25):
        opened_at = NOW + timedelta(hours=place // 3)
        process = "leave" if place % 2 else "invoice"
        state = CaseState.DONE if place % 5 == 0 else CaseState.OPEN
        await opened(store, id_=f"c{place:02}", opened_at=opened_at, process=process, state=state)
    pages: list[str] = []
    after = None
    while page := await store.cases(after=after, limit=4):
        pages += [row.id for row in page]
        after = page[-1].id
    assert pages == sorted(pages, reverse=True)
    assert len(pages) == 25
    leave = await store.cases(state="open", process="leave")
    assert [row.id for row in leave] == [f"c{n:02}" for n in range(24, -1, -1) if n % 2 and n % 5]


# What the office knows


DAY = NOW.date().isoformat()


def a_sum(item: str, until: str = "2026-12-12", by: str = "petrov") -> Fact:
    return Fact("spent", by, item, {"amount": "1.00", "currency": "RUB", "payee": "name ромашка"}, until)


def a_deputy(by: str, item: str, until: str = "2026-12-31") -> Fact:
    return Fact("substitution", "smirnova", item, {"by": by, "since": "2026-11-01"}, until)


async def learns(store: Store, found: Sequence[Fact], key: str, now: datetime = NOW) -> None:
    effects = [Remember(f"{key}/{n}", fact) for n, fact in enumerate(found)]
    assert isinstance(await move(store, None, None, key, *effects, now=now), Committed)


async def test_a_fresh_substitution_is_known_however_much_was_learnt_before_it(store: Store) -> None:
    await learns(store, [a_sum(f"case {n}") for n in range(1200)], "sums")
    await learns(store, [a_deputy("ivanov", f"old {n}") for n in range(1200)], "old")
    await learns(store, [a_deputy("orlov", "new")], "new", NOW + timedelta(hours=1))
    found = await store.facts(DAY, [About("spent", "petrov")])
    assert arranged(found, DAY)["smirnova"].by == "orlov"
    assert len(known(found, "spent", "petrov")) == 1200


async def test_a_substitution_taken_back_is_taken_back_however_much_was_learnt_before_and_after(store: Store) -> None:
    await learns(store, [a_deputy("ivanov", "over", until="2026-11-11")], "over")
    await learns(store, [a_deputy("orlov", "ends")], "ends")
    await learns(store, [replace(a_deputy("ivanov", f"{n}"), subject=f"p{n}") for n in range(1200)], "others")
    assert arranged(await store.facts(DAY), DAY)["smirnova"].by == "orlov"
    await move(store, None, None, "taken back", Forget("taken back/0", a_deputy("orlov", "ends")))
    assert "smirnova" not in arranged(await store.facts(DAY), DAY)


async def test_a_task_handed_over_and_an_account_paid_again_are_the_newest_of_many(store: Store) -> None:
    tasks = [Fact("delegation", "orlov", f"task {n}", {"case": f"case {n}"}) for n in range(1200)]
    paid = [Fact("payee", "inn", f"account {n}", {"account": f"{n}"}) for n in range(1200)]
    await learns(store, [*tasks, *paid], "old")
    await learns(store, [replace(tasks[0], said={"case": "another"}), paid[0]], "new", NOW + timedelta(hours=1))
    found = await store.facts(DAY, [About("delegation", "orlov"), About("payee", "inn")])
    assert known(found, "delegation", "orlov")[-1] == replace(tasks[0], said={"case": "another"})
    assert known(found, "payee", "inn")[-1] == paid[0]


async def test_of_many_accounts_of_a_payee_the_newest_are_known_in_the_order_they_were_learnt(store: Store) -> None:
    for half in range(2):
        paid = [Fact("payee", "inn", f"{half} {n:04}", {"account": f"{half} {n:04}"}) for n in range(600)]
        await learns(store, paid, f"paid {half}", NOW + timedelta(hours=half))
    found = [fact.item for fact in known(await store.facts(DAY, [About("payee", "inn")]), "payee", "inn")]
    assert (len(found), found[-1], found) == (facts.NEWEST, "1 0599", sorted(found))


async def test_sums_whose_days_are_over_are_not_read(store: Store) -> None:
    await learns(store, [a_sum(f"old {n}", until="2026-11-11") for n in range(1500)], "old")
    await learns(store, [a_sum("today", until=DAY), a_sum("another's", by="orlov")], "new")
    assert [fact.item for fact in await store.facts(DAY, [About("spent", "petrov")])] == ["today"]


async def test_nothing_is_decided_by_a_part_of_what_must_be_read_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "MOST", 20)
    await learns(store, [a_sum(f"case {n}") for n in range(20)], "first")
    assert len(await store.facts(DAY, [About("spent", "petrov")])) == 20
    await learns(store, [a_sum("one more")], "second")
    with pytest.raises(UndecidedError, match="more than 20 rows of kind spent of petrov"):
        await store.facts(DAY, [About("spent", "petrov")])
    assert await store.facts(DAY, [About("spent", "orlov")]) == ()
    await learns(store, [a_deputy("ivanov", f"old {n}") for n in range(21)], "third")
    with pytest.raises(StoreError, match="more than 20 rows of kind substitution hold"):
        await store.facts(DAY)


async def test_what_holds_for_good_is_said_so_in_its_row_and_not_in_the_fact(store: Store) -> None:
    kept = Fact("letters", "smirnova", said={"mode": "daily"})
    await learns(store, [kept], "habit")
    assert await store.facts("2126-11-12") == (kept,)
    assert [row["until"] for row in await sql(store, "SELECT until FROM fact")] == [facts.FOREVER]


async def test_facts_are_found_by_an_index_and_never_by_reading_them_all(store: Store) -> None:
    await learns(store, [a_sum(f"old {n}", until="2026-11-11") for n in range(3000)], "old")
    await learns(store, [a_sum("new"), a_deputy("orlov", "new")], "new")
    await sql(store, "ANALYZE")
    query, values = facts.question(DAY, [About("spent", "petrov")])
    postgres = store._db._client.capabilities.dialect == "postgres"
    plan = str(await sql(store, f"EXPLAIN {'' if postgres else 'QUERY PLAN '}{query}", *values))
    assert "fact_subject" in plan
    assert "fact_kind" in plan or postgres  # so few rows of a kind may come from either index
    assert not re.search(r"SCAN fact|Seq Scan on fact", plan), plan


# When the world stands in the way


async def test_postgres_connections_that_are_killed_are_replaced(postgres: servers.Postgres) -> None:
    url = postgres.fresh()
    store = await Store.open(url, "example.org")
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
    working = asyncio.gather(
        *(move(store, None, a_case(f"c{n}"), f"m{n}", a_number(f"n{n}"), a_letter(f"l{n}")) for n in range(60)),
        return_exceptions=True,
    )
    for _ in range(3):
        await asyncio.sleep(0.03)
        await asyncio.to_thread(postgres.sql, f"{kill}'{url.rpartition('/')[2]}'")
    outcomes = await working
    found = await sizes(store)
    await store.close()
    postgres.drop(url)
    # A commit whose answer was lost is found again by its event: Repeated, and not done twice.
    assert [repr(o) for o in outcomes if not isinstance(o, Committed | Repeated)] == []
    assert (found["case"], found["journal"], found["outbox"]) == (60, 60, 60)


async def test_a_locked_sqlite_file_is_complained_about_and_usable_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(database.SQLITE, "busy_timeout", 20)
    monkeypatch.setattr(database, "PAUSES", (0.01, 0.01))
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "example.org")
    other = sqlite3.connect(tmp_path / "mailflow.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"locked.*stop the process"):
        await move(store, None, a_case(), "mail/1")
    assert await asyncio.wait_for(store.load("c1"), 5) is None
    other.execute("ROLLBACK")
    other.close()
    outcome = await asyncio.wait_for(move(store, None, a_case(), "mail/1"), 5)
    await store.close()
    assert isinstance(outcome, Committed)


async def test_a_lock_that_is_given_back_in_time_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(database.SQLITE, "busy_timeout", 10)
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "example.org")
    other = sqlite3.connect(tmp_path / "mailflow.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    working = asyncio.create_task(move(store, None, a_case(), "mail/1"))
    await asyncio.sleep(0.1)
    other.execute("COMMIT")
    other.close()
    outcome = await working
    await store.close()
    assert isinstance(outcome, Committed)


async def test_a_full_disk_refuses_the_commit_and_leaves_the_store_usable(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "example.org")
    await opened(store)
    [pages] = await store._db.read(lambda s: s.rows("PRAGMA page_count"))
    await store._db.read(lambda s: s.rows(f"PRAGMA max_page_count = {pages['page_count']}"))
    big = a_case("c2", subject="x" * 200_000)
    with pytest.raises(StoreError, match=r"full.*free space"):
        await move(store, None, big, "mail/2", a_letter("l"), mail=a_mail(2))
    await store._db.read(lambda s: s.rows("PRAGMA max_page_count = 1000000"))
    assert await sizes(store) == {"case": 1, "assignment": 2, "journal": 1}
    outcome = await move(store, None, big, "mail/2", a_letter("l"), mail=a_mail(2))
    await store.close()
    assert isinstance(outcome, Committed)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://root:hidden@localhost/x", "give sqlite:///path"),
        ("sqlite:///nowhere/at/all/mailflow.db", "create the folder"),
        ("postgres://mf:hidden@127.0.0.1:1/x", "start PostgreSQL"),
    ],
)
async def test_a_database_that_cannot_be_opened_is_complained_about_without_its_password(
    url: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PAUSES", (0.01,))
    with pytest.raises(StoreError, match=words) as told:
        await Store.open(url, "example.org")
    assert "hidden" not in str(told.value)


async def test_a_file_that_is_no_database_is_complained_about(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Уважаемый Иван Иванович! " * 100)
    with pytest.raises(StoreError, match="give the path of a mailflow database"):
        await Store.open(f"sqlite://{tmp_path}/letter.txt", "example.org")


async def test_a_postgres_database_that_is_not_there_is_complained_about(postgres: servers.Postgres) -> None:
    url = postgres.fresh()
    with pytest.raises(StoreError, match="create the database"):
        await Store.open(f"{url}_missing", "example.org")
    postgres.drop(url)


WITHOUT_ASYNCPG = """
import asyncio, sys
sys.modules["asyncpg"] = None
from mailflow.edges.store import Store
asyncio.run(Store.open("postgres://mf@127.0.0.1:1/x", "example.org"))
"""


def test_postgres_without_its_driver_is_told_what_to_install() -> None:
    command = [sys.executable, "-c", WITHOUT_ASYNCPG]
    done = subprocess.run(command, cwd=ROOT, timeout=30, capture_output=True, check=False, text=True)
    assert "StoreError" in done.stderr.splitlines()[-1]
    assert "pip install mailflow[postgres]" in done.stderr.splitlines()[-1]


FORGETFUL = """
import asyncio, sys
from mailflow.edges.store import Store
async def main():
    await Store.open(sys.argv[1], "example.org")
    raise SystemExit(3)
asyncio.run(main())
"""


def test_a_process_that_never_closed_its_store_still_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORGETFUL, f"sqlite://{tmp_path}/mailflow.db"]
    done = subprocess.run(command, cwd=ROOT, timeout=30, capture_output=True, check=False)
    assert done.returncode == 3, done.stderr


async def test_a_task_started_elsewhere_may_use_the_store(store: Store) -> None:
    """The web part and the scheduler start theirs from a context that knows nothing of the store."""
    from contextvars import Context

    task = Context().run(lambda: asyncio.get_running_loop().create_task(move(store, None, a_case(), "mail/1")))
    assert isinstance(await task, Committed)


async def test_a_store_is_closed_twice_without_harm(url: str) -> None:
    opened_store = await Store.open(url, "example.org")
    await opened_store.close()
    await opened_store.close()


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("database is locked"), OperationalError("database is locked")]
)
def test_a_lock_passes_whoever_tells_of_it(error: Exception) -> None:
    """SQLite refuses at once, without waiting, when two begin a new file in one moment."""
    assert passes(error)


def test_a_full_disk_does_not_pass_by_itself() -> None:
    assert not passes(sqlite3.OperationalError("database or disk is full"))
