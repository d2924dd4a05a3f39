"""A process is killed at every named point and started again: nothing is lost, nothing happens twice.

Real Dovecot, a real SMTP server, SQLite and PostgreSQL; the process that dies is `mailflow run --once`.
What must stand afterwards is what stands in the books of a company where nobody was killed.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest

from mailflow.app import now
from mailflow.config import Settings, read_settings
from mailflow.core.case import Case
from mailflow.core.journal import Intact, JournalRow, replay, verify
from mailflow.core.tokens import read_token
from mailflow.edges.blobs import Blobs
from mailflow.edges.store import OutboxRow, Store
from mailflow.killpoints import KILLED, POINTS, VARIABLE
from mailflow.world import Letter, read_letter
from tests.killing import PASSWORD, Company, Databases, Forge, Paper, forge, moved
from tests.servers import Dovecot, Postgres, SmtpSink, dovecot, postgres, smtp_sink

IVAN, PETROV, OLGA = "i.kuznetsov@neon.example", "p.petrov@neon.example", "o.smirnova@neon.example"
BUH, SECRETARY, DIRECTOR = "buh@neon.example", "sekretar@neon.example", "director@neon.example"
ORDER = """Прошу оплатить.
Подрядчик: ООО «Ромашка»
Сумма: {sum} 000,50
Счёт: № {number} от 12.11.2026
Статья: Реклама
В бюджете: да
Оплатить до: {year}-12-30
"""
MAY_REPEAT = frozenset({"letter.poured", "letter.after_data", "letter.answered"})
"""Here the server has the letter and no row says so: it goes once more, the same."""


# --- the company before the day, made once for each database


@dataclass
class Ground:
    """What all tests stand on: the servers, and the companies as they were prepared."""

    dovecot: Dovecot
    forge: Forge
    folder: Path
    boxes: Iterator[int] = field(default_factory=count)
    prepared: dict[str, Company] = field(default_factory=dict)
    undisturbed: dict[str, Books] = field(default_factory=dict)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with dovecot({f"box{n}": PASSWORD for n in range(1000)}) as server, forge() as started:
        yield Ground(server, started, tmp_path_factory.mktemp("companies"))


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def databases(request: pytest.FixtureRequest, kind: str) -> Databases:
    return Databases(request.getfixturevalue("postgres_server") if kind == "postgres" else None)


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with smtp_sink() as server:
        yield server


@dataclass
class Making:
    """Make companies, as many as a test wants."""

    ground: Ground
    kind: str
    databases: Databases
    sink: SmtpSink
    folder: Path

    def empty(self) -> Company:
        """A company on its first day."""
        box = f"box{next(self.ground.boxes)}"
        url = self.databases.url()
        company = Company(self.folder / box, url, box, self.ground.dovecot, self.sink, self.ground.forge)
        company.found()
        return company

    async def company(self) -> Company:
        """A company with three invoices under way: before the manager, before him and overdue, before its end."""
        if self.kind not in self.ground.prepared:
            self.ground.prepared[self.kind] = await self._prepared()
        self.sink.letters.clear()
        before = self.ground.prepared[self.kind]
        box = f"box{next(self.ground.boxes)}"
        return moved(before, self.folder / box, box, self.sink, self.databases.copy(before.url))

    async def _prepared(self) -> Company:
        company = replace(self.empty(), site=self.ground.folder / self.kind)
        company.found()
        for invoice in (1, 2, 3):
            asks(company, invoice)
        await company.runs()
        for who, words in ((PETROV, "Согласовано"), (OLGA, "Согласовано"), (BUH, "Оплачено, п/п 345")):
            company.replies(who, company.letter(who, number(3)), words)
            await company.runs()
        rings = f"UPDATE timer SET due_at = '2020-01-01 00:00:00+00:00' WHERE state = 'waiting' AND what = 'remind' AND {of(2)}"
        self.databases.change(company, rings)
        company.remembered = [read_letter(one.content) for one in self.sink.letters]
        return company


@pytest.fixture
def making(ground: Ground, kind: str, databases: Databases, sink: SmtpSink, tmp_path: Path) -> Making:
    return Making(ground, kind, databases, sink, tmp_path)


def number(invoice: int) -> str:
    return f"СЧ-{now().year}-{invoice:04}"


def of(invoice: int) -> str:
    """The condition that a row is of this invoice's case."""
    return f""""case" = (SELECT id FROM "case" WHERE number = '{number(invoice)}')"""


def asks(company: Company, invoice: int) -> bytes:
    text = ORDER.format(sum=100 + invoice, number=50 + invoice, year=now().year)
    return company.writes(IVAN, f"Счёт: баннеры {invoice}", text, [Paper(f"Счет {invoice}.pdf", b"paper %d" % invoice)])


# --- what people do on the day, one story for the points it leads past

Story = Callable[[Company], None]


def decides_and_asks(company: Company) -> None:
    """The manager says yes, a new invoice comes, a stranger writes; a timer rings."""
    company.replies(PETROV, company.letter(PETROV, number(1)), "Согласовано")
    asks(company, 4)
    company.writes("anna@romashka.example", "О поставке", "Добрый день! Высылаем договор.")


def sends_twice(company: Company) -> None:
    """The same mail is delivered at two places."""
    company.delivers(asks(company, 4))


def sends_much(company: Company) -> None:
    """A mail is larger than mails may be; another comes behind it."""
    company.writes(IVAN, "Счёт: всё сразу", "Прошу оплатить.", [Paper("Все.pdf", bytes(1_200_000))])
    company.replies(PETROV, company.letter(PETROV, number(1)), "Согласовано")


def asks_and_takes_back(company: Company) -> None:
    """An invoice is taken back before the letter about it has left."""
    asks(company, 4)
    company.writes(IVAN, f"Отозвать {number(4)}", "")


def breaks_the_work(company: Company) -> None:
    """A mail breaks the work; another comes behind it."""
    company.writes(IVAN, "Счёт: poison", "Прошу оплатить.")
    company.replies(PETROV, company.letter(PETROV, number(1)), "Согласовано")


def ends_it(company: Company) -> None:
    """The last word in a case: its approval sheet is owed."""
    company.replies(IVAN, company.letter(IVAN, number(3)), "Готово")


STORIES: dict[str, Story] = {
    "mail.repeated": sends_twice,
    "mail.held": sends_much,
    "letter.held": asks_and_takes_back,
    "mail.failed": breaks_the_work,
    "errand.due": ends_it,
    "errand.made": ends_it,
    "errand.done": ends_it,
    "errand.put_off": ends_it,
    "errand.given_up": ends_it,
}
PLANTED = {breaks_the_work: "poison"}
APART = frozenset({"schema.inside", "errand.put_off", "errand.given_up"})
"""Points with a test of their own."""


# --- the books


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that stands after a day, without what differs between two equal days."""

    mails: tuple[tuple[str, str, str], ...]
    folders: tuple[tuple[str, str], ...]
    cases: tuple[tuple[str, ...], ...]
    happened: tuple[tuple[str, ...], ...]
    owed: tuple[tuple[str, str, str], ...]
    arrived: tuple[tuple[str, str], ...]


@dataclass
class Auditor:
    """Reads a company's books, and complains."""

    company: Company
    settings: Settings
    store: Store
    blobs: Blobs

    async def books(self) -> Books:
        cases = await self.cases()
        rows = await self.store.inbox(limit=1000)
        journals = [await self.store.journal(case.id) for case in cases]
        return Books(
            mails=in_order((row.taken.subject, row.taken.kind, row.taken.state) for row in rows),
            folders=in_order((folder, one.subject) for folder, one in self.mails()),
            cases=tuple(map(told, cases)),
            happened=tuple(map(types, [*journals, await self.store.journal("office")])),
            owed=in_order((row.kind, row.address, row.state) for row in await self.store.outbox(limit=1000)),
            arrived=in_order((str(one.message["To"]), one.subject) for one in self.arrived().values()),
        )

    async def cases(self) -> list[Case]:
        found = [await self.store.load(row.id) for row in await self.store.cases(limit=1000)]
        return sorted((case for case in found if case is not None), key=lambda case: case.number)

    def mails(self) -> list[tuple[str, Letter]]:
        folders = ("INBOX", "Processed", "Quarantine")
        return [(f, read_letter(raw)) for f in folders for raw in self.company.dovecot.messages(self.company.box, f)]

    def arrived(self) -> dict[str, Letter]:
        letters = [read_letter(one.content) for one in self.company.sink.letters]
        return {str(letter.message["Message-ID"]): letter for letter in letters}

    async def complains(self, repeats: int = 0) -> None:
        """Hold the books against every law there is for them."""
        await self._every_mail_is_in_one_place()
        await self._every_case_is_what_its_journal_says()
        await self._every_letter_owed_has_arrived(repeats)
        await self._nothing_waits()

    async def _every_mail_is_in_one_place(self) -> None:
        assert [f for f, _ in self.mails() if f == "INBOX"] == []
        assert Counter(str(one.message["Message-ID"]) for _, one in self.mails()) == Counter(self.company.delivered)
        mine = [r for r in await self.store.inbox(limit=1000) if r.taken.source and r.taken.source.account == self.company.box]
        assert len(mine) == len(self.company.delivered)
        assert [r for r in mine if r.taken.state == "failed" or r.settled_at is None] == []
        for row in mine:
            await self.blobs.read(row.taken.sha256)

    async def _every_case_is_what_its_journal_says(self) -> None:
        cases = await self.cases()
        for case in cases:
            journal = await self.store.journal(case.id)
            assert isinstance(verify(journal, case.version), Intact)
            assert replay(journal) == case
            assert Counter(row.event_key for row in journal).most_common(1)[0][1] == 1
            for file in (*case.files, *case.papers):
                await self.blobs.read(file.sha256)
        for register in {case.register for case in cases}:
            taken = [case.number for case in cases if case.register == register]
            assert [int(each.rpartition("-")[2]) for each in taken] == list(range(1, len(taken) + 1))

    async def _every_letter_owed_has_arrived(self, repeats: int) -> None:
        rows = [row for row in await self.store.outbox(limit=1000) if row.message_id not in self._before()]
        assert {row.state for row in rows} <= {"sent", "held"}
        copies: dict[str, list[bytes]] = {}
        for one in self.company.sink.letters:
            copies.setdefault(str(read_letter(one.content).message["Message-ID"]), []).append(plain(one.content))
        assert copies.keys() == {row.message_id for row in rows if row.state == "sent"}
        assert sum(map(len, copies.values())) - len(copies) <= repeats
        for row in rows:
            await self._went_as_it_was_kept(row, copies.get(row.message_id, []))

    async def _went_as_it_was_kept(self, row: OutboxRow, copies: Sequence[bytes]) -> None:
        for copy in copies:
            assert copy == plain(await self.blobs.read(row.content))
            token = str(read_letter(copy).message["Reply-To"] or "").partition("+t.")[2].partition("@")[0]
            hash_ = read_token(token, "reply", self.settings.keys()) if token else None
            assert hash_ is None or await self.store.token(hash_) is not None

    def _before(self) -> set[str]:
        return {str(letter.message["Message-ID"]) for letter in self.company.remembered}

    async def _nothing_waits(self) -> None:
        assert await self.store.due_timers(now(), 10) == []
        assert await self.store.due_errands(now(), 10) == []
        assert await self.company.runs() == "mails taken 0, timers rung 0, letters sent 0"


def in_order(rows: object) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(rows))  # type: ignore[call-overload, no-any-return]


def told(case: Case) -> tuple[str, ...]:
    tasks = [f"{a.stage}/{a.principal}/{a.standing}/{a.decision and a.decision.answer}" for a in case.assignments]
    papers = [f"{p.document}/{p.name}" for p in case.papers]
    return (case.number, case.process, case.state, str(case.round), *sorted(tasks), *papers)


def types(journal: Sequence[JournalRow]) -> tuple[str, ...]:
    return tuple(row.event_type for row in journal)


def plain(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").strip(b"\n")


async def audited(company: Company, repeats: int = 0) -> Books:
    """Hold the books against the laws, and give them."""
    settings = read_settings(company.site)
    store = await Store.open(settings.store_url, settings.domain)
    try:
        auditor = Auditor(company, settings, store, Blobs(settings.files))
        await auditor.complains(repeats)
        return await auditor.books()
    finally:
        await store.close()


async def undisturbed(making: Making, story: Story) -> Books:
    """The books of a company where the same happened and nobody was killed."""
    known = making.ground.undisturbed
    if story.__name__ not in known:
        company = await making.company()
        story(company)
        await company.runs(PLANTED.get(story, ""))
        known[story.__name__] = await audited(company)
    return known[story.__name__]


# --- the tests


@pytest.mark.parametrize("point", [each.name for each in POINTS if each.name not in APART])
async def test_killed_here_and_started_again_the_day_ends_as_if_nothing_had_been(making: Making, point: str) -> None:
    story = STORIES.get(point, decides_and_asks)
    wanted = await undisturbed(making, story)
    company = await making.company()
    story(company)
    planted = PLANTED.get(story, "")
    assert await company.is_killed(point, planted), f"{point} is never reached"
    await company.runs(planted)
    await company.runs(planted)
    assert await audited(company, 1 if point in MAY_REPEAT else 0) == wanted
