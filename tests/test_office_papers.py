"""Minutes, goals, offers, resolutions, the order on approval by e-mail: what each says of a case."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from click.testing import CliRunner
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from mailflow.cli import main
from mailflow.core.answers import Answer
from mailflow.core.case import Ask, Assignment, Case, Decision, FieldValue, FileVersion, Standing
from mailflow.core.goals_sheet import goals_sheet, goals_table, marks_in
from mailflow.core.minutes import minutes
from mailflow.core.offers import Offers, offers
from mailflow.core.order_of_approval import Service, order_of_approval
from mailflow.core.resolution_slip import resolution_slip
from mailflow.core.said_lists import Point
from mailflow.edges.sheets import xlsx
from mailflow.making import make_site
from tests.offices import MONDAY, neon, shipped_process


def case(process: str, **fields: FieldValue) -> Case:
    return Case("c1", process, "i.kuznetsov", MONDAY, number="Х-2026-0007", subject="о деле", fields=fields)


# --- minutes


def test_minutes_name_executors_with_their_positions_and_keep_everybody_as_said() -> None:
    points = (Point("сверка", ("Смирнова О.Н.", "Орлов С.П."), date(2026, 11, 27)), Point("обновить подписи", ("Все",)))
    office = neon(None, shipped_process("minutes"))
    paper = minutes(case("minutes", points=tuple(map(str, points)), meeting_date="2026-11-16"), office)
    first, second = paper.points
    assert first.executors == ("Смирнова О.Н., финансовый директор", "Орлов С.П., менеджер")
    assert (first.text, first.due) == ("сверка", "27.11.2026")
    assert (second.executors, second.due) == (("Все",), "")
    assert (paper.date, paper.chair.surname, paper.secretary.surname) == ("16.11.2026", "Иванов", "Кузнецов")


# --- goals

GOALS = ("Запустить рассылку — 40 %", "Снизить цену лида до 900 руб. — 35 %", "Обучить стажёра — 25 %")


def goals(**fields: FieldValue) -> Case:
    return case("goals", goals=GOALS, period="IV квартал 2026", **fields)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("1 — 100 %, 2 — 80 %, 3 — 100 %", {1: 100, 2: 80, 3: 100}),
        ("1) - 90%\n2. – 75,5 %", {1: 90, 2: Decimal("75.5")}),
        ("2: 80 %", {2: 80}),
        ("сделано на 80 %", {}),
        ("2026-100 %", {}),
    ],
)
def test_marks_are_read_by_the_numbers_of_their_goals(text: str, marks: dict[int, Decimal]) -> None:
    assert marks_in(text) == marks


def test_weights_and_marks_make_the_coefficient() -> None:
    office = neon(None, shipped_process("goals"))
    marked = goals(marks="1 — 100 %, 2 — 80 %, 3 — 100 %", coefficient="0,95")
    sheet = goals_sheet(marked, office, MONDAY)
    assert [row.result for row in sheet.goals] == ["40", "28", "25"]
    assert (sheet.weight, sheet.reckoned, sheet.coefficient) == ("100", "0,93", "0,95")


def test_a_goal_without_a_mark_leaves_the_sum_open() -> None:
    sheet = goals_sheet(goals(marks="1 — 100 %, 2 — 80 %"), neon(None, shipped_process("goals")), MONDAY)
    assert (sheet.goals[2].mark, sheet.reckoned) == ("", "")


def test_the_workbook_holds_weights_and_marks_as_numbers() -> None:
    marked = goals(marks="1 — 100 %, 2 — 80 %, 3 — 100 %", coefficient="0,95", coefficient_reason="=1+1")
    table = goals_table(goals_sheet(marked, neon(None, shipped_process("goals")), MONDAY))
    rows = list(openpyxl.load_workbook(io.BytesIO(xlsx(table, MONDAY))).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[2] == (2, "Снизить цену лида до 900 руб.", 35, 80, 28)
    assert rows[4] == (None, "Итого", 100, None, 93)
    assert rows[5][4] == 0.95
    assert rows[6][2] == "=1+1"


@given(st.text(max_size=300))
def test_any_text_is_read_as_some_marks(text: str) -> None:
    assert all(0 <= mark < 1000 for mark in marks_in(text).values())


# --- offers


def offered(comment: str, *names: str, chosen: str = "") -> Offers:
    files = tuple(
        FileVersion(name, 1, f"{n}" * 64, 10, "application/pdf", "o.smirnova", MONDAY, comment)
        for n, name in enumerate(names)
    )
    asked = case("procurement", subject_matter="ноутбуки", counterparty=chosen)
    return offers(replace(asked, files=files), neon(None, shipped_process("procurement")), MONDAY)


def test_offers_stand_side_by_side_with_the_lowest_and_the_chosen_marked() -> None:
    said = "Добрый день!\n1. ООО «Ромашка» — 512 000, срок 10 дней\n2. ООО «Лютик» — 498 500,50 руб., 45 дней"
    table = offered(said, "КП Ромашка.pdf", "Лютик.pdf", "Прайс.pdf", chosen="ООО «Ромашка»")
    rows = [(one.supplier, one.amount.replace("\u00a0", " "), one.terms, one.file) for one in table.offers]
    assert rows == [
        ("ООО «Ромашка»", "512 000 ₽", "срок 10 дней", "КП Ромашка.pdf"),
        ("ООО «Лютик»", "498 500,50 ₽", "45 дней", "Лютик.pdf"),
        ("Прайс", "", "", "Прайс.pdf"),
    ]
    assert [one.lowest for one in table.offers] == [False, True, False]
    assert [one.chosen for one in table.offers] == [True, False, False]


def test_sums_of_two_currencies_have_no_lowest() -> None:
    table = offered("Ромашка — 500 000 руб.\nAcme — 4 000 USD", "а.pdf")
    assert [one.lowest for one in table.offers[:2]] == [False, False]


def test_a_line_of_a_megabyte_is_read_at_once() -> None:
    started = datetime.now()
    offered("а — " * 250_000, "а.pdf")
    offered("1" * 1_000_000, "а.pdf")
    assert (datetime.now() - started).total_seconds() < 1


# --- a resolution


def test_a_slip_names_the_responsible_first_and_whoever_wrote_it() -> None:
    decision = Decision(Answer.RESOLUTION, "o.smirnova", MONDAY, "reply", "Петрову")
    asked = Assignment("a", 1, "resolution", "director", Ask.RESOLUTION, MONDAY)
    came = case("incoming", resolution="Петрову П.П.: ответить", executors=("p.petrov", "s.orlov"), due="2026-11-20")
    slip = resolution_slip(
        replace(came, assignments=(replace(asked, standing=Standing.DECIDED, decision=decision),)),
        neon(None, shipped_process("incoming")),
    )
    assert slip.executors == ("Петров П.П.", "Орлов С.П.")
    assert (slip.signature.position, slip.signature.surname) == ("Финансовый директор", "Смирнова")
    assert (slip.due, slip.at, slip.way) == ("20.11.2026", "16.11.2026 10:00", "ответ письмом")


# --- the order on approval by e-mail


def new_site(folder: Path) -> Path:
    list(make_site(folder, "docs@neon.example", "ru"))
    return folder


REACHED = Service(("docs@neon.example",), "", ("neon.example",))


def test_the_order_names_the_addresses_and_the_page_only_where_there_is_one() -> None:
    alone = order_of_approval(neon(), REACHED, "ru")
    assert "docs@neon.example" in alone.points[0]
    assert not any("странице" in point for point in alone.points)
    paged = order_of_approval(neon(), replace(REACHED, web="https://ok.neon.example"), "ru")
    assert sum("https://ok.neon.example" in point for point in paged.points) == 1
    assert len(paged.points) == len(alone.points)
    assert paged.points[-1] == "Контроль за исполнением приказа возложить на Белову Е.В."


def test_the_order_is_a_draft_a_lawyer_has_to_read() -> None:
    for language, word in (("ru", "юрист"), ("en", "lawyer")):
        order = order_of_approval(neon(), REACHED, language)  # type: ignore[arg-type]
        assert order.draft
        assert word in order.doubts[0]
        assert all(point.endswith(".") and "{" not in point for point in order.points)


def test_the_command_writes_the_order_as_pdf_and_as_a_word_document(tmp_path: Path) -> None:
    site = new_site(tmp_path / "site")
    for name in ("order.pdf", "order.docx"):
        done = CliRunner().invoke(main, ["paper", "order-of-approval", "-s", str(site), "-o", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
    pages = pypdfium2.PdfDocument(tmp_path / "order.pdf")
    printed = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)
    assert "О порядке согласования документов по электронной почте" in printed
    assert "ПРИКАЗЫВАЮ:" in [p.text for p in Document(str(tmp_path / "order.docx")).paragraphs]
    wrong = CliRunner().invoke(main, ["paper", "order-of-approval", "-s", str(site), "-o", str(tmp_path / "order.txt")])
    assert wrong.exit_code == 1
    assert ".pdf or .docx" in wrong.output


def test_a_signature_of_an_order_is_never_alone_on_its_page(tmp_path: Path) -> None:
    site = new_site(tmp_path / "site")
    CliRunner().invoke(main, ["paper", "order-of-approval", "-s", str(site), "-o", str(tmp_path / "o.pdf")])
    last = list(pypdfium2.PdfDocument(tmp_path / "o.pdf"))[-1].get_textpage().get_text_range()
    assert "10. Контроль" in " ".join(last.split())
