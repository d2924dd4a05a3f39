"""Tables pasted into a mail: rows of facts keep their cells, everything else stays as it was."""

from __future__ import annotations

import time

from mailflow.core.html_text import html_lines
from mailflow.core.tables import rows_as_lines

HEADS = {"Сумма", "Срок"}


def lines(html: str) -> list[str]:
    return [line.text for line in html_lines(html) if line.text]


def test_the_cells_of_a_row_make_one_line_although_word_puts_a_paragraph_in_each() -> None:
    page = "<table><tr><td><p class=MsoNormal>Сумма</p></td>\n<td><p>5 000</p></td></tr></table>"
    assert [line.split() for line in lines(page)] == [["Сумма", "5", "000"]]
    assert "\t" in lines(page)[0]


def test_a_table_that_only_lays_a_letter_out_keeps_its_paragraphs() -> None:
    page = "<table><tr><td><img src=x></td><td><p>Согласовано</p><p>но без доставки</p></td></tr></table>"
    assert lines(page) == ["Согласовано", "но без доставки"]


def test_one_row_under_its_heads_becomes_lines_of_a_form() -> None:
    assert (
        rows_as_lines("Сумма\tСрок\n5 000\t20.11\nспасибо", HEADS.__contains__) == "Сумма\t5 000\nСрок\t20.11\nспасибо"
    )


def test_several_rows_under_their_heads_stay_a_table() -> None:
    table = "Сумма\tСрок\n5 000\t20.11\n6 000\t21.11"
    assert rows_as_lines(table, HEADS.__contains__) == table


def test_a_hostile_table_is_read_in_time() -> None:
    for piece in ("<tr><td>", "<td>", "<tr>", "<tr><td>a</td><td>b</td></tr>", "<tr><td><p>"):
        start = time.process_time()
        html_lines(piece * (100_000 // len(piece)))
        assert time.process_time() - start < 1, piece
