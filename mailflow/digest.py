"""The secretary's digest and the registers on request: gathered, made into sheets, committed as one letter.

Like every conductor it ends in `advance`: a digest is the event `digest/<day>`, so that however often
and from however many processes it is tried, one letter leaves; a register is the event of the mail that
asked for it. Sheets are kept as files before the letter that carries them is committed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from mailflow.advance import advance
from mailflow.core.case import Case
from mailflow.core.dates import format_date
from mailflow.core.digest import Digest, Overnight, Span, counted, digest, is_due, midnight, span
from mailflow.core.events import IncomingFile, NoticeDue
from mailflow.core.office import Office
from mailflow.core.register_command import days_of, read_register_command
from mailflow.core.registers import Form, Table, concerns, forms, register_rows, sees_all
from mailflow.core.views import Language
from mailflow.edges.blobs import Blobs
from mailflow.edges.sheets import CONTENT_TYPE, sheet_name, xlsx
from mailflow.edges.store import Committed, Store
from mailflow.recalling import present

KEY = "digest/"
READ_UP_TO = "read_up_to"
"""The word of a digest that says up to which mail it looked; the next one goes on from there."""
STUCK_AFTER = timedelta(hours=1)
"""A case whose document is being made waits for nobody for a moment."""


async def send_digest(store: Store, blobs: Blobs, office: Office, now: datetime, at: time) -> bool:
    """Commit the digest of today if it is a working day, `at` has passed in the office, and none was yet.

    Give whether it was committed by this call. May be called as often as you like.
    """
    today = now.astimezone(office.hours.zone).date()
    if not is_due(office.time, now, at) or await store.happened(f"{KEY}{today}"):
        return False
    office = await present(office, store, now)
    reader = office.acting(office.secretary, now)
    language = office.directory.language(reader)
    last = await store.last_notice(KEY)
    newest = await store.newest_mail()
    made = await _digest(store, office, language, now, last)
    year = Span(today.replace(month=1, day=1), today)
    tables = [await _table(store, form, office, language, year) for form in forms(office)]
    sheets = [await _sheet(blobs, table, str(today.year), today, office) for table in tables if table.rows]
    words = {
        "day": made.day,
        "counts": made.counts,
        "enclosed": ", ".join(sheet.name for sheet in sheets),
        READ_UP_TO: str(newest),
    }
    event = NoticeDue(f"{KEY}{today}", now, "digest", reader, words, made.rows, tuple(sheets))
    return isinstance(await advance(event, store, office, now), Committed)


async def _digest(store: Store, office: Office, language: Language, now: datetime, last: NoticeDue | None) -> Digest:
    """Gather what has happened since the digest before, and tell it."""
    days = span(office, now, date.fromisoformat(last.key.removeprefix(KEY)) if last is not None else None)
    since, until = midnight(office, days.first), midnight(office, days.last + timedelta(days=1))
    read_up_to = int(last.words[READ_UP_TO]) if last is not None else None
    found = Overnight(
        new=await store.cases_opened(since, until),
        waiting=await store.cases_due(until + timedelta(days=1)),
        stuck=await store.cases_stuck(now - STUCK_AFTER),
        letters=await store.lost_letters(since),
        mails=await store.missed_mails(since, read_up_to),
    )
    return await asyncio.to_thread(digest, found, days, office, language, now)


async def register_answer(
    text: str, person: str, key: str, in_reply_to: str, store: Store, blobs: Blobs, office: Office, now: datetime
) -> NoticeDue:
    """Give the letter that answers «Реестр счетов за неделю»: the sheets asked for, as far as he may see them.

    `text`: the subject of the mail, and its own words from the second line on. `key` and `in_reply_to` are
    the mail's. Nothing is committed: the event goes into `advance` together with the mail's row.
    """
    there = forms(office)
    asked = read_register_command(text, there)
    language = office.directory.language(person)
    wanted = [] if asked.unknown else [form for form in there if asked.register in (None, form.name)]
    if not wanted:
        titles = tuple((form.title(language),) for form in there)
        return NoticeDue(key, now, "register", person, {"unknown": asked.unknown}, rows=titles, in_reply_to=in_reply_to)
    today = now.astimezone(office.hours.zone).date()
    days = Span(*days_of(asked.period, today))
    all_lines = sees_all(person, office, now)
    shown: Callable[[Case], bool] = (lambda case: True) if all_lines else (lambda case: concerns(case, person))
    tables = [await _table(store, form, office, language, days, shown) for form in wanted]
    tables = [table for table in tables if table.rows] or tables[:1]
    said = _days(days, language)
    sheets = [await _sheet(blobs, table, said, today, office) for table in tables]
    words = {"title": _titles(tables), "days": said, "count": _entries(tables, language)}
    own = {} if all_lines else {"own": "yes"}
    return NoticeDue(key, now, "register", person, {**words, **own}, enclosed=tuple(sheets), in_reply_to=in_reply_to)


async def _table(
    store: Store,
    form: Form,
    office: Office,
    language: Language,
    days: Span,
    shown: Callable[[Case], bool] = lambda case: True,
) -> Table:
    since, until = midnight(office, days.first), midnight(office, days.last + timedelta(days=1))
    touched = [case for process in form.processes for case in await store.cases_touched(process, since, until)]
    cases = [case for case in touched if shown(case)]
    return await asyncio.to_thread(register_rows, cases, form, office, language, days.first, days.last)


async def _sheet(blobs: Blobs, table: Table, days: str, today: date, office: Office) -> IncomingFile:
    """Make the sheet and keep it; the day is its date of creation, so that one day makes one file."""
    content = await asyncio.to_thread(xlsx, table, midnight(office, today))
    sha256 = await blobs.keep(content)
    return IncomingFile(f"{sheet_name(table.title)} {days}.xlsx", sha256, len(content), CONTENT_TYPE)


def _titles(tables: Sequence[Table]) -> str:
    return ", ".join(table.title for table in tables)


def _entries(tables: Sequence[Table], language: Language) -> str:
    number = sum(len(table.rows) for table in tables)
    forms = ("запись", "записи", "записей") if language == "ru" else ("entry", "entries")
    return counted(number, forms, language)


def _days(days: Span, language: Language) -> str:
    """«20.11.2026» or «17.11.2026–23.11.2026»."""
    ends = dict.fromkeys((days.first, days.last))
    return "–".join(format_date(day, language) for day in ends)
