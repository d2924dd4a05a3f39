"""Commands by mail, answered at once: what a word in the subject does, for whom, and what a slip brings."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mailflow.core.commands import mistyped, read_command
from mailflow.core.kinds import Command
from mailflow.core.message import parse
from mailflow.core.reply import fresh
from tests.office_life import DIRECTOR, IVAN, JOHN, NUMBER, OLGA, ORDER, PETROV, Life, living


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with living(tmp_path) as office:
        yield office


def said(subject: str, text: str = "", more: str = "") -> Command | None:
    """What a mail with that subject and text is as a command, slips included."""
    head = f"From: a@b.example\r\nTo: docs@b.example\r\nSubject: {subject}\r\n{more}"
    message = parse(f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode())
    own = fresh(message)
    return read_command(message, own) or mistyped(message, own)


def name_of(subject: str, text: str = "") -> str:
    found = said(subject, text)
    return found.command if found is not None else ""


@pytest.mark.parametrize(
    ("subject", "command"),
    [
        ("Статус СЧ-2026-0001", "status"),
        ("[Статус] СЧ-2026-0001", "status"),
        ("status INV-2026-0001", "status"),
        ("Мои задачи", "tasks"),
        ("my tasks", "tasks"),
        ("Реестр счетов за неделю", "register"),
        ("Отозвать СЧ-2026-0001", "withdraw"),
        ("Замещение: с 16.11 по 27.11 вместо меня Петров П.П.", "substitute"),
        ("Сводка: раз в день", "digest"),
        ("Помощь", "help"),
        ("Статсу СЧ-2026-0001", "unclear"),
        ("Мои зодачи", "unclear"),
        ("cnfnec", "unclear"),
        ("Withdrow INV-2026-0001", "unclear"),
        ("Решение по вопросу кофе", ""),
        ("Счета", ""),
        ("Стратегия", ""),
    ],
)
def test_a_command_is_known_by_its_first_words(subject: str, command: str) -> None:
    assert name_of(subject) == command


def test_a_command_in_a_subject_somebody_else_wrote_acts_on_nothing() -> None:
    assert name_of("Re: Отозвать СЧ-2026-0001", "Посмотрите, пожалуйста.") == ""
    assert name_of("Fwd: Замещение: с 16.11 по 27.11 вместо меня Петров П.П.", "К сведению") == ""


def test_a_command_in_a_forwarded_letter_is_not_its_forwarders() -> None:
    head = "---------- Forwarded message ---------\nОт: Пётр <x@y.example>\nТема: Отозвать"
    inner = f"Посмотри.\n\n{head}\n\nОтозвать СЧ-2026-0001"
    assert name_of("Fwd: Отозвать СЧ-2026-0001", inner) == ""


def test_a_quoted_command_is_not_a_command() -> None:
    quoted = "Что это было?\n\nпн, 16 нояб. 2026 г. в 10:00, Пётр <x@y.example>:\n> Отозвать СЧ-2026-0001\n"
    assert name_of("Re: вопрос", quoted) == ""


def test_a_command_below_a_help_letter_is_its_writers_own() -> None:
    assert name_of("Re: Что можно сказать письмом", "Мои задачи") == "tasks"


def test_a_command_of_a_megabyte_is_read_quickly() -> None:
    subject, text = "Замещение: " + "с " * 100_000, "Петров " * 100_000
    started = time.process_time()
    assert name_of(subject, text) == "substitute"
    assert time.process_time() - started < 1


async def test_a_slip_is_answered_with_what_was_probably_meant(life: Life) -> None:
    await life.asks()
    await life.writes(IVAN, f"Статсу {NUMBER}")
    answer = await life.last(IVAN)
    assert f"Возможно, вы хотели написать «Статус {NUMBER}»?" in answer.text


async def test_the_same_slip_in_english_is_answered_in_english(life: Life) -> None:
    await life.writes(JOHN, "Statsu СЧ-2026-0001")
    assert "Did you mean “Status" in (await life.last(JOHN)).text


async def test_a_case_of_others_is_spoken_of_like_one_that_does_not_exist(life: Life) -> None:
    await life.asks()
    await life.writes(JOHN, f"status {NUMBER}")
    foreign = await life.last(JOHN)
    await life.writes(JOHN, "status СЧ-2026-0999")
    unknown = await life.last(JOHN)
    assert foreign.text.replace(NUMBER, "N") == unknown.text.replace("СЧ-2026-0999", "N")


async def test_status_alone_lists_the_writers_own_cases(life: Life) -> None:
    await life.asks()
    await life.writes(IVAN, "Статус")
    text = (await life.last(IVAN)).text.replace("\u00a0", " ")
    assert f"{NUMBER} — Счёт № 57, ООО «Ромашка», 120 000,50 ₽ — ждём: Петров П.П." in text


async def test_help_says_how_every_process_is_begun(life: Life) -> None:
    await life.writes(IVAN, "Помощь")
    text = (await life.last(IVAN)).text
    for process in life.app.office.rules.values():
        assert (f"— {process.title.ru} — тема" in text) == bool(process.starts_with.subject), process.name
    assert "Замещение: с 16.11" in text


async def test_withdrawing_by_command_is_answered_and_ends_the_case(life: Life) -> None:
    await life.asks()
    await life.writes(IVAN, f"Отозвать {NUMBER.replace('С', 'C')}")
    assert (await life.case()).state.value == "withdrawn"
    assert "отзывает заявку" in (await life.last(IVAN)).text
    assert "отзывает заявку" in (await life.last(PETROV)).text


async def test_a_forged_withdrawal_does_nothing_before_a_press_from_the_registered_address(life: Life) -> None:
    await life.asks()
    await life.forged(IVAN, f"Withdraw {NUMBER}")
    assert (await life.case()).state.value == "open"
    asked = await life.last(IVAN)
    assert "не подтвердил" in asked.text
    await life.says(IVAN, "Готово", letter=asked)
    assert (await life.case()).state.value == "withdrawn"


async def test_a_withdrawal_that_was_not_his_is_dropped_by_a_no(life: Life) -> None:
    await life.asks()
    await life.forged(IVAN, f"Withdraw {NUMBER}")
    await life.says(IVAN, "Нет, это не я")
    assert (await life.case()).state.value == "open"
    assert await life.waits_on() == ["p.petrov"]


async def test_withdrawing_somebody_elses_case_is_refused(life: Life) -> None:
    await life.asks()
    await life.writes(PETROV, f"Отозвать {NUMBER}")
    assert (await life.case()).state.value == "open"
    assert "только инициатор" in (await life.last(PETROV)).text


async def test_how_often_one_is_written_to_is_chosen_by_mail_and_only_with_proof(life: Life) -> None:
    await life.forged(OLGA, "Digest: off")
    assert await life.app.store.facts("2026-11-12") == ()
    assert "не подтвердил" in (await life.last(OLGA)).text
    await life.writes(OLGA, "Сводка: раз в день")
    assert "одно письмо в рабочий день утром" in (await life.last(OLGA)).text
    [fact] = await life.app.store.facts("2026-11-12")
    assert (fact.subject, fact.said) == ("o.smirnova", {"mode": "daily"})


async def test_a_stranger_who_sends_a_command_gets_no_answer(life: Life) -> None:
    await life.world.write("anna@romashka.example", "Статус СЧ-2026-0001", "", to="docs@neon.example")
    await life.works()
    assert life.world.mail.outside == []


async def test_a_forged_flood_of_commands_is_not_answered_without_end(life: Life) -> None:
    await life.world.write(IVAN, "Счёт: баннеры", ORDER)
    for number in range(30):
        await life.forged(IVAN, f"Status {NUMBER}", text=f"{number}")
    assert await life.count(IVAN) <= 25


async def test_a_director_asks_for_his_tasks_and_has_none(life: Life) -> None:
    await life.writes(DIRECTOR, "Мои задачи")
    assert "ничего не ждёт" in (await life.last(DIRECTOR)).text
