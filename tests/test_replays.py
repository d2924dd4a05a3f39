"""What was signed for one person, stage, card and purpose is nothing for any other, however often it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.advance import advance
from mailflow.app import now
from mailflow.core.answers import Answer
from mailflow.core.case import card_hash
from mailflow.core.events import AnswerReceived
from mailflow.core.pages import Already, Form, Link, Press, Recorded, Stale
from mailflow.core.pressing import ended
from mailflow.core.tokens import mint, read_token
from mailflow.receive import receive
from tests.office_life import DOCS, IVAN, NUMBER, PETROV, Life, living
from tests.offices import FULL, Story
from tests.scale import Scale
from tests.web_site import RING, Asked, Site, browser_of, served


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with served(tmp_path) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    database = request.getfixturevalue("postgres_server") if request.param == "postgres" else None
    url = database.fresh() if database is not None else ""
    async with served(tmp_path, url) as running:
        yield running
    if database is not None:
        database.drop(url)


# --- every token against everything it was not made for


@dataclass(frozen=True)
class Held:
    """A letter that asks, whose it is, and a nonce of its page."""

    person: str
    case: str
    letter: Asked
    nonce: str


async def holding(site: Site, person: str, case: str) -> Held:
    letter = site.asked(person)
    return Held(person, case, letter, (await site.get(letter.path)).nonce)


async def many_letters(site: Site, count: int) -> list[Held]:
    """Letters of several people, stages and cases, all still to be answered."""
    held = []
    for number in range(count):
        case = (await site.request(amount=f"{1000 + number}.00")).id
        if number % 3 == 0:
            held.append(await holding(site, "p.petrov", case))
            continue
        await site.reply(case, "p.petrov", Answer.APPROVE, key=f"first {number}")
        await site.deliver()
        if number % 3 == 1:
            held.append(await holding(site, "o.smirnova", case))
            continue
        await site.reply(case, "o.smirnova", Answer.APPROVE, key=f"second {number}")
        await site.deliver()
        held.append(await holding(site, "buh", case))
    return held


async def browsers(site: Site, people: set[str]) -> dict[str, str]:
    """A browser that is known for each of them."""
    made = {}
    for person in sorted(people):
        case = (await site.request()).id
        for before in ("p.petrov", "o.smirnova", "buh"):
            if before == person:
                break
            await site.reply(case, before, Answer.APPROVE, key=f"{person} after {before}")
            await site.deliver()
        letter = site.asked(person)
        code = letter.code
        if not code:
            await site.post_form(f"{letter.path}/code", {"nonce": (await site.get(letter.path)).nonce})
            await site.deliver()
            code = site.sent_code(person)
        choice = "paid" if person == "buh" else "approve"
        made[person] = browser_of(await site.press(letter.path, choice, code=code, number="1", date="2026-11-16"))
    return made


async def test_no_link_takes_the_nonce_or_the_browser_of_another(site: Site, scale: Scale) -> None:
    held = await many_letters(site, scale.of(12, 36, 60))
    cookies = await browsers(site, {one.person for one in held})
    before = {one.case: (await site.case(one.case)).version for one in held}
    tried = 0
    for one, other, person in product(held, held, cookies):
        if one is other and one.person == person:
            continue
        choice = "paid" if one.person == "buh" else "approve"
        form = Form(nonce=other.nonce, choice=choice, number="1", date="2026-11-16")
        told = await site.window.press(Press(one.letter.token, form, cookies[person], ""), site.now)
        assert not isinstance(told, Recorded | Already), (one.person, other.person, person)
        tried += 1
    assert tried >= scale.of(400, 3_500, 10_000)
    assert {one.case: (await site.case(one.case)).version for one in held} == before
    for one in held:  # and each opens its own door
        choice = "paid" if one.person == "buh" else "approve"
        form = Form(nonce=one.nonce, choice=choice, number="1", date="2026-11-16")
        told = await site.window.press(Press(one.letter.token, form, cookies[one.person], ""), site.now)
        assert isinstance(told, Recorded)


def test_a_token_is_read_for_its_own_purpose_and_key_alone() -> None:
    rings = [replace(RING, keys={n: bytes([n]) * 32}, newest=n) for n in (1, 2, 3)]
    purposes = ("decide", "reply", "browser")
    for made_for, ring, (read_for, other) in product(purposes, rings, product(purposes, rings)):
        for number in range(30):
            text = mint(ring, made_for, bytes([number]) * 16).text  # type: ignore[arg-type]
            read = read_token(text, read_for, other)  # type: ignore[arg-type]
            assert (read is not None) == (made_for == read_for and ring is other)


def test_an_answer_counts_for_one_person_one_task_and_one_card_of_all_there_are() -> None:
    """Everybody answers every task of a case in its second round, on every card there ever was."""
    story = Story()
    story.request()
    cards = {card_hash(story.it.fields, story.it.files)}
    story.answer("p.petrov", Answer.REWORK, "сумма")
    story.answer("i.kuznetsov", Answer.UNCLEAR, "вот", fields={"amount": "90000.00"})
    cards.add(card_hash(story.it.fields, story.it.files))
    story.answer("p.petrov", Answer.APPROVE)
    cards |= {"0" * 64, ""}
    counted = set()
    decisions = (Answer.APPROVE, Answer.REJECT, Answer.REWORK, Answer.PAID, Answer.DONE, Answer.ACKNOWLEDGE)
    before = story.it
    for task, person, card, said in product(before.assignments, story.office.directory.people, cards, decisions):
        story.case = before
        story.answer(person, said, "потому", task=task, card=card)
        after = story.it.assignment(task.id)
        if after is not None and after.decision != task.decision:
            counted.add((task.id, person, card))
    current = card_hash(before.fields, before.files)
    assert {(person, card) for _, person, card in counted} == {("o.smirnova", current)}
    assert len({task for task, _, _ in counted}) == 1


# --- the card the yes was given to


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
SUMS = st.decimals(1, 10**9, places=2).map(str)
DAYS = st.dates(date(2026, 1, 1), date(2030, 1, 1)).map(str)
TYPED = {"amount": SUMS, "pay_by": DAYS, "in_budget": st.booleans()}


@st.composite
def changes(draw: st.DrawFn) -> dict[str, object]:
    """Some fields of the card, changed to something else."""
    names = draw(st.sets(st.sampled_from(sorted(FULL)), min_size=1, max_size=4))
    return {name: draw(TYPED.get(name, WORDS)) for name in sorted(names)}


@given(changes(), st.sampled_from(["fields", "file", "another file"]))
@settings(max_examples=60, deadline=None)
def test_any_change_of_the_card_ends_every_link_and_every_reply(changed: dict[str, object], what: str) -> None:
    story = Story()
    story.request()
    task = story.task("p.petrov")
    card = card_hash(story.it.fields, story.it.files)
    if what == "fields":
        story.case = replace(story.it, fields={**story.it.fields, **changed})
    elif what == "file":
        [file] = story.it.files
        story.case = replace(story.it, files=(replace(file, sha256="e" * 64),))
    else:
        [file] = story.it.files
        story.case = replace(story.it, files=(file, replace(file, name="Ещё.pdf", sha256="f" * 64)))
    if card_hash(story.it.fields, story.it.files) == card:
        assert what == "fields"
        assert all(FULL[name] == value for name, value in changed.items()), "a change that the card does not show"
        return
    link = Link("h" * 64, story.it.id, task.id, "p.petrov", card)
    assert isinstance(ended(story.it, task, link, story.office, story.now), Stale)
    story.answer("p.petrov", Answer.APPROVE, task=task, card=card)
    after = story.it.assignment(task.id)
    assert after is not None
    assert after.decision is None


async def test_after_a_change_every_link_and_reply_address_that_is_out_is_dead(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.asks()
        first = await life.last(PETROV)
        await life.says(PETROV, "На доработку: не та сумма")
        await life.says(IVAN, "Сумма: 90 000,00")
        assert await life.waits_on() == ["p.petrov"]
        await life.says(PETROV, "Согласовано", letter=first)
        assert await life.waits_on() == ["p.petrov"]
        letters = await life.world.letters(PETROV)
        newest = next(one for one in letters if "90 000 ₽" in one.text.replace("\u00a0", " "))
        await life.says(PETROV, "Согласовано", letter=newest)
        assert await life.waits_on() == ["o.smirnova"]


# --- the same mail again


def elsewhere(raw: bytes, number: int) -> bytes:
    """The mail as another server hands it on once more: other traces on top, the mail itself unchanged."""
    trace = (
        f"Received: from relay{number}.example by mx.neon.example; Mon, 16 Nov 2026 10:{number % 60:02}:00 +0300\r\n"
    )
    return (f"Return-Path: <p{number}@neon.example>\r\n{trace}" if number else "").encode() + raw


async def replayed(life: Life, raw: bytes, times: int) -> None:
    desk = life.app.desk
    for number in range(times):
        await receive(elsewhere(raw, number), None, now(), now(), desk)


async def test_a_captured_yes_is_one_yes_wherever_it_is_put(tmp_path: Path, scale: Scale) -> None:
    async with living(tmp_path) as life:
        await life.asks()
        await life.says(PETROV, "Согласовано")
        [*_, yes] = await life.world.mail.messages(DOCS, "Processed")
        await life.says(PETROV, "Отзываю")
        assert await life.waits_on() == ["p.petrov"]
        for _ in range(scale.of(3, 20, 50)):
            await life.world.mail.deliver(DOCS, yes)
        await life.works()
        await replayed(life, yes, scale.of(20, 1_000, 1_000))
        assert await life.waits_on() == ["p.petrov"]
        assert len(await life.app.store.journal((await life.case(NUMBER)).id)) == 3
        await life.says(PETROV, "Согласовано", letter=(await life.last(PETROV)))
        assert await life.waits_on() == ["o.smirnova"]


def disguised(raw: bytes, number: int) -> bytes:
    """The same signed mail under other headers that nobody signed: to us it is another mail."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"message-id:")]
    return b"\r\n".join([*lines, b"Message-ID: <again%d@neon.example>" % number, b"X-Again: %d" % number, b"", body])


async def test_a_captured_yes_under_another_name_does_not_decide_what_was_taken_back(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.asks()
        first = await life.last(PETROV)
        await life.says(PETROV, "Согласовано", letter=first)
        assert await life.waits_on() == ["o.smirnova"]
        [*_, yes] = await life.world.mail.messages(DOCS, "Processed")
        await life.says(PETROV, "Отзываю")
        assert await life.waits_on() == ["p.petrov"]
        new = await life.last(PETROV)
        for number in range(3):
            await receive(disguised(yes, number), None, now(), now(), life.app.desk)
            assert await life.waits_on() == ["p.petrov"]
        rows = await life.app.store.journal((await life.case(NUMBER)).id)
        assert sum("отозвано; ответьте на новое письмо" in row.why for row in rows) == 3, "another mail each"
        await life.works()
        await life.says(PETROV, "Согласовано", letter=new)
        assert await life.waits_on() == ["o.smirnova"]


# --- everything at once


async def test_two_hundred_presses_and_replies_at_once_are_one_decision(either: Site, scale: Scale) -> None:
    cookie = (await browsers(either, {"p.petrov"}))["p.petrov"]
    for number in range(scale.of(2, 20, 500)):
        case = (await either.request()).id
        letter = either.asked("p.petrov")
        nonce = (await either.get(letter.path, cookie)).nonce
        said = ("approve", "reject", "rework")
        presses = [
            either.post_form(letter.path, {"nonce": nonce, "choice": said[n % 3], "comment": f"так {n}"}, cookie)
            for n in range(150)
        ]
        replies = [replies_once(either, case, f"{number} {n}") for n in range(50)]
        pages = await asyncio.gather(*presses, *replies)
        story = await either.case(case)
        taken = [a for a in story.assignments if a.principal == "p.petrov" and a.decision is not None]
        assert len(taken) == 1
        titles = [page.title for page in pages if page is not None]
        assert sum(title.startswith("Записано:") for title in titles) == (taken[0].decision.channel == "link")
        assert all(title.startswith(("Записано:", "Ваш ответ уже записан:")) for title in titles), set(titles)


async def replies_once(site: Site, case: str, key: str) -> None:
    """A reply of the person to his first task, taken in whatever happened meanwhile."""
    loaded = await site.case(case)
    task = loaded.assignments[0]
    card = card_hash(loaded.fields, loaded.files)
    proof = site.proof("p.petrov")
    event = AnswerReceived(f"reply {case} {key}", site.now, case, task.id, proof, Answer.REWORK, "иначе", card=card)
    await advance(event, site.store, site.office, site.now)
