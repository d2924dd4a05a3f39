"""How the phrases of the tables are found in a row of words.

Owns: the small language the tables are written in (`a/b`, `a?`, `стем*`), and the search, the longest phrase first.
Refuses to know: the phrases themselves (see `phrases`) and what they mean together (see `statements`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import product

from mailflow.core.normal import Token
from mailflow.core.phrases import PHRASES
from mailflow.core.says import Says

_WITH_A_STROKE = frozenset({"п/п"})
_STEM = 3
"""A stem is looked up by its first letters; shorter ones would be too greedy anyway."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase found: tokens `first` to `last` inclusive."""

    says: Says
    first: int
    last: int


def _expand(line: str) -> Iterator[tuple[str, ...]]:
    choices = []
    for word in line.split():
        options = [word] if word in _WITH_A_STROKE else word.removesuffix("?").split("/")
        choices.append([*options, ""] if word.endswith("?") else options)
    for words in product(*choices):
        yield tuple(word for word in words if word)


Index = dict[str, list[tuple[tuple[str, ...], Says]]]


def index(*wanted: Says) -> Index:
    """Give the phrases of these tables by their first word, the longest first; of equals the first table's wins."""
    found: dict[tuple[str, ...], Says] = {}
    for says in wanted:
        lines = PHRASES[says].replace("\n", ";").replace("ё", "е").split(";")
        for words in (words for line in lines if line.strip() for words in _expand(line)):
            found.setdefault(words, says)
    by_word: Index = {}
    for words, says in found.items():
        by_word.setdefault(_key(words[0]), []).append((words, says))
    for entries in by_word.values():
        entries.sort(key=_longest_first)
    return by_word


def _key(word: str) -> str:
    return f"{word[:_STEM]}*" if word.endswith("*") else word


def _longest_first(entry: tuple[tuple[str, ...], Says]) -> int:
    return -len(entry[0])


def find(row: Sequence[Token], phrases: Index) -> tuple[Phrase, ...]:
    """Find the phrases in a row of tokens from left to right, the longest first, none over another."""
    found = []
    at = 0
    while at < len(row):
        match = _longest(row, at, phrases)
        if match:
            found.append(match)
        at = match.last + 1 if match else at + 1
    return tuple(found)


def _longest(row: Sequence[Token], at: int, phrases: Index) -> Phrase | None:
    word = row[at].word
    entries = merge(phrases.get(word, ()), phrases.get(f"{word[:_STEM]}*", ()), key=_longest_first)
    for words, says in entries:
        if at + len(words) <= len(row) and all(map(_fits, words, row[at : at + len(words)])):
            return Phrase(says, at, at + len(words) - 1)
    return None


def _fits(word: str, token: Token) -> bool:
    return token.word.startswith(word[:-1]) if word.endswith("*") else token.word == word
