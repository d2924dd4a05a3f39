"""SQLite for several processes at once: a write takes its lock when it begins, and gives it back.

Owns: the Tortoise engine `mailflow.edges.store.sqlite`, and what a statement costs: a journey to the connection's
thread and back wakes two threads, which takes ten times as long as finding a row. So a whole transaction is one
journey, and a glance, which finds a few rows by an index, makes none: it reads on a connection of its own in the
caller's thread. It waits for no writer (the log of a database in WAL mode is read beside one), and sees what is
committed when it looks. The engine differs from Tortoise's own in four points, each an accident that happens otherwise:

- BEGIN IMMEDIATE: with a plain BEGIN two processes that read and then write lose more than half of
  their transactions to an instant "database is locked", which no busy_timeout helps against.
- A BEGIN or COMMIT that fails or is cancelled leaves neither the connection's lock held (every
  later query would wait for ever) nor a transaction open (the next one would commit its remains).
- A script inside a transaction stays inside: sqlite3's `executescript` commits first.
- The connection's thread is a daemon, so that a process whose store was never closed can still end.

What may go wrong: another process holds the write lock for longer than busy_timeout; the error
is Tortoise's OperationalError "database is locked".
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import aiosqlite
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections

from mailflow.killpoints import reached

T = TypeVar("T")
STATEMENTS = 512
"""Statements kept prepared: of an INSERT each number of rows is one."""
GLANCE_WAITS = 0.05
"""Seconds a glance waits for a lock. None is held against readers but while a database is being mended after a kill."""


class ImmediateWrapper(SqliteTransactionWrapper):
    """A transaction that is a writer from its first statement on."""

    @translate_exceptions
    async def _begin(self, query: str) -> None:
        if self._connection.in_transaction:
            await self._connection.rollback()
        await self._connection.execute_fetchall(query)

    async def begin(self) -> None:
        """Take the write lock, waiting for it as long as busy_timeout says."""
        await self._begin("BEGIN IMMEDIATE")

    @translate_exceptions
    async def _commit(self, query: str) -> None:
        await self._connection.execute_fetchall(query)

    async def commit(self) -> None:
        """Make it durable. Where this fails, nothing was written."""
        try:
            await self._commit("COMMIT")
        except BaseException:
            await asyncio.shield(self._connection.rollback())
            raise
        finally:
            self._finalized = True

    async def execute_script(self, query: str) -> None:
        """Run the statements one by one, within this transaction."""
        for statement in _statements(query):
            await self.execute_query(statement)


class ImmediateContext(SqliteTransactionContext):
    """Hold the connection's lock for one transaction, and never longer."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            await asyncio.shield(self._abandon())
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection  # type: ignore[no-any-return]

    async def _abandon(self) -> None:
        try:
            if self.connection._connection is not None:
                await self.connection._connection.rollback()
        finally:
            self._trxlock.release()


class Inside:
    """The connection as its own thread sees it: every statement is done when it is asked for."""

    capabilities = SqliteClient.capabilities

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def execute_query_dict(self, query: str, values: list[Any], /) -> list[dict[str, Any]]:
        """Run one statement and give its rows."""
        return [dict(row) for row in self._connection.execute(query, values).fetchall()]


Work = Callable[[Inside], Coroutine[None, None, T]]


class Client(SqliteClient):
    """The engine: a SqliteClient whose transactions are immediate."""

    _near: sqlite3.Connection | None = None
    """For glances. None for a database in memory: only the connection that made it sees it."""

    async def create_connection(self, with_db: bool) -> None:
        """Open the file; the pragmas are those of the constructor, busy_timeout first."""
        if self._connection is not None:
            return
        connection = aiosqlite.connect(self.filename, isolation_level=None, cached_statements=STATEMENTS)
        connection._thread.daemon = True
        try:
            await connection
        except BaseException:
            # Its thread is about to end; a loop that closes first would make it die in an error.
            await asyncio.to_thread(connection._thread.join, 1.0)
            raise
        try:
            connection._conn.row_factory = sqlite3.Row
            for pragma, value in self.pragmas.items():
                await connection.execute_fetchall(f"PRAGMA {pragma}={value}")
        except BaseException:
            await connection.close()
            raise
        self._connection = connection
        if self.filename != ":memory:":
            self._near = _nearby(self.filename)

    async def transact(self, work: Work[T], keep: Callable[[T], bool]) -> tuple[bool, T]:
        """Do the work in one transaction; commit if `keep` accepts its result, else roll back. Give both.

        A caller who is cancelled leaves it to the thread to end the transaction.
        """
        done: tuple[bool, T] = await self._journey(_transact, work, keep)
        return done

    async def look(self, work: Work[T]) -> T:
        """Do the work outside a transaction."""
        seen: T = await self._journey(_look, work)
        return seen

    async def snapshot(self, work: Work[T]) -> T:
        """Do the work on what is committed now: a transaction that only reads waits for no writer (WAL)."""
        seen: T = await self._journey(_snapshot, work)
        return seen

    @translate_exceptions
    async def glance(self, work: Work[T]) -> T:
        """Find a few rows by an index, outside a transaction. Only in the thread the database was opened in."""
        return _look(self._near, work) if self._near is not None else await self.look(work)

    async def close(self) -> None:
        """Close both connections, the writer's last: it then leaves no log behind."""
        if self._near is not None:
            self._near.close()
            self._near = None
        await super().close()

    @translate_exceptions
    async def _journey(self, errand: Callable[..., T], *arguments: Any) -> T:
        async with self._lock:
            await self.create_connection(with_db=True)
        connection: Any = self._connection
        return await connection._execute(errand, connection._conn, *arguments)  # type: ignore[no-any-return]

    def _in_transaction(self) -> TransactionContext:
        return ImmediateContext(ImmediateWrapper(self), self._lock)


def _nearby(filename: str) -> sqlite3.Connection:
    """Open the file for glances: they keep the loop waiting, so they hardly wait themselves, but are tried again."""
    connection = sqlite3.connect(filename, GLANCE_WAITS, isolation_level=None, cached_statements=STATEMENTS)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA query_only=1")
    return connection


def _transact(connection: sqlite3.Connection, work: Work[T], keep: Callable[[T], bool]) -> tuple[bool, T]:
    if connection.in_transaction:
        connection.rollback()
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = _look(connection, work)
        kept = keep(result)
        if kept:
            reached("commit.inside")
            connection.execute("COMMIT")
        else:
            connection.rollback()
    except BaseException:
        connection.rollback()
        raise
    return kept, result


def _snapshot(connection: sqlite3.Connection, work: Work[T]) -> T:
    connection.execute("BEGIN")
    try:
        return _look(connection, work)
    finally:
        connection.rollback()


def _look(connection: sqlite3.Connection, work: Work[T]) -> T:
    """Do the work to its end: what it awaits is this thread's own connection, which never makes it wait."""
    steps = work(Inside(connection))
    try:
        steps.send(None)
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]
    steps.close()
    raise RuntimeError("the work of a transaction waited for something that is not its session")


def _statements(script: str) -> list[str]:
    """Split a script where SQLite says a statement is complete (a trigger's body holds semicolons)."""
    found: list[str] = []
    rest = ""
    for piece in script.split(";"):
        rest += piece + ";"
        if sqlite3.complete_statement(rest):
            found.append(rest.strip())
            rest = ""
    return [statement for statement in found if statement != ";"]


client_class: Any = Client
