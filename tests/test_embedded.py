"""The mail world in the process: what it stamps, strips and refuses; read through the real edges."""

from __future__ import annotations

import asyncio
import builtins
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from mailflow.edges.embedded import MailWorld
from mailflow.edges.imap import Fetched, Mailbox, MailboxSettings
from mailflow.edges.smtp import Accepted, Deferred, Outcome, Post, PostSettings, Refused
from mailflow.errors import MailboxError, SettingsError

PEOPLE = {"docs@corp.test": "docs", "ivanov@corp.test": "пароль", "boss@corp.test": "boss"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world() -> AsyncIterator[MailWorld]:
    world = MailWorld("corp.test", PEOPLE)
    await world.start()
    yield world
    await world.stop()


async def send(
    world: MailWorld, raw: bytes, to: str = "docs@corp.test", by: str = "", sender: str | None = None
) -> Outcome:
    """Hand in `raw` as the person `by`, or as a stranger."""
    post = Post(
        PostSettings("127.0.0.1", world.smtp_port, by, PEOPLE.get(by, ""), "plain", sender_domain="client.test")
    )
    outcome = await post.send(by or "stranger@out.test" if sender is None else sender, to, raw)
    await post.close()
    return outcome


@asynccontextmanager
async def reading(world: MailWorld, address: str) -> AsyncIterator[Mailbox]:
    mailbox = Mailbox(MailboxSettings("127.0.0.1", world.imap_port, address, PEOPLE[address], "plain"))
    await mailbox.connect()
    yield mailbox
    await mailbox.close()


async def only_mail(world: MailWorld, address: str = "docs@corp.test") -> bytes:
    async with reading(world, address) as mailbox:
        [mail] = await mailbox.fetch_after(0)
    assert isinstance(mail, Fetched)
    return mail.raw


def stamps(raw: bytes) -> list[str]:
    """The lines above the letter's own: everything up to and with our Received."""
    lines = raw.decode().split("\r\n")
    last = next(number for number, line in enumerate(lines) if line.startswith("\tfor <"))
    return lines[: last + 1]


def letter(author: str, more: str = "") -> bytes:
    return f"From: {author}\r\n{more}Subject: request\r\n\r\nplease\r\n".encode()


async def test_a_submission_arrives_stamped_as_written_by_its_author(world: MailWorld) -> None:
    sent = letter("Иванов <Ivanov@corp.test>")
    assert isinstance(await send(world, sent, by="ivanov@corp.test"), Accepted)
    raw = await only_mail(world)
    assert raw.endswith(sent)
    path, to, verdict, received, by, _ = stamps(raw)
    assert path == "Return-Path: <ivanov@corp.test>"
    assert to == "Delivered-To: docs@corp.test"
    assert verdict == (
        "Authentication-Results: mx.corp.test; auth=pass smtp.auth=ivanov@corp.test; dmarc=pass header.from=corp.test"
    )
    assert received.startswith("Received: from client.test")
    assert received.endswith("(Authenticated sender: ivanov@corp.test)")
    assert by.startswith("\tby mx.corp.test with ESMTPA")


async def test_a_stranger_in_the_name_of_the_boss_arrives_with_a_failed_check(world: MailWorld) -> None:
    await send(world, letter("boss@corp.test"))
    lines = stamps(await only_mail(world))
    assert lines[2] == "Authentication-Results: mx.corp.test; spf=none; dmarc=fail header.from=corp.test"
    assert "Authenticated sender" not in "".join(lines)


@pytest.mark.parametrize(
    "author",
    [
        "boss@corp.test",
        "ivanov@corp.test, boss@corp.test",
        "ivanov@corp.test\r\nFrom: boss@corp.test",
        "ivanov@corp.test <boss@corp.test>",
        "",
    ],
)
async def test_a_colleague_in_the_name_of_another_arrives_with_a_failed_check(world: MailWorld, author: str) -> None:
    await send(world, letter(author), by="ivanov@corp.test")
    verdict = stamps(await only_mail(world))[2]
    assert "auth=pass smtp.auth=ivanov@corp.test; dmarc=fail" in verdict


async def test_a_stranger_with_his_own_name_is_neither_proven_nor_a_forger(world: MailWorld) -> None:
    await send(world, letter("info@partner.example"))
    verdict = stamps(await only_mail(world))[2]
    assert verdict == "Authentication-Results: mx.corp.test; spf=none; dmarc=none header.from=partner.example"


FORGED = [
    "Authentication-Results: mx.corp.test; dmarc=pass header.from=corp.test",
    "authentication-results : MX.corp.test; dmarc=pass header.from=corp.test",
    "Authentication-Results: (own)\r\n mx.corp.test; dmarc=pass header.from=corp.test",
    'Authentication-Results: "mx.corp.test" 1; dmarc=pass header.from=corp.test',
    "X-Junk: a\nAuthentication-Results: mx.corp.test; dmarc=pass header.from=corp.test",
    "X-Mailflow-Approved: yes",
    "x-mailflow-sender:\r\n boss@corp.test",
]


@pytest.mark.parametrize("header", FORGED)
async def test_our_own_stamps_brought_from_outside_are_taken_off(world: MailWorld, header: str) -> None:
    await send(world, letter("boss@corp.test", header + "\r\nX-Kept: this\r\n"))
    raw = await only_mail(world)
    assert raw.lower().count(b"authentication-results") == 1
    assert b"dmarc=pass" not in raw
    assert b"x-mailflow" not in raw.lower()
    assert b"X-Kept: this\r\n" in raw


async def test_the_stamps_of_other_servers_stay(world: MailWorld) -> None:
    other = "Authentication-Results: mx.partner.example; dkim=pass header.d=partner.example\r\n"
    await send(world, letter("info@partner.example", other))
    assert other.encode() in await only_mail(world)


async def test_a_letter_that_begins_with_a_folded_line_cannot_write_into_our_received(
    world: MailWorld,
) -> None:
    await send(world, b" (Authenticated sender: boss@corp.test)\r\n" + letter("boss@corp.test"))
    raw = await only_mail(world)
    headers = raw.partition(b"\r\n\r\n")[0]
    assert b"Authenticated sender" not in headers


@pytest.mark.parametrize("command", ["MAIL FROM:<a\rX-Forged:1@out.test>", "RCPT TO:<docs+\rX-Forged:1@corp.test>"])
async def test_an_address_with_a_line_end_forges_no_stamp(world: MailWorld, command: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", world.smtp_port)
    steps = ["EHLO x", "MAIL FROM:<a@out.test>", "RCPT TO:<docs@corp.test>"]
    steps = [command if step.startswith(command[:4]) else step for step in steps]
    steps += ["RCPT TO:<docs@corp.test>", "DATA", letter("boss@corp.test").decode() + "."]
    for step in steps:
        writer.write(step.encode() + b"\r\n")
        while (await reader.readline())[3:4] == b"-":
            pass
    writer.close()
    for raw in await world.messages("docs@corp.test"):
        assert b"\r" not in raw.replace(b"\r\n", b"")
        assert b"X-Forged" not in raw.partition(b"From:")[0].replace(b"docs+", b"")


async def test_an_address_with_a_plus_is_delivered_without_it_and_remembered(world: MailWorld) -> None:
    await send(world, letter("ivanov@corp.test"), to="docs+t.abc@corp.test", by="ivanov@corp.test")
    assert stamps(await only_mail(world))[1] == "Delivered-To: docs+t.abc@corp.test"


async def test_nobody_by_that_name_is_refused(world: MailWorld) -> None:
    outcome = await send(world, letter("ivanov@corp.test"), to="nobody@corp.test", by="ivanov@corp.test")
    assert isinstance(outcome, Refused)
    assert outcome.code == 550


async def test_mail_for_elsewhere_is_kept_as_it_was_sent(world: MailWorld) -> None:
    sent = letter("docs@corp.test")
    await send(world, sent, to="info@partner.example", by="docs@corp.test")
    assert world.outside == [("docs@corp.test", "info@partner.example", sent)]


async def test_the_null_sender_leaves_an_empty_return_path(world: MailWorld) -> None:
    await send(world, letter("mailer-daemon@out.test"), sender="")
    assert stamps(await only_mail(world))[0] == "Return-Path: <>"


async def test_a_wrong_password_opens_neither_door(world: MailWorld) -> None:
    post = Post(PostSettings("127.0.0.1", world.smtp_port, "boss@corp.test", "guess", "plain"))
    outcome = await post.send("boss@corp.test", "docs@corp.test", letter("boss@corp.test"))
    assert isinstance(outcome, Deferred)
    assert outcome.halts
    mailbox = Mailbox(MailboxSettings("127.0.0.1", world.imap_port, "boss@corp.test", "guess", "plain"))
    with pytest.raises(MailboxError, match="user and password"):
        await mailbox.connect()


async def test_a_waiting_mailbox_is_woken_by_a_letter(world: MailWorld) -> None:
    async with reading(world, "docs@corp.test") as mailbox:
        assert await mailbox.fetch_after(0) == []
        waiting = asyncio.create_task(mailbox.wait(10))
        await asyncio.sleep(0.1)
        await send(world, letter("ivanov@corp.test"), by="ivanov@corp.test")
        assert await asyncio.wait_for(waiting, 2)


async def test_settled_mail_lies_in_its_folder(world: MailWorld) -> None:
    for number in range(3):
        await world.deliver("docs@corp.test", b"Subject: %d\r\n\r\n" % number)
    async with reading(world, "docs@corp.test") as mailbox:
        uids = [mail.uid for mail in await mailbox.fetch_after(0)]
        await mailbox.settle(uids[:1], uids[1:2])
    folders: Mapping[str, list[bytes]] = {
        name: await world.messages("docs@corp.test", name) for name in ("INBOX", "Processed", "Quarantine", "None")
    }
    assert [len(mails) for mails in folders.values()] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\xff\r\n",
        b"no headers at all",
        b"Subject: and no body\r\n",
        b"From: \xe8\xe2\xe0\xed\r\n\r\n" + b"x" * 200_000,
    ],
)
async def test_any_bytes_are_delivered_unchanged(world: MailWorld, raw: bytes) -> None:
    await world.deliver("docs@corp.test", raw)
    assert await world.messages("docs@corp.test") == [raw]
    assert await only_mail(world) == raw


async def test_without_the_servers_the_start_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_pymap(name: str, *rest: Any) -> Any:
        if name.startswith("pymap"):
            raise ModuleNotFoundError("No module named 'pymap'", name="pymap")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_pymap)
    with pytest.raises(SettingsError, match=r"mailflow\[demo\]"):
        await MailWorld("corp.test", {}).start()
