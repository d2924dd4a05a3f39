"""A list of staff as the personnel department keeps it, held against the directory: who came, who changed, who is gone.

Owns: the columns such a list may have and what follows for `directory.yaml`. Refuses to know: files, and how YAML is
written. A person is known by any of his addresses; nobody is ever taken out, since a list may be of one department.
What may go wrong: a manager or a department nobody surely has; it is told with its row, and nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mailflow.core.directory import Directory, Person
from mailflow.core.name_forms import in_latin
from mailflow.errors import SettingsError

_COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(("фио", "сотрудник", "имя", "ф. и. о.", "name", "full name", "employee"), "name"),
    **dict.fromkeys(("почта", "эл. почта", "адрес", "email", "e-mail", "mail", "address"), "address"),
    **dict.fromkeys(("должность", "position", "title", "job title"), "position"),
    **dict.fromkeys(("отдел", "подразделение", "department"), "department"),
    **dict.fromkeys(("руководитель", "начальник", "manager"), "manager"),
    **dict.fromkeys(("другие адреса", "другая почта", "also", "other addresses"), "also"),
    **dict.fromkeys(("телефон", "phone"), "phone"),
}
NEEDED = ("name", "address")
_PLAIN = ("name", "address", "position", "phone")
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")


Value = str | tuple[str, ...]
"""What one key of a person's entry holds."""


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody the directory does not have; `values` are the keys of his entry."""

    id: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Altered:
    """Somebody whose entry says otherwise than the list: key -> (was, is now)."""

    id: str
    values: Mapping[str, tuple[Value, Value]]


@dataclass(frozen=True, slots=True)
class StaffChanges:
    """What the list would change. `departments`: new ones, id -> title; `missing`: ids the list does not name."""

    added: tuple[Added, ...] = ()
    altered: tuple[Altered, ...] = ()
    departments: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def none(self) -> bool:
        """True when the directory says all of it already."""
        return not self.added and not self.altered


@dataclass(frozen=True, slots=True)
class _Row:
    """One person of the list, with the row he stands in."""

    number: int
    values: Mapping[str, str]

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.values.get("address", ""), *_listed(self.values.get("also", "")))


def staff_changes(rows: Sequence[tuple[int, Sequence[str]]], name: str, directory: Directory) -> StaffChanges:
    """Hold a table (row number, cells; the first is the head) against the directory.

    SettingsError names the list, row and cure for everything that cannot be taken as it stands.
    """
    people = _people(rows, name)
    ids = _ids(people, directory)
    managers = {row.number: _manager(row, ids, people, directory) for row in people}
    complaints = [*_wrong(people, name), *_doubled(people, name), *_unsure(people, managers, name)]
    if complaints:
        raise SettingsError("\n".join(complaints))
    departments = _departments(people, directory)
    entries = {ids[row.number]: _entry(row, managers[row.number], departments) for row in people}
    added = tuple(Added(one, entry) for one, entry in entries.items() if one not in directory.people)
    altered = tuple(_altered(entries, directory))
    new = {key: title for title, key in departments.items() if key not in directory.departments}
    return StaffChanges(added, altered, new, tuple(one for one in directory.people if one not in entries))


def _people(rows: Sequence[tuple[int, Sequence[str]]], name: str) -> list[_Row]:
    if not rows:
        raise SettingsError(f"{name}: the list is empty: the first row names the columns")
    head = [_COLUMNS.get(_folded(cell), "") for cell in rows[0][1]]
    missing = [column for column in NEEDED if column not in head]
    if missing:
        raise SettingsError(
            f"{name}:{rows[0][0]}: there is no column for {' and '.join(missing)}: "
            "name the columns «ФИО», «Почта», «Должность», «Отдел», «Руководитель»"
        )
    told = (_Row(number, dict(zip(head, map(_one_line, cells), strict=False))) for number, cells in rows[1:])
    return [row for row in told if any(row.values.get(column) for column in NEEDED)]


def _wrong(people: Iterable[_Row], name: str) -> Iterator[str]:
    for row in people:
        if not row.values.get("name"):
            yield f"{name}:{row.number}: {row.values['address']} has no name: write it"
        if not _ADDRESS.fullmatch(row.values.get("address", "")):
            said = row.values.get("address", "")
            yield f"{name}:{row.number}: {row.values.get('name')}: {said!r} is no address: correct it"


def _doubled(people: Iterable[_Row], name: str) -> Iterator[str]:
    first: dict[str, int] = {}
    for row in people:
        before = first.setdefault(row.values.get("address", "").lower(), row.number)
        if before != row.number:
            yield f"{name}:{row.number}: {row.values['address']} stands in row {before} already: leave one of them"


def _ids(people: Iterable[_Row], directory: Directory) -> dict[int, str]:
    """Give each row the id of the person, or a new one made of the address."""
    taken = set(directory.people)
    ids: dict[int, str] = {}
    for row in people:
        known = next(filter(None, map(directory.by_address, row.addresses)), None)
        ids[row.number] = known or _free(_identifier(row.values.get("address", "").partition("@")[0]), taken)
        taken.add(ids[row.number])
    return ids


def _departments(people: Iterable[_Row], directory: Directory) -> dict[str, str]:
    """Give the id of each department the list names by its title; one the directory does not have gets a new id."""
    known = {_folded(one.title): key for key, one in directory.departments.items()}
    known |= {_folded(key): key for key in directory.departments}
    taken = set(directory.departments)
    found: dict[str, str] = {}
    for row in people:
        title = row.values.get("department", "")
        if title and title not in found:
            same = next((key for said, key in found.items() if _folded(said) == _folded(title)), None)
            found[title] = known.get(_folded(title)) or same or _free(_identifier(title), taken)
            taken.add(found[title])
    return found


def _entry(row: _Row, managers: frozenset[str], departments: Mapping[str, str]) -> dict[str, Value]:
    """Give what the list says of one person; an empty cell says nothing."""
    entry: dict[str, Value] = {key: row.values[key] for key in _PLAIN if row.values.get(key)}
    if row.values.get("department"):
        entry["department"] = departments[row.values["department"]]
    if managers:
        (entry["manager"],) = managers
    if row.values.get("also"):
        entry["also"] = _listed(row.values["also"])
    return entry


def _manager(row: _Row, ids: Mapping[int, str], people: Sequence[_Row], directory: Directory) -> frozenset[str]:
    """Give whom the manager's cell may mean, by address or whole name first, then by «Петров П.П.»."""
    said = row.values.get("manager", "")
    if not said:
        return frozenset()
    exact = (one for one in people if _folded(said) in map(_folded, (*one.addresses, one.values.get("name", ""))))
    short = (one for one in people if Person(name=one.values.get("name", ""), address="x@y").short == said)
    listed = frozenset(ids[one.number] for one in exact) or frozenset(ids[one.number] for one in short)
    return listed or frozenset(filter(None, (directory.by_address(said), *directory.find(said))))


def _unsure(people: Iterable[_Row], managers: Mapping[int, frozenset[str]], name: str) -> Iterator[str]:
    for row in people:
        found = managers[row.number]
        if row.values.get("manager") and len(found) != 1:
            told = "nobody is" if not found else "more than one person is"
            yield f"{name}:{row.number}: {told} «{row.values['manager']}»: write the manager's whole name or address"


def _altered(entries: Mapping[str, Mapping[str, Value]], directory: Directory) -> Iterator[Altered]:
    for one, entry in entries.items():
        person = directory.people.get(one)
        was = {key: getattr(person, key, None) or "" for key in entry}
        said = {key: (was[key], now) for key, now in entry.items() if _compared(was[key]) != _compared(now)}
        if person is not None and said:
            yield Altered(one, said)


def _compared(value: Value) -> tuple[str, ...]:
    """Addresses differ by more than the case of their letters."""
    many = (value,) if isinstance(value, str) else value
    return tuple(one.lower() if "@" in one else one for one in many)


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"[\s,;]+", cell)))


def _identifier(text: str) -> str:
    """Make an id of Latin letters, digits and dots."""
    return re.sub(r"[^a-z0-9]+", ".", in_latin(text.lower())).strip(".") or "person"


def _free(wanted: str, taken: set[str]) -> str:
    number = 2
    found = wanted
    while found in taken:
        found, number = f"{wanted}{number}", number + 1
    return found


def _folded(text: str) -> str:
    return " ".join(text.lower().replace("ё", "е").split()).rstrip(":")


def _one_line(cell: str) -> str:
    return " ".join(cell.split())
