"""One item of a loop, let to break by itself.

Owns: the place where what nobody foresaw in one letter, timer or errand becomes a value, so that the
items behind it go on. Refuses to know: what is done with the item then; each loop says that itself.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from mailflow import log
from mailflow.errors import MailflowError, UndecidedError

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
        world = of_the_world(wrong)
        reason = reason_of(wrong)
        log.broken(key, reason)
        return Broke(reason, world)


def of_the_world(wrong: Exception) -> bool:
    """Say whether a server or a file may be at fault: the next item would meet the same, and all of them wait."""
    return isinstance(wrong, MailflowError | OSError) and not isinstance(wrong, UndecidedError)


def reason_of(wrong: Exception) -> str:
    """Give what a row and the log keep of it: our own errors are complete in themselves."""
    return (str(wrong) if isinstance(wrong, MailflowError | OSError) else repr(wrong))[:500]
