"""The whole service is killed at random, again and again, while people write and answer: nothing is lost or doubled.

`mailflow run` is forked, gets SIGKILL after a time drawn by chance, and is started again; mail arrives before and while
it runs. At the end the books are held against every law there is for them. The instants cannot be had again: what a
failure leaves to look at is the company itself, its log and its books. Thousands: `./run chaos 1000`.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from mailflow.world import Letter, read_letter
from tests.killing import PASSWORD, Company, Databases, Forge, forge
from tests.killing_books import Books, audited
from tests.servers import Dovecot, SmtpSink, dovecot, smtp_sink
from tests.test_kill_points import BUH, OLGA, PETROV, asks

SAY = {PETROV: "Согласовано", OLGA: "Согласовано", BUH: "Оплачено, п/п 345"}
WHO = ("p.petrov", "o.smirnova", "buh")
A_COMPANY = 250
"""So many kills a company has at most: its books are read whole afterwards."""
BOXES = count()


@pytest.fixture(scope="module")
def imap() -> Iterator[Dovecot]:
    with dovecot({f"box{number}": PASSWORD for number in range(200)}) as running:
        yield running


@pytest.fixture(scope="module")
def processes() -> Iterator[Forge]:
    with forge() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest) -> Databases:
    return Databases(None if request.param == "sqlite" else request.getfixturevalue("postgres_server"))


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with smtp_sink() as running:
        yield running


@dataclass
class Office:
    """People who write and answer, and what they have seen of the letters so far."""

    company: Company
    asked: int = 0
    read: int = 0
    unanswered: dict[tuple[str, str], Letter] = field(default_factory=dict)
    """The letter that asks, by whom it asks and about which case; whatever else he gets about it is only told."""
    answered: set[tuple[str, str]] = field(default_factory=set)

    def asks(self) -> None:
        """Ivan sends an invoice."""
        self.asked += 1
        asks(self.company, self.asked)

    def answers(self) -> bool:
        """Whoever was asked first answers; False where nobody is asked."""
        self._look()
        if not self.unanswered:
            return False
        key = next(iter(self.unanswered))
        self.answered.add(key)
        self.company.replies(key[0], self.unanswered.pop(key), SAY[key[0]])
        return True

    def _look(self) -> None:
        letters = self.company.sink.letters
        for one in letters[self.read :]:
            letter = read_letter(one.content)
            key = one.recipients[0], letter.subject.partition("]")[0]
            if key[0] in SAY and key not in self.answered:
                self.unanswered.setdefault(key, letter)
        self.read = len(letters)


@dataclass(frozen=True, slots=True)
class Killed:
    """What became of a company."""

    kills: int
    cases: int
    letters: int
    repeated: int


async def killed_at_random(company: Company, kills: int) -> Killed:
    """Kill the service of a company so often while its people work, then let it end its work and read its books."""
    company.found()
    office, chance = Office(company), random.Random()
    office.asks()
    await company.runs()
    usual = await _a_run_takes(office)
    for kill in range(kills):
        # Every third time an invoice, else an answer: what waits grows neither without end nor to nothing.
        if kill % 3 == 0 or not office.answers():
            office.asks()
        company.mail_arrives()
        # Without memory, so that no instant is likelier than another, and some runs are long enough to end their work.
        after = min(chance.expovariate(2 / usual), 5 * usual)
        await asyncio.gather(company.forge.kills(company.site, after), _mail_meanwhile(office, after * chance.random()))
    await company.runs()
    while office.answers():
        while office.answers():
            pass
        await company.runs()
    books = await audited(company, repeats=kills)
    _each_invoice_went_its_way_once(books, office)
    return Killed(kills, len(books.cases), len(books.arrived), len(company.sink.letters) - len(books.arrived))


async def _a_run_takes(office: Office) -> float:
    """The seconds mailflow needs from its start until an answer and an invoice are dealt with."""
    office.answers()
    office.asks()
    began = time.monotonic()
    await office.company.runs()
    return time.monotonic() - began


async def _mail_meanwhile(office: Office, after: float) -> None:
    await asyncio.sleep(after)
    if office.answers():
        await asyncio.to_thread(office.company.mail_arrives)


def _each_invoice_went_its_way_once(books: Books, office: Office) -> None:
    """Every invoice is one case, and everybody who had to answer has answered it, once."""
    assert len(books.cases) == office.asked
    for case in books.cases:
        decided = [task.split("/")[1] for task in case if task.count("/") == 3 and not task.endswith("/None")]
        assert sorted(who for who in decided if who in WHO) == sorted(WHO), case


async def test_killed_at_random_under_load_nothing_is_lost_and_nothing_happens_twice(
    tmp_path: Path,
    imap: Dovecot,
    processes: Forge,
    databases: Databases,
    sink: SmtpSink,
    request: pytest.FixtureRequest,
) -> None:
    left = request.config.getoption("--kills") // 2
    while left > 0:
        box = f"box{next(BOXES)}"
        company = Company(tmp_path / box, databases.url(), box, imap, sink, processes)
        sink.letters.clear()
        killed = await killed_at_random(company, min(left, A_COMPANY))
        databases.drop(company.url)
        print(f"{company.url.partition(':')[0]}: {killed}, 0 lost, 0 doubled")
        left -= killed.kills
