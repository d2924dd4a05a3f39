"""A report as its page shows it: sections, filters, days. Refuses to know: HTML."""

from __future__ import annotations

from dataclasses import dataclass

from mailflow.core.case_query import Filters
from mailflow.core.dates import format_date
from mailflow.core.office import Office
from mailflow.core.register_columns import Cell
from mailflow.core.register_view import Choice, cell_text
from mailflow.core.report_query import ReportQuery
from mailflow.core.reports import Gathered, Section
from mailflow.core.views import Language


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with its cells as text and its bars as shares of the longest, 0 to 1000."""

    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[tuple[str, int, int, str], ...]
    plot: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """The page."""

    sections: tuple[ShownSection, ...]
    days: str
    cut: bool
    filters: Filters
    wrong: tuple[str, ...]
    people: tuple[Choice, ...]
    departments: tuple[Choice, ...]


def report_view(
    sections: tuple[Section, ...],
    found: Gathered,
    query: ReportQuery,
    filters: Filters,
    wrong: tuple[str, ...],
    office: Office,
    language: Language,
) -> ReportView:
    """Give the page of these sections."""
    ends = dict.fromkeys((format_date(query.first, language), format_date(query.last, language)))
    filled = Filters(
        query.first.isoformat(), query.last.isoformat(), person=filters.person, department=filters.department
    )
    names = sorted(office.directory.people, key=lambda person: office.short(person))
    return ReportView(
        sections=tuple(_shown(section, language) for section in sections if section.rows),
        days="–".join(ends),
        cut=found.cut,
        filters=filled,
        wrong=wrong,
        people=tuple(Choice(one, office.short(one), one == filters.person) for one in names),
        departments=tuple(
            Choice(name, one.title, name == filters.department) for name, one in office.directory.departments.items()
        ),
    )


def _shown(section: Section, language: Language) -> ShownSection:
    longest = max((max(bar.length, bar.beyond) for bar in section.bars), default=0) or 1
    bars = tuple(
        (bar.label, round(1000 * bar.length / longest), round(1000 * bar.beyond / longest), bar.said)
        for bar in section.bars
    )
    rows = tuple(tuple(_text(cell, section, language) for cell in row) for row in section.rows)
    return ShownSection(section.name, section.title, section.head, rows, bars, section.plot)


def _text(cell: Cell, section: Section, language: Language) -> str:
    said = cell_text(cell, language)
    # Hours have one place after the point.
    hours = section.name in ("stages", "people") and not isinstance(cell, str | int)
    return said[:-1] if hours else said
