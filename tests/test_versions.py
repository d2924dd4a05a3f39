"""Versions of files: which one a new file follows, what changed in it, who decides anew, who is told."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.answers import Answer
from mailflow.core.case import FileVersion
from mailflow.core.differing import Change, changes_between
from mailflow.core.events import IncomingFile
from mailflow.core.versions import replaced_by
from mailflow.edges.docx import BrokenPaper, docx_text, is_docx
from mailflow.edges.reading_apart import PaperReader
from mailflow.edges.texts import text_of
from tests.offices import MOSCOW, letters, waits_on
from tests.processes import story

TITLE = "title: {ru: Этап, en: Stage}"
ROUTE = f"""
    - law: {{kind: approve, {TITLE}, who: role lawyer, edits: true}}
    - money: {{kind: approve, {TITLE}, who: role finance, edits: true}}
    """
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CLAUSE = "Неустойка составляет {} процента в день от суммы договора за каждый день просрочки"


def word(*paragraphs: str) -> bytes:
    """A .docx with these paragraphs."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>")
    return kept.getvalue()


def sent(name: str, content: str = "b", changes: object = None) -> IncomingFile:
    return IncomingFile(name, content * 64, 1000, WORD, changes)  # type: ignore[arg-type]


def current(name: str, kind: str = WORD) -> FileVersion:
    return FileVersion(name, 1, "a" * 64, 1000, kind, "ivan", datetime(2026, 11, 16, tzinfo=MOSCOW))


# --- rounds


def test_a_blocking_remark_with_an_edited_file_starts_a_round_on_that_version_at_once() -> None:
    told = story(ROUTE)
    told.answer("morozov", Answer.APPROVE)
    done = told.answer("olga", Answer.REWORK, "п. 5.3 поставила 0,1 %", files=(sent("Договор правки ОН.docx"),))
    assert (told.it.round, waits_on(told.it)) == (2, ["morozov"])
    [version] = told.it.current_files
    assert (version.version, version.by, version.comment) == (1, "olga", "п. 5.3 поставила 0,1 %")
    assert set(letters(done)) == {("ask", "morozov"), ("version", "ivan"), ("recorded", "olga")}


def test_each_version_keeps_who_sent_it_when_and_why_and_follows_the_one_before() -> None:
    told = story(ROUTE)
    told.answer("morozov", Answer.REWORK, "моя редакция", files=(sent("Договор 42-П.docx", "b"),))
    told.answer("morozov", Answer.APPROVE)
    told.answer("olga", Answer.REWORK, "правки ОН", files=(sent("Договор 42-П правки ОН.docx", "c"),))
    kept = [(f.name, f.version, f.by, f.comment, f.current) for f in told.it.files]
    assert kept == [
        ("Договор 42-П.docx", 1, "morozov", "моя редакция", False),
        ("Договор 42-П правки ОН.docx", 2, "olga", "правки ОН", True),
    ]
    assert (told.it.round, waits_on(told.it)) == (3, ["morozov"])


def test_a_return_without_a_file_goes_to_the_initiator_as_ever() -> None:
    told = story(ROUTE)
    told.answer("morozov", Answer.REWORK, "нет приложения")
    assert waits_on(told.it) == ["ivan"]


def test_a_yes_with_an_edited_file_is_asked_about_and_one_word_makes_it_the_next_version() -> None:
    told = story(ROUTE)
    done = told.answer("morozov", Answer.APPROVE, files=(sent("Договор.docx"),))
    assert letters(done) == [("blocking", "morozov")]
    assert told.it.current_files == ()
    told.answer("morozov", Answer.NEED_REASON)
    assert (told.it.round, [f.version for f in told.it.current_files]) == (2, [1])


def test_where_edits_are_not_allowed_the_file_lies_beside_and_the_initiator_decides() -> None:
    told = story(f"- law: {{kind: approve, {TITLE}, who: role lawyer}}")
    told.answer("morozov", Answer.REWORK, "вот моя редакция", files=(sent("Договор.docx"),))
    assert waits_on(told.it) == ["ivan"]
    assert [(f.version, f.current) for f in told.it.files] == [(0, False)]


# --- which file a new one follows


@pytest.mark.parametrize(
    ("name", "follows"),
    [
        ("Договор 42-П.docx", "Договор 42-П.docx"),
        ("договор 42-П правки ВЛ.docx", "Договор 42-П.docx"),
        ("КП Ромашка.docx", ""),
        ("ТЗ исправленное.docx", "ТЗ_Парк_Северный.docx"),
    ],
)
def test_a_new_file_follows_the_one_whose_name_it_bears(name: str, follows: str) -> None:
    there = (current("Договор 42-П.docx"), current("ТЗ_Парк_Северный.docx"), current("Договор.pdf", "application/pdf"))
    if name.startswith("ТЗ"):
        name = "Парк Северный ТЗ.docx"
    found = replaced_by(sent(name), (sent(name),), there, replaces_single=True)
    assert (found.name if found else "") == follows


def test_a_name_that_fits_two_files_follows_neither() -> None:
    there = (current("Договор А.docx"), current("Договор Б.docx"))
    assert replaced_by(sent("Договор.docx"), (sent("Договор.docx"),), there, replaces_single=True) is None


# --- what changed


def test_a_changed_word_is_shown_with_its_surroundings_wherever_the_lines_break() -> None:
    old = f"Договор № 42-П\n1. Предмет\n{CLAUSE.format('0,5')}\n"
    new = f"Договор № 42-П 1. Предмет\n{CLAUSE.format('0,1').replace(' от ', chr(10) + 'от ')}\n"
    found = changes_between(old, new, "a" * 64)
    assert found is not None
    [place] = found.places
    assert "составляет 0,5 процента" in place.was
    assert "составляет 0,1 процента" in place.now


def test_the_same_words_are_no_change() -> None:
    assert changes_between("один  два\nтри", "один два три", "a") is None


def test_two_texts_with_nothing_in_common_are_said_to_be_so_in_bounded_time() -> None:
    old = " ".join(str(n * 7919 % 104729) for n in range(60_000))
    new = " ".join(str(n * 6607 % 104723) for n in range(60_000))
    begun = time.process_time()
    found = changes_between(old, new, "a")
    assert found is not None
    assert found.whole
    assert time.process_time() - begun < 5


@given(
    st.lists(st.sampled_from("абвг"), min_size=1, max_size=60),
    st.lists(st.sampled_from("абвг"), min_size=1, max_size=60),
)
def test_a_change_is_found_exactly_where_the_texts_differ(one: list[str], other: list[str]) -> None:
    found = changes_between(" ".join(one), " ".join(other), "a")
    assert (found is None) == (one == other)
    for place in found.places if found else ():
        assert place != Change("", "")
        assert place.was.strip("… ") in " ".join(one)
        assert place.now.strip("… ") in " ".join(other)


# --- texts of files


def test_the_text_of_a_word_document_is_its_paragraphs() -> None:
    content = word("Договор", "п. 5.3 &amp; п. 5.4")
    assert is_docx(content)
    assert docx_text(content, 1000) == "Договор\nп. 5.3 & п. 5.4\n"


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 word/document.xml and nothing more",
        word("x")[:-40],
        word("x").replace(b"word/document.xml", b"word/d0cument.xml"),
    ],
    ids=["no zip", "cut", "no main part"],
)
def test_a_broken_word_document_says_so(content: bytes) -> None:
    with pytest.raises(BrokenPaper):
        docx_text(content, 1000)


def test_entities_and_bombs_in_a_word_document_are_refused() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(BrokenPaper, match="type declaration"):
        docx_text(kept.getvalue(), 1000)
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", " " * (21 * 1024 * 1024))
    with pytest.raises(BrokenPaper, match="bytes"):
        docx_text(kept.getvalue(), 1000)


async def test_texts_are_read_in_the_other_process_and_plain_text_in_any_charset() -> None:
    reader = PaperReader()
    try:
        assert (await text_of(word("п. 5.3"), WORD, "Договор.docx", reader)).strip() == "п. 5.3"
        plain = "Техническое задание на изыскания, пункт 5.3"
        assert await text_of(plain.encode("cp1251"), "text/plain", "ТЗ.txt", reader) == plain
        assert await text_of(b"\x00\x01", "application/x-unknown", "a.bin", reader) == ""
    finally:
        await reader.close()
