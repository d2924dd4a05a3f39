"""The Russian production calendar as data: what every year adds to weekends and fixed holidays.

Owns: the table. Refuses to know: how deadlines are counted (see `worktime`).
Sources: article 112 of the Labour Code; government decree № 1466 of 24.09.2025 for 2026 and its kin; the day
before a holiday is an hour shorter (article 95).

A new year: add its row after the decree is out (September, October); until then the year knows only weekends
and fixed holidays.
"""

from __future__ import annotations

from datetime import date

from mailflow.core.worktime import Calendar

FIXED_HOLIDAYS: frozenset[tuple[int, int]] = frozenset(
    [*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)]
)
"""(month, day), the same every year."""

YEARS: dict[int, dict[str, tuple[str, ...]]] = {
    2025: {
        "days_off": ("05-02", "05-08", "06-13", "11-03", "12-31"),
        "working_weekends": ("11-01",),
        "short_days": ("03-07", "04-30", "06-11", "11-01"),
    },
    2026: {
        "days_off": ("01-09", "03-09", "05-11", "12-31"),
        "working_weekends": (),
        "short_days": ("04-30", "05-08", "06-11", "11-03"),
    },
    2027: {
        "days_off": ("02-22", "05-03", "05-10", "06-14", "11-05", "12-31"),
        "working_weekends": ("02-20",),
        "short_days": ("02-20", "04-30", "06-11", "11-03"),
    },
}
"""Year -> days off beside weekends and fixed holidays, weekend days that are worked, days an hour shorter."""


def _days(kind: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(f"{year}-{day}") for year, row in YEARS.items() for day in row[kind])


RUSSIA = Calendar(
    years=frozenset(YEARS),
    days_off=_days("days_off") | {date(year, *day) for year in YEARS for day in FIXED_HOLIDAYS},
    working_weekends=_days("working_weekends"),
    short_days=_days("short_days"),
    fixed_holidays=FIXED_HOLIDAYS,
)
