"""Words the IMAP tests share: a mailbox opened on a port, its mails, what 'quickly' means."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from mailflow.edges.imap import (
    Fetched,
    Mailbox,
    MailboxSettings,
    Taken,
)

PASSWORD = "пароль-docs"
# As CRLF, which is how any server gives mail back.
MAILS = [
    b"From: a@corp.test\r\nSubject: plain\r\n\r\nhello\r\n",
    b"Subject: headers only\r\n\r\n",
    "Subject: raw 8 bit\r\n\r\nпривет\r\n".encode("cp1251"),
    b"\r\nno headers\r\n",
    b"Subject: a long line\r\n\r\n" + b"x" * 200_000 + b"\r\n",
    b"Date: nonsense\r\nFrom: <<>>, ;;\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\ncut",
    b"Subject: literal\r\n\r\n{5}\r\n* 1 FETCH (FLAGS ())\r\n)\r\n",
]


def settings(port: int, user: str, **other: object) -> MailboxSettings:
    usual: dict[str, object] = {
        "host": "127.0.0.1",
        "port": port,
        "user": user,
        "password": PASSWORD,
        "security": "plain",
    }
    return MailboxSettings(**{**usual, **other})  # type: ignore[arg-type]


@asynccontextmanager
async def opened(port: int, user: str, **other: object) -> AsyncIterator[Mailbox]:
    mailbox = Mailbox(settings(port, user, **other))
    try:
        await mailbox.connect()
        yield mailbox
    finally:
        await mailbox.close()


@contextmanager
def quickly(seconds: float = 2.0) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def uids(mails: list[Taken]) -> list[int]:
    return [mail.uid for mail in mails]


def raws(mails: list[Taken]) -> list[bytes]:
    assert all(isinstance(mail, Fetched) for mail in mails), mails
    return [mail.raw for mail in mails if isinstance(mail, Fetched)]


async def reconnects(mailbox: Mailbox) -> bool:
    opened = await mailbox.connect()
    return opened.uidvalidity > 0
