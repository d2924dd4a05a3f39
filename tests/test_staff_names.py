"""Whom a written name means: any unambiguous form finds the person, two are a question, and so is none."""

from __future__ import annotations

import pytest

from mailflow.core.staff_names import whom
from tests.offices import HERE, directory

STAFF = directory()
TEXT = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("said", "person"),
    [
        ("Петров П.П.", "p.petrov"), ("Петрову", "p.petrov"), ("П. П. Петров", "p.petrov"), ("ПЕТРОВЫМ", "p.petrov"),
        ("Пётр Петрович", "p.petrov"), ("Петру Петровичу", "p.petrov"), ("Петя", "p.petrov"), ("Пете", "p.petrov"),
        ("Смирновой О.Н.", "o.smirnova"), ("Смирнову", "o.smirnova"), ("Ольге Николаевне", "o.smirnova"),
        ("Оля", "o.smirnova"), ("Орлову С.П.", "s.orlov"), ("Ким Н.", "n.kim"), ("Иван Сергеевич", "director"),
        ("John Smith", "j.smith"), ("Petrov P.P.", "p.petrov"), ("p.petrov", "p.petrov"),
        ("начальнику отдела Петрову П.П.", "p.petrov"), ("директору", "director"),
        ("Генеральному директору", "director"),
        ("финдиректор", "o.smirnova"), ("бухгалтерии", "buh"), ("юристу", "a.morozov"), ("отдел кадров", "n.kim"),
    ],
)  # fmt: skip
def test_a_person_is_found_by_any_form_of_the_name_or_the_post(said: str, person: str) -> None:
    assert whom(said, STAFF) == (person,)


@pytest.mark.parametrize("said", ["Иван", "Ваня", "Сидоров", "Петров И.И.", "Петрова А.А.", "", "1", "все", "Петров 5"])
def test_a_name_two_may_bear_or_nobody_does_is_a_question(said: str) -> None:
    assert whom(said, STAFF) is None


def test_a_surname_of_a_man_and_of_a_woman_is_a_question_until_the_initials_tell() -> None:
    more = "  i.ivanova: {name: Иванова Ирина Олеговна, address: i.ivanova@neon.example, department: office}\n"
    staff = directory(TEXT.replace("departments:\n", f"{more}departments:\n"))
    assert whom("Иванова", staff) is None
    assert whom("Ивановой", staff) == ("i.ivanova",)
    assert whom("Иванову И.С.", staff) == ("director",)


def test_a_department_is_its_head_or_everybody_in_it_as_the_field_says() -> None:
    assert whom("отдел маркетинга", STAFF) == ("p.petrov",)
    assert whom("отдел маркетинга", STAFF, "everybody") == ("i.kuznetsov", "p.petrov", "s.orlov", "j.smith")
    assert whom("все сотрудники", STAFF, "everybody") == tuple(STAFF.people)
