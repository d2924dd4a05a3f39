"""A letter as it is kept: its own bytes, with a gap for each file that the file store has anyway.

Owns: filling the gaps, by the one way base64 is written into our letters: that way is part of what is kept
and never changes, so that a letter sent again has the same bytes. Refuses to know: headers, words, sending.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass

_LINE = 76
"""Characters of base64 in one line (RFC 2045 6.8)."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Where the base64 of a file belongs: so many bytes into the frame."""

    at: int
    sha256: str
    """The file's name in the file store."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole letter but for its files; the gaps in the order in which they come."""

    content: bytes
    gaps: tuple[Gap, ...] = ()


def filled(frame: Frame, files: Sequence[bytes]) -> bytes:
    """Give the letter's bytes; `files` are the contents of its gaps, in their order."""
    pieces: list[bytes] = []
    done = 0
    for gap, content in zip(frame.gaps, files, strict=True):
        pieces += [frame.content[done : gap.at], in_base64(content)]
        done = gap.at
    return b"".join([*pieces, frame.content[done:]])


def in_base64(content: bytes) -> bytes:
    """Write bytes as lines of base64; no line end behind the last."""
    whole = b2a_base64(content, newline=False)
    return b"\r\n".join([whole[at : at + _LINE] for at in range(0, len(whole), _LINE)])
