"""What is looked for, and what was found: a question as a value, a case with the place in which it says so.

Owns: what a card says to be found by, the lines of the answer and their snippets. Refuses to know: databases, HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailflow.core.card_texts import title
from mailflow.core.case import Case, FieldValue
from mailflow.core.office import Office
from mailflow.core.register_columns import state_words
from mailflow.core.search_words import forms_of, shared
from mailflow.core.sight import Sight
from mailflow.core.views import Language

PAGE = 20
IN_A_LETTER = 10
LONGEST_PASSAGE = 50_000
LONGEST_QUESTION = 200
_AROUND = 90
_SPOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """The text of one mail or one file of a case; `source` names it: `mail/<id>`, `file/<sha256>`."""

    case: str
    source: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """Cases that hold every word, newest first, from the one after `before` on, as far as he may see them."""

    words: tuple[tuple[str, ...], ...]
    """Each as its forms."""
    sight: Sight
    before: int | None = None
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found, and its place in the order of the index."""

    place: int
    case: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a snippet; `found`: one of the words looked for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A case as the answer shows it; `where` is '' for its card, else the mail's subject or the file's name."""

    case: str
    number: str
    title: str
    state: str
    opened: str
    where: str
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class FoundView:
    """A page of answers; `next` begins the next one, '' on the last."""

    asked: str
    said: bool
    """There was a word to look for."""
    lines: tuple[FoundLine, ...]
    next: str


def card_text(case: Case, office: Office) -> str:
    """Give everything the card itself says, its titles first."""
    fields = [one for value in case.fields.values() for one in _texts(value)]
    comments = [a.decision.comment for a in case.assignments if a.decision is not None]
    titles = dict.fromkeys((title(case, office, "ru"), title(case, office, "en")))
    names = [file.name for file in case.files]
    said = (case.number, *titles, case.subject, *fields, *names, *comments, *(one.text for one in case.opinions))
    return "\n".join(line for line in said if line)


def found_line(
    case: Case, passages: Sequence[Passage], asked: tuple[tuple[str, ...], ...], office: Office, language: Language
) -> FoundLine:
    """Give the line of a case, with the first place that holds the most of the words."""
    card = Passage(case.id, "", "", card_text(case, office))
    best = max((card, *passages), key=lambda one: _held(one.text, asked))
    return FoundLine(
        case=case.id,
        number=case.number,
        title=title(case, office, language),
        state=state_words(case, office, language),
        opened=office.shown_day(case.opened_at, language),
        where=best.title,
        snippet=tuple(snippet(best.text, asked)),
    )


def snippet(text: str, asked: tuple[tuple[str, ...], ...]) -> Iterator[Piece]:
    """Give the text around the first word found, the words found apart; its beginning where none stands alone in it."""
    marks = [found.span() for found in _SPOKEN.finditer(text) if _is_one(found[0], asked)]
    first = marks[0][0] if marks else 0
    start = max(0, first - _AROUND)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = first + 2 * _AROUND
    place = start
    if start:
        yield Piece("… ", False)
    for begin, finish in marks:
        if begin >= end:
            break
        yield Piece(_one_line(text[place:begin]), False)
        yield Piece(text[begin:finish], True)
        place = finish
    rest = text[place : max(place, end)]
    yield Piece(_one_line(rest) + (" …" if end < len(text) else ""), False)


def _held(text: str, asked: tuple[tuple[str, ...], ...]) -> int:
    """Count how many of the words stand in the text."""
    left = set(asked)
    for found in _SPOKEN.finditer(text):
        forms = forms_of(_folded(found[0]))
        left -= {one for one in left if not set(forms).isdisjoint(one)}
        if not left:
            break
    return len(asked) - len(left)


def _is_one(word: str, asked: tuple[tuple[str, ...], ...]) -> bool:
    return shared(forms_of(_folded(word)), asked)


def _folded(word: str) -> str:
    return word.lower().replace("ё", "е")


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _texts(value: FieldValue) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()
