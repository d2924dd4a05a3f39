"""How surely it must be him who presses: what a stage asks for, for the case as it is now.

Owns: which level holds, their order, and that an answer given by less does not count. Refuses to know: codes and
browsers (`respond`), and how a second factor is checked (`second_factor`).
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.answers import Answer
from mailflow.core.case import REQUISITES, Assignment, Case, Decision
from mailflow.core.facts import condition_values
from mailflow.core.office import Office
from mailflow.core.rules import NamedStage
from mailflow.core.stages import Assurance

_STRENGTH: Mapping[Assurance, int] = {"mail": 0, "known_browser": 1, "second_factor": 2}
WITH_FACTOR = "; second factor"
"""How the proof of a press ends that was made with a second factor."""
_HARMLESS = frozenset({Answer.QUESTION, Answer.DEFER, Answer.WITHDRAW})
"""What may be said without a second factor: it decides nothing, or takes a decision back."""


def assurance_of(stage: NamedStage, case: Case, office: Office) -> Assurance:
    """Give what the stage asks for; a condition without an answer asks for more, never for less."""
    condition = stage.second_factor_when
    if condition is not None and not condition.fails(condition_values(case, office)):
        return "second_factor"
    return stage.rule.assurance


def level_of(case: Case, task: Assignment, office: Office) -> Assurance:
    """Give what an answer to this task has to show."""
    stage = office.stage_of(case, task.stage)
    if stage is not None:
        return assurance_of(stage, case, office)
    return "known_browser" if task.stage == REQUISITES else "mail"


def weaker(one: Assurance, other: Assurance) -> bool:
    """Say whether `one` proves less than `other`."""
    return _STRENGTH[one] < _STRENGTH[other]


def proven_enough(decision: Decision, asked: Assurance) -> bool:
    """Say whether a decision made before still holds where this is asked: by a second factor only if it had one."""
    return asked != "second_factor" or (decision.channel == "link" and decision.proof.endswith(WITH_FACTOR))


def wants_factor(case: Case, task: Assignment, answer: Answer, office: Office) -> bool:
    """Say whether this answer to this task counts only with a second factor."""
    return answer not in _HARMLESS and level_of(case, task, office) == "second_factor"
