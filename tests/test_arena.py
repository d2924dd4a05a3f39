"""Machines that answer machines: however rude they are, our part of it stays small, and no mail is lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailflow.core.case import CaseState
from tests.arena import Party, Town, bouncer, list_of, mail, mailflow_at, vacation
from tests.office_life import DOCS, IVAN, ORDER, PETROV, SECRETARY
from tests.offices import HERE
from tests.scale import Scale

MORNING = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
PEOPLE = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
OTHER = "papers@romashka.example"
LIST, JOHN = "all@neon.example", "j.smith@neon.example"
MOST = 2
"""Automatic answers to one reader in one conversation in a day."""
MOST_AT_ALL = 4
"""Letters of any kind there: beside the answers a receipt and what is asked."""

RUDE = {
    "says nothing of itself": vacation(PETROV, "Ваше письмо получено ({n}), спасибо."),
    "asks back": vacation(PETROV, "Кто это? ({n})"),
    "says yes to everything": vacation(PETROV, "Хорошо, принято к сведению ({n})"),
    "changes the subject": vacation(PETROV, "Меня нет, пишите на другой адрес ({n})", "Заявка принята: {}"),
    "has manners": vacation(PETROV, "Меня нет до 30.11.2026", "Автоответ: {}", Auto_Submitted="auto-replied"),
    "begins anew each time": vacation(PETROV, "Спасибо за письмо ({n})", "Ваше обращение"),
}


@asynccontextmanager
async def town_at(folder: Path) -> AsyncIterator[Town]:
    """Two companies, each with a mailflow that knows the other's mailbox as one of its people."""
    ours = PEOPLE.replace(JOHN, OTHER)
    theirs = PEOPLE.replace("neon.example", "romashka.example").replace("j.smith@romashka.example", DOCS)
    async with mailflow_at(folder / "ours", DOCS, ours) as one, mailflow_at(folder / "theirs", OTHER, theirs) as other:
        yield Town(MORNING, {DOCS: one, OTHER: other})


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with town_at(tmp_path) as town:
        yield town


def our_mails_are_few(town: Town) -> None:
    since = town.now - timedelta(days=1)
    for flow in town.flows:
        for talk, count in town.answers(flow, since).items():
            assert count <= MOST, (flow, talk, count)
        for talk, count in Counter((sent.to, sent.thread) for sent in town.sent_by(flow) if sent.at >= since).items():
            assert count <= MOST_AT_ALL, (flow, talk, count)


@pytest.mark.parametrize("strips", [False, True], ids=["marks kept", "marks taken off"])
@pytest.mark.parametrize("bot", RUDE)
async def test_an_answering_machine_gets_two_answers_a_day_at_most(town: Town, bot: str, strips: bool) -> None:
    town.parties[PETROV], town.strips = RUDE[bot], strips
    town.post(mail(IVAN, DOCS, "Счёт: баннеры", ORDER, town.now))
    for _ in range(3):
        await town.pass_hours(24)
        our_mails_are_few(town)
    [case] = await town.flows[DOCS].store.cases()
    loaded = await town.flows[DOCS].store.load(case.id)
    assert loaded is not None
    assert [a.decision for a in loaded.assignments if a.decision is not None] == []


async def test_the_same_machine_at_a_desk_that_believes_it_decides_nothing_either(town: Town) -> None:
    """Nobody is away here, and yet no yes is read out of politeness."""
    town.parties[PETROV] = vacation(PETROV, "Добрый день! Спасибо, ваше письмо принято ({n}).")
    town.post(mail(IVAN, DOCS, "Счёт: баннеры", ORDER, town.now))
    await town.pass_hours(24)
    [case] = await town.flows[DOCS].store.cases()
    loaded = await town.flows[DOCS].store.load(case.id)
    assert loaded is not None
    assert loaded.state is CaseState.OPEN
    assert [a.principal for a in loaded.open_assignments] == ["p.petrov"]
    town.parties[PETROV] = lambda got: (
        [vacation(PETROV, "Согласовано")(got)[0]] if "нужно решение" in got.subject else []
    )
    town.post(mail(IVAN, DOCS, "Счёт: листовки", ORDER.replace("57", "58"), town.now))
    await town.pass_hours(1)
    believed = await town.flows[DOCS].store.load_by_number("СЧ-2026-0002")
    assert believed is not None
    assert [a.decision.answer for a in believed.assignments if a.decision is not None] == ["approve"]


@pytest.mark.parametrize("strips", [False, True], ids=["marks kept", "marks taken off"])
async def test_two_mailflows_that_write_to_each_other_fall_silent(town: Town, strips: bool) -> None:
    town.strips = strips
    town.post(mail(OTHER, DOCS, "Вопрос", "Посмотрите, пожалуйста.", town.now))
    town.post(mail(DOCS, OTHER, "Вопрос", "Как оплатить?", town.now))
    await town.pass_hours(24)
    our_mails_are_few(town)
    before = len(town.carried)
    await town.pass_hours(6)
    assert len(town.carried) == before


async def test_a_list_that_sends_our_mail_back_to_us_is_not_answered(town: Town) -> None:
    town.strips = True
    town.parties[SECRETARY] = list_of(SECRETARY, (DOCS, OTHER, LIST))
    town.parties[LIST] = list_of(LIST, (DOCS, OTHER))
    town.post(mail("anna@vendor.example", DOCS, "О поставке", "Добрый день! Высылаем договор.", town.now))
    await town.pass_hours(24)
    our_mails_are_few(town)


async def test_a_bouncer_gets_no_answer_and_its_reports_are_told_once(town: Town) -> None:
    town.parties[PETROV] = bouncer(PETROV)
    town.post(mail(IVAN, DOCS, "Счёт: баннеры", ORDER, town.now))
    await town.pass_hours(24)
    our_mails_are_few(town)
    assert [sent for sent in town.sent_by(DOCS) if "mailer-daemon" in sent.to.lower()] == []


async def test_a_secretary_whose_mailbox_is_full_is_not_told_so_without_end(town: Town) -> None:
    town.parties[PETROV], town.parties[SECRETARY] = bouncer(PETROV), bouncer("s@elsewhere.example")
    town.post(mail(IVAN, DOCS, "Счёт: баннеры", ORDER, town.now))
    await town.pass_hours(24)
    our_mails_are_few(town)
    assert len([sent for sent in town.sent_by(DOCS) if sent.to == SECRETARY]) == 1


BOTS: tuple[Party, ...] = (*RUDE.values(), bouncer(PETROV), list_of(PETROV, (DOCS,)), list_of(PETROV, (DOCS, OTHER)))
WROTE = (
    (IVAN, DOCS, "Счёт: баннеры", ORDER),
    (IVAN, DOCS, "вопрос", "Как оплатить?"),
    (OTHER, DOCS, "Счёт: листовки", ORDER.replace("57", "58")),
    (DOCS, OTHER, "Мои задачи", ""),
    (OTHER, DOCS, "Статус СЧ-2026-0001", ""),
    ("anna@vendor.example", DOCS, "О поставке", "Высылаем договор."),
    (IVAN, DOCS, "помощь", ""),
)


async def test_whoever_lives_in_town_we_write_little(tmp_path: Path, scale: Scale) -> None:
    for seed in range(scale.of(2, 30, 1_000)):
        chance = random.Random(seed)
        async with town_at(tmp_path / str(seed)) as town:
            town.strips = chance.random() < 0.7
            for address in (PETROV, IVAN, SECRETARY, LIST):
                if chance.random() < 0.8:
                    town.parties[address] = chance.choice(BOTS)
            for who, to, subject, text in chance.sample(WROTE, 4):
                town.post(mail(who, to, subject, text, town.now))
                await town.pass_hours(chance.randrange(1, 5))
            await town.pass_hours(24)
            our_mails_are_few(town)
