"""Where mail programs may see other parts than we do: a mail built so is unclear, and a person looks at it.

Owns: the forms of MIME that programs are known to read in different ways, whether or not two parsers here agree on
them. Refuses to know: which reading is right. Rules: RFC 2045, RFC 2046 section 5.1.1 (a boundary is compared with the
beginning of a line, which hardly any program does), RFC 2231.
What may go wrong: a program that writes such mails without ill will; its mails are held, none is lost.
The time grows with the length of the mail: lines are looked up in a table of boundaries, never compared with each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mailflow.core.encoded_words import unfold
from mailflow.core.mime import Part, children, disposition, parts, transfer_encoding
from mailflow.core.parameters import Written, parameters_written

_NAMED_ONCE = ("content-type", "content-disposition", "content-transfer-encoding")
_PARAMETERS = frozenset(("boundary", "charset", "name", "filename"))
_CODINGS = frozenset(("", "7bit", "8bit", "binary", "base64", "quoted-printable"))
_OLD_CODINGS = frozenset(("x-uuencode", "uuencode", "uue", "x-uue"))
_LIKE_A_CODING = re.compile(r"64|quot|print|uu|enc|[^a-z0-9._-]")
"""What makes an unknown encoding of a text look like one that some program decodes."""
_ELSEWHERE = {
    "text/rfc822": "a mail that calls itself a text",
    "message/partial": "a piece of a mail",
    "message/external-body": "a file that lies elsewhere",
}
_PARSED_OTHERWISE = {
    "MissingHeaderBodySeparatorDefect": "the head of a part breaks off",
    "FirstHeaderLineIsContinuationDefect": "the head of a part begins with a blank",
    "NoBoundaryInMultipartDefect": "no boundary",
    "InvalidMultipartContentTransferEncodingDefect": "parts that are encoded as a whole",
}
_DASHED = re.compile(rb"\n--([^\r\n]{0,250})|\r--([^\r\n]{0,250})")
_HEADS = re.compile(r"^content-(?:type|disposition|transfer-encoding)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_UUENCODED = re.compile(r"^begin [0-7]{3,4} \S[^\n]{0,250}\n[!-`]", re.MULTILINE)
_YENCODED = re.compile(r"^=ybegin [^\n]{0,120}\bname=", re.MULTILINE)


def unclear_structure(root: Part, raw: bytes) -> tuple[str, ...]:
    """Name, in words for the log, each form programs read in different ways; () for a mail all read alike."""
    found = [what for part in parts(root) for what in _unclear_part(part)]
    found += _parsed_otherwise(root)
    boundaries = frozenset(_boundary(part) for part in parts(root) if children(part)) - {b""}
    if boundaries:
        found += [*_nested_alike(root), *_unclear_lines(raw, boundaries)]
    return tuple(dict.fromkeys(f"structure-unclear: {what}" for what in found))


def hidden_in_text(text: str) -> tuple[str, ...]:
    """Name a file written into a text the way of before MIME: some programs show it as a file, some as letters."""
    hidden = _UUENCODED.search(text) or _YENCODED.search(text)
    return ("structure-unclear: a file within the text",) if hidden else ()


def _unclear_part(part: Part) -> Iterator[str]:
    yield from _doubled_fields(part)
    for check in _CHECKS:
        what = check(part)
        if what:
            yield what


def _parsed_otherwise(root: Part) -> Iterator[str]:
    """Name what the parser had to make up, but not in heads that are read again without it."""
    again = {id(root), *(id(child) for part in parts(root) if _is_wrapped(part) for child in children(part))}
    for part in parts(root):
        for defect in part.defects:
            what = _PARSED_OTHERWISE.get(type(defect).__name__, "")
            if what and not (id(part) in again and "head" in what):
                yield what


def _is_wrapped(part: Part) -> bool:
    """Tell whether a mail within is encoded as a whole, as some servers do: it is decoded, then read."""
    return part.get_content_maintype() == "message" and transfer_encoding(part) == "base64"


def _doubled_fields(part: Part) -> Iterator[str]:
    for name in _NAMED_ONCE:
        if len({" ".join(value.split()).lower() for value in _values(part, name)}) > 1:
            yield f"{name} twice"


def _doubled_parameters(part: Part) -> str:
    for name in _NAMED_ONCE[:2]:
        known: dict[str, str] = {}
        for each in _written(part, name):
            if each.name in _PARAMETERS and known.setdefault(each.name, each.value) != each.value:
                return f"{each.name} twice"
    return ""


def _split_boundary(part: Part) -> str:
    """RFC 2231 lets a boundary be cut or percent-encoded; few programs read it, and no one writes it."""
    split = any(each.name.startswith("boundary*") for each in _written(part, "content-type"))
    return "a boundary in pieces" if split else ""


def _odd_boundary(part: Part) -> str:
    if part.get_content_maintype() != "multipart":
        return ""
    for each in _written(part, "content-type"):
        if each.name == "boundary" and (each.value != each.value.strip() or not _plain(each.value)):
            return "a boundary that is none"
    return ""


def _plain(boundary: str) -> bool:
    return bool(boundary) and boundary.isascii() and boundary.isprintable()


def _opens_otherwise(part: Part) -> str:
    return _ELSEWHERE.get(part.get_content_type(), "")


def _odd_coding(part: Part) -> str:
    """An encoding not written plainly: some programs decode it, some do not."""
    coding = next(iter(_values(part, "content-transfer-encoding")), "").strip().lower()
    if coding in _CODINGS or coding in _OLD_CODINGS:
        return ""
    if part.get_content_maintype() == "text" and disposition(part) != "attachment":
        return "an unknown encoding" if _LIKE_A_CODING.search(coding.rstrip(";.")) else ""
    return "an unknown encoding"


def _around_parts(part: Part) -> str:
    """Words before the first part and after the last are shown by nobody; parts there, by some."""
    around = [text for text in (part.preamble, part.epilogue) if text]
    again = f"--{_boundary(part).decode('latin-1')}"
    if any(_HEADS.search(text) for text in around) or (part.epilogue and _line_begins(part.epilogue, again)):
        return "parts before the first or after the last"
    return ""


def _line_begins(text: str, start: str) -> bool:
    return text.startswith(start) or f"\n{start}" in text


_CHECKS: tuple[Callable[[Part], str], ...] = (
    _doubled_parameters,
    _split_boundary,
    _odd_boundary,
    _opens_otherwise,
    _odd_coding,
    _around_parts,
)


def _nested_alike(root: Part) -> Iterator[str]:
    """A boundary used again within itself ends the outer part for some, the inner one for others."""
    waiting: list[tuple[Part, frozenset[bytes]]] = [(root, frozenset())]
    while waiting:
        part, open_ = waiting.pop()
        own = _boundary(part) if children(part) else b""
        if own and own in open_:
            yield "a boundary within itself"
        waiting += [(child, open_ | {own} if own else open_) for child in children(part)]


def _unclear_lines(raw: bytes, boundaries: frozenset[bytes]) -> Iterator[str]:
    """Name lines that begin like a boundary and go on, and boundaries behind a lone CR."""
    lengths = sorted({len(each) for each in boundaries})
    for found in _DASHED.finditer(raw):
        line = (found[1] if found[1] is not None else found[2]).rstrip(b" \t")
        begun = [line[:n] for n in lengths if n <= len(line) and line[:n] in boundaries]
        if begun and found[2] is not None:
            yield "a boundary behind a lone CR"
        if begun and line not in boundaries and line.removesuffix(b"--") not in boundaries:
            # Where both are announced (`x` and `x_alt`), every program finds the same parts, however it joins them.
            yield "a line that begins like a boundary"


def _boundary(part: Part) -> bytes:
    return str(part.get_boundary("")).encode("latin-1", "replace")


def _values(part: Part, name: str) -> list[str]:
    raw = (value for key, value in part.raw_items() if key.lower() == name)
    return [unfold(value.encode("ascii", "surrogateescape")).decode("latin-1") for value in raw]


def _written(part: Part, name: str) -> tuple[Written, ...]:
    value = next(iter(_values(part, name)), "")
    return parameters_written(value.encode("latin-1"))
