"""Registers: which cases stand in which, under which day and number, and who may see them.

Owns: the journals an office keeps (payments, contracts, letters, orders, powers of attorney), one more for each other
process, and `register_rows`, from cases to one plain table.
Refuses to know: databases, sheets, what a column says (`register_columns`).

A case is entered under the day and the number it was registered with: at receipt, or at signing where
a stage of its process takes a registration number; a draft stands in no register. A number taken is
never given up: a withdrawn case keeps its line and is marked as cancelled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from mailflow.core.case import Case
from mailflow.core.office import Office
from mailflow.core.register_columns import (
    ATTORNEY,
    CONTRACTS,
    INCOMING,
    ORDERS,
    OUTGOING,
    PAYMENTS,
    Cell,
    Column,
    Entry,
    columns_of,
    day_of,
    text_of,
)
from mailflow.core.rules import Process
from mailflow.core.signs import fold
from mailflow.core.stages import Numbering
from mailflow.core.views import Language

SEES_ALL = ("secretary", "director", "accountant", "finance_director")
"""The roles whose holders are shown every line of a register."""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its title, the heads of its columns, its rows, and the columns' widths in characters."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of register: what it is called, whose cases it lists, which words ask for it, its columns."""

    name: str
    ru: str
    en: str
    processes: tuple[str, ...]
    asked: str
    """The words that name it, as a pattern over folded text."""
    columns: tuple[Column, ...]

    def title(self, language: Language) -> str:
        """Give the register's name."""
        return self.ru if language == "ru" else self.en


def forms(office: Office) -> tuple[Form, ...]:
    """Give the registers of the office: the journals every office keeps, then one for each other process.

    A journal that lists one process only is called as that process's rules say.
    """
    common = [_present(form, office) for form in FORMS]
    listed = {name for form in FORMS for name in form.processes}
    own = [_own_form(process) for name, process in office.rules.items() if name not in listed]
    return (*(form for form in common if form.processes), *own)


def _present(form: Form, office: Office) -> Form:
    there = tuple(name for name in form.processes if name in office.rules)
    title = office.rules[there[0]].register.title if len(there) == 1 else None
    called = replace(form, ru=title.ru, en=title.en) if title is not None else form
    return replace(called, processes=there)


def _own_form(process: Process) -> Form:
    title = process.register.title or process.title
    asked = "|".join(dict.fromkeys(_stem(word) for said in (title, process.title) for word in _words(said.ru, said.en)))
    return Form(process.name, title.ru, title.en, (process.name,), asked, columns_of(process))


_WORD = re.compile(r"\w{3,}")
_NO_NAMES = frozenset({"реестр", "журнал", "register", "journal", "the"})
_ENDING = 2
"""Letters of a Russian word that its case may change."""


def _words(*said: str) -> list[str]:
    return [word for text in said for word in _WORD.findall(fold(text)) if word not in _NO_NAMES]


def _stem(word: str) -> str:
    return rf"{re.escape(word[:-_ENDING] if len(word) > 4 else word)}\w*"


def register_rows(
    cases: Iterable[Case], form: Form, office: Office, language: Language, first: date, last: date
) -> Table:
    """Give the register for the days from `first` to `last` (inclusive, office time), in the order of registration.

    Cases of processes that do not stand in it are left out.
    """
    entries = (
        entered(case, office.process_of(case), office, language) for case in cases if case.process in form.processes
    )
    wanted = [entry for entry in entries if entry is not None and first <= entry.day <= last]
    rows = tuple(_row(entry, form.columns) for entry in sorted(wanted, key=_order))
    head = tuple(column.ru if language == "ru" else column.en for column in form.columns)
    return Table(form.title(language), head, rows, tuple(column.width for column in form.columns))


def entered(case: Case, process: Process, office: Office, language: Language) -> Entry | None:
    """Give the case as the register has it; None for a draft that has no registration number yet."""
    numbering = _numbering(process)
    if numbering is None:
        day = case.opened_at.astimezone(office.hours.zone).date()
        return Entry(case, process, office, language, case.number, day)
    number, signed = text_of(case, numbering.field), day_of(text_of(case, numbering.date_field))
    return Entry(case, process, office, language, number, signed) if number and signed is not None else None


def concerns(case: Case, person: str) -> bool:
    """Say whether the case is the person's own: he began it, was asked about it, or decided for somebody."""
    decided = {a.decision.by for a in case.assignments if a.decision is not None}
    return person == case.initiator or person in decided or any(a.principal == person for a in case.assignments)


def sees_all(person: str, office: Office, now: datetime) -> bool:
    """Say whether the person may see every line: by a role of his own, or standing in for its holder today."""
    holders = {holder for role in SEES_ALL for holder in office.directory.holders(role)}
    return person in holders or person in {office.acting(holder, now) for holder in holders}


def _numbering(process: Process) -> Numbering | None:
    return next((stage.rule.number for stage in process.stages if stage.rule.number is not None), None)


def _order(entry: Entry) -> tuple[date, list[int], str]:
    """By day, then by the digits of the number: 01-14/9 stands before 01-14/10."""
    return entry.day, [int(digits) for digits in re.findall(r"[0-9]{1,18}", entry.number)], entry.number


def _row(entry: Entry, columns: Sequence[Column]) -> tuple[Cell, ...]:
    return tuple(column.cell(entry) for column in columns)


FORMS: tuple[Form, ...] = (
    Form("incoming", "Журнал входящих", "Incoming letters", ("incoming",), r"входящ\w*|вх|incoming", INCOMING),
    Form("outgoing", "Журнал исходящих", "Outgoing letters", ("outgoing",), r"исходящ\w*|исх|outgoing", OUTGOING),
    Form(
        "payments",
        "Реестр платежей",
        "Register of payments",
        ("invoice", "payment"),
        r"счет\w{0,3}|платеж\w{0,3}|оплат\w{0,3}|invoices?|payments?",
        PAYMENTS,
    ),
    Form("contracts", "Реестр договоров", "Contracts", ("contract",), r"договор\w{0,3}|contracts?", CONTRACTS),
    Form("orders", "Журнал приказов", "Orders", ("order",), r"приказ\w{0,3}|orders?", ORDERS),
    Form(
        "powers_of_attorney",
        "Журнал доверенностей",
        "Powers of attorney",
        ("power_of_attorney",),
        r"доверенност\w{0,3}|powers? of attorney",
        ATTORNEY,
    ),
)
