"""A whole office in one process: mail servers, people with mailboxes, a site made for them.

Owns: `World`, which the demo and the tests play their days in. Everything is real but the wires:
IMAP and SMTP on loopback, the daemon's own loops, SQLite or PostgreSQL.
"""

from __future__ import annotations

import email
import email.policy
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

import aiosmtplib

from mailflow.app import now
from mailflow.edges.embedded import MailWorld
from mailflow.making import make_key

PASSWORD = "demo"
"""Of mailboxes that live for minutes on loopback."""

SETTINGS = """
[mailbox]
address = "{docs}"
host = "127.0.0.1"
port = {imap_port}
security = "plain"
user = "{docs}"
password = {{file = "mailbox.password"}}
take_from = 2020-01-01
poll_seconds = 0.2
[mailbox.receiver]
kind = "embedded"
authserv_id = "{authserv_id}"
[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "plain"
user = "{docs}"
password = {{file = "mailbox.password"}}
[store]
url = "{store}"
[digest]
at = "off"
"""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file somebody attaches."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter somebody received: parsed, and as it came."""

    raw: bytes
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject as it is read."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The text part."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body is not None else ""

    @property
    def html(self) -> str:
        """The HTML part."""
        body = self.message.get_body(("html",))
        return str(body.get_content()) if body is not None else ""


def read_letter(raw: bytes) -> Letter:
    """Read a letter as a mail client would."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return Letter(raw, message)


class World:
    """The mail servers of one company, its people's mailboxes, and the site of its shared address."""

    def __init__(self, site: Path, docs: str, people: Sequence[str], directory: str, store: str = "") -> None:
        self.docs = docs
        self.site = site
        self._directory = directory
        self._store = store or "sqlite:///data/mailflow.db"
        self.mail = MailWorld(docs.partition("@")[2], dict.fromkeys((docs, *people), PASSWORD))

    async def start(self) -> None:
        """Start the servers and write the site that belongs to them."""
        await self.mail.start()
        self.site.mkdir(parents=True, exist_ok=True)
        settings = SETTINGS.format(
            docs=self.docs,
            imap_port=self.mail.imap_port,
            smtp_port=self.mail.smtp_port,
            authserv_id=self.mail.authserv_id,
            store=self._store,
        )
        (self.site / "mailflow.toml").write_text(settings, encoding="utf-8")
        (self.site / "mailbox.password").write_text(PASSWORD, encoding="utf-8")
        (self.site / "directory.yaml").write_text(self._directory, encoding="utf-8")
        if not (self.site / "keys" / "1.key").exists():
            make_key(self.site / "keys" / "1.key")

    async def stop(self) -> None:
        """Stop the servers; what lies in the mailboxes can still be read."""
        await self.mail.stop()

    async def letters(self, address: str) -> list[Letter]:
        """Give the letters somebody has, the oldest first."""
        return [read_letter(raw) for raw in await self.mail.messages(address)]

    async def write(
        self, who: str, subject: str, text: str, papers: Sequence[Paper] = (), to: str = "", name: str = ""
    ) -> bytes:
        """Let somebody write a new mail; give its bytes as they left."""
        return await self._send(who, _mail(who, name, to or self.docs, subject, text, papers))

    async def reply(self, who: str, letter: Letter, text: str, papers: Sequence[Paper] = (), name: str = "") -> bytes:
        """Let somebody reply to a letter as a mail client does: Re:, In-Reply-To, the quote below."""
        to = str(letter.message["Reply-To"] or letter.message["From"])
        quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
        head = f"{format_datetime(now())}, {letter.message['From']}:"
        mail = _mail(who, name, to, f"Re: {letter.subject}", f"{text}\n\n{head}\n{quoted}\n", papers)
        mail["In-Reply-To"] = str(letter.message["Message-ID"])
        before = str(letter.message["References"] or "")
        mail["References"] = f"{before} {letter.message['Message-ID']}".strip()
        return await self._send(who, mail)

    async def _send(self, who: str, mail: EmailMessage) -> bytes:
        raw = mail.as_bytes(policy=email.policy.SMTP)
        ours = who.partition("@")[2] == self.mail.domain
        await aiosmtplib.send(
            raw,
            sender=who,
            recipients=[str(mail["To"]).rpartition("<")[2].rstrip(">")],
            hostname="127.0.0.1",
            port=self.mail.smtp_port,
            username=who if ours else None,
            password=PASSWORD if ours else None,
            start_tls=False,
        )
        return raw


def _mail(who: str, name: str, to: str, subject: str, text: str, papers: Sequence[Paper]) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"{name} <{who}>" if name else who
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = make_msgid(domain=who.partition("@")[2])
    mail.set_content(text)
    for paper in papers:
        kind = (mimetypes.guess_type(paper.name)[0] or "application/octet-stream").split("/")
        mail.add_attachment(paper.content, maintype=kind[0], subtype=kind[1], filename=paper.name)
    return mail
