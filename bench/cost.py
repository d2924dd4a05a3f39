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
    """Seconds of processor (user and system) and of wall clock."""

    cpu: float
    wall: float


class Meter:
    """Measures from when it is made."""

    def __init__(self) -> None:
        self._cpu, self._wall = processor_seconds(), time.perf_counter()

    def read(self) -> Cost:
        """Give what was spent since."""
        return Cost(processor_seconds() - self._cpu, time.perf_counter() - self._wall)


def processor_seconds() -> float:
    """Give the processor time of this process and all its children, the ended ones included."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    running = sum(_clock(child) for child in children(os.getpid()))
    return time.process_time() + ended.ru_utime + ended.ru_stime + running


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
