"""The secretary's digest: what it says of a day, that it leaves once, and the registers on request."""

from __future__ import annotations

import asyncio
import hashlib
import io
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from mailflow.advance import advance
from mailflow.config import read_settings
from mailflow.core.case import Case, CaseState
from mailflow.core.digest import LostLetter, MissedMail, Overnight, Span, counted, digest, is_due, span
from mailflow.core.effects import SendLetter, Transition
from mailflow.core.events import CommandReceived, NoticeDue, RequestReceived
from mailflow.core.journal import Intact, verify
from mailflow.core.office import Office
from mailflow.core.showing import Ways, letter_view
from mailflow.core.views import Section
from mailflow.core.worktime import OfficeHours
from mailflow.digest import register_answer, send_digest
from mailflow.edges.blobs import Blobs
from mailflow.edges.letters import Letters
from mailflow.edges.store import Committed, Noted, Source, Store, Taken
from mailflow.errors import SettingsError
from tests import servers
from tests.offices import FULL, HERE, MONDAY, MOSCOW, Story, directory, neon, paper
from tests.test_sheets import whole_office

AT = time(8, 30)
FRIDAY = datetime(2026, 11, 20, 12, tzinfo=MOSCOW)
MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=MOSCOW)
"""Monday: the digest covers Friday and the weekend."""
WEEKEND = Span(date(2026, 11, 20), date(2026, 11, 22))
OFFICE = neon()


def told(
    found: Overnight, office: Office = OFFICE, now: datetime = MORNING, language: str = "ru"
) -> dict[str, Section]:
    made = digest(found, WEEKEND, office, language, now)  # type: ignore[arg-type]
    return {section.title: section for section in made.sections}


def asked(number: str = "СЧ-2026-0149", at: datetime = MONDAY, office: Office = OFFICE, **fields: object) -> Story:
    """A case that waits for Petrov since that time, for one working day."""
    story = Story(office)
    story.now = at
    story.request(**fields)
    story.case = replace(story.it, number=number)
    return story


# Which days


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-11-24T08:30", "2026-11-23"),
        ("2026-11-23T08:30", "2026-11-20"),
        ("2026-11-05T08:30", "2026-11-03"),
        ("2026-01-12T08:30", "2025-12-30"),
        ("2025-11-05T08:30", "2025-11-01"),
        ("2026-05-12T08:30", "2026-05-08"),
    ],
)
def test_a_digest_covers_everything_since_the_working_day_before(now: str, first: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=MOSCOW)
    assert span(OFFICE, moment, None) == Span(date.fromisoformat(first), moment.date() - timedelta(days=1))


def test_after_a_stop_it_covers_everything_since_the_digest_before_up_to_a_month() -> None:
    assert span(OFFICE, MORNING, date(2026, 11, 18)).first == date(2026, 11, 18)
    assert span(OFFICE, MORNING, date(2026, 11, 20)).first == date(2026, 11, 20)
    assert span(OFFICE, MORNING, date(2025, 1, 1)).first == date(2026, 10, 23)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23T08:29:59", False),
        ("2026-11-23T08:30:00", True),
        ("2026-11-23T23:59:59", True),
        ("2026-11-21T09:00:00", False),
        ("2026-11-22T09:00:00", False),
        ("2026-11-04T09:00:00", False),
        ("2026-01-05T09:00:00", False),
        ("2027-02-20T09:00:00", True),
    ],
)
def test_it_leaves_from_its_hour_on_and_on_working_days_only(now: str, due: bool) -> None:
    assert is_due(OFFICE.time, datetime.fromisoformat(now).replace(tzinfo=MOSCOW), AT) == due


def berlin() -> Office:
    return replace(OFFICE, hours=OfficeHours(zone=ZoneInfo("Europe/Berlin")))


def test_the_hour_is_the_office_s_own_on_both_sides_of_a_clock_change() -> None:
    assert not is_due(berlin().time, datetime(2026, 3, 27, 7, 29, tzinfo=UTC), AT)
    assert is_due(berlin().time, datetime(2026, 3, 27, 7, 30, tzinfo=UTC), AT)
    assert not is_due(berlin().time, datetime(2026, 3, 30, 6, 29, tzinfo=UTC), AT)
    assert is_due(berlin().time, datetime(2026, 3, 30, 6, 30, tzinfo=UTC), AT)


def test_an_hour_that_a_clock_change_leaves_out_or_repeats_is_still_reached() -> None:
    office = replace(berlin(), calendar=OFFICE.calendar.overridden(working=frozenset([date(2026, 3, 29)])))
    assert not is_due(office.time, datetime(2026, 3, 29, 0, 59, tzinfo=UTC), time(2, 30))
    assert is_due(office.time, datetime(2026, 3, 29, 1, 0, tzinfo=UTC), time(2, 30))


# What it says


def test_the_subject_names_the_day_and_the_numbers() -> None:
    found = Overnight(new=[asked().it] * 14, waiting=[asked(f"СЧ-{n}").it for n in range(3)], mails=[stranger()] * 2)
    made = digest(found, WEEKEND, OFFICE, "ru", MORNING)
    assert f"{made.day}: {made.counts}" == "пт 20.11.2026: 14 новых, 3 просрочено, 2 письма не разобрано"
    english = digest(found, WEEKEND, OFFICE, "en", MORNING)
    assert f"{english.day}: {english.counts}" == "Fri 20 Nov 2026: 14 new, 3 overdue, 2 mails not understood"


def test_a_quiet_day_says_so() -> None:
    made = digest(Overnight(), WEEKEND, OFFICE, "ru", MORNING)
    assert (made.counts, made.sections) == ("ничего нового", ())


def test_several_working_days_are_named_by_the_first_and_the_last() -> None:
    made = digest(Overnight(), Span(date(2026, 11, 18), date(2026, 11, 22)), OFFICE, "ru", MORNING)
    assert made.day == "ср 18.11.2026 – пт 20.11.2026"


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 письмо"), (2, "2 письма"), (5, "5 писем"), (11, "11 писем"), (21, "21 письмо"), (112, "112 писем")],
)
def test_numbers_agree_with_their_nouns(number: int, said: str) -> None:
    assert counted(number, ("письмо", "письма", "писем"), "ru") == said


def test_an_overdue_task_is_told_with_its_person_its_term_and_the_working_days_waited() -> None:
    rows = told(Overnight(waiting=[asked().it]))["Просрочено"].rows
    assert rows == (
        (
            "СЧ-2026-0149",
            "Счёт № 57, ООО «Ромашка», 120\u00a0000,50\u00a0₽",
            "Петров П.П.: срок был 17.11.2026, ждём 5 рабочих дней",
        ),
    )


def test_the_longest_overdue_stands_first() -> None:
    late = [asked("СЧ-2", FRIDAY - timedelta(days=1)).it, asked("СЧ-1").it]
    assert [row[0] for row in told(Overnight(waiting=late))["Просрочено"].rows] == ["СЧ-1", "СЧ-2"]


def test_a_term_that_ends_today_is_due_and_not_overdue() -> None:
    sections = told(Overnight(waiting=[asked(at=FRIDAY).it]))
    assert sections["Срок сегодня"].rows[0][2] == "Петров П.П."
    assert "Просрочено" not in sections


def test_a_term_after_today_is_not_told() -> None:
    assert told(Overnight(waiting=[asked(at=MORNING).it])) == {}


def test_who_stands_in_is_named_with_the_day_it_ends() -> None:
    text = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    away = "position: начальник отдела маркетинга, substitute: {by: s.orlov, since: 2026-11-20, until: 2026-11-27}"
    office = neon(directory(text.replace("position: начальник отдела маркетинга", away)))
    row = told(Overnight(waiting=[asked().it]), office)["Просрочено"].rows[0]
    assert row[2].endswith("(замещает Орлов С.П. до 27.11.2026)")


def test_an_absence_that_nobody_stands_in_for_is_named() -> None:
    story = asked()
    case = story.it.with_assignment(replace(story.task("p.petrov"), away=True))
    row = told(Overnight(waiting=[case]))["Просрочено"].rows[0]
    assert row[2].endswith("(автоответ: нет на месте; замещающий не назначен)")


def test_a_task_of_somebody_who_has_left_is_told_as_such() -> None:
    story = asked()
    gone = replace(story.task("p.petrov"), principal="v.ushel")
    row = told(Overnight(waiting=[story.it.with_assignment(gone)]))["Просрочено"].rows[0]
    assert row[2].startswith("v.ushel:")
    assert row[2].endswith("(больше нет в оргструктуре)")


def stranger(**changes: object) -> MissedMail:
    mail = MissedMail("info@shop.example", "Каталог", FRIDAY, "stray", "nobody we know")
    return replace(mail, **changes)  # type: ignore[arg-type]


HELD = "отложено, посмотрите сами: письмо слишком велико или слишком сложно устроено, прочитано не всё"


def test_a_mail_not_understood_is_told_with_sender_subject_time_and_why() -> None:
    held = stranger(sender="", subject="", why="quarantined", reason="a person must look at it: depth-limit")
    rows = told(Overnight(mails=[stranger(), held]))["Не разобрано"].rows
    assert rows[0] == ("от info@shop.example", "тема «Каталог»", "20.11.2026 12:00", "писал посторонний")
    assert rows[1] == ("без отправителя", "без темы", "20.11.2026 12:00", HELD)


def test_a_letter_not_delivered_is_told_with_its_number_where_it_has_one() -> None:
    lost = LostLetter("СЧ-2026-0001", "o.smirnova@neon.example", "refused", "550 5.1.1 User unknown")
    rows = told(Overnight(letters=[lost, replace(lost, number="", state="unknown")]))["Не доставлено"].rows
    assert rows[0] == ("СЧ-2026-0001", "o.smirnova@neon.example", "сервер не принял: 550 5.1.1 User unknown")
    assert rows[1] == ("o.smirnova@neon.example", "неизвестно, дошло ли: 550 5.1.1 User unknown")


def test_a_case_that_waits_for_nobody_is_told_with_its_initiator() -> None:
    [section] = told(Overnight(stuck=[asked().it])).values()
    assert section.rows[0][0] == "СЧ-2026-0149"
    assert section.rows[0][2] == "Кузнецов И.И."


def test_a_case_whose_rules_are_gone_or_changed_is_still_told() -> None:
    gone = replace(asked().it, process="media", subject="Съёмка  в парке")
    odd = replace(asked().it, fields={**FULL, "amount": "сто рублей"}, subject="Счёт")
    rows = told(Overnight(new=[gone, odd]))["Новые"].rows
    assert [row[1] for row in rows] == ["Съёмка в парке", "Счёт"]


def test_a_long_section_is_cut_and_counted() -> None:
    made = digest(Overnight(new=[asked().it] * 200), WEEKEND, OFFICE, "ru", MORNING)
    assert made.counts == "200 новых"
    assert len(made.sections[0].rows) == 41
    assert made.sections[0].rows[-1] == ("и ещё 160, все в приложенных реестрах",)


def test_what_strangers_write_is_cut() -> None:
    rows = told(Overnight(mails=[stranger(subject="ы" * 1_000_000, sender="a" * 10_000)]))["Не разобрано"].rows
    assert all(len(cell) < 200 for cell in rows[0])


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_section_has_its_words_in_both_languages(language: str) -> None:
    everything = Overnight(
        new=[asked().it],
        waiting=[asked().it, asked(at=FRIDAY).it],
        stuck=[asked().it],
        letters=[LostLetter("1", "a@b.example", "unknown", "")],
        mails=[stranger(), stranger(why="failed", reason="boom")],
    )
    sections = told(everything, language=language)
    assert len(sections) == 6
    own = " ".join((*sections, *(row[-1] for section in sections.values() for row in section.rows)))
    foreign = own.replace("Петров П.П.", "").replace("Кузнецов И.И.", "")
    assert language == "ru" or not any("а" <= letter <= "я" for letter in foreign.lower())


# The store behind it


@pytest.fixture(scope="module")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgres() as running:
        yield running


@pytest.fixture(scope="module")
def copies(postgres: servers.Postgres) -> Callable[[], str]:
    """Makes PostgreSQL databases that are migrated already."""
    pattern = postgres.fresh()
    asyncio.run(_migrate(pattern))
    names = (f"digest{number}" for number in itertools.count())

    def copy() -> str:
        name = next(names)
        postgres.sql(f'CREATE DATABASE "{name}" TEMPLATE "{pattern.rpartition("/")[2]}"')
        return f"{pattern.rpartition('/')[0]}/{name}"

    return copy


async def _migrate(url: str) -> None:
    await (await Store.open(url, "neon.example")).close()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/mailflow.db"
        return
    running: servers.Postgres = request.getfixturevalue("postgres")
    fresh = request.getfixturevalue("copies")()
    yield f"{fresh}?ssl=disable"
    running.drop(fresh)


@dataclass
class Desk:
    """The secretary's desk: the stores, and what others do meanwhile."""

    store: Store
    other: Store
    """What another process would have."""
    blobs: Blobs
    office: Office

    async def asks(self, at: datetime, by: str = "i.kuznetsov", **fields: object) -> Case:
        """Somebody asks for an invoice to be paid."""
        key = hashlib.sha256(f"{at} {by} {fields}".encode()).hexdigest()
        proof = Story(self.office).proof(by)
        values = {k: v for k, v in {**FULL, **fields}.items() if v is not None}
        event = RequestReceived(key, at, "invoice", True, by, proof, values, (paper(),), "Счёт")
        outcome = await advance(event, self.store, self.office, at)
        assert isinstance(outcome, Committed)
        assert outcome.case is not None
        return outcome.case

    async def gets(self, uid: int, at: datetime, kind: str = "stray", settled: bool = True, **changes: object) -> None:
        """A mail comes that nothing follows from."""
        source = Source("docs", "INBOX", 1, uid)
        content = hashlib.sha256(f"mail {uid}".encode()).hexdigest()
        taken = Taken(source, content, f"<{uid}@x>", content, 10, at, f"s{uid}@x.example", f"тема {uid}", kind, "why")
        await self.store.take_only(replace(taken, **changes))  # type: ignore[arg-type]
        if settled:
            await self.store.settled("docs", "INBOX", 1, [uid], at)

    async def morning(self, now: datetime = MORNING, store: Store | None = None) -> bool:
        return await send_digest(store or self.store, self.blobs, self.office, now, AT)

    async def letters(self, kind: str = "digest") -> list[SendLetter]:
        """The letters of that kind, the oldest first."""
        return [row.letter for row in reversed(await self.store.outbox()) if row.kind == kind]

    async def rows(self) -> dict[str, list[tuple[str, ...]]]:
        """The newest digest: rows by the title of their section."""
        under: dict[str, list[tuple[str, ...]]] = {}
        for title, *row in (await self.letters())[-1].rows:
            under.setdefault(title, []).append(tuple(row))
        return under

    async def command(self, text: str, person: str = "sekretar", now: datetime = MORNING) -> NoticeDue:
        """Somebody asks for a register by mail."""
        return await register_answer(text, person, "mail", "<m@x>", self.store, self.blobs, self.office, now)

    async def sheet(self, notice: NoticeDue, number: int = 0) -> list[tuple[object, ...]]:
        content = await self.blobs.read(notice.enclosed[number].sha256)
        return list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


@pytest.fixture
async def desk(url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    store, other = await Store.open(url, "neon.example"), await Store.open(url, "neon.example")
    yield Desk(store, other, Blobs(tmp_path / "files"), OFFICE)
    await other.close()
    await store.close()


# The digest leaves


async def test_monday_s_digest_covers_friday_and_the_weekend_and_goes_to_the_secretary(desk: Desk) -> None:
    await desk.asks(FRIDAY - timedelta(days=1), counterparty="ООО «Раньше»", pay_by="2026-12-01")
    await desk.asks(FRIDAY, counterparty="ООО «Пятница»")
    await desk.asks(FRIDAY + timedelta(days=2), counterparty="ООО «Воскресенье»")
    await desk.asks(MORNING - timedelta(hours=1), counterparty="ООО «Понедельник»")
    assert await desk.morning()
    [letter] = await desk.letters()
    assert (letter.to, letter.address) == ("sekretar", "sekretar@neon.example")
    assert letter.words["day"] == "пт 20.11.2026"
    new = [row[1] for row in (await desk.rows())["Новые"]]
    assert ["Пятница" in new[0], "Воскресенье" in new[1], len(new)] == [True, True, 2]


async def test_it_leaves_once_a_day_however_often_it_is_tried(desk: Desk) -> None:
    assert [await desk.morning(MORNING + timedelta(minutes=n)) for n in range(4)] == [True, False, False, False]
    assert await desk.morning(MORNING + timedelta(days=1))
    assert len(await desk.letters()) == 2


async def test_two_processes_at_once_send_one(desk: Desk) -> None:
    await desk.asks(FRIDAY)
    tries = [desk.morning(store=store) for store in (desk.store, desk.other) * 3]
    assert sorted(await asyncio.gather(*tries)) == [False] * 5 + [True]
    assert len(await desk.letters()) == 1
    assert isinstance(verify(await desk.store.journal("office")), Intact)


async def test_a_stop_over_the_hour_is_caught_up_the_same_day_and_not_the_next(desk: Desk) -> None:
    assert await desk.morning(MORNING.replace(hour=19))
    assert not await desk.morning(MORNING + timedelta(hours=23))
    assert [letter.key for letter in await desk.letters()] == ["digest/2026-11-23/0"]


async def test_after_days_without_one_nothing_is_left_out(desk: Desk) -> None:
    assert await desk.morning(MORNING - timedelta(days=4))
    await desk.asks(FRIDAY - timedelta(days=1), counterparty="ООО «Четверг»")
    await desk.asks(FRIDAY, counterparty="ООО «Пятница»")
    assert await desk.morning()
    assert (await desk.letters())[-1].words["day"] == "чт 19.11.2026 – пт 20.11.2026"
    assert len((await desk.rows())["Новые"]) == 2


@pytest.mark.parametrize("day", ["2026-11-04", "2026-11-21", "2026-11-22", "2026-01-09"])
async def test_none_leaves_on_a_holiday_or_a_weekend(desk: Desk, day: str) -> None:
    assert not await desk.morning(datetime.combine(date.fromisoformat(day), time(12), MOSCOW))
    assert await desk.letters() == []


async def test_who_stands_in_for_the_secretary_gets_it(desk: Desk) -> None:
    text = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    away = "position: секретарь, substitute: {by: j.smith, since: 2026-11-23, until: 2026-11-27}"
    desk.office = neon(directory(text.replace("position: секретарь", away)))
    await desk.asks(FRIDAY)
    assert await desk.morning()
    [letter] = await desk.letters()
    assert (letter.to, letter.language, letter.words["counts"]) == ("j.smith", "en", "1 new")


async def test_overdue_tasks_and_those_due_today_are_found(desk: Desk) -> None:
    late = await desk.asks(FRIDAY - timedelta(days=2))
    today = await desk.asks(FRIDAY)
    await desk.asks(MORNING - timedelta(hours=1))
    assert await desk.morning()
    rows = await desk.rows()
    assert [row[0] for row in rows["Просрочено"]] == [late.number]
    assert [row[0] for row in rows["Срок сегодня"]] == [today.number]


async def test_a_closed_case_is_neither_overdue_nor_stuck(desk: Desk) -> None:
    case = await desk.asks(FRIDAY - timedelta(days=3))
    proof = Story(desk.office).proof("i.kuznetsov")
    event = CommandReceived("w", FRIDAY, case.id, "i.kuznetsov", proof, "withdraw")
    await advance(event, desk.store, desk.office, FRIDAY)
    assert await desk.morning()
    assert await desk.rows() == {}


async def test_an_open_case_nobody_is_asked_about_is_stuck(desk: Desk) -> None:
    case = Case("lost", "invoice", "i.kuznetsov", FRIDAY, "Счёт", "СЧ-2026-0077", fields=dict(FULL))
    event = NoticeDue("made by hand", FRIDAY, "stray", "sekretar")
    assert case.state is CaseState.OPEN
    await desk.store.commit(None, Transition(case, (), "так вышло"), event, None, FRIDAY)
    assert await desk.morning()
    [rows] = [rows for title, rows in (await desk.rows()).items() if title.startswith("Никого")]
    assert rows[0][0] == "СЧ-2026-0077"


async def test_mails_not_understood_are_told_once_and_again_while_they_are_not_settled(desk: Desk) -> None:
    await desk.gets(1, FRIDAY - timedelta(days=1))
    await desk.gets(2, FRIDAY)
    await desk.gets(3, FRIDAY, "quarantined", state="quarantined")
    await desk.gets(4, FRIDAY, "quarantined", settled=False, state="failed", error="boom")
    await desk.gets(5, FRIDAY, "request")
    await desk.gets(6, FRIDAY, state="duplicate")
    assert await desk.morning()
    assert [row[1] for row in (await desk.rows())["Не разобрано"]] == [
        "тема «тема 2»",
        "тема «тема 3»",
        "тема «тема 4»",
    ]
    await desk.gets(7, FRIDAY - timedelta(days=30))
    assert await desk.morning(MORNING + timedelta(days=1))
    assert [row[1] for row in (await desk.rows())["Не разобрано"]] == ["тема «тема 4»", "тема «тема 7»"]


async def test_letters_that_did_not_arrive_are_told_as_long_as_their_answer_is_awaited(desk: Desk) -> None:
    case = await desk.asks(FRIDAY - timedelta(days=3))
    for outgoing in await desk.store.claim_letters(FRIDAY, 10, timedelta(minutes=5), "test"):
        state = "refused" if outgoing.letter.kind == "ask" else "sent"
        await desk.store.note(Noted(outgoing, state, "550 no such user", FRIDAY))
    for day in range(2):
        assert await desk.morning(MORNING + timedelta(days=day))
        [row] = (await desk.rows())["Не доставлено"]
        assert row == (case.number, "p.petrov@neon.example", "сервер не принял: 550 no such user")


async def test_the_registers_of_the_year_go_with_it_as_files_that_are_kept(desk: Desk) -> None:
    desk.office = whole_office()
    await desk.asks(FRIDAY)
    assert await desk.morning()
    [letter] = await desk.letters()
    [register] = letter.enclosed  # those nothing was entered into this year stay at home
    assert register.name == "Реестр счетов 2026.xlsx"
    content = await desk.blobs.read(register.sha256)
    assert len(content) == register.size
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert [rows[1][0], rows[1][8]] == ["СЧ-2026-0001", 120000.5]


async def test_the_letter_says_what_the_digest_found(desk: Desk) -> None:
    await desk.asks(FRIDAY)
    assert await desk.morning()
    [letter] = await desk.letters()
    printed = Letters([HERE.parent / "templates" / "mail"]).render(letter_view(letter, None, OFFICE, Ways(), MORNING))
    assert printed.subject == "Сводка за пт 20.11.2026: 1 новая"
    assert "Новые:\n— СЧ-2026-0001 — Счёт № 57" in printed.text
    assert "<h2" in printed.html
    assert "Реестр счетов 2026.xlsx" in printed.text


async def test_more_cases_than_one_page_are_all_found(desk: Desk) -> None:
    event = NoticeDue("x", FRIDAY, "stray", "sekretar")
    for n in range(450):
        case = Case(f"c{n}", "invoice", "i.kuznetsov", FRIDAY, number=f"СЧ-2026-{n + 1:04}", fields=dict(FULL))
        await desk.store.commit(None, Transition(case, (), "x"), replace(event, key=f"x{n}"), None, FRIDAY)
    notice = await desk.command("Реестр счетов")
    rows = await desk.sheet(notice)
    assert [row[0] for row in rows[1:]] == [f"СЧ-2026-{n + 1:04}" for n in range(450)]


# A register on request


async def test_the_secretary_asks_for_a_week_and_gets_its_sheet(desk: Desk) -> None:
    await desk.asks(MORNING - timedelta(days=8), counterparty="ООО «Раньше»")
    case = await desk.asks(FRIDAY)
    notice = await desk.command("Реестр счетов за неделю\nСпасибо!")
    assert (notice.kind, notice.to, notice.in_reply_to) == ("register", "sekretar", "<m@x>")
    assert notice.words == {"title": "Реестр счетов", "days": "17.11.2026–23.11.2026", "count": "1 запись"}
    assert [file.name for file in notice.enclosed] == ["Реестр счетов 17.11.2026–23.11.2026.xlsx"]
    assert [row[0] for row in await desk.sheet(notice)] == ["№ заявки", case.number]


async def test_others_get_only_the_cases_they_take_part_in(desk: Desk) -> None:
    await desk.asks(FRIDAY)
    own = await desk.asks(FRIDAY, by="s.orlov", amount="900000")
    shown = {}
    for person in ("buh", "director", "o.smirnova", "s.orlov", "p.petrov", "j.smith"):
        notice = await desk.command("Реестр", person)
        shown[person] = (len(await desk.sheet(notice)) - 1, notice.words.get("own", ""))
    assert shown == {
        "buh": (2, ""),
        "director": (2, ""),
        "o.smirnova": (2, ""),
        "s.orlov": (1, "yes"),
        "p.petrov": (2, "yes"),
        "j.smith": (0, "yes"),
    }
    assert (await desk.sheet(await desk.command("Реестр", "s.orlov")))[1][0] == own.number


async def test_a_day_is_the_office_s_own(desk: Desk) -> None:
    await desk.asks(datetime(2026, 11, 22, 20, 59, tzinfo=UTC), counterparty="ООО «Вчера»")
    today = await desk.asks(datetime(2026, 11, 22, 21, 0, tzinfo=UTC))
    rows = await desk.sheet(await desk.command("register invoices day"))
    assert [row[0] for row in rows[1:]] == [today.number]


async def test_a_case_of_an_earlier_week_that_only_moved_now_is_not_in_this_week_s_register(desk: Desk) -> None:
    case = await desk.asks(MORNING - timedelta(days=14))
    proof = Story(desk.office).proof("i.kuznetsov")
    event = CommandReceived("w", FRIDAY, case.id, "i.kuznetsov", proof, "withdraw")
    await advance(event, desk.store, desk.office, FRIDAY)
    assert len(await desk.sheet(await desk.command("Реестр счетов за неделю"))) == 1


async def test_a_register_there_is_not_is_answered_with_those_there_are(desk: Desk) -> None:
    notice = await desk.command("Реестр договоров", "i.kuznetsov")
    assert notice.words["unknown"] == "договоров"
    assert (notice.rows, notice.enclosed) == ((("Реестр счетов",),), ())
    assert (await desk.command("Журнал входящих")).enclosed == ()
    office_letters = Letters([HERE.parent / "templates" / "mail"])
    done = await advance(notice, desk.store, desk.office, MORNING)
    assert isinstance(done, Committed)
    [letter] = await desk.letters("register")
    text = office_letters.render(letter_view(letter, None, OFFICE, Ways(), MORNING)).text
    assert "«договоров»" in text
    assert "Реестр счетов" in text


async def test_a_foreigner_gets_the_register_in_his_language(desk: Desk) -> None:
    await desk.asks(FRIDAY, by="j.smith")
    notice = await desk.command("Register of invoices for the week", "j.smith")
    assert notice.words["title"] == "Register of invoices"
    assert notice.words["count"] == "1 entry"
    assert (await desk.sheet(notice))[0][0] == "Request No."


async def test_the_same_register_asked_for_twice_on_one_day_is_one_file(desk: Desk) -> None:
    await desk.asks(FRIDAY)
    first, second = (
        await desk.command("Реестр счетов"),
        await desk.command("Реестр счетов", now=MORNING.replace(hour=17)),
    )
    assert first.enclosed == second.enclosed


# The setting


def settings_of(tmp_path: Path, section: str) -> time | None:
    toml = (
        '[mailbox]\naddress = "docs@neon.example"\nhost = "h"\nuser = "u"\npassword = {env = "X"}\n[smtp]\nhost = "h"\n'
    )
    (tmp_path / "mailflow.toml").write_text(toml + section, encoding="utf-8")
    return read_settings(tmp_path).digest.at


def test_the_digest_is_set_to_half_past_eight_and_can_be_moved_or_switched_off(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "") == time(8, 30)
    assert settings_of(tmp_path, '[digest]\nat = "07:45"\n') == time(7, 45)
    assert settings_of(tmp_path, "[digest]\nat = 09:15:00\n") == time(9, 15)
    assert settings_of(tmp_path, '[digest]\nat = "off"\n') is None
    for wrong in ('"08:30Z"', '"half past"'):
        with pytest.raises(SettingsError, match="digest"):
            settings_of(tmp_path, f"[digest]\nat = {wrong}\n")
