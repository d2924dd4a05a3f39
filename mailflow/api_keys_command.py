"""`mailflow keys api`: make, list and end the keys of other systems.

A key is shown once, when it is made; the database has its hash. Making and ending one are events of the journal.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from mailflow.core.api_keys import ID_BYTES, NAME, RIGHTS, SECRET_BYTES, ApiKey, mint_key
from mailflow.errors import SettingsError
from mailflow.rules_command import SITE

LATELY = timedelta(days=30)


@click.group("api")
def api() -> None:
    """The keys other systems show at /api/v1."""


@api.command("new")
@click.argument("name")
@click.option("--scope", "rights", multiple=True, required=True, type=click.Choice(RIGHTS), help="What it may do.")
@click.option(
    "--process", "processes", multiple=True, help="Only with cases of this process; without it, of every one."
)
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The day it ends on, UTC; without it, it does not end."
)
@SITE
def api_new(name: str, rights: tuple[str, ...], processes: tuple[str, ...], until: datetime | None, site: Path) -> None:
    """Make a key for the system called NAME, and show it this once."""
    from mailflow.advance import advance
    from mailflow.app import now, opened
    from mailflow.core.events import ApiKeyMade

    if not NAME.fullmatch(name):
        raise SettingsError(f"{name!r}: a key's name has letters, digits, spaces and .:/-, at most 60 of them")
    minted = mint_key(secrets.token_bytes(ID_BYTES + SECRET_BYTES))
    ends = until.replace(tzinfo=UTC) if until is not None else None

    async def work() -> None:
        async with opened(site) as app:
            for process in set(processes) - set(app.office.rules):
                known = ", ".join(sorted(app.office.rules))
                raise SettingsError(f"--process {process}: there is none of that name, only {known}")
            what = tuple(sorted(set(rights))), tuple(sorted(set(processes)))
            event = ApiKeyMade(f"api_key/{minted.id}", now(), minted.id, name, *what, minted.hash, ends)
            await advance(event, app.store, app.office, event.at)

    asyncio.run(work())
    click.echo(minted.text)
    click.echo(f"key {minted.id} for {name}: this line is shown once, only its hash is kept", err=True)


@api.command("list")
@SITE
def api_list(site: Path) -> None:
    """List the keys: what each may do, since when, when it was last used, how often it was refused in 30 days."""
    from mailflow.app import now, opened

    async def work() -> list[str]:
        async with opened(site) as app:
            moment = now()
            refused = await app.store.api_keys.refused(f"{moment - LATELY:%Y-%m-%d}")
            keys = await app.store.api_keys.all()
        lines = [_line(key, sum(one.count for one in refused if one.key == key.id), moment) for key in keys]
        strange = sum(one.count for one in refused if not one.key)
        return [*lines, *([f"keys nobody has, refused: {strange}"] if strange else [])]

    click.echo("\n".join(asyncio.run(work())) or "there is no key: `mailflow keys api new` makes one")


@api.command("revoke")
@click.argument("key")
@SITE
def api_revoke(key: str, site: Path) -> None:
    """End the key with this id (its first letters after mfk_, as `list` shows them), at once and for good."""
    from mailflow.advance import advance
    from mailflow.app import now, opened
    from mailflow.core.events import ApiKeyEnded

    async def work() -> bool:
        async with opened(site) as app:
            found = await app.store.api_keys.find(key)
            if found is None:
                raise SettingsError(f"there is no key `{key}`: `mailflow keys api list` lists them")
            if found.revoked_at is not None:
                return False
            name = hashlib.sha256(f"api key ended {key}".encode()).hexdigest()
            await advance(ApiKeyEnded(name, now(), key, found.name), app.store, app.office, now())
            return True

    click.echo(f"{key} opens nothing any more" if asyncio.run(work()) else f"{key} was ended before")


def _line(key: ApiKey, refused: int, now: datetime) -> str:
    said = [
        f"{key.id}  {key.name}  {_state(key, now)}",
        f"may {' '.join(sorted(key.rights))}",
        f"of {' '.join(sorted(key.processes)) or 'every process'}",
        f"made {key.made_at:%Y-%m-%d}",
        f"last used {key.used_at:%Y-%m-%d %H:%M} UTC" if key.used_at is not None else "never used",
    ]
    return "; ".join([*said, *([f"refused {refused} times"] if refused else [])])


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return f"ended {key.revoked_at:%Y-%m-%d}"
    if key.expires_at is None:
        return "counts"
    return f"{'ended' if key.expires_at <= now else 'counts until'} {key.expires_at:%Y-%m-%d}"
