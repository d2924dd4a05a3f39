"""Who may start a process, where its rules let not everybody.

Owns: `may_start`, and the names told to whoever may not. Refuses to know: mails, the API, what the case would be about.
"""

from __future__ import annotations

from datetime import datetime

from mailflow.core.case import Case
from mailflow.core.office import Office
from mailflow.core.routing import people
from mailflow.core.rules import Process


def may_start(process: Process, person: str, office: Office, now: datetime) -> bool:
    """Say whether the person may: anybody, unless the rules name people; then they, and who acts for one of them."""
    named = who_may(process, person, office, now)
    return process.started_by is None or person in named or any(office.acting(one, now) == person for one in named)


def who_may(process: Process, person: str, office: Office, now: datetime) -> tuple[str, ...]:
    """Give the people the rules name; () where they name nobody in particular."""
    if process.started_by is None:
        return ()
    would_be = Case(id="", process=process.name, initiator=person, opened_at=now)
    return people(process.started_by, would_be, office.directory)
