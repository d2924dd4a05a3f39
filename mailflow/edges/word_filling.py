"""Number and date written into a corrected draft: the places of a Word document filled, everything else left alone.

Owns: finding the content controls with the tags of `word.PLACES`, wherever in text, head or foot they stand, and the
archive around them. Refuses to know: which paper it is and what it says.

The document comes back from a person's word processor, so any bytes may come: entities are never resolved, parts and
archive are bounded, and what is no document is `BrokenPaper`. A document whose places are gone comes back as it was.
"""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
import zlib
from collections.abc import Mapping

from lxml import etree

from mailflow.edges.docx import LONGEST_XML, BrokenPaper, is_docx

PLACE = "mailflow."
"""How the tag of a place begins."""
LONGEST_ARCHIVE = 100 * 1024 * 1024
"""Bytes of all parts, unpacked."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PART = re.compile(r"word/(?:document|header\d{0,3}|footer\d{0,3})\.xml")
_BROKEN = (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, zlib.error, EOFError, OSError, ValueError)


async def filled_in(content: bytes, values: Mapping[str, str]) -> bytes:
    """Give the document filled, or the very same bytes where it has no places or is no Word document at all."""
    if not is_docx(content):
        return content
    try:
        return await asyncio.to_thread(filled, content, values)
    except BrokenPaper:
        return content


def filled(content: bytes, values: Mapping[str, str]) -> bytes:
    """Give the document with these places filled, by name; '' empties one. BrokenPaper for what is no document."""
    try:
        return _rewritten(content, {PLACE + name: value for name, value in values.items()})
    except _BROKEN as wrong:
        raise BrokenPaper(str(wrong)) from None


def _rewritten(content: bytes, values: Mapping[str, str]) -> bytes:
    kept = io.BytesIO()
    changed = False
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as out:
        if sum(part.file_size for part in parts.infolist()) > LONGEST_ARCHIVE:
            raise BrokenPaper(f"more than {LONGEST_ARCHIVE} bytes unpacked")
        for entry in parts.infolist():
            before = parts.read(entry)
            after = _part(before, values) if _PART.fullmatch(entry.filename) else before
            changed = changed or after is not before
            out.writestr(entry, after)
    return kept.getvalue() if changed else content


def _part(xml: bytes, values: Mapping[str, str]) -> bytes:
    """Give the part with its places filled; the very same bytes where it has none."""
    if len(xml) > LONGEST_XML or PLACE.encode() not in xml:
        return xml
    reader = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, reader)
    except etree.XMLSyntaxError as wrong:
        raise BrokenPaper(str(wrong)) from None
    places = [one for one in root.iter(f"{_W}sdt") if _tag(one) in values]
    for place in places:
        _write(place, values[_tag(place)])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True) if places else xml


def _tag(place: etree._Element) -> str:
    found = place.find(f"{_W}sdtPr/{_W}tag")
    return str(found.get(f"{_W}val", "")) if found is not None else ""


def _write(place: etree._Element, value: str) -> None:
    """Put the value where the first words of the place stand, and take the others out."""
    content = place.find(f"{_W}sdtContent")
    texts = list(content.iter(f"{_W}t")) if content is not None else []
    for number, text in enumerate(texts):
        text.text = value if number == 0 else ""
