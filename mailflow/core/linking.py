"""Documents and other cases: what a case causes beside itself, and what comes back of it.

Owns: what happens when a paper a stage waits for is made, and when a case started from this one is closed.
"""

from __future__ import annotations

from mailflow.core.answers import Answer
from mailflow.core.asking import ask_now
from mailflow.core.case import Assignment, CaseState, Decision, Paper, Standing
from mailflow.core.closing import finish_letters
from mailflow.core.events import DocumentMade, IncomingFile, LinkedCaseClosed
from mailflow.core.notifying import send_produced
from mailflow.core.route import go_on
from mailflow.core.routing import people
from mailflow.core.rules import NamedStage
from mailflow.core.turn import Turn


def document_made(turn: Turn, event: DocumentMade) -> None:
    """Put the paper into the case, in place of an older one of its kind; send the letters that waited for it."""
    made = tuple(_paper(event, file) for file in (event.file, event.also) if file is not None)
    others = tuple(p for p in turn.case.papers if p.document != event.document)
    turn.change(papers=(*others, *made))
    turn.because("document", name=event.file.name)
    if turn.case.state is not CaseState.OPEN:
        finish_letters(turn)
    waiting = [stage for stage in turn.present if event.document in stage.rule.needs]
    for stage in waiting:
        ask_now(turn, stage)
    if not waiting:
        send_produced(turn, made)


def _paper(event: DocumentMade, file: IncomingFile) -> Paper:
    return Paper(event.document, file.name, file.sha256, file.size, file.content_type, event.at)


def linked_closed(turn: Turn, event: LinkedCaseClosed) -> None:
    """A case started from this one is closed: whoever's task it was has done it."""
    turn.change(linked=(*turn.case.linked, event.number))
    turn.because("linked_closed", number=event.number)
    over = turn.case.state is not CaseState.OPEN or event.state != CaseState.DONE
    if over:
        return
    for stage in turn.present:
        if stage.rule.done_by_linked:
            _done_here(turn, stage, event.number)
    if turn.case.state is CaseState.DONE and not turn.process.closing_papers:
        result = turn.note("note_linked", number=event.number)
        turn.letter("closed", turn.case.initiator, words={"result": result})


def _done_here(turn: Turn, stage: NamedStage, number: str) -> None:
    responsible = _responsible(turn)
    for assignment in turn.case.at_stage(stage.name):
        if assignment.open and assignment.principal in responsible:
            _done(turn, assignment, number)
    go_on(turn, stage)


def _responsible(turn: Turn) -> frozenset[str]:
    """Give whose the cases started from this one are: the first of those the rules name."""
    named = (stage.rule.spawn.initiator for stage in turn.process.stages if stage.rule.spawn is not None)
    found = (people(who, turn.case, turn.office.directory)[:1] for who in named)
    return frozenset(person for first in found for person in first)


def _done(turn: Turn, assignment: Assignment, number: str) -> None:
    note = turn.note("note_linked", number=number)
    decision = Decision(Answer.DONE, assignment.principal, turn.now, "rule", note)
    turn.put(assignment, standing=Standing.DECIDED, decision=decision)
    turn.stop_timers(assignment)
