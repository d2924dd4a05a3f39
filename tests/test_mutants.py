"""The damage `./run mutants` does is of every kind it promises, one at a time, and never to what no test would try."""

from __future__ import annotations

import ast

from bench.mutants import FITTING, ROOT, mutants

SOURCE = '''"""Words about the module."""
from typing import Literal

Kind = Literal["a", "b"]


def f(a: int, b: "str" = "x") -> int:
    """Words."""
    if a < 1 and b == "y":
        raise ValueError("words of an error")
    return a + 2
'''


def test_each_mutant_is_one_small_damage_and_the_rest_stays() -> None:
    assert [(one.line, one.now) for one in mutants(SOURCE)] == [
        (7, "'x~'"),
        (9, "not (a < 1 and b == 'y')"),
        (9, "a < 1 or b == 'y'"),
        (9, "a <= 1"),
        (9, "b != 'y'"),
        (9, "2"),
        (9, "'y~'"),
        (11, "return None"),
        (11, "a - 2"),
        (11, "3"),
    ]
    first = mutants(SOURCE)[0]
    assert "b: 'str'='x~'" in ast.unparse(first.tree)
    assert "a + 2" in ast.unparse(first.tree)


def test_no_mutant_touches_types_docstrings_or_the_words_of_errors() -> None:
    damaged = " ".join(one.was for one in mutants(SOURCE))
    for word in ("Literal", "Words", "words of an error", "'str'"):
        assert word not in damaged


def test_every_module_of_the_table_and_its_tests_exist() -> None:
    for module, tests in FITTING.items():
        assert (ROOT / "mailflow" / "core" / f"{module}.py").is_file(), module
        assert all((ROOT / "tests" / f"{name}.py").is_file() for name in tests), module
