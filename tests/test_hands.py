"""Whose hand is behind a mailbox: read from the signature or from From, never guessed out of the text."""

from __future__ import annotations

import pytest

from mailflow.core.answers import Answer
from mailflow.core.directory import Person
from mailflow.core.hands import hand_of, is_mailbox
from mailflow.core.message import parse
from tests.offices import Story


def hand(text: str, sender: str = "buh@neon.example") -> str:
    head = f"From: {sender}\r\nTo: docs@neon.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    return hand_of(parse((head + text).encode()))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Оплачено\n\nС уважением,\nбухгалтер Сидорова М.П.", "Сидорова М.П."),
        ("Оплачено\n--\nМария Сидорова\nглавный бухгалтер", "Мария Сидорова"),
        ("Оплачено\n\nСидорова М.П.", "Сидорова М.П."),
        ("Мария Петровна Сидорова", "Сидорова М.П."),
        ("Сидорова М.П.", "Сидорова М.П."),
        ("Оплачено", ""),
        ("Оплачено\n\nС уважением,\nБухгалтерия", ""),
        ("Оплачено. Счёт выставил Петров П.П.", ""),
        ("", ""),
    ],
)
def test_the_name_is_the_one_the_mail_is_signed_with(text: str, name: str) -> None:
    assert hand(text) == name


def test_without_a_signature_it_is_the_name_in_from() -> None:
    assert hand("Оплачено", "=?utf-8?b?0JzQsNGA0LjRjyDQm9C10LHQtdC00LXQstCw?= <buh@neon.example>") == "Мария Лебедева"


@pytest.mark.parametrize(
    ("name", "mailbox"),
    [("Бухгалтерия", True), ("Отдел кадров", True), ("Петров Пётр Петрович", False), ("John Smith", False)],
)
def test_a_mailbox_is_told_from_a_person(name: str, mailbox: bool) -> None:
    assert is_mailbox(Person(name=name, address="x@neon.example")) is mailbox


def test_a_megabyte_below_the_answer_is_read_at_once() -> None:
    assert hand("Оплачено\n--\n" + "Мария " * 150_000) == ""


def test_a_person_has_no_hand_behind_him() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE, signed="Сидорова М.П.")
    decision = story.it.assignments[0].decision
    assert decision is not None
    assert decision.signed == ""
