"""The fresh part of a mail: what its writer wrote now, apart from quotes, tails and forwarded letters.

Owns: the choice of the part to read, and whether the parts agree. Refuses to know: what the words decide (`answers`).
Only a signature that the HTML part names as one is taken off here; any other stays in the text: a reader who knows
decisions tells better what is a signature and what is a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from mailflow.core import manners
from mailflow.core.banners import without_banners
from mailflow.core.html_text import html_lines
from mailflow.core.lines import Line, plain_lines
from mailflow.core.message import Message
from mailflow.core.quote_words import DANISH_FORWARD, FORWARD_SUBJECT, REPLY_SUBJECT
from mailflow.core.quotes import Forwarded, Kind, Parts, first_forward, is_mobile_tail, split

_NOT_WORDS = re.compile(
    r"<?(?:https?|ftp|mailto|tel|cid):[^\s<>]{1,2000}>?|<[^<>\s]{3,200}>|\[(?:image|cid|рисунок)[^\]]{0,200}\]",
    re.IGNORECASE,
)
_DEEPEST = 5
"""Letters forwarded within letters are told apart to this depth."""
_WORD = re.compile(r"[^\W_]+|\?+|[👍👎✅❌✔✖✗✘❎☒🚫⛔🙅🤦🤔❓❔+]")


@dataclass(frozen=True, slots=True)
class Original:
    """The letter that was forwarded, as its header block says; '' where it says nothing."""

    from_: str
    subject: str
    date: str
    text: str
    """All of it: what its writer said and quoted, and the letter he forwarded himself."""
    files: tuple[str, ...] = ()
    """Names of what is attached to it; of a letter forwarded in the text, of everything the mail brings."""
    original: Original | None = None
    """The letter forwarded in this one."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """`text`: the writer's own words, greeting and signature still in; quotes, banners and mobile tails gone.

    `original`: a forwarded letter (content, not quote), or None.
    `conflict`: the text and the HTML part say different things, hidden text was found, or words stand where nobody
    can tell whose they are. `page`: the writer's words as the HTML part lays them out, '' without one.
    `bodies`: what was read, the text part first: lines, and which of them are whose.
    """

    text: str
    original: Original | None = None
    conflict: bool = False
    page: str = field(default="", compare=False)
    bodies: tuple[Body, ...] = field(default=(), compare=False, repr=False)


class Body(NamedTuple):
    """One part of a mail as lines, and whose they are."""

    lines: tuple[Line, ...]
    parts: Parts


def fresh(message: Message) -> Fresh:
    """Give the writer's own words and the forwarded letter, if any. Pure; never raises."""
    kind = kind_of(message)
    text = _body_of(plain_lines(message.text), kind) if message.text.strip() else None
    html = _body_of(html_lines(message.html), kind) if message.html.strip() else None
    plain, page = text and text.parts, html and html.parts
    chosen = plain or page
    if chosen is None:
        return Fresh("", _attached(message))
    doubtful = any(parts is not None and parts.doubtful for parts in (plain, page))
    conflict = doubtful or _hides(page) or (plain is not None and page is not None and _differ(plain, page))
    forwarded = chosen.forwarded or (page.forwarded if page else None)
    original = _original(forwarded, message) if forwarded else _attached(message)
    laid_out = _text(_unsigned(page.own, page)) if page else ""
    bodies = tuple(body for body in (text, html) if body is not None)
    return Fresh(_text(_unsigned(chosen.own, page)), original, conflict, laid_out, bodies)


def _body_of(lines: tuple[Line, ...], kind: Kind) -> Body:
    parts = split(lines, kind)
    return Body(lines, replace(parts, own=without_banners(parts.own)))


def _unsigned(own: tuple[Line, ...], page: Parts | None) -> tuple[Line, ...]:
    """Take off the signature that the HTML part names as one, in this part whichever it is."""
    named = [line for line in page.own if line.signature and not line.hidden] if page else []
    if not any(line.text.strip() for line in named) or not manners.is_signature([line.text for line in named]):
        return own
    if any(line.signature for line in own):
        return tuple(line for line in own if not line.signature or line.hidden)
    return _without_tail(own, _said(named))


def _without_tail(own: tuple[Line, ...], words: list[str]) -> tuple[Line, ...]:
    """Take off the last lines when they say exactly these words."""
    said: list[str] = []
    for at in range(len(own) - 1, -1, -1):
        said = _said([own[at]]) + said
        if len(said) >= len(words):
            return own[:at] if said == words else own
    return own


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
    files = tuple(file.name for file in message.attachments if not file.inline)
    inner = _inner(forwarded.lines, subject, _DEEPEST) or _attached(message)
    return Original(headers.from_, subject, headers.date, _text(forwarded.lines), files, inner)


def _inner(lines: Sequence[Line], subject: str, levels: int) -> Original | None:
    """Find the letter that was forwarded inside a forwarded letter."""
    kind = Kind.FORWARD if FORWARD_SUBJECT.match(subject) else Kind.REPLY
    inner = first_forward(lines, kind) if levels else None
    if inner is None:
        return None
    title = inner.headers.subject or FORWARD_SUBJECT.sub("", subject, count=1)
    deeper = _inner(inner.lines, title, levels - 1)
    return Original(inner.headers.from_, title, inner.headers.date, _text(inner.lines), original=deeper)


def _attached(message: Message) -> Original | None:
    """Read a letter forwarded as an attachment; a returned letter inside a report is none."""
    if message.report_type or not message.nested:
        return None
    letter = message.nested[0]
    lines = plain_lines(letter.text) if letter.text.strip() else html_lines(letter.html)
    files = tuple(file.name for file in letter.attachments if not file.inline)
    inner = _inner(lines, letter.subject, _DEEPEST) or _attached(letter)
    return Original(letter.header("From"), letter.subject, letter.header("Date"), _text(lines), files, inner)


def _hides(page: Parts | None) -> bool:
    return page is not None and any(line.hidden and _words([line]) for line in page.own)


def _differ(plain: Parts, page: Parts) -> bool:
    """Compare the own words of both parts, signatures left out: their layout differs harmlessly."""
    return _words(_without_manners(plain.own)) != _words(_without_manners(page.own))


def _without_manners(own: Iterable[Line]) -> list[Line]:
    text = _text(own)
    return [Line(line) for line in manners.body(text).split("\n")]


def _words(lines: Iterable[Line]) -> Counter[str]:
    return Counter(_said(lines))


def _said(lines: Iterable[Line]) -> list[str]:
    return words_in(" ".join(line.text for line in lines))


def words_in(text: str) -> list[str]:
    """Give the words of a text as two renderings of one letter are compared by them: no links, no pictures."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return _WORD.findall(_NOT_WORDS.sub(" ", text))


def _text(lines: Iterable[Line]) -> str:
    seen = (line.text.rstrip() for line in lines if not line.hidden)
    return "\n".join(seen).strip()
