"""The columns of the registers as data, and how each is read from a case.

Owns: the heads of the columns in both languages and what stands under them, typed: an amount is an
amount and a day is a day. Refuses to know: which cases a register lists, and sheets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mailflow.core.answers import Answer
from mailflow.core.case import (
    CLARIFY,
    EXPLAIN,
    REWORK,
    Ask,
    Assignment,
    Case,
    CaseState,
    Decision,
    Standing,
    material_hash,
)
from mailflow.core.dates import format_date
from mailflow.core.hands import signature
from mailflow.core.office import Office
from mailflow.core.rules import Process
from mailflow.core.views import Language

Cell = str | Decimal | date | int
"""A text, an amount or a day; '' where there is nothing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One case as its register has it."""

    case: Case
    process: Process
    office: Office
    language: Language
    number: str
    day: date


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `read`: the name of a field of the card, or a function of the entry."""

    ru: str
    en: str
    width: int
    read: str | Callable[[Entry], Cell]

    def cell(self, entry: Entry) -> Cell:
        """Give what stands in this column for that entry."""
        return _typed(entry, self.read) if isinstance(self.read, str) else self.read(entry)


_AMOUNT = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,2})?")
_YES_NO: Mapping[Language, tuple[str, str]] = {"ru": ("нет", "да"), "en": ("no", "yes")}


def _typed(entry: Entry, name: str) -> Cell:
    """Give a field as its type says; what does not fit its type stays as it is written."""
    value = entry.case.fields.get(name, "")
    if isinstance(value, bool):
        return _YES_NO[entry.language][value]
    if isinstance(value, tuple):
        return ", ".join(entry.office.short(one) for one in value)
    rule = entry.process.fields.get(name)
    kind = rule.type if rule is not None else "text"
    if kind == "money" and _AMOUNT.fullmatch(value):
        return Decimal(value)
    return (day_of(value) or value) if kind == "date" else value


def text_of(case: Case, name: str) -> str:
    value = case.fields.get(name, "")
    return value if isinstance(value, str) else ""


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(entry: Entry) -> Cell:
    return entry.number


def _entered_on(entry: Entry) -> Cell:
    return entry.day


def _initiator(entry: Entry) -> Cell:
    return entry.office.short(entry.case.initiator)


def _currency(entry: Entry) -> Cell:
    return text_of(entry.case, "currency") or ("RUB" if text_of(entry.case, "amount") else "")


_STATES: Mapping[CaseState, tuple[str, str]] = {
    CaseState.DONE: ("завершена", "closed"),
    CaseState.REJECTED: ("отклонена", "rejected"),
    CaseState.WITHDRAWN: ("отозвана (номер аннулирован)", "withdrawn (number cancelled)"),
}
_OWN_STAGES: Mapping[str, tuple[str, str]] = {
    CLARIFY: ("уточнение", "clarification"),
    REWORK: ("на доработке", "in rework"),
    EXPLAIN: ("ответ на вопрос", "answer to a question"),
}


def _status(entry: Entry) -> Cell:
    return state_words(entry.case, entry.office, entry.language)


def state_words(case: Case, office: Office, language: Language) -> str:
    """Say how the case was closed, or at which stage it stands."""
    russian = language == "ru"
    if case.state is not CaseState.OPEN:
        return _STATES[case.state][0 if russian else 1]
    stage = office.stage_of(case, case.stage)
    title = stage.rule.title.in_(language) if stage is not None else ""
    return title or own_stage_words(case.stage, language)


def own_stage_words(stage: str, language: Language) -> str:
    """Say what a stage is that stands in no rules."""
    return _OWN_STAGES.get(stage, ("в работе", "under way"))[0 if language == "ru" else 1]


def _decided(case: Case, *asks: Ask) -> list[Decision]:
    """The decisions that stand, in the order they were asked for."""
    tasks = [a for a in case.assignments if a.ask in asks and a.standing is Standing.DECIDED]
    return [a.decision for a in tasks if a.decision is not None]


_AGREED = frozenset({Answer.APPROVE, Answer.APPROVE_WITH_REMARKS})


def _agreed(entry: Entry) -> Cell:
    """Who has agreed and when, as far as it still holds."""
    case = entry.case
    now = material_hash(case.fields, case.files, entry.office.process_of(case).material)
    holds = [d for d in _decided(case, Ask.APPROVAL) if d.answer in _AGREED and d.material == now]
    return ", ".join(f"{signature(d, entry.office)} {entry.office.shown_day(d.at, entry.language)}" for d in holds)


def _closing_papers(entry: Entry) -> Cell:
    """The day the closing papers were handed in; for a paid case that still owes them, that they are awaited."""
    task = next((a for a in reversed(entry.case.assignments) if a.ask is Ask.EXECUTION), None)
    if task is None or not text_of(entry.case, "payment_number"):
        return ""
    if task.decision is not None and task.decision.answer is Answer.DONE:
        return task.decision.at.astimezone(entry.office.hours.zone).date()
    awaited = "ждём" if entry.language == "ru" else "awaited"
    return awaited if task.open else ""


def _their_paper(entry: Entry) -> Cell:
    """«01-12/4567 от 09.11.2026»"""
    number, day = text_of(entry.case, "their_number"), day_of(text_of(entry.case, "their_date"))
    between = " от " if entry.language == "ru" else " of "
    return between.join(part for part in (number, format_date(day, entry.language) if day else "") if part)


def _resolution(entry: Entry) -> Cell:
    """Who wrote the resolution, and what it says."""
    given = _decided(entry.case, Ask.RESOLUTION)
    said = text_of(entry.case, "resolution") or (given[-1].comment if given else "")
    by = signature(given[-1], entry.office) if given else ""
    return ": ".join(part for part in (by, said) if part)


def _executors(entry: Entry) -> Cell:
    named = _typed(entry, "executors")
    tasks: Iterable[Assignment] = (a for a in entry.case.assignments if a.ask is Ask.EXECUTION)
    return named or ", ".join(dict.fromkeys(entry.office.short(a.principal) for a in tasks))


def _executed(entry: Entry) -> Cell:
    """The numbers of the answers sent and the day the letter was dealt with."""
    closed = entry.case.closed_at
    done = (
        entry.office.shown_day(closed, entry.language)
        if closed is not None and entry.case.state is CaseState.DONE
        else ""
    )
    return ", ".join(part for part in (*entry.case.linked, done) if part)


def _file_index(entry: Entry) -> Cell:
    """The file a letter goes to; a number such as 01-14/205 begins with it."""
    index, _, seq = entry.number.rpartition("/")
    return text_of(entry.case, "file_index") or (index if seq else "")


def _sent_by(entry: Entry) -> Cell:
    """How it was sent, as whoever sent it reported: «Отправлено, РПО …»."""
    done = _decided(entry.case, Ask.EXECUTION)
    return text_of(entry.case, "delivery") or (done[-1].comment if done else "")


def _signed_by(entry: Entry) -> Cell:
    yes = [d for d in _decided(entry.case, Ask.APPROVAL) if d.answer in _AGREED]
    return signature(yes[-1], entry.office) if yes else ""


def _addressee(entry: Entry) -> Cell:
    return text_of(entry.case, "addressee") or text_of(entry.case, "organisation")


def _heading(entry: Entry) -> Cell:
    return text_of(entry.case, "subject_matter") or entry.case.subject


def _note(entry: Entry) -> Cell:
    """The remark of the card, and what became of a case that was not carried through."""
    state = _STATES[entry.case.state] if entry.case.state in (CaseState.WITHDRAWN, CaseState.REJECTED) else ("", "")
    became = state[0 if entry.language == "ru" else 1]
    return "; ".join(part for part in (became, text_of(entry.case, "comment")) if part)


# The columns more than one register has.
_DATE = Column("Дата", "Date", 11, _entered_on)
_INITIATOR = Column("Инициатор", "Initiator", 18, _initiator)
_STATUS = Column("Статус", "Status", 24, _status)
_AGREED_BY = Column("Согласовали", "Agreed by", 40, _agreed)
_NOTE = Column("Примечание", "Note", 24, _note)
_CURRENCY = Column("Валюта", "Currency", 9, _currency)
_SIGNED_BY = Column("Подписал", "Signed by", 18, _signed_by)

PAYMENTS = (
    Column("№ заявки", "Request No.", 15, _number),
    _DATE,
    _INITIATOR,
    Column("Подрядчик", "Payee", 28, "counterparty"),
    Column("ИНН", "INN", 14, "inn"),
    Column("За что", "For", 30, "subject_matter"),
    Column("Статья ДДС", "Cash flow item", 16, "cash_flow_item"),
    Column("В бюджете", "In the budget", 11, "in_budget"),
    Column("Сумма", "Amount", 16, "amount"),
    _CURRENCY,
    Column("НДС", "VAT", 14, "vat"),
    Column("Оплатить до", "Pay by", 12, "pay_by"),
    Column("Срочно", "Urgent", 9, "urgent"),
    _STATUS,
    _AGREED_BY,
    Column("Дата оплаты", "Paid on", 12, "payment_date"),
    Column("№ п/п", "Payment order", 12, "payment_number"),
    Column("Закрывающие документы", "Closing papers", 16, _closing_papers),
)
INCOMING = (
    Column("Вх. №", "No.", 15, _number),
    Column("Дата поступления", "Received", 12, _entered_on),
    Column("Корреспондент", "From", 28, "correspondent"),
    Column("№ и дата документа", "Their No. and date", 24, _their_paper),
    Column("Краткое содержание", "About", 40, _heading),
    Column("Способ доставки", "Delivered by", 14, "delivery"),
    Column("Листов / прил.", "Sheets", 10, "sheets"),
    Column("Кому передан / резолюция", "Resolution", 40, _resolution),
    Column("Исполнитель", "Executor", 22, _executors),
    Column("Срок", "Due", 11, "due"),
    Column("Отметка об исполнении", "Carried out", 24, _executed),
    Column("Дело №", "File", 10, _file_index),
    _NOTE,
)
OUTGOING = (
    Column("Исх. №", "No.", 15, _number),
    _DATE,
    Column("Адресат", "Addressee", 36, _addressee),
    Column("Заголовок", "About", 40, _heading),
    _SIGNED_BY,
    Column("Исполнитель", "Executor", 18, _initiator),
    Column("Листов / прил.", "Enclosures", 18, "enclosures"),
    Column("Способ отправки, РПО", "Sent by", 24, _sent_by),
    Column("Ответ на вх. №", "Answers No.", 15, "answers"),
    Column("Дело №", "File", 10, _file_index),
    _NOTE,
)


def _files(entry: Entry) -> Cell:
    """The file as it stands: of a contract the scan, once there is one."""
    return ", ".join(file.name for file in entry.case.current_files[-1:])


def _read_by(entry: Entry) -> Cell:
    """How many have read it, of how many: «3 из 5»."""
    asked = [a for a in entry.case.assignments if a.ask is Ask.ACKNOWLEDGEMENT]
    read = sum(a.decision is not None for a in asked)
    between = "из" if entry.language == "ru" else "of"
    return f"{read} {between} {len(asked)}" if asked else ""


CONTRACTS = (
    Column("№", "No.", 15, _number),
    _DATE,
    Column("Контрагент", "Counterparty", 30, "counterparty"),
    Column("ИНН", "INN", 14, "inn"),
    Column("Предмет", "Subject", 36, _heading),
    Column("Сумма", "Amount", 16, "amount"),
    _CURRENCY,
    Column("Срок", "Term", 12, "due"),
    Column("Куратор", "Curator", 18, _initiator),
    Column("Стадия", "Stage", 24, _status),
    _AGREED_BY,
    Column("Оригинал (место)", "Original kept at", 20, "archive_place"),
    Column("Файл", "File", 30, _files),
    _NOTE,
)
ORDERS = (
    Column("№", "No.", 12, _number),
    _DATE,
    Column("Заголовок", "About", 44, _heading),
    _SIGNED_BY,
    Column("Исполнители", "Executors", 30, "recipients"),
    Column("Контроль", "Control", 18, "controller"),
    Column("Ознакомлены", "Read by", 14, _read_by),
    Column("Дело", "File", 12, _file_index),
    _NOTE,
)
ATTORNEY = (
    Column("№", "No.", 12, _number),
    Column("Дата выдачи", "Issued", 11, _entered_on),
    Column("Срок", "Valid until", 12, "valid_until"),
    Column("Кому", "For whom", 36, "person"),
    Column("Для чего", "Powers", 44, "powers"),
    _SIGNED_BY,
    Column("Получил (роспись)", "Received (signature)", 20, lambda entry: ""),
    Column("Отозвана / возвращена", "Revoked / returned", 20, lambda entry: ""),
    _NOTE,
)

_OWN_COLUMNS = frozenset({"currency", "comment", "reg_number", "reg_date"})
"""Fields that stand in columns every register has, or beside a sum."""
_WIDTHS: Mapping[str, int] = {"money": 16, "date": 12, "bool": 10, "inn": 14, "kpp": 12, "bic": 12, "account": 24}
_WIDE = 30


def columns_of(process: Process) -> tuple[Column, ...]:
    """Give the columns of a process's own register: what its card shows, between number and state."""
    shown = [(name, rule) for name, rule in process.fields.items() if rule.card and name not in _OWN_COLUMNS]
    fields = (Column(rule.label.ru, rule.label.en, _WIDTHS.get(rule.type, _WIDE), name) for name, rule in shown)
    return (
        Column("№", "No.", 15, _number),
        _DATE,
        _INITIATOR,
        *fields,
        _STATUS,
        _AGREED_BY,
        _NOTE,
    )
