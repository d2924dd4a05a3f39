"""Tables in a text: rows of cells parted by tabs, as they come out of Excel, Word and HTML.

Owns: turning a row of heads with a row of values below it into lines of a form, one «head<tab>value» each.
Refuses to know: which words are heads of fields; the caller says that of a cell.
"""

from __future__ import annotations

from collections.abc import Callable

MOST_CELLS = 30
MOST_LINES = 5_000


def rows_as_lines(text: str, is_head: Callable[[str], bool]) -> str:
    """Turn a table of one row under its heads into form lines; every other line stays as it is.

    Several rows under one row of heads are several values of each field: they stay a table.
    """
    lines = text.splitlines()
    if "\t" not in text or len(lines) > MOST_LINES:
        return text
    out: list[str] = []
    at = 0
    while at < len(lines):
        row, taken = _row(lines, at, is_head)
        out += row
        at += taken
    return "\n".join(out)


def _row(lines: list[str], at: int, is_head: Callable[[str], bool]) -> tuple[list[str], int]:
    """Give what stands for the line, and how many lines that takes in: heads with values below, or the line itself."""
    heads = _cells(lines[at]) if "\t" in lines[at] else []
    if not _are_heads(heads, is_head):
        return [lines[at]], 1
    below = [n for n in range(at + 1, min(at + 4, len(lines))) if lines[n].strip()]
    values = _cells(lines[below[0]]) if below else []
    goes_on = len(below) > 1 and len(_cells(lines[below[1]])) == len(heads)
    if goes_on or len(values) != len(heads):
        return [lines[at]], 1
    return [f"{head}\t{value}" for head, value in zip(heads, values, strict=True)], below[0] + 1 - at


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in line.strip("\r\n").split("\t")]
    return cells[1:] if cells and not cells[0] else cells


def _are_heads(cells: list[str], is_head: Callable[[str], bool]) -> bool:
    known = sum(is_head(cell) for cell in cells[:MOST_CELLS])
    return len(cells) > 1 and known > 1 and known * 2 >= len(cells) and is_head(cells[1])
