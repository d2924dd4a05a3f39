"""A no, and a yes with a remark: back to the initiator, to the end, or a question that settles it.

Owns: the reason a refusal must have, and what becomes of a remark. Refuses to know: how it was read.
"""

from __future__ import annotations

from mailflow.core.answers import Answer
from mailflow.core.case import REWORK, Ask, Assignment, CaseState
from mailflow.core.closing import close_open, tell_starter
from mailflow.core.events import AnswerReceived
from mailflow.core.nudging import may_nudge
from mailflow.core.recording import decide, receipt
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
    turn.because("rejected", **words)
    turn.letter("rejected", turn.case.initiator, words=words)


def _go_round(turn: Turn, person: str, reason: str) -> None:
    """His own correction came with the remark: everybody decides on it anew, without waiting for the initiator."""
    turn.because("edited", who=turn.office.short(person), round=turn.case.round + 1, reason=reason)
    next_round(turn, turn.case.stage, material=True)
    tell_participants(turn, person, reason)


def _return(turn: Turn, person: str, reason: str) -> None:
    close_open(turn, turn.note("note_round"))
    turn.change(stage=REWORK)
    task = turn.open(REWORK, turn.case.initiator, Ask.CORRECTION)
    words = {"who": turn.office.short(person), "reason": reason}
    turn.because("returned", **words)
    turn.letter("returned", turn.case.initiator, task.id, words, papers=set_aside(turn, person))


def need_reason(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    if not may_nudge(turn, assignment):
        turn.because("unclear_silent", who=turn.office.short(person))
        return
    assignment = turn.case.assignment(assignment.id) or assignment
    turn.put(assignment, pending=Answer.NEED_REASON, pending_comment="")
    turn.because("reason_needed", who=turn.office.short(person))
    said = answer_word(Answer.DECLINE, turn.office.directory.language(person))
    turn.letter("reason", person, assignment.id, {"said": said}, answers_a_mail=True)


def remarked(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    if not may_nudge(turn, assignment):
        turn.because("unclear_silent", who=turn.office.short(person))
        return
    assignment = turn.case.assignment(assignment.id) or assignment
    remark = event.comment or ", ".join(file.name for file in event.files)
    turn.put(assignment, pending=Answer.APPROVE_WITH_REMARKS, pending_comment=remark)
    turn.because("remark", who=turn.office.short(person))
    turn.letter("blocking", person, assignment.id, {"remark": remark}, answers_a_mail=True)
