"""What directory.yaml may say, and how its people are found."""

from __future__ import annotations

import pytest

from mailflow.core.directory import Person, read_directory
from mailflow.errors import SettingsError
from tests.offices import directory

SMALL = """
company: {name: НЕОН}
people:
  a: {name: Петров Пётр Петрович, address: a@x.example, department: it}
departments:
  it: {title: ИТ, head: a}
roles:
  secretary: [a]
"""


def test_the_chain_of_managers_ends_with_the_head_of_the_department() -> None:
    people = directory()
    assert people.chain_up_to_head("i.kuznetsov") == ("p.petrov",)
    assert tuple(people.chain("i.kuznetsov")) == ("p.petrov", "director")


def test_the_manager_of_a_head_is_the_head_of_the_department_above() -> None:
    assert directory().manager("p.petrov") == "director"
    assert directory().manager("director") is None


def test_a_person_is_found_by_any_registered_address_whatever_its_case() -> None:
    assert directory().by_address("Olga.Smirnova@NEON.example") == "o.smirnova"
    assert directory().by_address("olga@elsewhere.example") is None


@pytest.mark.parametrize("said", ["Петров", "Петрову", "Петрову П.П.", "петров п.", "p.petrov", "Пётр Петров"][:5])
def test_a_person_is_found_by_a_written_name_in_any_case_form(said: str) -> None:
    assert directory().find(said) == ("p.petrov",)


@pytest.mark.parametrize("said", ["Сидоров", "Петрова А.А.", "", "12", "Петровский П.П."])
def test_nobody_is_found_for_a_name_nobody_has(said: str) -> None:
    assert directory().find(said) == ()


def test_a_substitute_acts_only_on_his_days_and_a_circle_of_them_ends() -> None:
    text = SMALL.replace(
        "department: it}\ndep",
        "department: it, substitute: {by: b, since: 2026-11-01, until: 2026-11-10}}\n"
        "  b: {name: Иванов Иван, address: b@x.example,\n"
        "      substitute: {by: a, since: 2026-11-05, until: 2026-11-06}}\ndep",
    )
    people = read_directory(text)
    assert [people.acting("a", day) for day in ("2026-10-31", "2026-11-01", "2026-11-10", "2026-11-11")] == [
        "a",
        "b",
        "b",
        "a",
    ]
    assert people.acting("a", "2026-11-05") == "b"


@pytest.mark.parametrize(
    ("name", "short", "greeting"),
    [
        ("Смирнова Ольга Николаевна", "Смирнова О.Н.", "Ольга Николаевна"),
        ("John Smith", "John Smith", "John Smith"),
        ("Бухгалтерия", "Бухгалтерия", "Бухгалтерия"),
        ("Отдел закупок", "Отдел закупок", "Отдел закупок"),
    ],
)
def test_how_a_name_is_shortened(name: str, short: str, greeting: str) -> None:
    person = Person(name=name, address="a@x.example")
    assert (person.short, person.greeting) == (short, greeting)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("head: a", "head: nobody"), "directory.yaml:6:19: nobody has the id `nobody`"),
        (("[a]", "[a, ghost]"), "directory.yaml:8:18: nobody has the id `ghost`"),
        (("department: it}", "department: hr}"), "directory.yaml:4:57: there is no department `hr`"),
        (("address: a@x.example", "adress: a@x.example"), "directory.yaml:4:35: unknown key `adress`"),
        (("name: Петров Пётр Петрович, ", ""), "directory.yaml:4:3: `name` is missing"),
        (("department: it}", "department: it, trusted_sum: many}"), "'many' is not a sum"),
        (("roles:", "roles:\n  secretary: [a]\nroles:"), "directory.yaml:9:1: `roles` stands here twice"),
        (("  it: {title: ИТ, head: a}", "  it: {title: ИТ, head: a"), "this is not YAML"),
        (("title: ИТ, head: a}", "title: ИТ, head: a, parent: it}"), "the departments form a circle"),
    ],
)
def test_a_wrong_directory_is_refused_with_line_and_cure(change: tuple[str, str], complaint: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        read_directory(SMALL.replace(*change))
    assert complaint in str(wrong.value)


def test_all_complaints_come_at_once() -> None:
    with pytest.raises(SettingsError) as wrong:
        read_directory(SMALL.replace("head: a", "head: x").replace("[a]", "[y]"))
    assert len(str(wrong.value).splitlines()) == 2


def test_one_address_belongs_to_one_person() -> None:
    text = SMALL.replace("\ndepartments", "\n  b: {name: Иванов Иван, address: A@x.example}\ndepartments")
    with pytest.raises(SettingsError, match="already the address of `a`"):
        read_directory(text)


def test_a_bomb_of_aliases_or_depth_is_refused_at_once() -> None:
    deep = "company: " + "{a: " * 30 + "1" + "}" * 30
    for text in (deep, "a: &a [*a]", "x" * 2_000_000, ""):
        with pytest.raises(SettingsError):
            read_directory(text)
