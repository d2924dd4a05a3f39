"""The office day on real servers: Dovecot, SMTP, SQLite and PostgreSQL, a real browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from mailflow.core.journal import Intact, verify
from mailflow.edges.reading import read_attachment
from mailflow.world import Letter, Paper
from tests.office_life import ORLOV
from tests.papers import Line, invoice_pdf
from tests.post_office import PostOffice, at_work, make_site
from tests.servers import Dovecot, Postgres, SmtpSink, dovecot, free_port, postgres, smtp_sink
from tests.test_office_day import BUH, DIRECTOR, IVAN, OLGA, ORDER, PETROV, SECRETARY

PASSWORD = "пароль"
PAYEE = "buh@romashka.example"
VESNA, SEVER = "sales@vesna.example", "zakaz@sever.example"


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
    returned = await office.next_letter(IVAN)
    assert "договаривались о скидке" in returned.text
    office.replies(IVAN, returned, "Исправили", [invoice("110000.00")])
    await office.next_letter(PETROV)  # recorded
    await office.next_letter(OLGA)  # recorded
    again = await office.next_letter(PETROV)
    assert "110 000 ₽" in again.subject.replace("\u00a0", " ")
    office.replies(PETROV, again, "ок")
    told = await office.next_letter(OLGA)
    assert "110 000" in told.text.replace("\u00a0", " "), told.text
    office.replies(OLGA, await office.next_letter(OLGA), "Согласовано\n\nОтправлено с iPhone")
    office.replies(BUH, await office.next_letter(BUH), "Оплачено, п/п 345 от 20.11.2026")
    office.replies(IVAN, await office.letter_saying(IVAN, "закрывающие документы"), "Готово")
    case = await office.until("СЧ-2026-0001", "done")
    assert (case.round, case.fields["amount"], case.fields["payment_number"]) == (2, "110000.00", "345")
    journal = await office.app.store.journal(case.id)
    assert isinstance(verify(journal, case.version), Intact)
    assert office.dovecot.messages("docs") == []


async def test_the_payee_hears_that_he_is_paid_and_his_answer_only_comments(office_with_page: PostOffice) -> None:
    office = office_with_page
    office.writes(ORLOV, "Счёт: баннеры", f"{ORDER}Почта получателя: ООО «Ромашка» <{PAYEE}>\n")
    office.replies(OLGA, await office.next_letter(OLGA), "Согласовано")
    office.replies(
        BUH, await office.next_letter(BUH), "Оплачено, п/п 345 от 20.11.2026", [Paper("п-п 345.pdf", b"%PDF")]
    )
    told = await office.next_letter(PAYEE)
    assert told.subject == "[СЧ-2026-0001] Ваш счёт оплачен"
    assert [part.get_filename() for part in told.message.iter_attachments()] == ["п-п 345.pdf"]
    assert "/d/" not in told.text + told.html
    assert not {"Орлов", "Смирнова", "Статья"} & set(told.text.replace(".", " ").split())
    office.replies(PAYEE, told, "Готово. Накладную отправим завтра")
    shown = await office.letter_saying(ORLOV, "Накладную отправим завтра")
    assert PAYEE in shown.text
    assert len(office.letters(PAYEE)) == 1
    assert [a.stage for a in (await office.case("СЧ-2026-0001")).open_assignments] == ["closing"]


async def test_suppliers_are_asked_and_their_offers_lie_side_by_side(office_with_page: PostOffice) -> None:
    office = office_with_page
    office.writes(IVAN, "Закупка: мебель", "Что нужно: мебель на 40 мест", to="docs+zakupka@neon.example")
    office.replies(ORLOV, await office.next_letter(ORLOV), "Позиции: стол — 40 шт.")
    office.replies(PETROV, await office.next_letter(PETROV), "Согласовано")
    named = f"Вид закупки: Запрос цен\nПоставщики: ООО «Ромашка» <{PAYEE}>, {VESNA}, {SEVER}"
    office.replies(ORLOV, await office.letter_saying(ORLOV, "Как покупаем"), named)
    wanted = [await office.next_letter(one) for one in (PAYEE, VESNA, SEVER)]
    assert all("стол — 40 шт." in letter.text and "/d/" not in letter.text + letter.html for letter in wanted)
    office.replies("evil@elsewhere.example", wanted[0], "Цена: 1 руб.")
    assert "evil@elsewhere.example" in (await office.letter_saying(SECRETARY, "Цена: 1 руб.")).text
    offer = Paper("КП.pdf", invoice_pdf(lines=(Line("Столы", 40, Decimal("3000.00")),)))
    office.replies(PAYEE, wanted[0], "Добрый день! Предложение во вложении.", [offer])
    office.replies(VESNA, wanted[1], "Цена: 110 000 руб.\nСрок поставки: 10 дней")
    office.replies(SEVER, wanted[2], "Отказываемся")
    told = await office.letter_saying(ORLOV, "ответили все, кого мы спрашивали")
    said = told.text.replace("\u00a0", " ")
    assert "ООО «Ромашка» — 120 000 ₽" in said
    assert f"{VESNA} — 110 000 ₽, 10 дней" in said
    assert f"{SEVER} — отказался" in said
    office.replies(ORLOV, told, "Готово")
    await office.letter_saying(ORLOV, "Назовите поставщика")
    case = await office.case("З-2026-0001")
    assert [(o.standing, o.amount, o.sure) for o in case.offers] == [
        ("offered", "120000.00", True),
        ("offered", "110000.00", True),
        ("declined", "", False),
    ]
    assert [len(office.letters(one)) for one in (PAYEE, VESNA, SEVER)] == [1, 1, 1]


def invoice(total: str) -> Paper:
    return Paper("Счет 57.pdf", invoice_pdf(lines=(Line("Баннеры", 1, Decimal(total)),)))


@pytest.fixture
async def office_with_page(tmp_path: Path, mailbox: Dovecot, sink: SmtpSink) -> AsyncIterator[PostOffice]:
    port = free_port()
    more = f'[web]\nurl = "http://127.0.0.1:{port}"\nport = {port}'
    make_site(tmp_path / "site", mailbox, sink, "sqlite:///data/mailflow.db", more)
    async with at_work(tmp_path / "site", mailbox, sink) as at:
        yield at


async def test_a_press_in_a_real_browser_decides_with_the_code_and_the_next_one_without(
    office_with_page: PostOffice,
) -> None:
    from playwright.async_api import async_playwright

    office = office_with_page
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = await (await browser.new_context(java_script_enabled=False)).new_page()
        for number, name in enumerate(("баннеры", "листовки"), 1):
            office.writes(IVAN, f"Счёт: {name}", ORDER)
            asked = await office.next_letter(PETROV)
            await page.goto(link_in(asked))
            if number == 1:
                await page.fill("input[name=code]", code_in(asked))
            await page.click("button[type=submit] >> nth=0")
            assert "Записано: согласовано" in await page.inner_text("body")
            assert (await office.next_letter(OLGA)).subject.startswith(f"[СЧ-2026-000{number}]")
            if number == 1:
                await office.letter_saying(PETROV, "согласовано")
        await browser.close()


CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def link_in(letter: Letter) -> str:
    found = re.search(r"https?://\S+/d/[a-z2-7]{44}\S*", letter.text)
    assert found is not None, letter.text
    return found[0]


def code_in(letter: Letter) -> str:
    found = re.search(r"\b(\d{3}) ?(\d{3})\b(?!\d)", letter.text.split("/d/", 1)[1])
    assert found is not None, letter.text
    return found[1] + found[2]


async def test_a_letter_comes_in_is_answered_and_its_answer_is_signed_and_sent(office: PostOffice) -> None:
    order = "Корреспондент: АО «Мосводоканал»\nО чём: о выдаче ТУ\nИх номер: 01-12/4567\nИх дата: 09.11.2026"
    office.writes(SECRETARY, "Вх: Мосводоканал", order, to="docs+vh@neon.example")
    asked = await office.letter_saying(DIRECTOR, "резолюци")
    office.replies(DIRECTOR, asked, "Петрову П.П. — подготовить ответ до 20.12.2026")
    wanted = await office.letter_saying(PETROV, "Текст:")
    answer = (
        "Адресат: Начальник управления АО «Мосводоканал» Лагунин В.А.\nО чём: О согласовании технических условий\n"
        "Приложение: схема на 2 л.\nТекст:\nВ ответ на Ваше письмо направляем согласованную схему подключения.\n"
        "Просим подтвердить срок выдачи технических условий."
    )
    office.replies(PETROV, wanted, answer)
    draft = await office.letter_saying(PETROV, "Верно")
    assert "01-14" not in pdf_text(draft)
    office.replies(PETROV, draft, "Верно")
    office.replies(DIRECTOR, await office.letter_saying(DIRECTOR, "вашего решения"), "Согласовано")
    to_sign = await office.letter_saying(SECRETARY, "Распечатайте")
    text = pdf_text(to_sign)
    for words in ("Начальнику управления", "Лагунину В.А.", "№ 01-14/1", "01-12/4567", "О согласовании", "С уважением"):
        assert words in text, words
    office.replies(SECRETARY, to_sign, "Отправлено, РПО 80080012345678")
    await office.until("И-2026-0001", "done")
    incoming = await office.until("Вх-2026-0001", "done")
    assert incoming.linked == ("И-2026-0001",)
    closed = await office.letter_saying(PETROV, "завершена")
    assert "ЛИСТ СОГЛАСОВАНИЯ" in pdf_text(closed).upper()


def pdf_text(letter: Letter) -> str:
    papers = (part for part in letter.message.iter_attachments() if part.get_content_subtype() == "pdf")
    content = next(papers).get_payload(decode=True)
    assert isinstance(content, bytes)
    return " ".join(read_attachment(content, "application/pdf", 0).text.split())
