"""The answer to the question letter: by name, in the order of the questions, or in a word."""

from __future__ import annotations

import time
from datetime import date

import pytest

from mailflow.core.field_answers import read_answer
from mailflow.core.field_forms import Value
from mailflow.core.surroundings import forms_of
from tests.test_requests import RULES

THURSDAY = date(2026, 11, 12)
FORMS = forms_of(RULES)["invoice"]


def answered(text: str, *asked: str) -> dict[str, Value]:
    return dict(read_answer(text, THURSDAY, FORMS, asked).values)


@pytest.mark.parametrize(
    "text",
    [
        "Реклама\nда\n20.11",
        "1. Реклама\n2. да\n3. 20.11",
        "- реклама\n- в бюджете\n- до 20 ноября",
        "Реклама, да, 20.11",
        "реклама; да; 20.11.2026",
        "Добрый день!\n\nРеклама\nда\n20.11",
        "Статья: Реклама\nБюджет: да\nОплатить до: 20.11",
        "20.11\nРеклама\nда",
        "статья реклама, в бюджете, до 20.11",
    ],
)
def test_three_fields_are_answered_in_every_way_people_answer(text: str) -> None:
    wanted = {"cash_flow_item": "Реклама", "in_budget": True, "pay_by": "2026-11-20"}
    assert answered(text, "cash_flow_item", "in_budget", "pay_by") == wanted


@pytest.mark.parametrize(
    ("text", "asked", "value"),
    [
        ("ООО «Ромашка»", "counterparty", "ООО «Ромашка»"),
        ("120 000,50", "amount", "120000.50"),
        ("45 тыс.", "amount", "45000.00"),
        ("нет", "in_budget", False),
        ("Да.", "in_budget", True),
        ("завтра", "pay_by", "2026-11-13"),
        ("связь", "cash_flow_item", "Связь"),
    ],
)
def test_the_one_field_asked_for_may_be_answered_in_a_word(text: str, asked: str, value: Value) -> None:
    assert answered(text, asked)[asked] == value


@pytest.mark.parametrize(
    "text", ["не знаю", "уточню у бухгалтерии", "Какой подрядчик?", "отзываю заявку", "120.000", "позже пришлю"]
)
def test_what_is_no_value_is_taken_for_none(text: str) -> None:
    for asked in ("counterparty", "amount", "in_budget", "pay_by"):
        assert asked not in answered(text, asked)


def test_two_values_for_three_questions_are_fitted_by_their_kind_alone() -> None:
    assert answered("да\n20.11", "cash_flow_item", "in_budget", "pay_by") == {"in_budget": True, "pay_by": "2026-11-20"}


def test_a_value_two_questions_may_mean_is_taken_for_neither() -> None:
    assert answered("да", "in_budget", "urgent") == {}


def test_a_line_of_blanks_is_over_in_time() -> None:
    began = time.process_time()
    assert answered("\t" * 40_000 + "да", "in_budget") == {"in_budget": True}
    assert time.process_time() - began < 1
