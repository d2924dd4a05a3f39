"""A letter that asks goes out anew because the link in the one before ends.

Owns: for which tasks that is, and what the new letter says of the old one. Refuses to know: keys and links.
"""

from __future__ import annotations

from mailflow.core.asking import instruction
from mailflow.core.case import Ask, Assignment, CaseState, Paper
from mailflow.core.events import LetterRenewed
from mailflow.core.rules import NamedStage
from mailflow.core.turn import Turn
from mailflow.core.wording import sentence

BY_LINK = frozenset({Ask.APPROVAL, Ask.PAYMENT, Ask.EXECUTION, Ask.ACKNOWLEDGEMENT})
"""What can be answered on the page. Every other letter is answered by reply, which names the letter it answers."""


def renew(turn: Turn, event: LetterRenewed) -> None:
    """Ask once more whoever acts on the task, if it is open and was asked by a link."""
    task = turn.case.assignment(event.assignment)
    stage = turn.process.stage(task.stage) if task is not None else None
    if task is None or stage is None or not _is_asked(turn, task, stage):
        turn.because("timer_idle")
        return
    to = turn.acts_on(task)
    words = instruction(turn, stage.rule, task.principal)
    note = sentence("renewed_note", turn.office.directory.language(to))
    told = " ".join(filter(None, (note, words["instruction"])))
    turn.because("renewed", who=turn.office.short(to))
    turn.letter("ask", to, task.id, {"instruction": told}, papers=_papers(turn, stage))


def _is_asked(turn: Turn, task: Assignment, stage: NamedStage) -> bool:
    """Say whether a letter with a link has gone out for the task: one that waits for its papers is yet to come."""
    made = {paper.document for paper in _papers(turn, stage)}
    whole = made >= set(stage.rule.needs)
    return task.open and task.ask in BY_LINK and turn.case.state is CaseState.OPEN and whole


def _papers(turn: Turn, stage: NamedStage) -> list[Paper]:
    """Give the papers that go with the letters of a stage, as far as they are made."""
    return [paper for paper in turn.case.papers if paper.document in stage.rule.needs]
