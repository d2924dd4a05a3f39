"""What an invoice says: the text of a Russian invoice, with its payment code, -> the fields of a payment.

Owns: the layouts of accounting programs (bank block, title, parties, totals, sum in words) and who of
two firms on a paper is the payee. Refuses to know: how the text came out of the file (`edges.reading`),
whether requisites are true (`invoice_checks`), what was paid before.

What may go wrong: two places of one paper that differ (text and code, figures and words, two accounts).
Such a value is not taken; a finding says so. The buyer's requisites are never the payee's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain, takewhile

from mailflow.core.amount_words import read_sum_in_words
from mailflow.core.dates import DATE_PATTERN, read_date
from mailflow.core.findings import Finding
from mailflow.core.invoice_checks import check_invoice
from mailflow.core.money import MONEY_PATTERN, Money, fold, parse_money, stated_currency, write_amount
from mailflow.core.payment_qr import Departure, PaymentQr
from mailflow.core.requisites import Valid, check_corr_account

__all__ = ["Finding", "InvoiceRead", "check_invoice", "read_invoice"]

LONGEST = 60_000
"""Characters read of a paper: an invoice has two or three thousand, a contract may hang on it."""


@dataclass(frozen=True, slots=True)
class InvoiceRead:
    """`values` by the names request fields have, with `vat_rate` («22», «none»); `rows`: lines of the table.

    `findings`: what the places of the paper say for or against each other.
    """

    values: Mapping[str, str]
    findings: tuple[Finding, ...] = ()
    rows: int = 1


@dataclass(frozen=True, slots=True)
class _Paper:
    """The text of an invoice: all of it, what is not the buyer's, what is the supplier's; lines as written."""

    whole: str
    payee: tuple[str, ...]
    supplier: tuple[str, ...]

    @property
    def payee_folded(self) -> str:
        return fold(" ".join(self.payee))


NAMES: Mapping[str, tuple[str, str]] = {
    "inn": ("ИНН получателя", "The payee's INN"),
    "kpp": ("КПП получателя", "The payee's KPP"),
    "bic": ("БИК", "The BIC"),
    "account": ("Расчётный счёт", "The account"),
    "corr_account": ("Корр. счёт", "The correspondent account"),
    "amount": ("Сумма", "The amount"),
    "currency": ("Валюта", "The currency"),
    "vat": ("Сумма НДС", "The VAT"),
    "vat_rate": ("Ставка НДС", "The VAT rate"),
    "invoice_number": ("Номер счёта", "The invoice number"),
    "invoice_date": ("Дата счёта", "The invoice date"),
}
"""Fields that every place of a paper must agree on -> (ru, en)."""


def read_invoice(text: str, qr: PaymentQr | None) -> InvoiceRead:
    """Read the text layer of an invoice and its payment code, if it has one. Never raises.

    A value that two places of the paper disagree on is left out, with a finding.
    """
    paper = _cut(text[:LONGEST])
    stated = tuple(_stated(paper))
    found: dict[str, set[str]] = {}
    for name, value in chain(stated, _of_code(qr)):
        found.setdefault(name, set()).add(value)
    values = {name: next(iter(several)) for name, several in found.items() if len(several) == 1}
    values |= _names(paper, qr)
    differing = tuple(_differs(name) for name, several in found.items() if len(several) > 1)
    findings = (*differing, *_words_agree(paper, values), *_code_agrees(qr, frozenset(stated), differing))
    return InvoiceRead(values, findings, _rows(paper))


def _differs(name: str) -> Finding:
    ru, en = NAMES[name]
    return Finding(
        f"{name}_differs", False, f"{ru}: в счёте указаны разные значения, не взято ни одно",
        f"{en}: the invoice states different values, none was taken",
    )  # fmt: skip


def _words_agree(paper: _Paper, values: Mapping[str, str]) -> Iterator[Finding]:
    words = read_sum_in_words(paper.whole)
    if words is not None and values.get("amount") == write_amount(words):
        yield Finding("amount_words", True, "Сумма цифрами и прописью совпадает", "Figures and words agree")


def _code_agrees(
    qr: PaymentQr | None, stated: frozenset[tuple[str, str]], differing: tuple[Finding, ...]
) -> Iterator[Finding]:
    """Say what the payment code adds: that it agrees with the text, or that it departs from the standard."""
    if qr is None:
        return
    if not differing and ("account", qr.account) in stated:
        yield Finding("qr", True, "QR-код и текст счёта совпадают", "The QR code and the text agree")
    if Departure.SUM_IN_RUBLES in qr.warnings:
        yield Finding(
            "qr_sum", False, "Сумма в QR-коде записана с точкой и принята за рубли",
            "The sum in the QR code has a dot and was taken for rubles",
        )  # fmt: skip


_SUPPLIER = re.compile(r"\(?(?:поставщик|исполнитель|продавец|арендодатель|подрядчик|лицензиар|supplier|seller)\b")
_BUYER = re.compile(
    r"\(?(?:покупатель|заказчик|плательщик|арендатор|грузополучатель|лицензиат|клиент|buyer|customer|bill to|payer)\b"
)
_NEITHER = re.compile(
    r"(?:основание|№ |товар|наименование|итого|всего|счет|договор|условия|внимание|назначение|грузоотправитель"
    r"|банк получателя|получатель|в том числе|без налога|оплат|руководитель|description|item|total)"
)
_ROLE_INSIDE = re.compile(
    r"(?<=\S) +(?=\(?(?:покупатель|заказчик|плательщик|грузополучатель) ?(?:\([^()]{1,20}\))?:)", re.I
)


_ROLES = re.compile(
    r"(?:поставщик|исполнитель|продавец|арендодатель|подрядчик|seller|supplier)\b[:;,/ ]*"
    r"(?=(?:покупатель|заказчик|плательщик|арендатор|buyer|customer)\b[: ]*$)"
    r"|(?:покупатель|заказчик|плательщик|арендатор|buyer|customer)\b[:;,/ ]*"
    r"(?=(?:поставщик|исполнитель|продавец|арендодатель|подрядчик|seller|supplier)\b[: ]*$)",
    re.I,
)
_MOST_ROWS = 15
_NAMED_IN_TEXT = re.compile(r"\([^()]{0,200}\)(?=,? {0,2}(?:в лице[^«»]{0,200})?,? ?именуем)")


def _unwoven(rows: list[str]) -> Iterator[str]:
    """Give the lines of a paper; two columns, seller beside buyer, come as one block after the other."""
    at = 0
    while at < len(rows):
        roles = _ROLES.match(rows[at])
        if roles is None:
            yield rows[at]
            at += 1
            continue
        beside = list(takewhile(lambda row: not _NEITHER.match(fold(row)), rows[at + 1 : at + 1 + _MOST_ROWS]))
        halves = [half for row in beside if (half := _halves(row)) is not None]
        yield from (roles[0], *(left for left, _ in halves), rows[at][roles.end() :], *(right for _, right in halves))
        at += 1 + len(beside)


def _halves(row: str) -> tuple[str, str] | None:
    """Part a row at the second standing of its first word: «ИНН 77… ИНН 78…»; None where that stands once."""
    label = row.split(" ")[0]
    second = row.find(f" {label} ", len(label))
    return (row[:second], row[second + 1 :]) if len(label) > 1 and second > 0 else None


def _cut(text: str) -> _Paper:
    """Sort the lines by whom they are about; a line that begins with no known word continues the one above."""
    payee: list[str] = []
    supplier: list[str] = []
    role: list[str] | None = None
    rows = _NAMED_IN_TEXT.sub("", "\n".join(" ".join(row.split()) for row in text.splitlines())).split("\n")
    for line in chain.from_iterable(_ROLE_INSIDE.split(row) for row in _unwoven(rows)):
        folded = fold(line)
        starts_other = _BUYER.match(folded)
        if starts_other or _SUPPLIER.match(folded) or _NEITHER.match(folded):
            role = [] if starts_other else supplier if _SUPPLIER.match(folded) else None
        if role is None or role is supplier:
            payee.append(line)
        if role is supplier:
            supplier.append(line)
    return _Paper(text, tuple(payee), tuple(supplier))


def _stated(paper: _Paper) -> Iterator[tuple[str, str]]:
    """Give every (field, value) the text states, once for each place it stands."""
    yield from _requisites(paper)
    yield from _title(paper)
    yield from _amounts(paper)
    yield from _vat(paper)


_LABELLED: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "inn": (re.compile(r"\b(?:инн|inn)\b[^0-9]{0,20}([0-9]{12}|[0-9]{10})(?![0-9])"),),
    "kpp": (
        re.compile(r"\b(?:кпп|kpp)\b[^0-9a-zа-я]{0,20}([0-9]{4}[0-9a-z]{2}[0-9]{3})(?![0-9])"),
        re.compile(r"\bинн\b ?[/,]? ?кпп\b[^0-9]{0,10}[0-9]{10} ?[/\\,]? ?([0-9]{4}[0-9a-z]{2}[0-9]{3})(?![0-9])"),
    ),
    "bic": (re.compile(r"\b(?:бик|bic)\b[^0-9]{0,30}([0-9]{9})(?![0-9])"),),
}
_ACCOUNT = re.compile(r"(?<![0-9])(?:[0-9]{5}[0-9авсенкмртхabcehkmptx][0-9]{14}|(?:[0-9]{4} ){4}[0-9]{4})(?![0-9])")
_NINE_DIGITS = re.compile(r"(?<![0-9])0[014][0-9]{7}(?![0-9])")


def _requisites(paper: _Paper) -> Iterator[tuple[str, str]]:
    text = paper.payee_folded
    for name, patterns in _LABELLED.items():
        for pattern in patterns:
            yield from ((name, match[1].upper()) for match in pattern.finditer(text))
    accounts = {match[0].replace(" ", "").upper() for match in _ACCOUNT.finditer(text)}
    corresponding = {account for account in accounts if account.startswith(("301", "40102"))}
    yield from (("corr_account", account) for account in corresponding)
    yield from (("account", account) for account in accounts - corresponding)
    if not _LABELLED["bic"][0].search(text):
        yield from (("bic", bic) for bic in _unlabelled_bics(text, corresponding))


def _unlabelled_bics(text: str, corresponding: set[str]) -> set[str]:
    """Find a БИК parted from its label: nine digits that the key of the correspondent account proves."""
    nines = {match[0] for match in _NINE_DIGITS.finditer(text[:3000])}
    return {bic for bic in nines for account in corresponding if check_corr_account(account, bic) == Valid()}


_TITLE = re.compile(
    r"\b(?:сч[её]т(?:-договор|-оферта)?(?: на оплату)?(?: покупателю)?|invoice) ?(?:№|n|no\.?|#) ?"
    rf"([^\s,;]{{1,30}}) (?:от|of|dated) ((?i:{DATE_PATTERN}))",
    re.IGNORECASE,
)
_QUOTED_DAY = re.compile(r"[«\"“]([0-9]{1,2})[»\"”]")
_WITH_YEAR = re.compile(r"20[0-9]{2}|\.[0-9]{2}$")


def _title(paper: _Paper) -> Iterator[tuple[str, str]]:
    """Read number and date of the first title; later ones speak of other papers."""
    match = _TITLE.search(_QUOTED_DAY.sub(r"\1", " ".join(paper.whole.split())))
    if match is None:
        return
    yield "invoice_number", match[1]
    day = read_date(match[2], date(2000, 1, 1)) if _WITH_YEAR.search(match[2]) else None
    if day:
        yield "invoice_date", day.isoformat()


_TO_PAY = re.compile(
    r"\b(?:(?:всего|итого|сумма) к оплате|к оплате|(?:всего|итого) с ндс|total due|amount due|total to pay)\b"
)
_FOR_SUM = re.compile(rf"\bвсего наименований [0-9]{{1,4}},? на сумму ({MONEY_PATTERN})")
_TOTAL = re.compile(r"\b(?:итого|total)\b")
_MONEY = re.compile(rf"(?<![0-9.,])(?:{MONEY_PATTERN})(?![0-9]| ?%| ?коп)")


def _amounts(paper: _Paper) -> Iterator[tuple[str, str]]:
    """Give what the paper says is to be paid: by label, by the line under the table, in words; else its total."""
    lines = _joined_totals(paper.payee)
    pieces = [*_after(_TO_PAY, lines), *(match[1] for line in lines if (match := _FOR_SUM.search(line)))]
    words = read_sum_in_words(paper.whole)
    if words is not None:
        yield "amount", write_amount(words)
    for piece in pieces or ([] if words is not None else list(_after(_TOTAL, lines))):
        money = parse_money(piece)
        if isinstance(money, Money):
            yield "amount", write_amount(money.amount)
        if currency := stated_currency(piece):
            yield "currency", currency


def _joined_totals(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Fold the lines; one that holds a sum and nothing else is put back behind its label."""
    folded: list[str] = []
    for line in map(fold, lines):
        alone = _MONEY.fullmatch(line) and folded and re.search(r":$|^[^0-9]*$", folded[-1])
        if alone:
            folded[-1] += f" {line}"
        else:
            folded.append(line)
    return tuple(folded)


def _after(label: re.Pattern[str], lines: tuple[str, ...]) -> Iterator[str]:
    """Give the only sum that stands behind a label in its line."""
    for line in lines:
        match = label.search(line)
        sums = _MONEY.findall(line, match.end()) if match else []
        if len(sums) == 1:
            yield sums[0]


_VAT = re.compile(r"\bндс\b(?: ?\(? ?([0-9]{1,2}) ?(?:%|/ ?1[0-9]{2}))?|\bvat\b(?: ?\(?([0-9]{1,2}) ?%)?")
_NO_VAT = re.compile(r"без (?:налога )?\(?ндс|ндс:? (?:не облагается|без ндс)|without vat|no vat")
_VAT_TOTAL = re.compile(r"в т\. ?ч\.|в том числе|(?:итого|сумма|всего) ндс|including vat|vat amount")


def _vat(paper: _Paper) -> Iterator[tuple[str, str]]:
    """Give rate and sum of VAT from the totals, or from any line that names it where there are none."""
    named = [line for line in _joined_totals(paper.payee) if _VAT.search(line)]
    for line in [line for line in named if _VAT_TOTAL.search(line)] or named:
        match = _VAT.search(line)
        if _NO_VAT.search(line):
            yield from (("vat", "0.00"), ("vat_rate", "none"))
        elif match:
            yield from _vat_in(line, match)


def _vat_in(line: str, match: re.Match[str]) -> Iterator[tuple[str, str]]:
    if rate := match[1] or match[2]:
        yield "vat_rate", str(int(rate))
    sums = _MONEY.findall(line, match.end())
    money = parse_money(sums[0]) if len(sums) == 1 else None
    if isinstance(money, Money) and match.end() != len(line):
        yield "vat", write_amount(money.amount)


def _of_code(qr: PaymentQr | None) -> Iterator[tuple[str, str]]:
    """Give what the payment code states about the fields that must agree."""
    stated = qr.values() if qr else {}
    return ((name, value) for name, value in stated.items() if name in NAMES)


_LABELS = re.compile(
    r"^(?:\(?(?:поставщик|исполнитель|продавец|арендодатель|подрядчик|лицензиар|supplier|seller)\)?[ :]*)+", re.I
)
_AFTER_NAME = re.compile(r"[,;]? *\b(?:ИНН|КПП|ОГРН|ОГРНИП|INN|адрес|тел)\b|, *[0-9]{6}\b", re.I)
_ORGANISATION = re.compile(
    r"(?:ООО|ОАО|ПАО|НАО|ЗАО|АО|LLC|Общество с ограниченной ответственностью) ?[«\"“„][^»\"”\n]{1,80}[»\"”]"
    r"|(?:ИП|Индивидуальный предприниматель) [А-ЯЁ][а-яё-]+ [А-ЯЁ][а-яё.]+ ?[А-ЯЁ]?[а-яё.]*"
)
_PURPOSE = re.compile(r"^назначение(?: платежа)? ?:? ?(.{3,300})", re.I)


def _names(paper: _Paper, qr: PaymentQr | None) -> dict[str, str]:
    """Give the payee's name (supplier's line, bank block, code, in this order) and the purpose of payment."""
    named = _LABELS.sub("", " ".join(paper.supplier))
    supplier = _AFTER_NAME.split(named, maxsplit=1)[0].strip(" ,;:")
    block = next((match[0] for line in paper.payee if (match := _ORGANISATION.search(line))), "")
    purpose = next((match[1] for line in paper.payee if (match := _PURPOSE.match(line))), "")
    names = {
        "counterparty": supplier if 2 < len(supplier) <= 160 else block or (qr.name if qr else ""),
        "purpose": purpose or (qr.purpose if qr else ""),
    }
    return {name: value for name, value in names.items() if value}


def _rows(paper: _Paper) -> int:
    match = re.search(r"\bвсего наименований ([0-9]{1,4})\b", fold(paper.whole))
    return int(match[1]) if match else 1
