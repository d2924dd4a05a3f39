"""The second factor: set up once, shown for one card, each code once; a reply never does."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from mailflow.core.answers import Answer
from mailflow.core.office import Office
from mailflow.core.second_factor import (
    NONCE_BYTES,
    SECRET_BYTES,
    STEP,
    Factor,
    older_key,
    sealed,
    step_of,
    unsealed,
    written,
)
from mailflow.core.tokens import KeyRing
from mailflow.edges.store import Store
from mailflow.edges.web_rooms import SESSION
from mailflow.errors import SettingsError
from tests.offices import HERE, Story, invoice_process, letters, neon
from tests.test_store import copies, postgres, store, url  # noqa: F401 - fixtures
from tests.web_site import RING, Asked, Site, browser_of, served

TEXT = (HERE.parent / "rules" / "invoice.yaml").read_text(encoding="utf-8")
FINAL = "      assurance: known_browser\n"
ABOVE = f'{FINAL}      second_factor_when: amount.over(money("100 000 RUB"))\n'
OLGA = "o.smirnova"
SECRET = b"s" * SECRET_BYTES
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def office(said: str = "      assurance: second_factor\n") -> Office:
    """The office, its money stage asking for a second factor."""
    assert TEXT.count(FINAL) == 1
    return neon(None, invoice_process(text=TEXT.replace(FINAL, said)))


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with served(tmp_path, office=office()) as running:
        yield running


async def waiting(site: Site, **fields: object) -> tuple[str, Asked]:
    """A request that waits for the one who decides about money, and her letter."""
    case = await site.request(**fields)
    await site.reply(case.id, "p.petrov", Answer.APPROVE)
    await site.deliver()
    return case.id, site.asked(OLGA)


async def set_up(site: Site, person: str = OLGA) -> tuple[str, pyotp.TOTP]:
    """Sign the person in and set up the second factor as people do; give the cookie and the app."""
    kept = {"Cookie": f"{SESSION}={await site.sign_in(person)}"}
    page = await site.get("/second-factor", **kept)
    shown = await site.post_form("/second-factor", {"nonce": page.nonce}, **kept)
    secret = re.search(r'class="secret">([A-Z2-7]{32})<', shown.text)
    assert secret, shown.text
    app = pyotp.TOTP(secret[1])
    done = await site.post_form("/second-factor/code", {"nonce": shown.nonce, "code": app.at(site.now)}, **kept)
    assert "Второй фактор подключён" in done.text
    site.later(seconds=STEP)
    return kept["Cookie"], app


async def known(site: Site, letter: Asked) -> dict[str, str]:
    """Ask for the mailed code of a link, and give what its form then needs beside the second factor."""
    page = await site.get(letter.path)
    await site.post_form(f"{letter.path}/code", {"nonce": page.nonce})
    await site.deliver()
    return {"nonce": (await site.get(letter.path)).nonce, "choice": "approve", "code": site.sent_code(OLGA)}


async def decision(site: Site, case: str) -> str:
    tasks = [a for a in (await site.case(case)).assignments if a.principal == OLGA]
    said = [a.decision for a in tasks if a.decision is not None]
    return f"{said[-1].answer.value} {said[-1].proof}" if said else ""


# --- the rule


def test_only_the_code_of_a_step_next_to_now_counts() -> None:
    app = pyotp.TOTP(written(SECRET))
    present = int(NOW.timestamp()) // STEP
    for away, counts in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        found = step_of(app.at(NOW + timedelta(seconds=STEP * away)), SECRET, NOW)
        assert found == (present + away if counts else None)


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, the last six of its eight digits."""
    secret = b"12345678901234567890"
    for seconds, digits in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert step_of(digits, secret, datetime.fromtimestamp(seconds, UTC)) == seconds // STEP


def test_a_sealed_secret_opens_for_its_person_and_its_key_alone() -> None:
    text = sealed(SECRET, OLGA, b"n" * NONCE_BYTES, RING)
    assert unsealed(text, OLGA, RING) == SECRET
    assert unsealed(text, "p.petrov", RING) is None
    assert unsealed(text, OLGA, KeyRing({1: b"x" * 32}, 1)) is None
    assert unsealed(text, OLGA, KeyRing({2: b"k" * 32}, 2)) is None
    for junk in ("", "1", "1.", "1.!!", "x.y", text[:-8], f"1.{'A' * 40}"):
        assert unsealed(junk, OLGA, RING) is None
    assert older_key(text, KeyRing({1: b"k" * 32, 2: b"l" * 32}, 2))


@pytest.mark.parametrize("answer", [Answer.APPROVE, Answer.REWORK, Answer.REJECT, Answer.NEED_REASON, Answer.UNCLEAR])
def test_a_reply_decides_nothing_where_a_second_factor_is_asked(answer: Answer) -> None:
    story = Story(office())
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer(OLGA, answer, "счёт неверный")
    assert [a.principal for a in story.it.open_assignments] == [OLGA]
    assert letters(story.transitions[-1]) == [("not_counted", OLGA), ("ask", OLGA)]


def test_a_question_by_reply_needs_no_second_factor() -> None:
    story = Story(office())
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer(OLGA, Answer.QUESTION, "Почему дороже?")
    assert ("question", "i.kuznetsov") in letters(story.transitions[-1])


def test_a_sum_that_cannot_be_compared_asks_for_the_second_factor() -> None:
    dollars = {"amount": "90000.00", "currency": "USD"}
    for fields, counts in (({"amount": "90000.00"}, True), ({}, False), (dollars, False)):
        story = Story(office(ABOVE))
        story.request(**fields)
        story.answer("p.petrov", Answer.APPROVE)
        story.answer(OLGA, Answer.APPROVE)
        assert (OLGA not in [a.principal for a in story.it.open_assignments]) is counts


def test_an_agreement_of_less_is_not_taken_for_one_with_a_second_factor() -> None:
    """Whoever agreed at the stage before by a reply signs again where a second factor is asked."""
    text = TEXT.replace(FINAL, "      assurance: second_factor\n")
    story = Story(neon(None, invoice_process(text=text)))
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    assert [a.principal for a in story.it.open_assignments] == [OLGA]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (FINAL, f"{FINAL}      second_factor_when: amount.over(money(\n"),
        (FINAL, f"{FINAL}      second_factor_when: no_such_field\n"),
        (FINAL, "      assurance: second_factor\n      on_silence: {after: 1 working day, approve: even for money}\n"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_when_it_is_read(before: str, after: str) -> None:
    with pytest.raises(SettingsError):
        invoice_process(text=TEXT.replace(before, after))


# --- over the wire


async def test_a_press_with_the_second_factor_decides_and_says_so_in_the_journal(site: Site) -> None:
    _, app = await set_up(site)
    case, letter = await waiting(site)
    form = await known(site, letter)
    without = await site.post_form(letter.path, form)
    assert without.status == 403
    assert "Нужен второй фактор" in without.text
    assert await decision(site, case) == ""
    done = await site.post_form(letter.path, {**form, "nonce": without.nonce, "totp": app.at(site.now)})
    assert done.title == "Записано: согласовано", done.text
    assert await decision(site, case) == "approve link, code sent to the registered address; second factor"


async def test_a_code_counts_once_whatever_it_is_for(site: Site) -> None:
    _, app = await set_up(site)
    first, one = await waiting(site)
    digits = app.at(site.now)
    done = await site.post_form(one.path, {**await known(site, one), "totp": digits})
    assert done.status == 200
    second, two = await waiting(site)
    kept = browser_of(done)
    again = await site.post_form(
        two.path, {"nonce": (await site.get(two.path, kept)).nonce, "choice": "approve", "totp": digits}, kept
    )
    assert again.status == 403
    assert "Код второго фактора не подошёл" in again.text
    assert (await decision(site, first)) != ""
    assert await decision(site, second) == ""
    site.later(seconds=STEP)
    right = {"nonce": again.nonce, "choice": "approve", "totp": app.at(site.now)}
    assert (await site.post_form(two.path, right, kept)).title == "Записано: согласовано"


async def test_after_five_wrong_codes_the_right_one_needs_a_new_link(site: Site) -> None:
    _, app = await set_up(site)
    case, letter = await waiting(site)
    form = await known(site, letter)
    for _ in range(5):
        wrong = str((int(app.at(site.now)) + 1) % 1_000_000).zfill(6)
        assert (await site.post_form(letter.path, {**form, "totp": wrong})).status == 403
    refused = await site.post_form(letter.path, {**form, "totp": app.at(site.now)})
    assert refused.status == 429
    assert await decision(site, case) == ""
    await site.reply(case, OLGA, Answer.APPROVE)
    await site.deliver()
    fresh = site.asked(OLGA)
    assert fresh.token != letter.token
    site.later(minutes=2)
    done = await site.post_form(fresh.path, {**await known(site, fresh), "totp": app.at(site.now)})
    assert done.title == "Записано: согласовано", done.text


async def test_my_tasks_asks_for_the_second_factor_as_well(site: Site) -> None:
    cookie, app = await set_up(site)
    case, _ = await waiting(site)
    place = next(n for n, a in enumerate((await site.case(case)).assignments, 1) if a.principal == OLGA)
    path = f"/cases/{case}/task/{place}"
    page = await site.get(path, Cookie=cookie)
    assert 'name="totp"' in page.text
    form = {"nonce": page.nonce, "choice": "approve"}
    assert (await site.post_form(path, form, Cookie=cookie)).status == 403
    done = await site.post_form(path, {**form, "totp": app.at(site.now)}, Cookie=cookie)
    assert done.title == "Записано: согласовано"
    assert await decision(site, case) == "approve signed in; second factor"


async def test_a_code_of_one_card_does_not_decide_a_changed_one(site: Site) -> None:
    """The page's form is bound to its case and card, so a code typed there counts for these alone."""
    _, app = await set_up(site)
    _, one = await waiting(site)
    case, two = await waiting(site)
    form = await known(site, one)
    crossed = await site.post_form(two.path, {**form, "totp": app.at(site.now)})
    assert "Нажмите ещё раз" in crossed.text
    assert await decision(site, case) == ""


async def test_whoever_has_none_is_told_where_to_set_one_up(site: Site) -> None:
    case, letter = await waiting(site)
    page = await site.get(letter.path)
    assert 'href="/second-factor"' in page.text
    refused = await site.post_form(letter.path, {**await known(site, letter), "totp": "123456"})
    assert refused.status == 403
    assert await decision(site, case) == ""


async def test_the_letter_that_asks_does_not_say_that_a_reply_decides(site: Site) -> None:
    _, letter = await waiting(site)
    assert "только на странице" in letter.letter.text
    assert "mailto:" not in letter.letter.text
    assert "«Согласовано»" not in letter.letter.text


async def test_the_secret_is_shown_once_and_stands_nowhere(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    cookie, app = await set_up(site)
    shown = await site.get("/second-factor", Cookie=cookie)
    again = await site.post_form("/second-factor", {"nonce": shown.nonce}, Cookie=cookie)
    await site.deliver()
    everywhere = [shown.text, again.text, caplog.text, *(letter.text for letter in site.letters(OLGA)), site.dump()]
    raw = pyotp.TOTP(app.secret).byte_secret()
    for place in everywhere:
        assert app.secret not in place
        assert raw.hex() not in place.lower()
    assert "второй фактор подключён" in site.letters(OLGA)[-1].subject


async def test_a_reset_ends_it_and_writes_to_the_person(site: Site) -> None:
    _, app = await set_up(site)
    assert await site.factors.reset(OLGA, site.now)
    assert not await site.factors.reset(OLGA, site.now)
    await site.deliver()
    assert "сброшен" in site.letters(OLGA)[-1].subject
    case, letter = await waiting(site)
    refused = await site.post_form(letter.path, {**await known(site, letter), "totp": app.at(site.now)})
    assert refused.status == 403
    assert await decision(site, case) == ""


async def test_a_new_key_seals_what_the_old_one_did(site: Site) -> None:
    _, app = await set_up(site)
    both = KeyRing({1: RING.keys[1], 2: b"2" * 32}, 2)
    later = replace(site.factors, ring=both)
    assert await later.seal_anew() == 1
    assert await later.seal_anew() == 0
    only = replace(site.factors, ring=KeyRing({2: b"2" * 32}, 2))
    assert await only.lacking("link", OLGA, app.at(site.now), site.now) is None


# --- the store, on both databases


async def test_a_time_step_is_accepted_once(store: Store) -> None:  # noqa: F811 - the fixture
    offered = Factor(OLGA, "1.x", NOW)
    await store.offer_factor(offered)
    assert not await store.accept_step(OLGA, 5), "it is only offered"
    other = replace(offered, sealed="1.y")
    await store.offer_factor(other)
    assert not await store.enrol_factor(offered, 7, NOW), "another was offered since"
    assert await store.enrol_factor(other, 7, NOW)
    assert not await store.enrol_factor(other, 8, NOW)
    await store.offer_factor(replace(other, sealed="1.z"))
    kept = await store.factor(OLGA)
    assert kept == replace(other, enrolled_at=NOW, step=7), "one that is set up is not replaced"
    assert [await store.accept_step(OLGA, step) for step in (7, 8, 8, 6, 9)] == [False, True, False, False, True]
    assert await store.drop_factor(OLGA)
    assert not await store.drop_factor(OLGA)
