"""The service ends when it is told to, whatever its loops are doing."""

from __future__ import annotations

import asyncio
import contextlib

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
