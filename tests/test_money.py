"""Amounts as people write them, and what must not be taken for one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.money import (
    Ambiguous,
    Money,
    format_money,
    parse_money,
    read_amount,
    stated_currency,
    within,
    write_amount,
)

AMOUNTS = st.integers(min_value=0, max_value=10**14).map(lambda kopecks: Decimal(kopecks) / 100)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("120 000", "120000", "RUB"),
        ("120000,50", "120000.50", "RUB"),
        ("120.000,50", "120000.50", "RUB"),
        ("120,000.50", "120000.50", "RUB"),
        ("1.200.000", "1200000", "RUB"),
        ("120 тыс.", "120000", "RUB"),
        ("120 тысяч рублей", "120000", "RUB"),
        ("1,2 млн", "1200000", "RUB"),
        ("1 млн 200 тыс. руб.", "1200000", "RUB"),
        ("120т.р.", "120000", "RUB"),
        ("120 т. р.", "120000", "RUB"),
        ("120к", "120000", "RUB"),
        ("120k USD", "120000", "USD"),
        ("120\u00a0000", "120000", "RUB"),
        ("120\u2009000\u202f₽", "120000", "RUB"),
        ("120\u200b000", "120000", "RUB"),
        ("120 000,50 ₽", "120000.50", "RUB"),
        ("120 000 р.", "120000", "RUB"),
        ("RUB 120,000.50", "120000.50", "RUB"),
        ("$500", "500", "USD"),
        ("1 200 долларов США", "1200", "USD"),
        ("€ 1 200,5", "1200.50", "EUR"),
        ("300 CNY", "300", "CNY"),
        ("300 юаней", "300", "CNY"),
        ("120 000 руб. 50 коп.", "120000.50", "RUB"),
        ("120 000 (Сто двадцать тысяч) рублей 50 копеек", "120000.50", "RUB"),
        ("300 000 руб., в т.ч. НДС 22%", "300000", "RUB"),
        ("300 000 (без НДС)", "300000", "RUB"),
    ],
)
def test_an_amount_is_read_however_people_write_it(text: str, amount: str, currency: str) -> None:
    assert parse_money(text) == Money(Decimal(amount), currency)


@pytest.mark.parametrize("text", ["120.000", "120,000", "1.234", "120.000 руб.", "$120,000", "1.200 млн"])
def test_a_lone_group_of_three_is_asked_about_and_never_guessed(text: str) -> None:
    read = parse_money(text)
    assert isinstance(read, Ambiguous)
    assert read.text == text


def test_both_readings_of_an_ambiguous_amount_are_offered() -> None:
    assert parse_money("120.000") == Ambiguous("120.000", (Money(Decimal(120000)), Money(Decimal(120))))


@pytest.mark.parametrize(
    "text",
    [
        "", "сто", "-120", "около 120 000", "12 00", "1 20 000", "5 %", "120 кг", "120 000 $ руб.",
        "120 000 или 130 000", "40702810938000012345", "1,2345", "1.234,567", "200 тыс. 1 млн", "1" * 500, "٣٠٠",
    ],
)  # fmt: skip
def test_what_is_not_surely_an_amount_is_not_read(text: str) -> None:
    assert parse_money(text) is None


def test_the_currency_where_none_is_written_is_the_callers() -> None:
    assert parse_money("500", default="EUR") == Money(Decimal(500), "EUR")
    assert parse_money("500 руб.", default="EUR") == Money(Decimal(500), "RUB")


@pytest.mark.parametrize(
    ("text", "currency"),
    [("рубли", "RUB"), ("USD", "USD"), ("Доллары США", "USD"), ("евро", "EUR"), ("120 000 ₽", "RUB"), ("120 000", None),
     ("$ и €", None), ("прочее", None)],
)  # fmt: skip
def test_a_currency_is_stated_alone_or_beside_an_amount(text: str, currency: str | None) -> None:
    assert stated_currency(text) == currency


def test_amounts_are_shown_in_the_readers_language() -> None:
    assert format_money(Money(Decimal("120000.5"))) == "120\u00a0000,50\u00a0₽"
    assert format_money(Money(Decimal(300000))) == "300\u00a0000\u00a0₽"
    assert format_money(Money(Decimal("1200.50"), "KZT")) == "1\u00a0200,50\u00a0KZT"
    assert format_money(Money(Decimal("120000.5")), "en") == "RUB 120,000.50"
    assert format_money(Money(Decimal(120000), "USD"), "en") == "USD 120,000.00"


def test_a_limit_holds_up_to_and_including_itself() -> None:
    limit = Money(Decimal(500000))
    assert within(Money(Decimal("500000.00")), limit)
    assert not within(Money(Decimal("500000.01")), limit)


def test_an_amount_is_never_within_a_limit_in_another_currency() -> None:
    assert not within(Money(Decimal(1), "USD"), Money(Decimal(500000), "RUB"))
    assert not within(Money(Decimal(1), "RUB"), Money(Decimal(500000), "USD"))


@given(AMOUNTS, st.sampled_from(["RUB", "USD", "EUR", "CNY", "KZT"]), st.sampled_from(["ru", "en"]))
def test_what_we_show_we_can_read_back(amount: Decimal, currency: str, language: str) -> None:
    money = Money(amount.quantize(Decimal("0.01")), currency)
    assert parse_money(format_money(money, language)) == money


@given(AMOUNTS)
def test_what_a_field_stores_it_gives_back(amount: Decimal) -> None:
    assert read_amount(write_amount(amount)) == amount


@pytest.mark.parametrize("text", ["120 000", "120,5", "", "1e5", "-1", "NaN"])
def test_a_stored_amount_has_one_form_only(text: str) -> None:
    with pytest.raises(ValueError, match="no stored amount"):
        read_amount(text)


@given(st.text(alphabet="0123456789 .,'₽$ртыслнмк()", max_size=40))
def test_any_jumble_is_an_amount_or_a_question_or_nothing(text: str) -> None:
    read = parse_money(text)
    if isinstance(read, Money):
        assert read.amount == read.amount.quantize(Decimal("0.01"))
        assert "".join(filter(str.isdigit, text))
