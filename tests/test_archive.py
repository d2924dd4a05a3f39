"""The archive: papers of finished cases on a share people open themselves."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.answers import Answer
from mailflow.core.archiving import filed, folder_name, place_of
from mailflow.core.effects import FileAway
from mailflow.core.events import CaseArchived
from mailflow.edges.archive import Archive
from mailflow.errors import StoreError
from mailflow.world import Paper
from tests.office_life import BUH, OLGA, ORLOV, living
from tests.offices import Story, neon

FOLDER = '\n[archive]\nfolder = "archive"\n'
ORDER = """Подрядчик: ООО "Ромашка"/филиал: Москва.
Сумма: 120 000,50
Счёт: № 57 от 12.11.2026
Статья: Реклама
В бюджете: да
Оплатить до: 30.11.2026
"""


async def test_a_finished_case_lies_in_the_archive_once_the_share_is_there(tmp_path: Path) -> None:
    async with living(tmp_path, settings=FOLDER) as life:
        await life.world.write(ORLOV, "Счёт: баннеры", ORDER, (Paper("Счет 57.pdf", b"%PDF-1.4 first"),))
        await life.works()
        await life.says(OLGA, "Согласовано")
        await life.says(BUH, "Оплачено, п/п 345 от 20.11.2026")
        await life.says(ORLOV, "Готово")
        case = await life.case()
        assert (case.state, case.archived) == ("done", "")
        waiting = (await life.app.store.vitals(case.opened_at)).errands["waiting"]
        assert waiting.count == 1
        (life.app.settings.site / "archive").mkdir()
        [waits] = await life.app.store.due_errands(case.opened_at + timedelta(days=1), 10)
        assert isinstance(waits.errand, FileAway)
        await life.app.store.postpone_errand(waits.key, "tried again now", case.opened_at, timedelta())
        await life.works()
        case = await life.case()
        folder = life.app.settings.site / "archive" / case.archived
        assert folder.parts[-3:] == ("ООО 'Ромашка'_филиал_ Москва", case.archived.split("/")[1], "СЧ-2026-0001")
        names = sorted(path.name for path in folder.iterdir())
        assert "Счет 57.pdf" in names
        assert any(name.startswith("Лист согласования") for name in names)
        assert (folder / "Счет 57.pdf").read_bytes() == b"%PDF-1.4 first"
        journal = await life.app.store.journal(case.id)
        assert "в архиве: " in journal[-1].why


async def test_what_lies_there_is_never_written_over_and_twice_the_same_is_one_file(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    place = ("ООО «Ромашка»", "2026", "СЧ-2026-0001")
    assert await archive.put(place, [("Счет.pdf", b"one"), ("Акт", b"a")]) == ("Счет.pdf", "Акт")
    assert await archive.put(place, [("Счет.pdf", b"one"), ("Акт", b"a")]) == ("Счет.pdf", "Акт")
    assert await archive.put(place, [("Счет.pdf", b"two")]) == ("Счет (2).pdf",)
    folder = tmp_path.joinpath(*place)
    assert sorted(path.name for path in folder.iterdir()) == ["Акт", "Счет (2).pdf", "Счет.pdf"]
    assert (folder / "Счет.pdf").read_bytes() == b"one"


async def test_nothing_is_written_where_the_share_is_away(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", mount=tmp_path)
    (tmp_path / "archive").mkdir()
    with pytest.raises(StoreError, match="no share is mounted here: mount it"):
        await archive.put(("a", "2026", "1"), [("x", b"x")])
    assert list((tmp_path / "archive").iterdir()) == []
    with pytest.raises(StoreError, match="there is no such folder"):
        await Archive(tmp_path / "none").put(("a",), [("x", b"x")])


def test_only_a_process_that_says_so_goes_to_the_archive_of_an_office_that_has_one() -> None:
    for archive in (True, False):
        story = Story(replace(neon(), archive=archive))
        story.request(by="s.orlov")
        story.answer("o.smirnova", Answer.APPROVE)
        story.pays()
        story.answer("s.orlov", Answer.DONE)
        done = story.makes("approval_sheet")
        assert any(isinstance(effect, FileAway) for effect in done.effects) is archive
        assert place_of(story.it, story.office) == ("ООО «Ромашка»", "2026", "СЧ-2026-0001")
        assert next(one.name for one in filed(story.it)) == "Счет 57.pdf"
        story.happens(CaseArchived(story.key(), story.now, story.it.id, "a/2026/1", ("x",)))
        assert story.it.archived == "a/2026/1"


def test_two_files_of_one_name_lie_side_by_side_whatever_their_case() -> None:
    story = Story()
    story.request()
    one = story.it.files[0]
    case = replace(story.it, files=(one, replace(one, name="счет 57.PDF", sha256="b" * 64)))
    assert [file.name for file in filed(case)] == ["Счет 57.pdf", "счет 57 (2).PDF"]


@pytest.mark.parametrize("sign", ["Я", "采", "😀"])
async def test_the_longest_name_in_any_script_is_one_the_disk_takes(tmp_path: Path, sign: str) -> None:
    story = Story()
    story.request(counterparty=sign * 300)
    one = replace(story.it.files[0], name=f"{sign * 300}.pdf")
    names = [file.name for file in filed(replace(story.it, files=(one, replace(one, sha256="b" * 64))))]
    put = await Archive(tmp_path).put(place_of(story.it, story.office), [(name, name.encode()) for name in names])
    assert put == tuple(names)
    assert all(name.endswith(".pdf") for name in names)


@pytest.mark.parametrize("name", ["CON", "nul.txt", "COM¹", "lpt³.pdf", "CONIN$", "aux .doc"])
def test_the_names_of_devices_are_no_names_of_folders(name: str) -> None:
    assert folder_name(name).startswith("_")


@given(st.text(max_size=200))
def test_any_counterparty_makes_a_folder_every_system_opens(text: str) -> None:
    name = folder_name(text)
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(ord(ch) < 32 for ch in name)
    assert name == name.rstrip(" .")
    assert name.upper().partition(".")[0] not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}
    assert len(name) <= 80
    assert os.path.basename(name) == name
    assert name not in (".", "..")
