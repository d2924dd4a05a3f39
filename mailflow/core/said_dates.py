"""The day a reply names inside its sentences: «после 20.11», «вернусь 29 ноября», «оплатили вчера».

Owns: finding the first day in a text, and the past day of a payment. Refuses to know: spellings (see `dates`).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from mailflow.core.dates import DATE_PATTERN, read_date
from mailflow.core.money import fold

_ANY_DATE = re.compile(rf"(?<![\w.])(?:{DATE_PATTERN})")
_YEAR = re.compile(r"\d{4}|\d[./-]\d{1,2}[./-]\d{2}")
_YESTERDAY = {"вчера": 1, "yesterday": 1, "позавчера": 2}
_NEAR_FUTURE = timedelta(days=31)


def first_date(text: str, written_on: date) -> date | None:
    """Give the first day the text names, counted from the day it was written; None when it names none."""
    days = (read_date(match[0], written_on) for match in _ANY_DATE.finditer(fold(text)))
    return next((day for day in days if day is not None), None)


def past_date(text: str, written_on: date) -> date | None:
    """Give the first day the text names as one that has come: without a year it lies in the past."""
    said = fold(text)
    for word, days in _YESTERDAY.items():
        if re.search(rf"(?<!\w){word}(?!\w)", said):
            return written_on - timedelta(days=days)
    match = next((match for match in _ANY_DATE.finditer(said) if read_date(match[0], written_on)), None)
    day = read_date(match[0], written_on) if match else None
    if match is None or day is None or _YEAR.search(match[0]) or day <= written_on + _NEAR_FUTURE:
        return day
    return day.replace(year=day.year - 1, day=min(day.day, 28)) if day.month == 2 else day.replace(year=day.year - 1)
