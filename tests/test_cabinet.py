"""The rooms of those who have signed in, over the wire: tasks, cases, registers, boards, the mail that waits."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import openpyxl
import pytest

from mailflow.advance import advance
from mailflow.core.answers import Answer
from mailflow.core.case import Case
from mailflow.core.case_query import CaseQuery, Filters, query_of
from mailflow.core.events import TimerDue
from mailflow.core.memory import About
from mailflow.core.sight import sees, sight_of
from mailflow.edges.web_rooms import SESSION
from tests.offices import HERE, invoice_process, neon, shipped_process
from tests.web_site import NOON, Answered, Site, served


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    office = neon(None, *(shipped_process(name) for name in ("invoice", "incoming")))
    async with served(tmp_path, office=office) as running:
        yield running


class Person:
    """Somebody who has signed in, and what his browser does."""

    def __init__(self, site: Site, cookie: str) -> None:
        self._site = site
        self._kept = f"{SESSION}={cookie}"

    async def get(self, path: str) -> Answered:
        return await self._site.get(path, Cookie=self._kept)

    async def post(self, path: str, form: dict[str, str]) -> Answered:
        return await self._site.post_form(path, form, Cookie=self._kept)


async def person(site: Site, who: str) -> Person:
    return Person(site, await site.sign_in(who))


# --- my tasks


async def test_everything_that_waits_for_me_stands_there_and_is_decided_there(site: Site) -> None:
    case = await site.request()
    petrov = await person(site, "p.petrov")
    home = await petrov.get("/")
    [task] = set(re.findall(rf'"(/cases/{case.id}/task/\d+)"', home.text))
    page = await petrov.get(task)
    assert 'name="code"' not in page.text
    done = await petrov.post(task, {"nonce": page.nonce, "choice": "approve"})
    assert done.title == "Записано: согласовано"
    decision = (await site.case(case.id)).assignments[0].decision
    assert decision is not None
    assert (decision.by, decision.channel, decision.proof) == ("p.petrov", "link", "signed in")
    assert case.number not in (await petrov.get("/")).text


async def test_a_decision_counts_only_for_the_card_that_was_shown(site: Site) -> None:
    case = await site.request()
    petrov = await person(site, "p.petrov")
    task = f"/cases/{case.id}/task/1"
    page = await petrov.get(task)
    nonce = page.nonce
    await site.reply(case.id, "p.petrov", Answer.REWORK, "сумма не та")
    again = await petrov.post(task, {"nonce": nonce, "choice": "approve"})
    assert again.title.startswith("Ваш ответ уже записан")
    assert [a.decision.answer for a in (await site.case(case.id)).assignments if a.decision] == [Answer.REWORK]


async def test_a_nonce_of_another_task_decides_nothing(site: Site) -> None:
    first, second = await site.request(), await site.request(invoice_number="58")
    petrov = await person(site, "p.petrov")
    nonce = (await petrov.get(f"/cases/{first.id}/task/1")).nonce
    refused = await petrov.post(f"/cases/{second.id}/task/1", {"nonce": nonce, "choice": "approve"})
    assert refused.status == 422
    assert (await site.case(second.id)).assignments[0].decision is None


async def test_whoever_may_see_a_case_may_not_decide_for_another(site: Site) -> None:
    case = await site.request()
    director = await person(site, "director")
    page = await director.get(f"/cases/{case.id}/task/1")
    assert page.status == 403
    assert 'name="choice"' not in page.text
    pressed = await director.post(f"/cases/{case.id}/task/1", {"nonce": "1.0", "choice": "approve"})
    assert pressed.status == 403
    assert (await site.case(case.id)).assignments[0].decision is None


# --- one case


async def test_the_page_of_a_case_tells_everything_but_opens_nobody_elses_link(site: Site) -> None:
    case = await site.request()
    link = site.asked("p.petrov")
    await site.mail(case.id, quoted=f"\n16.11.2026 Документы:\n> http://docs/d/{link.token}\n> {link.code}")
    kuznetsov = await person(site, "i.kuznetsov")
    page = await kuznetsov.get(f"/cases/{case.id}")
    for fact in (case.number, "ООО «Ромашка»", "Петров П.П.", "Счёт 57.pdf", "заявка принята", "История"):
        assert fact in page.text
    [mail] = re.findall(rf'"(/cases/{case.id}/mail/\d+)"', page.text)
    shown = await kuznetsov.get(mail)
    assert "Когда будет готово?" in shown.text
    for text in (page.text, shown.text):
        assert link.token not in text


async def test_files_are_saved_and_never_opened_in_place(site: Site) -> None:
    case = await site.request()
    mail = await site.mail(case.id)
    kuznetsov = await person(site, "i.kuznetsov")
    for path in (f"/cases/{case.id}/file/1", f"/cases/{case.id}/mail/{mail}/file/1"):
        file = await kuznetsov.get(path)
        assert file.status == 200
        assert file.headers["content-disposition"].startswith("attachment;")
        assert file.headers["x-content-type-options"] == "nosniff"
    for path in (f"/cases/{case.id}/file/2", f"/cases/{case.id}/file/0", f"/cases/{case.id}/mail/{mail}/file/9"):
        assert (await kuznetsov.get(path)).status == 404


async def test_what_is_written_on_the_page_goes_by_mail_to_whom_the_case_waits_for(site: Site) -> None:
    case = await site.request()
    kuznetsov = await person(site, "i.kuznetsov")
    page = await kuznetsov.get(f"/cases/{case.id}")
    form = {"nonce": page.nonce, "comment": "Поставщик ждёт до среды <b>!"}
    told = await kuznetsov.post(f"/cases/{case.id}/say", form)
    assert "Отправлено письмом" in told.text
    await kuznetsov.post(f"/cases/{case.id}/say", form)
    await site.deliver()
    said = [letter for letter in site.letters("p.petrov") if "Поставщик ждёт до среды" in letter.text]
    assert len(said) == 1
    assert (await site.case(case.id)).assignments[0].decision is None


async def test_a_written_yes_is_no_decision(site: Site) -> None:
    case = await site.request()
    petrov = await person(site, "p.petrov")
    page = await petrov.get(f"/cases/{case.id}")
    await petrov.post(f"/cases/{case.id}/say", {"nonce": page.nonce, "comment": "Согласовано"})
    assert (await site.case(case.id)).assignments[0].decision is None


async def test_what_is_not_mine_looks_like_what_does_not_exist(site: Site) -> None:
    case = await site.request()
    orlov = await person(site, "s.orlov")
    mine, nowhere = await orlov.get(f"/cases/{case.id}"), await orlov.get(f"/cases/{'0' * 32}")
    assert (mine.status, mine.body) == (nowhere.status, nowhere.body) == (404, nowhere.body)


# --- registers


async def many(site: Site) -> None:
    names = ("ООО «Ромашка»", "АО «Мосводоканал»", '=HYPERLINK("http://evil.example")')
    for n in range(7):
        site.later(hours=5)
        by = "i.kuznetsov" if n % 2 else "j.smith"
        amount = f"{1000 * (n + 1)}.50"
        case = await site.request(by, counterparty=names[n % 3], amount=amount, invoice_number=str(n))
        if n % 3 == 0:
            await site.reply(case.id, "p.petrov", Answer.APPROVE)


def numbers(page: Answered) -> list[str]:
    return re.findall(r"СЧ-2026-\d{4}(?=</a></th>)", page.text)


async def test_a_register_shows_filters_and_adds_up_what_one_may_see(site: Site) -> None:
    await many(site)
    kuznetsov, director = await person(site, "i.kuznetsov"), await person(site, "director")
    whole = await director.get("/registers/payments")
    assert len(numbers(whole)) == 7
    assert "28\u00a0003,50\u00a0₽" in whole.text
    own = await kuznetsov.get("/registers/payments")
    assert len(numbers(own)) == 3
    assert "12\u00a0001,50\u00a0₽" in own.text
    for query, count in {
        "least=3000&most=5000,50": 3, "counterparty=ромашка": 3, "text=водоканал": 2, "state=done": 0,
        "person=j.smith": 4, "department=marketing": 7, "since=2026-11-17": 5, "until=16.11.2026": 2, "text=%25": 0,
    }.items():  # fmt: skip
        assert len(numbers(await director.get(f"/registers/payments?{quote(query, safe='=&%')}"))) == count, query
    wrong = await director.get("/registers/payments?" + urlencode({"since": "вчерашним", "least": "много"}))
    assert "Не прочитано" in wrong.text
    assert len(numbers(wrong)) == 7


async def test_pages_follow_each_other_without_gaps_or_repeats(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailflow.cabinet.PAGE", 3)
    await many(site)
    director = await person(site, "director")
    path, seen = "/registers/payments?state=open", list[str]()
    for _ in range(3):
        page = await director.get(path)
        seen += numbers(page)
        found = re.search(r'rel="next" href="([^"]+)"', page.text)
        path = found[1].replace("&amp;", "&") if found else ""
    assert path == ""
    assert seen == [f"СЧ-2026-{n:04}" for n in range(7, 0, -1)]


async def test_the_files_hold_exactly_what_is_shown_and_no_formula(site: Site) -> None:
    await many(site)
    director = await person(site, "director")
    page = await director.get("/registers/payments?most=3500")
    csv = await director.get("/registers/payments/csv?most=3500")
    lines = csv.body.decode("utf-8-sig").splitlines()
    assert [line.partition(";")[0] for line in lines[1:]] == numbers(page)
    assert not [cell for line in lines for cell in line.split(";") if cell.strip('"').startswith(("=", "+", "-", "@"))]
    book = openpyxl.load_workbook(io.BytesIO((await director.get("/registers/payments/xlsx?most=3500")).body))
    rows = list(book.active.iter_rows())
    assert [row[0].value for row in rows[1:]] == numbers(page)
    assert all(cell.data_type != "f" for row in rows for cell in row)


async def test_a_list_finds_exactly_the_cases_the_rule_lets_one_see(database_url: str, tmp_path: Path) -> None:
    async with served(tmp_path, database_url) as site:
        await many(site)
        moment = site.now + timedelta(days=5)
        for person_ in site.office.directory.people:
            sight = sight_of(person_, site.office, moment)
            everything = await site.store.case_page(CaseQuery(sight_of("director", site.office, moment), ("invoice",)))
            found = await site.store.case_page(CaseQuery(sight, ("invoice",)))
            assert [case.id for case in found] == [case.id for case in everything if sees(sight, case)], person_
            totals = await site.store.case_totals(CaseQuery(sight, ("invoice",)))
            assert (sum(t.count for t in totals.by_currency), totals.all) == (len(found), True)
            assert await site.store.whole_totals(CaseQuery(sight, ("invoice",))) == list(totals.by_currency)


@pytest.mark.parametrize(
    "after", ["x~y", "2026-11-16~ab", "0001-01-01T00:00:00+14:00~ab", "9999-12-31T23:59:59-14:00~ab"]
)
def test_filters_that_cannot_be_read_are_named_and_left_out(after: str) -> None:
    office = neon()
    sight = sight_of("director", office, NOON)
    filters = Filters(since="32.13.2026", least="1e9999", most="NaN", after=after, text="a" * 150)
    query, wrong = query_of(filters, sight, ("invoice",), office, NOON.date(), 50)
    assert set(wrong) == {"since", "least", "most", "after"}
    assert (query.since, query.least, query.most, query.after) == (None, None, None, None)


# --- the board and the mail that waits


async def test_the_board_shows_each_open_case_at_its_stage_and_what_is_late(site: Site) -> None:
    await many(site)
    site.later(days=5)
    page = await (await person(site, "director")).get("/boards/invoice")
    columns = re.split(r"<section", page.text)[1:]
    assert [len(re.findall("СЧ-2026", column)) for column in columns[:2]] == [4, 3]
    assert page.text.count("срок прошёл") == 7
    assert len(re.findall("СЧ-2026", (await (await person(site, "j.smith")).get("/boards/invoice")).text)) == 4


async def test_a_strangers_letter_is_registered_by_one_press_as_by_one_word(site: Site) -> None:
    await site.stray()
    secretary = await person(site, "sekretar")
    page = await secretary.get("/post")
    assert "О начислениях" in page.text
    [path] = re.findall(r'action="(/post/\d+/register)"', page.text)
    done = await secretary.post(path, {"nonce": page.nonce})
    assert "Зарегистрировано" in done.text
    [case] = await site.store.cases(process="incoming")
    assert case.subject == "О начислениях"
    assert (await secretary.post(path, {"nonce": page.nonce})).status == 404
    assert len(await site.store.cases(process="incoming")) == 1
    assert "Разбирать нечего" in (await secretary.get("/post")).text


async def test_the_html_of_a_mail_keeps_its_words_and_nothing_that_acts(site: Site) -> None:
    await site.stray(
        "<h1>Акт</h1><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)><a href='javascript:1'>да"
        "</a><svg><style><img src=x onerror=alert(3)></style></svg><form action=http://evil.example><input></form>"
        "<p style='background:url(http://evil.example)' onclick=x>текст</p>"
    )
    page = await (await person(site, "sekretar")).get("/post")
    [frame] = re.findall(r'<iframe sandbox title="[^"]+" srcdoc="([^"]*)"', page.text)
    assert "Акт" in frame
    assert "текст" in frame
    for bad in ("script", "img", "href", "svg", "style", "form", "onclick", "evil", "alert"):
        assert bad not in frame


async def test_whoever_is_told_of_silence_finds_the_case_on_his_pages_while_it_lasts(tmp_path: Path) -> None:
    text = (HERE.parent / "rules" / "invoice.yaml").read_text(encoding="utf-8")
    text = text.replace("escalate_to: manager", "escalate_to: person s.orlov", 1)
    async with served(tmp_path, office=neon(None, invoice_process(text=text))) as site:
        case = await site.request()
        task = case.open_assignments[0]
        assert task.silent_at is not None
        orlov = await person(site, "s.orlov")
        assert await sees_it(orlov, case) == (False, False)
        site.now = task.silent_at
        rung = TimerDue("rung", site.now, case.id, task.id, "escalate")
        await advance(rung, site.store, site.office, site.now)
        assert await sees_it(orlov, case) == (True, True)
        await site.reply(case.id, "p.petrov", Answer.APPROVE)
        assert await sees_it(orlov, case) == (False, False)
        assert await site.store.facts("2026-12-31", [About("told", "s.orlov")]) == ()


async def sees_it(who: Person, case: Case) -> tuple[bool, bool]:
    """Whether the page of the case opens, and whether the register lists it."""
    opened = await who.get(f"/cases/{case.id}")
    return opened.status == 200, case.number in (await who.get("/registers/payments")).text


async def test_a_look_that_ends_before_the_list_does_goes_on_from_there_and_says_what_it_counted(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many(site)
    monkeypatch.setattr("mailflow.edges.store.case_lists.WINDOW", 3)
    monkeypatch.setattr("mailflow.edges.store.case_lists.FEW", 1)
    director, kuznetsov = await person(site, "director"), await person(site, "i.kuznetsov")
    page = await director.get("/registers/payments?" + urlencode({"counterparty": "водоканал"}))
    assert "Среди последних 2\u00a0000" in page.text or "Среди последних 2 000" in page.text
    seen, looks = numbers(page), 1
    while onward := re.search(r'rel="next" href="([^"]+)"', page.text):
        page = await director.get(onward[1].replace("&amp;", "&"))
        seen, looks = [*seen, *numbers(page)], looks + 1
    assert seen == ["СЧ-2026-0005", "СЧ-2026-0002"]
    assert looks > 1
    for who in (director, kuznetsov):
        assert (await who.get("/registers/payments/csv")).status == 200
    for name in ("director", "i.kuznetsov", "buh"):
        sight = sight_of(name, site.office, site.now)
        found = await site.store.case_page(CaseQuery(sight, ("invoice", "incoming")))
        everything = await site.store.case_page(CaseQuery(sight_of("director", site.office, site.now), ("invoice",)))
        assert [case.id for case in found] == [case.id for case in everything if sees(sight, case)], name
