"""How a mail says which process it starts: the address, the first words of the subject, the papers.

Owns: matching those signs. Which signs a process has stands in its rules file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_PREFIX = re.compile(r"^\s*(?:(?:re|fwd?|fw|отв|ответ|пересл|пер|вн)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ProcessSigns:
    """The signs of one process, folded: plus tags or aliases, first words, words of attachment names."""

    process: str
    tags: frozenset[str]
    openings: tuple[str, ...]
    papers: tuple[str, ...]

    def addressed(self, recipients: Collection[str], own: Iterable[str]) -> bool:
        """True when the mail went to docs+TAG@ or to TAG@ of our own domain."""
        for address in own:
            local, _, domain = address.partition("@")
            for tag in self.tags:
                if f"{local}+{tag}@{domain}" in recipients or f"{tag}@{domain}" in recipients:
                    return True
        return False

    def opens(self, said: str) -> bool:
        """True when the subject begins with one of its words, as a whole word."""
        return any(said == word or re.match(rf"{re.escape(word)}(?!\w)", said) for word in self.openings)

    def opening_of(self, subject: str) -> str:
        """Give the word the subject begins with, as written there; '' where it begins otherwise."""
        bare = subject.lstrip("[")
        folded = bare.lower().replace("ё", "е")
        words = sorted(self.openings, key=len, reverse=True)
        found = next((w for w in words if re.match(rf"{re.escape(w)}(?!\w)", folded)), "")
        return subject[: len(subject) - len(bare) + len(found)] if found else ""

    def guessed(self, names: Iterable[str], text: str) -> bool:
        """True when an attachment's name has one of its words."""
        return any(re.search(rf"(?<!\w){re.escape(word)}", fold(name)) for name in names for word in self.papers)


def signs(process: str, address: Iterable[str], subject: Iterable[str], attachment: Iterable[str]) -> ProcessSigns:
    """Fold the signs of a rules file once, so that matching is plain comparison."""
    return ProcessSigns(
        process,
        frozenset(tag.lower() for tag in address),
        tuple(fold(word) for word in subject),
        tuple(fold(word) for word in attachment),
    )


def subject_words(subject: str) -> str:
    """Give the subject folded, without Re:/Fwd: and brackets around its first word."""
    bare = fold(without_prefix(subject))
    return re.sub(r"^\[([^\]]{1,40})\]\s*", r"\1 ", bare).strip()


def without_prefix(subject: str) -> str:
    """Give the subject without Re:, Fwd: and their kin."""
    return _PREFIX.sub("", subject).strip()


def fold(text: str) -> str:
    """Lower case, ё as е, whitespace single."""
    return " ".join(text.lower().replace("ё", "е").split())
