"""Dates as letters state them, counted from the day they were written."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.dates import (
    PAST_ALLOWED,
    format_date,
    format_date_in_words,
    format_date_with_weekday,
    read_date,
)

THURSDAY = date(2026, 11, 12)
DAYS = st.dates(date(2020, 1, 1), date(2098, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20.11.2026", "2026-11-20"),
        ("20.11.26", "2026-11-20"),
        ("20.11", "2026-11-20"),
        ("20 ноября 2026 г.", "2026-11-20"),
        ("20 ноября 2026 года", "2026-11-20"),
        ("20 ноября", "2026-11-20"),
        ("20 НОЯБ.", "2026-11-20"),
        ("2026-11-20", "2026-11-20"),
        ("до пятницы", "2026-11-13"),
        ("до пт", "2026-11-13"),
        ("в пятницу", "2026-11-13"),
        ("до четверга", "2026-11-19"),
        ("к среде", "2026-11-18"),
        ("сегодня", "2026-11-12"),
        ("завтра", "2026-11-13"),
        ("до завтра", "2026-11-13"),
        ("послезавтра", "2026-11-14"),
        ("через неделю", "2026-11-19"),
        ("через 3 дня", "2026-11-15"),
        ("до конца недели", "2026-11-13"),
        ("до конца следующей недели", "2026-11-20"),
        ("до конца месяца", "2026-11-30"),
        ("до конца квартала", "2026-12-31"),
        ("до конца года", "2026-12-31"),
        ("до 20-го", "2026-11-20"),
        ("до 5 числа", "2026-12-05"),
        ("не позднее 31.03.2027", "2027-03-31"),
        ("до 20.11.2026 включительно", "2026-11-20"),
        ("20.11.2026 18:00", "2026-11-20"),
        ("пт 13.11.2026", "2026-11-13"),
        ("пятница, 13 ноября", "2026-11-13"),
        ("by Friday", "2026-11-13"),
        ("20 Nov 2026", "2026-11-20"),
        ("November 20", "2026-11-20"),
        ("Nov 20, 2026", "2026-11-20"),
        ("20th of November", "2026-11-20"),
        ("tomorrow", "2026-11-13"),
        ("by the end of the week", "2026-11-13"),
        ("end of month", "2026-11-30"),
        ("in 2 weeks", "2026-11-26"),
        ("11/20/2026", "2026-11-20"),
        ("20/11/2026", "2026-11-20"),
    ],
)
def test_a_date_is_read_however_a_letter_says_it(text: str, day: str) -> None:
    assert read_date(text, THURSDAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        "", "скоро", "31.02.2026", "45.11.2026", "20.13", "11/12/2026", "чт 13.11.2026", "до следующей пятницы",
        "next Friday", "2 рабочих дня", "до 5.3 млн", "10.12 %", "November 2026", "20.11 или 25.11", "12.11.1999",
        "с 16.11 по 27.11", "x" * 5000,
    ],
)  # fmt: skip
def test_what_is_not_surely_a_date_is_not_read(text: str) -> None:
    assert read_date(text, THURSDAY) is None


def test_friday_said_on_a_friday_is_the_coming_one() -> None:
    assert read_date("до пятницы", date(2026, 11, 13)) == date(2026, 11, 20)


def test_the_end_of_the_week_said_on_a_weekend_is_its_sunday() -> None:
    assert read_date("до конца недели", date(2026, 11, 14)) == date(2026, 11, 15)


def test_a_date_without_a_year_over_the_turn_of_the_year_is_next_years() -> None:
    assert read_date("15.01", date(2026, 12, 20)) == date(2027, 1, 15)


def test_a_date_without_a_year_a_little_in_the_past_stays_there() -> None:
    assert read_date("20 декабря", date(2027, 1, 10)) == date(2026, 12, 20)


def test_the_29th_of_february_waits_for_a_leap_year() -> None:
    assert read_date("29 февраля", THURSDAY) == date(2028, 2, 29)


def test_dates_are_shown_in_the_readers_language() -> None:
    assert format_date(date(2026, 11, 2)) == "02.11.2026"
    assert format_date(date(2026, 11, 2), "en") == "2 Nov 2026"
    assert format_date_in_words(date(2026, 9, 1)) == "1 сентября 2026 г."
    assert format_date_in_words(date(2026, 9, 1), "en") == "1 September 2026"
    assert format_date_with_weekday(date(2026, 11, 13)) == "пт 13.11.2026"
    assert format_date_with_weekday(date(2026, 11, 13), "en") == "Fri 13 Nov 2026"


@given(DAYS, st.sampled_from(["ru", "en"]))
def test_every_form_we_show_reads_back_as_the_same_day(day: date, language: str) -> None:
    for form in (format_date, format_date_in_words, format_date_with_weekday):
        assert read_date(form(day, language), THURSDAY) == day


@given(DAYS, DAYS)
def test_a_date_without_a_year_is_the_nearest_not_long_past(day: date, written_on: date) -> None:
    read = read_date(f"{day:%d.%m}", written_on)
    assert read is not None
    assert (read.day, read.month) == (day.day, day.month)
    assert read >= written_on - PAST_ALLOWED
    if (day.month, day.day) != (2, 29):
        assert read <= written_on - PAST_ALLOWED + timedelta(days=366)


@given(DAYS, st.sampled_from(["понедельника", "вторника", "среды", "четверга", "пятницы", "субботы", "воскресенья"]))
def test_a_weekday_is_one_to_seven_days_ahead(written_on: date, weekday: str) -> None:
    read = read_date(f"до {weekday}", written_on)
    assert read is not None
    assert 1 <= (read - written_on).days <= 7
