"""The card of a case as people read it: its line, its fields, each in the reader's language.

Owns: `title`, `card`, `field_text` and filling texts of the rules with them. Refuses to know: letters.
A case outlives its rules: where the process is gone its subject is shown.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from mailflow.core.case import Case, FieldValue
from mailflow.core.dates import format_date
from mailflow.core.money import Money, format_money
from mailflow.core.office import Office
from mailflow.core.rules import Process
from mailflow.core.term import show_term
from mailflow.core.views import Language, Line


def title(case: Case, office: Office, language: Language) -> str:
    """Give the case in one line: «Счёт № 57, ООО «Ромашка», 120 000,50 ₽»."""
    process = office.known_process_of(case)
    if process is None:
        return case.subject or case.number
    shown = {name: field_text(process, case.fields, name, language, office) for name in process.fields}
    parts = [part.strip() for part in process.summary.in_(language).split(" · ")]
    full = [part.format(**shown) for part in parts if _filled(part, shown)]
    if not _filled(parts[0], shown):
        full.insert(0, process.title.in_(language))
    return ", ".join(full)


def _filled(part: str, shown: Mapping[str, str]) -> bool:
    return all(shown[name] for _, name, _, _ in string.Formatter().parse(part) if name)


_YES_NO: Mapping[Language, tuple[str, str]] = {"ru": ("да", "нет"), "en": ("yes", "no")}


def field_text(
    process: Process, fields: Mapping[str, FieldValue], name: str, language: Language, office: Office
) -> str:
    """Give a field as people read it; '' where it is empty."""
    value = fields.get(name)
    if value is None or value == "" or value == ():
        return ""
    if isinstance(value, bool):
        return _YES_NO[language][0 if value else 1]
    if isinstance(value, tuple):
        people = process.fields[name].type == "people"
        return ", ".join(office.short(person) for person in value) if people else "; ".join(value)
    match process.fields[name].type:
        case "money":
            return format_money(Money(Decimal(value), str(fields.get("currency") or "RUB")), language)
        case "date":
            return format_date(date.fromisoformat(value), language)
        case "term":
            return show_term(value, language)
        case _:
            return value


def card(case: Case, office: Office, language: Language) -> tuple[Line, ...]:
    """Give the lines of the card: every field that is filled and meant to be shown, in the order of the rules."""
    process = office.known_process_of(case)
    shown = [name for name, rule in process.fields.items() if rule.card] if process is not None else []
    return lines_of(shown, case, office, language)


def lines_of(names: Sequence[str], case: Case, office: Office, language: Language) -> tuple[Line, ...]:
    """Give a line for each of these fields that is filled, in this order, of those the rules still have."""
    process = office.known_process_of(case)
    fields = process.fields if process is not None else {}
    lines = (
        Line(fields[name].label.in_(language), field_text(process, case.fields, name, language, office))
        for name in names
        if process is not None and name in fields
    )
    return tuple(line for line in lines if line.value)


def fill_in(text: str, case: Case, office: Office, language: Language) -> str:
    """Put the card into a text of the rules: {field} in braces, {number} for the case's own number."""
    process = office.process_of(case)
    shown = {name: field_text(process, case.fields, name, language, office) for name in process.fields}
    return text.format(**{**shown, "number": case.number})
