"""What an invoice says, who is paid by it, and what is wrong with it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.invoice_layouts import LAYOUTS, invoice
from bench.invoices import same
from mailflow.core.amount_words import read_sum_in_words
from mailflow.core.invoices import InvoiceRead, check_invoice, read_invoice
from mailflow.core.payment_qr import read_payment_qr
from mailflow.core.vat import PERIODS, rates_on, vat_within
from mailflow.edges.reading import read_attachment
from tests.papers import Buyer, Line, Payee, in_words, invoice_pdf, payment_qr, pdf_of, vat_of

WRITTEN_ON = date(2026, 11, 12)
RIGHT = {
    "inn": "7709123453", "kpp": "770901001", "bic": "044525225", "account": "40702810938000012345",
    "corr_account": "30101810400000000225", "amount": "120000.50", "vat": "21639.43", "vat_rate": "22",
    "invoice_date": "2026-11-12", "purpose": "Оплата по счёту № 57",
}  # fmt: skip

LABELLED = """Общество с ограниченной ответственностью «СкладПлюс»
Адрес: 191186, Санкт-Петербург, Невский пр., 1
ИНН 7812345675 / КПП 781201001
р/с 4070 2810 4380 0001 2345 в СЕВЕРО-ЗАПАДНЫЙ БАНК ПАО СБЕРБАНК
к/с 30101810500000000653, БИК 044030653
СЧЁТ № А-118/26 от 3 ноября 2026 г.
Заказчик: АО «Мост», ИНН 7709123453, КПП 770901001,
р/с 40702810938000012345, БИК 044525225
Плательщик: он же
Наименование работ Сумма
1. Аренда склада за декабрь 300 000,00
Итого: 300 000,00
в т.ч. НДС 22%: 54 098,36
Назначение платежа: Аренда за декабрь 2026 г.
Итого к оплате: 300 000,00 руб. (Триста тысяч рублей 00 копеек)
"""

PARTED = """Образец заполнения платежного поручения
БИК
Сч. №
044525225
30101810400000000225
ПАО СБЕРБАНК
Банк получателя
ИНН 7709123453 КПП 770901001
Сч. №
40702810938000012345
ООО «Ромашка»
Получатель
Счет на оплату № 8 от 12.11.2026
Исполнитель: ООО «Ромашка», ИНН 7709123453, КПП 770901001
Заказчик: ООО «НЕОН», ИНН 7812345675
Всего к оплате:
122 000,00
В том числе НДС 22%:
22 000,00
Сто двадцать две тысячи рублей 00 копеек
"""


def read_pdf(pdf: bytes) -> InvoiceRead:
    """Read a PDF all the way: text layer, code, fields."""
    paper = read_attachment(pdf, "application/pdf")
    return read_invoice(paper.text, read_payment_qr(paper.qr[0]) if paper.qr else None)


def codes(values: dict[str, str], written_on: date = WRITTEN_ON, rows: int = 1) -> dict[str, bool]:
    """Give the outcome of every check by its code."""
    return {finding.code: finding.ok for finding in check_invoice(values, written_on, rows)}


def test_an_invoice_of_1c_with_a_code_gives_every_field() -> None:
    read = read_pdf(invoice_pdf())
    assert dict(read.values) == {
        "counterparty": "ООО «Ромашка»", "inn": "7709123453", "kpp": "770901001", "bic": "044525225",
        "account": "40702810938000012345", "corr_account": "30101810400000000225", "amount": "120000.50",
        "currency": "RUB", "vat": "21639.43", "vat_rate": "22", "invoice_number": "57",
        "invoice_date": "2026-11-12", "purpose": "Оплата по счёту № 57 от 12.11.2026. В т.ч. НДС 22% 21639.43 руб.",
    }  # fmt: skip
    assert {finding.code: finding.ok for finding in read.findings} == {"amount_words": True, "qr": True}
    assert all(finding.ok for finding in check_invoice(read.values, WRITTEN_ON, read.rows))


def test_without_a_code_the_text_alone_gives_the_same_but_for_the_purpose() -> None:
    with_code, without = read_pdf(invoice_pdf()), read_pdf(invoice_pdf(with_qr=False))
    expected = {name: value for name, value in with_code.values.items() if name != "purpose"}
    assert dict(without.values) == expected


def test_a_scan_with_a_code_gives_what_the_code_says() -> None:
    code = payment_qr("57", date(2026, 11, 12), Payee(), Decimal("120000.50"))
    read = read_invoice("", read_payment_qr(code))
    assert read.values["account"] == "40702810938000012345"
    assert read.values["amount"] == "120000.50"
    assert read.values["counterparty"] == "ООО «Ромашка»"


def test_an_invoice_of_a_person_without_vat_has_no_kpp_and_no_rate() -> None:
    payee = Payee(name="ИП Петров Пётр Петрович", inn="770912345616", kpp="")
    read = read_pdf(invoice_pdf(payee=payee, vat_rate=None))
    assert read.values["inn"] == "770912345616"
    assert "kpp" not in read.values
    assert (read.values["vat"], read.values["vat_rate"]) == ("0.00", "none")
    assert read.values["counterparty"] == "ИП Петров Пётр Петрович"


def test_several_rows_are_counted_and_their_kopecks_forgiven() -> None:
    rows = tuple(Line(f"Товар {n}", n, Decimal("99.99")) for n in range(1, 8))
    read = read_pdf(invoice_pdf(lines=rows))
    assert read.rows == 7
    assert codes(dict(read.values), rows=read.rows)["vat"]


def test_a_labelled_invoice_gives_the_payee_and_never_the_buyer() -> None:
    read = read_invoice(LABELLED, None)
    assert dict(read.values) == {
        "counterparty": "Общество с ограниченной ответственностью «СкладПлюс»", "inn": "7812345675",
        "kpp": "781201001", "bic": "044030653", "account": "40702810438000012345",
        "corr_account": "30101810500000000653", "amount": "300000.00", "currency": "RUB", "vat": "54098.36",
        "vat_rate": "22", "invoice_number": "А-118/26", "invoice_date": "2026-11-03",
        "purpose": "Аренда за декабрь 2026 г.",
    }  # fmt: skip
    assert all(finding.ok for finding in check_invoice(read.values, WRITTEN_ON))


def test_values_parted_from_their_labels_are_put_together_by_their_check_digits() -> None:
    read = read_invoice(PARTED, None)
    assert read.values["bic"] == "044525225"
    assert read.values["amount"] == "122000.00"
    assert read.values["vat"] == "22000.00"
    assert read.values["counterparty"] == "ООО «Ромашка»"


def test_the_total_stands_in_where_nothing_is_called_to_pay() -> None:
    assert read_invoice("Счет № 1 от 12.11.2026\nИтого: 500,00", None).values["amount"] == "500.00"


def test_a_total_before_vat_is_not_what_is_to_be_paid() -> None:
    text = "Итого: 100 000,00\nНДС 22%: 22 000,00\nВсего к оплате: 122 000,00"
    values = read_invoice(text, None).values
    assert (values["amount"], values["vat"]) == ("122000.00", "22000.00")


def test_figures_and_words_that_differ_are_both_refused() -> None:
    read = read_pdf(invoice_pdf(with_qr=False, words="Двести двадцать тысяч рублей 50 копеек"))
    assert "amount" not in read.values
    assert ("amount_differs", False) in {(finding.code, finding.ok) for finding in read.findings}


@pytest.mark.parametrize(
    ("field", "forged"),
    [
        ("account", Payee(account="40702810938000000001")),
        ("inn", Payee(inn="7812345675")),
        ("bic", Payee(bic="044525974")),
    ],
)
def test_a_code_pasted_over_with_another_payees_is_found(field: str, forged: Payee) -> None:
    read = read_pdf(invoice_pdf(qr=payment_qr("57", date(2026, 11, 12), forged, Decimal("120000.50"))))
    assert field not in read.values
    assert f"{field}_differs" in {finding.code for finding in read.findings if not finding.ok}
    assert "qr" not in {finding.code for finding in read.findings}


def test_a_code_with_another_sum_is_found() -> None:
    read = read_pdf(invoice_pdf(qr=payment_qr("57", date(2026, 11, 12), Payee(), Decimal("990000"))))
    assert "amount" not in read.values


def test_two_accounts_on_one_paper_are_asked_about() -> None:
    read = read_invoice("р/с 40702810938000012345\nили р/с 40702810238000012345\nБИК 044525225", None)
    assert "account" not in read.values
    assert [finding.code for finding in read.findings] == ["account_differs"]


def test_a_supplier_unlike_the_bank_block_is_asked_about() -> None:
    text = PARTED.replace("Исполнитель: ООО «Ромашка», ИНН 7709123453", "Исполнитель: ООО «Тень», ИНН 5027123440")
    assert "inn" not in read_invoice(text, None).values


def test_a_code_whose_sum_has_a_dot_is_read_and_warned_of() -> None:
    qr = read_payment_qr("ST00012|Name=А|PersonalAcc=40702810938000012345|Sum=500.00".encode())
    read = read_invoice("", qr)
    assert read.values["amount"] == "500.00"
    assert ("qr_sum", False) in {(finding.code, finding.ok) for finding in read.findings}


def test_a_date_without_a_year_is_not_the_date_of_an_invoice() -> None:
    assert "invoice_date" not in read_invoice("Счет на оплату № 5 от 12 ноября", None).values


def test_an_invoice_in_which_everything_is_right_has_no_bad_finding() -> None:
    assert codes(RIGHT) == {
        "inn": True, "kpp": True, "bic": True, "account_key": True, "corr_account": True,
        "account_currency": True, "vat": True, "date": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"inn": "7709123454"}, "inn"),
        ({"kpp": "77090100"}, "kpp"),
        ({"bic": "144525225"}, "bic"),
        ({"account": "40702810838000012345"}, "account_key"),
        ({"bic": "044525974"}, "account_key"),
        ({"corr_account": "30101810500000000653"}, "corr_account"),
        ({"currency": "USD"}, "account_currency"),
        ({"vat": "21639.45"}, "vat"),
        ({"vat": "20000.08"}, "vat"),
        ({"vat_rate": "20", "vat": "20000.08"}, "vat_rate_asks"),
        ({"vat_rate": "18", "vat": "18305.16"}, "vat_rate_asks"),
        ({"vat_rate": "15"}, "vat_rate"),
        ({"invoice_date": "2026-11-13"}, "date"),
        ({"invoice_date": "2025-11-12"}, "date"),
        ({"purpose": "а" * 211}, "purpose"),
    ],
)
def test_each_thing_wrong_is_found_under_its_own_code(changed: dict[str, str], code: str) -> None:
    assert codes({**RIGHT, **changed})[code] is False


def test_an_account_without_a_bic_is_reported_as_unchecked() -> None:
    without = {name: value for name, value in RIGHT.items() if name != "bic"}
    assert codes(without)["account_key"] is False


def test_a_treasury_account_needs_nobodys_attention() -> None:
    treasury = {"bic": "017003983", "account": "03100643000000018500", "corr_account": "40102810445370000059"}
    assert all(codes(treasury).values())


def test_nothing_is_said_about_what_is_not_stated() -> None:
    assert check_invoice({}, WRITTEN_ON) == ()


def test_an_invoice_of_2025_may_have_20_per_cent_without_a_question() -> None:
    values = {**RIGHT, "invoice_date": "2025-12-30", "vat_rate": "20", "vat": "20000.08"}
    assert codes(values, date(2026, 1, 12))["vat"] is True
    assert "vat_rate_asks" not in codes(values, date(2026, 1, 12))


def test_vat_without_a_rate_fits_if_it_fits_any_rate_in_force() -> None:
    without = {name: value for name, value in RIGHT.items() if name != "vat_rate"}
    assert codes({**without, "vat": "10909.14"})["vat"] is True
    assert codes({**without, "vat": "10000.00"})["vat"] is False


def test_findings_speak_both_languages() -> None:
    for finding in check_invoice({**RIGHT, "inn": "7709123454"}, WRITTEN_ON):
        assert finding.text("ru") == finding.text_ru
        assert finding.text("en") == finding.text_en
        assert finding.text_ru != finding.text_en


@pytest.mark.parametrize(
    ("total", "rate", "vat"),
    [
        (total, rate, vat)
        for total, row in {
            "120000.50": ("21639.43", "20000.08", "10909.14", "5714.31", "7850.50"),
            "122000.00": ("22000.00", "20333.33", "11090.91", "5809.52", "7981.31"),
            "300000.00": ("54098.36", "50000.00", "27272.73", "14285.71", "19626.17"),
            "1200000.00": ("216393.44", "200000.00", "109090.91", "57142.86", "78504.67"),
            "99.99": ("18.03", "16.67", "9.09", "4.76", "6.54"),
        }.items()
        for rate, vat in zip((22, 20, 10, 5, 7), row, strict=True)
    ],
)
def test_vat_is_taken_out_of_a_sum_to_the_kopeck(total: str, rate: int, vat: str) -> None:
    assert vat_within(Decimal(total), rate) == Decimal(vat)


def test_the_rate_of_a_day_comes_from_the_table() -> None:
    assert rates_on(date(2025, 12, 31))[0] == 20
    assert rates_on(date(2026, 1, 1))[0] == 22
    assert rates_on(date(1990, 1, 1)) == ()


def test_the_periods_of_the_table_follow_each_other_without_a_gap() -> None:
    for earlier, following in pairwise(PERIODS):
        assert earlier.until is not None
        assert (following.since - earlier.until).days == 1
    assert PERIODS[-1].until is None


@given(st.integers(0, 10**12 - 1))
def test_a_sum_written_out_in_words_reads_back(kopecks: int) -> None:
    total = Decimal(kopecks) / 100
    assert read_sum_in_words(f"Итого {in_words(total)}.") == total


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("120 000 (Сто двадцать тысяч) рублей 50 копеек", "120000.50"),
        ("Одна тысяча один рубль 02 копейки", "1001.02"),
        ("сто рублей", "100"),
        ("тысяча миллион рублей", None),
        ("двадцать тридцать рублей", None),
        ("много рублей", None),
        ("Сто рублей 00 копеек. Двести рублей 00 копеек", None),
        ("", None),
    ],
)
def test_a_sum_in_words_is_read_or_left(text: str, total: str | None) -> None:
    assert read_sum_in_words(text) == (Decimal(total) if total else None)


@settings(max_examples=8, deadline=None)
@given(
    st.integers(100, 10**9).map(lambda kopecks: Decimal(kopecks) / 100),
    st.sampled_from([22, 10, 7, 5, None]),
    st.from_regex(r"[1-9][0-9]{0,4}(/[0-9]{1,2})?", fullmatch=True),
)
def test_any_invoice_we_print_reads_back(total: Decimal, rate: int | None, number: str) -> None:
    pdf = invoice_pdf(number, lines=(Line("Услуги", 1, total),), vat_rate=rate, buyer=Buyer())
    values = read_pdf(pdf).values
    assert values["amount"] == f"{total:.2f}"
    assert values["invoice_number"] == number
    assert values["vat"] == (f"{vat_of(total, rate):.2f}" if rate else "0.00")
    assert values["inn"] == Payee().inn


@pytest.mark.parametrize(
    "piece",
    ["инн ", "к оплате 1 ", "ндс 22% 1 ", "счет № ", "1", "поставщик ", "один ", "\n", "покупатель: ", "4070 ",
     "(", "Итого 1\n"],
)  # fmt: skip
def test_a_hostile_megabyte_is_read_in_time(piece: str) -> None:
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    start = time.process_time()
    read_invoice(text, None)
    assert time.process_time() - start < 2


@given(st.text(alphabet="ИНН КПП БИК 0123456789№:\nНДС%к оплате.,руб", max_size=300))
def test_no_text_whatever_breaks_the_reading(text: str) -> None:
    read = read_invoice(text, None)
    assert all(isinstance(finding.ok, bool) for finding in (*read.findings, *check_invoice(read.values, WRITTEN_ON)))


# --- the layouts of programs and people


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_every_field(layout: str) -> None:
    made = replace(invoice(7, sole_trader=layout == "ИП"), with_code=False)
    read = read_pdf(pdf_of(LAYOUTS[layout](made)))
    assert [n for n, value in made.truth.items() if not same(n, read.values.get(n, ""), value)] == []


COLUMNS = """Счёт № 5 от 12.11.2026
Покупатель Продавец
ООО «НЕОН» ООО «Ромашка»
ИНН 7812345675 ИНН 7709123453
КПП 781201001 КПП 770901001
Р/с 40702810438000012345 Р/с 40702810938000012345
ПАО СБЕРБАНК
БИК 044030653 БИК 044525225
№ Товар Кол-во
12 Баннер 12 шт 100,00
Всего к оплате: 1 200,00 руб.
"""


def test_of_two_columns_the_seller_s_is_read_wherever_it_stands() -> None:
    values = read_invoice(COLUMNS, None).values
    assert (values["inn"], values["bic"], values["account"]) == ("7709123453", "044525225", "40702810938000012345")
    assert (values["counterparty"], values["amount"]) == ("ООО «Ромашка»", "1200.00")


def test_parties_named_in_a_sentence_are_not_the_payee_by_that() -> None:
    said = "ООО «А» (ИНН 7709123453), именуемое «Поставщик», и ООО «Б» (ИНН 7812345675), именуемое «Покупатель»,"
    assert "inn" not in read_invoice(said, None).values


def test_a_day_in_quotes_is_a_day() -> None:
    assert read_invoice("СЧЁТ № 8 от «12» ноября 2026 г.", None).values["invoice_date"] == "2026-11-12"
