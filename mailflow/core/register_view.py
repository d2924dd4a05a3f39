"""A register as a page and as a file: the same rows under the same heads.

Owns: cells as text, rows that lead to their cases, totals in words, the CSV form. Refuses to know: which cases are
in it (`case_query`), HTML, sheets.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from mailflow.core.case import Case
from mailflow.core.case_query import STATES, Filters, Total, Totals, place_of
from mailflow.core.dates import format_date
from mailflow.core.money import Money, format_money
from mailflow.core.office import Office
from mailflow.core.register_columns import Cell
from mailflow.core.registers import Form, Table, entered
from mailflow.core.views import Language

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One case: its id, and what stands in each column."""

    case: str
    cells: tuple[Cell, ...]
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class RegisterView:
    """A page of a register with its filters and its totals over all pages."""

    name: str
    title: str
    head: tuple[str, ...]
    numeric: tuple[bool, ...]
    """Which columns hold sums and stand to the right."""
    rows: tuple[Row, ...]
    count: int
    counted_all: bool
    """False: only the newest of a long list are counted and added up."""
    totals: tuple[str, ...]
    next: str
    """Where the next page begins; '' on the last."""
    filters: Filters
    wrong: tuple[str, ...]
    states: tuple[Choice, ...]
    people: tuple[Choice, ...]
    departments: tuple[Choice, ...]


def rows_of(cases: Iterable[Case], form: Form, office: Office, language: Language) -> tuple[Row, ...]:
    """Give the rows of these cases in their order; a draft that has no registration number yet has none."""
    rows = []
    for case in cases:
        entry = entered(case, office.process_of(case), office, language)
        if entry is not None:
            cells = tuple(column.cell(entry) for column in form.columns)
            rows.append(Row(case.id, cells, tuple(cell_text(cell, language) for cell in cells)))
    return tuple(rows)


def register_view(
    cases: Sequence[Case],
    form: Form,
    totals: Totals,
    filters: Filters,
    wrong: tuple[str, ...],
    office: Office,
    language: Language,
    onward: tuple[datetime, str] | None,
) -> RegisterView:
    """Give the page; `cases` are those of the page, `onward` is where the next one begins."""
    rows = rows_of(cases, form, office, language)
    places = range(len(form.columns))
    return RegisterView(
        name=form.name,
        title=form.title(language),
        head=tuple(column.ru if language == "ru" else column.en for column in form.columns),
        numeric=tuple(any(isinstance(row.cells[n], Decimal) for row in rows) for n in places),
        rows=rows,
        count=sum(total.count for total in totals.by_currency),
        counted_all=totals.all,
        totals=tuple(_total(total, language) for total in totals.by_currency if total.currency),
        next=place_of(*onward) if onward is not None else "",
        filters=filters,
        wrong=wrong,
        states=tuple(Choice(s, _STATE[s][0 if language == "ru" else 1], s == filters.state) for s in STATES),
        people=tuple(Choice(p, office.short(p), p == filters.person) for p in _by_name(office)),
        departments=tuple(
            Choice(name, one.title, name == filters.department) for name, one in office.directory.departments.items()
        ),
    )


def table_of(rows: Sequence[Row], form: Form, language: Language) -> Table:
    """Give the same rows as a sheet."""
    head = tuple(column.ru if language == "ru" else column.en for column in form.columns)
    widths = tuple(column.width for column in form.columns)
    return Table(form.title(language), head, tuple(row.cells for row in rows), widths)


def csv_of(table: Table) -> bytes:
    """Give the table as CSV that a spreadsheet opens by itself: UTF-8 with its mark, semicolons, no formulas."""
    return csv_of_all((table,), titled=False)


def csv_of_all(tables: Sequence[Table], titled: bool = True) -> bytes:
    """Give several tables one below the other, each under its title."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for table in tables:
        if titled:
            writer.writerow([_safe(table.title)])
        writer.writerow([_safe(head) for head in table.head])
        writer.writerows([_plain(cell) for cell in row] for row in table.rows)
        if titled:
            writer.writerow([])
    return out.getvalue().encode("utf-8-sig", "replace")


def cell_text(cell: Cell, language: Language) -> str:
    """Give a cell as it is read: «120 000,50», «18.11.2026»."""
    if isinstance(cell, Decimal):
        said = f"{cell:,.2f}"
        return said.replace(",", "\u00a0").replace(".", ",") if language == "ru" else said
    return format_date(cell, language) if isinstance(cell, date) else str(cell)


def _plain(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    return cell.isoformat() if isinstance(cell, date) else _safe(str(cell))


def _safe(text: str) -> str:
    """Take the power of a formula from a text (OWASP, CSV injection)."""
    one_line = " ".join(text.replace("\x00", "").splitlines())
    return f"'{one_line}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else one_line


def _total(total: Total, language: Language) -> str:
    try:
        return format_money(Money(Decimal(total.minor) / 100, total.currency), language)
    except ValueError:
        return f"{cell_text(Decimal(total.minor) / 100, language)} {total.currency}"


def _by_name(office: Office) -> list[str]:
    return sorted(office.directory.people, key=lambda person: office.short(person))


_STATE = {
    "open": ("в работе", "under way"),
    "done": ("завершены", "closed"),
    "rejected": ("отклонены", "rejected"),
    "withdrawn": ("отозваны", "withdrawn"),
}
