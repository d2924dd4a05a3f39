"""What work costs a process and its children: processor time, wall time, memory.

Owns: reading the kernel's own counters. A child that still runs is counted by its processor clock, one that ended by
what its parent was told. Refuses to know: what was done. Linux only.
"""

from __future__ import annotations

import contextlib
import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of processor (user and system), those of child processes among them, and of wall clock."""

    cpu: float
    children: float
    wall: float

    def each(self, count: int) -> Cost:
        """Give the share of one of so many."""
        return Cost(self.cpu / count, self.children / count, self.wall / count)


class Meter:
    """Measures from when it is made."""

    def __init__(self) -> None:
        self._own, self._children, self._wall = time.process_time(), _of_children(), time.perf_counter()

    def read(self) -> Cost:
        """Give what was spent since."""
        children = _of_children() - self._children
        return Cost(time.process_time() - self._own + children, children, time.perf_counter() - self._wall)


def _of_children() -> float:
    """Give the processor time of all children, of the ended ones included."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime + sum(_clock(child) for child in children(os.getpid()))


def _clock(pid: int) -> float:
    # The processor clock of another process, named as clock_getcpuclockid(3) does.
    with contextlib.suppress(OSError):
        return time.clock_gettime((~pid << 3) | 2)
    return 0.0


def children(parent: int) -> list[int]:
    """List the processes that process has started and that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def peak_mib() -> tuple[float, float]:
    """Give the peak memory of this process, and of the largest of its children that still run, in MiB."""
    return _peak(os.getpid()), max((_peak(child) for child in children(os.getpid())), default=0.0)


def _peak(pid: int) -> float:
    with contextlib.suppress(OSError):
        line = Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2]
        return int(line.split()[0]) / 1024 if line else 0.0
    return 0.0
