"""What a supplier's answer offers: a sum, terms, or that he declines; from his words, else from the papers he enclosed.

Owns: `read_offer`. Refuses to know: who wrote it and whether he was asked. Nothing is guessed: a sum that is not surely
that of the offer is given as one to be confirmed, and so is an offer in which none was found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mailflow.core.around import Paper
from mailflow.core.case import Fields
from mailflow.core.field_forms import FieldForm
from mailflow.core.fields import FieldsRead, read_fields
from mailflow.core.invoices import read_invoice
from mailflow.core.money import Money, fold, parse_money, write_amount
from mailflow.core.payment_qr import read_payment_qr
from mailflow.core.requesting import written_in

LONGEST = 20_000
"""Characters of an answer that are read for an offer."""
_FORMS = (
    FieldForm(
        "amount",
        "money",
        ("цена", "стоимость", "цена с ндс", "общая стоимость", "итого с ндс", "всего", "наша цена", "total price"),
        sources=("body",),
    ),
    FieldForm("currency", "text"),
    FieldForm(
        "terms",
        "text",
        ("срок поставки", "срок", "срок исполнения", "сроки", "срок изготовления", "условия", "delivery", "lead time"),
    ),
)
_DECLINED = re.compile(
    r"\b(?:не (?:можем|сможем|готовы|будем|имеем возможности) (?:\w+ ){0,2}(?:предложить|поставить|участвовать|помочь)"
    r"|(?:вынуждены )?отказ(?:аться|ываемся|ываюсь)|не (?:поставляем|занимаемся|участвуем|торгуем|производим)"
    r"|нет (?:в наличии|возможности|такого товара)|we (?:decline|must decline|cannot (?:offer|quote|supply))"
    r"|unable to (?:offer|quote|supply)|no bid|not able to (?:offer|quote|supply))\b"
)
_SUM = re.compile(
    r"(?<![\w.,])\d[\d \u00a0\u202f]{0,20}(?:[.,]\d{2})?\s?(?:тыс\.?|млн\.?)?\s?(?:₽|руб\w*\.?|р\.|RUB|USD|EUR|\$|€)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Sum:
    """A sum that was found, and whether it is surely that of the offer."""

    money: Money
    sure: bool


def read_offer(text: str, papers: Sequence[Paper], written_on: date) -> Fields:
    """Give `amount`, `currency`, `terms`, `sure` of an offer, `declined` of a refusal; {} where it is neither."""
    said = read_fields(text[:LONGEST], written_on, _FORMS)
    terms = said.values.get("terms", "")
    found = _said(said) or _loose(text[:LONGEST]) or _on_paper(papers)
    if found is None:
        declined = bool(_DECLINED.search(fold(text[:LONGEST]))) and not papers
        return {"declined": True} if declined else {}
    on_paper = _on_paper(papers)
    sure = found.sure and "amount" not in said.ambiguous and (on_paper is None or on_paper.money == found.money)
    return {
        "amount": write_amount(found.money.amount),
        "currency": found.money.currency,
        "terms": terms if isinstance(terms, str) else "",
        "sure": sure,
    }


def _said(said: FieldsRead) -> _Sum | None:
    """The sum a line names: «Цена: 120 000 руб. с НДС»; one that only stands in a sentence is not surely it."""
    amount = said.values.get("amount")
    if not isinstance(amount, str):
        return None
    return _Sum(Money(Decimal(amount), str(said.values.get("currency") or "RUB")), sure="amount" in said.by_line)


def _loose(text: str) -> _Sum | None:
    """The one sum of a text that names no line: perhaps the offer's, perhaps of one piece."""
    found = {money for match in _SUM.finditer(text) if isinstance(money := parse_money(match[0]), Money)}
    return _Sum(found.pop(), sure=False) if len(found) == 1 else None


def _on_paper(papers: Sequence[Paper]) -> _Sum | None:
    """The total the papers state, where they agree on one; sure where one of them has it in writing."""
    found = [total for paper in papers if (total := _total(paper)) is not None]
    if len({total.money for total in found}) != 1:
        return None
    return _Sum(found[0].money, sure=any(total.sure for total in found))


def _total(paper: Paper) -> _Sum | None:
    """The total of one paper; of words recognised in a picture any digit may be another."""
    code = next((qr for qr in map(read_payment_qr, paper.qr) if qr is not None), None)
    values = read_invoice(paper.text, code).values
    if "amount" not in values:
        return None
    sure = not paper.recognised or "amount" in written_in(paper)
    return _Sum(Money(Decimal(values["amount"]), values.get("currency") or "RUB"), sure)
