"""The papers a process may ask for: by name, what each says and what its file is called.

Owns: the table of names a rules file may use in `needs` and `closing_papers`. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.case import Case
from mailflow.core.office import Office
from mailflow.core.papers import OutgoingLetter, outgoing_letter
from mailflow.core.sheet import ApprovalSheet, approval_sheet
from mailflow.core.views import Language

View = ApprovalSheet | OutgoingLetter


@dataclass(frozen=True, slots=True)
class _Kind:
    view: Callable[[Case, Office, datetime], View]
    ru: str
    en: str


def _letter(case: Case, office: Office, _: datetime) -> OutgoingLetter:
    return outgoing_letter(case, office)


PAPERS: Mapping[str, _Kind] = {
    "approval_sheet": _Kind(approval_sheet, "Лист согласования {number}", "Approval sheet {number}"),
    "outgoing_letter": _Kind(
        lambda case, office, _: outgoing_letter(case, office), "Письмо {number}{signed}", "Letter {number}{signed}"
    ),
}


def paper_view(document: str, case: Case, office: Office, now: datetime) -> View:
    """Give everything the paper of that name says about the case."""
    return PAPERS[document].view(case, office, now)


def paper_name(document: str, case: Case, language: Language) -> str:
    """Give the file's name: «Лист согласования СЧ-2026-0042.pdf»."""
    kind = PAPERS[document]
    form = kind.ru if language == "ru" else kind.en
    return form.format(number=case.number, signed=_signed(case, language)).replace("/", "-") + ".pdf"


def _signed(case: Case, language: Language) -> str:
    """«, проект» until the letter has its registration number, then that number: the two are never mixed up."""
    number = case.fields.get("reg_number")
    if not number:
        return ", проект" if language == "ru" else ", draft"
    return f", № {number}" if language == "ru" else f", No. {number}"
