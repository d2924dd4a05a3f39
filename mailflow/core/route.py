"""The way of a case: which stage opens, who is asked there, when the stage is passed.

Owns: entering a stage, skipping it, knowing that enough have agreed, starting a round.
Refuses to know: how an answer was read (`deciding`) and where letters go (`turn`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from mailflow.core.answers import Answer
from mailflow.core.case import CLARIFY, REWORK, Ask, Assignment, Case, CaseState, Standing
from mailflow.core.money import Money
from mailflow.core.office import Office
from mailflow.core.routing import Manager, Managers, people
from mailflow.core.rules import NamedStage, Process
from mailflow.core.spawning import spawn
from mailflow.core.stages import Stage
from mailflow.core.turn import Turn

POSITIVE = frozenset({Answer.APPROVE, Answer.APPROVE_WITH_REMARKS, Answer.PAID, Answer.DONE, Answer.RESOLUTION})


def begin(turn: Turn) -> None:
    """Start the round: ask the initiator for what is missing, or open the first stage."""
    missing = missing_fields(turn)
    if missing or not turn.case.confirmed:
        _clarify(turn, missing)
        return
    _enter(turn, 0)


def resume(turn: Turn, stage: str) -> None:
    """Open a stage of this round anew, by name; the first where there is none of that name."""
    names = [s.name for s in turn.process.stages]
    _enter(turn, names.index(stage) if stage in names else 0)


def go_on(turn: Turn, stage: NamedStage) -> bool:
    """After a decision: ask the next of this stage, or pass to the next stage. True when it was passed."""
    asked = turn.case.at_stage(stage.name)
    waiting = [a for a in asked if a.open]
    if _enough(stage.rule, _agreed(turn, stage)):
        for assignment in waiting:
            turn.end(assignment, turn.note("note_enough"))
        return _after(turn, stage)
    if waiting or _ask_next(turn, stage):
        return False
    if isinstance(stage.rule.order, int):
        _tell_stuck(turn, stage)
        return False
    return _after(turn, stage)


def _agreed(turn: Turn, stage: NamedStage) -> int:
    """Count who has agreed at the stage in this round, agreements that are carried over included."""
    asked = turn.case.at_stage(stage.name)
    return sum(a.carried or (a.decision is not None and a.decision.answer in POSITIVE) for a in asked)


def missing_fields(turn: Turn) -> tuple[str, ...]:
    """As `missing_fields_of`, for the case on the desk."""
    return missing_fields_of(turn.case, turn.office)


def missing_fields_of(case: Case, office: Office) -> tuple[str, ...]:
    """Give the required fields that are not there, in the order of the rules."""
    values = condition_values(case, office)
    return tuple(
        name
        for name, condition in office.process_of(case).required.items()
        if _empty(case.fields.get(name)) and (condition is None or condition.holds(values))
    )


def people_ahead(case: Case, office: Office) -> tuple[tuple[NamedStage, tuple[str, ...]], ...]:
    """Give the stages from the present one on with whom they would ask, as far as can be known now."""
    values = condition_values(case, office)
    stages = office.process_of(case).stages
    names = [stage.name for stage in stages]
    present = names.index(case.stage) if case.stage in names else 0
    return tuple(
        (stage, stage_people(stage, case, office))
        for stage in stages[present:]
        if (stage.when is None or stage.when.holds(values))
        and not (stage.skip_when is not None and stage.skip_when.holds(values))
    )


def condition_values(case: Case, office: Office) -> dict[str, Any]:
    """Give the names a condition may ask for: every field, the initiator, the round."""
    process = office.process_of(case)
    fields = {name: field_value(process, case.fields, name) for name in process.fields}
    person = office.directory.people.get(case.initiator)
    trusted = person.trusted_sum if person is not None and case.proven else None
    return {
        **fields,
        "initiator": {
            "id": case.initiator,
            "department": (person.department if person is not None else None) or "",
            "trusted_sum": trusted,
        },
        "round": str(case.round),
        "proven": case.proven,
    }


_EMPTY: Mapping[str, Any] = {"money": None, "bool": False, "people": (), "goals": (), "points": ()}


def field_value(process: Process, fields: Mapping[str, Any], name: str) -> Any:
    """Give a field as conditions see it: money with the card's currency, a typed empty where it is missing."""
    kind = process.fields[name].type
    value = fields.get(name)
    if value is None:
        return _EMPTY.get(kind, "")
    if kind == "money":
        return Money(Decimal(str(value)), str(fields.get("currency") or "RUB"))
    return value


def _empty(value: object) -> bool:
    return value is None or value == "" or value == ()


def _clarify(turn: Turn, missing: tuple[str, ...]) -> None:
    turn.change(stage=CLARIFY)
    turn.open(CLARIFY, turn.case.initiator, Ask.FIELDS)
    if not turn.case.confirmed:
        turn.because("asks_process")
    if missing:
        labels = (turn.process.fields[name].label.in_(turn.language) for name in missing)
        turn.because("asks_fields", what=", ".join(labels))


def _enter(turn: Turn, index: int) -> None:
    """Open the stage at that place of the route, or the first after it that somebody must act at."""
    for stage in turn.process.stages[index:]:
        if _open_stage(turn, stage):
            return
    _finish(turn)


def _open_stage(turn: Turn, stage: NamedStage) -> bool:
    values = condition_values(turn.case, turn.office)
    if stage.when is not None and not stage.when.holds(values):
        return False
    if stage.skip_when is not None and stage.skip_when.holds(values):
        _skip_stage(turn, stage)
        return False
    turn.change(stage=stage.name)
    if stage.rule.kind == "spawn":
        spawn(turn, stage)
        return False
    if stage.rule.kind == "fill" and not stage.rule.needs and not empty_fields(turn, stage.rule.fields):
        return False
    if stage.rule.number is not None:
        turn.take_registration(stage.rule.number)
    if not _ask_next(turn, stage):
        return _is_stuck(turn, stage)
    asked = ", ".join(turn.office.short(a.principal) for a in turn.case.at_stage(stage.name) if a.open)
    turn.because("stage", stage=stage.rule.title.in_(turn.language), who=asked)
    return True


def _is_stuck(turn: Turn, stage: NamedStage) -> bool:
    """True where nobody can decide although somebody must: then a person mends it, and nothing is passed."""
    if stage.rule.kind != "approve" or _agreed(turn, stage):
        stuck = isinstance(stage.rule.order, int) and not _enough(stage.rule, _agreed(turn, stage))
    elif isinstance(stage.rule.who, Manager | Managers):
        turn.because("skipped", stage=stage.rule.title.in_(turn.language), note=turn.note("note_nobody"))
        stuck = False
    else:
        stuck = stage.rule.if_initiator is not None or not turn.case.at_stage(stage.name)
    if stuck:
        _tell_stuck(turn, stage)
    return stuck


def _tell_stuck(turn: Turn, stage: NamedStage) -> None:
    title = stage.rule.title.in_(turn.language)
    turn.because("nobody", stage=title)
    turn.letter("comment", turn.office.secretary, words={"who": "mailflow", "text": turn.note("nobody", stage=title)})


def _skip_stage(turn: Turn, stage: NamedStage) -> None:
    note = stage.rule.skip_note.in_(turn.language) if stage.rule.skip_note else turn.note("note_skip")
    for principal in stage_people(stage, turn.case, turn.office):
        turn.skip(stage.name, principal, stage.rule.ask, note)
    turn.because("skipped", stage=stage.rule.title.in_(turn.language), note=note)


def _ask_next(turn: Turn, stage: NamedStage) -> bool:
    """Ask the next person of the stage, or all of them where they act together. False when nobody is left."""
    left = list(_to_ask(turn, stage))
    if _enough(stage.rule, _agreed(turn, stage)):
        left = []
    asked = left[:1] if stage.rule.order == "in turn" else left
    for principal in asked:
        turn.open(stage.name, principal, stage.rule.ask, stage.rule)
    if not asked:
        return False
    if stage.rule.needs and not empty_fields(turn, stage.rule.fields):
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
    for assignment in turn.case.at_stage(stage.name):
        if not assignment.open or (principals and assignment.principal not in principals):
            continue
        if not principals and any(p.at < assignment.opened_at for p in papers):
            continue
        to = turn.acting(assignment.principal)
        words = instruction(turn, stage.rule, assignment.principal)
        turn.letter("ask", to, assignment.id, words=words, papers=papers)


def empty_fields(turn: Turn, names: Iterable[str]) -> tuple[str, ...]:
    """Give those of the fields that are not filled."""
    return tuple(name for name in names if _empty(turn.case.fields.get(name)))


def stage_people(stage: NamedStage, case: Case, office: Office) -> tuple[str, ...]:
    """Give the people a stage is for; () for a stage nobody acts at."""
    return people(stage.rule.who, case, office.directory) if stage.rule.who is not None else ()


def instruction(turn: Turn, rule: Stage, principal: str) -> dict[str, str]:
    """Give the words of an asking letter: the stage's instruction in the reader's language."""
    language = turn.office.directory.language(turn.acting(principal))
    return {"instruction": rule.instruction.in_(language) if rule.instruction else ""}


def _to_ask(turn: Turn, stage: NamedStage) -> Iterator[str]:
    """Everybody who still has to act here; whoever need not is written on the sheet as skipped."""
    done = {a.principal for a in turn.case.at_stage(stage.name) if a.standing is not Standing.VOID}
    for principal in _candidates(turn, stage):
        if principal in done:
            continue
        note = _why_not(turn, stage, principal)
        if note:
            turn.skip(stage.name, principal, stage.rule.ask, note, carried=principal != turn.case.initiator)
        else:
            yield principal


def _candidates(turn: Turn, stage: NamedStage) -> tuple[str, ...]:
    found = stage_people(stage, turn.case, turn.office)
    if stage.rule.kind != "approve" or turn.case.initiator not in found or stage.rule.if_initiator is None:
        return found
    return tuple(dict.fromkeys((*found, *people(stage.rule.if_initiator, turn.case, turn.office.directory))))


def _why_not(turn: Turn, stage: NamedStage, principal: str) -> str:
    """Say why this person is not asked at this stage; '' when he is."""
    if stage.rule.kind != "approve":
        return ""
    if principal == turn.case.initiator:
        return turn.note("note_initiator")
    if _agreed_before(turn, stage, principal):
        return turn.note("note_same")
    agreed_in = _agreed_earlier(turn, stage, principal)
    return turn.note("note_agreed", round=agreed_in) if agreed_in else ""


def _agreed_before(turn: Turn, stage: NamedStage, principal: str) -> bool:
    """True when the person approved at the stage just before, to no lower an assurance."""
    names = [s.name for s in turn.process.stages]
    place = names.index(stage.name)
    if place == 0:
        return False
    previous = turn.process.stages[place - 1]
    if previous.rule.kind != "approve" or previous.rule.assurance != stage.rule.assurance:
        return False
    return any(a.principal == principal and _holds(turn, a) for a in turn.case.at_stage(previous.name))


def _agreed_earlier(turn: Turn, stage: NamedStage, principal: str) -> int:
    """Give the round in which the person last agreed at this stage, where that still holds; 0 where it does not."""
    if turn.process.rework.skip_agreed == "never":
        return 0
    mine = (a for a in turn.case.assignments if a.stage == stage.name and a.principal == principal)
    said = [a for a in mine if a.round < turn.case.round and a.decision is not None]
    return said[-1].round if said and _holds(turn, said[-1]) else 0


def _holds(turn: Turn, assignment: Assignment) -> bool:
    """True for an agreement that stands and was given to what is material now.

    What was agreed to is compared by content: whichever way a sum or a file was changed since, it no longer holds.
    """
    decision = assignment.decision
    agreed = assignment.standing is Standing.DECIDED and decision is not None and decision.answer in POSITIVE
    return agreed and decision is not None and decision.material == turn.material


def _enough(rule: Stage, agreed: int) -> bool:
    """True when the stage needs nobody more, whoever else could be asked."""
    if rule.order == "any":
        return agreed >= 1
    return isinstance(rule.order, int) and agreed >= rule.order


def first_unfinished(turn: Turn) -> None:
    """Open the first stage of this round somebody still has to act at: the rules changed under the case."""
    _enter(turn, 0)


def _after(turn: Turn, stage: NamedStage) -> bool:
    names = [s.name for s in turn.process.stages]
    _enter(turn, names.index(stage.name) + 1)
    return True


def _finish(turn: Turn) -> None:
    close_open(turn, turn.note("note_closed"))
    turn.change(state=CaseState.DONE, stage="", closed_at=turn.now)
    turn.because("finished")
    tell_starter(turn)
    for document in turn.process.closing_papers:
        turn.make_document(document)


def tell_starter(turn: Turn) -> None:
    """Let the case this one was started from know that it is closed."""
    if turn.case.started_from:
        turn.tell_case(turn.case.started_from)


def finish_letters(turn: Turn) -> None:
    """Once every closing paper is made, send them to the initiator."""
    wanted = turn.process.closing_papers
    papers = [p for p in turn.case.papers if p.document in wanted]
    if turn.case.state is CaseState.DONE and len(papers) == len(wanted):
        turn.letter("closed", turn.case.initiator, words={"result": ""}, papers=papers)


def close_open(turn: Turn, note: str) -> tuple[Assignment, ...]:
    """End every open task of the case; give those that were open."""
    were = turn.case.open_assignments
    for assignment in were:
        turn.end(assignment, note)
    return were


def next_round(turn: Turn, from_stage: str, material: bool) -> None:
    """Start the next round after a correction: a material one from the first stage, others as the rules say."""
    close_open(turn, turn.note("note_round"))
    turn.change(round=turn.case.round + 1)
    if turn.process.rework.returns_to == "same stage" and not material and from_stage not in (CLARIFY, REWORK):
        resume(turn, from_stage)
    else:
        begin(turn)
