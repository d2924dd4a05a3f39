"""Whose turn it is with a case, among the tasks of this process: one after another, first come, first served.

Owns: a lock for each case somebody works on right now. Refuses to know: other processes; who comes first among them the
case's version says, and the one behind decides anew. Two hundred answers at once would each lose that race a hundred
times; in turn each loses it to other processes alone.
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary


class Turns:
    """The locks by case; one that nobody holds or awaits is forgotten."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, case: str) -> asyncio.Lock:
        """Give the lock of the case: held from loading it until the transition is committed."""
        lock = self._locks.get(case)
        if lock is None:
            lock = self._locks[case] = asyncio.Lock()
        return lock
