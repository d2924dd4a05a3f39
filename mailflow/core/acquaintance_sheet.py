"""The acquaintance sheet: who was to read a document, who has confirmed it and how, who has not.

Owns: `acquaintance_sheet`, one line for each person who was asked. Refuses to know: HTML, PDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailflow.core.card_texts import title
from mailflow.core.case import Ask, Assignment, Case, Standing
from mailflow.core.hands import signature
from mailflow.core.office import Office
from mailflow.core.sheet import case_code, zone_name
from mailflow.core.views import Language
from mailflow.core.visa_supplement import AgreedFile
from mailflow.core.visas import way_of


@dataclass(frozen=True, slots=True)
class Reader:
    """«Орлов С.П.», «менеджер», «Отдел маркетинга», «18.11.2026 10:05», «ссылка»; the last two '' until he has read."""

    number: int
    name: str
    position: str
    department: str
    at: str
    way: str
    note: str
    """Why he need not read it any more, where that is so."""


@dataclass(frozen=True, slots=True)
class AcquaintanceSheet:
    """Everything an acquaintance sheet says, in the language of the company."""

    language: Language
    company: str
    number: str
    date: str
    title: str
    initiator: str
    files: tuple[AgreedFile, ...]
    readers: tuple[Reader, ...]
    read: int
    """How many have confirmed."""
    made: str
    zone: str
    code: str


def acquaintance_sheet(case: Case, office: Office, now: datetime) -> AcquaintanceSheet:
    """Give the sheet of a case as it stands. `now` is printed as the time it was made."""
    language = office.language
    asked = [one for one in case.assignments if one.ask is Ask.ACKNOWLEDGEMENT]
    readers = tuple(_reader(number, one, office) for number, one in enumerate(asked, 1))
    return AcquaintanceSheet(
        language=language,
        company=office.directory.company.name,
        number=case.number,
        date=office.shown_day(case.opened_at),
        title=title(case, office, language),
        initiator=office.short(case.initiator),
        files=tuple(AgreedFile(file.name, file.version, file.sha256) for file in case.current_files),
        readers=readers,
        read=sum(bool(one.at) for one in readers),
        made=office.shown(now),
        zone=zone_name(str(office.hours.zone), language),
        code=case_code(case, case.number),
    )


def _reader(number: int, asked: Assignment, office: Office) -> Reader:
    decision = asked.decision
    by = decision.by if decision is not None else asked.principal
    person = office.directory.people.get(by)
    department = office.directory.departments.get(person.department or "") if person is not None else None
    return Reader(
        number=number,
        name=signature(decision, office) if decision is not None else office.short(by),
        position=person.position if person is not None else "",
        department=department.title if department is not None else "",
        at=office.shown(decision.at) if decision is not None else "",
        way=way_of(decision.channel, office.language) if decision is not None else "",
        note=asked.note if asked.standing in (Standing.SKIPPED, Standing.VOID) else "",
    )
