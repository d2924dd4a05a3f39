"""What a transition may lean on beside the case and the event: the office as it is today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailflow.core.branches import NO_OWN_DAYS
from mailflow.core.case import Assignment, Case
from mailflow.core.dates import format_date
from mailflow.core.directory import Directory, Substitution
from mailflow.core.doers import Doer, doer
from mailflow.core.endpoints import Endpoint
from mailflow.core.kept_rules import KeptRules
from mailflow.core.memory import Fact, arranged
from mailflow.core.office_time import OfficeTime
from mailflow.core.rules import NamedStage, Process, Rules
from mailflow.core.views import Language
from mailflow.core.worktime import Calendar, OfficeHours

SECRETARY = "secretary"


def is_outside(person: str, office: Office) -> bool:
    """Say whether whoever was written to is somebody outside: he is known by his address alone."""
    return "@" in person and person not in office.directory.people


@dataclass(frozen=True, slots=True)
class Access:
    """Which roles see more than what is their own."""

    everything: tuple[str, ...] = ("secretary", "director")
    """Every case."""
    payments: tuple[str, ...] = ("accountant",)
    """Every case that has come to its payment."""
    post: tuple[str, ...] = ("secretary",)
    """The mail that waits for somebody to look at it."""
    operation: tuple[str, ...] = ("administrator",)
    """How the service itself does."""


@dataclass(frozen=True)
class Office:
    """Rules, people and working time, all checked; one value, replaced whole when a file changes."""

    rules: Rules
    directory: Directory
    calendar: Calendar
    hours: OfficeHours
    kept: KeptRules = field(default_factory=KeptRules)
    """Versions of processes that were in force before, for the cases that began under them."""
    facts: tuple[Fact, ...] = ()
    """What the office has come to know beside its files, as far as the matter in hand needs it."""
    imported: tuple[Fact, ...] = ()
    """What its own lists say: the payees of lists/counterparties.csv."""

    first_numbers: Mapping[tuple[str, int], int] = field(default_factory=dict)
    """The first number of a register in a year, where others were given on paper before."""
    access: Access = Access()
    archive: bool = False
    """Finished cases go to an archive, where their rules say so."""
    endpoints: tuple[Endpoint, ...] = ()
    """Who is told of what happens to cases."""

    @property
    def language(self) -> Language:
        """The language the journal and the sheet are kept in."""
        return self.directory.company.language

    @property
    def secretary(self) -> str:
        """Who is told what nobody else can mend: the first holder of the role, checked at start."""
        return self.directory.holders(SECRETARY)[0]

    def process(self, name: str) -> Process:
        """Give the process of that name."""
        return self.rules[name]

    def process_of(self, case: Case) -> Process:
        """Give the process as the case goes by it; KeyError where neither its version nor its name is known."""
        found = self.known_process_of(case)
        return self.rules[case.process] if found is None else found

    def known_process_of(self, case: Case) -> Process | None:
        """Give the version the case began under; today's where that one is not kept; None where both are gone."""
        return self.version(case.process, case.rules)

    def version(self, process: str, version: str) -> Process | None:
        """Give that version of a process, else today's."""
        today = self.rules.get(process)
        if not version or (today is not None and today.version == version):
            return today
        return self.kept.get(version) or today

    def stage_of(self, case: Case, name: str) -> NamedStage | None:
        """Give a stage of the case's process; None where its rules do not have the one or the other."""
        known = self.known_process_of(case)
        return known.stage(name) if known is not None else None

    @property
    def time(self) -> OfficeTime:
        """Give the working time of the company; whoever has no office of his own keeps it."""
        return OfficeTime(self.calendar, self.hours)

    def time_of(self, person: str) -> OfficeTime:
        """Give the working time of the office the person works in."""
        known = self.directory.people.get(person)
        branch = self.directory.offices.get(known.office or "") if known is not None else None
        if branch is None:
            return self.time
        return branch.working_time(self.directory.calendars.get(branch.calendar, NO_OWN_DAYS), self.time)

    def day(self, moment: datetime) -> str:
        """Give the ISO day of a moment in the company's time zone."""
        return self.time.day(moment)

    def shown_due(self, task: Assignment, language: Language) -> str:
        """Give the day of a task's term as it is where the person asked works; '' where it has none."""
        if task.due_at is None:
            return ""
        there = self.time_of(self.acting(task.principal, task.opened_at))
        return format_date(there.local_date(task.due_at), language)

    def shown_day(self, moment: datetime, language: Language | None = None) -> str:
        """Give the day of a moment as papers print it: «18.11.2026»; by default in the company's language."""
        return format_date(moment.astimezone(self.hours.zone).date(), language or self.language)

    def shown(self, moment: datetime, language: Language | None = None) -> str:
        """Give a moment as papers print it: «18.11.2026 10:05»."""
        return f"{self.shown_day(moment, language)} {moment.astimezone(self.hours.zone):%H:%M}"

    def acting(self, person: str, moment: datetime) -> str:
        """Give who acts for the person at that moment; somebody who has left stands for himself."""
        day = self.time_of(person).day(moment)
        return self.directory.acting(person, day, arranged(self.facts, day))

    def stands_in(self, person: str, moment: datetime) -> Substitution | None:
        """Give the substitution of the person that holds at that moment, or None."""
        day = self.time_of(person).day(moment)
        return self.directory.stands_in(person, day, arranged(self.facts, day))

    def doer(self, person: str) -> Doer:
        """Give the person as a sentence in the past tense needs him: «Смирнова О.Н. вернула»."""
        known = self.directory.people.get(person)
        return doer(known) if known else Doer(person)

    def short(self, person: str) -> str:
        """«Смирнова О.Н.»; the id itself for somebody who has left the directory."""
        known = self.directory.people.get(person)
        return known.short if known else person
