"""An opaquely signed mail (smime.p7m): it stands inside the signature, where no reader without S/MIME sees it.

Owns: finding the content that was signed. Refuses to know: whether the signature is good; nothing here proves a writer.
Rules: RFC 8551 section 3.5, RFC 5652, X.690 (BER). Time grows with the length alone.
May go wrong: an encrypted mail cannot be read, nor a damaged one; both say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailflow.core.mime import Part, Tree, content, field_parameters, read_tree
from mailflow.core.parameters import parameter

TYPES = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_LAYERS = 3
_ENCRYPTED = ("enveloped-data", "authenveloped-data")


def unsigned(root: Part) -> tuple[Part, tuple[str, ...]]:
    """Give the part a mail's text and files are to be read from, and defects; the root itself where none is signed."""
    defects: list[str] = []
    for _ in range(_LAYERS):
        if root.get_content_type() not in TYPES:
            break
        inner = _signed(root)
        if isinstance(inner, str):
            return root, (*defects, inner)
        defects += [*inner.defects, "smime: signature not checked"]
        root = inner.root
    return root, tuple(dict.fromkeys(defects))


def _signed(part: Part) -> Tree | str:
    """Open one layer; a defect where it cannot be."""
    if parameter(field_parameters(part, "content-type"), "smime-type").lower() in _ENCRYPTED:
        return "smime: encrypted"
    try:
        signed = signed_content(content(part)[0])
    except Damaged as damage:
        return f"smime: {damage}"
    return read_tree(signed) if signed else "smime: nothing inside"


class Damaged(Exception):
    """These bytes are no signed content; the text says why."""


def signed_content(data: bytes) -> bytes:
    """Give what a CMS SignedData holds, in DER or in BER, whole or in pieces. Raises `Damaged`."""
    view = memoryview(data)
    kind, wrapped = _first_two(view, _only(view, _SEQUENCE))
    if bytes(kind) != _SIGNED_DATA:
        raise Damaged(_OTHER_KINDS.get(bytes(kind), "no signed content"))
    inside = _children(view, _only(view, _SEQUENCE, wrapped))
    _version, _digests, encapsulated = (next(inside, None) for _ in range(3))
    if encapsulated is None or encapsulated.tag != _SEQUENCE:
        raise Damaged("no signed content")
    return b"".join(_octets(view, _inner(view, _first_two(view, encapsulated)[1]), 0))


_SEQUENCE, _OCTETS, _OCTET_PIECES, _IDENTIFIER, _EXPLICIT = 0x30, 0x04, 0x24, 0x06, 0xA0
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_OTHER_KINDS = {
    bytes.fromhex("2a864886f70d010703"): "encrypted",
    bytes.fromhex("2a864886f70d0109100117"): "encrypted",
    bytes.fromhex("2a864886f70d0109100109"): "compressed",
}
_DEPTH = 12
_OPEN = -1


@dataclass(frozen=True, slots=True)
class _Element:
    """One element of BER: its tag, where its content starts, and where it stops (`_OPEN`: where its end is marked)."""

    tag: int
    start: int
    stop: int


def _element(view: memoryview, at: int) -> _Element:
    if at + 2 > len(view):
        raise Damaged("cut off")
    tag, length, start = view[at], view[at + 1], at + 2
    if length == 0x80:
        return _Element(tag, start, _OPEN)
    if length > 0x80:
        more = length & 0x7F
        if more > 4 or start + more > len(view):
            raise Damaged("cut off")
        length, start = int.from_bytes(view[start : start + more], "big"), start + more
    if start + length > len(view):
        raise Damaged("cut off")
    return _Element(tag, start, start + length)


def _children(view: memoryview, parent: _Element) -> Iterator[_Element]:
    at = parent.start
    while parent.stop == _OPEN or at < parent.stop:
        child = _element(view, at)
        if parent.stop == _OPEN and _is_end(child):
            return
        yield child
        at = _after(view, child, 0)


def _after(view: memoryview, element: _Element, depth: int) -> int:
    """Give where the next element begins; one without a length is walked through."""
    if element.stop != _OPEN:
        return element.stop
    if depth > _DEPTH:
        raise Damaged("too deep")
    child = _element(view, element.start)
    while not _is_end(child):
        child = _element(view, _after(view, child, depth + 1))
    return child.stop


def _is_end(element: _Element) -> bool:
    return element.tag == 0 and element.start == element.stop


def _only(view: memoryview, tag: int, parent: _Element | None = None) -> _Element:
    found = _element(view, 0) if parent is None else _inner(view, parent)
    if found.tag != tag:
        raise Damaged("no signed content")
    return found


def _inner(view: memoryview, parent: _Element) -> _Element:
    """Give the first child."""
    found = next(_children(view, parent), None)
    if found is None:
        raise Damaged("nothing inside")
    return found


def _first_two(view: memoryview, parent: _Element) -> tuple[memoryview, _Element]:
    """Give the identifier a sequence begins with, and the explicitly tagged element behind it."""
    inside = _children(view, parent)
    kind, value = next(inside, None), next(inside, None)
    if kind is None or kind.tag != _IDENTIFIER or kind.stop == _OPEN:
        raise Damaged("no signed content")
    if value is None or value.tag != _EXPLICIT:
        raise Damaged("nothing inside")
    return view[kind.start : kind.stop], value


def _octets(view: memoryview, element: _Element, depth: int) -> Iterator[memoryview]:
    """Give a string of octets, whole or in pieces."""
    if element.tag == _OCTETS and element.stop != _OPEN:
        yield view[element.start : element.stop]
    elif element.tag == _OCTET_PIECES and depth < _DEPTH:
        for child in _children(view, element):
            yield from _octets(view, child, depth + 1)
    else:
        raise Damaged("no signed content")
