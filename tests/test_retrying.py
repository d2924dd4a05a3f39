"""What was given up is taken again by a person, or settled by him, and never silently."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailflow import receive as receiving
from mailflow import retrying
from mailflow.advance import advance
from mailflow.app import App, now, opened
from mailflow.bells import Bells
from mailflow.core.events import NoticeDue
from mailflow.edges.store import Noted, OutboxState, Store
from mailflow.errors import MailflowError
from mailflow.reader import Reader
from mailflow.world import World
from tests.offices import MONDAY, neon
from tests.test_attacks import PEOPLE_FILE
from tests.test_office_day import DOCS, IVAN, ORDER, PEOPLE, PETROV, Day

HOUR = timedelta(hours=1)


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    world = World(tmp_path / "site", DOCS, PEOPLE, PEOPLE_FILE)
    await world.start()
    try:
        async with opened(world.site) as app:
            yield Day(world, app)
    finally:
        await world.stop()


async def done(app: App, *names: str) -> list[tuple[bool, str]]:
    wanted = retrying.chosen(await retrying.given_up(app), names)
    return [line async for line in retrying.retry(app, wanted, "root", now())]


async def held(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail that broke the work three times."""

    def breaks(*_: object) -> None:
        raise RuntimeError("a defect of ours")

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "event_of", breaks)
        await day.asks(ORDER)
        assert [line async for line in _retried(day)] == [
            (False, "M1: it still breaks the work, and stays: RuntimeError('a defect of ours')")
        ]
    [row] = await day.app.store.inbox("quarantined")
    assert row.taken.error == "RuntimeError('a defect of ours')"


async def _retried(day: Day) -> AsyncIterator[tuple[bool, str]]:
    for line in await done(day.app, "all"):
        yield line


async def test_a_held_mail_is_taken_again_once_the_defect_is_mended(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    await held(day, monkeypatch)
    [(well, said)] = await done(day.app, "m1")
    assert (well, said.split(":")[1]) == (True, " taken as request")
    assert (await day.case()).initiator == "i.kuznetsov"
    assert await retrying.given_up(day.app) == []
    assert len(await day.app.store.cases()) == 1


async def test_the_same_mail_taken_twice_opens_one_case(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    await held(day, monkeypatch)
    wanted = await retrying.given_up(day.app)
    for _ in range(2):
        assert [line async for line in retrying.retry(day.app, wanted, "root", now())]
    await day.works()
    assert len(await day.app.store.cases()) == 1


async def lost(day: Day, state: OutboxState) -> str:
    """The letter that asks Petrov, refused or of unknown fate; give its name."""
    await day.world.write(IVAN, "Счёт: баннеры", ORDER)
    bells = Bells(asyncio.Event(), asyncio.Event())
    reader = Reader(day.app, bells)
    await reader.catch_up()
    await reader.close()
    for letter in await day.app.store.claim_letters(now(), 10, HOUR, "test"):
        became: OutboxState = state if letter.letter.to == "p.petrov" else "sent"
        await day.app.store.note(Noted(letter, became, "550 no such user", now()))
    [one] = await retrying.given_up(day.app)
    assert one.name.startswith("L")
    assert one.what == f"ask to {PETROV}"
    return one.name


async def test_a_refused_letter_goes_again_and_arrives_and_the_journal_says_who_did_it(day: Day) -> None:
    name = await lost(day, "refused")
    assert await done(day.app, "all") == [(True, f"{name}: goes again to {PETROV}")]
    await day.works()
    assert await day.count(PETROV) == 1
    assert await retrying.given_up(day.app) == []
    told = [row.why for row in await day.app.store.journal("office") if "by_hand" in str(row)]
    assert len(told) == 1
    kinds = [row.kind for row in await day.app.store.outbox("sent")]
    assert kinds.count("by_hand") == 1


async def test_a_letter_of_unknown_fate_goes_again_only_by_its_name_and_keeps_its_message_id(day: Day) -> None:
    name = await lost(day, "unknown")
    assert await done(day.app, "all") == []
    before = {row.key: row.message_id for row in await day.app.store.outbox("unknown")}
    assert [well for well, _ in await done(day.app, name)] == [True]
    assert {row.key: row.message_id for row in await day.app.store.outbox("ready") if row.key in before} == before
    await day.works()
    assert await day.count(PETROV) == 1


async def test_a_letter_is_settled_by_a_person_for_a_reason_and_not_sent(day: Day) -> None:
    name = await lost(day, "unknown")
    wanted = retrying.chosen(await retrying.given_up(day.app), [name])
    lines = [line async for line in retrying.settle(day.app, wanted, "told by phone", "root", now())]
    assert lines == [(True, f"{name}: settled by root: told by phone")]
    await day.works()
    assert await day.count(PETROV) == 0
    assert await retrying.given_up(day.app) == []
    assert "settled by root: told by phone" in [row.reason for row in await day.app.store.outbox("held")]


async def test_a_name_that_is_none_is_refused_before_anything_is_done(day: Day) -> None:
    name = await lost(day, "refused")
    with pytest.raises(MailflowError, match="M99: nothing of that name waits"):
        await done(day.app, name, "M99")
    assert [one.name for one in await retrying.given_up(day.app)] == [name]


@pytest.mark.parametrize("state", ["sent", "held", "ready"])
async def test_a_letter_that_was_not_given_up_is_left_alone(a_store: Store, state: OutboxState) -> None:
    await advance(NoticeDue("n", MONDAY, "help", "sekretar"), a_store, neon(), MONDAY)
    if state != "ready":
        [letter] = await a_store.claim_letters(MONDAY, 1, HOUR, "a")
        await a_store.note(Noted(letter, state, "250", MONDAY))
    [row] = await a_store.outbox()
    hand = a_store.by_hand
    assert not await hand.send_again(row.key, MONDAY)
    assert not await hand.make_again(row.key, row.letter, "x@neon.example", MONDAY)
    assert not await hand.settle_letter(row.key, "-")
    assert [r.state for r in await a_store.outbox()] == [state]


async def test_a_refused_letter_is_made_anew_for_a_corrected_address(a_store: Store) -> None:
    await advance(NoticeDue("n", MONDAY, "help", "sekretar"), a_store, neon(), MONDAY)
    [letter] = await a_store.claim_letters(MONDAY, 1, HOUR, "a")
    await a_store.note(Noted(letter, "refused", "550", MONDAY))
    assert await a_store.by_hand.make_again(letter.key, letter.letter, "new@neon.example", MONDAY)
    [again] = await a_store.claim_letters(MONDAY, 1, HOUR, "a")
    assert (again.letter.address, again.content, again.attempts) == ("new@neon.example", "", 1)
    assert again.message_id == letter.message_id
