"""Keys rotate in mid-flow: no task is lost, none is decided twice, a dropped key opens nothing."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailflow.app import opened
from mailflow.cli import main
from mailflow.config import read_settings
from mailflow.core.answers import Answer
from mailflow.core.case import Decision
from mailflow.core.journal import replay
from mailflow.core.tokens import mint, read_token
from mailflow.edges.keys import GRACE, KeyFolder, listed, refuse_readable, rotate
from mailflow.edges.store import Store
from mailflow.errors import SettingsError
from mailflow.making import make_key
from mailflow.rekeying import renew_letters
from tests import servers
from tests.site_folder import filled_site
from tests.web_site import Asked, Site

ID = b"i" * 16


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_key(tmp_path / "keys" / "1.key")
    return tmp_path / "keys"


# --- the folder


def test_a_running_ring_takes_up_a_new_key_and_still_opens_what_the_old_one_signed(folder: Path) -> None:
    ring = KeyFolder(folder)
    old = mint(ring, "decide", ID).text
    assert rotate(folder, False, now()) == 2
    assert read_token(old, "decide", ring) is not None
    new = mint(ring, "decide", ID).text
    assert new != old
    assert ring.newest == 2
    assert (folder / "2.key").stat().st_mode & 0o777 == 0o600


def test_after_the_grace_the_old_key_opens_nothing_and_the_next_rotation_deletes_it(folder: Path) -> None:
    ring = KeyFolder(folder)
    old = mint(ring, "decide", ID).text
    rotate(folder, False, now() - GRACE + timedelta(seconds=1))
    assert read_token(old, "decide", ring) is not None
    time.sleep(1.1)
    assert read_token(old, "decide", ring) is None
    assert [key.number for key in listed(folder)] == [2, 1]
    rotate(folder, False, now())
    assert [key.number for key in listed(folder)] == [3, 2]


def test_at_once_leaves_the_new_key_alone(folder: Path) -> None:
    ring = KeyFolder(folder)
    old = mint(ring, "reply", ID).text
    rotate(folder, False, now())
    rotate(folder, True, now())
    assert read_token(old, "reply", ring) is None
    assert [path.name for path in sorted(folder.iterdir())] == ["3.key"]


def test_a_second_rotation_does_not_prolong_the_first_ones_grace(folder: Path) -> None:
    start = now()
    rotate(folder, False, start)
    rotate(folder, False, start + timedelta(hours=1))
    assert {key.number: key.until for key in listed(folder)} == {
        3: None, 2: start + GRACE + timedelta(hours=1), 1: start + GRACE,
    }  # fmt: skip


def test_a_folder_that_breaks_while_the_service_runs_changes_nothing(folder: Path) -> None:
    ring = KeyFolder(folder)
    text = mint(ring, "decide", ID).text
    (folder / "2.key").write_bytes(b"short")
    assert read_token(text, "decide", ring) is not None
    assert ring.newest == 1
    (folder / "2.key").write_bytes(os.urandom(32))
    os.utime(folder)
    assert list(ring.keys) == [2, 1]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_others_can_read_is_refused_with_the_cure(folder: Path, mode: int) -> None:
    (folder / "1.key").chmod(mode)
    with pytest.raises(SettingsError, match=r"chmod 600 .*--at-once"):
        refuse_readable(folder)


async def test_a_short_or_readable_key_refuses_the_start(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    key = site / "keys" / "1.key"
    key.chmod(0o644)
    with pytest.raises(SettingsError, match="others can read it"):
        async with opened(site):
            pass
    key.chmod(0o600)
    key.write_bytes(b"k" * 31)
    with pytest.raises(SettingsError, match="shorter than 32 bytes"):
        async with opened(site):
            pass


def test_an_until_that_is_no_time_is_named(folder: Path) -> None:
    rotate(folder, False, now())
    (folder / "1.until").write_text("tomorrow")
    with pytest.raises(SettingsError, match=r"1\.until: this is no time"):
        KeyFolder(folder)


# --- in mid-flow


@pytest.fixture(scope="module")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
async def site(
    request: pytest.FixtureRequest, tmp_path: Path, folder: Path, postgres: servers.Postgres
) -> AsyncIterator[Site]:
    url = f"sqlite://{tmp_path}/mailflow.db" if request.param == "sqlite" else postgres.fresh()
    store = await Store.open(url, "neon.example")
    site = Site(store, tmp_path, ring=KeyFolder(folder))
    site.now = now()
    running = asyncio.create_task(site.web.run())
    await asyncio.wait_for(site.web.listening.wait(), 10)
    try:
        await renew_letters(store, site.office, 1, site.now)
        yield site
    finally:
        await site.web.close()
        await running
        await store.close()
        if request.param == "postgres":
            postgres.drop(url)


async def _asked(site: Site, count: int) -> list[tuple[str, Asked]]:
    """So many cases, each with the letter that asks its approver."""
    made = []
    for number in range(count):
        case = await site.request(amount=str(1000 + number))
        made.append((case.id, site.asked("p.petrov")))
    return made


async def _renewed(site: Site, case: str) -> Asked:
    number = (await site.case(case)).number
    for letter in reversed(site.letters("p.petrov")):
        if number in letter.subject:
            site.post.letters = [kept for kept in site.post.letters if kept[1] == letter.raw]
            return site.asked("p.petrov")
    raise AssertionError(f"no letter about {number}")


async def _decisions(site: Site, case: str) -> list[Decision]:
    """Every decision of the approver that ever stood in the case, told from its journal."""
    rows = await site.store.journal(case)
    cases = [replay(rows[:end]) for end in range(1, len(rows) + 1)]
    made = [task.decision for each in cases for task in each.assignments if task.principal == "p.petrov"]
    return list(dict.fromkeys(decision for decision in made if decision is not None))


async def test_rotated_at_once_old_links_are_dead_and_every_open_task_has_a_new_letter(
    site: Site, folder: Path
) -> None:
    asked = await _asked(site, 3)
    rotate(folder, True, site.now)
    for _, letter in asked:
        answer = await site.get(letter.path)
        assert "не открывается" in answer.text
    before = len(site.letters("p.petrov"))
    assert await renew_letters(site.store, site.office, 2, site.now) == 3
    await site.deliver()
    assert len(site.letters("p.petrov")) == before + 3
    renewed = site.letters("p.petrov")[-3:]
    assert all("Мы сменили ключ" in letter.text for letter in renewed)
    new = site.asked("p.petrov")
    page = await site.press(new.path, "approve", code=new.code)
    assert page.status == 200, page.text
    decided = [case for case, _ in asked if (await _decisions(site, case))]
    assert len(decided) == 1


async def test_within_the_grace_either_link_decides_and_both_together_decide_once(site: Site, folder: Path) -> None:
    [(case, old)] = await _asked(site, 1)
    rotate(folder, False, site.now)
    await renew_letters(site.store, site.office, 2, site.now)
    await site.deliver()
    new = site.asked("p.petrov")
    assert new.token != old.token
    await asyncio.gather(
        site.press(old.path, "approve", code=old.code), site.press(new.path, "reject", "Нет", code=new.code)
    )
    assert len(await _decisions(site, case)) == 1


async def test_letters_are_renewed_once_however_often_and_from_however_many_places_it_is_tried(
    site: Site, folder: Path
) -> None:
    await _asked(site, 4)
    rotate(folder, True, site.now)
    await asyncio.gather(*(renew_letters(site.store, site.office, 2, site.now) for _ in range(5)))
    before = len(site.letters("p.petrov"))
    await site.deliver()
    assert len(site.letters("p.petrov")) == before + 4
    assert await renew_letters(site.store, site.office, 2, site.now) == 0


async def test_a_task_decided_before_the_rotation_gets_no_letter(site: Site, folder: Path) -> None:
    [(case, _)] = await _asked(site, 1)
    await site.reply(case, "p.petrov", Answer.REJECT, "Нет бюджета")
    await site.deliver()
    before = len(site.post.letters)
    rotate(folder, True, site.now)
    assert await renew_letters(site.store, site.office, 2, site.now) == 0
    await site.deliver()
    assert len(site.post.letters) == before


async def test_rotated_under_load_no_task_is_lost_and_none_decided_twice(site: Site, folder: Path) -> None:
    """People press while the keys turn three times; whoever's link died presses the one of his newest letter."""
    asked = await _asked(site, 12)

    async def presses(letter: Asked) -> None:
        page = await site.get(letter.path)
        if 'name="nonce"' in page.text:
            form = {"nonce": page.nonce, "choice": "approve", "comment": "", "code": letter.code}
            await site.post_form(letter.path, form)

    async def turns() -> None:
        for at_once in (False, True, True):
            await asyncio.sleep(0.05)
            number = rotate(folder, at_once, site.now)
            await renew_letters(site.store, site.office, number, site.now)
            await site.deliver()

    await asyncio.gather(turns(), *(presses(letter) for _, letter in asked))
    await site.deliver()
    kept = list(site.post.letters)
    for case, _ in asked:
        if not await _decisions(site, case):
            site.post.letters = list(kept)
            letter = await _renewed(site, case)
            page = await site.press(letter.path, "approve", code=letter.code)
            assert page.status == 200, page.text
    assert [len(await _decisions(site, case)) for case, _ in asked] == [1] * len(asked)


# --- the command


async def _run(*said: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, list(said))


async def test_the_command_makes_the_next_key_and_lists_what_each_is_good_for(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    told = await _run("keys", "rotate", "-s", str(site))
    assert told.exit_code == 0, told.output
    assert "2.key signs" in told.output
    lines = (await _run("keys", "list", "-s", str(site))).output.splitlines()
    assert lines[0].split()[0] == "2"
    assert lines[0].endswith("signs")
    assert "accepted until" in lines[1]
    assert (await _run("keys", "rotate", "--at-once", "-s", str(site))).exit_code == 0
    assert list(read_settings(site).keys().keys) == [3]
    assert "keys" in (await _run("check", "--offline", "-s", str(site))).output
