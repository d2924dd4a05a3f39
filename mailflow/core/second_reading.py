"""What mail-parser reads in the same tree: where it disagrees, a person looks.

Owns: the comparison of writers' addresses and of attached files between mail-parser and ours.
Refuses to know: which of the two is right. May go wrong: mail-parser raises on some broken mails
(a multipart whose boundary never comes among them); that is a defect of the mail, not an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

from mailparser import core, utils

from mailflow.core.bodies import file_name
from mailflow.core.mime import (
    Part,
    children,
    content,
    disposition,
    encoded,
    encoded_length,
    field,
    is_uuencoded,
    parts,
    transfer_encoding,
)

# mail-parser writes header values of strangers to the log; what matters of them becomes a defect.
core.log.disabled = utils.log.disabled = True

_FLATTENED_LIMIT = 64 * 1024 * 1024
_FOLDED_LIMIT = 10_000**2
"""About half a second of the standard library's header folding."""
_UUENCODED_LINES = 50_000
_COMPARED = frozenset(
    ("from", "mime-version", "content-type", "content-disposition", "content-transfer-encoding", "content-id")
)
_NEVER_LISTED = frozenset(("text", "multipart", "message"))


class _Second(core.MailParser):  # type: ignore[misc]
    """mail-parser without the two dictionaries of every decoded header, which nobody here asks for."""

    def _make_mail(self, complete: bool = True) -> dict[str, object]:
        return {}


def disagreements(root: Part, size: int, writers: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """List where mail-parser reads the tree differently; `writers` are our addresses of From and Sender.

    `size`: length of the mail in bytes. Never raises.
    """
    flattened = sum(_is_flattened(part) for part in parts(root))
    if flattened * size > _FLATTENED_LIMIT or flattened * _folding(root) > _FOLDED_LIMIT or _is_long_uuencoded(root):
        return ("mail-parser: not asked, it would take too long",)
    try:
        second = _Second(_bare(root))
        theirs = {"From": [mail for _, mail in second.from_], "Sender": _sender(root)}
        files = _listed(second.attachments)
    except Exception as error:  # Any error of a stranger's parser over a stranger's mail is one answer.
        return (f"mail-parser: {type(error).__name__}",)
    return (*_addresses(writers, theirs), *_files(root, files))


def _bare(part: Part) -> Part:
    """Give the same mail with the headers alone that are compared: to read every trace costs more than all the rest."""
    bare = copy(part)
    # In one step: to delete names one by one takes the square of their number, which the sender chooses.
    bare._headers = list(_compared(part))  # type: ignore[attr-defined]
    if part.is_multipart():
        bare.set_payload([_bare(each) for each in children(part)])
    return bare


def _compared(part: Part) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in part.raw_items() if name.lower() in _COMPARED)


def _folding(root: Part) -> int:
    """Estimate the work of writing out the headers: for one that is not ASCII it grows with its length's square."""
    values = (str(value) for part in parts(root) for _, value in _compared(part))
    return sum(len(value) ** 2 for value in values if not value.isascii())


def _is_flattened(part: Part) -> bool:
    """mail-parser writes an attached container out as text, once more for each that stands in another."""
    return part.is_multipart() and disposition(part) == "attachment"


def _is_long_uuencoded(root: Part) -> bool:
    """The standard library decodes uuencoded text a line at a time, in Python."""
    return any(is_uuencoded(part) and encoded(part).count(b"\n") > _UUENCODED_LINES for part in parts(root))


def _sender(root: Part) -> list[str]:
    return [mail for _, mail in utils.get_addresses(root.get("Sender"))]


def _addresses(ours: dict[str, tuple[str, ...]], theirs: dict[str, list[str]]) -> Iterator[str]:
    for name, mails in ours.items():
        if [mail.lower() for mail in mails] != [mail.lower() for mail in theirs[name] if mail]:
            yield f"addresses-differ: {name}"


def _files(root: Part, theirs: list[int]) -> Iterator[str]:
    if root.get_content_type() == "multipart/report":
        return
    ours = sorted(_length(part) for part in parts(root) if _is_file(part))
    if ours != theirs:
        yield f"attachments-differ: {len(ours)} and {len(theirs)} by mail-parser"


def _listed(attachments: list[dict[str, object]]) -> list[int]:
    """Measure mail-parser's list by the base64 text of each file; an attached container is -1."""
    return sorted(len(str(each["payload"])) if each["binary"] else -1 for each in attachments)


def _is_file(part: Part) -> bool:
    """Tell whether every reader should list this part as a file."""
    attached = disposition(part) == "attachment"
    if part.is_multipart():
        return attached
    if attached or file_name(part):
        return True
    return part.get_content_maintype() not in _NEVER_LISTED or bool(
        field(part, "content-id") and part.get_content_subtype() not in ("plain", "html")
    )


def _length(part: Part) -> int:
    if part.is_multipart():
        return -1
    if transfer_encoding(part) == "base64":
        return encoded_length(part)
    return 4 * ((len(content(part)[0]) + 2) // 3)
