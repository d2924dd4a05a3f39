"""Scans and photos of invoices: the words are recognised, and no number is taken that fails its own check."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from mailflow.core.around import Paper as Read
from mailflow.core.around import Surroundings
from mailflow.core.field_forms import FieldForm
from mailflow.core.invoices import read_invoice
from mailflow.core.recognised import borne_out
from mailflow.core.requesting import with_papers
from mailflow.core.requisites import Valid, check_account, check_corr_account, check_inn
from mailflow.edges import recognising
from mailflow.edges.reading import Defect, read_attachment
from mailflow.edges.reading_apart import PaperReader
from mailflow.world import Paper
from tests.office_life import IVAN, PETROV, living
from tests.papers import Payee, invoice_pdf, picture_bytes

PAYEE = Payee()
DAY = date(2026, 11, 16)


def drawn(dpi: int) -> Image.Image:
    """The page of an invoice without a code, as a machine or a person takes its picture."""
    page = pypdfium2.PdfDocument(invoice_pdf(with_qr=False))[0]
    return page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L")


@cache
def scanned() -> bytes:
    """As a scanner does: a picture in a PDF, no text and no code."""
    file = io.BytesIO()
    drawn(150).save(file, "PDF", resolution=150)
    return file.getvalue()


def photographed() -> bytes:
    """Askew, dim, a little out of focus and pressed hard."""
    askew = drawn(150).rotate(6, Image.Resampling.BICUBIC, expand=True, fillcolor=90)
    dim = askew.point([40 + level * 190 // 255 for level in range(256)])
    return picture_bytes(dim.filter(ImageFilter.GaussianBlur(0.9)), "JPEG")


@pytest.fixture
async def reader() -> AsyncIterator[PaperReader]:
    reader = PaperReader()
    yield reader
    await reader.close()


@pytest.mark.parametrize(
    ("picture", "kind"), [(scanned, "application/pdf"), (photographed, "image/jpeg")], ids=["scan", "photo"]
)
async def test_the_words_of_a_picture_are_recognised_in_the_bounds_of_the_other_process(
    picture: Callable[[], bytes], kind: str, reader: PaperReader
) -> None:
    read = await reader.read(picture(), kind)
    assert read.defects == (Defect.RECOGNISED,)
    values = borne_out(read_invoice(read.text, None))
    assert (values["inn"], values["account"]) == (PAYEE.inn, PAYEE.account)


def test_a_picture_without_words_has_no_text() -> None:
    noise = Image.effect_noise((800, 1000), 90)
    assert read_attachment(picture_bytes(noise, "PNG"), "image/png").defects == (Defect.NO_TEXT,)


def test_where_nothing_is_installed_a_scan_has_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognising, "installed", lambda: False)
    assert read_attachment(scanned(), "application/pdf").defects == (Defect.NO_TEXT,)


@pytest.fixture(scope="module")
def text_of_an_invoice() -> str:
    return read_attachment(invoice_pdf(with_qr=False), "application/pdf").text


@given(data=st.data())
def test_no_number_is_taken_from_a_picture_that_fails_its_check(text_of_an_invoice: str, data: st.DataObject) -> None:
    letters = list(text_of_an_invoice)
    digits = [at for at, letter in enumerate(letters) if letter.isdigit()]
    for at in data.draw(st.lists(st.sampled_from(digits), min_size=1, max_size=4)):
        letters[at] = data.draw(st.sampled_from("0123456789"))
    read = read_invoice("".join(letters), None)
    taken = borne_out(read)
    assert "bic" not in taken, "no key holds all of its digits"
    assert "inn" not in taken or check_inn(taken["inn"]) == Valid()
    assert "account" not in taken or check_account(taken["account"], read.values["bic"]) == Valid()
    assert "corr_account" not in taken or check_corr_account(taken["corr_account"], read.values["bic"]) == Valid()
    assert "amount" not in taken or "amount_words" in {finding.code for finding in read.findings if finding.ok}
    assert "kpp" not in taken or taken["kpp"][:4] == taken["inn"][:4]


def test_what_a_paper_has_in_writing_goes_before_what_was_read_off_a_picture() -> None:
    bill = "Счет на оплату № 5 от 16.11.2026\nИтого: {0},00\nВсего к оплате: {0},00\n"
    seen = Read("Скан.pdf", bill.format("700") + "Семьсот рублей 00 копеек\n", recognised=True)
    written = Read("Счёт.pdf", bill.format("900"))
    around = Surroundings((), "", (), {}, papers=(seen, written))
    forms = (FieldForm("amount", "money"),)
    assert with_papers({}, forms, replace(around, papers=(seen,)), DAY) == (
        {"amount": "700.00"},
        ("recognised:amount",),
    )
    assert with_papers({}, forms, around, DAY) == ({"amount": "900.00"}, ())


async def test_what_was_read_off_a_picture_is_named_until_somebody_states_it(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        text = "Прошу оплатить.\nСтатья: Реклама\nВ бюджете: да\nОплатить до: 30.11.2026\n"
        await life.asks(text, (Paper("Скан.pdf", scanned()),))
        case = await life.case()
        assert case.fields["amount"] == "120000.50"
        assert "recognised:amount" in case.findings
        asked = await life.last(PETROV)
        assert "прочитано с картинки, сверьте с документом" in asked.text
        assert "Сумма" in asked.text.partition("сверьте с документом:")[2].splitlines()[0]
        await life.says(PETROV, "На доработку: проверьте сумму")
        await life.says(IVAN, "Сумма: 120 000,50")
        assert "recognised:amount" not in (await life.case()).findings
