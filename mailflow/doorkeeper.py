"""Let other systems in by their keys: who it is, whether it may, how often it asks.

Owns: looking a key up, its turn (a bucket of calls a minute), and noting uses and refusals, for many calls at once and
never by a call that only reads. Refuses to know: HTTP, what is behind the door.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from mailflow import log
from mailflow.core.api_keys import ApiKey, Right, parted, refusal
from mailflow.core.api_problems import Problem
from mailflow.edges.store import Store
from mailflow.edges.store.api_keys import ApiUse
from mailflow.errors import MailflowError

NOTED_SECONDS = 30.0
"""So often uses and refusals are written down; killed in between, these are not."""
MOST_NOTED = 10_000


@dataclass
class _Bucket:
    """How many calls a key may make now, and when that was so."""

    left: float
    at: float


@dataclass
class Doorkeeper:
    """Whoever stands at the door of one process; `ticks` gives seconds that only ever grow."""

    store: Store
    per_minute: int
    ticks: Callable[[], float] = time.monotonic
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _used: dict[str, datetime] = field(default_factory=dict)
    _refused: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    async def admit(self, text: str, right: Right | None, now: datetime) -> ApiKey | Problem:
        """Give the key whose text was shown, if it may do this and it is its turn; else why not."""
        found = parted(text)
        key = await self.store.api_keys.find(found[0]) if found is not None else None
        why = refusal(key, found[1], now) if found is not None else "unknown"
        if why is not None or key is None:
            self._note(key, why or "unknown", now)
            return Problem("unknown-key" if text else "no-key")
        wait = self._wait(key.id)
        if wait:
            return Problem("too-many", {"seconds": str(wait)})
        if right is not None and right not in key.rights:
            self._note(key, "right", now)
            return Problem("not-allowed", {"right": right})
        self._used[key.id] = now
        return key

    async def run(self) -> None:
        """Write down for ever what was used and refused; the last of it when told to end."""
        try:
            while True:
                await asyncio.sleep(NOTED_SECONDS)
                await self.note()
        finally:
            await self.note()

    async def note(self) -> None:
        """Write down what was used and refused since the last time; what cannot be written now is written later."""
        use = ApiUse(dict(self._used), dict(self._refused))
        if use.empty:
            return
        try:
            await self.store.api_keys.note(use)
        except MailflowError as wrong:
            log.broken("api", str(wrong))
            return
        self._used = {key: at for key, at in self._used.items() if use.used.get(key) != at}
        self._refused -= Counter(use.refused)

    def _note(self, key: ApiKey | None, why: str, now: datetime) -> None:
        name = key.id if key is not None else ""
        log.key_refused(name, why)
        if len(self._refused) < MOST_NOTED:
            self._refused[(f"{now:%Y-%m-%d}", name, why)] += 1

    def _wait(self, key: str) -> int:
        """Take one call out of the key's bucket; the seconds to wait where it is empty."""
        at, rate = self.ticks(), self.per_minute / 60
        bucket = self._buckets.setdefault(key, _Bucket(self.per_minute, at))
        bucket.left, bucket.at = min(self.per_minute, bucket.left + (at - bucket.at) * rate), at
        if bucket.left < 1:
            return max(1, math.ceil((1 - bucket.left) / rate))
        bucket.left -= 1
        return 0
