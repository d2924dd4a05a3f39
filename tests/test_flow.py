"""The office day on real servers: Dovecot, SMTP, SQLite and PostgreSQL, a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from mailflow.core.journal import Intact, verify
from mailflow.world import Paper
from tests.papers import Line, invoice_pdf
from tests.post_office import PostOffice, at_work, make_site
from tests.servers import Dovecot, Postgres, SmtpSink, dovecot, postgres, smtp_sink
from tests.test_office_day import BUH, IVAN, OLGA, PETROV

PASSWORD = "пароль"


@pytest.fixture(scope="module")
def database_server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dovecot]:
    monkeypatch.setenv("MAILFLOW_TEST_PASSWORD", PASSWORD)
    with dovecot({"docs": PASSWORD}) as server:
        yield server


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with smtp_sink() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
async def office(
    request: pytest.FixtureRequest, tmp_path: Path, mailbox: Dovecot, sink: SmtpSink
) -> AsyncIterator[PostOffice]:
    server = request.getfixturevalue("database_server") if request.param == "postgres" else None
    store = server.fresh() if server is not None else "sqlite:///data/mailflow.db"
    make_site(tmp_path / "site", mailbox, sink, store)
    async with at_work(tmp_path / "site", mailbox, sink) as at:
        yield at
    if server is not None:
        server.drop(store)


async def test_the_day_of_an_invoice(office: PostOffice) -> None:
    asked = "Прошу оплатить до пятницы, статья Реклама."
    office.writes(IVAN, "Fwd: Счет на оплату № 57", asked, [invoice("120000.50")])
    question = await office.next_letter(IVAN)
    assert "в бюджете" in question.text
    office.replies(IVAN, question, "в бюджете")
    office.replies(PETROV, await office.next_letter(PETROV), "Согласовано")
    office.replies(OLGA, await office.next_letter(OLGA), "На доработку: договаривались о скидке")
    await office.next_letter(IVAN)  # registered
    await office.next_letter(IVAN)  # agreed by his manager
    returned = await office.next_letter(IVAN)
    assert "договаривались о скидке" in returned.text
    office.replies(IVAN, returned, "Исправили", [invoice("110000.00")])
    await office.next_letter(PETROV)  # recorded
    await office.next_letter(OLGA)  # recorded
    again = await office.next_letter(PETROV)
    assert "110 000 ₽" in again.subject.replace("\u00a0", " ")
    office.replies(PETROV, again, "ок")
    office.replies(OLGA, await office.next_letter(OLGA), "Согласовано\n\nОтправлено с iPhone")
    office.replies(BUH, await office.next_letter(BUH), "Оплачено, п/п 345 от 20.11.2026")
    office.replies(IVAN, await office.letter_saying(IVAN, "закрывающие документы"), "Готово")
    case = await office.until("СЧ-2026-0001", "done")
    assert (case.round, case.fields["amount"], case.fields["payment_number"]) == (2, "110000.00", "345")
    journal = await office.app.store.journal(case.id)
    assert isinstance(verify(journal, case.version), Intact)
    assert office.dovecot.messages("docs") == []


def invoice(total: str) -> Paper:
    return Paper("Счет 57.pdf", invoice_pdf(lines=(Line("Баннеры", 1, Decimal(total)),)))
