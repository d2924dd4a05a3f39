"""Two services on one mailbox and one database, of which one stands still for a while: each mail is taken once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.killing import PASSWORD, Company, Databases, Forge, forge
from tests.killing_books import audited
from tests.servers import Dovecot, SmtpSink, dovecot, smtp_sink
from tests.test_kill_points import PETROV, asks, number

INVOICES = 8


@pytest.fixture(scope="module")
def imap() -> Iterator[Dovecot]:
    with dovecot(dict.fromkeys(("both-sqlite", "both-postgres", "still-sqlite", "still-postgres"), PASSWORD)) as server:
        yield server


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[Forge, Forge]]:
    with forge() as first, forge() as second:
        yield first, second


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with smtp_sink() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def databases(request: pytest.FixtureRequest, kind: str) -> Databases:
    return Databases(None if kind == "sqlite" else request.getfixturevalue("postgres_server"))


def a_company(folder: Path, box: str, imap: Dovecot, sink: SmtpSink, databases: Databases, first: Forge) -> Company:
    company = Company(folder / "site", databases.url(), box, imap, sink, first)
    company.found()
    return company


async def all_is_done_once(company: Company) -> None:
    """Whatever one of them left is done by the next run; then every law holds, and no letter left twice."""
    await company.runs()
    books = await audited(company)
    assert [case[0] for case in books.cases] == [number(invoice) for invoice in range(1, INVOICES + 1)]


async def test_two_services_on_one_mailbox_take_each_mail_once(
    tmp_path: Path, imap: Dovecot, two: tuple[Forge, Forge], sink: SmtpSink, databases: Databases, kind: str
) -> None:
    company = a_company(tmp_path, f"both-{kind}", imap, sink, databases, two[0])
    await company.runs()
    for invoice in range(1, INVOICES + 1):
        asks(company, invoice)
    company.mail_arrives()
    assert await asyncio.gather(*(one.run(company.site) for one in two)) == [0, 0], company.log()
    await all_is_done_once(company)


async def test_a_service_that_stood_still_while_another_worked_does_nothing_twice_when_it_wakes(
    tmp_path: Path, imap: Dovecot, two: tuple[Forge, Forge], sink: SmtpSink, databases: Databases, kind: str
) -> None:
    company = a_company(tmp_path, f"still-{kind}", imap, sink, databases, two[0])
    asks(company, 1)
    await company.runs()
    company.replies(PETROV, company.letter(PETROV, number(1)), "Согласовано")
    for invoice in range(2, INVOICES + 1):
        asks(company, invoice)
    company.mail_arrives()
    stopped = asyncio.create_task(two[0].stops(company.site, 0.7, 6.0))
    await asyncio.sleep(1.0)
    # Whoever meets the other in a lock for too long ends and says so; what counts is what stands in the books.
    assert await two[1].run(company.site) in (0, 1), company.log()
    assert await stopped in (0, 1), company.log()
    await all_is_done_once(company)
