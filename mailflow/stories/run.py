"""The stories of a site: which files they stand in, the office each is played in, and all of them played.

Owns: `run_stories`. A file of stories lies in `tests/` beside its rules; it is played with those rules and with the
people of `tests/directory.yaml` or, where there is none, of the site. What may go wrong: a wrong file (SettingsError).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from mailflow.app import DIRECTORY_FILE, now, read_calendars, read_people, rule_folders, rules_of, shipped, working_time
from mailflow.config import SETTINGS_FILE, read_settings
from mailflow.core.calendar_ru import RUSSIA
from mailflow.core.office import Office
from mailflow.core.rule_book import ExampleMail
from mailflow.core.worktime import Calendar, OfficeHours
from mailflow.errors import SettingsError
from mailflow.stories.form import Story, Writes, read_stories
from mailflow.stories.office import StoryOffice, Workshop, story_office
from mailflow.stories.people import People
from mailflow.stories.play import Played, Player

TESTS = "tests"
ADDRESS = "docs"
"""The shared address of a story is this one of the company's own domain."""


@dataclass(frozen=True)
class StoryFile:
    """One file of stories: what it says, and where its rules and people lie."""

    path: Path
    name: str
    stories: tuple[Story, ...]
    rules: Path
    people: Path


def story_files(site: Path, named: Sequence[Path]) -> list[StoryFile]:
    """Read the files named, or every one of the site; SettingsError gathers what is wrong in all of them."""
    found = [path for one in named for path in _within(one)] or _within(rule_folders(site)[0] / TESTS)
    if not found:
        raise SettingsError(
            f"{rule_folders(site)[0] / TESTS}: there are no stories: write one, docs/rules.md shows how"
        )
    complaints: list[str] = []
    files: list[StoryFile] = []
    for path in found:
        try:
            files.append(_read(path, site))
        except SettingsError as wrong:
            complaints.append(str(wrong))
    if complaints:
        raise SettingsError("\n".join(complaints))
    return files


def _within(path: Path) -> list[Path]:
    return sorted(p for p in path.glob("*.yaml") if p.name != DIRECTORY_FILE) if path.is_dir() else [path]


def _read(path: Path, site: Path) -> StoryFile:
    rules = path.resolve().parent.parent if path.resolve().parent.name == TESTS else rule_folders(site)[0]
    own = path.parent / DIRECTORY_FILE
    name = f"rules/{TESTS}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise SettingsError(f"{path}: cannot be read as UTF-8 text ({wrong}): correct the path or the file") from None
    return StoryFile(path, name, read_stories(text, name), rules, own if own.is_file() else site / DIRECTORY_FILE)


def first_mails(rules: Path) -> dict[str, ExampleMail]:
    """Give the mail the first story of each process begins with, by the name of the file it stands in."""
    found: dict[str, ExampleMail] = {}
    for path in _within(rules / TESTS):
        steps = (placed.step for story in _read(path, rules.parent).stories for placed in story.steps)
        mail = next((step for step in steps if isinstance(step, Writes)), None)
        if mail is not None:
            found[path.stem] = ExampleMail(mail.to, mail.subject, mail.text, tuple(file.name for file in mail.attach))
    return found


async def run_stories(
    files: Sequence[StoryFile], site: Path, word: str = ""
) -> AsyncIterator[tuple[StoryFile, Played]]:
    """Play every story whose name contains the word; give each as it ends."""
    async with Workshop.opened(_templates(site)) as shop:
        offices: dict[tuple[Path, Path], Office] = {}
        for file in files:
            where = (file.rules, file.people)
            office = offices[where] = offices.get(where) or _office(file, site)
            for story in file.stories:
                if word.lower() in story.name.lower():
                    yield file, await _played(story, file, office, shop)


async def _played(story: Story, file: StoryFile, office: Office, shop: Workshop) -> Played:
    people = _people(file)
    domain = next(iter(people.directory.people.values())).address.rpartition("@")[2]
    starts = story.starts.replace(tzinfo=office.hours.zone)
    opened = await story_office(office, shop, f"{ADDRESS}@{domain}", starts)
    return await Player(opened, people, file.path.parent).play(story)


def _office(file: StoryFile, site: Path) -> Office:
    directory = _people(file).directory
    rules = rules_of([file.rules], directory)
    return Office(rules, directory, *site_hours(site))


def _people(file: StoryFile) -> People:
    text = file.people.read_text(encoding="utf-8")
    return People(text, file.people.name, read_calendars(file.people.parent))


def site_hours(site: Path) -> tuple[Calendar, OfficeHours]:
    """Of the site; where a folder is none, of an office in Moscow."""
    if (site / SETTINGS_FILE).is_file():
        return working_time(read_settings(site))
    return RUSSIA, OfficeHours(zone=ZoneInfo("Europe/Moscow"))


@asynccontextmanager
async def trial_office(site: Path) -> AsyncIterator[StoryOffice]:
    """Open an office with the people, rules, templates and hours of a site, now, for as long as the block lasts."""
    directory = read_people(site / DIRECTORY_FILE)
    rules = rules_of(rule_folders(site), directory)
    office = Office(rules, directory, *site_hours(site))
    domain = next(iter(directory.people.values())).address.rpartition("@")[2]
    async with Workshop.opened(_templates(site)) as shop:
        yield await story_office(office, shop, f"{ADDRESS}@{domain}", now().astimezone(office.hours.zone))


def _templates(site: Path) -> list[Path]:
    return [folder for folder in (site / "templates", shipped("templates")) if folder.is_dir()]
