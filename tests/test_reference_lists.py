"""Lists of a site as files: how they are read, what a mail may name, and what is asked where it names none."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from mailflow.cli import main
from mailflow.core.field_answers import read_answer
from mailflow.core.field_forms import FieldForm
from mailflow.core.fields import read_fields
from mailflow.core.reference_lists import ReferenceList, nearest, reference_list
from mailflow.core.rules import read_process, read_version
from mailflow.errors import SettingsError
from mailflow.reference_files import read_list, read_lists
from mailflow.stories.run import run_stories, story_files
from mailflow.stories.telling import told
from tests.offices import HERE, directory
from tests.site_folder import filled_site

DAY = date(2026, 11, 16)
OBJECTS = [
    ("Объект", "Код", "Коротко"),
    ("Склад № 3, Химки", "01.02", "Химки"),
    ("Офис на Тверской", "01.03", "Тверская"),
]
PROCESS = """
process: repair
title: Ремонт
summary: "{object}"
register: {name: repairs, number: "РМ-{year}-{seq:04}"}
starts_with: {address: [remont], subject: [ремонт]}
fields:
  object: {type: choice, label: Объект, of: objects, required: true}
stages:
  - head: {kind: approve, title: Глава отдела, who: role director, when: 'object != "Офис на Тверской"'}
"""


def site(folder: Path, process: str = PROCESS) -> Path:
    """A site with one process and one list."""
    filled_site(folder)
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "repair.yaml").write_text(process, "utf-8")
    write_csv(folder / "lists", OBJECTS)
    return folder


def write_csv(folder: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "objects.csv"
    quoted = (";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    path.write_bytes("\r\n".join(quoted).encode(encoding))
    return path


def form(chosen: ReferenceList) -> FieldForm:
    return FieldForm("object", "choice", ("объект",), chosen.values, also=chosen.also)


LISTED = reference_list("objects", OBJECTS[1:])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1251"])
def test_a_list_is_read_from_csv_as_spreadsheets_save_it(tmp_path: Path, encoding: str) -> None:
    assert read_list(write_csv(tmp_path, OBJECTS, encoding)) == LISTED


def test_a_list_is_read_from_a_workbook_with_its_numbers_as_shown(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("Объект", "Код"), ("Склад", 12.0), (None, 5), ("Офис", 7), ("Цех", "=1+1")):
        sheet.append(row)
    book.save(tmp_path / "objects.xlsx")
    found = read_list(tmp_path / "objects.xlsx")
    assert found == ReferenceList("objects", ("Склад", "Офис", "Цех"), (("12", "Склад"), ("7", "Офис")))


@pytest.mark.parametrize("text", ["[Склад, Офис]", "{Склад: [], Офис: []}", "- Склад\n- Офис\n"])
def test_a_list_is_read_from_yaml(tmp_path: Path, text: str) -> None:
    (tmp_path / "objects.yaml").write_text(text, "utf-8")
    assert read_list(tmp_path / "objects.yaml").values == ("Склад", "Офис")


def test_a_word_beside_two_values_names_neither_and_a_value_twice_is_one() -> None:
    found = reference_list("payees", [("ООО «Ромашка»", "770901001"), ("ООО «Лютик»", "770901001"), ('ооо "Ромашка"',)])
    assert found.values == ("ООО «Ромашка»", "ООО «Лютик»")
    assert (found.also, found.doubled) == ((), ("770901001",))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("objects.xlsx", b"PK no", "lists/objects.xlsx: this is no workbook"),
        ("objects.yaml", b"a: {b: c}", "lists/objects.yaml:1:"),
        ("objects.yaml", "Склад".encode("cp1251"), "lists/objects.yaml: this is not UTF-8 text"),
        ("objects.csv", b"a\n" + b"x" * 200_000, "lists/objects.csv: this is no csv (field larger than field limit"),
        ("objects.csv", b"x" * (16 * 1024 * 1024 + 1), "lists/objects.csv: the file is larger than 16 MiB"),
        ("objects.csv", b"h\n" + b"v\n" * 100_001, "lists/objects.csv: the list has more than 100000 rows"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_its_name(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / name).write_bytes(content)
    with pytest.raises(SettingsError) as wrong:
        read_lists(tmp_path)
    assert str(wrong.value).startswith(said)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    write_csv(tmp_path / "lists", OBJECTS)
    (tmp_path / "lists" / "objects.yaml").write_text("[Склад]", "utf-8")
    with pytest.raises(SettingsError, match=r"objects\.yaml: there is a list `objects` already, in another form"):
        read_lists(tmp_path)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("of: objects", "of: object", "rules/repair.yaml:8:41: there is no list `object` (lists/object.csv, .xlsx or "
         ".yaml): did you mean `objects`?"),
        ("of: objects", "of: cars", "there is no list `cars` (lists/cars.csv, .xlsx or .yaml): add the file, or write"),
        ("of: objects", "of: empty", "8:41: the list `empty` is empty: write its values"),
        ("type: choice", "type: text", "`of: objects` names a list, and `object` is text: make it `type: choice`"),
        ("Офис на Тверской", "Офис", "`object` is never \"Офис\": it may be Склад № 3, Химки, Офис на Тверской"),
        ("who: role director", "who: {by: object, of: {Офис: role director}}",
         "the table says nothing of Склад № 3, Химки, Офис на Тверской: add rows, or `else: ...`"),
    ],
)  # fmt: skip
def test_a_field_by_a_list_is_held_against_it_when_the_rules_are_read(was: str, now: str, said: str) -> None:
    lists = {"objects": LISTED, "empty": ReferenceList("empty")}
    with pytest.raises(SettingsError) as wrong:
        read_process(PROCESS.replace(was, now), "rules/repair.yaml", directory(), lists)
    assert said in str(wrong.value)


def test_rules_kept_from_before_are_read_without_their_lists() -> None:
    assert read_version(PROCESS, "version 1").choices == {}


@pytest.mark.parametrize(
    "text",
    [
        "Объект: Химки",
        "объект: СКЛАД № 3, ХИМКИ.",
        "Код 5\nОбъект: 01.02",
        "Ремонт, объект склад № 3, химки срочно",
        "Химки",
    ],
)
def test_a_value_is_named_by_any_of_its_words(text: str) -> None:
    assert read_fields(text, DAY, [form(LISTED)]).values == {"object": "Склад № 3, Химки"}


def test_what_the_list_does_not_have_is_no_value_and_the_likest_are_offered() -> None:
    said = read_fields("Объект: склад в Химках", DAY, [form(LISTED)])
    assert (said.values, said.ambiguous) == ({}, ("object",))
    assert said.near["object"][0] == "Склад № 3, Химки"


def test_a_bare_answer_the_list_does_not_have_brings_the_likest_as_well() -> None:
    said = read_answer("тверскоя", DAY, [form(LISTED)], ["object"])
    assert not said.values
    assert said.near == {"object": ("Офис на Тверской",)}


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=30), max_size=30))
def test_whatever_is_said_the_likest_are_values_of_the_list(text: str, values: list[str]) -> None:
    made = reference_list("any", [(value,) for value in values])
    near = nearest(text, made.values)
    assert set(near) <= set(made.values)
    assert len(near) <= 5


def test_a_list_of_ten_thousand_values_keeps_no_mail_waiting() -> None:
    many = form(reference_list("many", [(f"Объект {n} на улице {n * 7}", f"{n:06}") for n in range(10_000)]))
    text = "объект: улица 70007\n" + "Просим провести ремонт, спасибо. Смета, объект склад - срочно. " * 2_000
    read_fields("", DAY, [many])
    began = time.process_time()
    said = read_fields(text, DAY, [many])
    assert time.process_time() - began < 2.0
    assert said.near["object"]


def test_rules_check_tells_of_every_list_and_the_fields_that_go_by_it(tmp_path: Path) -> None:
    write_csv(site(tmp_path / "site") / "lists", [*OBJECTS, ("Цех", "01.03", "")])
    said = CliRunner().invoke(main, ["rules", "check", "-s", str(tmp_path / "site")])
    assert said.exit_code == 0, said.output
    assert "list objects: 3 values: repair.object; names two values, so neither: 01.03" in said.output


STORY = """
stories:
  - story: "What is not in the list is asked about with what is most like it, and one word settles it"
    steps:
      - from: i.kuznetsov
        to: +remont
        subject: "Ремонт крыши"
        text: "Объект: склад в Химках"
        expect:
          stage: clarify
          letters: [{to: i.kuznetsov, kind: registered, says: "похоже: Склад № 3, Химки"}]
      - reply: i.kuznetsov
        text: "химке"
        expect: {stage: clarify, letters: [{to: i.kuznetsov, kind: unclear, says: "похоже: Склад № 3, Химки"}]}
      - reply: i.kuznetsov
        text: "Химки"
        expect: {stage: head, fields: {object: "Склад № 3, Химки"}, waits: [director]}
"""


async def test_a_value_the_list_does_not_have_is_asked_about_by_mail(tmp_path: Path) -> None:
    folder = site(tmp_path / "site")
    tests = folder / "rules" / "tests"
    tests.mkdir(exist_ok=True)
    (tests / "repair.yaml").write_text(STORY, "utf-8")
    (tests / "directory.yaml").write_text((HERE / "site" / "directory.yaml").read_text("utf-8"), "utf-8")
    async for _, played in run_stories(story_files(folder, [tests / "repair.yaml"]), folder):
        assert played.held, told(played, 0.0, whole=True)
