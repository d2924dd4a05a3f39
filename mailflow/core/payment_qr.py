"""The payment code of an invoice: the bytes of a QR code -> the requisites it states.

Owns: the format of ГОСТ Р 56042-2014 (`ST00012|Name=…|PersonalAcc=…`) and what is met beside it in the
wild: keys in any case, sums with a dot, a wrong encoding digit. Refuses to know: pictures (see
`edges.reading`), whether the requisites are right (see `requisites`), whether they agree with the paper
(see `invoices`).

What may go wrong: every departure from the standard is a warning; a value that cannot be read is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

LONGEST = 4000
"""Bytes; a QR code holds fewer than 3000."""
ENCODINGS: dict[str, str] = {"1": "cp1251", "2": "utf-8", "3": "koi8-r"}
REQUIRED = ("name", "personalacc", "bankname", "bic", "correspacc")


class Departure(StrEnum):
    """How a code departs from the standard."""

    ENCODING = "encoding"
    """The digit of the encoding does not fit the bytes."""
    SUM_IN_RUBLES = "sum_in_rubles"
    """The sum has a dot: taken for rubles, the standard says kopecks."""
    SUM_UNREADABLE = "sum_unreadable"
    REQUIRED_MISSING = "required_missing"
    REPEATED_KEY = "repeated_key"
    """A key stands twice with different values: none of them is taken."""


@dataclass(frozen=True, slots=True)
class PaymentQr:
    """A payment as its code states it; '' and None where it says nothing."""

    name: str = ""
    account: str = ""
    bank: str = ""
    bic: str = ""
    corr_account: str = ""
    inn: str = ""
    kpp: str = ""
    payer_inn: str = ""
    purpose: str = ""
    amount: Decimal | None = None
    """Rubles."""
    others: Mapping[str, str] = field(default_factory=dict)
    """Keys not named above, in lower case."""
    warnings: tuple[Departure, ...] = ()

    def values(self) -> dict[str, str]:
        """Give what is stated under the names that request fields have."""
        amount = f"{self.amount:.2f}" if self.amount is not None else ""
        named = {
            "counterparty": self.name, "account": self.account, "bic": self.bic,
            "corr_account": self.corr_account, "inn": self.inn, "kpp": self.kpp,
            "purpose": self.purpose, "amount": amount,
        }  # fmt: skip
        return {name: value for name, value in named.items() if value}


_HEAD = re.compile(rb"ST0001([123])([^0-9A-Za-z\x80-\xff\s])")


def read_payment_qr(content: bytes) -> PaymentQr | None:
    """Read the bytes of a QR code as a payment; None when it is something else (a link, a number)."""
    head = _HEAD.match(content) if len(content) <= LONGEST else None
    if head is None:
        return None
    text, warnings = _decoded(content[head.end() :], head[1].decode())
    pairs, repeated = _pairs(text, head[2].decode())
    amount, doubt = _amount(pairs.pop("sum", ""))
    missing = [Departure.REQUIRED_MISSING] if any(not pairs.get(key) for key in REQUIRED) else []
    named = {name: pairs.pop(key, "") for key, name in _NAMES.items()}
    named["kpp"] = named["kpp"] or pairs.pop("payeekpp", "")
    blank = {name: "" if value.strip("0") == "" else value for name, value in named.items()}
    found = tuple(dict.fromkeys([*warnings, *repeated, *doubt, *missing]))
    return PaymentQr(**blank, amount=amount, others=pairs, warnings=found)


_NAMES: dict[str, str] = {
    "name": "name", "personalacc": "account", "bankname": "bank", "bic": "bic", "correspacc": "corr_account",
    "payeeinn": "inn", "kpp": "kpp", "payerinn": "payer_inn", "purpose": "purpose",
}  # fmt: skip


def _decoded(body: bytes, digit: str) -> tuple[str, list[Departure]]:
    """Decode by the digit; where the bytes belie it, as what they are: UTF-8 if they can be, else Windows-1251."""
    declared = ENCODINGS[digit]
    is_utf8 = _is_utf8(body)
    if body.isascii() or (declared == "utf-8") == is_utf8:
        return body.decode(declared, "replace"), []
    return body.decode("utf-8" if is_utf8 else "cp1251", "replace"), [Departure.ENCODING]


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _pairs(text: str, separator: str) -> tuple[dict[str, str], list[Departure]]:
    pairs: dict[str, str] = {}
    clashing: set[str] = set()
    for piece in text.split(separator):
        key, equals, value = piece.partition("=")
        name, value = key.strip().lower(), " ".join(value.split())
        if equals and pairs.setdefault(name, value) != value:
            clashing.add(name)
    kept = {name: value for name, value in pairs.items() if name not in clashing}
    return kept, [Departure.REPEATED_KEY] if clashing else []


def _amount(text: str) -> tuple[Decimal | None, list[Departure]]:
    """Read the sum: whole kopecks, or, against the standard, rubles with a dot."""
    if not text:
        return None, []
    if re.fullmatch(r"[0-9]{1,18}", text):
        return (Decimal(text) / 100 if text.strip("0") else None), []
    if re.fullmatch(r"[0-9]{1,16}[.,][0-9]{1,2}", text):
        return Decimal(text.replace(",", ".")), [Departure.SUM_IN_RUBLES]
    return None, [Departure.SUM_UNREADABLE]
