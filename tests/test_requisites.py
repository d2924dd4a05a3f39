"""Requisites of Russian payments: every check digit, and what cannot be checked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.requisites import (
    SENTENCES,
    Invalid,
    Reason,
    Unchecked,
    Valid,
    account_key,
    check_account,
    check_account_currency,
    check_bic,
    check_corr_account,
    check_inn,
    check_kpp,
    check_ogrn,
)

WRONG_SUM = Invalid(Reason.CHECK_SUM)


@pytest.mark.parametrize(
    "inn",
    [
        "7707083893", "7736050003", "7830002293", "7802895380", "7709123453", "7812345675", "6679000019",
        "5027123440", "500100732259", "770912345616", "502700000109",
    ],
)  # fmt: skip
def test_a_right_inn_is_valid(inn: str) -> None:
    assert check_inn(inn) == Valid()


@pytest.mark.parametrize(
    ("inn", "reason"),
    [
        ("7707083894", Reason.CHECK_SUM),
        ("7743013902", Reason.CHECK_SUM),
        ("7701234567", Reason.CHECK_SUM),
        ("500100732258", Reason.CHECK_SUM),
        ("123456789012", Reason.CHECK_SUM),
        ("7077083893", Reason.CHECK_SUM),
        ("770708389", Reason.LENGTH),
        ("77070838931", Reason.LENGTH),
        ("", Reason.LENGTH),
        ("0000000000", Reason.ZEROS),
        ("77O7083893", Reason.FORM),
        ("٧٧٠٧٠٨٣٨٩٣", Reason.FORM),
    ],
)
def test_a_wrong_inn_says_why(inn: str, reason: Reason) -> None:
    assert check_inn(inn) == Invalid(reason)


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_exactly_one_last_digit_makes_an_inn_valid(nine: str) -> None:
    valid = [digit for digit in "0123456789" if check_inn(nine + digit) == Valid()]
    assert len(valid) == (0 if nine == "000000000" else 1)


@pytest.mark.parametrize(
    ("kpp", "inn", "verdict"),
    [
        ("770901001", "7709123453", Valid()),
        ("7709AB001", "7709123453", Valid()),
        ("781201001", "7709123453", Valid()),
        ("77090100", "7709123453", Invalid(Reason.LENGTH)),
        ("77ab01001", "7709123453", Invalid(Reason.FORM)),
        ("", "770912345616", Valid()),
        ("0", "770912345616", Valid()),
        ("770901001", "770912345616", Invalid(Reason.NOT_FOR_PERSON)),
    ],
)
def test_a_kpp_is_checked_by_form_and_only_firms_have_one(kpp: str, inn: str, verdict: object) -> None:
    assert check_kpp(kpp, inn) == verdict


@pytest.mark.parametrize(
    ("ogrn", "verdict"),
    [
        ("1027700132195", Valid()),
        ("1027700132196", WRONG_SUM),
        ("304500116000157", Valid()),
        ("304500116000158", WRONG_SUM),
        ("10277001321", Invalid(Reason.LENGTH)),
        ("102770013219X", Invalid(Reason.FORM)),
        ("0000000000000", Invalid(Reason.ZEROS)),
    ],
)
def test_an_ogrn_is_checked_by_its_last_digit(ogrn: str, verdict: object) -> None:
    assert check_ogrn(ogrn) == verdict


@pytest.mark.parametrize(
    ("bic", "verdict"),
    [
        ("044525225", Valid()),
        ("017003983", Valid()),
        ("004525988", Valid()),
        ("144525225", Invalid(Reason.FORM)),
        ("04452522", Invalid(Reason.LENGTH)),
        ("04452522O", Invalid(Reason.FORM)),
    ],
)
def test_a_bic_is_checked_by_form(bic: str, verdict: object) -> None:
    assert check_bic(bic) == verdict


@pytest.mark.parametrize(
    ("bic", "account"),
    [
        ("044525225", "30101810400000000225"),
        ("044030653", "30101810500000000653"),
        ("044525593", "30101810200000000593"),
        ("044525974", "30101810145250000974"),
        ("044525104", "30101810745374525104"),
        ("017003983", "40102810445370000059"),
    ],
)
def test_a_right_correspondent_account_is_valid(bic: str, account: str) -> None:
    assert check_corr_account(account, bic) == Valid()


@pytest.mark.parametrize(
    ("bic", "account"),
    [
        ("044525225", "40702810938000000001"),
        ("044525225", "40702810938000012345"),
        ("044525225", "40702810200000012345"),
        ("044525974", "40702810238000012345"),
        ("044030653", "40702810438000012345"),
        ("044030653", "40702810455000024248"),
        ("044525225", "40802810910000000123"),
        ("044525225", "40702840238000000001"),
    ],
)
def test_a_right_account_key_is_valid(bic: str, account: str) -> None:
    assert check_account(account, bic) == Valid()
    assert account_key(account, bic) == int(account[8])


@pytest.mark.parametrize(
    ("bic", "account", "key"),
    [
        ("044525225", "40702810000000012345", 2),
        ("044525225", "40702810938000000002", None),
        ("044525593", "40702810000000000017", 7),
        ("044525225", "40702810238000012345", None),
    ],
)
def test_a_wrong_account_key_is_found(bic: str, account: str, key: int | None) -> None:
    assert check_account(account, bic) == WRONG_SUM
    assert account_key(account, bic) != int(account[8])
    if key is not None:
        assert account_key(account, bic) == key


@pytest.mark.parametrize(
    ("bic", "account", "key"),
    [
        ("049805000", "30101810К00000000746", 8),
        ("049805746", "40602810К00000000025", 7),
        ("044541312", "30114В84К00000000501", 6),
        ("044541312", "30114B84К00000000501", 6),
    ],
)
def test_the_central_banks_own_examples_give_their_keys(bic: str, account: str, key: int) -> None:
    assert account_key(account.replace("К", "0"), bic) == key


@pytest.mark.parametrize("place", range(10, 19))
def test_two_neighbours_swapped_in_the_tail_are_caught(place: int) -> None:
    account = "40702810200000012345"
    swapped = account[:place] + account[place + 1] + account[place] + account[place + 2 :]
    expected = Valid() if swapped == account else WRONG_SUM
    assert check_account(swapped, "044525225") == expected


def test_a_treasury_account_is_left_unchecked() -> None:
    assert check_account("03100643000000018500", "017003983") == Unchecked(Reason.TREASURY)


def test_an_account_without_a_right_bic_is_left_unchecked() -> None:
    assert check_account("40702810938000012345", "") == Unchecked(Reason.NO_BIC)
    assert check_account("40702810938000012345", "144525225") == Unchecked(Reason.NO_BIC)


@pytest.mark.parametrize(
    ("account", "reason"),
    [("4070281093800001234", Reason.LENGTH), ("4070281093800001234O", Reason.FORM), ("", Reason.LENGTH)],
)
def test_an_account_of_the_wrong_form_is_invalid(account: str, reason: Reason) -> None:
    assert check_account(account, "044525225") == Invalid(reason)


def test_a_correspondent_account_of_another_bank_is_found_even_if_its_key_fits() -> None:
    fitting = [
        account for tail in range(1000) if check_account(account := f"301018104000000{tail:05}", "044525225") == Valid()
    ]
    verdicts = {check_corr_account(account, "044525225") for account in fitting}
    assert verdicts == {Valid(), Invalid(Reason.BANK)}


@pytest.mark.parametrize(
    ("account", "currency", "verdict"),
    [
        ("40702810938000012345", "RUB", Valid()),
        ("40702643938000012345", "RUB", Valid()),
        ("40702840238000000001", "USD", Valid()),
        ("40702978238000000001", "EUR", Valid()),
        ("40702156238000000001", "CNY", Valid()),
        ("40702840238000000001", "RUB", Invalid(Reason.CURRENCY)),
        ("40702810938000012345", "USD", Invalid(Reason.CURRENCY)),
        ("40702999938000012345", "RUB", Unchecked(Reason.UNKNOWN_CODE)),
        ("30114В84600000000501", "USD", Unchecked(Reason.CLEARING)),
        ("03100643000000018500", "RUB", Unchecked(Reason.TREASURY)),
    ],
)
def test_the_currency_of_an_account_is_in_its_digits(account: str, currency: str, verdict: object) -> None:
    assert check_account_currency(account, currency) == verdict


@given(st.from_regex(r"[1-9][0-9]{7}", fullmatch=True), st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_exactly_one_key_fits_and_it_is_the_computed_one(front: str, tail: str) -> None:
    fitting = [k for k in range(10) if check_account(f"{front}{k}{tail}", "044525225") == Valid()]
    assert fitting == [account_key(f"{front}0{tail}", "044525225")]


@given(st.text(max_size=25), st.text(max_size=10))
def test_no_text_whatever_breaks_a_check(text: str, bic: str) -> None:
    for verdict in (
        check_inn(text), check_kpp(text, bic), check_ogrn(text), check_bic(text), check_account(text, bic),
        check_corr_account(text, bic), check_account_currency(text, "RUB"),
    ):  # fmt: skip
        assert isinstance(verdict, Valid | Invalid | Unchecked)


def test_every_reason_has_its_sentence_in_both_languages() -> None:
    assert set(SENTENCES) == set(Reason)
    assert all(ru and en for ru, en in SENTENCES.values())
