"""Whom written words mean among the people of the directory: a name in any form, a post, a role, a department.

Owns: posts, roles and departments as people say them, and the one person or the several a text surely means.
Refuses to know: the forms of a name (`name_forms`), what the person is named for. Two people whom the words may
mean are a question, and so is none: nothing here takes the likelier of two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from mailflow.core.directory import Directory
from mailflow.core.person_names import find_name

Departments = Literal["head", "everybody"]

_ROLES: Mapping[str, tuple[str, ...]] = {
    "director": (
        "директор", "генеральный директор", "гендиректор", "ген директор", "руководитель компании", "руководитель",
        "шеф", "director", "ceo", "general director", "managing director",
    ),
    "finance_director": ("финансовый директор", "финдиректор", "фин директор", "cfo", "finance director"),
    "accountant": ("бухгалтерия", "бухгалтер", "главный бухгалтер", "главбух", "accounting", "accountant"),
    "secretary": ("секретарь", "secretary"),
    "assistant": ("помощник руководителя", "помощник директора", "ассистент", "assistant"),
    "lawyer": ("юрист", "юротдел", "юридический отдел", "lawyer", "legal"),
    "personnel": ("отдел кадров", "кадры", "hr", "personnel"),
    "procurement": ("отдел закупок", "закупки", "снабжение", "procurement"),
    "it": ("ит отдел", "ит", "it", "айти", "it отдел", "it department"),
}  # fmt: skip
_EVERYBODY = frozenset(
    ("все", "всех", "всем", "все сотрудники", "всех сотрудников", "всем сотрудникам", "весь коллектив", "вся компания",
     "all", "everybody", "everyone", "all staff", "all employees", "the whole company")
)  # fmt: skip
_GENERIC = frozenset(
    ("отдел", "департамент", "управление", "служба", "группа", "дирекция", "сотрудник", "весь", "вся", "целиком",
     "полностью", "department", "team", "the", "of", "all")
)  # fmt: skip


def whom(said: str, directory: Directory, departments: Departments = "head") -> tuple[str, ...] | None:
    """Give the ids of those the words surely mean, a department as its head or as everybody in it; else None."""
    people = directory.find(said)
    if not people and (named := find_name(said)) and named[0]:
        people = directory.find(said[-len(named[1].short) - 2 :]) or directory.find(named[1].full)
    if people:
        return people if len(people) == 1 else None
    return _by_post(said, directory, departments)


# --- posts, roles, departments


def _by_post(said: str, directory: Directory, departments: Departments) -> tuple[str, ...] | None:
    """Read the words as everybody, a department, a role or a position."""
    words = _row(said)
    if not words:
        return None
    if departments == "everybody":
        if " ".join(words) in _EVERYBODY:
            return tuple(directory.people)
        whole = [members(key, directory) for key, one in directory.departments.items() if _same(words, one.title)]
        if len(whole) == 1 and whole[0]:
            return whole[0]
    holders = {directory.holders(role) for role, ways in _ROLES.items() if any(_same(words, way) for way in ways)}
    holders = {held for held in holders if held}
    if len(holders) == 1:
        return next(iter(holders)) if departments == "everybody" else _only(next(iter(holders)))
    placed = tuple(p for p, person in directory.people.items() if person.position and _same(words, person.position))
    if placed:
        return _only(placed)
    heads = tuple(one.head for one in directory.departments.values() if one.head and _same(words, one.title))
    return _only(heads)


def _only(people: tuple[str, ...]) -> tuple[str, ...] | None:
    return people if len(people) == 1 else None


def _row(said: str) -> list[str]:
    return [word.lower().replace("ё", "е") for word in re.findall(r"[^\W\d_]+", said)]


def _same(words: list[str], title: str) -> bool:
    """Compare word by word, case endings and words like «отдел» aside."""
    named = [word for word in words if word not in _GENERIC] or words
    wanted = _row(title)
    wanted = [word for word in wanted if word not in _GENERIC] or wanted
    return len(named) == len(wanted) and all(_akin(a, b) for a, b in zip(named, wanted, strict=True))


def _akin(one: str, other: str) -> bool:
    """Say whether two words differ by a case ending at most."""
    stem = min(len(one), len(other)) - 2 if min(len(one), len(other)) > 4 else min(len(one), len(other)) - 1
    alike = one[: max(stem, 2)] == other[: max(stem, 2)]
    return one == other or (alike and abs(len(one) - len(other)) <= 3 and min(len(one), len(other)) > 2)


def members(department: str, directory: Directory) -> tuple[str, ...]:
    """Give everybody of a department and of those under it, its head with them."""
    if department not in directory.departments:
        return ()
    under = {department}
    for _ in directory.departments:
        under |= {key for key, one in directory.departments.items() if one.parent in under}
    head = directory.departments[department].head
    inside = [p for p, person in directory.people.items() if person.department in under]
    return tuple(dict.fromkeys([*inside, *([head] if head else [])]))
