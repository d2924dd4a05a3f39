"""The offices of a company that keep hours of their own: where each is, when it is open, which days it works.

Owns: `offices:` of directory.yaml, the files of calendars/, and the working time the two make. Refuses to know: who
works there, and whose term it is. Time zones are those of the IANA table by name.

What may go wrong: a zone nobody knows, an office that closes before it opens, a day that is both off and worked:
each is refused when it is read.
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, field_validator, model_validator

from mailflow.core.documents import read_document
from mailflow.core.office_time import OfficeTime
from mailflow.core.worktime import Calendar, OfficeHours


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _day(value: object) -> object:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"`{value}` is no day: write it as 2026-11-17") from None


Day = Annotated[date, BeforeValidator(_day)]


class OwnDays(_Entry):
    """The days of an office that are not those of the company: one file of calendars/."""

    base: Literal["company", "weekends"] = "company"
    """What they are laid over: the company's calendar, or weekends alone (an office abroad)."""
    days_off: tuple[Day, ...] = ()
    working_days: tuple[Day, ...] = ()
    """Weekend days and days off of the company that are worked."""
    short_days: tuple[Day, ...] = ()
    """Days that end an hour earlier."""

    @model_validator(mode="after")
    def _one_or_the_other(self) -> OwnDays:
        both = sorted(set(self.days_off) & set(self.working_days))
        if both:
            raise ValueError(f"{both[0]} stands under `days_off` and under `working_days`: keep one")
        return self

    def over(self, company: Calendar) -> Calendar:
        """Give the calendar of the office."""
        base = company if self.base == "company" else Calendar(frozenset(), frozenset())
        return base.overridden(frozenset(self.days_off), frozenset(self.working_days), frozenset(self.short_days))


NO_OWN_DAYS = OwnDays()


class Branch(_Entry):
    """One office: where it is and when it is open."""

    title: str
    timezone: str
    """By its IANA name: Asia/Vladivostok."""
    opens: time | None = None
    """When it opens; not said: as the company."""
    closes: time | None = None
    calendar: str = ""
    """The name of a file of calendars/, without its ending; '' = the days of the company."""

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"there is no time zone `{value}`: write one like Asia/Vladivostok") from None
        return value

    @model_validator(mode="after")
    def _opens_first(self) -> Branch:
        if self.opens is not None and self.closes is not None and self.opens >= self.closes:
            raise ValueError(f"it opens at {self.opens:%H:%M} and closes at {self.closes:%H:%M}: correct the hours")
        return self

    def working_time(self, own: OwnDays, company: OfficeTime) -> OfficeTime:
        """Give its working time; what it does not say is the company's."""
        opens, closes = self.opens or company.hours.start, self.closes or company.hours.end
        return OfficeTime(own.over(company.calendar), OfficeHours(opens, closes, ZoneInfo(self.timezone)))


def read_own_days(text: str, name: str) -> OwnDays:
    """Read one file of calendars/; SettingsError names line and cure."""
    return read_document(text, name, OwnDays)
