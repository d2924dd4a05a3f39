"""Words as cases are found by them: one form for all, numbers however they are typed, seeing as words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.answers import Answer
from mailflow.core.search_command import read_search_command
from mailflow.core.search_words import asked_words, entry, forms_of, seeing, seen_by
from mailflow.core.searching import snippet
from mailflow.core.sight import sees, sight_of
from tests.offices import Story, neon


def finds(asked: str, text: str) -> bool:
    there = set(entry([text]).split())
    words = asked_words(asked)
    return bool(words) and all(there & set(forms) for forms in words)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("счёт", "Оплата счетов за ноябрь"),
        ("счетов", "СЧЁТ на оплату"),
        ("счета Ромашке", "Счёт от ООО «Ромашка»"),
        ("договора поставки", "договор на поставку"),
        ("зеленая ёлка", "зелёные елки"),
        ("люди", "нужен человек"),
        ("СЧ-2026-0042", "по заявке СЧ-2026-0042 просим"),
        ("СЧ-0042", "СЧ-2026-0042"),
        ("сч-42", "СЧ-2026-0042"),
        ("CЧ-42", "СЧ-2026-0042"),
        ("сч 42", "СЧ-2026-0042"),
        ("0042", "СЧ-2026-0042"),
        ("01-14/9", "исх. № 01-14/9 от 12.11.2026"),
        ("12.11.2026", "от 12.11.2026"),
        ("7701234567", "ИНН 7701234567"),
        ("120000", "Итого 120 000,50 ₽"),
        ("120 000,50", "120000.50"),
        ("invoices", "an Invoice of Daisy Ltd"),
        ("company", "two companies"),
        ("Счет 57.pdf", "Счёт_57.pdf"),
        ("привет", "при\u0301вет привет"),
        ("日本", "日本 語"),
    ],
)
def test_a_word_is_found_in_any_form(asked: str, text: str) -> None:
    assert finds(asked, text)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("СЧ-2026-0042", "СЧ-2026-0142"),
        ("СЧ-42", "СЧ-2026-0420 и 42 рубля"),
        ("7701234567", "ИНН 77012345670"),
        ("770123456", "ИНН 7701234567"),
        ("0512345678", "512345678"),
        ("счёт договор", "счёт"),
        ("и в на", "и в на"),
        ("«»!?", "что угодно"),
        ("", "что угодно"),
        ('" OR *', "что угодно"),
    ],
)
def test_what_is_not_said_is_not_found(asked: str, text: str) -> None:
    assert not finds(asked, text)


@given(st.text(max_size=200))
def test_whatever_a_text_says_its_own_words_find_it(text: str) -> None:
    there = set(entry([text]).split())
    assert all(there & set(forms) for forms in asked_words(text))
    assert all(len(word) <= 60 and not set("'\" &|():*") & set(word) for forms in asked_words(text) for word in forms)


def test_the_words_that_say_who_may_see_a_case_say_what_sight_says() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    there = seen_by(story.it)
    for person in neon().directory.people:
        sight = sight_of(person, story.office, story.now)
        found = not seeing(sight) or bool(there & set(seeing(sight)))
        assert found == sees(sight, story.it), person


def test_nobody_types_himself_into_what_others_may_see() -> None:
    assert all(not word.startswith("@") for word in entry(["@pay @i0123 x@pay.example"]).split())


def test_a_megabyte_of_anything_is_read_quickly() -> None:
    for text in ("а" * 1_000_000, "1-" * 500_000, "1 000 " * 160_000, "слово " * 160_000, "\u0301" * 1_000_000):
        started = time.process_time()
        entry([text])
        assert time.process_time() - started < 2


def test_unusual_words_are_remembered_and_not_looked_up_again() -> None:
    assert forms_of("мосводоканала") is forms_of("мосводоканала")


def test_a_snippet_shows_the_word_in_its_place() -> None:
    text = "Вступление. " * 50 + "Просим оплатить счета до пятницы. " + "Конец. " * 50
    pieces = list(snippet(text, asked_words("счёт")))
    assert [piece.text for piece in pieces if piece.found] == ["счета"]
    assert sum(len(piece.text) for piece in pieces) < 320


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Найти Ромашка счёт", "Ромашка счёт"),
        ("Найти: СЧ-42", "СЧ-42"),
        ("Поиск\nдоговор 42-П", "договор 42-П"),
        ("[Find] contract", "contract"),
        ("Find", ""),
    ],
)
def test_what_is_looked_for_stands_behind_the_word(text: str, asked: str) -> None:
    assert read_search_command(text) == asked
