"""Working time: the production calendar, office hours, and how deadlines are counted.

Owns: which day is a working one, N working days or office hours from a moment, durations as rules files
write them. Refuses to know: whose deadline it is, what the clock says now, which country it is (the data
is in `calendar_ru`). Rules: articles 95 and 112 of the Labour Code; the day of receipt is day 0, N
working days end with the office hours of the N-th working day after it.

What may go wrong: years the table does not hold fall back to weekends and fixed holidays (no transferred
days, no short days); a clock change at night changes nothing, because spans are counted in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from mailflow.errors import MailflowError

LONGEST_CLOSURE = 400
"""Days looked through for the next working one before the calendar is called broken."""


class CalendarError(MailflowError):
    """The calendar has no working day where one is needed."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days of a five-day week.

    `years`: the years whose days off, working weekends and short days are all listed; other years
    know only weekends and `fixed_holidays` (month, day).
    """

    years: frozenset[int]
    days_off: frozenset[date]
    working_weekends: frozenset[date] = frozenset()
    short_days: frozenset[date] = frozenset()
    fixed_holidays: frozenset[tuple[int, int]] = frozenset()

    def overridden(
        self,
        days_off: frozenset[date] = frozenset(),
        working: frozenset[date] = frozenset(),
        short: frozenset[date] = frozenset(),
    ) -> Calendar:
        """Give the calendar with a company's own days: an override wins over the table."""
        return replace(
            self,
            days_off=(self.days_off | days_off) - working,
            working_weekends=(self.working_weekends | working) - days_off,
            short_days=(self.short_days | short) - days_off,
        )


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When the office is open, in its own zone; the day before a holiday it closes an hour earlier."""

    start: time = time(9)
    end: time = time(18)
    zone: tzinfo = UTC


class Unit(StrEnum):
    """What a duration counts in. Minutes and hours are office time; a bare day or week is by the calendar."""

    MINUTE = "minute"
    HOUR = "hour"
    WORKING_DAY = "working day"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Duration:
    """So many units, at least one."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


_UNITS: dict[str, Unit] = {
    r"minutes?|min|минут[аы]?|мин\.?": Unit.MINUTE,
    r"(?:working |business )?hours?|h|(?:рабоч(?:ий|его|их|ие) )?час(?:а|ов)?|ч\.?": Unit.HOUR,
    r"(?:working|business) days?|(?:раб\. ?|рабоч(?:ий|его|их|ие) )(?:день|дня|дней|дн\.)|р\. ?д\.":
        Unit.WORKING_DAY,
    r"(?:calendar )?days?|(?:календарн(?:ый|ого|ых|ые) )?(?:день|дня|дней)": Unit.DAY,
    r"weeks?|недел[яиюь]|недель": Unit.WEEK,
}  # fmt: skip


def parse_duration(text: str) -> Duration | None:
    """Read `1 working day`, `4 hours`, `30 minutes`, `3 рабочих дня`; None when it is not a duration."""
    match = re.fullmatch(r"([0-9]{1,3}) ?([^0-9]{1,30})", " ".join(text.lower().replace("ё", "е").split()))
    if match is None or int(match[1]) == 0:
        return None
    unit = next((unit for words, unit in _UNITS.items() if re.fullmatch(words, match[2])), None)
    return Duration(int(match[1]), unit) if unit else None


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Say whether the office works on that day."""
    if day in calendar.working_weekends:
        return True
    if day in calendar.days_off or day.weekday() >= 5:
        return False
    return day.year in calendar.years or (day.month, day.day) not in calendar.fixed_holidays


def is_short_day(day: date, calendar: Calendar) -> bool:
    """Say whether the office closes an hour earlier on that day."""
    return day in calendar.short_days


def next_working_day(day: date, calendar: Calendar) -> date:
    """Give the day itself if it is a working one, else the first working day after it."""
    return day if is_working_day(day, calendar) else _next(day, calendar, 1)


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Count the working days after `start` up to and including `end`; negative when `end` is earlier."""
    first, last = sorted((start, end))
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    count = sum(is_working_day(day, calendar) for day in days)
    return count if end >= start else -count


def add_working_days(moment: datetime, n: int, calendar: Calendar, hours: OfficeHours) -> datetime:
    """Give the end of office hours of the N-th working day after the day of `moment` (aware).

    The answer is in the office zone. Zero days end with the day of receipt itself, or with the next working
    day if that one is over or off.
    """
    day = _local(moment, hours).date()
    if n == 0:
        return _end_of_receipt_day(moment, calendar, hours)
    if n < 0:
        raise ValueError(f"cannot count {n} working days: give 0 or more")
    for _ in range(n):
        day = _next(day, calendar, 1)
    return _closing(day, calendar, hours)


def add_working_hours(moment: datetime, n: float, calendar: Calendar, hours: OfficeHours) -> datetime:
    """Give the moment `n` office hours after `moment` (aware); before it, for a negative `n`."""
    span = timedelta(hours=abs(n))
    return _spend(moment, span, calendar, hours) if n >= 0 else _rewind(moment, span, calendar, hours)


def later(moment: datetime, duration: Duration, calendar: Calendar, hours: OfficeHours) -> datetime:
    """Give the deadline a duration sets, counted from `moment` (aware).

    Days and weeks by the calendar end with office hours too, on the next working day if their last is off.
    """
    match duration.unit:
        case Unit.MINUTE:
            return add_working_hours(moment, duration.count / 60, calendar, hours)
        case Unit.HOUR:
            return add_working_hours(moment, duration.count, calendar, hours)
        case Unit.WORKING_DAY:
            return add_working_days(moment, duration.count, calendar, hours)
        case Unit.DAY | Unit.WEEK:
            days = duration.count * (7 if duration.unit is Unit.WEEK else 1)
            last = _local(moment, hours).date() + timedelta(days=days)
            return _closing(next_working_day(last, calendar), calendar, hours)


def earlier(moment: datetime, duration: Duration, calendar: Calendar, hours: OfficeHours) -> datetime:
    """Give the moment that lies a duration ahead of `moment` (aware): the time to remind.

    A working day counts as a whole office day; a day or a week is the same hour that many dates earlier.
    """
    match duration.unit:
        case Unit.MINUTE:
            return add_working_hours(moment, -duration.count / 60, calendar, hours)
        case Unit.HOUR:
            return add_working_hours(moment, -duration.count, calendar, hours)
        case Unit.WORKING_DAY:
            day = _local(moment, hours).date()
            for _ in range(duration.count):
                day = _next(day, calendar, -1)
            return _at(day, _local(moment, hours).time(), hours)
        case Unit.DAY | Unit.WEEK:
            days = duration.count * (7 if duration.unit is Unit.WEEK else 1)
            local = _local(moment, hours)
            return _at(local.date() - timedelta(days=days), local.time(), hours)


def working_time(begin: datetime, end: datetime, calendar: Calendar, hours: OfficeHours) -> timedelta:
    """Give the office time between two moments (aware); nothing where the second is not later."""
    total = timedelta(0)
    for opening, closing in _office_days(_local(begin, hours).date(), 1, calendar, hours):
        if opening >= end:
            return total
        total += max(_span(max(opening, begin), min(closing, end)), timedelta(0))
    raise AssertionError("unreachable: office days do not end")


def put_off(term: datetime, since: datetime, until: datetime, calendar: Calendar, hours: OfficeHours) -> datetime:
    """Give a term whose clock stood still from `since` to `until`: as much office time is left as was left then.

    A term that had passed by then stays.
    """
    if term <= since:
        return term
    return _spend(until, working_time(since, term, calendar, hours), calendar, hours)


def _spend(moment: datetime, span: timedelta, calendar: Calendar, hours: OfficeHours) -> datetime:
    """Walk the office days forwards until the span is used up; a used-up day ends at its closing."""
    for opening, closing in _office_days(_local(moment, hours).date(), 1, calendar, hours):
        begin = max(opening, moment)
        free = max(_span(begin, closing), timedelta(0))
        if span <= free:
            return _shift(begin, span, hours)
        span -= free
    raise AssertionError("unreachable: office days do not end")


def _rewind(moment: datetime, span: timedelta, calendar: Calendar, hours: OfficeHours) -> datetime:
    """Walk the office days backwards until the span is used up."""
    for opening, closing in _office_days(_local(moment, hours).date(), -1, calendar, hours):
        end = min(closing, moment)
        free = max(_span(opening, end), timedelta(0))
        if span <= free:
            return _shift(end, -span, hours)
        span -= free
    raise AssertionError("unreachable: office days do not end")


def _office_days(day: date, step: int, calendar: Calendar, hours: OfficeHours) -> Iterator[tuple[datetime, datetime]]:
    """Yield opening and closing of the working days from `day` on, in one direction."""
    if not is_working_day(day, calendar):
        day = _next(day, calendar, step)
    while True:
        yield _at(day, hours.start, hours), _closing(day, calendar, hours)
        day = _next(day, calendar, step)


def _end_of_receipt_day(moment: datetime, calendar: Calendar, hours: OfficeHours) -> datetime:
    day = _local(moment, hours).date()
    closing = _closing(next_working_day(day, calendar), calendar, hours)
    return closing if closing >= moment else _closing(_next(day, calendar, 1), calendar, hours)


def _next(day: date, calendar: Calendar, step: int) -> date:
    days = (day + timedelta(days=step * n) for n in range(1, LONGEST_CLOSURE))
    found = next((near for near in days if is_working_day(near, calendar)), None)
    if found is None:
        raise CalendarError(f"no working day within {LONGEST_CLOSURE} days of {day}: mend the calendar")
    return found


def _closing(day: date, calendar: Calendar, hours: OfficeHours) -> datetime:
    closing = _at(day, hours.end, hours)
    return _shift(closing, timedelta(hours=-1), hours) if is_short_day(day, calendar) else closing


def _at(day: date, hour: time, hours: OfficeHours) -> datetime:
    return datetime.combine(day, hour, hours.zone)


def _local(moment: datetime, hours: OfficeHours) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone: give an aware datetime")
    return moment.astimezone(hours.zone)


def _span(begin: datetime, end: datetime) -> timedelta:
    """Give the time that really passes between two moments, clock changes included."""
    return end.astimezone(UTC) - begin.astimezone(UTC)


def _shift(moment: datetime, span: timedelta, hours: OfficeHours) -> datetime:
    return (moment.astimezone(UTC) + span).astimezone(hours.zone)
