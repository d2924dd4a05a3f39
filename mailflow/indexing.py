"""Keep cases to be found: read what came with a case, note its words, again whenever it moved.

A commit only marks its case (`unindexed`); this errand catches up, so that no decision waits for a PDF to be read and
an old database is indexed while the service runs. The text of a mail or a file is read once and kept.
What may go wrong: a file that cannot be read has no words; bytes that are missing in the file store are left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from mailflow.agent import Duty
from mailflow.alone import alone
from mailflow.app import App
from mailflow.core.case import Case
from mailflow.core.mail_view import mail_view
from mailflow.core.message import parse
from mailflow.core.search_words import entry, seen_by
from mailflow.core.searching import LONGEST_PASSAGE, Passage, card_text
from mailflow.edges.texts import text_of
from mailflow.errors import MailflowError
from mailflow.killpoints import reached
from mailflow.lookup import Desk

AT_ONCE = 50
PAUSE = 2.0
"""Seconds until it is looked again; so long what came is not found yet."""
MOST_SOURCES = 60
"""Mails and files of one case whose text is kept, the newest first."""


class Indexer:
    """The loop of the service; of several agents one indexes."""

    def __init__(self, app: App, duty: Duty) -> None:
        self._app = app
        self._duty = duty

    async def run(self) -> None:
        """Index for ever."""
        while True:
            await alone("index", self._index())
            await asyncio.sleep(PAUSE)

    async def _index(self) -> None:
        store = await self._duty.taken()
        if store is not None:
            await index_waiting(replace(self._app.desk, store=store))


async def index_waiting(desk: Desk) -> int:
    """Index every case that waits for it; give how many there were."""
    done = 0
    while waiting := await desk.store.unindexed(AT_ONCE):
        for case_id, mark in waiting:
            await _index(case_id, mark, desk)
            await asyncio.sleep(0)
        done += len(waiting)
    return done


async def _index(case_id: str, mark: int, desk: Desk) -> None:
    case = await desk.store.load(case_id)
    if case is None:
        await desk.store.skip_index(case_id, mark)
        return
    known = await desk.store.indexed_sources(case_id)
    kept = await desk.store.passages([case_id]) if known else []
    fresh = [passage async for passage in _fresh(case, known, desk)]
    said = [card_text(case, desk.office), *(f"{one.title}\n{one.text}" for one in (*kept, *fresh))]
    words = await asyncio.to_thread(entry, said)
    await desk.store.keep_index(case_id, mark, case.opened_at, fresh, " ".join((*sorted(seen_by(case)), words)))
    reached("card.written")


async def _fresh(case: Case, known: set[str], desk: Desk) -> AsyncIterator[Passage]:
    """Give the texts of mails and files that are not kept yet."""
    for row in (await desk.store.mails_of(case.id))[-MOST_SOURCES:]:
        if (source := f"mail/{row.id}") not in known and (raw := await _bytes(row.taken.sha256, desk)) is not None:
            shown = mail_view(row.id, "", "", "", await asyncio.to_thread(parse, raw), "", "ru")
            yield Passage(case.id, source, shown.subject, shown.text[:LONGEST_PASSAGE])
    for file in {file.sha256: file for file in case.files[-MOST_SOURCES:]}.values():
        if (source := f"file/{file.sha256}") not in known and (content := await _bytes(file.sha256, desk)) is not None:
            text = await text_of(content, file.content_type, file.name, desk.reader)
            yield Passage(case.id, source, file.name, text.replace("\x00", " ")[:LONGEST_PASSAGE])


async def _bytes(sha256: str, desk: Desk) -> bytes | None:
    try:
        return await desk.blobs.read(sha256)
    except MailflowError:
        return None  # Forgotten, or lost; `mailflow check` tells of what is lost.
