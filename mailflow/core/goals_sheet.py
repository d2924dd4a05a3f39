"""The goals of a person for a period: weights, marks, what they come to, the coefficient his manager gave and why.

Owns: `goals_sheet`, reading marks («1 — 100 %, 2 — 80 %») and the sum of weights and marks. Refuses to know: HTML, PDF,
workbooks, how goals are read (`said_lists`).

What may go wrong: marks that do not name every goal. Then nothing is reckoned: half a sum looks like a low one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from mailflow.core.cards import Card
from mailflow.core.case import Case
from mailflow.core.office import Office
from mailflow.core.register_columns import Cell
from mailflow.core.registers import Table
from mailflow.core.said_lists import goal_of
from mailflow.core.sheet import case_code
from mailflow.core.views import Language
from mailflow.core.visas import Visa, visas

_MARK = re.compile(r"(?<![\d.,])(\d{1,2})[.)]?\s{0,3}[—–:=-]\s{0,3}(\d{1,3}(?:[.,]\d{1,2})?)\s{0,2}%")
_TEN_THOUSANDTH = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class GoalRow:
    """«1», «Запустить рассылку», «40», «100», «40»: weight, mark and their product in percent; '' where unknown."""

    number: int
    text: str
    weight: str
    mark: str
    result: str


@dataclass(frozen=True, slots=True)
class GoalsSheet:
    """Everything a sheet of goals says, in the language of the company."""

    language: Language
    company: str
    number: str
    date: str
    period: str
    person: str
    position: str
    goals: tuple[GoalRow, ...]
    weight: str
    """Of all goals, in percent."""
    reckoned: str
    """What weights and marks come to, as a coefficient; '' until every goal is marked."""
    coefficient: str
    """As the manager gave it; '' until he has."""
    reason: str
    visas: tuple[Visa, ...]
    made: str
    code: str


@dataclass(frozen=True, slots=True)
class _Goal:
    text: str
    weight: Decimal | None
    mark: Decimal | None

    @property
    def result(self) -> Decimal | None:
        """Give weight times mark, in percent."""
        return self.weight * self.mark / 100 if self.weight is not None and self.mark is not None else None


def goals_sheet(case: Case, office: Office, now: datetime) -> GoalsSheet:
    """Give the sheet of a case as it stands. `now` (aware) is printed as the time it was made."""
    card, language = Card(case), office.language
    person = office.directory.people.get(case.initiator)
    goals = _goals(card)
    return GoalsSheet(
        language=language,
        company=office.directory.company.name,
        number=case.number,
        date=office.shown_day(case.opened_at),
        period=card("period"),
        person=person.name if person is not None else office.short(case.initiator),
        position=person.position if person is not None else "",
        goals=tuple(
            GoalRow(n, g.text, _shown(g.weight, language), _shown(g.mark, language), _shown(g.result, language))
            for n, g in enumerate(goals, 1)
        ),
        weight=_shown(sum((g.weight or Decimal(0) for g in goals), Decimal(0)), language),
        reckoned=_reckoned(goals, language),
        coefficient=card("coefficient"),
        reason=card("coefficient_reason"),
        visas=visas(case, office),
        made=office.shown(now),
        code=case_code(case, case.number),
    )


def marks_in(text: str) -> Mapping[int, Decimal]:
    """Give the marks by the numbers of their goals, in percent; the last of two for one goal."""
    return {int(number): Decimal(mark.replace(",", ".")) for number, mark in _MARK.findall(text)}


def goals_table(sheet: GoalsSheet) -> Table:
    """Give the sheet as a table of a workbook: weights and marks as numbers."""
    said = _WORDS[sheet.language]
    rows: list[tuple[Cell, ...]] = [
        (Decimal(row.number), row.text, *map(_number, (row.weight, row.mark, row.result))) for row in sheet.goals
    ]
    total = _number(sheet.reckoned)
    percent = total * 100 if isinstance(total, Decimal) else ""
    rows.append(("", said.total, _number(sheet.weight), "", percent))
    rows += [("", said.coefficient, "", "", _number(sheet.coefficient)), ("", said.reason, sheet.reason, "", "")]
    return Table(f"{said.title} {sheet.number}", said.head, tuple(rows), (5, 60, 12, 12, 14))


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    head: tuple[str, ...]
    total: str
    coefficient: str
    reason: str


_WORDS: Mapping[Language, _Words] = {
    "ru": _Words("Цели", ("№", "Цель", "Вес, %", "Оценка, %", "Итог, %"), "Итого", "Коэффициент", "Причина"),
    "en": _Words("Goals", ("No.", "Goal", "Weight, %", "Mark, %", "Result, %"), "Total", "Coefficient", "Reason"),
}


def _goals(card: Card) -> tuple[_Goal, ...]:
    marks = marks_in(card("marks"))
    goals = [goal_of(line) for line in card.lines("goals")]
    return tuple(_Goal(goal.text, goal.weight, marks.get(number)) for number, goal in enumerate(goals, 1))


def _reckoned(goals: tuple[_Goal, ...], language: Language) -> str:
    results = [goal.result for goal in goals]
    known = [result for result in results if result is not None]
    if not known or len(known) < len(results):
        return ""
    return _shown((sum(known, Decimal(0)) / 100).quantize(_TEN_THOUSANDTH, ROUND_HALF_UP), language)


def _shown(number: Decimal | None, language: Language) -> str:
    if number is None:
        return ""
    text = f"{number.normalize():f}"
    return text.replace(".", ",") if language == "ru" else text


def _number(text: str) -> Cell:
    """Give the number a text is; the text itself where it is none."""
    plain = text.replace(",", ".").strip()
    return Decimal(plain) if re.fullmatch(r"\d{1,6}(?:\.\d{1,6})?", plain) else text
