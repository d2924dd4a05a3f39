"""The office the tests work in: «НЕОН», its people and processes, and short ways to say what happens.

A `Story` plays events against the pure engine and keeps what came of them, without any database.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mailflow.core.answers import Answer, Details
from mailflow.core.calendar_ru import RUSSIA
from mailflow.core.case import Assignment, Case, card_hash
from mailflow.core.directory import Directory, read_directory
from mailflow.core.effects import SendLetter, SetTimer, TakeNumber, Transition
from mailflow.core.engine import transition
from mailflow.core.events import (
    AnswerReceived,
    CommandReceived,
    DocumentMade,
    Event,
    IncomingFile,
    LinkedCaseClosed,
    RequestReceived,
    TimerDue,
)
from mailflow.core.office import Office
from mailflow.core.rules import Process, read_process
from mailflow.core.sender import Proven, SenderProof, Unproven
from mailflow.core.worktime import OfficeHours

HERE = Path(__file__).parent
MOSCOW = ZoneInfo("Europe/Moscow")
MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=MOSCOW)


def directory(text: str = "") -> Directory:
    """The people of tests/site/directory.yaml, or of the text."""
    return read_directory(text or (HERE / "site" / "directory.yaml").read_text(encoding="utf-8"))


def shipped_process(name: str, people: Directory | None = None) -> Process:
    """One of the processes that come with mailflow."""
    path = HERE.parent / "rules" / f"{name}.yaml"
    return read_process(path.read_text(encoding="utf-8"), f"rules/{name}.yaml", people or directory())


def invoice_process(people: Directory | None = None, text: str = "") -> Process:
    """The shipped invoice process, or the one of the text."""
    path = HERE.parent / "rules" / "invoice.yaml"
    return read_process(text or path.read_text(encoding="utf-8"), "rules/invoice.yaml", people or directory())


def neon(people: Directory | None = None, *processes: Process) -> Office:
    """The office with its people, hours and processes."""
    staff = people or directory()
    rules = {p.name: p for p in (processes or (invoice_process(staff),))}
    return Office(rules, staff, RUSSIA, OfficeHours(zone=MOSCOW))


FULL = {
    "counterparty": "ООО «Ромашка»",
    "amount": "120000.50",
    "invoice_number": "57",
    "cash_flow_item": "Реклама",
    "in_budget": True,
    "pay_by": "2026-11-20",
    "inn": "7709123453",
    "account": "40702810938000012345",
    "bic": "044525225",
}


def paper(name: str = "Счет 57.pdf", content: str = "a") -> IncomingFile:
    """A file with a made-up hash."""
    return IncomingFile(name, content * 64, 1000, "application/pdf")


class Story:
    """One case from its first mail on; every event is a minute after the one before."""

    def __init__(self, office: Office | None = None) -> None:
        self.office = office or neon()
        self.now = MONDAY
        self.case: Case | None = None
        self.transitions: list[Transition] = []
        self._events = 0

    @property
    def it(self) -> Case:
        assert self.case is not None
        return self.case

    def happens(self, event: Event) -> Transition:
        done = transition(self.case, event, self.office)
        if done.case is not None:
            self.case = replace(done.case, version=done.case.version + 1)
            for taken in (e for e in done.effects if isinstance(e, TakeNumber)):
                self.case = self._numbered(taken)
        self.transitions.append(done)
        return done

    def _numbered(self, taken: TakeNumber) -> Case:
        number = taken.form.format(year=taken.year, seq=taken.first, index=taken.index)
        if taken.field:
            return replace(self.it, fields={**self.it.fields, taken.field: number})
        return replace(self.it, number=number)

    def key(self) -> str:
        self._events += 1
        self.now += timedelta(minutes=1)
        return f"{self._events:064d}"

    def request(self, by: str = "i.kuznetsov", proof: SenderProof | None = None, **fields: object) -> Transition:
        values = {**FULL, **fields}
        values = {k: v for k, v in values.items() if v is not None}
        key = self.key()
        return self.happens(
            RequestReceived(key, self.now, "invoice", True, by, proof or self.proof(by), values, (paper(),), "Счёт")
        )

    def opens(self, process: str, by: str, **fields: object) -> Transition:
        """A case of any process, with these fields stated."""
        key = self.key()
        return self.happens(RequestReceived(key, self.now, process, True, by, self.proof(by), fields, (), process))

    def makes(self, document: str) -> Transition:
        """The document the case asked for is made."""
        key = self.key()
        return self.happens(DocumentMade(key, self.now, self.it.id, document, paper(f"{document}.pdf", "d")))

    def proof(self, person: str) -> Proven:
        return Proven(self.office.directory.people[person].address, "dmarc=pass by mx.neon.example")

    def task(self, person: str) -> Assignment:
        """The open assignment of the person, else the last one he had."""
        mine = [a for a in self.it.assignments if a.principal == person]
        return next((a for a in mine if a.open), mine[-1])

    def answer(
        self,
        person: str,
        said: Answer,
        comment: str = "",
        *,
        task: Assignment | None = None,
        proof: SenderProof | None = None,
        card: str | None = None,
        **more: object,
    ) -> Transition:
        asked = task or self.task(person)
        shown = card_hash(self.it.fields, self.it.files) if card is None else card
        key = self.key()
        return self.happens(
            AnswerReceived(
                key, self.now, self.it.id, asked.id, proof or self.proof(person), said, comment, card=shown, **more
            )
        )

    def pays(self) -> Transition:
        return self.answer("buh", Answer.PAID, details=Details(number="345", date=date(2026, 11, 13)))

    def command(self, person: str, what: str, proof: SenderProof | None = None) -> Transition:
        key = self.key()
        return self.happens(CommandReceived(key, self.now, self.it.id, person, proof or self.proof(person), what))

    def linked_closes(self, number: str, state: str = "done") -> Transition:
        """A case this one started is closed."""
        key = self.key()
        return self.happens(LinkedCaseClosed(key, self.now, self.it.id, number, state))

    def timer(self, what: str, person: str) -> Transition:
        key = self.key()
        return self.happens(TimerDue(key, self.now, self.it.id, self.task(person).id, what))


def letters(done: Transition) -> list[tuple[str, str]]:
    """(kind, to) of every letter a transition asks for."""
    return [(e.kind, e.to) for e in done.effects if isinstance(e, SendLetter)]


def timers(done: Transition) -> list[tuple[str, datetime]]:
    """(what, when) of every timer set."""
    return [(e.what, e.at.astimezone(MOSCOW)) for e in done.effects if isinstance(e, SetTimer)]


def waits_on(case: Case) -> list[str]:
    """The people who have to act now."""
    return [a.principal for a in case.open_assignments]


NOBODY = Unproven("no Authentication-Results of our own server")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
