"""What a report says: who waited how long for whom, what is late, where things get stuck, what was paid for what.

Owns: counting, medians and ninetieth percentiles (nearest rank) over plain facts, and the tables and bars they make.
Refuses to know: databases, HTML, sheets, who may see whom (the facts given are those he may see).
Waiting is counted by the clock, nights and weekends included: that is how long whoever asked has waited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from mailflow.core.office import Office
from mailflow.core.register_columns import Cell, own_stage_words
from mailflow.core.registers import Table
from mailflow.core.report_words import report_words
from mailflow.core.views import Language

MOST_FACTS = 100_000
MOST_ROWS = 200
MOST_BARS = 12
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class TaskFact:
    """One task: what it was, whose, since when, until when, and when it was done (None = it waits)."""

    process: str
    stage: str
    principal: str
    opened_at: datetime
    due_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaidFact:
    """One payment made. `article` is the cash flow item as the card says it, '' where there is none."""

    article: str
    counterparty: str
    initiator: str
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """All facts of a report; `cut`: there were more than are counted."""

    tasks: tuple[TaskFact, ...]
    paid: tuple[PaidFact, ...]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a plot: its name, its length and a second, longer one (0 = none), and what is said of it."""

    label: str
    length: float
    beyond: float
    said: str


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report and its plot."""

    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    bars: tuple[Bar, ...]
    plot: str
    """What the plot shows, in a sentence."""


def report(found: Gathered, office: Office, language: Language, now: datetime) -> tuple[Section, ...]:
    """Give the sections of a report; one that has no facts has no rows."""
    say = report_words(language)
    paid_for: tuple[tuple[str, Callable[[PaidFact], str]], ...] = (
        ("articles", lambda one: one.article or say["nobody"]),
        ("contractors", lambda one: one.counterparty or say["nobody"]),
        ("departments", lambda one: _department(one.initiator, office) or say["nobody"]),
    )
    return (
        _waiting("stages", found.tasks, lambda task: _stage(task, office, language), now, say),
        _waiting("people", found.tasks, lambda task: office.short(task.principal), now, say),
        *(_paid(name, found.paid, key, say) for name, key in paid_for),
    )


def table_of(section: Section) -> Table:
    """Give a section as a sheet."""
    return Table(section.title, section.head, section.rows, (40, *(14 for _ in section.head[1:])))


def percentile(values: Sequence[float], share: float) -> float:
    """Give the nearest-rank percentile of values that are not empty: the smallest that at least that share is below."""
    ordered = sorted(values)
    rank = -(-len(ordered) * round(share * 100) // 100)
    return ordered[max(rank, 1) - 1]


def hours(waited: float) -> Decimal:
    """Give seconds as hours, to the tenth."""
    return Decimal(round(waited / _HOUR * 10)) / 10


def _waiting(
    name: str, tasks: Iterable[TaskFact], key: Callable[[TaskFact], str], now: datetime, say: Mapping[str, str]
) -> Section:
    groups: dict[str, list[TaskFact]] = defaultdict(list)
    for task in tasks:
        groups[key(task)].append(task)
    # The slowest first: that is where things get stuck.
    counted = sorted(((label, _Waited.of(group, now)) for label, group in groups.items()), key=lambda one: -one[1].most)
    rows = tuple(
        (label, one.number, one.open, one.late, hours(one.median), hours(one.most))
        for label, one in counted[:MOST_ROWS]
    )
    bars = tuple(
        Bar(
            label,
            one.median,
            one.most,
            say["bar"].format(median=_said(hours(one.median), say), most=_said(hours(one.most), say)),
        )
        for label, one in counted[:MOST_BARS]
    )
    head = (say[name], say["number"], say["open"], say["late"], say["median"], say["most"])
    return Section(name, say[f"by_{name}"], head, rows, bars, say["plot_waiting"])


@dataclass(frozen=True, slots=True)
class _Waited:
    number: int
    open: int
    late: int
    median: float
    most: float

    @classmethod
    def of(cls, tasks: Sequence[TaskFact], now: datetime) -> _Waited:
        waited = [((task.decided_at or now) - task.opened_at).total_seconds() for task in tasks]
        late = sum(task.due_at is not None and (task.decided_at or now) > task.due_at for task in tasks)
        still = sum(task.decided_at is None for task in tasks)
        return cls(len(tasks), still, late, percentile(waited, 0.5), percentile(waited, 0.9))


def _paid(name: str, paid: Iterable[PaidFact], key: Callable[[PaidFact], str], say: Mapping[str, str]) -> Section:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in paid:
        entry = sums[key(one), one.currency]
        entry[0] += 1
        entry[1] += one.minor
    ordered = sorted(sums.items(), key=lambda one: (one[0][1], -one[1][1]))
    rows = tuple((label, number, _money(minor), unit) for (label, unit), (number, minor) in ordered[:MOST_ROWS])
    units = {unit for _, unit in sums}
    # Sums of several currencies have no common length.
    bars = tuple(
        Bar(label, minor, 0, f"{_said(_money(minor), say)} {unit}")
        for (label, unit), (_, minor) in ordered[:MOST_BARS]
        if len(units) == 1
    )
    head = (say[name], say["payments"], say["sum"], say["currency"])
    return Section(name, say[f"by_{name}"], head, rows, bars, say["plot_paid"])


def _said(number: Decimal, say: Mapping[str, str]) -> str:
    """Write a number as the language does: «1 200,5», "1,200.5"."""
    return f"{number:,}".translate(str.maketrans(",.", say["marks"]))


def _money(minor: int) -> Decimal:
    return (Decimal(minor) / 100).quantize(Decimal("0.01"))


def _stage(task: TaskFact, office: Office, language: Language) -> str:
    process = office.rules.get(task.process)
    if process is None:
        return f"{task.process}: {task.stage}"
    known = process.stage(task.stage)
    title = known.rule.title.in_(language) if known is not None else own_stage_words(task.stage, language)
    return f"{process.title.in_(language)}: {title}"


def _department(person: str, office: Office) -> str:
    known = office.directory.people.get(person)
    return office.directory.departments[known.department].title if known is not None and known.department else ""
