"""The pages over the wire: real uvicorn, real store, real browser; robots, forgers, leaks and races."""

from __future__ import annotations

import asyncio
import io
import logging
import random
import re
import statistics
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailflow import log
from mailflow.advance import advance
from mailflow.app import shipped
from mailflow.core.answers import Answer
from mailflow.core.case import card_hash
from mailflow.core.codes import MOST_TRIES, NONCE_LIFE
from mailflow.core.events import CommandReceived
from mailflow.core.sight import PAGES
from mailflow.core.tokens import letter_code, mint
from mailflow.edges.api_operations import OPERATIONS
from mailflow.edges.store import Token, tokens
from mailflow.edges.web import Web
from mailflow.errors import SettingsError
from tests.loopback import LOOPBACK
from tests.offices import HERE, directory, neon
from tests.web_site import NOON, PDF, RING, Answered, Asked, Site, Where, browser_of, served

SAFE = {
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with served(tmp_path) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    """The same site on both databases."""
    database = request.getfixturevalue("postgres_server") if request.param == "postgres" else None
    url = database.fresh() if database is not None else ""
    async with served(tmp_path, url) as running:
        yield running
    if database is not None:
        database.drop(url)


async def asked(site: Site, person: str = "p.petrov") -> tuple[str, Asked]:
    """A new case and the person's letter about it."""
    case = await site.request()
    return case.id, site.asked(person)


async def at_finance(site: Site) -> tuple[str, Asked]:
    """A case that waits for the finance director, whose stage asks for a known browser."""
    case, _ = await asked(site)
    await site.reply(case, "p.petrov", Answer.APPROVE)
    await site.deliver()
    return case, site.asked("o.smirnova")


async def decisions(site: Site, case: str) -> list[tuple[str, str]]:
    """Who has decided what."""
    return [(a.principal, a.decision.answer) for a in (await site.case(case)).assignments if a.decision is not None]


async def known(site: Site, person: str = "p.petrov") -> str:
    """The cookie of a browser that has become the person's."""
    _, letter = await asked(site, person)
    return browser_of(await site.press(letter.path, "approve", code=letter.code))


# --- the card


async def test_the_page_shows_the_whole_card_the_files_and_marks_the_asked_choice(site: Site) -> None:
    _, letter = await asked(site)
    page = await site.get(f"{letter.path}?choice=rework")
    shown = page.text.replace("\u00a0", " ")
    assert page.status == 200
    for fact in ("СЧ-2026-0001", "120 000,50", "ООО «Ромашка»", "40702810938000012345", "Петров П.П.", "Кузнецов И.И."):
        assert fact in shown
    assert re.search(r'value="rework" required checked', shown)
    assert [c for c in ("approve", "rework", "reject", "question") if f'value="{c}"' in shown] == [
        "approve", "rework", "reject", "question",
    ]  # fmt: skip
    file = (await site.case((await site.store.cases())[0].id)).current_files[0]
    assert file.sha256 in shown


@pytest.mark.parametrize("query", ["", "?choice=anything", "?choice=approve&choice=reject", "?choice[]=approve"])
async def test_a_choice_that_is_not_asked_is_not_marked(site: Site, query: str) -> None:
    _, letter = await asked(site)
    assert " checked" not in (await site.get(letter.path + query)).text


async def test_the_page_speaks_its_persons_language(site: Site) -> None:
    text = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    petrov = "position: начальник отдела марк"
    english = directory(text.replace(petrov, f"language: en, {petrov}"))
    site.window.__dict__["office"] = site.office = neon(english)
    site.counter.__dict__["office"] = site.office
    _, letter = await asked(site)
    page = await site.get(letter.path)
    assert '<html lang="en">' in page.text
    assert "Record the answer" in page.text
    ours = re.sub(r"<(h1|dl|ul|footer|header)\b.*?</\1>", "", page.text, flags=re.DOTALL)
    assert re.search("[а-яё]", ours.partition("<body>")[2].lower()) is None


async def test_a_file_is_saved_and_never_opened_in_place(site: Site) -> None:
    _, letter = await asked(site)
    file = await site.get(f"{letter.path}/file/1")
    assert (file.status, file.body, file.headers["content-type"]) == (200, PDF, "application/pdf")
    assert file.headers["content-disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%D0%A1%D1%87%D1%91%D1%82%2057.pdf" in file.headers["content-disposition"]
    assert file.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("place", ["0", "2", "-1", "x", "1.0", "٣", "99999999999", "1%00"])
async def test_no_other_file_is_served(site: Site, place: str) -> None:
    _, letter = await asked(site)
    assert (await site.get(f"{letter.path}/file/{place}".encode().decode("latin-1"))).status in (400, 404)


async def test_what_people_typed_is_text_on_the_page(site: Site) -> None:
    await site.request(counterparty="<script>alert(1)</script>", comment='"><img src=x onerror=y>')
    letter = site.asked("p.petrov")
    page = await site.get(letter.path)
    assert "<script" not in page.text
    assert "<img" not in page.text
    again = await site.press(letter.path, "approve", "</textarea><b>x</b>")
    assert "</textarea><b>" not in again.text


# --- deciding


async def test_the_first_decision_needs_the_letters_code_and_the_tenth_one_press(either: Site) -> None:
    case, letter = await asked(either)
    assert (await either.press(letter.path, "approve")).status == 403
    done = await either.press(letter.path, "approve", "Нужно", code=letter.code)
    assert (done.status, done.title) == (200, "Записано: согласовано")
    cookie = browser_of(done)
    decision = (await either.case(case)).assignments[0].decision
    assert decision is not None
    assert (decision.channel, decision.comment) == ("link", "Нужно")
    assert decision.proof == "link, code of the letter"
    for _ in range(9):
        case, letter = await asked(either)
        done = await either.press(letter.path, "approve", cookie=cookie)
        assert (done.status, done.cookies) == (200, ())
        last = (await either.case(case)).assignments[0].decision
        assert last is not None
        assert last.proof == "link, known browser"


async def test_where_money_moves_a_fresh_code_goes_to_the_registered_address(either: Site) -> None:
    case, letter = await at_finance(either)
    assert letter.code == ""
    page = await either.get(letter.path)
    assert 'name="code"' not in page.text
    assert "o***@neon.example" in page.text
    form = {"nonce": page.nonce, "choice": "rework", "comment": "не та сумма"}
    sent = await either.post_form(f"{letter.path}/code", form)
    assert sent.status == 200
    assert "не та сумма" in sent.text
    assert re.search(r'value="rework" required checked', sent.text)
    assert await decisions(either, case) == [("p.petrov", "approve")]
    await either.deliver()
    code = either.sent_code("o.smirnova")
    done = await either.post_form(letter.path, {**form, "nonce": sent.nonce, "code": code})
    assert done.title == "Записано: на доработку"
    decision = next(a.decision for a in (await either.case(case)).assignments if a.principal == "o.smirnova")
    assert decision is not None
    assert (decision.proof, decision.comment) == ("link, code sent to the registered address", "не та сумма")
    assert browser_of(done)


async def test_the_letters_own_code_is_not_enough_where_money_moves(site: Site) -> None:
    case, letter = await at_finance(site)
    await site.post_form(f"{letter.path}/code", {"nonce": (await site.get(letter.path)).nonce})
    wrong = await site.press(letter.path, "approve", code=letter_code(letter.token, RING))
    assert wrong.status == 403
    assert await decisions(site, case) == [("p.petrov", "approve")]


async def test_a_fresh_code_ends_after_ten_minutes_and_after_its_use(site: Site) -> None:
    case, letter = await at_finance(site)
    await site.post_form(f"{letter.path}/code", {"nonce": (await site.get(letter.path)).nonce})
    await site.deliver()
    code = site.sent_code("o.smirnova")
    site.later(minutes=11)
    assert (await site.press(letter.path, "approve", code=code)).status == 403
    await site.post_form(f"{letter.path}/code", {"nonce": (await site.get(letter.path)).nonce})
    await site.deliver()
    code = site.sent_code("o.smirnova")
    assert (await site.press(letter.path, "question", "почему?", code=code)).title == "Вопрос передан"
    assert (await site.press(letter.path, "approve", code=code)).status == 403
    assert await decisions(site, case) == [("p.petrov", "approve")]


async def test_a_new_browser_for_money_and_a_new_browser_at_all_get_a_receipt(site: Site) -> None:
    _, letter = await asked(site)
    await site.press(letter.path, "approve", code=letter.code)
    await site.deliver()
    assert any("записан" in one.subject for one in site.letters("p.petrov"))


async def test_a_payment_takes_its_number_and_date_onto_the_card(site: Site) -> None:
    case, _ = await at_finance(site)
    await site.reply(case, "o.smirnova", Answer.APPROVE)
    await site.deliver()
    letter = site.asked("buh")
    done = await site.press(letter.path, "paid", code=letter.code, number="345", date="2026-11-13")
    assert done.title == "Записано: оплачено"
    fields = (await site.case(case)).fields
    assert (fields["payment_number"], fields["payment_date"]) == ("345", "2026-11-13")


async def test_a_question_goes_to_the_initiator_and_the_decision_stays_open(site: Site) -> None:
    case, letter = await asked(site)
    done = await site.press(letter.path, "question", "Почему дороже?", code=letter.code)
    cookie = browser_of(done)
    assert done.title == "Вопрос передан"
    assert await decisions(site, case) == []
    await site.deliver()
    assert any("Почему дороже?" in one.text for one in site.letters("i.kuznetsov"))
    assert (await site.press(letter.path, "approve", cookie=cookie)).title == "Записано: согласовано"


async def test_a_refusal_without_a_reason_keeps_what_was_typed_and_asks_beside_the_field(site: Site) -> None:
    case, letter = await asked(site)
    cookie = await known(site)
    again = await site.press(letter.path, "reject", "   ", cookie=cookie)
    assert again.status == 422
    assert "Напишите причину" in again.text
    assert re.search(r'value="reject" required checked', again.text)
    assert await decisions(site, case) == []


async def test_an_old_form_shows_the_page_anew_with_what_was_typed(site: Site) -> None:
    case, letter = await asked(site)
    cookie = await known(site)
    page = await site.get(letter.path, cookie)
    site.now += NONCE_LIFE + timedelta(seconds=1)
    form = {"nonce": page.nonce, "choice": "rework", "comment": "Приложите КП"}
    again = await site.post_form(letter.path, form, cookie)
    assert again.status == 422
    assert "Приложите КП" in again.text
    assert await decisions(site, case) == []
    done = await site.post_form(letter.path, {**form, "nonce": again.nonce}, cookie)
    assert done.title == "Записано: на доработку"


async def test_back_and_another_choice_with_the_same_page_is_another_answer(site: Site) -> None:
    case, letter = await asked(site)
    cookie = await known(site)
    form = {"nonce": (await site.get(letter.path, cookie)).nonce, "comment": "почему?"}
    assert (await site.post_form(letter.path, {**form, "choice": "question"}, cookie)).title == "Вопрос передан"
    assert (await site.post_form(letter.path, {**form, "choice": "approve"}, cookie)).title == "Записано: согласовано"
    assert await decisions(site, case) == [("p.petrov", "approve")]


async def test_the_same_form_twice_decides_once_and_says_so(site: Site) -> None:
    case, letter = await asked(site)
    page = await site.get(letter.path)
    form = {"nonce": page.nonce, "choice": "approve", "comment": "", "code": letter.code}
    first, second = await asyncio.gather(*(site.post_form(letter.path, form) for _ in range(2)))
    assert {first.title, second.title} == {"Записано: согласовано", "Ваш ответ уже записан: согласовано"}
    assert len(await decisions(site, case)) == 1


# --- what the page says when nothing can be decided any more


async def test_a_used_a_closed_and_a_forged_link_each_say_what_to_do(site: Site) -> None:
    _, used = await asked(site)
    await site.press(used.path, "approve", code=used.code)
    assert "уже записан" in (await site.get(used.path)).title

    closed_case, closed = await asked(site)
    event = CommandReceived("w", site.now, closed_case, "i.kuznetsov", site.proof("i.kuznetsov"), "withdraw")
    await advance(event, site.store, site.office, site.now)
    page = await site.get(closed.path)
    assert (page.status, page.title) == (410, "Заявка закрыта")

    gone = await site.get("/d/" + "a" * 44)
    assert (gone.status, gone.title) == (404, "Ссылка не открывается")
    for each in (used, closed):
        assert "ответьте на" in (await site.get(each.path)).text.lower()


async def test_a_link_of_an_earlier_card_says_that_there_is_a_newer_letter(site: Site) -> None:
    case, letter = await asked(site)
    loaded = await site.case(case)
    minted = mint(RING, "decide", b"o" * 16)
    await put(site, Token(minted.stored, "decide", case, loaded.assignments[0].id, "p.petrov", "0" * 64, NOON,
                          NOON + timedelta(days=1)))  # fmt: skip
    page = await site.get(f"/d/{minted.text}")
    assert (page.status, page.title) == (410, "Это прежняя версия заявки")
    assert "<form" not in page.text
    assert (await site.get(f"/d/{minted.text}/file/1")).status == 404
    form = {"nonce": (await site.get(letter.path)).nonce, "choice": "approve", "code": letter.code}
    assert (await site.post_form(f"/d/{minted.text}", form)).status == 410
    assert await decisions(site, case) == []


async def put(site: Site, token: Token) -> None:
    await site.store._db.run(lambda s: tokens.write(s, [token]))


# --- whose browser


async def test_a_colleagues_browser_is_unknown_for_this_link(site: Site) -> None:
    cookie = await known(site, "p.petrov")
    case, letter = await at_finance(site)
    await site.post_form(f"{letter.path}/code", {"nonce": (await site.get(letter.path)).nonce})
    refused = await site.press(letter.path, "approve", cookie=cookie)
    assert refused.status == 403
    assert "Это письмо для o***@neon.example" in refused.text
    assert await decisions(site, case) == [("p.petrov", "approve")]


async def test_a_revoked_and_an_expired_browser_are_unknown(site: Site) -> None:
    cookie = await known(site)
    case, letter = await asked(site)
    [browser] = await site.store.browsers("p.petrov")
    assert await site.store.revoke_browser(browser.hash, site.now)
    assert not await site.store.revoke_browser(browser.hash, site.now)
    assert (await site.press(letter.path, "approve", cookie=cookie)).status == 403
    cookie = await known(site)
    site.later(days=30)
    assert (await site.press(letter.path, "approve", cookie=cookie)).status == 403
    assert await decisions(site, case) == []


async def test_the_cookie_is_for_this_page_alone(site: Site) -> None:
    _, letter = await asked(site)
    done = await site.press(letter.path, "approve", code=letter.code)
    [cookie] = done.cookies
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"httponly", "max-age=2592000", "path=/d", "samesite=lax"}
    assert browser_of(done) not in site.dump()


async def test_no_invented_cookie_makes_a_browser_known(site: Site) -> None:
    case, letter = await asked(site)
    forged = (mint(RING, "browser", b"x" * 16).text, mint(RING, "decide", b"x" * 16).text, letter.token, "a" * 44, "")
    for cookie in forged:
        assert (await site.press(letter.path, "approve", cookie=cookie)).status == 403
    assert await decisions(site, case) == []


# --- guessing


async def test_after_five_wrong_codes_the_link_takes_no_more(either: Site) -> None:
    case, letter = await asked(either)
    wrong = f"{(int(letter.code) + 1) % 1_000_000:06d}"
    for left in range(MOST_TRIES - 1, -1, -1):
        page = await either.press(letter.path, "approve", code=wrong)
        assert page.status == 403
        assert left == 0 or f"Осталось попыток: {left}" in page.text
    right = await either.press(letter.path, "approve", code=letter.code)
    assert right.status == 429
    assert "Ответьте на письмо" in right.text
    assert await decisions(either, case) == []


async def test_of_many_guesses_at_once_five_are_looked_at(either: Site) -> None:
    case, letter = await asked(either)
    nonce = (await either.get(letter.path)).nonce
    guesses = [f"{n:06d}" for n in range(40) if f"{n:06d}" != letter.code]
    form = {"nonce": nonce, "choice": "approve"}
    pages = await asyncio.gather(*(either.post_form(letter.path, {**form, "code": g}) for g in guesses))
    assert sorted(page.status for page in pages) == [403] * MOST_TRIES + [429] * (len(guesses) - MOST_TRIES)
    assert await decisions(either, case) == []


async def test_one_persons_links_take_twenty_wrong_codes_an_hour(site: Site) -> None:
    for _ in range(4):
        _, letter = await asked(site)
        wrong = f"{(int(letter.code) + 1) % 1_000_000:06d}"
        for _ in range(MOST_TRIES):
            await site.press(letter.path, "approve", code=wrong)
    _, letter = await asked(site)
    assert (await site.press(letter.path, "approve", code=letter.code)).status == 429
    site.later(hours=1, seconds=1)
    assert (await site.press(letter.path, "approve", code=letter.code)).status == 200


async def test_a_button_pressed_often_fills_no_mailbox(site: Site) -> None:
    _, letter = await at_finance(site)
    before = len(site.letters("o.smirnova"))
    for _ in range(20):
        await site.post_form(f"{letter.path}/code", {"nonce": (await site.get(letter.path)).nonce})
    for _ in range(20):
        site.later(seconds=61)
        await site.post_form(f"{letter.path}/code", {"nonce": (await site.get(letter.path)).nonce})
    await site.deliver()
    assert len(site.letters("o.smirnova")) - before == 5


# --- forged


async def test_every_link_that_is_not_ours_looks_the_same(site: Site) -> None:
    case, letter = await asked(site)
    task = (await site.case(case)).assignments[0].id
    expired, reply = mint(RING, "decide", b"e" * 16), mint(RING, "reply", b"r" * 16)
    card = card_hash((await site.case(case)).fields, (await site.case(case)).files)
    await put(site, Token(expired.stored, "decide", case, task, "p.petrov", card, NOON, site.now))
    await put(site, Token(reply.stored, "reply", case, task, "p.petrov", card, NOON, NOON + timedelta(days=9)))
    unknown = mint(RING, "decide", b"u" * 16).text
    mutated = letter.token[:9] + ("a" if letter.token[9] != "a" else "b") + letter.token[10:]
    classes = [
        expired.text,
        reply.text,
        unknown,
        mutated,
        "a" * 44,
        "x",
        "%00",
        "../healthz",
        letter.token.upper() + "A",
    ]
    pages = [await site.get(f"/d/{text}") for text in classes]
    posts = [await site.post_form(f"/d/{text}", {"nonce": "1.a", "choice": "approve"}) for text in classes[:6]]
    files = [await site.get(f"/d/{text}/file/1") for text in classes[:6]]
    codes = [await site.post_form(f"/d/{text}/code", {"nonce": "1.a"}) for text in classes[:6]]
    everything = [*pages, *posts, *files, *codes, await site.get("/nowhere")]
    assert {(page.status, page.body) for page in everything} == {(404, pages[0].body)}


async def test_how_long_a_refusal_takes_tells_nothing(site: Site) -> None:
    case, _ = await asked(site)
    task = (await site.case(case)).assignments[0].id
    expired = mint(RING, "decide", b"e" * 16)
    await put(site, Token(expired.stored, "decide", case, task, "p.petrov", "0" * 64, NOON, site.now))
    means = []
    for text in (expired.text, mint(RING, "decide", b"u" * 16).text, "a" * 44, "x"):
        times = []
        for _ in range(15):
            started = time.perf_counter()
            await site.get(f"/d/{text}")
            times.append(time.perf_counter() - started)
        means.append(statistics.median(times))
    assert max(means) <= min(means) * 1.1


async def test_a_link_decides_its_own_assignment_and_no_other(site: Site) -> None:
    cookie = await known(site)
    _, first = await asked(site)
    second_case, second = await asked(site)
    nonce = (await site.get(first.path, cookie)).nonce
    crossed = await site.post_form(second.path, {"nonce": nonce, "choice": "approve"}, cookie)
    assert crossed.status == 422
    assert (await site.press(first.path, "approve", cookie=cookie)).status == 200
    assert await decisions(site, second_case) == []
    assert (await site.press(second.path, "approve", code=first.code)).status == 403


async def test_mutated_tokens_are_never_accepted(site: Site) -> None:
    _, letter = await asked(site)
    chance = random.Random(1)
    for _ in range(2000):
        place = chance.randrange(44)
        other = chance.choice("abcdefghijklmnopqrstuvwxyz234567")
        text = letter.token[:place] + other + letter.token[place + 1 :]
        found = await site.window.look(text, "", site.now)
        assert type(found).__name__ == ("Page" if text == letter.token else "Forged") or _same_bytes(text, letter.token)


def _same_bytes(one: str, other: str) -> bool:
    """44 characters of base32 hold four bits more than the token: those may differ."""
    import base64

    return base64.b32decode(one.upper() + "====") == base64.b32decode(other.upper() + "====")


# --- safe methods, headers, limits


async def every_route(site: Site) -> list[str]:
    _, letter = await asked(site)
    _, used = await asked(site)
    await site.press(used.path, "approve", code=used.code)
    await site.deliver()
    finance = site.asked("o.smirnova")
    paths = [f"/d/{t}{rest}" for t in (letter.token, used.token, finance.token, "a" * 44)
             for rest in ("", "?choice=approve", "/code", "/file/1", "/file/9", "/other")]  # fmt: skip
    own = ["/sign-in", "/sign-in/code", "/sign-out", "/enter/x", f"/enter/{'0' * 96}"]
    return ["/", "/healthz", "/d", "/d/", "/favicon.ico", *own, *paths]


async def test_safe_methods_write_nothing_on_any_route(site: Site) -> None:
    paths = await every_route(site)
    cookie = await known(site)
    before = site.dump()
    letters = len(site.post.letters)
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            for held in ("", cookie):
                await site.get(path, held, method)
    assert site.dump() == before
    assert len(site.post.letters) == letters


async def test_every_route_that_is_served_is_known_to_these_tests(site: Site) -> None:
    app = site.web._routes.app()
    calls = {operation.route for operation in OPERATIONS}  # each opens for one right: tests/test_access.py
    assert {route.path for route in app.routes} == {*PAGES, *calls}  # type: ignore[attr-defined]


async def test_every_answer_carries_the_safe_headers(site: Site) -> None:
    paths = await every_route(site)
    answers = [await site.get(path, method=method) for path in paths for method in ("GET", "HEAD", "OPTIONS", "PUT")]
    answers += [await site.post_form(path, {"nonce": "x", "a": "b"}) for path in paths]
    answers += [await site.wire(b"\x00\x01\r\n\r\n"), await site.wire(b"GET / HTTP/9.9\r\n\r\n")]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in SAFE} == SAFE
        policy = answer.headers["content-security-policy"]
        for rule in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert rule in policy
        assert "unsafe" not in policy
        assert "server" not in answer.headers
        assert "location" not in answer.headers


async def test_no_page_has_a_script_or_names_another_site(site: Site) -> None:
    for path in await every_route(site):
        page = await site.get(path)
        if page.headers.get("content-type", "").startswith("text/html"):
            assert "<script" not in page.text
            assert not re.search(r"https?://|//[a-z]", page.text)


async def test_health_says_ok_and_nothing_else(site: Site) -> None:
    assert (await site.get("/healthz")).body == b"ok"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"choice=approve&choice=reject&nonce=1", FORM, 400),
        (b"choice[]=approve&nonce=1", FORM, 400),
        (b"choice=approve&nonce=1&redirect=https://evil.example", FORM, 400),
        (b'{"choice":"approve"}', "application/json", 400),
        (b"choice=%ff%fe&nonce=1", FORM, 400),
        (b"", FORM, 400),
        (b"nonce=1&comment=" + b"a" * 70_000, FORM, 413),
        (b"nonce=1", "multipart/form-data; boundary=x", 400),
    ],
)
async def test_a_form_that_our_page_could_not_send_is_refused(site: Site, body: bytes, kind: str, status: int) -> None:
    _, letter = await asked(site)
    cookie = await known(site)
    before = site.dump()
    answer = await site.send("POST", letter.path, body, cookie, {"Content-Type": kind})
    assert answer.status == status
    assert site.dump() == before


async def test_forms_of_any_bytes_never_decide_nor_break(site: Site) -> None:
    case, letter = await asked(site)
    chance = random.Random(7)
    nonce = (await site.get(letter.path)).nonce
    keys = ["nonce", "choice", "comment", "code", "date", "number", "x", "choice[]", "", "code "]
    values = [nonce, "approve", "reject", "", "000000", "%00", "%ff", "a" * 5000, "[]", "2026-99-99"]
    for _ in range(300):
        pairs = "&".join(f"{chance.choice(keys)}={chance.choice(values)}" for _ in range(chance.randrange(7)))
        answer = await site.send("POST", letter.path, pairs.encode(), "", {"Content-Type": FORM})
        assert answer.status in (400, 403, 422, 429)
    assert await decisions(site, case) == []


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                                     {"Origin": "null", "Sec-Fetch-Site": "cross-site"}])  # fmt: skip
async def test_a_post_from_another_site_is_refused(site: Site, headers: dict[str, str]) -> None:
    case, letter = await asked(site)
    cookie = await known(site)
    form = {"nonce": (await site.get(letter.path, cookie)).nonce, "choice": "approve"}
    assert (await site.post_form(letter.path, form, cookie, **headers)).status == 403
    assert await decisions(site, case) == []


async def test_too_many_headers_are_refused(site: Site) -> None:
    _, letter = await asked(site)
    assert (await site.get(letter.path, **{f"X-{n}": "1" for n in range(80)})).status == 431


async def test_slow_sockets_starve_nobody_and_are_ended(site: Site) -> None:
    _, letter = await asked(site)
    slow = [await asyncio.open_connection(LOOPBACK, site.port) for _ in range(450)]
    for number, (_, writer) in enumerate(slow):
        writer.write(b"GET /healthz HTTP/1.1\r\nX" if number % 2 else b"G")
    started = time.monotonic()
    assert (await site.get(letter.path)).status == 200
    assert time.monotonic() - started < 1
    ended = await asyncio.wait_for(asyncio.gather(*(_ended(reader) for reader, _ in slow)), 10)
    assert all(ended)
    for _, writer in slow:
        writer.close()


async def _ended(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True


async def test_a_body_that_never_ends_is_ended(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailflow.edges.web_answers.BODY_SECONDS", 0.3)
    _, letter = await asked(site)
    head = f"POST {letter.path} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 100\r\n\r\nnonce=1"
    assert (await asyncio.wait_for(site.wire(head.encode()), 5)).status == 408


async def test_a_store_that_is_away_is_said_and_nothing_is_recorded(site: Site) -> None:
    case, letter = await asked(site)
    await site.store._db.run(lambda s: s.rows("ALTER TABLE token RENAME TO lost"))
    page = await site.get(letter.path)
    await site.store._db.run(lambda s: s.rows("ALTER TABLE lost RENAME TO token"))
    assert (page.status, page.title) == (503, "Сейчас не получается записать")
    assert await decisions(site, case) == []


# --- races


async def test_presses_and_a_reply_at_once_make_one_decision(either: Site) -> None:
    cookie = await known(either)
    for number in range(20):
        case, letter = await asked(either)
        nonces = [(await either.get(letter.path, cookie)).nonce]
        either.later(seconds=1)
        nonces += [(await either.get(letter.path, cookie)).nonce]
        presses = [
            either.post_form(letter.path, {"nonce": nonce, "choice": choice, "comment": "так"}, cookie)
            for nonce, choice in zip(nonces, ("approve", "reject"), strict=True)
        ]
        reply = either.reply(case, "p.petrov", Answer.REWORK, "иначе", key=f"race {number}")
        pages = await asyncio.gather(*presses, reply)
        taken = [d for d in await decisions(either, case) if d[0] == "p.petrov"]
        assert len(taken) == 1
        said = [page for page in pages if isinstance(page, Answered)]
        assert all(page.title.startswith(("Записано:", "Ваш ответ уже записан:")) for page in said)
        assert sum(page.title.startswith("Записано:") for page in said) == (taken[0][1] != "rework")


# --- leaks


async def test_no_token_stands_in_a_log_or_in_the_database(site: Site) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in ("mailflow", "uvicorn", "uvicorn.error", "uvicorn.access"))]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.addHandler(handler)
        one.setLevel(logging.DEBUG)
    try:
        _, letter = await at_finance(site)
        page = await site.get(letter.path)
        await site.post_form(f"{letter.path}/code", {"nonce": page.nonce})
        await site.deliver()
        done = await site.press(letter.path, "approve", code=site.sent_code("o.smirnova"))
        cookie = browser_of(done)
        await site.get(letter.path, cookie)
        await site.get(f"{letter.path}/file/1")
        await site.post_form(letter.path, {"bad": "form"})
        await site.store._db.run(lambda s: s.rows("ALTER TABLE token RENAME TO lost"))
        await site.get(letter.path)
        await site.store._db.run(lambda s: s.rows("ALTER TABLE lost RENAME TO token"))
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.removeHandler(handler)
            one.setLevel(level)
    hash_ = next(t for t in re.findall(r"link ([0-9a-f]+) pressed", written.getvalue()))
    assert len(hash_) == 12
    for secret in (letter.token, cookie):
        assert secret not in written.getvalue()
        assert secret not in site.dump()


def test_the_log_names_a_link_by_twelve_characters(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("mailflow")
    logger.propagate = True
    with caplog.at_level(logging.INFO, "mailflow"):
        log.link_pressed("СЧ-1", "f" * 64, "Recorded")
    assert caplog.messages == [f"СЧ-1 link {'f' * 12} pressed: Recorded"]


# --- the server


async def test_the_pages_are_served_again_after_a_stop(site: Site) -> None:
    await site.web.close()
    await asyncio.sleep(0.3)
    running = asyncio.create_task(site.web.run())
    await asyncio.wait_for(site.web.listening.wait(), 5)
    assert (await site.get("/healthz")).status == 200
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    with pytest.raises(ConnectionRefusedError):
        await site.get("/healthz")


async def test_a_port_that_is_taken_is_said(site: Site) -> None:
    second = Web(Where("http://127.0.0.1", LOOPBACK, site.port), site.window, site.hall, shipped("templates") / "web")
    with pytest.raises(SettingsError, match=rf"\[web\] .*{site.port}"):
        await second.run()
