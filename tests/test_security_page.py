"""docs/security.md says which test holds which threat; every row has one, and every test named is there."""

from __future__ import annotations

import pytest

from tests.pages import not_there, page, row_that_names_no_test, rows

PAGE = page("security.md")
THREAT = r"[A-C]\d+"
NUMBERS = [*(f"A{n}" for n in range(1, 39)), *(f"B{n}" for n in range(1, 26)), *(f"C{n}" for n in range(1, 6))]
PROVED, _, NOT_YET = PAGE.partition("## Not yet done")


@pytest.mark.parametrize("row", rows(PROVED, THREAT), ids=lambda row: row[0])
def test_a_threat_says_what_is_done_and_names_tests_that_exist(row: list[str]) -> None:
    assert row_that_names_no_test(row) == ""


def test_no_threat_is_left_out_or_named_twice() -> None:
    assert [row[0] for row in rows(PROVED, THREAT)] == NUMBERS


def test_what_is_not_yet_done_belongs_to_a_threat_and_says_what_is_missing() -> None:
    for row in rows(NOT_YET, THREAT):
        assert row[0] in NUMBERS
        assert len(row) == 2
        assert row[1]


def test_every_other_test_the_page_names_exists() -> None:
    assert not_there(PAGE) == []
