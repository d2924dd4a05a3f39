"""A letter quoted back to us is kept as it came: its link then opens nothing by the digits printed beside it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.case_view import without_tokens
from mailflow.core.message import parse
from mailflow.core.returned_links import links_in
from mailflow.core.tokens import KeyRing, mint
from tests.web_site import RING, Asked, Site, browser_of, served

TOKEN = mint(RING, "decide", b"i" * 16)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with served(tmp_path) as running:
        yield running


async def asked(site: Site) -> tuple[str, Asked]:
    case = await site.request()
    return case.id, site.asked("p.petrov")


async def test_after_a_reply_that_quotes_the_letter_its_digits_do_not_decide(site: Site) -> None:
    case, letter = await asked(site)
    await site.mail(case, "А кто подрядчик?", quoted=f"> https://docs.neon.example{letter.path}?choice=approve\n")
    pressed = await site.press(letter.path, "approve", code=letter.code)
    assert pressed.status == 403
    assert not (await site.case(case)).assignments[0].decision
    await site.post_form(f"{letter.path}/code", {"nonce": (await site.get(letter.path)).nonce})
    await site.deliver()
    done = await site.press(letter.path, "approve", code=site.sent_code("p.petrov"))
    assert done.status == 200, done.text
    decision = (await site.case(case)).assignments[0].decision
    assert decision is not None
    assert decision.proof == "link, code sent to the registered address"


async def test_a_mail_that_carries_no_link_changes_nothing(site: Site) -> None:
    case, letter = await asked(site)
    await site.mail(case, "Когда?", quoted=f"> https://docs.neon.example/d/{'a' * 44}\n")
    assert (await site.press(letter.path, "approve", code=letter.code)).status == 200


async def test_a_known_browser_decides_by_a_link_that_came_back_as_before(site: Site) -> None:
    _, first = await asked(site)
    cookie = browser_of(await site.press(first.path, "approve", code=first.code))
    case, letter = await asked(site)
    await site.mail(case, "Вопрос", quoted=letter.path)
    assert (await site.press(letter.path, "approve", cookie=cookie)).status == 200


LINK = f"https://docs.neon.example/d/{TOKEN.text}"
WRAPPED = f"https://eur01.safelinks.protection.outlook.com/?url={quote(LINK, safe='')}%3Fchoice%3Dapprove&data=05"


def plain(text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "p.petrov@neon.example"
    mail["Subject"] = "Re: вопрос"
    mail.set_content(text)
    return mail


def in_html() -> EmailMessage:
    mail = plain("см. ниже")
    mail.add_alternative(f'<p>вопрос</p><blockquote><a href="{LINK}?choice=approve">Да</a></blockquote>', "html")
    return mail


def within(kind: str) -> EmailMessage:
    mail, inner = plain("см. вложение"), plain(f"Откройте {LINK}")
    if kind == "mail":
        mail.add_attachment(inner)
    else:
        name, content = ("письмо.eml", inner.as_bytes()) if kind == "eml" else ("письмо.txt", f"см. {LINK}".encode())
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail


PLACES = {
    "a quote": plain(f"> {LINK}?choice=reject"),
    "upper case": plain(LINK.upper()),
    "a wrapped link": plain(WRAPPED),
    "its HTML": in_html(),
    "a mail within": within("mail"),
    "a saved letter": within("eml"),
    "a text": within("txt"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_link_is_found_wherever_in_a_mail_it_stands(place: str) -> None:
    assert links_in(parse(PLACES[place].as_bytes()), RING) == (TOKEN.stored,)


def test_a_link_of_another_key_or_purpose_is_none_of_ours() -> None:
    other = mint(KeyRing({1: b"another key, thirty-two bytes...."}, 1), "decide", b"i" * 16)
    reply = mint(RING, "reply", b"i" * 16)
    assert links_in(parse(plain(f"{other.text} {reply.text}").as_bytes()), RING) == ()


def test_a_mail_full_of_things_like_links_is_read_in_bounded_time() -> None:
    words = "\n".join(f"{number:030b}".translate({48: "a", 49: "b"}) + "c" * 14 for number in range(60_000))
    started = time.process_time()
    links_in(parse(plain(words).as_bytes()), RING)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("text", [LINK, LINK.upper(), WRAPPED])
def test_no_page_shows_a_link_however_it_is_wrapped(text: str) -> None:
    assert TOKEN.text not in without_tokens(f"> {text}").lower()


@given(before=st.text(), after=st.text(), upper=st.booleans())
def test_a_link_is_found_whatever_stands_around_it(before: str, after: str, upper: bool) -> None:
    token = TOKEN.text.upper() if upper else TOKEN.text
    text = f"{before}/d/{token}?{after}".encode("utf-8", "replace").decode()
    assert links_in(parse(bytes(plain(text))), RING) == links_in(parse(bytes(plain(LINK))), RING) != ()
