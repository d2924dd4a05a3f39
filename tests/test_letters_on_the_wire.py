"""What leaves on the wire, recorded byte by byte: one letter, one reader, our headers, and no secret of another's."""

from __future__ import annotations

import email
import email.policy
import io
import logging
import random
import re
import sqlite3
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailflow.edges.letters import Enclosure, LetterError, build
from mailflow.edges.smtp import Accepted, Post
from tests.office_life import IVAN, OLGA, PETROV, living
from tests.scale import Scale
from tests.server_smtp import smtp_sink
from tests.test_letters import SHORT, envelope
from tests.test_smtp import settings

OURS = {
    "from", "to", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "x-auto-response-suppress", "x-mailflow-instance", "content-language", "mime-version", "content-type",
    "content-transfer-encoding",
}  # fmt: skip
"""Every header a letter of ours may have; there is none by which a gateway could unsubscribe anybody."""

EVIL = (
    "Bcc: evil@attack.example", "\r\nBcc: evil@attack.example", "\nX-Evil: 1", "\r\n.\r\nMAIL FROM:<e@attack.example>",
    "\r\n\r\n<html>", "\x00", "\r", "\u2028Bcc: e", "\x0bBcc: e", "\x85Bcc: e",
    "=?utf-8?q?=0D=0ABcc:_e=40attack.example?=",
    "=0D=0A.=0D=0A", "<e@attack.example>", '"', "\\", "(", ",", ";", "\u202e",
    "😀" * 40, "Ж" * 300, "\t", "\n.\n", ".", "..",
)  # fmt: skip


def parsed(raw: bytes) -> EmailMessage:
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


@pytest.mark.parametrize("length", range(40, 90))
def test_a_name_of_any_length_is_never_read_as_an_address(length: int) -> None:
    name = ("Bcc: evil@attack.example, <e@attack.example> " * 3)[:length]
    raw = build(SHORT, envelope(to_name=name, message_id="<1@neon.example>"))
    [reader] = parsed(raw)["To"].addresses
    assert reader.addr_spec == OLGA
    # The standard library puts a blank between encoded-words of a name (RFC 2047 section 6.2 takes none).
    assert reader.display_name.replace(" ", "") == name.replace(" ", "")


async def test_nothing_typed_makes_a_header_a_reader_or_an_end_of_mail(scale: Scale) -> None:
    refused = 0
    async with smtp_sink() as sink:
        post = Post(settings(sink.port))
        for seed in range(scale.of(300, 3_000, 10_000)):
            chance = random.Random(seed)
            subject, text, name, file = ("".join(chance.choices(EVIL, k=chance.randrange(1, 4))) for _ in range(4))
            try:
                raw = build(
                    replace(SHORT, subject=subject, text=text, html=text),
                    envelope(to_name=chance.choice((name, "Olga")), message_id=f"<{seed}@neon.example>"),
                    [Enclosure(chance.choice((file, "a.pdf")), "application/pdf", text.encode("utf-8", "replace"))],
                )
            except LetterError:
                refused += 1
                continue
            before = len(sink.letters)
            assert isinstance(await post.send("docs@neon.example", OLGA, raw), Accepted)
            assert len(sink.letters) == before + 1, "one end of mail, and it is ours"
            got = sink.letters[-1]
            assert (got.sender, got.recipients) == ("docs@neon.example", (OLGA,))
            assert {header.lower() for header in parsed(got.content)} <= OURS
            assert [one.addr_spec for one in parsed(got.content)["To"].addresses] == [OLGA]
            assert sink.connections == 1
        await post.close()
    assert 0 < refused < scale.of(300, 3_000, 10_000)


async def test_every_letter_of_a_day_has_one_reader_our_headers_and_a_thread(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.asks()
        await life.says(PETROV, "хм")
        await life.says(PETROV, "Согласовано")
        await life.writes(IVAN, "Статус СЧ-2026-0001")
        letters = [letter for who in (IVAN, PETROV, OLGA) for letter in await life.world.letters(who)]
        assert len(letters) >= 6
        for letter in letters:
            ours = {name.lower() for name in letter.message} - {"return-path", "delivered-to", "received"}
            assert ours - {"authentication-results", "x-mailflow-recipient"} <= OURS
            assert len(letter.message["To"].addresses) == 1
            assert letter.message["Auto-Submitted"] in ("auto-generated", "auto-replied")
            assert letter.message["X-Auto-Response-Suppress"] == "All"
            assert str(letter.message["Message-ID"]).endswith("@neon.example>")
            assert not {"list-unsubscribe", "list-unsubscribe-post", "precedence", "cc", "bcc"} & ours
        replies = [one for one in letters if one.message["Auto-Submitted"] == "auto-replied"]
        assert replies
        assert all(one.message["In-Reply-To"] for one in replies)


# --- secrets stay with those they were made for

TOKEN = re.compile(r"\+t\.([a-z2-7]{44})@|/d/([a-z2-7]{44})")


def tokens_in(text: str) -> set[str]:
    return {one or other for one, other in TOKEN.findall(text)}


async def test_a_token_stands_in_its_own_letter_and_nowhere_else(tmp_path: Path) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    loggers = [logging.getLogger(name) for name in ("", "mailflow", "aiosmtplib", "imapclient", "sqlite3")]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.addHandler(handler)
        one.setLevel(logging.DEBUG)
    try:
        page = '\n[web]\nurl = "https://docs.neon.example"\nport = 0\n'
        async with living(tmp_path, settings=page) as life:
            await life.asks()
            await life.says(PETROV, "На доработку: не та сумма")
            await life.says(IVAN, "Сумма: 90 000,00")
            await life.says(PETROV, "Согласовано")
            held: dict[str, set[str]] = {}
            for who in (IVAN, PETROV, OLGA):
                for letter in await life.world.letters(who):
                    addressed = letter.text + letter.html + str(letter.message["Reply-To"])
                    for token in tokens_in(addressed):
                        held.setdefault(token, set()).add(f"{who} {letter.message['Message-ID']}")
            assert len(held) >= 6
            assert {len(places) for places in held.values()} == {1}, "no token is in two letters"
            with sqlite3.connect(life.app.settings.site / "data" / "mailflow.db") as db:
                rows = "\n".join(db.iterdump())
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.removeHandler(handler)
            one.setLevel(level)
    assert "СЧ-2026-0001" in written.getvalue()
    for token in held:
        assert token not in written.getvalue()
        assert token not in rows
