"""A Russian person's name in the case a paper needs: «Лагунину В.А.», «Кузнецову Ольгу Николаевну».

Owns: the declension of surname, given name and patronymic. Refuses to know: positions (`titles`), and where the
name stands on the paper.

A surname goes by the dictionary where it is known there, else by Petrovich's rules, with the rule of the manuals
before them: «-о», «-е», «-и», «-у», «-ых», «-их» never change, and a woman's surname in a consonant does not either.

What may go wrong: families differ («Орёлу» or «Орлу», «Зайцу» or «Заяцу»), and a surname with initials may be a
man's or a woman's («Ким И.Л.»). Such a form says so (`sure=False`): it is shown on the draft, and an override wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from mailflow.core import morphology
from mailflow.core.morphology import Case
from mailflow.core.person_names import Gender, PersonName, gender_of

_FIXED = re.compile(r"(?:[оеэиуюы]|[ыи]х)$", re.IGNORECASE)
_CONSONANT = re.compile(r"[бвгджзйклмнпрстфхцчшщь]$", re.IGNORECASE)
# «Коломиец», «Эрлих» (beside «Долгих»), and «Кузнецовой», which may be in the dative already.
_DOUBTFUL = re.compile(r"(?:[аеиоуыэюя]ец|их|[а-яё]{2}[оеё]вой|[а-яё]{2}[иы]ной)$", re.IGNORECASE)
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_PARTICLES = frozenset({"оглы", "кызы", "улы", "уулу", "гызы"})
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Declined:
    """A name in a case; `sure` is False where a person should look at it."""

    name: PersonName
    sure: bool = True


def decline(name: PersonName, case: Case, gender: Gender | None = None) -> Declined:
    """Put a name into the case. `gender` where it is known from elsewhere, else it is read from the name."""
    known = gender or gender_of(name)
    if known is not None:
        return _declined(name, case, known)
    his, hers = _declined(name, case, "m"), _declined(name, case, "f")
    return his if his.name == hers.name else replace(his, sure=False)


def _declined(name: PersonName, case: Case, gender: Gender) -> Declined:
    surname, sure = _surname(name.surname, case, gender)
    given = morphology.known_form(name.given, "Name", gender, case) or _by_rules("firstname", name.given, case, gender)
    return Declined(PersonName(surname, given, _patronymic(name.patronymic, case, gender)), sure)


def _patronymic(patronymic: str, case: Case, gender: Gender) -> str:
    if patronymic.split(" ")[-1].lower() in _PARTICLES:
        return patronymic
    return _by_rules("middlename", patronymic, case, gender)


def _surname(surname: str, case: Case, gender: Gender) -> tuple[str, bool]:
    known = morphology.known_form(surname, "Surn", gender, case)
    if known is not None:
        return known, True
    if _FIXED.search(surname) or (gender == "f" and _CONSONANT.search(surname)):
        return surname, not _DOUBTFUL.search(surname)
    formed = _by_rules("lastname", surname, case, gender)
    return formed, not _DOUBTFUL.search(surname) and _keeps_stem(surname, formed, case)


def _keeps_stem(surname: str, formed: str, case: Case) -> bool:
    """Say whether a surname that is also a common noun keeps the noun's stem: «Жуку» does, «Орёлу» does not."""
    known = [one for one in morphology.nouns(surname) if one.is_known]
    readings = [one for one in known if "anim" in one.tag] or known
    same = formed.lower().replace("ё", "е")
    return not readings or same in {morphology.of_person(one, case).replace("ё", "е") for one in readings}


@cache
def _petrovich() -> Any:
    """Give Petrovich with its rules for both genders written out for each.

    As it comes, it forgets them as soon as a gender is named: «Ольгы», «Черныху», «Щербина» for «Щербине».
    """
    from petrovich.main import Petrovich

    made = Petrovich()
    for rules in made.data.values():
        for kind, listed in rules.items():
            rules[kind] = [{**rule, "gender": one} for rule in listed for one in _BOTH.get(rule["gender"], ())]
    return made


_RULES_CASE: Mapping[Case, int] = {Case.GENITIVE: 0, Case.DATIVE: 1, Case.ACCUSATIVE: 2, Case.PREPOSITIONAL: 4}
_RULES_GENDER: Mapping[Gender, str] = {"m": "male", "f": "female"}
_BOTH: Mapping[str, tuple[str, ...]] = {"androgynous": ("male", "female"), "male": ("male",), "female": ("female",)}


def _by_rules(part: str, word: str, case: Case, gender: Gender) -> str:
    if not _CYRILLIC.search(word) or word.endswith(".") or len(word) > _LONGEST:
        return word
    formed = str(getattr(_petrovich(), part)(word, _RULES_CASE[case], _RULES_GENDER[gender]))
    return word if formed.endswith(".") else formed  # its mark for «stays», left standing behind an exception
