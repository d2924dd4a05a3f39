"""The slip of a resolution: what the director has written on a letter that came in, for the file and the executors.

Owns: `resolution_slip` by ГОСТ Р 7.0.97 (executors, the first of them responsible; what to do; term; who, when).
Refuses to know: HTML, PDF, how a resolution is read (`resolutions`).
"""

from __future__ import annotations

from dataclasses import dataclass

from mailflow.core.answers import Answer
from mailflow.core.cards import Card
from mailflow.core.case import Case, Decision
from mailflow.core.letterhead import Signature, signature_of
from mailflow.core.office import Office
from mailflow.core.sheet import case_code
from mailflow.core.views import Language
from mailflow.core.visas import way_of


@dataclass(frozen=True, slots=True)
class ResolutionSlip:
    """Everything a slip says, in the language of the company."""

    language: Language
    company: str
    number: str
    date: str
    correspondent: str
    their_number: str
    their_date: str
    title: str
    executors: tuple[str, ...]
    text: str
    due: str
    answer_needed: bool
    signature: Signature
    """Of whoever wrote it: the director, or his deputy in his own name."""
    at: str
    way: str
    code: str


def resolution_slip(case: Case, office: Office) -> ResolutionSlip:
    """Give the slip of a case; its signature is empty until somebody has written a resolution."""
    card, language = Card(case), office.language
    decision = _decision(case)
    by = office.directory.people.get(decision.by) if decision is not None else None
    return ResolutionSlip(
        language=language,
        company=office.directory.company.name,
        number=case.number,
        date=office.shown_day(case.opened_at),
        correspondent=card("correspondent"),
        their_number=card("their_number"),
        their_date=card.day("their_date", language),
        title=card("subject_matter", case.subject),
        executors=tuple(map(office.short, card.lines("executors"))),
        text=card("resolution"),
        due=card.day("due", language),
        answer_needed=card.says("answer_needed"),
        signature=signature_of(by, language),
        at=office.shown(decision.at) if decision is not None else "",
        way=way_of(decision.channel, language) if decision is not None else "",
        code=case_code(case, case.number),
    )


def _decision(case: Case) -> Decision | None:
    """Give the last resolution that stands."""
    said = (asked.decision for asked in reversed(case.assignments) if asked.decision is not None)
    return next((decision for decision in said if decision.answer is Answer.RESOLUTION), None)
