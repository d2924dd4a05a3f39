"""The heading of a letter: «О согласовании технических условий», «Об оплате счёта № 57».

Owns: the rule of the preposition and of its case (ГОСТ Р 7.0.97, heading to the text). Refuses to know: where
the heading stands. «Об» stands before the sounds а, о, у, э, и, therefore also before an abbreviation said
letter by letter («Об НДС»); «О» before all others, е, ё, ю, я among them.

What may go wrong: words that do not begin with a noun («Просим согласовать») take no preposition; they stay as typed
and `sure` is False.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailflow.core.titles import decline_heading

_PREPOSITION = re.compile(r"(?:о|об|обо)\s+(?=\S)", re.IGNORECASE)
_OTHER_OPENING = re.compile(r"(?:по|в связи|на|касательно|относительно|к)\s", re.IGNORECASE)
_SPELT_OUT = re.compile(r"[ЛМНРСФ][БВГДЖЗЙКЛМНПРСТФХЦЧШЩ]+(?![а-яё])")
_ABBREVIATION = re.compile(r"[А-ЯЁ]{2,}(?![а-яё])")
_QUOTES = '«"“„('
_ME = re.compile(r"мне\b|всём\b|всем\b|всей\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as printed; `sure` is False where a person should look at it."""

    text: str
    sure: bool = True


def heading(typed: str) -> Heading:
    """Give the heading of a letter from what was typed as its matter."""
    words = " ".join(typed.split()).rstrip(" .")
    if not words:
        return Heading("")
    given = _PREPOSITION.match(words)
    if given:
        rest = words[given.end() :]
        return Heading(f"{_preposition(rest)} {rest}")
    if words[0] in _QUOTES:
        return Heading(words, sure=False)
    declined = words if _ABBREVIATION.match(words) else decline_heading(_lowered(words))
    if declined is None or _OTHER_OPENING.match(words):
        return Heading(words[:1].upper() + words[1:], bool(_OTHER_OPENING.match(words)))
    return Heading(f"{_preposition(declined)} {declined}")


def _preposition(rest: str) -> str:
    if _ME.match(rest):
        return "Обо"
    bare = rest.lstrip(_QUOTES)
    return "Об" if bare[:1].lower() in tuple("аоуэи") or _SPELT_OUT.match(bare) else "О"


def _lowered(words: str) -> str:
    """A heading typed as a sentence loses its capital behind «О»; a name or an abbreviation keeps its own."""
    first = words.split(" ")[0]
    return words if first[1:] != first[1:].lower() or len(first) < 2 else words[0].lower() + words[1:]
