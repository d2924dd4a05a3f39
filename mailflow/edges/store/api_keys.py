"""The keys of other systems, as rows, and how often one was refused.

Owns: the columns of `api_key` and `api_refusal`. A key is written and ended by the commit of the event that says so,
so that none exists the journal does not know. When it was used, and what was refused, is noted for many requests at
once: looking writes nothing. Refuses to know: what a key may do (`core.api_keys`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.api_keys import ApiKey, listed
from mailflow.core.events import ApiKeyEnded, ApiKeyMade, Event
from mailflow.edges.store.database import Database
from mailflow.edges.store.session import Row, Session, Statement, insertions, moment, moment_or_none

_COLUMNS = ("id", "name", "hash", "rights", "processes", "made_at", "expires_at")
_MORE = "ON CONFLICT (id) DO UPDATE SET count = api_refusal.count + excluded.count RETURNING id"


@dataclass(frozen=True, slots=True)
class Refused:
    """How often a key ('' = one nobody has) was refused on a day, and why."""

    day: str
    key: str
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class ApiUse:
    """What is to be noted: when keys were last used; how often each was refused, by day, key and reason."""

    used: Mapping[str, datetime]
    refused: Mapping[tuple[str, str, str], int]

    @property
    def empty(self) -> bool:
        """True where nothing happened."""
        return not self.used and not self.refused


class ApiKeys:
    """The store as the keeper of keys sees it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def find(self, key: str) -> ApiKey | None:
        """Give the key of that id, or None. Whether it still counts, the caller says."""
        return await self._db.glance(lambda s: _find(s, key))

    async def all(self) -> list[ApiKey]:
        """Give every key, the oldest first."""
        return await self._db.read(_all)

    async def refused(self, since: str) -> list[Refused]:
        """Give what was refused on that ISO day and later."""
        return await self._db.read(lambda s: _refused(s, since))

    async def note(self, use: ApiUse) -> None:
        """Note when keys were used and what was refused."""
        await self._db.run(lambda s: _note(s, use))


def changes(event: Event) -> list[Statement]:
    """Write what the event did to a key, in its commit."""
    match event:
        case ApiKeyMade():
            rights, processes = listed(event.rights), listed(event.processes)
            row = (event.id, event.name, event.hash, rights, processes, event.at, event.until)
            return insertions("api_key", _COLUMNS, [row])
        case ApiKeyEnded():
            query = "UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
            return [Statement(query, (event.at, event.id))]
        case _:
            return []


async def _find(session: Session, key: str) -> ApiKey | None:
    row = await session.row("SELECT * FROM api_key WHERE id = ?", key)
    return None if row is None else _key(row)


async def _all(session: Session) -> list[ApiKey]:
    return [_key(row) for row in await session.rows("SELECT * FROM api_key ORDER BY made_at, id")]


async def _refused(session: Session, since: str) -> list[Refused]:
    query = 'SELECT day, "key", why, count FROM api_refusal WHERE day >= ? ORDER BY day, "key", why'
    return [Refused(row["day"], row["key"], row["why"], int(row["count"])) for row in await session.rows(query, since)]


async def _note(session: Session, use: ApiUse) -> None:
    for key, at in sorted(use.used.items()):
        query = "UPDATE api_key SET used_at = ? WHERE id = ? AND (used_at IS NULL OR used_at < ?) RETURNING id"
        await session.rows(query, at, key, at)
    for (day, key, why), count in sorted(use.refused.items()):
        row = (f"{day}/{key}/{why}", day, key, why, count)
        await session.insert("api_refusal", ("id", "day", "key", "why", "count"), [row], _MORE)


def _key(row: Row) -> ApiKey:
    return ApiKey(
        id=row["id"],
        name=row["name"],
        hash=row["hash"],
        rights=frozenset(row["rights"].split()),
        processes=frozenset(row["processes"].split()),
        made_at=moment(row["made_at"]),
        expires_at=moment_or_none(row["expires_at"]),
        revoked_at=moment_or_none(row["revoked_at"]),
        used_at=moment_or_none(row["used_at"]),
    )
