"""Who may be shown a case."""

from __future__ import annotations

from datetime import datetime

from mailflow.core.case import Case
from mailflow.core.office import Office


def may_see(case: Case, person: str, office: Office, now: datetime) -> bool:
    """Say whether the case may be shown: to its initiator, those asked and those who act for them, the secretary."""
    asked = {a.principal for a in case.assignments}
    acting = {office.acting(principal, now) for principal in asked}
    deciders = {a.decision.by for a in case.assignments if a.decision is not None}
    handed = {a.delegate for a in case.assignments if a.delegate}
    return person in {case.initiator, office.secretary} | asked | acting | deciders | handed
