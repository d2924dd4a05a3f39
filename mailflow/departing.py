"""Tasks that wait for somebody who is no longer in the directory: each is taken up once.

The key is the task's own, so it may be looked for as often as you like. Refuses to know: who is asked instead
(`core.absence`).
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from mailflow.advance import advance
from mailflow.core.events import PersonLeft
from mailflow.lookup import Desk


async def take_up(desk: Desk, now: datetime) -> int:
    """Let every such task go its way; give how many there were."""
    here = desk.office.directory.people
    taken = 0
    for principal in await desk.store.waited_for():
        if principal in here:
            continue
        for task in await desk.store.open_assignments(principal):
            key = hashlib.sha256(f"left {task.assignment}".encode()).hexdigest()
            if not await desk.store.happened(key):
                await advance(PersonLeft(key, now, task.case, task.assignment), desk.store, desk.office, now)
                taken += 1
    return taken
