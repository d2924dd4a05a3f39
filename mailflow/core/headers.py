"""The header block as raw bytes, read before any parser sees the mail.

Owns: where the header ends, its fields in order, the limits, and every malformation a forger lives on.
Refuses to know: what the fields mean. Rules: RFC 5322 sections 2.2 and 3.6.
May go wrong: a block over a limit is cut there and says so; nothing after the cut is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailflow.core.encoded_words import unfold

BLOCK_LIMIT = 256 * 1024
FIELD_LIMIT = 64 * 1024
FIELDS_LIMIT = 1000
WORDS_LIMIT = 200

ONCE = frozenset((
    "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references", "subject",
    "date", "mime-version", "content-type", "content-transfer-encoding", "content-disposition",
    "content-id",
))  # fmt: skip
"""Fields a mail may have once (RFC 5322 section 3.6, RFC 2045)."""

_KNOWN = ONCE | frozenset((
    "received", "return-path", "delivered-to", "x-original-to", "authentication-results", "dkim-signature",
    "x-mailer", "user-agent", "list-id", "precedence", "x-priority", "importance", "thread-topic",
    "x-received", "arc-seal",
))  # fmt: skip
_EOL = rb"(?:\r\n|\r|\n)"
_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))")
_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]+)([ \t]*):([^\r\n]*(?:" + _EOL + rb"[ \t][^\r\n]*)*)(?:\r\n|\r|\n|\Z)")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_EMPTY_FOLD = re.compile(_EOL + rb"[ \t]+(?:\r|\n|\Z)")
_LEADING = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*(?:\r\n|\r|\n))*")
_ENVELOPE = re.compile(rb">?From [^\r\n]*(?:\r\n|\r|\n)")


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: the name as written, the value unfolded, still bytes."""

    name: str
    value: bytes


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The fields of a mail in order; `body` is the offset of its first body byte.

    `clean`: the bytes may be given to another parser as they are; else give it `rebuilt`.
    """

    fields: tuple[Field, ...]
    body: int
    defects: tuple[str, ...]
    clean: bool

    def all(self, name: str) -> tuple[bytes, ...]:
        """Give the values of every field of that (lower-case) name."""
        return values_of(self.fields, name)

    def first(self, name: str) -> bytes:
        """Give the first value of that (lower-case) name, or b''."""
        return next((field.value for field in self.fields if field.name.lower() == name), b"")

    def rebuilt(self, raw: bytes) -> bytes:
        """Write the mail again with only the fields that were read: safe to give to another parser."""
        lines = (field.name.encode("ascii") + b": " + field.value + b"\r\n" for field in self.fields)
        return b"".join(lines) + b"\r\n" + raw[self.body :]


def values_of(fields: tuple[Field, ...], name: str) -> tuple[bytes, ...]:
    """Give the values of every field of that (lower-case) name."""
    return tuple(field.value for field in fields if field.name.lower() == name)


def scan(raw: bytes) -> HeaderBlock:
    """Read the header block of any bytes, within the limits; never raises."""
    start, leading = _start(raw)
    stop, body, long = _extent(raw, start)
    fields, defects, end = _fields(raw[start:stop])
    if end is not None:
        body = start + end
    troubles = (*leading, *(("header-limit: block",) if long else ()), *defects)
    marks = (*_newlines(raw), *_doubled(fields))
    unclean = any(not trouble.startswith("header-blank-fold") for trouble in troubles)
    return HeaderBlock(tuple(fields), body, (*troubles, *marks), clean=not unclean)


def _start(raw: bytes) -> tuple[int, tuple[str, ...]]:
    """Skip an envelope line of an mbox, a byte order mark, blank lines: but only before real fields."""
    envelope = _ENVELOPE.match(raw)
    if envelope:
        return envelope.end(), ("envelope-line",)
    leading = _LEADING.match(raw[:4096])
    skip = leading.end() if leading else 0
    return (skip, ("leading-junk",)) if skip and _is_known(raw, skip) else (0, ())


def _extent(raw: bytes, start: int) -> tuple[int, int, bool]:
    """Find where the header block stops, where the body starts, and whether the block is over the limit."""
    if raw[start : start + 1] in (b"\r", b"\n"):
        return start, start + (2 if raw[start : start + 2] == b"\r\n" else 1), False
    blank = _BLANK_LINE.search(raw, start, start + BLOCK_LIMIT + 4)
    if blank:
        return blank.start(), blank.end(), False
    if len(raw) - start <= BLOCK_LIMIT:
        return len(raw), len(raw), False
    ends = [raw.find(mark, start + BLOCK_LIMIT) + len(mark) for mark in (b"\r\n\r\n", b"\n\n", b"\r\r") if
            raw.find(mark, start + BLOCK_LIMIT) >= 0]  # fmt: skip
    return start + BLOCK_LIMIT, min(ends, default=len(raw)), True


def _fields(head: bytes) -> tuple[list[Field], list[str], int | None]:
    """Read fields until the block ends; the third value is where a body without a blank line starts."""
    fields: list[Field] = []
    defects: list[str] = []
    position = 0
    while position < len(head):
        found = _FIELD.match(head, position)
        if found is None:
            line = _LINE.match(head, position)
            after = line.end() if line else len(head)
            defects.append("header-line: no field name" if fields else "header-missing")
            if not _is_known(head, after):
                return fields, defects, position
            position = after
            continue
        if len(fields) == FIELDS_LIMIT:
            return fields, [*defects, "header-limit: fields"], None
        position = found.end()
        fields.append(_field(found, defects))
    return fields, defects, None


def _field(found: re.Match[bytes], defects: list[str]) -> Field:
    name, value = found[1].decode("ascii"), found[3]
    if found[2]:
        defects.append(f"header-space: {name[:40]}")
    if _EMPTY_FOLD.search(value):
        defects.append(f"header-blank-fold: {name[:40]}")
    value, limit = within_limits(unfold(value))
    if limit:
        defects.append(f"header-limit: {limit} {name[:40]}")
    return Field(name[:200], value)


def within_limits(value: bytes) -> tuple[bytes, str]:
    """Cut a field value at the limits; the second value names the limit that was passed, or is ''."""
    limit = ""
    if len(value) > FIELD_LIMIT:
        value, limit = value[:FIELD_LIMIT], "size"
    if value.count(b"=?") > WORDS_LIMIT:
        pieces = value.split(b"=?", WORDS_LIMIT + 1)
        value, limit = b"=?".join(pieces[:-1]), "encoded-words"
    return value, limit


def _is_known(raw: bytes, position: int) -> bool:
    """Tell whether a field that mails really have starts here."""
    found = _FIELD.match(raw, position, position + 2 * FIELD_LIMIT)
    return bool(found) and found[1].decode("ascii").lower() in _KNOWN if found else False


def _newlines(raw: bytes) -> Iterator[str]:
    """Report line ends that two servers may read as different mails: lone CR, lone LF among CRLF, NUL."""
    pairs = raw.count(b"\r\n")
    if raw.count(b"\r") > pairs:
        yield "bare-cr"
    if pairs and raw.count(b"\n") > pairs:
        yield "bare-lf"
    if b"\x00" in raw:
        yield "nul"


def _doubled(fields: list[Field]) -> Iterator[str]:
    seen: set[str] = set()
    for field in fields:
        name = field.name.lower()
        if name in seen and name in ONCE:
            yield f"duplicate-header: {name.title().replace('-Id', '-ID').replace('Mime', 'MIME')}"
        seen.add(name)
