"""People named in a text, found in the directory: «вместо меня Петров П.П.», «за Смирнову», «p.petrov@...».

Owns: cutting the names out of a line and asking the directory who they may be. Refuses to know: what the
line wants of them. A name that fits two people is given with both: whoever asks has to say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailflow.core.directory import Directory, Person

_WORD = r"[A-ZА-ЯЁ][a-zа-яё]+(?:-[A-ZА-ЯЁ]?[a-zа-яё]+)?"
_INITIAL = r"[A-ZА-ЯЁ]\.[ ]?"
_NAME = re.compile(
    rf"[^\s<>@,;:()]{{1,64}}@[^\s<>@,;:()]{{1,255}}|(?:{_INITIAL}){{1,2}}{_WORD}"
    rf"|{_WORD}(?:[ ](?:{_INITIAL}){{1,2}}|(?:[ ]{_WORD}){{1,2}})?"
)
LONGEST_TEXT = 1000
_ENDINGS = ("ого", "ому", "ым", "ем", "ом", "ой", "ою", "ую", "ей", "ею", *"уаеюяыиойь")


@dataclass(frozen=True, slots=True)
class Mention:
    """One name as written, where it stands, and the ids of the people it may mean (not empty)."""

    text: str
    start: int
    people: tuple[str, ...]


def mentions(text: str, directory: Directory) -> tuple[Mention, ...]:
    """Give the people a text names, in its order; words that are nobody's name are passed over."""
    return tuple(_mentions(text[:LONGEST_TEXT], directory))


def _mentions(text: str, directory: Directory) -> Iterator[Mention]:
    place = 0
    while (found := _NAME.search(text, place)) is not None:
        words = found[0]
        people = who_is(words, directory)
        while not people and " " in words and "." not in words:
            words = words.rpartition(" ")[0]
            people = who_is(words, directory)
        place = found.start() + (len(words) if people else len(found[0].split(" ")[0]))
        if people:
            yield Mention(words, found.start(), people)


def who_is(name: str, directory: Directory) -> tuple[str, ...]:
    """Give the ids of the people a name may mean, in whatever case form and order it is written."""
    if "@" in name:
        known = directory.by_address(name.strip("."))
        return (known,) if known is not None else ()
    said = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", name.lower().replace("ё", "е"))
    return tuple(id_ for id_, person in directory.people.items() if said and _means(said, person))


def _means(said: list[str], person: Person) -> bool:
    """True where every word said is one of the person's names or its initial, and the surname is among them."""
    words = person.name.lower().replace("ё", "е").split()
    if len(words) == 1:
        return len(said) == 1 and _same(said[0], words[0])
    given_first = len(words) == 2 and person.name.isascii()
    surname, rest = (words[-1], words[:-1]) if given_first else (words[0], words[1:])
    if not any(_same(one, surname) for one in said):
        return False
    others = list(said)
    others.remove(next(one for one in said if _same(one, surname)))
    return len(others) <= len(rest) and all(_fits(one, name) for one, name in zip(others, rest, strict=False))


def _fits(said: str, name: str) -> bool:
    return name.startswith(said) if len(said) == 1 else _same(said, name)


def _same(said: str, name: str) -> bool:
    """Compare a name said in any case form or alphabet with the directory's: the stems are the same."""
    if said.isascii() != name.isascii():
        return _in_latin(said) == _in_latin(name)
    return said == name or (len(name) > 2 and len(said) > 2 and _stem(said) == _stem(name))


_LETTERS = dict(zip("абвгдезийклмнопрстуфхцчшщъыьэюя", (
    "a", "b", "v", "g", "d", "e", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h", "c", "ch",
    "sh", "sh", "", "i", "", "e", "iu", "ia",
), strict=True)) | {"ж": "zh"}  # fmt: skip
_ONE_SPELLING = (
    ("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("ts", "c"), ("tz", "c"), ("x", "ks"), ("w", "v"), ("ph", "f"),
    ("yo", "e"), ("jo", "e"), ("ye", "e"), ("je", "e"), ("y", "i"), ("j", "i"), ("ii", "i"), ("'", ""),
)  # fmt: skip


def _in_latin(word: str) -> str:
    """Give a name in one Latin spelling, whichever of the usual ones it is written in: Sergey, Sergei, Сергей."""
    latin = "".join(_LETTERS.get(letter, letter) for letter in word)
    for spelling, one in _ONE_SPELLING:
        latin = latin.replace(spelling, one)
    return latin


def _stem(word: str) -> str:
    """Strip the longest ending a Russian name may have, leaving at least three letters."""
    if word.isascii():
        return word
    ending = next((one for one in _ENDINGS if word.endswith(one) and len(word) - len(one) >= 3), "")
    return word.removesuffix(ending)
