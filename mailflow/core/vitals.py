"""What is measured of a running mailflow, as values: how long each queue is, and how old.

Owns: the values. Refuses to know: how they are measured, and which of them are a worry (`core.health`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, and since when the oldest does; None where nothing waits."""

    count: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a part of the service does: when it was last well, since when it is not, and why."""

    name: str
    well_at: datetime | None
    ill_since: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the database tells of itself."""

    pulses: Mapping[str, Pulse] = field(default_factory=dict)
    letters: Mapping[str, Queue] = field(default_factory=dict)
    """By their state; those that left or are not needed any more are not counted."""
    calls: Mapping[str, Queue] = field(default_factory=dict)
    """Calls to other systems, by their state, counted as letters are."""
    mails: Mapping[str, Queue] = field(default_factory=dict)
    """Those a person must look at (`quarantined`), and those that are tried again (`failed`)."""
    errands: Mapping[str, Queue] = field(default_factory=dict)
    """Documents to make and cases to start: `waiting`, and `failed` for good."""
    unsettled: int = 0
    """Mails that are safe and that the mail server has not been told about."""
    timers: Queue = Queue()
    """Timers whose time has come."""
    open_cases: int = 0
    last_letter: datetime | None = None
    last_digest: date | None = None

    def pulse(self, name: str) -> Pulse:
        """Give the pulse of a part; of one that was never seen an empty one."""
        return self.pulses.get(name) or Pulse(name, None)

    def waiting(self) -> Queue:
        """Give the letters that are still to leave."""
        return together(self.letters.get(state, Queue()) for state in ("ready", "claimed", "deferred"))


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine tells: free bytes where the files lie, the database by name, the signing key's age in days."""

    free: int
    database: str
    key_days: int


def together(queues: Iterable[Queue]) -> Queue:
    """Give several queues as one."""
    found = list(queues)
    moments = [queue.oldest for queue in found if queue.oldest is not None]
    return Queue(sum(queue.count for queue in found), min(moments, default=None))
