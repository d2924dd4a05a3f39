"""Whoever acts for somebody else, shown as such: «за Смирнову О.Н. — Петров П.П.», "P. Petrov for O. Smirnova".

Owns: those words, with the name in the case Russian wants. Refuses to know: why he may act.
"""

from __future__ import annotations

from mailflow.core.declension import decline
from mailflow.core.morphology import Case as GrammarCase
from mailflow.core.office import Office
from mailflow.core.person_names import PersonName, read_name
from mailflow.core.views import Language


def accusative(principal: str, office: Office, language: Language) -> str:
    """Give the person in the accusative («Смирнову О.Н.»); the directory's own form wins."""
    person = office.directory.people.get(principal)
    if person is None or language != "ru" or person.short == person.name:
        return office.short(principal)
    if person.declined.accusative:
        return _shortened(person.declined.accusative)
    return decline(read_name(person.name), GrammarCase.ACCUSATIVE, person.gender).name.short


def dative(principal: str, office: Office, language: Language) -> str:
    """Give the person in the dative («Смирновой О.Н.»); the directory's own form wins."""
    person = office.directory.people.get(principal)
    if person is None or language != "ru" or person.short == person.name:
        return office.short(principal)
    if person.declined.dative:
        return _shortened(person.declined.dative)
    return decline(read_name(person.name), GrammarCase.DATIVE, person.gender).name.short


def named(by: str, principal: str, office: Office, language: Language) -> str:
    """Name who acts, and for whom where it is not himself."""
    if by == principal:
        return office.short(by)
    form = "за {principal} — {by}" if language == "ru" else "{by} for {principal}"
    return form.format(principal=accusative(principal, office, language), by=office.short(by))


def _shortened(name: str) -> str:
    """Shorten a name that stands in a case already: «Смирнову Ольгу Николаевну» -> «Смирнову О.Н.»."""
    words = name.split()
    return PersonName(*words).short if 2 <= len(words) <= 3 else name
