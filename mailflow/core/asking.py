"""Within a stage: who is asked, who need not be and why, whether enough have agreed, the letters that ask.

Owns: the people of a stage and the ways they act together (in turn, all, any, one of each department, so many).
Refuses to know: which stage comes next (`route`), how an answer was read, where letters go (`turn`).
"""

from __future__ import annotations

from collections.abc import Iterator

from mailflow.core.assurance import assurance_of, proven_enough, weaker
from mailflow.core.case import Assignment, Case, Standing
from mailflow.core.facts import POSITIVE, empty_fields
from mailflow.core.office import Office
from mailflow.core.routing import people
from mailflow.core.rules import NamedStage
from mailflow.core.stages import NOBODY_ACTS, Assurance, Stage
from mailflow.core.turn import Turn

_HOLDS_OVER = frozenset({"approve", "acknowledge"})
"""The kinds whose answers still hold in a later round while nothing material has changed."""


def ask_next(turn: Turn, stage: NamedStage) -> bool:
    """Ask the next person of the stage, or all of them where they act together. False when nobody is left."""
    left = list(_to_ask(turn, stage))
    if enough(turn, stage):
        left = []
    asked = left[:1] if stage.rule.order == "in turn" else left
    for principal in asked:
        turn.open(stage.name, principal, stage.rule.ask, stage.rule)
    if not asked:
        return False
    if stage.rule.needs and not empty_fields(turn.case, stage.rule.fields):
        make_needed(turn, stage)
    else:
        ask_now(turn, stage, tuple(asked))
    return True


def make_needed(turn: Turn, stage: NamedStage) -> None:
    """Have the documents made that go with the stage's letters; the letters follow them."""
    for document in stage.rule.needs:
        turn.make_document(document)


def ask_now(turn: Turn, stage: NamedStage, principals: tuple[str, ...] = ()) -> None:
    """Send the asking letters of a stage to these people, or to all who have to act there, once its papers are made."""
    papers = [p for p in turn.case.papers if p.document in stage.rule.needs]
    if not principals and {p.document for p in papers} != set(stage.rule.needs):
        return
    for assignment in turn.case.at_stage(stage.name):
        if not assignment.open or (principals and assignment.principal not in principals):
            continue
        if not principals and any(p.at < assignment.opened_at for p in papers):
            continue
        to = turn.acts_on(assignment)
        words = instruction(turn, stage.rule, assignment.principal)
        turn.letter("ask", to, assignment.id, words=words, papers=papers)


def stage_people(stage: NamedStage, case: Case, office: Office) -> tuple[str, ...]:
    """Give the people a stage is for; () for a stage nobody acts at."""
    if stage.rule.who is None or stage.rule.kind in NOBODY_ACTS:
        return ()
    return people(stage.rule.who, case, office.directory)


def instruction(turn: Turn, rule: Stage, principal: str) -> dict[str, str]:
    """Give the words of an asking letter: the stage's instruction in the reader's language."""
    language = turn.office.directory.language(turn.acting(principal))
    return {"instruction": rule.instruction.in_(language) if rule.instruction else ""}


def agreed(turn: Turn, stage: NamedStage) -> tuple[str, ...]:
    """Give who has agreed at the stage in this round, agreements that are carried over included."""
    return tuple(a.principal for a in turn.case.at_stage(stage.name) if _has_agreed(a))


def _has_agreed(assignment: Assignment) -> bool:
    return assignment.carried or (assignment.decision is not None and assignment.decision.answer in POSITIVE)


def enough(turn: Turn, stage: NamedStage) -> bool:
    """True when the stage needs nobody more, whoever else could be asked."""
    yes = agreed(turn, stage)
    if stage.rule.order == "one per department":
        wanted = _departments(turn, candidates(turn, stage))
        return bool(yes) and wanted <= _departments(turn, yes)
    if stage.rule.order == "any":
        return len(yes) >= 1
    return isinstance(stage.rule.order, int) and len(yes) >= stage.rule.order


def needless(turn: Turn, stage: NamedStage) -> Iterator[Assignment]:
    """Give the open tasks of the stage that the agreements there have made needless."""
    waiting = [a for a in turn.case.at_stage(stage.name) if a.open]
    if enough(turn, stage):
        yield from waiting
    elif stage.rule.order == "one per department":
        heard = _departments(turn, agreed(turn, stage))
        yield from (a for a in waiting if _departments(turn, (a.principal,)) <= heard)


def too_few(turn: Turn, stage: NamedStage) -> bool:
    """True where a number was asked for that nobody is left to reach."""
    counted = isinstance(stage.rule.order, int) or stage.rule.order == "one per department"
    return counted and not enough(turn, stage)


def _departments(turn: Turn, persons: tuple[str, ...]) -> frozenset[str]:
    """Give the departments of these people; who has none counts as one of his own."""
    known = turn.office.directory.people
    return frozenset((known[p].department if p in known else None) or f"person {p}" for p in persons)


def _to_ask(turn: Turn, stage: NamedStage) -> Iterator[str]:
    """Everybody who still has to act here; whoever need not is written on the sheet as skipped."""
    done = {a.principal for a in turn.case.at_stage(stage.name) if a.standing is not Standing.VOID}
    for principal in candidates(turn, stage):
        if principal in done:
            continue
        note = _why_not(turn, stage, principal)
        if note:
            turn.skip(stage.name, principal, stage.rule.ask, note, carried=principal != turn.case.initiator)
        else:
            yield principal


def candidates(turn: Turn, stage: NamedStage) -> tuple[str, ...]:
    """Give the people of the stage, with who stands in for the initiator where it falls to himself."""
    found = stage_people(stage, turn.case, turn.office)
    if stage.rule.kind != "approve" or turn.case.initiator not in found or stage.rule.if_initiator is None:
        return found
    return tuple(dict.fromkeys((*found, *people(stage.rule.if_initiator, turn.case, turn.office.directory))))


def _why_not(turn: Turn, stage: NamedStage, principal: str) -> str:
    """Say why this person is not asked at this stage; '' when he is."""
    if stage.rule.kind == "approve":
        if principal == turn.case.initiator:
            return turn.note("note_initiator")
        if _agreed_before(turn, stage, principal):
            return turn.note("note_same")
    round_ = _agreed_earlier(turn, stage, principal) if stage.rule.kind in _HOLDS_OVER else 0
    return turn.note("note_agreed", round=round_) if round_ else ""


def _agreed_before(turn: Turn, stage: NamedStage, principal: str) -> bool:
    """True when the person approved at the last step somebody was asked at, to no lower an assurance."""
    steps = turn.process.steps[: turn.process.step(stage.name)]
    asked = assurance_of(stage, turn.case, turn.office)
    entered = (step for step in reversed(steps) if any(turn.case.at_stage(s.name) for s in step))
    return any(
        s.rule.kind == "approve"
        and not weaker(assurance_of(s, turn.case, turn.office), asked)
        and any(a.principal == principal and holds(turn, a, asked) for a in turn.case.at_stage(s.name))
        for s in next(entered, ())
    )


def _agreed_earlier(turn: Turn, stage: NamedStage, principal: str) -> int:
    """Give the round in which the person last agreed at this stage, where that still holds; 0 where it does not."""
    if turn.process.rework.skip_agreed == "never":
        return 0
    mine = (a for a in turn.case.assignments if a.stage == stage.name and a.principal == principal)
    said = [a for a in mine if a.round < turn.case.round and a.decision is not None]
    asked = assurance_of(stage, turn.case, turn.office)
    return said[-1].round if said and holds(turn, said[-1], asked) else 0


def holds(turn: Turn, assignment: Assignment, asked: Assurance = "mail") -> bool:
    """True for an agreement that stands, was given to what is material now, and proven as is asked.

    What was agreed to is compared by content: whichever way a sum or a file was changed since, it no longer holds.
    """
    decision = assignment.decision
    said_yes = assignment.standing is Standing.DECIDED and decision is not None and decision.answer in POSITIVE
    same = decision is not None and decision.material == turn.material and proven_enough(decision, asked)
    return said_yes and same
