"""`./run bench`: what a mail costs, beside the floor, in interleaved rounds; and how long a letter is on its way."""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import delay, floor, loads, pipeline, registers, roundup
from bench.cost import Cost
from bench.letters import Written
from bench.mails import Asked, Papers, asked, replies, requests
from bench.peer import Peer
from bench.worker import Worker
from tests.server_dovecot import Dovecot, dovecot

OURS, THEIRS, PASSWORD = "docs", "floor", "bench"


@dataclass(frozen=True, slots=True)
class Figures:
    """One round of each, a message."""

    floor: Cost
    ours: Cost
    found: Cost
    """What it takes us afterwards, in idle time, to make the cases of the round found by their words."""
    parts: dict[str, float]
    """Of the floor: processor seconds of each part."""


class Bench:
    """The servers, the two processes measured, and what they are fed."""

    def __init__(self, folder: Path, server: Dovecot, mails: int) -> None:
        self._server, self._half = server, mails // 2
        self._papers = Papers()
        self.peer = Peer()
        site = folder / "site"
        pipeline.write_site(site, server.port, self.peer.port, OURS, PASSWORD)
        (folder / "floor").mkdir()
        self.ours = Worker(pipeline.main, site)
        self.floor = Worker(floor.main, folder / "floor", server.port, self.peer.port, THEIRS, PASSWORD)
        self._rounds = 0
        self._asked: list[Asked] = []
        self._letters: list[Written] = []

    def warm(self) -> None:
        """Open the first cases; then play one whole round whose letters the floor is to send, uncounted."""
        self._deliver(self._mails())
        self.ours.ask("round")
        self._asked = asked(self.peer.taken())
        self._deliver(self._mails())
        self._letters = self.ours.ask("record")
        self._asked = asked(self.peer.taken())
        self.floor.ask(self._letters)
        self.peer.taken()
        self.ours.ask("index")

    def round(self) -> Figures:
        """Play one round of the floor and one of ours over the same mails."""
        mails = self._mails()
        self._deliver(mails)
        theirs, parts = self.floor.ask(self._letters)
        self.peer.taken()
        ours = self.ours.ask("round")
        self._asked = asked(self.peer.taken())
        each = {name: seconds / len(mails) for name, seconds in parts.items()}
        found = self.ours.ask("index")
        return Figures(theirs.each(len(mails)), ours.each(len(mails)), found.each(len(mails)), each)

    def profile(self) -> str:
        """Play one round and look where its time goes."""
        mails = self._mails()
        self._deliver(mails)
        cost, samples = self.ours.ask("profile")
        each = cost.each(len(mails))
        own = (each.cpu - each.children) * 1e3
        return f"{own:.2f} ms CPU a message, children {each.children * 1e3:.2f} more\n{samples.table(own)}"

    def _mails(self) -> list[bytes]:
        salt = f"r{self._rounds}"
        new = requests(self._papers, self._half, self._rounds * self._half, salt)
        old = replies(self._asked[: self._half], salt + "a")
        self._rounds += 1
        return [mail for pair in zip(new, old, strict=True) for mail in pair] if old else new

    def _deliver(self, mails: Sequence[bytes]) -> None:
        self._server.append(OURS, *mails)
        self._server.append(THEIRS, *mails)

    @property
    def letters(self) -> int:
        """How many letters a round sends."""
        return len(self._letters)

    def close(self) -> None:
        """End the processes."""
        self.ours.end("end")
        self.floor.end(None)
        self.peer.close()


@contextlib.contextmanager
def benched(mails: int) -> Iterator[Bench]:
    """Give a bench over servers of its own for as long as the block lasts."""
    with (
        tempfile.TemporaryDirectory(prefix="mf-bench-") as folder,
        dovecot({OURS: PASSWORD, THEIRS: PASSWORD}) as server,
    ):
        bench = Bench(Path(folder), server, mails)
        try:
            yield bench
        finally:
            bench.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    read = _arguments(arguments)
    print(machine())
    if read.registers:
        registers.main(read.registers)
        return 0
    if read.peers:
        for line in roundup.compared(read.rounds, read.mails):
            print(line, flush=True)
        return 0
    if chosen := [(name, size) for name in loads.LOADS if (size := getattr(read, name))]:
        for name, size in chosen:
            print(loads.line(name, loads.LOADS[name](size)), flush=True)
        return 0
    with benched(read.mails) as bench:
        bench.warm()
        if read.profile:
            print(bench.profile())
            return 0
        rounds = []
        for number in range(1, read.rounds + 1):
            rounds.append(bench.round())
            print(round_line(number, rounds[-1]), flush=True)
        print(summary(rounds, read.mails, bench.letters))
        print(memory(bench.ours.ask("peak")))
        print(counts(bench.ours.ask("counts")))
    if read.delays:
        for watch in ("idle", "poll"):
            print(delay.line(watch, delay.measured(read.delays, watch)), flush=True)
    return 0


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--mails", type=int, default=500, help="mails a round (500)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each side (5)")
    parser.add_argument(
        "--delays", type=int, default=100, help="mails timed one by one, for each way of watching (100)"
    )
    parser.add_argument("--peers", action="store_true", help="instead, how many messages a second beside Roundup")
    parser.add_argument("--backlog", type=int, help="instead, the memory over a backlog of so many mails")
    parser.add_argument("--idle", type=int, help="instead, what a look costs where so many mails are kept")
    parser.add_argument("--poison", type=int, help="instead, how a mail of 25 MB holds up so many others")
    parser.add_argument("--profile", action="store_true", help="instead, where the time of one round goes")
    parser.add_argument(
        "--registers",
        type=int,
        nargs="?",
        const=1_000_000,
        default=0,
        help="instead, registers of so many cases (1000000)",
    )
    return parser.parse_args(given)


def machine() -> str:
    """Name what it was measured on."""
    model = next((line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")), "")
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"


def _cpuinfo() -> list[str]:
    with contextlib.suppress(OSError):
        return Path("/proc/cpuinfo").read_text().splitlines()
    return []


def round_line(number: int, figures: Figures) -> str:
    """Say what one round cost."""
    f, o = figures.floor, figures.ours
    return (
        f"round {number}: floor {f.cpu * 1e3:6.2f} ms CPU {f.wall * 1e3:6.2f} ms wall   "
        f"ours {o.cpu * 1e3:6.2f} ms CPU {o.wall * 1e3:6.2f} ms wall   ratio {o.cpu / f.cpu:5.2f}"
    )


def summary(rounds: Sequence[Figures], mails: int, letters: int) -> str:
    """Give the medians; the ratio is the median of the rounds' ratios."""
    cpu = [statistics.median(getattr(one, side).cpu * 1e3 for one in rounds) for side in ("floor", "ours")]
    wall = [statistics.median(getattr(one, side).wall * 1e3 for one in rounds) for side in ("floor", "ours")]
    parts = {name: statistics.median(one.parts[name] * 1e3 for one in rounds) for name in rounds[0].parts}
    children = statistics.median(one.ours.children * 1e3 for one in rounds)
    found = statistics.median(one.found.cpu * 1e3 for one in rounds)
    ratios = [statistics.median(getattr(o.ours, k) / getattr(o.floor, k) for o in rounds) for k in ("cpu", "wall")]
    return (
        f"{mails} mails and {letters} letters a round, medians of {len(rounds)} rounds, a message:\n"
        f"  CPU   floor {cpu[0]:.2f} ms  ours {cpu[1]:.2f} ms  ratio {ratios[0]:.2f}\n"
        f"  wall  floor {wall[0]:.2f} ms  ours {wall[1]:.2f} ms  ratio {ratios[1]:.2f}"
        f"  ({1000 / wall[1]:.0f} messages/s)\n"
        f"  ours: {children:.2f} ms of it in the process that reads papers\n"
        f"  afterwards, in idle time: {found:.2f} ms CPU to make a message found by its words\n"
        f"  floor: {', '.join(f'{name} {value:.2f}' for name, value in parts.items())} ms"
    )


def memory(peak: tuple[float, float]) -> str:
    """Say how much memory was taken at most."""
    return f"peak memory: service {peak[0]:.0f} MiB, its largest child {peak[1]:.0f} MiB"


def counts(found: dict[str, int]) -> str:
    """Say what became of the mails, so that nobody measures refusals."""
    return "taken: " + ", ".join(f"{name} {number}" for name, number in sorted(found.items()))


if __name__ == "__main__":
    sys.exit(main())
