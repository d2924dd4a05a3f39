"""A case goes on by the rules it began under; a file changed or taken away touches no case under way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailflow.app import shipped
from mailflow.cli import main
from mailflow.core.answers import Answer
from mailflow.core.case import Case
from mailflow.core.events import RulesUpgraded
from mailflow.core.journal import replay
from mailflow.core.kept_rules import KeptRules
from mailflow.core.office import Office
from mailflow.core.pages import Form, Recorded
from mailflow.core.rules import read_process
from mailflow.core.upgrading import hindrance
from mailflow.rulekeeping import cases_behind, kept_rules, take_rules, upgrade
from mailflow.stories.expecting import as_read
from mailflow.stories.office import StoryOffice, Workshop, story_office
from mailflow.stories.postbag import Draft
from tests.offices import HERE, MONDAY, Story, directory, invoice_process, neon, waits_on

TEXT = (HERE.parent / "rules" / "invoice.yaml").read_text(encoding="utf-8")
WITHOUT_FINANCE = TEXT[: TEXT.index("  - finance:")] + TEXT[TEXT.index("  - payment:") :]
ORDER = """Подрядчик: ООО «Ромашка»
Сумма: 120 000,50
Статья: Реклама
В бюджете: да
Оплатить до: 30.11.2026
"""


def under(text: str, *kept: str) -> Office:
    """The office whose rules say this today and said those before."""
    versions = {read_process(old, "old", None).version: old for old in kept}
    return replace(neon(None, invoice_process(text=text)), kept=KeptRules(versions))


@pytest.fixture
async def office() -> AsyncIterator[StoryOffice]:
    async with Workshop.opened([shipped("templates")]) as shop:
        opened = await story_office(under(TEXT), shop, "docs@neon.example", MONDAY)
        await take_rules(opened.store, opened.office, MONDAY)
        await opened.mail(Draft("i.kuznetsov@neon.example", opened.address, "Счёт", ORDER, opened.now))
        yield opened


async def only(office: StoryOffice) -> Case:
    [case] = await office.cases()
    return case


async def replies(office: StoryOffice, person: str, text: str) -> None:
    letter = next(one for one in reversed(office.sent) if one.to == person)
    office.now += timedelta(minutes=1)
    sender = office.office.directory.people[person].address
    subject = f"Re: {letter.subject}"
    await office.mail(Draft(sender, str(letter.message["Reply-To"]), subject, text, office.now, answers=letter))


def test_a_case_remembers_the_version_it_began_under() -> None:
    story = Story()
    story.request()
    assert story.it.rules == invoice_process().version
    assert len(story.it.rules) == 64


def test_a_stage_taken_out_of_the_rules_is_still_asked_in_a_case_that_began_with_it() -> None:
    story = Story()
    story.request()
    story.office = under(WITHOUT_FINANCE, TEXT)
    story.answer("p.petrov", Answer.APPROVE)
    assert waits_on(story.it) == ["o.smirnova"]


def test_a_case_whose_version_was_never_kept_goes_by_todays_rules() -> None:
    story = Story()
    story.request()
    story.office = under(WITHOUT_FINANCE)
    story.answer("p.petrov", Answer.APPROVE)
    assert waits_on(story.it) == ["buh"]


def test_a_kept_text_that_is_no_longer_understood_counts_as_not_kept() -> None:
    kept = KeptRules({"a" * 64: "process: invoice\nsorcery: true\n"})
    assert kept.get("a" * 64) is None
    assert "unknown key `sorcery`" in kept.complaint("a" * 64)
    assert kept.complaint("b" * 64) == "its rules were never kept"


async def test_a_case_is_decided_paid_and_closed_though_the_file_of_its_process_is_gone(office: StoryOffice) -> None:
    office.office = replace(office.office, rules={}, kept=await kept_rules(office.store))
    await replies(office, "p.petrov", "Согласовано")
    asked = next(one for one in reversed(office.sent) if one.to == "o.smirnova")
    assert "120 000,50" in as_read(asked.text)
    assert isinstance(await office.press(asked, Form(choice="approve"), "o.smirnova"), Recorded)
    await replies(office, "buh", "Оплачено, п/п 345 от 20.11.2026")
    await replies(office, "i.kuznetsov", "Готово")
    case = await only(office)
    assert (case.state.value, case.fields["payment_number"]) == ("done", "345")
    assert "Петров П.П." in await office.paper(case, "approval_sheet")


async def test_what_is_asked_of_the_initiator_is_read_by_the_rules_of_his_case(office: StoryOffice) -> None:
    """A field that today's rules do not have any more is still read for the case that asked for it."""
    office.office = replace(office.office, rules={}, kept=await kept_rules(office.store))
    await replies(office, "p.petrov", "На доработку: не та сумма")
    await replies(office, "i.kuznetsov", "Сумма: 130 000,00")
    assert (await only(office)).fields["amount"] == "130000.00"


async def test_a_version_comes_into_force_once_and_the_journal_says_when(office: StoryOffice) -> None:
    await take_rules(office.store, office.office, MONDAY)
    rows = [row for row in await office.store.journal("office") if row.event_type == "rules"]
    assert [row.event["text"] for row in rows] == [TEXT]
    assert rows[0].why == f"правила процесса invoice: версия {office.office.rules['invoice'].version[:8]}"


async def test_an_open_case_is_moved_to_newer_rules_and_its_journal_tells_so(office: StoryOffice) -> None:
    office.office = replace(under(WITHOUT_FINANCE), kept=await kept_rules(office.store))
    [behind] = await cases_behind(office.store, office.office)
    assert (behind.hindrance, behind.unread) == ("", "")
    await upgrade(behind, office.store, office.office, office.now)
    assert await cases_behind(office.store, office.office) == []
    await replies(office, "p.petrov", "Согласовано")
    case = await only(office)
    assert waits_on(case) == ["buh"]
    journal = await office.store.journal(case.id)
    assert f"правила версии {office.office.rules['invoice'].version[:8]}" in journal[1].why
    assert replay(journal) == case


async def test_a_case_that_stands_at_a_stage_the_new_rules_lack_stays(office: StoryOffice) -> None:
    await replies(office, "p.petrov", "Согласовано")
    office.office = replace(under(WITHOUT_FINANCE), kept=await kept_rules(office.store))
    [behind] = await cases_behind(office.store, office.office)
    assert behind.hindrance == "the new rules have no stage `finance`, where it stands"
    await upgrade(behind, office.store, office.office, office.now)
    case = await only(office)
    assert case.rules != office.office.rules["invoice"].version
    assert "прежним правилам" in (await office.store.journal(case.id))[-1].why


def test_a_case_is_not_moved_where_its_stage_asks_for_something_else_now() -> None:
    story = Story()
    story.request()
    kind = TEXT.replace("kind: approve", "kind: perform", 1)
    new = read_process(kind, "rules/invoice.yaml", directory())
    assert hindrance(story.it, new) == "the new rules ask for something else at the stage `managers`"


def test_a_closed_case_is_not_moved() -> None:
    story = Story()
    story.request()
    story.command("i.kuznetsov", "withdraw")
    assert hindrance(story.it, invoice_process()) == "the case is over"


def test_a_version_that_was_not_meant_moves_nothing() -> None:
    """The rules changed once more between the command and its commit."""
    story = Story()
    story.request()
    before = story.it.rules
    story.happens(RulesUpgraded(story.key(), story.now, story.it.id, "f" * 64))
    assert story.it.rules == before


def test_rules_upgrade_of_a_site_without_cases_says_so(tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["init", str(tmp_path / "site")])
    assert made.exit_code == 0, made.output
    settings = tmp_path / "site" / "mailflow.toml"
    (tmp_path / "site" / "mailbox.password").write_text("x", encoding="utf-8")
    said = CliRunner().invoke(main, ["rules", "upgrade", "-s", str(settings.parent)])
    assert "every open case goes by today's rules" in said.output
