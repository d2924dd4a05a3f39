"""One task handed over to a colleague: by its principal («Передайте Петрову»), or by whom the rules allow.

Owns: who may be given a task, giving it, and the fact the office keeps of it. Refuses to know: how the wish was
read. A task handed over is not handed on: only its principal, who keeps his own right to decide, may do so again.
A substitution of dates is another thing (`substitution`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from mailflow.core.asking import instruction
from mailflow.core.assurance import assurance_of
from mailflow.core.case import Ask, Assignment, Case, CaseState
from mailflow.core.events import AnswerReceived, TaskHandedOver
from mailflow.core.memory import Fact
from mailflow.core.mentioning import who_is
from mailflow.core.nudging import may_nudge
from mailflow.core.office import SECRETARY
from mailflow.core.on_behalf import accusative, dative
from mailflow.core.opining import consult
from mailflow.core.reasons import Reason, because, note_refusal, tell_refusal
from mailflow.core.sender import Proven
from mailflow.core.turn import Turn
from mailflow.core.views import Language

CAN_BE_HANDED = frozenset({Ask.APPROVAL, Ask.PAYMENT, Ask.EXECUTION, Ask.RESOLUTION})


def delegated(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """«Передайте Петрову»: give the task to him, if the rules allow and the name is one person's.

    «Спросите Петрова» asks for his opinion and leaves the task where it is.
    """
    if event.details.opinion:
        consult(turn, assignment, event, person)
        return
    found = who_is(event.details.to, turn.office.directory)
    refusal = _refusal(turn, assignment, found, person, event.details.to)
    if refusal:
        _say_no(turn, assignment, event, person, refusal)
        return
    hand_over(turn, assignment, found[0], "handed_over", person, event.comment)
    language = turn.office.directory.language(person)
    said = _PASSED[language].format(to=turn.office.short(found[0]))
    words = {"said": said, "comment": "", "next": turn.office.short(found[0])}
    turn.letter("recorded", person, assignment.id, words, answers_a_mail=True)


_PASSED: Mapping[Language, str] = {"ru": "передать — {to}", "en": "pass on to {to}"}


def _refusal(turn: Turn, assignment: Assignment, found: tuple[str, ...], person: str, name: str) -> Reason | None:
    if person != assignment.principal:
        return because("only_principal", principal=turn.office.short(assignment.principal))
    if not allowed(turn, assignment):
        return because("not_handed_on")
    if len(found) != 1:
        return because("unknown_people", names=name)
    return why_not_to(turn, assignment, found[0])


def allowed(turn: Turn, assignment: Assignment) -> bool:
    """Say whether the rules let this task be handed over by its principal: money wants it said in so many words."""
    stage = turn.process.stage(assignment.stage)
    if stage is None or assignment.ask not in CAN_BE_HANDED:
        return False
    if stage.rule.delegation is not None:
        return stage.rule.delegation
    return assurance_of(stage, turn.case, turn.office) == "mail" and not stage.rule.money_moves


def why_not_to(turn: Turn, assignment: Assignment, to: str) -> Reason | None:
    """Say why this person cannot be given the task; None when he can."""
    if to == turn.case.initiator and assignment.ask in (Ask.APPROVAL, Ask.PAYMENT):
        return because("never_the_initiator")
    if to == assignment.principal:
        return because("his_already", who=turn.office.short(to))
    beside = [a for a in turn.case.at_stage(assignment.stage) if a.id != assignment.id]
    if any(to in (a.principal, a.delegate) for a in beside):
        return because("asked_beside", who=turn.office.short(to))
    return None


def hand_over(turn: Turn, assignment: Assignment, to: str, why: str, by: str = "", comment: str = "") -> None:
    """Give the task to a person and ask him; its principal may still decide himself. `why`: a key of `_HANDS`."""
    office, language = turn.office, turn.office.directory.language(to)
    changed = turn.put(assignment, delegate=to, pending=None, pending_comment="")
    principal = accusative(assignment.principal, office, turn.language)
    turn.because(why, who=office.doer(by), to=dative(to, office, turn.language), principal=principal)
    stage = turn.process.stage(assignment.stage)
    told = instruction(turn, stage.rule, to)["instruction"] if stage is not None else ""
    said = _HANDS[why][0 if language == "ru" else 1].format(
        by=office.short(by), principal=accusative(assignment.principal, office, language)
    )
    words = " ".join(filter(None, (said, f"«{comment}»." if comment else "", told)))
    turn.letter("ask", to, changed.id, {"instruction": words})


_HANDS: Mapping[str, tuple[str, str]] = {
    "handed_over": (
        "{by} передаёт вам это задание (за {principal}).",
        "{by} hands this task over to you (for {principal}).",
    ),
    "unreachable": (
        "Письмо не удалось доставить, поэтому решение просят у вас (за {principal}).",
        "The letter could not be delivered, so you are asked for the decision (for {principal}).",
    ),
}


def handed(turn: Turn, event: TaskHandedOver) -> None:
    """Give a task to somebody else at the word of one who may: its principal, his managers, the secretary."""
    assignment = turn.case.assignment(event.assignment)
    refusal = _may_not_hand(turn, assignment, event)
    if refusal or assignment is None:
        refusal = refusal or because("moved_on")
        note_refusal(turn, event.by, refusal)
        tell_refusal(turn, event.by, refusal, "")
        return
    hand_over(turn, assignment, event.to, "handed_over", event.by)
    language = turn.office.directory.language(event.by)
    said = _PASSED[language].format(to=turn.office.short(event.to))
    turn.letter("recorded", event.by, words={"said": said, "comment": "", "next": ""}, answers_a_mail=True)
    if event.by != assignment.principal:
        words = {"who": turn.office.short(event.by), "reason": said}
        turn.letter("withdrawn_task", assignment.principal, assignment.id, words)


def _may_not_hand(turn: Turn, assignment: Assignment | None, event: TaskHandedOver) -> Reason | None:
    """Say why this person may not give the task to that one; None when he may."""
    if not isinstance(event.proof, Proven):
        return because("no_proof", reason=event.proof)
    if assignment is None or not assignment.open or turn.case.state is not CaseState.OPEN:
        return because("moved_on")
    directory = turn.office.directory
    managers = set(directory.chain(assignment.principal))
    gone = assignment.principal not in directory.people or assignment.undelivered
    secretary = event.by in directory.holders(SECRETARY) and event.to != event.by
    own = event.by == assignment.principal
    entitled = secretary and (gone or _plain(turn, assignment))
    if not (event.by in managers or (own and allowed(turn, assignment)) or entitled):
        return because("not_handed_on" if own else "not_by_you")
    return why_not_to(turn, assignment, event.to)


def _plain(turn: Turn, assignment: Assignment) -> bool:
    """True for a task no money hangs on: the secretary may give it to another while its owner is there."""
    stage = turn.process.stage(assignment.stage)
    return stage is not None and assurance_of(stage, turn.case, turn.office) == "mail" and not stage.rule.money_moves


def _say_no(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str, refusal: Reason) -> None:
    note_refusal(turn, person, refusal)
    if may_nudge(turn, assignment):
        tell_refusal(turn, person, refusal, event.comment, assignment.id)


def handed_over(before: Case | None, after: Case) -> Iterator[tuple[Literal["remember", "forget"], Fact]]:
    """Give what the office keeps of tasks handed over and strikes once they are done or handed to another."""
    was = {a.id: _fact(after.id, a) for a in before.assignments if a.open and a.delegate} if before is not None else {}
    now = {a.id: _fact(after.id, a) for a in after.assignments if a.open and a.delegate}
    for name, fact in was.items():
        if now.get(name) != fact:
            yield "forget", fact
    for name, fact in now.items():
        if was.get(name) != fact:
            yield "remember", fact


def _fact(case: str, assignment: Assignment) -> Fact:
    return Fact("delegation", assignment.delegate, assignment.id, {"case": case})
