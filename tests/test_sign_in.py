"""Signing in without a password: over the wire, with real letters and a real store."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mailflow.edges.web_rooms import NOTE, SESSION
from tests.web_site import Answered, Site, cookie_of, served


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with served(tmp_path) as running:
        yield running


async def ask(site: Site, address: str) -> str:
    """Type the address; give the note the browser keeps."""
    page = await site.get("/sign-in")
    answer = await site.post_form("/sign-in", {"nonce": page.nonce, "address": address})
    assert answer.status == 200, answer.text
    await site.deliver()
    return cookie_of(answer, NOTE)


async def type_code(site: Site, note: str, code: str) -> Answered:
    page = await site.get("/sign-in")
    return await site.post_form("/sign-in/code", {"nonce": page.nonce, "code": code}, Cookie=f"{NOTE}={note}")


def link_of(site: Site, person: str) -> str:
    found = re.search(r"/enter/[0-9a-f]{96}", site.letters(person)[-1].text)
    assert found
    return found[0]


async def test_a_letter_brings_a_code_and_the_code_lets_one_in(site: Site) -> None:
    note = await ask(site, " P.Petrov@neon.example ")
    done = await type_code(site, note, site.sent_code("p.petrov"))
    assert done.status == 200
    cookie = cookie_of(done, SESSION)
    home = await site.get("/", Cookie=f"{SESSION}={cookie}")
    assert "Петров П.П." in home.text
    [row] = await site.store.browsers("p.petrov")
    assert row.signed_in_at == site.now
    assert cookie not in site.dump()


async def test_the_cookie_is_kept_from_scripts_and_other_sites(site: Site) -> None:
    done = await type_code(site, await ask(site, "p.petrov@neon.example"), site.sent_code("p.petrov"))
    [cookie] = [c for c in done.cookies if c.startswith(SESSION)]
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {
        "httponly", "max-age=2592000", "path=/", "samesite=lax",
    }  # fmt: skip


async def test_an_unknown_address_is_answered_like_a_known_one_and_gets_nothing(site: Site) -> None:
    page = await site.get("/sign-in")
    told = [
        await site.post_form("/sign-in", {"nonce": page.nonce, "address": address})
        for address in ("p.petrov@neon.example", "p.pupkin@neon.example")
    ]
    known, unknown = (re.sub(r'value="[^"]+"', "", one.text).replace("pupkin", "petrov") for one in told)
    assert known == unknown
    assert list(told[0].headers) == list(told[1].headers)
    await site.deliver()
    assert [to for to, _ in site.post.letters] == ["p.petrov@neon.example"]
    wrong = [await type_code(site, cookie_of(one, NOTE), "000000") for one in told]
    texts = [re.sub(r'value="[^"]+"', "", one.text) for one in wrong]
    assert (wrong[0].status, texts[0]) == (wrong[1].status, texts[1])


async def test_a_code_opens_once(site: Site) -> None:
    note = await ask(site, "p.petrov@neon.example")
    code = site.sent_code("p.petrov")
    both = await asyncio.gather(type_code(site, note, code), type_code(site, note, code))
    assert sorted(one.status for one in both) == [200, 403]
    assert (await type_code(site, note, code)).status == 403


async def test_five_wrong_codes_are_all_one_letter_takes(site: Site) -> None:
    note = await ask(site, "p.petrov@neon.example")
    code = site.sent_code("p.petrov")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert (await type_code(site, note, wrong)).status == 403
    assert (await type_code(site, note, code)).status == 403
    site.later(minutes=11)
    note = await ask(site, "p.petrov@neon.example")
    assert (await type_code(site, note, site.sent_code("p.petrov"))).status == 200


async def test_guessing_codes_to_sign_in_does_not_lock_the_links_of_the_person(site: Site) -> None:
    await site.request()
    letter = site.asked("p.petrov")
    for _ in range(5):
        note = await ask(site, "p.petrov@neon.example")
        for _ in range(5):
            await type_code(site, note, "000000")
        site.later(minutes=11)
    done = await site.press(letter.path, "approve", code=letter.code)
    assert done.title == "Записано: согласовано"


async def test_a_letter_a_minute_and_five_an_hour(site: Site) -> None:
    for _ in range(3):
        await ask(site, "p.petrov@neon.example")
    assert len(site.letters("p.petrov")) == 1
    for _ in range(9):
        site.later(minutes=2)
        await ask(site, "p.petrov@neon.example")
    assert len(site.letters("p.petrov")) == 5


async def test_an_old_code_opens_nothing(site: Site) -> None:
    note = await ask(site, "p.petrov@neon.example")
    code = site.sent_code("p.petrov")
    site.later(minutes=10)
    assert (await type_code(site, note, code)).status == 403


async def test_the_digits_count_only_in_the_browser_that_asked(site: Site) -> None:
    await ask(site, "p.petrov@neon.example")
    code = site.sent_code("p.petrov")
    other = await ask(site, "i.kuznetsov@neon.example")
    assert (await type_code(site, other, code)).status == 403
    assert (await type_code(site, "", code)).status == 403
    assert (await type_code(site, f"{int(site.now.timestamp())}.cA.{'0' * 32}", code)).status == 403


async def test_the_link_opens_where_it_was_asked_for_and_looking_at_it_changes_nothing(site: Site) -> None:
    note = await ask(site, "p.petrov@neon.example")
    link = link_of(site, "p.petrov")
    before = site.dump()
    page = await site.get(link, Cookie=f"{NOTE}={note}")
    assert page.status == 200
    assert 'name="code"' not in page.text
    assert site.dump() == before
    done = await site.post_form(link, {"nonce": page.nonce}, Cookie=f"{NOTE}={note}")
    assert cookie_of(done, SESSION)
    assert (await site.get(link, Cookie=f"{NOTE}={note}")).status == 404


async def test_elsewhere_the_link_wants_the_digits_too_so_a_scanner_that_presses_is_not_let_in(site: Site) -> None:
    await ask(site, "p.petrov@neon.example")
    link = link_of(site, "p.petrov")
    page = await site.get(link)
    assert 'name="code"' in page.text
    pressed = await site.post_form(link, {"nonce": page.nonce, "code": "123456"})
    assert (pressed.status, pressed.cookies) == (403, ())
    done = await site.post_form(link, {"nonce": page.nonce, "code": site.sent_code("p.petrov")})
    assert cookie_of(done, SESSION)


@pytest.mark.parametrize("spoil", [lambda s: s[:-1], lambda s: s[:-1] + "g", lambda s: s[:64], lambda s: "f" + s[1:]])
async def test_a_link_that_is_not_ours_opens_nothing(site: Site, spoil: object) -> None:
    await ask(site, "p.petrov@neon.example")
    link = link_of(site, "p.petrov").removeprefix("/enter/")
    spoiled = spoil(link)  # type: ignore[operator]
    assert spoiled == link or (await site.get(f"/enter/{spoiled}")).status == 404


async def test_signing_out_ends_the_browser_itself(site: Site) -> None:
    cookie = await site.sign_in("p.petrov")
    home = await site.get("/", Cookie=f"{SESSION}={cookie}")
    await site.post_form("/sign-out", {"nonce": home.nonce}, Cookie=f"{SESSION}={cookie}")
    again = await site.get("/", Cookie=f"{SESSION}={cookie}")
    assert "Петров" not in again.text


async def test_a_browser_known_by_a_link_has_not_signed_in(site: Site) -> None:
    await site.request()
    letter = site.asked("p.petrov")
    done = await site.press(letter.path, "approve", code=letter.code)
    cookie = cookie_of(done, "mailflow_browser")
    assert "Петров" not in (await site.get("/", Cookie=f"{SESSION}={cookie}")).text


async def test_a_browser_that_signed_in_needs_no_code_behind_a_link_of_its_person(site: Site) -> None:
    cookie = await site.sign_in("p.petrov")
    await site.request()
    page = await site.get(site.asked("p.petrov").path, Cookie=f"{SESSION}={cookie}")
    assert 'name="code"' not in page.text
    await site.sign_in("i.kuznetsov")


async def test_a_form_without_its_nonce_or_from_elsewhere_is_refused(site: Site) -> None:
    form = {"nonce": "1.2", "address": "p.petrov@neon.example"}
    assert (await site.post_form("/sign-in", form)).status == 422
    assert (await site.post_form("/sign-in", form, Origin="https://evil.example")).status == 403
    await site.deliver()
    assert site.post.letters == []
