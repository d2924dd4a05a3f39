"""A decision that counts: written down, told to those it concerns, and the route goes on.

Owns: the decision on its assignment, its sentence in the journal, the receipt, the initiator's notice.
Refuses to know: which answer was meant (`deciding`).
"""

from __future__ import annotations

from dataclasses import replace

from mailflow.core.answers import Answer
from mailflow.core.assurance import assurance_of
from mailflow.core.case import Ask, Assignment, CaseState, Decision, Standing
from mailflow.core.events import AnswerReceived
from mailflow.core.hands import is_mailbox, signature
from mailflow.core.on_behalf import accusative
from mailflow.core.route import first_unfinished, go_on
from mailflow.core.said_names import is_name_text
from mailflow.core.sender import Proven
from mailflow.core.turn import Turn
from mailflow.core.wording import answer_word

REPLIED = ("reply", "mailto")
TOLD_OTHERWISE = ("list", "paper")
"""One letter tells of all the lines of a list; what was entered from paper has its own."""


def decide(
    turn: Turn, assignment: Assignment, event: AnswerReceived, person: str, answer_: Answer, comment: str
) -> None:
    proof = f"{event.proof.by}" if isinstance(event.proof, Proven) else ""
    decision = Decision(
        answer_, person, turn.now, event.channel, comment, proof, event.card, turn.material, _hand(turn, event, person)
    )
    turn.put(assignment, standing=Standing.DECIDED, decision=decision, pending=None, pending_comment="")
    turn.stop_timers(assignment)


def _hand(turn: Turn, event: AnswerReceived, person: str) -> str:
    return event.signed if is_mailbox(turn.office.directory.people.get(person)) else ""


def names_hand(turn: Turn, assignment: Assignment, event: AnswerReceived) -> bool:
    """Note whose hand a mailbox's decision was, where its answer is that name alone; False where it is not."""
    decision = assignment.decision
    if decision is None or decision.signed or event.answer is not Answer.UNCLEAR:
        return False
    if not isinstance(event.proof, Proven):
        return False
    writer = turn.office.directory.by_address(event.proof.address)
    alone = not event.comment or is_name_text(event.comment)
    if writer != decision.by or not _hand(turn, event, decision.by) or not alone:
        return False
    turn.put(assignment, decision=replace(decision, signed=event.signed))
    turn.because("signed", who=turn.office.short(decision.by), name=event.signed)
    return True


def say(turn: Turn, assignment: Assignment, person: str, answer_: Answer) -> None:
    """Tell the journal who said what, and for whom."""
    word = answer_word(answer_, turn.language, turn.office.doer(person).gender)
    kept = turn.case.assignment(assignment.id)
    who = signature(kept.decision, turn.office) if kept and kept.decision else turn.office.short(person)
    if person == assignment.principal:
        turn.because("said", who=who, answer=word)
    else:
        principal = accusative(assignment.principal, turn.office, turn.language)
        turn.because("said_for", who=who, principal=principal, answer=word)


def receipt(
    turn: Turn, assignment: Assignment, event: AnswerReceived, person: str, answer_: Answer, comment: str
) -> None:
    """A reply is answered by a letter that says what was understood; a press sees it on the page.

    For money, and after a new browser, the letter goes out too: «не вы? — ответьте «Отзываю»».
    """
    closes = person == turn.case.initiator and turn.case.state is CaseState.DONE and turn.process.closing_papers
    if event.channel in TOLD_OTHERWISE or closes:
        return  # The letter that closes the case tells him, with its papers.
    stage = turn.process.stage(assignment.stage)
    money = stage is not None and (assurance_of(stage, turn.case, turn.office) != "mail" or stage.rule.money_moves)
    unsigned = is_mailbox(turn.office.directory.people.get(person)) and not event.signed
    if event.channel not in REPLIED and not money and not event.new_browser and not unsigned:
        return
    language = turn.office.directory.language(person)
    waits = ", ".join(turn.office.short(a.principal) for a in turn.case.open_assignments)
    words = {"said": answer_word(answer_, language, turn.office.doer(person).gender), "comment": comment, "next": waits}
    words |= {"unsigned": "yes"} if unsigned else {}
    turn.letter("recorded", person, assignment.id, words, answers_a_mail=True)


def tell_initiator(turn: Turn, assignment: Assignment, person: str, passed: bool) -> None:
    """Tell him that all have agreed, or of each stage where the rules say so; never what he hears anyway."""
    initiator = turn.case.initiator
    if person == initiator or not passed:
        return
    if turn.case.state is CaseState.DONE:
        if not turn.process.closing_papers:
            turn.letter("closed", initiator, words={"result": ""})
    elif not any(a.principal == initiator for a in turn.case.open_assignments) and _worth_a_letter(turn):
        who = ", ".join(turn.office.short(a.principal) for a in turn.case.at_stage(assignment.stage) if a.decision)
        waits = ", ".join(turn.office.short(a.principal) for a in turn.case.open_assignments)
        turn.letter("agreed", initiator, words={"who": who, "next": waits})


def _worth_a_letter(turn: Turn) -> bool:
    """While others still have to agree he is told nothing, unless the rules want a letter for each stage."""
    stage = turn.process.stage(turn.case.stage)
    return turn.process.tell_initiator == "each stage" or stage is None or stage.rule.kind != "approve"


def pass_on_from(turn: Turn, assignment: Assignment) -> bool:
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
