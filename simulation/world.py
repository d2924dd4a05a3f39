"""One world: a month of an office, its servers, its people and its misfortunes, all drawn from one seed.

Owns: putting the pieces together, time, starting the service again when it has died, and the account of what happened.
Refuses to know: what must hold (`invariants`, asked after every step), what people do (`people`).

The month has two parts: three weeks in which things go wrong, then days in which nothing does and everybody does his
duty; after them nothing may be left waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from random import Random
from types import SimpleNamespace
from typing import Any, TypeVar

from mailflow import daemon
from mailflow.agent import Agent
from mailflow.app import App
from mailflow.core.case import Ask
from mailflow.core.pages import Looked, Press, Pressed
from mailflow.core.surroundings import surroundings
from mailflow.core.tokens import KeyRing
from mailflow.edges.blobs import Blobs
from mailflow.edges.reading_apart import PaperReader
from mailflow.edges.store import Store
from mailflow.errands import Bench
from mailflow.errors import MailflowError
from mailflow.lookup import Desk
from mailflow.respond import Window
from mailflow.rulekeeping import kept_rules
from mailflow.stories.postbag import Draft, as_it_arrives
from mailflow.writing import Counter
from simulation import stage
from simulation.clock import VirtualLoop
from simulation.database import READS_ONLY, Drive, Engine
from simulation.disk import Disk, DiskPath
from simulation.invariants import Breach, Inspector
from simulation.machine import ALIVE, Fate, Killed, Process, gate, task_factory
from simulation.network import Lying, Server, SimMailbox, SimPost, Wire, message_id_of
from simulation.people import DAY, HOUR, People, Received

T = TypeVar("T")
BEGAN = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
STORM, QUIET = 24 * DAY, 6 * DAY
"""How long things go wrong, and how long they do not any more."""
LONGEST_SLEEP = 8 * HOUR
MOST_LINES = 4000


class ServerGone(Exception):
    """No page: nobody serves it now, or whoever did died over it."""


@dataclass
class World:
    """The world of one seed."""

    seed: int
    account: list[str] = field(default_factory=list)
    steps: int = 0
    processes: int = 0
    deaths: int = 0

    def __post_init__(self) -> None:
        self.loop = VirtualLoop(self.chance("order"), gate)
        self.loop.set_task_factory(task_factory)
        drawn = self.chance("fate")
        trouble = drawn.choice((0.0, 0.0, 0.01, 0.05, 0.15))
        self.fate = Fate(drawn, drawn.choice((0.0, 0.0003, 0.0008, 0.002)), trouble=trouble)
        self.drive = Drive(lambda: BEGAN + timedelta(seconds=self.loop.time()))
        self.disk = Disk(self.chance("disk"))
        self.server = Server(self.fate, self._settling)
        self.wire = Wire(self._delivered)
        self.site = stage.site()
        self.office, self.address = self.site.office, stage.ADDRESS
        self.ring = KeyRing({1: stage.KEY}, 1)
        self.people = People(self)
        self.inspector = Inspector(self)
        self.over: asyncio.Future[Breach] = self.loop.create_future()
        self.mails: list[bytes] = []
        self._running: list[Process] = []
        self._shift = 0.0
        self._letters: dict[asyncio.Task[Any], None] = {}
        self._held: dict[str, Process] = {}
        self._tokens = self.chance("links")
        self._road = self.chance("road")

    def chance(self, stream: str) -> Random:
        """Give a stream of chance of its own: what one draws moves no other."""
        return Random(f"{self.seed}/{stream}")

    def now(self) -> datetime:
        """Give the wall clock's time: it may have been set."""
        return BEGAN + timedelta(seconds=self.loop.time() + self._shift)

    def tell(self, line: str) -> None:
        """Write a line of the account."""
        if len(self.account) < MOST_LINES:
            self.account.append(f"{self.now():%d.%m %H:%M:%S} {line}")

    def step(self, what: str) -> None:
        """Note that something happened, and look whether everything still holds."""
        self.steps += 1
        self.tell(what)
        if not self.over.done():
            try:
                self.inspector.look()
            except Breach as breach:
                self.fails(breach)

    def fails(self, breach: Breach) -> None:
        """End the world: something does not hold."""
        if not self.over.done():
            self.tell(f"BREACH {breach}")
            self.over.set_result(breach)

    # --- the whole of it

    def play(self) -> Breach | None:
        """Play the month; give what did not hold, None where everything did."""
        given = stage.Seams(
            clock=self.now,
            monotonic=self.loop.time,
            chance=self.chance("tokens"),
            mailbox=type("Mailbox", (SimMailbox,), {"server": self.server}),
            post=type("Post", (SimPost,), {"fate": self.fate, "wire": self.wire}),
            engine=Engine,
            disk=self.disk,
            waker=self._waker,
            window=self._window,
            holders=SimpleNamespace(Holder=self._holder, gone=self._gone),
        )
        asyncio.set_event_loop(self.loop)
        try:
            with stage.seams(given), self.inspector.listening():
                return self.loop.run_until_complete(self._month())
        finally:
            asyncio.set_event_loop(None)
            self.loop.close()

    async def _month(self) -> Breach | None:
        services = [asyncio.ensure_future(self._service(n)) for n in range(self.chance("services").choice((1, 1, 2)))]
        story = asyncio.ensure_future(self._story())
        await asyncio.wait({story, self.over}, return_when=asyncio.FIRST_COMPLETED)
        if not self.over.done():
            await story
        for task in [*services, story, *self._letters]:
            task.cancel()
        for process in self._running:
            process.alive = False
            await process.gone()
        await asyncio.gather(*services, story, *self._letters, return_exceptions=True)
        return self.over.result() if self.over.done() else None

    async def _story(self) -> None:
        chance = self.chance("story")
        await asyncio.sleep(HOUR)
        ends = self.loop.time() + STORM
        while self.loop.time() < ends:
            self._happens(chance)
            await asyncio.sleep(chance.expovariate(1 / (3.5 * DAY)))
        self.tell("the storm is over")
        self.fate.calm()
        self.people.dutiful = True
        await asyncio.sleep(QUIET)
        for task in list(self._letters):
            task.cancel()
        await asyncio.sleep(2 * HOUR)
        self.step("the end")
        try:
            self.inspector.look_back()
        except Breach as breach:
            self.fails(breach)

    def _happens(self, chance: Random) -> None:
        happenings: list[tuple[int, Callable[[], None]]] = [
            (8, self.people.asks_to_pay),
            (4, self.people.writes_a_memo),
            (2, self.people.is_a_stranger),
            (2, lambda: self._comes_again(chance)),
            (1, self.server.numbered_anew),
            (1, self.server.moved_back),
            (1, lambda: self._clock_is_set(chance)),
        ]
        [(_, happening)] = chance.choices(happenings, [weight for weight, _ in happenings])
        happening()
        self.step(getattr(happening, "__name__", "happening"))

    def _comes_again(self, chance: Random) -> None:
        """Let a mail that came before come once more, the same to the byte."""
        if self.mails:
            self.server.arrives(chance.choice(self.mails), self.now())

    def _clock_is_set(self, chance: Random) -> None:
        """Let somebody set the wall clock, forth or back."""
        self._shift += chance.choice((-3600, 3600, -60, 86400 / 2))

    # --- the service

    async def _service(self, number: int) -> None:
        """Keep one service running, as systemd would."""
        while True:
            self.processes += 1
            process = Process(f"service {number}", self.fate, self._died)
            self._running.append(process)
            life = process.spawn(self._serve(process))
            with contextlib.suppress(Exception, Killed):
                await asyncio.wait({life})
            if process.alive and not life.cancelled() and life.exception() is not None:
                self.tell(f"{process.name} did not start: {life.exception()!r}")
            process.alive = False
            await process.gone()
            self._running.remove(process)
            await asyncio.sleep(self.fate.chance.choice((1.0, 30.0, 2 * HOUR)))

    async def _serve(self, process: Process) -> None:
        settings, office = self.site.settings, self.site.office
        store = await Store.open(settings.store_url, settings.domain)
        office = replace(office, kept=await kept_rules(store))
        blobs = Blobs(DiskPath(self.disk, PurePosixPath("/files")))  # type: ignore[arg-type]
        profile = settings.receiver()
        around = surroundings(office.rules, settings.own_addresses, "simulated")
        desk = Desk(office, store, blobs, self.ring, profile, around, PaperReader())
        counter = Counter(
            office, store, blobs, self.site.letters, self.ring, self.address, "Документы", "simulated", True,
            stage.WEB, self._tokens.randbytes,
        )  # fmt: skip
        bench = Bench(office, store, blobs, self.site.documents)
        agent = Agent(settings.files / "senders", store, self.now)
        process.app = App(settings, office, store, desk, counter, bench, agent)
        try:
            await daemon.run(process.app, lambda: self.tell(f"{process.name} serves"))
        finally:
            await agent.close()

    def _died(self, process: Process, where: str) -> None:
        self.deaths += 1
        power = self.fate.happens(self.fate.power)
        self.step(f"{process.name} dies at {where}{' with the power' if power else ''}")
        if power:
            for other in self._running:
                if other.alive:
                    other.die("power")
            self.disk.power_cut()
        self._held = {name: holder for name, holder in self._held.items() if holder.alive}

    def _waker(self, bells: Any) -> Any:
        """Ring when something is due: ringing every quarter of a minute would be most of a month's work."""
        waking = asyncio.get_running_loop().create_task(self._wakes(bells))
        return SimpleNamespace(shutdown=lambda wait: waking.cancel())

    async def _wakes(self, bells: Any) -> None:
        chance, seen, pause = self.fate.chance, None, 0.0
        while True:
            due, rows = self.inspector.next_due(self.now())
            pause = min(max(2 * pause, 15.0), 900.0) if rows == seen and due <= 0 else 15.0
            seen = rows
            await asyncio.sleep(min(max(due + chance.uniform(0, 30), pause), LONGEST_SLEEP))
            bells.letters.set()
            bells.timers.set()
            bells.calls.set()

    def _holder(self, folder: object) -> Any:
        process = ALIVE.get()
        assert process is not None
        name = f"{len(self._held) + 1:032}"
        while name in self._held:
            name = f"{int(name) + 1:032}"
        self._held[name] = process
        return SimpleNamespace(name=name, close=lambda: self._held.pop(name, None))

    @contextmanager
    def _gone(self, folder: object) -> Iterator[tuple[str, ...]]:
        yield tuple(f"{number:032}" for number in range(1, 6) if f"{number:032}" not in self._held)

    # --- mail

    def mail(self, draft: Draft, same_id: bool = False) -> str:
        """Let a mail set out for the office, under the Message-ID of the one before if asked to; give the id."""
        raw = as_it_arrives(draft, len(self.mails) + (not same_id))
        self.mails.append(raw)
        self._soon(lambda: self._arrives(raw, draft), 0.0)
        return message_id_of(raw)

    async def _arrives(self, raw: bytes, draft: Draft) -> None:
        await asyncio.sleep(self._road.choice((1.0, 60.0, 2 * HOUR)))
        self.server.arrives(raw, self.now())
        doubt = "" if draft.proven else " (unproven)"
        self.step(f"mail from {draft.sender}{doubt}: {draft.subject[:60]} | {draft.text[:40]!r}")

    def _settling(self, uidvalidity: int, uid: int, lying: Lying) -> None:
        try:
            self.inspector.may_leave(uidvalidity, uid, lying)
        except Breach as breach:
            self.fails(breach)

    def _delivered(self, to: str, content: bytes) -> None:
        [row] = self.drive.rows(
            "SELECT o.*, a.ask FROM outbox o LEFT JOIN assignment a ON a.id = o.assignment WHERE message_id = ?",
            message_id_of(content),
        ) or [None]
        person = self.office.directory.by_address(to)
        self.step(f"letter ({row['kind'] if row else 'unknown'}) leaves for {to}")
        if person is None or row is None:
            return
        ask = Ask(row["ask"]) if row["ask"] else None
        letter = Received(row["kind"], person, to, row["case"], self.now(), row["assignment"], ask, content)
        self._soon(lambda: self.people.reads(letter), 1.0)

    def _soon(self, what: Callable[[], Awaitable[None]], seconds: float) -> None:
        """Let somebody who is no process do that, a little later."""

        async def later() -> None:
            await asyncio.sleep(seconds)
            await what()

        context = copy_context()
        context.run(ALIVE.set, None)
        task = self.loop.create_task(later(), context=context)
        self._letters[task] = None
        task.add_done_callback(lambda done: self._letters.pop(done, None))
        task.add_done_callback(self._looked_after)

    def _looked_after(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and task.exception() is not None and not self.over.done():
            wrong = task.exception()
            if isinstance(wrong, ServerGone):
                return
            self.fails(wrong if isinstance(wrong, Breach) else Breach("the world itself", repr(wrong)))

    # --- pages

    def _window(self, app: App, wake: Callable[[], None]) -> Any:
        process = ALIVE.get()
        assert process is not None
        process.window = Window(app.office, app.store, app.desk.blobs, app.desk.ring, self._tokens.randbytes, wake)
        return SimpleNamespace(web=None, follow=lambda: None)

    async def look(self, link: str, cookie: str) -> Looked:
        """Open a page: nothing may be written by that."""

        async def looked(window: Window) -> Looked:
            READS_ONLY.set(True)
            return await window.look(link, cookie, self.now())

        return await self._served(looked)

    async def press(self, press: Press) -> Pressed:
        """Send a form."""
        outcome = await self._served(lambda window: window.press(press, self.now()))
        self.step(
            f"a press says {press.form.choice}: {type(outcome).__name__} {type(getattr(outcome, 'why', None)).__name__}"
        )
        return outcome

    async def send_code(self, press: Press) -> Pressed:
        """Ask for a code."""
        return await self._served(lambda window: window.send_code(press, self.now()))

    async def _served(self, visit: Callable[[Window], Awaitable[T]]) -> T:
        for _ in range(20):
            serving = [p for p in self._running if p.alive and getattr(p, "window", None) is not None]
            if serving:
                break
            await asyncio.sleep(HOUR / 2)
        if not serving:
            raise ServerGone
        process = self.fate.chance.choice(serving)
        task = process.spawn(visit(process.window))  # type: ignore[arg-type]
        await asyncio.wait({task})
        if task.cancelled() or task.exception() is not None:
            wrong = None if task.cancelled() else task.exception()
            if isinstance(wrong, AssertionError):
                raise Breach("looking writes nothing", str(wrong))
            if wrong is not None and not isinstance(wrong, MailflowError | Killed):
                raise Breach("nothing breaks unforeseen", f"on a page: {wrong!r}")
            raise ServerGone
        return task.result()
