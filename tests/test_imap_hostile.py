"""The mailbox on servers no honest one would be: it loses the connection, never a mail or the machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import pytest

from mailflow.edges.imap import (
    ConnectionLost,
    Mailbox,
    Unreadable,
)
from mailflow.errors import MailboxError
from tests.mailboxes import quickly, raws, reconnects, settings
from tests.servers import (
    HANG_UP,
    fake_imap,
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def facing(**answers: list[bytes]) -> AsyncIterator[Mailbox]:
    """A mailbox on a fake server that answers these commands its own way."""
    async with fake_imap(answers) as fake:
        mailbox = Mailbox(settings(fake.port, "u"))
        await mailbox.connect()
        yield mailbox
        await mailbox.close()


@asynccontextmanager
async def idling(*lines: bytes) -> AsyncIterator[Mailbox]:
    """A mailbox whose server, once asked to idle, sends `lines` in one piece and holds the line."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        idle_tag = ""
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            if rest == "IDLE":
                idle_tag = tag
                writer.write(b"".join(line for line in lines if line != HANG_UP))
                if HANG_UP in lines:
                    break
            elif tag == "DONE":
                writer.write(f"{idle_tag} OK done\r\n".encode())
            else:
                writer.write(replies.get(rest.split()[0], b"").replace(b"TAG", tag.encode()))
                if rest.startswith("AUTH"):
                    await reader.readline()
                writer.write(f"{tag} OK done\r\n".encode())
        writer.close()

    replies = {
        "CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\n",
        "AUTHENTICATE": b"+ \r\n",
        "EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n",
    }
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    mailbox = Mailbox(settings(server.sockets[0].getsockname()[1], "u", after="leave"))
    await mailbox.connect()
    await mailbox.fetch_after(5)
    yield mailbox
    await mailbox.close()
    server.close()


async def test_a_hang_up_in_the_middle_of_idle_is_no_busy_loop() -> None:
    async with idling(b"+ idling\r\n", HANG_UP) as mailbox:
        used = time.process_time()
        with quickly(1), pytest.raises(ConnectionLost):
            await mailbox.wait(20)
        assert time.process_time() - used < 0.5


@pytest.mark.parametrize(
    "lines",
    [[b"+ idling\r\n", b"* 2 EXISTS\r\n"], [b"* 2 EXISTS\r\n", b"+ idling\r\n"]],
    ids=["right behind", "before"],
)
async def test_mail_reported_in_one_breath_with_the_beginning_of_idle_is_heard(lines: list[bytes]) -> None:
    async with idling(*lines) as mailbox:
        with quickly(1):
            assert await mailbox.wait(20)


async def test_small_talk_in_idle_is_not_mail() -> None:
    async with idling(b"+ idling\r\n", b"* OK Still here\r\n") as mailbox:
        assert not await mailbox.wait(0.5)


SIZES = b'* 1 FETCH (UID 1 RFC822.SIZE 20 INTERNALDATE "01-Mar-2026 12:00:00 +0300")\r\n'
BROKEN = {
    "half a literal": [b"* 1 FETCH (UID 1 BODY[] {20}\r\nSubject", HANG_UP],
    "a literal without end": [b"* 1 FETCH (UID 1 BODY[] {99999999}\r\n", b"x" * 100],
    "a literal longer than it says": [b"* 1 FETCH (UID 1 BODY[] {3}\r\nSubject: x\r\n\r\n)\r\n"],
    "goodbye in the middle": [b"* BYE shutting down\r\n", HANG_UP],
    "no answer at all": [HANG_UP],
    "nonsense": [b"\0\xff\xfe\r\n"],
    "an open bracket": [b"* 1 FETCH (UID 1 BODY[] (((((((\r\n"],
    "very many brackets": [b"* 1 FETCH (UID 1 BODY[] " + b"(" * 100_000 + b")" * 100_000 + b")\r\n"],
    "another kind of number": [b"* x FETCH (UID y BODY[] z)\r\n"],
    "a line without end": [b"* OK " + b"x" * 1_000_000] * 20,
    "lines without end": [b"* 1 EXISTS\r\n" * 10_000] * 25,
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
async def test_a_mail_not_wholly_given_is_not_accepted(answer: list[bytes]) -> None:
    async with fake_imap({"SEARCH": [b"* SEARCH 1\r\n"]}) as fake:
        mailbox = Mailbox(settings(fake.port, "u", size_limit=1_000_000))
        await mailbox.connect()
        fake.answers["FETCH"] = [SIZES]
        fake.answers["BODY"] = answer
        with quickly(20), pytest.raises(ConnectionLost):
            await mailbox.fetch_after(0)
        await mailbox.close()


async def test_a_mail_the_server_cannot_give_does_not_hide_the_others() -> None:
    sizes = [SIZES.replace(b" 1 ", b" %d " % n).replace(b"UID 1", b"UID %d" % n) for n in (1, 2, 3)]
    async with fake_imap({"SEARCH": [b"* SEARCH 1 2 3\r\n"], "FETCH": sizes}) as fake:
        mailbox = Mailbox(settings(fake.port, "u"))
        await mailbox.connect()
        no = b"TAG NO [SERVERBUG] cannot read the mail\r\n"
        fake.answers["BODY"] = [no]
        fake.answers["BODY 1"] = [b"* 1 FETCH (UID 1 BODY[] {4}\r\none\n)\r\n"]
        fake.answers["BODY 2"] = [no]
        fake.answers["BODY 3"] = [b"* 3 FETCH (UID 3 BODY[] NIL)\r\n"]
        first, second, third = await mailbox.fetch_after(0)
        await mailbox.close()
    assert raws([first]) == [b"one\n"]
    assert isinstance(second, Unreadable)
    assert "cannot read the mail" in second.reason
    assert isinstance(third, Unreadable)


async def test_a_server_that_is_busy_is_asked_again_and_a_refusal_goes_to_a_person() -> None:
    async with facing(SEARCH=[b"TAG NO [UNAVAILABLE] storage is down\r\n"]) as mailbox:
        with pytest.raises(ConnectionLost):
            await mailbox.list_since(date(2026, 1, 1))
    async with facing(SEARCH=[b"TAG NO you may not\r\n"]) as mailbox:
        with pytest.raises(MailboxError, match="you may not") as trouble:
            await mailbox.list_since(date(2026, 1, 1))
        assert not isinstance(trouble.value, ConnectionLost)
        assert await mailbox.wait(0.1) is True


async def test_mails_somebody_else_moves_at_the_same_moment_are_tried_again_and_are_no_matter_for_a_person() -> None:
    answers = {"MOVE": [b"TAG NO [EXPUNGEISSUED] Some of the requested messages no longer exist\r\n"]}
    async with fake_imap(answers) as fake:
        mailbox = Mailbox(settings(fake.port, "u"))
        await mailbox.connect()
        with pytest.raises(ConnectionLost, match="EXPUNGEISSUED"):
            await mailbox.settle([1, 2], [])
    assert [command.split()[0] for command in fake.commands if "MOVE" in command or command == "NOOP"] == [
        *("UID", "NOOP", "UID", "NOOP", "UID")
    ]


async def test_another_uidvalidity_in_the_middle_of_a_session_ends_it() -> None:
    async with facing(SEARCH=[b"* OK [UIDVALIDITY 8] new\r\n", b"* SEARCH 1\r\n"]) as mailbox:
        with pytest.raises(ConnectionLost, match="UIDVALIDITY"):
            await mailbox.list_since(date(2026, 1, 1))


async def test_a_greeting_without_end_is_cut_off() -> None:
    async with fake_imap({}, greeting=b"* OK {99999999}\r\n") as fake:
        with quickly(2), pytest.raises(ConnectionLost):
            await Mailbox(settings(fake.port, "u")).connect()


async def test_a_server_slower_than_any_patience_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailflow.edges.imap.STEP_DEADLINE", 0.3)
    async with facing(SEARCH=[b"+ wait\r\n"]) as mailbox:
        with quickly(1), pytest.raises(ConnectionLost, match="did not finish"):
            await mailbox.list_since(date(2026, 1, 1))
        assert await reconnects(mailbox)
