"""One item of a loop, let to break by itself.

Owns: the place where what nobody foresaw in one letter, timer or errand becomes a value, so that the
items behind it go on. Refuses to know: what is done with the item then; each loop says that itself.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from mailflow import log
from mailflow.errors import MailflowError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Broke:
    """The item broke the work. `world`: a server or a file may be at fault, not the item."""

    reason: str
    world: bool


async def alone(key: str, work: Awaitable[Result]) -> Result | Broke:
    """Wait for the work on one item; what it raises is said in the log, under the item's key, and given back."""
    try:
        return await work
    except Exception as wrong:
        world = isinstance(wrong, MailflowError | OSError)
        reason = str(wrong) if world else repr(wrong)
        log.broken(key, reason)
        return Broke(reason[:500], world)
