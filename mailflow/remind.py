"""One due timer becomes a committed transition.

The timer's key is the event's key: whoever claims it, however often, it rings once.
"""

from __future__ import annotations

from datetime import datetime

from mailflow.advance import advance
from mailflow.core.events import TimerDue
from mailflow.core.office import Office
from mailflow.edges.store import DueTimer, Store
from mailflow.killpoints import reached


async def remind(timer: DueTimer, store: Store, office: Office, now: datetime) -> None:
    """Let the timer ring."""
    reached("timer.due")
    event = TimerDue(timer.key, now, timer.case, timer.assignment, timer.what)
    await advance(event, store, office, now)
    reached("timer.rung")
