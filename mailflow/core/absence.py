"""Somebody cannot be reached: an automatic reply, a letter that came back, a person who has left the office.

Owns: what becomes of his task. Nobody is skipped for being away: the task is offered to a deputy, goes to the
manager, or the secretary is asked. Refuses to know: how such mails are told apart (`automatic`).

An automatic reply and a bounce prove nothing about who wrote them: they only ask other people, who decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailflow.core.asking import stage_people
from mailflow.core.case import Assignment, CaseState, Standing
from mailflow.core.delegating import CAN_BE_HANDED, hand_over, why_not_to
from mailflow.core.events import AbsenceNoted, LetterBounced, PersonLeft
from mailflow.core.memory import Fact, known
from mailflow.core.mentioning import who_is
from mailflow.core.nudging import may_nudge
from mailflow.core.office import SECRETARY, is_outside
from mailflow.core.route import go_on
from mailflow.core.rules import NamedStage
from mailflow.core.substitution import SUBSTITUTION, Asked, asked_until, fields_of, superiors
from mailflow.core.supplying import not_reached
from mailflow.core.turn import Turn

_FOR_GOOD = re.compile(r"\b5[0-9]{2}\b|\b5\.[0-9]{1,3}\.[0-9]{1,3}\b|not taken for five days")


def absent(turn: Turn, event: AbsenceNoted) -> None:
    """Note the absence, tell the initiator once, and offer the deputy the reply names to those who may arrange it."""
    assignment = turn.case.assignment(event.assignment)
    if is_outside(event.person, turn.office):
        turn.because("away", who=event.person)
        return
    if assignment is not None and _only_consulted(turn, assignment, event.person):
        _tell_who_asked(turn, assignment, event)
        return
    who = turn.office.short(assignment.principal) if assignment is not None else "?"
    turn.because("away", who=who)
    if assignment is None or assignment.away or assignment.standing is not Standing.OPEN:
        return
    turn.put(assignment, away=True)
    if assignment.principal != turn.case.initiator:
        words = {"who": who, "until": event.until, "text": event.text}
        turn.letter("absent", turn.case.initiator, words=words)
    asked = _offered(turn, event, event.person or assignment.principal)
    if asked is not None:
        _offer(turn, asked, event.text)


def _only_consulted(turn: Turn, assignment: Assignment, person: str) -> bool:
    """True for somebody whose opinion was asked: that he cannot be reached moves nobody's task."""
    return person not in ("", assignment.principal, turn.acting(assignment.principal), turn.acts_on(assignment))


def _tell_who_asked(turn: Turn, assignment: Assignment, event: AbsenceNoted) -> None:
    who = turn.office.short(event.person)
    turn.because("away", who=who)
    if assignment.open and may_nudge(turn, assignment):
        words = {"who": who, "until": event.until, "text": event.text}
        turn.letter("absent", turn.acts_on(assignment), words=words)


def _offered(turn: Turn, event: AbsenceNoted, absentee: str) -> Asked | None:
    """Give the substitution the reply speaks of, where it is new and both people are known."""
    office = turn.office
    named = who_is(event.substitute, office.directory) if event.substitute else ()
    stood_in = office.stands_in(absentee, turn.now) is not None or known(office.facts, "offer", absentee)
    if absentee not in office.directory.people or len(named) != 1 or stood_in or SUBSTITUTION not in office.rules:
        return None
    return asked_until(absentee, named[0], event.until, office, turn.now)


def _offer(turn: Turn, asked: Asked, said: str) -> None:
    """Start the case that arranges it: his manager and the secretary may agree with one press."""
    may = tuple(p for p in superiors(asked.absentee, turn.office.directory) if p != asked.deputy)
    nearest = tuple(dict.fromkeys((*may[:1], *(p for p in turn.office.directory.holders(SECRETARY) if p in may))))
    turn.remember(Fact("offer", asked.absentee, said={"deputy": asked.deputy}, until=asked.until.isoformat()))
    fields = {**fields_of(asked, "superiors", nearest, said), "confirm_by": nearest}
    who = turn.office.short(asked.absentee)
    turn.start_case(SUBSTITUTION, asked.absentee, fields, turn.note("offer_subject", who=who))
    turn.because("offers", who=who, deputy=turn.office.short(asked.deputy))


def bounced(turn: Turn, event: LetterBounced) -> None:
    """Tell the secretary; where the letter that asked came back for good, ask somebody who can be reached.

    Of her own letters she is told nothing: that letter would come back too, and the next one, without end.
    """
    turn.because("bounced", address=event.address, reason=event.reason)
    if is_outside(event.person, turn.office):
        not_reached(turn, event.person, event.assignment, event.reason)
        return
    if event.person != turn.office.secretary:
        turn.letter("undelivered", turn.office.secretary, words={"address": event.address, "reason": event.reason})
    assignment = turn.case.assignment(event.assignment)
    if assignment is None or not assignment.open or turn.case.state is not CaseState.OPEN:
        return
    if _only_consulted(turn, assignment, event.person):
        return
    again = assignment.undelivered
    assignment = turn.put(assignment, undelivered=True)
    to = next(_instead(turn, assignment), None)
    if to is not None and not again and _FOR_GOOD.search(event.reason):
        hand_over(turn, assignment, to, why="unreachable")


def _instead(turn: Turn, assignment: Assignment) -> Iterator[str]:
    """Give who may be asked in place of somebody unreachable: his substitute, then his managers upwards."""
    unreachable = turn.acts_on(assignment)
    if assignment.ask not in CAN_BE_HANDED:
        return
    for person in (turn.acting(assignment.principal), *turn.office.directory.chain(assignment.principal)):
        known_here = person in turn.office.directory.people and person not in (unreachable, turn.case.initiator)
        if known_here and not why_not_to(turn, assignment, person):
            yield person


def left(turn: Turn, event: PersonLeft) -> None:
    """Ask whom the rules name today in place of somebody who has left; where they name nobody, ask the secretary."""
    assignment = turn.case.assignment(event.assignment)
    here = turn.office.directory.people
    if assignment is None or not assignment.open or {assignment.principal, assignment.delegate} & set(here):
        turn.because("timer_idle")
        return
    stage = turn.process.stage(assignment.stage)
    turn.because("has_left", who=assignment.principal)
    if stage is not None and _others(turn, stage):
        turn.end(assignment, turn.note("note_left"))
        go_on(turn, stage)
    else:
        turn.letter("departed", turn.office.secretary, words={"who": assignment.principal})


def _others(turn: Turn, stage: NamedStage) -> tuple[str, ...]:
    """Give whom the stage is for today and who has not been asked there in this round."""
    asked = {a.principal for a in turn.case.at_stage(stage.name)}
    return tuple(
        person
        for person in stage_people(stage, turn.case, turn.office)
        if person in turn.office.directory.people and person not in asked and person != turn.case.initiator
    )
