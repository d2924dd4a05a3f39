"""The production calendar and how deadlines are counted on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.calendar_ru import RUSSIA
from mailflow.core.worktime import (
    Calendar,
    CalendarError,
    Duration,
    OfficeHours,
    Unit,
    add_working_days,
    add_working_hours,
    earlier,
    is_short_day,
    is_working_day,
    later,
    next_working_day,
    parse_duration,
    working_days_between,
)

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = OfficeHours(time(9), time(18), MOSCOW)
PLAIN = Calendar(frozenset(), frozenset())


def at(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    """Give a moment of the office's own clock."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-02-20", 3, "2026-02-26"),
        ("2026-04-30", 1, "2026-05-04"),
        ("2026-04-30", 3, "2026-05-06"),
        ("2026-05-08", 1, "2026-05-12"),
        ("2026-06-11", 2, "2026-06-16"),
        ("2026-11-03", 1, "2026-11-05"),
        ("2025-12-29", 3, "2026-01-13"),
        ("2025-12-30", 1, "2026-01-12"),
        ("2026-12-30", 1, "2027-01-11"),
        ("2025-10-31", 1, "2025-11-01"),
        ("2025-10-31", 3, "2025-11-06"),
        ("2026-11-20", 3, "2026-11-25"),
    ],
)
def test_working_days_are_counted_by_the_production_calendar(start: str, days: int, end: str) -> None:
    assert add_working_days(at(f"{start} 10:00"), days, RUSSIA, OFFICE).date() == date.fromisoformat(end)


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_every_year_of_the_table_has_its_247_days_and_1972_hours(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    working = [day for day in days if day.year == year and is_working_day(day, RUSSIA)]
    short = [day for day in days if is_short_day(day, RUSSIA)]
    assert len(working) == 247
    assert len(working) * 8 - len(short) == 1972
    assert all(is_working_day(day, RUSSIA) for day in short)


@pytest.mark.parametrize(
    "day",
    [
        "2025-05-02", "2025-05-08", "2025-06-13", "2025-11-03", "2025-12-31", "2026-01-09", "2026-03-09", "2026-05-11",
        "2026-12-31", "2027-02-22", "2027-05-03", "2027-05-10", "2027-06-14", "2027-11-05", "2027-12-31", "2026-11-04",
    ],
)  # fmt: skip
def test_moved_days_off_are_off(day: str) -> None:
    assert not is_working_day(date.fromisoformat(day), RUSSIA)


@pytest.mark.parametrize("day", ["2025-11-01", "2027-02-20"])
def test_a_working_saturday_is_worked_and_short(day: str) -> None:
    assert is_working_day(date.fromisoformat(day), RUSSIA)
    assert is_short_day(date.fromisoformat(day), RUSSIA)


def test_a_year_outside_the_table_knows_weekends_and_fixed_holidays() -> None:
    assert not is_working_day(date(2030, 1, 8), RUSSIA)
    assert not is_working_day(date(2030, 2, 24), RUSSIA)
    assert not is_working_day(date(2031, 6, 12), RUSSIA)
    assert is_working_day(date(2030, 1, 9), RUSSIA)


def test_n_working_days_end_with_the_office_hours() -> None:
    assert add_working_days(at("2026-11-20 10:00"), 1, RUSSIA, OFFICE) == at("2026-11-23 18:00")


def test_a_short_day_ends_an_hour_earlier() -> None:
    assert add_working_days(at("2026-11-02 10:00"), 1, RUSSIA, OFFICE) == at("2026-11-03 17:00")


def test_a_mail_of_the_weekend_is_received_on_the_weekend() -> None:
    assert add_working_days(at("2026-11-21 23:00"), 1, RUSSIA, OFFICE).date() == date(2026, 11, 23)


def test_the_day_of_receipt_is_the_offices_day_not_greenwichs() -> None:
    late = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)  # already Friday the 20th in Moscow
    assert add_working_days(late, 1, RUSSIA, OFFICE).date() == date(2026, 11, 23)


def test_zero_working_days_end_today_or_when_the_office_next_closes() -> None:
    assert add_working_days(at("2026-11-20 10:00"), 0, RUSSIA, OFFICE) == at("2026-11-20 18:00")
    assert add_working_days(at("2026-11-20 19:00"), 0, RUSSIA, OFFICE) == at("2026-11-23 18:00")
    assert add_working_days(at("2026-11-21 10:00"), 0, RUSSIA, OFFICE) == at("2026-11-23 18:00")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-19 10:00", 4, "2026-11-19 14:00"),
        ("2026-11-19 16:00", 4, "2026-11-20 11:00"),
        ("2026-11-20 16:00", 4, "2026-11-23 11:00"),
        ("2026-11-20 20:00", 1, "2026-11-23 10:00"),
        ("2026-11-20 03:00", 1, "2026-11-20 10:00"),
        ("2026-11-03 16:00", 2, "2026-11-05 10:00"),
        ("2026-11-19 14:00", 4, "2026-11-19 18:00"),
        ("2026-11-19 18:00", -4, "2026-11-19 14:00"),
        ("2026-11-20 10:00", -4, "2026-11-19 15:00"),
        ("2026-11-23 09:00", -1, "2026-11-20 17:00"),
        ("2026-11-05 10:00", -2, "2026-11-03 16:00"),
        ("2026-11-22 12:00", -1, "2026-11-20 17:00"),
    ],
)
def test_office_hours_pass_only_while_the_office_is_open(start: str, hours: float, end: str) -> None:
    assert add_working_hours(at(start), hours, RUSSIA, OFFICE) == at(end)


def test_a_night_with_a_clock_change_neither_adds_nor_takes_an_hour_of_a_night_office() -> None:
    night = OfficeHours(time(1), time(9), BERLIN)
    week = Calendar(frozenset(), frozenset(), working_weekends=frozenset({date(2026, 3, 29), date(2026, 10, 25)}))
    spring = add_working_hours(at("2026-03-29 01:00", BERLIN), 3, week, night)
    autumn = add_working_hours(at("2026-10-25 01:00", BERLIN), 3, week, night)
    assert spring == datetime(2026, 3, 29, 3, 0, tzinfo=UTC)
    assert spring.astimezone(BERLIN).hour == 5
    assert autumn == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    assert autumn.astimezone(BERLIN).hour == 3


def test_a_term_over_a_clock_change_still_ends_with_the_office_hours() -> None:
    office = OfficeHours(zone=BERLIN)
    assert add_working_days(at("2026-10-23 10:00", BERLIN), 1, PLAIN, office) == at("2026-10-26 18:00", BERLIN)


def test_a_companys_own_days_win_over_the_table() -> None:
    own = RUSSIA.overridden(
        days_off=frozenset({date(2026, 11, 23)}),
        working=frozenset({date(2026, 11, 21), date(2026, 11, 4)}),
        short=frozenset({date(2026, 11, 21)}),
    )
    assert add_working_days(at("2026-11-20 10:00"), 1, own, OFFICE) == at("2026-11-21 17:00")
    assert add_working_days(at("2026-11-20 10:00"), 2, own, OFFICE) == at("2026-11-24 18:00")
    assert is_working_day(date(2026, 11, 4), own)


def test_working_days_between_count_the_last_day_and_not_the_first() -> None:
    assert working_days_between(date(2026, 11, 13), date(2026, 11, 20), RUSSIA) == 5
    assert working_days_between(date(2026, 11, 3), date(2026, 11, 5), RUSSIA) == 1
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 20), RUSSIA) == 0
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 13), RUSSIA) == -5


def test_the_next_working_day_of_a_working_day_is_itself() -> None:
    assert next_working_day(date(2026, 11, 20), RUSSIA) == date(2026, 11, 20)
    assert next_working_day(date(2026, 12, 31), RUSSIA) == date(2027, 1, 11)


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("1 working day", 1, Unit.WORKING_DAY),
        ("2 working days", 2, Unit.WORKING_DAY),
        ("3 рабочих дня", 3, Unit.WORKING_DAY),
        ("1 рабочий день", 1, Unit.WORKING_DAY),
        ("2 раб. дня", 2, Unit.WORKING_DAY),
        ("4 hours", 4, Unit.HOUR),
        ("4 часа", 4, Unit.HOUR),
        ("30 minutes", 30, Unit.MINUTE),
        ("30 минут", 30, Unit.MINUTE),
        ("5 days", 5, Unit.DAY),
        ("10 календарных дней", 10, Unit.DAY),
        ("2 weeks", 2, Unit.WEEK),
        ("1 неделя", 1, Unit.WEEK),
    ],
)
def test_durations_are_read_as_rules_files_write_them(text: str, count: int, unit: Unit) -> None:
    assert parse_duration(text) == Duration(count, unit)


@pytest.mark.parametrize("text", ["", "soon", "0 hours", "-1 hours", "1.5 hours", "days", "2 fortnights", "9999 days"])
def test_what_is_no_duration_is_not_read(text: str) -> None:
    assert parse_duration(text) is None


@given(st.integers(1, 999), st.sampled_from(Unit))
def test_a_duration_reads_back_as_it_is_written(count: int, unit: Unit) -> None:
    assert parse_duration(str(Duration(count, unit))) == Duration(count, unit)


@pytest.mark.parametrize(
    ("span", "due"),
    [
        ("30 minutes", "2026-11-20 17:30"),
        ("2 hours", "2026-11-23 10:00"),
        ("1 working day", "2026-11-23 18:00"),
        ("1 day", "2026-11-23 18:00"),
        ("1 week", "2026-11-27 18:00"),
    ],
)
def test_a_term_is_set_by_its_duration(span: str, due: str) -> None:
    duration = parse_duration(span)
    assert duration is not None
    assert later(at("2026-11-20 17:00"), duration, RUSSIA, OFFICE) == at(due)


@pytest.mark.parametrize(
    ("span", "reminder"),
    [
        ("30 minutes", "2026-11-23 17:30"),
        ("4 hours", "2026-11-23 14:00"),
        ("1 working day", "2026-11-20 18:00"),
        ("2 days", "2026-11-21 18:00"),
        ("1 week", "2026-11-16 18:00"),
    ],
)
def test_a_reminder_lies_a_duration_ahead_of_the_term(span: str, reminder: str) -> None:
    duration = parse_duration(span)
    assert duration is not None
    assert earlier(at("2026-11-23 18:00"), duration, RUSSIA, OFFICE) == at(reminder)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        add_working_days(datetime(2026, 11, 20, 10), 1, RUSSIA, OFFICE)


def test_a_negative_number_of_days_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        add_working_days(at("2026-11-20 10:00"), -1, RUSSIA, OFFICE)


def test_a_calendar_without_working_days_is_named_instead_of_searched_for_ever() -> None:
    never = PLAIN.overridden(days_off=frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(800)))
    with pytest.raises(CalendarError, match="mend the calendar"):
        add_working_days(at("2026-01-01 10:00"), 1, never, OFFICE)


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 11, 1), timezones=st.just(MOSCOW))


@given(MOMENTS, st.integers(1, 60))
def test_office_hours_forth_and_back_end_where_they_began(moment: datetime, hours: int) -> None:
    there = add_working_hours(moment, hours, RUSSIA, OFFICE)
    back = add_working_hours(there, -hours, RUSSIA, OFFICE)
    assert add_working_hours(back, hours, RUSSIA, OFFICE) == there
    assert OFFICE.start <= there.time() <= OFFICE.end
    assert is_working_day(there.date(), RUSSIA)


@given(MOMENTS, st.integers(1, 40))
def test_a_term_of_n_days_has_n_working_days_before_its_end(moment: datetime, days: int) -> None:
    due = add_working_days(moment, days, RUSSIA, OFFICE)
    assert working_days_between(moment.date(), due.date(), RUSSIA) == days
    assert due > moment
