"""A letter as the page shows it: headers, both parts, its files, its buttons.

Owns: turning a raw mail into what the templates print. Refuses to know: requests, mailboxes.
The HTML is never trusted: the page puts it into a sandboxed frame without scripts. Here its mailto
links become links to the page's own form, and all other links open a new tab.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote

from mailflow.core.message import Attachment, Message, parse
from mailflow.world import Letter

_MAILTO = re.compile(r"""href=(["'])mailto:([^"'<>\s]{1,4000})\1""", re.IGNORECASE)
_LINK = re.compile(r"""href=(["'])(?=https?://)""", re.IGNORECASE)
_TAG = re.compile(r"\+[^@]*@")
_ADDRESS = re.compile(r"https?://\S")
_HIGHEST = 6000


@dataclass(frozen=True, slots=True)
class _Measure:
    """How high letters turn out on a page: letters in a line, pixels of a line, of a table row, and to spare."""

    letters: int
    line: int
    row: int
    spare: int


# Fitted to the demo's own letters in a browser, so that none is cut.
_WIDE, _NARROW = _Measure(78, 24, 14, 105), _Measure(36, 20, 20, 215)


@dataclass(frozen=True, slots=True)
class Shown:
    """One letter of one mailbox. `id` names it by its content; `heights` of the frame, in pixels."""

    id: str
    mail: Message
    letter: Letter
    html: str
    heights: tuple[int, int]

    @property
    def sender(self) -> str:
        """Who wrote it, as a mail client says it."""
        return next((a.name or a.mail for a in self.mail.from_), "?")

    @property
    def recipient(self) -> str:
        """Whom it went to, without the tag of a reply address."""
        return next((a.name or _TAG.sub("@", a.mail) for a in self.mail.to), "?")

    @property
    def files(self) -> tuple[Attachment, ...]:
        """What is attached."""
        return self.mail.attachments

    @property
    def answered_to(self) -> str:
        """Where a reply goes."""
        return next((a.mail for a in (*self.mail.reply_to, *self.mail.from_)), "")


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail about to be written."""

    to: str = ""
    subject: str = ""
    body: str = ""


def shown(letter: Letter, person: str) -> Shown:
    """Give a letter as the page shows it to that person (an address)."""
    mail = parse(letter.raw)
    return Shown(letter_id(letter.raw), mail, letter, framed(mail.html, person), _heights(mail))


def letter_id(raw: bytes) -> str:
    """Name a letter by its content."""
    return hashlib.sha256(raw).hexdigest()[:20]


def framed(page: str, person: str) -> str:
    """Give the HTML part for the frame, its links leading out of it; '' stays ''."""
    if not page:
        return ""

    def form(match: re.Match[str]) -> str:
        target = quote(html.unescape(match[2]), safe="")
        return f'target="_top" href="/write?who={quote(person)}&amp;mailto={target}"'

    return _LINK.sub(r'target="_blank" rel="noopener noreferrer" href=\1', _MAILTO.sub(form, page))


def draft_of(mailto: str) -> Draft:
    """Read the part of a mailto: address after the colon (RFC 6068)."""
    to, _, query = mailto.partition("?")
    said = {name.lower(): values[-1] for name, values in parse_qs(query.replace("+", "%2B")).items()}
    return Draft(unquote(to), said.get("subject", ""), said.get("body", ""))


def _heights(mail: Message) -> tuple[int, int]:
    """Guess how high the frame must be for a letter of so much text, on a wide and a narrow page."""
    # Addresses stand behind buttons there, and empty lines are margins.
    lines = [line for line in mail.text.splitlines() if line.strip() and not _ADDRESS.search(line)]
    return _height(lines, mail.html, _WIDE), _height(lines, mail.html, _NARROW)


def _height(lines: Sequence[str], page: str, by: _Measure) -> int:
    filled = sum(1 + len(line) // by.letters for line in lines)
    return min(filled * by.line + page.count("<tr") * by.row + by.spare, _HIGHEST)
