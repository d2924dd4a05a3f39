"""Suppliers' offers side by side: who offers what for how much, which is the lowest, which was chosen.

Owns: `offers`, and reading the lines that came with the files («ООО «Ромашка» — 120 000, 10 дней»). Refuses to know:
HTML, PDF, what the files themselves say.

Whoever was asked by mail stands there whatever came of it, with what is still to be confirmed.

What may go wrong: a file nobody wrote a line about. It stands in the table under its own name, without a sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from mailflow.core.card_texts import title
from mailflow.core.cards import Card
from mailflow.core.case import Case, FileVersion, SupplierOffer
from mailflow.core.money import Money, fold, format_money, parse_money
from mailflow.core.offers_told import offer_note, offer_sum
from mailflow.core.office import Office
from mailflow.core.sheet import case_code
from mailflow.core.views import Language

MOST_OFFERS = 50
_LINE = re.compile(r"(?:\d{1,2}[.)]\s+)?(?P<who>[^—–\n]{2,120}?)\s+[—–-]\s+(?P<what>[^\n]{1,300})")
_SUM = re.compile(
    r"\d[\d \u00a0\u202f]{0,20}(?:[.,]\d{2})?(?:\s?(?:тыс\.?|млн\.?|₽|руб\.?|р\.|RUB|USD|EUR|\$|€))?", re.IGNORECASE
)
_FORMS = re.compile(r"\b(?:ооо|ао|пао|зао|ип|llc|ltd|inc)\b|[^\w]+")


@dataclass(frozen=True, slots=True)
class Offer:
    """«1», «ООО «Ромашка»», «120 000 ₽», «10 дней», «КП Ромашка.pdf», lowest, chosen."""

    number: int
    supplier: str
    amount: str
    terms: str
    file: str
    note: str = ""
    """«сумму уточнить», «отказался», «ответа нет»; '' where there is nothing to say."""
    lowest: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Offers:
    """Everything the table of offers says, in the language of the company."""

    language: Language
    company: str
    number: str
    date: str
    title: str
    kind: str
    offers: tuple[Offer, ...]
    supplier: str
    amount: str
    reason: str
    made: str
    code: str


@dataclass(frozen=True, slots=True)
class _Line:
    supplier: str
    money: Money
    terms: str


def offers(case: Case, office: Office, now: datetime) -> Offers:
    """Give the offers of a case as they stand. `now` is printed as the time the table was made."""
    card, language = Card(case), office.language
    sum_, currency = card("amount"), card("currency", "RUB")
    return Offers(
        language=language,
        company=office.directory.company.name,
        number=case.number,
        date=office.shown_day(case.opened_at),
        title=title(case, office, language),
        kind=card("purchase_kind"),
        offers=_rows(case, card("counterparty"), language),
        supplier=card("counterparty"),
        amount=format_money(Money(Decimal(sum_), currency), language) if sum_ else "",
        reason=card("single_reason"),
        made=office.shown(now),
        code=case_code(case, case.number),
    )


def _rows(case: Case, chosen: str, language: Language) -> tuple[Offer, ...]:
    asked = {offer.address for offer in case.offers}
    files = [file for file in case.current_files if file.by not in (case.initiator, *asked)]
    said = list(dict.fromkeys(line for file in files for line in _lines(file.comment)))[:MOST_OFFERS]
    mailed = [Money(Decimal(o.amount), o.currency) for o in case.offers if o.amount and o.sure]
    lowest = _lowest([*(line.money for line in said), *mailed])
    unnamed = [file for file in files if not any(_is_about(file, line) for line in said)]
    rows = [_mailed(offer, lowest, language) for offer in case.offers]
    rows += [_row(line, files, lowest, language) for line in said]
    rows += [Offer(0, _stem(file), "", "", file.name) for file in unnamed]
    return tuple(replace(row, number=number, chosen=_same(row.supplier, chosen)) for number, row in enumerate(rows, 1))


def _row(line: _Line, files: list[FileVersion], lowest: Money | None, language: Language) -> Offer:
    file = next((file.name for file in files if _is_about(file, line)), "")
    amount = format_money(line.money, language)
    return Offer(0, line.supplier, amount, line.terms, file, lowest=line.money == lowest)


def _mailed(offer: SupplierOffer, lowest: Money | None, language: Language) -> Offer:
    """Give the row of a supplier who was asked by mail, whatever came of it; only a sure sum may be the lowest."""
    amount, note = offer_sum(offer, language), offer_note(offer, language)
    is_lowest = offer.sure and lowest is not None and Money(Decimal(offer.amount), offer.currency) == lowest
    return Offer(0, offer.shown, amount, offer.terms, ", ".join(offer.files), note, lowest=is_lowest)


def _lines(comment: str) -> Iterator[_Line]:
    """Give the offers a comment states, one a line: a name, a dash, a sum, whatever else."""
    for text in comment.splitlines():
        match = _LINE.fullmatch(text.strip())
        found = _SUM.search(match["what"]) if match is not None else None
        money = parse_money(found[0].strip()) if found is not None else None
        if match is not None and found is not None and isinstance(money, Money):
            rest = f"{match['what'][: found.start()]} {match['what'][found.end() :]}"
            yield _Line(match["who"].strip(), money, " ".join(rest.split()).strip(" ,;."))


def _lowest(sums: list[Money]) -> Money | None:
    """Give the lowest sum; None where there is nothing to compare, or in two currencies."""
    one_currency = len({money.currency for money in sums}) == 1
    return min(sums, key=lambda money: money.amount) if one_currency and sums[1:] else None


def _is_about(file: FileVersion, line: _Line) -> bool:
    return bool(_name(line.supplier) & _name(_stem(file)))


def _same(supplier: str, chosen: str) -> bool:
    return bool(_name(chosen)) and _name(chosen) <= _name(supplier)


def _name(text: str) -> frozenset[str]:
    return frozenset(word for word in _FORMS.sub(" ", fold(text)).split() if len(word) > 2)


def _stem(file: FileVersion) -> str:
    return file.name.rpartition(".")[0] or file.name
