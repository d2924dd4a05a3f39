"""A no, and a yes with a remark: back to the initiator, to the end, or a question that settles it.

Owns: the reason a refusal must have, and what becomes of a remark. Refuses to know: how it was read.
"""

from __future__ import annotations

from mailflow.core.answers import Answer
from mailflow.core.case import REWORK, Ask, Assignment, CaseState
from mailflow.core.closing import close_open, tell_starter
from mailflow.core.events import AnswerReceived
from mailflow.core.nudging import may_nudge
from mailflow.core.recording import REPLIED, decide, receipt
from mailflow.core.route import next_round
from mailflow.core.turn import Turn
from mailflow.core.versions import adopt, set_aside, tell_participants
from mailflow.core.wording import answer_word


def refused(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """A refusal: back to the initiator where the stage knows rework, else the end."""
    reason = event.comment or assignment.pending_comment
    if not reason:
        need_reason(turn, assignment, event, person)
        return
    stage = turn.process.stage(assignment.stage)
    actions = stage.rule.returns if stage is not None else ()
    final = "reject" in actions and (event.answer is Answer.REJECT or "rework" not in actions)
    answer_ = Answer.REJECT if final else Answer.REWORK
    decide(turn, assignment, event, person, answer_, reason)
    if final:
        _reject(turn, person, reason)
    elif stage is not None and stage.rule.edits and adopt(turn, person, assignment.opened_at):
        _go_round(turn, person, reason)
    else:
        _return(turn, person, reason)
    receipt(turn, assignment, event, person, answer_, reason)


def _reject(turn: Turn, person: str, reason: str) -> None:
    close_open(turn, turn.note("note_closed"))
    turn.change(state=CaseState.REJECTED, closed_at=turn.now)
    tell_starter(turn)
    words = {"who": turn.office.short(person), "reason": reason}
    turn.because("rejected", who=turn.office.doer(person), reason=reason)
    turn.letter("rejected", turn.case.initiator, words=words)


def _go_round(turn: Turn, person: str, reason: str) -> None:
    """His own correction came with the remark: everybody decides on it anew, without waiting for the initiator."""
    turn.because("edited", who=turn.office.doer(person), round=turn.case.round + 1, reason=reason)
    next_round(turn, turn.case.stage, material=True)
    tell_participants(turn, person, reason)


def _return(turn: Turn, person: str, reason: str) -> None:
    close_open(turn, turn.note("note_round"))
    turn.change(stage=REWORK)
    task = turn.open(REWORK, turn.case.initiator, Ask.CORRECTION)
    words = {"who": turn.office.short(person), "reason": reason}
    turn.because("returned", who=turn.office.doer(person), reason=reason)
    turn.letter("returned", turn.case.initiator, task.id, words, papers=set_aside(turn, person))


def need_reason(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """Keep which refusal it is, and ask for its reason: the reason then completes that one."""
    if not may_nudge(turn, assignment):
        turn.because("unclear_silent", who=turn.office.short(person))
        return
    refusal = _refusal(assignment, event)
    turn.put(turn.case.assignment(assignment.id) or assignment, pending=refusal, pending_comment="")
    turn.because("reason_needed", who=turn.office.short(person))
    said = answer_word(refusal, turn.office.directory.language(person))
    turn.letter("reason", person, assignment.id, {"said": said}, answers_a_mail=True)


REFUSALS = frozenset({Answer.REJECT, Answer.REWORK, Answer.DECLINE})


def _refusal(assignment: Assignment, event: AnswerReceived) -> Answer:
    """Say which refusal is meant: what was said in so many words stands over a mere no, also over a later one."""
    said = event.answer if event.answer in REFUSALS else event.details.refusal or Answer.DECLINE
    return assignment.pending if said is Answer.DECLINE and assignment.pending in REFUSALS else said


def completed_by(assignment: Assignment, event: AnswerReceived) -> Answer | None:
    """Give the refusal whose reason these words are; None where none waits for one, or they are something else.

    A press says what it says: «Готово» on the page is never the reason a reply still owes.
    """
    a_reason = event.answer is Answer.DECLINE or (event.answer is Answer.UNCLEAR and not event.details.no_reason)
    if assignment.pending not in REFUSALS or event.channel not in REPLIED or not event.comment or not a_reason:
        return None
    return assignment.pending


def remarked(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    if not may_nudge(turn, assignment):
        turn.because("unclear_silent", who=turn.office.short(person))
        return
    assignment = turn.case.assignment(assignment.id) or assignment
    remark = event.comment or ", ".join(file.name for file in event.files)
    turn.put(assignment, pending=Answer.APPROVE_WITH_REMARKS, pending_comment=remark)
    turn.because("remark", who=turn.office.short(person))
    turn.letter("blocking", person, assignment.id, {"remark": remark}, answers_a_mail=True)
