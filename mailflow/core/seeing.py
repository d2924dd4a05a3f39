"""Who may be shown a case."""

from __future__ import annotations

from datetime import datetime

from mailflow.core.case import Case
from mailflow.core.office import Office
from mailflow.core.sight import sees, sight_of


def may_see(case: Case, person: str, office: Office, now: datetime) -> bool:
    """Say whether the case may be shown: to its initiator, those asked and who act for them, and as `sight` says."""
    return sees(sight_of(person, office, now), case)
