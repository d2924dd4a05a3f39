"""The service: three short loops around the conductors, each of which may fail without the others.

Owns: reconnecting, waking, ending in order. Refuses to know: what a mail says or a case needs.
The loops are `Reader` (mail in), `Sender` (letters out) and `Ringer` (timers). APScheduler only wakes
them; what is due stands in rows of the database, so a missed wake is caught up and never doubled.
What the world breaks (a server down, a database locked) is said in the log and waited out here.
One letter, timer or errand that breaks the work is put off, and holds up no other.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailflow import __version__, log
from mailflow.agendas import send_lists
from mailflow.alone import Broke, alone
from mailflow.app import App, now
from mailflow.bells import Bells, rung
from mailflow.departing import take_up
from mailflow.digest import send_digest
from mailflow.edges import service
from mailflow.edges.imap import backoff
from mailflow.edges.metrics import Measured, Metrics
from mailflow.edges.store import DueErrand
from mailflow.edges.web import Web
from mailflow.errands import put_off_errand, run_errand
from mailflow.errors import MailflowError
from mailflow.hall import web_of
from mailflow.indexing import Indexer, index_waiting
from mailflow.permission import keep_alive, renewed
from mailflow.reader import Reader
from mailflow.rekeying import renew_letters
from mailflow.remind import remind
from mailflow.rulekeeping import take_rules
from mailflow.sealing import anchor_daily, seal_all
from mailflow.second_factors import Factors
from mailflow.sending import Sender
from mailflow.status import reading, told
from mailflow.watching import Watcher

LEFT_BEHIND = timedelta(days=1)
"""So old is a file half-written that only a kill can have left."""
TIMERS_AT_ONCE = 100
TICK_SECONDS = 15
PATIENCE = 4.0
"""Seconds a loop has to end before it is told again."""


class Ringer:
    """Timers: every row that is due becomes an event."""

    def __init__(self, app: App, bells: Bells) -> None:
        self._app = app
        self._bells = bells

    async def run(self) -> None:
        """Ring for ever; wait for the bell between."""
        while True:
            try:
                await self.ring_due()
                await self.send_digest()
                await self.send_lists()
                await self.run_errands()
                await self.renew_letters()
                await self.seal_journal()
            except MailflowError as wrong:
                log.broken("timers", str(wrong))
            await rung(self._bells.timers)

    async def ring_due(self) -> int:
        """Ring everything that is due, each timer once; give how many rang. What broke waits for the next time."""
        app, rung = self._app, 0
        broke: set[str] = set()
        while True:
            due = await app.store.due_timers(now(), TIMERS_AT_ONCE + len(broke))
            left = [timer for timer in due if timer.key not in broke]
            if not left:
                return rung
            for timer in left:
                ended = await alone(timer.key, remind(timer, app.store, app.office, now()))
                if isinstance(ended, Broke):
                    broke.add(timer.key)
                    if ended.world:
                        break  # Where the database is gone, asking it for the rest says so at once.
                else:
                    rung += 1
            self._bells.letters.set()

    async def run_errands(self) -> int:
        """Make the documents and start the cases that wait; give how many errands there were."""
        done = 0
        while True:
            due = await self._app.store.due_errands(now(), TIMERS_AT_ONCE)
            if not due:
                return done
            for errand in due:
                await self._one(errand)
                self._bells.letters.set()
            done += len(due)

    async def _one(self, errand: DueErrand) -> None:
        """Do one errand, or put it off; where even that cannot be noted the world is broken, and is waited for."""
        ran = await alone(errand.key, run_errand(errand, now(), self._app.bench))
        if isinstance(ran, Broke):
            await put_off_errand(errand, "-", ran.reason, now(), self._app.bench)

    async def send_digest(self) -> None:
        """Send the secretary's digest once its hour has come; a day has one, however often this is asked."""
        app, at = self._app, self._app.settings.digest.at
        if at is None:
            return
        if await alone("digest", send_digest(app.store, app.desk.blobs, app.office, now(), at)) is True:
            self._bells.letters.set()

    async def send_lists(self) -> None:
        """Send daily lists and those of substitutions that begin, take up tasks of people who have left; each once."""
        app = self._app
        sent = await alone("lists", send_lists(app.desk, now(), app.settings.digest.at))
        taken = await alone("departed", take_up(app.desk, now()))
        if sent or taken:
            self._bells.letters.set()

    async def renew_letters(self) -> None:
        """Once a new key signs, ask by it whoever was asked by an older one."""
        app = self._app
        number = max(app.desk.ring.keys)
        if await alone("keys", renew_letters(app.store, app.office, number, now())):
            self._bells.letters.set()
        await alone("second factors", Factors(app.office, app.store, app.desk.ring, app.counter.random).seal_anew())

    async def seal_journal(self) -> None:
        """Seal what was written since the last time; once a day the auditor is sent the head."""
        app = self._app
        await alone("seal", seal_all(app.store, now()))
        if await alone("anchor", anchor_daily(app.store, app.office, app.settings.journal.auditor, now())) is True:
            self._bells.letters.set()


async def run(app: App, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until cancelled; end in order."""
    await app.desk.blobs.sweep(now() - LEFT_BEHIND)
    await renewed(app.settings)
    bells = Bells(asyncio.Event(), asyncio.Event())
    reader, sender, ringer = Reader(app, bells), Sender(app, bells), Ringer(app, bells)
    web = _web(app, bells)
    scheduler = _waker(bells)
    await take_rules(app.store, app.office, now())
    log.started(__version__, app.settings.mailbox.address, ", ".join(app.office.rules))
    ready()
    metrics = _metrics(app)
    runs: list[Callable[[], Awaitable[None]]] = [reader.run, sender.run, ringer.run]
    runs += [Watcher(app, bells).run, Indexer(app.desk).run]
    runs += [loop for served in (web, metrics) if served is not None for loop in served.loops()]
    if app.settings.oauth is not None:
        runs.append(partial(keep_alive, app.settings))
    loops = [asyncio.create_task(_kept_alive(loop)) for loop in runs]
    loops.append(asyncio.create_task(service.watchdog()))
    try:
        await asyncio.gather(*loops)
    finally:
        service.stopping()
        await end(loops)
        scheduler.shutdown(wait=False)
        with contextlib.suppress(MailflowError):
            await reader.close()
        await sender.close()
        for served in (web, metrics):
            if served is not None:
                await served.close()
        log.stopped()


async def end(loops: Sequence[asyncio.Task[None]], patience: float = PATIENCE) -> None:
    """Cancel until every loop has ended.

    Once is not enough: `asyncio.wait_for` of Python 3.11 swallows a cancellation that comes in the moment its own
    work is done (python/cpython#86296), and a loop that missed it would serve for ever.
    """
    # Whoever was told already is ending in order, which a second word would interrupt.
    told = {loop for loop in loops if loop.cancelling()}
    while left := [loop for loop in loops if not loop.done()]:
        for loop in left:
            if loop not in told:
                loop.cancel()
        told = set()
        await asyncio.wait(left, timeout=patience)


def _metrics(app: App) -> Metrics | None:
    """What is measured, for whoever watches, where the site wants it served."""
    settings = app.settings
    if settings.metrics is None:
        return None

    async def measured() -> Measured:
        found = await reading(settings, app.store, now())
        ill = [sign.cause for sign in told(found, settings, app.office.language) if sign.ill]
        return Measured(found.vitals, found.machine, found.at, ill)

    return Metrics(settings.metrics.listen, settings.metrics.port, measured)


def _web(app: App, bells: Bells) -> Web | None:
    """The page behind the links, where the site has one."""
    if app.settings.web is None:
        return None
    return web_of(app, bells.letters.set)


async def _kept_alive(loop: Callable[[], Awaitable[None]]) -> None:
    """A loop that meets what nobody foresaw says so and goes on; the service never ends by one mail."""
    attempt = 0
    while True:
        try:
            await loop()
        except Exception as wrong:
            pause = backoff(attempt)
            attempt += 1
            log.broken(getattr(loop, "__qualname__", "loop"), repr(wrong))
            await asyncio.sleep(pause)


def _waker(bells: Bells) -> AsyncIOScheduler:
    """Ring the bells every so often, for letters whose pause is over and timers that came due."""
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.add_job(bells.letters.set, "interval", seconds=TICK_SECONDS)
    scheduler.add_job(bells.timers.set, "interval", seconds=TICK_SECONDS)
    scheduler.start()
    return scheduler


async def run_once(app: App) -> tuple[int, int, int]:
    """Take all that waits, do all that is due, send all that is ready; give the three numbers."""
    await renewed(app.settings)
    bells = Bells(asyncio.Event(), asyncio.Event())
    reader, sender = Reader(app, bells), Sender(app, bells)
    try:
        await app.desk.blobs.sweep(now() - LEFT_BEHIND)
        await take_rules(app.store, app.office, now())
        taken = await reader.catch_up()
        ringer = Ringer(app, bells)
        rung = await ringer.ring_due()
        await ringer.send_digest()
        await ringer.send_lists()
        await ringer.run_errands()
        await ringer.renew_letters()
        await ringer.seal_journal()
        sent = await sender.send_ready()
        await index_waiting(app.desk)
        return taken, rung, sent
    finally:
        await reader.close()
        await sender.close()
