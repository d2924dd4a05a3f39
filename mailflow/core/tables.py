"""Tables in a text: rows of cells parted by tabs, as they come out of Excel, Word and HTML.

Owns: turning a row of heads with a row of values below it into lines of a form, one «head<tab>value» each.
Refuses to know: which words are heads of fields; the caller says that of a cell.
"""

from __future__ import annotations

from collections.abc import Callable

MOST_CELLS = 30


def rows_as_lines(text: str, is_head: Callable[[str], bool]) -> str:
    """Turn a table of one row under its heads into form lines; every other line stays as it is.

    Several rows under one row of heads are several values of each field: they stay a table.
    """
    lines = text.splitlines()
    out: list[str] = []
    at = 0
    while at < len(lines):
        heads = _cells(lines[at])
        below = [line for line in lines[at + 1 : at + 4] if line.strip()][:2]
        values = _cells(below[0]) if below else []
        if _are_heads(heads, is_head) and len(values) == len(heads) and not _goes_on(below, len(heads)):
            out += [f"{head}\t{value}" for head, value in zip(heads, values, strict=True)]
            at = lines.index(below[0], at + 1) + 1
        else:
            out.append(lines[at])
            at += 1
    return "\n".join(out)


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in line.strip("\r\n").split("\t")]
    return cells[1:] if cells and not cells[0] else cells


def _are_heads(cells: list[str], is_head: Callable[[str], bool]) -> bool:
    known = sum(is_head(cell) for cell in cells[:MOST_CELLS])
    return len(cells) > 1 and known > 1 and known * 2 >= len(cells) and is_head(cells[1])


def _goes_on(below: list[str], count: int) -> bool:
    return len(below) > 1 and len(_cells(below[1])) == count
