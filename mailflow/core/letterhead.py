"""What every paper of the company begins and ends with: the letterhead, number and day, the signature, who prepared it.

Owns: `Marks`, read from the card and the directory. Refuses to know: kinds of papers, templates.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailflow.core.cards import Card
from mailflow.core.case import Case
from mailflow.core.directory import Company, Person
from mailflow.core.office import Office
from mailflow.core.person_names import read_name
from mailflow.core.sheet import case_code
from mailflow.core.views import Language

DIRECTOR = "director"
"""The role whose first holder signs for the company."""

NO_SIGNER: dict[Language, str] = {
    "ru": "нет подписанта: впишите роль director",
    "en": "nobody signs: fill the role director",
}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The company as its letterhead names it; '' for what the directory does not say."""

    full_name: str
    short_name: str
    address: str
    phone: str
    email: str
    site: str
    inn: str
    kpp: str
    ogrn: str
    okpo: str


@dataclass(frozen=True, slots=True)
class Signature:
    """«Генеральный директор», «И.С.», «Иванов»."""

    position: str = ""
    initials: str = ""
    surname: str = ""


@dataclass(frozen=True, slots=True)
class Executor:
    """Who prepared the paper, with a telephone, or an address where there is none."""

    name: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What a paper carries whatever it says. It is a draft until both its number and its day are on the card."""

    language: Language
    letterhead: Letterhead
    draft: bool
    number: str
    """'' for a draft, as its `day`."""
    day: str
    """As the language writes a day."""
    signature: Signature
    executor: Executor
    code: str
    doubts: tuple[str, ...]


def marks_of(case: Case, office: Office) -> Marks:
    """Give the marks of a case's paper, in the language its card asks for, else the company's."""
    card = Card(case)
    company = office.directory.company
    language: Language = "en" if card("language", company.language).startswith("en") else "ru"
    number, day = card("reg_number"), card.day("reg_date", language)
    signature = signature_of(signer(office), language)
    return Marks(
        language=language,
        letterhead=letterhead_of(company),
        draft=not (number and day),
        number=number if day else "",
        day=day if number else "",
        signature=signature,
        executor=executor_of(office.directory.people.get(case.initiator)),
        code=case_code(case, number or case.number),
        doubts=() if signature.surname else (NO_SIGNER[language],),
    )


def letterhead_of(company: Company) -> Letterhead:
    """Name the company in full with its short name below; one with a single name has it once."""
    full = company.full_name or company.name
    return Letterhead(
        full_name=full,
        short_name=company.name if company.name != full else "",
        address=company.address,
        phone=company.phone,
        email=company.email,
        site=company.site,
        inn=company.inn,
        kpp=company.kpp,
        ogrn=company.ogrn,
        okpo=company.okpo,
    )


def signer(office: Office) -> Person | None:
    """Give whoever holds the role `director` first; None where nobody does."""
    holders = office.directory.holders(DIRECTOR)
    return office.directory.people[holders[0]] if holders else None


def signature_of(person: Person | None, language: Language) -> Signature:
    """Give the signature of a person: initials stand before the surname; an empty one for nobody."""
    if person is None:
        return Signature()
    position = person.position[:1].upper() + person.position[1:]
    name = read_name(person.name)
    return Signature(position, name.given if language == "en" else name.initials, name.surname)


def executor_of(person: Person | None) -> Executor:
    """Give who prepared the paper; an empty mark for somebody who left."""
    return Executor(person.name, person.phone or person.address) if person is not None else Executor()
