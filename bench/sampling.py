"""Where processor time goes, by looking at the main thread's stack every millisecond of it.

Owns: the timer, the counting, the table. Unlike cProfile it slows nothing down, so small functions keep their true
share. While the main thread waits in its selector, the time belongs to the other threads (files, SQLite, IMAP).
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STEP = 0.001


class Samples:
    """How often a function was seen, anywhere on the stack and on top of it."""

    def __init__(self) -> None:
        self.count = 0
        self.on_stack: Counter[str] = Counter()
        self.on_top: Counter[str] = Counter()

    def take(self, number: int, frame: FrameType | None) -> None:
        """Note the stack the signal came upon."""
        names = []
        while frame is not None:
            code = frame.f_code
            names.append(f"{_short(code.co_filename)}:{code.co_name}")
            frame = frame.f_back
        self.count += 1
        self.on_stack.update(set(names))
        self.on_top.update(names[:1])

    def table(self, cpu_ms: float, most: int = 60) -> str:
        """Give milliseconds for each function, when all samples together are `cpu_ms`."""
        each = cpu_ms / max(1, self.count)
        lines = [f"{self.count} samples; milliseconds a message, functions of mailflow with what they call:"]
        lines += _rows([(n, c) for n, c in self.on_stack.most_common() if n.startswith("mailflow")][:most], each)
        lines += ["by themselves, anybody's:", *_rows(self.on_top.most_common(most), each)]
        return "\n".join(lines)


def _rows(counted: list[tuple[str, int]], each: float) -> list[str]:
    return [f"  {count * each:7.3f}  {name}" for name, count in counted]


def _short(path: str) -> str:
    for mark in ("/site-packages/", "/lib/python3"):
        if mark in path:
            return path.rpartition(mark)[2]
    place = path.find("/mailflow/")
    return (
        path[path.rfind("mailflow/") if path.count("mailflow/") == 1 else place + 1 :] if "mailflow/" in path else path
    )


@contextmanager
def sampled() -> Iterator[Samples]:
    """Look at the stack for as long as the block lasts."""
    samples = Samples()
    before = signal.signal(signal.SIGPROF, samples.take)
    signal.setitimer(signal.ITIMER_PROF, STEP, STEP)
    try:
        yield samples
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
