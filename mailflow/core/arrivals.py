"""A mail that has come, with everything that was looked up about it, and the letter it may owe its writer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.agenda import NOTHING_TO_DO, Agenda
from mailflow.core.around import Target
from mailflow.core.case import Case
from mailflow.core.events import IncomingFile, NoticeDue
from mailflow.core.memory import Fact
from mailflow.core.message import Message
from mailflow.core.sender import SenderProof


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail with everything that was looked up about it."""

    message: Message
    at: datetime
    proof: SenderProof
    person: str | None
    """Whose registered address stands in From, proven or not."""
    target: Target | None
    files: tuple[IncomingFile, ...] = ()
    case: Case | None = None
    """The case a command names by its number; None = none, or an unknown number."""
    own: tuple[Case, ...] = ()
    """The person's own cases that are not closed, for a command that names none."""
    own_text: str = ""
    """The writer's own words, quotes and forwarded letters left out."""
    agenda: Agenda = NOTHING_TO_DO
    """What waits for the person, for «Мои задачи»."""
    substitutions: tuple[Case, ...] = ()
    """The substitutions in force, newest first, for one that is to end."""


def notice(
    kind: str,
    arrival: Arrival,
    words: Mapping[str, str],
    rows: tuple[tuple[str, ...], ...] = (),
    learns: tuple[Fact, ...] = (),
) -> NoticeDue:
    """Give the letter that answers the mail, to the registered address of the person named in From."""
    message = arrival.message
    assert arrival.person is not None
    return NoticeDue(
        message.key, arrival.at, kind, arrival.person, words, rows, in_reply_to=message.message_id, learns=learns
    )
