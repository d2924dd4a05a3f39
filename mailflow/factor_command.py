"""`mailflow second-factor`: who has one, and ending one whose phone is lost. Secrets are never shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from mailflow.errors import SettingsError
from mailflow.rules_command import SITE


@click.group("second-factor")
def second_factor() -> None:
    """The codes of apps that the weightiest decisions ask for."""


@second_factor.command("list")
@SITE
def second_factor_list(site: Path) -> None:
    """List who has set one up, and since when."""
    from mailflow.app import opened

    async def work() -> list[str]:
        async with opened(site) as app:
            found = [one for one in await app.store.factors() if one.enrolled_at is not None]
            return [f"{one.person}  since {one.enrolled_at:%Y-%m-%d %H:%M} UTC" for one in found]

    click.echo("\n".join(asyncio.run(work())) or "nobody has a second factor")


@second_factor.command("reset")
@click.argument("person")
@SITE
def second_factor_reset(person: str, site: Path) -> None:
    """End the second factor of PERSON (an id of the directory) and write to that person; a new one is set up then."""
    from mailflow.app import now, opened
    from mailflow.second_factors import Factors

    async def work() -> bool:
        async with opened(site) as app:
            if person not in app.office.directory.people:
                raise SettingsError(f"there is no person `{person}`: `mailflow people show` lists the ids")
            return await Factors(app.office, app.store, app.desk.ring, app.counter.random).reset(person, now())

    done = asyncio.run(work())
    click.echo(f"{person}: the second factor is ended, a letter says so" if done else f"{person} has no second factor")
