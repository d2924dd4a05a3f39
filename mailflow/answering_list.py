"""Take one reply to a list of tasks in: every line becomes an answer of its own, the rest one letter.

Each line is an event under the mail's key and its number, committed alone; the letter that says what came of them
is committed last, with the mail's row. Killed in between, the mail is taken again: lines that stand stay as they
are, and the rest is done. Refuses to know: how the words are read (`core.agenda_answers`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from mailflow.advance import advance
from mailflow.core.agenda import Line, lines
from mailflow.core.agenda_answers import LineAnswer, Unclear, read_list
from mailflow.core.arrivals import Arrival, notice
from mailflow.core.case import Ask, Case
from mailflow.core.events import AnswerReceived, NoticeDue
from mailflow.core.kinds import Kind, Understood
from mailflow.core.listing import told
from mailflow.core.reply import fresh
from mailflow.core.sender import Proven
from mailflow.lookup import Desk, notice_answered

LISTS = frozenset({"tasks", "stands_in"})


async def answer_list(arrival: Arrival, understood: Understood, desk: Desk) -> NoticeDue | None:
    """Let every line of a reply to a list happen; give the letter that says what came of it, or None: it is none."""
    shown = await _list_answered(arrival, understood, desk)
    if not shown:
        return None
    own = fresh(arrival.message)
    cases = {number: await desk.store.load(line.case) for number, line in shown.items()}
    asks = {number: _ask(cases[number], line) for number, line in shown.items()}
    said = read_list(own.text, shown, asks, _written_on(arrival, desk))
    if said is None:
        return None
    if own.conflict or isinstance(said, Unclear) or not isinstance(arrival.proof, Proven):
        return notice("list_unclear", arrival, {"text": " ".join(own.text.split())[:600]}, ())
    rows = [await _one(answer, arrival, desk) for answer in said]
    return notice("list_answered", arrival, {}, tuple(rows))


async def _list_answered(arrival: Arrival, understood: Understood, desk: Desk) -> dict[int, Line]:
    """Give the list this mail answers, if it was sent to its writer."""
    by_hand = understood.kind in (Kind.REQUEST, Kind.COMMAND, Kind.REPLY)
    if arrival.target is not None or not by_hand or arrival.person is None:
        return {}
    shown = await notice_answered(arrival.message, desk)
    if shown is None or shown.kind not in LISTS or shown.person != arrival.person:
        return {}
    return lines(await desk.store.words_of(shown.key))


def _ask(case: Case | None, line: Line) -> Ask:
    task = case.assignment(line.assignment) if case is not None else None
    return task.ask if task is not None else Ask.APPROVAL


def _written_on(arrival: Arrival, desk: Desk) -> date:
    sent = arrival.message.date
    return sent.date() if sent is not None else date.fromisoformat(desk.office.day(arrival.at))


async def _one(answer: LineAnswer, arrival: Arrival, desk: Desk) -> tuple[str, ...]:
    """Let one line happen, and say what came of it."""
    assert arrival.person is not None
    event = AnswerReceived(
        key=f"{arrival.message.key}/{answer.number}",
        at=arrival.at,
        case=answer.line.case,
        assignment=answer.line.assignment,
        proof=arrival.proof,
        answer=answer.reading.answer,
        comment=answer.reading.comment or "",
        details=answer.reading.details,
        channel="list",
        card=answer.line.card,
        message_id=arrival.message.message_id,
    )
    await advance(event, desk.store, desk.office, arrival.at)
    case = await desk.store.load(answer.line.case)
    assert case is not None, "an answer was committed to a case that is not there"
    language = desk.office.directory.language(arrival.person)
    return told(answer.number, case, replace(event, comment=""), desk.office, language)
