"""The board of a process: its stages as columns, its open cases as cards.

Owns: which card stands where and what it says. Refuses to know: which cases there are, HTML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.card_texts import title
from mailflow.core.case import OWN_STAGES, Case
from mailflow.core.office import Office
from mailflow.core.rules import Process
from mailflow.core.views import Language

_OWN: Mapping[Language, str] = {"ru": "У инициатора", "en": "With the initiator"}


@dataclass(frozen=True, slots=True)
class BoardCard:
    """One open case; `waits` names whom it waits for, `since` and `due` the oldest of what is asked."""

    case: str
    number: str
    title: str
    waits: str
    since: str
    due: str
    late: bool


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One stage and the cases that stand there, what is late first."""

    title: str
    cards: tuple[BoardCard, ...]
    late: int


@dataclass(frozen=True, slots=True)
class BoardView:
    """The board; `cut`: there are more open cases than it shows."""

    process: str
    title: str
    columns: tuple[BoardColumn, ...]
    cut: bool


def board(
    process: Process, cases: Sequence[Case], cut: bool, office: Office, language: Language, now: datetime
) -> BoardView:
    """Give the board; a stage nobody stands at keeps its column."""
    places = {stage.name: stage.rule.title.in_(language) for stage in process.stages}
    at: dict[str, list[BoardCard]] = {"": [], **{name: [] for name in places}}
    for case in cases:
        where = case.stage if case.stage in places and not _with_initiator(case) else ""
        at[where].append(_card(case, office, language, now))
    named = {**places, "": _OWN[language]}
    kept = [(name, cards) for name, cards in at.items() if name or cards]
    return BoardView(process.name, process.title.in_(language), tuple(_column(named[n], c) for n, c in kept), cut)


def _with_initiator(case: Case) -> bool:
    """True where everybody asked now is asked beside the route: to clarify, to correct, to explain."""
    return bool(case.open_assignments) and all(a.stage in OWN_STAGES for a in case.open_assignments)


def _column(name: str, cards: list[BoardCard]) -> BoardColumn:
    return BoardColumn(name, tuple(sorted(cards, key=lambda card: not card.late)), sum(card.late for card in cards))


def _card(case: Case, office: Office, language: Language, now: datetime) -> BoardCard:
    asked = case.open_assignments
    first = min(asked, key=lambda a: (a.due_at is None, a.due_at or a.opened_at)) if asked else None
    who = dict.fromkeys(office.short(office.acting(a.principal, now)) for a in asked)
    return BoardCard(
        case.id,
        case.number,
        title(case, office, language),
        ", ".join(who),
        office.shown_day(min(a.opened_at for a in asked), language) if asked else "",
        office.shown_due(first, language) if first is not None else "",
        any(a.due_at is not None and a.due_at < now for a in asked),
    )
