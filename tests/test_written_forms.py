"""Laws of what people write: a sum and a day come back from every form they are written in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.dates import MONTHS, WEEKDAYS, read_date
from mailflow.core.money import Money, format_money, parse_money, read_amount, write_amount

SUMS = st.integers(min_value=1, max_value=10**12).map(lambda kopecks: Decimal(kopecks) / 100)
WRITTEN_ON = date(2026, 11, 12)
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
SPACES = st.sampled_from([" ", "\u00a0", "\u2009", "\u202f"])


def _grouped(amount: Decimal, group: str, decimals: str) -> str:
    return f"{amount:,.2f}".replace(",", "\0").replace(".", decimals).replace("\0", group)


SUM_FORMS: dict[str, Callable[[Decimal], str]] = {
    "120 000,50": lambda a: _grouped(a, " ", ","),
    "120 000.50 руб.": lambda a: f"{_grouped(a, ' ', '.')} руб.",
    "120.000,50 руб": lambda a: f"{_grouped(a, '.', ',')} руб",
    "120,000.50 RUB": lambda a: f"{_grouped(a, ',', '.')} RUB",
    "RUB 120,000.50": lambda a: f"RUB {_grouped(a, ',', '.')}",
    "120'000.50": lambda a: _grouped(a, "'", "."),
    "120000,50₽": lambda a: f"{a:.2f}₽".replace(".", ","),
    "120000.50 рублей": lambda a: f"{a:.2f} рублей",
    "120 000 руб. 50 коп.": lambda a: f"{_grouped(Decimal(int(a)), ' ', '.')[:-3]} руб. {int(a * 100) % 100:02d} коп.",
    "120 000,50 руб., в т.ч. НДС 22%": lambda a: f"{_grouped(a, ' ', ',')} руб., в т.ч. НДС 22%",
    "as we show it": lambda a: format_money(Money(a)),
    "as we show it in English": lambda a: format_money(Money(a), "en"),
}


@pytest.mark.parametrize("form", SUM_FORMS)
@given(amount=SUMS, space=SPACES)
def test_a_sum_comes_back_from_every_form_it_is_written_in(form: str, amount: Decimal, space: str) -> None:
    written = SUM_FORMS[form](amount).replace(" ", space)
    assert parse_money(written) == Money(amount.quantize(Decimal("0.01")))


@given(thousands=st.integers(1, 999), currency=st.sampled_from(["", " руб.", " ₽", " р", " рублей"]))
@pytest.mark.parametrize("word", ["тыс.", "тыс", "тысяч"])
def test_thousands_are_thousands(thousands: int, currency: str, word: str) -> None:
    assert parse_money(f"{thousands} {word}{currency}") == Money(Decimal(thousands * 1000).quantize(Decimal("0.01")))


@given(tenths=st.integers(1, 999))
@pytest.mark.parametrize("word", [" млн", " млн.", "млн", " миллиона", " млн руб.", " млн.р."])
def test_tenths_of_a_million_are_exact(tenths: int, word: str) -> None:
    written = f"{Decimal(tenths) / 10}".replace(".", ",")
    assert parse_money(f"{written}{word}") == Money(Decimal(tenths * 100_000).quantize(Decimal("0.01")))


@given(SUMS)
def test_what_a_field_keeps_of_a_sum_is_the_sum(amount: Decimal) -> None:
    assert read_amount(write_amount(amount)) == amount


@given(whole=st.integers(1, 999), tail=st.integers(0, 999), mark=st.sampled_from([".", ","]))
def test_a_lone_group_of_three_is_never_chosen(whole: int, tail: int, mark: str) -> None:
    assert not isinstance(parse_money(f"{whole}{mark}{tail:03d}"), Money)


DAY_FORMS: dict[str, Callable[[date], str]] = {
    "20.11.2026": lambda d: f"{d:%d.%m.%Y}",
    "20.11.26": lambda d: f"{d:%d.%m.%y}",
    "5.1.2027": lambda d: f"{d.day}.{d.month}.{d.year}",
    "2026-11-20": lambda d: d.isoformat(),
    "20-11-2026": lambda d: f"{d:%d-%m-%Y}",
    "до 20.11.2026 г.": lambda d: f"до {d:%d.%m.%Y} г.",
    "20 ноября 2026 года": lambda d: f"{d.day} {MONTHS[d.month - 1][0]} {d.year} года",
    "20-го ноября 2026": lambda d: f"{d.day}-го {MONTHS[d.month - 1][0]} {d.year}",
    "20 Nov 2026": lambda d: f"{d:%d %b %Y}",
    "November 20, 2026": lambda d: f"{d:%B} {d.day}, {d.year}",
    "пт 20.11.2026": lambda d: f"{WEEKDAYS[d.weekday()][0]} {d:%d.%m.%Y}",
    "Fri, 20 Nov 2026": lambda d: f"{d:%a}, {d:%d %b %Y}",
    "не позднее 20.11.2026 включительно": lambda d: f"не позднее {d:%d.%m.%Y} включительно",
}


@pytest.mark.parametrize("form", DAY_FORMS)
@given(day=DAYS)
def test_a_day_comes_back_from_every_form_it_is_written_in(form: str, day: date) -> None:
    assert read_date(DAY_FORMS[form](day), WRITTEN_ON) == day


@given(day=DAYS, wrong=st.integers(1, 6))
def test_a_weekday_that_contradicts_its_date_is_never_chosen(day: date, wrong: int) -> None:
    name = WEEKDAYS[(day.weekday() + wrong) % 7][0]
    assert read_date(f"{name} {day:%d.%m.%Y}", WRITTEN_ON) is None


@given(written_on=DAYS, weekday=st.integers(0, 6))
def test_a_weekday_is_the_next_one_after_the_letters_own_day(written_on: date, weekday: int) -> None:
    day = read_date(f"до {WEEKDAYS[weekday][0]}", written_on)
    assert day is not None
    assert (day.weekday(), written_on < day <= written_on + timedelta(days=7)) == (weekday, True)


@given(written_on=DAYS, days=st.integers(2, 99))
@pytest.mark.parametrize("form", ["через {} дней", "в течение {} дней", "in {} days", "within {} days"])
def test_a_distance_counts_from_the_letters_own_day(form: str, written_on: date, days: int) -> None:
    assert read_date(form.format(days), written_on) == written_on + timedelta(days=days)


@given(written_on=DAYS)
def test_the_end_of_a_named_month_is_its_last_day(written_on: date) -> None:
    for names in MONTHS:
        day = read_date(f"до конца {names[0]}", written_on)
        assert day is not None
        assert (day + timedelta(days=1)).day == 1
