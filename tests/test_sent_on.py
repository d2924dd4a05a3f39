"""A letter sent on to a colleague with us in copy: what asks him, what leaves him the decision, what is neither."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailflow.core.answers import Answer, Reading
from mailflow.core.around import SentOn, Target
from mailflow.core.classify import classify
from mailflow.core.forwarding import read_forwarded
from mailflow.core.kinds import Reply
from mailflow.core.message import parse
from tests.test_classify import STAFF

MONDAY = date(2026, 11, 16)
TO = "p.petrov@neon.example"


def read(text: str) -> Reading | None:
    return read_forwarded(text, TO, MONDAY)


@pytest.mark.parametrize(
    "text",
    [
        "Твоё мнение?",
        "Пётр, твое мнение?",
        "Цена кажется высокой. Что думаешь?",
        "Иван Сергеевич, добрый день! Нужно ваше мнение по цене. Спасибо.",
        "Посмотри, пожалуйста, нормальная ли цена",
        "Как считаете, стоит согласовать?",
        "What do you think?",
        "Hi Ivan, any thoughts? Thanks!",
        "Let me know what you think",
    ],
)
def test_the_colleague_is_asked_what_he_thinks(text: str) -> None:
    reading = read(text)
    assert reading is not None
    assert (reading.answer, reading.details.to, reading.details.opinion) == (Answer.DELEGATE, TO, True)


@pytest.mark.parametrize(
    "text",
    [
        "Реши ты",
        "Пётр, реши ты, пожалуйста",
        "Я в отпуске до пятницы. Реши ты.",
        "Решение за вами, Иван Сергеевич",
        "Прошу вас решить вместо меня",
        "Решите вы\n\nС уважением,\nСмирнова О.Н.",
        "Please decide.",
        "Ivan, your call. Thanks!",
        "I'm on leave. You decide, please",
    ],
)
def test_the_decision_is_left_to_the_colleague(text: str) -> None:
    reading = read(text)
    assert reading is not None
    assert (reading.answer, reading.details.to, reading.details.opinion) == (Answer.DELEGATE, TO, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FYI",
        "Согласовано",
        "Твоё мнение мне неинтересно",
        "Не нужно твоё мнение",
        "Не решай ты",
        "Реши ты?",
        "Реши ты, если я не отвечу до пятницы",
        "Я против. Реши ты.",
        "Согласовано. Реши ты, что с актами.",
        "Реши ты с Ивановым, но сумму не трогай",
        "Пусть решает Петров",
        "You decide nothing here",
        "Decide whether to pay, I will tell you tomorrow",
    ],
)
def test_everything_else_stays_a_comment(text: str) -> None:
    assert read(text) is None


def test_a_megabyte_is_no_handing_over() -> None:
    assert read("реши ты " * 130_000) is None


def test_words_hidden_in_the_page_hand_nothing_over() -> None:
    aside = Target("c", "", "o.smirnova", "h", None, "invoice", aside=True, sent_on=SentOn("c/1/finance/o", TO))
    mail = (
        b"From: o.smirnova@neon.example\r\nTo: p.petrov@neon.example\r\nCc: docs@neon.example\r\nSubject: FW\r\n"
        b"Content-Type: text/html; charset=utf-8\r\n\r\n%s"
    )
    around = replace(STAFF, target=aside)
    plain = classify(parse(mail % "<p>Реши ты</p>".encode()), around)
    hidden = classify(parse(mail % '<p>К сведению</p><p style="display:none">Реши ты</p>'.encode()), around)
    assert isinstance(plain, Reply)
    assert isinstance(hidden, Reply)
    assert (plain.reading.answer, hidden.reading.answer) == (Answer.DELEGATE, Answer.UNCLEAR)
