"""This process among all that share the site: its name, and the jobs it holds under it.

Owns: the name (a file that is locked as long as the process lives, `edges.holder`), what a gone process of this machine
held, and `Duty`, a job that one agent at a time does. Refuses to know: what the jobs are.

A duty is a lease of ten seconds renewed every three: a killed agent's job is free after ten seconds at most, at once
where the next one starts on the same machine. One that stood still and wakes holds it no more, and whatever it then
writes is refused: its store is fenced by the number of its turn (`edges.store.leases`).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from mailflow import log
from mailflow.edges.holder import Holder, gone
from mailflow.edges.store import Fence, Store
from mailflow.errors import LeaseLost, MailflowError
from mailflow.killpoints import reached

LEASE_SECONDS = 10.0
RENEW_SECONDS = 3.0
"""So often a lease is renewed, and so often one who stands by looks whether it is free."""

ASK_SECONDS = 2.0
"""Whether another agent still has a job is asked no more often."""
PATIENCE = 2.0
"""Seconds the database has to hear that a job is given back; what it does not hear ends by itself."""


class Agent:
    """One process and its name; the name is taken when it is first needed, and given back by `close`."""

    def __init__(self, folder: Path, store: Store, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._store = store
        self._now = now
        self._duties: dict[str, Duty] = {}
        self._holder: Holder | None = None
        self._taking = asyncio.Lock()

    async def name(self) -> str:
        """Give our name; before it is taken, what was held under a name nobody bears now is free again."""
        async with self._taking:
            if self._holder is None:
                with gone(self._folder) as names:
                    for name in names:
                        await self._store.give_back_all(name, self._now())
                reached("letter.given_back")
                self._holder = Holder(self._folder)
            return self._holder.name

    def duty(self, key: str) -> Duty:
        """Give a job to take when it is free; `close` gives it back."""
        return self._duties.setdefault(key, Duty(key, self, self._store))

    async def close(self) -> None:
        """Give back every job, where the database can be told, and the name."""
        for duty in self._duties.values():
            with contextlib.suppress(MailflowError, TimeoutError):
                await asyncio.wait_for(duty.give_back(), PATIENCE)
        if self._holder is not None:
            self._holder.close()
            self._holder = None


class Duty:
    """A job that one agent at a time does: taken, renewed while it is held, lost, given back."""

    def __init__(self, key: str, agent: Agent, store: Store) -> None:
        self._key = key
        self._agent = agent
        self._store = store
        self._fence: Fence | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._taking = asyncio.Lock()
        self._ask_at = 0.0

    async def taken(self) -> Store | None:
        """Take the job unless another agent has it; give the store to do it with, None where another has it."""
        async with self._taking:
            if self._fence is None:
                await self._take()
            return self._store.fenced(self._fence) if self._fence is not None else None

    async def _take(self) -> None:
        if time.monotonic() < self._ask_at:
            return
        fence = await self._store.take_lease(self._key, await self._agent.name(), LEASE_SECONDS)
        reached("lease.taken")
        if fence is None:
            self._ask_at = time.monotonic() + ASK_SECONDS
            return
        self._stop_renewing()
        self._fence = fence
        self._renewing = asyncio.create_task(self._renewed(fence))
        log.on_duty(self._key, fence.number)

    async def give_back(self) -> None:
        """Leave the job to whoever waits for it. Where it was lost this does nothing."""
        fence = self._fence
        self.lose()
        if fence is not None:
            await self._store.give_back_lease(fence)
            reached("lease.given_back")

    def lose(self) -> None:
        """Know that another agent has taken over."""
        self._fence = None
        self._stop_renewing()

    def _stop_renewing(self) -> None:
        if self._renewing is not None:
            self._renewing.cancel()
            self._renewing = None

    async def _renewed(self, fence: Fence) -> None:
        """Renew the lease until it is lost. While the database is away it may end; whoever is back first goes on."""
        while self._fence is fence:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                if not await self._store.renew_lease(fence, LEASE_SECONDS):
                    raise LeaseLost(self._key)
            except LeaseLost:
                self._fence = None
                log.off_duty(self._key)
            except MailflowError as trouble:
                log.broken(self._key, str(trouble))
            reached("lease.renewed")
