"""Who did what, in the journal's words: the verb goes with the person."""

from __future__ import annotations

import re
from inspect import getsource

import pytest

from mailflow.core import wording
from mailflow.core.answers import Answer
from mailflow.core.directory import Person
from mailflow.core.doers import Doer, doer
from mailflow.core.wording import answer_word, sentence


def person(name: str, gender: str | None = None) -> Doer:
    return doer(Person.model_validate({"name": name, "address": "x@neon.example", "gender": gender}))


@pytest.mark.parametrize(
    ("name", "gender", "verb"),
    [
        ("Смирнова Ольга Николаевна", None, "вернула"),
        ("Петров Пётр Петрович", None, "вернул"),
        ("Ким Наталья Львовна", None, "вернула"),
        ("Черных Илья", None, "вернул"),
        ("Мамедов Рашид Али оглы", None, "вернул"),
        ("Бухгалтерия", None, "вернула"),
        ("Отдел кадров", None, "вернул"),
        ("Ким И.", None, "вернул(а)"),
        ("Ким И.", "f", "вернула"),
        ("Саша Гром", "m", "вернул"),
        ("John Smith", None, "вернул(а)"),
        ("John Smith", "m", "вернул"),
    ],
)
def test_the_verb_goes_with_the_person(name: str, gender: str | None, verb: str) -> None:
    who = person(name, gender)
    assert sentence("returned", "ru", who=who, reason="нет акта") == f"{who.name} {verb} на доработку: нет акта"


def test_english_has_one_verb_for_everybody() -> None:
    who = person("Смирнова Ольга Николаевна")
    assert sentence("returned", "en", who=who, reason="no act") == "Смирнова О.Н. returned it for rework: no act"


@pytest.mark.parametrize(("gender", "word"), [("m", "ознакомлен"), ("f", "ознакомлена"), (None, "ознакомлен(а)")])
def test_whoever_has_read_a_paper_has_read_it_in_his_or_her_gender(gender: str | None, word: str) -> None:
    assert answer_word(Answer.ACKNOWLEDGE, "ru", gender) == word  # type: ignore[arg-type]


def test_no_sentence_of_the_journal_says_of_everybody_what_a_man_did() -> None:
    told = re.findall(r"\{(?:who|by)\} (?!\{)(\w+[аиыяо]?л)\b", getsource(wording))
    assert told == []
