"""Pages that say which test proves what: their tables, and whether the tests they name are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"(tests/test_\w+\.py)::(test_\w+)")


def page(name: str) -> str:
    """Give a page of docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def rows(text: str, number: str) -> list[list[str]]:
    """The cells of every row of a table that begins with such a number, a pattern."""
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines()]
    return [row for row in cells if re.fullmatch(number, row[0])]


def row_that_names_no_test(row: list[str]) -> str:
    """Say what a row of four (number, what, promise, tests) lacks; '' where it lacks nothing."""
    number, what, promise, proofs = row
    if not (what and promise):
        return f"{number}: a cell is empty"
    if not NAMED.findall(proofs):
        return f"{number}: no test is named"
    return f"{number}: not there: {', '.join(missing)}" if (missing := not_there(proofs)) else ""


def not_there(text: str) -> list[str]:
    """Every test the text names that does not exist."""
    return [f"{path}::{name}" for path, name in NAMED.findall(text) if name not in _tests_in(path)]


@cache
def _tests_in(path: str) -> frozenset[str]:
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.Module([], [])
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))
