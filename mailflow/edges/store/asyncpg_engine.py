"""PostgreSQL, through asyncpg: an engine that gives every connection back to its pool.

Owns: the Tortoise engine `mailflow.edges.store.asyncpg_engine`. It differs from Tortoise's own in two
points: a BEGIN that fails or is cancelled returns its connection (otherwise five of them and the
pool, hence the process, stands still for ever), and a connection that dies after its COMMIT does
not make a failure of it.

Importing this module needs asyncpg, the extra `postgres`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections

from mailflow.killpoints import reached

T = TypeVar("T")
Work = Callable[[Any], Awaitable[T]]


class PooledContext(TransactionContextPooled):
    """Hold one pooled connection for one transaction, and never longer."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        pool = self.client._parent._pool
        connection = await pool.acquire()
        self.client._connection = connection
        try:
            await self.client.begin()
        except BaseException:
            await asyncio.shield(self._give_back())
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            await (self.client.commit() if exc_type is None else self.client.rollback())
        finally:
            get_connections().reset(self.token)
            await asyncio.shield(self._give_back())

    async def _give_back(self) -> None:
        """Return the connection. If it is dead the pool has ended it; what was committed stays so."""
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            await self.client._parent._pool.release(self.client._connection)


class _Undo(Exception):
    """Carries a result out of a transaction that is to be rolled back."""


class Client(AsyncpgDBClient):
    """The engine: an AsyncpgDBClient whose transactions lose no connection."""

    async def transact(self, work: Work[T], keep: Callable[[T], bool]) -> tuple[bool, T]:
        """Do the work in one transaction; commit if `keep` accepts its result, else roll back. Give both."""
        try:
            async with self._in_transaction() as client:
                result = await work(client)
                if not keep(result):
                    raise _Undo(result)
                reached("commit.inside")
        except _Undo as undone:
            return False, undone.args[0]
        return True, result

    async def look(self, work: Work[T]) -> T:
        """Do the work outside a transaction."""
        return await work(self)

    glance = look

    async def snapshot(self, work: Work[T]) -> T:
        """Do the work on what is committed when its first statement runs."""
        async with self._in_transaction() as client:
            await client.execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return await work(client)

    def _in_transaction(self) -> TransactionContext:
        return PooledContext(TransactionWrapper(self), self._pool_init_lock)


client_class: Any = Client
