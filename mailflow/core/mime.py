"""The MIME tree of a mail, bounded before it can grow.

Owns: bytes -> tree of parts within limits of depth, number, lines and header size; the content of a part.
Refuses to know: which part is the text and which a file (`bodies` decides). Rules: RFC 2045, RFC 2046.
May go wrong: a limit stops the reading; the tree then holds what came before it, and a defect says so.
The tree is the standard library's compat32 one, so that mail-parser reads the very same parts.
"""

from __future__ import annotations

import binascii
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as CompatMessage
from email.parser import BytesFeedParser
from email.policy import Policy
from functools import partial
from typing import Any

from mailflow.core.encoded_words import base64_bytes, unfold
from mailflow.core.headers import FIELDS_LIMIT, Field, within_limits
from mailflow.core.parameters import parameters

DEPTH_LIMIT = 50
PARTS_LIMIT = 1000
LINES_LIMIT = 1_000_000
_WORK_LIMIT = 6_000_000
"""Lines x depth: each line is compared with the boundary of every open level."""
_PIECE = 1024 * 1024
_LEAST_DEPTH = 6
_BOUNDARY_LIMIT = 200
_MIME_FIELD_LIMIT = 8 * 1024
_MIME_PARAMETERS_LIMIT = 64
_MIME_FIELDS = frozenset(("content-type", "content-disposition", "content-transfer-encoding", "content-id"))
_UUENCODED = frozenset(("x-uuencode", "uuencode", "uue", "x-uue"))
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"
_PLAIN = frozenset(("", "7bit", "8bit", "binary"))


class _LimitPassed(Exception):
    """The tree is complete up to here; the text is the defect."""


class _Growth:
    """How many parts one tree has, how deep it may become, and what was cut."""

    def __init__(self, depth_limit: int) -> None:
        self.depth_limit = depth_limit
        self.parts = 1
        self.root: Part | None = None
        self.cuts: dict[str, None] = {}

    def add(self, parent: Part, child: Part) -> None:
        self.root = self.root or parent
        child.depth = parent.depth + 1
        self.parts += 1
        if child.depth > self.depth_limit:
            raise _LimitPassed(f"depth-limit: {self.depth_limit}")
        if self.parts > PARTS_LIMIT:
            raise _LimitPassed(f"part-limit: {PARTS_LIMIT}")


class Part(CompatMessage):
    """A part that keeps its fields, and the tree it belongs to, within the limits."""

    def __init__(self, growth: _Growth, policy: Policy) -> None:
        super().__init__(policy)
        self.depth = 0
        self._growth = growth

    def attach(self, payload: Any) -> None:
        """Take a child; raise when the tree has grown over a limit."""
        if isinstance(payload, Part):
            self._growth.add(self, payload)
        super().attach(payload)

    def set_raw(self, name: str, value: str) -> None:
        """Keep a field, cut where it passes a limit."""
        if len(self) >= FIELDS_LIMIT:
            self._growth.cuts["part-header-limit: fields"] = None
            return
        crowded = value.count(";") > _MIME_PARAMETERS_LIMIT or value.count("=?") > _MIME_PARAMETERS_LIMIT
        if crowded or len(value) > _MIME_FIELD_LIMIT:
            value = self._shortened(name, value)
        super().set_raw(name, value)

    def get_boundary(self, failobj: Any = None) -> Any:
        """Give the boundary; one that no program writes counts as none."""
        boundary = super().get_boundary(failobj)
        return failobj if boundary and len(boundary) > _BOUNDARY_LIMIT else boundary

    def _shortened(self, name: str, value: str) -> str:
        if name.lower() in _MIME_FIELDS:
            self._growth.cuts[f"part-header-limit: {name}"] = None
            return value.partition(";")[0][:_BOUNDARY_LIMIT]
        octets, limit = within_limits(value.encode("ascii", "surrogateescape"))
        if limit:
            self._growth.cuts[f"part-header-limit: {limit} {name[:40]}"] = None
        return octets.decode("ascii", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Tree:
    """The parts of a mail. `complete` is False when a limit stopped the reading."""

    root: Part
    defects: tuple[str, ...]
    complete: bool


def read_tree(raw: bytes) -> Tree:
    """Read any bytes as a MIME tree within the limits; never raises."""
    raw, defects, lines = _within_lines(raw)
    growth = _Growth(max(_LEAST_DEPTH, min(DEPTH_LIMIT, _WORK_LIMIT // (lines + 1))))
    parser: BytesFeedParser = BytesFeedParser(partial(Part, growth))
    try:
        for piece in pieces(raw):
            parser.feed(piece)
        root = parser.close()
    except _LimitPassed as passed:
        # The first child is always given to the root: without a root nothing could pass a limit.
        assert growth.root is not None
        return Tree(growth.root, (*defects, *growth.cuts, str(passed)), complete=False)
    assert isinstance(root, Part)
    return Tree(root, (*defects, *growth.cuts, *_mime_defects(root)), complete=not defects)


def pieces(raw: bytes, start: int = 0) -> Iterator[bytes]:
    """Cut bytes into pieces from `start` on, never between CR and LF: a large mail is never held several times over."""
    while start < len(raw):
        stop = start + _PIECE
        stop += raw[stop - 1 : stop] == b"\r"
        yield raw[start:stop]
        start = stop


def parts(root: Part) -> Iterator[Part]:
    """Give every part of the tree, nested mails included, in the order of the mail."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += reversed(children(part))


def children(part: Part) -> list[Part]:
    """Give the direct children of a part, [] for a leaf."""
    payload = part.get_payload() if part.is_multipart() else []
    return [child for child in payload if isinstance(child, Part)]


def fields(part: Part) -> tuple[Field, ...]:
    """Give the fields of a part in order, unfolded, as bytes."""
    return tuple(Field(name, unfold(value.encode("ascii", "surrogateescape"))) for name, value in part.raw_items())


def field(part: Part, name: str) -> bytes:
    """Give the first field of that (lower-case) name, unfolded, or b''."""
    for key, value in part.raw_items():
        if key.lower() == name:
            return unfold(value.encode("ascii", "surrogateescape"))
    return b""


def field_parameters(part: Part, name: str) -> dict[str, str]:
    """Give the parameters of a field of the part."""
    return parameters(field(part, name))


def disposition(part: Part) -> str:
    """Give the Content-Disposition without its parameters, in lower case, or ''."""
    return field(part, "content-disposition").partition(b";")[0].strip().lower().decode("latin-1")


def transfer_encoding(part: Part) -> str:
    """Give the Content-Transfer-Encoding in lower case, or ''."""
    return field(part, "content-transfer-encoding").partition(b";")[0].strip().lower().decode("latin-1")


def is_uuencoded(part: Part) -> bool:
    """Tell whether the part is encoded the way of before MIME."""
    return transfer_encoding(part) in _UUENCODED


def encoded(part: Part) -> bytes:
    """Give the bytes of a leaf as they stand in the mail."""
    # `get_payload()` would decode by the declared charset and lose bytes; what was parsed is kept here.
    payload = part._payload  # type: ignore[attr-defined]
    return payload.encode("ascii", "surrogateescape") if isinstance(payload, str) else b""


def encoded_length(part: Part) -> int:
    """Count the bytes of a leaf as they stand in the mail."""
    payload = part._payload  # type: ignore[attr-defined]
    return len(payload) if isinstance(payload, str) else 0


def content(part: Part) -> tuple[bytes, str]:
    """Decode the transfer encoding of a leaf; the second value is a defect or ''."""
    data, encoding = encoded(part), transfer_encoding(part)
    if encoding in _PLAIN:
        return data, ""
    if encoding == "base64":
        return base64_bytes(data), "base64-ambiguous" if _is_ambiguous(data) else ""
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data), ""
    if encoding in _UUENCODED:
        return _uudecoded(data), ""
    return data, f"transfer-encoding: {encoding[:40]}"


def _is_ambiguous(base64: bytes) -> bool:
    """Tell whether programs decode it differently: signs that are none of its own, or more after its end."""
    end = base64.find(b"=")
    more = base64[end:].strip(b"= \t\r\n") if end >= 0 else b""
    return bool(more or base64.translate(None, _BASE64))


def written(part: Part, headers: bool = True) -> bytes:
    """Write a part back as bytes, with or without its own fields; the same tree gives the same bytes."""
    pieces: list[bytes] = []
    _write(part, headers, pieces)
    return b"".join(pieces)


def _write(part: Part, headers: bool, pieces: list[bytes]) -> None:
    if headers:
        pieces += [each.name.encode("ascii") + b": " + each.value + b"\r\n" for each in fields(part)]
        pieces.append(b"\r\n")
    if not children(part):
        pieces.append(encoded(part))
        return
    border = str(part.get_boundary("")).encode("ascii", "replace")
    for child in children(part):
        pieces.append(b"\r\n--%s\r\n" % border if border else b"")
        _write(child, True, pieces)
    pieces.append(b"\r\n--%s--\r\n" % border if border else b"")


def _within_lines(raw: bytes) -> tuple[bytes, tuple[str, ...], int]:
    """Cut a mail made of line ends: a million lines carry 70 MB of honest base64."""
    lines = max(raw.count(b"\n"), raw.count(b"\r"))
    if lines <= LINES_LIMIT:
        return raw, (), lines
    ends = re.finditer(rb"\r\n|\r|\n", raw)
    last = next(end for number, end in enumerate(ends, 1) if number == LINES_LIMIT)
    return raw[: last.end()], (f"line-limit: {LINES_LIMIT}",), LINES_LIMIT


def _mime_defects(root: Part) -> Iterator[str]:
    """Name what the parser found wrong, and MIME fields that stand twice in one part."""
    for part in parts(root):
        for defect in part.defects:
            yield f"mime: {type(defect).__name__.removesuffix('Defect')}"
        names = Counter(name.lower() for name, _ in part.raw_items())
        doubled = [name for name in sorted(_MIME_FIELDS) if names[name] > 1]
        if doubled and part is not root:
            yield f"duplicate-part-header: {doubled[0]}"


def _uudecoded(data: bytes) -> bytes:
    """Decode the lines between `begin` and `end`; a line that cannot be read is left out."""
    _, begin, rest = data.partition(b"begin ")
    lines = rest.splitlines()[1:] if begin else data.splitlines()
    pieces = []
    for line in lines:
        if line.strip() == b"end":
            break
        try:
            pieces.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(pieces)
