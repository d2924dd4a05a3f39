"""The commands of whoever keeps mailflow running: how it does, what to take again, what to keep safe.

Owns: arguments, printing, exit codes (0 nothing is wrong, 1 something is and is said).
"""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import AsyncIterator
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


@click.command()
@SITE
@click.argument("folder", type=click.Path(path_type=Path))
def backup(site: Path, folder: Path) -> None:
    """Copy database, files and settings into a new FOLDER, while the service runs; keys are not in it."""
    from mailflow import keeping
    from mailflow.app import now
    from mailflow.config import read_settings

    asyncio.run(_printed(keeping.backup(read_settings(site), folder, now())))


@click.command()
@SITE
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--offline", is_flag=True, help="Leave the mailbox alone: move mails back by hand.")
def restore(site: Path, folder: Path, offline: bool) -> None:
    """Bring a backup back into a site without a database; nothing that may have been done is done again."""
    from mailflow import keeping
    from mailflow.app import now
    from mailflow.config import read_settings

    asyncio.run(_printed(keeping.restore(read_settings(site), folder, now(), offline)))


@click.command("export")
@SITE
@click.argument("folder", type=click.Path(path_type=Path))
def export_(site: Path, folder: Path) -> None:
    """Write everything into a new FOLDER in open forms: JSON lines, .eml, .pdf, .xlsx, .csv; keys are not in it."""
    from mailflow import exporting
    from mailflow.app import now
    from mailflow.config import read_settings

    asyncio.run(_printed(exporting.export(read_settings(site), folder, now())))


@click.command("import")
@SITE
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def import_(site: Path, folder: Path) -> None:
    """Take an export over into a site with an empty database, SQLite or PostgreSQL; numbers and chains go on."""
    from mailflow import exporting

    asyncio.run(_printed(exporting.bring_in(folder, site)))


@click.command()
@SITE
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--no-backup", is_flag=True, help="Make no backup first.")
def migrate(site: Path, dry_run: bool, no_backup: bool) -> None:
    """Bring the database up to date, after a backup; say what is done."""
    from mailflow import keeping
    from mailflow.app import now
    from mailflow.config import read_settings

    asyncio.run(_printed(keeping.migrate(read_settings(site), now(), dry_run, not no_backup)))


async def _printed(lines: AsyncIterator[str]) -> None:
    async for line in lines:
        click.echo(line)


COMMANDS = (status, retry, backup, restore, export_, import_, migrate)
