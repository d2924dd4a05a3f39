"""Serve other systems: start a case, look at it, take its files, say something about it.

Every question is asked within the processes of the caller's key: what is not its business looks like what does not
exist. A key proves nobody: a case it starts is its initiator's unproven request, so that no trusted sum acts, and what
it says stands under the system's name. Nothing here decides; whoever brings a person's own link is served by
`passing_on`. What is written becomes an event and goes through `advance` like every mail.
Refuses to know: HTTP, JSON, who holds a key (`doorkeeper`).
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from mailflow.advance import advance
from mailflow.core.answers import Answer
from mailflow.core.api_keys import ApiKey
from mailflow.core.api_problems import Fault, Problem
from mailflow.core.asked_outside import CasePage, Payments, RegisterPage, Start, Started, Wanted
from mailflow.core.bank_file import Payment, awaits_payment, bank_file, payment
from mailflow.core.case import Case, FieldValue, FileVersion, Paper, case_id
from mailflow.core.case_query import CaseQuery, Filters, place_of, query_of
from mailflow.core.events import AnswerReceived, RequestReceived
from mailflow.core.filenames import safe_name
from mailflow.core.journal import JournalRow, event_document, replay
from mailflow.core.message import Attachment
from mailflow.core.office import Office
from mailflow.core.pressing import words_of
from mailflow.core.register_view import rows_of
from mailflow.core.registers import Form, forms
from mailflow.core.requesting import with_papers
from mailflow.core.rules import Process
from mailflow.core.sender import Proven, Unproven
from mailflow.core.sight import Sight
from mailflow.core.starting import may_start, who_may
from mailflow.core.stated import Stated, person_of, stated
from mailflow.core.substitution import SUBSTITUTION
from mailflow.edges.store import Committed, Store
from mailflow.lookup import Desk, kept_files, read_papers
from mailflow.recalling import present

_SEES_ALL = Sight("", frozenset(), everything=True)
"""Within the processes of its key a system sees every case; the processes are a condition of each query."""
_SAME = ("process", "by", "subject", "text", "files")
"""What a request must say again to be the same one."""
AT_ONCE = 250
"""Open cases looked through in one query for those that wait for their payment."""
_SAME_COMMENT = ("proof", "comment")


@dataclass(frozen=True)
class Connector:
    """What other systems are served from: the desk mails are taken in at, and a bell that letters may be waiting."""

    desk: Desk
    wake: Callable[[], None] = lambda: None

    @property
    def _store(self) -> Store:
        return self.desk.store

    @property
    def office(self) -> Office:
        """The office as its files say it."""
        return self.desk.office

    def processes(self, key: ApiKey) -> tuple[Process, ...]:
        """Give the processes that are the key's business."""
        return tuple(p for name, p in self.office.rules.items() if name != SUBSTITUTION and key.covers(name))

    # --- starting

    async def start(self, key: ApiKey, asked: Start, now: datetime) -> Started | Problem:
        """Start a case, once for each name the caller gives a request."""
        process = next((one for one in self.processes(key) if one.name == asked.process), None)
        if process is None:
            return Problem("unknown-process", {"process": asked.process[:60]})
        initiator = person_of(asked.initiator, self.office.directory)
        if initiator is None:
            return Problem("unknown-person", {"person": asked.initiator[:60]})
        if not may_start(process, initiator, self.office, now):
            who = ", ".join(who_may(process, initiator, self.office, now))
            return Problem("wrong-values", faults=(Fault("/initiator", f"may not start this process; who may: {who}"),))
        read = self._stated(asked.fields, process, now)
        if read.faults:
            return Problem("wrong-values", faults=read.faults)
        event = await self._request(key, asked, process, initiator, read.fields, now)
        return await self._begun(event, read.fields, now)

    def _stated(self, values: Mapping[str, object], process: Process, now: datetime) -> Stated:
        known = {form.name: form for form in self.desk.around.forms.get(process.name, ())}
        return stated(values, known, process, self.office.directory, self._today(now))

    async def _request(
        self,
        key: ApiKey,
        asked: Start,
        process: Process,
        initiator: str,
        fields: Mapping[str, FieldValue],
        now: datetime,
    ) -> RequestReceived:
        """Give the event; what the papers say completes what was stated, as with a mail."""
        files = [_attachment(file.name, file.content_type, file.content) for file in asked.files]
        around = replace(self.desk.around, papers=await read_papers(files, self.desk))
        forms = around.forms.get(process.name, ())
        whole, findings = with_papers(fields, forms, around, self._today(now))
        return RequestReceived(
            key=_named("start", key, asked.idempotency),
            at=now,
            process=process.name,
            sure=True,
            by=initiator,
            proof=Unproven("api", key.name),
            fields=whole,
            files=await kept_files(files, self.desk),
            subject=asked.subject or process.title.in_(self.office.language),
            text=asked.text,
            findings=findings,
        )

    async def _begun(
        self, event: RequestReceived, fields: Mapping[str, FieldValue], now: datetime
    ) -> Started | Problem:
        before = await self._store.load(case_id(event.key))
        if before is None:
            done = await advance(event, self._store, self.office, now)
            self.wake()
            if isinstance(done, Committed) and done.case is not None:
                return Started(done.case, fresh=True)
            before = await self._store.load(case_id(event.key))
        assert before is not None, "an event that was committed before has its case"
        [first, *_] = await self._store.journal(before.id)
        return Started(before, fresh=False) if _same(first, event, fields) else Problem("other-request")

    # --- looking

    async def case(self, key: ApiKey, case: str) -> Case | None:
        """Give a case that is the key's business."""
        found = await self._store.load(case)
        return found if found is not None and key.covers(found.process) and found.process != SUBSTITUTION else None

    async def story(self, key: ApiKey, case: str) -> list[JournalRow] | None:
        """Give everything that happened to it, in order."""
        return await self._store.journal(case) if await self.case(key, case) is not None else None

    async def file(self, key: ApiKey, case: str, place: int) -> tuple[FileVersion, bytes] | None:
        """Give one version of one file; `place` counts from 1."""
        found = await self.case(key, case)
        if found is None or not 1 <= place <= len(found.files):
            return None
        file = found.files[place - 1]
        return file, await self.desk.blobs.read(file.sha256)

    async def paper(self, key: ApiKey, case: str, place: int) -> tuple[Paper, bytes] | None:
        """Give one paper mailflow made for it; `place` counts from 1."""
        found = await self.case(key, case)
        if found is None or not 1 <= place <= len(found.papers):
            return None
        paper = found.papers[place - 1]
        return paper, await self.desk.blobs.read(paper.sha256)

    async def cases(self, key: ApiKey, wanted: Wanted, now: datetime) -> CasePage | Problem:
        """Give a page of cases, newest first."""
        if wanted.number:
            found = await self._store.load_by_number(wanted.number)
            mine = found is not None and key.covers(found.process) and found.process != SUBSTITUTION
            return CasePage((found,) if found is not None and mine else (), "")
        names = tuple(p.name for p in self.processes(key) if wanted.process in ("", p.name))
        query = self._query(wanted, names, now)
        if isinstance(query, Problem):
            return query
        cases = await self._store.case_page(query)
        return CasePage(tuple(cases), _next(cases, query.limit))

    def _query(self, wanted: Wanted, processes: tuple[str, ...], now: datetime) -> CaseQuery | Problem:
        person = person_of(wanted.initiator, self.office.directory) if wanted.initiator else ""
        if person is None:
            return Problem("unknown-person", {"person": wanted.initiator[:60]})
        days = {name: day.isoformat() if (day := getattr(wanted, name)) else "" for name in ("since", "until")}
        filters = Filters(**days, state=wanted.state, text=wanted.text, after=wanted.cursor)
        query, wrong = query_of(filters, _SEES_ALL, processes, self.office, self._today(now), wanted.limit)
        if "after" in wrong:
            return Problem("wrong-cursor")
        if wrong:
            return Problem("wrong-values", faults=tuple(Fault(f"/{name}", "out of range") for name in wrong))
        return replace(query, initiators=(person,) if person else None)

    # --- saying something

    async def comment(
        self, key: ApiKey, case: str, person: str, text: str, idempotency: str, now: datetime
    ) -> bool | Problem:
        """Pass a comment on to whoever the case waits for; False where it only stands in the history."""
        if await self.case(key, case) is None:
            return Problem("not-found")
        writer = person_of(person, self.office.directory)
        if writer is None:
            return Problem("unknown-person", {"person": person[:60]})
        address = self.office.directory.people[writer].address.lower()
        # Whoever reads it sees which system says so; it is an unclear answer, which never decides.
        said = f"[{key.name}] {words_of(text)}"
        event = AnswerReceived(
            key=_named(f"comment {case}", key, idempotency),
            at=now,
            case=case,
            assignment="",
            proof=Proven(address, f"named by {_system(key)}"),
            answer=Answer.UNCLEAR,
            comment=said,
            channel="link",
        )
        await advance(event, self._store, await present(self.office, self._store, now), now)
        self.wake()
        return await self._commented(event)

    async def _commented(self, event: AnswerReceived) -> bool | Problem:
        """Read out of the history what became of the comment that was first given its name, this one or another."""
        rows = await self._store.journal(event.case)
        place = next(place for place, row in enumerate(rows) if row.event_key == event.key)
        was, now = rows[place].event, event_document(event)
        if any(was.get(name) != now.get(name) for name in _SAME_COMMENT):
            return Problem("other-request")
        return replay(rows[: place + 1]).passed_on > replay(rows[:place]).passed_on

    # --- registers and payments

    def registers(self, key: ApiKey) -> tuple[Form, ...]:
        """Give the registers that list a process of the key's."""
        mine = {process.name for process in self.processes(key)}
        return tuple(form for form in forms(self.office) if mine & set(form.processes))

    async def register(self, key: ApiKey, name: str, wanted: Wanted, now: datetime) -> RegisterPage | Problem:
        """Give a page of a register: the rows of the key's processes."""
        form = next((form for form in self.registers(key) if form.name == name), None)
        if form is None:
            return Problem("not-found")
        mine = {process.name for process in self.processes(key)}
        query = self._query(wanted, tuple(name for name in form.processes if name in mine), now)
        if isinstance(query, Problem):
            return query
        cases, totals = await self._store.case_page(query), await self._store.whole_totals(query)
        rows = rows_of(cases, form, await present(self.office, self._store, now), self.office.language)
        return RegisterPage(form, rows, tuple(totals), _next(cases, query.limit))

    async def payments(self, key: ApiKey) -> Payments:
        """Give the invoices that are agreed and wait for their payment."""
        ready: list[tuple[Case, Payment]] = []
        withheld: list[tuple[Case, str]] = []
        async for case in self._unpaid(key):
            made = payment(case, self.office.directory.company)
            if isinstance(made, Payment):
                ready.append((case, made))
            else:
                withheld.append((case, made.told(self.office.language)))
        return Payments(tuple(ready), tuple(withheld))

    async def bank_file(self, key: ApiKey, now: datetime) -> bytes:
        """Give the same payments as the bank's program takes them."""
        company, local = self.office.directory.company, now.astimezone(self.office.hours.zone)
        return bank_file([made for _, made in (await self.payments(key)).ready], company, local)

    async def _unpaid(self, key: ApiKey) -> AsyncIterator[Case]:
        names = tuple(process.name for process in self.processes(key))
        query = CaseQuery(_SEES_ALL, names, state="open", limit=AT_ONCE)
        while True:
            cases = await self._store.case_page(query)
            for case in cases:
                if awaits_payment(case):
                    yield case
            if len(cases) < query.limit:
                return
            query = replace(query, after=(cases[-1].opened_at, cases[-1].id))

    def _today(self, now: datetime) -> date:
        return date.fromisoformat(self.office.day(now))


def _attachment(name: str, content_type: str, content: bytes) -> Attachment:
    sha256 = hashlib.sha256(content).hexdigest()
    return Attachment(safe_name(name, content_type, sha256), name, content_type, content, sha256)


def _named(what: str, key: ApiKey, idempotency: str) -> str:
    """Name the event of a request: one caller's name for it is one event, whatever else comes with it."""
    return hashlib.sha256(f"api {what}\0{key.id}\0{idempotency}".encode()).hexdigest()


def _system(key: ApiKey) -> str:
    return f"the system {key.name} (key {key.id})"


def _next(cases: list[Case], limit: int) -> str:
    return place_of(cases[-1].opened_at, cases[-1].id) if len(cases) == limit else ""


def _same(first: JournalRow, event: RequestReceived, fields: Mapping[str, FieldValue]) -> bool:
    """Say whether the row is of the same request: all it was asked with then is asked again.

    Only papers complete what was stated: a request without any that leaves a field out now is another one.
    """
    was, now = first.event, event_document(event)
    before = was.get("fields")
    values = event_document(replace(event, fields=fields))["fields"]
    if not isinstance(before, Mapping) or not isinstance(values, Mapping):
        return False
    completed = before.keys() - values.keys()
    return (
        all(was.get(name) == now.get(name) for name in _SAME)
        and all(before.get(name) == value for name, value in values.items())
        and not (completed and not event.files)
    )
