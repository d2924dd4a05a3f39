"""What an answer does to a case: who may decide, what counts, what is asked again.

Owns: `answer`, from an `AnswerReceived` to a changed case. Press, mailto and reply all end here.
Refuses to know: how the answer was read, which stage comes next (`route`), how letters look.

Whose answer counts is said by `entitlement`; what a counted one does beside its own stage by `recording`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from mailflow.core.answers import Answer
from mailflow.core.case import (
    CONFIRM,
    EXPLAIN,
    Ask,
    Assignment,
)
from mailflow.core.confirming import confirmed
from mailflow.core.correcting import completed, corrected, explained
from mailflow.core.delegating import delegated
from mailflow.core.entitlement import DECISIONS, MayNot, asked_now, may_decide
from mailflow.core.events import AnswerReceived
from mailflow.core.facts import lacks_file
from mailflow.core.gathering import gathered
from mailflow.core.nudging import file_wanted, may_nudge, unclear
from mailflow.core.opining import opine
from mailflow.core.reasons import note_refusal, tell_refusal
from mailflow.core.recording import REPLIED, decide, names_hand, pass_on_from, receipt, say, tell_initiator
from mailflow.core.refusing import completed_by, need_reason, refused, remarked
from mailflow.core.resolving import resolved
from mailflow.core.sender import Proven
from mailflow.core.turn import Turn
from mailflow.core.versions import keep_aside, set_aside, take_files
from mailflow.core.withdrawing import revoke, withdraw

MOST_QUESTIONS = 5
"""Questions one person may ask about one task; a machine asks without end."""
MOST_COMMENTS = 20
"""Mere comments passed on in one case; later ones stand in the journal only."""


def answer(turn: Turn, event: AnswerReceived) -> None:
    """Let an answer do what it does, or keep it as a comment."""
    assignment = turn.case.assignment(event.assignment)
    if assignment is None:
        _to_the_case(turn, event)
        return
    if names_hand(turn, assignment, event):
        return
    right = may_decide(turn, assignment, event)
    if isinstance(right, MayNot):
        _not_counted(turn, assignment, event, right)
        return
    assignment = turn.put(assignment, spoke=True)
    if assignment.stage == CONFIRM:
        confirmed(turn, assignment, event, right.person)
        return
    if event.answer is Answer.WITHDRAW and assignment.ask not in DECISIONS:
        withdraw(turn, right.person, event.comment)
        return
    if event.answer is Answer.WITHDRAW and not assignment.open:
        revoke(turn, assignment, event, right.person)
        return
    settle(turn, assignment, event, right.person)


def settle(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """Let an answer that counts do what it does at a task of its kind."""
    _ASKED[assignment.ask](turn, assignment, event, person)


def _not_counted(turn: Turn, assignment: Assignment, event: AnswerReceived, why: MayNot) -> None:
    """Keep it as a comment and say so to the person asked, at his registered address, never to the writer."""
    if why.reason.key == "not_yours" and opine(turn, assignment, event):
        return
    note_refusal(turn, assignment.principal, why.reason)
    if (not why.again and _repeats(assignment, event)) or not may_nudge(turn, assignment):
        return
    if event.channel in REPLIED:
        tell_refusal(turn, turn.acts_on(assignment), why.reason, event.comment, assignment.id)
    if why.again:
        _ask_again(turn, assignment.principal)


def _repeats(assignment: Assignment, event: AnswerReceived) -> bool:
    """True for the same decision said once more: nothing to tell anybody."""
    return assignment.decision is not None and assignment.decision.answer is event.answer


def _ask_again(turn: Turn, principal: str) -> None:
    now = asked_now(turn.case, principal)
    if now is not None:
        turn.letter("ask", turn.acts_on(now), now.id, {"instruction": ""})


def _to_the_case(turn: Turn, event: AnswerReceived) -> None:
    """An answer to a letter that asked nothing: the initiator may withdraw, everybody may comment."""
    writer = turn.office.directory.by_address(event.proof.address) if isinstance(event.proof, Proven) else None
    if event.answer is Answer.WITHDRAW and writer == turn.case.initiator:
        withdraw(turn, writer, event.comment)
        return
    turn.because("comment", who=turn.office.short(writer) if writer else "?")
    asked = [a for a in turn.case.open_assignments if a.principal != writer]
    if writer is None or not event.comment or not asked or not _may_pass_on(turn, writer):
        return
    turn.change(passed_on=turn.case.passed_on + 1)
    words = {"who": turn.office.short(writer), "text": event.comment}
    for assignment in asked:
        turn.letter("comment", turn.acts_on(assignment), assignment.id, words)


def _may_pass_on(turn: Turn, writer: str) -> bool:
    """Comments are passed on from those concerned, and not without end."""
    concerned = {turn.case.initiator, turn.office.secretary, *(a.principal for a in turn.case.assignments)}
    return writer in concerned and turn.case.passed_on < MOST_COMMENTS


# --- an assignment that asks for a decision


def _decided(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    _keep(turn, assignment, event, person)
    settled = _settled(assignment, event)
    _SAID.get(settled, unclear)(turn, assignment, replace(event, answer=settled), person)


def _keep(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """Keep the files that came: the work's own where the stage asks for one, else beside the case."""
    stage = turn.process.stage(assignment.stage)
    if stage is not None and stage.rule.file:
        take_files(turn, event.files, person, event.comment)
    else:
        keep_aside(turn, event.files, person, event.comment)


def _settled(assignment: Assignment, event: AnswerReceived) -> Answer:
    """Read the answer together with what the person has begun to say: a reason for his refusal, a remark."""
    if event.answer is Answer.APPROVE and assignment.ask is Ask.APPROVAL and event.files:
        # «Согласовано» with an edited file is a yes to something else than was sent.
        return Answer.APPROVE_WITH_REMARKS
    refusal = completed_by(assignment, event)
    if refusal is not None:
        return refusal
    if event.answer is Answer.UNCLEAR and event.files and assignment.ask is Ask.EXECUTION and not event.comment:
        return Answer.DONE
    if event.answer is Answer.NEED_REASON and assignment.pending is Answer.APPROVE_WITH_REMARKS:
        return event.details.refusal or Answer.DECLINE
    return event.answer


def _positive(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    if event.answer is not _POSITIVE.get(assignment.ask):
        unclear(turn, assignment, event, person)
        return
    stage = turn.process.stage(assignment.stage)
    if stage is not None and lacks_file(turn.case, stage.rule, assignment, person):
        file_wanted(turn, assignment, event, person)
        return
    remark = assignment.pending_comment if assignment.pending is Answer.APPROVE_WITH_REMARKS else ""
    answer_ = Answer.APPROVE_WITH_REMARKS if remark else event.answer
    _write_details(turn, event)
    decide(turn, assignment, event, person, answer_, _said_beside(event, remark))
    say(turn, assignment, person, answer_)
    passed = pass_on_from(turn, assignment)
    receipt(turn, assignment, event, person, answer_, remark)
    tell_initiator(turn, assignment, person, passed)


_POSITIVE: Mapping[Ask, Answer] = {
    Ask.APPROVAL: Answer.APPROVE,
    Ask.PAYMENT: Answer.PAID,
    Ask.EXECUTION: Answer.DONE,
    Ask.ACKNOWLEDGEMENT: Answer.ACKNOWLEDGE,
}


def _said_beside(event: AnswerReceived, remark: str) -> str:
    """What stands on the sheet beside the answer: the remark, the words, the postal number of what was sent."""
    number = event.details.number if event.answer is Answer.DONE and not event.comment else ""
    return "; ".join(filter(None, (remark, event.comment, number)))


def _write_details(turn: Turn, event: AnswerReceived) -> None:
    """Put on the card what the answer brought: the number and date of the payment order."""
    if event.answer is not Answer.PAID:
        return
    brought = {"payment_number": event.details.number}
    if event.details.date is not None:
        brought["payment_date"] = event.details.date.isoformat()
    turn.change(fields={**turn.case.fields, **{name: value for name, value in brought.items() if value}})


def _question(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    if assignment.principal == turn.case.initiator:
        unclear(turn, assignment, event, person)
        return
    if sum(1 for a in turn.case.assignments if a.about == assignment.id) >= MOST_QUESTIONS:
        turn.because("unclear_silent", who=turn.office.short(person))
        return
    asked_before = sum(1 for a in turn.case.assignments if a.ask is Ask.EXPLANATION)
    task = turn.open(f"{EXPLAIN}.{asked_before + 1}", turn.case.initiator, Ask.EXPLANATION, about=assignment.id)
    turn.put(task, pending_comment=event.comment)
    turn.pause(turn.case.assignment(assignment.id) or assignment)
    turn.because("question", who=turn.office.short(person))
    words = {"who": turn.office.short(person), "question": event.comment}
    turn.letter("question", turn.case.initiator, task.id, words, papers=set_aside(turn, person))


def _filled(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """Whoever fills in a stage may ask first; a mail that states something is taken for what it states."""
    own = turn.process.stage(assignment.stage) is not None and assignment.principal != turn.case.initiator
    if own and event.answer is Answer.QUESTION and event.comment and not event.fields and not event.files:
        _question(turn, assignment, event, person)
    else:
        completed(turn, assignment, event, person)


def _deferred(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """No letter: he has said when. A reminder comes on that morning."""
    time = turn.office.time_of(person)
    when = time.morning(turn.now, event.details.until)
    day = time.day(when)
    if day != assignment.deferred_to:
        turn.set_timer("remind", when, turn.put(assignment, deferred_to=day))
    turn.because("deferred", who=turn.office.short(person), when=day)


_Act = Callable[[Turn, Assignment, AnswerReceived, str], None]

_SAID: Mapping[Answer, _Act] = {
    Answer.APPROVE: _positive,
    Answer.PAID: _positive,
    Answer.DONE: _positive,
    Answer.ACKNOWLEDGE: _positive,
    Answer.REWORK: refused,
    Answer.REJECT: refused,
    Answer.DECLINE: refused,
    Answer.NEED_REASON: need_reason,
    Answer.APPROVE_WITH_REMARKS: remarked,
    Answer.QUESTION: _question,
    Answer.DEFER: _deferred,
    Answer.RESOLUTION: resolved,
    Answer.DELEGATE: delegated,
}
"""What each answer does where a decision is asked; every other answer is not clear enough."""

_ASKED: Mapping[Ask, _Act] = {
    Ask.APPROVAL: _decided,
    Ask.PAYMENT: _decided,
    Ask.EXECUTION: _decided,
    Ask.FIELDS: _filled,
    Ask.CORRECTION: corrected,
    Ask.EXPLANATION: explained,
    Ask.ACKNOWLEDGEMENT: _decided,
    Ask.OPINION: gathered,
    Ask.RESOLUTION: _decided,
}
