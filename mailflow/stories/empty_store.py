"""A database in memory that is empty again before each story.

Owns: making the tables once, which takes a third of a second, and putting the empty state back, which takes none.
Refuses to know: what is written. Only a database in memory is ever emptied: it is opened here and belongs to nobody.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mailflow.edges.store import Store

DOMAIN = "stories.example"
"""Right-hand side of the Message-IDs of the letters of a story."""


class EmptyStore:
    """Give the same store again and again, with nothing in it."""

    def __init__(self, store: Store, connection: Any, empty: bytes) -> None:
        self._store, self._connection, self._empty = store, connection, empty

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator[EmptyStore]:
        """Open it for as long as the block lasts."""
        store = await Store.open("sqlite://:memory:", DOMAIN)
        try:
            # The connection's own thread copies the whole database (sqlite3_serialize): no statement could.
            connection: Any = store._db._client._connection
            yield cls(store, connection, await connection._execute(connection._conn.serialize))
        finally:
            await store.close()

    async def fresh(self) -> Store:
        """Empty the store and give it."""
        await self._connection._execute(self._connection._conn.deserialize, self._empty)
        return self._store
