"""From a rendered letter to the bytes that go out: headers, parts, files.

Owns: MIME. Refuses to know: what the letter says, who may get it, whether it was sent.

The bytes are a function of the arguments (the boundaries derive from the Message-ID), so the same letter
built twice is the same letter. Assembled by hand rather than with `EmailMessage`: that class loses spaces
between folded encoded-words and takes three times as long. Rules: RFC 5322 (lines, dates), RFC 2047
(words), RFC 2231 (file names), RFC 3834 (Auto-Submitted).
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Literal
from urllib.parse import quote

from mailflow.edges.frames import Frame, Gap, filled, in_base64
from mailflow.errors import MailflowError


class LetterError(MailflowError):
    """This letter cannot be written as asked; the text says which value is wrong."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of one letter. `text` has line ends as \\n; `html` is one whole document."""

    subject: str
    text: str
    html: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom, and in which thread. Message ids with or without angle brackets."""

    message_id: str
    from_name: str
    from_address: str
    to_name: str
    to_address: str
    date: datetime
    """Aware."""
    auto_submitted: Literal["auto-generated", "auto-replied"]
    reply_to: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    instance: str = ""
    """Which mailflow wrote it: our own mail is known by this when it comes back."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One attached file: its bytes, or its name in the file store, or both."""

    name: str
    content_type: str
    content: bytes = field(default=b"", repr=False)
    sha256: str = ""


_BROKEN = re.compile(r"[\r\n\x00]")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}\Z")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>\Z")
_CONTENT_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,80}(; ?charset=[A-Za-z0-9_-]{1,40})?\Z")
_PLAIN = re.compile(r"[\x20-\x7e]*\Z")
_NOT_ASCII = bytes(range(128, 256))
_KEPT_REFERENCES = 20
_WORD_BYTES = 39
"""Bytes of UTF-8 in one encoded-word: 52 characters of base64 and 12 of frame, so a line stays under 76."""


def build(rendered: Rendered, envelope: Envelope, enclosures: Sequence[Enclosure] = ()) -> bytes:
    """Give the whole mail as CRLF bytes, the same bytes for the same arguments.

    Raises LetterError for an address or id that cannot stand in a header, a date without a zone, and
    CR, LF or NUL in any header value.
    """
    return filled(frame(rendered, envelope, enclosures), [enclosure.content for enclosure in enclosures])


def frame(rendered: Rendered, envelope: Envelope, enclosures: Sequence[Enclosure] = ()) -> Frame:
    """Give the mail with a gap where the base64 of each enclosure belongs; raises as `build` does."""
    seed = hashlib.sha256(_message_id(envelope.message_id).encode()).hexdigest()[:32]
    body: list[bytes | Gap] = [*_alternative(rendered, f"=_a{seed}")]
    if enclosures:
        body = _mixed(body, enclosures, f"=_m{seed}")
    headers = [f"{name}: {value}".encode("ascii") for name, value in _headers(rendered, envelope)]
    return _joined([*headers, *body, b""])


def _joined(lines: Sequence[bytes | Gap]) -> Frame:
    """Join the lines; only now it is known where the gaps are."""
    gaps: list[Gap] = []
    length = 0
    for line in lines:
        if isinstance(line, Gap):
            gaps.append(Gap(length, line.sha256))
        length += 2 + (0 if isinstance(line, Gap) else len(line))
    return Frame(b"\r\n".join([b"" if isinstance(line, Gap) else line for line in lines]), tuple(gaps))


def _headers(rendered: Rendered, envelope: Envelope) -> Iterator[tuple[str, str]]:
    yield "From", _mailbox("From", envelope.from_name, envelope.from_address)
    yield "To", _mailbox("To", envelope.to_name, envelope.to_address)
    if envelope.reply_to:
        yield "Reply-To", _address("Reply-To", envelope.reply_to)
    yield "Subject", _words("Subject", rendered.subject)
    yield "Date", _date(envelope.date)
    yield "Message-ID", _message_id(envelope.message_id)
    yield from _thread(envelope)
    yield "Auto-Submitted", envelope.auto_submitted
    yield "X-Auto-Response-Suppress", "All"
    if envelope.instance:
        yield "X-Mailflow-Instance", _words("X-Mailflow-Instance", envelope.instance)
    if rendered.language:
        yield "Content-Language", _words("Content-Language", rendered.language)
    yield "MIME-Version", "1.0"


def _thread(envelope: Envelope) -> Iterator[tuple[str, str]]:
    """Foreign ids that cannot stand in a header are left out: a stranger's mail must not stop ours."""
    parent = _known_ids("In-Reply-To", (envelope.in_reply_to,))
    ids = _known_ids("References", envelope.references)
    if parent:
        yield "In-Reply-To", parent[0]
    if ids:
        yield "References", "\r\n ".join(ids[-_KEPT_REFERENCES:])


def _known_ids(name: str, ids: Iterable[str]) -> list[str]:
    bracketed = [_bracketed(_whole(name, one)) for one in ids if one]
    return [one for one in bracketed if _MESSAGE_ID.match(one)]


def _message_id(given: str) -> str:
    made = _bracketed(_whole("Message-ID", given))
    if not _MESSAGE_ID.match(made) or "@" not in made:
        raise LetterError(f"Message-ID {given!r} is not an id: give unique@domain")
    return made


def _bracketed(given: str) -> str:
    return given if given.startswith("<") else f"<{given}>"


def _date(date: datetime) -> str:
    if date.tzinfo is None:
        raise LetterError(f"the date {date} of a letter has no time zone: give an aware datetime")
    return format_datetime(date)


def _mailbox(header: str, name: str, address: str) -> str:
    where = _address(header, address)
    if not name:
        return where
    shown = " ".join(_whole(header, name).split())
    if _PLAIN.match(shown) and "=?" not in shown and len(shown) <= 60:
        quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"\r\n <{where}>'
    # Never as it stands, however short: a long name with @ and colons in it reads as another address.
    return f"{_encoded(shown)}\r\n <{where}>"


def _address(header: str, given: str) -> str:
    """Check an address; a domain in letters other than ASCII becomes its IDNA form."""
    local, at, domain = _whole(header, given).rpartition("@")
    try:
        made = local + at + domain.encode("idna").decode("ascii")
    except UnicodeError:
        made = ""
    if not _ADDRESS.match(made):
        raise LetterError(f"{header}: {given!r} is not one mail address: give name@domain")
    return made


def _whole(header: str, value: str) -> str:
    if _BROKEN.search(value):
        raise LetterError(f"{header}: {value[:80]!r} has a line break or NUL: a header value is one line")
    return value


def _words(header: str, value: str) -> str:
    """Give a header text: as it is when short and plain, else as encoded-words that lose no space."""
    whole = _whole(header, value)
    if len(header) + len(whole) <= 76 and _PLAIN.match(whole) and "=?" not in whole and whole == whole.strip():
        return whole
    return _encoded(whole)


def _encoded(text: str) -> str:
    return "\r\n ".join(f"=?utf-8?b?{b64encode(chunk).decode('ascii')}?=" for chunk in _chunks(text))


def _chunks(text: str) -> list[bytes]:
    """Cut into pieces of at most 42 bytes of UTF-8, never inside a character."""
    rest = text.encode("utf-8", "replace")
    pieces = []
    while rest:
        end = min(_WORD_BYTES, len(rest))
        while end < len(rest) and rest[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(rest[:end])
        rest = rest[end:]
    return pieces


def _alternative(rendered: Rendered, boundary: str) -> list[bytes]:
    """Text first, HTML last: the last part is the one a reader's program prefers."""
    return [
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'.encode(),
        f"--{boundary}".encode(),
        *_text_part("plain", rendered.text),
        f"--{boundary}".encode(),
        *_text_part("html", rendered.html),
        f"--{boundary}--".encode(),
    ]


def _mixed(first: list[bytes | Gap], enclosures: Sequence[Enclosure], boundary: str) -> list[bytes | Gap]:
    lines: list[bytes | Gap] = [f'Content-Type: multipart/mixed;\r\n boundary="{boundary}"\r\n'.encode()]
    lines += [f"--{boundary}".encode(), *first]
    for enclosure in enclosures:
        lines += [f"--{boundary}".encode(), *_file_part(enclosure)]
    return [*lines, f"--{boundary}--".encode()]


def _text_part(subtype: str, text: str) -> list[bytes]:
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    encoding, body = _shorter("\r\n".join([*lines, ""]).encode("utf-8", "replace"))
    return [
        f"Content-Type: text/{subtype}; charset=utf-8".encode(),
        f"Content-Transfer-Encoding: {encoding}\r\n".encode(),
        body,
    ]


def _shorter(content: bytes) -> tuple[str, bytes]:
    """Write the bytes in the shorter encoding: one grows by a third, the other makes three of each letter not ASCII."""
    in_three = len(content) - len(content.translate(None, _NOT_ASCII))
    if in_three * 2 <= len(content) // 3:
        printable = b2a_qp(content, istext=True)
        if len(printable) <= len(content) * 4 // 3:
            return "quoted-printable", printable
    return "base64", in_base64(content)


def _file_part(enclosure: Enclosure) -> list[bytes | Gap]:
    kind = _content_type(enclosure.content_type)
    name = _whole("file name", enclosure.name)
    return [
        f"Content-Type: {kind};\r\n name={_old_name(name)}".encode(),
        "\r\n ".join(["Content-Disposition: attachment;", *_name_parameters(name)]).encode(),
        b"Content-Transfer-Encoding: base64\r\n",
        Gap(0, enclosure.sha256),
    ]


def _content_type(given: str) -> str:
    """A type that may not be base64 (message/rfc822, multipart/*) or is no type at all goes as bytes."""
    if not _CONTENT_TYPE.match(given) or given.lower().startswith(("message/", "multipart/")):
        return "application/octet-stream"
    return given


def _old_name(name: str) -> str:
    """The `name` old Outlooks read: plain in quotes, or RFC 2047 words in quotes as they expect."""
    if _PLAIN.match(name) and len(name) <= 60 and not set('"\\') & set(name) and "=?" not in name:
        return f'"{name}"'
    return '"' + _words("name", name) + '"'


def _name_parameters(name: str) -> list[str]:
    """`filename` for everybody: plain when it is short ASCII, else RFC 2231 in pieces of one line each."""
    if _PLAIN.match(name) and len(name) <= 60 and not set('"\\%') & set(name) and "=?" not in name:
        return [f'filename="{name}"']
    pieces = _coded_pieces(name)
    if len(pieces) == 1:
        return [f"filename*={pieces[0]}"]
    last = len(pieces) - 1
    return [f"filename*{at}*={piece}" + ("" if at == last else ";") for at, piece in enumerate(pieces)]


def _coded_pieces(name: str) -> list[str]:
    """Cut between characters only: some readers decode every piece by itself."""
    pieces = ["utf-8''"]
    for letter in name:
        coded = quote(letter.encode("utf-8", "replace"), safe="!#$&+-.^_`|~")
        if len(pieces[-1]) + len(coded) > 58:
            pieces.append("")
        pieces[-1] += coded
    return pieces
