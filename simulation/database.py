"""SQLite without threads: the product's own engine, its journeys made in the loop.

Owns: `Engine`, which takes the place of `mailflow.edges.store.sqlite.Client`. The statements, the transactions, their
beginning and end are the product's; only the thread is not there. So a transaction is done in one go, as it is for
whoever waits for the real thread, and before and behind it others may go first and the process may die.
The database outlives its processes: what is committed is there for the next one.
Faults: the lock is held by somebody else, the disk is full, the answer to a commit is lost (as PostgreSQL's may be).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from mailflow.edges.store import sqlite
from mailflow.edges.store.session import Session
from simulation.machine import ALIVE, point

T = TypeVar("T")
READS_ONLY: ContextVar[bool] = ContextVar("reads_only", default=False)
"""Set while a page is only looked at."""
TROUBLES = ("database is locked", "database is locked", "database or disk is full")


class WroteWhileLooking(AssertionError):
    """A page that was only looked at has written."""


class Drive:
    """The database of one world; every engine opened while it is plugged in speaks to it."""

    plugged: Drive

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.connection = _connected(clock)
        self.connection.deserialize(_empty())
        Drive.plugged = self

    def ask(self, work: Callable[[Session], Coroutine[None, None, T]]) -> T:
        """Look at it from outside, in no time: with the product's own questions."""
        return sqlite._look(self.connection, lambda inside: work(Session(inside)))

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Look at it from outside, in no time: with a question of one's own."""
        return self.connection.execute(query, values).fetchall()


class Engine(sqlite.Client):
    """The product's engine over the plugged drive."""

    async def create_connection(self, with_db: bool) -> None:
        """Find the drive."""
        if self._connection is None:
            self._connection = _InPlace(Drive.plugged.connection)

    @sqlite.translate_exceptions
    async def _journey(self, errand: Callable[..., T], *arguments: Any) -> T:
        await self.create_connection(with_db=True)
        await point("database.asked")
        _stumble(errand, "before")
        connection = self._connection._conn
        before = connection.total_changes
        result = errand(connection, *arguments)
        if READS_ONLY.get() and connection.total_changes != before:
            raise WroteWhileLooking("a page that was only looked at has written")
        _stumble(errand, "after")
        await point("database.answered")
        return result

    async def close(self) -> None:
        """Leave it plugged in."""
        self._connection = None


def _stumble(errand: Callable[..., Any], when: str) -> None:
    process = ALIVE.get()
    if process is None or not process.fate.happens(process.fate.trouble / 20):
        return
    process.fate.mishap()
    if when == "before":
        raise sqlite3.OperationalError(process.fate.chance.choice(TROUBLES))
    if errand is sqlite._transact:
        # As PostgreSQL's answer may be: the store tries again and must find what it did.
        raise sqlite3.OperationalError("database is locked: the answer to COMMIT was lost")


class _InPlace:
    """As much of aiosqlite's connection as Tortoise asks for while it migrates."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._conn = connection

    @property
    def in_transaction(self) -> bool:
        return self._conn.in_transaction

    @property
    def total_changes(self) -> int:
        return self._conn.total_changes

    async def execute_fetchall(self, query: str, values: Any = ()) -> list[sqlite3.Row]:
        return self._conn.execute(query, values or ()).fetchall()

    async def execute_insert(self, query: str, values: Any = ()) -> tuple[int]:
        return (self._conn.execute(query, values or ()).lastrowid or 0,)

    async def executescript(self, script: str) -> None:
        self._conn.executescript(script)

    async def rollback(self) -> None:
        self._conn.rollback()

    async def commit(self) -> None:
        self._conn.commit()

    async def close(self) -> None:
        """The drive stays plugged in."""


def _connected(clock: Callable[[], datetime]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=sqlite.STATEMENTS)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA secure_delete=ON")
    # The database's own clock, by which leases end.
    connection.create_function("strftime", 3, lambda form, since, shift: _moment(clock(), shift))
    return connection


def _moment(now: datetime, shift: str) -> str:
    later = now + timedelta(seconds=float(shift.removesuffix(" seconds")))
    return f"{later:%Y-%m-%d %H:%M:%S}.{later.microsecond // 1000:03}+00:00"


@cache
def _empty() -> bytes:
    """Give a database with its tables and nothing in them: making them takes half a second."""
    import asyncio

    from mailflow.edges.store import Store

    async def made() -> bytes:
        store = await Store.open("sqlite://:memory:", "office.example")
        try:
            connection: Any = store._db._client._connection
            content: bytes = await connection._execute(connection._conn.serialize)
            return content
        finally:
            await store.close()

    return asyncio.run(made())
