"""Mail in, decisions by mail, mail out: the whole service with real servers on loopback.

Embedded IMAP and SMTP servers whose MX stamps what it has checked, SQLite, the daemon's own steps.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailflow import daemon
from mailflow.app import App, opened
from mailflow.core.case import Case
from mailflow.core.journal import Intact, replay, verify
from mailflow.world import Letter, Paper, World
from tests.offices import HERE

DOCS = "docs@neon.example"
IVAN, PETROV, OLGA = "i.kuznetsov@neon.example", "p.petrov@neon.example", "o.smirnova@neon.example"
BUH, SECRETARY, DIRECTOR = "buh@neon.example", "sekretar@neon.example", "director@neon.example"
JOHN = "j.smith@neon.example"
PEOPLE = (IVAN, PETROV, OLGA, BUH, SECRETARY, DIRECTOR, "s.orlov@neon.example", JOHN)
NUMBER = "СЧ-2026-0001"
ORDER = """Прошу оплатить.
Подрядчик: ООО «Ромашка»
Сумма: 120 000,50
Счёт: № 57 от 12.11.2026
Статья: Реклама
В бюджете: да
Оплатить до: 30.11.2026
"""


@dataclass
class Day:
    """The office at work: its mail, and the service over it."""

    world: World
    app: App

    async def works(self) -> tuple[int, int, int]:
        """Let the service do everything that waits."""
        return await daemon.run_once(self.app)

    async def asks(self, text: str = ORDER, papers: tuple[Paper, ...] = (Paper("Счет 57.pdf", b"first"),)) -> None:
        """Ivan asks for an invoice to be paid."""
        await self.world.write(IVAN, "Счёт: баннеры", text, papers)
        await self.works()

    async def says(self, who: str, text: str, papers: tuple[Paper, ...] = ()) -> None:
        """Somebody replies to his newest letter, and the service works on it."""
        await self.world.reply(who, await self.last(who), text, papers)
        await self.works()

    async def last(self, who: str) -> Letter:
        return (await self.world.letters(who))[-1]

    async def count(self, who: str) -> int:
        return len(await self.world.letters(who))

    async def case(self, number: str = NUMBER) -> Case:
        case = await self.app.store.load_by_number(number)
        assert case is not None
        return case

    async def waits_on(self) -> list[str]:
        return [a.principal for a in (await self.case()).open_assignments]


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    directory = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    world = World(tmp_path / "site", DOCS, PEOPLE, directory)
    await world.start()
    try:
        async with opened(world.site) as app:
            yield Day(world, app)
    finally:
        await world.stop()


async def test_an_invoice_is_asked_agreed_returned_corrected_paid_and_closed_by_mail_alone(day: Day) -> None:
    await day.asks()
    asked = await day.last(PETROV)
    assert asked.subject.startswith(f"[{NUMBER}] Счёт № 57, ООО «Ромашка», 120 000,50 ₽")
    await day.says(PETROV, "Согласовано")
    await day.says(OLGA, "На доработку: в счёте не та сумма")
    assert "не та сумма" in (await day.last(IVAN)).text
    await day.says(IVAN, "Исправил", (Paper("Счет 57.pdf", b"second"),))
    await day.says(PETROV, "ок")
    await day.says(OLGA, "Согласовано\n\nОтправлено с iPhone")
    await day.says(BUH, "Оплачено, п/п 345 от 20.11.2026")
    await day.says(IVAN, "Готово")
    case = await day.case()
    assert (case.state.value, case.round, case.fields["payment_number"]) == ("done", 2, "345")
    journal = await day.app.store.journal(case.id)
    assert isinstance(verify(journal), Intact)
    assert replay(journal) == case


async def test_the_approver_gets_the_file_itself_and_the_letter_names_its_hash(day: Day) -> None:
    await day.asks()
    asked = await day.last(PETROV)
    files = {part.get_filename(): part.get_payload(decode=True) for part in asked.message.iter_attachments()}
    assert files == {"Счет 57.pdf": b"first"}
    case = await day.case()
    assert case.files[0].sha256[:4] in asked.text


async def test_a_yes_with_a_remark_is_not_a_yes(day: Day) -> None:
    await day.asks()
    await day.says(PETROV, "ок, только сумму поправьте")
    assert await day.waits_on() == ["p.petrov"]
    assert "сумму поправьте" in (await day.last(PETROV)).text
    await day.says(PETROV, "Согласовано")
    assert await day.waits_on() == ["o.smirnova"]


@pytest.mark.parametrize("answers", ["our question", "the letter before it"])
@pytest.mark.parametrize(
    ("says", "reason", "state"),
    [
        ("Отклонить", "слишком дорого, есть дешевле", "rejected"),
        ("Reject", "Too expensive", "rejected"),
        ("На доработку", "не та смета", "open"),
        ("нет", "не в бюджете", "open"),
    ],
)
async def test_a_reason_in_a_mail_of_its_own_completes_the_refusal_whichever_letter_it_answers(
    day: Day, says: str, reason: str, state: str, answers: str
) -> None:
    await day.asks()
    asked = await day.last(PETROV)
    await day.says(PETROV, says)
    question = await day.last(PETROV)
    assert await day.waits_on() == ["p.petrov"]
    await day.world.reply(PETROV, question if answers == "our question" else asked, reason)
    await day.works()
    assert (await day.case()).state.value == state
    assert await day.waits_on() == ([] if state == "rejected" else ["i.kuznetsov"])
    assert reason in (await day.last(IVAN)).text


@pytest.mark.parametrize("says", ["Ошибся, не отклоняю", "I was wrong, ignore it", "ну ок", "?"])
async def test_who_takes_back_or_half_agrees_gives_no_reason_for_his_rejection(day: Day, says: str) -> None:
    await day.asks()
    await day.says(PETROV, "Отклонить")
    await day.says(PETROV, says)
    assert await day.waits_on() == ["p.petrov"]


async def test_a_quoted_yes_is_not_a_yes(day: Day) -> None:
    await day.asks()
    await day.says(PETROV, "Вложение не открывается\n\nпт, 13 нояб. 2026 г. в 10:02, Иван <i@x>:\n> Согласовано")
    assert await day.waits_on() == ["p.petrov", "i.kuznetsov"]
    assert "Вложение не открывается" in (await day.last(IVAN)).text


async def test_a_forged_yes_from_outside_decides_nothing_and_olga_is_told_at_her_own_address(day: Day) -> None:
    await day.asks()
    await day.says(PETROV, "Согласовано")
    asked = await day.last(OLGA)
    forged = (
        f"From: {OLGA}\r\nTo: {asked.message['Reply-To']}\r\nSubject: Re: {NUMBER}\r\n"
        f"In-Reply-To: {asked.message['Message-ID']}\r\nMessage-ID: <forged@evil.example>\r\n"
        "Date: Thu, 12 Nov 2026 16:41:07 +0300\r\n"
        "Authentication-Results: mx.neon.example; dmarc=pass header.from=neon.example\r\n\r\nСогласовано\r\n"
    )
    await send_from_outside(day, forged.encode(), str(asked.message["Reply-To"]))
    assert await day.waits_on() == ["o.smirnova"]
    assert "Согласовано" in (await day.last(OLGA)).text
    assert len(day.world.mail.outside) == 0


async def test_a_colleague_who_was_forwarded_the_letter_cannot_decide(day: Day) -> None:
    await day.asks()
    await day.world.reply(DIRECTOR, await day.last(PETROV), "Согласовано")
    await day.works()
    assert await day.waits_on() == ["p.petrov"]


async def test_a_holiday_reply_is_no_decision_and_the_initiator_learns_of_it(day: Day) -> None:
    await day.asks()
    asked = await day.last(PETROV)
    auto = (
        f"From: {PETROV}\r\nTo: {asked.message['Reply-To']}\r\nSubject: =?utf-8?b?0JDQstGC0L7QvtGC0LLQtdGC?=: ok\r\n"
        f"In-Reply-To: {asked.message['Message-ID']}\r\nMessage-ID: <auto@neon.example>\r\n"
        "Auto-Submitted: auto-replied\r\nDate: Thu, 12 Nov 2026 16:41:07 +0300\r\n\r\nok\r\n"
    )
    await day.world.mail.deliver(DOCS, auto.encode())
    await day.works()
    assert await day.waits_on() == ["p.petrov"]
    assert "Петров" in (await day.last(IVAN)).text


async def test_a_strangers_letter_is_shown_to_the_secretary_and_gets_no_answer(day: Day) -> None:
    await day.world.write("anna@romashka.example", "О поставке", "Добрый день! Высылаем договор.", to=DOCS)
    await day.works()
    shown = await day.last(SECRETARY)
    assert "anna@romashka.example" in shown.text
    assert day.world.mail.outside == []


async def test_what_is_missing_is_asked_in_one_letter_and_one_word_settles_it(day: Day) -> None:
    await day.asks(ORDER.replace("В бюджете: да\n", ""))
    assert "в бюджете" in (await day.last(IVAN)).text
    assert await day.count(PETROV) == 0
    await day.says(IVAN, "в бюджете")
    assert await day.waits_on() == ["p.petrov"]


async def test_the_same_mail_twice_is_taken_once(day: Day) -> None:
    raw = await day.world.write(IVAN, "Счёт", ORDER)
    await day.works()
    await day.world.mail.deliver(DOCS, (await day.world.mail.messages(DOCS, "Processed"))[0])
    await day.works()
    assert raw
    assert len(await day.app.store.cases()) == 1
    assert await day.count(PETROV) == 1


async def test_read_mail_is_moved_and_nothing_is_left_in_the_inbox(day: Day) -> None:
    await day.asks()
    assert await day.world.mail.messages(DOCS) == []
    assert len(await day.world.mail.messages(DOCS, "Processed")) == 1


async def test_a_status_is_answered_to_those_concerned(day: Day) -> None:
    await day.asks()
    await day.world.write(IVAN, f"Статус {NUMBER.replace('С', 'C')}", "")
    await day.works()
    assert "Петров П.П." in (await day.last(IVAN)).text
    await day.world.write(JOHN, f"status {NUMBER}", "")
    await day.works()
    [answered] = await day.world.letters(JOHN)
    assert f"There is no request {NUMBER} among yours." in answered.text
    assert "Ромашка" not in answered.text


async def test_my_tasks_are_listed_by_mail(day: Day) -> None:
    await day.asks()
    await day.world.write(PETROV, "Мои задачи", "")
    await day.works()
    assert NUMBER in (await day.last(PETROV)).text


async def test_an_english_reader_is_written_to_in_english(day: Day) -> None:
    await day.world.write(JOHN, "Invoice: banners", ORDER)
    await day.works()
    assert "registered" in (await day.last(JOHN)).subject.lower()


async def test_a_mail_that_fits_no_process_is_answered_with_one_polite_question(day: Day) -> None:
    await day.world.write(IVAN, "Привет", "Как дела?")
    await day.works()
    assert "Счёт" in (await day.last(IVAN)).text


async def test_a_mail_that_breaks_the_work_is_held_for_a_person_and_holds_up_no_other(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one patched thing here: a defect of ours, which cannot be ordered otherwise."""
    import mailflow.receive as receive

    honest = receive.event_of

    def broken(understood: object, arrival: object, office: object) -> object:
        if "poison" in arrival.message.subject:  # type: ignore[attr-defined]
            raise RuntimeError("a defect of ours")
        return honest(understood, arrival, office)  # type: ignore[arg-type]

    monkeypatch.setattr(receive, "event_of", broken)
    await day.world.write(IVAN, "Счёт: poison", ORDER)
    await day.world.write(IVAN, "Счёт: баннеры", ORDER)
    await day.works()
    held = await day.app.store.inbox("quarantined")
    assert [(row.taken.subject, row.attempts) for row in held] == [("Счёт: poison", 3)]
    assert len(await day.world.mail.messages(DOCS, "Quarantine")) == 1
    assert len(await day.app.store.cases()) == 1


async def test_a_person_with_too_many_sums_to_count_holds_up_his_own_requests_only(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailflow.edges.store import facts

    monkeypatch.setattr(facts, "MOST", 1)
    for number in range(2):
        await day.world.write(IVAN, f"Счёт: баннеры {number}", ORDER)
    await day.works()
    await day.world.write(IVAN, "Счёт: ещё баннеры", ORDER)
    await day.world.write(SECRETARY, "Помощь", "")
    await day.works()
    [held] = await day.app.store.inbox("quarantined")
    assert held.taken.subject == "Счёт: ещё баннеры"
    assert "more than 1 rows of kind spent of i.kuznetsov" in held.taken.error
    assert len(await day.app.store.cases()) == 2
    assert "Помощь" in (await day.last(SECRETARY)).text


async def send_from_outside(day: Day, raw: bytes, to: str) -> None:
    import aiosmtplib

    await aiosmtplib.send(
        raw,
        sender="evil@attack.example",
        recipients=[to],
        hostname="127.0.0.1",
        port=day.world.mail.smtp_port,
        start_tls=False,
    )


async def test_the_secretary_registers_a_strangers_letter_with_one_word(day: Day) -> None:
    await day.world.write("anna@romashka.example", "О поставке баннеров", "Добрый день!\nВысылаем договор.", to=DOCS)
    await day.works()
    await day.says(SECRETARY, "Зарегистрировать")
    case = await day.case("Вх-2026-0001")
    assert (case.process, case.fields["correspondent"]) == ("incoming", "anna@romashka.example")
    asked = await day.last(DIRECTOR)
    assert "О поставке баннеров" in asked.subject
    assert "Высылаем договор." in asked.text
    assert day.world.mail.outside == []


async def test_the_directors_resolution_gives_the_task_and_starts_the_answer(day: Day) -> None:
    order = "Корреспондент: Мосводоканал\nО чём: о выдаче технических условий\nИх номер: 01-12/4567"
    await day.world.write(SECRETARY, "Вх: Мосводоканал", order, to="docs+vh@neon.example")
    await day.works()
    await day.says(DIRECTOR, "Петрову П.П. — подготовить ответ до 20.12.2026")
    case = await day.case("Вх-2026-0001")
    assert case.fields["executors"] == ("p.petrov",)
    assert case.fields["due"] == "2026-12-20"
    assert [a.principal for a in case.open_assignments] == ["p.petrov"]


async def test_a_resolution_that_files_the_letter_closes_it(day: Day) -> None:
    await day.world.write(SECRETARY, "Вх: реклама", "Корреспондент: ООО «Спам»", to="docs+vh@neon.example")
    await day.works()
    await day.says(DIRECTOR, "В дело")
    assert (await day.case("Вх-2026-0001")).state.value == "done"


async def test_a_resolution_to_somebody_the_directory_does_not_know_is_asked_about(day: Day) -> None:
    await day.world.write(SECRETARY, "Вх: письмо", "Корреспондент: ООО «Ромашка»", to="docs+vh@neon.example")
    await day.works()
    await day.says(DIRECTOR, "Сидорову — подготовить ответ до 20.12.2026")
    assert [a.principal for a in (await day.case("Вх-2026-0001")).open_assignments] == ["director"]
    assert "Сидоров" in (await day.last(DIRECTOR)).text


async def test_a_decision_taken_back_by_mail_can_be_given_otherwise(day: Day) -> None:
    await day.asks()
    asked = await day.last(PETROV)
    await day.says(PETROV, "Согласовано")
    await day.world.reply(PETROV, asked, "Стоп, отзываю согласование")
    await day.works()
    assert await day.waits_on() == ["p.petrov"]
    await day.says(PETROV, "На доработку: приложите договор")
    assert await day.waits_on() == ["i.kuznetsov"]
