"""`./run fuzz`: damaged mails by the thousand; every one must be read, in time, and be something.

Owns: which mails are damaged, what is checked of each, and the report. A mail is known by its seed, `S:N`; the same
seed over the same mails (those of the tests and of the folders named by `--also`) gives the same bytes:
`./run fuzz --replay S:N` reads that one again and writes it down.
May go wrong: a reader that hangs inside one C call cannot be interrupted; then the process ends and says at which seed.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import math
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection
from pathlib import Path
from random import Random
from types import FrameType
from typing import Protocol, TypeVar

from bench.mutations import mutated
from mailflow.app import read_ground
from mailflow.core.answers import Expecting
from mailflow.core.kinds import Kind
from mailflow.core.message import Message
from mailflow.core.receiver import ReceiverProfile
from mailflow.explain import Ground, explain_bare
from mailflow.explain_shown import shown

T = TypeVar("T")

HERE = Path(__file__).resolve().parents[1]
MAILS = HERE / "tests" / "mails"
SECONDS = 2.0
"""For one reading of a mail, on one processor."""
MEBIBYTES = 256
GIVEN_UP = 30
"""Processor seconds after which a hang that no handler in Python reaches ends its process."""
KINDS = frozenset(kind.value for kind in Kind)
PROFILE = ReceiverProfile("authserv", "mx.corp.example")


class At(Protocol):
    """Where a run is: kept by its parent, should the process end."""

    value: int


@dataclass
class _Here:
    value: int = -1


class Hang(BaseException):
    """The time of one mail is over; no `except Exception` of a reader may swallow it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What was wrong with the mail of this seed, and from which mail it was made."""

    seed: str
    made_from: str
    why: str


@dataclass(frozen=True, slots=True)
class Result:
    """How many were read, what they were, the longest time in seconds, and what failed."""

    count: int
    kinds: Counter[str]
    longest: tuple[float, str]
    grown: int
    """The most one mail made the process grow, in MiB."""
    failures: tuple[Failure, ...]


def originals(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Give the mails that are damaged, in an order that depends on their names alone."""
    found = (path for folder in (MAILS, *folders) for path in folder.rglob("*.eml"))
    return tuple(sorted(found, key=lambda path: path.parts[-3:]))


def damaged(paths: Sequence[Path], seed: int, number: int) -> tuple[bytes, str]:
    """Make mail `number` of a run; also the name of the mail it was made from."""
    dice = Random(f"{seed}:{number}")
    path = dice.choice(paths)
    return mutated(path.read_bytes(), dice), path.name


def trouble(raw: bytes, ground: Ground, times: list[float]) -> tuple[str, str]:
    """Read a mail every way it may be read; give what it was and what is wrong, '' for nothing. May raise.

    Each reading has its own two seconds; `times` is told how long each took.
    """
    asked = _timed(times, lambda: explain_bare(raw, ground))
    answered = _timed(times, lambda: explain_bare(raw, ground, Expecting.APPROVAL))
    kind = str(asked.understood.kind)
    for read in (asked, answered):
        if read.understood.kind not in KINDS or not read.understood.reason:
            return kind, f"unclassified: {read.said}"
        json.dumps(read.said, ensure_ascii=False).encode()
    _timed(times, lambda: shown("mail", answered).encode())
    return kind, _unfit(asked.message)


def _unfit(message: Message) -> str:
    """Tell of a text no database takes, a name no disk takes."""
    files = [each.name for each in message.attachments]
    texts = [message.subject, message.text, message.html, message.report, *message.defects, *files]
    texts += [text for pair in message.headers for text in pair]
    for text in texts:
        if "\x00" in text or (not text.isascii() and any("\ud800" <= ch <= "\udfff" for ch in text)):
            return f"not fit to be stored: {text[:60]!r}"
    bad = next((name for name in files if not name or len(name) > 120 or set(name) & set("/\\\r\n")), None)
    return f"not fit as a name: {bad!r}" if bad is not None else ""


def _timed(times: list[float], reading: Callable[[], T]) -> T:
    began = time.process_time()
    with _within(SECONDS):
        read = reading()
    times.append(time.process_time() - began)
    return read


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def judged(
    paths: Sequence[Path], seed: int, number: int, ground: Ground, times: list[float]
) -> tuple[str, Failure | None]:
    """Make and read one mail; give its kind and its failure, if it is one."""
    raw, made_from = damaged(paths, seed, number)
    name, kind, why = f"{seed}:{number}", "", ""
    try:
        kind, why = trouble(raw, ground, times)
    except Hang:
        why = f"hang: over {SECONDS:g} s"
    except Exception as error:  # Whatever a reader raises is the finding.
        why = f"crash: {type(error).__name__}: {str(error)[:100]}"
    return kind, Failure(name, made_from, why) if why else None


def run(paths: Sequence[Path], seed: int, numbers: Iterable[int], at: At | None = None) -> Result:
    """Read the mails of these numbers in this process; `at` is told where it is."""
    ground, at = _ground(), at or _Here()
    before = resource.getrlimit(resource.RLIMIT_CPU)
    faulthandler.register(signal.SIGXCPU, file=sys.__stderr__, chain=True)
    kinds: Counter[str] = Counter()
    failures: list[Failure] = []
    count, longest, grown = 0, (0.0, ""), 0
    for number in numbers:
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + GIVEN_UP, before[1]))
        at.value = number
        times, size = [0.0], _peak()
        kind, failure = judged(paths, seed, number, ground, times)
        longest = max(longest, (max(times), f"{seed}:{number}"))
        grown = max(grown, _peak() - size)
        if failure is None and _peak() - size > MEBIBYTES:
            failure = Failure(f"{seed}:{number}", "", f"growth: {_peak() - size} MiB")
        failures += [failure] if failure else []
        kinds[kind] += 1
        count += 1
    resource.setrlimit(resource.RLIMIT_CPU, before)
    return Result(count, kinds, longest, grown, tuple(failures))


def _ground() -> Ground:
    return Ground(read_ground(None).around, profile=PROFILE)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _work(paths: Sequence[Path], seed: int, numbers: range, at: At, end: connection.Connection) -> None:
    end.send(run(paths, seed, numbers, at))


def run_many(paths: Sequence[Path], seed: int, count: int, workers: int) -> Result:
    """Share the mails of a run among processes; one that dies is a failure of its share."""
    started = []
    for first in range(workers):
        ours, theirs = multiprocessing.Pipe(duplex=False)
        numbers = range(first, count, workers)
        at = multiprocessing.Value("q", -1, lock=False)
        worker = multiprocessing.Process(target=_work, args=(paths, seed, numbers, at, theirs))
        worker.start()
        theirs.close()
        started.append((ours, worker, at))
    return _sum(_result(*each, seed) for each in started)


def _result(ours: connection.Connection, worker: multiprocessing.Process, at: At, seed: int) -> Result:
    try:
        result: Result = ours.recv()
    except EOFError:
        worker.join()
        lost = Failure(f"{seed}:{at.value}", "", f"a process ended with {worker.exitcode}; its traceback stands above")
        return Result(0, Counter(), (0.0, ""), 0, (lost,))
    worker.join()
    return result


def _sum(results: Iterable[Result]) -> Result:
    each = list(results)
    return Result(
        sum(r.count for r in each),
        sum((r.kinds for r in each), Counter()),
        max(r.longest for r in each),
        max(r.grown for r in each),
        tuple(failure for r in each for failure in r.failures),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and end with 1 when a mail failed."""
    asked = _arguments(arguments)
    paths = originals(asked.also)
    if asked.replay:
        return _replay(paths, asked.replay)
    began = time.monotonic()
    result = run_many(paths, asked.seed, asked.count, asked.workers)
    seconds = time.monotonic() - began
    print(f"{result.count} mails made of {len(paths)}, seed {asked.seed}: {seconds:.0f} s, "
          f"{result.count / seconds:.0f} a second")  # fmt: skip
    print("  " + ", ".join(f"{kind or 'failed'} {number}" for kind, number in result.kinds.most_common()))
    print(f"  longest reading {result.longest[0]:.2f} s CPU ({result.longest[1]}), largest growth {result.grown} MiB")
    print(f"  failed: {len(result.failures)}")
    for failure in result.failures[:30]:
        print(f"  {failure.seed} of {failure.made_from}: {failure.why}: ./run fuzz --replay {failure.seed}")
    return 1 if result.failures else 0


def _replay(paths: Sequence[Path], name: str) -> int:
    """Write the mail of a seed to a file and read it, with the whole traceback."""
    seed, _, number = name.partition(":")
    raw, made_from = damaged(paths, int(seed), int(number))
    path = Path(tempfile.gettempdir()) / f"fuzz-{seed}-{number}.eml"
    path.write_bytes(raw)
    print(f"{path}: {len(raw)} bytes, made of {made_from}", flush=True)
    times: list[float] = []
    kind, why = trouble(raw, _ground(), times)
    print(f"  {kind}, {max(times):.2f} s CPU; {why or 'nothing wrong'}")
    return 1 if why else 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run fuzz", description="Read damaged mails: none may crash, hang or be nothing."
    )
    parser.add_argument("--count", type=int, default=20_000, help="how many (default 20000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other mails (default 1)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one a processor)")
    parser.add_argument("--also", type=Path, action="append", default=[], help="a folder with more mails to damage")
    parser.add_argument("--replay", metavar="S:N", help="read the one mail of this seed again, and keep it in a file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
