"""Payment orders for the bank: what goes in, in which form, and what never does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from mailflow.cli import main
from mailflow.core.bank_file import Payment, Withheld, bank_file, payment, purpose
from mailflow.core.case import Ask, Assignment, Case, FieldValue
from mailflow.core.directory import Company
from mailflow.core.effects import Transition
from mailflow.core.events import RequestReceived
from mailflow.core.office import Office
from mailflow.core.pages import Form
from mailflow.core.sender import Proven
from mailflow.making import shipped
from mailflow.stories.office import Workshop, story_office
from mailflow.stories.postbag import Draft, Sent
from tests.offices import HERE, MONDAY, MOSCOW, directory, neon
from tests.site_folder import filled_site

OURS = Company(
    name="ООО «НЕОН»",
    full_name="Общество с ограниченной ответственностью «НЕОН»",
    inn="7709123453",
    kpp="770901001",
    account="40702810938000000001",
    bic="044525225",
    corr_account="30101810400000000225",
    bank="ПАО Сбербанк",
)
INVOICE: dict[str, FieldValue] = {
    "counterparty": "ООО «Ромашка»",
    "amount": "120000.50",
    "vat": "21639.43",
    "invoice_number": "57",
    "invoice_date": "2026-11-12",
    "inn": "7812345675",
    "account": "40702810438000012345",
    "bic": "044030653",
    "corr_account": "30101810500000000653",
}
NOW = datetime(2026, 11, 16, 10, 10, tzinfo=MOSCOW)


def invoice(**fields: FieldValue | None) -> Case:
    kept = {name: value for name, value in {**INVOICE, **fields}.items() if value is not None}
    return Case("c1", "invoice", "i.kuznetsov", MONDAY, number="СЧ-2026-0042", fields=kept)


def made(**fields: FieldValue | None) -> Payment:
    one = payment(invoice(**fields), OURS)
    assert isinstance(one, Payment), one
    return one


def written(*payments: Payment) -> dict[str, str]:
    """The fields of the file's last document."""
    text = bank_file(payments, OURS, NOW).decode("cp1251")
    return dict(line.split("=", 1) for line in text.split("\r\n") if "=" in line)


# --- the form


def test_the_file_is_the_exchange_format_of_1c_in_windows_1251() -> None:
    content = bank_file([made()], OURS, NOW)
    lines = content.decode("cp1251").split("\r\n")
    assert lines[:3] == ["1CClientBankExchange", "ВерсияФормата=1.03", "Кодировка=Windows"]
    assert lines[-3:] == ["КонецДокумента", "КонецФайла", ""]
    assert "РасчСчет=40702810938000000001" in lines[:11]
    assert lines.index("Документ=Платежное поручение") < lines.index("СекцияДокумент=Платежное поручение")


def test_a_payment_names_both_sides_the_sum_and_the_purpose_with_its_vat() -> None:
    fields = written(made())
    assert (fields["Номер"], fields["Дата"], fields["Сумма"]) == ("42", "16.11.2026", "120000.50")
    assert (fields["ПлательщикИНН"], fields["ПлательщикКПП"]) == ("7709123453", "770901001")
    assert (fields["ПлательщикБИК"], fields["ПлательщикКорсчет"]) == ("044525225", "30101810400000000225")
    assert (fields["ПолучательИНН"], fields["Получатель1"]) == ("7812345675", "ООО «Ромашка»")
    assert (fields["ПолучательСчет"], fields["ПолучательБИК"]) == ("40702810438000012345", "044030653")
    assert fields["НазначениеПлатежа"] == "Оплата по счёту № 57 от 12.11.2026. В т.ч. НДС 22% 21639,43 руб."


LAST_YEAR = "Оплата по счёту № 7 от 12.12.2025. В т.ч. НДС 20% 20000,08 руб."


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"vat": "0"}, "Оплата по счёту № 57 от 12.11.2026. Без НДС."),
        ({"invoice_date": None, "vat": "5"}, "Оплата по счёту № 57. В т.ч. НДС 5,00 руб."),
        (
            {"invoice_date": "2025-12-12", "vat": "20000.08"},
            "Оплата по счёту № 57 от 12.12.2025. В т.ч. НДС 20% 20000,08 руб.",
        ),
        ({"purpose": "За баннеры, без НДС", "vat": None}, "За баннеры, без НДС"),
        ({"purpose": "За баннеры."}, "За баннеры. В т.ч. НДС 22% 21639,43 руб."),
    ],
)
def test_the_purpose_says_the_vat_once(fields: dict[str, FieldValue | None], said: str) -> None:
    assert purpose(invoice(**fields)) == said


def test_several_payments_stand_in_one_file() -> None:
    text = bank_file([made(), made(amount="5.00", vat="0")], OURS, NOW).decode("cp1251")
    assert text.count("СекцияДокумент=") == text.count("КонецДокумента") == 2
    assert "Сумма=5.00" in text


@given(st.text(max_size=80), st.text(max_size=60))
def test_nothing_a_stranger_types_begins_another_field(name: str, said: str) -> None:
    bent = replace(made(), purpose=said, payee=replace(made().payee, name=name))
    lines = bank_file([bent], OURS, NOW).decode("cp1251").split("\r\n")
    plain = bank_file([made()], OURS, NOW).decode("cp1251").split("\r\n")
    assert [line.partition("=")[0] for line in lines] == [line.partition("=")[0] for line in plain]
    assert not any(set(line) & {"\r", "\n", "\x85", "\x00"} for line in lines)


# --- what never goes in


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"inn": "7812345670"}, "ИНН 7812345670: не прошёл проверку"),
        ({"inn": None}, "ИНН: не указан"),
        ({"account": "40702810438000012346"}, "расчётный счёт 40702810438000012346: не прошёл проверку"),
        ({"account": "40702840238000000001", "bic": "044525225", "corr_account": None}, "не в рублях"),
        ({"bic": "123"}, "БИК 123: не прошёл проверку"),
        ({"corr_account": "30101810400000000225"}, "корр. счёт 30101810400000000225: не прошёл проверку"),
        ({"currency": "USD"}, "валюта USD"),
        ({"amount": None}, "нет суммы"),
        ({"amount": "0.00"}, "нет суммы"),
        ({"amount": "-5.00"}, "нет суммы"),
        ({"vat": None}, "НДС: не указан"),
        ({"purpose": "а" * 200}, "назначение длиннее 210"),
        ({"counterparty": None}, "нет названия"),
        ({"kpp": "12"}, "КПП 12: не прошёл проверку"),
    ],
)
def test_what_did_not_pass_its_check_is_withheld_with_its_reason(
    fields: dict[str, FieldValue | None], reason: str
) -> None:
    one = payment(invoice(**fields), OURS)
    assert isinstance(one, Withheld)
    assert reason in one.told("ru")
    assert one.told("en").isascii() or "“" in one.told("en") or "’" in one.told("en")


def test_a_company_without_an_account_of_its_own_pays_nothing() -> None:
    for lacking in ("account", "bic", "inn"):
        one = payment(invoice(), OURS.model_copy(update={lacking: ""}))
        assert isinstance(one, Withheld)


# --- beside an agreed invoice

LETTER = """Подрядчик: ООО «Ромашка»
Сумма: 120 000,50
НДС: 21 639,43
Номер счёта: 57
Дата счёта: 12.11.2026
ИНН: 7812345675
Р/с: {account}
БИК: 044030653
К/с: 30101810500000000653
Статья: Реклама
В бюджете: да
Оплатить до: 20.11.2026
"""
RIGHT, WRONG = "40702810438000012345", "40702810438000012346"


def paying() -> Office:
    people = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    bank = f'  account: "{OURS.account}"\n  bic: "{OURS.bic}"\n  corr_account: "{OURS.corr_account}"\n'
    return neon(directory(people.replace("company:\n", f"company:\n{bank}", 1)))


@pytest.fixture
async def shop() -> AsyncIterator[Workshop]:
    async with Workshop.opened([shipped("templates")]) as opened:
        yield opened


async def to_accounting(shop: Workshop, account: str) -> Sent:
    """The letter to accounting, once an invoice with this account is agreed."""
    office = await story_office(paying(), shop, "docs@neon.example", MONDAY)
    text = LETTER.format(account=account)
    await office.mail(Draft("s.orlov@neon.example", "docs+schet@neon.example", "Счёт", text, office.now))
    [case] = await office.cases()
    while not any(one.to == "buh" for one in office.sent):
        [waiting] = {one.principal for one in case.open_assignments}
        letter = next(one for one in reversed(office.sent) if one.to == waiting and one.kind == "ask")
        await office.press(letter, Form(choice="approve"), waiting)
        before, [case] = case, await office.cases()
        assert case.version > before.version
    return next(one for one in office.sent if one.to == "buh" and one.kind == "ask")


async def test_accounting_gets_the_payment_order_with_the_agreed_invoice(shop: Workshop) -> None:
    letter = await to_accounting(shop, RIGHT)
    assert "Платёжное поручение СЧ-2026-0001.txt" in letter.files
    [part] = [one for one in letter.message.iter_attachments() if str(one.get_filename()).endswith(".txt")]
    text = part.get_payload(decode=True).decode("cp1251")  # type: ignore[union-attr]
    assert "Сумма=120000.50\r\n" in text
    assert f"ПолучательСчет={RIGHT}\r\n" in text


async def test_an_account_that_fails_its_check_brings_the_supplement_alone(shop: Workshop) -> None:
    letter = await to_accounting(shop, WRONG)
    assert [name for name in letter.files if name.endswith(".txt")] == []
    assert any("Приложение к счёту" in name for name in letter.files)


def test_the_command_says_that_nothing_waits_and_names_a_number_nobody_has(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    out = tmp_path / "pay.txt"
    done = CliRunner().invoke(main, ["paper", "payments", "-s", str(site), "-o", str(out)])
    assert (done.exit_code, out.exists()) == (0, False), done.output
    assert "no agreed invoice waits" in done.output
    wrong = CliRunner().invoke(main, ["paper", "payments", "-s", str(site), "-o", str(out), "СЧ-2026-0099"])
    assert wrong.exit_code == 1
    assert "СЧ-2026-0099: no agreed and unpaid invoice" in wrong.output


async def agreed(site: Path, *cases: Case) -> None:
    """Put agreed invoices into the site's own database, each waiting for its payment."""
    from mailflow.app import opened

    async with opened(site) as app:
        for number, one in enumerate(cases, 1):
            task = Assignment(f"c{number}/1/payment/accountant", 1, "payment", "accountant", Ask.PAYMENT, MONDAY)
            whole = replace(one, id=f"c{number}", number=f"СЧ-2026-{number:04}", assignments=(task,), version=1)
            proof = Proven("finance@neon.example", "test")
            asked = RequestReceived(f"{number:064}", MONDAY, "invoice", True, "finance", proof, {})
            await app.store.commit(None, Transition(whole, (), "agreed"), asked, None, MONDAY)


async def test_the_command_writes_what_is_right_and_tells_what_is_not(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    people = (site / "directory.yaml").read_text(encoding="utf-8")
    for line in ('inn: "7709123453"', 'account: "', 'bic: "', 'corr_account: "'):
        people = people.replace(f"  # {line}", f"  {line}", 1)
    (site / "directory.yaml").write_text(people, encoding="utf-8")
    await agreed(site, invoice(), invoice(inn="7812345670"), invoice(amount="5.00", vat="0"))
    out = tmp_path / "pay.txt"
    command = [sys.executable, "-m", "mailflow", "paper", "payments", "-s", str(site), "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parent, check=False)
    assert done.returncode == 1, done
    assert "СЧ-2026-0002: получателя ИНН 7812345670: не прошёл проверку" in done.stderr
    assert "2 payments, 120005.50 RUB: СЧ-2026-0001, СЧ-2026-0003" in done.stdout
    text = out.read_bytes().decode("cp1251")
    assert [line for line in text.split("\r\n") if line.startswith("Сумма=")] == ["Сумма=120000.50", "Сумма=5.00"]
    assert "7812345670" not in text
