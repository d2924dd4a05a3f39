"""Registers: which cases stand in which, under which day and number, and who may see them.

Owns: the journals an office keeps (payments, incoming, outgoing letters) and `register_rows`, from
cases to one plain table. Refuses to know: databases, sheets, what a column says (`register_columns`).

A case is entered under the day and the number it was registered with: at receipt, or at signing where
a stage of its process takes a registration number; a draft stands in no register. A number taken is
never given up: a withdrawn case keeps its line and is marked as cancelled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mailflow.core.case import Case
from mailflow.core.office import Office
from mailflow.core.register_columns import INCOMING, OUTGOING, PAYMENTS, Cell, Column, Entry, day_of, text_of
from mailflow.core.rules import Process
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


def form_of(process: str) -> Form | None:
    """Give the register the cases of a process stand in, or None."""
    return next((form for form in FORMS if process in form.processes), None)


def kept(office: Office) -> tuple[Process, ...]:
    """Give the processes of the office that have a register, in the order of the registers."""
    return tuple(office.rules[name] for form in FORMS for name in form.processes if name in office.rules)


def register_title(process: Process, language: Language) -> str:
    """Give the register's name: as the rules say, else the common one."""
    if process.register.title is not None:
        return process.register.title.in_(language)
    form = form_of(process.name)
    if form is None:
        return process.title.in_(language)
    return form.ru if language == "ru" else form.en


def register_rows(
    cases: Iterable[Case], process: Process, office: Office, language: Language, first: date, last: date
) -> Table:
    """Give the register of the process for the days from `first` to `last` (inclusive, office time).

    Rows stand in the order of registration. ValueError for a process that has no register.
    """
    form = form_of(process.name)
    if form is None:
        raise ValueError(f"process `{process.name}` has no register: ask for one of `kept`")
    entries = (entered(case, process, office, language) for case in cases)
    wanted = [entry for entry in entries if entry is not None and first <= entry.day <= last]
    rows = tuple(_row(entry, form.columns) for entry in sorted(wanted, key=_order))
    head = tuple(column.ru if language == "ru" else column.en for column in form.columns)
    return Table(register_title(process, language), head, rows, tuple(column.width for column in form.columns))


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
)
