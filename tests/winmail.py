"""Writes winmail.dat as Outlook does, for tests; the reader under test shares no line with it."""

from __future__ import annotations

import struct
from collections.abc import Sequence

STRING, UNICODE, BINARY, LONG, TIME = 0x001E, 0x001F, 0x0102, 0x0003, 0x0040


def attribute(level: int, name: int, value: bytes, kind: int = 6) -> bytes:
    checksum = sum(value) & 0xFFFF
    return struct.pack("<BHHI", level, name, kind, len(value)) + value + struct.pack("<H", checksum)


def prop(name: int, kind: int, value: bytes, named: bytes = b"") -> bytes:
    head = struct.pack("<HH", kind, name) + named
    if kind in (STRING, UNICODE, BINARY, 0x000D):
        return head + struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)
    return head + value


def props(*each: bytes) -> bytes:
    return struct.pack("<I", len(each)) + b"".join(each)


def winmail(
    files: Sequence[tuple[str, bytes]], text: str = "", kind: str = "IPM.Microsoft Mail.Note", page: int = 1251
) -> bytes:
    """Pack files and a text; their long names are Unicode, the short ones cut as in DOS."""
    pieces = [struct.pack("<IH", 0x223E9F78, 7)]
    pieces.append(attribute(1, 0x9006, struct.pack("<I", 0x10000), 8))
    pieces.append(attribute(1, 0x9007, struct.pack("<II", page, 0)))
    pieces.append(attribute(1, 0x8008, kind.encode() + b"\0", 7))
    if text:
        named = bytes(16) + struct.pack("<II", 0, 0x8530)
        said = (
            prop(0x3FDE, LONG, struct.pack("<I", 65001)),
            prop(0x8001, LONG, struct.pack("<I", 1), named),
            prop(0x1000, UNICODE, text.encode("utf-16-le") + b"\0\0"),
        )
        pieces.append(attribute(1, 0x9003, props(*said)))
    for name, content in files:
        pieces.append(attribute(2, 0x9002, bytes(14)))
        pieces.append(attribute(2, 0x8010, name[:8].encode("cp1251", "replace") + b"\0", 1))
        pieces.append(attribute(2, 0x800F, content))
        long = (
            prop(0x3007, TIME, bytes(8)),
            prop(0x3707, UNICODE, name.encode("utf-16-le") + b"\0\0"),
            prop(0x370E, STRING, b"application/pdf\0"),
        )
        pieces.append(attribute(2, 0x9005, props(*long)))
    return b"".join(pieces)
