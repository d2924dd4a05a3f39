"""Offers and opinions, gathered side by side: whatever a person asked says or sends is his answer.

Owns: taking such an answer down, with its files. Refuses to know: which of them is the best.
"""

from __future__ import annotations

from mailflow.core.answers import Answer
from mailflow.core.case import Assignment
from mailflow.core.events import AnswerReceived
from mailflow.core.nudging import unclear
from mailflow.core.recording import decide, pass_on_from, tell_initiator
from mailflow.core.turn import Turn
from mailflow.core.versions import keep_aside


def gathered(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """Keep the words and the files beside those of the others; an empty reply is asked about."""
    if not (event.comment or event.files):
        unclear(turn, assignment, event, person)
        return
    keep_aside(turn, event.files, person, event.comment)
    said = event.comment or ", ".join(file.name for file in event.files)
    decide(turn, assignment, event, person, Answer.DONE, said)
    turn.because("gathered", who=turn.office.short(person))
    tell_initiator(turn, assignment, person, pass_on_from(turn, assignment))
