"""A Russian passport as people type it: read for the paper, checked by its form, masked everywhere else.

Owns: «45 10 123456, выдан 12.03.2011 ОВД «Тверской» г. Москвы, код 770-001» -> parts; the mask.
Refuses to know: whose it is. The form: постановление № 828 of 08.07.1997 (series 4 digits, number 6, office 3-3).

What may go wrong: other countries' passports and mistakes. They are no `Passport`; what was typed is printed as it
was, and masked digit by digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SERIES = re.compile(r"(?<!\d)(\d{2})\s?(\d{2})\s?(?:№|N|No\.?)?\s?(\d{6})(?!\d)")
_OFFICE = re.compile(r"(?:код(?:\s+подразделения)?|code)?\s*:?\s*(?<!\d)(\d{3}-\d{3})(?!\d)", re.IGNORECASE)
_WORD = re.compile(r"^(?:паспорт(?:\s+РФ)?|серии|серия|passport)\s*:?\s*", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_NUMBER_KEPT = 2
_PARTS = re.compile(
    r"(?<!\d)(?:\d{2}[ \u00a0]?\d{2}[ \u00a0]?(?:№|N|No\.?)[ \u00a0]?\d{6}|\d{2}[ \u00a0]?\d{2}[ \u00a0]\d{6}|"
    r"(?<!ИНН )(?<!INN )\d{10}|\d{2}[ \u00a0]\d{2}|\d{4}(?=[ \u00a0]?№)|\d{6}|\d{3}-\d{3})(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Passport:
    """«45 10», «123456», «выдан 12.03.2011 ОВД «Тверской» г. Москвы», «770-001» ('' where none was typed)."""

    series: str
    number: str
    issued: str
    office: str


def read_passport(typed: str) -> Passport | None:
    """Read a passport; None where no series of 4 and number of 6 digits stand together."""
    words = " ".join(typed.split())
    found = _SERIES.search(words)
    if found is None:
        return None
    rest = words[found.end() :]
    office = _OFFICE.search(rest)
    issued = (rest[: office.start()] + rest[office.end() :]) if office else rest
    return Passport(f"{found[1]} {found[2]}", found[3], issued.strip(" ,;."), office[1] if office else "")


def masked(typed: str) -> str:
    """Give a passport as everybody may see it: «45 10 ****56». Of anything else every digit is a star."""
    passport = read_passport(typed)
    if passport is None:
        return _DIGIT.sub("*", typed)
    return f"{passport.series} {'*' * (6 - _NUMBER_KEPT)}{passport.number[-_NUMBER_KEPT:]}"


def veiled(text: str) -> str:
    """Give words around a passport with every digit of series, number and office as a star; other numbers stay."""
    return _PARTS.sub(lambda found: _DIGIT.sub("*", found[0]), text)


def printed(typed: str) -> str:
    """Give a passport as the paper has it: «паспорт серии 45 10 № 123456, выдан …, код подразделения 770-001»."""
    passport = read_passport(typed)
    if passport is None:
        bare = _WORD.sub("", " ".join(typed.split())).strip(" ,;.")
        return f"паспорт {bare}" if bare else ""
    office = f"код подразделения {passport.office}" if passport.office else ""
    return ", ".join(
        part for part in (f"паспорт серии {passport.series} №\u00a0{passport.number}", passport.issued, office) if part
    )
