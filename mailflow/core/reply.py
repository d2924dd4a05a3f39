"""The fresh part of a mail: what its writer wrote now, apart from quotes, tails and forwarded letters.

Owns: the choice of the part to read, and whether the parts agree. Refuses to know: what the words decide (`answers`).
Signatures stay in the text: a reader who knows decisions tells better what is a signature and what is a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from mailflow.core import manners
from mailflow.core.html_text import html_lines
from mailflow.core.lines import Line, plain_lines
from mailflow.core.message import Message
from mailflow.core.quote_words import DANISH_FORWARD, FORWARD_SUBJECT, REPLY_SUBJECT
from mailflow.core.quotes import Forwarded, Kind, Parts, is_mobile_tail, split

_NOT_WORDS = re.compile(
    r"<?(?:https?|ftp|mailto|tel|cid):[^\s<>]{1,2000}>?|<[^<>\s]{3,200}>|\[(?:image|cid|рисунок)[^\]]{0,200}\]",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+|[👍👎✅❌+]")


@dataclass(frozen=True, slots=True)
class Original:
    """The letter that was forwarded, as its header block says; '' where it says nothing."""

    from_: str
    subject: str
    date: str
    text: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """`text`: the writer's own words, greeting and signature still in; quotes and mobile tails gone.

    `original`: a forwarded letter (content, not quote), or None.
    `conflict`: the text and the HTML part say different things, or hidden text was found.
    """

    text: str
    original: Original | None = None
    conflict: bool = False


def fresh(message: Message) -> Fresh:
    """Give the writer's own words and the forwarded letter, if any. Pure; never raises."""
    kind = kind_of(message)
    plain = split(plain_lines(message.text), kind) if message.text.strip() else None
    page = split(html_lines(message.html), kind) if message.html.strip() else None
    chosen = plain or page
    if chosen is None:
        return Fresh("", _attached(message))
    conflict = _hides(page) or (plain is not None and page is not None and _differ(plain, page))
    forwarded = chosen.forwarded or (page.forwarded if page else None)
    original = _original(forwarded, message) if forwarded else _attached(message)
    return Fresh(_text(chosen.own), original, conflict)


def own_words(text: str) -> str:
    """Give a text without quotes as a decision is read from it: no tail of a phone, no signature, no disclaimer."""
    return manners.body("\n".join(line for line in text.split("\n") if not is_mobile_tail(line)))


def kind_of(message: Message) -> Kind:
    """Say what subject and headers tell of a letter below: answered, forwarded, or neither."""
    subject = message.subject
    if FORWARD_SUBJECT.match(subject) or (DANISH_FORWARD.match(subject) and not message.in_reply_to):
        return Kind.FORWARD
    is_reply = REPLY_SUBJECT.match(subject) or message.in_reply_to or message.references
    return Kind.REPLY if is_reply else Kind.FIRST


def _original(forwarded: Forwarded, message: Message) -> Original:
    headers = forwarded.headers
    subject = headers.subject or FORWARD_SUBJECT.sub("", message.subject, count=1)
    return Original(headers.from_, subject, headers.date, _text(forwarded.lines))


def _attached(message: Message) -> Original | None:
    """Read a letter forwarded as an attachment; a returned letter inside a report is none."""
    if message.report_type or not message.nested:
        return None
    inner = message.nested[0]
    text = inner.text if inner.text.strip() else _text(html_lines(inner.html))
    return Original(inner.header("From"), inner.subject, inner.header("Date"), text.strip())


def _hides(page: Parts | None) -> bool:
    return page is not None and any(line.hidden and _words([line]) for line in page.own)


def _differ(plain: Parts, page: Parts) -> bool:
    """Compare the own words of both parts, signatures left out: their layout differs harmlessly."""
    return _words(_body(plain.own)) != _words(_body(page.own))


def _body(own: Iterable[Line]) -> list[Line]:
    text = _text(own)
    return [Line(line) for line in manners.body(text).split("\n")]


def _words(lines: Iterable[Line]) -> Counter[str]:
    text = unicodedata.normalize("NFKC", " ".join(line.text for line in lines)).casefold().replace("ё", "е")
    return Counter(_WORD.findall(_NOT_WORDS.sub(" ", text)))


def _text(lines: Iterable[Line]) -> str:
    seen = (line.text.rstrip() for line in lines if not line.hidden)
    return "\n".join(seen).strip()
