"""Registers as tables and as sheets: the columns, the types, and that no cell is ever a formula."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from mailflow.core.answers import Answer
from mailflow.core.case import Ask, Assignment, Case, CaseState, Decision, Standing
from mailflow.core.office import Office
from mailflow.core.register_columns import Cell
from mailflow.core.register_command import Period, RegisterAsked, days_of, read_register_command
from mailflow.core.registers import Table, concerns, forms, register_rows, sees_all
from mailflow.core.rules import read_process
from mailflow.edges.sheets import sheet_name, xlsx
from tests.offices import HERE, MONDAY, MOSCOW, Story, directory, neon

MADE = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
PAYLOADS = ["=1+1", "+7 495 123-45-67", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://x\")", "http://x.example",
            "=cmd|' /C calc'!A0", "{=1+1}", "007", "1e5", "TRUE", "#N/A", "'=1"]  # fmt: skip


def whole_office(people: str = "") -> Office:
    """The office with every shipped process; somebody is its assistant."""
    text = people or (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    staff = directory(text if "assistant:" in text else f"{text}  assistant: [sekretar]\n")
    rules = HERE.parent / "rules"
    files = [rules / f"{name}.yaml" for name in ("invoice", "incoming", "outgoing")]
    return neon(staff, *(read_process(file.read_text(encoding="utf-8"), file.name, staff) for file in files))


OFFICE = whole_office()


def table(process: str, *cases: Case, language: str = "ru", days: tuple[date, date] = YEAR) -> Table:
    form = next(form for form in forms(OFFICE) if process in form.processes)
    return register_rows(cases, form, OFFICE, language, *days)  # type: ignore[arg-type]


def line(made: Table, number: int = 0) -> dict[str, Cell]:
    return dict(zip(made.head, made.rows[number], strict=True))


def opened(content: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def sheet_of(*rows: tuple[Cell, ...], title: str = "Реестр") -> Worksheet:
    head = tuple(f"столбец {n}" for n in range(len(rows[0])))
    return opened(xlsx(Table(title, head, rows, (12,) * len(head)), MADE))


def paid() -> Story:
    story = Story(neon())
    story.request(subject_matter="баннеры", vat="21639.43")
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.APPROVE)
    story.pays()
    return story


def letter_in(**fields: object) -> Case:
    """An incoming letter the director has given to Petrov, who is done with it."""
    given = Decision(Answer.RESOLUTION, "director", MONDAY, "reply", "Петрову — ответить до 20.11")
    done = Decision(Answer.DONE, "p.petrov", MONDAY + timedelta(days=2), "reply")
    tasks = (
        Assignment("a/1/resolution/director", 1, "resolution", "director", Ask.RESOLUTION, MONDAY,
                   standing=Standing.DECIDED, decision=given),
        Assignment("a/1/execution/p.petrov", 1, "execution", "p.petrov", Ask.EXECUTION, MONDAY,
                   standing=Standing.DECIDED, decision=done),
    )  # fmt: skip
    card = {
        "correspondent": "АО «Мосводоканал»",
        "their_number": "01-12/4567",
        "their_date": "2026-11-09",
        "subject_matter": "О выдаче ТУ",
        "delivery": "почта",
        "sheets": "3",
        "executors": ("p.petrov",),
        "due": "2026-11-20",
        **fields,
    }
    return Case("a", "incoming", "sekretar", MONDAY, "Вх: Мосводоканал", "Вх-2026-0311", fields=card,
                assignments=tasks, linked=("И-2026-0205",), state=CaseState.DONE,
                closed_at=MONDAY + timedelta(days=2))  # fmt: skip


def letter_out(number: str = "01-14/205", day: str = "2026-11-16", **changes: object) -> Case:
    signed = Decision(Answer.APPROVE, "director", MONDAY, "link")
    sent = Decision(Answer.DONE, "sekretar", MONDAY, "reply", "Отправлено, РПО 10100012345678")
    tasks = (
        Assignment("b/1/director/director", 1, "director", "director", Ask.APPROVAL, MONDAY,
                   standing=Standing.DECIDED, decision=signed),
        Assignment("b/1/signing/sekretar", 1, "signing", "sekretar", Ask.EXECUTION, MONDAY,
                   standing=Standing.DECIDED, decision=sent),
    )  # fmt: skip
    card = {"addressee": "Лагунин В.А.", "subject_matter": "О согласовании ТУ", "enclosures": "схема на 2 л.",
            "answers": "Вх-2026-0311", "reg_number": number, "reg_date": day}  # fmt: skip
    return replace(
        Case("b", "outgoing", "p.petrov", MONDAY, number="И-2026-0205", fields=card, assignments=tasks),
        **changes,  # type: ignore[arg-type]
    )


# The registers


def test_the_register_of_payments_has_its_columns_in_both_languages() -> None:
    assert table("invoice").head == (
        *("№ заявки", "Дата", "Инициатор", "Подрядчик", "ИНН", "За что", "Статья ДДС", "В бюджете", "Сумма"),
        *("Валюта", "НДС", "Оплатить до", "Срочно", "Статус", "Согласовали", "Дата оплаты", "№ п/п"),
        "Закрывающие документы",
    )
    english = table("invoice", language="en")
    assert english.title == "Register of invoices"
    assert not any("а" <= letter <= "я" for head in english.head for letter in head.lower())


def test_a_paid_invoice_fills_its_line_with_typed_cells() -> None:
    row = line(table("invoice", paid().it))
    assert row["№ заявки"] == "СЧ-2026-0001"
    assert row["Дата"] == date(2026, 11, 16)
    assert (row["Сумма"], row["Валюта"], row["НДС"]) == (Decimal("120000.50"), "RUB", Decimal("21639.43"))
    assert (row["В бюджете"], row["ИНН"], row["Оплатить до"]) == ("да", "7709123453", date(2026, 11, 20))
    assert row["Согласовали"] == "Петров П.П. 16.11.2026, Смирнова О.Н. 16.11.2026"
    assert (row["№ п/п"], row["Дата оплаты"]) == ("345", date(2026, 11, 13))
    assert (row["Статус"], row["Закрывающие документы"]) == ("Закрывающие документы", "ждём")


def test_an_unpaid_invoice_owes_no_closing_papers_and_says_at_which_stage_it_stands() -> None:
    story = Story(neon())
    story.request()
    row = line(table("invoice", story.it))
    assert (row["Статус"], row["Закрывающие документы"], row["№ п/п"]) == ("Руководители", "", "")


def test_approvals_that_no_longer_hold_are_not_named() -> None:
    story = Story(neon())
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    assert line(table("invoice", story.it))["Согласовали"] == "Петров П.П. 16.11.2026"
    story.answer("o.smirnova", Answer.REWORK, "торгуйтесь")
    story.answer("i.kuznetsov", Answer.UNCLEAR, fields={"amount": "99000.00"})
    assert line(table("invoice", story.it))["Согласовали"] == ""


def test_a_withdrawn_case_keeps_its_line_and_its_number_is_marked_as_cancelled() -> None:
    story = Story(neon())
    story.request()
    story.command("i.kuznetsov", "withdraw")
    row = line(table("invoice", story.it))
    assert row["№ заявки"] == "СЧ-2026-0001"
    assert "аннулирован" in str(row["Статус"])


def test_an_incoming_letter_fills_its_line() -> None:
    row = line(table("incoming", letter_in()))
    assert row == {
        "Вх. №": "Вх-2026-0311",
        "Дата поступления": date(2026, 11, 16),
        "Корреспондент": "АО «Мосводоканал»",
        "№ и дата документа": "01-12/4567 от 09.11.2026",
        "Краткое содержание": "О выдаче ТУ",
        "Способ доставки": "почта",
        "Листов / прил.": "3",
        "Кому передан / резолюция": "Иванов И.С.: Петрову — ответить до 20.11",
        "Исполнитель": "Петров П.П.",
        "Срок": date(2026, 11, 20),
        "Отметка об исполнении": "И-2026-0205, 18.11.2026",
        "Дело №": "",
        "Примечание": "",
    }


def test_an_outgoing_letter_stands_under_the_number_and_day_of_its_signing() -> None:
    row = line(table("outgoing", letter_out()))
    assert row == {
        "Исх. №": "01-14/205",
        "Дата": date(2026, 11, 16),
        "Адресат": "Лагунин В.А.",
        "Заголовок": "О согласовании ТУ",
        "Подписал": "Иванов И.С.",
        "Исполнитель": "Петров П.П.",
        "Листов / прил.": "схема на 2 л.",
        "Способ отправки, РПО": "Отправлено, РПО 10100012345678",
        "Ответ на вх. №": "Вх-2026-0311",
        "Дело №": "01-14",
        "Примечание": "",
    }


def test_a_draft_stands_in_no_register() -> None:
    assert table("outgoing", letter_out(number="")).rows == ()


def test_a_letter_begun_in_december_and_signed_in_january_belongs_to_the_new_year() -> None:
    begun = datetime(2026, 12, 29, 12, tzinfo=MOSCOW)
    signed = letter_out("01-14/1", "2027-01-11", opened_at=begun)
    assert table("outgoing", signed).rows == ()
    assert len(table("outgoing", signed, days=(date(2027, 1, 1), date(2027, 12, 31))).rows) == 1


def test_the_day_of_a_case_is_the_office_s_own_on_both_sides_of_midnight() -> None:
    story = Story(neon())
    story.request()
    last = replace(story.it, opened_at=datetime(2026, 12, 31, 20, 59, tzinfo=UTC))
    first = replace(story.it, opened_at=datetime(2026, 12, 31, 21, 0, tzinfo=UTC))
    assert len(table("invoice", last).rows) == 1
    assert table("invoice", first).rows == ()


def test_lines_stand_in_the_order_of_registration_and_numbers_are_counted_not_spelt() -> None:
    cases = [letter_out("01-14/10"), letter_out("01-14/9"), letter_out("01-14/11", "2026-11-13")]
    assert [row[0] for row in table("outgoing", *cases).rows] == ["01-14/11", "01-14/9", "01-14/10"]


def test_a_card_with_nothing_on_it_has_its_line_too() -> None:
    for process in ("invoice", "incoming", "outgoing"):
        bare = Case("c", process, "who.left", MONDAY, number="1", fields={"reg_number": "1", "reg_date": "2026-11-16"})
        row = table(process, bare).rows[0]
        assert row[0] == "1"
        assert xlsx(table(process, bare), MADE)


def test_what_does_not_fit_its_type_stays_as_it_is_written() -> None:
    story = Story(neon())
    story.request()
    odd = replace(story.it, fields={**story.it.fields, "vat": "без НДС", "pay_by": "на днях"})
    row = line(table("invoice", odd))
    assert (row["НДС"], row["Оплатить до"]) == ("без НДС", "на днях")


def test_an_office_keeps_the_registers_of_its_own_processes() -> None:
    assert [form.name for form in forms(OFFICE)] == ["incoming", "outgoing", "payments"]
    assert [form.name for form in forms(neon())] == ["payments"]


def test_every_shipped_process_stands_in_one_register() -> None:
    office = everything()
    listed = [name for form in forms(office) for name in form.processes]
    assert sorted(listed) == sorted(office.rules)


def test_a_register_of_a_single_process_is_called_as_its_rules_say_and_a_shared_one_by_its_own_name() -> None:
    [single] = [form.title("ru") for form in forms(neon()) if form.name == "payments"]
    [shared] = [form.title("ru") for form in forms(everything()) if form.name == "payments"]
    assert (single, shared) == ("Реестр счетов", "Реестр платежей")


def test_a_process_of_the_company_s_own_has_the_columns_of_its_card() -> None:
    [own] = [form for form in forms(everything()) if form.name == "universal"]
    heads = [column.ru for column in own.columns]
    assert heads[:3] == ["№", "Дата", "Инициатор"]
    assert {"Что согласуем", "Согласующие", "Статус"} <= set(heads)


def everything() -> Office:
    """The office with all that is shipped."""
    text = (HERE.parent / "rules" / "tests" / "directory.yaml").read_text(encoding="utf-8")
    staff = directory(text)
    rules = sorted((HERE.parent / "rules").glob("*.yaml"))
    return neon(staff, *(read_process(file.read_text(encoding="utf-8"), file.name, staff) for file in rules))


@pytest.mark.parametrize(
    ("text", "register"),
    [
        ("Реестр договоров", "contracts"),
        ("Журнал приказов за месяц", "orders"),
        ("Журнал доверенностей", "powers_of_attorney"),
        ("Реестр закупок за неделю", "procurement"),
        ("Журнал служебных записок", "memo"),
        ("Реестр целей", "goals"),
        ("Register of contracts", "contracts"),
        ("Реестр платежей за месяц", "payments"),
    ],
)
def test_every_register_is_asked_for_by_its_name(text: str, register: str) -> None:
    asked = read_register_command(text, forms(everything()))
    assert (asked.register, asked.unknown) == (register, "")


# Who may see them


def test_secretary_director_accountant_and_finance_director_see_every_line_and_nobody_else() -> None:
    office = neon()
    seeing = {person for person in office.directory.people if sees_all(person, office, MONDAY)}
    assert seeing == {"sekretar", "director", "buh", "o.smirnova"}


def test_who_stands_in_for_one_of_them_sees_every_line_only_on_those_days() -> None:
    text = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    away = "substitute: {by: s.orlov, since: 2026-11-16, until: 2026-11-17}"
    office = neon(directory(text.replace("position: секретарь", f"position: секретарь, {away}")))
    assert sees_all("s.orlov", office, MONDAY)
    assert not sees_all("s.orlov", office, MONDAY + timedelta(days=2))


def test_a_case_concerns_who_began_it_was_asked_or_decided_for_somebody() -> None:
    story = Story(neon())
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    assert concerns(story.it, "i.kuznetsov")
    assert concerns(story.it, "p.petrov")
    assert concerns(story.it, "o.smirnova")
    assert not concerns(story.it, "s.orlov")
    task = replace(story.it.assignments[0], decision=Decision(Answer.APPROVE, "s.orlov", MONDAY, "reply"))
    assert concerns(story.it.with_assignment(task), "s.orlov")


# The command


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Реестр", RegisterAsked(None, Period())),
        ("Реестр счетов за неделю", RegisterAsked("payments", Period("week"))),
        ("РЕЕСТР СЧЁТОВ ЗА МЕСЯЦ", RegisterAsked("payments", Period("month"))),
        ("Re: [Реестр] счетов за день", RegisterAsked("payments", Period("day"))),
        ("Журнал входящих за год", RegisterAsked("incoming", Period("year"))),
        ("журнал исходящих писем за прошлый месяц", RegisterAsked("outgoing", Period("month", "last"))),
        ("Реестр платежей за эту неделю, пожалуйста", RegisterAsked("payments", Period("week", "this"))),
        ("Реестр счетов за последнюю неделю", RegisterAsked("payments", Period("week"))),
        ("Реестр за вчера", RegisterAsked(None, Period("day", "last"))),
        ("Реестр счетов за 2025 год", RegisterAsked("payments", Period("year", "this", 2025))),
        ("register invoices week", RegisterAsked("payments", Period("week"))),
        ("register invoices month", RegisterAsked("payments", Period("month"))),
        ("register invoices day", RegisterAsked("payments", Period("day"))),
        ("Register of incoming letters for last week", RegisterAsked("incoming", Period("week", "last"))),
        ("Реестр\nсчетов за неделю", RegisterAsked("payments", Period("week"))),
        ("Реестр\nДобрый день!\nСпасибо", RegisterAsked(None, Period())),
        ("", RegisterAsked(None, Period())),
    ],
)
def test_the_words_of_the_command_name_a_register_and_a_period(text: str, asked: RegisterAsked) -> None:
    assert read_register_command(text, forms(OFFICE)) == asked


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Реестр договоров", "договоров"),
        ("Реестр счетов за квартал", "квартал"),
        ("Реестр счетов ООО Ромашка", "ооо ромашка"),
        ("Register of contracts", "contracts"),
    ],
)
def test_a_word_not_understood_is_given_back_and_never_left_out(text: str, unknown: str) -> None:
    assert read_register_command(text, forms(OFFICE)).unknown == unknown


@pytest.mark.parametrize(
    ("period", "days"),
    [
        (Period("day"), ("2026-11-23", "2026-11-23")),
        (Period("day", "last"), ("2026-11-22", "2026-11-22")),
        (Period("week"), ("2026-11-17", "2026-11-23")),
        (Period("week", "this"), ("2026-11-23", "2026-11-23")),
        (Period("week", "last"), ("2026-11-16", "2026-11-22")),
        (Period("month"), ("2026-10-24", "2026-11-23")),
        (Period("month", "last"), ("2026-10-01", "2026-10-31")),
        (Period("year"), ("2026-01-01", "2026-11-23")),
        (Period("year", "last"), ("2025-01-01", "2025-12-31")),
        (Period("year", "this", 2024), ("2024-01-01", "2024-12-31")),
    ],
)
def test_a_period_is_counted_from_the_day_of_asking(period: Period, days: tuple[str, str]) -> None:
    first, last = days_of(period, date(2026, 11, 23))
    assert (first.isoformat(), last.isoformat()) == days


@given(st.dates(date(2000, 2, 1), date(2090, 1, 1)), st.sampled_from(["day", "week", "month", "year"]))
def test_a_period_up_to_now_ends_today_and_is_never_longer_than_its_name(today: date, unit: str) -> None:
    first, last = days_of(Period(unit), today)  # type: ignore[arg-type]
    assert last == today
    assert 0 <= (last - first).days < {"day": 1, "week": 7, "month": 31, "year": 366}[unit]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_as_some_command(text: str) -> None:
    asked = read_register_command(text, forms(OFFICE))
    days_of(asked.period, date(2026, 11, 23))


def test_a_hostile_megabyte_is_read_at_once() -> None:
    started = time.process_time()
    for piece in ("реестр ", "за ", "\n", "2026 ", "[", "последн"):
        read_register_command(piece * (1_000_000 // len(piece)), forms(OFFICE))
    assert time.process_time() - started < 2


# The sheets


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_becomes_a_formula_a_number_or_a_link(payload: str) -> None:
    cell = sheet_of((payload,)).cell(2, 1)
    assert cell.data_type == "s"
    assert cell.value == payload.strip()
    assert cell.hyperlink is None


@pytest.mark.parametrize("payload", ["=1+1", "+7", "-1", "@SUM(A1)"])
def test_a_text_like_a_formula_stays_text_when_it_is_edited(payload: str) -> None:
    assert sheet_of((payload,)).cell(2, 1).quotePrefix
    assert not sheet_of(("Ромашка",)).cell(2, 1).quotePrefix


def test_a_head_or_a_title_like_a_formula_is_text_too() -> None:
    sheet = opened(xlsx(Table("=1+1", ("=2+2",), (("a",),), (10,)), MADE))
    assert sheet.title == "=1+1"
    assert sheet.cell(1, 1).data_type == "s"


def test_the_file_holds_no_formula_element_and_no_link() -> None:
    content = xlsx(Table("Реестр", ("a",), tuple((payload,) for payload in PAYLOADS), (10,)), MADE)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
        names = parts.namelist()
    assert "<f>" not in page
    assert "<hyperlink" not in page
    assert not [name for name in names if "external" in name or "_rels/sheet" in name]


def test_amounts_are_numbers_and_days_are_days_in_their_formats() -> None:
    sheet = sheet_of((Decimal("9999999999999.99"), date(2026, 11, 20), "текст"))
    amount, day, text = (sheet.cell(2, n) for n in (1, 2, 3))
    assert (amount.data_type, amount.value, amount.number_format) == ("n", 9999999999999.99, "#,##0.00")
    assert (day.is_date, day.value, day.number_format) == (True, datetime(2026, 11, 20), "dd.mm.yyyy")
    assert (text.data_type, text.value) == ("s", "текст")


def test_the_head_is_frozen_and_every_column_can_be_filtered() -> None:
    made = table("invoice", paid().it)
    sheet = opened(xlsx(made, MADE))
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:R2"
    assert [cell.value for cell in sheet[1]] == list(made.head)
    assert sheet.title == "Реестр счетов"


def test_the_same_table_and_time_give_the_same_bytes() -> None:
    made = table("invoice", paid().it)
    assert xlsx(made, MADE) == xlsx(made, MADE)
    assert xlsx(made, MADE) != xlsx(made, MADE + timedelta(days=1))


def test_an_empty_register_is_a_sheet_with_its_head() -> None:
    sheet = opened(xlsx(table("incoming"), MADE))
    assert sheet.max_row == 1
    assert sheet.auto_filter.ref == "A1:M1"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Журнал входящих", "Журнал входящих"),
        ("Счета: [все] 1/2?*\\", "Счета все 1 2"),
        ("'чужой'", "чужой"),
        ("о" * 40, "о" * 31),
        ("", "Table"),
        ("History", "Table"),
        ("\x00\x1f", "Table"),
    ],
)
def test_a_sheet_is_called_as_excel_allows(title: str, name: str) -> None:
    assert sheet_name(title) == name


@settings(max_examples=60, deadline=None)
@given(title=st.text(max_size=40), texts=st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_whatever_people_type_the_sheet_opens_and_holds_only_text(title: str, texts: list[str]) -> None:
    sheet = opened(xlsx(Table(title, tuple(texts), (tuple(texts),), (10,) * len(texts)), MADE))
    assert all(cell.data_type in ("s", "n") for row in sheet.iter_rows() for cell in row)
    assert all(cell.value is None or isinstance(cell.value, str) for row in sheet.iter_rows() for cell in row)


def test_an_endless_text_is_cut_and_still_written() -> None:
    for text in ("ы" * 100_000, "𝔸" * 100_000):
        value = sheet_of((text,)).cell(2, 1).value
        assert isinstance(value, str)
        assert 10_000 < len(value) <= 32_767


def test_a_sheets_name_is_counted_as_excel_counts_it() -> None:
    name = sheet_name("0" * 12 + "\U00010000" * 12)
    assert len(name.encode("utf-16-le")) <= 62
