"""An open database: its connections, its transactions, and which of its errors pass by themselves.

Owns: opening and migrating, `run` (one transaction, tried again when the world stood in its way),
`read` and `glance`. Refuses to know: what the statements mean.

A transaction holds the only SQLite connection, and its work is done in that connection's own thread:
no mail, page or file is touched within one, no task is started and nothing is awaited but the session.

What may go wrong: another process holds the lock, two transactions meet (deadlock, serialization),
the server restarts: tried again, `PAUSES` long; then, and for everything else, StoreError. A lock may be held by a
process that was cut off: PostgreSQL ends its transaction where it stands between two statements, we where it stands
within one (`LEFT_WITHIN`).
"""

from __future__ import annotations

import asyncio
import copy
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qs, urlsplit

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext, _current_context
from tortoise.migrations.executor import MigrationExecutor

from mailflow.edges.store.complaints import complaint, held_up, passes, where
from mailflow.edges.store.session import Connection, Session
from mailflow.errors import StoreError
from mailflow.killpoints import reached

T = TypeVar("T")
Work = Callable[[Session], Awaitable[T]]

PAUSES = (0.01, 0.03, 0.1, 0.3, 1.0, 2.0)
"""Seconds between tries; each is drawn out by chance, so that two who met do not meet again."""
MIGRATING = 7_245_701
"""Name of the lock that one process holds while it migrates."""

APP: dict[str, Any] = {
    "models": ["mailflow.edges.store.tables"],
    "migrations": "mailflow.edges.store.migrations",
}
SQLITE = {
    "busy_timeout": 3_000,
    "journal_mode": "WAL",
    "synchronous": "FULL",
    # What is deleted is written over: the bytes of letters that have left, what somebody wanted forgotten.
    "secure_delete": "ON",
    "cache_size": -16_000,
    # Pages written again and again reach the file once; the log is not cut and grown anew each time.
    "wal_autocheckpoint": 4_000,
    "journal_size_limit": 64 * 1024 * 1024,
}
_SQLITE_COMPACTION = ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
POSTGRES: dict[str, Any] = {
    "timeout": 10.0,
    "command_timeout": 60.0,
    "server_settings": {
        # A process that is stopped or cut off within a transaction keeps its locks no longer than this.
        "idle_in_transaction_session_timeout": "8000",
        # Nobody waits longer for a lock before he looks who has it; with all tries that is about `command_timeout`.
        "lock_timeout": "8000",
        "application_name": "mailflow",
    },
}
LEFT_WITHIN = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND application_name = 'mailflow'
AND state = 'active' AND wait_event = 'ClientRead' AND state_change < clock_timestamp() - interval '2 seconds'
"""
"""End whoever of us was cut off between the two halves of a statement: asyncpg has it parsed first, and says the rest
when it has the answer. PostgreSQL counts that as working, not as idle, and would keep the locks for hours."""


def config(url: str) -> dict[str, Any]:
    """Give Tortoise's configuration for a database URL; StoreError for a URL of neither kind.

    The two kinds have different connection names, because Tortoise keeps its statements by that name.
    """
    if url.startswith("sqlite://"):
        name, engine, credentials = "sqlite", "sqlite", SQLITE | {"file_path": url.removeprefix("sqlite://")}
    elif url.startswith(("postgres://", "postgresql://")):
        name, engine, credentials = "postgres", "asyncpg_engine", _credentials(url)
    else:
        raise StoreError(
            f'database URL "{url.split("@")[-1]}": give sqlite:///path/to/mailflow.db'
            " or postgres://user:password@host/database"
        )
    connection = {"engine": _engine(engine, where(url)), "credentials": credentials}
    return {"connections": {name: connection}, "apps": {"mailflow": APP | {"default_connection": name}}}


def _credentials(url: str) -> dict[str, Any]:
    """Give what asyncpg is called with. `?ssl=` keeps its word: Tortoise takes even `disable` for a yes."""
    credentials: dict[str, Any] = POSTGRES | expand_db_url(url)["credentials"]
    said = parse_qs(urlsplit(url).query)
    return credentials | ({"ssl": said["ssl"][-1]} if "ssl" in said else {})


def _engine(name: str, place: str) -> str:
    """Give the full name of our engine once it is known to be there: Tortoise cannot close what it never had."""
    full = f"mailflow.edges.store.{name}"
    try:
        import_module(full)
    except ModuleNotFoundError as error:
        _tell(error, place)
    return full


class Database:
    """One database, open. Any task of the loop it was opened in may use it."""

    def __init__(self, url: str, context: TortoiseContext) -> None:
        self._context = context
        self._client: Any = context.db()
        self._where = where(url)
        self._guard: Work[None] = _nothing

    @classmethod
    async def open(cls, url: str, migrating: bool = True) -> Database:
        """Connect and migrate. StoreError, and no connection left behind, where that fails."""
        settings = config(url)
        context = TortoiseContext()
        try:
            with _within(context):
                await context.init(config=settings)
            database = cls(url, context)
            if migrating:
                await database._try_often(database._migrate)
        except BaseException as error:
            await asyncio.shield(context.close_connections())
            _tell(error, where(url))
        return database

    async def close(self) -> None:
        """Close every connection. Closing twice does nothing."""
        await self._context.close_connections()

    def guarded(self, guard: Work[None]) -> Database:
        """Give the same database, each of whose transactions begins with the guard; what it raises undoes them."""
        other = copy.copy(self)
        other._guard = guard
        return other

    async def run(self, work: Work[T], keep: Callable[[T], bool] = lambda _: True) -> T:
        """Do the work in one transaction; commit if `keep` accepts its result, else roll back.

        The work may be done several times: it must write nowhere but here.
        """

        async def guarded(client: Connection) -> T:
            session = Session(client)
            await self._guard(session)
            return await work(session)

        async def attempt() -> T:
            reached("commit.before")
            with _within(self._context):
                ended: tuple[bool, T] = await self._client.transact(guarded, keep)
            kept, result = ended
            if not kept:
                return result
            reached("commit.after")
            return result

        return await self._try_often(attempt)

    async def read(self, work: Work[T]) -> T:
        """Do the work outside a transaction: each statement sees what is committed then."""

        async def attempt() -> T:
            seen: T = await self._client.look(lambda client: work(Session(client)))
            return seen

        return await self._try_often(attempt)

    async def snapshot(self, work: Work[T]) -> T:
        """Read as it is at one moment, however long that takes; who writes meanwhile is not held up."""

        async def attempt() -> T:
            with _within(self._context):
                seen: T = await self._client.snapshot(lambda client: work(Session(client)))
            return seen

        return await self._try_often(attempt)

    async def glance(self, work: Work[T]) -> T:
        """Read as `read` does what is found by an index and is small: a list would keep the whole service waiting."""

        async def attempt() -> T:
            seen: T = await self._client.glance(lambda client: work(Session(client)))
            return seen

        return await self._try_often(attempt)

    async def compact(self, tables: Sequence[str]) -> None:
        """Rewrite what holds these tables, so that nothing deleted or overwritten stands between the rows any more."""
        await self._try_often(lambda: self._compact(tables))

    async def _compact(self, tables: Sequence[str]) -> None:
        postgres = self._client.capabilities.dialect == "postgres"
        statements = [f'VACUUM FULL "{table}"' for table in tables] if postgres else _SQLITE_COMPACTION
        with _within(self._context):
            for statement in statements:
                await self._client.execute_query(statement)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[TransactionalDBClient]:
        with _within(self._context):
            async with self._client._in_transaction() as client:
                yield client

    async def _migrate(self) -> None:
        """Bring the schema up to date: look what is missing only once the lock is ours."""
        async with self._transaction() as client:
            await Session(client).alone(MIGRATING)
            apps = {"mailflow": APP | {"default_connection": self._client.connection_name}}
            executor = MigrationExecutor(client, apps)
            # First of all: asking a table that is not there would end the transaction on PostgreSQL.
            await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
            await executor.migrate()
            reached("schema.inside")

    async def _try_often(self, attempt: Callable[[], Awaitable[T]]) -> T:
        held = False
        for pause in (*PAUSES, None):
            try:
                if held:
                    await self._client.execute_query(LEFT_WITHIN)
                return await attempt()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                if pause is None or not passes(error):
                    _tell(error, self._where)
                held = held_up(error)
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
        raise AssertionError("unreachable")


async def _nothing(_: Session) -> None:
    """Guard nothing."""


def _tell(error: BaseException, place: str) -> NoReturn:
    """Raise the error as what, where and what to do, or as it is where it is not the database's."""
    told = complaint(error, place)
    if told is None:
        raise error
    raise told from error


@contextmanager
def _within(context: TortoiseContext) -> Iterator[None]:
    """Make the context the current one of this task.

    `with context` would do it for one task at a time only, and its global fallback for one
    database in the process only.
    """
    token = _current_context.set(context)
    try:
        yield
    finally:
        _current_context.reset(token)
