"""The commands of whoever keeps mailflow running: how it does, what to take again, what to keep safe.

Owns: arguments, printing, exit codes (0 nothing is wrong, 1 something is and is said).
"""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from pathlib import Path

import click

from mailflow.core.views import Language, language_of
from mailflow.rules_command import SITE

LANG = click.option("--lang", type=click.Choice(["ru", "en"]), help="The language; by default that of LANG.")


@click.command()
@SITE
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@LANG
def status(site: Path, as_json: bool, lang: Language | None) -> None:
    """Tell what waits, since when and why; exit code 1 when a person has to act."""
    from mailflow.app import now
    from mailflow.config import read_settings
    from mailflow.status import status as told

    healthy, text = asyncio.run(told(read_settings(site), lang or language_of(os.environ), as_json, now()))
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)
    sys.exit(0 if healthy else 1)


@click.command()
@SITE
@click.argument("names", nargs=-1)
@click.option("--settled", metavar="REASON", default="", help="Do not try again: mark as settled, for this reason.")
def retry(site: Path, names: tuple[str, ...], settled: str) -> None:
    """List what was given up, or take it again: its NAMES, or `all` that harms nobody."""
    if settled and not names:
        raise click.UsageError("--settled needs the names of what is settled")
    sys.exit(0 if asyncio.run(_retried(site, names, settled)) else 1)


async def _retried(site: Path, names: tuple[str, ...], settled: str) -> bool:
    """Do it and print a line each; True when all of it went well."""
    from mailflow import retrying
    from mailflow.app import now, opened

    async with opened(site) as app:
        there = await retrying.given_up(app)
        if not names:
            click.echo("\n".join(f"{one.name}  {one.what}: {one.why}" for one in there) or "nothing was given up")
            return True
        wanted, by = retrying.chosen(there, names), getpass.getuser()
        done = retrying.settle(app, wanted, settled, by, now()) if settled else retrying.retry(app, wanted, by, now())
        well = True
        async for went_well, line in done:
            well &= went_well
            click.echo(line)
        return well


COMMANDS = (status, retry)
