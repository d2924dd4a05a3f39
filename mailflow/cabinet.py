"""Show people what is theirs: tasks, cases, registers, boards, the mail that waits; and take what they write there.

Every question is asked with the visitor's sight, so nothing is found that he may not see; what does not exist and
what is not his look the same (None). What is written here becomes the event a mail would be, and goes through
`advance` like every other.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from mailflow.advance import advance
from mailflow.commanding import tasks_of
from mailflow.core.answers import Answer
from mailflow.core.arrivals import Arrival
from mailflow.core.board import BoardView, board
from mailflow.core.calls import CALL
from mailflow.core.case import Case
from mailflow.core.case_query import CaseQuery, Filters, query_of
from mailflow.core.case_view import CaseView, Linked, MailLine, case_view, letter_state, letter_word
from mailflow.core.events import AnswerReceived
from mailflow.core.mail_view import MailView, mail_view
from mailflow.core.message import parse
from mailflow.core.offering import registered_letter
from mailflow.core.office import Office
from mailflow.core.pressing import words_of
from mailflow.core.register_view import RegisterView, Row, csv_of, csv_of_all, register_view, rows_of
from mailflow.core.register_view import table_of as register_table
from mailflow.core.registers import Form, forms
from mailflow.core.report_query import report_query
from mailflow.core.report_view import ReportView, report_view
from mailflow.core.report_words import report_words
from mailflow.core.reports import report, table_of
from mailflow.core.searching import PAGE as FOUND
from mailflow.core.searching import FoundView
from mailflow.core.sender import Proven
from mailflow.core.sight import sees
from mailflow.core.substitution import SUBSTITUTION
from mailflow.core.task_lines import TaskLine, task_lines
from mailflow.core.visits import Download, Visitor
from mailflow.edges.blobs import Blobs
from mailflow.edges.sheets import CONTENT_TYPE, workbook, xlsx
from mailflow.edges.store import InboxRow, Repeated, Store
from mailflow.lookup import Desk, offered_by_key
from mailflow.recalling import present
from mailflow.reporting import gathered
from mailflow.seeking import seek

PAGE = 50
MOST_EXPORTED = 5000
"""Rows of one file; who needs more takes it by years."""
MOST_CARDS = 300


@dataclass(frozen=True)
class Cabinet:
    """The rooms of a site: its office, its stores, and a bell that letters may be waiting."""

    desk: Desk
    wake: Callable[[], None] = lambda: None

    @property
    def _store(self) -> Store:
        return self.desk.store

    @property
    def _blobs(self) -> Blobs:
        return self.desk.blobs

    async def _office(self, now: datetime) -> Office:
        return await present(self.desk.office, self._store, now)

    # --- tasks

    async def tasks(self, visitor: Visitor, now: datetime) -> tuple[TaskLine, ...]:
        """Give everything that waits for the visitor."""
        office = await self._office(now)
        found = await tasks_of(visitor.person, now, office, self._store)
        return task_lines(found, visitor.person, office, visitor.language, now)

    # --- one case

    async def case(self, visitor: Visitor, case_id: str, now: datetime) -> CaseView | None:
        """Give the page of a case."""
        case = await self._seen(visitor, case_id)
        if case is None:
            return None
        office = await self._office(now)
        journal = await self._store.journal(case.id)
        mails = [*await self._letters(case, visitor, office), *await self._mails(case, visitor, office)]
        mine = next((line.place for line in await self.tasks(visitor, now) if line.case == case.id and line.on_page), 0)
        linked = await self._linked(case, visitor)
        return case_view(case, journal, mails, linked, mine, office, visitor.sight, visitor.language, now)

    async def file(self, visitor: Visitor, case_id: str, kind: Literal["file", "paper"], place: int) -> Download | None:
        """Give one version of a file of the case, or one of its papers."""
        case = await self._seen(visitor, case_id)
        there = () if case is None else case.files if kind == "file" else case.papers
        if not 1 <= place <= len(there):
            return None
        found = there[place - 1]
        return Download(found.name, found.content_type, await self._blobs.read(found.sha256))

    async def write(self, visitor: Visitor, case_id: str, text: str, nonce: str, now: datetime) -> bool | None:
        """Take a comment: it goes by mail to whoever the case waits for. False where it only stands in the history."""
        case = await self._seen(visitor, case_id)
        said = words_of(text)
        if case is None or not said:
            return None
        office = await self._office(now)
        address = office.directory.people[visitor.person].address.lower()
        key = hashlib.sha256(f"comment {visitor.browser} {case.id} {nonce} {said}".encode()).hexdigest()
        event = AnswerReceived(
            key, now, case.id, "", Proven(address, "signed in"), Answer.UNCLEAR, said, channel="link"
        )
        await advance(event, self._store, office, now)
        self.wake()
        after = await self._store.load(case.id)
        return after is not None and after.passed_on > case.passed_on

    async def mail(self, visitor: Visitor, case_id: str, number: int, now: datetime) -> MailView | None:
        """Give a mail that came about the case."""
        if await self._seen(visitor, case_id) is None:
            return None
        rows = await self._store.mails_of(case_id)
        row = next((row for row in rows if row.id == number), None)
        return None if row is None else await self._opened(row, visitor, now)

    async def mail_file(self, visitor: Visitor, case_id: str, number: int, place: int) -> Download | None:
        """Give a file of a mail that came about the case."""
        if await self._seen(visitor, case_id) is None:
            return None
        rows = await self._store.mails_of(case_id)
        return await self._attached(next((row for row in rows if row.id == number), None), place)

    # --- lists

    async def search(self, visitor: Visitor, text: str, after: str, now: datetime) -> FoundView:
        """Give the cases that say these words, as far as the visitor sees them."""
        return await seek(text, after, visitor.sight, await self._office(now), self.desk, visitor.language, FOUND)

    def registers(self) -> tuple[Form, ...]:
        """Give the registers of the office."""
        return tuple(form for form in forms(self.desk.office) if SUBSTITUTION not in form.processes)

    async def register(self, visitor: Visitor, name: str, filters: Filters, now: datetime) -> RegisterView | None:
        """Give a page of a register as far as the visitor sees it."""
        form = next((form for form in self.registers() if form.name == name), None)
        if form is None:
            return None
        office = await self._office(now)
        query, wrong = self._query(visitor, form, filters, office, now)
        cases, onward = await self._store.case_window(query)
        totals = await self._store.case_totals(query)
        return register_view(cases, form, totals, filters, wrong, office, visitor.language, onward)

    async def export(
        self, visitor: Visitor, name: str, kind: Literal["xlsx", "csv"], filters: Filters, now: datetime
    ) -> Download | None:
        """Give the whole list behind a page of a register as a file."""
        form = next((form for form in self.registers() if form.name == name), None)
        if form is None:
            return None
        office = await self._office(now)
        query, _ = self._query(visitor, form, replace(filters, after=""), office, now)
        rows: list[Row] = []
        async for cases in self._pages(query):
            rows += rows_of(cases, form, office, visitor.language)
        table = register_table(rows, form, visitor.language)
        if kind == "csv":
            return Download(f"{table.title}.csv", "text/csv; charset=utf-8", csv_of(table))
        content = await asyncio.to_thread(xlsx, table, now)
        return Download(f"{table.title}.xlsx", CONTENT_TYPE, content)

    async def board(self, visitor: Visitor, process: str, now: datetime) -> BoardView | None:
        """Give the board of a process as far as the visitor sees it."""
        office = await self._office(now)
        if process not in office.rules:
            return None
        query = CaseQuery(visitor.sight, (process,), state="open", limit=MOST_CARDS + 1)
        cases = await self._store.case_page(query)
        cut = len(cases) > MOST_CARDS
        return board(office.rules[process], cases[:MOST_CARDS], cut, office, visitor.language, now)

    def boards(self, visitor: Visitor) -> tuple[tuple[str, str], ...]:
        """Give the processes that have a board: name and title."""
        rules = self.desk.office.rules
        return tuple((name, rules[name].title.in_(visitor.language)) for name in rules if name != SUBSTITUTION)

    # --- reports

    async def report(self, visitor: Visitor, filters: Filters, now: datetime) -> ReportView:
        """Give the page of a report on what the visitor sees."""
        office = await self._office(now)
        query, wrong = report_query(filters, visitor.sight, office, date.fromisoformat(office.day(now)))
        found = await gathered(query, self._store)
        sections = await asyncio.to_thread(report, found, office, visitor.language, now)
        return report_view(sections, found, query, filters, wrong, office, visitor.language)

    async def report_file(
        self, visitor: Visitor, kind: Literal["xlsx", "csv"], filters: Filters, now: datetime
    ) -> Download:
        """Give the same as a file."""
        office = await self._office(now)
        query, _ = report_query(filters, visitor.sight, office, date.fromisoformat(office.day(now)))
        found = await gathered(query, self._store)
        tables = [table_of(one) for one in await asyncio.to_thread(report, found, office, visitor.language, now)]
        title = f"{report_words(visitor.language)['title']} {query.first}–{query.last}"
        if kind == "csv":
            return Download(f"{title}.csv", "text/csv; charset=utf-8", csv_of_all(tables))
        return Download(f"{title}.xlsx", CONTENT_TYPE, await asyncio.to_thread(workbook, title, tables, now))

    # --- the mail that waits for somebody

    async def post(self, visitor: Visitor, now: datetime) -> tuple[MailView, ...]:
        """Give the mails nothing was done about, the newest first."""
        return tuple([await self._opened(row, visitor, now) for row in await self._store.waiting_mails(PAGE)])

    async def post_file(self, number: int, place: int) -> Download | None:
        """Give a file of a mail that waits."""
        rows = await self._store.waiting_mails(PAGE)
        return await self._attached(next((row for row in rows if row.id == number), None), place)

    async def register_stray(self, visitor: Visitor, number: int, now: datetime) -> str | None:
        """Make a stranger's letter an incoming one, as the word «Зарегистрировать» by mail does; give its case's id."""
        rows = await self._store.waiting_mails(PAGE)
        row = next((row for row in rows if row.id == number and row.taken.kind == "stray"), None)
        offered = await offered_by_key(row.taken.message_key, visitor.person, self.desk) if row is not None else None
        if offered is None:
            return None
        office = await self._office(now)
        address = office.directory.people[visitor.person].address.lower()
        arrival = Arrival(offered.message, now, Proven(address, "signed in"), visitor.person, None)
        event = registered_letter(offered.message, offered.key, offered.files, visitor.person, arrival, office)
        if event is None:
            return None
        done = await advance(event, self._store, office, now)
        self.wake()
        if isinstance(done, Repeated):
            return done.case_id
        return done.case.id if done.case is not None else None

    # --- the steps

    async def _seen(self, visitor: Visitor, case_id: str) -> Case | None:
        case = await self._store.load(case_id)
        return case if case is not None and sees(visitor.sight, case) else None

    def _query(
        self, visitor: Visitor, form: Form, filters: Filters, office: Office, now: datetime
    ) -> tuple[CaseQuery, tuple[str, ...]]:
        today = date.fromisoformat(office.day(now))
        return query_of(filters, visitor.sight, form.processes, office, today, PAGE)

    async def _pages(self, query: CaseQuery) -> AsyncIterator[list[Case]]:
        """Give page after page, up to as many rows as one file may have."""
        query, taken = replace(query, limit=250), 0
        while taken < MOST_EXPORTED:
            cases = await self._store.case_page(query)
            yield cases
            taken += len(cases)
            if len(cases) < query.limit:
                return
            query = replace(query, after=(cases[-1].opened_at, cases[-1].id))

    async def _letters(self, case: Case, visitor: Visitor, office: Office) -> list[MailLine]:
        rows = await self._store.outbox(case=case.id, limit=200)
        return [
            MailLine(
                office.shown(row.sent_at or row.created_at, visitor.language),
                row.sent_at or row.created_at,
                True,
                office.short(row.person),
                letter_word(row.kind, visitor.language),
                letter_state(row.state, visitor.language),
            )
            for row in rows
            if row.kind != CALL
        ]

    async def _mails(self, case: Case, visitor: Visitor, office: Office) -> list[MailLine]:
        rows = await self._store.mails_of(case.id)
        language = visitor.language
        return [
            MailLine(
                office.shown(row.taken.received_at, language),
                row.taken.received_at,
                False,
                row.taken.sender,
                row.taken.subject,
                "",
                str(row.id),
            )
            for row in rows
        ]

    async def _linked(self, case: Case, visitor: Visitor) -> list[Linked]:
        found = []
        above = await self._store.load(case.started_from) if case.started_from else None
        below = [await self._store.load_by_number(number) for number in case.linked]
        for one in (above, *below):
            if one is not None:
                found.append(Linked(one.number, one.id if sees(visitor.sight, one) else ""))
        return found

    async def _opened(self, row: InboxRow, visitor: Visitor, now: datetime) -> MailView:
        raw = await self._blobs.read(row.taken.sha256)
        message = await asyncio.to_thread(parse, raw)
        when = self.desk.office.shown(row.taken.received_at, visitor.language)
        return mail_view(row.id, row.taken.kind, row.taken.state, row.taken.reason, message, when, visitor.language)

    async def _attached(self, row: InboxRow | None, place: int) -> Download | None:
        if row is None:
            return None
        message = await asyncio.to_thread(parse, await self._blobs.read(row.taken.sha256))
        if not 1 <= place <= len(message.attachments):
            return None
        file = message.attachments[place - 1]
        return Download(file.name, file.content_type, file.content)
