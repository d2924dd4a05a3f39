"""A mail as a value: what the bytes say, with every defect listed and nothing guessed.

Owns: bytes -> `Message`. Refuses to know: who is staff, what a case is, what the text means.
`parse` never raises and never hangs; what cannot be read becomes a defect. The way of a mail:
`headers.scan` reads the header block within its limits, `mime` the tree within its, `bodies` sorts the
parts, `second_reading` asks mail-parser whether it sees the same writers and files.
Rules: RFC 5322, RFC 2045-2047, RFC 2231.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailflow.core.addresses import read_addresses
from mailflow.core.bodies import Body, File, read_body
from mailflow.core.encoded_words import base64_bytes, decode_value, visible
from mailflow.core.filenames import safe_name
from mailflow.core.headers import Field, scan
from mailflow.core.mime import Part, Tree, children, encoded, fields, pieces, read_tree, transfer_encoding, written
from mailflow.core.parameters import parameter, parameters
from mailflow.core.second_reading import disagreements
from mailflow.core.smime import unsigned
from mailflow.core.structure import hidden_in_text, unclear_structure

NESTED_LIMIT = 3
"""Mails within mails are opened to this depth; below it they are files."""

SUBJECT_LENGTH = 2_000
"""Characters of a subject; the header keeps it whole."""

KEY_FIELDS = frozenset((
    "from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references",
    "content-type", "content-transfer-encoding", "content-disposition",
))  # fmt: skip
"""The header fields that make a mail itself: all others are written or changed on its way."""

_UNCLEAR = frozenset(("structure-unclear", "base64-ambiguous"))
_DELIVERY_FIELDS = frozenset(("delivered-to", "x-original-to", "envelope-to"))
_MESSAGE_ID = re.compile(r"<([^<>]{1,998})>")
_UNPRINTABLE = re.compile("[^ -~\u00a1-\u02ff\u0400-\u04ff]")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: display name as decoded, `mail` as written but with the domain in lower case."""

    name: str
    mail: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file. `name` is safe to show and to store; `original_name` is what the mail said."""

    name: str
    original_name: str
    content_type: str
    content: bytes = field(repr=False)
    sha256: str
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed mail. `headers` keeps every header of the outer message, in order, unfolded and decoded."""

    key: str
    """SHA-256 (hex) over `KEY_FIELDS` and the body: the same mail delivered twice has one key."""
    sha256: str
    """SHA-256 (hex) of the raw bytes."""
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    from_: tuple[Address, ...]
    sender: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    """Addresses of Delivered-To, X-Original-To and Envelope-To."""
    date: datetime | None
    """Aware; None when there is none or it cannot be read."""
    headers: tuple[tuple[str, str], ...]
    text: str
    """The first text/plain part of the outer message, or '' ."""
    html: str
    """The first text/html part of the outer message, or '' ."""
    attachments: tuple[Attachment, ...] = ()
    nested: tuple[Message, ...] = ()
    """message/rfc822 parts, parsed; their text never mixes with the outer text."""
    calendar: str = ""
    """The METHOD of a text/calendar part (REPLY, REQUEST, ...), or ''."""
    report_type: str = ""
    """report-type of a multipart/report: 'delivery-status', 'disposition-notification', ..."""
    report: str = ""
    """Text of the machine-readable report part and of the returned headers."""
    defects: tuple[str, ...] = ()
    as_written: tuple[Field, ...] = field(default=(), repr=False, compare=False)
    """The header fields as `headers.scan` read them, in order, not decoded."""

    def header(self, name: str) -> str:
        """Give the first header of that name (any case), or ''."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    def header_all(self, name: str) -> tuple[str, ...]:
        """Give every header of that name (any case), in order."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)


def parse(raw: bytes) -> Message:
    """Read any bytes as a mail; never raises, lists what is wrong in `defects`.

    Defects are a code, or a code, a colon and a detail: `duplicate-header: From`. Message-IDs keep their
    angle brackets; `text` and `html` have LF line ends; a mail over a limit holds what came before it.
    """
    block = scan(raw)
    tree = read_tree(raw if block.clean else block.rebuilt(raw))
    defects = [*block.defects, *tree.defects, *(() if raw else ("empty",))]
    if [name for name, _ in tree.root.raw_items()] != [each.name for each in block.fields]:
        defects.append("headers-differ")
    marks = (_content_key(block.fields, raw, block.body), hashlib.sha256(raw).hexdigest())
    message = _message(block.fields, tree.root, marks, level=0)
    defects += unclear_structure(tree.root, raw[block.body :])
    if tree.complete:
        writers = {"From": _mails(message.from_), "Sender": _mails(message.sender)}
        defects += disagreements(tree.root, len(raw), writers)
    return _with_defects(message, defects)


def _message(block: tuple[Field, ...], root: Part, marks: tuple[str, str], level: int) -> Message:
    """Build the value from fields and tree; `marks` are its key and its digest."""
    first = _first_values(block)
    hint = parameter(parameters(first.get("content-type", b"")), "charset")
    inner, opened = unsigned(root)
    body = read_body(inner, hint)
    headers, notes = _decoded(block, hint)
    nested, unopened = _nested(body, level)
    troubles = (*body.defects, *hidden_in_text(body.text), *_unclear_within(nested))
    people = {name: _addresses(block, name, hint) for name in ("from", "sender", "reply-to", "to", "cc")}
    return Message(
        key=marks[0],
        sha256=marks[1],
        message_id=next(iter(_message_ids(first.get("message-id", b""))), ""),
        in_reply_to=_message_ids(first.get("in-reply-to", b"")),
        references=_message_ids(first.get("references", b"")),
        subject=visible(decode_value(first.get("subject", b""), hint).text)[:SUBJECT_LENGTH],
        from_=people["from"],
        sender=people["sender"],
        reply_to=people["reply-to"],
        to=people["to"],
        cc=people["cc"],
        delivered_to=_delivered_to(block),
        date=_date(first.get("date", b"")),
        headers=headers,
        text=body.text,
        html=body.html,
        attachments=tuple(map(_attachment, (*body.files, *unopened))),
        nested=nested,
        calendar=body.calendar,
        report_type=body.report_type,
        report=body.report,
        defects=tuple(dict.fromkeys((*notes, *opened, *troubles, *(("nested-limit",) if unopened else ())))),
        as_written=block,
    )


def _with_defects(message: Message, defects: Iterable[str]) -> Message:
    """Put the defects of the bytes before those of the content; what they quote of the mail is made fit to show."""
    every = (_UNPRINTABLE.sub("?", defect) for defect in (*defects, *message.defects))
    return replace(message, defects=tuple(dict.fromkeys(every)))


def _first_values(block: tuple[Field, ...]) -> dict[str, bytes]:
    first: dict[str, bytes] = {}
    for each in block:
        first.setdefault(each.name.lower(), each.value)
    return first


def _decoded(block: tuple[Field, ...], hint: str) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """Decode every field for reading; the second value lists what had to be guessed."""
    headers, notes = [], []
    for each in block:
        value = decode_value(each.value, hint)
        headers.append((each.name, value.text))
        if value.note:
            notes.append(value.note)
    return tuple(headers), notes


def _addresses(block: tuple[Field, ...], name: str, hint: str) -> tuple[Address, ...]:
    """Read every field of that name: a second From must not hide behind the first."""
    lists = (read_addresses(each.value, hint) for each in block if each.name.lower() == name)
    return tuple(Address(box.name, box.mail) for found in lists for box in found.mailboxes)


def _mails(addresses: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(address.mail for address in addresses)


def _delivered_to(block: tuple[Field, ...]) -> tuple[str, ...]:
    values = (each.value for each in block if each.name.lower() in _DELIVERY_FIELDS)
    found = (box.mail for value in values for box in read_addresses(value).mailboxes)
    return tuple(dict.fromkeys(found))


def _message_ids(value: bytes) -> tuple[str, ...]:
    """Give the ids of a field with their brackets, spaces inside them dropped; a bare id gets brackets."""
    text = decode_value(value).text
    found = [_BLANKS.sub("", each) for each in _MESSAGE_ID.findall(text)]
    bare = [] if found else [word for word in text.split() if "@" in word]
    return tuple(dict.fromkeys(f"<{each.strip('<>')}>" for each in (*found, *bare) if each))


def _date(value: bytes) -> datetime | None:
    """Read a Date field; without a zone it counts as UTC."""
    try:
        read = parsedate_to_datetime(decode_value(value[:200]).text)
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _attachment(file: File) -> Attachment:
    digest = hashlib.sha256(file.content).hexdigest()
    name = safe_name(file.name, file.content_type, digest)
    return Attachment(name, file.name, file.content_type, file.content, digest, file.inline)


def _nested(body: Body, level: int) -> tuple[tuple[Message, ...], tuple[File, ...]]:
    """Open the mails inside a mail; too deep, or not readable as one, they stay files."""
    opened, unopened = [], []
    for part in body.mails:
        inner = _inner(part) if level < NESTED_LIMIT else None
        if inner is None:
            unopened.append(File("", part.get_content_type(), written(part, headers=False), inline=False))
            continue
        block, content = fields(inner.root), written(inner.root)
        marks = (_content_key(block, written(inner.root, headers=False)), hashlib.sha256(content).hexdigest())
        message = _message(block, inner.root, marks, level + 1)
        opened.append(_with_defects(message, inner.defects))
    return tuple(opened), tuple(unopened)


def _unclear_within(nested: tuple[Message, ...]) -> Iterator[str]:
    """Give what is unclear of the mails within: their files are files of this one."""
    for mail in nested:
        yield from (each for each in mail.defects if each.partition(":")[0] in _UNCLEAR)


def _inner(part: Part) -> Tree | None:
    """Give the mail a message part holds; some servers wrap it in base64, which hides it from the parser."""
    inner = children(part)
    if not inner:
        return None
    if transfer_encoding(part) == "base64" and not fields(inner[0]):
        wrapped = base64_bytes(encoded(inner[0]))
        tree = read_tree(wrapped)
        return replace(tree, defects=(*tree.defects, *unclear_structure(tree.root, wrapped)))
    return Tree(inner[0], (), complete=True)


def _content_key(block: tuple[Field, ...], raw: bytes, body: int = 0) -> str:
    """Digest what the writer sent: `KEY_FIELDS` in order, spaces evened out, and the body with LF ends."""
    digest = hashlib.sha256(b"mail\n")
    for each in block:
        name = each.name.lower()
        if name in KEY_FIELDS:
            digest.update(b"%s:%s\n" % (name.encode(), b" ".join(each.value.split())))
    digest.update(b"\n")
    ends = 0
    for piece in pieces(raw, body):
        piece = piece.replace(b"\r\n", b"\n")
        said = piece.rstrip(b"\n")
        if said:
            digest.update(b"\n" * ends + said)
            ends = 0
        # Line ends count only once something follows them: those at the end of a mail come and go on its way.
        ends += len(piece) - len(said)
    return digest.hexdigest()
