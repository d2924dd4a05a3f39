"""What a person does to rows the service has given up: a letter or an errand is tried again, or is settled.

Owns: which states may be left this way. Refuses to know: who may do it, and how it is told (`retrying`).
A letter of unknown fate goes again as the same bytes under the same Message-ID. One that was refused was taken by
nobody: it is made anew, so that a corrected address counts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailflow.core.effects import SendLetter
from mailflow.core.journal import canonical, plain_document
from mailflow.edges.store import frames
from mailflow.edges.store.database import Database
from mailflow.edges.store.outbox import _LETTER
from mailflow.edges.store.session import Session
from mailflow.edges.store.values import GivenUp

_OVER = "state IN ('refused', 'unknown')"


class ByHand:
    """The store as a person at a keyboard changes it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def errands(self) -> list[GivenUp]:
        """Give the errands that failed for good, the oldest first."""

        async def work(session: Session) -> list[GivenUp]:
            query = 'SELECT key, "case", what, reason FROM errand WHERE state = ? ORDER BY next_at, key LIMIT 500'
            return [GivenUp(**row) for row in await session.rows(query, "failed")]

        return await self._db.read(work)

    async def try_errand(self, key: str, now: datetime) -> bool:
        """Let an errand that failed for good be tried again; False if it has not failed."""
        query = "UPDATE errand SET state = 'waiting', attempts = 0, next_at = ? WHERE key = ? AND state = 'failed'"
        return await self._db.run(lambda s: _changed(s, query, now, key))

    async def settle_errand(self, key: str, reason: str) -> bool:
        """Leave an errand undone for ever; False if it has not failed."""
        query = "UPDATE errand SET state = 'done', reason = ? WHERE key = ? AND state = 'failed'"
        return await self._db.run(lambda s: _changed(s, query, reason, key))

    async def send_again(self, key: str, now: datetime) -> bool:
        """Let a letter go once more as it is; False if its fate is not unknown."""
        query = "UPDATE outbox SET state = 'ready', attempts = 0, next_at = ? WHERE key = ? AND state = 'unknown'"
        return await self._db.run(lambda s: _changed(s, query, now, key))

    async def make_again(self, key: str, letter: SendLetter, address: str, now: datetime) -> bool:
        """Let a refused letter be made anew, for that address; False if it was not refused."""
        fresh = canonical(plain_document(_LETTER, replace(letter, address=address)))

        async def work(session: Session) -> bool:
            query = (
                "UPDATE outbox SET state = 'ready', attempts = 0, next_at = ?, address = ?, letter = ?, content = ''"
                " WHERE key = ? AND state = 'refused'"
            )
            if not await _changed(session, query, now, address, fresh, key):
                return False
            await session.rows("DELETE FROM frame WHERE key = ?", key)
            return True

        return await self._db.run(work)

    async def settle_letter(self, key: str, reason: str) -> bool:
        """Note that nothing more is to be done about a letter; False if it was neither refused nor of unknown fate."""
        query = f"UPDATE outbox SET state = 'held', reason = ? WHERE key = ? AND {_OVER}"

        async def work(session: Session) -> bool:
            if not await _changed(session, query, reason, key):
                return False
            await frames.empty(session, key)
            return True

        return await self._db.run(work)

    async def doubt_letters(self, reason: str) -> int:
        """Note of every letter that waits that it may have left; give how many. For a database of another day."""
        return await self._db.run(lambda s: doubt(s, reason))


async def doubt(session: Session, reason: str) -> int:
    """Note of every letter that waits that it may have left; give how many."""
    query = (
        "UPDATE outbox SET state = 'unknown', reason = ?, lease_until = NULL, lease_token = NULL"
        " WHERE state IN ('ready', 'claimed', 'deferred') RETURNING key"
    )
    return len(await session.rows(query, reason))


async def _changed(session: Session, query: str, *values: str | datetime) -> bool:
    return await session.row(f"{query} RETURNING key", *values) is not None
