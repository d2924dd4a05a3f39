"""Looking for cases: on both databases, on the page and by mail, only what one may see, and gone once forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from mailflow.core.answers import Answer
from mailflow.core.forgetting import of_case
from mailflow.core.search_words import asked_words
from mailflow.core.searching import FoundView, Question
from mailflow.core.sight import sight_of
from mailflow.edges.store import Store
from mailflow.edges.store.erasing import Erasure
from mailflow.indexing import index_waiting
from mailflow.seeking import seek
from tests import servers
from tests.office_life import IVAN, JOHN, NUMBER, Life, living
from tests.test_cabinet import person
from tests.web_site import Site, served

CANARY = "Канареечникова"


@pytest.fixture(scope="module")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
async def site(tmp_path: Path, request: pytest.FixtureRequest, postgres: servers.Postgres) -> AsyncIterator[Site]:
    url = postgres.fresh() if request.param == "postgres" else f"sqlite://{tmp_path}/mailflow.db"
    store = await Store.open(url, "neon.example")
    try:
        yield Site(store, tmp_path)
    finally:
        await store.close()


async def look(site: Site, who: str, text: str, after: str = "", limit: int = 20) -> FoundView:
    sight = sight_of(who, site.office, site.now)
    return await seek(text, after, sight, site.office, site.desk, "ru", limit)


async def numbers(site: Site, who: str, text: str) -> list[str]:
    return [line.number for line in (await look(site, who, text)).lines]


async def test_cases_are_found_by_their_cards_mails_and_files_and_by_those_who_see_them(site: Site) -> None:
    first = await site.request(counterparty="АО «Мосводоканал»")
    second = await site.request("j.smith", counterparty="ООО «Ромашка»", invoice_number="77")
    await site.mail(first.id, "Водомеры поверены, акты приложены")
    await site.reply(second.id, "p.petrov", Answer.APPROVE, "Закажите у них ещё баннеров")
    assert await index_waiting(site.desk) == 2
    assert await index_waiting(site.desk) == 0
    for text, found in {
        "мосводоканала": [first.number],
        "водомер акта": [first.number],
        "заказать баннеры": [second.number],
        "ромашкой": [second.number],
        first.number: [first.number],
        "СЧ-2": [second.number],
        "счета": [second.number, first.number],
        "Счет 57.pdf": [second.number, first.number],
        "водомер ромашка": [],
    }.items():
        assert await numbers(site, "director", text) == found, text
    assert await numbers(site, "i.kuznetsov", "счет") == [first.number]
    assert await numbers(site, "j.smith", "счет") == [second.number]
    assert await numbers(site, "s.orlov", "счет") == []
    assert await numbers(site, "s.orlov", first.number) == []
    assert await numbers(site, "buh", "счет") == []


async def test_pages_of_answers_go_on_where_the_last_ended(site: Site) -> None:
    filed = []
    for n in range(7):
        site.later(hours=1)
        filed.append((await site.request(invoice_number=str(n))).number)
    await index_waiting(site.desk)
    seen, after = [], ""
    while True:
        view = await look(site, "director", "счёт", after, 3)
        seen += [line.number for line in view.lines]
        if not (after := view.next):
            break
    assert seen == filed[::-1]


async def test_what_moved_is_found_by_what_it_says_now_and_no_longer_by_what_it_said(site: Site) -> None:
    case = await site.request()
    await index_waiting(site.desk)
    assert await numbers(site, "o.smirnova", "ромашка") == []
    await site.reply(case.id, "p.petrov", Answer.APPROVE)
    assert [case_id for case_id, _ in await site.store.unindexed(10)] == [case.id]
    await index_waiting(site.desk)
    assert await numbers(site, "o.smirnova", "ромашка") == [case.number]


async def test_a_case_that_moves_while_it_is_indexed_is_indexed_again(site: Site) -> None:
    case = await site.request()
    [(_, mark)] = await site.store.unindexed(10)
    await site.reply(case.id, "p.petrov", Answer.APPROVE)
    await site.store.keep_index(case.id, mark, case.opened_at, [], "старое")
    assert len(await site.store.unindexed(10)) == 1


async def test_cases_of_the_same_moment_are_all_found(site: Site) -> None:
    cases = [await site.request(invoice_number=str(n)) for n in range(5)]
    await index_waiting(site.desk)
    assert sorted(await numbers(site, "director", "счет")) == sorted(case.number for case in cases)


async def test_what_is_forgotten_is_found_no_more(site: Site) -> None:
    case = await site.request(counterparty=f"ООО «{CANARY}»")
    await site.mail(case.id, f"{CANARY} просит ответить")
    await site.reply(case.id, "p.petrov", Answer.REJECT, "Нет")
    await index_waiting(site.desk)
    assert await numbers(site, "director", CANARY) == [case.number]
    await site.store.erase(Erasure(of_case(case.id), case.id, case.number, "erased/1", site.now, "r", "why"))
    question = Question(asked_words(CANARY), sight_of("director", site.office, site.now))
    assert await site.store.found(question) == []
    assert await site.store.passages([case.id]) == []
    await index_waiting(site.desk)
    assert await site.store.found(question) == []
    assert await numbers(site, "director", case.number) == [case.number]


TYPED = ('" OR 1', "а" * 5000, "NEAR(a b)", "words:счет", "счет*", "'; --", "\x00🙂²³¹")


async def test_whatever_is_typed_is_looked_for_and_nothing_else(site: Site) -> None:
    for text in TYPED:
        assert (await look(site, "director", text)).lines == ()


async def test_the_page_shows_the_place_and_nothing_to_those_it_is_not_for(tmp_path: Path) -> None:
    async with served(tmp_path) as site:
        case = await site.request(counterparty="ООО «Ромашка» <b>")
        await site.mail(case.id, "Просим ускорить поставку")
        await index_waiting(site.desk)
        ivan, orlov = await person(site, "i.kuznetsov"), await person(site, "s.orlov")
        page = await ivan.get("/search?" + urlencode({"q": "поставки"}))
        assert case.number in page.text
        assert "<mark>поставку</mark>" in page.text
        assert "&lt;b&gt;" in (await ivan.get("/search?" + urlencode({"q": "ромашка"}))).text
        assert "Ничего не нашлось" in (await orlov.get("/search?" + urlencode({"q": "поставки"}))).text
        assert (await ivan.get("/search?after=x&q=%00")).status == 200
        link = site.asked("p.petrov")
        await site.mail(case.id, f"Вот ссылка {link.token} и снова поставка")
        await index_waiting(site.desk)
        assert link.token not in site.dump()
        assert link.token not in (await ivan.get("/search?" + urlencode({"q": "снова ссылка"}))).text


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with living(tmp_path) as office:
        yield office


async def test_by_mail_the_same_is_found(life: Life) -> None:
    await life.asks()
    await life.writes(IVAN, "Найти ромашку баннеры")
    answer = await life.last(IVAN)
    assert answer.subject.endswith("Найдено: ромашку баннеры")
    assert NUMBER in answer.text
    assert "ООО «Ромашка»" in answer.text
    await life.writes(JOHN, "Find ромашка")
    assert NUMBER not in (await life.last(JOHN)).text
    assert "none says" in (await life.last(JOHN)).text
    await life.writes(JOHN, "Find")
    assert "did not write what to look for" in (await life.last(JOHN)).text
