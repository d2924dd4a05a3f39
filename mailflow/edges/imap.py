"""The mailbox: mail comes in here, and is marked only when it is safe.

Owns: the thread each connection lives in, deadlines, the bell that wakes a sleeper.
Refuses to know: what a mail says, what is committed, when to try again (`backoff` is only the arithmetic).
Rule: read by UID with BODY.PEEK, commit, then `settle`; \\Seen is neither read nor set (RFC 3501).
What may go wrong: ConnectionLost (connect again after `backoff`), LoginRefused (seldom), another MailboxError
(a person has to act).
imapclient knows no asyncio and no cancelling: a cancelled caller rings the bell, a step past its deadline is
cut off.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import ParamSpec, TypeVar

from mailflow.edges.imap_session import Session
from mailflow.edges.imap_values import (
    ConnectionLost,
    Fetched,
    LoginRefused,
    MailboxSettings,
    MiB,
    Opened,
    Oversized,
    Taken,
    Unreadable,
)
from mailflow.errors import MailboxError

__all__ = [
    "ConnectionLost",
    "Fetched",
    "LoginRefused",
    "Mailbox",
    "MailboxSettings",
    "Opened",
    "Oversized",
    "Taken",
    "Unreadable",
    "backoff",
]

CONNECT_DEADLINE = 90.0
# A batch of 16 MiB over a line of 1 Mbit/s, and as much again.
STEP_DEADLINE = 300.0
WAIT_GRACE = 90.0
GOODBYE_SECONDS = 2.0

P = ParamSpec("P")
T = TypeVar("T")


def backoff(attempt: int) -> float:
    """Say how many seconds to wait after `attempt` failures to connect: 1, 2, 4 ... at most 300."""
    return float(min(300, 2 ** min(max(attempt, 0), 9)))


class Mailbox:
    """One watched folder on one server. Not for two tasks at once, save `wake` and `close`."""

    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = settings
        self._session = Session(settings)
        self._thread: ThreadPoolExecutor | None = None

    async def connect(self) -> Opened:
        """Connect anew, whatever was before: log in, make missing folders, select the watched one.

        MailboxError when a person has to act, ConnectionLost when trying again may help.
        """
        self._drop()
        self._session = Session(self._settings)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mailbox")
        # The thread sleeps on the bell beside the server's socket; the loop has the clapper.
        self._bell, self._clapper = socket.socketpair()
        self._clapper.setblocking(False)
        try:
            return await self._step(CONNECT_DEADLINE, self._session.open)
        except BaseException:
            self._drop()
            raise

    async def fetch_after(
        self, uid: int, since: datetime | None = None, limit: int = 50, byte_budget: int = 16 * MiB
    ) -> list[Taken]:
        """Read the next mails above `uid`, ascending by UID; an empty list means there are none.

        At most `limit` mails and about `byte_budget` bytes, but one mail in any case. `since` (aware) leaves
        out what the server received before. Nothing changes on the server, \\Seen included.
        """
        return await self._step(STEP_DEADLINE, self._session.fetch_after, uid, since, limit, byte_budget)

    async def list_since(self, day: date) -> list[int]:
        """List the UIDs of all mails received on `day` or later, by the server's calendar."""
        return await self._step(STEP_DEADLINE, self._session.list_since, day)

    async def settle(self, processed: Sequence[int], quarantined: Sequence[int]) -> None:
        """Move, flag or leave (as `after` says) mails whose commit is done; repeating it changes nothing.

        The UIDs must belong to the UIDVALIDITY that `connect` gave; those that are gone are no error.
        """
        await self._step(STEP_DEADLINE, self._session.settle, processed, quarantined)

    async def wait(self, seconds: float) -> bool:
        """Sleep until mail may have come (True), `wake` is called or `seconds` are over (False).

        Also True at once after `connect`, and if the server reported mail since the last `fetch_after`.
        ConnectionLost as soon as the server hangs up; a network that died silently is found within minutes.
        """
        return await self._step(seconds + WAIT_GRACE, lambda: self._session.wait(seconds, self._bell))

    async def wake(self) -> None:
        """End the `wait` that runs, or the next one, at once."""
        self._ring()

    async def close(self) -> None:
        """Log out if that goes quickly, and end connection and thread in any case. `connect` may follow."""
        self._ring()
        with contextlib.suppress(MailboxError):
            if self._thread is not None:
                await self._step(GOODBYE_SECONDS, self._session.log_out)
        self._drop()

    async def _step(self, seconds: float, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._thread is None:
            raise ConnectionLost(f"{self._settings.user} at {self._settings.host}: not connected")
        job = asyncio.get_running_loop().run_in_executor(self._thread, lambda: step(*args, **kwargs))
        # A job nobody waits for any more may fail unheard.
        job.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            done, _ = await asyncio.wait({job}, timeout=seconds)
        except asyncio.CancelledError:
            self._ring()
            raise
        if not done:
            self._drop()
            raise ConnectionLost(f"{self._settings.host}: the server did not finish within {seconds:.0f} s")
        return job.result()

    def _ring(self) -> None:
        if self._thread is None:
            return
        with contextlib.suppress(BlockingIOError):
            # A full pipe has been rung already.
            self._clapper.send(b"!")

    def _drop(self) -> None:
        self._session.cut()
        if self._thread is None:
            return
        # Also wakes a sleeper; what he uses is closed when he is done with it.
        self._clapper.close()
        self._thread.submit(self._session.hang_up)
        self._thread.submit(self._bell.close)
        self._thread.shutdown(wait=False)
        self._thread = None
