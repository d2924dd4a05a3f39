"""`mailflow keys`: list the signing keys, let a new one sign; the keys of other systems are a group below it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import click

from mailflow.api_keys_command import api
from mailflow.config import read_settings
from mailflow.edges.keys import Key, listed, rotate
from mailflow.rules_command import SITE


@click.group()
def keys() -> None:
    """The keys that sign links and reply addresses, and those other systems have."""


keys.add_command(api)


@keys.command("list")
@SITE
def keys_list(site: Path) -> None:
    """List the keys: number, since when, what each is good for."""
    from mailflow.app import now

    found = listed(read_settings(site).keys_folder)
    moment = now()
    for key in found:
        click.echo(f"{key.number:>3}  made {key.made:%Y-%m-%d %H:%M} UTC  {_state(key, found, moment)}")


@keys.command("rotate")
@SITE
@click.option("--at-once", is_flag=True, help="Every older key ends now, not in 24 hours: others may know it.")
def keys_rotate(site: Path, at_once: bool) -> None:
    """Make a new key; whoever is still asked by a link of an older one gets a new letter."""
    from mailflow.app import now, opened
    from mailflow.rekeying import renew_letters
    from mailflow.second_factors import Factors

    async def work() -> tuple[int, int]:
        async with opened(site) as app:
            # Noted first, so that the new key is known to follow one.
            await renew_letters(app.store, app.office, max(app.desk.ring.keys), now())
            number = rotate(app.settings.keys_folder, at_once, now())
            await Factors(app.office, app.store, app.desk.ring, app.counter.random).seal_anew()
            return number, await renew_letters(app.store, app.office, number, now())

    number, renewed = asyncio.run(work())
    click.echo(f"{number}.key signs from now on; the service takes it up by itself")
    click.echo("every older link is dead" if at_once else "older links open for 24 hours more")
    if at_once:
        click.echo("second factors are ended with the key that sealed them: their people set up new ones")
    click.echo(f"open tasks whose people get a new letter: {renewed}")
    click.echo("known browsers are asked for a code once more. Put the new key into the backup.")


def _state(key: Key, found: list[Key], now: datetime) -> str:
    if key.until is not None:
        return f"accepted until {key.until:%Y-%m-%d %H:%M} UTC" if now < key.until else "not accepted any more"
    return "signs" if key is found[0] else "accepted"
