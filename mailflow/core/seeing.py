"""Who may be shown a case."""

from __future__ import annotations

from datetime import datetime

from mailflow.core.case import Case
from mailflow.core.office import Office
from mailflow.core.sight import sees, sight_of
from mailflow.core.silence import told_of


def may_see(case: Case, person: str, office: Office, now: datetime) -> bool:
    """Say whether the case may be shown: as `sight` says, and to whom the silence of a task there has been told."""
    return sees(sight_of(person, office, now), case) or person in told_of(case, office, now)
