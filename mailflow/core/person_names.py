"""A person's name on paper: read from what was typed, shortened, and its gender where it can be known.

Owns: «Лагунин В.А.», «В. А. Лагунин», «Виктор Андреевич Лагунин», «Мамедов Рашид Али оглы» -> one value.
Refuses to know: who the person is, cases (see `declension`).

What may go wrong: a surname alone seldom tells a man from a woman («Ким», «Черных», «Щербина»). Then the
gender is None, and whoever asks must do without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from mailflow.core import morphology

Gender = Literal["m", "f"]

_WORD = r"[А-ЯЁ][а-яё]+(?:[-’'][А-ЯЁ]?[а-яё]+)*"
_INITIALS = r"[А-ЯЁ]\.?\s?[А-ЯЁ]\.|[А-ЯЁ]\."
_PATRONYMIC = (
    rf"{_WORD}\s(?:[Оо]глы|[Кк]ызы|[Уу]улу|[Гг]ызы|[Уу]лы)"
    r"|[А-ЯЁ][а-яё]{1,30}(?:(?:вич|ьич|мич|кич|тич)(?:а|у|ем)?|(?:вн|чн|шн)(?:а|ы|е|у|ой))"
)
_FORMS = tuple(
    re.compile(rf"(?<![\w.-])(?:{form})$")
    for form in (
        rf"(?P<surname>{_WORD})\s(?P<initials>{_INITIALS})",
        rf"(?P<initials>{_INITIALS})\s?(?P<surname>{_WORD})",
        rf"(?P<surname>{_WORD})\s(?P<given>{_WORD})\s(?P<patronymic>{_PATRONYMIC})",
        rf"(?P<given>{_WORD})\s(?P<patronymic>{_PATRONYMIC})\s(?P<surname>{_WORD})",
        rf"(?P<given>{_WORD})\s(?P<patronymic>{_PATRONYMIC})",
    )
)
_LONGEST = 200

_MALE_PATRONYMIC = re.compile(r"(?:ич|оглы|улы|уулу)$", re.IGNORECASE)
_FEMALE_PATRONYMIC = re.compile(r"(?:вна|чна|шна|кызы|гызы)$", re.IGNORECASE)
_MALE_SURNAME = re.compile(r"(?:[оеё]в|ский|цкий|..[иы]н)$")
_FEMALE_SURNAME = re.compile(r"(?:[оеё]ва|ская|цкая|..[иы]на)$")
_LATIN_PATRONYMIC = re.compile(r"[a-z](?:ich|vna|chna|shna)$")
"""Of a Russian name in Latin letters: it says that the surname stands first."""
_BY_TAG: dict[str, Gender | None] = {"masc": "m", "femn": "f", "neut": None}


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in parts; `given` and `patronymic` may be initials («В.») or ''."""

    surname: str
    given: str = ""
    patronymic: str = ""

    @property
    def initials(self) -> str:
        """«В.А.», or '' without a given name."""
        return "".join(f"{word[0].upper()}." for word in (self.given, self.patronymic) if word)

    @property
    def short(self) -> str:
        """«Лагунин В.А.», as texts and tables have it."""
        return f"{self.surname} {self.initials}".strip()

    @property
    def full(self) -> str:
        """«Лагунин Виктор Андреевич»; initials stay initials."""
        return f"{self.surname} {self.given} {self.patronymic}".strip()

    @property
    def has_given_names(self) -> bool:
        """True where both given name and patronymic are written out."""
        return not self.given.endswith(".") and bool(self.given and self.patronymic)


def find_name(text: str) -> tuple[str, PersonName] | None:
    """Split off the name a text ends with: («Начальник управления», Лагунин В.А.); None where it ends with none."""
    line = " ".join(text.split())[-_LONGEST:]
    for form in _FORMS:
        found = form.search(line)
        if found is not None:
            return line[: found.start()].rstrip(" ,"), _from(found.groupdict())
    return None


def read_name(text: str) -> PersonName:
    """Read a text that is a name and nothing else; words in no known order are surname, given name, patronymic."""
    found = find_name(text)
    if found is not None and not found[0]:
        return found[1]
    words = text.split()
    if len(words) == 3 and _LATIN_PATRONYMIC.search(words[2]):
        return PersonName(*words)
    if words and words[0].isascii():
        return PersonName(words[-1], *words[: min(len(words) - 1, 2)])
    return PersonName(words[0], " ".join(words[1:2]), " ".join(words[2:])) if words else PersonName("")


def gender_of(name: PersonName) -> Gender | None:
    """Tell the gender by the patronymic, the given name, or a surname only one gender has; else None."""
    if _MALE_PATRONYMIC.search(name.patronymic):
        return "m"
    if _FEMALE_PATRONYMIC.search(name.patronymic):
        return "f"
    by_given = morphology.genders(name.given, "Name") if name.given and not name.given.endswith(".") else frozenset()
    return _only(by_given) or _by_surname(name.surname)


def _from(parts: dict[str, str | None]) -> PersonName:
    initials = re.findall(r"[А-ЯЁ]", parts.get("initials") or "")
    if initials:
        return PersonName(parts["surname"] or "", *(f"{letter}." for letter in initials))
    return PersonName(parts.get("surname") or "", parts.get("given") or "", parts.get("patronymic") or "")


def _by_surname(surname: str) -> Gender | None:
    known = morphology.genders(surname, "Surn")
    if known:
        return _only(known)
    as_adjective = frozenset(_BY_TAG[one.tag.gender] for one in morphology.adjectives(surname) if one.is_known)
    if as_adjective or morphology.is_common_noun(surname):
        return _only(as_adjective)
    word = surname.lower()
    if _MALE_SURNAME.search(word):
        return "m"
    return "f" if _FEMALE_SURNAME.search(word) else None


def _only(genders: frozenset[Gender | None]) -> Gender | None:
    return next(iter(genders)) if len(genders) == 1 else None
