"""Dividers: the lines mail programs put between letters, from plain dashes to «Пересылаемое сообщение».

Owns: what such a line says. Refuses to know: what stands above and below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mailflow.core.quote_words import END_STEMS, FORWARD_SENTENCES, FORWARD_STEMS, ORIGINAL_STEMS, SCISSORS_STEMS

_DASHED = re.compile(r"[\s*_>]{0,20}[-–—_=]{2,}[\s*]{0,20}(\S.{0,200}?)[\s*]{0,20}[-–—_=]{2,}[\s*]*(.*)", re.DOTALL)
_SEPARATOR = re.compile(r"[\s\-–—_=*~#+.ᐧ]*")
_PLUSES = ("+", "++", "+++")
_LONG_LINE = 600


@dataclass(frozen=True, slots=True)
class Divider:
    """Words between dashes: what they say, and what a program wrote behind them on the same line."""

    words: str
    behind: str
    scissors: bool = False

    @property
    def opens_forward(self) -> bool:
        """True when a forwarded letter begins here."""
        if self.scissors:
            return _says(self.words, SCISSORS_STEMS) and not self.closes_forward
        return _says(self.words, FORWARD_STEMS) and not _says(self.words, END_STEMS)

    @property
    def closes_forward(self) -> bool:
        """True when a forwarded letter ends here."""
        stems = SCISSORS_STEMS if self.scissors else FORWARD_STEMS
        return _says(self.words, stems) and _says(self.words, END_STEMS)

    @property
    def opens_original(self) -> bool:
        """True when the letter that is answered (or, in a forward, forwarded) begins here."""
        return not self.scissors and _says(self.words, ORIGINAL_STEMS)


NO_DIVIDER = Divider("", "")


def divider(text: str) -> Divider:
    """Read a line as a divider; one without words when it is none."""
    if len(text) > 2000 or text.lstrip(" *_>\t")[:1] not in tuple("-–—_="):
        return NO_DIVIDER
    match = _DASHED.fullmatch(text.replace("8<", "==", 1).replace(">8", "==", 1))
    if match is None:
        return NO_DIVIDER
    return Divider(match[1].lower().replace("’", "'"), match[2], "8<" in text or ">8" in text)


def is_bare(text: str) -> bool:
    """Tell whether the line is only dashes or the like. `+` and `++` are answers."""
    said = text.strip()
    return 1 < len(said) < _LONG_LINE and said not in _PLUSES and _SEPARATOR.fullmatch(said) is not None


def is_mark(text: str) -> bool:
    """Tell whether the line holds no word: dashes, or one sign that a program leaves."""
    said = text.strip()
    return len(said) < _LONG_LINE and _is_mark(said)


@lru_cache(maxsize=256)
def _is_mark(said: str) -> bool:
    return said not in _PLUSES and _SEPARATOR.fullmatch(said) is not None


def parts_letters(text: str) -> bool:
    """Tell whether the line is only there to part letters: dashes, or «Исходное сообщение» between dashes."""
    return is_bare(text) or divider(text).opens_original


def introduces_forward(text: str) -> bool:
    """Tell whether the line, without dashes, may introduce a forwarded letter's header block."""
    said = text.strip(" *_").lower()
    if said.rstrip(".:") in FORWARD_SENTENCES:
        return True
    return said.endswith((":", "：")) and len(said) <= 60 and _says(said, FORWARD_STEMS)


def _says(words: str, stems: tuple[str, ...]) -> bool:
    return bool(words) and any(stem in words for stem in stems)
