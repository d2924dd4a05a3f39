"""What work costs a process and its children: processor time, wall time, memory.

Owns: reading the kernel's own counters. A child that still runs is counted by its processor clock, one that ended by
what its parent was told. Refuses to know: what was done. Linux only.
"""

from __future__ import annotations

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
    # The processor clock of another process, as clock_getcpuclockid(3) makes its name.
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def children(parent: int) -> list[int]:
    """List the processes below that one."""
    direct = [int(pid) for path in Path(f"/proc/{parent}/task").glob("*/children") for pid in path.read_text().split()]
    return direct + [below for child in direct for below in children(child)]


def peak_mib() -> tuple[float, float]:
    """Give the peak memory of this process, and of its largest child so far, in MiB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ended = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return own, max([ended, *(_peak(child) for child in children(os.getpid()))])


def _peak(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024 if "VmHWM:" in status else 0.0
