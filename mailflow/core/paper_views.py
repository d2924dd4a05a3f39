"""The papers a process may ask for: by name, what each says and what its file is called.

Owns: the table of names a rules file may use in `needs` and `closing_papers`. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.acquaintance_sheet import AcquaintanceSheet, acquaintance_sheet
from mailflow.core.case import Case
from mailflow.core.goals_sheet import GoalsSheet, goals_sheet
from mailflow.core.minutes import Minutes, minutes
from mailflow.core.offers import Offers, offers
from mailflow.core.office import Office
from mailflow.core.orders import Order, order_paper
from mailflow.core.papers import OutgoingLetter, outgoing_letter
from mailflow.core.power_of_attorney import PowerOfAttorney, power_of_attorney
from mailflow.core.resolution_slip import ResolutionSlip, resolution_slip
from mailflow.core.sheet import ApprovalSheet, approval_sheet
from mailflow.core.views import Language
from mailflow.core.visa_supplement import VisaSupplement, visa_supplement

PaperView = (
    AcquaintanceSheet
    | ApprovalSheet
    | GoalsSheet
    | Minutes
    | Offers
    | Order
    | OutgoingLetter
    | PowerOfAttorney
    | ResolutionSlip
    | VisaSupplement
)


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of paper: the value its template prints, how that is made, and the file's name in both languages."""

    shows: type[PaperView]
    view: Callable[[Case, Office, datetime], PaperView]
    ru: str
    en: str
    editable: frozenset[str] = frozenset()
    """The fields it prints, of a paper people may correct in a word processor; of any other none."""


_ADDRESSEE = ("addressee", "addressee_name", "addressee_dative", "addressee_address", "greeting")
_LETTER_FIELDS = frozenset((*_ADDRESSEE, "subject_matter", "their_number", "their_date", "text", "attachments"))

PAPERS: Mapping[str, PaperKind] = {
    "acquaintance_sheet": PaperKind(
        AcquaintanceSheet, acquaintance_sheet, "Лист ознакомления {number}", "Acquaintance sheet {number}"
    ),
    "approval_sheet": PaperKind(ApprovalSheet, approval_sheet, "Лист согласования {number}", "Approval sheet {number}"),
    "goals_sheet": PaperKind(GoalsSheet, goals_sheet, "Лист целей {number}", "Goals sheet {number}"),
    "minutes": PaperKind(
        Minutes, lambda case, office, _: minutes(case, office), "Протокол {number}", "Minutes {number}"
    ),
    "offers": PaperKind(Offers, offers, "Предложения поставщиков {number}", "Offers {number}"),
    "order": PaperKind(
        Order,
        lambda case, office, _: order_paper(case, office),
        "Приказ {number}{signed}",
        "Order {number}{signed}",
        frozenset({"subject_matter", "grounds", "points", "controller", "attachments"}),
    ),
    "outgoing_letter": PaperKind(
        OutgoingLetter,
        lambda case, office, _: outgoing_letter(case, office),
        "Письмо {number}{signed}",
        "Letter {number}{signed}",
        _LETTER_FIELDS,
    ),
    "power_of_attorney": PaperKind(
        PowerOfAttorney,
        lambda case, office, _: power_of_attorney(case, office),
        "Доверенность {number}{signed}",
        "Power of attorney {number}{signed}",
        frozenset({"person", "passport", "person_address", "powers", "valid_until", "substitution", "grounds"}),
    ),
    "resolution_slip": PaperKind(
        ResolutionSlip,
        lambda case, office, _: resolution_slip(case, office),
        "Резолюция {number}",
        "Resolution {number}",
    ),
    "visa_supplement": PaperKind(
        VisaSupplement, visa_supplement, "Приложение к счёту с визами {number}", "Visas for invoice {number}"
    ),
}


def paper_view(document: str, case: Case, office: Office, now: datetime) -> PaperView:
    """Give everything the paper of that name says about the case."""
    return PAPERS[document].view(case, office, now)


def signing_marks(view: PaperView) -> Mapping[str, str]:
    """Give what signing writes into the places of a corrected paper; nothing while it is a draft."""
    if not isinstance(view, Order | OutgoingLetter | PowerOfAttorney) or view.draft:
        return {}
    return {"number": view.number, "date": view.date, "draft": "", "doubts": ""}


def paper_name(document: str, case: Case, language: Language, ending: str = ".pdf") -> str:
    """Give the file's name: «Лист согласования СЧ-2026-0042.pdf»."""
    kind = PAPERS[document]
    form = kind.ru if language == "ru" else kind.en
    return form.format(number=case.number, signed=_signed(case, language)).replace("/", "-") + ending


def _signed(case: Case, language: Language) -> str:
    """«, проект» until the letter has its registration number, then that number: the two are never mixed up."""
    number = case.fields.get("reg_number")
    if not number:
        return ", проект" if language == "ru" else ", draft"
    return f", № {number}" if language == "ru" else f", No. {number}"
