"""What «Реестр счетов за неделю» asks for: which register, which days.

Owns: the words of that command in both languages and the days a period means. Refuses to know: who
may see a register, and what stands in it. A word that names neither is given back, never left out:
«Реестр договоров» must not bring the invoices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from mailflow.core.registers import Form
from mailflow.core.signs import fold, without_prefix

Unit = Literal["day", "week", "month", "year"]
Which = Literal["up to now", "this", "last"]


@dataclass(frozen=True, slots=True)
class Period:
    """The days asked for. A year is always the calendar's, because numbers begin anew with it.

    `up to now`: «за неделю» is the last seven days, «за месяц» the last month, today included.
    """

    unit: Unit = "year"
    which: Which = "up to now"
    year: int | None = None
    """«за 2025 год»; then the rest does not count."""


@dataclass(frozen=True, slots=True)
class RegisterAsked:
    """What a command asks for: a register by the name of its form (None = all of them), for these days."""

    register: str | None
    period: Period
    unknown: str = ""
    """The words that name no register and no period we know."""


_BARE = RegisterAsked(None, Period())
_LONGEST = 200
_OPENING = re.compile(r"\[?(?:реестр\w{0,3}|журнал\w{0,3}|registers?|journals?)\b[\] :,.-]*")
_FILLERS = frozenset(
    [
        *("за", "на", "по", "в", "из", "и", "все", "всех", "всем", "мне", "нам", "нас"),
        *("пожалуйста", "пришлите", "пришли", "прошу", "писем", "письма", "корреспонденции"),
        *("the", "of", "for", "in", "all", "me", "us", "a", "please", "send", "letters", "letter", "xlsx", "excel"),
    ]
)
_UNITS: Mapping[Unit, str] = {
    "day": r"день|дня|сутки|day",
    "week": r"недел\w|week",
    "month": r"месяц\w?|month",
    "year": r"год\w?|году|year",
}
_WHICH: Mapping[Which, str] = {
    "last": r"прошл\w{2,3}|предыдущ\w{2,3}|вчерашн\w{2,3}|last|previous",
    "this": r"эт(?:от|у|ой|ом)|текущ\w{2,3}|сегодняшн\w{2,3}|this|current",
    "up to now": r"последн\w{2,3}|past",
}
_ONE_WORD: tuple[tuple[str, Period], ...] = (
    (r"сегодня|today", Period("day", "this")),
    (r"вчера|yesterday", Period("day", "last")),
    (r"(20[0-9]{2})(?: ?(?:год\w?|г))?", Period("year", "this")),
)


def _ways() -> list[tuple[re.Pattern[str], Period]]:
    """Every way to say a period, the narrower before the wider; a group holds a calendar year."""
    said = [
        (rf"(?:{before}) (?:{words})", Period(unit, which))
        for unit, words in _UNITS.items()
        for which, before in _WHICH.items()
    ]
    said += [*_ONE_WORD, *((words, Period(unit)) for unit, words in _UNITS.items())]
    return [(re.compile(rf"\b(?:{pattern})\b"), period) for pattern, period in said]


_PERIODS = _ways()


def read_register_command(text: str, forms: Sequence[Form]) -> RegisterAsked:
    """Read «Реестр счетов за неделю», «Журнал входящих», "register invoices month"; `forms` are those there are.

    The first line counts; where it says nothing but «Реестр», the second may say the rest. Without a
    register it is all of them, without a period the current year.
    """
    head = text[: 10 * _LONGEST].splitlines()
    lines = [line for line in (fold(without_prefix(line[:_LONGEST])) for line in head) if line]
    asked = _read_line(lines[0], forms) if lines else _BARE
    if asked != _BARE or len(lines) < 2:
        return asked
    more = _read_line(lines[1], forms)
    return asked if more.unknown else more


def _read_line(line: str, forms: Sequence[Form]) -> RegisterAsked:
    rest, period = without_period(_OPENING.sub("", line, count=1))
    name = None
    for form in forms:
        named = re.compile(rf"\b(?:{form.asked})\b")
        if name is None and named.search(rest):
            rest, name = named.sub(" ", rest), form.name
    words = (word for word in re.findall(r"\w+", rest) if word not in _FILLERS)
    return RegisterAsked(name, period, " ".join(words))


def without_period(text: str) -> tuple[str, Period]:
    """Give a folded text without the words of a period, and that period; the usual one where none is said."""
    for way, period in _PERIODS:
        found = way.search(text)
        if found is not None:
            year = int(found[1]) if found.lastindex else None
            return f"{text[: found.start()]} {text[found.end() :]}", replace(period, year=year)
    return text, Period()


def days_of(period: Period, today: date) -> tuple[date, date]:
    """Give the first and the last day of a period as seen from `today`."""
    if period.year is not None:
        return date(period.year, 1, 1), date(period.year, 12, 31)
    if period.which == "up to now" and period.unit != "year":
        return _LATELY[period.unit](today), today
    first = _BEGINS[period.unit](today)
    if period.which != "last":
        return first, today
    before = first - timedelta(days=1)
    return _BEGINS[period.unit](before), before


def _month_ago(day: date) -> date:
    """The day after this one a month ago: from 21.10 to 20.11, from 01.03 to 31.03."""
    ended = day.replace(day=1) - timedelta(days=1)
    return ended.replace(day=min(day.day, ended.day)) + timedelta(days=1)


_LATELY: Mapping[Unit, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=6),
    "month": _month_ago,
}
_BEGINS: Mapping[Unit, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
    "year": lambda day: day.replace(month=1, day=1),
}
