"""Papers in Word: what a draft holds and where, and the way of a corrected one through a whole case."""

from __future__ import annotations

import html as entities
import io
import re
import time
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from docx import Document

from mailflow.core.case import Case
from mailflow.core.paper_views import PaperView
from mailflow.core.passport import veiled
from mailflow.core.views import Language
from mailflow.edges import paper_samples
from mailflow.edges.documents import Documents
from mailflow.edges.docx import BrokenPaper, docx_text
from mailflow.edges.pdf import Renderer
from mailflow.edges.word_filling import filled, filled_in
from mailflow.edges.word_papers import Editable, word_of
from mailflow.making import shipped
from mailflow.stories.office import StoryOffice, Workshop, story_office
from mailflow.stories.postbag import Draft, File, Sent
from tests.offices import MONDAY, neon, shipped_process

LANGUAGES: tuple[Language, ...] = ("ru", "en")


def editable(language: Language = "ru") -> Iterator[Editable]:
    for view in paper_samples.views(language):
        if isinstance(view, Editable):
            yield view


def text_of(content: bytes) -> str:
    return " ".join(docx_text(content, 100_000).split())


def made(view: PaperView) -> bytes:
    content = word_of(view)
    assert content is not None
    return content


# --- what it holds


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_in_word_says_what_its_pdf_says(language: Language) -> None:
    documents = Documents([shipped("templates") / "letters"], Renderer())
    for view in editable(language):
        word = set(text_of(made(view)).split())
        body = documents.html(view).partition("<body>")[2]
        printed = set(_without_tags(body).split())
        foot = {*view.executor.name.split(), *view.executor.contact.split()} if not _is_attorney(view) else set()
        assert printed - word - foot - {"____________"} == set(), type(view).__name__


def _is_attorney(view: Editable) -> bool:
    return not hasattr(view, "executor")


def _without_tags(html: str) -> str:
    return entities.unescape(re.sub(r"<[^>]+>", " ", html))


def test_the_page_is_a4_with_the_margins_of_the_standard_and_numbers_from_the_second_page() -> None:
    for view in editable():
        [section] = Document(io.BytesIO(made(view))).sections
        assert [round(side.mm) for side in (section.page_width, section.page_height)] == [210, 297]
        margins = (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin)
        assert [round(margin.mm) for margin in margins] == [20, 10, 20, 20]
        assert section.different_first_page_header_footer
        assert "PAGE" in section.header._element.xml
        assert "PAGE" not in section.first_page_header._element.xml


def test_the_letterhead_stands_in_the_left_corner_and_the_addressee_in_the_right() -> None:
    letter = next(editable())
    corner = Document(io.BytesIO(made(letter))).tables[0]
    left, _, right = corner.rows[0].cells
    assert left.paragraphs[0].text == "Общество с ограниченной ответственностью «НЕОН»"
    assert [p.text for p in right.paragraphs][:3] == ["Начальнику управления", "АО «Мосводоканал»", "Лагунину В.А."]
    assert left.width is not None
    assert round(left.width.mm) <= 80


def test_its_letters_are_a_free_face_with_a_twin_named_beside_it() -> None:
    with zipfile.ZipFile(io.BytesIO(made(next(editable())))) as parts:
        assert b'w:ascii="PT Serif"' in parts.read("word/styles.xml")
        assert b'<w:altName w:val="Liberation Serif"/>' in parts.read("word/fontTable.xml")


def test_only_a_draft_bears_the_word_draft_and_neither_number_nor_day() -> None:
    signed, draft, *_ = editable()
    for view, is_draft in ((signed, False), (draft, True)):
        document = Document(io.BytesIO(made(view)))
        corner = document.sections[0].first_page_header._element.xml
        assert ("ПРОЕКТ" in corner) is is_draft
        assert ("01-14/205" in text_of(made(view))) is not is_draft


def test_the_same_paper_is_the_same_bytes() -> None:
    for view in editable():
        first = made(view)
        time.sleep(0.01)
        assert made(view) == first


def test_the_properties_of_a_table_stand_in_the_order_word_insists_on() -> None:
    document = Document(io.BytesIO(made(next(editable()))))
    for table in document.tables:
        tags = [child.tag.rpartition("}")[2] for child in table._tbl.tblPr]
        assert tags.index("tblLayout") < tags.index("tblCellMar") < tags.index("tblLook")


async def test_what_nobody_can_print_is_no_obstacle() -> None:
    documents = Documents([shipped("templates") / "letters"], Renderer())
    view = replace(next(editable()), heading="О\x00плате\x0b и \ud800", text=("\ufffe", "а\u202eб"))
    content = await documents.word(view)
    assert content is not None
    assert "плате" in text_of(content)


# --- number and date


MARKS = {"number": "01-14/205", "date": "20.11.2026", "draft": "", "doubts": ""}


def test_signing_fills_the_places_of_a_corrected_draft_and_leaves_every_other_word() -> None:
    draft = list(editable())[1]
    document = Document(io.BytesIO(made(draft)))
    document.add_paragraph("Дописано от руки.")
    kept = io.BytesIO()
    document.save(kept)
    signed = filled(kept.getvalue(), MARKS)
    text = text_of(signed)
    assert "20.11.2026 № 01-14/205" in text
    assert "Дописано от руки." in text
    assert "Проверьте" not in text
    assert "ПРОЕКТ" not in Document(io.BytesIO(signed)).sections[0].first_page_header._element.xml


def test_a_document_without_places_comes_back_as_it_was() -> None:
    plain = io.BytesIO()
    Document().save(plain)
    content = plain.getvalue()
    assert filled(content, MARKS) is content


async def test_what_is_no_word_document_comes_back_as_it_was() -> None:
    broken = b"PK\x03\x04 word/document.xml and then nothing"
    for content in (b"%PDF-1.7", b"", broken):
        assert await filled_in(content, MARKS) is content
    with pytest.raises(BrokenPaper):
        filled(broken, MARKS)


def test_an_entity_in_a_corrected_draft_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("СЕКРЕТ", encoding="utf-8")
    draft = made(list(editable())[1])
    bent = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(draft)) as parts, zipfile.ZipFile(bent, "w") as out:
        for name in parts.namelist():
            content = parts.read(name)
            if name == "word/document.xml":
                head, _, rest = content.partition(b"<w:document")
                entity = f'<!DOCTYPE w:document [<!ENTITY x SYSTEM "file://{secret}">]>'.encode()
                content = head + entity + b"<w:document" + rest.replace(b"<w:t>", b"<w:t>&x;", 1)
            out.writestr(name, content)
    try:
        after = filled(bent.getvalue(), MARKS)
    except BrokenPaper:
        return
    assert "СЕКРЕТ".encode() not in zipfile.ZipFile(io.BytesIO(after)).read("word/document.xml")


# --- the way of a corrected draft

ASKED = """Адресат: директору ООО «Ромашка» Лютиковой А.А.
О чём: о сроках поставки
Текст: Просим поставить баннеры до 1 декабря.
"""


@pytest.fixture
async def office() -> AsyncIterator[StoryOffice]:
    async with Workshop.opened([shipped("templates")]) as shop:
        opened = await story_office(neon(None, shipped_process("outgoing")), shop, "docs@neon.example", MONDAY)
        await opened.mail(
            Draft("p.petrov@neon.example", "docs+ish@neon.example", "Исх: о сроках поставки", ASKED, opened.now)
        )
        yield opened


async def only(office: StoryOffice) -> Case:
    [case] = await office.cases()
    return case


def last(office: StoryOffice, person: str, kind: str = "ask") -> Sent:
    return next(one for one in reversed(office.sent) if (one.to, one.kind) == (person, kind))


def enclosed(letter: Sent) -> dict[str, bytes]:
    parts = list(letter.message.iter_attachments())
    return {str(part.get_filename()): part.get_payload(decode=True) for part in parts}  # type: ignore[misc]


async def replies(office: StoryOffice, person: str, text: str, *files: File, letter: Sent | None = None) -> None:
    answers = letter or last(office, person)
    office.now += timedelta(minutes=1)
    sender = office.office.directory.people[person].address
    to = str(answers.message["Reply-To"])
    draft = Draft(sender, to, f"Re: {answers.subject}", text, office.now, files=files, answers=answers)
    await office.mail(draft)


def corrected(content: bytes, before: str, after: str) -> bytes:
    """The document as a person's word processor would leave it, with these words changed."""
    document = Document(io.BytesIO(content))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace(before, after)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def word_file(letter: Sent) -> tuple[str, bytes]:
    [found] = [(name, content) for name, content in enclosed(letter).items() if name.endswith(".docx")]
    return found


async def correct(office: StoryOffice, name: str = "") -> None:
    was, content = word_file(last(office, "p.petrov"))
    file = File(name or was, corrected(content, "до 1 декабря", "не позднее 3 декабря"))
    await replies(office, "p.petrov", "Поправил текст", file)


async def test_the_draft_comes_as_pdf_and_as_a_word_document(office: StoryOffice) -> None:
    names = list(enclosed(last(office, "p.petrov")))
    assert names == ["Письмо И-2026-0001, проект.pdf", "Письмо И-2026-0001, проект.docx"]


@pytest.mark.parametrize("name", ["", "Письмо И-2026-0001 (правка ПП).docx"])
async def test_a_corrected_draft_is_the_next_version_and_goes_on_in_place_of_the_first(
    office: StoryOffice, name: str
) -> None:
    await correct(office, name)
    case = await only(office)
    [version] = case.current_files
    assert (version.version, version.paper, version.by) == (2, "outgoing_letter", "p.petrov")
    assert version.changes is not None
    [change] = version.changes.places
    assert "до 1 декабря" in change.was
    assert "не позднее 3 декабря" in change.now
    await replies(office, "p.petrov", "Верно")
    assert "не позднее 3 декабря" in last(office, "director").text
    [(_, content)] = enclosed(last(office, "director")).items()
    assert "не позднее 3 декабря" in text_of(content)


async def test_a_corrected_letter_gets_its_number_and_date_at_signing_and_not_before(office: StoryOffice) -> None:
    await correct(office)
    await replies(office, "p.petrov", "Верно")
    assert "01-14/1" not in text_of(word_file(last(office, "director"))[1])
    await replies(office, "director", "Согласовано")
    name, content = word_file(last(office, "sekretar"))
    assert name == "Письмо И-2026-0001, № 01-14-1.docx"
    assert "16.11.2026 № 01-14/1" in text_of(content)
    assert "не позднее 3 декабря" in text_of(content)
    assert len(enclosed(last(office, "sekretar"))) == 1


async def test_a_corrected_card_is_printed_anew_even_after_a_corrected_file(office: StoryOffice) -> None:
    await correct(office)
    await replies(office, "p.petrov", "Текст: Поставка не нужна.")
    names = enclosed(last(office, "p.petrov"))
    assert len(names) == 2
    assert "Поставка не нужна." in text_of(word_file(last(office, "p.petrov"))[1])
    assert (await only(office)).current_files == ()


async def test_another_file_beside_the_draft_is_no_version_of_it(office: StoryOffice) -> None:
    file = File("Схема 2026.pdf", b"%PDF-1.7\n")
    await replies(office, "p.petrov", "Приложил схему", file)
    [kept] = (await only(office)).current_files
    assert (kept.version, kept.paper) == (1, "")
    assert len(enclosed(last(office, "p.petrov"))) == 3


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("паспорт серии 45 10 № 123456, выдан 12.03.2011", "паспорт серии ** ** № ******, выдан 12.03.2011"),
        ("45\u00a010 №\u00a0123456", "**\u00a0** №\u00a0******"),
        ("паспорт 4510123456", "паспорт **********"),
        ("4510 123456 код 770-001", "**** ****** код ***-***"),
        ("№ 123457, выдан", "№ ******, выдан"),
        ("серии 4511 №", "серии **** №"),
        ("по 31 декабря 2026 г., ИНН 7709123453", "по 31 декабря 2026 г., ИНН 7709123453"),
    ],
)
def test_no_digit_of_a_passport_is_shown_among_the_changes(words: str, shown: str) -> None:
    assert veiled(words) == shown


async def test_a_corrected_power_of_attorney_shows_no_passport_in_a_letter() -> None:
    text = (
        "На кого: Орлов С.П.\nПаспорт: 45 10 123456, выдан 12.03.2011\nДля чего: получить груз\nСрок: до 31.12.2026\n"
    )
    async with Workshop.opened([shipped("templates")]) as shop:
        process = shipped_process("power_of_attorney")
        office = await story_office(neon(None, process), shop, "docs@neon.example", MONDAY)
        at = "docs+dov@neon.example"
        await office.mail(Draft("p.petrov@neon.example", at, "Доверенность на Орлова С.П.", text, office.now))
        name, content = word_file(last(office, "p.petrov"))
        await replies(office, "p.petrov", "Поправил", File(name, corrected(content, "123456", "654321")))
        [version] = (await only(office)).current_files
        assert version.changes is not None
        assert "654321" in version.changes.places[0].now
        await replies(office, "p.petrov", "Верно")
        for letter in office.sent:
            assert "654321" not in letter.text + letter.html
            assert "123456" not in letter.text + letter.html
        assert any("******" in letter.text for letter in office.sent)
        waiting = {one.principal for one in (await only(office)).open_assignments}
        assert "654321" in text_of(word_file(last(office, waiting.pop()))[1])
