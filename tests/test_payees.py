"""Whom the office pays: remembered from payments, imported, and guarded when the account changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailflow.core.answers import Answer
from mailflow.core.case import CaseState
from mailflow.core.effects import Remember
from mailflow.core.memory import Fact
from mailflow.core.payee_names import name_key
from mailflow.errors import SettingsError
from mailflow.site_lists import imported_payees
from tests.office_life import BUH, IVAN, NUMBER, OLGA, ORDER, PETROV, Life, living
from tests.offices import FULL, Story, letters, neon

INN, ACCOUNT, BIC = str(FULL["inn"]), str(FULL["account"]), str(FULL["bic"])
OTHER = "40702810400000067890"
KNOWN = {"counterparty": "ООО «Ромашка»", "inn": INN, "account": ACCOUNT, "bic": BIC}


def payee(account: str = ACCOUNT, subject: str = INN) -> Fact:
    return Fact("payee", subject, f"{account} / {BIC}", {**KNOWN, "account": account})


def knowing(*facts: Fact) -> Story:
    return Story(replace(neon(), facts=facts))


def test_the_account_the_payee_was_paid_by_before_raises_no_alarm() -> None:
    story = knowing(payee())
    story.request()
    assert story.it.stage == "managers"
    assert "account_changed" not in story.it.findings


def test_a_changed_account_stops_the_case_until_a_person_confirms_it() -> None:
    story = knowing(payee(OTHER))
    done = story.request()
    assert story.it.stage == "requisites"
    assert ("ask", "buh") in letters(done)
    assert ("ask", "p.petrov") not in letters(done)
    assert "account_changed" in story.it.findings
    story.answer("buh", Answer.APPROVE)
    assert story.it.stage == "managers"


def test_whoever_confirms_may_send_it_back() -> None:
    story = knowing(payee(OTHER))
    story.request()
    story.answer("buh", Answer.DECLINE, "получатель ничего не менял")
    assert story.it.stage == "rework"
    assert [a.principal for a in story.it.open_assignments] == ["i.kuznetsov"]


def test_the_initiator_does_not_confirm_his_own_payee() -> None:
    story = knowing(payee(OTHER))
    done = story.request(by="buh")
    assert ("ask", "buh") not in letters(done)
    assert ("ask", "sekretar") in letters(done)


def test_an_account_changed_once_more_after_it_was_confirmed_stops_again() -> None:
    story = knowing(payee(OTHER))
    story.request()
    story.answer("buh", Answer.APPROVE)
    story.answer("p.petrov", Answer.REWORK, "не та сумма")
    story.answer("i.kuznetsov", Answer.DONE, "исправил", fields={"account": "40702810700000011111"})
    assert story.it.stage == "requisites"


def test_a_trusted_sum_does_not_go_past_a_changed_account() -> None:
    story = knowing(payee(OTHER))
    story.request(by="s.orlov", amount="1000")
    assert story.it.stage == "requisites"


def test_a_new_payee_is_no_alarm_and_only_a_payment_makes_him_known() -> None:
    story = Story()
    done = story.request()
    assert [e.fact.kind for e in done.effects if isinstance(e, Remember)] == ["spent"]
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.APPROVE)
    paid = story.pays()
    kept = [e.fact for e in paid.effects if isinstance(e, Remember) and e.fact.kind == "payee"]
    assert {fact.subject for fact in kept} == {INN, name_key("ООО «Ромашка»")}
    assert kept[0].item == f"{ACCOUNT} / {BIC}"


def test_requisites_are_filled_from_the_last_payment_by_the_payees_name() -> None:
    story = knowing(payee(subject=name_key("Ромашка ООО")))
    story.request(inn=None, account=None, bic=None)
    assert (story.it.fields["account"], story.it.fields["inn"]) == (ACCOUNT, INN)
    assert "remembered" in story.it.findings


def test_the_account_paid_last_is_filled_in_whether_it_was_learnt_by_name_or_by_number() -> None:
    by_name = payee(OTHER, name_key("Ромашка"))
    story = knowing(by_name, payee())
    story.request(account=None, bic=None)
    assert story.it.fields["account"] == ACCOUNT


def test_two_firms_of_one_name_fill_nothing() -> None:
    other = Fact("payee", name_key("Ромашка"), "x", {**KNOWN, "inn": "7707083893"})
    story = knowing(payee(subject=name_key("Ромашка")), other)
    story.request(inn=None, account=None, bic=None)
    assert "account" not in story.it.fields


def test_what_is_stated_wins_over_memory() -> None:
    story = knowing(payee(OTHER, name_key("Ромашка")))
    story.request()
    assert story.it.fields["account"] == ACCOUNT


@pytest.mark.parametrize("name", ["ООО «Ромашка»", "Ромашка, ООО", 'OOO "РОМАШКА"'.replace("OOO", "ООО")])
def test_a_payee_is_the_same_in_every_spelling_of_its_form(name: str) -> None:
    assert name_key(name) == "name ромашка"


def test_an_invoice_that_has_come_before_is_named_to_those_who_decide() -> None:
    seen = Fact("invoice", f"{INN} 57 2026-11-12", "another", {"day": "2026-11-12", "by": "Орлов С.П."})
    story = knowing(seen)
    story.request(invoice_date="2026-11-12")
    assert "duplicate:2026-11-12 Орлов С.П." in story.it.findings


def test_an_invoice_whose_case_was_withdrawn_may_come_again() -> None:
    story = Story()
    story.request(invoice_date="2026-11-12")
    done = story.command("i.kuznetsov", "withdraw")
    assert story.it.state is CaseState.WITHDRAWN
    assert any(type(e).__name__ == "Forget" for e in done.effects)


# The list of the site


def listed(folder: Path, text: str, encoding: str = "utf-8") -> tuple[Fact, ...]:
    (folder / "lists").mkdir()
    (folder / "lists" / "counterparties.csv").write_text(text, encoding=encoding)
    return imported_payees(folder)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_payees_are_imported_as_a_spreadsheet_saves_them(tmp_path: Path, encoding: str) -> None:
    facts = listed(tmp_path, f"Наименование;ИНН;Р/с;БИК\nООО «Ромашка»;{INN};{ACCOUNT};{BIC}\n", encoding)
    assert [fact.subject for fact in facts] == [INN, "name ромашка"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (f"ООО «Ромашка»;7709123450;{ACCOUNT};{BIC}", "counterparties.csv:2.*INN"),
        (f"ООО «Ромашка»;{INN};40702810938000012346;{BIC}", "counterparties.csv:2.*BIC"),
        (f";{INN};{ACCOUNT};{BIC}", "counterparties.csv:2.*name"),
    ],
)
def test_a_wrong_line_stops_the_start_with_its_number(tmp_path: Path, line: str, what: str) -> None:
    with pytest.raises(SettingsError, match=what):
        listed(tmp_path, f"Наименование;ИНН;Р/с;БИК\n{line}\n")


def test_a_site_without_the_list_has_none(tmp_path: Path) -> None:
    assert imported_payees(tmp_path) == ()


# Through the real servers


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with living(tmp_path) as office:
        yield office


REQUISITES = f"{ORDER}ИНН: {INN}\nР/с: {ACCOUNT}\nБИК: {BIC}\n"


async def paid(life: Life, number: str = NUMBER) -> None:
    await life.says(PETROV, "Согласовано")
    await life.says(OLGA, "Согласовано")
    await life.says(BUH, "Оплачено, п/п 62 от 13.11.2026")
    assert (await life.case(number)).fields["payment_number"] == "62"


async def test_the_second_invoice_needs_no_requisites_and_the_same_one_again_is_noticed(life: Life) -> None:
    await life.asks(REQUISITES)
    await paid(life)
    await life.asks(ORDER.replace("№ 57", "№ 58"))
    second = await life.case("СЧ-2026-0002")
    assert second.fields["account"] == ACCOUNT
    await life.asks(REQUISITES)
    asked = (await life.last(PETROV)).text
    assert "этот счёт уже поступал" in asked
    assert "Кузнецов И.И." in asked


async def test_a_mail_that_changes_the_account_waits_for_accounting(life: Life) -> None:
    await life.asks(REQUISITES)
    await paid(life)
    before = await life.count(PETROV)
    await life.asks(REQUISITES.replace("№ 57", "№ 58").replace(ACCOUNT, OTHER))
    assert await life.waits_on("СЧ-2026-0002") == ["buh"]
    asked = await life.last(BUH)
    assert "позвоните получателю" in asked.text
    assert await life.count(PETROV) == before
    await life.says(IVAN, "Согласовано", letter=asked)
    assert await life.waits_on("СЧ-2026-0002") == ["buh"]
    await life.says(BUH, "Согласовано", letter=asked)
    assert await life.waits_on("СЧ-2026-0002") == ["p.petrov"]
