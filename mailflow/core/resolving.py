"""A resolution: who is to do it, by when, whether an answer is needed; «В дело» names nobody.

Owns: the fields a resolution writes to the card. Refuses to know: how it was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mailflow.core.answers import Answer
from mailflow.core.case import Ask, Assignment, FieldValue
from mailflow.core.events import AnswerReceived
from mailflow.core.nudging import unclear
from mailflow.core.recording import decide, pass_on_from, receipt, tell_initiator
from mailflow.core.turn import Turn


def resolved(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """A resolution: who is to do it, by when, whether an answer is needed; «В дело» names nobody."""
    if assignment.ask is not Ask.RESOLUTION:
        unclear(turn, assignment, event, person)
        return
    found = {name: turn.office.directory.find(name) for name in event.details.executors}
    unsure = [name for name, people in found.items() if len(people) != 1]
    if unsure:
        text = turn.note("unknown_people", names=", ".join(unsure))
        unclear(turn, assignment, replace(event, comment=text), person)
        return
    said = event.comment or ("В дело" if turn.language == "ru" else "File it")
    turn.change(fields={**turn.case.fields, **_resolution_fields(event, found, said)})
    turn.because("resolved", who=turn.office.short(person), text=said)
    decide(turn, assignment, event, person, Answer.RESOLUTION, said)
    passed = pass_on_from(turn, assignment)
    receipt(turn, assignment, event, person, Answer.RESOLUTION, said)
    tell_initiator(turn, assignment, person, passed)


def _resolution_fields(event: AnswerReceived, found: Mapping[str, tuple[str, ...]], said: str) -> dict[str, FieldValue]:
    written: dict[str, FieldValue] = {
        "resolution": said,
        "executors": tuple(dict.fromkeys(people[0] for people in found.values())),
        "answer_needed": bool(event.details.answer_needed),
    }
    return {**written, "due": event.details.due.isoformat()} if event.details.due is not None else written
