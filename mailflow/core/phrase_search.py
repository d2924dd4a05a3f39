"""How the phrases of the tables are found in a row of words.

Owns: the small language the tables are written in (`a/b`, `a?`, `стем*`), and the search, the longest phrase first.
Refuses to know: the phrases themselves (see `phrases`) and what they mean together (see `statements`).

The phrases stand in a tree of words, so that a row is read in the time of its length, whatever it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class _Node:
    """Where one has come after some words: what they say already, and which words may follow."""

    says: Says | None = None
    words: dict[str, _Node] = field(default_factory=dict)
    stems: dict[str, dict[str, _Node]] = field(default_factory=dict)

    def under(self, word: str) -> _Node:
        """Give the node of a word of the tables, made where it is not there."""
        if not word.endswith("*"):
            return self.words.setdefault(word, _Node())
        return self.stems.setdefault(word[:_STEM], {}).setdefault(word[:-1], _Node())

    def after(self, word: str) -> Iterator[_Node]:
        """Give the nodes a word of a text leads to."""
        if word in self.words:
            yield self.words[word]
        yield from (node for stem, node in self.stems.get(word[:_STEM], {}).items() if word.startswith(stem))


@dataclass(frozen=True, slots=True)
class Index:
    """Some of the tables, ready to be searched; `rows` are their phrases, each once."""

    rows: dict[tuple[str, ...], Says]
    root: _Node


def expand(line: str) -> Iterator[tuple[str, ...]]:
    """Give the rows of words one line of a table stands for."""
    choices = []
    for word in line.split():
        options = [word] if word in _WITH_A_STROKE else word.removesuffix("?").split("/")
        choices.append([*options, ""] if word.endswith("?") else options)
    for words in product(*choices):
        yield tuple(word for word in words if word)


def index(*wanted: Says) -> Index:
    """Give the phrases of these tables for a search; of equal phrases the first table's wins."""
    rows: dict[tuple[str, ...], Says] = {}
    for says in wanted:
        lines = PHRASES[says].replace("\n", ";").replace("ё", "е").split(";")
        for words in (words for line in lines if line.strip() for words in expand(line)):
            rows.setdefault(words, says)
    root = _Node()
    for words, says in rows.items():
        node = root
        for word in words:
            node = node.under(word)
        node.says = says
    return Index(rows, root)


def find(row: Sequence[Token], phrases: Index) -> tuple[Phrase, ...]:
    """Find the phrases in a row of tokens from left to right, the longest first, none over another."""
    found = []
    at = 0
    while at < len(row):
        match = _longest(row, at, at, phrases.root)
        if match:
            found.append(match)
        at = match.last + 1 if match else at + 1
    return tuple(found)


def _longest(row: Sequence[Token], first: int, at: int, node: _Node) -> Phrase | None:
    """Give the longest phrase that goes on at a token from a node; every phrase of the tables is a few words."""
    best = Phrase(node.says, first, at - 1) if node.says else None
    for following in node.after(row[at].word) if at < len(row) else ():
        longer = _longest(row, first, at + 1, following)
        if longer and (best is None or longer.last > best.last):
            best = longer
    return best
