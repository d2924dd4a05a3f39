"""A rehearsal: everything runs, and every letter goes to one person, marked with whom it was meant for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailflow.app import opened
from mailflow.cli import main
from mailflow.config import read_settings
from mailflow.errors import SettingsError
from mailflow.world import World
from tests.test_office_day import DOCS, HERE, IVAN, OLGA, PEOPLE, PETROV, Day

ANNA = "anna@neon.example"


@asynccontextmanager
async def office(tmp_path: Path, redirect_all_to: str) -> AsyncIterator[Day]:
    """Let Ivan ask for an invoice to be paid, in a rehearsal for that address ('' = none)."""
    directory = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    world = World(tmp_path / "site", DOCS, (*PEOPLE, ANNA), directory)
    await world.start()
    try:
        async with opened(world.site, redirect_all_to=redirect_all_to) as app:
            day = Day(world, app)
            await day.asks()
            yield day
    finally:
        await world.stop()


async def test_every_letter_goes_to_one_person_and_says_whose_it_is(tmp_path: Path) -> None:
    async with office(tmp_path, ANNA) as day:
        letters = await day.world.letters(ANNA)
        assert [len(await day.world.letters(who)) for who in (IVAN, PETROV, OLGA)] == [0, 0, 0]
    meant = {letter.subject.partition("]")[0].strip("[") for letter in letters}
    assert meant == {f"Петров П.П. <{PETROV}>", f"Кузнецов И.И. <{IVAN}>"}
    for letter in letters:
        assert letter.text.startswith("Репетиция. Без неё это письмо получил бы адресат: ")
        assert "Репетиция. Без неё это письмо получил бы адресат: " in letter.html
        assert letter.message["To"] == ANNA


async def test_what_the_rehearser_answers_is_nobody_elses_decision(tmp_path: Path) -> None:
    async with office(tmp_path, ANNA) as day:
        await day.says(ANNA, "Согласовано")
        assert await day.waits_on() == ["p.petrov"]


async def test_without_a_rehearsal_no_letter_speaks_of_one(tmp_path: Path) -> None:
    async with office(tmp_path, "") as day:
        assert "Репетиция" not in (await day.last(PETROV)).text


@pytest.mark.parametrize("wrong", ["anna", "anna@", "a b@neon.example"])
def test_a_rehearsal_for_what_is_no_address_does_not_start(tmp_path: Path, wrong: str) -> None:
    run = CliRunner().invoke(main, ["run", "-s", str(tmp_path), "--once", "--redirect-all-to", wrong])
    assert run.exit_code == 1
    assert f"--redirect-all-to {wrong}: this is no address" in run.output
    (tmp_path / "mailflow.toml").write_text(
        '[mailbox]\naddress = "docs@neon.example"\nhost = "h"\nuser = "u"\npassword = {env = "P"}\n'
        f'[smtp]\nhost = "h"\nredirect_all_to = "{wrong}"\n'
    )
    with pytest.raises(SettingsError, match="redirect_all_to"):
        read_settings(tmp_path)
