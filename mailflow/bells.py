"""What wakes the loops of the service: something may be waiting for them.

Owns: ringing and waiting. Refuses to know: what is due; that stands in the database.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass
class Bells:
    """One bell for each loop."""

    letters: asyncio.Event
    timers: asyncio.Event
    calls: asyncio.Event = field(default_factory=asyncio.Event)


async def rung(bell: asyncio.Event) -> None:
    """Wait until it rings; then it is silent again."""
    await bell.wait()
    bell.clear()
