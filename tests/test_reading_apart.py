"""The process that reads papers: the same reading, and nothing a paper does to it reaches the service."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mailflow.edges.reading import AttachmentText, Defect, read_attachment
from mailflow.edges.reading_apart import Limits, PaperReader, from_json, to_json
from tests.papers import invoice_pdf, qr_png

PDF = "application/pdf"


@pytest.fixture(scope="module")
def invoice() -> bytes:
    return invoice_pdf()


@pytest.fixture
async def reader() -> AsyncIterator[PaperReader]:
    reader = PaperReader()
    yield reader
    await reader.close()


def process_of(reader: PaperReader) -> int:
    """The number of the process that reads, 0 when there is none."""
    return reader._child.pid if reader._child is not None else 0


async def test_the_other_process_reads_the_same(reader: PaperReader, invoice: bytes) -> None:
    assert await reader.read(invoice, PDF) == read_attachment(invoice, PDF)
    assert await reader.read(invoice, PDF, 0) == read_attachment(invoice, PDF, 0)


async def test_every_defect_is_read_the_same(reader: PaperReader) -> None:
    for content in (b"%PDF-1.7\njunk", b"", b"\x89PNG\r\n\x1a\nxxxx", qr_png(b"https://example.org")):
        assert await reader.read(content, PDF) == read_attachment(content, PDF)


async def test_one_process_reads_many_papers(reader: PaperReader, invoice: bytes) -> None:
    await reader.read(invoice, PDF)
    first = process_of(reader)
    await asyncio.gather(*(reader.read(invoice, PDF) for _ in range(5)))
    assert process_of(reader) == first > 0


async def test_a_file_of_another_kind_starts_no_process(reader: PaperReader) -> None:
    assert (await reader.read(b"PK\x03\x04zip", PDF)).defects == (Defect.UNKNOWN_KIND,)
    assert process_of(reader) == 0


async def test_after_so_many_papers_the_process_is_started_anew(invoice: bytes) -> None:
    reader = PaperReader(Limits(papers=2))
    await reader.read(invoice, PDF)
    first = process_of(reader)
    await reader.read(invoice, PDF)
    assert process_of(reader) == 0
    assert await reader.read(invoice, PDF) == read_attachment(invoice, PDF)
    assert process_of(reader) not in (0, first)
    await reader.close()


async def test_a_paper_that_takes_too_long_is_a_defect_and_the_next_is_read(invoice: bytes) -> None:
    reader = PaperReader(Limits(seconds=2))
    await reader.read(invoice, PDF)
    os.kill(process_of(reader), signal.SIGSTOP)
    assert await reader.read(invoice, PDF) == AttachmentText(defects=(Defect.TIMED_OUT,))
    assert await reader.read(invoice, PDF) == read_attachment(invoice, PDF)
    await reader.close()


async def test_a_process_that_dies_between_papers_is_started_anew(reader: PaperReader, invoice: bytes) -> None:
    await reader.read(invoice, PDF)
    first = process_of(reader)
    os.kill(first, signal.SIGKILL)
    while Path(f"/proc/{first}").exists():
        await asyncio.sleep(0.01)
    assert await reader.read(invoice, PDF) == read_attachment(invoice, PDF)


async def test_a_process_that_dies_over_a_paper_is_tried_once_more_afresh(reader: PaperReader, invoice: bytes) -> None:
    await reader.read(invoice, PDF)
    first = process_of(reader)
    os.kill(first, signal.SIGSTOP)
    reading = asyncio.create_task(reader.read(invoice, PDF))
    await asyncio.sleep(0.05)
    os.kill(first, signal.SIGKILL)
    assert await reading == read_attachment(invoice, PDF)
    assert process_of(reader) != first


async def test_a_paper_every_process_dies_over_is_a_defect(invoice: bytes, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    dies = f"import sys; open({str(starts)!r}, 'a').write('x'); sys.stdout.buffer.write(bytes(4)); sys.stdout.flush()"
    reader = PaperReader(command=(sys.executable, "-c", f"{dies}; sys.stdin.buffer.read(10)"))
    assert (await reader.read(invoice, PDF)).defects == (Defect.BROKEN,)
    assert starts.read_text() == "x"
    await reader.close()


async def test_a_process_that_cannot_start_is_a_defect_and_not_our_end(invoice: bytes) -> None:
    for command in (("/bin/false",), ("/no/such/program",), (sys.executable, "-c", "print('x' * 99)")):
        assert (await PaperReader(command=command).read(invoice, PDF)).defects == (Defect.BROKEN,)


async def test_a_paper_that_wants_too_much_memory_is_a_defect_and_the_next_is_read(invoice: bytes) -> None:
    reader = PaperReader(Limits(memory=260))
    assert await reader.read(invoice, PDF) == read_attachment(invoice, PDF)
    read = await reader.read(b"%PDF-1.7\n" + bytes(30_000_000 - 100), PDF)
    assert Defect.BROKEN in read.defects
    assert await reader.read(invoice, PDF) == read_attachment(invoice, PDF)
    await reader.close()


async def test_whoever_gives_up_waiting_gets_no_half_answer_afterwards(reader: PaperReader, invoice: bytes) -> None:
    await reader.read(invoice, PDF)
    os.kill(process_of(reader), signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(invoice, PDF), 0.05)
    assert process_of(reader) == 0
    assert await reader.read(qr_png(b"https://example.org"), "image/png") == read_attachment(
        qr_png(b"https://example.org"), "image/png"
    )


async def test_closing_ends_the_process(invoice: bytes) -> None:
    reader = PaperReader()
    await reader.read(invoice, PDF)
    process = process_of(reader)
    await reader.close()
    assert not Path(f"/proc/{process}").exists()
    await reader.close()


async def test_no_password_of_ours_is_in_the_other_process(
    reader: PaperReader, invoice: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILFLOW_PASSWORD", "secret")
    await reader.read(invoice, PDF)
    assert b"secret" not in Path(f"/proc/{process_of(reader)}/environ").read_bytes()


def test_what_is_no_reading_is_refused() -> None:
    read = AttachmentText("текст", (b"\xff\x00",), 2, (Defect.MORE_PAGES,))
    assert from_json(to_json(read)) == read
    for answer in (b"", b"[]", b"{}", b"[1, 2, 3, 4]", b'["", ["!"], 1, []]', b'["", [], 1, ["no such defect"]]'):
        with pytest.raises(ValueError, match=r"."):
            from_json(answer)
