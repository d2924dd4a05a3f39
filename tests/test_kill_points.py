"""A process is killed at every named point and started again: nothing is lost, nothing happens twice.

Real Dovecot, a real SMTP server, SQLite and PostgreSQL; the process that dies is `mailflow run --once`.
What must stand afterwards is what stands in the books of a company where nobody was killed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from mailflow.app import now
from mailflow.edges.holder import Holder
from mailflow.killpoints import KILLED, POINTS, VARIABLE
from mailflow.world import read_letter
from tests.killing import PASSWORD, Company, Databases, Forge, Paper, forge, moved
from tests.killing_books import Books, audited
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
LONG_AGO = "2020-01-01 00:00:00+00:00"
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

    def empty(self, folder: Path | None = None) -> Company:
        """A company on its first day."""
        box = f"box{next(self.ground.boxes)}"
        site, url = (folder or self.folder) / box, self.databases.url()
        company = Company(site, url, box, self.ground.dovecot, self.sink, self.ground.forge)
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
        company = self.empty(self.ground.folder)
        for invoice in (1, 2, 3):
            asks(company, invoice)
        await company.runs()
        for who, words in ((PETROV, "Согласовано"), (OLGA, "Согласовано"), (BUH, "Оплачено, п/п 345")):
            company.replies(who, company.letter(who, number(3)), words)
            await company.runs()
        overdue = f"UPDATE timer SET due_at = '{LONG_AGO}' WHERE state = 'waiting' AND what = 'remind' AND {of(2)}"
        self.databases.change(company, overdue)
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
    decides(company)
    asks(company, 4)
    company.writes("anna@romashka.example", "О поставке", "Добрый день! Высылаем договор.")


def decides(company: Company) -> None:
    """The manager says yes."""
    company.replies(PETROV, company.letter(PETROV, number(1)), "Согласовано")


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
    "letter.noted": asks_and_takes_back,
    "mail.failed": breaks_the_work,
    "errand.claimed": ends_it,
    "errand.due": ends_it,
    "errand.made": ends_it,
    "errand.done": ends_it,
    "errand.put_off": ends_it,
    "errand.given_up": ends_it,
}
PLANTED: dict[Story, str] = {breaks_the_work: "poison"}
APART = frozenset({"schema.inside", "errand.put_off", "errand.given_up", "letter.released", "lease.renewed"})
"""Points with a test of their own."""


# --- the tests


async def undisturbed(making: Making, story: Story) -> Books:
    """The books of a company where the same happened and nobody was killed."""
    known = making.ground.undisturbed
    if story.__name__ not in known:
        company = await making.company()
        story(company)
        await company.runs(PLANTED.get(story, ""))
        known[story.__name__] = await audited(company)
    return known[story.__name__]


@pytest.mark.parametrize("point", [each.name for each in POINTS if each.name not in APART])
async def test_killed_here_and_started_again_the_day_ends_as_if_nothing_had_been(making: Making, point: str) -> None:
    story = STORIES.get(point, decides_and_asks)
    wanted = await undisturbed(making, story)
    company = await making.company()
    story(company)
    planted = PLANTED.get(story, "")
    assert await company.is_killed(point, planted), f"{point} is never reached"
    await company.runs(planted)
    assert await audited(company, 1 if point in MAY_REPEAT else 0) == wanted


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_killed_at_each_transaction_of_a_run_in_turn_only_a_sent_letter_goes_again(making: Making) -> None:
    wanted = await undisturbed(making, decides)
    repeated = []
    for time in count(1):
        company = await making.company()
        decides(company)
        if not await company.is_killed(f"commit.inside:{time}"):
            break
        await company.runs()
        assert await audited(company, 1) == wanted, f"commit.inside:{time}"
        repeated.append(len(company.sink.letters) - len(wanted.arrived))
    assert sum(repeated) == len(wanted.arrived), "each letter once: killed before its sending is noted"
    least = 6 + len(wanted.arrived)
    assert len(repeated) >= least, "mail, settling, position, given back, claim, letters kept, and each letter's note"


async def test_killed_while_the_schema_is_made_the_next_start_makes_it(making: Making) -> None:
    company = making.empty()
    asks(company, 1)
    assert await company.is_killed("schema.inside")
    await company.runs()
    assert [case[:3] for case in (await audited(company)).cases] == [(number(1), "invoice", "open")]


async def test_a_refusal_is_told_to_the_secretary_though_the_process_died_noting_it(making: Making) -> None:
    company = await making.company()
    decides(company)
    making.sink.on["rcpt"] = "550 5.1.1 no such user"
    assert await company.is_killed("letter.noted")
    making.sink.on.clear()
    await company.runs()
    told = [read_letter(one.content) for one in making.sink.letters if one.recipients == (SECRETARY,)]
    assert [letter for letter in told if "no such user" in letter.text] != [], company.log()


async def test_a_paper_that_failed_is_made_later_and_one_given_up_is_left_alone(making: Making) -> None:
    for given_up in (False, True):
        company = await making.company()
        ends_it(company)
        assert await company.is_killed("errand.put_off", "no paper")
        due = f"UPDATE errand SET next_at = '{LONG_AGO}', attempts = 7"
        making.databases.change(company, due)
        if given_up:
            assert await company.is_killed("errand.given_up", "no paper")
        await company.runs()
        [case] = [case for case in (await audited(company)).cases if case[0] == number(3)]
        assert [word for word in case if word.startswith("approval_sheet/")] != [] or given_up
        assert case[2] == "done"


async def test_killed_where_sending_halts_the_letters_given_back_go_when_they_are_due(making: Making) -> None:
    company = await making.company()
    decides(company)
    making.sink.on["rcpt"] = "550 5.4.5 daily sending quota exceeded"
    assert await company.is_killed("letter.released")
    await company.runs()
    assert making.sink.letters == [], "none is tried before its time"
    making.sink.on.clear()
    making.databases.change(company, f"UPDATE outbox SET next_at = '{LONG_AGO}'")
    await company.runs()
    assert await audited(company) == await undisturbed(making, decides)


async def test_killed_while_it_reads_its_turn_ends_with_it(making: Making) -> None:
    company = await making.company()
    decides(company)
    company.mail_arrives()
    assert await company.forge.serves(company.site, "lease.renewed") == KILLED, company.log()
    await company.runs()
    assert await audited(company) == await undisturbed(making, decides)


async def test_the_letters_of_a_sender_that_lives_are_not_taken_from_it(making: Making) -> None:
    """A second agent on the same site sends; the first has not died, its lease counts."""
    company = await making.company()
    decides(company)
    assert await company.is_killed("letter.claimed")
    lives = Holder(company.site / "data" / "files" / "senders")
    await company.runs()
    assert making.sink.letters == []
    lives.close()
    await company.runs()
    assert await audited(company) == await undisturbed(making, decides)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("defect", "point"),
    [("settles first", "mail.kept"), ("forgets the bytes", "letter.after_data"), ("notes first", "letter.before_data")],
)
async def test_work_done_in_the_wrong_order_is_found_in_the_books(making: Making, defect: str, point: str) -> None:
    company = await making.company()
    decides(company)
    assert await company.is_killed(point, defect)
    await company.runs()
    with pytest.raises(AssertionError):
        assert await audited(company, 1) == await undisturbed(making, decides)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_the_program_itself_ends_there_as_killed(making: Making) -> None:
    """What the other tests run is forked; this is what systemd starts."""
    company = await making.company()
    decides(company)
    company.mail_arrives()
    assert await start(company, {VARIABLE: "commit.after"}) == KILLED, company.log()
    assert await start(company, {}) == 0, company.log()
    assert await audited(company) == await undisturbed(making, decides)


async def start(company: Company, more: dict[str, str]) -> int:
    command = (sys.executable, "-m", "mailflow", "run", "--once", "--site", str(company.site))
    with (company.site / "run.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **more}, stdout=log, stderr=log)
        return await asyncio.wait_for(process.wait(), 60)
