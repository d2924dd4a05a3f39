"""The company's mail on real servers: Dovecot holds the shared mailbox, an SMTP server takes the letters.

`PostOffice` runs the service as it runs at a company, its loops and all, and plays the people: it
reads what reached them and answers as their mail clients do, stamped by "their own MX".
"""

from __future__ import annotations

import asyncio
import contextlib
import email.policy
import mimetypes
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from mailflow import daemon
from mailflow.app import App, now, opened
from mailflow.core.case import Case
from mailflow.making import make_key
from mailflow.world import Letter, Paper, read_letter
from tests.offices import HERE
from tests.servers import Dovecot, SmtpSink

DOCS = "docs@neon.example"
PATIENCE = 30.0

SETTINGS = """
[mailbox]
address = "{docs}"
host = "127.0.0.1"
port = {imap_port}
security = "plain"
user = "docs"
password = {{env = "MAILFLOW_TEST_PASSWORD"}}
take_from = 2020-01-01
watch = "poll"
poll_seconds = 0.1
[mailbox.receiver]
kind = "authserv"
authserv_id = "mx.neon.example"
mx = "mx.neon.example"
[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "plain"
[store]
url = "{store}"
[digest]
at = "off"
{more}
"""


@dataclass
class PostOffice:
    """The mail of one company, and the service at work on it."""

    dovecot: Dovecot
    sink: SmtpSink
    app: App
    seen: dict[str, int] = field(default_factory=dict)

    async def next_letter(self, who: str) -> Letter:
        """Wait for the next letter somebody gets."""
        wanted = self.seen.get(who, 0)
        async with asyncio.timeout(PATIENCE):
            while len(self.letters(who)) <= wanted:
                await asyncio.sleep(0.02)
        self.seen[who] = wanted + 1
        return self.letters(who)[wanted]

    async def letter_saying(self, who: str, words: str) -> Letter:
        """Wait for a letter with these words, passing over those before it."""
        while words not in (letter := await self.next_letter(who)).text:
            pass
        return letter

    def letters(self, who: str) -> list[Letter]:
        return [read_letter(one.content) for one in self.sink.letters if one.recipients == (who,)]

    def writes(self, who: str, subject: str, text: str, papers: Sequence[Paper] = (), to: str = DOCS) -> None:
        """Somebody of the staff writes to the shared address."""
        self._deliver(who, _mail(who, to, subject, text, papers))

    def replies(self, who: str, letter: Letter, text: str, papers: Sequence[Paper] = ()) -> None:
        """Somebody replies to a letter, quoting it below, as Outlook and phones do."""
        to = str(letter.message["Reply-To"] or letter.message["From"])
        quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
        body = f"{text}\n\n{format_datetime(now())}, {DOCS}:\n{quoted}\n"
        mail = _mail(who, to, f"Re: {letter.subject}", body, papers)
        mail["In-Reply-To"] = str(letter.message["Message-ID"])
        self._deliver(who, mail)

    def _deliver(self, who: str, mail: EmailMessage) -> None:
        domain = who.partition("@")[2]
        stamp = (
            f"Delivered-To: {mail['To']}\r\n"
            f"Authentication-Results: mx.neon.example; dmarc=pass header.from={domain}\r\n"
            f"Received: from client ([127.0.0.1]) by mx.neon.example; {format_datetime(now())}\r\n"
        )
        self.dovecot.append("docs", stamp.encode() + mail.as_bytes(policy=email.policy.SMTP))

    async def case(self, number: str) -> Case:
        case = await self.app.store.load_by_number(number)
        assert case is not None
        return case

    async def until(self, number: str, state: str) -> Case:
        """Wait until a case stands so."""
        async with asyncio.timeout(PATIENCE):
            while (await self.case(number)).state != state:
                await asyncio.sleep(0.05)
        return await self.case(number)


def _mail(who: str, to: str, subject: str, text: str, papers: Sequence[Paper]) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = who, to, subject
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = make_msgid(domain="neon.example")
    mail.set_content(text)
    for paper in papers:
        kind = (mimetypes.guess_type(paper.name)[0] or "application/octet-stream").split("/")
        mail.add_attachment(paper.content, maintype=kind[0], subtype=kind[1], filename=paper.name)
    return mail


def make_site(site: Path, dovecot: Dovecot, sink: SmtpSink, store: str, more: str = "") -> None:
    """Write a site for these servers."""
    site.mkdir(parents=True, exist_ok=True)
    settings = SETTINGS.format(docs=DOCS, imap_port=dovecot.port, smtp_port=sink.port, store=store, more=more)
    (site / "mailflow.toml").write_text(settings, encoding="utf-8")
    (site / "directory.yaml").write_bytes((HERE / "site" / "directory.yaml").read_bytes())
    make_key(site / "keys" / "1.key")


@contextlib.asynccontextmanager
async def at_work(site: Path, dovecot: Dovecot, sink: SmtpSink) -> AsyncIterator[PostOffice]:
    """Run the service until the block ends."""
    async with opened(site) as app:
        serving = asyncio.create_task(daemon.run(app))
        try:
            yield PostOffice(dovecot, sink, app)
        finally:
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await serving
