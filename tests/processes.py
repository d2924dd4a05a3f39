"""Small processes for tests: a firm of departments, and a rules file made of a few lines of stages."""

from __future__ import annotations

import textwrap

from mailflow.core.directory import Directory, read_directory
from mailflow.core.office import Office
from mailflow.core.rules import Process, read_process
from tests.offices import Story, neon

STAFF = """
company: {name: ООО «НЕОН», language: ru}
people:
  ivan: {name: Кузнецов Иван Иванович, address: ivan@neon.example, department: sales}
  anna: {name: Белова Анна Павловна, address: anna@neon.example, department: sales}
  petr: {name: Петров Пётр Петрович, address: petr@neon.example, department: sales, position: начальник отдела}
  zuev: {name: Зуев Олег Игоревич, address: zuev@neon.example, department: build}
  kim: {name: Ким Наталья Львовна, address: kim@neon.example, department: design}
  lagunin: {name: Лагунин Виктор Андреевич, address: lagunin@neon.example, department: design}
  morozov: {name: Морозов Алексей Юрьевич, address: morozov@neon.example, department: office}
  olga: {name: Смирнова Ольга Николаевна, address: olga@neon.example, department: office}
  boss: {name: Иванов Иван Сергеевич, address: boss@neon.example, department: office}
  buh: {name: Бухгалтерия, address: buh@neon.example, department: office}
  sekretar: {name: Орлова Елена Викторовна, address: sekretar@neon.example, department: office}
departments:
  office: {title: Дирекция, head: boss}
  sales: {title: Отдел продаж, head: petr, parent: office}
  build: {title: Строительный блок, head: zuev, parent: office}
  design: {title: Проектный отдел, head: kim, parent: office}
roles:
  secretary: [sekretar]
  director: [boss]
  lawyer: [morozov]
  finance: [olga]
  accountant: [buh]
  group: [zuev, kim, olga]
"""

HEAD = """
process: {name}
title: {{ru: Заявка, en: Request}}
summary: {{ru: "{{subject_matter}}", en: "{{subject_matter}}"}}
register: {{name: {name}s, number: "З-{{year}}-{{seq:04}}"}}
fields:
  subject_matter: {{type: text, label: {{ru: О чём, en: About}}}}
  counterparty: {{type: text, label: {{ru: Кому, en: Payee}}, material: true}}
  amount: {{type: money, label: {{ru: Сумма, en: Amount}}, material: true}}
  currency: {{type: text, label: {{ru: Валюта, en: Currency}}, card: false}}
  object: {{type: text, label: {{ru: Объект, en: Object}}}}
  kind: {{type: choice, label: {{ru: Вид, en: Kind}}, of: [Договор, Прайс-лист, ТЗ]}}
  hr: {{type: bool, label: {{ru: Кадры, en: HR}}, from: []}}
  approvers: {{type: people, label: {{ru: Согласующие, en: Approvers}}, most: 3}}
  tasks: {{type: points, label: {{ru: Поручения, en: Tasks}}}}
  recipients: {{type: people, label: {{ru: Кого, en: Whom}}}}
stages:
"""


def staff() -> Directory:
    """The people of the small firm."""
    return read_directory(STAFF)


def process(stages: str, tail: str = "", name: str = "request") -> Process:
    """A process of these stages, checked against the staff."""
    text = HEAD.format(name=name) + textwrap.indent(textwrap.dedent(stages).strip("\n"), "  ") + f"\n{tail}\n"
    return read_process(text, f"rules/{name}.yaml", staff())


def office(*processes: Process) -> Office:
    """The small firm with these processes."""
    return neon(staff(), *processes)


def story(stages: str, tail: str = "", by: str = "ivan", **fields: object) -> Story:
    """A case of a process of these stages, just asked for."""
    told = Story(office(process(stages, tail)))
    told.opens("request", by, **{"subject_matter": "о замене", **fields})
    return told
