"""Pressing as values: codes, nonces, masks, and what the engine says of a press, without any server."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.answers import Answer
from mailflow.core.case import CaseState, card_hash
from mailflow.core.codes import (
    CODE_LIFE,
    MOST_SENT,
    NONCE_LIFE,
    SEND_PAUSE,
    SEND_SPAN,
    Code,
    Wait,
    fresh_code,
    issue,
    live,
    matches,
    new_seed,
    nonce_holds,
    page_nonce,
    typed_code,
)
from mailflow.core.pages import (
    Already,
    Assured,
    Closed,
    Form,
    Link,
    NeedsChoice,
    NeedsDate,
    NeedsReason,
    NotYours,
    Page,
    Stale,
)
from mailflow.core.pressing import answered, complaint, ended, event_key, label, masked, page_of, sheet_of
from mailflow.core.tokens import KeyRing
from mailflow.edges.web_forms import from_elsewhere, origin_of, read_form
from tests.offices import Story, directory, neon

RING = KeyRing({1: b"a" * 32, 2: b"b" * 32}, 2)
FORM = "application/x-www-form-urlencoded"


def asked(story: Story, person: str) -> Link:
    task = story.task(person)
    return Link("h" * 64, story.it.id, task.id, person, card_hash(story.it.fields, story.it.files))


def page(story: Story, link: Link) -> Page:
    task = story.it.assignment(link.assignment)
    assert task is not None
    sheet = sheet_of(story.it, task, link, story.office, story.now)
    return page_of(sheet, story.it, task, "unknown", "letter", "n", story.now.date())


def end_of(story: Story, link: Link) -> object:
    task = story.it.assignment(link.assignment)
    assert task is not None
    return ended(story.it, task, link, story.office, story.now)


@pytest.fixture
def story() -> Story:
    story = Story()
    story.request()
    return story


# --- what the engine says of a link


def test_a_link_whose_answer_would_count_has_not_ended(story: Story) -> None:
    assert end_of(story, asked(story, "p.petrov")) is None


def test_a_decided_task_says_who_and_what(story: Story) -> None:
    link = asked(story, "p.petrov")
    story.answer("p.petrov", Answer.APPROVE)
    end = end_of(story, link)
    assert isinstance(end, Already)
    assert (end.who, end.said, end.own) == ("Петров П.П.", "согласовано", True)


def test_a_decision_says_itself_even_where_the_case_is_over(story: Story) -> None:
    link = asked(story, "p.petrov")
    story.answer("p.petrov", Answer.REJECT, "дорого")
    assert story.it.state is CaseState.REJECTED
    assert isinstance(end_of(story, link), Already)


def test_a_withdrawn_case_is_closed(story: Story) -> None:
    link = asked(story, "p.petrov")
    story.command("i.kuznetsov", "withdraw")
    assert isinstance(end_of(story, link), Closed)


def test_another_card_makes_the_link_stale(story: Story) -> None:
    link = asked(story, "p.petrov")
    other = Link(link.hash, link.case, link.assignment, link.person, "0" * 64)
    assert isinstance(end_of(story, other), Stale)


def test_whoever_no_longer_acts_is_told_who_does() -> None:
    text = (
        "company: {name: Н}\npeople:\n"
        "  a: {name: Аев Аким Акимович, address: a@n.example, department: d}\n"
        "  b: {name: Бук Борис Борисович, address: b@n.example, department: d,"
        " substitute: {by: c, since: 2026-11-01, until: 2026-11-16}}\n"
        "  c: {name: Вар Вера Вадимовна, address: c@n.example, department: d}\n"
        "departments: {d: {title: Д, head: b}}\n"
        "roles: {secretary: [a], director: [c], finance_director: [c], accountant: [c]}\n"
    )
    story = Story(neon(directory(text)))
    story.request("a")
    link = Link("h", story.it.id, story.task("b").id, "c", card_hash(story.it.fields, story.it.files))
    assert end_of(story, link) is None
    story.now += timedelta(days=2)
    end = end_of(story, link)
    assert isinstance(end, NotYours)
    assert end.who == "Бук Б.Б."


def test_a_press_of_done_is_done_even_while_a_reason_is_awaited(story: Story) -> None:
    for person in ("p.petrov", "o.smirnova"):
        story.answer(person, Answer.APPROVE)
    story.pays()
    story.answer("i.kuznetsov", Answer.NEED_REASON)
    link = asked(story, "i.kuznetsov")
    event = answered(
        Form(choice="done", comment="всё передал"), link, "k", Assured("link", False), story.office, story.now
    )
    assert event is not None
    story.happens(event)
    assert story.it.state is CaseState.DONE


# --- forms


@pytest.mark.parametrize("choice", ["rework", "reject", "question"])
def test_a_refusal_and_a_question_need_words(story: Story, choice: str) -> None:
    shown = page(story, asked(story, "p.petrov"))
    assert complaint(Form(choice=choice, comment=" \r\n "), shown) == NeedsReason(choice)
    assert complaint(Form(choice=choice, comment="дорого"), shown) is None


def test_a_choice_the_page_does_not_offer_is_none(story: Story) -> None:
    shown = page(story, asked(story, "p.petrov"))
    assert shown.choices == ("approve", "rework", "reject", "question")
    assert complaint(Form(choice="paid"), shown) == NeedsChoice()
    assert complaint(Form(), shown) == NeedsChoice()


def test_paid_takes_number_and_date_as_people_write_them(story: Story) -> None:
    for person in ("p.petrov", "o.smirnova"):
        story.answer(person, Answer.APPROVE)
    link = asked(story, "buh")
    shown = page(story, link)
    assert complaint(Form(choice="paid", date="вчерась"), shown) == NeedsDate()
    form = Form(choice="paid", number=" 345 ", date="13.11.2026")
    assert complaint(form, shown) is None
    event = answered(form, link, "k", Assured("link", False), story.office, story.now)
    assert event is not None
    assert (event.details.number, str(event.details.date)) == ("345", "2026-11-13")


def test_nobody_asks_himself_a_question(story: Story) -> None:
    for person in ("p.petrov", "o.smirnova"):
        story.answer(person, Answer.APPROVE)
    story.pays()
    assert page(story, asked(story, "i.kuznetsov")).choices == ("done",)


def test_the_same_form_is_the_same_event_and_another_is_another(story: Story) -> None:
    link, form = asked(story, "p.petrov"), Form("n", "question", "почему?")
    assert event_key(link, form) == event_key(link, Form("n", "question", "почему?"))
    assert len({event_key(link, f) for f in (form, Form("n", "approve"), Form("m", "question", "почему?"))}) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"choice=approve&choice=reject",
        b"choice[]=approve",
        b"choice=approve&extra=1",
        b"choice=anything",
        b'{"choice": "approve"}',
        b"choice=%ff",
        b"comment=" + "да".encode(),
        b"choice",
        b"",
        b"number=1%0A2",
        b"comment=%00",
        b"code=" + b"1" * 21,
        b"comment=" + b"a" * 4001,
        b"a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8",
    ],
)
def test_what_our_page_cannot_send_is_refused_whole(body: bytes) -> None:
    assert read_form(body, FORM) is None


def test_a_form_is_read_as_it_was_typed() -> None:
    body = b"choice=rework&comment=%D0%B4%D0%B0%0D%0A%F0%9F%98%80&number=&date=&code=123+456&nonce=n"
    assert read_form(body, f"{FORM}; charset=UTF-8") == Form("n", "rework", "да\r\n😀", "", "", "123 456")


@pytest.mark.parametrize(
    "kind", ["", "application/json", "multipart/form-data", "text/plain", f"{FORM}; charset=cp1251"]
)
def test_another_kind_of_body_is_refused(kind: str) -> None:
    assert read_form(b"choice=approve", kind) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_form_or_none(body: bytes) -> None:
    form = read_form(body, FORM)
    assert form is None or isinstance(form, Form)


@pytest.mark.parametrize(
    ("headers", "elsewhere"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "https://docs.neon.example"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"origin": "https://evil.example"}, True),
        ({"origin": "http://docs.neon.example"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "https://docs.neon.example.evil"}, True),
    ],
)
def test_a_post_of_another_site_is_known(headers: dict[str, str], elsewhere: bool) -> None:
    assert from_elsewhere(headers, "https://docs.neon.example/mailflow") is elsewhere


def test_an_origin_is_written_as_browsers_write_it() -> None:
    assert origin_of("https://Docs.Neon.Example:443/a") == "https://docs.neon.example"
    assert origin_of("http://[::1]:8025") == "http://[::1]:8025"


# --- codes and nonces


def test_a_code_follows_from_its_seed_its_link_and_the_key() -> None:
    seed = new_seed(b"s" * 16, RING)
    code = fresh_code("t", seed, RING)
    assert typed_code(code) == code
    assert fresh_code("t", seed, KeyRing({2: b"c" * 32}, 2)) != code
    assert fresh_code("u", seed, RING) != code
    assert fresh_code("t", seed, KeyRing({1: b"a" * 32}, 1)) == ""


def test_no_code_matches_the_code_of_a_lost_key() -> None:
    assert not matches("", ("",))
    assert matches("123456", ("", "123456"))


@pytest.mark.parametrize(
    ("typed", "code"), [("123 456", "123456"), ("123-456", "123456"), ("12345", ""), ("１２３４５６", "")]
)
def test_six_digits_are_taken_as_people_type_them(typed: str, code: str) -> None:
    assert typed_code(typed) == code


def test_a_code_alive_is_sent_again_and_an_old_one_replaced(story: Story) -> None:
    first = issue(Code("t", "p"), "1.aa", story.now)
    assert isinstance(first, Code)
    assert issue(first, "1.bb", story.now) == Wait(often=False)
    again = issue(first, "1.bb", story.now + SEND_PAUSE)
    assert isinstance(again, Code)
    assert (again.seed, again.expires_at) == ("1.aa", first.expires_at)
    later = issue(again, "1.bb", story.now + CODE_LIFE)
    assert isinstance(later, Code)
    assert later.seed == "1.bb"


def test_no_more_than_five_codes_an_hour_are_sent(story: Story) -> None:
    code: Code | Wait = Code("t", "p")
    now = story.now
    for _ in range(MOST_SENT):
        assert isinstance(code, Code)
        code, now = issue(code, "1.aa", now), now + SEND_PAUSE
    assert isinstance(code, Code)
    assert issue(code, "1.aa", now) == Wait(often=True)
    assert isinstance(issue(code, "1.aa", story.now + SEND_SPAN), Code)


def test_a_code_ends_after_ten_minutes(story: Story) -> None:
    code = issue(Code("t", "p"), "1.aa", story.now)
    assert isinstance(code, Code)
    assert live(code, story.now + CODE_LIFE - timedelta(seconds=1))
    assert not live(code, story.now + CODE_LIFE)


def test_a_nonce_holds_for_its_link_and_a_quarter_of_an_hour(story: Story) -> None:
    nonce, now = page_nonce("t", story.now, RING), story.now
    assert nonce_holds(nonce, "t", now + NONCE_LIFE - timedelta(seconds=2), RING)
    assert not nonce_holds(nonce, "t", now + NONCE_LIFE, RING)
    assert not nonce_holds(nonce, "t", now - timedelta(hours=1), RING)
    assert not nonce_holds(nonce, "u", now, RING)
    assert nonce_holds(nonce, "t", now, KeyRing({2: b"b" * 32, 3: b"c" * 32}, 3))
    assert not nonce_holds(nonce, "t", now, KeyRing({3: b"c" * 32}, 3))


@given(st.text(max_size=60))
def test_no_invented_nonce_holds(text: str) -> None:
    assert not nonce_holds(text, "t", Story().now, RING)


# --- small readings


def test_an_address_is_masked_but_for_its_first_letter() -> None:
    assert masked("ivan@corp.example") == "i***@corp.example"


@given(st.text(max_size=300))
def test_a_browsers_label_is_one_short_printable_line(agent: str) -> None:
    shown = label(agent)
    assert len(shown) <= 60
    assert shown.isprintable()
