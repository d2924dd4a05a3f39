"""The fields of a request as another system states them: JSON values in, canonical values of the card out.

Owns: what each type of field may look like in JSON, and what is told of one that does not. Refuses to know: HTTP and
mails; nothing is guessed here, because a program can be asked to say it exactly. Money is `{"amount": "1000.00",
"currency": "RUB"}` or the amount alone as text; a day is ISO; people are ids or registered addresses; the rest is text
as a mail would say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mailflow.core.api_problems import Fault
from mailflow.core.case import FieldValue
from mailflow.core.directory import Directory
from mailflow.core.field_forms import LONGEST_VALUE, FieldForm, agrees, read_value
from mailflow.core.money import write_amount
from mailflow.core.naming import with_people
from mailflow.core.rules import Process

HOME_CURRENCY = "RUB"
MOST_LISTED = 200
_AMOUNT = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
SHOWN_CHOICES = 10


@dataclass(frozen=True, slots=True)
class Stated:
    """What was read, and what could not be."""

    fields: Mapping[str, FieldValue]
    faults: tuple[Fault, ...]


class _Wrong(ValueError):
    """The value does not fit; its text says what would."""


def stated(
    values: Mapping[str, object], forms: Mapping[str, FieldForm], process: Process, directory: Directory, today: date
) -> Stated:
    """Read every field of a request for that process; a field it does not have is a fault, never passed over."""
    fields: dict[str, FieldValue] = {}
    faults: list[Fault] = []
    for name, value in values.items():
        if value is None:
            continue
        try:
            fields |= _read(name, value, forms, directory, today, str(values.get("currency") or ""))
        except _Wrong as wrong:
            faults.append(Fault(f"/fields/{escaped(name)}", str(wrong)))
    known, unsure = with_people({n: v for n, v in fields.items() if forms[n].type == "points"}, process, directory)
    faults += [Fault(f"/fields/{escaped(name)}", "names somebody the directory does not know") for name in unsure]
    return Stated({**fields, **known}, tuple(faults))


def escaped(name: str) -> str:
    """Write a name as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")[:100]


def _read(
    name: str, value: object, forms: Mapping[str, FieldForm], directory: Directory, today: date, currency: str
) -> dict[str, FieldValue]:
    form = forms.get(name)
    if form is None:
        raise _Wrong(f"no such field; the fields are: {', '.join(sorted(forms))}")
    if form.type == "money":
        return _money(value, form, forms, currency)
    if form.type == "people":
        return {name: _people(value, form, directory)}
    return {name: _READERS.get(form.type, _said)(value, form, today)}


def _money(
    value: object, form: FieldForm, forms: Mapping[str, FieldForm], stated_currency: str
) -> dict[str, FieldValue]:
    said = value if isinstance(value, Mapping) else {"amount": value}
    if not set(said) <= {"amount", "currency"}:
        raise _Wrong("money is {amount, currency}")
    amount, currency = said.get("amount"), said.get("currency", "")
    if not isinstance(amount, str) or not _AMOUNT.fullmatch(amount):
        raise _Wrong('an amount is text with a dot and at most two decimals: "1000.00"')
    if not isinstance(currency, str) or (currency and not _CURRENCY.fullmatch(currency)):
        raise _Wrong('a currency is three letters of ISO 4217: "RUB"')
    found: dict[str, FieldValue] = {form.name: write_amount(Decimal(amount))}
    if currency and currency != (stated_currency or HOME_CURRENCY):
        if stated_currency or "currency" not in forms:
            raise _Wrong(f"the currency of this card is {stated_currency or HOME_CURRENCY}")
        found["currency"] = currency
    return found


def _people(value: object, form: FieldForm, directory: Directory) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if not 0 < len(names) <= MOST_LISTED:
        raise _Wrong("people are a list of ids or registered addresses")
    if form.most is not None and len(names) > form.most:
        raise _Wrong(f"at most {form.most} people")
    return tuple(dict.fromkeys(_person(name, directory) for name in names))


def _person(name: object, directory: Directory) -> str:
    found = person_of(name, directory) if isinstance(name, str) else None
    if found is None:
        raise _Wrong(f"the directory knows no {str(name)[:60]!r}")
    return found


def person_of(name: str, directory: Directory) -> str | None:
    """Give the id of a person named by id or registered address; None for nobody."""
    return name if name in directory.people else directory.by_address(name)


def _bool(value: object, form: FieldForm, today: date) -> FieldValue:
    if not isinstance(value, bool):
        raise _Wrong("this is true or false")
    return value


def _date(value: object, form: FieldForm, today: date) -> FieldValue:
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "").isoformat()
    except ValueError:
        raise _Wrong('a day is written "2026-11-30"') from None


def _choice(value: object, form: FieldForm, today: date) -> FieldValue:
    found = read_value(value, form, today) if isinstance(value, str) else None
    if found is None:
        more = " …" if len(form.choices) > SHOWN_CHOICES else ""
        raise _Wrong(f"one of: {'; '.join(form.choices[:SHOWN_CHOICES])}{more}")
    return found


def _said(value: object, form: FieldForm, today: date) -> FieldValue:
    """Read text, or lines of it, as a mail would say it."""
    said = value if isinstance(value, list) else [value]
    lines = [line for line in said if isinstance(line, str)]
    if len(lines) != len(said) or not 0 < len(lines) <= MOST_LISTED:
        raise _Wrong("this is text")
    text = "\n".join(lines)
    if len(text) > LONGEST_VALUE:
        raise _Wrong(f"at most {LONGEST_VALUE} characters")
    found = read_value(text, form, today)
    if found is None or not agrees(found, form):
        raise _Wrong(f"this does not read as {form.type}")
    return found


_READERS: Mapping[str, Callable[[object, FieldForm, date], FieldValue]] = {
    "bool": _bool,
    "date": _date,
    "choice": _choice,
}
