"""What the dictionary knows of one Russian word: its forms, its genders, whether it is a thing or a person.

Owns: the only door to pymorphy3. Refuses to know: names, positions, headings (they ask from here).

The dictionary (15 MB, memory-mapped) is read once, when the first question is put; the same question always
gets the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Any, Literal

_GENDERS: dict[str, tuple[Literal["m", "f"], ...]] = {"masc": ("m",), "femn": ("f",), "ms-f": ("m", "f")}
_ADJECTIVES = frozenset({"ADJF", "PRTF"})
_LONGEST_WORD = 60


Numbers = tuple[Literal["sing", "plur"], ...]
ONE: Numbers = ("sing",)
ONE_OR_MANY: Numbers = ("sing", "plur")


class Case(StrEnum):
    """A grammatical case, named as the dictionary names it."""

    NOMINATIVE = "nomn"
    GENITIVE = "gent"
    DATIVE = "datv"
    ACCUSATIVE = "accs"
    PREPOSITIONAL = "loct"


@cache
def _analyzer() -> Any:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")


def parses(word: str) -> tuple[Any, ...]:
    """Give every reading the dictionary has of a word; guesses only where it does not know the word."""
    if not word or len(word) > _LONGEST_WORD:
        return ()
    found = _analyzer().parse(word.lower())
    known = [one for one in found if one.is_known]
    return tuple(known or found)


def nominatives(word: str, parts: Iterable[str], numbers: Numbers = ONE) -> tuple[Any, ...]:
    """Give the readings of these parts of speech in the nominative, those of the first number first."""
    wanted = frozenset(parts)
    found = [one for one in parses(word) if one.tag.POS in wanted and "nomn" in one.tag]
    return tuple(one for number in numbers for one in found if one.tag.number == number)


def nouns(word: str, numbers: Numbers = ONE) -> tuple[Any, ...]:
    """Give the readings as a noun in the nominative, surnames and first names left out."""
    found = nominatives(word, ("NOUN",), numbers)
    return tuple(one for one in found if not {"Surn", "Name", "Patr"} & set(one.tag.grammemes))


def adjectives(word: str, numbers: Numbers = ONE) -> tuple[Any, ...]:
    """Give the readings as an adjective or participle in the nominative."""
    return nominatives(word, _ADJECTIVES, numbers)


def is_dative_person(word: str) -> bool:
    """Say whether the word can only be the dative of somebody: «Директору», «Заведующей», but not «Директор»."""
    found = [one for one in parses(word) if "datv" in one.tag and (one.tag.POS in _ADJECTIVES or "anim" in one.tag)]
    return bool(found) and not any("nomn" in one.tag for one in parses(word))


def nominative_plural(word: str) -> str:
    """Give the nominative of several people said in the dative: «Юристам»; '' where the word is not that."""
    found = (one for one in parses(word) if {"datv", "plur", "anim"} <= set(one.tag.grammemes) and one.is_known)
    return next((like(word, formed(one, Case.NOMINATIVE)) for one in found), "")


def is_genitive(word: str) -> bool:
    """Say whether the dictionary knows the word as a genitive: «закупок» after «регламент»."""
    return any("gent" in one.tag and one.is_known for one in parses(word)) and not is_adverb(word)


def is_adverb(word: str) -> bool:
    """Say whether the word is an adverb: «Временно»."""
    return any(one.tag.POS == "ADVB" for one in parses(word)[:1])


def genders(name: str, kind: Literal["Surn", "Name"]) -> frozenset[Literal["m", "f"]]:
    """Give the genders the dictionary has the surname or given name in; empty where it does not know it."""
    found = (one.tag.gender for one in nominatives(name, ("NOUN",)) if one.is_known and kind in one.tag)
    return frozenset(gender for tag in found for gender in _GENDERS.get(tag or "", ()))


def is_common_noun(word: str) -> bool:
    """Say whether the dictionary knows the word as an ordinary noun: «Щербина», «Орёл»."""
    return any(one.is_known for one in nouns(word))


def known_form(name: str, kind: Literal["Surn", "Name"], gender: Literal["m", "f"], case: Case) -> str | None:
    """Give the form of a surname or given name the dictionary knows for that gender; None where it does not."""
    for one in nominatives(name, ("NOUN",)):
        if one.is_known and kind in one.tag and gender in _GENDERS.get(one.tag.gender or "", ()):
            return like(name, formed(one, case))
    return None


def formed(reading: Any, case: Case, *more: str) -> str:
    """Put a reading into the case; the word itself where it has no such form."""
    form = reading.inflect({case.value, *more})
    return str(form.word) if form is not None else str(reading.word)


def of_person(reading: Any, case: Case) -> str:
    """Put a word for a person into the case: a man's accusative is his genitive, also where it means a thing."""
    is_his = reading.tag.gender == "masc" and case is Case.ACCUSATIVE
    return formed(reading, Case.GENITIVE if is_his else case, reading.tag.number)


def like(written: str, word: str) -> str:
    """Give the word with the capitals and the е of the one it comes from: ДИРЕКТОР, Секретарь-Референт, Семен."""
    if "ё" not in written.lower():
        word = word.replace("ё", "е")
    if written.isupper() and len(written) > 1:
        return word.upper()
    if "-" in written and written.count("-") == word.count("-"):
        pairs = zip(written.split("-"), word.split("-"), strict=True)
        return "-".join(like(before, after) for before, after in pairs)
    return word[:1].upper() + word[1:] if written[:1].isupper() else word
