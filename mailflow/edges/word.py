"""A sheet of paper as a Word document (.docx, ECMA-376): page, paragraphs, tables without lines, places to be filled.

Owns: python-docx, the page of ГОСТ Р 7.0.97-2025 (A4, margins of 20-10-20-20 mm, numbers from the second page on), and
that the same sheet gives the same bytes. Refuses to know: which paper it is (`word_papers`).

What is known only at signing stands in content controls with the tags of `PLACES`: `word_filling` writes into them when
a corrected draft comes back, whatever else was changed around them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from mailflow.core.views import Language
from mailflow.edges.word_filling import PLACE

FONT = "PT Serif"
PLACES = ("number", "date", "draft", "doubts")
BLANK = "____________"
"""What stands in a place until it is filled."""
WIDTH = 180
"""Millimetres of text in a line."""

Align = Literal["left", "center", "right", "justify"]

_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_DRAFT: dict[Language, str] = {"ru": "ПРОЕКТ", "en": "DRAFT"}
_GREY = RGBColor(0x77, 0x77, 0x77)
_EPOCH = datetime(1980, 1, 1)
"""The day every file bears inside: the archive and its properties would else tell when it was made."""
# Where PT Serif is not installed, Word takes the face named beside it, which has the same letters.
_FONTS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:font w:name="PT Serif">'
    b'<w:altName w:val="Liberation Serif"/><w:charset w:val="CC"/><w:family w:val="roman"/><w:pitch w:val="variable"/>'
    b"</w:font></w:fonts>"
)
_ALIASES: dict[Language, dict[str, str]] = {
    "ru": {"number": "Номер", "date": "Дата", "draft": "Пометка о проекте", "doubts": "Проверить"},
    "en": {"number": "Number", "date": "Date", "draft": "Draft mark", "doubts": "To be checked"},
}


class Sheet:
    """One paper being written, from the top down."""

    def __init__(self, title: str, company: str, language: Language, draft: bool) -> None:
        self._document = Document()
        self._language = language
        self._dress(title, company)
        self._page(draft)

    def paragraph(self, text: str = "", within: Any = None, **form: Any) -> Any:
        """Add a paragraph: to the page, or to a cell. `form` is what `shape` takes."""
        return write((within or self._document).add_paragraph(), text, **form)

    def columns(self, widths: Sequence[int], rows: int = 1, within: Any = None) -> Any:
        """Add a table without lines; `widths` in millimetres."""
        whole = () if within is None else (Mm(WIDTH),)
        home: Any = within or self._document
        table = home.add_table(rows, len(widths), *whole)
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
        _fixed(table)
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Mm(width)
        return table

    def place(self, paragraph: Any, name: str, text: str, size: float = 12, bold: bool = False) -> None:
        """Put a place into the paragraph: a content control, which keeps its tag whatever is typed into it."""
        run = write(paragraph, text, size=size, bold=bold, grey=name in ("draft", "doubts")).runs[-1]._r
        control, head, content = (OxmlElement(f"w:{part}") for part in ("sdt", "sdtPr", "sdtContent"))
        for tag, value in (("alias", _ALIASES[self._language][name]), ("tag", PLACE + name)):
            one = OxmlElement(f"w:{tag}")
            one.set(qn("w:val"), value)
            head.append(one)
        run.addprevious(control)
        content.append(run)
        control.append(head)
        control.append(content)

    def foot(self, lines: Sequence[str], picture: bytes) -> None:
        """Fill the foot of every page with these small lines; of the first with the picture to their right as well."""
        section = self._document.sections[0]
        first = self.columns([WIDTH - 26, 26], within=section.first_page_footer)
        last = section.first_page_footer.paragraphs[0]
        last._p.addprevious(first._tbl)
        _small(first.cell(0, 0), lines)
        corner = first.cell(0, 1).paragraphs[0]
        shape(corner, align="right")
        corner.add_run().add_picture(io.BytesIO(picture), width=Mm(22))
        shape(last, size=1)
        rest = section.footer
        write(rest.paragraphs[0], lines[0] if lines else "", size=9.5)
        for line in lines[1:]:
            write(rest.add_paragraph(), line, size=9.5)

    def content(self) -> bytes:
        """Give the document; the same sheet gives the same bytes."""
        made = io.BytesIO()
        self._document.save(made)
        return _same_every_time(made.getvalue())

    def _dress(self, title: str, company: str) -> None:
        about = self._document.core_properties
        about.title, about.author, about.last_modified_by, about.comments = title, company, "", ""
        about.created = about.modified = _EPOCH
        about.language = {"ru": "ru-RU", "en": "en-GB"}[self._language]
        normal = self._document.styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(12)
        fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)

    def _page(self, draft: bool) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin, section.right_margin = Mm(20), Mm(10)
        section.top_margin = section.bottom_margin = Mm(20)
        section.header_distance = section.footer_distance = Mm(10)
        section.different_first_page_header_footer = True
        if draft:
            corner = shape(section.first_page_header.paragraphs[0], align="right")
            self.place(corner, "draft", _DRAFT[self._language], size=9)
        number = shape(section.header.paragraphs[0], align="center")
        _page_number(number)


def write(paragraph: Any, text: str, size: float = 12, bold: bool = False, grey: bool = False, **form: Any) -> Any:
    """Add words to a paragraph; a line end in them begins a new line."""
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(size), bold
    if grey:
        run.font.color.rgb = _GREY
    return shape(paragraph, **form)


def shape(
    paragraph: Any,
    align: Align | None = None,
    indent: float = 0,
    before: float = 0,
    after: float = 0,
    with_next: bool = False,
    size: float = 0,
) -> Any:
    """Shape a paragraph: indent of its first line and white around it in millimetres."""
    form = paragraph.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Mm(before), Mm(after), 1.15
    form.first_line_indent, form.keep_with_next = Mm(indent), with_next
    form.widow_control = True
    if align is not None:
        paragraph.alignment = _ALIGN[align]
    if size:
        form.line_spacing = Pt(size)
    return paragraph


def _small(cell: Any, lines: Sequence[str]) -> None:
    for number, line in enumerate(lines):
        write(cell.paragraphs[0] if number == 0 else cell.add_paragraph(), line, size=9.5)


def _fixed(table: Any) -> None:
    """Take the inner margins of the cells away, so that columns begin where the text does."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        one = OxmlElement(f"w:{side}")
        one.set(qn("w:w"), "0")
        one.set(qn("w:type"), "dxa")
        margins.append(one)
    # Word reads the properties of a table in their order and refuses the document otherwise.
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def ruled(paragraph: Any) -> None:
    """Draw a line below the paragraph."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "6"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def _page_number(paragraph: Any) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(11)
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        mark.text = text or None
        run._r.append(mark)


def _same_every_time(content: bytes) -> bytes:
    """Give the archive anew with one day in all its entries, in their order, and with our table of fonts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as out:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, _FONTS if name == "word/fontTable.xml" else parts.read(name))
    return kept.getvalue()
