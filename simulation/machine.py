"""Processes that may die: at any await of an edge, and at every named kill point.

Owns: `Process`, one run of the service from its start to its death, and `point`, which every simulated edge passes on
its way in and out. A process that died does nothing more: whatever its tasks still try raises `Killed`, and what they
held in memory is dropped with them. Refuses to know: what the service does, and what the disk keeps (`disk`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
ALIVE: ContextVar[Process | None] = ContextVar("process", default=None)
"""The process the present task belongs to; None for people and servers."""
PAUSES = (0.0, 0.0, 0.002, 0.05, 1.0, 20.0)


class Killed(BaseException):
    """The process is no more. No `except Exception` may see it."""


@dataclass
class Fate:
    """How often what goes wrong: chances for each point that is passed."""

    chance: Random
    kill: float = 0.0
    power: float = 0.3
    """Of the kills, those that take the disk's cache with them."""
    wait: float = 0.1
    trouble: float = 0.0
    """Of a database, a mail server, a post server."""
    mishaps: list[float] = field(default_factory=list)
    """When something happened after which nobody can know whether a letter has left: a death, a lost answer."""

    def mishap(self) -> None:
        """Note one."""
        self.mishaps.append(asyncio.get_running_loop().time())

    def calm(self) -> None:
        """Let nothing go wrong any more."""
        self.kill = self.trouble = 0.0

    def happens(self, rate: float) -> bool:
        """Draw whether something of that chance happens now."""
        return rate > 0 and self.chance.random() < rate


@dataclass
class Process:
    """One run of the service."""

    name: str
    fate: Fate
    died: Callable[[Process, str], None]
    alive: bool = True
    tasks: dict[asyncio.Task[Any], None] = field(default_factory=dict)
    """In the order they began: a set's order would be chance that no seed draws."""
    app: Any = None
    """What it serves with, once it is open."""

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task that belongs to this process, and whose tasks do."""
        context = copy_context()
        context.run(ALIVE.set, self)
        return asyncio.get_running_loop().create_task(work, context=context)

    def die(self, where: str) -> None:
        """End here: nothing is closed, nothing written out."""
        if self.alive:
            self.alive = False
            self.fate.mishap()
            self.died(self, where)
            asyncio.get_running_loop().call_soon(self._drop)

    def _drop(self) -> None:
        for task in list(self.tasks):
            task.cancel()

    def passes(self, where: str) -> None:
        """Pass a place where a kill may fall."""
        if self.alive and self.fate.happens(self.fate.kill):
            self.die(where)
        if not self.alive:
            raise Killed(where)

    async def gone(self) -> None:
        """Wait until the last of its tasks has ended."""
        while self.tasks:
            self._drop()
            await asyncio.wait(list(self.tasks), timeout=10)


def task_factory(loop: asyncio.AbstractEventLoop, work: Any, context: Any = None) -> asyncio.Task[Any]:
    """Make a task and note whose it is."""
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, context=context)
    process = (context or copy_context()).get(ALIVE)
    if process is not None:
        process.tasks[task] = None
        task.add_done_callback(lambda done: process.tasks.pop(done, None))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


def reached(name: str) -> None:
    """Stand in for `mailflow.killpoints.reached`."""
    process = ALIVE.get()
    if process is not None:
        process.passes(name)


async def point(where: str) -> None:
    """Pass an await of an edge: others may go first, time may pass, the process may die."""
    process = ALIVE.get()
    if process is None:
        return
    process.passes(where)
    if process.fate.happens(process.fate.wait):
        await asyncio.sleep(process.fate.chance.choice(PAUSES))
        process.passes(where)


def gate() -> None:
    """Refuse the work of a thread whose process is gone."""
    process = ALIVE.get()
    if process is not None and not process.alive:
        raise Killed("in a thread")
