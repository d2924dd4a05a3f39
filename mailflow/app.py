"""One site put together: settings, people, rules, stores, keys; the only place that asks the machine.

Owns: reading a site's folder into an `App` and the clock and the chance everything else is given.
A wrong file stops the start here with file, line and cure; nothing is half open afterwards.
"""

from __future__ import annotations

import hashlib
import secrets
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from mailflow.agent import Agent
from mailflow.config import Settings, read_settings
from mailflow.core.branches import OwnDays, read_own_days
from mailflow.core.calendar_ru import RUSSIA
from mailflow.core.directory import Directory, read_directory
from mailflow.core.endpoints import Endpoint
from mailflow.core.office import SECRETARY, Access, Office
from mailflow.core.rule_set import read_rule_set
from mailflow.core.rules import Process
from mailflow.core.surroundings import surroundings
from mailflow.core.worktime import Calendar, OfficeHours
from mailflow.edges.blobs import file_store
from mailflow.edges.documents import Documents
from mailflow.edges.keys import refuse_readable
from mailflow.edges.letters import Letters
from mailflow.edges.pdf import Renderer
from mailflow.edges.reading_apart import PaperReader
from mailflow.edges.store import Store
from mailflow.errands import Bench
from mailflow.errors import SettingsError
from mailflow.explain import Ground
from mailflow.lookup import Desk
from mailflow.reference_files import read_lists
from mailflow.rulekeeping import kept_rules
from mailflow.site_lists import imported_payees
from mailflow.writing import Counter

DIRECTORY_FILE = "directory.yaml"

# The language of conditions would bring a command line of its own along: 10 MB and 0.3 s nobody here asks for.
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))


def now() -> datetime:
    """Ask the machine what time it is; everything else is told."""
    return datetime.now(UTC)


def shipped(name: str) -> Path:
    """Give the folder of that name that came with mailflow: in the wheel, or beside the package."""
    here = Path(__file__).parent
    inside = here / "_share" / name
    return inside if inside.is_dir() else here.parent / name


@dataclass
class App:
    """A site, open and checked. Its parts are values: whoever holds one ends with it, the next step takes the new."""

    settings: Settings
    office: Office
    store: Store
    desk: Desk
    counter: Counter
    bench: Bench
    agent: Agent

    def works_with(self, directory: Directory) -> None:
        """Let every step from the next one on work with these people; whoever is at work ends with those before."""
        self.office = office = replace(self.office, directory=directory)
        self.desk, self.bench = replace(self.desk, office=office), replace(self.bench, office=office)
        name = self.settings.mailbox.name or directory.company.name
        self.counter = replace(self.counter, office=office, name=name)


@asynccontextmanager
async def opened(site: Path, redirect_all_to: str = "") -> AsyncIterator[App]:
    """Open a site for as long as the block lasts; SettingsError or StoreError say what to mend.

    `redirect_all_to`: a rehearsal, whatever the settings say of one.
    """
    settings = read_settings(site)
    office = read_office(settings)
    redirect_all_to = redirect_all_to or settings.smtp.redirect_all_to
    # A rehearsal calls nobody, and owes nobody a call for later.
    office = replace(office, endpoints=()) if redirect_all_to else office
    settings.lines()  # so that a secret that is none stops the start
    letters = Letters([site / "templates" / "mail", shipped("templates") / "mail"])
    letters.check()
    renderer = Renderer()
    documents = Documents([site / "templates" / "letters", shipped("templates") / "letters"], renderer)
    documents.check()
    refuse_readable(settings.keys_folder)
    ring = settings.keys()
    store = await Store.open(settings.store_url, settings.domain)
    reader, agent = PaperReader(), Agent(settings.files / "senders", store, now)
    try:
        office = replace(office, kept=await kept_rules(store))
        blobs = file_store(settings.files, settings.bucket())
        desk = Desk(
            office=office,
            store=store,
            blobs=blobs,
            ring=ring,
            reader=reader,
            profile=settings.receiver(),
            around=surroundings(office.rules, settings.own_addresses, _instance(settings)),
        )
        counter = _counter(settings, desk, letters, redirect_all_to)
        yield App(
            settings, office, store, desk, counter, Bench(office, store, blobs, documents, settings.archive), agent
        )
    finally:
        await renderer.close()
        await reader.close()
        await agent.close()
        await store.close()


def _counter(settings: Settings, desk: Desk, letters: Letters, redirect_all_to: str) -> Counter:
    """Give what letters are written and sent with."""
    return Counter(
        office=desk.office,
        store=desk.store,
        blobs=desk.blobs,
        letters=letters,
        ring=desk.ring,
        address=settings.mailbox.address,
        name=settings.mailbox.name or desk.office.directory.company.name,
        instance=_instance(settings),
        plus_addresses=settings.mailbox.plus_addresses,
        web_url=settings.web.url if settings.web is not None else "",
        random=secrets.token_bytes,
        redirect_all_to=redirect_all_to,
    )


def read_office(settings: Settings) -> Office:
    """Read people and rules of a site; SettingsError with a line for everything wrong."""
    directory = read_people(settings.site / DIRECTORY_FILE)
    rules = fitting_rules(settings, directory)
    _refuse_factors_without_pages(settings, rules)
    return Office(
        rules,
        directory,
        *working_time(settings),
        imported=imported_payees(settings.site),
        first_numbers=settings.registers.first_numbers,
        access=_access(settings, directory),
        archive=settings.archive is not None,
        endpoints=_endpoints(settings, rules),
    )


def fitting_rules(settings: Settings, directory: Directory) -> dict[str, Process]:
    """Give the rules of a site checked against these people; SettingsError where somebody they name is missing."""
    _access(settings, directory)
    return rules_of(rule_folders(settings.site), directory)


def _refuse_factors_without_pages(settings: Settings, rules: Mapping[str, Process]) -> None:
    """Refuse rules that ask for a second factor where there is no page to show it on: SettingsError."""
    asking = [f"{p.name}: {s.name}" for p in rules.values() for s in p.stages if s.rule.may_ask_factor]
    if asking and settings.web is None:
        raise SettingsError(
            f"rules ask for a second factor ({', '.join(asking)}), which is shown on a page: add [web] "
            "to mailflow.toml, or ask for less there"
        )


def _endpoints(settings: Settings, rules: Mapping[str, Process]) -> tuple[Endpoint, ...]:
    """Give who is told of what; SettingsError for a process that does not exist."""
    for name in {name for one in settings.webhooks for name in one.processes} - set(rules):
        raise SettingsError(f"[[webhooks]] processes: there is no process `{name}`: {', '.join(sorted(rules))}")
    return settings.endpoints


def _access(settings: Settings, directory: Directory) -> Access:
    """Give which roles see more; SettingsError for a role the directory does not have."""
    said = settings.access
    for role in {*said.everything, *said.payments, *said.post, *said.operation} - set(directory.roles) - _USUAL_ROLES:
        raise SettingsError(f"[access]: nobody can hold the role `{role}`: add it under `roles:` in {DIRECTORY_FILE}")
    return Access(said.everything, said.payments, said.post, said.operation)


_USUAL_ROLES = frozenset((*Access().everything, *Access().payments, *Access().post, *Access().operation))
"""Named where nothing is said; a small office need not have them all."""


def working_time(settings: Settings) -> tuple[Calendar, OfficeHours]:
    """Give the days and hours the office works."""
    office = settings.office
    calendar = RUSSIA.overridden(frozenset(office.days_off), frozenset(office.working_days))
    return calendar, OfficeHours(office.opens, office.closes, settings.zone)


def read_ground(site: Path | None) -> Ground:
    """Give what `mailflow explain` reads mails against; without a site, the rules that came with mailflow."""
    if site is None:
        return Ground(surroundings({p.name: p for p in read_rules([shipped("rules")], None)}, ()))
    settings = read_settings(site)
    office = read_office(settings)
    return Ground(surroundings(office.rules, settings.own_addresses), office.directory, settings.receiver())


def read_people(path: Path) -> Directory:
    """Read directory.yaml; every site needs somebody who is its secretary."""
    directory = read_directory(_text(path), path.name, read_calendars(path.parent))
    if not directory.holders(SECRETARY):
        raise SettingsError(f"{path.name}: nobody holds the role `{SECRETARY}`: add it under `roles:`")
    return directory


def read_calendars(site: Path) -> dict[str, OwnDays]:
    """Read the days of the offices that keep a calendar of their own: calendars/*.yaml of a site."""
    paths = sorted((site / "calendars").glob("*.yaml"))
    return {path.stem: read_own_days(_text(path), f"calendars/{path.name}") for path in paths}


def rules_of(folders: Sequence[Path], directory: Directory) -> dict[str, Process]:
    """Give the processes of these folders and those every office has; one of the house gives way to its namesake."""
    return {p.name: p for p in (*read_rules([house_rules()], directory), *read_rules(folders, directory))}


def house_rules() -> Path:
    """Give the folder of the processes every office has: who stands in for whom."""
    return shipped("rules") / "house"


def rule_folders(site: Path) -> Sequence[Path]:
    """Give where rules are read from: the site's own folder, else those that came with mailflow."""
    own = site / "rules"
    return [own if own.is_dir() and any(own.glob("*.yaml")) else shipped("rules")]


def read_rules(folders: Sequence[Path], directory: Directory | None) -> list[Process]:
    """Read every process; SettingsError gathers what is wrong in all files. Without people they are not checked."""
    paths = sorted(path for folder in folders for path in folder.glob("*.yaml"))
    lists = {name: one for folder in folders for name, one in read_lists(folder.parent).items()}
    return read_rule_set({f"rules/{path.name}": _text(path) for path in paths}, directory, lists)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no such file: `mailflow init` makes a site with one") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: this is not UTF-8 text: save it as UTF-8") from None


def _instance(settings: Settings) -> str:
    """Name this mailflow in its own letters: the same for one address, and of no use to anybody else."""
    return hashlib.sha256(settings.mailbox.address.lower().encode()).hexdigest()[:16]
