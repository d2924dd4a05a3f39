"""docs/security.md says which test holds which threat; every row has one, and every test named is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NUMBERS = [*(f"A{n}" for n in range(1, 31)), *(f"B{n}" for n in range(1, 25)), *(f"C{n}" for n in range(1, 6))]
PROVED, _, NOT_YET = PAGE.partition("## Not yet done")


def rows(text: str) -> list[list[str]]:
    """The cells of every row that begins with a number of a threat."""
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines()]
    return [row for row in cells if re.fullmatch(r"[A-C]\d+", row[0])]


@cache
def named_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


@pytest.mark.parametrize("row", rows(PROVED), ids=lambda row: row[0])
def test_a_threat_says_what_is_done_and_names_tests_that_exist(row: list[str]) -> None:
    number, threat, done, proofs = row
    assert threat, number
    assert done, number
    named = re.findall(r"`(tests/test_\w+\.py)::(test_\w+)`", proofs)
    assert named, f"{number}: no test is named"
    assert [f"{path}::{name}" for path, name in named if name not in named_in(path)] == []


def test_no_threat_is_left_out_or_named_twice() -> None:
    assert [row[0] for row in rows(PROVED)] == NUMBERS


def test_what_is_not_yet_done_belongs_to_a_threat_and_says_what_is_missing() -> None:
    for row in rows(NOT_YET):
        assert row[0] in NUMBERS
        assert len(row) == 2
        assert row[1]


def test_every_other_test_the_page_names_exists() -> None:
    assert [
        name for path, name in re.findall(r"(tests/test_\w+\.py)::(test_\w+)", PAGE) if name not in named_in(path)
    ] == []
