"""Reports: counted from plain facts, read from both databases, seen by those who may, by mail and every month."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.answers import Answer
from mailflow.core.case_query import Filters
from mailflow.core.report_query import month_before, read_report_command, report_query
from mailflow.core.reports import Gathered, PaidFact, TaskFact, percentile, report
from mailflow.core.sight import sight_of
from mailflow.edges.store import Store
from mailflow.reporting import gathered, send_reports
from tests import servers
from tests.office_life import DIRECTOR, IVAN, Life, living
from tests.offices import MONDAY, neon
from tests.test_cabinet import person
from tests.web_site import Site, served

NOON = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 16)
WHOEVER = Filters()


def task(person: str, waited: float, stage: str = "finance", due: float | None = None, done: bool = True) -> TaskFact:
    opened = NOON - timedelta(hours=waited)
    return TaskFact(
        "invoice", stage, person, opened, opened + timedelta(hours=due) if due else None, NOON if done else None
    )


def test_the_slowest_stage_stands_first_with_its_median_and_what_nine_of_ten_stay_under() -> None:
    tasks = [task("o.smirnova", hours) for hours in range(1, 11)] + [task("buh", 100, "payment", due=8, done=False)]
    stages, people, *_ = report(Gathered(tuple(tasks), ()), neon(), "ru", NOON)
    assert [row[1:] for row in stages.rows] == [
        (1, 1, 1, Decimal(100), Decimal(100)),
        (10, 0, 0, Decimal(5), Decimal(9)),
    ]
    assert [row[0] for row in people.rows][1] == "Смирнова О.Н."
    assert stages.bars[0].said == "100 ч, 90 % до 100 ч"
    half = report(Gathered((task("buh", 2.5),), ()), neon(), "ru", NOON)[0]
    assert half.bars[0].said == "2,5 ч, 90 % до 2,5 ч"


def test_payments_are_added_up_by_item_contractor_and_department_each_currency_apart() -> None:
    paid = (
        PaidFact("Реклама", "ООО «Ромашка»", "i.kuznetsov", 100_00, "RUB"),
        PaidFact("Реклама", "АО «Свет»", "i.kuznetsov", 50_50, "RUB"),
        PaidFact("", "", "nobody", 7_00, "USD"),
    )
    *_, items, contractors, departments = report(Gathered((), paid), neon(), "ru", NOON)
    assert items.rows == (("Реклама", 2, Decimal("150.50"), "RUB"), ("не указано", 1, Decimal("7.00"), "USD"))
    assert [row[0] for row in contractors.rows] == ["ООО «Ромашка»", "АО «Свет»", "не указано"]
    assert departments.rows[0][2] == Decimal("150.50")
    assert items.bars == (), "sums of two currencies have no common length"


@given(st.lists(st.floats(0, 1e9), min_size=1), st.sampled_from([0.5, 0.9]))
def test_a_percentile_is_one_of_the_values_and_leaves_its_share_below(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) <= share * len(values)


@pytest.mark.parametrize(
    ("text", "filters", "habit", "unknown"),
    [
        ("Отчёт", Filters(), "", ""),
        ("Отчёт за прошлый месяц", Filters("2026-10-01", "2026-10-31"), "", ""),
        ("Отчёт по Петрову П.П. за неделю", Filters("2026-11-10", "2026-11-16", person="p.petrov"), "", ""),
        ("Report last month, please", Filters("2026-10-01", "2026-10-31"), "", ""),
        ("Отчёт ежемесячно", Filters(), "monthly", ""),
        ("Report monthly", Filters(), "monthly", ""),
        ("Отчёт отключить", Filters(), "off", ""),
        ("Отчёт о командировке", Filters(), "", "командировке"),
    ],
)
def test_what_a_report_is_about_is_read_from_a_mail(text: str, filters: Filters, habit: str, unknown: str) -> None:
    asked = read_report_command(text, neon(), TODAY)
    assert (asked.filters, asked.habit, asked.unknown) == (filters, habit, unknown)


def test_a_department_is_named_by_its_title_and_days_that_are_none_are_said() -> None:
    office = neon()
    key, department = next(iter(office.directory.departments.items()))
    assert read_report_command(f"Отчёт {department.title}", office, TODAY).filters.department == key
    _, wrong = report_query(Filters("вчерашний", "30.02.2026"), sight_of("director", office, MONDAY), office, TODAY)
    assert wrong == ("until", "since")


def test_a_report_is_about_those_one_may_see_whoever_is_asked_for() -> None:
    office = neon()

    def people(who: str, filters: Filters = WHOEVER) -> tuple[str, ...] | None:
        return report_query(filters, sight_of(who, office, MONDAY), office, TODAY)[0].people

    assert people("director") is None
    assert people("s.orlov") == ("s.orlov",)
    assert people("s.orlov", Filters(person="p.petrov")) == ()
    assert set(people("p.petrov") or ()) > {"p.petrov", "i.kuznetsov"}
    assert people("director", Filters(person="p.petrov")) == ("p.petrov",)
    assert month_before(date(2026, 1, 12)) == Filters("2025-12-01", "2025-12-31")


@pytest.fixture(scope="module")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgres() as running:
        yield running


async def _paid_one(site: Site) -> None:
    case = await site.request()
    site.later(hours=3)
    await site.reply(case.id, "p.petrov", Answer.APPROVE)
    site.later(hours=5)
    await site.reply(case.id, "o.smirnova", Answer.APPROVE)
    await site.deliver()
    site.later(hours=1)
    await site.reply(case.id, "buh", Answer.PAID, "п/п 1 от 16.11.2026")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_both_databases_give_the_same_facts(tmp_path: Path, kind: str, postgres: servers.Postgres) -> None:
    store = await Store.open(postgres.fresh() if kind == "postgres" else f"sqlite://{tmp_path}/m.db", "neon.example")
    try:
        site = Site(store, tmp_path)
        await _paid_one(site)
        await site.request("j.smith")

        async def found(who: str) -> Gathered:
            sight = sight_of(who, site.office, site.now)
            return await gathered(report_query(Filters(), sight, site.office, TODAY)[0], store)

        whole = await found("director")
        waited = {t.principal: t.decided_at - t.opened_at for t in whole.tasks if t.decided_at is not None}
        assert waited["p.petrov"] == timedelta(hours=3)
        assert waited["o.smirnova"] == timedelta(hours=5)
        assert [t.principal for t in whole.tasks if t.decided_at is None].count("p.petrov") == 1
        assert whole.paid == (PaidFact("Реклама", "ООО «Ромашка»", "i.kuznetsov", 12_000_050, "RUB"),)
        assert {t.principal for t in (await found("o.smirnova")).tasks} == {"o.smirnova"}
        assert (await found("s.orlov")) == Gathered((), ())
        assert (await found("buh")).paid == whole.paid
    finally:
        await store.close()


async def test_the_page_and_its_files_say_the_same(tmp_path: Path) -> None:
    async with served(tmp_path) as site:
        await _paid_one(site)
        director, orlov = await person(site, "director"), await person(site, "s.orlov")
        page = await director.get("/reports")
        for said in ("Время по этапам", "Смирнова О.Н.", "<svg", "Реклама", "120\u00a0000,50", "5,0"):
            assert said in page.text
        assert "style=" not in page.text
        book = openpyxl.load_workbook(io.BytesIO((await director.get("/reports/xlsx")).body))
        assert book.sheetnames[:2] == ["Время по этапам", "Время по людям"]
        assert ("Реклама", 1, 120000.5, "RUB") in list(book["Оплачено по статьям ДДС"].values)
        assert "Реклама;1;120000,50;RUB" in (await director.get("/reports/csv")).text
        assert "ничего не нашлось" in (await orlov.get("/reports")).text
        assert (await director.get("/reports/pdf")).status == 404
        wrong = await director.get("/reports?since=%D0%B0&person=x&department=%00")
        assert wrong.status == 200
        assert "Не прочитано" in wrong.text


async def test_the_report_of_a_month_goes_once_to_whoever_wants_it(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await _asked_by_mail(life)
        store, app = life.app.store, life.app
        morning = datetime(2027, 1, 11, 7, 0, tzinfo=UTC)
        assert await send_reports(app.desk, morning, time(8, 30)) == 1
        assert await send_reports(app.desk, morning + timedelta(hours=1), time(8, 30)) == 0
        assert await send_reports(app.desk, morning + timedelta(days=31), time(8, 30)) == 1
        await life.writes(DIRECTOR, "Отчёт отключить")
        assert await send_reports(app.desk, morning + timedelta(days=62), time(8, 30)) == 0
        assert await store.happened("report/2027-01/director")


async def _asked_by_mail(life: Life) -> None:
    await life.asks()
    await life.writes(DIRECTOR, "Отчёт")
    answer = await life.last(DIRECTOR)
    assert "заданий 1" in answer.text
    assert "Счёт" in answer.text
    await life.writes(IVAN, "Отчёт о командировке")
    assert "командировке" in (await life.last(IVAN)).text
    await life.forged(DIRECTOR, "Отчёт ежемесячно")
    await life.writes(DIRECTOR, "Отчёт ежемесячно")
    assert "каждого месяца" in (await life.last(DIRECTOR)).text
