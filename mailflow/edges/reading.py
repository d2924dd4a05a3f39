"""What an attached paper says: the text of a PDF or .docx and the QR codes of a PDF, JPEG or PNG.

Owns: bytes -> `AttachmentText`, within fixed limits of pages, pixels, bytes and seconds. Refuses to
know: what the text means (see `core.invoices`), other kinds of files. A scan gives its QR codes and, where Tesseract is
installed, the words recognised in it with the defect `RECOGNISED`; else the defect `NO_TEXT`.

What may go wrong: any bytes at all. What cannot be read is a defect, never an exception. PDFium and the
picture decoders are C++ and the paper comes from strangers, so the daemon reads through
`reading_apart.PaperReader`: the same reading in another process that may be killed.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mailflow.edges import recognising
from mailflow.edges.docx import BrokenPaper, docx_text, is_docx

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_FILE = 30 * 1024 * 1024
TEXT_PAGES = 20
QR_PAGES = 3
RECOGNISED_PAGES = 3
"""A page takes a second or two: an invoice has one, and a scanned contract is for people."""
LONGEST_TEXT = 400_000
"""Characters kept of one paper."""
MOST_PIXELS = 25_000_000
"""Of a rendered page or a picture: A4 at 200 dpi has 3.9 million, a phone's photo 12."""
DPI = 200
COARSE_DPI = 100
"""Enough for most codes, at a third of the cost; a page without one, or with one that is seen and not read, is
rendered again at `DPI`."""
POINTS_PER_INCH = 72


class Kind(StrEnum):
    """What the bytes are by their first signs, whatever the mail calls them."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Defect(StrEnum):
    """Why a paper was not read, or not in full."""

    TOO_LARGE = "too_large"
    UNKNOWN_KIND = "unknown_kind"
    OTHER_KIND = "other_kind"
    """The bytes are not what the mail says they are; read as what they are."""
    BROKEN = "broken"
    LOCKED = "locked"
    """The PDF asks for a password."""
    NO_TEXT = "no_text"
    """A picture of a paper, and no words in it that can be recognised here."""
    RECOGNISED = "recognised"
    """The text was recognised in a picture: any letter of it may be another."""
    MORE_PAGES = "more_pages"
    LONG_TEXT = "long_text"
    TOO_MANY_PIXELS = "too_many_pixels"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class AttachmentText:
    """The text (pages parted by a form feed), the raw bytes of each QR code, the number of pages."""

    text: str = ""
    qr: tuple[bytes, ...] = ()
    pages: int = 0
    defects: tuple[Defect, ...] = ()

    @property
    def recognised(self) -> bool:
        """Whether the text was recognised in a picture rather than written in the file."""
        return Defect.RECOGNISED in self.defects


MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
)
SAME_KIND = {"image/jpg": Kind.JPEG, "image/pjpeg": Kind.JPEG, "application/x-pdf": Kind.PDF}
UNTOLD = ("", "application/octet-stream", "application/download", "application/x-download")


def kind_of(content: bytes) -> Kind | None:
    """Tell the kind by the first bytes; a PDF may begin within the first kilobyte (ISO 32000, annex H)."""
    if b"%PDF-" in content[:1024]:
        return Kind.PDF
    if is_docx(content):
        return Kind.DOCX
    return next((kind for sign, kind in MAGIC if content.startswith(sign)), None)


def read_attachment(content: bytes, content_type: str, qr_pages: int = QR_PAGES) -> AttachmentText:
    """Read a paper in this process. Never raises; `qr_pages` is how many pages to search for codes, 0 for none."""
    if len(content) > LARGEST_FILE:
        return AttachmentText(defects=(Defect.TOO_LARGE,))
    kind = kind_of(content)
    if kind is None:
        return AttachmentText(defects=(Defect.UNKNOWN_KIND,))
    told = content_type.partition(";")[0].strip().lower()
    other = [Defect.OTHER_KIND] if SAME_KIND.get(told, told) not in (kind, *UNTOLD) else []
    if kind is Kind.DOCX:
        return _read_docx(content, other)
    return _read_pdf(content, qr_pages, other) if kind is Kind.PDF else _read_picture(content, qr_pages, other)


def libraries() -> None:
    """Load what reading needs, so that a process that is to read is ready before its first paper."""
    import pypdfium2.raw
    import zxingcpp
    from PIL import Image, JpegImagePlugin, PngImagePlugin

    _ = pypdfium2, zxingcpp, Image, JpegImagePlugin, PngImagePlugin


def _read_docx(content: bytes, defects: list[Defect]) -> AttachmentText:
    try:
        text = docx_text(content, LONGEST_TEXT)
    except BrokenPaper:
        return AttachmentText(defects=(*defects, Defect.BROKEN))
    return AttachmentText(text, defects=(*defects, *(() if text.strip() else (Defect.NO_TEXT,))))


def _read_pdf(content: bytes, qr_pages: int, defects: list[Defect]) -> AttachmentText:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        why = Defect.LOCKED if "password" in str(error).lower() else Defect.BROKEN
        return AttachmentText(defects=(*defects, why))
    try:
        pages = len(document)
        text = _text_of(document, defects) or _recognised_in(document, defects)
        codes = [code for page in range(min(qr_pages, pages)) for code in _codes_on(document, page, defects)]
    finally:
        document.close()
    return AttachmentText(text, tuple(dict.fromkeys(codes)), pages, tuple(dict.fromkeys(defects)))


def _text_of(document: Any, defects: list[Defect]) -> str:
    """Collect the text layer of the first pages; note in `defects` what is left out."""
    text = ""
    for number in range(min(len(document), TEXT_PAGES)):
        text += ("\f" if text else "") + _page_text(document, number, defects)
        if len(text) > LONGEST_TEXT:
            defects.append(Defect.LONG_TEXT)
            break
    if len(document) > TEXT_PAGES:
        defects.append(Defect.MORE_PAGES)
    return text[:LONGEST_TEXT] if text.strip() else ""


def _recognised_in(document: Any, defects: list[Defect]) -> str:
    """Recognise the words of the first pages of a scan; note in `defects` what kind of text it is, or that none is."""
    pages = range(min(len(document), RECOGNISED_PAGES)) if recognising.installed() else range(0)
    text = "\f".join(filter(None, (_recognised_on(document, number, defects) for number in pages)))
    defects.append(Defect.RECOGNISED if text.strip() else Defect.NO_TEXT)
    return text


def _recognised_on(document: Any, number: int, defects: list[Defect]) -> str:
    import pypdfium2

    try:
        page = document[number]
        if not _is_renderable(page, recognising.DPI):
            return ""
        return recognising.recognised(_rendered(page, recognising.DPI).convert("L"))
    except (pypdfium2.PdfiumError, ValueError, MemoryError, RuntimeError):
        defects.append(Defect.BROKEN)
        return ""


def _page_text(document: Any, number: int, defects: list[Defect]) -> str:
    import pypdfium2

    try:
        page = document[number]
        layer = page.get_textpage()
        text: str = layer.get_text_bounded() if layer.count_chars() <= LONGEST_TEXT else ""
    except pypdfium2.PdfiumError:
        defects.append(Defect.BROKEN)
        return ""
    return text.replace("\r\n", "\n").replace("\x00", "").replace("\ufffe", "-")


def _codes_on(document: Any, number: int, defects: list[Defect]) -> list[bytes]:
    """Render a page and read its codes; a page too large to render is a defect."""
    import pypdfium2

    try:
        page = document[number]
        if not _is_renderable(page, DPI):
            defects.append(Defect.TOO_MANY_PIXELS)
            return []
        seen = _seen_in(_rendered(page, COARSE_DPI))
        if not seen or not all(code.valid for code in seen):
            seen = _seen_in(_rendered(page, DPI))
        return _contents(seen)
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        defects.append(Defect.BROKEN)
        return []


def _is_renderable(page: Any, dpi: int) -> bool:
    """Tell whether neither the page at that resolution nor a picture on it would take more than `MOST_PIXELS`."""
    width, height = (side / POINTS_PER_INCH * dpi for side in page.get_size())
    largest = max((wide * high for wide, high in _pictures_on(page)), default=0)
    return bool(width * height <= MOST_PIXELS and largest <= MOST_PIXELS)


def _pictures_on(page: Any) -> Iterator[tuple[int, int]]:
    """Give the pixel size of every picture on the page, before any of them is unpacked."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    return (picture.get_px_size() for picture in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]))


def _read_picture(content: bytes, qr_pages: int, defects: list[Defect]) -> AttachmentText:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return AttachmentText(pages=1, defects=(*defects, Defect.NO_TEXT, Defect.TOO_MANY_PIXELS))
            grey = picture.convert("L")
        codes = _contents(_seen_in(grey)) if qr_pages else []
        text = recognising.recognised(grey) if recognising.installed() else ""
    except Image.DecompressionBombError:
        return AttachmentText(pages=1, defects=(*defects, Defect.NO_TEXT, Defect.TOO_MANY_PIXELS))
    except (OSError, ValueError, SyntaxError, MemoryError, RuntimeError, zlib.error):
        return AttachmentText(pages=1, defects=(*defects, Defect.BROKEN))
    read = Defect.RECOGNISED if text.strip() else Defect.NO_TEXT
    return AttachmentText(text[:LONGEST_TEXT], tuple(codes), 1, (*defects, read))


def _rendered(page: Any, dpi: int) -> Any:
    return page.render(scale=dpi / POINTS_PER_INCH, grayscale=True).to_pil()


def _seen_in(picture: Image) -> list[Any]:
    """Find the QR codes, those that are seen and cannot be read among them."""
    import zxingcpp

    wanted = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    return list(zxingcpp.read_barcodes(picture, formats=wanted, return_errors=True))


def _contents(seen: list[Any]) -> list[bytes]:
    return list(dict.fromkeys(code.bytes for code in seen if code.valid))
