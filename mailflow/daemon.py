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
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailflow import __version__, log
from mailflow.agendas import send_lists
from mailflow.alone import Broke, alone, of_the_world, reason_of
from mailflow.app import App, now
from mailflow.bells import Bells, rung
from mailflow.departing import take_up
from mailflow.digest import send_digest
from mailflow.edges import service
from mailflow.edges.blobs import Kept
from mailflow.edges.imap import Fetched, LoginRefused, Mailbox, Opened, Oversized, Unreadable, backoff
from mailflow.edges.metrics import Measured, Metrics
from mailflow.edges.store import DueErrand, MailboxState, Source
from mailflow.edges.web import Web
from mailflow.errands import put_off_errand, run_errand
from mailflow.errors import MailboxError, MailflowError
from mailflow.hall import web_of
from mailflow.killpoints import reached
from mailflow.receive import Settle, failed, oversized, take_in, unreadable
from mailflow.rekeying import renew_letters
from mailflow.remind import remind
from mailflow.rulekeeping import take_rules
from mailflow.sealing import anchor_daily, seal_all
from mailflow.second_factors import Factors
from mailflow.sending import Sender
from mailflow.status import reading, told
from mailflow.tries import Tries
from mailflow.watching import MAILBOX, Watcher

LEFT_BEHIND = timedelta(days=1)
"""So old is a file half-written that only a kill can have left."""
TIMERS_AT_ONCE = 100
TICK_SECONDS = 15
PATIENCE = 4.0
"""Seconds a loop has to end before it is told again."""
WATCH_SECONDS = 240.0
"""So often the mailbox is looked at though nobody rang: that it was read stands in the database then.
RFC 2177 would have an IDLE begun anew before half an hour is over."""


RARELY = "tried again at once when the password file changes, else ever more rarely, so that the account is not locked"


class Reader:
    """Mail in: fetch, take in, settle, wait."""

    def __init__(self, app: App, bells: Bells, tries: Tries | None = None) -> None:
        self._app = app
        self._bells = bells
        settings = app.settings.imap()
        self._account, self._folder = settings.user, settings.folder
        self._password = settings.password
        self._mailbox = Mailbox(settings)
        self._opened: Opened | None = None
        self._tries = tries or Tries(lambda: app.settings.imap().password)

    async def run(self) -> None:
        """Read for ever; a lost connection is made again, ever more slowly, a refused password far more slowly."""
        while True:
            await self._tries.due()
            try:
                await self.catch_up()
                if self._tries.succeeded():
                    log.back("mailbox")
                await self._app.store.pulse(MAILBOX, now())
                reached("mailbox.pulse")
                await self._mailbox.wait(WATCH_SECONDS)
            except MailboxError as trouble:
                await self._put_off(trouble)

    async def _put_off(self, trouble: MailboxError) -> None:
        """Say what is wrong in the log and in the database, and when the mailbox is tried again."""
        tries, refused = self._tries, isinstance(trouble, LoginRefused)
        pause = tries.refused(self._password) if refused else tries.lost()
        await self.close()
        log.waiting_for("mailbox", str(trouble), pause)
        reason = f"{trouble}; {RARELY}" if tries.given_up else str(trouble)
        await self._app.store.pulse(MAILBOX, now(), reason)
        reached("mailbox.pulse")

    async def catch_up(self) -> int:
        """Take in everything that waits; give how many mails there were. Connects where it must."""
        state = await self._position()
        taken = 0
        while True:
            mails = await self._mailbox.fetch_after(state.last_uid, state.taken_from)
            if not mails:
                return taken
            reached("mail.fetched")
            taken += len(mails)
            state = await self._take(mails, state)

    async def close(self) -> None:
        """End the connection."""
        self._opened = None
        await self._mailbox.close()

    async def _position(self) -> MailboxState:
        """Connect, unless the connection stands, and say from where to read."""
        if self._opened is None:
            self._opened = await self._connected()
            await self._settle_the_rest(self._opened)
        known = await self._app.store.mailbox(self._account, self._folder)
        state = _position(known, self._opened, self._account, self._folder, self._since())
        if state != known:
            await self._app.store.keep_mailbox(state)
            reached("mailbox.placed")
        return state

    async def _connected(self) -> Opened:
        """Connect with the password as it is written now."""
        password = self._tries.read_again(self._password)
        if password != self._password:
            self._password, self._mailbox = password, Mailbox(self._app.settings.imap())
        return await self._mailbox.connect()

    def _since(self) -> datetime | None:
        day = self._app.settings.mailbox.take_from
        return datetime(day.year, day.month, day.day, tzinfo=self._app.settings.zone) if day is not None else None

    async def _settle_the_rest(self, opened: Opened) -> None:
        """Tell the server about mails that were committed before a stop came in between."""
        rows = await self._app.store.unsettled(self._account, self._folder, opened.uidvalidity)
        await self._settle(opened.uidvalidity, {uid: _where(state) for uid, state in rows if state != "failed"})

    async def _take(self, mails: list[Fetched | Oversized | Unreadable], state: MailboxState) -> MailboxState:
        """Take a batch in; the position moves past it only when every mail has its committed row."""
        settled: dict[int, Settle] = {}
        kept = await self._keep(mails)
        for mail in mails:
            where = await self._one(mail, kept, state.uidvalidity)
            if where is not None:
                settled[mail.uid] = where
            self._bells.letters.set()
            self._bells.timers.set()
        await self._settle(state.uidvalidity, settled)
        moved = MailboxState(self._account, self._folder, state.uidvalidity, mails[-1].uid, state.taken_from)
        await self._app.store.keep_mailbox(moved)
        reached("mailbox.noted")
        await self._app.store.pulse(MAILBOX, now())
        reached("mailbox.pulse")
        return moved

    async def _keep(self, mails: Sequence[Fetched | Oversized | Unreadable]) -> dict[int, Kept]:
        """Put the bytes of the batch on the disk before any of them is understood; give them by UID."""
        fetched = [mail for mail in mails if isinstance(mail, Fetched)]
        kept = await self._app.desk.blobs.keep_all([mail.raw for mail in fetched])
        return {mail.uid: one for mail, one in zip(fetched, kept, strict=True)}

    async def _one(
        self, mail: Fetched | Oversized | Unreadable, kept: Mapping[int, Kept], uidvalidity: int
    ) -> Settle | None:
        source = Source(self._account, self._folder, uidvalidity, mail.uid)
        match mail:
            case Oversized():
                return await oversized(mail.headers, mail.size, source, mail.received or now(), self._app.desk)
            case Unreadable():
                return await unreadable(mail.uid, mail.reason, source, now(), self._app.desk)
            case Fetched():
                return await self._safely(kept[mail.uid], mail.received, source)

    async def _safely(self, kept: Kept, received: datetime, source: Source) -> Settle | None:
        """Take one mail in; one that breaks the work three times is held for a person, and holds up no other.

        What the world breaks (the database, the disk) is no fault of the mail: it stays on the server.
        """
        while True:
            try:
                return await take_in(kept, source, received, now(), self._app.desk)
            except Exception as wrong:
                if of_the_world(wrong):
                    raise
                reason = reason_of(wrong)
                log.broken("mail", reason)
                where = await failed(kept, source, received, reason, self._app.desk)
                if where is not None:
                    return where

    async def _settle(self, uidvalidity: int, settled: dict[int, Settle]) -> None:
        if not settled:
            return
        reached("mail.settling")
        await self._mailbox.settle(
            [uid for uid, where in settled.items() if where == "processed"],
            [uid for uid, where in settled.items() if where == "quarantined"],
        )
        reached("mail.moved")
        await self._app.store.settled(self._account, self._folder, uidvalidity, list(settled), now())
        reached("mail.settled")


def _where(state: str) -> Settle:
    return "quarantined" if state == "quarantined" else "processed"


def _position(
    known: MailboxState | None, opened: Opened, account: str, folder: str, since: datetime | None
) -> MailboxState:
    """Say from which UID to read: on first contact only what arrives from then on, unless a date is set.

    A new UIDVALIDITY voids every UID we knew: the folder is listed again from the same date, and
    mails we have are known by their content.
    """
    if known is not None and known.uidvalidity == opened.uidvalidity:
        return known
    if known is not None:
        return MailboxState(account, folder, opened.uidvalidity, 0, known.taken_from)
    if since is not None:
        return MailboxState(account, folder, opened.uidvalidity, 0, since)
    return MailboxState(account, folder, opened.uidvalidity, opened.uidnext - 1, now())


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
    bells = Bells(asyncio.Event(), asyncio.Event())
    reader, sender, ringer = Reader(app, bells), Sender(app, bells), Ringer(app, bells)
    web = _web(app, bells)
    scheduler = _waker(bells)
    await take_rules(app.store, app.office, now())
    log.started(__version__, app.settings.mailbox.address, ", ".join(app.office.rules))
    ready()
    metrics = _metrics(app)
    runs = [reader.run, sender.run, ringer.run, Watcher(app, bells).run]
    runs += [served.run for served in (web, metrics) if served is not None]
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
        return taken, rung, sent
    finally:
        await reader.close()
        await sender.close()
