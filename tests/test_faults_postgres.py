"""A database whose answers are lost: what was committed is found again, and nothing happens twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from mailflow.edges.store import Noted, Store
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
