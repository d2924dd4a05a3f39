"""Who decides at a stage: the words of `who:` and the people they mean for one case.

Owns: the closed set `Who`, read from a rules file, and its resolution through the directory.
Refuses to know: what the people are asked, and whether the stage is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from mailflow.core.case import Case
from mailflow.core.directory import Directory


@dataclass(frozen=True, slots=True)
class Role:
    """Everybody who holds the role."""

    name: str


@dataclass(frozen=True, slots=True)
class Named:
    """One person by id."""

    person: str


@dataclass(frozen=True, slots=True)
class Initiator:
    """Whoever asked."""


@dataclass(frozen=True, slots=True)
class Manager:
    """The direct manager of the initiator."""


@dataclass(frozen=True, slots=True)
class Managers:
    """The managers of the initiator, upwards, up to and including the head of his department."""


@dataclass(frozen=True, slots=True)
class HeadOf:
    """The head of a department; '' = the initiator's own."""

    department: str = ""


@dataclass(frozen=True, slots=True)
class FromField:
    """The people a field of the card names."""

    field: str


Who = Role | Named | Initiator | Manager | Managers | HeadOf | FromField

_FORMS: tuple[tuple[str, Callable[[re.Match[str]], Who]], ...] = (
    (r"role ([\w.-]+)", lambda m: Role(m[1])),
    (r"person ([\w.-]+)", lambda m: Named(m[1])),
    (r"initiator", lambda _: Initiator()),
    (r"manager of initiator", lambda _: Manager()),
    (r"managers of initiator up to department head", lambda _: Managers()),
    (r"head of department ([\w.-]+)", lambda m: HeadOf(m[1])),
    (r"head of initiator's department", lambda _: HeadOf()),
    (r"field (\w+)", lambda m: FromField(m[1])),
)


def read_who(text: str) -> Who:
    """Read the words of `who:`; raise ValueError listing the forms there are."""
    folded = " ".join(text.split())
    for pattern, make in _FORMS:
        match = re.fullmatch(pattern, folded)
        if match:
            return make(match)
    forms = "; ".join(pattern.replace(r"([\w.-]+)", "NAME").replace(r"(\w+)", "NAME") for pattern, _ in _FORMS)
    raise ValueError(f"`{text}` names nobody: write one of: {forms}")


def unknown_in(who: Who, directory: Directory) -> str:
    """Say what of `who` the directory does not know, with the cure; '' when it knows all."""
    match who:
        case Role(name) if not directory.holders(name):
            return f"nobody holds the role `{name}`: add it under `roles:` in directory.yaml"
        case Named(person) if person not in directory.people:
            return f"nobody has the id `{person}`: add the person to directory.yaml"
        case HeadOf(department) if department and department not in directory.departments:
            return f"there is no department `{department}`: add it to directory.yaml"
        case _:
            return ""


def people(who: Who, case: Case, directory: Directory) -> tuple[str, ...]:
    """Give the ids of the people meant, in order, each once; () where the directory has nobody."""
    return tuple(dict.fromkeys(_people(who, case, directory)))


def _people(who: Who, case: Case, directory: Directory) -> tuple[str, ...]:
    match who:
        case Role(name):
            return directory.holders(name)
        case Named(person):
            return (person,)
        case Initiator():
            return (case.initiator,)
        case Manager():
            return _one(directory.manager(case.initiator))
        case Managers():
            return directory.chain_up_to_head(case.initiator)
        case HeadOf(""):
            return _one(directory.head_of(case.initiator))
        case HeadOf(department):
            known = directory.departments.get(department)
            return _one(known.head if known is not None else None)
        case FromField(name):
            value = case.fields.get(name, ())
            return value if isinstance(value, tuple) else ()
        case _:
            assert_never(who)


def _one(person: str | None) -> tuple[str, ...]:
    return () if person is None else (person,)
