"""Taking back: an approver his decision, an initiator his case.

Owns: when that is still possible. A decision can be taken back until the next one has decided on
it; a case until it is closed or paid.
"""

from __future__ import annotations

from dataclasses import replace

from mailflow.core.answers import Answer
from mailflow.core.asking import instruction
from mailflow.core.case import Assignment, Case, CaseState, Standing, assignment_id
from mailflow.core.closing import close_open, tell_starter
from mailflow.core.events import AnswerReceived
from mailflow.core.nudging import may_nudge
from mailflow.core.reasons import Reason, because, note_refusal, tell_refusal
from mailflow.core.substitution import in_force, may_end, people_of
from mailflow.core.turn import Turn
from mailflow.core.wording import sentence


def revoke(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """Annul the person's standing decision and ask him again; refused once the next one has decided."""
    assignment = _of_this_round(turn, assignment)
    refusal = _too_late(turn, assignment)
    if refusal:
        note_refusal(turn, person, refusal)
        if may_nudge(turn, assignment):
            tell_refusal(turn, person, refusal, event.comment, assignment.id)
        return
    stopped = close_open(turn, turn.note("note_revoked"))
    for other in stopped:
        to, by = turn.acts_on(other), turn.office.doer(person)
        if other.principal != turn.case.initiator:
            why = sentence("revoked", turn.office.directory.language(to), who=by)
            turn.letter("withdrawn", to, other.id, {"who": by.name, "reason": why})
    note = turn.note("note_revoked")
    assignment = replace(assignment, spoke=True, reasked_at=turn.now)
    turn.put(assignment, standing=Standing.OPEN, decision=None, pending=None, carried=False, note=note)
    step = {stage.name for stage in turn.process.beside(assignment.stage)} | {assignment.stage}
    were_passed = set(turn.case.passed) if turn.case.stage in step else step
    passed = tuple(sorted(were_passed - {assignment.stage}))
    turn.change(state=CaseState.OPEN, stage=assignment.stage, passed=passed, closed_at=None)
    _reopen_companions(turn, stopped, assignment)
    turn.because("revoked", who=turn.office.doer(person))
    _ask_once_more(turn, assignment, person)


def withdraw(turn: Turn, person: str, comment: str) -> None:
    """End the case at its initiator's wish and tell everybody who was asked; refused once it is closed or paid."""
    refusal = why_not_withdraw(turn, person)
    if refusal:
        note_refusal(turn, person, refusal)
        tell_refusal(turn, person, refusal, comment)
        return
    asked = [turn.acts_on(a) for a in close_open(turn, turn.note("note_closed"))]
    turn.change(state=CaseState.WITHDRAWN, stage="", closed_at=turn.now)
    tell_starter(turn)
    turn.because("withdrawn", who=turn.office.doer(person))
    words = {"who": turn.office.short(person), "reason": comment}
    for told in dict.fromkeys((*asked, *people_of(turn.case))):
        if told != person:
            turn.letter("withdrawn", told, words=words)
    turn.letter("withdrawn", person, words=words, answers_a_mail=True)


def why_not_withdraw(turn: Turn, person: str) -> Reason | None:
    """Say why this person cannot withdraw the case now; None when he can."""
    standing_in = in_force(turn.case, turn.office.day(turn.now))
    if person != turn.case.initiator and not (standing_in and may_end(turn.case, person, turn.office.directory)):
        return because("only_initiator")
    if turn.case.state is not CaseState.OPEN and not standing_in:
        return because("over")
    return because("paid_already") if paid(turn.case) else None


def paid(case: Case) -> bool:
    """True once somebody has said that the money has left."""
    return any(a.decision is not None and a.decision.answer is Answer.PAID for a in case.assignments)


def _of_this_round(turn: Turn, assignment: Assignment) -> Assignment:
    """Give where the agreement counts now: in a later round it may have been carried over."""
    name = assignment_id(turn.case.id, turn.case.round, assignment.stage, assignment.principal)
    now = turn.case.assignment(name)
    return now if now is not None and now.carried else assignment


def _too_late(turn: Turn, assignment: Assignment) -> Reason | None:
    stands = assignment.decision is not None or assignment.carried
    if not stands or assignment.round != turn.case.round:
        return because("moved_on")
    if turn.case.state is CaseState.WITHDRAWN:
        return because("over")
    at = assignment.decision.at if assignment.decision is not None else assignment.opened_at
    step = {stage.name for stage in turn.process.beside(assignment.stage)} - {assignment.stage}
    later = (a for a in turn.case.assignments if a.decision is not None and a.decision.at > at)
    after = [a for a in later if a.stage not in step]
    if after:
        return because("next_decided", who=turn.office.short(after[-1].principal))
    paid_by_him = assignment.decision is not None and assignment.decision.answer is Answer.PAID
    return because("paid_already") if paid_by_him else None


def _reopen_companions(turn: Turn, stopped: tuple[Assignment, ...], assignment: Assignment) -> None:
    """Those who were being asked beside him, at his stage or one that runs with it, are still asked."""
    step = {stage.name for stage in turn.process.beside(assignment.stage)} | {assignment.stage}
    for other in stopped:
        now = turn.case.assignment(other.id)
        if now is not None and other.stage in step:
            turn.change(
                assignments=tuple(
                    replace(a, standing=Standing.OPEN, note="") if a.id == other.id else a
                    for a in turn.case.assignments
                )
            )


def _ask_once_more(turn: Turn, assignment: Assignment, person: str) -> None:
    stage = turn.process.stage(assignment.stage)
    words = {"instruction": ""}
    if stage is not None:
        words = instruction(turn, stage.rule, assignment.principal)
        turn.wind(turn.case.assignment(assignment.id) or assignment, stage.rule)
    turn.letter("ask", person, assignment.id, words)
