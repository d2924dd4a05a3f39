"""A table for a terminal: its cells are wrapped so that it is no wider than the window.

Owns: `text_table`. The widest column gives way first. Refuses to know: what stands in the cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

LEAST = 8
"""Letters a column keeps, however narrow the window."""
BETWEEN = "  "


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """Give the table; a column nobody has anything in is left out."""
    kept = [n for n in range(len(head)) if any(row[n] for row in rows)]
    table = [[row[n] for n in kept] for row in (head, *rows)]
    widths = _widths(table, width - len(BETWEEN) * (len(kept) - 1))
    lines = [line for row in table for line in _lines(row, widths)]
    heading = len(list(_lines(table[0], widths)))
    rule = BETWEEN.join("─" * w for w in widths)
    return "\n".join((*lines[:heading], rule, *lines[heading:]))


def _widths(table: Sequence[Sequence[str]], room: int) -> list[int]:
    widths = [max(len(row[n]) for row in table) for n in range(len(table[0]))]
    while sum(widths) > room and max(widths) > LEAST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    cells = [wrap(cell, w) or [""] for cell, w in zip(row, widths, strict=True)]
    for line in zip_longest(*cells, fillvalue=""):
        yield BETWEEN.join(part.ljust(w) for part, w in zip(line, widths, strict=True)).rstrip()
