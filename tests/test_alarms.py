"""Who is told when mailflow needs a person: the secretary and the operator, once a day, and once when it is over."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailflow.alarms import Alarms, Reader, readers
from mailflow.app import now, opened
from mailflow.bells import Bells
from mailflow.core.verdict import Bad
from mailflow.core.views import Language
from mailflow.edges.store import Store
from mailflow.reader import Reader as MailReader
from mailflow.watching import Watcher
from mailflow.writing import Ready, write
from tests.offices import MONDAY, neon
from tests.site_folder import filled_site
from tests.test_status import a_mail

OFFICE = neon()
DAY = timedelta(days=1)
STILL = {"intake": Bad("no mail is read", "look")}
TO = [Reader("sekretar", "", "ru"), Reader("", "admin_1@it.example", "en")]


async def told(store: Store, ill: dict[str, Bad], after: timedelta, alarms: Alarms | None = None) -> int:
    """A service started anew, unless one is given, looks once."""
    each: dict[Language, dict[str, Bad]] = {"ru": ill, "en": ill}
    return await (alarms or Alarms(store, OFFICE)).tell(each, TO, MONDAY + after)  # type: ignore[arg-type]


async def letters(store: Store) -> list[tuple[str, str]]:
    return sorted((row.kind, row.address) for row in await store.outbox())


async def test_one_letter_a_cause_day_and_reader_however_often_it_is_looked(a_store: Store) -> None:
    alarms = Alarms(a_store, OFFICE)
    assert await told(a_store, STILL, timedelta(), alarms) == 2
    assert await told(a_store, STILL, timedelta(minutes=1), alarms) == 0
    assert await told(a_store, STILL, timedelta(minutes=2)) == 0  # a service started anew knows it too
    assert await letters(a_store) == [("alarm", "admin_1@it.example"), ("alarm", "sekretar@neon.example")]
    assert await told(a_store, STILL, DAY, alarms) == 2


@pytest.mark.parametrize("started_anew", [False, True])
async def test_one_letter_says_that_it_is_over(a_store: Store, started_anew: bool) -> None:
    alarms = Alarms(a_store, OFFICE)
    await told(a_store, STILL, timedelta(), alarms)
    later = None if started_anew else alarms
    assert await told(a_store, {}, timedelta(hours=1), later) == 2
    assert await told(a_store, {}, timedelta(hours=2), later) == 0
    kinds = [row.kind for row in await a_store.outbox()]
    assert (kinds.count("alarm"), kinds.count("alarm_over")) == (2, 2)
    assert {row.letter.words["what"] for row in await a_store.outbox() if row.kind == "alarm_over"} == {
        "приём почты",
        "reading mail",
    }


async def test_what_comes_and_goes_all_day_is_told_once_and_again_the_next_day(a_store: Store) -> None:
    alarms = Alarms(a_store, OFFICE)
    written = [
        await told(a_store, STILL if minute % 2 == 0 else {}, timedelta(minutes=minute), alarms) for minute in range(10)
    ]
    assert written == [2, 2, *[0] * 8]
    assert await told(a_store, STILL, DAY, alarms) == 2
    assert await told(a_store, {}, DAY + timedelta(hours=1), alarms) == 2


async def test_two_services_on_one_database_write_one_letter(a_store: Store) -> None:
    one, other = Alarms(a_store, OFFICE), Alarms(a_store, OFFICE)
    assert await told(a_store, STILL, timedelta(), one) + await told(a_store, STILL, timedelta(), other) == 2
    assert await told(a_store, {}, DAY, one) + await told(a_store, {}, DAY, other) == 2


def test_the_operator_is_told_beside_the_secretary_and_nobody_twice() -> None:
    assert readers(OFFICE, "", None, MONDAY) == [Reader("sekretar", "", "ru")]
    assert readers(OFFICE, "root@it.example", "en", MONDAY)[1:] == [Reader("", "root@it.example", "en")]
    assert readers(OFFICE, "buh@neon.example", None, MONDAY)[1:] == [Reader("buh", "", "ru")]
    assert len(readers(OFFICE, "sekretar@neon.example", None, MONDAY)) == 1
    assert readers(replace(OFFICE), "root@it.example", None, MONDAY)[1].language == "ru"


async def test_the_service_writes_to_the_operator_by_itself_and_the_letter_can_be_sent(tmp_path: Path) -> None:
    more = '[operator]\naddress = "admin@it.example"\nlanguage = "en"'
    async with opened(filled_site(tmp_path / "site", more=more)) as app:
        await app.store.take_only(a_mail(1, "quarantined"))
        await app.store.pulse("mailbox", now() - timedelta(hours=2), "imap.neon.example: away")
        watcher = Watcher(app, Bells(asyncio.Event(), asyncio.Event()), iter((0.0, 60.0, 1000.0)).__next__)
        assert await watcher.look() == 2  # the mail; the mailbox is given time
        assert await watcher.look() == 2
        claimed = await app.store.claim_letters(now(), 10, timedelta(minutes=5), "test")
        pages = await write(claimed, now(), app.counter)
        assert all(isinstance(page, Ready) for page in pages)
        subjects = {row.address: row.letter.words["what"] for row in await app.store.outbox() if "mail has" in str(row)}
        assert subjects["admin@it.example"].startswith("no mail has been read for 2 h: imap.neon.example: away")
        assert (await app.store.vitals(now())).pulse("service").well_at is not None


async def test_a_mailbox_that_does_not_answer_is_noted_with_its_reason(tmp_path: Path) -> None:
    async with opened(filled_site(tmp_path / "site")) as app:
        reading = asyncio.create_task(MailReader(app, Bells(asyncio.Event(), asyncio.Event())).run())
        async with asyncio.timeout(10):
            while not (pulse := (await app.store.vitals(now())).pulse("mailbox")).reason:
                await asyncio.sleep(0.02)
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading
    assert "127.0.0.1" in pulse.reason
    assert pulse.well_at is None
