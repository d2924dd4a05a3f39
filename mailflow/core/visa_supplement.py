"""The supplement to an approved invoice: the sheet accounting prints and keeps with it.

Owns: `visa_supplement`, the card, the invoice's own file with its hash, and who agreed. Refuses to know: what was
said before the agreements (the approval sheet has all of it), HTML, PDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailflow.core.card_texts import card, title
from mailflow.core.case import Case
from mailflow.core.office import Office
from mailflow.core.sheet import case_code, zone_name
from mailflow.core.views import Language, Line
from mailflow.core.visas import Visa, visas


@dataclass(frozen=True, slots=True)
class AgreedFile:
    """A file as it was agreed: name, version, whole SHA-256."""

    name: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class VisaSupplement:
    """Everything the supplement says, in the language of the company."""

    language: Language
    company: str
    number: str
    date: str
    title: str
    initiator: str
    position: str
    card: tuple[Line, ...]
    visas: tuple[Visa, ...]
    files: tuple[AgreedFile, ...]
    made: str
    zone: str
    code: str


def visa_supplement(case: Case, office: Office, now: datetime) -> VisaSupplement:
    """Give the supplement of a case as it stands. `now` is printed as the time it was made."""
    language = office.language
    person = office.directory.people.get(case.initiator)
    return VisaSupplement(
        language=language,
        company=office.directory.company.name,
        number=case.number,
        date=office.shown_day(case.opened_at),
        title=title(case, office, language),
        initiator=office.short(case.initiator),
        position=person.position if person is not None else "",
        card=card(case, office, language),
        visas=visas(case, office),
        files=tuple(AgreedFile(file.name, file.version, file.sha256) for file in case.current_files),
        made=office.shown(now),
        zone=zone_name(str(office.hours.zone), language),
        code=case_code(case, case.number),
    )
