"""Orders, powers of attorney, visas and acquaintance: what each says, from the card of a case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.acquaintance_sheet import acquaintance_sheet
from mailflow.core.answers import Answer
from mailflow.core.case import Ask, Assignment, Case, Decision, FieldValue, FileVersion, Standing
from mailflow.core.directory import CaseForms
from mailflow.core.named import named
from mailflow.core.office import Office
from mailflow.core.orders import Order, order_paper
from mailflow.core.paper_views import paper_name, paper_view
from mailflow.core.passport import Passport, masked, printed, read_passport
from mailflow.core.power_of_attorney import PowerOfAttorney, power_of_attorney
from mailflow.core.visa_supplement import visa_supplement
from mailflow.edges.documents import Documents
from mailflow.edges.pdf import Made, Renderer
from tests.offices import MONDAY, neon

PASSPORT = "45 10 123456, выдан 12.03.2011 ОВД «Тверской» г. Москвы, код 770-001"
SIGNED: dict[str, FieldValue] = {"reg_number": "12", "reg_date": "2026-11-20"}


def case(**fields: FieldValue) -> Case:
    return Case("c1", "invoice", "i.kuznetsov", MONDAY, number="П-2026-0001", fields=fields)


def order(**fields: FieldValue) -> Order:
    return order_paper(case(**fields), neon())


def power(**fields: FieldValue) -> PowerOfAttorney:
    return power_of_attorney(case(**{"person": "Кузнецова Ольга Николаевна, ведущий инженер", **fields}), neon())


# --- orders


@pytest.mark.parametrize(
    ("grounds", "preamble"),
    [
        ("ст. 123 ТК РФ", "На основании ст. 123 ТК РФ"),
        ("Основание: ст. 123 ТК РФ.", "На основании ст. 123 ТК РФ"),
        ("в целях подготовки к зиме", "В целях подготовки к зиме"),
        ("В связи с переездом,", "В связи с переездом"),
        ("", ""),
    ],
)
def test_a_preamble_leads_to_the_word_of_command(grounds: str, preamble: str) -> None:
    assert order(grounds=grounds).preamble == preamble


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        ("1. Утвердить график отпусков (приложение).", "Утвердить график отпусков (приложение)."),
        ("2) Руководителям ознакомить работников до 25.12.2026", "Руководителям ознакомить работников до 25.12.2026."),
        (
            "Петров П.П. — Подготовить сводку до 25.12.2026",
            "Петрову П.П., начальнику отдела маркетинга, подготовить сводку до 25.12.2026.",
        ),
        ("Жук А.А. — Сдать план (до 20.11.2026)", "Жуку А.А. сдать план до 20.11.2026."),
        ("Лебедева М.А., Жук А.А.: провести сверку", "Лебедевой М.А., Жуку А.А. провести сверку."),
        ("Срок — до конца года", "Срок — до конца года."),
        ("Отделу продаж: сдать отчёт", "Отделу продаж: сдать отчёт."),
    ],
)
def test_an_executor_before_a_dash_stands_in_the_dative(typed: str, point: str) -> None:
    assert order(points=(typed,)).points[0] == point


def test_points_are_read_from_the_lines_of_a_text_too() -> None:
    assert order(points="1. Утвердить план\n\n2. Ввести его в действие").points[:2] == (
        "Утвердить план.",
        "Ввести его в действие.",
    )


@pytest.mark.parametrize(
    ("control", "point"),
    [
        ("", "Контроль за исполнением приказа оставляю за собой."),
        ("оставляю за собой", "Контроль за исполнением приказа оставляю за собой."),
        ("Петров П.П.", "Контроль за исполнением приказа возложить на Петрова П.П."),
        ("p.petrov", "Контроль за исполнением приказа возложить на Петрова П.П."),
        (("p.petrov", "o.smirnova"), "Контроль за исполнением приказа возложить на Петрова П.П., Смирнову О.Н."),
        ("Смирнова Ольга Николаевна", "Контроль за исполнением приказа возложить на Смирнову О.Н."),
        ("начальника отдела кадров", "Контроль за исполнением приказа возложить на начальника отдела кадров."),
    ],
)
def test_the_last_point_says_who_controls(control: FieldValue, point: str) -> None:
    assert order(controller=control).points[-1].rstrip(".") == point.rstrip(".")


def test_whoever_an_order_names_signs_that_he_has_read_it() -> None:
    made = order(points=("Петров П.П. — подготовить сводку",), controller="Смирнова О.Н.")
    assert made.readers == ("Петров П.П.", "Смирнова О.Н.")


def test_a_form_grammar_does_not_know_is_shown_on_the_draft() -> None:
    assert order(controller="Коломиец Н.Л.").doubts == ("Коломица Н.Л.",)


def test_the_directory_s_own_form_wins() -> None:
    office = neon()
    people = dict(office.directory.people)
    people["p.petrov"] = people["p.petrov"].model_copy(update={"declined": CaseForms(accusative="Петрович Петра П.")})
    own = replace(office, directory=replace(office.directory, people=people))
    assert order_paper(case(controller="p.petrov"), own).points[-1].endswith("возложить на Петрович П.П.")


def test_an_order_has_number_and_date_only_when_it_is_signed() -> None:
    assert order().draft
    assert (order().number, order().date) == ("", "")
    signed = order(**SIGNED)
    assert (signed.draft, signed.number, signed.date) == (False, "12", "20.11.2026")


def test_an_english_order_declines_nothing() -> None:
    made = order(language="en", subject_matter="Leave schedule for 2027", grounds="article 123", points=("Petrov: x",))
    assert (made.heading, made.preamble) == ("Leave schedule for 2027", "Under article 123")
    assert made.points == ("Petrov: x.", "I shall supervise the execution of this order myself.")


# --- powers of attorney


def test_the_grantor_stands_in_the_genitive_and_acts_by_his_gender() -> None:
    assert power().grantor.endswith(
        "в лице генерального директора Иванова Ивана Сергеевича, действующего на основании Устава, "
        "настоящей доверенностью уполномочивает"
    )


def test_the_attorney_stands_in_the_accusative_with_passport_and_address() -> None:
    made = power(passport=PASSPORT, person_address="г. Москва, ул. Новая, д. 3")
    assert made.attorney == (
        "ведущего инженера Кузнецову Ольгу Николаевну, паспорт серии 45 10 №\u00a0123456, "
        "выдан 12.03.2011 ОВД «Тверской» г. Москвы, код подразделения 770-001, "
        "зарегистрированную по адресу: г. Москва, ул. Новая, д. 3"
    )
    assert made.specimen == "Кузнецовой О.Н."


def test_the_date_is_in_words() -> None:
    assert power(**SIGNED).date == "Двадцатое ноября две тысячи двадцать шестого года"


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_date_has_words_without_a_digit(day: date) -> None:
    words = power(reg_number="1", reg_date=day.isoformat()).date
    assert words[0].isupper()
    assert not any(sign.isdigit() for sign in words)


@pytest.mark.parametrize(
    ("fields", "term"),
    [
        ({"valid_until": "2026-12-31"}, "Доверенность выдана по 31 декабря 2026 г. без права передоверия."),
        ({}, "Доверенность выдана сроком на один год без права передоверия."),
        ({"substitution": True}, "Доверенность выдана сроком на один год с правом передоверия."),
    ],
)
def test_without_a_term_it_holds_a_year(fields: dict[str, FieldValue], term: str) -> None:
    assert power(**fields).term == term


@pytest.mark.parametrize(
    ("fields", "doubt"),
    [
        ({"person": ""}, "не указано, на кого доверенность"),
        ({"person": "Черных С."}, "Черных С.: проверьте падеж и род"),
        ({"passport": "45 1 123456"}, "паспорт: серия из 4 и номер из 6 цифр не найдены"),
        ({"valid_until": "2026-11-01", **SIGNED}, "срок истекает раньше дня выдачи"),
    ],
)
def test_what_is_not_sure_is_named_on_the_draft(fields: dict[str, FieldValue], doubt: str) -> None:
    assert power(**fields).doubts == (doubt,)


@pytest.mark.parametrize(
    "typed",
    [
        PASSPORT,
        "4510 123456 выдан 12.03.2011 ОВД «Тверской» г. Москвы код подразделения 770-001",
        "паспорт серии 45 10 № 123456, выдан 12.03.2011 ОВД «Тверской» г. Москвы, 770-001.",
    ],
)
def test_a_passport_is_read_however_it_is_typed(typed: str) -> None:
    assert read_passport(typed) == Passport("45 10", "123456", "выдан 12.03.2011 ОВД «Тверской» г. Москвы", "770-001")


def test_a_passport_of_another_country_is_printed_as_it_was_typed() -> None:
    assert printed("AB1234567, Минск") == "паспорт AB1234567, Минск"
    assert masked("AB1234567, Минск") == "AB*******, Минск"


@given(st.from_regex(r"[0-9]{2} ?[0-9]{2} ?(№ ?)?[0-9]{6}", fullmatch=True))
def test_a_masked_passport_keeps_two_digits_of_its_number(typed: str) -> None:
    number = "".join(sign for sign in typed if sign.isdigit())[-6:]
    shown = masked(typed)
    assert shown.endswith("****" + number[-2:])
    assert number not in shown.replace(" ", "")


def test_words_that_are_no_name_are_nobody() -> None:
    assert named("отдел продаж", neon()) is None
    assert named("", neon()) is None


# --- visas and acquaintance


def agreed(principal: str, stage: str = "managers", by: str = "", answer: Answer = Answer.APPROVE) -> Assignment:
    decision = Decision(answer, by or principal, MONDAY + timedelta(hours=1), "link")
    return Assignment(
        f"c1/1/{stage}/{principal}", 1, stage, principal, Ask.APPROVAL, MONDAY, None, Standing.DECIDED, decision
    )


def test_a_supplement_names_who_agreed_and_not_who_was_only_asked() -> None:
    waiting = replace(agreed("o.smirnova", "finance"), standing=Standing.OPEN, decision=None)
    whole = replace(case(counterparty="ООО «Ромашка»", amount="120000.50"), assignments=(agreed("p.petrov"), waiting))
    made = visa_supplement(whole, neon(), MONDAY)
    assert [visa.name for visa in made.visas] == ["Петров П.П."]
    assert [(line.label, line.value) for line in made.card] == [
        ("Кому платим", "ООО «Ромашка»"),
        ("Сумма", "120\u00a0000,50\u00a0₽"),
    ]


def test_an_agreement_that_was_followed_by_a_refusal_is_none() -> None:
    again = replace(agreed("p.petrov", answer=Answer.REWORK), id="c1/2/managers/p.petrov", round=2)
    assert visa_supplement(replace(case(), assignments=(agreed("p.petrov"), again)), neon(), MONDAY).visas == ()


def reader(principal: str, at: bool) -> Assignment:
    made = replace(agreed(principal, "readers"), ask=Ask.ACKNOWLEDGEMENT)
    return made if at else replace(made, standing=Standing.OPEN, decision=None)


def test_an_acquaintance_sheet_has_those_who_read_and_those_who_did_not() -> None:
    whole = replace(case(), assignments=(reader("p.petrov", True), reader("o.smirnova", False)))
    made = acquaintance_sheet(whole, neon(), MONDAY)
    assert [(one.name, bool(one.at), one.way) for one in made.readers] == [
        ("Петров П.П.", True, "ссылка"),
        ("Смирнова О.Н.", False, ""),
    ]
    assert made.read == 1


def test_a_paper_of_a_draft_and_of_a_signed_order_have_different_names() -> None:
    assert paper_name("order", case(), "ru") == "Приказ П-2026-0001, проект.pdf"
    assert paper_name("order", case(reg_number="15/ОД"), "ru") == "Приказ П-2026-0001, № 15-ОД.pdf"
    assert paper_name("power_of_attorney", case(**SIGNED), "en") == "Power of attorney П-2026-0001, No. 12.pdf"


# --- as PDF


@pytest.fixture
async def documents() -> AsyncIterator[Documents]:
    renderer = Renderer()
    yield Documents([Path(__file__).parents[1] / "templates" / "letters"], renderer)
    await renderer.close()


def page_of(made: object) -> str:
    assert isinstance(made, Made), made
    [page] = pypdfium2.PdfDocument(made.content)
    return " ".join(page.get_textpage().get_text_range().split())


OFFICE: Office = neon()


@pytest.mark.parametrize(
    ("document", "fields", "said"),
    [
        (
            "order",
            {"subject_matter": "график отпусков", "points": ("Петров П.П. — сдать план",), **SIGNED},
            ["ПРИКАЗ", "20.11.2026 № 12", "О графике отпусков", "ПРИКАЗЫВАЮ:", "1. Петрову П.П.", "С приказом"],
        ),
        (
            "power_of_attorney",
            {"person": "Кузнецова Ольга Николаевна", "powers": "получить груз\nподписать акт", **SIGNED},
            ["ДОВЕРЕННОСТЬ № 12", "Двадцатое ноября", "1) получить груз;", "2) подписать акт.", "удостоверяю"],
        ),
        ("visa_supplement", {"amount": "5.00"}, ["ПРИЛОЖЕНИЕ К СОГЛАСОВАННОМУ СЧЁТУ", "Сумма 5 ₽", "Счёт.pdf"]),
        ("acquaintance_sheet", {}, ["ЛИСТ ОЗНАКОМЛЕНИЯ", "Ознакомлены 0 из 0", "Счёт.pdf, версия 1"]),
    ],
)
async def test_each_paper_is_one_page_that_says_it_all(
    document: str, fields: dict[str, FieldValue], said: list[str], documents: Documents
) -> None:
    file = FileVersion("Счёт.pdf", 1, "1a" * 32, 10, "application/pdf", "i.kuznetsov", MONDAY)
    view = paper_view(document, replace(case(**fields), files=(file,)), OFFICE, MONDAY)
    text = page_of(await documents.make(view))
    assert [words for words in said if words not in text] == []
