"""The text of a .docx: a zip whose word/document.xml holds paragraphs (ECMA-376, part 1, 17.3).

Owns: bytes -> text, a line for each paragraph; what was struck out in review is left out, what was put in stays.
Refuses to know: tables, headers, footnotes, styles. Only the standard library is used.

What may go wrong: any bytes at all. A bomb is cut at `LONGEST_XML`, a document type declaration (entities could grow
without end) is refused, and whatever the parser says of the rest is `BrokenPaper`.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

LONGEST_XML = 20 * 1024 * 1024
PLACE = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACES = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


class BrokenPaper(ValueError):
    """These bytes are no document that can be read."""


def is_docx(content: bytes) -> bool:
    """Tell a .docx by its first sign and the name of its main part."""
    return content.startswith(b"PK\x03\x04") and PLACE.encode() in content


def docx_text(content: bytes, longest: int) -> str:
    """Give the text, at most so many characters of it; BrokenPaper for what is none."""
    xml = _main_part(content)
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise BrokenPaper("a document type declaration has no place in a .docx")
    pieces: list[str] = []
    room = longest
    try:
        for piece in _pieces(xml):
            pieces.append(piece)
            room -= len(piece)
            if room < 0:
                break
    except ElementTree.ParseError as wrong:
        raise BrokenPaper(str(wrong)) from None
    return "".join(pieces)[:longest]


def _main_part(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts, parts.open(PLACE) as part:
            xml = part.read(LONGEST_XML + 1)
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, zlib.error, EOFError, OSError) as wrong:
        raise BrokenPaper(str(wrong)) from None
    if len(xml) > LONGEST_XML:
        raise BrokenPaper(f"more than {LONGEST_XML} bytes of text part")
    return xml


def _pieces(xml: bytes) -> Iterator[str]:
    for _, element in ElementTree.iterparse(io.BytesIO(xml), events=("end",)):
        if element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag == f"{_W}p":
            yield "\n"
            element.clear()
        elif element.tag in _SPACES:
            yield _SPACES[element.tag]
