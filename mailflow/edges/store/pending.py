"""Which migrations a database still lacks, without making any."""

from __future__ import annotations

from pathlib import Path

from mailflow.edges.store import migrations
from mailflow.edges.store.database import Database
from mailflow.edges.store.session import Session


async def pending(url: str) -> list[str]:
    """Name the migrations still to be made, in order; all of them for an empty database."""
    if url.startswith("sqlite://") and not Path(url.removeprefix("sqlite://")).exists():
        return known_migrations()
    database = await Database.open(url, migrating=False)
    try:
        made = await database.read(_made)
    finally:
        await database.close()
    return [name for name in known_migrations() if name not in made]


async def _made(session: Session) -> set[str]:
    postgres = session.skip_locked != ""
    listed = "information_schema.tables WHERE table_name" if postgres else "sqlite_master WHERE name"
    if await session.row(f"SELECT 1 AS found FROM {listed} = 'tortoise_migrations'") is None:
        return set()
    return {row["name"] for row in await session.rows("SELECT name FROM tortoise_migrations")}


def known_migrations() -> list[str]:
    """Name every migration this mailflow has, in order."""
    return sorted(path.stem for path in Path(migrations.__file__).parent.glob("[0-9]*.py"))
