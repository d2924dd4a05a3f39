"""Make reports: on the page, as files, by mail when asked, and every month for whoever wants that.

Everything is gathered with the sight of whoever reads it. The monthly letter is the event `report/<month>/<person>`, so
that it leaves once however often it is tried.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time

from mailflow.advance import advance
from mailflow.agendas import USUAL_HOUR
from mailflow.core.case_query import Filters
from mailflow.core.dates import format_date
from mailflow.core.digest import is_due
from mailflow.core.events import IncomingFile, NoticeDue
from mailflow.core.office import Office
from mailflow.core.report_query import (
    ReportAsked,
    ReportQuery,
    month_before,
    read_report_command,
    report_query,
    subscribers,
    subscription,
)
from mailflow.core.report_words import report_words
from mailflow.core.reports import MOST_FACTS, Gathered, PaidFact, Section, TaskFact, report, table_of
from mailflow.edges.sheets import CONTENT_TYPE, workbook
from mailflow.edges.store import Store
from mailflow.lookup import Desk
from mailflow.recalling import present
from mailflow.seeking import sight_now

MOST_ROWS_IN_A_LETTER = 8


async def gathered(query: ReportQuery, store: Store) -> Gathered:
    """Read the facts page by page, the newest first, up to as many as are counted."""
    tasks: list[TaskFact] = []
    paid: list[PaidFact] = []
    more, place = await store.task_facts(query, None)
    tasks += more
    while place is not None and len(tasks) < MOST_FACTS:
        more, place = await store.task_facts(query, place)
        tasks += more
    some, further = await store.paid_facts(query, None)
    paid += some
    while further is not None and len(paid) < MOST_FACTS:
        some, further = await store.paid_facts(query, further)
        paid += some
    return Gathered(tuple(tasks), tuple(paid), place is not None or further is not None)


async def report_answer(
    text: str, person: str, proven: bool, key: str, in_reply_to: str, desk: Desk, now: datetime
) -> NoticeDue:
    """Give the letter that answers «Отчёт …». Nothing is committed: its event goes into `advance` with the mail."""
    office = await present(desk.office, desk.store, now)
    asked = read_report_command(text, office, date.fromisoformat(office.day(now)))
    if asked.habit or asked.unknown:
        return _told(asked, person, proven, key, in_reply_to, now)
    return await _letter(asked.filters, person, key, in_reply_to, office, desk, now)


async def send_reports(desk: Desk, now: datetime, at: time | None) -> int:
    """Commit the report of last month for everybody who wants it; give how many were committed by this call."""
    if not is_due(desk.office.time, now, at or USUAL_HOUR):
        return 0
    office, sent = await present(desk.office, desk.store, now), 0
    today = date.fromisoformat(office.day(now))
    for person in subscribers(await desk.store.facts_of("report", office.day(now)), office):
        key = f"report/{today:%Y-%m}/{person}"
        if not await desk.store.happened(key):
            await advance(
                await _letter(month_before(today), person, key, "", office, desk, now), desk.store, office, now
            )
            sent += 1
    return sent


def _told(asked: ReportAsked, person: str, proven: bool, key: str, in_reply_to: str, now: datetime) -> NoticeDue:
    """Say that it will come by itself, or no more, or which words were not understood."""
    if not asked.habit:
        return NoticeDue(key, now, "report", person, {"unknown": asked.unknown}, in_reply_to=in_reply_to)
    if not proven:
        return NoticeDue(key, now, "report", person, {"habit": "unproven"}, in_reply_to=in_reply_to)
    learns = (subscription(person, asked.habit),)
    return NoticeDue(key, now, "report", person, {"habit": asked.habit}, in_reply_to=in_reply_to, learns=learns)


async def _letter(
    filters: Filters, person: str, key: str, in_reply_to: str, office: Office, desk: Desk, now: datetime
) -> NoticeDue:
    _, sight = await sight_now(person, desk, now)
    language = office.directory.language(person)
    query, _ = report_query(filters, sight, office, date.fromisoformat(office.day(now)))
    found = await gathered(query, desk.store)
    sections = await asyncio.to_thread(report, found, office, language, now)
    days = "–".join(dict.fromkeys((format_date(query.first, language), format_date(query.last, language))))
    title = f"{report_words(language)['title']} {days}"
    content = await asyncio.to_thread(workbook, title, [table_of(one) for one in sections], now)
    sheet = IncomingFile(f"{title}.xlsx", await desk.blobs.keep(content), len(content), CONTENT_TYPE)
    words = {"days": days, "tasks": str(len(found.tasks)), **({"cut": "yes"} if found.cut else {})}
    return NoticeDue(key, now, "report", person, words, _slowest(sections), (sheet,), in_reply_to)


def _slowest(sections: tuple[Section, ...]) -> tuple[tuple[str, ...], ...]:
    """Give the slowest stages, as lines of the letter."""
    return tuple((bar.label, bar.said) for bar in sections[0].bars[:MOST_ROWS_IN_A_LETTER])
