"""The card of a case as papers read it: texts, lines, days, each '' or () where it is missing.

Owns: turning a stored field into words on paper. Refuses to know: which paper.
"""

from __future__ import annotations

from datetime import date

from mailflow.core.case import Case
from mailflow.core.dates import format_date
from mailflow.core.views import Language


class Card:
    """The fields of a case; calling it with a name gives the text of that field."""

    def __init__(self, case: Case) -> None:
        self._fields = case.fields

    def __call__(self, name: str, otherwise: str = "") -> str:
        value = self._fields.get(name)
        return value.strip() if isinstance(value, str) and value.strip() else otherwise

    def lines(self, name: str) -> tuple[str, ...]:
        """Give the entries of a list, or the lines of a text, without empty ones."""
        value = self._fields.get(name)
        return tuple(one for part in _parts(value) if (one := " ".join(part.split())))

    def day(self, name: str, language: Language) -> str:
        """Give a day as papers show it; what is no day stays as it was typed."""
        return shown_day(self(name), language)

    def says(self, name: str) -> bool:
        """Tell whether a yes-or-no field is yes."""
        return self._fields.get(name) is True


def shown_day(iso: str, language: Language) -> str:
    """Show a stored day; what is no day stays as it was typed."""
    try:
        return format_date(date.fromisoformat(iso), language)
    except ValueError:
        return iso


def _parts(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(str(one) for one in value)
    return tuple(value.splitlines()) if isinstance(value, str) else ()
