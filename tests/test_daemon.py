"""The service ends when it is told to, whatever its loops are doing."""

from __future__ import annotations

import asyncio
import contextlib
from types import SimpleNamespace

import pytest

from mailflow import daemon
from mailflow.daemon import end

HASTE = 0.05


async def test_a_loop_that_swallows_a_cancellation_is_told_again() -> None:
    told = 0

    async def stubborn() -> None:
        nonlocal told
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                told += 1
                if told > 1:
                    raise

    loop = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end([loop], HASTE)
    assert (loop.cancelled(), told) == (True, 2)


async def test_loops_that_have_ended_hold_up_nobody() -> None:
    async def over() -> None:
        raise RuntimeError("broke")

    loop = asyncio.create_task(over())
    with contextlib.suppress(RuntimeError):
        await loop
    async with asyncio.timeout(1):
        await end([loop], HASTE)


async def test_a_loop_that_ran_well_since_it_last_broke_is_soon_there_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, pauses, runs = [0.0], list[float](), iter([0, 0, 0, 3600, 0])
    monkeypatch.setattr(daemon, "time", SimpleNamespace(monotonic=lambda: clock[0]))

    async def paused(seconds: float) -> None:
        pauses.append(seconds)

    async def loop() -> None:
        seconds = next(runs, None)
        if seconds is None:
            raise asyncio.CancelledError
        clock[0] += seconds
        raise RuntimeError("the database was away")

    monkeypatch.setattr(daemon, "asyncio", SimpleNamespace(sleep=paused))
    with pytest.raises(asyncio.CancelledError):
        await daemon._kept_alive(loop)
    assert pauses == [1, 2, 4, 1, 2]
