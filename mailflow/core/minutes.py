"""Minutes of a meeting (протокол): points with whom each is given to and by which day.

Owns: `minutes`, from the card of a case to everything the paper says. Refuses to know: HTML, PDF, how points are read
(`said_lists`).
"""

from __future__ import annotations

from dataclasses import dataclass

from mailflow.core.cards import Card
from mailflow.core.case import Case
from mailflow.core.dates import format_date
from mailflow.core.letterhead import Signature, signature_of, signer
from mailflow.core.named import named
from mailflow.core.office import Office
from mailflow.core.said_lists import Point, point_of
from mailflow.core.sheet import case_code
from mailflow.core.views import Language
from mailflow.core.visas import Visa, visas


@dataclass(frozen=True, slots=True)
class MinutesPoint:
    """«2», «сверка с ООО «Ромашка»», («Смирнова О.Н., финансовый директор»), «27.11.2026»; '' where no term is set."""

    number: int
    text: str
    executors: tuple[str, ...]
    due: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """Everything minutes say, in the language of the company."""

    language: Language
    company: str
    number: str
    date: str
    place: str
    title: str
    points: tuple[MinutesPoint, ...]
    control: str
    """The day the points are checked; '' while none is named."""
    controller: str
    chair: Signature
    secretary: Signature
    visas: tuple[Visa, ...]
    code: str


def minutes(case: Case, office: Office) -> Minutes:
    """Give the minutes of a case; they bear the day of the meeting, else the one they were sent in."""
    card, language = Card(case), office.language
    company = office.directory.company
    initiator = office.directory.people.get(case.initiator)
    return Minutes(
        language=language,
        company=company.full_name or company.name,
        number=case.number,
        date=card.day("meeting_date", language) or office.shown_day(case.opened_at),
        place=company.city,
        title=card("subject_matter", case.subject),
        points=tuple(
            _point(number, point_of(line), office, language) for number, line in enumerate(card.lines("points"), 1)
        ),
        control=card.day("control_by", language),
        controller=office.short(case.initiator),
        chair=signature_of(signer(office), language),
        secretary=signature_of(initiator, language),
        visas=visas(case, office),
        code=case_code(case, case.number),
    )


def _point(number: int, point: Point, office: Office, language: Language) -> MinutesPoint:
    return MinutesPoint(
        number=number,
        text=point.text,
        executors=tuple(_executor(name, office) for name in point.executors),
        due=format_date(point.due, language) if point.due is not None else "",
    )


def _executor(name: str, office: Office) -> str:
    """Give surname, initials and position; a name nobody bears («Все») stays as it was said."""
    found = named(name, office)
    if found is None:
        return name
    return f"{found.short}, {found.position}" if found.position else found.short
