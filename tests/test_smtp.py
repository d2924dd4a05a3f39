"""Every way a server may take or not take a letter ends in the outcome that is true."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.edges.smtp import Accepted, Deferred, Outcome, Post, PostSettings, Refused, Unknown, framed
from mailflow.errors import SettingsError
from tests.servers import Certificate, SmtpSink, certificate, free_port, smtp_sink

LETTER = b"From: docs@corp.test\r\nTo: ivanov@corp.test\r\nSubject: x\r\n\r\nhello\r\n"
# More than the buffers of both ends hold.
LONG_LETTER = LETTER + b"one line of many\r\n" * 1_000_000


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def our_ca(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("ca"))


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with smtp_sink() as sink:
        yield sink


def settings(port: int, **other: object) -> PostSettings:
    usual: dict[str, object] = {
        "host": "127.0.0.1", "port": port, "security": "plain", "sender_domain": "corp.test", "timeout": 0.5,
        "final_timeout": 0.5,
    }  # fmt: skip
    return PostSettings(**{**usual, **other})  # type: ignore[arg-type]


@asynccontextmanager
async def posting(port: int, **other: object) -> AsyncIterator[Post]:
    post = Post(settings(port, **other))
    try:
        yield post
    finally:
        await post.close()


async def send(post: Post, content: bytes = LETTER, to: str = "ivanov@corp.test") -> Outcome:
    return await post.send("docs+v.1@corp.test", to, content)


def impatient(does: str) -> dict[str, object]:
    """Silence is waited out in full, so it is kept short."""
    return {"timeout": 0.2, "final_timeout": 0.2} if does == "silence" else {"timeout": 5, "final_timeout": 5}


# phase, what the server does there, the kind of outcome, its code, whether all sending should wait
OUTCOMES = [
    ("greeting", "drop", Deferred, 0, False),
    ("greeting", "silence", Deferred, 0, False),
    ("greeting", "421 4.3.2 closing", Deferred, 421, False),
    ("greeting", "554 5.7.1 your address is listed", Deferred, 554, True),
    ("mail", "451 4.3.0 later", Deferred, 451, False),
    ("mail", "550 5.7.1 sender unknown", Refused, 550, False),
    ("mail", "552 5.3.4 too big", Refused, 552, False),
    ("mail", "530 5.7.0 log in first", Deferred, 530, True),
    ("mail", "drop", Deferred, 0, False),
    ("mail", "silence", Deferred, 0, False),
    ("mail", "nonsense", Deferred, 0, False),
    ("rcpt", "450 4.2.0 greylisted", Deferred, 450, False),
    ("rcpt", "452 4.2.2 quota", Deferred, 452, False),
    ("rcpt", "550 5.1.1 no such user", Refused, 550, False),
    ("rcpt", "552 5.2.2 mailbox full", Refused, 552, False),
    ("rcpt", "550 5.4.5 Daily user sending quota exceeded", Deferred, 550, True),
    ("rcpt", "421 4.7.0 shutting down", Deferred, 421, False),
    ("rcpt", "drop", Deferred, 0, False),
    ("rcpt", "silence", Deferred, 0, False),
    ("data", "drop", Deferred, 0, False),
    ("data", "silence", Deferred, 0, False),
    ("data", "451 4.3.0 later", Deferred, 451, False),
    ("data", "554 5.5.1 no", Refused, 554, False),
    ("data", "250 2.0.0 taken without having seen it", Deferred, 0, False),
    ("dot", "250-2.0.0 taken\r\n250 really", Accepted, None, None),
    ("dot", "451 4.3.0 later", Deferred, 451, False),
    ("dot", "451 4.7.1 Ratelimit exceeded", Deferred, 451, True),
    ("dot", "552 5.3.4 too big", Refused, 552, False),
    ("dot", "554 5.7.1 spam", Refused, 554, False),
    ("dot", "421 4.3.0 closing", Deferred, 421, False),
    ("dot", "354 go on", Unknown, None, None),
    ("dot", "drop", Unknown, None, None),
    ("dot", "silence", Unknown, None, None),
    ("dot", "nonsense", Unknown, None, None),
]


@pytest.mark.parametrize(("phase", "does", "kind", "code", "halts"), OUTCOMES)
async def test_the_outcome_says_how_far_the_letter_got(
    sink: SmtpSink, phase: str, does: str, kind: type, code: int | None, halts: bool | None
) -> None:
    sink.on[phase] = does
    async with posting(sink.port, **impatient(does)) as post:
        outcome = await send(post)
        assert type(outcome) is kind, outcome
        assert getattr(outcome, "code", None) == code
        assert getattr(outcome, "halts", halts) == halts
        handed_over_whole = [letter.content for letter in sink.letters]
        assert handed_over_whole == ([LETTER] if phase == "dot" else [])


@pytest.mark.parametrize(("phase", "does", "kind", "code", "halts"), OUTCOMES)
async def test_the_next_letter_is_sent_whatever_became_of_the_last(
    sink: SmtpSink, phase: str, does: str, kind: type, code: int | None, halts: bool | None
) -> None:
    async with posting(sink.port, **impatient(does)) as post:
        sink.on[phase] = does
        await send(post, LETTER + b"first\r\n")
        sink.on.clear()
        assert await send(post, LETTER + b"second\r\n") == Accepted("250 OK")
        assert sink.letters[-1].content == LETTER + b"second\r\n"


@pytest.mark.parametrize("does", ["drop", "silence"])
async def test_a_break_in_the_middle_of_a_long_letter_means_it_was_not_sent(sink: SmtpSink, does: str) -> None:
    sink.on["body"] = does
    async with posting(sink.port) as post:
        outcome = await send(post, LONG_LETTER)
        assert isinstance(outcome, Deferred), outcome


async def test_a_refusal_in_the_middle_of_a_long_letter_is_heard(sink: SmtpSink) -> None:
    sink.on["body"] = "552 5.3.4 too big"
    async with posting(sink.port) as post:
        assert isinstance(await send(post, LONG_LETTER), Refused)
        sink.on.clear()
        assert isinstance(await send(post), Accepted)


async def test_a_yes_to_half_a_letter_is_not_believed(sink: SmtpSink) -> None:
    sink.on["body"] = "250 2.0.0 taken"
    async with posting(sink.port) as post:
        assert isinstance(await send(post, LONG_LETTER), Unknown)


async def test_a_letter_longer_than_the_server_says_it_takes_is_refused_before_it_is_sent() -> None:
    async with smtp_sink(size_limit=1000) as sink, posting(sink.port) as post:
        outcome = await send(post, LETTER + b"x" * 1000)
        assert isinstance(outcome, Refused)
        assert outcome.code == 552
        assert not sink.letters


async def test_nobody_listening_is_deferred() -> None:
    async with posting(free_port()) as post:
        outcome = await send(post)
        assert isinstance(outcome, Deferred)
        assert "no connection" in outcome.reason


async def test_many_letters_go_over_one_connection_each_with_one_recipient(sink: SmtpSink) -> None:
    async with posting(sink.port) as post:
        for number in range(20):
            assert await send(post, LETTER, f"p{number}@corp.test") == Accepted("250 OK")
    assert sink.connections == 1
    assert [letter.recipients for letter in sink.letters] == [(f"p{number}@corp.test",) for number in range(20)]
    assert {letter.sender for letter in sink.letters} == {"docs+v.1@corp.test"}


async def test_a_kept_connection_the_server_has_closed_is_replaced_unseen(sink: SmtpSink) -> None:
    async with posting(sink.port) as post:
        await send(post)
        sink.hang_up()
        assert await send(post) == Accepted("250 OK")
        await asyncio.sleep(0.05)
        sink.hang_up()
        await asyncio.sleep(0.05)
        assert await send(post) == Accepted("250 OK")
    assert len(sink.letters) == sink.connections == 3


async def test_a_server_tired_of_a_connection_gets_a_new_one(sink: SmtpSink) -> None:
    async with posting(sink.port) as post:
        await send(post)
        sink.on["mail"] = "421 4.7.0 too many mails on this connection"
        task = asyncio.create_task(send(post))
        async with asyncio.timeout(5):
            while sink.connections < 2:
                await asyncio.sleep(0)
        sink.on.clear()
        assert await task == Accepted("250 OK")
    assert len(sink.letters) == 2


async def test_the_null_sender_is_sent_as_such(sink: SmtpSink) -> None:
    async with posting(sink.port) as post:
        assert await post.send("", "ivanov@corp.test", LETTER) == Accepted("250 OK")
    assert sink.letters[0].sender == "<>"


async def test_a_cyrillic_domain_goes_out_in_ascii_and_a_cyrillic_name_as_it_is(sink: SmtpSink) -> None:
    async with posting(sink.port) as post:
        assert await send(post, LETTER, "ivanov@почта.рф") == Accepted("250 OK")
        assert await send(post, LETTER, "иванов@почта.рф") == Accepted("250 OK")
    recipients = [letter.recipients for letter in sink.letters]
    assert recipients == [("ivanov@xn--80a1acny.xn--p1ai",), ("иванов@xn--80a1acny.xn--p1ai",)]
    assert "SMTPUTF8" in sink.letters[1].options


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ivanov",
        "a@b c",
        "a@b>\r\nRCPT TO:<evil@x",
        "a@b> NOTIFY=NEVER",
        "Иванов <a@b>",
        "a@b,c@d",
        "a\0@b",
    ],
)
async def test_what_is_no_address_is_refused_and_never_reaches_the_wire(sink: SmtpSink, address: str) -> None:
    async with posting(sink.port) as post:
        outcome = await post.send("docs@corp.test", address, LETTER)
        assert isinstance(outcome, Refused)
        sent = await post.send(address, "ivanov@corp.test", LETTER) if address else outcome
        assert isinstance(sent, Refused)
    assert not sink.letters


async def test_eight_bit_letters_are_announced(sink: SmtpSink) -> None:
    async with posting(sink.port) as post:
        await send(post, LETTER + "привет\r\n".encode())
        await send(post)
    assert ["BODY=8BITMIME" in letter.options for letter in sink.letters] == [True, False]


PIECES = [b".", b"..", b"a", b"\r\n", b"\n", b"\r", b"\xff", b"\r\n.\r\n", b"\n.\n"]


@given(st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_no_content_can_end_itself_and_all_of_it_arrives(content: bytes) -> None:
    wire = framed(content)
    assert wire.endswith(b"\r\n.\r\n") or wire == b".\r\n"
    body = wire.removesuffix(b".\r\n")
    lines = body.split(b"\r\n")[:-1]
    assert b"." not in lines
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    arrived = b"\r\n".join(line.removeprefix(b".") if line.startswith(b".") else line for line in lines)
    sent = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert arrived == sent.removesuffix(b"\r\n")


async def test_line_ends_and_dots_arrive_as_they_were_meant(sink: SmtpSink) -> None:
    content = b"Subject: x\n\n.\n..\n.hidden\r\nend"
    async with posting(sink.port) as post:
        await send(post, content)
    assert sink.letters[0].content == b"Subject: x\r\n\r\n.\r\n..\r\n.hidden\r\nend\r\n"


async def test_a_cancelled_letter_does_not_lend_its_answer_to_the_next(sink: SmtpSink) -> None:
    async with posting(sink.port, final_timeout=30) as post:
        sink.on["dot"] = "late"
        task = asyncio.create_task(send(post))
        async with asyncio.timeout(5):
            while not sink.letters:
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        sink.on["dot"] = "554 5.7.1 the second is not wanted"
        await asyncio.sleep(0.1)
        assert isinstance(await send(post), Refused)
        assert [letter.connection for letter in sink.letters] == [1, 2]


async def test_letters_keep_the_pace_that_was_set(sink: SmtpSink) -> None:
    async with posting(sink.port, per_minute=600) as post:
        started = time.monotonic()
        for _ in range(4):
            await send(post)
        assert 0.3 <= time.monotonic() - started < 1


@pytest.mark.parametrize(("security", "implicit"), [("starttls", False), ("tls", True)])
async def test_a_login_over_tls_with_a_cyrillic_password(our_ca: Certificate, security: str, implicit: bool) -> None:
    async with smtp_sink(tls=our_ca, implicit=implicit, users={"docs": "пароль"}) as sink:
        ours = {"security": security, "ca_file": str(our_ca.ca), "user": "docs", "host": "localhost"}
        async with posting(sink.port, password="пароль", **ours) as post:
            assert await send(post) == Accepted("250 OK")
        async with posting(sink.port, password="другой", **ours) as post:
            outcome = await send(post)
            assert isinstance(outcome, Deferred)
            assert outcome.halts
            assert "set [smtp] user and password" in outcome.reason


@pytest.mark.parametrize(("security", "implicit"), [("starttls", False), ("tls", True)])
async def test_a_certificate_nobody_vouches_for_halts_the_post(
    our_ca: Certificate, security: str, implicit: bool
) -> None:
    async with (
        smtp_sink(tls=our_ca, implicit=implicit) as sink,
        posting(sink.port, security=security) as post,
    ):
        outcome = await send(post)
        assert isinstance(outcome, Deferred)
        assert outcome.halts
        assert "certificate is not trusted" in outcome.reason
        assert not sink.letters


async def test_a_certificate_for_another_host_halts_the_post(tmp_path: Path) -> None:
    other = certificate(tmp_path, names="DNS:mail.example.org")
    async with (
        smtp_sink(tls=other) as sink,
        posting(sink.port, security="starttls", ca_file=str(other.ca)) as post,
    ):
        outcome = await send(post)
        assert isinstance(outcome, Deferred)
        assert outcome.halts


async def test_a_server_that_hides_starttls_gets_neither_password_nor_letter(sink: SmtpSink) -> None:
    async with posting(sink.port, security="starttls", user="docs", password="secret") as post:
        outcome = await send(post)
        assert isinstance(outcome, Deferred)
        assert outcome.halts
        assert not sink.letters


def test_plain_text_to_another_machine_is_refused_with_the_cure() -> None:
    with pytest.raises(SettingsError, match='security = "tls"'):
        settings(25, host="mail.example.org")


def test_the_password_is_not_shown_with_the_settings() -> None:
    assert "secret" not in repr(settings(25, password="secret"))


def test_an_unreadable_file_of_certificates_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ca_file"):
        Post(settings(25, security="tls", ca_file=str(tmp_path / "none.pem")))
