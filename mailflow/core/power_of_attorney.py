"""A power of attorney of the company: from the card of a case to everything its sheet of paper says.

Owns: `power_of_attorney`, the wording of articles 185 to 187 of the Civil Code of Russia: the date in words (without
it the paper is void), who gives it and on what ground, who gets it, what he may do, the term (a year where none is
said), whether he may pass it on, his specimen signature. Refuses to know: HTML, PDF, registers.

The card's fields, all optional: `person` (a person's id, or a name and «, position»), `passport`, `person_address`,
`powers`, `valid_until`, `substitution`, `grounds` (the charter where none), `reg_number`, `reg_date`, `language`.

What may go wrong: grammar, and a gender nobody told. What is not sure is listed in `doubts`, which only a draft
prints. Passport data stand on the paper alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from num2words import num2words

from mailflow.core.cards import Card
from mailflow.core.case import Case
from mailflow.core.dates import MONTHS, format_date_in_words
from mailflow.core.directory import Company, Person
from mailflow.core.letterhead import Letterhead, Signature, marks_of, signature_of, signer
from mailflow.core.morphology import Case as In
from mailflow.core.named import Named, named, of_person
from mailflow.core.office import Office
from mailflow.core.passport import printed, read_passport
from mailflow.core.views import Language

_NUMBERED = re.compile(r"^\d{1,2}[.)]\s+")


@dataclass(frozen=True, slots=True)
class PowerOfAttorney:
    """Everything a power of attorney says, in the order it stands on the paper."""

    language: Language
    letterhead: Letterhead
    draft: bool
    number: str
    place: str
    date: str
    """In words: «Двадцатое ноября две тысячи двадцать шестого года»; '' for a draft."""
    grantor: str
    """Who gives it, up to «настоящей доверенностью уполномочивает»."""
    attorney: str
    """Who gets it, in the accusative, with passport and address."""
    powers: tuple[str, ...]
    term: str
    specimen: str
    """Whose signature is certified, in the genitive: «Кузнецовой О.Н.»."""
    signature: Signature
    code: str
    doubts: tuple[str, ...] = ()


def power_of_attorney(case: Case, office: Office) -> PowerOfAttorney:
    """Give the power of attorney of a case. It is a draft until its registration number and date are on the card."""
    card, marks = Card(case), marks_of(case, office)
    language, company = marks.language, office.directory.company
    words = _Russian if language == "ru" else _English
    day = _day(card("reg_date"))
    person, director = named(card("person"), office), signer(office)
    return PowerOfAttorney(
        language=language,
        letterhead=marks.letterhead,
        draft=marks.draft or day is None,
        number=marks.number if day is not None else "",
        place=words.place(company.city),
        date=words.dated(day) if marks.number and day is not None else "",
        grantor=words.grantor(company, director, card("grounds")),
        attorney=words.attorney(person, card),
        powers=tuple(_NUMBERED.sub("", line).rstrip(" ;.") for line in card.lines("powers")),
        term=words.term(_day(card("valid_until")), card.says("substitution")),
        specimen=words.specimen(person, card("person")),
        signature=marks.signature,
        code=marks.code,
        doubts=(*_doubts(card, person, language), *marks.doubts),
    )


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None


def _doubts(card: Card, person: Named | None, language: Language) -> Iterator[str]:
    said = _DOUBTS[language]
    if person is None:
        yield said["person"]
    elif language == "ru" and (person.gender is None or not person.sure):
        yield said["forms"].format(who=person.full(In.ACCUSATIVE))
    if card("passport") and read_passport(card("passport")) is None:
        yield said["passport"]
    since, until = _day(card("reg_date")), _day(card("valid_until"))
    if since is not None and until is not None and until < since:
        yield said["term"]


_DOUBTS: dict[Language, dict[str, str]] = {
    "ru": {
        "person": "не указано, на кого доверенность",
        "forms": "{who}: проверьте падеж и род",
        "passport": "паспорт: серия из 4 и номер из 6 цифр не найдены",
        "term": "срок истекает раньше дня выдачи",
    },
    "en": {
        "person": "nobody is named",
        "forms": "{who}: check the form",
        "passport": "passport: no series of 4 and number of 6 digits",
        "term": "it ends before it is issued",
    },
}


class _Russian:
    """The wording in Russian."""

    @staticmethod
    def place(city: str) -> str:
        return city

    @staticmethod
    def dated(day: date) -> str:
        """Give a day in words: «Двадцатое ноября две тысячи двадцать шестого года»."""
        number = num2words(day.day, to="ordinal", lang="ru", gender="n")
        year = num2words(day.year, to="ordinal", lang="ru", case="g")
        return f"{number[:1].upper()}{number[1:]} {MONTHS[day.month - 1][0]} {year} года"

    @staticmethod
    def grantor(company: Company, director: Person | None, grounds: str) -> str:
        marks = (
            f"{title} {value}"
            for title, value in (("ИНН", company.inn), ("КПП", company.kpp), ("ОГРН", company.ogrn))
            if value
        )
        listed = ", ".join([*marks, *([f"адрес: {company.address}"] if company.address else [])])
        firm = (company.full_name or company.name) + (f" ({listed})" if listed else "")
        if director is None:
            return f"{firm} настоящей доверенностью уполномочивает"
        head = of_person(director)
        acting = "действующей" if head.gender == "f" else "действующего"
        return (
            f"{firm} в лице {head.position_in(In.GENITIVE)} {head.full(In.GENITIVE)}, {acting} на основании "
            f"{grounds or 'Устава'}, настоящей доверенностью уполномочивает"
        )

    @staticmethod
    def attorney(person: Named | None, card: Card) -> str:
        if person is None:
            return card("person")
        living = "зарегистрированную" if person.gender == "f" else "зарегистрированного"
        address = f"{living} по адресу: {card('person_address')}" if card("person_address") else ""
        whom = f"{person.position_in(In.ACCUSATIVE)} {person.full(In.ACCUSATIVE)}".strip()
        return ", ".join(part for part in (whom, printed(card("passport")), address) if part)

    @staticmethod
    def term(until: date | None, redelegation: bool) -> str:
        right = "с правом передоверия" if redelegation else "без права передоверия"
        lasts = f"по {format_date_in_words(until, 'ru')}" if until is not None else "сроком на один год"
        return f"Доверенность выдана {lasts} {right}."

    @staticmethod
    def specimen(person: Named | None, typed: str) -> str:
        return person.in_(In.GENITIVE) if person is not None else typed


class _English:
    """The wording in English."""

    @staticmethod
    def place(city: str) -> str:
        return city

    @staticmethod
    def dated(day: date) -> str:
        return format_date_in_words(day, "en")

    @staticmethod
    def grantor(company: Company, director: Person | None, grounds: str) -> str:
        marks = ", ".join(
            f"{title} {value}"
            for title, value in (("INN", company.inn), ("KPP", company.kpp), ("OGRN", company.ogrn))
            if value
        )
        firm = (company.full_name or company.name) + (f" ({marks})" if marks else "")
        if director is None:
            return f"{firm} hereby authorises"
        head = signature_of(director, "en")
        by = " ".join(part for part in (head.position, head.initials, head.surname) if part)
        return f"{firm}, represented by {by}, acting under {grounds or 'the Charter'}, hereby authorises"

    @staticmethod
    def attorney(person: Named | None, card: Card) -> str:
        who = card("person") if person is None else person.name.full
        position = person.position if person is not None else ""
        passport = f"passport {card('passport')}" if card("passport") else ""
        living = f"residing at {card('person_address')}" if card("person_address") else ""
        return ", ".join(part for part in (who, position, passport, living) if part)

    @staticmethod
    def term(until: date | None, redelegation: bool) -> str:
        lasts = f"until {format_date_in_words(until, 'en')}" if until is not None else "for one year from its date"
        return (
            f"This power of attorney is valid {lasts}, {'with' if redelegation else 'without'} the right to delegate."
        )

    @staticmethod
    def specimen(person: Named | None, typed: str) -> str:
        return person.name.full if person is not None else typed
