"""Text and codes out of real files, whole and broken."""

from __future__ import annotations

import base64
import io
import os
import struct
import zlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mailflow.core.payment_qr import read_payment_qr
from mailflow.edges import reading
from mailflow.edges.reading import AttachmentText, Defect, Kind, kind_of, read_attachment
from tests.papers import Payee, invoice_pdf, payment_qr, pdf_of, picture_bytes, qr_png

PDF = "application/pdf"


@pytest.fixture(scope="module")
def invoice() -> bytes:
    """An invoice with its payment code."""
    return invoice_pdf()


@pytest.fixture(scope="module")
def code() -> bytes:
    """The bytes of a payment code."""
    return payment_qr("57", date(2026, 11, 12), Payee(), Decimal("120000.50"))


def scan_of(content: bytes, form: str, turn: int = 0) -> bytes:
    """Give a page-sized grey picture with a code in its corner, as a scanner would."""
    page = Image.new("L", (1240, 1754), 235)
    page.paste(Image.open(io.BytesIO(qr_png(content, scale=5))), (90, 120))
    return picture_bytes(page.rotate(turn, expand=True), form)


def huge_png(side: int) -> bytes:
    """Give a small file that claims to unpack into side × side pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((side // 8 + 2) * min(side, 20_000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_an_invoice_gives_its_text_its_code_and_its_pages(invoice: bytes, code: bytes) -> None:
    read = read_attachment(invoice, PDF)
    assert "Счет на оплату № 57 от 12 ноября 2026 г." in read.text
    assert read.qr == (code,)
    assert (read.pages, read.defects) == (1, ())


def test_codes_are_not_looked_for_where_none_are_wanted(invoice: bytes) -> None:
    assert read_attachment(invoice, PDF, qr_pages=0).qr == ()


@pytest.mark.parametrize("encoding", ["1", "2", "3"])
def test_a_code_is_given_as_bytes_so_that_every_encoding_survives(encoding: str) -> None:
    content = payment_qr("57", date(2026, 11, 12), Payee(), Decimal(500), encoding=encoding)
    read = read_attachment(qr_png(content), "image/png")
    assert read.qr == (content,)
    qr = read_payment_qr(read.qr[0])
    assert qr is not None
    assert "Ромашка" in qr.name


@pytest.mark.parametrize(("form", "kind"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("JPEG", "image/jpg")])
def test_a_scan_gives_its_code_and_says_that_it_has_no_text(code: bytes, form: str, kind: str) -> None:
    read = read_attachment(scan_of(code, form), kind)
    assert read == AttachmentText("", (code,), 1, (Defect.NO_TEXT,))


def test_a_scan_laid_sideways_gives_its_code_too(code: bytes) -> None:
    assert read_attachment(scan_of(code, "PNG", turn=90), "image/png").qr == (code,)


def test_a_pdf_without_a_text_layer_says_so(code: bytes) -> None:
    picture = base64.b64encode(scan_of(code, "JPEG")).decode()
    read = read_attachment(pdf_of(f'<img style="width: 100%" src="data:image/jpeg;base64,{picture}">'), PDF)
    assert read.qr == (code,)
    assert read.defects == (Defect.NO_TEXT,)


def test_a_long_pdf_is_read_up_to_its_limit_and_says_so() -> None:
    pages = "".join(f'<p style="break-after: page">Лист {n}.</p>' for n in range(reading.TEXT_PAGES + 3))
    read = read_attachment(pdf_of(pages), PDF)
    assert Defect.MORE_PAGES in read.defects
    assert f"Лист {reading.TEXT_PAGES - 1}." in read.text
    assert f"Лист {reading.TEXT_PAGES}." not in read.text


def test_a_code_on_the_last_page_searched_is_found(code: bytes) -> None:
    picture = base64.b64encode(qr_png(code)).decode()
    image = f'<img style="width: 50mm" src="data:image/png;base64,{picture}">'
    blank = '<p style="break-after: page">Лист.</p>'
    assert read_attachment(pdf_of(blank * 2 + image), PDF).qr == (code,)
    assert read_attachment(pdf_of(blank * 3 + image), PDF).qr == ()


def test_the_bytes_decide_the_kind_and_a_lie_is_a_defect(invoice: bytes, code: bytes) -> None:
    read = read_attachment(invoice, "image/png")
    assert read.qr == (code,)
    assert read.defects == (Defect.OTHER_KIND,)
    assert read_attachment(invoice, "application/octet-stream").defects == ()
    assert read_attachment(invoice, "application/pdf; name=a.pdf").defects == ()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7", Kind.PDF), (b"\xef\xbb\xbf\n%PDF-1.4", Kind.PDF), (b"\x89PNG\r\n\x1a\n", Kind.PNG),
        (b"\xff\xd8\xff\xe0", Kind.JPEG), (b"PK\x03\x04", None), (b"MZ", None), (b"", None),
        (b"x" * 2000 + b"%PDF-", None),
    ],
)  # fmt: skip
def test_the_kind_is_told_by_the_first_bytes(content: bytes, kind: Kind | None) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04zip", "просто текст".encode(), os.urandom(1000)])
def test_another_kind_of_file_is_not_read(content: bytes) -> None:
    assert read_attachment(content, PDF).defects == (Defect.UNKNOWN_KIND,)


@pytest.mark.parametrize("content", [b"%PDF-1.7\njunk", b"\x89PNG\r\n\x1a\nxxxx", b"\xff\xd8\xff" + b"\0" * 500])
def test_a_broken_file_is_a_defect_and_never_an_exception(content: bytes) -> None:
    assert Defect.BROKEN in read_attachment(content, "application/octet-stream").defects


def test_a_pdf_cut_off_anywhere_never_raises(invoice: bytes) -> None:
    for end in range(0, len(invoice), 1500):
        assert isinstance(read_attachment(invoice[:end], PDF), AttachmentText)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_pdf_with_bytes_changed_never_raises(invoice: bytes, data: st.DataObject) -> None:
    changed = bytearray(invoice)
    for place in data.draw(st.lists(st.integers(0, len(invoice) - 1), min_size=1, max_size=30)):
        changed[place] = data.draw(st.integers(0, 255))
    assert isinstance(read_attachment(bytes(changed), PDF), AttachmentText)


def test_a_picture_that_would_unpack_into_gigabytes_is_not_unpacked() -> None:
    bomb = huge_png(60_000)
    assert len(bomb) < 1_000_000
    assert Defect.TOO_MANY_PIXELS in read_attachment(bomb, "image/png").defects


def test_a_page_the_size_of_a_wall_is_not_rendered() -> None:
    read = read_attachment(pdf_of("<style>@page { size: 5000mm 5000mm }</style><p>Стена</p>"), PDF)
    assert "Стена" in read.text
    assert Defect.TOO_MANY_PIXELS in read.defects


def test_a_picture_bomb_inside_a_pdf_is_not_unpacked() -> None:
    side = 20_000
    body = zlib.compress(zlib.compress(b"\0" * side * 200))
    image = (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%b\nendstream" % (side, side, len(body), body)
    )
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 5 0 R/Resources<</XObject<</I 4 0 R>>>>>>"
    draw = b"<</Length 28>>stream\nq 200 0 0 200 0 0 cm /I Do Q\nendstream"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, image, draw]
    pdf = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%b\nendobj\n" % (n, body) for n, body in enumerate(objects, 1))
    read = read_attachment(pdf + b"trailer<</Root 1 0 R>>\n", PDF)
    assert read.pages == 1
    assert Defect.TOO_MANY_PIXELS in read.defects


def test_a_file_over_the_limit_is_not_opened(monkeypatch: pytest.MonkeyPatch, invoice: bytes) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 1000)
    assert read_attachment(invoice, PDF) == AttachmentText(defects=(Defect.TOO_LARGE,))
