"""The loop that watches the others: once a minute it notes that the service lives, measures, and tells people.

Owns: when. Refuses to know: what is a worry (`core.health`), who is told how often (`alarms`).
It measures what stands in the database, so that a loop that hangs is seen by what it leaves undone. Intervals are
counted by a clock that nobody sets (`time.monotonic`): a wall clock that jumps neither raises nor hides an alarm.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

from mailflow import log
from mailflow.alarms import Alarms, readers
from mailflow.app import App, now
from mailflow.bells import Bells
from mailflow.core.health import alarming
from mailflow.errors import MailflowError
from mailflow.recalling import present
from mailflow.status import reading, told

EVERY = 60.0
MAILBOX = "mailbox"
SERVICE = "service"
OFFICE = "office"
"""The job of the one agent that does what concerns all."""


class Watcher:
    """Sees to it that nothing stands still unheard."""

    def __init__(self, app: App, bells: Bells, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._bells = bells
        self._clock = clock
        self._began = clock()
        self._alarms = Alarms(app.store, app.office)

    async def run(self) -> None:
        """Watch for ever."""
        while True:
            try:
                await self.look()
            except MailflowError as wrong:
                log.broken("watching", str(wrong))
            await asyncio.sleep(EVERY)

    async def look(self) -> int:
        """Note that we live, measure, and write what must be written; give how many letters that were.

        Of several agents one writes.
        """
        app, at = self._app, now()
        await app.store.pulse(SERVICE, at)
        office = await app.agent.duty(OFFICE).taken()
        if office is None:
            return 0
        self._alarms.store = office
        found = await reading(app.settings, app.store, at)
        operator = app.settings.operator
        to = readers(await present(app.office, app.store, at), operator.address, operator.language, at)
        up = timedelta(seconds=self._clock() - self._began)
        ill = {
            language: alarming(told(found, app.settings, language), up)
            for language in {reader.language for reader in to}
        }
        self._alarms.office = app.office
        written = await self._alarms.tell(ill, to, at)
        if written:
            self._bells.letters.set()
        return written
