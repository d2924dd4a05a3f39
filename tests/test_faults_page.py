"""docs/faults.md says which test proves which promise, and what no test proves yet; no fault is left out of both."""

from __future__ import annotations

import pytest

from tests.pages import not_there, page, row_that_names_no_test, rows

PAGE = page("faults.md")
FAULT = r"F\d+"
NUMBERS = [f"F{n}" for n in range(1, 37)]
PROVED, HEADING, NOT_YET = PAGE.partition("## Not yet proven")


@pytest.mark.parametrize("row", rows(PROVED, FAULT), ids=lambda row: row[0])
def test_a_fault_has_its_promise_and_names_tests_that_exist(row: list[str]) -> None:
    assert row_that_names_no_test(row) == ""


def test_what_is_not_yet_proven_says_what_is_missing() -> None:
    assert HEADING
    for row in rows(NOT_YET, FAULT):
        number, missing = row
        assert missing, number


def test_no_fault_is_left_out_of_both_lists_or_named_twice_in_one() -> None:
    proved, not_yet = ([row[0] for row in rows(part, FAULT)] for part in (PROVED, NOT_YET))
    assert proved == [number for number in NUMBERS if number in proved]
    assert not_yet == [number for number in NUMBERS if number in not_yet]
    assert {*proved, *not_yet} == set(NUMBERS)


def test_a_row_without_a_test_that_exists_is_complained_of() -> None:
    row = ["F1", "killed", "nothing is lost", "`tests/test_faults_page.py::test_that_nobody_wrote`"]
    assert "test_that_nobody_wrote" in row_that_names_no_test(row)
    assert row_that_names_no_test([*row[:3], "surely"]) == "F1: no test is named"


def test_every_test_the_page_names_exists() -> None:
    assert not_there(PAGE) == []
