"""Lists a company keeps beside its rules: cash flow items, sites, payees; the values a choice may have.

Owns: a list as a value, which value a text names, and which values it may have meant. Refuses to know: files and
their formats, which field goes by which list.

A row is a value as cards show it, and further words for it: a code, a short name. Rows of one value are one. What may
go wrong: a word beside two values; it names neither, and whoever writes it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mailflow.core.money import fold

MOST_NEAR = 5
LEAST_LIKE = 0.3
"""Of the letters in threes two texts have, the share they must have in common to be called near."""
LONGEST_COMPARED = 100

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """The values, in their order, and the further words for them: (word, value)."""

    name: str
    values: tuple[str, ...] = ()
    also: Pairs = ()
    doubled: tuple[str, ...] = ()
    """Further words that stand beside two values, and so name neither."""


def reference_list(name: str, rows: Iterable[Sequence[str]]) -> ReferenceList:
    """Make a list of its rows: the value, then further words for it. A row without a value is passed over."""
    values: dict[str, str] = {}
    owners: dict[str, set[str]] = {}
    words: dict[str, str] = {}
    for row in rows:
        first, *further = (" ".join(cell.split()) for cell in row) if row else ("",)
        if not bare(first):
            continue
        value = values.setdefault(bare(first), first)
        for word in filter(bare, further):
            owners.setdefault(bare(word), set()).add(value)
            words.setdefault(bare(word), word)
    also = tuple((words[word], next(iter(named))) for word, named in owners.items() if len(named) == 1)
    doubled = tuple(words[word] for word, named in owners.items() if len(named) > 1 and word not in values)
    return ReferenceList(name, tuple(values.values()), also, doubled)


def bare(text: str) -> str:
    """Give a text without what does not matter to a choice: case, ё, quotes, a closing stop."""
    return fold(text).translate(_QUOTES).strip(" .,;")


_QUOTES = str.maketrans("", "", "«»\"'“”„")


@lru_cache(64)
def index_of(values: Sequence[str], also: Pairs = ()) -> dict[str, str]:
    """Give the value for every bare word; the value's own word goes before another's."""
    return {**{bare(word): value for word, value in also}, **{bare(value): value for value in values}}


def nearest(text: str, values: Sequence[str], also: Pairs = ()) -> tuple[str, ...]:
    """Give the values a text may have meant, the likest first, at most `MOST_NEAR`."""
    wanted = bare(text[:LONGEST_COMPARED])
    threes = _threes(wanted)
    likeness: dict[str, float] = {}
    for word, value in index_of(values, also).items():
        likeness[value] = max(likeness.get(value, 0.0), _likeness(wanted, threes, word))
    near = sorted((value for value, like in likeness.items() if like >= LEAST_LIKE), key=lambda v: -likeness[v])
    return tuple(near[:MOST_NEAR])


def _likeness(wanted: str, threes: frozenset[str], word: str) -> float:
    """Say how like two texts are, from 0 to 1; one that holds the other whole is very like it."""
    if len(word) > 2 and len(wanted) > 2 and (f" {word} " in f" {wanted} " or f" {wanted} " in f" {word} "):
        return 0.9
    theirs = _threes(word)
    common = len(threes & theirs)
    return common / max(1, min(len(threes), len(theirs))) if common else 0.0


def _threes(text: str) -> frozenset[str]:
    padded = f"  {text} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))
