"""A mail's text piece by piece: whose words each line is, and why it was not read as the writer's own.

Owns: the labels `mailflow explain` shows. Refuses to know: how a quote or a signature is found (`quotes`, `manners`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from mailflow.core import manners
from mailflow.core.banners import without_banners
from mailflow.core.html_text import html_lines
from mailflow.core.lines import Line, plain_lines
from mailflow.core.message import Message
from mailflow.core.quotes import Kind, Parts, is_mobile_tail, split
from mailflow.core.reply import kind_of


class Why(StrEnum):
    """What a piece of a mail's text is."""

    OWN = "own words"
    SIGNATURE = "signature or disclaimer"
    TAIL = "added by a mail program or gateway"
    FORWARDED = "forwarded letter"
    QUOTE = "quoted letter"
    HIDDEN = "hidden from the reader"


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring lines that are one thing."""

    why: Why
    text: str


def pieces_of(message: Message) -> tuple[Piece, ...]:
    """Give the text a decision is read from, from its first line to its last, each line once. Pure; never raises."""
    lines = plain_lines(message.text) if message.text.strip() else html_lines(message.html)
    return _pieces(lines, kind_of(message))


def other_pieces_of(message: Message) -> tuple[Piece, ...]:
    """Give the HTML beside the text, for a mail whose two parts say different things; () where there is one part."""
    both = message.text.strip() and message.html.strip()
    return _pieces(html_lines(message.html), kind_of(message)) if both else ()


def _pieces(lines: Sequence[Line], kind: Kind) -> tuple[Piece, ...]:
    labels = _with_headings(list(_labels(lines, split(lines, kind))))
    runs = groupby(zip(labels, lines, strict=True), key=lambda each: each[0])
    pieces = (Piece(why, "\n".join(line.text.rstrip() for _, line in run).strip("\n")) for why, run in runs)
    return tuple(piece for piece in pieces if piece.text.strip())


def _with_headings(labels: list[Why]) -> list[Why]:
    """The lines that introduce a forwarded letter belong to it."""
    for at in range(len(labels) - 1, 0, -1):
        if labels[at] is Why.FORWARDED and labels[at - 1] is Why.QUOTE:
            labels[at - 1] = Why.FORWARDED
    return labels


def _labels(lines: Sequence[Line], parts: Parts) -> Iterator[Why]:
    """Label every line; a blank one is what stands above it, so that it parts nothing."""
    kept = without_banners(parts.own)
    banners = {id(line) for line in parts.own} - {id(line) for line in kept}
    own = {id(line) for line in kept}
    said = _said(kept)
    forwarded = {id(line) for line in parts.forwarded.lines} if parts.forwarded else set()
    before = Why.OWN
    for line in lines:
        if not line.blank:
            before = Why.TAIL if id(line) in banners else _label(line, own, said, forwarded)
        yield before


def _label(line: Line, own: set[int], said: set[int], forwarded: set[int]) -> Why:
    if line.hidden:
        return Why.HIDDEN
    if id(line) in own:
        return Why.OWN if id(line) in said else Why.SIGNATURE
    if id(line) in forwarded:
        return Why.FORWARDED
    return Why.TAIL if not line.quoted and is_mobile_tail(line.text) else Why.QUOTE


def _said(own: Iterable[Line]) -> set[int]:
    """Find the own lines that stay when signature and disclaimers are taken off, in their order."""
    seen = [line for line in own if not line.hidden]
    kept = manners.body("\n".join(line.text.rstrip() for line in seen).strip()).split("\n")
    found, at = set(), 0
    for line in seen:
        if at < len(kept) and line.text.strip() == kept[at].strip():
            found.add(id(line))
            at += 1
    return found
