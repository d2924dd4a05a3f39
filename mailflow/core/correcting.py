"""What the initiator adds: missing fields, a corrected file, an explanation.

Owns: merging fields and file versions into a case, and knowing whether a change is material.
A material change (the amount, the account, any file) brings everybody back: whoever agreed before
agreed to something else.
"""

from __future__ import annotations

from mailflow.core.answers import Answer
from mailflow.core.asking import ask_now, make_needed
from mailflow.core.case import Ask, Assignment, CaseState, Decision, FieldValue, Standing
from mailflow.core.events import AnswerReceived
from mailflow.core.facts import empty_fields, lacks_file, too_many
from mailflow.core.hinting import near_words
from mailflow.core.nudging import unclear
from mailflow.core.route import begin, go_on, missing_fields, next_round
from mailflow.core.rules import NamedStage
from mailflow.core.sender import Proven
from mailflow.core.turn import Turn
from mailflow.core.versions import keep_aside, make_anew, take_files, tell_participants

_NO = frozenset({Answer.NEED_REASON, Answer.DECLINE, Answer.REJECT})


def completed(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """The missing fields, or a yes to the guessed process; what is still missing is asked again."""
    stage = turn.process.stage(assignment.stage)
    if stage is not None:
        _filled(turn, stage, assignment, event, person)
        return
    if not turn.case.confirmed and event.answer in _NO:
        _not_meant(turn, person)
        return
    agrees = event.answer is Answer.APPROVE and not event.fields
    confirms = agrees and not turn.case.confirmed
    cut = _cut(turn) if agrees else {}
    without = agrees and bool(turn.case.unsure)
    if not (confirms or cut or without or event.fields or event.files):
        unclear(turn, assignment, event, person)
        return
    turn.change(confirmed=turn.case.confirmed or confirms, unsure=_still_unsure(turn, event, agrees))
    turn.fill({**cut, **event.fields}, event.findings)
    take_files(turn, event.files, person, event.comment)
    turn.because("fields", who=turn.office.doer(person))
    if missing_fields(turn) or not turn.case.confirmed:
        near = near_words(event.near)
        turn.letter("registered", turn.case.initiator, assignment.id, words=near, answers_a_mail=True)
        return
    _done(turn, assignment, event, person)
    begin(turn)
    turn.letter("registered", turn.case.initiator, answers_a_mail=True)


def _still_unsure(turn: Turn, event: AnswerReceived, agrees: bool) -> tuple[str, ...]:
    """Give what is still open: what this answer again says in two ways, and all of it where it speaks of no field.

    «Ок» does without the value; so does an answer that states other fields.
    """
    before = () if agrees or event.fields else turn.case.unsure
    names = (*before, *(name for name in event.ambiguous if name in turn.process.fields))
    return tuple(dict.fromkeys(name for name in names if name not in event.fields))


def _cut(turn: Turn) -> dict[str, FieldValue]:
    """Give the lists that are longer than they may be, cut to their first names: the initiator has said yes to it."""
    found = (
        (name, turn.case.fields.get(name)) for name in turn.process.fields if too_many(turn.case, turn.office, name)
    )
    return {name: value[: turn.process.fields[name].most] for name, value in found if isinstance(value, tuple)}


def _filled(turn: Turn, stage: NamedStage, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """A stage to fill: its fields, and where it has a draft the word that the draft is right."""
    fields = _open_to(turn, stage, event)
    added = bool(fields or event.files)
    turn.fill(fields, event.findings)
    make_anew(turn, fields)
    if stage.rule.file or _still_open(turn, stage):
        take_files(turn, event.files, person, event.comment)
    else:
        keep_aside(turn, event.files, person, event.comment)
    unread = set(event.ambiguous) & set(stage.rule.also)
    if unread or empty_fields(turn.case, stage.rule.fields) or lacks_file(turn.case, stage.rule, assignment, person):
        _ask_for_rest(turn, stage, assignment, event, person, added)
    elif stage.rule.needs and added:
        turn.because("fields", who=turn.office.doer(person))
        make_needed(turn, stage)
    elif added or event.answer in (Answer.APPROVE, Answer.DONE):
        turn.because("fields", who=turn.office.doer(person))
        _done(turn, assignment, event, person)
        go_on(turn, stage)
    else:
        unclear(turn, assignment, event, person)


def _open_to(turn: Turn, stage: NamedStage, event: AnswerReceived) -> dict[str, FieldValue]:
    """Give what this stage may write: once somebody has agreed, its own fields only."""
    free = _still_open(turn, stage)
    return {name: v for name, v in event.fields.items() if free or name in (*stage.rule.fields, *stage.rule.also)}


def _still_open(turn: Turn, stage: NamedStage) -> bool:
    """Say whether a stage may still change what it was not asked for: nobody has agreed to the case as it is.

    The first stage comes before whatever is agreed to in its round; one beside it may have been quicker.
    """
    begins = turn.process.stages[0].name == stage.name
    agreed = (a.round for a in turn.case.assignments if a.ask is Ask.APPROVAL and a.decision is not None)
    return all(begins and round_ < turn.case.round for round_ in agreed)


def _ask_for_rest(
    turn: Turn, stage: NamedStage, assignment: Assignment, event: AnswerReceived, person: str, added: bool
) -> None:
    if not added:
        unclear(turn, assignment, event, person)
        return
    turn.because("fields", who=turn.office.doer(person))
    ask_now(turn, stage, (assignment.principal,))


def corrected(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """A corrected file or field, or «готово»: the next round begins."""
    if not (event.files or event.fields or event.answer in (Answer.DONE, Answer.APPROVE)):
        unclear(turn, assignment, event, person)
        return
    returned_from = _last_returned(turn)
    _done(turn, assignment, event, person)
    _resubmit(turn, event, person, returned_from, replaces_single=True)


def explained(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """The answer to an approver's question goes back to him; new files bring everybody back."""
    if not (event.comment or event.files):
        unclear(turn, assignment, event, person)
        return
    question = assignment.pending_comment
    _done(turn, assignment, event, person)
    turn.because("explained", who=turn.office.doer(person))
    turn.unpause(assignment.about)
    asked = turn.case.assignment(assignment.about)
    if event.files and asked is not None and asked.open:
        _resubmit(turn, event, person, turn.case.stage, replaces_single=False)
        return
    keep_aside(turn, event.files, person, event.comment)
    if asked is not None and asked.open:
        words = {"who": turn.office.short(person), "question": question, "answer": event.comment}
        turn.letter("answered", turn.acts_on(asked), asked.id, words)


def _resubmit(turn: Turn, event: AnswerReceived, person: str, from_stage: str, replaces_single: bool) -> None:
    before = turn.material
    # Only a correction is read anew; another file takes no warning about the papers away.
    findings = event.findings if event.files and replaces_single else turn.case.findings
    turn.change(findings=findings)
    turn.fill(event.fields, event.findings)
    make_anew(turn, event.fields)
    take_files(turn, event.files, person, event.comment, replaces_single)
    turn.because("resubmitted", who=turn.office.doer(person), round=turn.case.round + 1)
    next_round(turn, from_stage, turn.material != before)
    tell_participants(turn, person, event.comment)


def _last_returned(turn: Turn) -> str:
    """Give the stage whose person returned the case in this round."""
    returned = (
        a.stage
        for a in reversed(turn.case.assignments)
        if a.round == turn.case.round and a.decision is not None and a.decision.answer is Answer.REWORK
    )
    return next(returned, "")


def _done(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    proof = event.proof.by if isinstance(event.proof, Proven) else ""
    decision = Decision(Answer.DONE, person, turn.now, event.channel, event.comment, proof)
    current = turn.case.assignment(assignment.id) or assignment
    turn.put(current, standing=Standing.DECIDED, decision=decision)
    turn.stop_timers(assignment)


def _not_meant(turn: Turn, person: str) -> None:
    """The process was guessed wrongly: the case is closed, its number stays taken."""
    for assignment in turn.case.open_assignments:
        turn.end(assignment, turn.note("note_closed"))
    turn.change(state=CaseState.WITHDRAWN, stage="", closed_at=turn.now)
    turn.because("withdrawn", who=turn.office.doer(person))
