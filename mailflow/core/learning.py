"""What the office learns from a transition: it is read off the case before and the case after.

Owns: gathering the facts of every kind. A transition need not know who keeps what of it.
"""

from __future__ import annotations

from mailflow.core.adding_up import counted
from mailflow.core.case import Case
from mailflow.core.delegating import handed_over
from mailflow.core.payees import alarms, learnt
from mailflow.core.silence import told_no_longer
from mailflow.core.substitution import arranged_by
from mailflow.core.turn import Turn


def learn(turn: Turn, before: Case | None) -> None:
    """Let the office keep, or strike, what this transition says."""
    turn.change(findings=alarms(turn))
    found = (
        *learnt(turn, before),
        *arranged_by(before, turn.case, turn.office.facts),
        *handed_over(before, turn.case),
        *told_no_longer(before, turn),
        *counted(before, turn.case, turn.office),
    )
    for what, fact in found:
        (turn.remember if what == "remember" else turn.forget)(fact)
