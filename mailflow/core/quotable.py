"""A letter of ours as it may be quoted back: its words, and in the place of each secret as many marks.

Owns: what of a letter is kept once it has left. Its links, its reply address and its code open a door to whoever reads
them, so none of them is kept; whoever answers quotes the words, and those are compared (`quoted_back`).
Refuses to know: which secrets a letter carried (`writing`), where its words lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

HIDDEN = "ø"
"""Stands for one character of a secret: a letter to whoever counts words, and in no word of ours."""
_SHOWN = re.compile(r"\S")


@dataclass(frozen=True, slots=True)
class Quotable:
    """The two parts of a letter without its secrets; both '' where nothing was kept."""

    text: str
    html: str


def quotable(text: str, html: str, secrets: Iterable[str]) -> Quotable:
    """Give the words of a letter with every secret put out; a secret of blanks alone is none."""
    for secret in sorted(filter(str.strip, secrets), key=len, reverse=True):
        marks = _SHOWN.sub(HIDDEN, secret)
        text, html = text.replace(secret, marks), html.replace(secret, marks)
    return Quotable(text, html)


def hidden(word: str) -> str:
    """Give what stands in the kept letter where this word of a quote was a code; the word itself if it is none."""
    return HIDDEN * len(word) if word.isdecimal() else word
