"""What a person keeps in order himself: the browsers known as his, ended by himself or by a letter's link."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailflow.core.answers import Answer
from mailflow.core.tokens import KeyRing
from mailflow.core.visits import STOP_LIFE, stop_link, stops_for
from mailflow.edges.web_rooms import SESSION
from tests.web_site import NOON, RING, Site, browser_of, served

PETROV = "p.petrov"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with served(tmp_path) as running:
        yield running


async def linked(site: Site) -> str:
    """A browser that a link has made known; give its cookie."""
    await site.request()
    letter = site.asked(PETROV)
    return browser_of(await site.press(letter.path, "approve", code=letter.code))


def stop_of(site: Site, person: str) -> str:
    """The path of the newest letter's link that stops browsers."""
    for letter in reversed(site.letters(person)):
        found = re.search(r"(/stop/\S+)", letter.text)
        if found:
            return found[1]
    raise AssertionError(f"no letter of {person} has such a link")


def names(page: str) -> list[str]:
    return re.findall(r'name="which" value="([0-9a-f]{64})"', page)


async def test_the_list_says_when_what_and_which_one_is_here(site: Site) -> None:
    await linked(site)
    site.later(days=1)
    cookie = {"Cookie": f"{SESSION}={await site.sign_in(PETROV)}"}
    page = await site.get("/browsers", **cookie)
    assert len(names(page.text)) == 2
    assert page.text.index("вход в «Мои задачи»") < page.text.index("по ссылке из письма")
    assert "16.11.2026 12:00" in page.text
    assert "17.11.2026 12:00" in page.text
    assert page.text.count("· этот") == 1


async def test_one_browser_is_ended_and_the_others_stay(site: Site) -> None:
    known = await linked(site)
    cookie = {"Cookie": f"{SESSION}={await site.sign_in(PETROV)}"}
    page = await site.get("/browsers", **cookie)
    mine = next(one for one in await site.store.browsers(PETROV) if one.signed_in_at is None)
    done = await site.post_form("/browsers", {"nonce": page.nonce, "which": mine.hash}, **cookie)
    assert "Остановлено браузеров: 1" in done.text
    await site.request()
    assert 'name="code"' in (await site.get(site.asked(PETROV).path, known)).text, "it is asked for a code again"
    assert (await site.get("/browsers", **cookie)).status == 200


async def test_ending_all_ends_this_one_too(site: Site) -> None:
    cookie = {"Cookie": f"{SESSION}={await site.sign_in(PETROV)}"}
    page = await site.get("/browsers", **cookie)
    done = await site.post_form("/browsers", {"nonce": page.nonce, "which": "all"}, **cookie)
    assert "Вы вышли" in done.text
    assert (await site.get("/browsers", **cookie)).status == 403


async def test_nobody_ends_the_browser_of_another(site: Site) -> None:
    await linked(site)
    theirs = (await site.store.browsers(PETROV))[0]
    cookie = {"Cookie": f"{SESSION}={await site.sign_in('i.kuznetsov')}"}
    page = await site.get("/browsers", **cookie)
    assert theirs.hash not in page.text
    done = await site.post_form("/browsers", {"nonce": page.nonce, "which": theirs.hash}, **cookie)
    assert "Остановлено браузеров: 0" in done.text
    assert (await site.store.browser(theirs.hash)).revoked_at is None  # type: ignore[union-attr]


async def test_every_letter_of_a_new_browser_leads_to_the_page_that_ends_it(site: Site) -> None:
    """The code, the sign-in and the receipt after a new browser; without being signed in, and only by the form."""
    await linked(site)
    await site.deliver()
    await site.sign_in(PETROV)
    kinds = {letter.subject: "/stop/" in letter.text for letter in site.letters(PETROV)}
    assert [stop for subject, stop in kinds.items() if "записан" in subject or "вход" in subject] == [True, True]
    path = stop_of(site, PETROV)
    before = site.dump()
    page = await site.get(path)
    assert page.status == 200
    assert len(names(page.text)) == 2
    assert site.dump() == before, "looking ends none"
    untouched = await site.post_form(path, {"nonce": page.nonce, "which": "all"})
    assert untouched.status == 422, "a robot that follows links and submits forms sets no tick"
    assert site.dump() == before
    done = await site.post_form(path, {"nonce": page.nonce, "which": "all", "sure": "yes"})
    assert "Остановлено браузеров: 2" in done.text
    assert all(one.revoked_at is not None for one in await site.store.browsers(PETROV))


async def test_the_code_letter_carries_the_link_too(site: Site) -> None:
    case = await site.request()
    await site.reply(case.id, PETROV, Answer.APPROVE)
    await site.deliver()
    letter = site.asked("o.smirnova")
    page = await site.get(letter.path)
    await site.post_form(f"{letter.path}/code", {"nonce": page.nonce})
    await site.deliver()
    assert "/stop/" in site.letters("o.smirnova")[-1].text


async def test_the_link_can_do_nothing_else_and_is_good_for_thirty_days(site: Site) -> None:
    text = stop_link(PETROV, NOON, RING)
    assert stops_for(text, NOON + STOP_LIFE - timedelta(seconds=1), RING) == PETROV
    assert stops_for(text, NOON + STOP_LIFE, RING) == ""
    assert stops_for(text, NOON, KeyRing({1: b"x" * 32}, 1)) == ""
    for place in range(0, len(text), 3):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        assert stops_for(changed, NOON, RING) == ""
    assert (await site.get("/stop/1.x.y")).status == 404
    assert (await site.get("/second-factor")).status == 403
    assert (await site.get(f"/d/{text}")).status == 404


async def test_when_a_browser_last_sent_something_is_kept_and_looking_is_not(site: Site) -> None:
    known = await linked(site)
    site.later(days=2)
    await site.request()
    letter = site.asked(PETROV)
    await site.get(letter.path, known)
    assert (await site.store.browsers(PETROV))[0].seen_at is None
    await site.press(letter.path, "approve", cookie=known)
    assert (await site.store.browsers(PETROV))[0].seen_at == site.now
