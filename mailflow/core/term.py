"""A term that is a day or a span: «20.11.2026», «2 рабочих дня на каждого», "within 3 working days".

Owns: reading it, and showing it in the reader's language. A field keeps the day as ISO and the span as rules files
write it (`2 working days`). Refuses to know: what the term is of, and when a span begins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from mailflow.core.dates import format_date, read_date
from mailflow.core.money import fold
from mailflow.core.worktime import Duration, Unit, parse_duration

_AROUND = re.compile(
    r"^(?:в течение|не более|максимум|по|within|in|up to|срок) |"
    r" (?:на каждого(?: согласующего)?|на каждый этап|каждому|на человека|each|per (?:person|approver))$"
)
_FORMS: Mapping[Unit, tuple[str, str, str]] = {
    Unit.MINUTE: ("минута", "минуты", "минут"),
    Unit.HOUR: ("час", "часа", "часов"),
    Unit.WORKING_DAY: ("рабочий день", "рабочих дня", "рабочих дней"),
    Unit.DAY: ("день", "дня", "дней"),
    Unit.WEEK: ("неделя", "недели", "недель"),
}


def read_term(text: str, written_on: date) -> str | None:
    """Read a day (ISO) or a span (`2 working days`); None for a text that is surely neither."""
    day = read_date(text, written_on)
    if day is not None:
        return day.isoformat()
    said = fold(text).strip(" .,;")
    span = parse_duration(_AROUND.sub("", _AROUND.sub("", said)))
    return str(span) if span else None


def show_term(value: str, language: str = "ru") -> str:
    """Show a term that a field keeps: `20.11.2026`, `2 рабочих дня`; a text that is none comes back as it is."""
    try:
        return format_date(date.fromisoformat(value), language)
    except ValueError:
        span = parse_duration(value)
    return value if span is None or language != "ru" else f"{span.count} {_form(span)}"


def _form(span: Duration) -> str:
    one, few, many = _FORMS[span.unit]
    if span.count % 10 == 1 and span.count % 100 != 11:
        return one
    return few if span.count % 10 in (2, 3, 4) and span.count % 100 not in (12, 13, 14) else many
