"""Asking a person to say it more clearly, and knowing when to stop.

Owns: the limit of such letters for one assignment: two at once, then one a day, four in all. Replies beyond it
are kept in the journal silently: a mail loop or a forger must not be able to make us write without end.
"""

from __future__ import annotations

from datetime import timedelta

from mailflow.core.case import Assignment
from mailflow.core.events import AnswerReceived
from mailflow.core.hinting import near_words
from mailflow.core.turn import Turn

MOST_AT_ONCE = 2
MOST_NUDGES = 4
PAUSE = timedelta(days=1)
"""After `MOST_AT_ONCE` letters a machine on the other side costs one letter in this time."""


def may_nudge(turn: Turn, assignment: Assignment) -> bool:
    """Say whether one more letter of this sort may go out for the assignment, and count it."""
    last = assignment.nudged_at
    soon = last is not None and turn.now - last < PAUSE
    if assignment.nudges >= MOST_NUDGES or (soon and assignment.nudges >= MOST_AT_ONCE):
        return False
    turn.put(assignment, nudges=assignment.nudges + 1, nudged_at=turn.now)
    return True


def unclear(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """Nothing surely meant: ask with the choices, so that one word settles it."""
    who = turn.office.short(person)
    if not may_nudge(turn, assignment):
        turn.because("unclear_silent", who=who)
        return
    turn.because("unclear", who=who)
    words = {"text": event.comment, **near_words(event.near)}
    turn.letter("unclear", person, assignment.id, words, answers_a_mail=True)


def file_wanted(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """The work was to bring a file and has not: ask for it."""
    who = turn.office.short(person)
    if not may_nudge(turn, assignment):
        turn.because("unclear_silent", who=who)
        return
    turn.because("file_wanted", who=who)
    turn.letter("file", person, assignment.id, {"text": event.comment}, answers_a_mail=True)
