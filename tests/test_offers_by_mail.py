"""What a supplier's answer offers, read from his words and his papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailflow.core.around import Paper
from mailflow.core.mailboxes_named import Outside, outside_of, read_outside
from mailflow.core.offer_reading import read_offer

DAY = date(2026, 11, 16)
BILL = Paper("КП.pdf", "Счет на оплату № 5 от 16.11.2026\nИтого: 120 000,00\nВсего к оплате: 120 000,00\n")
SCAN = replace(BILL, recognised=True)


@pytest.mark.parametrize(
    ("text", "papers", "offer"),
    [
        ("Цена: 120 000 руб. с НДС\nСрок поставки: 10 дней", (), ("120000.00", "RUB", "10 дней", True)),
        ("Price: USD 4,500.00\nDelivery: two weeks", (), ("4500.00", "USD", "two weeks", True)),
        ("Можем за 120 000 руб.", (), ("120000.00", "RUB", "", False)),
        ("Предложение во вложении", (BILL,), ("120000.00", "RUB", "", True)),
        ("Цена: 115 000 руб.", (BILL,), ("115000.00", "RUB", "", False)),
        ("Предложение во вложении", (SCAN,), ("120000.00", "RUB", "", False)),
        ("Предложение во вложении", (SCAN, BILL), ("120000.00", "RUB", "", True)),
        ("Цена: 120 000 руб.", (SCAN,), ("120000.00", "RUB", "", True)),
        ("Цена: 115 000 руб.", (SCAN,), ("115000.00", "RUB", "", False)),
    ],
)
def test_a_sum_is_sure_only_where_a_line_or_a_paper_names_it_and_nothing_says_otherwise(
    text: str, papers: tuple[Paper, ...], offer: tuple[str, str, str, bool]
) -> None:
    read = read_offer(text, papers, DAY)
    assert (read["amount"], read["currency"], read["terms"], read["sure"]) == offer


@pytest.mark.parametrize(
    "text",
    ["К сожалению, не можем предложить.", "Отказываемся", "Вынуждены отказаться от участия", "We decline.", "No bid"],
)
def test_a_refusal_is_one_in_many_words(text: str) -> None:
    assert read_offer(text, (), DAY) == {"declined": True}


@pytest.mark.parametrize("text", ["Какого цвета кресла?", "Стол по 3 000 руб., кресло по 5 000 руб.", "", "Готово"])
def test_a_question_and_prices_of_pieces_are_no_offer_that_could_be_compared(text: str) -> None:
    assert read_offer(text, (), DAY) == {}


def test_mailboxes_are_read_with_their_names_each_once() -> None:
    said = (
        "1. ООО «Ромашка» <KP@Romashka.example>\n- sales@vesna.example; kp@romashka.example, АО Север - z@sever.example"
    )
    read = read_outside(said)
    assert read is not None
    assert outside_of(read) == (
        Outside("ООО «Ромашка»", "kp@romashka.example"),
        Outside("", "sales@vesna.example"),
        Outside("АО Север", "z@sever.example"),
    )


@pytest.mark.parametrize(
    "said", ["ООО «Ромашка»", "a@b.example, спросите Анну", "a@b", "a@b.example\x00@c", "x" * 10_000, "a@bс.example"]
)
def test_a_list_with_one_that_is_no_address_is_not_read_at_all(said: str) -> None:
    assert read_outside(said) is None
