"""A database whose answers are lost: what was committed is found again, and nothing happens twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from mailflow.edges.store import Noted, Store, database
from mailflow.errors import LeaseLost
from tests.lines import Line, line_to
from tests.servers import Postgres
from tests.test_store import NOW, a_case, a_letter, a_mail, a_number, move

LEASE = timedelta(minutes=15)


@pytest.fixture
async def cut(postgres_server: Postgres) -> AsyncIterator[tuple[Store, Line]]:
    """A store whose line to the database can be cut behind a COMMIT."""
    url = postgres_server.fresh()
    async with line_to(postgres_server.port) as line:
        store = await Store.open(
            f"postgres://mf@127.0.0.1:{line.port}/{url.rpartition('/')[2]}?ssl=disable", "n.example"
        )
        yield store, line
        await store.close()
    postgres_server.drop(url)


async def test_a_commit_whose_answer_is_lost_is_found_again_and_nothing_happens_twice(cut: tuple[Store, Line]) -> None:
    store, line = cut
    for uid in range(1, 21):
        line.cut_after_commit = 1
        effects = (a_number(f"n{uid}"), a_letter(f"mail/{uid}/0"))
        await move(store, None, a_case(f"c{uid}"), f"mail/{uid}", *effects, mail=a_mail(uid))
        assert line.cuts == uid
    assert sorted(row.number for row in await store.cases()) == [f"СЧ-2026-{number:04}" for number in range(1, 21)]
    assert {len(await store.journal(f"c{uid}")) for uid in range(1, 21)} == {1}
    assert {row.taken.state for row in await store.inbox()} == {"processed"}
    assert len(await store.inbox()) == len(await store.outbox()) == 20


async def test_letters_claimed_and_noted_without_an_answer_leave_once(cut: tuple[Store, Line]) -> None:
    store, line = cut
    letters = [a_letter(f"mail/1/{number}") for number in range(5)]
    await move(store, None, a_case(), "mail/1", *letters)
    line.cut_after_commit = 1
    claimed = await store.claim_letters(NOW, 10, LEASE, "a")
    assert (len(claimed), line.cuts) == (5, 1)
    for letter in claimed:
        line.cut_after_commit = 1
        await store.note(Noted(letter, "sent", "250", NOW))
    assert line.cuts == 6
    assert {row.state for row in await store.outbox()} == {"sent"}
    assert await store.claim_letters(NOW, 10, LEASE, "a") == []


async def test_a_turn_taken_without_an_answer_is_ours(cut: tuple[Store, Line]) -> None:
    store, line = cut
    line.cut_after_commit = 1
    fence = await store.take_lease("office", "a", 60)
    assert fence is not None
    assert line.cuts == 1
    await store.fenced(fence).pulse("service", NOW)
    assert await store.take_lease("office", "b", 60) is None


async def test_who_is_cut_off_in_the_midst_of_a_statement_keeps_nobody_from_his_turn(
    postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"server_settings": database.POSTGRES["server_settings"] | {"lock_timeout": "500"}}
    monkeypatch.setattr(database, "POSTGRES", database.POSTGRES | settings)
    async with line_to(postgres_server.port) as line:
        near_url = postgres_server.fresh()
        far_url = near_url.replace(str(postgres_server.port), str(line.port)) + "?ssl=disable"
        near, far = await Store.open(near_url, "n.example"), await Store.open(far_url, "n.example")
        fence = await far.take_lease("office", "a", 1)
        assert fence is not None
        line.stop_after = b'INTO "pulse"'
        # The question for the turn is answered and holds its row; then a statement is parsed, and waits for values.
        cut = asyncio.create_task(far.fenced(fence).pulse("service", NOW))
        async with asyncio.timeout(10):
            while line.open.is_set():
                await asyncio.sleep(0.01)
            while (taken := await near.take_lease("office", "b", 60)) is None:
                await asyncio.sleep(0.1)
        assert taken.number == fence.number + 1
        line.goes_on()
        with pytest.raises(LeaseLost):
            await cut
        assert not (await near.vitals(NOW)).pulses
        await far.close()
        await near.close()
    postgres_server.drop(near_url)
