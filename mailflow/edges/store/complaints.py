"""The errors of the databases, told apart: which pass by themselves, what to do about the rest.

Owns: `passes` and `complaint`. Refuses to know: asyncpg, which may not be installed; its errors are
known by their SQLSTATE (PostgreSQL documentation, appendix A). A password never stands in a message.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from urllib.parse import urlsplit

from tortoise.exceptions import BaseORMException, IntegrityError

from mailflow.errors import StoreError

PASSING = ("25P03", "40001", "40P01", "55P03", "53300", "57P01", "57P02", "57P03")
"""Left standing, serialization, deadlock, lock not available, too many connections, server stops, crashed, starts."""
HELD_UP = "55P03"
"""Somebody else had the lock for longer than we wait."""
LOST = "08"
"""SQLSTATE class of a lost connection."""
BROKEN = ("InterfaceError", "InternalClientError")
"""What asyncpg itself says of a connection that went away under a statement."""

CURES = (
    ("database is locked", "stop the process that holds the lock (a backup, an open sqlite3 shell)"),
    ("lock timeout", "end what holds the lock (an open psql, a session that hangs: see pg_stat_activity)"),
    ("disk is full", "free space on that disk; nothing is lost, the mail stays on the server"),
    ("readonly database", "let the service's user write the file and its folder"),
    ("unable to open database", "create the folder and let the service's user write in it"),
    ("not a database", "give the path of a mailflow database or of a file that does not exist yet"),
    ("malformed", "stop the service and restore the last backup"),
    ("authentication failed", "correct user and password in the database URL"),
    ("does not exist", "create the database and its user, or correct the database URL"),
    ("establish connection to database", "create the database and its user, or correct the database URL"),
    ("Connect call failed", "start PostgreSQL, or correct host and port in the database URL"),
    ("asyncpg", "install it: pip install mailflow[postgres]"),
)
"""Words of the error, and what to do."""
ELSE = "see the database's own log; nothing of this step was written"


def where(url: str) -> str:
    """Name the database of a URL without its password."""
    if url.startswith("sqlite://"):
        return url.removeprefix("sqlite://")
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


def passes(error: BaseException) -> bool:
    """Say whether the same work, done again in a moment, may well succeed.

    The errors behind it count too: rolling back on a connection that is gone raises one of its own.
    """
    return any(_passes(one) for one in _chain(error))


def held_up(error: BaseException) -> bool:
    """Say whether a lock was waited for in vain."""
    return any(_sqlstate(one) == HELD_UP for one in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__ or one.__context__


def _passes(error: BaseException) -> bool:
    state = _sqlstate(error)
    if state:
        return state in PASSING or state.startswith(LOST)
    if isinstance(error, ConnectionError):
        return True
    if _is_of_asyncpg(error):
        return type(error).__name__ in BROKEN
    words = str(error)
    of_sqlite = isinstance(error, BaseORMException | sqlite3.OperationalError)  # the second while the file is opened
    return of_sqlite and ("is locked" in words or "is busy" in words)


def complaint(error: BaseException, place: str) -> StoreError | None:
    """Tell the database's error as what, where and what to do; None for an error that is none of its."""
    if not _is_of_database(error):
        return None
    if isinstance(error, IntegrityError):
        return StoreError(f"{place}: the database refused to write this: {error}. {ELSE}.")
    words = f"{error}" or type(error).__name__
    cure = next((cure for sign, cure in CURES if sign in words), ELSE)
    return StoreError(f"{place}: {words}: {cure}.")


def _is_of_database(error: BaseException) -> bool:
    kinds = (BaseORMException, sqlite3.Error, OSError, TimeoutError, ModuleNotFoundError)
    return isinstance(error, kinds) or _is_of_asyncpg(error)


def _is_of_asyncpg(error: BaseException) -> bool:
    return type(error).__module__.startswith("asyncpg")


def _sqlstate(error: BaseException) -> str:
    inner = error.__cause__ if isinstance(error, BaseORMException) else error
    return str(getattr(inner, "sqlstate", None) or "")
