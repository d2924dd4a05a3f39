"""`mailflow rules`: the tools of whoever writes a process: check it, and test it by its stories.

Owns: arguments, printing, exit codes (0 nothing is wrong, 1 something is and is said).
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mailflow.rulekeeping import Behind

SITE = click.option(
    "--site",
    "-s",
    default=".",
    envvar="MAILFLOW_SITE",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The site's folder: the one with mailflow.toml.",
)


@click.group()
def rules() -> None:
    """The processes, one file each: check them, test them, look at them."""


@rules.command("check")
@SITE
def check(site: Path) -> None:
    """Check every rules file against the directory: file, line and cure for whatever is wrong."""
    from mailflow.app import DIRECTORY_FILE, read_people, read_rules, rule_folders

    checked = read_rules(rule_folders(site), read_people(site / DIRECTORY_FILE))
    for process in checked:
        stages = " → ".join(stage.rule.title.ru for stage in process.stages)
        click.echo(f"{process.name}: {process.title.ru}: {stages}")
    click.echo(f"{len(checked)} process{'' if len(checked) == 1 else 'es'}, nothing wrong")


@rules.command("test")
@SITE
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--story", "word", default="", help="Only stories whose name contains this.")
@click.option("--whole", is_flag=True, help="Print what happened also in the stories that hold.")
def test(site: Path, paths: tuple[Path, ...], word: str, whole: bool) -> None:
    """Play the stories of rules/tests in memory, touching nothing: mails in, decisions, letters out.

    PATHS are files of stories or folders of them; without any, those of the site are played, else those
    that came with mailflow. Exit code 1 when a story comes out otherwise than it says.
    """
    if not asyncio.run(_tested(site, paths, word, whole)):
        sys.exit(1)


async def _tested(site: Path, paths: tuple[Path, ...], word: str, whole: bool) -> bool:
    """Print every story as it ends; True when all hold."""
    from mailflow.stories.run import run_stories, story_files
    from mailflow.stories.telling import summed_up, told

    began = last = time.monotonic()
    counted = {True: 0, False: 0}
    heading = ""
    async for file, played in run_stories(story_files(site, paths), site, word):
        if file.name != heading:
            heading = file.name
            click.echo(heading)
        ended = time.monotonic()
        click.echo(told(played, ended - last, whole))
        counted[played.held] += 1
        last = ended
    click.echo(summed_up(counted[True], counted[False], time.monotonic() - began))
    return not counted[False]


@rules.command("upgrade")
@SITE
@click.option("--apply", "apply", is_flag=True, help="Let the cases go on by today's rules where they can.")
def upgrade(site: Path, apply: bool) -> None:
    """Tell which open cases go by other rules than today's; with --apply, move them.

    A case goes on by the rules it began under. It can be moved where today's rules have the stage it stands
    at and ask for the same thing there.
    """
    for line in asyncio.run(_upgraded(site, apply)):
        click.echo(line)


async def _upgraded(site: Path, apply: bool) -> list[str]:
    from mailflow.app import now, opened
    from mailflow.rulekeeping import cases_behind, take_rules
    from mailflow.rulekeeping import upgrade as upgraded

    async with opened(site) as app:
        behind = await cases_behind(app.store, app.office)
        if apply:
            await take_rules(app.store, app.office, now())
            for one in behind:
                if not one.hindrance:
                    await upgraded(one, app.store, app.office, now())
        return [_behind(one, apply) for one in behind] or ["every open case goes by today's rules"]


def _behind(one: Behind, applied: bool) -> str:
    case = one.case
    what = f"stays: {one.hindrance}" if one.hindrance else "moved" if applied else "can be moved"
    unread = f"; its own rules cannot be read, today's stand in for them: {one.unread}" if one.unread else ""
    return f"{case.number}  {case.process}, stage {case.stage}, version {case.rules[:8] or '-'}: {what}{unread}"
