"""Which part of a mail is its text, which a file, which another mail.

Owns: one walk over the outer parts. The first nameless inline text/plain and text/html are the text;
a later nameless inline text of the same kind in the same multipart/mixed is joined to it (Apple Mail cuts
the text around its files); every other leaf is a file, so that nothing a mail carries is dropped.
A message/rfc822 part is a mail of its own: what it says is never said by the writer of the outer mail.
Refuses to know: who wrote the mail and what the text means.
Rules: RFC 2046, RFC 2183, RFC 3464, RFC 8098, RFC 5546.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mailflow.core import tnef
from mailflow.core.charsets import decode
from mailflow.core.headers import Field
from mailflow.core.mime import Part, children, content, disposition, encoded_length, field, field_parameters, fields
from mailflow.core.parameters import parameter

MAIL_TYPES = frozenset(("message/rfc822", "message/global", "message/news"))
TEXT_LIMIT = 1024 * 1024
"""Bytes of one text: what is longer was not written by hand, and is read no further."""
MARKUP_LIMIT = 50_000
"""Tags of one HTML text: a very long letter has a tenth of that."""
_REPORTS = {
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/disposition-notification": "disposition-notification",
    "message/global-disposition-notification": "disposition-notification",
    "message/feedback-report": "feedback-report",
}
_MEETINGS = (
    ("SCHEDULE.MEETING.RESP", "REPLY"),
    ("SCHEDULE.MEETING.REQ", "REQUEST"),
    ("SCHEDULE.MEETING.CAN", "CANCEL"),
)
_OUTLOOK_REPORTS = (
    (".IPNRN", "disposition-notification"),
    (".IPNNRN", "disposition-notification"),
    (".NDR", "delivery-status"),
)
"""What Outlook calls a mail in its own format, and what the standards call it."""
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}")
_RETURNED_HEADERS = frozenset(("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"))
_CALENDARS = frozenset(("text/calendar", "application/ics"))
_METHOD = re.compile(r"^METHOD(?:;[^:\r\n]{0,200})?:[ \t]*([A-Za-z-]{1,30})[ \t]*$", re.MULTILINE)
_DESERT = re.compile(r"(?<!\s)(\s{200})\s+")
"""Blanks without end: many a reader looks for words behind each of them anew. Two hundred part as well as a million."""
_SHORT = 4_000
_CID = re.compile(r"cid:([^\"'\s<>)]{1,300})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part that is not opened further: a text, a file, a report or a mail.

    `attached`: the part, or a container it stands in, is marked as an attachment.
    """

    part: Part
    parent: Part | None
    kind: str
    name: str
    attached: bool


@dataclass(frozen=True, slots=True)
class File:
    """One file as the mail gave it; `inline` when it belongs to the look of the text."""

    name: str
    content_type: str
    content: bytes
    inline: bool


@dataclass(frozen=True, slots=True)
class Body:
    """What the outer mail carries, in its order. `mails` are the parts that hold another mail."""

    text: str
    html: str
    files: tuple[File, ...]
    mails: tuple[Part, ...]
    calendar: str
    report_type: str
    report: str
    defects: tuple[str, ...]


def read_body(root: Part, hint: str = "") -> Body:
    """Sort the leaves of a mail into text, files, mails and report; never raises."""
    found = list(leaves(root, hint))
    defects: list[str] = []
    plain, html = _chosen(found, "text/plain"), _chosen(found, "text/html")
    markup = "\n".join(_text(leaf.part, defects) for leaf in html)
    reports = [leaf for leaf in found if leaf.kind in _REPORTS or leaf.kind in _RETURNED_HEADERS]
    mails = [leaf for leaf in found if leaf.kind in MAIL_TYPES]
    others = _without(found, [*plain, *html, *reports, *mails])
    shown = {name.lower() for name in _CID.findall(markup)}
    report_type = _report_type(root)
    body = Body(
        text="\n".join(_text(leaf.part, defects) for leaf in plain),
        html=markup,
        files=tuple(_file(leaf, shown, defects) for leaf in others),
        mails=tuple(leaf.part for leaf in mails),
        calendar=next((method for method in map(_method, found) if method), ""),
        report_type=report_type,
        report=_report(reports, mails if report_type else []),
        defects=tuple(dict.fromkeys(defects)),
    )
    return _without_winmail(body) if any(map(_is_winmail, body.files)) else body


def _is_winmail(file: File) -> bool:
    return file.content_type in tnef.TYPES or file.name.lower() == "winmail.dat"


def _without_winmail(body: Body) -> Body:
    """Put what Outlook packed in the place of the pack; what cannot be unpacked stays the file it is."""
    files: list[File] = []
    for file in body.files:
        packed = tnef.unpack(file.content) if _is_winmail(file) else None
        if packed is None or not packed.whole:
            files.append(file)
        if packed is not None:
            files += [_unpacked(each) for each in packed.files]
            body = _with_packed(body, packed)
    return replace(body, files=tuple(files))


def _unpacked(packed: tnef.Packed) -> File:
    kind = packed.content_type if _TYPE.fullmatch(packed.content_type) else "application/octet-stream"
    return File(packed.name, kind, packed.content, inline=bool(packed.content_id) and kind.startswith("image/"))


def _with_packed(body: Body, packed: tnef.Unpacked) -> Body:
    """Take the packed text where the mail has none beside it, and what Outlook says the mail is."""
    long = len(packed.text) > TEXT_LIMIT or len(packed.html) > TEXT_LIMIT or packed.html.count(b"<") > MARKUP_LIMIT
    if not body.text.strip() and not body.html.strip() and not long:
        body = replace(body, text=packed.text.replace("\r\n", "\n"), html=decode(packed.html).text)
    kind = packed.kind.upper().replace("IPM.MICROSOFT SCHEDULE.MTG", "IPM.SCHEDULE.MEETING.")
    method = next((method for sign, method in _MEETINGS if sign in kind), "")
    report = next(
        (report for sign, report in _OUTLOOK_REPORTS if kind.startswith("REPORT.") and kind.endswith(sign)), ""
    )
    troubles = (("winmail.dat: damaged", not packed.whole), (f"text-limit: {TEXT_LIMIT} bytes", long))
    defects = (*body.defects, *(trouble for trouble, is_so in troubles if is_so))
    return replace(body, calendar=body.calendar or method, report_type=body.report_type or report, defects=defects)


def leaves(root: Part, hint: str = "") -> Iterator[Leaf]:
    """Give the leaves of the outer mail in order; parts of a nested mail are not among them."""
    waiting: list[tuple[Part, Part | None, bool]] = [(root, None, False)]
    while waiting:
        part, parent, inside_file = waiting.pop()
        attached = inside_file or disposition(part) == "attachment"
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += [(child, part, attached) for child in reversed(children(part))]
        else:
            yield _leaf(part, parent, attached, hint)


def file_name(part: Part, hint: str = "") -> str:
    """Give the file name a part claims, decoded but not yet safe, or ''."""
    name = parameter(field_parameters(part, "content-disposition"), "filename", hint)
    return name or parameter(field_parameters(part, "content-type"), "name", hint)


def _leaf(part: Part, parent: Part | None, attached: bool, hint: str) -> Leaf:
    kind = part.get_content_type()
    if kind.startswith("multipart/"):
        # Announced as multipart, but no boundary was found: what is there is text.
        kind = "text/plain"
    return Leaf(part, parent, kind, file_name(part, hint), attached)


def _chosen(found: list[Leaf], kind: str) -> list[Leaf]:
    """Choose the leaves that are the text of one kind."""
    texts = [leaf for leaf in found if leaf.kind == kind and _is_text(leaf)]
    if not texts or texts[0].parent is None or texts[0].parent.get_content_type() != "multipart/mixed":
        return texts[:1]
    return [leaf for leaf in texts if leaf.parent is texts[0].parent]


def _is_text(leaf: Leaf) -> bool:
    """A named text is a file, except when the mail consists of nothing else."""
    return not leaf.attached and (not leaf.name or leaf.parent is None)


def _without(found: list[Leaf], taken: list[Leaf]) -> list[Leaf]:
    known = {id(leaf) for leaf in taken}
    return [leaf for leaf in found if id(leaf) not in known and not _is_empty_root(leaf)]


def _is_empty_root(leaf: Leaf) -> bool:
    """A mail cut off before its first part has nothing to offer."""
    return leaf.parent is None and not encoded_length(leaf.part)


def _text(part: Part, defects: list[str]) -> str:
    """Decode a text part, with LF line ends."""
    data, trouble = content(part)
    if len(data) > TEXT_LIMIT:
        data, trouble = data[: data.rfind(b"\n", 0, TEXT_LIMIT) + 1 or TEXT_LIMIT], f"text-limit: {TEXT_LIMIT} bytes"
    if data.count(b"<") > MARKUP_LIMIT and part.get_content_subtype() == "html":
        data, trouble = b"<".join(data.split(b"<", MARKUP_LIMIT)[:-1]), f"text-limit: {MARKUP_LIMIT} tags"
    declared = parameter(field_parameters(part, "content-type"), "charset")
    decoded = decode(data, declared)
    defects += [note for note in (trouble, decoded.note) if note]
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    return _DESERT.sub(r"\1", text) if len(text) > _SHORT else text


def _file(leaf: Leaf, shown: set[str], defects: list[str]) -> File:
    data, trouble = content(leaf.part)
    if trouble:
        defects.append(trouble)
    return File(leaf.name, leaf.kind, data, _is_inline(leaf, shown))


def _is_inline(leaf: Leaf, shown: set[str]) -> bool:
    """Files are what a person attached; pictures the text shows and nameless texts are not."""
    cid = field(leaf.part, "content-id").strip(b" <>").decode("latin-1").lower()
    if leaf.kind.startswith("image/") and cid and cid in shown:
        return True
    return not leaf.name and not leaf.attached and leaf.kind.startswith(("image/", "text/"))


def _method(leaf: Leaf) -> str:
    """Give the METHOD of a calendar part, from its Content-Type or its text."""
    if leaf.kind not in _CALENDARS:
        return ""
    declared = parameter(field_parameters(leaf.part, "content-type"), "method")
    found = _METHOD.search(_text(leaf.part, [])[:100_000])
    method = declared or (found[1] if found else "")
    return method.upper() if re.fullmatch(r"[A-Za-z-]{1,30}", method) else ""


def _report_type(root: Part) -> str:
    """Give the report-type of the outer multipart/report, or what its machine part shows."""
    waiting = [root]
    while waiting:
        part = waiting.pop(0)
        if part.get_content_type() == "multipart/report":
            declared = parameter(field_parameters(part, "content-type"), "report-type").lower()
            kinds = (_REPORTS.get(child.get_content_type(), "") for child in children(part))
            return declared[:60] or next(filter(None, kinds), "")
        if part.get_content_maintype() == "multipart":
            waiting += children(part)
    return ""


def _report(reports: list[Leaf], mails: list[Leaf]) -> str:
    """Write the machine-readable part, then the returned headers, as text."""
    pieces = [_machine_text(leaf.part) for leaf in reports]
    pieces += [_header_text(fields(child)) for leaf in mails for child in children(leaf.part)[:1]]
    return "\n\n".join(piece for piece in pieces if piece)


def _machine_text(part: Part) -> str:
    """Write a report part; the parser has taken its blocks of fields for mails."""
    blocks = children(part)
    if not blocks:
        return _text(part, []).strip()
    texts = [f"{_header_text(fields(block))}\n{_text(block, []).strip()}".strip() for block in blocks]
    return "\n\n".join(text for text in texts if text)


def _header_text(block: tuple[Field, ...]) -> str:
    return "\n".join(f"{field.name}: {decode(field.value).text}" for field in block)
