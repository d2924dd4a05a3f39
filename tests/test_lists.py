"""A list of tasks answered in one reply: every line counts for itself, on the card it showed, or is asked about."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.agendas import send_lists
from mailflow.core.agenda import Line
from mailflow.core.agenda_answers import Unclear, read_list
from mailflow.core.answers import Answer
from mailflow.core.case import Ask
from mailflow.core.worktime import is_working_day
from mailflow.world import Paper
from tests.office_life import DIRECTOR, IVAN, OLGA, ORDER, PETROV, Life, living

TODAY = date(2026, 11, 12)
LINES = {n: Line(f"case{n}", f"task{n}", "card") for n in range(1, 6)}
ASKS = dict.fromkeys(LINES, Ask.APPROVAL)


def read(text: str) -> dict[int, Answer] | str | None:
    found = read_list(text, LINES, ASKS, TODAY)
    if found is None or isinstance(found, Unclear):
        return found.why if found is not None else None
    return {one.number: one.reading.answer for one in found}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 да, 2 нет — дорого, 3 вопрос: когда поставка?", {1: "approve", 2: "decline", 3: "question"}),
        (
            "1. Согласовано\n2. На доработку: нет акта\n3. Отклонить: не наш профиль",
            {1: "approve", 2: "rework", 3: "reject"},
        ),
        ("1) ок\n2) ок", {1: "approve", 2: "approve"}),
        ("1 - да; 2 - да", {1: "approve", 2: "approve"}),
        ("1, 3 да", {1: "approve", 3: "approve"}),
        ("1-3 согласовано", {1: "approve", 2: "approve", 3: "approve"}),
        ("№1 да", {1: "approve"}),
        ("1 yes, 2 no - too expensive", {1: "approve", 2: "decline"}),
        ("Добрый день!\n1 да\n2 да\n\nС уважением,\nОльга Смирнова", {1: "approve", 2: "approve"}),
        ("1 да, 2 да 3 да", {1: "approve", 2: "approve_with_remarks"}),
        ("1 да, но исправьте сумму", {1: "approve_with_remarks"}),
        ("1 да\n1 нет", {1: "unclear"}),
        ("Кроме второго:\n1 да\n2 да", "words before the first number"),
        ("1 да, 9 да", "a number that is not in the list"),
        ("Согласовано", None),
        ("", None),
    ],
)
def test_a_reply_is_read_line_by_line(text: str, said: object) -> None:
    found = read(text)
    if isinstance(found, dict) and isinstance(said, dict):
        for number, answer in said.items():
            assert found[number].value.startswith(answer), (text, found)
        assert set(found) == set(said)
    else:
        assert found == said


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="1234 дане,.;:\n-—ткосглв?!", max_size=60))
def test_whatever_is_written_a_yes_is_never_read_where_its_line_holds_a_no(text: str) -> None:
    found = read_list(text, LINES, ASKS, TODAY)
    if found is None or isinstance(found, Unclear):
        return
    for one in found:
        if one.reading.answer is Answer.APPROVE:
            assert "нет" not in text.split(str(one.number), 1)[-1].split("\n")[0].split(",")[0].split()


def test_a_hostile_megabyte_is_read_quickly() -> None:
    began = time.process_time()
    for text in ("1, " * 300_000, "1-" * 500_000, "\n1 да" * 200_000, "1" * 1_000_000):
        read(text)
    assert time.process_time() - began < 1


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with living(tmp_path) as office:
        yield office


async def three(life: Life) -> None:
    """Three invoices that wait for Petrov."""
    for number in (57, 58, 59):
        await life.asks(ORDER.replace("№ 57", f"№ {number}"), (Paper(f"Счет {number}.pdf", str(number).encode()),))


def number(n: int) -> str:
    return f"СЧ-2026-000{n}"


async def test_one_reply_decides_asks_and_leaves_open_each_line_for_itself(life: Life) -> None:
    await three(life)
    await life.writes(PETROV, "Мои задачи")
    listed = await life.last(PETROV)
    assert "3. СЧ-2026-0003" in listed.text
    before = await life.count(PETROV)
    await life.says(PETROV, "1 да, 2 нет — дорого, 3 хм, интересно")
    assert await life.waits_on(number(1)) == ["o.smirnova"]
    assert await life.waits_on(number(2)) == ["i.kuznetsov"]
    assert await life.waits_on(number(3)) == ["p.petrov"]
    assert (await life.case(number(1))).assignments[0].decision.channel == "list"  # type: ignore[union-attr]
    told = [letter.text for letter in (await life.world.letters(PETROV))[before:]]
    assert len(told) == 2, "one question about the third line, one letter about all"
    assert any("записано: согласовано" in text and "на доработку" in text for text in told)


async def test_a_line_whose_card_has_changed_since_does_not_count(life: Life) -> None:
    await life.asks()
    await life.writes(PETROV, "Мои задачи")
    listed = await life.last(PETROV)
    await life.says(PETROV, "На доработку: не та сумма", letter=(await life.world.letters(PETROV))[0])
    await life.says(IVAN, "Сумма: 220 000,50\nГотово", letter=await life.last(IVAN))
    assert await life.waits_on() == ["p.petrov"]
    await life.says(PETROV, "1 да", letter=listed)
    assert await life.waits_on() == ["p.petrov"], "the yes was to another sum"


async def test_a_list_passed_on_to_a_colleague_decides_nothing_and_tells_him_nothing(life: Life) -> None:
    await life.asks()
    await life.writes(PETROV, "Мои задачи")
    listed = await life.last(PETROV)
    await life.says(DIRECTOR, "1 да", letter=listed)
    assert await life.waits_on() == ["p.petrov"]
    assert "Ромашка" not in (await life.last(DIRECTOR)).text


async def test_a_forged_reply_to_a_list_decides_nothing(life: Life) -> None:
    await life.asks()
    await life.writes(PETROV, "Мои задачи")
    listed = await life.last(PETROV)
    await life.forged(PETROV, "Re: tasks", "1 да", f"In-Reply-To: {listed.message['Message-ID']}\r\n")
    assert await life.waits_on() == ["p.petrov"]


async def test_the_same_reply_again_changes_nothing(life: Life) -> None:
    await life.asks()
    await life.writes(PETROV, "Мои задачи")
    await life.says(PETROV, "1 да")
    case, letters = await life.case(), await life.count(PETROV)
    raw = (await life.world.mail.messages("docs@neon.example", "Processed"))[-1]
    await life.world.mail.deliver("docs@neon.example", raw)
    await life.works()
    assert await life.case() == case
    assert await life.count(PETROV) == letters


async def test_whoever_wants_one_letter_a_day_gets_it_in_the_morning_and_no_other(life: Life) -> None:
    await life.writes(PETROV, "Сводка: раз в день")
    before = await life.count(PETROV)
    await three(life)
    assert await life.count(PETROV) == before
    zone = life.app.settings.zone
    morning = datetime.now(zone).replace(hour=8, minute=40) + timedelta(days=1)
    while not is_working_day(morning.date(), life.app.office.calendar):
        morning += timedelta(days=1)
    assert await send_lists(life.app.desk, morning.replace(hour=15), None) == 0
    assert await send_lists(life.app.desk, morning, None) == 1
    assert await send_lists(life.app.desk, morning + timedelta(minutes=5), None) == 0
    [listed] = [row for row in await life.app.store.outbox() if row.key.startswith("agenda/")]
    assert [file.name for file in listed.letter.enclosed] == ["Счет 57.pdf", "Счет 58.pdf", "Счет 59.pdf"]
    assert [row[0] for row in listed.letter.rows] == [f"{n}. {number(n)}" for n in (1, 2, 3)]


async def test_a_deputy_is_told_when_his_days_begin_and_answers_the_tasks_by_number(life: Life) -> None:
    await life.asks()
    await life.writes(PETROV, f"Замещение: с {life.day()} по {life.day(5)} вместо меня Смирнова О.Н.")
    told = await life.last(OLGA)
    assert "вы замещаете Петрова П.П." in told.text
    assert "1. СЧ-2026-0001" in told.text
    await life.works()
    assert (await life.subjects(OLGA)).count(told.subject) == 1
    await life.says(OLGA, "1 да", letter=told)
    decision = (await life.case()).assignments[0].decision
    assert decision is not None
    assert decision.by == "o.smirnova"


async def test_a_substitution_that_begins_later_is_told_later(life: Life) -> None:
    await life.writes(PETROV, f"Замещение: с {life.day(2)} по {life.day(5)} вместо меня Смирнова О.Н.")
    assert await life.count(OLGA) == 0
    assert await send_lists(life.app.desk, datetime.now(UTC) + timedelta(days=2), None) == 1
