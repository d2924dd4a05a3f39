"""The whole database as lines of JSON, a file a table, and back into an empty one of either kind.

Owns: which tables there are (every model of `tables`, so that a new one is in it by itself), how a column is written,
and that reading sees one moment and writing is one transaction. Refuses to know: what a row means, and files.
Ids stay as they are: a seal names the last journal row under it by its id.

What may go wrong: a database that is not empty, lines of another schema: StoreError, and nothing is written.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from tortoise import fields
from tortoise.models import Model

from mailflow.core.journal import canonical
from mailflow.edges.store import by_hand, tables
from mailflow.edges.store.session import Row, Session, Value, moment
from mailflow.errors import StoreError

ROWS_AT_ONCE = 500
IMPORTING = 7_245_709
"""Name of the lock one import holds: of two into one database the second finds it full."""


class Form(NamedTuple):
    """How a column is written into a line, and read from it."""

    write: Callable[[Any], object]
    read: Callable[[Any], Value]


_AS_IT_IS = Form(lambda value: value, lambda value: value)
FORMS: Mapping[type, Form] = {
    fields.CharField: _AS_IT_IS,
    fields.TextField: _AS_IT_IS,
    fields.IntField: _AS_IT_IS,
    fields.BigIntField: _AS_IT_IS,
    fields.DatetimeField: Form(lambda value: moment(value).isoformat(), moment),
    fields.JSONField: Form(lambda value: json.loads(value) if isinstance(value, str) else value, canonical),
    fields.BinaryField: Form(lambda value: b64encode(value).decode(), b64decode),
}


class Table(NamedTuple):
    """One table: its name, its key, whether the database counts the key, and the form of each column."""

    name: str
    key: str
    counted: bool
    columns: Mapping[str, Form]


def whole() -> list[Table]:
    """Give every table there is, in the order of the alphabet."""
    models = (one for one in vars(tables).values() if isinstance(one, type) and issubclass(one, Model))
    return sorted(_table(model) for model in models if model is not Model)


def _table(model: type[Model]) -> Table:
    meta = model._meta
    names = meta.fields_db_projection
    columns = {names[name]: FORMS[type(field)] for name, field in meta.fields_map.items()}
    assert meta.db_table is not None, model
    return Table(meta.db_table, meta.db_pk_column, bool(meta.pk.generated), columns)


async def write_out(session: Session, folder: Path) -> dict[str, int]:
    """Write every table into the folder, NAME.jsonl each, in the order of its key; give how many rows each has."""
    return {table.name: await _written(session, table, folder / f"{table.name}.jsonl") for table in whole()}


async def _written(session: Session, table: Table, path: Path) -> int:
    count, after = 0, ""
    values: tuple[Value, ...] = ()
    query = f'SELECT * FROM "{table.name}" {{}} ORDER BY "{table.key}" LIMIT {ROWS_AT_ONCE}'
    with path.open("w", encoding="utf-8", newline="\n") as file:
        while rows := await session.rows(query.format(after), *values):
            file.writelines(_line(row, table) for row in rows)
            count += len(rows)
            after, values = f'WHERE "{table.key}" > ?', (rows[-1][table.key],)
    return count


def _line(row: Row, table: Table) -> str:
    told = {name: None if row[name] is None else form.write(row[name]) for name, form in table.columns.items()}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"


async def read_in(session: Session, folder: Path, doubt: str) -> dict[str, int]:
    """Read every table from the folder into an empty database; give how many rows each has.

    Letters that waited may have left since: each is of unknown fate now, with `doubt` as the reason.
    """
    await session.alone(IMPORTING)
    await refuse_full(session)
    counts = {table.name: await _read(session, table, folder / f"{table.name}.jsonl") for table in whole()}
    await by_hand.doubt(session, doubt)
    return counts


async def refuse_full(session: Session) -> None:
    """StoreError where any table has a row."""
    for table in whole():
        if await session.row(f'SELECT 1 AS found FROM "{table.name}" LIMIT 1') is not None:
            raise StoreError(
                f"the database is not empty ({table.name} has rows): nothing was written: "
                "name an empty one in mailflow.toml, [store] url"
            )


async def _read(session: Session, table: Table, path: Path) -> int:
    count = 0
    with path.open(encoding="utf-8", newline="\n") as file:
        while rows := [_values(line, table, path) for line in islice(file, ROWS_AT_ONCE)]:
            await session.insert(table.name, list(table.columns), rows)
            count += len(rows)
    if session.is_postgres and table.counted and count:
        sequence = f"pg_get_serial_sequence('\"{table.name}\"', '{table.key}')"
        await session.rows(f'SELECT setval({sequence}, (SELECT max("{table.key}") FROM "{table.name}"))')
    return count


def _values(line: str, table: Table, path: Path) -> Sequence[Value]:
    said = json.loads(line)
    if set(said) != set(table.columns):
        raise StoreError(f"{path}: its columns are not those of this mailflow: import it with the one that exported it")
    return [None if said[name] is None else form.read(said[name]) for name, form in table.columns.items()]


def lines(folder: Path, table: str) -> Iterator[dict[str, Any]]:
    """Give the rows of a table that was written out."""
    with (folder / f"{table}.jsonl").open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)
