"""One task handed over to a colleague: by its principal («Передайте Петрову»), or by whom the rules allow.

Owns: who may be given a task, giving it, and the fact the office keeps of it. Refuses to know: how the wish was
read. A task handed over is not handed on: only its principal, who keeps his own right to decide, may do so again.
A substitution of dates is another thing (`substitution`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from mailflow.core.asking import instruction
from mailflow.core.case import Ask, Assignment, Case
from mailflow.core.events import AnswerReceived
from mailflow.core.memory import Fact
from mailflow.core.mentioning import who_is
from mailflow.core.nudging import may_nudge
from mailflow.core.on_behalf import accusative, dative
from mailflow.core.turn import Turn
from mailflow.core.views import Language

CAN_BE_HANDED = frozenset({Ask.APPROVAL, Ask.PAYMENT, Ask.EXECUTION, Ask.RESOLUTION})


def delegated(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """«Передайте Петрову»: give the task to him, if the rules allow and the name is one person's."""
    found = who_is(event.details.to, turn.office.directory)
    refusal = _refusal(turn, assignment, found, person, event.details.to)
    if refusal:
        _say_no(turn, assignment, event, person, refusal)
        return
    hand_over(turn, assignment, found[0], person, event.comment)
    language = turn.office.directory.language(person)
    said = {"ru": "передать — {to}", "en": "pass on to {to}"}[language].format(to=turn.office.short(found[0]))
    words = {"said": said, "comment": "", "next": turn.office.short(found[0])}
    turn.letter("recorded", person, assignment.id, words, answers_a_mail=True)


def _refusal(turn: Turn, assignment: Assignment, found: tuple[str, ...], person: str, name: str) -> str:
    if person != assignment.principal:
        return turn.note("only_principal", principal=turn.office.short(assignment.principal))
    if not allowed(turn, assignment):
        return turn.note("not_handed_on")
    if len(found) != 1:
        return turn.note("unknown_people", names=name)
    return why_not_to(turn, assignment, found[0])


def allowed(turn: Turn, assignment: Assignment) -> bool:
    """Say whether the rules let this task be handed over by its principal: money wants it said in so many words."""
    stage = turn.process.stage(assignment.stage)
    if stage is None or assignment.ask not in CAN_BE_HANDED:
        return False
    if stage.rule.delegation is not None:
        return stage.rule.delegation
    return stage.rule.assurance == "mail" and not stage.rule.money_moves


def why_not_to(turn: Turn, assignment: Assignment, to: str) -> str:
    """Say why this person cannot be given the task; '' when he can."""
    if to == turn.case.initiator and assignment.ask is Ask.APPROVAL:
        return turn.note("never_the_initiator")
    if to == assignment.principal:
        return turn.note("his_already", who=turn.office.short(to))
    beside = [a for a in turn.case.at_stage(assignment.stage) if a.id != assignment.id]
    if any(to in (a.principal, a.delegate) for a in beside):
        return turn.note("asked_beside", who=turn.office.short(to))
    return ""


def hand_over(turn: Turn, assignment: Assignment, to: str, by: str, comment: str = "") -> None:
    """Give the task to a person and ask him; its principal may still decide himself."""
    office, language = turn.office, turn.office.directory.language(to)
    changed = turn.put(assignment, delegate=to, pending=None, pending_comment="")
    principal = accusative(assignment.principal, office, turn.language)
    turn.because("handed_over", who=office.short(by), to=dative(to, office, turn.language), principal=principal)
    stage = turn.process.stage(assignment.stage)
    told = instruction(turn, stage.rule, to)["instruction"] if stage is not None else ""
    said = _HANDS[language].format(by=office.short(by), principal=accusative(assignment.principal, office, language))
    words = " ".join(filter(None, (said, f"«{comment}»." if comment else "", told)))
    turn.letter("ask", to, changed.id, {"instruction": words})


_HANDS: Mapping[Language, str] = {
    "ru": "{by} передаёт вам это задание (за {principal}).",
    "en": "{by} hands this task over to you (for {principal}).",
}


def _say_no(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str, refusal: str) -> None:
    turn.because("not_counted", who=turn.office.short(person), reason=refusal)
    if may_nudge(turn, assignment):
        words = {"reason": refusal, "text": event.comment}
        turn.letter("not_counted", person, assignment.id, words, answers_a_mail=True)


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
