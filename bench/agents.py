"""`python -m bench.agents [MAILS]`: what one, two and four agents do together on one PostgreSQL and one mailbox.

So many requests lie in the mailbox at once. Taken: all are cases; sent: every letter they led to has left. Beside the
wall clock, which other work on the machine lengthens, stands the processor time of each agent, the busiest first: the
first of them reads, and the letters are shared.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from mailflow import agent
from mailflow.edges.store import Store
from tests.killing import PASSWORD, Company, forge
from tests.servers import Postgres, dovecot, postgres, smtp_sink
from tests.test_agents import Agents, watched

COUNTS = (1, 2, 4)
MAILS = 200
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figures:
    """One run: seconds until all was taken and all was sent, and the processor seconds of each agent."""

    agents: int
    taken: float
    sent: float
    letters: int
    processor: tuple[float, ...]

    def told(self, mails: int) -> str:
        """Say it as a row of a table."""
        share = " + ".join(f"{seconds:.1f}" for seconds in self.processor)
        return f"| {self.agents} | {mails / self.taken:.1f} | {self.letters / self.sent:.1f} | {share} |"


async def measured(count: int, mails: int, folder: Path, server: Postgres) -> Figures:
    """Let so many agents do the work."""
    with dovecot({"box": PASSWORD}) as imap, forge() as processes:
        async with smtp_sink() as sink:
            company = Company(folder / "site", server.fresh(), "box", imap, sink, processes)
            company.found()
            agents = Agents(company, agent.LEASE_SECONDS)
            for site in [agents.machine() for _ in range(count)]:
                await agents.begins(site)
            try:
                async with watched(agents) as store:
                    await agents.reader(store)
                    return await _timed(agents, store, mails)
            finally:
                agents.end()


async def _timed(agents: Agents, store: Store, mails: int) -> Figures:
    before = _processor(agents)
    agents.invoices(mails)
    began = time.monotonic()
    await _until(lambda: _is(store, 'SELECT count(*) AS n FROM "case"', mails))
    taken = time.monotonic() - began
    await _until(lambda: _is(store, "SELECT count(*) AS n FROM outbox WHERE state <> 'sent'", 0))
    sent = time.monotonic() - began
    spent = [after - earlier for after, earlier in zip(_processor(agents), before, strict=True)]
    return Figures(len(agents.sites), taken, sent, len(agents.company.sink.letters), tuple(sorted(spent, reverse=True)))


async def _is(store: Store, query: str, wanted: int) -> bool:
    [row] = await store._db.read(lambda session: session.rows(query))
    return bool(row["n"] == wanted)


async def _until(so: Callable[[], Awaitable[bool]]) -> None:
    while not await so():
        await asyncio.sleep(0.1)


def _processor(agents: Agents) -> list[float]:
    """Give the processor seconds of each agent so far, that of its children not counted."""
    return [_spent(process) for process in agents.running.values()]


def _spent(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def main() -> None:
    """Measure and print a table."""
    mails = int(sys.argv[1]) if len(sys.argv) > 1 else MAILS
    print("| agents | mails taken a second | letters sent a second | processor seconds of each |\n|---|---|---|---|")
    with postgres() as server, tempfile.TemporaryDirectory() as folder:
        for count in COUNTS:
            figures = asyncio.run(measured(count, mails, Path(folder) / str(count), server))
            print(figures.told(mails), flush=True)


if __name__ == "__main__":
    main()
