"""What a transition may lean on beside the case and the event: the office as it is today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailflow.core import worktime
from mailflow.core.directory import Directory
from mailflow.core.rules import NamedStage, Process, Rules
from mailflow.core.views import Language
from mailflow.core.worktime import Calendar, Duration, OfficeHours

SECRETARY = "secretary"


@dataclass(frozen=True)
class Office:
    """Rules, people and working time, all checked; one value, replaced whole when a file changes."""

    rules: Rules
    directory: Directory
    calendar: Calendar
    hours: OfficeHours

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

    def stage(self, process: str, name: str) -> NamedStage | None:
        """Give the stage of that process; None where the rules no longer have the one or the other."""
        known = self.rules.get(process)
        return known.stage(name) if known is not None else None

    def after(self, moment: datetime, span: Duration) -> datetime:
        """Give the moment so much working time later, in the office's own hours and calendar."""
        return worktime.later(moment, span, self.calendar, self.hours)

    def before(self, moment: datetime, span: Duration) -> datetime:
        """Give the moment so much working time earlier: when to remind."""
        return worktime.earlier(moment, span, self.calendar, self.hours)

    def end_of(self, day: date) -> datetime:
        """Give the closing hour of that day."""
        return datetime.combine(day, self.hours.end, self.hours.zone)

    def morning(self, moment: datetime, day: date | None = None) -> datetime:
        """Give the opening hour of that day, or of the next working day; of the first working one from there."""
        today = moment.astimezone(self.hours.zone).date()
        wanted = day if day is not None and day > today else today + timedelta(days=1)
        opened = worktime.next_working_day(wanted, self.calendar)
        return datetime.combine(opened, self.hours.start, self.hours.zone)

    def day(self, moment: datetime) -> str:
        """Give the ISO day of a moment in the office's time zone."""
        return moment.astimezone(self.hours.zone).date().isoformat()

    def acting(self, person: str, moment: datetime) -> str:
        """Give who acts for the person at that moment; somebody who has left stands for himself."""
        return self.directory.acting(person, self.day(moment))

    def short(self, person: str) -> str:
        """«Смирнова О.Н.»; the id itself for somebody who has left the directory."""
        known = self.directory.people.get(person)
        return known.short if known else person
