"""Stages that keep nobody waiting: a letter to people, a paper that is made.

Owns: what such a letter says and to whom it goes, once a case and stage. Refuses to know: how papers are made.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailflow.core.card_texts import fill_in
from mailflow.core.case import Paper
from mailflow.core.outsiders import tell_outside
from mailflow.core.routing import people
from mailflow.core.rules import NamedStage
from mailflow.core.turn import Turn


def notify(turn: Turn, stage: NamedStage) -> None:
    """Write to the people of the stage, once; whatever is taken back later, nobody is told twice."""
    if stage.name in turn.case.spawned:
        return
    turn.change(spawned=(*turn.case.spawned, stage.name))
    if stage.rule.outside:
        tell_outside(turn, stage)
    told = readers(turn, stage)
    for person in told:
        turn.letter("notice", person, words={"text": _text(turn, stage, person)})
    if told:
        turn.because("told", stage=stage.rule.title.in_(turn.language), who=", ".join(map(turn.office.short, told)))


def produce(turn: Turn, stage: NamedStage) -> None:
    """Have the papers of the stage made; they come back as events and go to its people then."""
    for document in stage.rule.needs:
        turn.make_document(document)
    turn.because("produced", stage=stage.rule.title.in_(turn.language))


def send_produced(turn: Turn, papers: Sequence[Paper]) -> None:
    """Send a paper that is made, in every form it has, to the people of the stages that had it made."""
    present = turn.process.step(turn.case.stage)
    for stage in turn.process.stages:
        passed = present < 0 or turn.process.step(stage.name) <= present
        if stage.rule.kind == "produce" and papers[0].document in stage.rule.needs and passed:
            for person in readers(turn, stage):
                turn.letter("notice", person, words={"text": _text(turn, stage, person)}, papers=papers)


def readers(turn: Turn, stage: NamedStage) -> tuple[str, ...]:
    """Give the people a stage writes to."""
    return people(stage.rule.who, turn.case, turn.office.directory) if stage.rule.who is not None else ()


def _text(turn: Turn, stage: NamedStage, person: str) -> str:
    language = turn.office.directory.language(person)
    text = stage.rule.text or stage.rule.title
    return fill_in(text.in_(language), turn.case, turn.office, language)
