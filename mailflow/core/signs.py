"""How a mail says which process it starts: the address, the first words of the subject, the papers.

Owns: matching those signs. Which signs a process has stands in its rules file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_PREFIX = re.compile(
    r"^\s*(?:(?:re|fwd?|fw|aw|wg|отв|ответ|пересл|переслано|пер|вн)\.?\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
_HEAD = re.compile(r"[\W_]*(?:(?:очень )?(?:срочно|важно|urgent|important|asap)\b[\W_]+)*", re.IGNORECASE)
"""What people put before the first word: brackets, quotes, «СРОЧНО!»."""


@dataclass(frozen=True, slots=True)
class ProcessSigns:
    """The signs of one process, folded: plus tags or aliases, first words, words of attachment names and of texts."""

    process: str
    tags: frozenset[str]
    openings: tuple[str, ...]
    papers: tuple[str, ...]
    texts: tuple[str, ...] = ()

    def addressed(self, recipients: Collection[str], own: Iterable[str]) -> bool:
        """True when the mail went to docs+TAG@ or to TAG@ of our own domain."""
        for address in own:
            local, _, domain = address.partition("@")
            for tag in self.tags:
                if f"{local}+{tag}@{domain}" in recipients or f"{tag}@{domain}" in recipients:
                    return True
        return False

    def opening(self, said: str) -> str:
        """Give the longest of its words the folded subject begins with, as a whole word; '' where none does."""
        return max((word for word in self.openings if _begins(said, word)), key=len, default="")

    def opening_of(self, subject: str) -> str:
        """Give that word as it is written at the head of the subject, marks around it included."""
        head = _HEAD.match(subject)
        start = head.end() if head else 0
        found = self.opening(subject[start:].lower().replace("ё", "е"))
        return subject[: start + len(found)] if found else ""

    def weight(self, names: Iterable[str], texts: Iterable[str]) -> int:
        """Say how much in the names of files and in texts (folded) speaks for it: letters of the words found."""
        in_names = sum(len(word) for name in names for word in self.papers if _within(fold(name), word))
        return in_names + sum(len(word) for text in texts for word in self.texts if _within(text, word))


def _begins(said: str, word: str) -> bool:
    return said.startswith(word) and not re.match(r"\w|-\w", said[len(word) : len(word) + 2])


def _within(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}", text) is not None


def signs(
    process: str, address: Iterable[str], subject: Iterable[str], attachment: Iterable[str], text: Iterable[str] = ()
) -> ProcessSigns:
    """Fold the signs of a rules file once, so that matching is plain comparison."""
    return ProcessSigns(
        process,
        frozenset(tag.lower() for tag in address),
        tuple(fold(word) for word in subject),
        tuple(fold(word) for word in attachment),
        tuple(fold(word) for word in text),
    )


def subject_words(subject: str) -> str:
    """Give the subject folded, without Re:/Fwd:, «Срочно!» and marks before its first word."""
    return fold(_HEAD.sub("", without_prefix(subject), count=1).replace("]", " ", 1))


def without_prefix(subject: str) -> str:
    """Give the subject without Re:, Fwd: and their kin."""
    return _PREFIX.sub("", subject).strip()


def fold(text: str) -> str:
    """Lower case, ё as е, whitespace single."""
    return " ".join(text.lower().replace("ё", "е").split())
