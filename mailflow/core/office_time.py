"""Working time of one office as a value: its calendar and its hours, and what is counted by them.

Owns: the questions a term, a reminder or a daily letter asks. Refuses to know: whose they are (`office.time_of`), and
how days are counted (`worktime`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from mailflow.core import worktime
from mailflow.core.worktime import Calendar, Duration, OfficeHours


@dataclass(frozen=True)
class OfficeTime:
    """The days and hours one office works."""

    calendar: Calendar
    hours: OfficeHours

    @property
    def zone(self) -> tzinfo:
        """Where it is."""
        return self.hours.zone

    def after(self, moment: datetime, span: Duration) -> datetime:
        """Give the moment so much working time later."""
        return worktime.later(moment, span, self.calendar, self.hours)

    def before(self, moment: datetime, span: Duration) -> datetime:
        """Give the moment so much working time earlier: when to remind."""
        return worktime.earlier(moment, span, self.calendar, self.hours)

    def put_off(self, term: datetime, since: datetime, until: datetime) -> datetime:
        """Give the term after its clock stood still between those moments."""
        return worktime.put_off(term, since, until, self.calendar, self.hours)

    def end_of(self, day: date) -> datetime:
        """Give the closing hour of that day."""
        return datetime.combine(day, self.hours.end, self.zone)

    def morning(self, moment: datetime, day: date | None = None) -> datetime:
        """Give the opening hour of that day, or of the next working day; of the first working one from there."""
        today = self.local_date(moment)
        wanted = day if day is not None and day > today else today + timedelta(days=1)
        opened = worktime.next_working_day(wanted, self.calendar)
        return datetime.combine(opened, self.hours.start, self.zone)

    def works(self, day: date) -> bool:
        """Say whether it works on that day."""
        return worktime.is_working_day(day, self.calendar)

    def local_date(self, moment: datetime) -> date:
        """Give the day it is there at that moment."""
        return moment.astimezone(self.zone).date()

    def day(self, moment: datetime) -> str:
        """Give that day in ISO form."""
        return self.local_date(moment).isoformat()
