"""winmail.dat: the files and the text Outlook packs into a format of its own when it takes the reader for an Outlook.

Owns: bytes -> what is packed. Refuses to know: the mail around it. Rule: [MS-OXTNEF] sections 2.1.3 and 2.2.
No count that stands in the bytes is believed, only what is really there, and that up to a limit.
May go wrong: a damaged file; what came before the damage is given and `whole` is False. The text as RTF is not read:
Outlook sends the same text beside it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mailflow.core.charsets import decode

TYPES = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
_SIGNATURE = 0x223E9F78
_FILES_LIMIT = 1_000
_STEPS_LIMIT = 200_000
"""Reads of a number or a value; a mail with a hundred files takes ten thousand."""

# Attributes of the stream.
_MESSAGE_CLASS, _BODY, _FILE_DATA, _FILE_TITLE = 0x8008, 0x800C, 0x800F, 0x8010
_NEXT_FILE, _PROPERTIES, _FILE_PROPERTIES, _CODE_PAGE = 0x9002, 0x9003, 0x9005, 0x9007
# Properties.
_TEXT, _HTML, _DISPLAY_NAME, _DATA = 0x1000, 0x1013, 0x3001, 0x3701
_SHORT_NAME, _LONG_NAME, _MIME_TYPE, _CONTENT_ID = 0x3704, 0x3707, 0x370E, 0x3712
_WANTED = frozenset((_TEXT, _HTML, _DISPLAY_NAME, _DATA, _SHORT_NAME, _LONG_NAME, _MIME_TYPE, _CONTENT_ID))
_EMBEDDED = bytes.fromhex("0703020000000000c000000000000046")

_OBJECT, _STRING, _UNICODE, _BINARY = 0x000D, 0x001E, 0x001F, 0x0102
_VARIABLE = frozenset((_OBJECT, _STRING, _UNICODE, _BINARY))
_FIXED = {0x0002: 2, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 2, 0x0014: 8,
          0x0040: 8, 0x0048: 16, 0x0000: 0, 0x0001: 0}  # fmt: skip
_MANY = 0x1000
_NAMED = 0x8000
_CODE_PAGES = {65001: "utf-8", 20866: "koi8-r", 21866: "koi8-u", 20127: "us-ascii", 28591: "iso-8859-1",
               28595: "iso-8859-5", 10007: "x-mac-cyrillic"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Packed:
    """One packed file: its name as it stands there, its type and Content-ID where they are said."""

    name: str = ""
    content_type: str = ""
    content: bytes = b""
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was packed. `kind`: Outlook's message class, such as `IPM.Note`; `html` in the charset it names itself."""

    kind: str
    text: str
    html: bytes
    files: tuple[Packed, ...]
    whole: bool


class _Damaged(Exception):
    """The bytes end before what they announce."""


class _Steps:
    """How many more reads one file is worth, over all its blocks."""

    def __init__(self) -> None:
        self.left = _STEPS_LIMIT

    def take(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _Damaged


class _Bytes:
    """Bytes that are taken from the front."""

    def __init__(self, data: memoryview, steps: _Steps) -> None:
        self._data = data
        self._steps = steps
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, length: int) -> memoryview:
        self._steps.take()
        if length > len(self._data) - self._at:
            raise _Damaged
        self._at += length
        return self._data[self._at - length : self._at]

    def number(self, form: str) -> int:
        found: int = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        return found

    def padded(self, length: int) -> memoryview:
        """Take bytes and what fills them up to four; the last of a block need not be filled up."""
        taken = self.take(length)
        self._at = min(len(self._data), self._at + -length % 4)
        return taken


def unpack(data: bytes) -> Unpacked | None:
    """Read a winmail.dat; None when it is none. Never raises."""
    if len(data) < 6 or struct.unpack("<I", data[:4])[0] != _SIGNATURE:
        return None
    steps = _Steps()
    reading = _Reading(steps)
    try:
        for attribute, value in _attributes(_Bytes(memoryview(data)[6:], steps)):
            reading.take(attribute, value)
    except _Damaged:
        reading.whole = False
    return Unpacked(reading.kind, reading.text, reading.html, tuple(reading.files), reading.whole)


def _attributes(stream: _Bytes) -> Iterator[tuple[int, memoryview]]:
    while stream:
        stream.take(1)
        attribute = stream.number("<H")
        stream.take(2)
        value = stream.take(stream.number("<I"))
        stream.take(2)
        yield attribute, value


class _Reading:
    """What has been read of the stream so far."""

    def __init__(self, steps: _Steps) -> None:
        self._steps = steps
        self.kind = ""
        self.text = ""
        self.html = b""
        self.files: list[Packed] = []
        self.whole = True
        self._charset = ""

    def take(self, attribute: int, value: memoryview) -> None:
        if attribute == _CODE_PAGE and len(value) >= 4:
            page = struct.unpack("<I", value[:4])[0]
            self._charset = _CODE_PAGES.get(page, f"cp{page}")
        elif attribute == _MESSAGE_CLASS:
            self.kind = self._string(value)
        elif attribute == _BODY:
            self.text = self.text or self._string(value)
        elif attribute == _PROPERTIES:
            self._message(value)
        elif attribute == _NEXT_FILE:
            self._begin_file()
        elif self.files:
            self._file(attribute, value)

    def _begin_file(self) -> None:
        if len(self.files) >= _FILES_LIMIT:
            raise _Damaged
        self.files.append(Packed())

    def _file(self, attribute: int, value: memoryview) -> None:
        file = self.files[-1]
        if attribute == _FILE_DATA:
            file = replace(file, content=bytes(value))
        elif attribute == _FILE_TITLE:
            file = replace(file, name=file.name or self._string(value))
        elif attribute == _FILE_PROPERTIES:
            file = self._described(file, value)
        self.files[-1] = file

    def _described(self, file: Packed, value: memoryview) -> Packed:
        said = dict(self._properties(value))
        names = (self._said(said, prop) for prop in (_LONG_NAME, _SHORT_NAME))
        content = bytes(said[_DATA][1]) if _DATA in said else file.content
        return Packed(
            next(filter(None, names), "") or file.name or self._said(said, _DISPLAY_NAME),
            self._said(said, _MIME_TYPE).lower(),
            content[16:] if content.startswith(_EMBEDDED) else content,
            self._said(said, _CONTENT_ID),
        )

    def _message(self, value: memoryview) -> None:
        said = dict(self._properties(value))
        self.text = self._said(said, _TEXT) or self.text
        if _HTML in said:
            kind, data = said[_HTML]
            self.html = self._value(kind, data).encode() if kind in (_STRING, _UNICODE) else bytes(data)

    def _said(self, said: dict[int, tuple[int, memoryview]], prop: int) -> str:
        return self._value(*said[prop]) if prop in said else ""

    def _value(self, kind: int, data: memoryview) -> str:
        if kind == _UNICODE:
            return bytes(data).decode("utf-16-le", "replace").rstrip("\x00").replace("\x00", "\ufffd")
        return self._string(data)

    def _string(self, data: memoryview) -> str:
        return decode(bytes(data).rstrip(b"\x00"), self._charset).text

    def _properties(self, block: memoryview) -> Iterator[tuple[int, tuple[int, memoryview]]]:
        """Give the wanted properties of a block with their kinds, up to where it is damaged."""
        stream = _Bytes(block, self._steps)
        try:
            stream.number("<I")  # How many they are; they end with the block.
            while stream:
                kind, prop = stream.number("<H"), stream.number("<H")
                if prop >= _NAMED:
                    _skip_name(stream)
                values = _values(stream, kind)
                if prop in _WANTED and values is not None:
                    yield prop, (kind & ~_MANY, values)
        except _Damaged:
            self.whole = False


def _skip_name(stream: _Bytes) -> None:
    stream.take(16)
    if stream.number("<I"):
        stream.padded(stream.number("<I"))
    else:
        stream.take(4)


def _values(stream: _Bytes, kind: int) -> memoryview | None:
    """Pass the values of one property and give the last that has a length of its own."""
    many, kind = kind & _MANY, kind & ~_MANY
    if kind in _VARIABLE:
        last = None
        for _ in range(stream.number("<I")):  # Each takes four bytes at least, so damage ends it.
            last = stream.padded(stream.number("<I"))
        return last
    if kind not in _FIXED:
        raise _Damaged
    stream.padded(_FIXED[kind] * (stream.number("<I") if many else 1))
    return None
