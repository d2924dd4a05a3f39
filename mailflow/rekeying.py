"""A new key signs: everybody who was asked by a link of an older one gets a letter with a new link, once.

The links of a key end when it is dropped, while a task may stay open for months. So the first thing that happens under
a new key is that the letters of open tasks are owed again. Each is the event `renewed` of its task and key: killed in
between, the rest follows at the next look. A task is decided once, by whichever link.
Refuses to know: where keys lie, and when they end (`edges.keys`).
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from mailflow.advance import advance
from mailflow.core.events import KeySigns, LetterRenewed
from mailflow.core.office import Office
from mailflow.edges.store import Store


async def renew_letters(store: Store, office: Office, number: int, now: datetime) -> int:
    """Owe the letters of open tasks again if this key has not signed before; give how many tasks there were.

    The first key ever noted follows none: nothing is owed again for it.
    """
    key = f"keys/{number}"
    if await store.happened(key):
        return 0
    renewed = 0
    if await store.has_signed():
        for principal in await store.waited_for():
            for task in await store.open_assignments(principal):
                name = hashlib.sha256(f"renewed {number} {task.assignment}".encode()).hexdigest()
                await advance(LetterRenewed(name, now, task.case, task.assignment), store, office, now)
                renewed += 1
    await advance(KeySigns(key, now, number), store, office, now)
    return renewed
