"""Several agents on one database and one mailbox: one reads, when it is gone another does; nothing is lost or doubled.

Each agent is `mailflow run` as a process of its own, on a "machine" of its own: a folder with the same settings and
keys, the same files, and its own names, so that a lease has to end by itself. In the gate a lease lasts two seconds;
`./run agents` does the same with the real one and with four agents.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest

from mailflow import agent
from mailflow.app import now
from mailflow.config import read_settings
from mailflow.edges.store import Fence, Store
from mailflow.errors import LeaseLost
from tests.killing import PASSWORD, SHORT_LEASE, Company, Forge, forge
from tests.killing_books import audited
from tests.lines import line_to
from tests.scale import Scale
from tests.servers import Dovecot, Postgres, SmtpSink, dovecot, smtp_sink
from tests.test_kill_points import asks, number

T = TypeVar("T")

TAKEN_OVER = 15.0
"""Seconds after which another agent reads at the latest."""
BOXES = count()


@pytest.fixture(scope="module")
def imap() -> Iterator[Dovecot]:
    with dovecot({f"agents{number}": PASSWORD for number in range(20)}) as running:
        yield running


@pytest.fixture(scope="module")
def processes() -> Iterator[Forge]:
    with forge() as running:
        yield running


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with smtp_sink() as running:
        yield running


@dataclass
class Agents:
    """The machines of one company, each with its agent."""

    company: Company
    lease: float
    sites: list[Path] = field(default_factory=list)
    running: dict[Path, int] = field(default_factory=dict)
    asked: int = 0

    def machine(self, port: int | None = None) -> Path:
        """Set up another machine; `port`: its own line to the database."""
        first = self.company.site
        site = first.with_name(f"{first.name}{len(self.sites)}")
        shutil.copytree(first, site, ignore=shutil.ignore_patterns("data"))
        (site / "data" / "files").mkdir(parents=True)
        for name in ("new", *(f"{byte:02x}" for byte in range(256))):
            (first / "data" / "files" / name).mkdir(parents=True, exist_ok=True)
            (site / "data" / "files" / name).symlink_to(first / "data" / "files" / name)
        if port is not None:
            _base, _, name = self.company.url.rpartition("/")
            replace(self.company, site=site, url=f"postgres://mf@127.0.0.1:{port}/{name}").write_settings()
        self.sites.append(site)
        return site

    async def begins(self, site: Path) -> None:
        defect = "" if self.lease == agent.LEASE_SECONDS else SHORT_LEASE
        self.running[site] = await self.company.forge.begins(site, defect)

    def sends(self, site: Path, sent: signal.Signals) -> None:
        os.kill(self.running[site], sent)
        if sent == signal.SIGKILL:
            del self.running[site]

    def end(self) -> None:
        for site in list(self.running):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.running[site], signal.SIGCONT)
                self.sends(site, signal.SIGKILL)

    def invoices(self, many: int = 1) -> None:
        """So many invoices arrive."""
        for _ in range(many):
            self.asked += 1
            asks(self.company, self.asked)
        self.company.mail_arrives()

    async def reader(self, store: Store, but: Path | None = None) -> Path:
        """Wait until a machine reads, one other than `but`; give it."""
        return await until(lambda: self._reader(store, but), TAKEN_OVER + 15)

    async def _reader(self, store: Store, but: Path | None) -> Path | None:
        query = "SELECT holder FROM lease WHERE key LIKE 'mailbox/%' AND until > now()"
        rows = await store._db.read(lambda session: session.rows(query))
        return next((site for site in self.sites if rows and site != but and rows[0]["holder"] in names(site)), None)

    async def taken(self, store: Store) -> float:
        """Wait until every invoice is a case; give how long that took."""
        began = time.monotonic()

        async def are_there() -> bool | None:
            return len(await store.cases(limit=1000)) == self.asked or None

        await until(are_there, 60)
        return time.monotonic() - began


def names(site: Path) -> list[str]:
    return [file.read_text() for file in (site / "data" / "files" / "senders").glob("*.sender")]


async def until(found: Callable[[], Awaitable[T | None]], seconds: float) -> T:
    async with asyncio.timeout(seconds):
        while (what := await found()) is None:
            await asyncio.sleep(0.05)
    return what


@pytest.fixture
def a_company(
    tmp_path: Path, imap: Dovecot, processes: Forge, sink: SmtpSink, postgres_server: Postgres, scale: Scale
) -> Iterator[Agents]:
    box = f"agents{next(BOXES)}"
    company = Company(tmp_path / "site", postgres_server.fresh(), box, imap, sink, processes)
    company.found()
    agents = Agents(company, 2.0 if scale.size == "gate" else agent.LEASE_SECONDS)
    yield agents
    agents.end()


@contextlib.asynccontextmanager
async def watched(agents: Agents) -> AsyncIterator[Store]:
    settings = read_settings(agents.company.site)
    store = await Store.open(settings.store_url, settings.domain)
    try:
        yield store
    finally:
        await store.close()


async def all_is_done_once(agents: Agents, kills: int) -> None:
    """The machines come back one after another; then every law holds, and a letter left twice at most once a kill."""
    agents.end()
    for site in agents.sites:
        assert await agents.company.forge.run(site) == 0, (site / "run.log").read_text()
    books = await audited(agents.company, kills)
    assert [case[0] for case in books.cases] == [number(invoice) for invoice in range(1, agents.asked + 1)]


# --- one reads, the others stand by


async def test_when_the_reader_is_killed_another_reads_within_fifteen_seconds(a_company: Agents, scale: Scale) -> None:
    agents = a_company
    for site in [agents.machine() for _ in range(scale.of(2, 4, 4))]:
        await agents.begins(site)
    async with watched(agents) as store:
        first = await agents.reader(store)
        agents.invoices(2)
        await agents.taken(store)
        agents.sends(first, signal.SIGKILL)
        agents.invoices(3)
        took = await agents.taken(store)
        print(f"\n{len(agents.sites)} agents, lease {agents.lease:.0f} s: taken over within {took:.1f} s")
        assert took < TAKEN_OVER
        assert await agents.reader(store) != first
    await all_is_done_once(agents, 1)


async def test_a_reader_that_was_stopped_wakes_and_does_no_harm(a_company: Agents, scale: Scale) -> None:
    agents = a_company
    for site in [agents.machine(), agents.machine()]:
        await agents.begins(site)
    async with watched(agents) as store:
        first = await agents.reader(store)
        agents.invoices(4)
        await asyncio.sleep(0.3)  # in the midst of them, as likely as not
        agents.sends(first, signal.SIGSTOP)
        second = await agents.reader(store, but=first)
        agents.invoices(2)
        await agents.taken(store)
        await asyncio.sleep(scale.of(0, 20, 120))
        agents.sends(first, signal.SIGCONT)
        agents.invoices(1)
        await agents.taken(store)
        await asyncio.sleep(1.0)
        assert await agents.reader(store) == second
    await all_is_done_once(agents, 1)


async def test_a_reader_cut_off_from_the_database_loses_its_turn_and_goes_on_later(
    a_company: Agents, postgres_server: Postgres
) -> None:
    agents = a_company
    async with line_to(postgres_server.port) as line, watched(agents) as store:
        far = agents.machine(line.port)
        await agents.begins(far)
        assert await agents.reader(store) == far
        await agents.begins(agents.machine())
        agents.invoices(1)
        await agents.taken(store)
        line.stops()
        agents.invoices(2)
        assert await agents.taken(store) < TAKEN_OVER
        assert await agents.reader(store) != far
        line.goes_on()
        agents.invoices(1)
        await agents.taken(store)
        await asyncio.sleep(1.0)
        await all_is_done_once(agents, 1)


# --- the fence itself, on both databases


async def test_a_turn_is_taken_by_one_and_the_next_has_a_higher_number(a_store: Store) -> None:
    first = await a_store.take_lease("mailbox/docs", "a", 60)
    assert first == Fence("lease", "mailbox/docs", 1)
    assert await a_store.take_lease("mailbox/docs", "b", 60) is None
    await a_store.give_back_lease(first)
    assert await a_store.take_lease("mailbox/docs", "b", 60) == Fence("lease", "mailbox/docs", 2)
    assert not await a_store.renew_lease(first, 60)


async def test_a_lease_that_is_not_renewed_ends_and_one_that_is_goes_on(a_store: Store) -> None:
    fence = await a_store.take_lease("office", "a", 0.2)
    assert fence is not None
    assert await a_store.renew_lease(fence, 0.5)
    assert await a_store.take_lease("office", "b", 60) is None
    await asyncio.sleep(0.6)
    assert await a_store.take_lease("office", "b", 60) is not None


async def test_what_a_late_holder_writes_is_refused_and_nothing_of_it_stays(a_store: Store) -> None:
    fence = await a_store.take_lease("office", "a", 0.0)
    assert fence is not None
    late = a_store.fenced(fence)
    await late.pulse("mailbox", now())
    assert await a_store.take_lease("office", "b", 60) is not None
    with pytest.raises(LeaseLost, match="another agent has taken over"):
        await late.pulse("service", now())
    assert set((await a_store.vitals(now())).pulses) == {"mailbox"}
    await a_store.pulse("service", now())
