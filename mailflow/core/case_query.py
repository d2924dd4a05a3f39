"""Which cases a list wants: the filters of a register as a value, and the text a case is found by.

Owns: `CaseQuery`, reading it from what was typed, and `sought`. Refuses to know: SQL, HTML.
What cannot be read as a date or a sum is said, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from mailflow.core.case import Case
from mailflow.core.dates import read_date
from mailflow.core.office import Office
from mailflow.core.sight import Sight
from mailflow.core.signs import fold

LONGEST_SOUGHT = 4000
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2200, 1, 1)
"""Of what can be asked for: at the ends of the calendar a moment of one zone does not exist in another."""
STATES = ("open", "done", "rejected", "withdrawn")


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """A page of cases: newest first, from the one after `after` on."""

    sight: Sight
    processes: tuple[str, ...]
    since: datetime | None = None
    until: datetime | None = None
    state: str = ""
    person: str = ""
    """Who began the case or was asked about it."""
    initiators: tuple[str, ...] | None = None
    """The people of a department; None = whoever."""
    counterparty: str = ""
    least: int | None = None
    """In minor units."""
    most: int | None = None
    words: tuple[str, ...] = ()
    """Each must stand in the text the case is found by."""
    after: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """What was typed above a table, as it was typed."""

    since: str = ""
    until: str = ""
    state: str = ""
    person: str = ""
    department: str = ""
    counterparty: str = ""
    least: str = ""
    most: str = ""
    text: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of one currency over a whole list, in minor units."""

    currency: str
    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a list by currency; `all`: of the whole list, else of the newest one look goes through."""

    by_currency: tuple[Total, ...]
    all: bool = True


def query_of(
    filters: Filters, sight: Sight, processes: tuple[str, ...], office: Office, today: date, limit: int
) -> tuple[CaseQuery, tuple[str, ...]]:
    """Read what was typed; give the query and the names of the filters that cannot be read and were left out."""
    wrong: list[str] = []
    since, until = read_day(filters.since, today, "since", wrong), read_day(filters.until, today, "until", wrong)
    least, most = _minor(filters.least, "least", wrong), _minor(filters.most, "most", wrong)
    query = CaseQuery(
        sight=sight,
        processes=processes,
        since=day_begins(since, office) if since is not None else None,
        until=day_begins(until + timedelta(days=1), office) if until is not None else None,
        state=filters.state if filters.state in STATES else "",
        person=filters.person if filters.person in office.directory.people else "",
        initiators=people_of(filters.department, office),
        counterparty=fold(filters.counterparty),
        least=least,
        most=most,
        words=tuple(fold(filters.text).split())[:8],
        after=_place(filters.after, wrong),
        limit=limit,
    )
    return query, tuple(wrong)


def place_of(opened_at: datetime, case: str) -> str:
    """Name the place of a case in a list, for the link to the next page."""
    return f"{opened_at.isoformat()}~{case}"


def sought(case: Case) -> str:
    """Give the folded text a case is found by: numbers, subject, counterparty, ИНН, names of files."""
    fields = (value for value in case.fields.values() if isinstance(value, str))
    said = " ".join((case.number, case.subject, *fields, *(file.name for file in case.files)))
    return fold(said[:LONGEST_SOUGHT])


def read_day(text: str, today: date, name: str, wrong: list[str]) -> date | None:
    """Read a day as it was typed; None and a word of it in `wrong` where that is none."""
    if not text.strip():
        return None
    try:
        found: date | None = date.fromisoformat(text.strip())
    except ValueError:
        found = read_date(text.strip(), today)
    if found is None or not _FIRST_DAY <= found <= _LAST_DAY:
        wrong.append(name)
        return None
    return found


def _minor(text: str, name: str, wrong: list[str]) -> int | None:
    if not text.strip():
        return None
    try:
        value = Decimal(_SPACES.sub("", text).replace(",", "."))
    except InvalidOperation:
        wrong.append(name)
        return None
    if not value.is_finite() or abs(value) > 10**15:
        wrong.append(name)
        return None
    return int(value * 100)


def _place(text: str, wrong: list[str]) -> tuple[datetime, str] | None:
    moment, _, case = text.partition("~")
    try:
        at = datetime.fromisoformat(moment) if moment else None
    except ValueError:
        at = None
    if (
        at is None
        or at.tzinfo is None
        or not _FIRST_DAY <= at.date() <= _LAST_DAY
        or not re.fullmatch(r"[0-9a-f]{1,64}", case)
    ):
        if text:
            wrong.append("after")
        return None
    return at, case


def day_begins(day: date, office: Office) -> datetime:
    """Give the first moment of a day in the office."""
    return datetime.combine(day, time(), office.hours.zone)


def people_of(department: str, office: Office) -> tuple[str, ...] | None:
    """Everybody of the department and of those under it."""
    known = office.directory.departments
    if department not in known:
        return None
    wanted = {name for name in known if department in _above(name, office)}
    return tuple(person for person, one in office.directory.people.items() if one.department in wanted)


def _above(department: str, office: Office) -> list[str]:
    line, above = [department], office.directory.departments[department].parent
    while above is not None:
        line.append(above)
        above = office.directory.departments[above].parent
    return line
