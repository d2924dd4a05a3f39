"""The way of a case: which stage opens, when a stage is passed, when a round begins.

Owns: entering the steps of the route, skipping and passing stages, starting a round. The stages of one step run
side by side. Refuses to know: who is asked within a stage (`asking`), how an answer was read (`deciding`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mailflow.core.asking import agreed, ask_next, enough, needless, stage_people, too_few
from mailflow.core.case import CLARIFY, REWORK, Ask, Case
from mailflow.core.closing import close_open, finish
from mailflow.core.facts import condition_values, empty_fields, exists, missing_fields_of, skipped
from mailflow.core.notifying import notify, produce
from mailflow.core.office import Office
from mailflow.core.payees import hold_for_account
from mailflow.core.routing import Manager, Managers
from mailflow.core.rules import NamedStage
from mailflow.core.spawning import spawn
from mailflow.core.supplying import ask_suppliers
from mailflow.core.turn import Turn
from mailflow.core.wording import sentence


def begin(turn: Turn) -> None:
    """Start the round: ask the initiator for what is missing, or open the first stage."""
    missing = missing_fields(turn)
    if missing or not turn.case.confirmed:
        _clarify(turn, missing)
    elif not hold_for_account(turn):
        _enter(turn, 0)


def resume(turn: Turn, stage: str) -> None:
    """Open a stage of this round anew, by name; the first where there is none of that name."""
    _enter(turn, max(turn.process.step(stage), 0))


def go_on(turn: Turn, stage: NamedStage) -> bool:
    """After a decision: ask the next of this stage, or pass to the next stage. True when it was passed."""
    for assignment in tuple(needless(turn, stage)):
        turn.end(assignment, turn.note("note_enough"))
    if not enough(turn, stage):
        waiting = any(a.open for a in turn.case.at_stage(stage.name))
        if waiting or ask_next(turn, stage):
            return False
        if too_few(turn, stage):
            _tell_stuck(turn, stage)
            return False
    _pass(turn, stage)
    return True


def _pass(turn: Turn, stage: NamedStage) -> None:
    """Note that the stage is passed; where all beside it are, open the next step."""
    turn.change(passed=tuple(dict.fromkeys((*turn.case.passed, stage.name))))
    left = [other for other in turn.process.beside(stage.name) if other.name not in turn.case.passed]
    waiting = [other for other in left if _is_open(turn, other) or _open_stage(turn, other)]
    if waiting:
        turn.change(stage=waiting[0].name)
    else:
        _enter(turn, turn.process.step(stage.name) + 1)


def _is_open(turn: Turn, stage: NamedStage) -> bool:
    return any(a.open for a in turn.case.at_stage(stage.name))


def missing_fields(turn: Turn) -> tuple[str, ...]:
    """As `missing_fields_of`, for the case on the desk."""
    return missing_fields_of(turn.case, turn.office)


def people_ahead(case: Case, office: Office) -> tuple[tuple[NamedStage, tuple[str, ...]], ...]:
    """Give the stages from the present one on with whom they would ask, as far as can be known now."""
    values = condition_values(case, office)
    process = office.process_of(case)
    present = max(process.step(case.stage), 0)
    return tuple(
        (stage, stage_people(stage, case, office))
        for step in process.steps[present:]
        for stage in step
        if exists(stage, values) and not skipped(stage, values)
    )


def _clarify(turn: Turn, missing: tuple[str, ...]) -> None:
    turn.change(stage=CLARIFY, passed=())
    turn.open(CLARIFY, turn.case.initiator, Ask.FIELDS)
    if not turn.case.confirmed:
        turn.because("asks_process")
    if missing:
        labels = (turn.process.fields[name].label.in_(turn.language) for name in missing)
        turn.because("asks_fields", what=", ".join(labels))


def _enter(turn: Turn, place: int) -> None:
    """Open the step at that place of the route, or the first after it that somebody must act at."""
    for step in turn.process.steps[place:]:
        turn.change(passed=())
        waiting = [stage.name for stage in step if _open_stage(turn, stage)]
        if waiting:
            passed = tuple(stage.name for stage in step if stage.name not in waiting)
            turn.change(stage=waiting[0], passed=passed)
            return
    finish(turn)


def _open_stage(turn: Turn, stage: NamedStage) -> bool:
    """Open a stage; True where somebody must now act at it."""
    values = condition_values(turn.case, turn.office)
    if not exists(stage, values):
        return False
    if skipped(stage, values):
        _skip_stage(turn, stage)
        return False
    if stage.when is not None and not stage.when.holds(values):
        turn.because("unanswerable", stage=stage.rule.title.in_(turn.language))
    turn.change(stage=stage.name)
    at_once = _AT_ONCE.get(stage.rule.kind)
    if at_once is not None:
        at_once(turn, stage)
        return False
    if _is_filled(turn, stage):
        return False
    if stage.rule.number is not None:
        turn.take_registration(stage.rule.number)
    if not ask_next(turn, stage):
        return _is_stuck(turn, stage)
    ask_suppliers(turn, stage)
    asked = ", ".join(turn.office.short(a.principal) for a in turn.case.at_stage(stage.name) if a.open)
    turn.because("stage", stage=stage.rule.title.in_(turn.language), who=asked)
    return True


_AT_ONCE: Mapping[str, Callable[[Turn, NamedStage], None]] = {"spawn": spawn, "notify": notify, "produce": produce}
"""The stages that do their work when the case comes by, and keep nobody waiting."""


def _is_filled(turn: Turn, stage: NamedStage) -> bool:
    """True for a stage of fields that has nothing to ask for."""
    rule = stage.rule
    return rule.kind == "fill" and not rule.needs and not rule.file and not empty_fields(turn.case, rule.fields)


_MAY_HAVE_NOBODY = frozenset({"acknowledge", "collect"})
"""The kinds that are done where nobody is named: nobody has to read, nobody was asked for an offer."""


def _is_stuck(turn: Turn, stage: NamedStage) -> bool:
    """True where nobody can act although somebody must: then a person mends it, and nothing is passed."""
    nobody = not turn.case.at_stage(stage.name)
    if stage.rule.kind != "approve" or agreed(turn, stage):
        stuck = too_few(turn, stage) or (nobody and stage.rule.kind not in _MAY_HAVE_NOBODY)
    elif isinstance(stage.rule.who, Manager | Managers):
        turn.because("skipped", stage=stage.rule.title.in_(turn.language), note=turn.note("note_nobody"))
        stuck = False
    else:
        stuck = stage.rule.if_initiator is not None or nobody
    if stuck:
        _tell_stuck(turn, stage)
    return stuck


def _tell_stuck(turn: Turn, stage: NamedStage) -> None:
    turn.because("nobody", stage=stage.rule.title.in_(turn.language))
    secretary = turn.office.secretary
    language = turn.office.directory.language(secretary)
    text = sentence("nobody", language, stage=stage.rule.title.in_(language))
    turn.letter("comment", secretary, words={"who": "mailflow", "text": text})


def _skip_stage(turn: Turn, stage: NamedStage) -> None:
    note = stage.rule.skip_note.in_(turn.language) if stage.rule.skip_note else turn.note("note_skip")
    for principal in stage_people(stage, turn.case, turn.office):
        turn.skip(stage.name, principal, stage.rule.ask, note)
    turn.because("skipped", stage=stage.rule.title.in_(turn.language), note=note)


def first_unfinished(turn: Turn) -> None:
    """Open the first stage of this round somebody still has to act at: the rules changed under the case."""
    _enter(turn, 0)


def next_round(turn: Turn, from_stage: str, material: bool) -> None:
    """Start the next round after a correction: a material one from the first stage, others as the rules say."""
    close_open(turn, turn.note("note_round"))
    turn.change(round=turn.case.round + 1)
    if turn.process.rework.returns_to == "same stage" and not material and from_stage not in (CLARIFY, REWORK):
        resume(turn, from_stage)
    else:
        begin(turn)
