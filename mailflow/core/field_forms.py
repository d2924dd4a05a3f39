"""What a field of a request is: its name, its type, the words for it, and one reader per type.

Owns: the default words for every field name, a text -> a value in its canonical form. Refuses to know:
where in a letter the text stands (see `fields` for lines, `field_phrases` for free words), whether requisites
are true (`requisites`).

Canonical values: amounts `120000.50`, dates ISO, booleans as such, lists of people as tuples, all else text.
What may go wrong: a text that does not surely read as its type gives None and must be asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mailflow.core.conditions import Condition
from mailflow.core.dates import read_date
from mailflow.core.mailboxes_named import read_outside
from mailflow.core.money import Money, fold, parse_money, stated_currency, write_amount
from mailflow.core.reference_lists import Pairs, bare, index_of, nearest
from mailflow.core.said_lists import goal_of, goals_in, points_in, weights_agree
from mailflow.core.term import read_term

FieldType = Literal[
    "text",
    "money",
    "date",
    "bool",
    "inn",
    "kpp",
    "bic",
    "account",
    "choice",
    "people",
    "term",
    "goals",
    "points",
    "mailboxes",
]
Value = str | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldForm:
    """One field a process asks for. `synonyms` come beside the default ones; `choices` are what a choice allows.

    `most`: how many a list may name (None: any number). `sources`: where it may be read from, beside form lines
    and phrases («body»): «paper», «subject», «text», «original», «to». `needed`: always, never, or while that holds.
    """

    name: str
    type: FieldType = "text"
    synonyms: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    most: int | None = None
    sources: tuple[str, ...] = ("body", "paper")
    needed: bool | Condition = False
    also: Pairs = ()
    """Further words for a choice: (word, value)."""

    @property
    def words(self) -> tuple[str, ...]:
        """Give every way to name the field, the process's own first."""
        return (*self.synonyms, *DEFAULT_SYNONYMS.get(self.name, ()), self.name.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Claim:
    """A field is stated; `value` None: stated, but not surely readable."""

    name: str
    value: Value | None


DEFAULT_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "amount": (
        "сумма", "сумма к оплате", "к оплате", "итого", "итого к оплате", "всего к оплате", "сумма счета",
        "сумма платежа", "сумма договора", "стоимость", "цена договора", "смета", "amount", "sum", "total",
        "amount due", "total due", "invoice amount", "price", "cost",
    ),
    "currency": ("валюта", "тип валюты", "валюта платежа", "currency"),
    "pay_by": (
        "оплатить до", "дата оплаты", "срок оплаты", "срок", "оплата до", "крайний срок", "оплатить не позднее",
        "pay by", "pay before", "payment date", "due date", "due", "deadline",
    ),
    "cash_flow_item": (
        "статья", "статья ддс", "ддс", "статья движения денежных средств", "статья расходов", "статья затрат",
        "статья бюджета", "cash flow item", "cash flow", "budget item", "expense item", "cost item",
    ),
    "in_budget": ("бюджет", "в бюджете", "в рамках бюджета", "in budget", "budget", "budgeted", "within budget"),
    "urgent": ("срочно", "срочная оплата", "срочный платеж", "срочность", "urgent", "urgency"),
    "counterparty": (
        "контрагент", "подрядчик", "поставщик", "получатель", "получатель платежа", "кому платим", "продавец",
        "арендодатель", "counterparty", "supplier", "vendor", "contractor", "payee", "seller", "beneficiary",
    ),
    "inn": ("инн", "инн контрагента", "инн поставщика", "инн получателя", "inn", "tin", "tax id"),
    "kpp": ("кпп", "кпп контрагента", "кпп получателя", "kpp"),
    "bic": ("бик", "бик банка", "bic", "bik"),
    "account": (
        "р/с", "р/сч", "р/счет", "рс", "расчетный счет", "расч счет", "счет получателя", "номер счета получателя",
        "current account", "bank account", "account", "account number", "account no",
    ),
    "corr_account": (
        "к/с", "к/сч", "к/счет", "корр счет", "кор счет", "корсчет", "корреспондентский счет",
        "corr account", "correspondent account",
    ),
    "purpose": ("назначение", "назначение платежа", "purpose", "purpose of payment", "payment purpose"),
    "invoice_number": (
        "номер счета", "№ счета", "счет", "счет №", "счет номер", "счет на оплату", "счет на оплату №",
        "invoice", "invoice number", "invoice no", "invoice #", "invoice №",
    ),
    "invoice_date": ("дата счета", "счет от", "invoice date", "date of invoice"),
    "vat": ("ндс", "сумма ндс", "в т ч ндс", "в тч ндс", "в том числе ндс", "vat", "vat amount"),
    "subject_matter": (
        "за что", "за что платим", "предмет", "предмет договора", "о чем", "тема", "краткое содержание",
        "краткое описание", "содержание", "суть", "subject matter", "subject", "about", "what for",
    ),
    "object": ("объект", "объект строительства", "object", "site"),
    "addressee": ("адресат", "кому", "addressee", "to"),
    "correspondent": ("корреспондент", "отправитель", "от кого", "correspondent", "sender", "from"),
    "their_number": (
        "их №", "их номер", "исх №", "исх", "исх номер", "исходящий номер", "исходящий №", "номер письма",
        "№ письма", "their number", "their no", "their ref", "letter number",
    ),
    "their_date": ("их дата", "дата письма", "дата исх", "исх дата", "their date", "letter date"),
    "approvers": ("согласующие", "согласующий", "кто согласует", "согласовать с", "approvers", "approver"),
    "recipients": (
        "кого", "кого ознакомить", "ознакомить", "получатели", "список рассылки", "recipients", "whom", "readers",
    ),
    "executors": (
        "исполнитель", "исполнители", "ответственный", "ответственные", "ответственный за исполнение", "поручить",
        "кому поручить", "executor", "executors", "responsible", "assignee", "assignees",
    ),
    "due": (
        "срок", "срок исполнения", "срок выполнения", "контрольный срок", "крайний срок", "выполнить до", "до",
        "deadline", "due", "due date", "by",
    ),
    "period": ("период", "за период", "отчетный период", "period"),
    "comment": ("комментарий", "комментарии", "примечание", "comment", "comments", "note"),
    "body": ("текст", "текст письма", "text", "body", "letter text"),
}  # fmt: skip
"""Field name -> the words a letter may name it by; case, ё, dots and repeated spaces do not matter."""

YES = frozenset(("да", "yes", "true", "+", "y", "есть", "нужно", "нужен", "нужна", "✓", "✔", "☑", "x", "х"))
NO = frozenset(("нет", "no", "false", "-", "–", "—", "n", "не", "не нужно", "не нужен", "не нужна", "☐"))
OWN_WORDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "in_budget": (
        frozenset(("в бюджете", "предусмотрено", "заложено", "in budget", "within budget", "budgeted")),
        frozenset((
            "не в бюджете", "вне бюджета", "сверх бюджета", "не предусмотрено", "не заложено", "нет в бюджете",
            "not in budget", "out of budget", "off budget", "unbudgeted", "not budgeted",
        )),
    ),
    "urgent": (
        frozenset(("срочно", "очень срочно", "срочная", "срочный", "urgent", "very urgent", "asap")),
        frozenset(("не срочно", "несрочно", "обычная", "обычный", "not urgent", "normal")),
    ),
}  # fmt: skip
"""Yes and no in the words of one field."""

LONGEST_VALUE = 20_000

_DIGITS = {"inn": r"[0-9]{10}|[0-9]{12}", "bic": r"[0-9]{9}", "kpp": r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}",
           "account": r"[0-9]{5}[0-9A-ZА-Я][0-9]{14}"}  # fmt: skip


def read_value(text: str, form: FieldForm, written_on: date) -> Value | None:
    """Read a text as a value of the field; None when it is not surely one."""
    if not text.strip() or len(text) > LONGEST_VALUE:
        return None
    if form.name == "currency":
        return stated_currency(text)
    return _READERS[form.type](text.strip(), form, written_on)


def choices_in(texts: Iterable[str], form: FieldForm) -> frozenset[str]:
    """Give the allowed values the texts name, without regard to case, ё, quotes and a closing dot."""
    index = index_of(form.choices, form.also)
    return frozenset(index[word] for word in map(bare, texts) if word in index)


def near_to(text: str, form: FieldForm) -> tuple[str, ...]:
    """Give the values of a choice that a text may have meant; () for any other field."""
    return nearest(text, form.choices, form.also) if form.type == "choice" else ()


def _text(text: str, form: FieldForm, written_on: date) -> Value | None:
    return " ".join(text.split())


def _money(text: str, form: FieldForm, written_on: date) -> Value | None:
    if form.name == "vat" and re.fullmatch(r"без (?:ндс|налога).{0,40}|не облагается.{0,40}|no vat", fold(text)):
        return "0.00"
    money = parse_money(text)
    return write_amount(money.amount) if isinstance(money, Money) else None


def _date(text: str, form: FieldForm, written_on: date) -> Value | None:
    day = read_date(text, written_on)
    return day.isoformat() if day else None


def _bool(text: str, form: FieldForm, written_on: date) -> Value | None:
    word = fold(text).strip(" .!,;[]()")
    yes, no = OWN_WORDS.get(form.name, (frozenset(), frozenset()))
    return True if word in YES | yes else False if word in NO | no else None


def _digits(text: str, form: FieldForm, written_on: date) -> Value | None:
    """Read by form only: a mistyped requisite is still what the letter states, and is told so by its check."""
    packed = re.sub(r"[\s.]", "", text).upper()
    kind = "account" if form.type == "account" else form.type
    return packed if re.fullmatch(_DIGITS[kind], packed) else None


def _choice(text: str, form: FieldForm, written_on: date) -> Value | None:
    return index_of(form.choices, form.also).get(bare(text))


_LISTED = re.compile(r"^\s*(?:(?:[-–—•*]|[0-9]{1,2}[.)])\s*|(?:потом|затем|далее|сначала|а также|then|first) )*", re.I)


def _people(text: str, form: FieldForm, written_on: date) -> Value | None:
    pieces = re.split(r"[,;\n]|\s+(?:и|and)\s+(?=[A-ZА-ЯЁ])", text)
    people = (" ".join(_LISTED.sub("", piece).split()) for piece in pieces)
    return tuple(dict.fromkeys(person for person in people if person)) or None


def _term(text: str, form: FieldForm, written_on: date) -> Value | None:
    return read_term(text, written_on)


def _goals(text: str, form: FieldForm, written_on: date) -> Value | None:
    return tuple(map(str, goals_in(text))) or None


def _points(text: str, form: FieldForm, written_on: date) -> Value | None:
    return tuple(map(str, points_in(text, written_on))) or None


def _mailboxes(text: str, form: FieldForm, written_on: date) -> Value | None:
    return read_outside(text)


def agrees(value: Value, form: FieldForm) -> bool:
    """Say whether a value that was read is one the field allows: weights of goals make 100 %."""
    return form.type != "goals" or not isinstance(value, tuple) or weights_agree(tuple(map(goal_of, value)))


_READERS: Mapping[FieldType, Callable[[str, FieldForm, date], Value | None]] = {
    "text": _text,
    "money": _money,
    "date": _date,
    "bool": _bool,
    "inn": _digits,
    "kpp": _digits,
    "bic": _digits,
    "account": _digits,
    "choice": _choice,
    "people": _people,
    "term": _term,
    "goals": _goals,
    "points": _points,
    "mailboxes": _mailboxes,
}
