"""Who works here: people, departments, roles, managers, substitutes, trusted sums.

Owns: `directory.yaml` as a value and the questions routing asks of it. Refuses to know: cases.
Everything is checked when it is read: a role nobody holds or a manager who is not in the list
stops the start, with the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from mailflow.core.branches import Branch, OwnDays
from mailflow.core.documents import Lines, read_with_lines
from mailflow.core.money import Money, parse_money
from mailflow.core.name_forms import may_mean
from mailflow.errors import SettingsError


def _money(value: object) -> object:
    if value is None or isinstance(value, Money):
        return value
    money = parse_money(str(value))
    if not isinstance(money, Money):
        raise ValueError(f"{value!r} is not a sum: write it as 500 000 RUB")
    return money


Sum = Annotated[Money, BeforeValidator(_money)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Company(_Entry):
    """The company as its letters name it."""

    name: str
    inn: str = ""
    language: Literal["ru", "en"] = "ru"
    full_name: str = ""
    """As in the charter: «Общество с ограниченной ответственностью «НЕОН»»; it heads the letterhead."""
    address: str = ""
    city: str = ""
    """As papers date themselves: «г. Москва»."""
    phone: str = ""
    email: str = ""
    site: str = ""
    ogrn: str = Field(default="", pattern=r"^(\d{13}|\d{15})$")
    kpp: str = Field(default="", pattern=r"^\d{4}[\dA-Z]{2}\d{3}$")
    okpo: str = Field(default="", pattern=r"^(\d{8}|\d{10})$")
    account: str = Field(default="", pattern=r"^\d{20}$")
    """The account its payment orders are paid from, in roubles, at the bank of `bic`."""
    bic: str = Field(default="", pattern=r"^\d{9}$")
    corr_account: str = Field(default="", pattern=r"^\d{20}$")
    bank: str = ""


class Department(_Entry):
    """A department, its head (a person id) and the department above it."""

    title: str
    head: str | None = None
    parent: str | None = None


class Substitution(_Entry):
    """Between these days (inclusive, ISO) `by` decides in place of the person."""

    by: str
    since: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    until: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")


NOTHING_ARRANGED: Mapping[str, Substitution] = {}


class CaseForms(_Entry):
    """A name in the cases papers need, written by hand where grammar alone cannot know: «Орлу Ивану Ильичу»."""

    genitive: str = ""
    dative: str = ""
    accusative: str = ""


class Person(_Entry):
    """One person, or a mailbox that acts as one («Бухгалтерия»)."""

    name: str
    """Surname, given name, patronymic: «Кузнецов Иван Иванович»."""
    address: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    also: tuple[str, ...] = ()
    """Other registered addresses: a reply from them counts as the person's."""
    department: str | None = None
    office: str | None = None
    """Where he works, if that office keeps hours of its own: a name of `offices:`."""
    position: str = ""
    manager: str | None = None
    """Only where it is not the head of the department."""
    language: Literal["ru", "en"] | None = None
    gender: Literal["m", "f"] | None = None
    trusted_sum: Sum | None = None
    """Up to and including this sum an invoice goes past the managers."""
    substitute: Substitution | None = None
    phone: str = ""
    """Printed on letters the person prepared."""
    declined: CaseForms = CaseForms()

    @property
    def short(self) -> str:
        """«Кузнецов И.И.»; a name of one word, a mailbox's name and "John Smith" stay as they are."""
        words = self.name.split()
        if not 2 <= len(words) <= 3 or not all(w[:1].isupper() for w in words) or self._given_first:
            return self.name
        return f"{words[0]} " + "".join(f"{w[0]}." for w in words[1:])

    @property
    def greeting(self) -> str:
        """«Ольга Николаевна», or the given name, or the whole name."""
        if self.short == self.name:
            return self.name
        return " ".join(self.name.split()[1:])

    @property
    def _given_first(self) -> bool:
        """Two words in Latin letters are written as in English: the given name first."""
        return len(self.name.split()) == 2 and self.name.isascii()


class _File(_Entry):
    company: Company
    people: dict[str, Person]
    departments: dict[str, Department] = {}
    roles: dict[str, tuple[str, ...]] = {}
    offices: dict[str, Branch] = {}


@dataclass(frozen=True)
class Directory:
    """The people of one company. Ids are the keys of the file.

    Every question may be asked about somebody who has left: a case outlives the people it names. He has
    no manager and no department, nobody stands in for him, and he is written to in the company's language.
    """

    company: Company
    people: Mapping[str, Person]
    departments: Mapping[str, Department]
    roles: Mapping[str, tuple[str, ...]]
    offices: Mapping[str, Branch] = field(default_factory=dict)
    calendars: Mapping[str, OwnDays] = field(default_factory=dict)
    """The files of calendars/ by name."""

    @cached_property
    def _by_address(self) -> dict[str, str]:
        return {
            address.lower(): person_id
            for person_id, person in self.people.items()
            for address in (person.address, *person.also)
        }

    def by_address(self, address: str) -> str | None:
        """Give the id of the person with this registered address (case folded), or None."""
        return self._by_address.get(address.lower())

    def language(self, person_id: str) -> Literal["ru", "en"]:
        """Give the language to write to this person in."""
        person = self.people.get(person_id)
        return (person.language if person is not None else None) or self.company.language

    def holders(self, role: str) -> tuple[str, ...]:
        """Give the people who hold a role; () for a role nobody holds."""
        return self.roles.get(role, ())

    def head_of(self, person_id: str) -> str | None:
        """Give the head of the person's department, or of the one above where there is none."""
        person = self.people.get(person_id)
        heads = self._heads(person.department if person is not None else None)
        return next(heads, None)

    def manager(self, person_id: str) -> str | None:
        """Give the direct manager: as written, else the head of the department or of the next above."""
        person = self.people.get(person_id)
        if person is None:
            return None
        if person.manager is not None:
            return person.manager
        return next((head for head in self._heads(person.department) if head != person_id), None)

    def _heads(self, department: str | None) -> Iterator[str]:
        """Give the heads there are, of the department and of those above it, the nearest first."""
        while department is not None:
            head = self.departments[department].head
            if head is not None:
                yield head
            department = self.departments[department].parent

    def chain(self, person_id: str) -> Iterator[str]:
        """Give the managers from the nearest upwards; a circle in the directory ends it."""
        seen = {person_id}
        above = self.manager(person_id)
        while above is not None and above not in seen:
            yield above
            seen.add(above)
            above = self.manager(above)

    def chain_up_to_head(self, person_id: str) -> tuple[str, ...]:
        """Give the managers up to and including the head of the person's department."""
        head = self.head_of(person_id)
        out: list[str] = []
        for manager in self.chain(person_id):
            out.append(manager)
            if manager == head:
                break
        return tuple(out)

    def acting(self, person_id: str, day: str, arranged: Mapping[str, Substitution] = NOTHING_ARRANGED) -> str:
        """Give who acts for the person on that ISO day: a substitute of today, followed along, or himself.

        `arranged`: substitutions beside those of the file; they go before it. Nobody who has left stands in.
        """
        seen = {person_id}
        current = person_id
        while (step := self.stands_in(current, day, arranged)) is not None and step.by not in seen:
            current = step.by
            seen.add(current)
        return current

    def stands_in(
        self, person_id: str, day: str, arranged: Mapping[str, Substitution] = NOTHING_ARRANGED
    ) -> Substitution | None:
        """Give the substitution of this very person that holds on that ISO day, or None."""
        person = self.people.get(person_id)
        if person is None:
            return None
        step = arranged.get(person_id) or person.substitute
        holds = step is not None and step.since <= day <= step.until and step.by in self.people
        return step if holds else None

    def find(self, name: str) -> tuple[str, ...]:
        """Give the ids of the people a written name may mean: «Петров П.П.», «Петрову», «p.petrov»."""
        wanted = name.strip().lower().replace("ё", "е")
        if wanted in self.people:
            return (wanted,)
        return tuple(p for p, person in self.people.items() if _may_mean(wanted, person))


def _may_mean(wanted: str, person: Person) -> bool:
    cases = (person.declined.genitive, person.declined.dative, person.declined.accusative)
    return may_mean(wanted, person.name, person.gender, tuple(case for case in cases if case))


def read_directory(
    text: str, name: str = "directory.yaml", calendars: Mapping[str, OwnDays] | None = None
) -> Directory:
    """Read directory.yaml; raise SettingsError naming file, line and cure for everything that is wrong.

    calendars: the files of calendars/ by name, for the offices that keep one.
    """
    file, lines = read_with_lines(text, name, _File)
    own = calendars or {}
    complaints = [*_unknown_people(file, lines), *_doubled_addresses(file, lines), *_unknown_offices(file, lines, own)]
    if complaints:
        raise SettingsError("\n".join(complaints))
    return Directory(file.company, file.people, file.departments, file.roles, file.offices, own)


def _unknown_offices(file: _File, lines: Lines, calendars: Mapping[str, OwnDays]) -> Iterator[str]:
    for person_id, person in file.people.items():
        if person.office is not None and person.office not in file.offices:
            yield (
                f"{lines.at(('people', person_id, 'office'))}: there is no office `{person.office}`: "
                "add it under `offices:`"
            )
    for key, branch in file.offices.items():
        if branch.calendar and branch.calendar not in calendars:
            yield (
                f"{lines.at(('offices', key, 'calendar'))}: there is no calendars/{branch.calendar}.yaml: "
                "write its days there or remove `calendar:`"
            )


def _unknown_people(file: _File, lines: Lines) -> Iterator[str]:
    for path, person_id in _references(file):
        if person_id not in file.people:
            yield f"{lines.at(path)}: nobody has the id `{person_id}`: add the person under `people:` or correct the id"
    for person_id, person in file.people.items():
        if person.department is not None and person.department not in file.departments:
            where = lines.at(("people", person_id, "department"))
            yield f"{where}: there is no department `{person.department}`: add it under `departments:`"
    for key, department in file.departments.items():
        if department.parent is not None and department.parent not in file.departments:
            where = lines.at(("departments", key, "parent"))
            yield f"{where}: there is no department `{department.parent}`: add it or remove `parent:`"
        elif _circles(key, file.departments):
            yield f"{lines.at(('departments', key, 'parent'))}: the departments form a circle: correct `parent:`"


def _references(file: _File) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for role, holders in file.roles.items():
        yield from ((("roles", role, n), holder) for n, holder in enumerate(holders))
    for key, department in file.departments.items():
        if department.head is not None:
            yield ("departments", key, "head"), department.head
    for person_id, person in file.people.items():
        if person.manager is not None:
            yield ("people", person_id, "manager"), person.manager
        if person.substitute is not None:
            yield ("people", person_id, "substitute", "by"), person.substitute.by


def _circles(key: str, departments: Mapping[str, Department]) -> bool:
    seen = {key}
    above = departments[key].parent
    while above is not None and above in departments:
        if above in seen:
            return True
        seen.add(above)
        above = departments[above].parent
    return False


def _doubled_addresses(file: _File, lines: Lines) -> Iterator[str]:
    first: dict[str, str] = {}
    for person_id, person in file.people.items():
        for address in (person.address, *person.also):
            owner = first.setdefault(address.lower(), person_id)
            if owner != person_id:
                where = lines.at(("people", person_id, "address"))
                yield f"{where}: {address} is already the address of `{owner}`: one address belongs to one person"
