"""The pages on two agents behind a balancer: whatever one has shown the other takes, and a decision is taken once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.servers import Postgres
from tests.test_web import asked, decisions, known
from tests.web_site import Site, served

PRESSES = 200


@pytest.fixture
async def two(postgres_server: Postgres, tmp_path: Path) -> AsyncIterator[tuple[Site, Site]]:
    """The same office on two agents: one database, one folder of files, the same keys."""
    url = postgres_server.fresh()
    async with served(tmp_path, url) as here, served(tmp_path, url) as there:
        yield here, there
    postgres_server.drop(url)


async def test_two_agents_and_two_hundred_presses_at_once_make_one_decision(two: tuple[Site, Site]) -> None:
    here, there = two
    case, letter = await asked(here)
    cookie = await known(here)
    nonce = (await there.get(letter.path, cookie)).nonce
    choices = ("approve", "reject", "rework")
    pages = await asyncio.gather(
        *(
            two[number % 2].post_form(
                letter.path, {"nonce": nonce, "choice": choices[number % 3], "comment": "так"}, cookie
            )
            for number in range(PRESSES)
        )
    )
    taken = [decision for decision in await decisions(there, case) if decision[0] == "p.petrov"]
    assert len(taken) == 1
    assert sum(page.title.startswith("Записано:") for page in pages) == 1
    assert sum(page.title.startswith("Ваш ответ уже записан:") for page in pages) == PRESSES - 1


async def test_a_page_of_one_agent_is_answered_at_the_other(two: tuple[Site, Site]) -> None:
    here, there = two
    case, letter = await asked(here)
    form = {"nonce": (await here.get(letter.path)).nonce, "choice": "approve", "comment": "", "code": letter.code}
    assert (await there.post_form(letter.path, form)).title == "Записано: согласовано"
    assert await decisions(here, case) == [("p.petrov", "approve")]


async def test_wrong_codes_are_counted_together_whichever_agent_they_are_tried_at(two: tuple[Site, Site]) -> None:
    here = two[0]
    case, letter = await asked(here)
    form = {"nonce": (await here.get(letter.path)).nonce, "choice": "approve", "comment": ""}
    wrong = [f"{(int(letter.code) + number) % 1_000_000:06}" for number in range(1, 21)]
    for number, code in enumerate(wrong):
        await two[number % 2].post_form(letter.path, {**form, "code": code})
    for site in two:
        await site.post_form(letter.path, {**form, "code": letter.code})
    assert await decisions(here, case) == []
