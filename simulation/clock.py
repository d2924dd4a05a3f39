"""Time that jumps: an event loop whose clock moves only while nobody has anything to do.

Owns: the loop's time, the order of what is ready at once (drawn from the seed), and threads, of which there are none:
whatever is given to one is done in the loop, a moment later. Refuses to know: the wall clock (`world`), mail.
A loop with nothing ready and nothing planned would wait for ever: that is an error of the simulation, said at once.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from random import Random
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
MOST_LEAPS = 200_000
"""A month takes some thousands; a loop of the service that looks every moment would take millions."""


class Gate(Protocol):
    """Asked before work of a thread is done: raises where the process the work belongs to is gone."""

    def __call__(self) -> None:
        """Let the work happen, or raise."""


class _Jumping(selectors.SelectSelector):
    """Waits for no file: where a real selector would sleep, it lets the time pass."""

    passes: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("nothing is ready and nothing is planned: everybody waits for somebody else")
        if timeout > 0:
            self.passes(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time; `chance` draws who goes first."""

    _ready: Any

    def __init__(self, chance: Random, gate: Gate) -> None:
        selector = _Jumping()
        selector.passes = self._pass
        self._now = 0.0
        self._leaps = 0
        self._chance = chance
        self._gate = gate
        super().__init__(selector)

    def time(self) -> float:
        """Give the virtual seconds since the world began."""
        return self._now

    def _pass(self, seconds: float) -> None:
        self._now += seconds
        self._leaps += 1
        if self._leaps > MOST_LEAPS:
            raise RuntimeError(f"time has leapt {MOST_LEAPS} times: who looks this often? see `stage.seams`")

    def _run_once(self) -> None:
        if len(self._ready) > 1:
            drawn = list(self._ready)
            self._chance.shuffle(drawn)
            self._ready.clear()
            self._ready.extend(drawn)
        super()._run_once()  # type: ignore[misc]

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """Do the work of a thread here, a moment later; whoever stopped waiting does not stop it."""
        future: asyncio.Future[T] = self.create_future()
        self.call_later(self._chance.choice((0.0, 0.001, 0.02)), self._work, future, func, args)
        return future

    def _work(self, future: asyncio.Future[T], func: Callable[..., T], args: tuple[Any, ...]) -> None:
        try:
            self._gate()
            result = func(*args)
        except BaseException as wrong:
            if not future.done():
                future.set_exception(wrong)
                future.exception()
            return
        if not future.done():
            future.set_result(result)
