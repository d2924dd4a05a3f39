"""A wish the mail server has not proven, put to the registered address of whoever it names: one press settles it.

Owns: asking whether a withdrawal is meant, and what the answer does. Nothing happens before it, and one question is
asked in a round: a forger can neither move the case nor write to its initiator without end.
"""

from __future__ import annotations

from mailflow.core.answers import Answer
from mailflow.core.case import CONFIRM, Ask, Assignment
from mailflow.core.events import AnswerReceived
from mailflow.core.reasons import because, note_refusal
from mailflow.core.sender import Unproven
from mailflow.core.turn import Turn
from mailflow.core.withdrawing import why_not_withdraw, withdraw

_YES = frozenset({Answer.APPROVE, Answer.DONE, Answer.WITHDRAW})


def ask_whether(turn: Turn, person: str, proof: Unproven) -> None:
    """Ask the initiator whether he wants the case withdrawn; anybody else's wish is refused as ever."""
    who = turn.office.short(person)
    if why_not_withdraw(turn, person):
        note_refusal(turn, person, because("no_proof", reason=proof))
        return
    if any(a.stage == CONFIRM for a in turn.case.assignments if a.round == turn.case.round):
        turn.because("asked_before", who=turn.office.doer(person))
        return
    task = turn.open(CONFIRM, person, Ask.EXECUTION)
    turn.because("asks_withdrawal", who=who)
    words = {"reason": proof.in_(turn.office.directory.language(person))}
    turn.letter("confirm_withdrawal", person, task.id, words, answers_a_mail=True)


def confirmed(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """Withdraw the case at his word; anything else than a yes leaves it as it is."""
    turn.end(assignment, turn.note("note_not_meant"))
    if event.answer in _YES:
        withdraw(turn, person, event.comment)
    else:
        turn.because("not_meant", who=turn.office.doer(person))
