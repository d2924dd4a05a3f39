"""Golden papers: where every line of every sample paper stands, in which face, as pdfplumber sees it.

One text file for each sample in `tests/papers_golden`, a line for each line of print: page, millimetres from the left
and from the top, face, size in points, the words. `python -m tests.golden_papers` writes them anew; look at the
difference, and at the papers, before you keep it.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pdfplumber

from mailflow.core.paper_views import PaperView
from mailflow.core.views import Language
from mailflow.edges import paper_samples
from mailflow.edges.documents import KINDS, Documents
from mailflow.edges.pdf import Made, Renderer

GOLDEN = Path(__file__).parent / "papers_golden"
TEMPLATES = Path(__file__).parents[1] / "templates" / "letters"
MM = 25.4 / 72
SAME_LINE = 2.0
"""Points between the baselines of words of one line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of print, or a part of one beyond a wide gap."""

    page: int
    left: float
    top: float
    face: str
    size: float
    text: str

    def __str__(self) -> str:
        return f"{self.page}\t{self.left:.1f}\t{self.top:.1f}\t{self.face}\t{self.size:g}\t{self.text}"

    @classmethod
    def read(cls, text: str) -> Line:
        """Read a line of a golden file."""
        page, left, top, face, size, words = text.split("\t")
        return cls(int(page), float(left), float(top), face, float(size), words)


def lines_of(content: bytes) -> list[Line]:
    """Give every line of print, from the top down."""
    with pdfplumber.open(io.BytesIO(content)) as document:
        return [line for number, page in enumerate(document.pages, 1) for line in _lines(number, page)]


def _lines(number: int, page: Any) -> Iterator[Line]:
    """Words of one face a space apart are one line; column by column they are many."""
    found = page.extract_words(keep_blank_chars=True, x_tolerance=6, extra_attrs=["fontname", "size"])
    for word in sorted(found, key=lambda one: (round(one["top"] / SAME_LINE), one["x0"])):
        face = word["fontname"].partition("+")[2] or word["fontname"]
        yield Line(number, word["x0"] * MM, word["top"] * MM, face, round(word["size"], 2), word["text"].strip())


def samples() -> Iterator[tuple[str, PaperView]]:
    """Give every sample with a name: «order.ru», «order.ru.2» for the next of its kind."""
    for language in get_args(Language):
        seen: dict[str, int] = {}
        for view in paper_samples.views(language):
            kind = next(name for name, shows in KINDS.items() if isinstance(view, shows))
            seen[kind] = seen.get(kind, 0) + 1
            again = f".{seen[kind]}" if seen[kind] > 1 else ""
            yield f"{kind}.{language}{again}", view


async def write() -> None:
    """Write all golden files anew."""
    renderer = Renderer()
    documents = Documents([TEMPLATES], renderer)
    GOLDEN.mkdir(exist_ok=True)
    for name, view in samples():
        made = await documents.make(view)
        assert isinstance(made, Made), made
        text = "".join(f"{line}\n" for line in lines_of(made.content))
        (GOLDEN / f"{name}.txt").write_text(text, encoding="utf-8")
    await renderer.close()


if __name__ == "__main__":
    asyncio.run(write())
