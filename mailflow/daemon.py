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
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailflow import __version__, log
from mailflow.agendas import send_lists
from mailflow.alone import Broke, alone
from mailflow.app import App, now
from mailflow.bells import Bells, rung
from mailflow.calling import Caller
from mailflow.departing import take_up
from mailflow.digest import send_digest
from mailflow.edges import service
from mailflow.edges.imap import backoff
from mailflow.edges.metrics import Measured, Metrics
from mailflow.edges.store import DueErrand
from mailflow.errands import put_off_errand, run_errand
from mailflow.errors import MailflowError
from mailflow.hall import pages_of
from mailflow.indexing import Indexer, index_waiting
from mailflow.killpoints import reached
from mailflow.lookup import Desk
from mailflow.people_watch import PeopleWatch
from mailflow.permission import keep_alive, renewed
from mailflow.reader import Reader
from mailflow.rekeying import renew_letters
from mailflow.remind import remind
from mailflow.reporting import send_reports
from mailflow.rulekeeping import take_rules
from mailflow.sealing import anchor_daily, seal_all
from mailflow.second_factors import Factors
from mailflow.sending import Sender
from mailflow.status import reading, told
from mailflow.watching import OFFICE, Watcher

LEFT_BEHIND = timedelta(days=1)
"""So old is a file half-written that only a kill can have left."""
TIMERS_AT_ONCE = 20
ERRANDS_AT_ONCE = 5
CLAIMED = timedelta(minutes=2)
"""So long nobody else rings these timers or does these errands; a paper is given up long before."""
TICK_SECONDS = 15
RAN_WELL = 120.0
"""Seconds after which a loop that breaks is not taken for one that broke just now."""
PATIENCE = 4.0
"""Seconds a loop has to end before it is told again."""


class Ringer:
    """Timers: every row that is due becomes an event."""

    def __init__(self, app: App, bells: Bells, people: PeopleWatch | None = None) -> None:
        self._app = app
        self._bells = bells
        self._office = app.agent.duty(OFFICE)
        self._unfinished = True
        """Something may be claimed in our name that nobody does; at first by whoever rang in this process before."""
        self._people = people

    async def run(self) -> None:
        """Ring for ever; wait for the bell between."""
        while True:
            try:
                if self._people is not None:
                    await self._people.look()
                await self.all_due()
            except MailflowError as wrong:
                log.broken("timers", str(wrong))
            await rung(self._bells.timers)

    async def all_due(self) -> int:
        """Do all that is due; give how many timers rang. What concerns the whole office one agent at a time does."""
        rung = await self.ring_due()
        await self.run_errands()
        office = await self._office.taken()
        if office is not None:
            await self._for_the_office(replace(self._app.desk, store=office))
        return rung

    async def ring_due(self) -> int:
        """Ring everything that is due, each timer once; give how many rang. What broke waits for the next time."""
        app, rung = self._app, 0
        holder = await self._let_go()
        while await app.store.due_timers(now(), 1):
            due = await app.store.claim_timers(now(), TIMERS_AT_ONCE, CLAIMED, holder)
            reached("timer.claimed")
            if not due:
                return rung
            for timer in due:
                ended = await alone(timer.key, remind(timer, app.store.fenced(timer.turn), app.office, now()))
                rung += not isinstance(ended, Broke)
                self._unfinished |= isinstance(ended, Broke)
                if isinstance(ended, Broke) and ended.world:
                    return rung  # Where the database is gone, asking it for the rest says so at once.
            self._bells.letters.set()
        return rung

    async def _let_go(self) -> str:
        """Give back what was claimed and broke, in this process or before it; give our name."""
        holder = await self._app.agent.name()
        if self._unfinished:
            await self._app.store.give_back_claims(holder, now())
            reached("claims.given_back")
            self._unfinished = False
        return holder

    async def run_errands(self) -> int:
        """Make the documents and start the cases that wait; give how many errands there were."""
        store, done = self._app.store, 0
        holder = await self._app.agent.name()
        while await store.due_errands(now(), 1):
            due = await store.claim_errands(now(), ERRANDS_AT_ONCE, CLAIMED, holder)
            reached("errand.claimed")
            if not due:
                return done
            for errand in due:
                await self._one(errand)
                self._bells.letters.set()
            done += len(due)
        return done

    async def _one(self, errand: DueErrand) -> None:
        """Do one errand, or put it off; where even that cannot be noted the world is broken, and is waited for."""
        bench = replace(self._app.bench, store=self._app.store.fenced(errand.turn))
        ran = await alone(errand.key, run_errand(errand, now(), bench))
        if isinstance(ran, Broke):
            self._unfinished = True
            await put_off_errand(errand, "-", ran.reason, now(), bench)

    async def _for_the_office(self, desk: Desk) -> None:
        """Do what one agent does for all."""
        await self._send_digest(desk)
        await self._send_lists(desk)
        await self._renew_letters(desk)
        await self._seal_journal(desk)

    async def _send_digest(self, desk: Desk) -> None:
        """Send the secretary's digest once its hour has come; a day has one, however often this is asked."""
        app, at = self._app, self._app.settings.digest.at
        if at is None:
            return
        if await alone("digest", send_digest(desk.store, desk.blobs, app.office, now(), at)) is True:
            self._bells.letters.set()

    async def _send_lists(self, desk: Desk) -> None:
        """Send daily lists and those of substitutions that begin, take up tasks of people who have left; each once."""
        app = self._app
        sent = await alone("lists", send_lists(desk, now(), app.settings.digest.at))
        taken = await alone("departed", take_up(desk, now()))
        reports = await alone("reports", send_reports(desk, now(), app.settings.digest.at))
        if sent or taken or reports:
            self._bells.letters.set()

    async def _renew_letters(self, desk: Desk) -> None:
        """Once a new key signs, ask by it whoever was asked by an older one."""
        app = self._app
        number = max(desk.ring.keys)
        if await alone("keys", renew_letters(desk.store, app.office, number, now())):
            self._bells.letters.set()
        await alone("second factors", Factors(app.office, desk.store, desk.ring, app.counter.random).seal_anew())

    async def _seal_journal(self, desk: Desk) -> None:
        """Seal what was written since the last time; once a day the auditor is sent the head."""
        app = self._app
        await alone("seal", seal_all(desk.store, now()))
        if await alone("anchor", anchor_daily(desk.store, app.office, app.settings.journal.auditor, now())) is True:
            self._bells.letters.set()


async def run(app: App, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until cancelled; end in order."""
    await app.desk.blobs.sweep(now() - LEFT_BEHIND)
    await renewed(app.settings)
    bells = Bells(asyncio.Event(), asyncio.Event())
    pages = pages_of(app, bells.letters.set) if app.settings.web is not None else None
    web, people = (pages.web, PeopleWatch(app, pages.follow)) if pages is not None else (None, PeopleWatch(app))
    reader, sender, ringer = Reader(app, bells), Sender(app, bells), Ringer(app, bells, people)
    caller = Caller(app, bells)
    scheduler = _waker(bells)
    await take_rules(app.store, app.office, now())
    log.started(__version__, app.settings.mailbox.address, ", ".join(app.office.rules))
    ready()
    metrics = _metrics(app)
    runs: list[Callable[[], Awaitable[None]]] = [reader.run, sender.run, ringer.run]
    runs += [Watcher(app, bells).run, Indexer(app, app.agent.duty(OFFICE)).run, caller.run]
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
        caller.close()
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


async def _kept_alive(loop: Callable[[], Awaitable[None]]) -> None:
    """A loop that meets what nobody foresaw says so and goes on; the service never ends by one mail.

    Pauses grow while it breaks again and again; one that has run well for a while begins with short ones.
    """
    attempt = 0
    while True:
        began = time.monotonic()
        try:
            await loop()
        except Exception as wrong:
            if time.monotonic() - began > RAN_WELL:
                attempt = 0
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
    """Take all that waits, do all that is due, send all that is ready, then make it found; give the three numbers."""
    done = await taken_and_sent(app)
    await index_waiting(app.desk)
    return done


async def taken_and_sent(app: App) -> tuple[int, int, int]:
    """Take all that waits, do all that is due, send all that is ready and call whom it concerns; give three numbers."""
    await renewed(app.settings)
    bells = Bells(asyncio.Event(), asyncio.Event())
    reader, sender = Reader(app, bells), Sender(app, bells)
    caller = Caller(app, bells)
    try:
        await app.desk.blobs.sweep(now() - LEFT_BEHIND)
        await take_rules(app.store, app.office, now())
        taken = await reader.catch_up()
        ringer = Ringer(app, bells)
        rung = await ringer.all_due()
        sent = await sender.send_ready()
        await caller.call_ready()
        return taken, rung, sent
    finally:
        await reader.close()
        await sender.close()
        caller.close()
