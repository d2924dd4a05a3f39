"""The loop that lets letters out: a letter that has left is noted soon, and nothing it claimed is held for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mailflow import daemon, sending
from mailflow.app import opened as opened_site
from mailflow.deliver import Delivery
from mailflow.edges.store import Noted, Outgoing, Store
from mailflow.errors import StoreError
from mailflow.sending import NOTED_TOGETHER, NOTED_WITHIN, Notes, Sender
from mailflow.world import World
from tests.test_attacks import PEOPLE_FILE
from tests.test_office_day import DOCS, JOHN, PEOPLE, Day
from tests.test_store import LEASE, NOW, a_letter, opened


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite://{tmp_path}/mailflow.db", "example.org")
    yield store
    await store.close()


async def claimed(store: Store, count: int) -> list[Outgoing]:
    await opened(store, *(a_letter(f"l{number}") for number in range(count)))
    return await store.claim_letters(NOW, count, LEASE, "a")


def left(outgoing: Outgoing, state: Any = "sent") -> Delivery:
    return Delivery(Noted(outgoing, state, "250 ok", NOW))


async def states(store: Store) -> list[str]:
    return [row.state for row in reversed(await store.outbox())]


async def test_letters_that_leave_one_after_another_are_noted_a_few_at_a_time(store: Store) -> None:
    notes = Notes(store)
    for outgoing in await claimed(store, NOTED_TOGETHER + 1):
        await notes.add(left(outgoing))
    assert await states(store) == ["sent"] * NOTED_TOGETHER + ["claimed"]
    await notes.write()
    assert await states(store) == ["sent"] * (NOTED_TOGETHER + 1)


async def test_a_letter_that_left_is_noted_though_the_next_one_is_slow(store: Store) -> None:
    notes = Notes(store)
    first, second = await claimed(store, 2)
    await notes.add(left(first))
    await asyncio.sleep(NOTED_WITHIN * 6)
    assert await states(store) == ["sent", "claimed"]
    await notes.add(left(second))
    await notes.write()
    assert await states(store) == ["sent", "sent"]


async def test_what_is_not_simply_sent_is_noted_at_once_with_those_before_it(store: Store) -> None:
    notes = Notes(store)
    first, second, third = await claimed(store, 3)
    await notes.add(left(first))
    await notes.add(left(second, "refused"))
    assert await states(store) == ["sent", "refused", "claimed"]
    await notes.add(left(third))
    await notes.write()


async def test_a_note_that_broke_while_nobody_looked_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(self: Store, letters: Sequence[Noted]) -> frozenset[str]:
        raise StoreError("the disk is full: make room")

    notes = Notes(store)
    [outgoing] = await claimed(store, 1)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "note", full)
        await notes.add(left(outgoing))
        await asyncio.sleep(NOTED_WITHIN * 4)
    with pytest.raises(StoreError, match="disk is full"):
        await notes.write()


async def test_letters_held_when_the_database_broke_go_in_the_next_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*of: Any) -> Any:
        raise StoreError("the disk is full: make room")

    world = World(tmp_path / "site", DOCS, PEOPLE, PEOPLE_FILE)
    await world.start()
    try:
        async with opened_site(world.site) as app:
            bells = daemon.Bells(asyncio.Event(), asyncio.Event())
            await Day(world, app).asks()
            await world.write(JOHN, "Помощь", "")
            reader = daemon.Reader(app, bells)
            await reader.catch_up()
            await reader.close()
            sender = Sender(app, bells)
            with monkeypatch.context() as patch:
                patch.setattr(sending, "write", broken)
                with pytest.raises(StoreError):
                    await sender.send_ready()
            assert {row.state for row in await app.store.outbox()} >= {"claimed"}
            assert await sender.send_ready() == 1
            await sender.close()
    finally:
        await world.stop()
