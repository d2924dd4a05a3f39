"""How a case ends: its open tasks, its closing papers, the case it was started from.

Owns: ending tasks and cases. Refuses to know: why it ends (`route`, `refusing`, `withdrawing`).
"""

from __future__ import annotations

from mailflow.core.archiving import file_away
from mailflow.core.case import Assignment, CaseState
from mailflow.core.turn import Turn


def finish(turn: Turn) -> None:
    """Close the case whose route is complete."""
    close_open(turn, turn.note("note_closed"))
    turn.change(state=CaseState.DONE, stage="", passed=(), closed_at=turn.now)
    turn.because("finished")
    tell_starter(turn)
    for document in turn.process.closing_papers:
        turn.make_document(document)
    if not turn.process.closing_papers:
        file_away(turn)


def tell_starter(turn: Turn) -> None:
    """Let the case this one was started from know that it is closed."""
    if turn.case.started_from:
        turn.tell_case(turn.case.started_from)


def finish_letters(turn: Turn) -> None:
    """Once every closing paper is made, send them to the initiator."""
    wanted = turn.process.closing_papers
    papers = [p for p in turn.case.papers if p.document in wanted]
    if wanted and turn.case.state is CaseState.DONE and {p.document for p in papers} == set(wanted):
        turn.letter("closed", turn.case.initiator, words={"result": ""}, papers=papers)
        file_away(turn)


def close_open(turn: Turn, note: str) -> tuple[Assignment, ...]:
    """End every open task of the case; give those that were open."""
    were = turn.case.open_assignments
    for assignment in were:
        turn.end(assignment, note)
    return were
