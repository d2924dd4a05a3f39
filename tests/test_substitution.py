"""Who decides while somebody is away: asked for by mail, agreed to by whoever may, shown wherever it counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.answers import Answer
from mailflow.core.memory import Fact
from mailflow.core.mentioning import who_is
from mailflow.core.office import Office
from mailflow.core.sender import Proven
from mailflow.core.substitution import Asked, Ended, NotClear, confirmed_by, read_substitution
from tests.office_life import DIRECTOR, IVAN, NUMBER, OLGA, ORLOV, PETROV, SECRETARY, Life, living
from tests.offices import MONDAY, NOBODY, Story, directory, letters, neon

TODAY = date(2026, 11, 12)
FROM, TO = date(2026, 11, 16), date(2026, 11, 27)


def stands_in(person: str, by: str, since: str = "2026-11-01", until: str = "2026-11-30", item: str = "c1") -> Fact:
    return Fact("substitution", person, item, {"by": by, "since": since}, until)


def knowing(*facts: Fact) -> Office:
    return replace(neon(), facts=facts)


@pytest.mark.parametrize(
    "text",
    [
        "Замещение: с 16.11 по 27.11 вместо меня Петров П.П.",
        "Замещение с 16 по 27 ноября — Петров",
        "Замещение: Петров Пётр Петрович, 16.11–27.11",
        "замещение: с 16.11.2026 по 27.11.2026 меня замещает Петров",
        "Substitution: from 16 Nov to 27 Nov, instead of me Petrov",
        "Substitution: 16 Nov - 27 Nov Peter Petrov for me".replace("Peter ", ""),
        "Замещение: с 16.11 по 27.11 вместо меня p.petrov@neon.example",
    ],
)
def test_the_ways_to_say_it_mean_the_same(text: str) -> None:
    assert read_substitution(text, "o.smirnova", TODAY, neon()) == Asked("o.smirnova", "p.petrov", FROM, TO)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Замещение: Петров", "dates"),
        ("Замещение: с 16.11 по 27.11", "nobody"),
        ("Замещение: с 27.11 по 16.11 вместо меня Петров", "dates"),
        ("Замещение: с 16.11 по 27.11 вместо меня Смирнова", "self"),
        ("Замещение: с 16.11 по 27.11 вместо меня Петров или Орлов", "several"),
        ("Замещение: с 01.10.2026 по 02.10.2026 вместо меня Петров", "past"),
        ("Замещение: с 16.11.2026 по 16.11.2029 вместо меня Петров", "long"),
    ],
)
def test_what_is_not_clear_is_named(text: str, why: str) -> None:
    found = read_substitution(text, "o.smirnova", TODAY, neon())
    assert isinstance(found, NotClear)
    assert found.why == why


def test_it_is_ended_in_plain_words() -> None:
    for text in ("Замещение отменить", "Замещение: я вернулась", "Substitution: cancel"):
        assert read_substitution(text, "o.smirnova", TODAY, neon()) == Ended("o.smirnova")


def test_until_the_end_of_the_week_does_not_end_it() -> None:
    found = read_substitution("Substitution: until the end of the week Petrov for me", "o.smirnova", TODAY, neon())
    assert isinstance(found, Asked)


def test_a_circle_is_refused() -> None:
    office = knowing(stands_in("p.petrov", "o.smirnova"))
    found = read_substitution("Замещение: с 16.11 по 27.11 вместо меня Петров", "o.smirnova", TODAY, office)
    assert found == NotClear("circle")


def test_whose_word_it_needs() -> None:
    office, asked = neon(), Asked("o.smirnova", "p.petrov", FROM, TO)
    proven = Proven("x@neon.example", "dmarc=pass")
    assert confirmed_by(asked, "o.smirnova", proven, office)[0] == "nobody"
    assert confirmed_by(asked, "director", proven, office)[0] == "nobody"
    assert confirmed_by(asked, "sekretar", proven, office)[0] == "nobody"
    assert confirmed_by(asked, "o.smirnova", NOBODY, office)[0] == "absentee"
    assert confirmed_by(asked, "i.kuznetsov", proven, office) == ("superiors", ("director", "sekretar"))


def test_nobody_names_himself() -> None:
    """Not even the manager or the secretary, who may arrange it for others."""
    office, proven = neon(), Proven("x@neon.example", "dmarc=pass")
    for deputy in ("p.petrov", "director", "sekretar"):
        confirm, by = confirmed_by(Asked("o.smirnova", deputy, FROM, TO), deputy, proven, office)
        assert confirm == "superiors"
        assert deputy not in by
        assert by


def test_a_chain_is_followed_and_a_circle_of_facts_ends() -> None:
    chain = knowing(stands_in("o.smirnova", "p.petrov"), stands_in("p.petrov", "s.orlov"))
    assert chain.acting("o.smirnova", MONDAY) == "s.orlov"
    circle = knowing(stands_in("o.smirnova", "p.petrov"), stands_in("p.petrov", "o.smirnova"))
    assert circle.acting("o.smirnova", MONDAY) == "p.petrov"


PEOPLE = sorted(directory().people)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), max_size=8))
def test_whatever_is_arranged_somebody_who_works_here_acts(arranged: dict[str, str]) -> None:
    office = knowing(*(stands_in(person, by, item=person) for person, by in arranged.items()))
    for person in PEOPLE:
        acting = office.acting(person, MONDAY)
        assert acting in office.directory.people
        assert (acting == person) == (arranged.get(person) in (None, person))


def test_a_deputy_who_has_left_stands_in_for_nobody() -> None:
    assert knowing(stands_in("o.smirnova", "gone")).acting("o.smirnova", MONDAY) == "o.smirnova"


def test_before_and_after_its_days_it_does_not_hold() -> None:
    office = knowing(stands_in("o.smirnova", "p.petrov", "2026-11-17", "2026-11-18"))
    acting = [office.acting("o.smirnova", MONDAY + timedelta(days=n)) for n in range(4)]
    assert acting == ["o.smirnova", "p.petrov", "p.petrov", "o.smirnova"]


def test_the_deputys_decision_names_both_in_the_journal() -> None:
    story = Story(knowing(stands_in("p.petrov", "o.smirnova")))
    story.request()
    done = story.answer("p.petrov", Answer.APPROVE, proof=story.proof("o.smirnova"))
    assert "за Петрова П.П. — Смирнова О.Н.: согласовано" in done.why
    assert story.it.assignments[0].decision is not None
    assert story.it.assignments[0].decision.by == "o.smirnova"


def test_the_initiator_never_acts_for_his_approver() -> None:
    story = Story(knowing(stands_in("p.petrov", "i.kuznetsov")))
    done = story.request()
    assert ("ask", "p.petrov") in letters(done)
    story.answer("p.petrov", Answer.APPROVE, proof=story.proof("i.kuznetsov"))
    assert story.it.open_assignments[0].principal == "p.petrov"


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Петрову П.П.", "p.petrov"),
        ("Петрова Петра Петровича", "p.petrov"),
        ("П. П. Петров", "p.petrov"),
        ("Смирнову", "o.smirnova"),
        ("Olga Smirnova", "o.smirnova"),
        ("Sergei Orlov", "s.orlov"),
        ("Smith", "j.smith"),
        ("бухгалтерия", "buh"),
    ],
)
def test_people_are_found_in_every_case_form_and_alphabet(name: str, person: str) -> None:
    assert who_is(name, directory()) == (person,)


def test_a_first_name_alone_is_nobodys() -> None:
    assert who_is("Иван", directory()) == ()


# Through the real servers


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with living(tmp_path) as office:
        yield office


async def arranged(life: Life, number: str = "ЗМ-2026-0001") -> str:
    return (await life.case(number)).state.value


async def test_the_deputy_gets_the_letter_and_decides_and_everybody_sees_for_whom(life: Life) -> None:
    await life.writes(PETROV, f"Замещение: с {life.day()} по {life.day(5)} вместо меня Смирнова О.Н.")
    assert "Замещение назначено" in (await life.last(PETROV)).text
    await life.asks()
    assert await life.count(PETROV) == 1
    await life.says(OLGA, "Согласовано")
    decision = (await life.case()).assignments[0].decision
    assert decision is not None
    assert decision.by == "o.smirnova"
    await life.writes(IVAN, f"Статус {NUMBER}")
    assert "за Петрова П.П. — Смирнова О.Н.: согласовано" in (await life.last(IVAN)).text


@pytest.mark.parametrize("first", ["Орлов С.П.", "Смирнова О.Н."], ids=["the same again", "another before"])
async def test_to_end_a_substitution_brings_back_nobody_it_had_taken_the_place_of(life: Life, first: str) -> None:
    for deputy in (first, "Орлов С.П."):
        await life.writes(PETROV, f"Замещение: с {life.day()} по {life.day(5)} вместо меня {deputy}")
    assert len(await life.app.store.facts(date.today().isoformat())) == 2
    await life.writes(PETROV, "Замещение отменить")
    assert await life.app.store.facts(date.today().isoformat()) == ()


async def test_to_end_a_few_days_of_one_deputy_leaves_another_his_longer_time(life: Life) -> None:
    await life.writes(PETROV, f"Замещение: с {life.day()} по {life.day(20)} вместо меня Смирнова О.Н.")
    await life.writes(PETROV, f"Замещение: с {life.day(2)} по {life.day(5)} вместо меня Орлов С.П.")
    await life.writes(PETROV, "Замещение отменить")
    [left] = await life.app.store.facts(date.today().isoformat())
    assert left.said["by"] == "o.smirnova"


async def test_the_absentee_may_still_decide_himself(life: Life) -> None:
    await life.asks()
    asked = await life.last(PETROV)
    await life.writes(PETROV, f"Замещение: с {life.day()} по {life.day(5)} вместо меня Орлов С.П.")
    await life.says(PETROV, "Согласовано", letter=asked)
    assert await life.waits_on() == ["o.smirnova"]


async def test_a_forged_substitution_does_nothing_before_the_absentees_own_word(life: Life) -> None:
    await life.forged(OLGA, "Substitution", f"Substitution: from {life.day()} to {life.day(5)} instead of me Petrov")
    assert await arranged(life) == "open"
    assert await life.app.store.facts(date.today().isoformat()) == ()
    asked = await life.last(OLGA)
    assert "не подтвердил" in asked.text
    await life.says(OLGA, "Готово", letter=asked)
    assert await arranged(life) == "done"


async def test_whoever_names_himself_waits_for_the_manager_or_the_secretary(life: Life) -> None:
    await life.writes(ORLOV, f"Замещение: с {life.day()} по {life.day(5)} вместо Смирновой О.Н. Орлов С.П.")
    assert await arranged(life) == "open"
    asked = await life.last(DIRECTOR)
    assert "Орлов С.П." in asked.text
    await life.says(SECRETARY, "Отклонить: не договаривались")
    assert await arranged(life) == "rejected"
    assert await life.app.store.facts(date.today().isoformat()) == ()


async def test_a_forwarded_wish_is_not_the_forwarders(life: Life) -> None:
    wish = f"Замещение: с {life.day()} по {life.day(5)} вместо меня Орлов С.П."
    inner = f"---------- Forwarded message ---------\nОт: x@y.example\nТема: Замещение\n\n{wish}"
    await life.writes(OLGA, f"Fwd: {wish}", f"Что это?\n\n{inner}")
    assert await life.app.store.facts(date.today().isoformat()) == ()
    assert await life.app.store.load_by_number("ЗМ-2026-0001") is None


async def test_a_replay_of_the_wish_arranges_nothing_again_after_it_was_ended(life: Life) -> None:
    await life.writes(PETROV, f"Замещение: с {life.day()} по {life.day(5)} вместо меня Смирнова О.Н.")
    raw = (await life.world.mail.messages("docs@neon.example", "Processed"))[0]
    await life.writes(PETROV, "Замещение отменить")
    assert await arranged(life) == "withdrawn"
    await life.world.mail.deliver("docs@neon.example", raw)
    await life.works()
    assert await life.app.store.facts(date.today().isoformat()) == ()
    assert await life.app.store.load_by_number("ЗМ-2026-0002") is None


async def test_whoever_it_does_not_concern_cannot_end_it(life: Life) -> None:
    await life.writes(PETROV, f"Замещение: с {life.day()} по {life.day(5)} вместо меня Смирнова О.Н.")
    await life.writes(ORLOV, "Замещение отменить вместо Петрова")
    assert await arranged(life) == "done"
    assert "нет" in (await life.last(ORLOV)).text


async def test_the_deputy_of_a_deputy_decides_too(life: Life) -> None:
    await life.writes(PETROV, f"Замещение: с {life.day()} по {life.day(5)} вместо меня Смирнова О.Н.")
    await life.writes(OLGA, f"Замещение: с {life.day()} по {life.day(5)} вместо меня Иванов И.С.")
    await life.asks()
    await life.says(DIRECTOR, "Согласовано")
    assert await life.waits_on() == ["o.smirnova"]


async def test_the_tasks_of_the_absentee_stand_in_the_deputys_list(life: Life) -> None:
    await life.asks()
    await life.writes(PETROV, f"Замещение: с {life.day()} по {life.day(5)} вместо меня Смирнова О.Н.")
    await life.writes(OLGA, "Мои задачи")
    text = (await life.last(OLGA)).text
    assert f"1. {NUMBER}" in text
    assert "за Петрова П.П." in text
