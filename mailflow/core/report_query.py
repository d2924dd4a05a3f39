"""What a report is about: whose tasks, whose payments, which days; and «Отчёт …» by mail.

Owns: reading that from what was typed, on the page and in a mail, within what a person may see. Refuses to know: facts.
A word that names neither days nor anybody is given back, never left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from mailflow.core.case_query import Filters, day_begins, people_of, read_day
from mailflow.core.memory import Fact, known
from mailflow.core.mentioning import mentions
from mailflow.core.office import Office
from mailflow.core.register_command import Period, days_of, without_period
from mailflow.core.sight import Sight
from mailflow.core.signs import fold, without_prefix

_OPENING = re.compile(r"\[?(?:отч[её]т\w{0,2}|reports?)\b[\]:,. ]*", re.IGNORECASE)
_MONTHLY = re.compile(r"\b(?:ежемесячн\w*|кажд\w+ месяц|monthly|every month)\b")
_STOP = re.compile(r"\b(?:выкл\w*|откл\w+|не (?:надо|нужен|присылать)|off|stop|never)\b")
_FILLERS = re.compile(
    r"\b(?:за|по|на|о|об|отдел\w*|департамент\w*|пожалуйста|мне|the|of|for|on|about|department|please|me)\b"
)


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """The days, and whose tasks and payments count; None = everybody's."""

    since: datetime
    until: datetime
    """The first moment after the last day."""
    people: tuple[str, ...] | None
    payers: tuple[str, ...] | None
    """Who began the cases that were paid."""
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """What a mail asks for; `habit`: how often it is to come by itself from now on."""

    filters: Filters
    habit: Literal["", "monthly", "off"] = ""
    unknown: str = ""


def report_query(filters: Filters, sight: Sight, office: Office, today: date) -> tuple[ReportQuery, tuple[str, ...]]:
    """Read what was typed: by default the last thirty days; give also the names of what cannot be read."""
    wrong: list[str] = []
    last = read_day(filters.until, today, "until", wrong) or today
    first = read_day(filters.since, today, "since", wrong) or last - timedelta(days=29)
    wanted = _wanted(filters, office)
    query = ReportQuery(
        day_begins(first, office),
        day_begins(last + timedelta(days=1), office),
        _both(wanted, None if sight.everything else sight.selves | sight.people),
        _both(wanted, None if sight.everything or sight.paying else sight.selves | sight.people),
        first,
        last,
    )
    return query, tuple(wrong)


def read_report_command(text: str, office: Office, today: date) -> ReportAsked:
    """Read «Отчёт за прошлый месяц», «Отчёт Петров за неделю», "Report monthly"."""
    line = next((line for line in text[:2000].splitlines() if line.strip()), "")
    rest = _OPENING.sub("", without_prefix(line.strip())[:200], count=1)
    said = fold(rest)
    if _STOP.search(said) or _MONTHLY.search(said):
        return ReportAsked(Filters(), "off" if _STOP.search(said) else "monthly")
    named = [one for one in mentions(rest, office.directory) if len(one.people) == 1]
    for one in named[:1]:
        rest = rest.replace(one.text, " ", 1)
    folded, period = without_period(fold(rest))
    department = next((key for key, one in office.directory.departments.items() if fold(one.title) in folded), "")
    if department:
        folded = folded.replace(fold(office.directory.departments[department].title), " ", 1)
    unknown = " ".join(re.findall(r"\w+", _FILLERS.sub(" ", folded)))
    first, last = _days(period, today)
    person = named[0].people[0] if named else ""
    return ReportAsked(Filters(first, last, person=person, department=department), unknown=unknown)


def subscription(person: str, habit: str) -> Fact:
    """Give what the office keeps of whoever wants the report every month, or no more."""
    return Fact("report", person, said={"habit": habit})


def subscribers(facts: tuple[Fact, ...], office: Office) -> list[str]:
    """Give who wants it."""
    return [
        person
        for person in office.directory.people
        if any(fact.said["habit"] == "monthly" for fact in known(facts, "report", person)[-1:])
    ]


def month_before(today: date) -> Filters:
    """Give the month before this one."""
    ended = today.replace(day=1) - timedelta(days=1)
    return Filters(ended.replace(day=1).isoformat(), ended.isoformat())


def _days(period: Period, today: date) -> tuple[str, str]:
    if period == Period():
        return "", ""
    first, last = days_of(period, today)
    return first.isoformat(), last.isoformat()


def _wanted(filters: Filters, office: Office) -> frozenset[str] | None:
    chosen = people_of(filters.department, office)
    one = (filters.person,) if filters.person in office.directory.people else None
    return None if chosen is None and one is None else frozenset((*(chosen or ()), *(one or ())))


def _both(wanted: frozenset[str] | None, seen: frozenset[str] | None) -> tuple[str, ...] | None:
    """Give whom both allow: wanted by the reader and seen by him."""
    if wanted is None or seen is None:
        one = wanted if seen is None else seen
        return None if one is None else tuple(sorted(one))
    return tuple(sorted(wanted & seen))
