"""Links of ours that came back inside a mail: somebody quoted, forwarded or pasted a letter of ours.

Owns: finding them, wherever in the mail they stand. Such a mail is kept byte for byte, as evidence must be; so what
it quotes is in many hands from then on (whoever reads the case, the file store, a backup, a package of evidence), and
the digits printed beside the link no longer show that somebody holds the letter.
Refuses to know: what a link still does then (`respond`). May go wrong: a picture or a packed file of a letter is not
read; the digits in it are no easier to come by than the letter itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailflow.core.message import Attachment, Message, parse
from mailflow.core.tokens import TEXT_LENGTH, TOKEN_TEXT, KeyRing, read_token

_LARGEST_READ = 1024 * 1024
_MOST_LOOKED_AT = 20_000
"""Words of a token's form in one mail: each costs a few microseconds, and a true mail has a dozen."""


def links_in(message: Message, ring: KeyRing) -> Sequence[str]:
    """Give what the store keeps of every link of ours the mail carries, as `read_token` does."""
    found: dict[str, None] = {}
    for text in filter(_may_hold_one, _texts(message)):
        for each in TOKEN_TEXT.finditer(text):
            if len(found) >= _MOST_LOOKED_AT:
                break
            found[each[0].lower()] = None
    hashes = (read_token(text, "decide", ring) for text in found)
    return tuple(hash_ for hash_ in hashes if hash_ is not None)


_MASK = bytes(ord("a") if chr(code).lower() in "abcdefghijklmnopqrstuvwxyz234567" else 0 for code in range(256))
_LEAST_RUN = b"a" * TEXT_LENGTH


def _may_hold_one(text: str) -> bool:
    """Tell quickly that a text holds no run of letters long enough: of a PDF that takes a hundredth of searching it."""
    return _LEAST_RUN in text.encode("latin-1", "replace").translate(_MASK)


def _texts(message: Message) -> Iterator[str]:
    yield from (message.subject, message.text, message.html, message.report)
    yield from (value for _, value in message.headers)
    for nested in message.nested:
        yield from _texts(nested)
    for file in message.attachments:
        if len(file.content) <= _LARGEST_READ:
            yield from _texts_of_file(file)


def _texts_of_file(file: Attachment) -> Iterator[str]:
    """A letter saved as a file is read as the mail it is, and as it stands."""
    if file.name.lower().endswith(".eml"):
        inner = parse(file.content)
        yield from (inner.text, inner.html)
        yield from (within.content.decode("latin-1") for within in inner.attachments)
    yield file.content.decode("latin-1")
