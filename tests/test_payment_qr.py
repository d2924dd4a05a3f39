"""The payment code of an invoice, as the standard has it and as the wild has it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.payment_qr import Departure, PaymentQr, read_payment_qr

BODY = (
    "Name=ООО «Ромашка»|PersonalAcc=40702810938000012345|BankName=ПАО Сбербанк|BIC=044525225"
    "|CorrespAcc=30101810400000000225|Sum=12000050|Purpose=Оплата по счёту № 57|PayeeINN=7709123453|KPP=770901001"
)


def code(body: str = BODY, head: str = "ST00012|", encoding: str = "utf-8") -> bytes:
    """Give the bytes of a code."""
    return (head + body).encode(encoding)


def read(content: bytes) -> PaymentQr:
    """Read a code that must be one."""
    qr = read_payment_qr(content)
    assert qr is not None
    return qr


def test_a_code_by_the_standard_gives_every_requisite() -> None:
    assert read(code()) == PaymentQr(
        name="ООО «Ромашка»", account="40702810938000012345", bank="ПАО Сбербанк", bic="044525225",
        corr_account="30101810400000000225", inn="7709123453", kpp="770901001",
        purpose="Оплата по счёту № 57", amount=Decimal("120000.50"),
    )  # fmt: skip


def test_its_values_carry_the_names_of_request_fields() -> None:
    assert read(code()).values() == {
        "counterparty": "ООО «Ромашка»", "account": "40702810938000012345", "bic": "044525225",
        "corr_account": "30101810400000000225", "inn": "7709123453", "kpp": "770901001",
        "purpose": "Оплата по счёту № 57", "amount": "120000.50",
    }  # fmt: skip


@pytest.mark.parametrize(("head", "encoding"), [("ST00011|", "cp1251"), ("ST00012|", "utf-8"), ("ST00013|", "koi8-r")])
def test_the_three_encodings_are_read_by_their_digit(head: str, encoding: str) -> None:
    plain = BODY.replace("«", '"').replace("»", '"').replace("№", "N")
    qr = read(code(plain, head, encoding))
    assert qr.name == 'ООО "Ромашка"'
    assert qr.warnings == ()


@pytest.mark.parametrize(("head", "encoding"), [("ST00012|", "cp1251"), ("ST00011|", "utf-8")])
def test_a_wrong_encoding_digit_is_seen_through_and_warned_of(head: str, encoding: str) -> None:
    qr = read(code(BODY, head, encoding))
    assert qr.name == "ООО «Ромашка»"
    assert qr.warnings == (Departure.ENCODING,)


@pytest.mark.parametrize("separator", ["~", "_", "#", ";", "/"])
def test_another_separator_is_taken_from_its_place(separator: str) -> None:
    body = BODY.replace("|", separator).replace("Purpose=Оплата", "Purpose=А|Б")
    qr = read(code(body, f"ST00012{separator}"))
    assert qr.account == "40702810938000012345"
    assert qr.purpose == "А|Б по счёту № 57"


def test_keys_are_read_in_any_case() -> None:
    assert read(code(BODY.replace("PersonalAcc", "PERSONALACC").replace("Name", "name"))).name == "ООО «Ромашка»"


@pytest.mark.parametrize(
    ("written", "amount", "warnings"),
    [
        ("12000050", "120000.50", ()),
        ("1", "0.01", ()),
        ("120000.50", "120000.50", (Departure.SUM_IN_RUBLES,)),
        ("120000,5", "120000.5", (Departure.SUM_IN_RUBLES,)),
        ("много", None, (Departure.SUM_UNREADABLE,)),
        ("-5", None, (Departure.SUM_UNREADABLE,)),
        ("0", None, ()),
        ("", None, ()),
    ],
)
def test_the_sum_is_in_kopecks_unless_it_has_a_dot(written: str, amount: str | None, warnings: object) -> None:
    qr = read(code(BODY.replace("Sum=12000050", f"Sum={written}")))
    assert qr.amount == (Decimal(amount) if amount else None)
    assert qr.warnings == warnings


def test_a_correspondent_account_of_zero_is_none() -> None:
    assert read(code(BODY.replace("30101810400000000225", "0"))).corr_account == ""


def test_the_kpp_under_its_wrong_key_is_still_the_kpp() -> None:
    assert read(code(BODY.replace("|KPP=", "|PayeeKPP="))).kpp == "770901001"


def test_a_missing_required_value_is_warned_of() -> None:
    assert read(code(BODY.replace("BIC=044525225|", ""))).warnings == (Departure.REQUIRED_MISSING,)


def test_a_key_that_stands_twice_with_two_values_is_not_taken() -> None:
    qr = read(code(BODY + "|Sum=100"))
    assert qr.amount is None
    assert Departure.REPEATED_KEY in qr.warnings


def test_other_keys_are_kept_beside() -> None:
    assert dict(read(code(BODY + "|DocNo=57|OKTMO=45000000")).others) == {"docno": "57", "oktmo": "45000000"}


@pytest.mark.parametrize(
    "content",
    [b"", b"https://example.org/pay", b"ST00012", b"ST00022|Name=A", b"ST00014|Name=A", b"ST00012AName=A", b"\xff" * 50,
     b"ST00012|" + b"x" * 5000],
)  # fmt: skip
def test_what_is_no_payment_code_is_none(content: bytes) -> None:
    assert read_payment_qr(content) is None


@given(st.binary(max_size=300))
def test_no_bytes_whatever_break_the_reading(content: bytes) -> None:
    for head in (b"", b"ST00011|", b"ST00012|", b"ST00013~"):
        qr = read_payment_qr(head + content)
        assert qr is None or isinstance(qr, PaymentQr)
