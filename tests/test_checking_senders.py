"""`mailflow check` and the receiver profile: who would be proven, and what to write where nobody is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailflow.core.headers import HeaderBlock, scan
from mailflow.core.receiver import ReceiverProfile
from mailflow.core.receiver_guess import Guess, NoGuess, guess
from mailflow.core.verdict import Bad, Unsure
from tests.checks import (
    AUTHSERV,
    MX,
    STAFF,
    mail,
    of_the_mailbox,
    part,
    said,
    the_bad,
)
from tests.servers import Dovecot, dovecot
from tests.site_folder import PASSWORD, filled_site


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot({f"u{number}": PASSWORD for number in range(40)}) as server:
        yield server


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return itertools.count()


@pytest.fixture
def user(numbers: Iterator[int]) -> str:
    return f"u{next(numbers)}"


# Who would be proven


async def test_without_a_profile_one_is_proposed_and_tried(tmp_path: Path, server: Dovecot, user: str) -> None:
    server.append(user, mail(), mail("i.ivanov@neon.example"), mail("anna@romashka.example", mark=""))
    found = await of_the_mailbox(tmp_path, port=server.port, user=user)
    [only] = [one for one in found if isinstance(one, Bad)]
    assert only.what == "[mailbox.receiver] kind is none: nobody is proven, so no reply decides"
    assert f'kind = "authserv", authserv_id = "{MX}" (2 of 3 mails carry this mark)' in only.cure
    text = said(found)
    assert f"from {STAFF}: {STAFF} is proven" in text
    assert "from anna@romashka.example: nobody is proven: our mail server has not marked this mail" in text
    assert "2 of 2 mails of your people are proven" in text


async def test_the_proposed_profile_can_be_written_as_it_is_told(tmp_path: Path, server: Dovecot, user: str) -> None:
    server.append(user, mail())
    imap: dict[str, object] = {"port": server.port, "user": user}
    site = filled_site(tmp_path / "site", imap)
    [told] = [one.cure for one in await part(site, "mailbox") if isinstance(one, Bad)]
    written = told.partition("[mailbox.receiver]: ")[2].partition(" (")[0].replace(", ", "\n")
    with (site / "mailflow.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"\n[mailbox.receiver]\n{written}\n")
    assert "1 of 1 mails of your people are proven" in said(await part(site, "mailbox"))


async def test_a_profile_that_proves_nobody_is_wrong_and_a_better_one_is_proposed(
    tmp_path: Path, server: Dovecot, user: str
) -> None:
    server.append(user, mail())
    imap: dict[str, object] = {"port": server.port, "user": user}
    site = filled_site(tmp_path / "site", imap, more=AUTHSERV.replace(MX, "mx.other.example"))
    only = await the_bad(site, "mailbox")
    assert only.what == "none of 1 mails of your people is proven"
    assert f'authserv_id = "{MX}"' in only.cure


async def test_with_a_page_a_missing_profile_is_only_noted(tmp_path: Path, server: Dovecot, user: str) -> None:
    server.append(user, mail())
    imap: dict[str, object] = {"port": server.port, "user": user}
    site = filled_site(tmp_path / "site", imap, more='[web]\nurl = "https://docs.neon.example"')
    found = await part(site, "mailbox")
    assert any(isinstance(one, Unsure) and "kind is none" in one.what for one in found)


async def test_an_empty_mailbox_says_how_to_find_out(tmp_path: Path, server: Dovecot, user: str) -> None:
    [only] = [one for one in await of_the_mailbox(tmp_path, port=server.port, user=user) if isinstance(one, Bad)]
    assert "send a mail from a colleague's address" in only.cure


async def test_at_most_ten_of_the_newest_mails_are_told_newest_first(
    tmp_path: Path, server: Dovecot, user: str
) -> None:
    server.append(user, *(mail(f"p{number}@neon.example") for number in range(25)))
    imap: dict[str, object] = {"port": server.port, "user": user}
    site = filled_site(tmp_path / "site", imap, more=AUTHSERV)
    lines = [one for one in said(await part(site, "mailbox")).splitlines() if "mail of 2" in one]
    assert [line.partition(" from ")[2].partition("@")[0] for line in lines] == [f"p{n}" for n in range(24, 14, -1)]


async def test_mails_that_were_moved_are_looked_at_too_and_large_ones_are_left_out(
    tmp_path: Path, server: Dovecot, user: str
) -> None:
    with server.client(user) as client:
        client.create("Processed")
    server.append(user, mail() + b"x" * 400_000)
    server.append(user, mail("director@neon.example"), folder="Processed")
    text = said(await of_the_mailbox(tmp_path, AUTHSERV, port=server.port, user=user))
    assert "director@neon.example is proven" in text
    assert STAFF not in text


async def test_a_hostile_address_stays_on_its_line(tmp_path: Path, server: Dovecot, user: str) -> None:
    server.append(user, mail('"\x1b[31m"@neon.example'))
    found = await of_the_mailbox(tmp_path, AUTHSERV, port=server.port, user=user)
    assert all(character.isprintable() or character == "\n" for character in said(found))


# The guess


def blocks(*mails: bytes) -> list[HeaderBlock]:
    return [scan(one) for one in mails]


def test_the_mark_above_the_topmost_received_line_needs_no_name() -> None:
    found = guess(blocks(mail(), mail("anna@romashka.example")))
    assert found == Guess(ReceiverProfile("authserv", MX, ""), 2, 2)


def test_a_mark_below_an_inner_received_line_needs_the_name_of_the_one_that_set_it() -> None:
    inner = "Received: from mx by store.neon.example with LMTP; Mon, 16 Nov 2026 10:00:01 +0300\r\n"
    found = guess(blocks(mail(above=inner), mail(above=inner)))
    assert found == Guess(ReceiverProfile("authserv", MX, MX), 2, 2)


def test_a_mark_few_mails_carry_is_not_proposed() -> None:
    found = guess(blocks(mail(), *[mail(mark="")] * 3))
    assert isinstance(found, NoGuess)


def test_servers_that_name_themselves_differently_each_time_give_no_guess() -> None:
    names = [mail(mark=f"mx{n}.neon.example; dmarc=pass header.from=neon.example") for n in range(5)]
    found = guess(blocks(*names))
    assert isinstance(found, NoGuess)
    assert "mx0.neon.example" in found.reason


def test_a_mark_of_another_server_that_came_with_the_mail_is_not_believed_above_ours() -> None:
    foreign = b"Authentication-Results: mx.there.example; dmarc=pass header.from=neon.example\r\nFrom: "
    found = guess(blocks(*[mail().replace(b"From: ", foreign, 1)] * 3))
    assert found == Guess(ReceiverProfile("authserv", MX, ""), 3, 3)


def test_a_malformed_mark_is_no_mark() -> None:
    assert isinstance(guess(blocks(mail(mark=f"{MX}; dmarc=(pass"))), NoGuess)
    assert isinstance(guess(blocks(b"", b"\r\n", b"garbage")), NoGuess)
