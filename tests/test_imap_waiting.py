"""The mailbox asleep: what wakes it, and what must not be slept over."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections.abc import Iterator

import pytest

from mailflow.edges.imap import (
    ConnectionLost,
    Mailbox,
)
from tests.mailboxes import MAILS, PASSWORD, opened, quickly, raws, reconnects, settings
from tests.servers import (
    Certificate,
    Dovecot,
    certificate,
    dovecot,
    dovecot_sessions,
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def our_ca(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def server(our_ca: Certificate) -> Iterator[Dovecot]:
    with dovecot({f"u{number}": PASSWORD for number in range(100)}, tls=our_ca) as server:
        yield server


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return itertools.count()


@pytest.fixture
def user(numbers: Iterator[int]) -> str:
    return f"u{next(numbers)}"


WATCHES = [{"watch": "idle"}, {"watch": "poll", "poll_seconds": 0.1}]


@pytest.mark.parametrize("watch", WATCHES, ids=["idle", "poll"])
async def test_a_delivery_ends_the_wait(server: Dovecot, user: str, watch: dict[str, object]) -> None:
    async with opened(server.port, user, **watch) as mailbox:
        assert await mailbox.fetch_after(0) == []
        for number in range(2):
            waiting = asyncio.create_task(mailbox.wait(20))
            await asyncio.sleep(0.3)
            assert not waiting.done()
            await asyncio.to_thread(server.append, user, MAILS[0])
            with quickly(2):
                assert await waiting
            assert raws(await mailbox.fetch_after(number)) == MAILS[:1]


@pytest.mark.parametrize("watch", WATCHES, ids=["idle", "poll"])
async def test_mail_that_came_before_the_wait_is_not_slept_over(
    server: Dovecot, user: str, watch: dict[str, object]
) -> None:
    async with opened(server.port, user, **watch) as mailbox:
        await mailbox.fetch_after(0)
        await asyncio.to_thread(server.append, user, MAILS[0])
        with quickly(2):
            assert await mailbox.wait(20)


async def test_a_report_in_the_middle_of_another_step_ends_the_next_wait_at_once(server: Dovecot, user: str) -> None:
    server.append(user, MAILS[0])
    async with opened(server.port, user) as mailbox:
        await mailbox.fetch_after(0)
        await asyncio.to_thread(server.append, user, MAILS[1])
        await mailbox.settle([1], [])
        with quickly(0.2):
            assert await mailbox.wait(20)


@pytest.mark.parametrize("watch", WATCHES, ids=["idle", "poll"])
async def test_a_quiet_mailbox_is_waited_for_as_long_as_asked_and_stays_usable(
    server: Dovecot, user: str, watch: dict[str, object]
) -> None:
    async with opened(server.port, user, **watch) as mailbox:
        await mailbox.fetch_after(0)
        started = time.monotonic()
        assert not await mailbox.wait(0.5)
        assert 0.5 <= time.monotonic() - started < 1
        assert await mailbox.fetch_after(0) == []


@pytest.mark.parametrize("watch", [*WATCHES, {"watch": "poll", "poll_seconds": 30}], ids=["idle", "poll", "slow"])
async def test_a_wake_ends_the_wait_that_runs_or_the_next(server: Dovecot, user: str, watch: dict[str, object]) -> None:
    async with opened(server.port, user, **watch) as mailbox:
        await mailbox.fetch_after(0)
        waiting = asyncio.create_task(mailbox.wait(20))
        await asyncio.sleep(0.2)
        await mailbox.wake()
        with quickly(0.5):
            assert not await waiting
        await mailbox.wake()
        with quickly(0.5):
            assert not await mailbox.wait(20)
        assert await mailbox.fetch_after(0) == []


async def test_a_cancelled_wait_frees_the_connection_at_once(server: Dovecot, user: str) -> None:
    async with opened(server.port, user) as mailbox:
        await mailbox.fetch_after(0)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(mailbox.wait(20), 0.2)
        with quickly(0.5):
            assert await mailbox.fetch_after(0) == []


async def test_closing_during_a_wait_does_not_linger(server: Dovecot, user: str) -> None:
    mailbox = Mailbox(settings(server.port, user))
    await mailbox.connect()
    await mailbox.fetch_after(0)
    waiting = asyncio.create_task(mailbox.wait(20))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    with quickly(1):
        await mailbox.close()
        await asyncio.wait([waiting])
    assert not waiting.exception()


@pytest.mark.parametrize("watch", WATCHES, ids=["idle", "poll"])
async def test_a_server_that_dies_while_we_wait_is_noticed_quickly(watch: dict[str, object]) -> None:
    with dovecot({"u": PASSWORD}) as server:
        async with opened(server.port, "u", **watch) as mailbox:
            await mailbox.fetch_after(0)
            waiting = asyncio.create_task(mailbox.wait(20))
            await asyncio.sleep(0.3)
            [process] = dovecot_sessions(server)
            os.kill(process, signal.SIGKILL)
            with quickly(1), pytest.raises(ConnectionLost):
                await waiting
            assert await reconnects(mailbox)
