"""Whose answer counts, and at what: `may_decide`.

The rule of safety in one line: an answer counts only from the person asked (or who acts for him),
proven, on the card as it is now, at an assignment still open; all else is kept as a comment.
Refuses to know: what an answer does (`deciding`).
"""

from __future__ import annotations

from dataclasses import dataclass

from mailflow.core.answers import Answer
from mailflow.core.assurance import wants_factor
from mailflow.core.case import Ask, Assignment, Case, CaseState, card_hash
from mailflow.core.events import AnswerReceived
from mailflow.core.reasons import Reason, Said, because
from mailflow.core.sender import Proven
from mailflow.core.turn import Turn

DECISIONS = frozenset({Ask.APPROVAL, Ask.PAYMENT, Ask.EXECUTION, Ask.RESOLUTION, Ask.ACKNOWLEDGEMENT})
"""What is asked on a card: an answer to another card does not count."""


@dataclass(frozen=True, slots=True)
class May:
    """The answer counts as this person's."""

    person: str


@dataclass(frozen=True, slots=True)
class MayNot:
    """It does not. `again`: the person should get the present letter."""

    reason: Reason
    again: bool = False


def may_decide(turn: Turn, assignment: Assignment, event: AnswerReceived) -> May | MayNot:
    """Say whether this answer is one of the person asked, proven, and about what stands now."""
    if not isinstance(event.proof, Proven):
        return MayNot(because("no_proof", reason=event.proof))
    writer = turn.office.directory.by_address(event.proof.address)
    if writer is None or writer not in _may_answer(turn, assignment):
        return MayNot(because("not_yours", principal=turn.office.short(assignment.principal)))
    if event.answer is Answer.WITHDRAW and assignment.decision is not None:
        return May(writer)
    if turn.case.state is not CaseState.OPEN:
        return MayNot(because("over"))
    if assignment.round < turn.case.round and asked_now(turn.case, assignment.principal) is not None:
        return MayNot(because("moved_on"), again=True)
    if assignment.decision is not None:
        said = Said(assignment.decision.answer, turn.office.doer(assignment.decision.by).gender)
        return MayNot(because("already", answer=said))
    if not assignment.open:
        return MayNot(because("moved_on"), again=True)
    if _spent(assignment, event):
        return MayNot(because("taken_back"), again=True)
    if assignment.ask in DECISIONS and event.card != card_hash(turn.case.fields, turn.case.files):
        return MayNot(because("stale"), again=True)
    unshown = assignment.ask in DECISIONS and not event.second_factor
    if unshown and wants_factor(turn.case, assignment, event.answer, turn.office):
        return MayNot(because("second_factor"), again=True)
    return May(writer)


def _spent(assignment: Assignment, event: AnswerReceived) -> bool:
    """True for a letter whose decision was taken back after it: the yes to it may come once more, from anybody."""
    if assignment.reasked_at is None or event.asked_at is None:
        return False
    return event.asked_at < assignment.reasked_at


def asked_now(case: Case, principal: str) -> Assignment | None:
    """Give the task in which this person's decision is waited for; None where there is none."""
    return next((a for a in case.open_assignments if a.principal == principal and a.ask in DECISIONS), None)


def _may_answer(turn: Turn, assignment: Assignment) -> set[str]:
    """Whoever was asked keeps his right; beside him whoever stands in for him today, or was given this task."""
    return {assignment.principal, turn.acting(assignment.principal), turn.acts_on(assignment)}
