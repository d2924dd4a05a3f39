"""Look for cases by their words, for one person: on the page and by mail alike.

The index finds, `core.sight` is asked again for every case before it is shown: a card may be seconds behind its case.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from mailflow.core.case import Case
from mailflow.core.events import NoticeDue
from mailflow.core.memory import About
from mailflow.core.numbers import find_number
from mailflow.core.office import Office
from mailflow.core.search_command import found_notice, read_search_command
from mailflow.core.search_words import asked_words
from mailflow.core.searching import (
    IN_A_LETTER,
    LONGEST_QUESTION,
    FoundLine,
    FoundView,
    Hit,
    Passage,
    Question,
    found_line,
)
from mailflow.core.sight import Sight, sees, sight_of
from mailflow.core.substitution import SUBSTITUTION
from mailflow.core.views import Language
from mailflow.edges.store import Store
from mailflow.lookup import Desk, numbered
from mailflow.recalling import present, told_now

Words = tuple[tuple[str, ...], ...]


async def seek(
    text: str, after: str, sight: Sight, office: Office, desk: Desk, language: Language, limit: int
) -> FoundView:
    """Give a page of what is found; `after` is `next` of the page before, '' for the first."""
    text = text[:LONGEST_QUESTION].strip()
    words = asked_words(text)
    before = int(after) if after.isascii() and after.isdecimal() and len(after) <= 18 else None
    hits = await desk.store.found(Question(words, sight, before, limit + 1))
    cases = [] if before is not None else await _by_number(text, sight, desk)
    cases += await _seen(hits[:limit], sight, desk.store)
    once = list({case.id: case for case in cases if case.process != SUBSTITUTION}.values())
    passages = await desk.store.passages([case.id for case in once])
    lines = await asyncio.to_thread(_lines, once, passages, words, office, language)
    more = str(hits[limit - 1].place) if len(hits) > limit else ""
    return FoundView(text, bool(words), lines, more)


async def search_answer(text: str, person: str, key: str, in_reply_to: str, desk: Desk, now: datetime) -> NoticeDue:
    """Give the letter that answers «Найти …». Nothing is committed: its event goes into `advance` with the mail."""
    office, sight = await sight_now(person, desk, now)
    language = office.directory.language(person)
    found = await seek(read_search_command(text), "", sight, office, desk, language, IN_A_LETTER)
    return found_notice(key, now, person, found, in_reply_to)


async def sight_now(person: str, desk: Desk, now: datetime) -> tuple[Office, Sight]:
    """Give what the person sees, as his pages would show it, with the office as it is now."""
    about = [About("delegation", person), About("told", person)]
    office = await present(desk.office, desk.store, now, about)
    told = await told_now(person, office, desk.store, now)
    return office, replace(sight_of(person, office, now, office.facts), told=told)


async def _by_number(text: str, sight: Sight, desk: Desk) -> list[Case]:
    """A whole number finds its case the moment it has one."""
    case = await numbered(find_number(text), desk)
    return [case] if case is not None and sees(sight, case) else []


async def _seen(hits: list[Hit], sight: Sight, store: Store) -> list[Case]:
    known = await store.cases_named([hit.case for hit in hits])
    found = (known.get(hit.case) for hit in hits)
    return [case for case in found if case is not None and sees(sight, case)]


def _lines(
    cases: list[Case], passages: list[Passage], words: Words, office: Office, language: Language
) -> tuple[FoundLine, ...]:
    return tuple(
        found_line(case, [one for one in passages if one.case == case.id], words, office, language) for case in cases
    )
