"""Letting a case go on by newer rules than those it began under.

Owns: when it can, and doing it. A case is moved only where everybody who has to act now would have to act under the
new rules too: whoever was asked one thing must not find that he has answered another.
"""

from __future__ import annotations

from mailflow.core.case import OWN_STAGES, Case, CaseState
from mailflow.core.events import RulesUpgraded
from mailflow.core.rules import Process
from mailflow.core.turn import Turn


def hindrance(case: Case, new: Process | None) -> str:
    """Say why the case cannot go on by the new rules; '' where it can."""
    if case.state is not CaseState.OPEN:
        return "the case is over"
    if new is None:
        return f"there is no process `{case.process}` any more"
    for name in dict.fromkeys((case.stage, *(a.stage for a in case.open_assignments))):
        if name and name not in OWN_STAGES and new.stage(name) is None:
            return f"the new rules have no stage `{name}`, where it stands"
    for task in case.open_assignments:
        stage = new.stage(task.stage)
        if stage is not None and stage.rule.ask is not task.ask:
            return f"the new rules ask for something else at the stage `{task.stage}`"
    return ""


def upgrade(turn: Turn, event: RulesUpgraded) -> None:
    """Put the case under today's rules, if they are the version that was meant and it can be done."""
    new = turn.office.rules.get(turn.case.process)
    meant = new if new is not None and new.version == event.version else None
    reason = hindrance(turn.case, meant)
    if reason:
        turn.because("not_upgraded", reason=reason)
        return
    turn.change(rules=event.version)
    turn.because("upgraded", version=short_version(event.version))


def short_version(version: str) -> str:
    """Give what people call a version: its first eight characters."""
    return version[:8]
