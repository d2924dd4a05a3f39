"""What an answer does to a case: who may decide, what counts, what is asked again.

Owns: `answer`, from an `AnswerReceived` to a changed case. Press, mailto and reply all end here.
Refuses to know: how the answer was read, which stage comes next (`route`), how letters look.

The rule of safety in one line: an answer counts only from the person asked (or who acts for him),
proven, on the card as it is now, at an assignment still open; all else is kept as a comment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mailflow.core.answers import Answer
from mailflow.core.case import (
    EXPLAIN,
    REWORK,
    Ask,
    Assignment,
    CaseState,
    Decision,
    FieldValue,
    Standing,
    card_hash,
)
from mailflow.core.correcting import completed, corrected, explained, keep_aside, set_aside
from mailflow.core.events import AnswerReceived
from mailflow.core.nudging import may_nudge, unclear
from mailflow.core.route import close_open, first_unfinished, go_on, tell_starter
from mailflow.core.sender import Proven
from mailflow.core.turn import Turn
from mailflow.core.withdrawing import revoke, withdraw
from mailflow.core.wording import answer_word

_DECISIONS = frozenset({Ask.APPROVAL, Ask.PAYMENT, Ask.EXECUTION, Ask.RESOLUTION})
_REPLIED = ("reply", "mailto")
MOST_QUESTIONS = 5
"""Questions one person may ask about one task; a machine asks without end."""
MOST_COMMENTS = 20
"""Mere comments passed on in one case; later ones stand in the journal only."""


@dataclass(frozen=True, slots=True)
class May:
    """The answer counts as this person's."""

    person: str


@dataclass(frozen=True, slots=True)
class MayNot:
    """It does not; `reason` is a key of `wording`. `again`: the person should get the present letter."""

    reason: str
    facts: Mapping[str, object]
    again: bool = False


def answer(turn: Turn, event: AnswerReceived) -> None:
    """Let an answer do what it does, or keep it as a comment."""
    assignment = turn.case.assignment(event.assignment)
    if assignment is None:
        _to_the_case(turn, event)
        return
    right = may_decide(turn, assignment, event)
    if isinstance(right, MayNot):
        _not_counted(turn, assignment, event, right)
        return
    if event.answer is Answer.WITHDRAW and assignment.ask not in _DECISIONS:
        withdraw(turn, right.person, event.comment)
        return
    if event.answer is Answer.WITHDRAW and not assignment.open:
        revoke(turn, assignment, event, right.person)
        return
    _ASKED[assignment.ask](turn, assignment, event, right.person)


def may_decide(turn: Turn, assignment: Assignment, event: AnswerReceived) -> May | MayNot:
    """Say whether this answer is one of the person asked, proven, and about what stands now."""
    if not isinstance(event.proof, Proven):
        return MayNot("no_proof", {"reason": event.proof.reason})
    writer = turn.office.directory.by_address(event.proof.address)
    if writer is None or writer not in (assignment.principal, turn.acting(assignment.principal)):
        return MayNot("not_yours", {"principal": turn.office.short(assignment.principal)})
    if event.answer is Answer.WITHDRAW and assignment.decision is not None:
        return May(writer)
    if turn.case.state is not CaseState.OPEN:
        return MayNot("over", {})
    if assignment.decision is not None:
        return MayNot("already", {"answer": answer_word(assignment.decision.answer, turn.language)})
    if not assignment.open:
        return MayNot("moved_on", {}, again=True)
    if assignment.ask in _DECISIONS and event.card != card_hash(turn.case.fields, turn.case.files):
        return MayNot("stale", {}, again=True)
    return May(writer)


def _not_counted(turn: Turn, assignment: Assignment, event: AnswerReceived, why: MayNot) -> None:
    """Keep it as a comment and say so to the person asked, at his registered address, never to the writer."""
    reason = turn.note(why.reason, **why.facts)
    turn.because("not_counted", who=turn.office.short(assignment.principal), reason=reason)
    if _repeats(assignment, event) or not may_nudge(turn, assignment):
        return
    if event.channel in _REPLIED:
        to = turn.acting(assignment.principal)
        turn.letter("not_counted", to, assignment.id, {"reason": reason, "text": event.comment}, answers_a_mail=True)
    if why.again:
        _ask_again(turn, assignment.principal)


def _repeats(assignment: Assignment, event: AnswerReceived) -> bool:
    """True for the same decision said once more: nothing to tell anybody."""
    return assignment.decision is not None and assignment.decision.answer is event.answer


def _ask_again(turn: Turn, principal: str) -> None:
    now = next((a for a in turn.case.open_assignments if a.principal == principal and a.ask in _DECISIONS), None)
    if now is not None:
        turn.letter("ask", turn.acting(principal), now.id, {"instruction": ""})


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
        turn.letter("comment", turn.acting(assignment.principal), assignment.id, words)


def _may_pass_on(turn: Turn, writer: str) -> bool:
    """Comments are passed on from those concerned, and not without end."""
    concerned = {turn.case.initiator, turn.office.secretary, *(a.principal for a in turn.case.assignments)}
    return writer in concerned and turn.case.passed_on < MOST_COMMENTS


# --- an assignment that asks for a decision


def _decided(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    keep_aside(turn, event.files, person, event.comment)
    act = _SAID.get(_settled(assignment, event), unclear)
    act(turn, assignment, event, person)


def _settled(assignment: Assignment, event: AnswerReceived) -> Answer:
    """Read the answer together with what the person has begun to say: a reason for his refusal, a remark."""
    if event.answer is Answer.APPROVE and assignment.ask is Ask.APPROVAL and event.files:
        # «Согласовано» with an edited file is a yes to something else than was sent.
        return Answer.APPROVE_WITH_REMARKS
    # A press says what it says: «Готово» on the page is never the reason a reply still owes.
    vague = event.channel in _REPLIED and event.answer in (Answer.UNCLEAR, Answer.DONE, Answer.ACKNOWLEDGE)
    if vague and event.comment and _reason_awaited(assignment):
        return Answer.DECLINE
    if event.answer is Answer.NEED_REASON and assignment.pending is Answer.APPROVE_WITH_REMARKS:
        return Answer.DECLINE
    return event.answer


def _reason_awaited(assignment: Assignment) -> bool:
    return assignment.pending is Answer.NEED_REASON


def _positive(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    if event.answer is not _POSITIVE.get(assignment.ask):
        unclear(turn, assignment, event, person)
        return
    remark = assignment.pending_comment if assignment.pending is Answer.APPROVE_WITH_REMARKS else ""
    answer_ = Answer.APPROVE_WITH_REMARKS if remark else event.answer
    _write_details(turn, event)
    _decide(turn, assignment, event, person, answer_, _said_beside(event, remark))
    _say(turn, assignment, person, answer_)
    passed = _go_on(turn, assignment)
    _receipt(turn, assignment, event, person, answer_, remark)
    _tell_initiator(turn, assignment, person, passed)


_POSITIVE: Mapping[Ask, Answer] = {
    Ask.APPROVAL: Answer.APPROVE,
    Ask.PAYMENT: Answer.PAID,
    Ask.EXECUTION: Answer.DONE,
}


def _said_beside(event: AnswerReceived, remark: str) -> str:
    """What stands on the sheet beside the answer: the remark, the words, the postal number of what was sent."""
    number = event.details.number if event.answer is Answer.DONE and not event.comment else ""
    return "; ".join(filter(None, (remark, event.comment, number)))


def _go_on(turn: Turn, assignment: Assignment) -> bool:
    """Pass on along the route; where the rules no longer have this stage, to the first one not finished."""
    _end_questions(turn, assignment)
    stage = turn.process.stage(assignment.stage)
    if stage is not None:
        return go_on(turn, stage)
    first_unfinished(turn)
    return True


def _end_questions(turn: Turn, assignment: Assignment) -> None:
    """Who has decided waits for no explanation any more."""
    for asked in turn.case.open_assignments:
        if asked.ask is Ask.EXPLANATION and asked.about == assignment.id:
            turn.end(asked, turn.note("note_enough"))


def _resolved(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """A resolution: who is to do it, by when, whether an answer is needed; «В дело» names nobody."""
    if assignment.ask is not Ask.RESOLUTION:
        unclear(turn, assignment, event, person)
        return
    found = {name: turn.office.directory.find(name) for name in event.details.executors}
    unsure = [name for name, people in found.items() if len(people) != 1]
    if unsure:
        text = turn.note("unknown_people", names=", ".join(unsure))
        unclear(turn, assignment, replace(event, comment=text), person)
        return
    said = event.comment or ("В дело" if turn.language == "ru" else "File it")
    turn.change(fields={**turn.case.fields, **_resolution_fields(event, found, said)})
    turn.because("resolved", who=turn.office.short(person), text=said)
    _decide(turn, assignment, event, person, Answer.RESOLUTION, said)
    passed = _go_on(turn, assignment)
    _receipt(turn, assignment, event, person, Answer.RESOLUTION, said)
    _tell_initiator(turn, assignment, person, passed)


def _resolution_fields(event: AnswerReceived, found: Mapping[str, tuple[str, ...]], said: str) -> dict[str, FieldValue]:
    written: dict[str, FieldValue] = {
        "resolution": said,
        "executors": tuple(dict.fromkeys(people[0] for people in found.values())),
        "answer_needed": bool(event.details.answer_needed),
    }
    return {**written, "due": event.details.due.isoformat()} if event.details.due is not None else written


def _write_details(turn: Turn, event: AnswerReceived) -> None:
    """Put on the card what the answer brought: the number and date of the payment order."""
    if event.answer is not Answer.PAID:
        return
    brought = {"payment_number": event.details.number}
    if event.details.date is not None:
        brought["payment_date"] = event.details.date.isoformat()
    turn.change(fields={**turn.case.fields, **{name: value for name, value in brought.items() if value}})


def _decide(
    turn: Turn, assignment: Assignment, event: AnswerReceived, person: str, answer_: Answer, comment: str
) -> None:
    proof = f"{event.proof.by}" if isinstance(event.proof, Proven) else ""
    decision = Decision(answer_, person, turn.now, event.channel, comment, proof, event.card, turn.material)
    turn.put(assignment, standing=Standing.DECIDED, decision=decision, pending=None, pending_comment="")
    turn.stop_timers(assignment)


def _say(turn: Turn, assignment: Assignment, person: str, answer_: Answer) -> None:
    """Tell the journal who said what, and for whom."""
    word = answer_word(answer_, turn.language)
    who, principal = turn.office.short(person), turn.office.short(assignment.principal)
    if person == assignment.principal:
        turn.because("said", who=who, answer=word)
    else:
        turn.because("said_for", who=who, principal=principal, answer=word)


def _receipt(
    turn: Turn, assignment: Assignment, event: AnswerReceived, person: str, answer_: Answer, comment: str
) -> None:
    """A reply is answered by a letter that says what was understood; a press sees it on the page.

    For money, and after a new browser, the letter goes out too: «не вы? — ответьте «Отзываю»».
    """
    stage = turn.process.stage(assignment.stage)
    money = stage is not None and (stage.rule.assurance == "known_browser" or stage.rule.money_moves)
    if event.channel not in _REPLIED and not money and not event.new_browser:
        return
    language = turn.office.directory.language(person)
    waits = ", ".join(turn.office.short(a.principal) for a in turn.case.open_assignments)
    words = {"said": answer_word(answer_, language), "comment": comment, "next": waits}
    turn.letter("recorded", person, assignment.id, words, answers_a_mail=True)


def _tell_initiator(turn: Turn, assignment: Assignment, person: str, passed: bool) -> None:
    """One letter a passed stage; none about what he did himself or is asked to do next anyway."""
    initiator = turn.case.initiator
    if person == initiator or not passed:
        return
    if turn.case.state is CaseState.DONE:
        if not turn.process.closing_papers:
            turn.letter("closed", initiator, words={"result": ""})
    elif not any(a.principal == initiator for a in turn.case.open_assignments):
        who = ", ".join(turn.office.short(a.principal) for a in turn.case.at_stage(assignment.stage) if a.decision)
        waits = ", ".join(turn.office.short(a.principal) for a in turn.case.open_assignments)
        turn.letter("agreed", initiator, words={"who": who, "next": waits})


def _refused(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """A refusal: back to the initiator where the stage knows rework, else the end."""
    reason = event.comment or assignment.pending_comment
    if not reason:
        _need_reason(turn, assignment, event, person)
        return
    stage = turn.process.stage(assignment.stage)
    actions = stage.rule.actions if stage is not None else ()
    final = "reject" in actions and (event.answer is Answer.REJECT or "rework" not in actions)
    answer_ = Answer.REJECT if final else Answer.REWORK
    _decide(turn, assignment, event, person, answer_, reason)
    if final:
        _reject(turn, person, reason)
    else:
        _return(turn, person, reason)
    _receipt(turn, assignment, event, person, answer_, reason)


def _reject(turn: Turn, person: str, reason: str) -> None:
    close_open(turn, turn.note("note_closed"))
    turn.change(state=CaseState.REJECTED, closed_at=turn.now)
    tell_starter(turn)
    words = {"who": turn.office.short(person), "reason": reason}
    turn.because("rejected", **words)
    turn.letter("rejected", turn.case.initiator, words=words)


def _return(turn: Turn, person: str, reason: str) -> None:
    close_open(turn, turn.note("note_round"))
    turn.change(stage=REWORK)
    task = turn.open(REWORK, turn.case.initiator, Ask.CORRECTION)
    words = {"who": turn.office.short(person), "reason": reason}
    turn.because("returned", **words)
    turn.letter("returned", turn.case.initiator, task.id, words, papers=set_aside(turn, person))


def _need_reason(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    if not may_nudge(turn, assignment):
        turn.because("unclear_silent", who=turn.office.short(person))
        return
    assignment = turn.case.assignment(assignment.id) or assignment
    turn.put(assignment, pending=Answer.NEED_REASON, pending_comment="")
    turn.because("reason_needed", who=turn.office.short(person))
    said = answer_word(Answer.DECLINE, turn.office.directory.language(person))
    turn.letter("reason", person, assignment.id, {"said": said}, answers_a_mail=True)


def _remark(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    if not may_nudge(turn, assignment):
        turn.because("unclear_silent", who=turn.office.short(person))
        return
    assignment = turn.case.assignment(assignment.id) or assignment
    remark = event.comment or ", ".join(file.name for file in event.files)
    turn.put(assignment, pending=Answer.APPROVE_WITH_REMARKS, pending_comment=remark)
    turn.because("remark", who=turn.office.short(person))
    turn.letter("blocking", person, assignment.id, {"remark": remark}, answers_a_mail=True)


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
    turn.because("question", who=turn.office.short(person))
    words = {"who": turn.office.short(person), "question": event.comment}
    turn.letter("question", turn.case.initiator, task.id, words, papers=set_aside(turn, person))


def _deferred(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """No letter: he has said when. A reminder comes on that morning."""
    when = turn.office.morning(turn.now, event.details.until)
    day = turn.office.day(when)
    if day != assignment.deferred_to:
        turn.set_timer("remind", when, turn.put(assignment, deferred_to=day))
    turn.because("deferred", who=turn.office.short(person), when=turn.office.day(when))


_Act = Callable[[Turn, Assignment, AnswerReceived, str], None]

_SAID: Mapping[Answer, _Act] = {
    Answer.APPROVE: _positive,
    Answer.PAID: _positive,
    Answer.DONE: _positive,
    Answer.REWORK: _refused,
    Answer.REJECT: _refused,
    Answer.DECLINE: _refused,
    Answer.NEED_REASON: _need_reason,
    Answer.APPROVE_WITH_REMARKS: _remark,
    Answer.QUESTION: _question,
    Answer.DEFER: _deferred,
    Answer.RESOLUTION: _resolved,
}
"""What each answer does where a decision is asked; every other answer is not clear enough."""

_ASKED: Mapping[Ask, _Act] = {
    Ask.APPROVAL: _decided,
    Ask.PAYMENT: _decided,
    Ask.EXECUTION: _decided,
    Ask.FIELDS: completed,
    Ask.CORRECTION: corrected,
    Ask.EXPLANATION: explained,
    Ask.ACKNOWLEDGEMENT: unclear,
    Ask.RESOLUTION: _decided,
}
