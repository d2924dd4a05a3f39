"""When a server is tried again: soon after a lost connection, ever more rarely after a refused password.

Owns: the pauses, and noticing that the password has been written anew. Refuses to know: which server, what it said.
A server that counts wrong passwords locks the account, and with it whoever else uses it: common thresholds are five or
ten in half an hour. So no half hour sees more than three of ours at one server; a start of the service tries at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from mailflow.edges.imap import backoff
from mailflow.errors import SettingsError

REFUSED_PAUSES = (60.0, 300.0, 1800.0, 3600.0, 7200.0, 14400.0)
"""Seconds after the first, second ... refusal; the last one for ever."""
TRIES = 3
"""From so many refusals on it is no accident: a person has to act."""
LOOK_SECONDS = 15.0
"""So often a password that was refused is looked at again."""


class Tries:
    """The attempts at one server. `password` gives the password as it is written now, SettingsError if it cannot."""

    def __init__(
        self,
        password: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._password = password
        self._clock = clock
        self._sleep = sleep
        self._lost = 0
        self._refused = 0
        self._refused_password = ""
        self._ill = False
        self._not_before = clock()

    @property
    def given_up(self) -> bool:
        """True where the password was refused so often that only a person can mend it."""
        return self._refused >= TRIES

    def lost(self) -> float:
        """Note a connection lost or not made; give the pause in seconds."""
        self._lost += 1
        return self._put_off(backoff(self._lost - 1))

    def refused(self, password: str) -> float:
        """Note that this password was refused; give the pause in seconds."""
        self._refused += 1
        self._refused_password = password
        return self._put_off(REFUSED_PAUSES[min(self._refused, len(REFUSED_PAUSES)) - 1])

    def succeeded(self) -> bool:
        """Note that all is well; True if it was not before."""
        was_ill, self._ill = self._ill, False
        self._lost = self._refused = 0
        return was_ill

    def read_again(self, password: str) -> str:
        """Give the password as it is written now; the one at hand where it cannot be read."""
        try:
            return self._password()
        except SettingsError:
            # Just being written, or taken away.
            return password

    def left(self) -> float:
        """Give the seconds until the next attempt; 0 also once another password is written than was refused."""
        if self._refused and self.read_again(self._refused_password) != self._refused_password:
            self._refused, self._not_before = 0, self._clock()
        return max(0.0, self._not_before - self._clock())

    async def due(self) -> None:
        """Wait until the next attempt."""
        while left := self.left():
            await self._sleep(min(left, LOOK_SECONDS) if self._refused else left)

    def _put_off(self, pause: float) -> float:
        self._ill, self._not_before = True, self._clock() + pause
        return pause
