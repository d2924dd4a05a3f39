"""The mail of a story: what people receive, and how what they write looks on its way to us.

Owns: `Postbag`, every letter that left with whom it was for, and the making of a mail's bytes as a mail client
and the company's own mail server make them (RFC 5322, the stamp of RFC 8601). Refuses to know: what a letter means.
"""

from __future__ import annotations

import email
import email.policy
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from mailflow.edges.smtp import Accepted, Outcome, Post

SERVER = "mx.stories.example"
"""What the receiving server calls itself in its stamps."""
_LINK = re.compile(r"/d/([a-z2-7]{44})\?choice=(\w+)")


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter of ours as somebody received it."""

    kind: str
    to: str
    """The person's id; '' for an address nobody of the directory has."""
    address: str
    case: str
    at: datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject as it is read."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The text part."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part."""
        return self._part("html")

    @property
    def files(self) -> tuple[str, ...]:
        """The names of what is enclosed."""
        return tuple(part.get_filename() or "" for part in self.message.iter_attachments())

    def link(self) -> str:
        """Give the token of its page's link, or '' where it has none."""
        found = _LINK.search(self.text)
        return found[1] if found else ""

    def _part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        return str(body.get_content()) if body is not None else ""


@dataclass(frozen=True, slots=True)
class File:
    """A file somebody attaches."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail somebody writes."""

    sender: str
    """His address."""
    to: str
    subject: str
    text: str
    at: datetime
    files: Sequence[File] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    answers: Sent | None = None
    proven: bool = True


class Postbag(Post):
    """A way out that takes every letter and keeps it."""

    def __init__(self) -> None:
        self._last: bytes | None = None

    async def send(self, envelope_from: str, to: str, content: bytes) -> Outcome:
        """Take the letter."""
        self._last = content
        return Accepted("250 kept")

    def taken(self) -> bytes | None:
        """Give the letter that left since this was asked, or None."""
        last, self._last = self._last, None
        return last

    async def close(self) -> None:
        """Nothing is open."""


def read_letter(content: bytes) -> EmailMessage:
    """Read a letter as a mail client would."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def as_it_arrives(draft: Draft, number: int) -> bytes:
    """Give the bytes of a mail as our server hands them over; `number` makes its Message-ID."""
    raw = _mail(draft, number).as_bytes(policy=email.policy.SMTP)
    return _stamp(draft.sender, _verdict(draft), draft.at) + raw


def stamped(raw: bytes, at: datetime) -> bytes:
    """Give a mail as if it came to our own server, which vouches for its writer."""
    # A file keeps the line ends of its machine; on the wire they were CRLF.
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    sender = str(read_letter(raw)["From"]).rpartition("<")[2].rstrip("> ")
    return _stamp(sender, f"dmarc=pass header.from={sender.rpartition('@')[2]}", at) + raw


def _stamp(sender: str, verdict: str, at: datetime) -> bytes:
    return (
        f"Return-Path: <{sender}>\r\n"
        f"Authentication-Results: {SERVER}; {verdict}\r\n"
        f"Received: from office.example by {SERVER} with ESMTPS; {format_datetime(at)}\r\n"
    ).encode()


def _verdict(draft: Draft) -> str:
    if not draft.proven:
        return "spf=none; dmarc=none"
    return f"dmarc=pass header.from={draft.sender.rpartition('@')[2]}"


def _mail(draft: Draft, number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = draft.sender, draft.to, draft.subject
    mail["Date"] = format_datetime(draft.at)
    mail["Message-ID"] = f"<{number}.story@{draft.sender.rpartition('@')[2]}>"
    for name, value in draft.headers.items():
        del mail[name]
        mail[name] = value
    if draft.answers is not None:
        _thread(mail, draft.answers)
    mail.set_content(_body(draft))
    for file in draft.files:
        main, _, sub = (mimetypes.guess_type(file.name)[0] or "application/octet-stream").partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return mail


def _thread(mail: EmailMessage, answered: Sent) -> None:
    theirs = str(answered.message["Message-ID"])
    mail["In-Reply-To"] = theirs
    mail["References"] = f"{answered.message['References'] or ''} {theirs}".strip()


def _body(draft: Draft) -> str:
    """The words, and below them the letter quoted as mail clients quote it."""
    if draft.answers is None:
        return draft.text
    quoted = "\n".join(f"> {line}" for line in draft.answers.text.splitlines())
    return f"{draft.text}\n\n{format_datetime(draft.at)}, {draft.answers.message['From']}:\n{quoted}\n"
