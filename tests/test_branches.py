"""Offices with hours of their own: what directory.yaml and calendars/ may say, and whose clock a term goes by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.app import read_people
from mailflow.core.branches import OwnDays, read_own_days
from mailflow.core.calendar_ru import RUSSIA
from mailflow.core.digest import is_due
from mailflow.core.directory import read_directory
from mailflow.core.office import Office
from mailflow.core.worktime import Duration, OfficeHours, Unit
from mailflow.errors import SettingsError
from tests.offices import neon

MOSCOW, FAR = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Vladivostok")
STAFF = """
company: {name: НЕОН}
people:
  near: {name: Орлов Сергей, address: near@x.example}
  far: {name: Ли Виктор, address: far@x.example, office: vladivostok}
offices:
  vladivostok: {title: Владивосток, timezone: Asia/Vladivostok}
"""
A_DAY = Duration(1, Unit.WORKING_DAY)


def office(staff: str = STAFF, **calendars: OwnDays) -> Office:
    return replace(neon(), directory=read_directory(staff, calendars=calendars))


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def complaint(staff: str) -> str:
    with pytest.raises(SettingsError) as wrong:
        read_directory(staff)
    return str(wrong.value)


def test_a_term_ends_with_the_day_of_the_office_the_person_works_in() -> None:
    asked = moscow("2026-11-16 10:00")
    assert office().time_of("near").after(asked, A_DAY) == moscow("2026-11-17 18:00")
    assert office().time_of("far").after(asked, A_DAY) == moscow("2026-11-17 11:00")


def test_what_came_in_the_evening_came_the_next_day_where_it_is_the_next_day_already() -> None:
    asked = moscow("2026-11-16 19:00")
    assert office().time_of("far").after(asked, A_DAY) == moscow("2026-11-18 11:00")


def test_whoever_has_left_or_has_no_office_keeps_the_hours_of_the_company() -> None:
    assert office().time_of("nobody") == office().time_of("near") == office().time


def test_the_days_of_an_office_are_laid_over_those_of_the_company() -> None:
    staff = STAFF.replace("Vladivostok}", "Vladivostok, opens: '10:00', closes: '19:00', calendar: own}")
    own = OwnDays(days_off=(date(2026, 11, 17),), working_days=(date(2026, 11, 21),), short_days=(date(2026, 11, 18),))
    there = office(staff, own=own).time_of("far")
    assert there.after(datetime(2026, 11, 16, 12, tzinfo=FAR), A_DAY) == datetime(2026, 11, 18, 18, tzinfo=FAR)
    assert there.after(datetime(2026, 11, 20, 12, tzinfo=FAR), A_DAY) == datetime(2026, 11, 21, 19, tzinfo=FAR)
    assert not there.works(date(2026, 1, 2))


def test_an_office_abroad_knows_weekends_and_its_own_days_alone() -> None:
    own = OwnDays(base="weekends", days_off=(date(2026, 12, 16),))
    there = office(STAFF.replace("Vladivostok}", "Vladivostok, calendar: own}"), own=own).time_of("far")
    assert [there.works(date(2026, 12, day)) for day in (15, 16, 19)] == [True, False, False]
    assert there.works(date(2026, 1, 2))


def test_the_daily_letter_belongs_to_the_morning_of_the_office_the_person_works_in() -> None:
    early = moscow("2026-11-17 01:30")
    assert is_due(office().time_of("far"), early, time(8, 30))
    assert not is_due(office().time_of("near"), early, time(8, 30))


def test_a_substitution_begins_with_the_day_where_the_person_works() -> None:
    leave = "office: vladivostok, substitute: {by: near, since: 2026-11-17, until: 2026-11-18}}"
    staff = STAFF.replace("office: vladivostok}", leave)
    evening = moscow("2026-11-16 18:00")
    assert office(staff).acting("far", evening) == "near"
    assert office(staff.replace(", office: vladivostok", "")).acting("far", evening) == "far"


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("office: vladivostok}", "office: omsk}", "directory.yaml:5:50: there is no office `omsk`: add it under"),
        ("Asia/Vladivostok", "Asia/Vladivostock", "directory.yaml:7:37: there is no time zone `Asia/Vladivostock`"),
        ("Asia/Vladivostok", "../../etc/passwd", "directory.yaml:7:37: there is no time zone `../../etc/passwd`"),
        ("Vladivostok}", "Vladivostok, opens: '19:00', closes: '18:00'}", "opens at 19:00 and closes at 18:00"),
        ("Vladivostok}", "Vladivostok, calendar: far}", "directory.yaml:7:65: there is no calendars/far.yaml: write"),
        ("Vladivostok}", "Vladivostok, opened: '19:00'}", "unknown key `opened`: did you mean `opens`?"),
    ],
)
def test_an_office_that_cannot_be_is_refused_with_line_and_cure(was: str, now: str, said: str) -> None:
    assert said in complaint(STAFF.replace(was, now))


def test_a_calendar_is_read_from_the_folder_of_the_site_and_its_mistakes_name_it(tmp_path: Path) -> None:
    staff = STAFF.replace("Vladivostok}", "Vladivostok, calendar: far}")
    (tmp_path / "directory.yaml").write_text(staff + "roles: {secretary: [near]}\n", "utf-8")
    (tmp_path / "calendars").mkdir()
    file = tmp_path / "calendars" / "far.yaml"
    file.write_text("days_off: [2026-11-17]\n", "utf-8")
    assert read_people(tmp_path / "directory.yaml").calendars["far"].days_off == (date(2026, 11, 17),)
    file.write_text("days_off: [2026-11-17]\nworking_days: [2026-11-17]\n", "utf-8")
    with pytest.raises(SettingsError, match=r"calendars/far.yaml:1:1: 2026-11-17 stands under `days_off` and under"):
        read_people(tmp_path / "directory.yaml")


def test_a_day_that_is_none_is_named_with_its_line() -> None:
    with pytest.raises(
        SettingsError, match=r"calendars/far.yaml:2:5: .*`2026-02-30` is no day: write it as 2026-11-17"
    ):
        read_own_days("days_off:\n  - 2026-02-30\n", "calendars/far.yaml")


@settings(deadline=None)
@given(
    st.sampled_from(["Europe/Kaliningrad", "Asia/Kamchatka", "America/New_York", "Asia/Tokyo", "Europe/Berlin"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1)),
    st.integers(1, 9),
)
def test_a_term_in_working_days_ends_at_the_closing_hour_there_on_a_day_that_is_worked(
    zone: str, moment: datetime, days: int
) -> None:
    there = office(STAFF.replace("Asia/Vladivostok", zone)).time_of("far")
    end = there.after(moment.replace(tzinfo=MOSCOW), Duration(days, Unit.WORKING_DAY))
    local = end.astimezone(ZoneInfo(zone))
    assert there.works(local.date())
    assert local.hour == (17 if local.date() in RUSSIA.short_days else OfficeHours().end.hour)
