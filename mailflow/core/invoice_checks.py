"""What is right and wrong with an invoice's values, as findings for the letter to the approver.

Owns: which checks an invoice gets and their sentences. Refuses to know: the paper itself (`invoices`),
earlier payments (a double, changed requisites), the check sums (`requisites`), the rates (`vat`).

What may go wrong: a value that is not stated gets no finding; an old VAT rate gets a question, because
the rate is that of the day of shipment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from mailflow.core import requisites
from mailflow.core.dates import format_date
from mailflow.core.findings import Finding
from mailflow.core.money import KOPECK
from mailflow.core.requisites import SENTENCES, Invalid, Reason, Unchecked, Valid, Verdict
from mailflow.core.vat import last_day_of, rates_on, vat_within

OLDEST = timedelta(days=180)
LONGEST_PURPOSE = 210
"""Characters a payment order holds."""
HARMLESS = frozenset((Reason.TREASURY, Reason.CLEARING, Reason.UNKNOWN_CODE))
"""Reasons not to have checked that need nobody's attention."""


def check_invoice(
    values: Mapping[str, str], written_on: date, rows: int = 1, oldest: timedelta = OLDEST
) -> tuple[Finding, ...]:
    """Check what an invoice states: requisites, VAT, date, length of the purpose; one finding for each
    value there.

    `rows`: lines of its table, each of which may be a kopeck out in VAT. `written_on`: the day of the letter.
    """
    return (
        *_requisites(values),
        *_vat(values, written_on, rows),
        *_day(values, written_on, oldest),
        *_purpose(values),
    )


_CHECKS: tuple[tuple[str, str, str, str, Callable[[Mapping[str, str]], Verdict]], ...] = (
    ("inn", "inn", "ИНН", "INN", lambda v: requisites.check_inn(v["inn"])),
    ("kpp", "kpp", "КПП", "KPP", lambda v: requisites.check_kpp(v["kpp"], v.get("inn", ""))),
    ("bic", "bic", "БИК", "BIC", lambda v: requisites.check_bic(v["bic"])),
    ("account_key", "account", "Расчётный счёт", "Account",
     lambda v: requisites.check_account(v["account"], v.get("bic", ""))),
    ("corr_account", "corr_account", "Корр. счёт", "Correspondent account",
     lambda v: requisites.check_corr_account(v["corr_account"], v.get("bic", ""))),
    ("account_currency", "account", "Валюта счёта", "Account currency",
     lambda v: requisites.check_account_currency(v["account"], v.get("currency", "RUB"))),
)  # fmt: skip
"""Code, the field it is about, its name in Russian and English, the check."""


def _requisites(values: Mapping[str, str]) -> Iterator[Finding]:
    for code, name, ru, en, check in _CHECKS:
        if values.get(name):
            yield _finding(code, f"{ru} {values[name]}", f"{en} {values[name]}", check(values))


def _finding(code: str, ru: str, en: str, verdict: Verdict) -> Finding:
    match verdict:
        case Valid():
            return Finding(code, True, f"{ru}: верно", f"{en}: right")
        case Invalid(reason=why):
            return Finding(code, False, f"{ru}: неверно, {SENTENCES[why][0]}", f"{en}: wrong, {SENTENCES[why][1]}")
        case Unchecked(reason=why):
            return Finding(code, why in HARMLESS, f"{ru}: {SENTENCES[why][0]}", f"{en}: {SENTENCES[why][1]}")


def _vat(values: Mapping[str, str], written_on: date, rows: int) -> Iterator[Finding]:
    """Check the rate against the day and the VAT against the sum; a paper without VAT has nothing to check."""
    day = date.fromisoformat(values["invoice_date"]) if values.get("invoice_date") else written_on
    rate = values.get("vat_rate", "")
    if rate.isdigit() and int(rate) not in rates_on(day):
        yield _odd_rate(int(rate), day)
    if values.get("vat") and values.get("amount") and rate != "none":
        rates = (int(rate),) if rate.isdigit() else tuple(rate for rate in rates_on(day) if rate)
        yield _vat_sum(Decimal(values["vat"]), Decimal(values["amount"]), rates, rows)


def _odd_rate(rate: int, day: date) -> Finding:
    last = last_day_of(rate, day)
    if last is None:
        return Finding(
            "vat_rate", False, f"Ставки НДС {rate} % на {format_date(day)} нет",
            f"There is no VAT rate of {rate} % on {format_date(day, 'en')}",
        )  # fmt: skip
    return Finding(
        "vat_rate_asks", False,
        f"Ставка НДС {rate} % действовала до {format_date(last)}: отгрузка была до этого дня?",
        f"The VAT rate of {rate} % ended on {format_date(last, 'en')}: was it shipped by then?",
    )  # fmt: skip


def _vat_sum(vat: Decimal, total: Decimal, rates: tuple[int, ...], rows: int) -> Finding:
    allowed = KOPECK * max(rows, 1)
    fitting = next((rate for rate in rates if abs(vat_within(total, rate) - vat) <= allowed), None)
    if fitting is not None:
        return Finding("vat", True, f"НДС {fitting} % {_ru(vat)}: сходится", f"VAT {fitting} % {_en(vat)}: adds up")
    rate = rates[0] if rates else 0
    due = vat_within(total, rate)
    return Finding(
        "vat", False, f"НДС {_ru(vat)} не сходится: при ставке {rate} % из {_ru(total)} должно быть {_ru(due)}",
        f"VAT {_en(vat)} does not add up: {rate} % of {_en(total)} makes {_en(due)}",
    )  # fmt: skip


def _ru(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",")


def _en(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _day(values: Mapping[str, str], written_on: date, oldest: timedelta) -> Iterator[Finding]:
    if not values.get("invoice_date"):
        return
    day = date.fromisoformat(values["invoice_date"])
    ru, en = f"Дата счёта {format_date(day)}", f"Invoice date {format_date(day, 'en')}"
    if day > written_on:
        yield Finding("date", False, f"{ru}: ещё не наступила", f"{en}: lies in the future")
    elif day < written_on - oldest:
        yield Finding("date", False, f"{ru}: счёт старый, он ещё действует?", f"{en}: old, is it still good?")
    else:
        yield Finding("date", True, f"{ru}: верно", f"{en}: right")


def _purpose(values: Mapping[str, str]) -> Iterator[Finding]:
    length = len(values.get("purpose", ""))
    if length > LONGEST_PURPOSE:
        yield Finding(
            "purpose", False, f"Назначение платежа: {length} знаков, в платёжку входит {LONGEST_PURPOSE}",
            f"Payment purpose: {length} characters, a payment order holds {LONGEST_PURPOSE}",
        )  # fmt: skip
