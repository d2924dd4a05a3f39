"""The process that renders PDF: HTML comes in on a pipe, a PDF or a complaint goes out on another.

Owns: WeasyPrint, and the bounds it runs in: memory, processor time, pages, no network, no address but data: ones.
Refuses to know: what a document is about, who asked. `mailflow.edges.pdf` starts it, times it and ends it.

Run as `python -m mailflow.edges.pdf_child MEMORY_MIB SECONDS PAGES`. A frame is one letter, four bytes of length
(big-endian) and that many bytes. In: `H` and HTML as UTF-8. Out: first `R` (ready) or `X` (cannot start), then for each
document `P` and the PDF, or `F` and the reason as UTF-8.

What may go wrong: a document that needs more than it may have. Python's part of that ends as an `F`; when Pango or
the kernel ends the process, the pipe closes and the other side understands.
"""

from __future__ import annotations

import os
import resource
import shutil
import struct
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

FRAME = struct.Struct(">cI")
HTML, READY, CANNOT, PDF, FAILED = b"H", b"R", b"X", b"P", b"F"
MISSING = "WeasyPrint cannot start, Pango is missing: apt-get install {packages} ({reason})"
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-paratype"

FOLDER = "mailflow-pdf-"
"""How the folder begins that this process is given for its files."""

_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "os.fork")
_NICENESS = 10
# WeasyPrint lays a font that a template brings with it into a file, in the folder it is given for that.
_LARGEST_FILE = 16 * 1024 * 1024

Make = Callable[[str], bytes]


class TooManyPages(Exception):
    """The document is longer than a document may be."""


def main(arguments: list[str]) -> int:
    """Serve documents until the other side closes the pipe; 1 where rendering cannot start at all."""
    memory, seconds, pages = map(int, arguments)
    requests, replies = _pipes()
    _bound(memory)
    try:
        make = renderer(pages)
    except OSError as missing:
        _write(replies, CANNOT, MISSING.format(packages=PACKAGES, reason=_line(missing)).encode())
        return 1
    sys.addaudithook(_refusing(tempfile.gettempdir()))
    _write(replies, READY, b"")
    while (html := _read(requests)) is not None:
        _allow(seconds)
        _write(replies, *answer(make, html))
    _clear(Path(tempfile.gettempdir()))
    return 0


def renderer(pages: int) -> Make:
    """Give the function that renders; OSError where a system library is missing."""
    # Imported here: it takes a second and may fail for want of Pango.
    from weasyprint import HTML as Document
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    # One for all documents: a new one for each grows the process by a quarter of a megabyte.
    fonts = FontConfiguration()
    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)

    def make(html: str) -> bytes:
        document: Any = Document(string=html, url_fetcher=fetcher).render(font_config=fonts, presentational_hints=False)
        if len(document.pages) > pages:
            raise TooManyPages(f"{len(document.pages)} pages, at most {pages} are allowed")
        return bytes(document.write_pdf())

    return make


def answer(make: Make, html: str) -> tuple[bytes, bytes]:
    """Render one document into the frame that answers it; whatever a document does to WeasyPrint becomes a reason."""
    try:
        return PDF, make(html)
    except MemoryError:
        return FAILED, b"needs more memory than a document may have"
    except Exception as wrong:
        return FAILED, _line(wrong).encode("utf-8", "replace")


def _line(wrong: BaseException) -> str:
    return " ".join(f"{type(wrong).__name__}: {wrong}".split())[:500]


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the two pipes to ourselves: a library that prints must not print into a document."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    return requests, replies


def _bound(memory: int) -> None:
    """Bound memory and files; write no core; let the service go first."""
    room = memory * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    os.nice(_NICENESS)


def _allow(seconds: int) -> None:
    """Give this document its processor time; past it the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def _refusing(folder: str) -> Callable[[str, tuple[Any, ...]], None]:
    """The second lock behind the fetcher: no socket, no process, no file outside the folder, whoever asks for one."""

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN) or (event == "open" and _writes(folder, *arguments)):
            raise PermissionError(f"a document may not use {event}")

    return refuse


def _writes(folder: str, path: object, _mode: object, flags: object) -> bool:
    opened = flags if isinstance(flags, int) else 0
    return bool(opened & (os.O_WRONLY | os.O_RDWR)) and not str(path).startswith(folder)


def _clear(folder: Path) -> None:
    """Remove our folder: the other side may have been killed and never will. Only ours, whatever TMPDIR says."""
    if folder.name.startswith(FOLDER):
        shutil.rmtree(folder, ignore_errors=True)


def _read(requests: BinaryIO) -> str | None:
    """Give the next document; None at the end."""
    head = requests.read(FRAME.size)
    if len(head) < FRAME.size:
        return None
    _, length = FRAME.unpack(head)
    return requests.read(length).decode("utf-8", "replace")


def _write(replies: BinaryIO, kind: bytes, content: bytes) -> None:
    replies.write(FRAME.pack(kind, len(content)) + content)
    replies.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (BrokenPipeError, KeyboardInterrupt):
        sys.exit(1)
