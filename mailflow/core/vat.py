"""VAT: which rates are in force on a day, and how much of a sum it is.

Owns: the table of rates. Refuses to know: the goods a rate is for.
Sources: articles 164 and 168 of the Tax Code; 425-ФЗ of 28.11.2025 (22 % from 01.01.2026).

What may go wrong: the rate is that of the day of shipment, which a paper need not state; an old rate
after the change is a question, not an error. A new rate: add a row, never edit one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from mailflow.core.money import KOPECK


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of a period in per cent, the main one first; `until` is the last day, None for no end."""

    since: date
    until: date | None
    percents: tuple[int, ...]


PERIODS: tuple[Rates, ...] = (
    Rates(date(2004, 1, 1), date(2018, 12, 31), (18, 10, 0)),
    Rates(date(2019, 1, 1), date(2024, 12, 31), (20, 10, 0)),
    Rates(date(2025, 1, 1), date(2025, 12, 31), (20, 10, 7, 5, 0)),
    Rates(date(2026, 1, 1), None, (22, 10, 7, 5, 0)),
)
"""5 and 7 per cent are for payers of the simplified tax."""


def rates_on(day: date) -> tuple[int, ...]:
    """Give the rates in force on a day, the main one first; none for days before the table."""
    in_force = (row for row in PERIODS if row.since <= day and (row.until is None or day <= row.until))
    return next((row.percents for row in in_force), ())


def last_day_of(rate: int, before: date) -> date | None:
    """Give the last day a rate was in force, if that lies before a day."""
    ends = [row.until for row in PERIODS if rate in row.percents and row.until and row.until < before]
    return max(ends, default=None)


def vat_within(total: Decimal, rate: int) -> Decimal:
    """Take the VAT out of a sum that includes it, rounded half up to a kopeck."""
    return (total * rate / (100 + rate)).quantize(KOPECK, ROUND_HALF_UP)
