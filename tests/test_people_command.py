"""A list of staff taken into the directory: shown first, written only when told, everything else left as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from mailflow.app import read_people
from mailflow.cli import main
from mailflow.core.directory import read_directory
from mailflow.core.staff_list import staff_changes
from mailflow.errors import SettingsError
from tests.site_folder import filled_site

HEAD = ("ФИО", "Почта", "Должность", "Отдел", "Руководитель", "Телефон")
NEW = ("Орлова Анна Сергеевна", "a.orlova@neon.example", "юрист", "Юридический отдел", "Иванов И.С.", "123")
TEN = [(f"Сотрудник Пётр {n}", f"s{n}@neon.example", "менеджер", "Отдел маркетинга", "", "") for n in range(10)]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return filled_site(tmp_path / "site", {})


def listed(folder: Path, *rows: tuple[str, ...], head: tuple[str, ...] = HEAD, name: str = "staff.xlsx") -> Path:
    path = folder / name
    if name.endswith(".csv"):
        path.write_bytes("\r\n".join(";".join(row) for row in (head, *rows)).encode("cp1251"))
        return path
    book = Workbook()
    for row in (head, *rows):
        book.active.append(row)
    book.save(path)
    return path


def imported(site: Path, path: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["people", "import", str(path), "-s", str(site), *more])


def people_file(site: Path) -> str:
    return (site / "directory.yaml").read_text(encoding="utf-8")


def test_a_list_is_only_shown_until_it_is_told_to_be_written(site: Path, tmp_path: Path) -> None:
    before = people_file(site)
    told = imported(site, listed(tmp_path, NEW))
    assert told.exit_code == 0
    assert "+ a.orlova: name Орлова Анна Сергеевна, address a.orlova@neon.example" in told.output
    assert "+ department" in told.output
    assert "? finance: not in the list; left as it is" in told.output
    assert "1 to add, 0 to change" in told.output
    assert people_file(site) == before


@pytest.mark.parametrize("name", ["staff.xlsx", "staff.csv"])
def test_ten_people_come_in_from_a_spreadsheet_and_every_comment_stays(site: Path, tmp_path: Path, name: str) -> None:
    before = people_file(site)
    told = imported(site, listed(tmp_path, NEW, *TEN, name=name), "--write")
    assert told.exit_code == 0, told.output
    directory = read_people(site / "directory.yaml")
    anna = directory.people["a.orlova"]
    assert (anna.position, anna.phone, directory.manager("a.orlova")) == ("юрист", "123", "director")
    assert directory.departments[anna.department or ""].title == "Юридический отдел"
    assert directory.people["s9"].department == "marketing"
    comments = [line for line in before.splitlines() if "#" in line]
    assert [line for line in people_file(site).splitlines() if "#" in line] == comments
    assert (site / "directory.yaml.before").read_text(encoding="utf-8") == before
    again = imported(site, listed(tmp_path, NEW, *TEN), "--write")
    assert "0 to add, 0 to change" in again.output


def test_a_person_is_known_by_his_address_and_what_changed_is_told(site: Path, tmp_path: Path) -> None:
    olga = ("Смирнова-Котова Ольга Николаевна", "FINANCE@neon.example", "", "", "", "")
    told = imported(site, listed(tmp_path, olga), "--write")
    assert "~ finance: name Смирнова Ольга Николаевна -> Смирнова-Котова Ольга Николаевна" in told.output
    finance = read_people(site / "directory.yaml").people["finance"]
    assert (finance.name, finance.position) == (olga[0], "финансовый директор")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (("Орлова Анна", "нет", "", "", "", ""), "staff.xlsx:2: Орлова Анна: 'нет' is no address: correct it"),
        (("", "a@neon.example", "", "", "", ""), "staff.xlsx:2: a@neon.example has no name: write it"),
        (
            ("Орлова Анна", "a@neon.example", "", "", "Сидоров", ""),
            "staff.xlsx:2: nobody is «Сидоров»: write the manager's whole name or address",
        ),
    ],
)
def test_what_cannot_be_taken_is_told_with_its_row_and_nothing_is_written(
    site: Path, tmp_path: Path, row: tuple[str, ...], complaint: str
) -> None:
    before = people_file(site)
    told = imported(site, listed(tmp_path, row, NEW), "--write")
    assert told.exit_code == 1
    assert complaint in told.output
    assert people_file(site) == before


def test_two_rows_of_one_address_and_a_list_without_a_needed_column_are_told(site: Path, tmp_path: Path) -> None:
    assert "stands in row 2 already" in imported(site, listed(tmp_path, NEW, NEW)).output
    assert "there is no column for address" in imported(site, listed(tmp_path, ("Орлова",), head=("ФИО",))).output
    assert "it is no .csv and no .xlsx" in imported(site, site / "directory.yaml").output
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 no workbook")
    assert "this is no workbook" in imported(site, broken).output


def test_a_directory_that_would_not_start_the_service_is_not_written(site: Path, tmp_path: Path) -> None:
    before = people_file(site)
    two = ("Орлова Анна", "a.orlova@neon.example", "", "", "", "", "director@neon.example finance@neon.example")
    told = imported(site, listed(tmp_path, two, head=(*HEAD, "Другие адреса")), "--write")
    assert told.exit_code == 1
    assert "nothing was written" in told.output
    assert people_file(site) == before
    assert not (site / "directory.new.yaml").exists()


DIRECTORY = """
company: {name: Neon}
people:
  boss: {name: Boss Anna, address: boss@neon.example}
"""
CELL = st.text(st.sampled_from("абв@.,; \n\tAz'\"{}[]#:0="), max_size=12)


@given(st.lists(st.tuples(CELL, CELL, CELL, CELL), max_size=5))
def test_whatever_stands_in_a_list_is_taken_or_told(rows: list[tuple[str, ...]]) -> None:
    directory = read_directory(DIRECTORY)
    table = [(1, ("name", "address", "department", "manager")), *enumerate(rows, start=2)]
    try:
        changes = staff_changes(table, "staff.csv", directory)
    except SettingsError:
        return
    assert len({one.id for one in changes.added}) == len(changes.added)
    assert not {one.id for one in changes.added} & set(directory.people)
