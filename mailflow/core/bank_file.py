"""Payment orders as the bank's program takes them: the text of `1CClientBankExchange`, version 1.03.

Owns: `payment`, an agreed invoice as a payment or the reasons why it is none, and `bank_file`, payments as one text in
the order of fields 1C publishes («Стандарт обмена с системами "Клиент банка"»: v8.1c.ru, formaty-obmena). Refuses to
know: where cases come from, who carries the file to the bank. Pure.

Requisites that did not pass their check never go in, nor does a sum in another currency: the invoice is left out with
every reason. What may go wrong: nothing beyond that; characters windows-1251 lacks are written plainly or as «?».
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from mailflow.core import requisites
from mailflow.core.cards import Card
from mailflow.core.case import Ask, Case
from mailflow.core.dates import format_date
from mailflow.core.directory import Company
from mailflow.core.money import KOPECK
from mailflow.core.requisites import Valid, Verdict
from mailflow.core.vat import rates_on, vat_within
from mailflow.core.views import Language

CONTENT_TYPE = "application/octet-stream"
"""No text to a mail program: it must hand the bytes on as they are."""
LONGEST_PURPOSE = 210
LONGEST_NAME = 160
LONGEST_SUBJECT = 100
_NAMES_VAT = re.compile(r"\bндс\b|\bvat\b", re.IGNORECASE)
ENCODING = "cp1251"
_PLAIN = str.maketrans({"₽": "руб.", "\u202f": " ", "\u00a0": " ", "‑": "-", "−": "-", "ʼ": "'"})
_AMOUNT = re.compile(r"\d{1,15}(?:\.\d{1,2})?")
_RUSSIAN = "RUB"


@dataclass(frozen=True, slots=True)
class Side:
    """Who pays or is paid: name and requisites; `bank` and `corr_account` may be ''."""

    name: str
    inn: str
    kpp: str
    account: str
    bic: str
    corr_account: str
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment order; `number` is a number of the case, digits alone, as banks take it."""

    number: str
    amount: Decimal
    payer: Side
    payee: Side
    purpose: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """No payment order is made, and why: every reason, in both languages."""

    reasons: tuple[tuple[str, str], ...]

    def told(self, language: Language) -> str:
        """Give the reasons in one line."""
        return "; ".join(ru if language == "ru" else en for ru, en in self.reasons)


def payment(case: Case, company: Company) -> Payment | Withheld:
    """Give the payment of an agreed invoice, in roubles and with every requisite checked."""
    card = Card(case)
    payer = Side(
        company.full_name or company.name,
        company.inn,
        company.kpp,
        company.account,
        company.bic,
        company.corr_account,
        company.bank,
    )
    payee = Side(
        card("counterparty"), card("inn"), card("kpp"), card("account"), card("bic"), card("corr_account"), card("bank")
    )
    wrong = (*_wrong_sum(card), *_wrong(payer, *_OUR), *_wrong(payee, *_THEIRS), *_wrong_purpose(card))
    if wrong:
        return Withheld(wrong)
    return Payment(_number(case.number), Decimal(card("amount")), payer, payee, purpose(case))


def awaits_payment(case: Case) -> bool:
    """Say whether somebody is asked to pay it now: everybody has agreed."""
    return any(asked.open and asked.ask is Ask.PAYMENT for asked in case.assignments)


def file_name(number: str, language: Language) -> str:
    """Give the file's name: «Платёжное поручение СЧ-2026-0042.txt»."""
    return f"{'Платёжное поручение' if language == 'ru' else 'Payment order'} {number}.txt".replace("/", "-")


def purpose(case: Case) -> str:
    """Give the purpose: the invoice's own with its VAT, «Оплата по счёту № 57 от 12.11.2026. В т.ч. НДС …»."""
    card = Card(case)
    said = " ".join(card("purpose").split())
    if not said:
        number, day = card("invoice_number"), card.day("invoice_date", "ru")
        invoice = f" № {number}" if number else ""
        what = f" за {card('subject_matter')[:LONGEST_SUBJECT]}" if card("subject_matter") else ""
        said = f"Оплата по счёту{invoice}{f' от {day}' if day else ''}{what}"
    return said if _NAMES_VAT.search(said) else f"{said.rstrip(' .')}. {_vat(card)}"


def bank_file(payments: Sequence[Payment], payer: Company, made_at: datetime) -> bytes:
    """Give the file for the bank, in windows-1251 with the line ends of Windows; `made_at` by the office's clock."""
    day = format_date(made_at.date())
    lines = [
        "1CClientBankExchange",
        "ВерсияФормата=1.03",
        "Кодировка=Windows",
        "Отправитель=mailflow",
        "Получатель=",
        f"ДатаСоздания={day}",
        f"ВремяСоздания={made_at:%H:%M:%S}",
        f"ДатаНачала={day}",
        f"ДатаКонца={day}",
        f"РасчСчет={payer.account}",
        "Документ=Платежное поручение",
        *(line for one in payments for line in _document(one, day)),
        "КонецФайла",
    ]
    return "".join(f"{_line(line)}\r\n" for line in lines).encode(ENCODING, "replace")


def _document(one: Payment, day: str) -> Iterator[str]:
    yield "СекцияДокумент=Платежное поручение"
    yield f"Номер={one.number}"
    yield f"Дата={day}"
    yield f"Сумма={one.amount:.2f}"
    yield from _side("Плательщик", one.payer)
    yield from _side("Получатель", one.payee)
    yield "ВидОплаты=01"
    yield "Очередность=5"
    yield f"НазначениеПлатежа={one.purpose}"
    yield "КонецДокумента"


def _side(title: str, side: Side) -> Iterator[str]:
    name = side.name[:LONGEST_NAME]
    yield f"{title}Счет={side.account}"
    yield f"{title}=ИНН {side.inn} {name}"
    yield f"{title}ИНН={side.inn}"
    yield f"{title}КПП={side.kpp}"
    yield f"{title}1={name}"
    yield f"{title}РасчСчет={side.account}"
    if side.bank:
        yield f"{title}Банк1={side.bank}"
    yield f"{title}БИК={side.bic}"
    yield f"{title}Корсчет={side.corr_account}"


def _line(text: str) -> str:
    """Give one line: what a stranger typed never begins another field."""
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text.translate(_PLAIN))


def _number(number: str) -> str:
    """Give the last digits of a case's number, six at most: banks take no letters."""
    return ("".join(re.findall(r"\d+", number)[-1:]).lstrip("0") or "1")[-6:]


# --- what must be right

_OUR = ("наш", "our own")
_THEIRS = ("получателя", "the payee's")
_NAMES: tuple[tuple[str, str, str], ...] = (
    ("inn", "ИНН", "INN"), ("kpp", "КПП", "KPP"), ("bic", "БИК", "BIC"), ("account", "расчётный счёт", "account"),
    ("corr_account", "корр. счёт", "correspondent account"),
)  # fmt: skip
_MAY_LACK = frozenset({"kpp", "corr_account"})
"""A person has no КПП; a bank account of the treasury needs no correspondent one."""


def _wrong(side: Side, ru: str, en: str) -> Iterator[tuple[str, str]]:
    if not side.name:
        yield f"{ru}: нет названия", f"{en}: no name"
    for name, said_ru, said_en in _NAMES:
        value = getattr(side, name)
        if not value and name not in _MAY_LACK:
            yield f"{ru} {said_ru}: не указан", f"{en} {said_en}: missing"
        elif value and _verdict(name, side) != Valid():
            yield f"{ru} {said_ru} {value}: не прошёл проверку", f"{en} {said_en} {value}: did not pass its check"
    if side.account and requisites.check_account_currency(side.account, _RUSSIAN) != Valid():
        yield f"{ru} расчётный счёт: не в рублях", f"{en} account: not in roubles"


def _verdict(name: str, side: Side) -> Verdict:
    checks = {
        "inn": lambda: requisites.check_inn(side.inn),
        "kpp": lambda: requisites.check_kpp(side.kpp, side.inn),
        "bic": lambda: requisites.check_bic(side.bic),
        "account": lambda: requisites.check_account(side.account, side.bic),
        "corr_account": lambda: requisites.check_corr_account(side.corr_account, side.bic),
    }
    return checks[name]()


def _wrong_sum(card: Card) -> Iterator[tuple[str, str]]:
    if not _money(card("amount")):
        yield "нет суммы", "no sum"
    currency = card("currency", _RUSSIAN)
    if currency != _RUSSIAN:
        yield f"валюта {currency}: это не рублёвый платёж", f"currency {currency}: no payment in roubles"


def _wrong_purpose(card: Card) -> Iterator[tuple[str, str]]:
    said = " ".join(card("purpose").split())
    if not _NAMES_VAT.search(said) and _money(card("vat")) is None:
        yield "НДС: не указан ни суммой, ни в назначении (без НДС: «НДС: 0»)", "VAT: not stated (none: “VAT: 0”)"
    if len(said) + len(_vat(card)) > LONGEST_PURPOSE:
        yield f"назначение длиннее {LONGEST_PURPOSE} знаков", f"the purpose has more than {LONGEST_PURPOSE} characters"


def _vat(card: Card) -> str:
    """Give the VAT as a purpose names it: «В т.ч. НДС 22% 21639,43 руб.»; the rate where the sum says which."""
    vat, total = _money(card("vat")), _money(card("amount"))
    if vat is None or total is None:
        return ""
    if not vat:
        return "Без НДС."
    day = _day(card("invoice_date"))
    rates = rates_on(day) if day is not None else ()
    rate = next((f" {rate}%" for rate in rates if rate and abs(vat_within(total, rate) - vat) <= KOPECK), "")
    shown = f"{vat:.2f}".replace(".", ",")
    return f"В т.ч. НДС{rate} {shown} руб."


def _money(text: str) -> Decimal | None:
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None
