"""What an attached paper says: the text layer of a PDF and the QR codes of a PDF, JPEG or PNG.

Owns: bytes -> `AttachmentText`, within fixed limits of pages, pixels, bytes and seconds. Refuses to
know: what the text means (see `core.invoices`), other kinds of files. There is no OCR: a scan gives its
QR codes and the defect `NO_TEXT`.

What may go wrong: any bytes at all. What cannot be read is a defect, never an exception. PDFium and the
picture decoders are C++ and the paper comes from strangers, so the daemon calls `read_apart`: the same
reading in a child process that may be killed.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import io
import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_FILE = 30 * 1024 * 1024
TEXT_PAGES = 20
QR_PAGES = 3
LONGEST_TEXT = 400_000
"""Characters kept of one paper."""
MOST_PIXELS = 25_000_000
"""Of a rendered page or a picture: A4 at 200 dpi has 3.9 million, a phone's photo 12."""
DPI = 200
POINTS_PER_INCH = 72
CHILD_SECONDS = 20.0
CHILD_MEMORY = 1024 * 1024 * 1024
"""Bytes of address space the child may take."""


class Kind(StrEnum):
    """What the bytes are by their first signs, whatever the mail calls them."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"


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
    """A picture of a paper: nothing to read without OCR."""
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
    return _read_pdf(content, qr_pages, other) if kind is Kind.PDF else _read_picture(content, qr_pages, other)


async def read_apart(
    content: bytes, content_type: str, qr_pages: int = QR_PAGES, seconds: float = CHILD_SECONDS
) -> AttachmentText:
    """Read a paper in a child process with limits of time and memory; a killed child is a defect."""
    if len(content) > LARGEST_FILE or kind_of(content) is None:
        return read_attachment(content, content_type, qr_pages)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "mailflow.edges.reading", content_type, str(qr_pages), str(int(seconds) + 1),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        answer, _ = await asyncio.wait_for(child.communicate(content), seconds)
    except TimeoutError:
        return AttachmentText(defects=(Defect.TIMED_OUT,))
    finally:
        await _end(child)
    return _from_json(answer) if child.returncode == 0 else AttachmentText(defects=(Defect.BROKEN,))


async def _end(child: asyncio.subprocess.Process) -> None:
    """Leave no child behind, whatever interrupted the reading."""
    if child.returncode is None:
        child.kill()
        await child.wait()


def _read_pdf(content: bytes, qr_pages: int, defects: list[Defect]) -> AttachmentText:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        why = Defect.LOCKED if "password" in str(error).lower() else Defect.BROKEN
        return AttachmentText(defects=(*defects, why))
    try:
        pages = len(document)
        text = _text_of(document, defects)
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
    if not text.strip():
        defects.append(Defect.NO_TEXT)
    return text[:LONGEST_TEXT]


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
        width, height = (side / POINTS_PER_INCH * DPI for side in page.get_size())
        largest = max((wide * high for wide, high in _pictures_on(page)), default=0)
        if width * height > MOST_PIXELS or largest > MOST_PIXELS:
            defects.append(Defect.TOO_MANY_PIXELS)
            return []
        return _codes_in(page.render(scale=DPI / POINTS_PER_INCH, grayscale=True).to_pil())
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        defects.append(Defect.BROKEN)
        return []


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
            codes = _codes_in(picture.convert("L")) if qr_pages else []
    except Image.DecompressionBombError:
        return AttachmentText(pages=1, defects=(*defects, Defect.NO_TEXT, Defect.TOO_MANY_PIXELS))
    except (OSError, ValueError, SyntaxError, MemoryError, zlib.error):
        return AttachmentText(pages=1, defects=(*defects, Defect.BROKEN))
    return AttachmentText("", tuple(codes), 1, (*defects, Defect.NO_TEXT))


def _codes_in(picture: Image) -> list[bytes]:
    import zxingcpp

    wanted = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    found = zxingcpp.read_barcodes(picture, formats=wanted)
    return list(dict.fromkeys(code.bytes for code in found if code.valid))


def _to_json(read: AttachmentText) -> bytes:
    codes = [base64.b64encode(code).decode() for code in read.qr]
    return json.dumps([read.text, codes, read.pages, list(read.defects)]).encode()


def _from_json(answer: bytes) -> AttachmentText:
    try:
        text, codes, pages, defects = json.loads(answer)
        qr = tuple(base64.b64decode(code) for code in codes)
        return AttachmentText(text, qr, pages, tuple(map(Defect, defects)))
    except (ValueError, TypeError, binascii.Error):
        return AttachmentText(defects=(Defect.BROKEN,))


def _main(content_type: str, qr_pages: str, seconds: str) -> None:
    """Be the child: take the paper from stdin, give the reading to stdout."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY, CHILD_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    read = read_attachment(sys.stdin.buffer.read(LARGEST_FILE + 1), content_type, int(qr_pages))
    sys.stdout.buffer.write(_to_json(read))


if __name__ == "__main__":
    _main(*sys.argv[1:4])
