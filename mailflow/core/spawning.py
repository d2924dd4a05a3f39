"""Starting a case of another process from this one: an incoming letter that needs an answer starts an outgoing one.

Owns: whose the new case is and what it takes over. Refuses to know: how it is opened (`engine`).
"""

from __future__ import annotations

from mailflow.core.case import Fields
from mailflow.core.routing import people
from mailflow.core.rules import NamedStage
from mailflow.core.stages import Spawn
from mailflow.core.turn import Turn


def spawn(turn: Turn, stage: NamedStage) -> None:
    """Start the case this stage names; the route goes on at once."""
    rule = stage.rule.spawn
    if rule is None or stage.name in turn.case.spawned:
        return
    turn.change(spawned=(*turn.case.spawned, stage.name))
    initiator = next(iter(people(rule.initiator, turn.case, turn.office.directory)), turn.office.secretary)
    subject = rule.subject.in_(turn.language).format(number=turn.case.number)
    turn.start_case(rule.process, initiator, _taken(turn, rule), subject)
    turn.because("started", process=rule.process, who=turn.office.short(initiator))


def _taken(turn: Turn, rule: Spawn) -> Fields:
    ours = {**turn.case.fields, "number": turn.case.number}
    return {new: ours[old] for new, old in rule.take.items() if ours.get(old)}
