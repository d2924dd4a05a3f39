"""Real PDFs, opened and measured: what a page says and where; what a hostile document can and cannot do."""

from __future__ import annotations

import asyncio
import base64
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from mailflow.core.answers import Answer
from mailflow.core.case import Case, FieldValue
from mailflow.core.papers import OutgoingLetter, outgoing_letter
from mailflow.core.sheet import approval_sheet
from mailflow.edges import paper_samples
from mailflow.edges.documents import Documents
from mailflow.edges.pdf import CHILD, Failed, Limits, Made, Renderer
from mailflow.errors import SettingsError
from tests.offices import HERE, MONDAY, Story, neon, paper

SHIPPED = HERE.parent / "templates" / "letters"
POINT = 25.4 / 72


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for all tests of this file, so that they share one process: it takes a second to start."""
    return "asyncio"


@pytest.fixture(scope="module")
async def renderer() -> AsyncIterator[Renderer]:
    made = Renderer()
    yield made
    await made.close()


@pytest.fixture(scope="module")
def documents(renderer: Renderer) -> Documents:
    return Documents([SHIPPED], renderer)


# --- reading a page back


class Page:
    """One page as a reader has it: words, and where its ink is in millimetres from the upper left corner."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.width, self.height = (round(side * POINT) for side in page.get_size())
        text = page.get_textpage()
        self.text = " ".join(text.get_text_range().split())
        boxes = [(text.get_text_range(n, 1), text.get_charbox(n)) for n in range(text.count_chars())]
        self._signs = [(sign, box) for sign, box in boxes if sign.strip()]
        self._bitmap = page.render(scale=3).to_pil()

    @property
    def margins(self) -> tuple[float, float, float, float]:
        """Left, right, top and bottom white of the text, in millimetres."""
        lefts, bottoms, rights, tops = zip(*(box for _, box in self._signs), strict=True)
        top, right = self.height - max(tops) * POINT, self.width - max(rights) * POINT
        return min(lefts) * POINT, right, top, min(bottoms) * POINT

    def from_top(self, sign_of: str) -> float:
        """Millimetres between the upper edge and the first line whose text begins so."""
        signs = "".join(sign for sign, _ in self._signs)
        at = signs.index("".join(sign_of.split()))
        return self.height - self._signs[at][1][3] * POINT

    def from_left(self, sign_of: str) -> float:
        signs = "".join(sign for sign, _ in self._signs)
        return self._signs[signs.index("".join(sign_of.split()))][1][0] * POINT

    @property
    def qr(self) -> tuple[str, float, float] | None:
        """Its text, and how far to the right and down its middle lies, from 0 to 1."""
        found = zxingcpp.read_barcodes(self._bitmap)
        if not found:
            return None
        at = found[0].position
        width, height = self._bitmap.size
        middle = (at.top_left.x + at.bottom_right.x) / 2 / width, (at.top_left.y + at.bottom_right.y) / 2 / height
        return found[0].text, *middle


def pages(made: Made | Failed) -> list[Page]:
    assert isinstance(made, Made), made
    return [Page(page) for page in pypdfium2.PdfDocument(made.content)]


# --- the letter

WATER: dict[str, FieldValue] = {
    "addressee": "Начальник управления АО «Мосводоканал» Лагунин В.А.",
    "addressee_name": "Лагунин Виктор Андреевич",
    "addressee_address": "Плетешковский пер., д. 2,\nМосква, 105005",
    "subject_matter": "согласование технических условий",
    "their_number": "01-12/4567",
    "their_date": "2026-11-09",
    "text": "В ответ на Ваше письмо направляем схему.\nПросим подтвердить срок.",
    "attachments": "на 2 л. в 1 экз.",
}
SIGNED: dict[str, FieldValue] = {"reg_number": "01-14/205", "reg_date": "2026-11-20"}


def letter(**fields: FieldValue) -> OutgoingLetter:
    case = Case("c1", "outgoing", "p.petrov", MONDAY, number="И-2026-0205", fields={**WATER, **fields})
    return outgoing_letter(case, neon())


async def test_a_letter_has_its_requisites_on_one_a4_page(documents: Documents) -> None:
    [page] = pages(await documents.make(letter(**SIGNED)))
    assert (page.width, page.height) == (210, 297)
    for said in (
        "Общество с ограниченной ответственностью «НЕОН» (ООО «НЕОН»)",
        "ИНН/КПП 7709123453/770901001",
        "20.11.2026 № 01-14/205",
        "На № 01-12/4567 от 09.11.2026",
        "Начальнику управления",
        "Лагунину В.А.",
        "Уважаемый Виктор Андреевич!",
        "Приложение: на 2 л. в 1 экз.",
        "С уважением,",
        "И.С. Иванов",
        "Петров Пётр Петрович +7 (495) 000-00-01",
    ):
        assert said in page.text
    assert "ПРОЕКТ" not in page.text


async def test_the_heading_begins_with_o_and_stands_in_the_left_corner(documents: Documents) -> None:
    [page] = pages(await documents.make(letter(**SIGNED)))
    assert "О согласовании технических условий" in page.text
    assert page.from_left("О согласовании") == pytest.approx(20, abs=0.6)


async def test_the_requisites_come_in_their_order(documents: Documents) -> None:
    [page] = pages(await documents.make(letter(**SIGNED)))
    down = ("20.11.2026", "На №", "О согласовании", "Уважаемый", "В ответ", "Приложение", "С уважением", "Петров")
    heights = [page.from_top(said) for said in down]
    assert heights == sorted(heights)
    assert page.from_top("Начальнику") == pytest.approx(page.from_top("Общество"), abs=2)
    assert page.from_left("Начальнику") > 105


async def test_no_letter_leaves_its_margins(documents: Documents) -> None:
    long = "\n\n".join(["Просим подтвердить срок выдачи технических условий и сообщить стоимость работ."] * 60)
    for page in pages(await documents.make(letter(text=long, **SIGNED)))[:1]:
        left, right, top, bottom = page.margins
        assert left >= 19.7
        assert right >= 9.7
        assert top >= 19.7
        assert bottom >= 19.7


async def test_pages_are_numbered_from_the_second_in_the_middle_of_the_top(documents: Documents) -> None:
    long = "\n\n".join(["Просим подтвердить срок выдачи технических условий."] * 90)
    first, second, *_, last = pages(await documents.make(letter(text=long, **SIGNED)))
    assert first.from_top("Общество") >= 19.7
    assert not first.text.endswith(" 1")
    assert second.text.endswith(" 2")
    assert second.from_top("2") >= 10
    assert second.margins[2] < 20
    assert second.from_left("2") == pytest.approx(20 + 180 / 2, abs=3)
    assert "Петров Пётр Петрович" in last.text
    assert "Петров Пётр Петрович" not in first.text


async def test_a_signature_is_never_alone_on_its_page(documents: Documents) -> None:
    for lines in range(24, 30):
        text = "\n\n".join(["Просим подтвердить срок выдачи технических условий."] * lines)
        last = pages(await documents.make(letter(text=text, **SIGNED)))[-1]
        assert "Просим" in last.text
        assert "И.С. Иванов" in last.text


async def test_a_draft_says_so_in_the_margin_and_has_neither_number_nor_date(documents: Documents) -> None:
    [page] = pages(await documents.make(letter()))
    assert "ПРОЕКТ" in page.text
    assert 10 <= page.from_top("ПРОЕКТ") < 20
    assert "20.11.2026" not in page.text
    assert "01-14/205" not in page.text


async def test_only_a_draft_asks_to_check_a_doubtful_name(documents: Documents) -> None:
    doubtful: dict[str, FieldValue] = {"addressee": "Директор Орёл И.И.", "addressee_name": ""}
    [draft] = pages(await documents.make(letter(**doubtful)))
    assert "Проверьте перед подписанием: Орёлу И.И." in draft.text
    [done] = pages(await documents.make(letter(**doubtful, **SIGNED)))
    assert "Проверьте" not in done.text


async def test_the_qr_code_stands_in_the_lower_right_corner_and_can_be_read(documents: Documents) -> None:
    view = letter(**SIGNED)
    [page] = pages(await documents.make(view))
    assert page.qr is not None
    text, right, down = page.qr
    assert text == view.code
    assert right > 0.8
    assert down > 0.8


# --- the approval sheet


def paid() -> Story:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.REWORK, "нет договора")
    story.answer("i.kuznetsov", Answer.DONE, files=(paper("Счет 57.pdf", "b"),))
    story.answer("p.petrov", Answer.APPROVE, channel="link")
    story.answer("o.smirnova", Answer.APPROVE)
    story.pays()
    story.answer("i.kuznetsov", Answer.DONE)
    return story


async def test_a_sheet_is_landscape_and_whole(documents: Documents) -> None:
    story = paid()
    [page] = pages(await documents.make(approval_sheet(story.it, story.office, story.now)))
    assert (page.width, page.height) == (297, 210)
    for said in ("ЛИСТ СОГЛАСОВАНИЯ", "СЧ-2026-0001", "На доработку", "нет договора", "п/п № 345", "b" * 64):
        assert said in page.text
    assert "Согласовано. Маршрут пройден полностью" in page.text
    assert page.qr is not None
    assert page.qr[0].startswith("СЧ-2026-0001 ")


async def test_a_long_sheet_repeats_its_head_and_numbers_its_pages(documents: Documents) -> None:
    story = paid()
    view = approval_sheet(story.it, story.office, story.now)
    long = replace(view, rows=view.rows * 12)
    several = pages(await documents.make(long))
    assert len(several) > 1
    for number, page in enumerate(several, 1):
        assert f"стр. {number} из {len(several)}" in page.text
    assert "Замечание" in several[1].text
    left, right, top, _ = several[0].margins
    assert (left >= 19.7, right >= 9.7, top >= 19.7) == (True, True, True)


# --- what the shipped templates promise


async def test_every_shipped_paper_is_printed_in_both_languages(documents: Documents) -> None:
    documents.check()
    for view in (*paper_samples.views("ru"), *paper_samples.views("en")):
        assert pages(await documents.make(view))
    letter_, _, sheet, *_ = paper_samples.views("en")
    assert "Your ref. 01-12/4567 of 09.11.2026" in pages(await documents.make(letter_))[0].text
    assert "APPROVAL SHEET" in pages(await documents.make(sheet))[0].text


async def test_the_same_paper_is_the_same_bytes_in_another_process(documents: Documents) -> None:
    first = await documents.make(letter(**SIGNED))
    other = Renderer()
    try:
        second = await Documents([SHIPPED], other).make(letter(**SIGNED))
    finally:
        await other.close()
    assert first == second


async def test_a_company_changes_the_letterhead_alone(tmp_path: Path, renderer: Renderer) -> None:
    (tmp_path / "_letterhead.html.j2").write_text("<p>БЛАНК {{ letterhead.inn }}</p>", encoding="utf-8")
    own = Documents([tmp_path, SHIPPED], renderer)
    own.check()
    [page] = pages(await own.make(letter(**SIGNED)))
    assert "БЛАНК 7709123453" in page.text
    assert "Уважаемый Виктор Андреевич!" in page.text


async def test_a_company_changes_one_block_alone(tmp_path: Path, renderer: Renderer) -> None:
    file = tmp_path / "outgoing_letter.ru.html.j2"
    file.write_text("{% block style %}@page { size: A5 }{% endblock %}", encoding="utf-8")
    page, *_ = pages(await Documents([tmp_path, SHIPPED], renderer).make(letter(**SIGNED)))
    assert (page.width, page.height) == (148, 210)
    assert "Уважаемый Виктор Андреевич!" in page.text


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("_letterhead.html.j2", "<p>\n{{ letterhead.fax }}", r'_letterhead.html.j2:2: "letterhead.fax" does not exist'),
        ("outgoing_letter.ru.html.j2", "{% block body %}{{ rows }}{% endblock %}", r":1: the field \"rows\""),
        ("outgoing_letter.ru.html.j2", "{% block foot %}{% endblock %}", r"no letter has a block"),
        ("approval_sheet.ru.html.j2", "{% block body %}{{ cycler() }}{% endblock %}", r"may not use \"call\""),
        ("approval_sheet.ru.html.j2", "{% block body %}{{ 'a' * 10**9 }}{% endblock %}", r"may not use \"mul\""),
        ("approval_sheet.ru.html.j2", "{% block body %}\n\n{% if %}{% endblock %}", r"ru.html.j2:3: "),
        ("memo.ru.html.j2", "x", r"no paper uses this file"),
    ],
)
def test_a_wrong_template_stops_the_start(name: str, text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=said):
        Documents([tmp_path, SHIPPED], Renderer()).check()


async def test_a_paper_without_a_template_is_a_failure_with_a_reason(tmp_path: Path, renderer: Renderer) -> None:
    assert isinstance(await Documents([tmp_path], renderer).make(letter()), Failed)


async def test_a_paper_longer_than_any_is_a_failure_with_a_reason(documents: Documents) -> None:
    made = await documents.make(letter(text="слово " * 200_000))
    assert made == Failed("the paper is longer than 1048576 characters")


async def test_what_a_stranger_typed_stays_text(documents: Documents) -> None:
    evil = "<script>x</script><img src=file:///etc/passwd>\u202eкод\x00 {{ 7 * 7 }}"
    [page] = pages(await documents.make(letter(text=evil, **SIGNED)))
    assert "<script>x</script>" in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert "root:" not in page.text


# --- hostile documents


@pytest.fixture
def ear() -> Iterator[HTTPServer]:
    """A server that counts who comes."""

    class Counting(BaseHTTPRequestHandler):
        hits = 0

        def do_GET(self) -> None:
            type(self).hits += 1
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Counting)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


CHANNELS = """
<base href="{to}/base/">
<link rel=stylesheet href="{to}/1"><link rel=attachment href="{to}/2"><style>@import "{to}/3";
@font-face {{ font-family: F; src: url({to}/4) }} body {{ font-family: F; background: url({to}/5) }}
li {{ list-style-image: url({to}/6) }} p::before {{ content: url({to}/7) }}
@page {{ background: url({to}/8); @top-left {{ content: url({to}/9) }} }}
div {{ border-image-source: url({to}/10); mask-border-source: url({to}/10m) }}
@color-profile p {{ src: url({to}/10c) }}</style>
<img src="{to}/11"><img srcset="{to}/12 2x"><object data="{to}/13"></object><embed src="{to}/14">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image href="{to}/15"/>
<use href="{to}/16#x"/><style>@import url({to}/17);</style></svg>
<img src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Cimage href='{to}/18'/%3E%3C/svg%3E">
<iframe src="{to}/19"></iframe><table background="{to}/20"><tr><td><a rel=attachment href="{to}/21">a</a></table>
<p>done<li>x<div>y</div>
"""


async def test_no_channel_of_a_document_reaches_the_net(renderer: Renderer, ear: HTTPServer) -> None:
    [page, *_] = pages(await renderer.pdf(CHANNELS.format(to=f"http://127.0.0.1:{ear.server_port}")))
    assert "done" in page.text
    assert ear.RequestHandlerClass.hits == 0  # type: ignore[attr-defined]


async def test_no_channel_of_a_document_reads_a_file(renderer: Renderer, tmp_path: Path) -> None:
    for name in ("1", "2", "11", "21"):
        (tmp_path / name).write_text("the secret of this machine", encoding="utf-8")
    made = await renderer.pdf(CHANNELS.format(to=tmp_path.as_uri()))
    assert isinstance(made, Made)
    opened = pypdfium2.PdfDocument(made.content)
    assert opened.count_attachments() == 0
    assert b"secret" not in made.content


async def test_a_picture_in_the_document_itself_is_shown(renderer: Renderer) -> None:
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    made = await renderer.pdf(f"<img width=50 src='data:image/png;base64,{dot}'>")
    assert isinstance(made, Made)
    assert b"/Subtype /Image" in made.content


async def test_a_document_that_takes_too_long_is_ended_and_the_next_is_made() -> None:
    renderer = Renderer(Limits(seconds=2))
    try:
        assert isinstance(await renderer.pdf("<p>warm"), Made)
        begun = time.monotonic()
        endless = await renderer.pdf("<table>" + "<tr><td>a<td>b" * 60_000)
        assert isinstance(endless, Failed)
        assert endless.reason == "not ready within 2 s"
        assert time.monotonic() - begun < 4
        assert isinstance(await renderer.pdf("<p>next"), Made)
    finally:
        await renderer.close()


async def test_a_document_that_swells_is_ended_and_the_next_is_made() -> None:
    swelling = "c.renderer = lambda p: lambda h: bytes(10**9) if h == 'big' else b'x'"
    renderer = Renderer(command=stub(swelling))
    try:
        assert await renderer.pdf("big") == Failed("needs more memory than a document may have")
        assert await renderer.pdf("next") == Made(b"x")
    finally:
        await renderer.close()


async def test_a_document_of_too_many_pages_is_refused() -> None:
    renderer = Renderer(Limits(pages=3))
    try:
        made = await renderer.pdf("<p style='break-after: page'>x" * 4 + "<p>y")
        assert made == Failed("TooManyPages: 5 pages, at most 3 are allowed")
        assert isinstance(await renderer.pdf("<p style='break-after: page'>x" * 2 + "<p>y"), Made)
    finally:
        await renderer.close()


async def test_a_deep_document_is_a_failure_with_a_reason(renderer: Renderer) -> None:
    made = await renderer.pdf("<div>" * 2000)
    assert isinstance(made, Failed)
    assert "RecursionError" in made.reason


async def test_a_slow_document_does_not_keep_the_service_waiting(renderer: Renderer) -> None:
    await renderer.pdf("<p>warm")
    long = asyncio.create_task(renderer.pdf("<table>" + "<tr><td>a<td>b" * 600))
    lags = []
    while not long.done():
        begun = time.monotonic()
        await asyncio.sleep(0.01)
        lags.append(time.monotonic() - begun - 0.01)
    assert isinstance(await long, Made)
    assert sorted(lags)[len(lags) * 9 // 10] < 0.05


# --- the life of the process


def stub(does: str) -> tuple[str, ...]:
    """A child that does this with each document, in place of WeasyPrint."""
    code = f"import sys, os, time; from mailflow.edges import pdf_child as c; {does}; sys.exit(c.main(sys.argv[1:]))"
    return (sys.executable, "-c", code)


async def test_a_crash_is_a_failure_and_the_next_document_is_made(tmp_path: Path) -> None:
    once = tmp_path / "crashed"
    once.touch()
    does = (
        f"n={str(once)!r}; c.renderer = lambda p: lambda h: (os.remove(n), os.abort()) if os.path.exists(n) else b'x'"
    )
    renderer = Renderer(command=stub(does))
    try:
        assert await renderer.pdf("one") == Failed("the renderer was ended by SIGABRT")
        assert await renderer.pdf("two") == Made(b"x")
    finally:
        await renderer.close()


async def test_a_process_killed_between_two_documents_is_a_failure_and_is_started_anew() -> None:
    renderer = Renderer()
    try:
        await renderer.pdf("<p>one")
        assert renderer._child is not None
        renderer._child.kill()
        assert await renderer.pdf("<p>two") == Failed("the renderer was ended by SIGKILL")
        assert isinstance(await renderer.pdf("<p>three"), Made)
    finally:
        await renderer.close()


async def test_a_cancelled_document_does_not_answer_for_the_next(renderer: Renderer) -> None:
    await renderer.pdf("<p>warm")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await renderer.pdf("<table>" + "<tr><td>SLOW" * 20_000)
    [page] = pages(await renderer.pdf("<p>NEXT"))
    assert page.text == "NEXT"


async def test_the_process_is_started_anew_after_so_many_documents() -> None:
    renderer = Renderer(Limits(documents=2), stub("c.renderer = lambda p: lambda h: str(os.getpid()).encode()"))
    try:
        processes = [await renderer.pdf("x") for _ in range(4)]
        assert processes[0] == processes[1]
        assert processes[2] == processes[3]
        assert processes[1] != processes[2]
    finally:
        await renderer.close()


async def test_a_process_ends_with_its_renderer() -> None:
    renderer = Renderer()
    await renderer.pdf("<p>one")
    child = renderer._child
    assert child is not None
    await renderer.close()
    assert child.returncode == 0


async def test_a_service_that_was_killed_leaves_no_folder_behind() -> None:
    service = (
        "import asyncio, os, signal; from mailflow.edges.pdf import Renderer\n"
        "async def main():\n"
        "    renderer = Renderer(); await renderer.pdf('<p>x')\n"
        "    print(renderer._folder.name, flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())"
    )
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", service, stdout=asyncio.subprocess.PIPE)
    told, _ = await killed.communicate()
    folder = Path(told.decode().strip())
    for _ in range(100):
        if not folder.exists():
            break
        await asyncio.sleep(0.05)
    assert folder.name.startswith("mailflow-pdf-")
    assert not folder.exists()


async def test_what_a_library_prints_does_not_reach_the_document() -> None:
    renderer = Renderer(
        command=stub("c.renderer = lambda p: lambda h: (print('noise'), os.write(1, b'noise'), b'x')[2]")
    )
    try:
        assert await renderer.pdf("x") == Made(b"x")
    finally:
        await renderer.close()


@pytest.mark.parametrize(
    "deed",
    ["__import__('socket').socket()", "os.system('true')", "__import__('subprocess').run(['true'])", "os.fork()"],
)
async def test_code_in_the_renderer_gets_neither_socket_nor_process(deed: str) -> None:
    renderer = Renderer(command=stub(f"c.renderer = lambda p: lambda h: (__import__('socket'), {deed}, b'x')[2]"))
    try:
        made = await renderer.pdf("x")
        assert isinstance(made, Failed)
        assert made.reason.startswith("PermissionError")
    finally:
        await renderer.close()


async def test_the_renderer_writes_no_file_outside_its_own_folder(tmp_path: Path) -> None:
    target = tmp_path / "out"
    renderer = Renderer(command=stub(f"c.renderer = lambda p: lambda h: open({str(target)!r}, 'wb').read()"))
    try:
        assert await renderer.pdf("x") == Failed("PermissionError: a document may not use open")
        assert not target.exists()
    finally:
        await renderer.close()


async def test_a_font_of_the_template_is_used_and_its_file_goes_with_the_process(renderer: Renderer) -> None:
    font = next(Path("/usr/share/fonts").rglob("PTM55F.ttf"), None) or next(Path("/usr/share/fonts").rglob("*.ttf"))
    data = base64.b64encode(font.read_bytes()).decode()
    face = f"<style>@font-face {{ font-family: Ours; src: url(data:font/ttf;base64,{data}) }} p {{ font-family: Ours }}"
    assert isinstance(await renderer.pdf(f"{face}</style><p>абв"), Made)
    assert renderer._folder is not None
    folder = Path(renderer._folder.name)
    assert list(folder.iterdir()) != []
    await renderer.close()
    assert not folder.exists()


async def test_the_renderer_sees_none_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILFLOW_PASSWORD", "hunter2")
    renderer = Renderer(command=stub("c.renderer = lambda p: lambda h: repr(os.environ).encode()"))
    try:
        made = await renderer.pdf("x")
    finally:
        await renderer.close()
    assert isinstance(made, Made)
    assert b"hunter2" not in made.content


async def test_without_pango_the_reason_names_the_cure() -> None:
    lacking = "c.renderer = lambda p: (_ for _ in ()).throw(OSError('cannot load library libpango-1.0-0'))"
    renderer = Renderer(command=stub(lacking))
    try:
        made = await renderer.pdf("x")
        assert isinstance(made, Failed)
        assert "apt-get install libpango-1.0-0 libpangoft2-1.0-0" in made.reason
        with pytest.raises(SettingsError, match=r"PDF: .*apt-get install"):
            await renderer.check()
    finally:
        await renderer.close()


async def test_check_is_silent_where_all_is_well(renderer: Renderer) -> None:
    await renderer.check()


def test_the_child_is_the_module_of_that_name() -> None:
    assert CHILD[-2:] == ("-m", "mailflow.edges.pdf_child")
