"""One connection, spoken to in one SQL: the same statements run on SQLite and on PostgreSQL.

Owns: placeholders (`?` becomes `$1` on PostgreSQL), times (UTC text on SQLite, sorting as the
times do), JSON as text, and text that no database can hold. Rows come back as mappings: the
models describe the tables, but a row read through them costs six times as much (0.12 for 0.02 ms),
and an `UPDATE ... RETURNING` cannot be said in them.

What may go wrong: a time without a zone is a defect of the caller (ValueError), never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any, Literal, NamedTuple, Protocol

from tortoise.backends.base.client import Capabilities

from mailflow.core.journal import storable

Row = Mapping[str, Any]
Value = str | bytes | int | datetime | None
MOST_VALUES = 500
"""Values in one statement: both databases take more, but each length is a statement to prepare."""

Claim = Literal["mail", "case", "event"]
"""What only one commit may have."""


class Statement(NamedTuple):
    """One statement to run. With a claim it must write a row; if it writes none, the claim is refused."""

    sql: str
    values: Sequence[Value]
    claim: Claim | None = None


class Connection(Protocol):
    """What a session speaks through: a client of Tortoise's, or SQLite's connection from within its thread."""

    capabilities: Capabilities

    async def execute_query_dict(self, query: str, values: list[Any], /) -> list[dict[str, Any]]:
        """Run one statement and give its rows."""


class Session:
    """Speak to the database on one connection; within `Database.run`, inside one transaction."""

    def __init__(self, client: Connection) -> None:
        self.client = client
        self._postgres = client.capabilities.dialect == "postgres"

    async def rows(self, sql: str, *values: Value) -> Sequence[Row]:
        """Run one statement and give its rows; what is written is counted by its RETURNING."""
        plain = [self._plain(value) for value in values]
        return await self.client.execute_query_dict(numbered(sql) if self._postgres else sql, plain)

    async def row(self, sql: str, *values: Value) -> Row | None:
        """Give the first row, or None."""
        found = await self.rows(sql, *values)
        return found[0] if found else None

    async def insert(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Value]], tail: str = ""
    ) -> Sequence[Row]:
        """Insert the rows; `tail` is what follows VALUES. Nothing for no rows."""
        written: list[Row] = []
        for statement in insertions(table, columns, rows, tail):
            written += await self.rows(statement.sql, *statement.values)
        return written

    async def all(self, statements: Sequence[Statement]) -> Claim | None:
        """Run the statements in order, up to the first whose claim was refused; give that claim.

        None: all of them ran. Only within a transaction.
        """
        for statement in statements:
            written = await self.rows(statement.sql, *statement.values)
            if statement.claim is not None and not written:
                return statement.claim
        return None

    async def alone(self, name: int) -> None:
        """Wait until no other transaction holds this name; hold it to the end of ours.

        SQLite has one writer anyway.
        """
        if self._postgres:
            await self.rows("SELECT pg_advisory_xact_lock(?)", name)

    async def no_writing(self, table: str) -> None:
        """Wait until nobody is writing to the table, and let nobody to the end of our transaction.

        SQLite has one writer anyway.
        """
        if self._postgres:
            await self.rows(f'LOCK TABLE "{table}" IN SHARE MODE')

    @property
    def is_postgres(self) -> bool:
        """True on PostgreSQL, False on SQLite."""
        return self._postgres

    @property
    def skip_locked(self) -> str:
        """What a claiming SELECT ends in."""
        return "FOR UPDATE SKIP LOCKED" if self._postgres else ""

    @property
    def share_locked(self) -> str:
        """What a SELECT ends in whose rows must stay as they are to the end of the transaction."""
        return "FOR SHARE" if self._postgres else ""

    def clock(self, seconds: float = 0.0) -> str:
        """Say in SQL what time the database's own clock shows, or will show after so many seconds."""
        if self._postgres:
            return f"clock_timestamp() + interval '{seconds:.3f} seconds'"
        return f"strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', '{seconds:+.3f} seconds')"

    def _plain(self, value: Value) -> Value:
        if isinstance(value, str):
            return storable(value)
        if isinstance(value, datetime):
            return utc(value) if self._postgres else str(utc(value))
        return value


def utc(moment: datetime) -> datetime:
    """Give the moment in UTC; ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone: give an aware time")
    return moment.astimezone(UTC)


def moment(value: datetime | str) -> datetime:
    """Read a time out of a row."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


def moment_or_none(value: datetime | str | None) -> datetime | None:
    """Read a time out of a row where there may be none."""
    return None if value is None else moment(value)


@cache
def numbered(sql: str) -> str:
    """Write the placeholders as PostgreSQL wants them."""
    first, *rest = sql.split("?")
    return first + "".join(f"${number}{part}" for number, part in zip(count(1), rest, strict=False))


def insertions(
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Value]],
    tail: str = "",
    claim: Claim | None = None,
) -> list[Statement]:
    """Write the INSERTs for the rows: one, or none for none, or several for very many."""
    step = max(1, MOST_VALUES // len(columns))
    written = []
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        values = [value for row in some for value in row]
        written.append(Statement(_insertion(table, tuple(columns), len(some), tail), values, claim))
    return written


@cache
def _insertion(table: str, columns: tuple[str, ...], rows: int, tail: str) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    one = "(" + ", ".join("?" * len(columns)) + ")"
    return f'INSERT INTO "{table}" ({names}) VALUES {", ".join([one] * rows)} {tail}'


def marks(values: Sequence[object]) -> str:
    """Write the placeholders of an IN list."""
    return ", ".join("?" * len(values))
