"""Papers measured a second time, by pdfplumber and pikepdf: every line in its place, faces embedded, nothing active.

Not shown by these tests: that a paper is PDF/A or PDF/UA. No validator of either has been run on one.
"""

from __future__ import annotations

import io
import time
from collections.abc import AsyncIterator, Iterator

import pdfplumber
import pikepdf
import pytest

from mailflow.core.paper_views import PaperView
from mailflow.edges import paper_samples
from mailflow.edges.documents import Documents
from mailflow.edges.pdf import Made, Renderer
from mailflow.edges.pdf_child import renderer as in_process
from tests.golden_papers import GOLDEN, MM, TEMPLATES, Line, lines_of, samples

SAMPLES = dict(samples())
CLOSE = 0.7
"""Millimetres a line may stand elsewhere: another release of a font or of Pango moves it by tenths."""
LETTER_MS = 80


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for all tests of this file, so that they share one process: it takes a second to start."""
    return "asyncio"


@pytest.fixture(scope="module")
async def documents() -> AsyncIterator[Documents]:
    renderer = Renderer()
    yield Documents([TEMPLATES], renderer)
    await renderer.close()


async def printed(documents: Documents, view: PaperView) -> bytes:
    made = await documents.make(view)
    assert isinstance(made, Made), made
    return made.content


# --- every line in its place


@pytest.mark.parametrize("name", SAMPLES)
async def test_every_line_of_a_paper_stands_where_it_stood(name: str, documents: Documents) -> None:
    wanted = [Line.read(line) for line in (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()]
    found = lines_of(await printed(documents, SAMPLES[name]))
    assert [(one.page, one.face, one.size, one.text) for one in found] == [
        (one.page, one.face, one.size, one.text) for one in wanted
    ]
    moved = [
        (one.text, (one.left - it.left, one.top - it.top))
        for one, it in zip(found, wanted, strict=True)
        if abs(one.left - it.left) > CLOSE or abs(one.top - it.top) > CLOSE
    ]
    assert moved == []


def test_there_is_a_golden_file_for_every_sample_and_no_other() -> None:
    assert {file.stem for file in GOLDEN.glob("*.txt")} == set(SAMPLES)


# --- the page of the standard

BUSINESS = [name for name in SAMPLES if name.startswith(("outgoing_letter", "order", "power_of_attorney"))]


@pytest.mark.parametrize("name", BUSINESS)
async def test_the_text_keeps_the_margins_of_20_10_20_and_20_millimetres(name: str, documents: Documents) -> None:
    with pdfplumber.open(io.BytesIO(await printed(documents, SAMPLES[name]))) as document:
        for page in document.pages:
            assert (round(page.width * MM), round(page.height * MM)) == (210, 297)
            words = [one for one in page.extract_words() if one["text"] not in ("ПРОЕКТ", "DRAFT")]
            assert min(one["x0"] for one in words) * MM >= 19.95
            assert max(one["x1"] for one in words) * MM <= 200.05
            assert min(one["top"] for one in words) * MM >= 19.95
            assert max(one["bottom"] for one in words) * MM <= 277.3


async def test_the_letterhead_and_the_addressee_stand_side_by_side_in_their_columns(documents: Documents) -> None:
    lines = {one.text: one for one in lines_of(await printed(documents, SAMPLES["outgoing_letter.ru"]))}
    head, to = lines["Общество с ограниченной"], lines["Начальнику управления"]
    assert abs(head.top - to.top) < 1.5
    assert 20 <= head.left <= 100
    assert to.left == pytest.approx(114, abs=1)
    assert lines["О согласовании технических условий"].left == pytest.approx(20, abs=0.5)
    assert lines["И.И. Иванов"].left > 150


# --- its structure

ACTIVE = frozenset(("/JavaScript", "/JS", "/Launch", "/SubmitForm", "/GoToR", "/URI", "/EmbeddedFile", "/RichMedia"))


@pytest.mark.parametrize("name", [name for name in SAMPLES if name.count(".") == 1])
async def test_faces_are_embedded_and_nothing_in_a_paper_acts(name: str, documents: Documents) -> None:
    with pikepdf.open(io.BytesIO(await printed(documents, SAMPLES[name]))) as pdf:
        assert not pdf.is_encrypted
        assert str(pdf.docinfo["/Title"])
        assert "/OpenAction" not in pdf.Root
        assert "/AA" not in pdf.Root
        assert "/Names" not in pdf.Root or "/EmbeddedFiles" not in pdf.Root.Names
        kinds = {str(one[key]) for one in _dictionaries(pdf) for key in ("/S", "/Type", "/Subtype") if key in one}
        assert kinds & ACTIVE == set()
        fonts = [one for one in _dictionaries(pdf) if one.get("/Type") == "/FontDescriptor"]
        assert fonts
        for font in fonts:
            assert {"/FontFile2", "/FontFile3"} & set(font.keys()), font.FontName
        texts = [one for one in _dictionaries(pdf) if one.get("/Type") == "/Font" and "/DescendantFonts" in one]
        assert texts
        assert all("/ToUnicode" in one for one in texts), "the text can be copied and searched"


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    for one in pdf.objects:
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one  # type: ignore[misc]


# --- its time


def test_a_letter_is_rendered_in_less_than_80_ms_of_processor_time_once_the_renderer_is_warm() -> None:
    make = in_process(pages=200)
    html = Documents([TEMPLATES], Renderer()).html(next(paper_samples.views("ru")))
    spent = []
    for _ in range(8):
        started = time.process_time()
        make(html)
        spent.append(1000 * (time.process_time() - started))
    assert min(spent) < LETTER_MS, spent
