"""Who acts at a stage: the words of `who:` and the people they mean for one case.

Owns: the closed set `Who`, read from a rules file, and its resolution through the directory. A list of them
means all of them together, nobody twice; a table chooses by a field of the card.
Refuses to know: what the people are asked, and whether the stage is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from mailflow.core.case import Case, FieldValue
from mailflow.core.directory import Directory
from mailflow.core.said_lists import point_of
from mailflow.core.staff_names import members, whom


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
class Everybody:
    """Everybody of a department and of those below it."""

    department: str


@dataclass(frozen=True, slots=True)
class FromField:
    """The people a field of the card names: the initiator's own choice, in his order."""

    field: str


@dataclass(frozen=True, slots=True)
class ExecutorsOf:
    """The people to whom the points of a field are given, as the points name them."""

    field: str


@dataclass(frozen=True, slots=True)
class Together:
    """All of these, nobody twice."""

    parts: tuple[Who, ...]


@dataclass(frozen=True, slots=True)
class ByTable:
    """Those the table has for the value of a choice; `otherwise` for a value it does not have."""

    field: str
    table: Mapping[str, Who]
    otherwise: Who | None = None


Who = Role | Named | Initiator | Manager | Managers | HeadOf | Everybody | FromField | ExecutorsOf | Together | ByTable

_FORMS: tuple[tuple[str, Callable[[re.Match[str]], Who]], ...] = (
    (r"role ([\w.-]+)", lambda m: Role(m[1])),
    (r"person ([\w.-]+)", lambda m: Named(m[1])),
    (r"initiator", lambda _: Initiator()),
    (r"manager of initiator", lambda _: Manager()),
    (r"managers of initiator up to department head", lambda _: Managers()),
    (r"head of department ([\w.-]+)", lambda m: HeadOf(m[1])),
    (r"head of initiator's department", lambda _: HeadOf()),
    (r"department ([\w.-]+)", lambda m: Everybody(m[1])),
    (r"field (\w+)", lambda m: FromField(m[1])),
    (r"executors of (\w+)", lambda m: ExecutorsOf(m[1])),
)


def read_who(value: object) -> Who:
    """Read what `who:` says: words, a list of them, or a table; raise ValueError listing the forms there are."""
    match value:
        case str():
            return _read_words(value)
        case list() if value:
            return Together(tuple(read_who(part) for part in value))
        case dict():
            return _read_table(value)
        case _:
            raise ValueError("write who acts here in words, as a list, or as a table {by: FIELD, of: {...}}")


def _read_words(text: str) -> Who:
    folded = " ".join(text.split())
    for pattern, make in _FORMS:
        match = re.fullmatch(pattern, folded)
        if match:
            return make(match)
    forms = "; ".join(pattern.replace(r"([\w.-]+)", "NAME").replace(r"(\w+)", "NAME") for pattern, _ in _FORMS)
    raise ValueError(f"`{text}` names nobody: write one of: {forms}")


def _read_table(value: Mapping[object, object]) -> ByTable:
    field, table = value.get("by"), value.get("of")
    if set(value) - {"by", "of", "else"} or not isinstance(field, str) or not isinstance(table, dict) or not table:
        raise ValueError("a table is written {by: FIELD, of: {VALUE: who, ...}, else: who}")
    rows = {str(key): read_who(who) for key, who in table.items()}
    return ByTable(field, rows, read_who(value["else"]) if "else" in value else None)


def parts_of(who: Who) -> Iterator[Who]:
    """Give the plain parts of a `who`: those of a list and of a table one by one."""
    match who:
        case Together(parts):
            yield from (plain for part in parts for plain in parts_of(part))
        case ByTable(_, table, otherwise):
            rows = (*table.values(), *(() if otherwise is None else (otherwise,)))
            yield from (plain for row in rows for plain in parts_of(row))
        case _:
            yield who


def tables_of(who: Who) -> Iterator[ByTable]:
    """Give the tables in a `who`."""
    match who:
        case Together(parts):
            yield from (table for part in parts for table in tables_of(part))
        case ByTable(_, rows, otherwise):
            yield who
            below = (*rows.values(), *(() if otherwise is None else (otherwise,)))
            yield from (table for row in below for table in tables_of(row))
        case _:
            return


def unknown_in(who: Who, directory: Directory) -> str:
    """Say what of `who` the directory does not know, with the cure; '' when it knows all."""
    return next(filter(None, (_unknown(part, directory) for part in parts_of(who))), "")


def _unknown(who: Who, directory: Directory) -> str:
    match who:
        case Role(name) if not directory.holders(name):
            return f"nobody holds the role `{name}`: add it under `roles:` in directory.yaml"
        case Named(person) if person not in directory.people:
            return f"nobody has the id `{person}`: add the person to directory.yaml"
        case HeadOf(department) | Everybody(department) if department and department not in directory.departments:
            return f"there is no department `{department}`: add it to directory.yaml"
        case _:
            return ""


def people(who: Who, case: Case, directory: Directory) -> tuple[str, ...]:
    """Give the ids of the people meant, in order, each once; () where the directory has nobody."""
    return tuple(dict.fromkeys(_people(who, case, directory)))


def _people(who: Who, case: Case, directory: Directory) -> Iterable[str]:
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
        case Everybody(department):
            return members(department, directory)
        case FromField(name):
            value = case.fields.get(name, ())
            return value if isinstance(value, tuple) else ()
        case ExecutorsOf(name):
            return _executors(case.fields.get(name, ()), directory)
        case Together(parts):
            return (person for part in parts for person in _people(part, case, directory))
        case ByTable(field, table, otherwise):
            row = table.get(str(case.fields.get(field, "")), otherwise)
            return _people(row, case, directory) if row is not None else ()
        case _:
            assert_never(who)


def _executors(points: FieldValue, directory: Directory) -> Iterator[str]:
    """Give those the points name; «Все» is everybody, a department everybody in it."""
    for line in points if isinstance(points, tuple) else ():
        for name in point_of(line).executors:
            yield from whom(name, directory, "everybody") or ()


def _one(person: str | None) -> tuple[str, ...]:
    return () if person is None else (person,)
