"""The papers a person may correct in Word: letter, order and power of attorney, with the words their PDFs have.

Owns: which block stands where on the sheet. Refuses to know: what a paper says (the views of the core), how a sheet is
written (`word`), who asks for one.

A company's own templates change the PDFs alone. In Word the person who corrects the paper has it in his hands.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import zxingcpp
from docx.shared import Mm
from PIL import Image

from mailflow.core.letterhead import Letterhead, Signature
from mailflow.core.orders import Order
from mailflow.core.paper_views import PaperView
from mailflow.core.papers import OutgoingLetter
from mailflow.core.power_of_attorney import PowerOfAttorney
from mailflow.core.views import Language
from mailflow.edges.word import BLANK, WIDTH, Sheet, ruled, shape, write

Editable = OutgoingLetter | Order | PowerOfAttorney
_INDENT = 12.5


@dataclass(frozen=True, slots=True)
class _Words:
    letter: str
    order: str
    ordered: str
    attorney: str
    number: str
    numbered: str
    """Between a date and its number."""
    their_number: str
    of: str
    enclosed: str
    agreed: str
    read: str
    read_on: str
    specimen: tuple[str, str]
    check: str
    phone: str
    okpo: str
    ogrn: str
    inn: str
    kpp: str


_WORDS: Mapping[Language, _Words] = {
    "ru": _Words(
        letter="Письмо",
        order="ПРИКАЗ",
        ordered="ПРИКАЗЫВАЮ:",
        attorney="ДОВЕРЕННОСТЬ",
        number="№",
        numbered=" № ",
        their_number="На №",
        of="от",
        enclosed="Приложение:",
        agreed="Согласовано:",
        read="С приказом ознакомлены:",
        read_on="«___» ___________ 20__ г.",
        specimen=("Подпись", "удостоверяю."),
        check="Проверьте перед подписанием:",
        phone="тел.",
        okpo="ОКПО",
        ogrn="ОГРН",
        inn="ИНН",
        kpp="КПП",
    ),
    "en": _Words(
        letter="Letter",
        order="ORDER",
        ordered="I HEREBY ORDER:",
        attorney="POWER OF ATTORNEY",
        number="No.",
        numbered=", No. ",
        their_number="Your ref.",
        of="of",
        enclosed="Enclosed:",
        agreed="Agreed:",
        read="Read and understood:",
        read_on="Date ______________",
        specimen=("I certify the signature of", ""),
        check="Check before signing:",
        phone="tel.",
        okpo="OKPO",
        ogrn="OGRN",
        inn="INN",
        kpp="KPP",
    ),
}


def word_of(view: PaperView) -> bytes | None:
    """Give the paper as a Word document; None for one that is not corrected by hand."""
    made = _MAKERS.get(type(view))
    return made(view) if made is not None else None


def _letter(view: OutgoingLetter) -> bytes:
    said = _WORDS[view.language]
    sheet = _sheet(view, said.letter)
    corner = sheet.columns([80, 14, WIDTH - 94]).rows[0].cells
    _firm(sheet, corner[0], view.letterhead, said)
    _marks(sheet, corner[0], view, said)
    _addressee(sheet, corner[2], view)
    if view.heading:
        sheet.paragraph(view.heading, before=9, after=8).paragraph_format.right_indent = Mm(WIDTH - 80)
    if view.greeting:
        sheet.paragraph(view.greeting, align="center", after=5)
    for paragraph in view.text:
        sheet.paragraph(paragraph, align="justify", indent=_INDENT)
    _enclosed(sheet, view.attachments, said)
    sheet.paragraph(view.closing, before=8, with_next=True)
    _signature(sheet, view.signature, 7)
    _doubts(sheet, view, said)
    sheet.foot((view.executor.name, view.executor.contact), qr_png(view.code))
    return sheet.content()


def _order(view: Order) -> bytes:
    said = _WORDS[view.language]
    sheet = _sheet(view, said.order.capitalize())
    _firm(sheet, None, view.letterhead, said)
    sheet.paragraph(said.order, size=14, bold=True, align="center", before=6, after=4)
    day, place, number = sheet.columns([60, 60, 60]).rows[0].cells
    sheet.place(day.paragraphs[0], "date", view.date or BLANK)
    write(place.paragraphs[0], view.place, align="center")
    write(shape(number.paragraphs[0], align="right"), f"{said.number} ", align="right")
    sheet.place(number.paragraphs[0], "number", view.number or BLANK)
    if view.heading:
        sheet.paragraph(view.heading, before=8, after=8).paragraph_format.right_indent = Mm(WIDTH - 80)
    if view.preamble:
        sheet.paragraph(view.preamble, align="justify", indent=_INDENT)
    sheet.paragraph(said.ordered, before=2, after=2, with_next=True)
    for number_, point in enumerate(view.points, 1):
        sheet.paragraph(f"{number_}. {point}", align="justify", indent=_INDENT)
    _enclosed(sheet, view.attachments, said)
    _signature(sheet, view.signature, 12)
    _agreed(sheet, view, said)
    _doubts(sheet, view, said)
    sheet.foot((view.executor.name, view.executor.contact), qr_png(view.code))
    return sheet.content()


def _attorney(view: PowerOfAttorney) -> bytes:
    said = _WORDS[view.language]
    sheet = _sheet(view, said.attorney.capitalize())
    _firm(sheet, None, view.letterhead, said)
    title = sheet.paragraph(f"{said.attorney} {said.number} ", size=14, bold=True, align="center", before=6, after=5)
    sheet.place(title, "number", view.number or BLANK, size=14, bold=True)
    shape(title, align="center", before=6, after=5)
    place, day = sheet.columns([65, WIDTH - 65]).rows[0].cells
    write(place.paragraphs[0], view.place)
    sheet.place(day.paragraphs[0], "date", view.date or BLANK)
    shape(day.paragraphs[0], align="right", after=8)
    whom = f"{view.grantor} {view.attorney}"
    one = len(view.powers) == 1
    first = f"{whom}, {view.powers[0]}." if one else f"{whom}:"
    sheet.paragraph(first, align="justify", indent=_INDENT)
    for number, power in enumerate(() if one else view.powers, 1):
        end = "." if number == len(view.powers) else ";"
        sheet.paragraph(f"{number}) {power}{end}", align="justify", indent=_INDENT, before=1)
    sheet.paragraph(view.term, align="justify", indent=_INDENT)
    before, after = said.specimen
    sheet.paragraph(f"{before} {view.specimen} {'_' * 20} {after}".rstrip(), before=8, with_next=True)
    _signature(sheet, view.signature, 12)
    _doubts(sheet, view, said)
    sheet.foot((), qr_png(view.code))
    return sheet.content()


_MAKERS: Mapping[type, Callable[[Any], bytes]] = {
    OutgoingLetter: _letter,
    Order: _order,
    PowerOfAttorney: _attorney,
}


def _sheet(view: Editable, title: str) -> Sheet:
    named = f"{title} {_WORDS[view.language].number} {view.number}" if view.number else title
    return Sheet(named, view.letterhead.short_name or view.letterhead.full_name, view.language, view.draft)


def _firm(sheet: Sheet, cell: Any, head: Letterhead, said: _Words) -> None:
    """Write the letterhead: into a corner, or over the whole width where there is no cell for it."""
    lines = _requisites(head, said)
    first = cell.paragraphs[0] if cell is not None else sheet.paragraph()
    write(first, head.full_name, size=12, bold=True, align="center")
    if head.short_name:
        sheet.paragraph(f"({head.short_name})", within=cell, size=11, align="center", after=2)
    last = first
    for line in lines:
        last = sheet.paragraph(line, within=cell, size=9.5, align="center")
    if cell is None:
        ruled(last)


def _requisites(head: Letterhead, said: _Words) -> list[str]:
    net = ", ".join(part for part in (head.email, head.site) if part)
    codes = ", ".join(f"{title} {v}" for title, v in ((said.okpo, head.okpo), (said.ogrn, head.ogrn)) if v)
    tax = f"{said.inn}/{said.kpp} {head.inn}/{head.kpp}" if head.kpp else f"{said.inn} {head.inn}" if head.inn else ""
    phone = f"{said.phone} {head.phone}" if head.phone else ""
    return [line for line in (head.address, phone, net, codes, tax) if line]


def _marks(sheet: Sheet, cell: Any, view: OutgoingLetter, said: _Words) -> None:
    marks = sheet.paragraph(within=cell, before=4)
    sheet.place(marks, "date", view.date or BLANK, size=11)
    write(marks, said.numbered, size=11)
    sheet.place(marks, "number", view.number or BLANK, size=11)
    shape(marks, before=4)
    if view.their_number:
        theirs = f"{said.their_number} {view.their_number}"
        sheet.paragraph(f"{theirs} {said.of} {view.their_date}" if view.their_date else theirs, within=cell, size=11)


def _addressee(sheet: Sheet, cell: Any, view: OutgoingLetter) -> None:
    to = view.addressee
    name = f"{to.surname} {to.initials}".strip()
    lines = [*to.lines, *([name] if name else [])]
    for number, line in enumerate(lines):
        write(cell.paragraphs[0] if number == 0 else sheet.paragraph(within=cell), line)
    for number, line in enumerate(to.address):
        sheet.paragraph(line, within=cell, size=11, before=0 if number else 2)


def _enclosed(sheet: Sheet, attachments: Sequence[str], said: _Words) -> None:
    if not attachments:
        return
    several = len(attachments) > 1
    table = sheet.columns([28, WIDTH - 28], rows=len(attachments))
    for number, one in enumerate(attachments):
        title, what = table.rows[number].cells
        write(title.paragraphs[0], said.enclosed if number == 0 else "", before=0 if number else 6)
        write(what.paragraphs[0], f"{number + 1}. {one}" if several else one, before=0 if number else 6)


def _signature(sheet: Sheet, signature: Signature, before: float) -> None:
    sheet.paragraph(size=1)  # two tables in a row would be one
    who, name = sheet.columns([85, WIDTH - 85]).rows[0].cells
    write(who.paragraphs[0], signature.position, before=before)
    write(name.paragraphs[0], f"{signature.initials} {signature.surname}".strip(), before=before, align="right")


def _agreed(sheet: Sheet, view: Order, said: _Words) -> None:
    if view.visas:
        sheet.paragraph(said.agreed, size=10.5, before=8, with_next=True)
        rows = [(visa.position or visa.stage, visa.name, visa.at) for visa in view.visas]
        _rows(sheet, rows)
    if view.readers:
        sheet.paragraph(said.read, size=10.5, before=8, with_next=True)
        _rows(sheet, [(reader, "_" * 24, said.read_on) for reader in view.readers])


def _rows(sheet: Sheet, rows: Sequence[tuple[str, str, str]]) -> None:
    table = sheet.columns([66, 66, WIDTH - 132], rows=len(rows))
    for place, texts in enumerate(rows):
        for cell, text in zip(table.rows[place].cells, texts, strict=True):
            write(cell.paragraphs[0], text, size=10.5, before=1.6)


def _doubts(sheet: Sheet, view: Editable, said: _Words) -> None:
    if view.draft and view.doubts:
        sheet.place(sheet.paragraph(before=8), "doubts", f"{said.check} {'; '.join(view.doubts)}", size=9)


def qr_png(text: str) -> bytes:
    """Give a QR code of the text as a picture."""
    made = zxingcpp.create_barcode(text or "-", zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn: Any = zxingcpp.write_barcode_to_image(made, scale=6, add_quiet_zones=False)
    rows = memoryview(drawn)
    height, width = rows.shape or (0, 0)
    picture = io.BytesIO()
    Image.frombytes("L", (width, height), rows.tobytes()).save(picture, "PNG")
    return picture.getvalue()
