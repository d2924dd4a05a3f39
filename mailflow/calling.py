"""The loop that lets calls out: the same rows, leases and pauses as letters, another way out.

Owns: which endpoint is called when, and its secret as the settings say it now. Refuses to know: what a call says
(`core.calls`), HTTP (`edges.calls`). Endpoints are called side by side and each in the order of its rows; one that
takes nothing is left alone until its rows are due again, and holds up no other. A call is made at least once under
one id for ever: killed between the answer and the note, it is made once more, the same.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailflow import log
from mailflow.alone import Broke, alone
from mailflow.app import App, now
from mailflow.bells import Bells, rung
from mailflow.deliver import FIRST_PAUSE, Delivery, deliver, note, put_off_letter
from mailflow.edges.calls import Line, call
from mailflow.edges.holder import Holder, gone
from mailflow.edges.smtp import Outcome, Refused
from mailflow.edges.store import Outgoing
from mailflow.errors import MailflowError
from mailflow.killpoints import reached
from mailflow.writing import Page, write

LEASE = timedelta(minutes=15)
CALLS_AT_ONCE = 20
"""Claimed together: each endpoint's turn is far from the lease's end even if every call of it times out."""


@dataclass(frozen=True, slots=True)
class _Way:
    """The way out of one call, where `deliver` has its post for a letter."""

    line: Line | None
    name: str
    at: datetime

    async def send(self, sender: str, to: str, content: bytes) -> Outcome:
        """Make the call."""
        if self.line is None:
            return Refused("no [[webhooks]] of the settings has this url any more")
        return await call(self.line, self.name, content, self.at)


class Caller:
    """Calls out: claim, write, call, note."""

    def __init__(self, app: App, bells: Bells, clock: Callable[[], datetime] = now) -> None:
        self._app = app
        self._clock = clock
        self._bells = bells
        self._callers = app.settings.files / "callers"
        self._holder: Holder | None = None

    async def run(self) -> None:
        """Call for ever; wait for the bell between."""
        while True:
            try:
                await self.call_ready()
            except MailflowError as wrong:
                log.broken("webhooks", str(wrong))
            await rung(self._bells.calls)

    async def call_ready(self) -> int:
        """Make every call that is due; give how many were taken."""
        taken = 0
        while claimed := await self._claimed():
            lines = {line.url: line for line in self._app.settings.lines()}
            pages = await write(claimed, self._clock(), self._app.counter)
            by_endpoint: dict[str, list[Page]] = defaultdict(list)
            for page in pages:
                by_endpoint[page.outgoing.letter.address].append(page)
            turns = (self._in_turn(some, lines.get(url)) for url, some in by_endpoint.items())
            taken += sum(await asyncio.gather(*turns))
        return taken

    async def _in_turn(self, pages: Sequence[Page], line: Line | None) -> int:
        """Call one endpoint, call after call; after one that was not taken the rest is given back untried."""
        for place, page in enumerate(pages):
            delivery = await self._one(page, line)
            await note(delivery, self._app.store)
            if delivery.noted.state == "deferred" and pages[place + 1 :]:
                rest = [page.outgoing for page in pages[place + 1 :]]
                await self._app.store.release_letters(rest, delivery.noted.reason, self._clock() + FIRST_PAUSE)
                reached("letter.released")
                return place
        return len(pages)

    async def _one(self, page: Page, line: Line | None) -> Delivery:
        counter, outgoing = self._app.counter, page.outgoing
        way = _Way(line, f"msg_{outgoing.message_id.strip('<>').partition('@')[0]}", self._clock())
        delivery = await alone(outgoing.key, deliver(page, way, self._clock(), counter))
        if isinstance(delivery, Broke):
            return await put_off_letter(outgoing, delivery, self._clock(), counter)
        return delivery

    async def _claimed(self) -> list[Outgoing]:
        if self._holder is None:
            with gone(self._callers) as names:
                for name in names:
                    await self._app.store.give_back_letters(name, self._clock())
            reached("letter.given_back")
            self._holder = Holder(self._callers)
        claimed = await self._app.store.claim_calls(self._clock(), CALLS_AT_ONCE, LEASE, self._holder.name)
        reached("letter.claimed")
        return claimed

    def close(self) -> None:
        """Give our name back."""
        if self._holder is not None:
            self._holder.close()
            self._holder = None
