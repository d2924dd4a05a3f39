"""Words typed into a quoted letter that nothing marks, as Outlook quotes: «Ок» above, «много!» in red below.

Owns: the signs that part of such a letter was not there when it was sent. Refuses to know: whose the words are and
what they decide; where they are found, the writer is asked.

Three signs: words in one of the colours people pick in Word, highlighted, struck or inserted, or in the style that
Outlook gives to typed answers, standing under words that are not (a letter coloured from its first line was written
so); and words below the last line of a letter of ours. What may go wrong: words typed in the very look of the letter
in its middle cannot be told from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailflow.core import manners
from mailflow.core.lines import Line
from mailflow.core.normal import word_list

_HANDS = frozenset(
    word_list(
        "c00000 ff0000 ffc000 ffff00 92d050 00b050 00b0f0 0070c0 002060 7030a0 1f497d 44546a 2f5496 1f3864 1f4e79 "
        "c45911 538135 000080 008000 993366"
    )
)
"""The colours Word offers first, and those it gave to answers by itself."""
_TYPED_NAMES = re.compile(r"emailstyle\d{1,3}|elementtoproof")
"""Outlook's style of a typed answer; the new Outlook's typed element (in a quote it is `x_elementToProof`)."""
_ENDS_OURS = re.compile(r"в историю заявки\b|into the history of request\b", re.IGNORECASE)
_COMPANY_OR_NUMBER = re.compile(r"\s*(?:—.{1,200}|[\w-]{3,40}\.?)\s*")
_MOST_LINES = 2000


def is_picked(colour: tuple[int, int, int] | None) -> bool:
    """Tell whether the colour is one that people pick for their own words."""
    return colour is not None and "{:02x}{:02x}{:02x}".format(*colour) in _HANDS


def is_typed_name(names: Sequence[str]) -> bool:
    """Tell whether one of these classes, in small letters, is what a mail program calls a typed answer."""
    return any(_TYPED_NAMES.fullmatch(name) for name in names)


def has_insertions(letter: Sequence[Line]) -> bool:
    """Tell whether somebody wrote into this letter, given without its header block and without letters below it."""
    said = [line for line in letter[:_MOST_LINES] if not line.blank]
    return _typed_between(said) or _below_ours(said)


def _typed_between(said: Sequence[Line]) -> bool:
    first = next((n for n, line in enumerate(said) if not line.typed), len(said))
    typed = [line.text for line in said[first:] if line.typed]
    return bool(typed) and not manners.is_signature(typed)


def _below_ours(said: Sequence[Line]) -> bool:
    end = next((n for n, line in enumerate(said) if _ENDS_OURS.search(line.text[:300])), len(said))
    below = [line.text for line in said[end + 1 :] if not line.hidden]
    while below and _COMPANY_OR_NUMBER.fullmatch(below[0]):
        below.pop(0)
    return bool(below) and not manners.is_signature(below) and not manners.is_disclaimer(" ".join(below))
