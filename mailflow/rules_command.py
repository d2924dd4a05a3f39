"""`mailflow rules`: the tools of whoever writes a process: check it, and test it by its stories.

Owns: arguments, printing, exit codes (0 nothing is wrong, 1 something is and is said).
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailflow.core.views import Language
from mailflow.errors import SettingsError

if TYPE_CHECKING:
    from mailflow.core.directory import Directory
    from mailflow.core.rules import Process
    from mailflow.rulekeeping import Behind
    from mailflow.stories.postbag import Sent

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
    for line in _lists(site, checked):
        click.echo(line)
    click.echo(f"{len(checked)} process{'' if len(checked) == 1 else 'es'}, nothing wrong")


def _lists(site: Path, processes: Sequence[Process]) -> Iterator[str]:
    """Tell of each list how many values it has, which fields go by it, and which words name two of them."""
    from mailflow.reference_files import read_lists

    used = {(one.name, f"{p.name}.{field}") for p in processes for field, one in p.choices.items() if one.name}
    for one in read_lists(site).values():
        fields = ", ".join(sorted(field for name, field in used if name == one.name)) or "no field goes by it"
        doubled = f"; names two values, so neither: {', '.join(one.doubled[:5])}" if one.doubled else ""
        yield f"list {one.name}: {len(one.values)} value{'' if len(one.values) == 1 else 's'}: {fields}{doubled}"


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


@rules.command("schema")
def schema() -> None:
    """Print the form of a rules file as JSON Schema, for editors that complete and check while one types.

    Save it as rules/schema.json and begin a file with `# yaml-language-server: $schema=schema.json`.
    """
    from mailflow.core.rule_schema import rule_schema

    click.echo(json.dumps(rule_schema(), ensure_ascii=False, indent=1))


@rules.command("book")
@SITE
def book(site: Path) -> None:
    """Print all processes as a page: how a mail starts each, its stages, papers and register, in Markdown.

    The example mails are those its stories begin with.
    """
    from mailflow.app import read_rules, rule_folders
    from mailflow.core.rule_book import rule_book
    from mailflow.stories.run import first_mails

    folders = rule_folders(site)
    click.echo(rule_book(read_rules(folders, None), first_mails(folders[0])), nl=False)


@rules.command("show")
@SITE
@click.argument("process")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Draw it into this file as well.")
@click.option("--lang", type=click.Choice(["ru", "en"]), help="By default the language of the company.")
def show(site: Path, process: str, svg: Path | None, lang: Language | None) -> None:
    """Show the route of a process: stage, who, when, term, silence, answers.

    PROCESS is its name, or the path of a file that is not in force yet.
    """
    from mailflow.core.route_drawing import drawing
    from mailflow.core.route_listing import listing
    from mailflow.core.route_words import in_words

    people = _people_of(site)
    language = lang or (people.company.language if people is not None else "ru")
    said = in_words(_process_of(site, process, people), language, people)
    click.echo(listing(said, language, max(72, shutil.get_terminal_size((132, 24)).columns)))
    if svg is not None:
        svg.write_text(drawing(said, language), encoding="utf-8")
        click.echo(f"drawn into {svg}")


def _people_of(site: Path) -> Directory | None:
    """The directory of a site; a folder without one still has rules to look at."""
    from mailflow.app import DIRECTORY_FILE, read_people

    path = site / DIRECTORY_FILE
    return read_people(path) if path.is_file() else None


def _process_of(site: Path, named: str, people: Directory | None) -> Process:
    from mailflow.app import read_rules, rule_folders
    from mailflow.core.rules import read_process

    if named.endswith(".yaml"):
        return read_process(Path(named).read_text(encoding="utf-8"), named, people)
    known = {process.name: process for process in read_rules(rule_folders(site), people)}
    if named not in known:
        raise SettingsError(f"there is no process `{named}`: there are {', '.join(known)}")
    return known[named]


@rules.command("try")
@SITE
@click.argument("what")
@click.option("--as", "person", default="", help="Who asks: a person's id.")
@click.option("--field", "stated", multiple=True, metavar="NAME=VALUE", help="A field of the card; may be repeated.")
@click.option("--html", type=click.Path(file_okay=False, path_type=Path), help="Write each letter into this folder.")
def try_(site: Path, what: str, person: str, stated: tuple[str, ...], html: Path | None) -> None:
    """Show who would be asked, when, and each letter as it would look, touching nothing.

    WHAT is a process, asked for by --as PERSON with --field NAME=VALUE, or a mail in a file (FILE.eml).
    Everybody is supposed to agree.
    """
    asyncio.run(_tried(site, what, person, dict(_pair(one) for one in stated), html))


def _pair(said: str) -> tuple[str, str]:
    name, is_, value = said.partition("=")
    if not is_:
        raise click.BadParameter(f"`{said}`: write NAME=VALUE", param_hint="--field")
    return name.strip(), value.strip()


async def _tried(site: Path, what: str, person: str, stated: dict[str, str], html: Path | None) -> None:
    from mailflow.stories.run import trial_office
    from mailflow.stories.telling import tried
    from mailflow.stories.trying import Trial

    async with trial_office(site) as office:
        trial = Trial(office)
        lost: tuple[str, ...] = ()
        if what.endswith(".eml"):
            await trial.mail(Path(what).read_bytes())
        else:
            process = _process_of(site, what, office.office.directory)
            lost = await trial.request(process, person or next(iter(office.office.directory.people)), stated)
        end = await trial.go_on()
        click.echo(tried(await trial.asked(), await trial.sentences(), end, lost, trial.letters))
    if html is not None:
        click.echo(f"{_written(trial.letters, html)} letters written into {html}")


def _written(letters: list[Sent], folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    for n, letter in enumerate(letters, 1):
        name = f"{n:02}-{letter.kind}-{letter.to or 'outside'}"
        (folder / f"{name}.html").write_text(letter.html, encoding="utf-8")
        (folder / f"{name}.txt").write_text(letter.text, encoding="utf-8")
    return len(letters)
