"""Lists of tasks that go out by themselves: the daily letter of whoever wants one, the tasks a deputy takes over.

Each is committed once under a key that names its day or its substitution, so it may be asked for as often as you
like. Refuses to know: what stands in a list (`core.agenda`) and how its lines are answered (`answering_list`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from mailflow.advance import advance
from mailflow.commanding import agenda_of
from mailflow.core.agenda import Agenda
from mailflow.core.dates import format_date
from mailflow.core.digest import is_due
from mailflow.core.events import IncomingFile, NoticeDue
from mailflow.core.habits import mode_of, mode_word
from mailflow.core.memory import Fact
from mailflow.core.on_behalf import accusative
from mailflow.lookup import Desk
from mailflow.recalling import present

USUAL_HOUR = time(8, 30)
MORNING = timedelta(hours=3)
"""A daily letter belongs to the morning; what comes later waits for the next."""
MOST_BYTES = 15 * 1024 * 1024


async def send_lists(desk: Desk, now: datetime, at: time | None) -> int:
    """Commit the daily letters of this morning and the lists of substitutions that begin; give how many there were."""
    office = await present(desk.office, desk.store, now)
    today = replace(desk, office=office)
    daily = [await _daily(person, today, now, at or USUAL_HOUR) for person in office.directory.people]
    begun = [await _begun(fact, today, now) for fact in office.facts if fact.kind == "substitution"]
    return sum(daily) + sum(begun)


async def _daily(person: str, desk: Desk, now: datetime, at: time) -> bool:
    """Send a person who wants one letter a day what waits for him."""
    office = desk.office
    if mode_of(person, office.facts) != "daily":
        return False
    time_there = office.time_of(person)
    local = now.astimezone(time_there.zone)
    begins = datetime.combine(local.date(), at, time_there.zone)
    if not is_due(time_there, now, at) or local > begins + MORNING:
        return False
    key = f"agenda/{local.date()}/{person}"
    if await desk.store.happened(key):
        return False
    made = await agenda_of(person, now, desk)
    if not made.rows:
        return False
    words = {**made.words, "mode": mode_word("daily", office.directory.language(person))}
    event = NoticeDue(key, now, "tasks", person, words, made.rows, _enclosed(made))
    await advance(event, desk.store, desk.office, now)
    return True


async def _begun(fact: Fact, desk: Desk, now: datetime) -> bool:
    """Tell whoever stands in from today on, with the tasks that wait there."""
    office, deputy, key = desk.office, fact.said["by"], f"stands_in/{fact.item}"
    known = {fact.subject, deputy} <= set(office.directory.people)
    if fact.said["since"] > office.day(now) or not known or await desk.store.happened(key):
        return False
    made = await agenda_of(deputy, now, desk, of=(fact.subject,))
    language = office.directory.language(deputy)
    words = {
        **made.words,
        "who": accusative(fact.subject, office, language),
        "since": format_date(date.fromisoformat(fact.said["since"]), language),
        "until": format_date(date.fromisoformat(fact.until), language),
    }
    event = NoticeDue(key, now, "stands_in", deputy, words, made.rows, _enclosed(made))
    await advance(event, desk.store, desk.office, now)
    return True


def _enclosed(made: Agenda) -> tuple[IncomingFile, ...]:
    """Give the papers of the list as far as one letter carries them; each line names its files and their hashes."""
    taken: list[IncomingFile] = []
    room = MOST_BYTES
    for file in made.files:
        if file.size <= room:
            room -= file.size
            taken.append(IncomingFile(file.name, file.sha256, file.size, file.content_type))
    return tuple(taken)
