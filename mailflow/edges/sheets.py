"""Sheets: a table becomes the bytes of an .xlsx file (ECMA-376).

Owns: xlsxwriter, the formats, and that no cell can be a formula or a link: every text is written as a
typed string, and one that a spreadsheet would read as a formula when it is edited is marked as text
(`quotePrefix`). Refuses to know: what the table is about. The same table and time give the same bytes.

What may go wrong: nothing a card may hold; control characters become spaces, an endless text is cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from mailflow.core.register_columns import Cell
from mailflow.core.registers import Table

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TEXT = 32_000
"""Characters of a cell; Excel takes 32,767 units of UTF-16."""
LONGEST_NAME = 31
MOST_ROWS = 1_048_575
"""Rows below the head."""

_OPTIONS = {
    "in_memory": True,
    "constant_memory": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028-\u202e\u2066-\u2069]")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_LIKE_A_FORMULA = ("=", "+", "-", "@")
_FORMATS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#E8EEF0"},
    "text": {"text_wrap": True, "valign": "top"},
    "quoted": {"text_wrap": True, "valign": "top", "quote_prefix": True},
    "money": {"num_format": "#,##0.00", "valign": "top"},
    "day": {"num_format": "dd.mm.yyyy", "valign": "top", "align": "left"},
}


def xlsx(table: Table, made_at: datetime) -> bytes:
    """Give the table as a workbook of one sheet: frozen head, filter, typed cells.

    `made_at` (aware) is the creation date the file bears.
    """
    return workbook(table.title, (table,), made_at)


def workbook(title: str, tables: Sequence[Table], made_at: datetime) -> bytes:
    """Give a workbook with a sheet for each table; their titles differ."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, _OPTIONS)
    book.set_properties({"title": _clean(title), "created": made_at.astimezone(UTC).replace(tzinfo=None)})
    formats = {name: book.add_format(form) for name, form in _FORMATS.items()}
    for table in tables:
        _fill(book.add_worksheet(sheet_name(table.title)), table, formats)
    book.close()
    return content.getvalue()


def _fill(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    _dress(sheet, table)
    for column, head in enumerate(table.head):
        sheet.write_string(0, column, _clean(head), formats["head"])
    for number, row in enumerate(table.rows[:MOST_ROWS], 1):
        _write(sheet, number, row, formats)


def sheet_name(title: str) -> str:
    """Give the title as a sheet may be called: 31 characters, none of []:*?/\\, no apostrophe at the ends."""
    spaced = " ".join(_NOT_IN_A_NAME.sub(" ", _clean(title)).split())
    # Excel counts UTF-16 units: a letter beyond the first plane is two.
    bare = spaced.encode("utf-16-le")[: 2 * LONGEST_NAME].decode("utf-16-le", "ignore").strip(" '")
    # Excel keeps the name History for itself.
    return bare if bare and bare.lower() != "history" else "Table"


def _dress(sheet: Any, table: Table) -> None:
    last = min(len(table.rows), MOST_ROWS)
    for column, width in enumerate(table.widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, max(len(table.head) - 1, 0))
    # An INN is a text of digits on purpose: no green corners.
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write(sheet: Any, number: int, row: Sequence[Cell], formats: dict[str, Any]) -> None:
    for column, cell in enumerate(row):
        match cell:
            case Decimal():
                sheet.write_number(number, column, cell, formats["money"])
            case int():
                sheet.write_number(number, column, cell)
            case date():
                sheet.write_datetime(number, column, cell, formats["day"])
            case str():
                _write_text(sheet, number, column, _clean(cell), formats)


def _write_text(sheet: Any, number: int, column: int, text: str, formats: dict[str, Any]) -> None:
    if text:
        quoted = text.startswith(_LIKE_A_FORMULA)
        sheet.write_string(number, column, text, formats["quoted" if quoted else "text"])


def _clean(text: str) -> str:
    clean = _UNSAFE.sub(" ", text[: LONGEST_TEXT + 1]).strip()
    # Letters outside the basic plane count twice in Excel.
    units = len(clean.encode("utf-16-le")) // 2
    return clean if units <= LONGEST_TEXT else clean[: LONGEST_TEXT // 2] + "…"
