"""Standing in for a colleague: how it is asked for, who must agree to it, when it holds.

Owns: reading «Замещение: с 16.11 по 27.11 вместо меня Петров П.П.», whose word it still needs, and the fact
the office keeps of it. The way it goes stands in rules/house/substitution.yaml. Refuses to know: letters, stores.

What may go wrong is worth money: whoever stands in decides. So nobody names himself, a name that fits two is
asked about, what the mail server has not proven waits for a press, and a circle is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from mailflow.core.case import Case, CaseState, Fields, FieldValue
from mailflow.core.dates import DATE_PATTERN, read_date
from mailflow.core.directory import Directory
from mailflow.core.memory import Fact, arranged
from mailflow.core.mentioning import Mention, mentions
from mailflow.core.money import fold
from mailflow.core.office import Office
from mailflow.core.sender import Proven, SenderProof

SUBSTITUTION = "substitution"
LONGEST = timedelta(days=366)

Why = Literal["nobody", "several", "dates", "past", "long", "self", "absentee", "circle"]
"""What is not clear: who, which of several, which days; they are over, or too many; himself; for whom; a circle."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A substitution as it was said."""

    absentee: str
    deputy: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Ended:
    """«Замещение отменить»: whose substitution ends."""

    absentee: str


@dataclass(frozen=True, slots=True)
class NotClear:
    """It cannot be arranged as it was said; `names`: the names that fit several people, or nobody."""

    why: Why
    names: str = ""


_CANCEL = re.compile(
    r"^\W*(?:замещ\w+|substitut\w+)\W+"
    r"(?:отмен\w+|прекрат\w+|сн(?:ять|имите)|законч\w+|(?:я )?вернул\w+|cancel|end\b|stop|(?:i am |i'm )?back)"
)
_OF_HIMSELF = re.compile(
    r"\b(?:вместо меня|за меня|меня (?:замещает|заменяет)|мой заместитель|instead of me|for me|my deputy)\b"
)
_OF_ANOTHER = re.compile(r"\b(?:вместо|за|for|instead of)\s+(?=[A-ZА-ЯЁ])", re.IGNORECASE)
_DATE = rf"(?:{DATE_PATTERN})"
_TO = r"(?:по|до|to|till|until|through|[-–—])"
_SPAN = re.compile(rf"\b(?:с|со|from)\s+(?P<since>{_DATE})\s*{_TO}\s*(?P<until>{_DATE})")
_BARE_SPAN = re.compile(rf"(?P<since>{_DATE})\s*[-–—]\s*(?P<until>{_DATE})")
_SAME_MONTH = re.compile(rf"(?<![0-9.])(?P<day>[0-9]{{1,2}})\s*{_TO}\s*(?P<until>{_DATE})")
_UNTIL = re.compile(rf"\b(?:по|до|till|until|through)\s+(?P<until>{_DATE})")
_ONE_DAY = re.compile(rf"(?P<since>(?P<until>{_DATE}))")
LONGEST_TEXT = 600


def read_substitution(text: str, writer: str, written_on: date, office: Office) -> Asked | Ended | NotClear:
    """Read the command as its writer said it; days without a year are counted from the day it was written."""
    said = text[:LONGEST_TEXT]
    named = list(mentions(said, office.directory))
    if _CANCEL.search(fold(said)):
        others = [m for m in named if m.people != (writer,)]
        return Ended(others[0].people[0] if others and len(others[0].people) == 1 else writer)
    people = _people(said, named, writer)
    if isinstance(people, NotClear):
        return people
    days = _days(said, written_on)
    if days is None:
        return NotClear("dates")
    asked = Asked(*people, *days)
    fault = _fault(asked, written_on, office)
    return NotClear(fault) if fault is not None else asked


def _people(said: str, named: list[Mention], writer: str) -> tuple[str, str] | NotClear:
    """Give absentee and deputy."""
    unsure = [m.text for m in named if len(m.people) > 1]
    if unsure:
        return NotClear("several", ", ".join(unsure))
    absentee = writer
    other = next((m for m in named if _OF_ANOTHER.search(said[: m.start + 1][-20:])), None)
    if other is not None and not _OF_HIMSELF.search(fold(said)):
        absentee = other.people[0]
        named = [m for m in named if m is not other]
    deputies = list(dict.fromkeys(m.people[0] for m in named if m.people[0] != absentee))
    if not deputies:
        return NotClear("self" if named else "nobody")
    if absentee == writer and len(deputies) == 2 and writer not in deputies and not _OF_HIMSELF.search(fold(said)):
        return NotClear("absentee")
    if len(deputies) > 1:
        return NotClear("several", ", ".join(m.text for m in named))
    return absentee, deputies[0]


def _days(said: str, written_on: date) -> tuple[date, date] | None:
    """Give the first and the last day; «до 27.11» begins today, a single day is both."""
    text = fold(said)
    for form in (_SPAN, _BARE_SPAN, _SAME_MONTH, _UNTIL, _ONE_DAY):
        found = form.search(text)
        if found is None:
            continue
        until = read_date(found["until"], written_on)
        parts = found.groupdict()
        if until is None:
            return None
        if "day" in parts:
            return _same_month(int(parts["day"]), until)
        since = read_date(parts["since"], written_on) if parts.get("since") else written_on
        return (since, until) if since is not None else None
    return None


def _same_month(day: int, until: date) -> tuple[date, date] | None:
    """«С 16 по 27 ноября»: the month is said once."""
    return (until.replace(day=day), until) if 1 <= day <= until.day else None


def _fault(asked: Asked, today: date, office: Office) -> Why | None:
    if asked.until < asked.since:
        return "dates"
    if asked.until < today:
        return "past"
    if asked.until - asked.since > LONGEST:
        return "long"
    first = max(asked.since, today).isoformat()
    chain_ends = office.directory.acting(asked.deputy, first, arranged(office.facts, first))
    return "circle" if chain_ends == asked.absentee else None


def asked_until(absentee: str, deputy: str, until: str, office: Office, now: datetime) -> Asked | None:
    """Give the substitution an automatic reply speaks of, from today to the day it names; None where it cannot be."""
    today = date.fromisoformat(office.day(now))
    try:
        asked = Asked(absentee, deputy, today, date.fromisoformat(until))
    except ValueError:
        return None
    fault = "self" if absentee == deputy else _fault(asked, today, office)
    return None if fault else asked


def confirmed_by(asked: Asked, writer: str, proof: SenderProof, office: Office) -> tuple[str, tuple[str, ...]]:
    """Say whose word the substitution still needs (as the rules name it), and who may give it."""
    proven = isinstance(proof, Proven)
    entitled = set(superiors(asked.absentee, office.directory)) - {asked.deputy}
    if proven and (writer == asked.absentee or writer in entitled):
        return "nobody", ()
    if writer == asked.absentee:
        return "absentee", ()
    others = tuple(p for p in superiors(asked.absentee, office.directory) if p in entitled - {writer})
    return "superiors", others or (asked.absentee,)


def superiors(absentee: str, directory: Directory) -> tuple[str, ...]:
    """Give who may arrange a substitution for somebody: his managers and the secretaries, the nearest first."""
    above = [manager for manager in directory.chain(absentee) if manager in directory.people]
    return tuple(dict.fromkeys(p for p in (*above, *directory.holders("secretary")) if p != absentee))


def fields_of(asked: Asked, confirm: str, confirm_by: tuple[str, ...], said: str = "") -> Fields:
    """Give the card of the case that arranges the substitution."""
    fields: dict[str, FieldValue] = {
        "absentee": (asked.absentee,),
        "deputy": (asked.deputy,),
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "confirm": confirm,
        "confirm_by": confirm_by[:2] if confirm == "superiors" else (),
        "said": said,
    }
    return {name: value for name, value in fields.items() if value}


# --- what the office keeps of it


def arranged_by(
    before: Case | None, after: Case, facts: Iterable[Fact]
) -> Iterator[tuple[Literal["remember", "forget"], Fact]]:
    """Give the fact a case of substitution brings when it is agreed, and those it takes away when it is withdrawn.

    With it goes what it had taken the place of: «Замещение отменить» must not bring an earlier deputy back.
    """
    if after.process != SUBSTITUTION or (before is not None and before.state is after.state):
        return
    fact = _fact(after)
    if after.state is CaseState.DONE:
        yield "remember", fact
    elif before is not None and before.state is CaseState.DONE:
        yield "forget", fact
        yield from (("forget", other) for other in facts if _replaced(other, fact))


def _replaced(other: Fact, by: Fact) -> bool:
    """True where the same deputy stood in on some of these days already, or another one on none but these."""
    if other.kind != "substitution" or other.subject != by.subject or other.item == by.item:
        return False
    within = by.said["since"] <= other.said["since"] and other.until <= by.until
    overlaps = other.said["since"] <= by.until and by.said["since"] <= other.until
    return within or (overlaps and other.said["by"] == by.said["by"])


def in_force(case: Case, day: str) -> bool:
    """True for a substitution that is arranged and not over yet: it can still be withdrawn."""
    return case.process == SUBSTITUTION and case.state is CaseState.DONE and str(case.fields.get("until", "")) >= day


def may_end(case: Case, person: str, directory: Directory) -> bool:
    """Say whether the person may end this substitution: who asked for it, the absentee, his superiors."""
    absentee = _one(case, "absentee")
    return person in (case.initiator, absentee, *superiors(absentee, directory))


def people_of(case: Case) -> tuple[str, ...]:
    """Give whom a substitution concerns: the absentee and who stands in; () for a case of another kind."""
    found = (_one(case, "absentee"), _one(case, "deputy")) if case.process == SUBSTITUTION else ()
    return tuple(person for person in found if person)


def _fact(case: Case) -> Fact:
    said = {"by": _one(case, "deputy"), "since": str(case.fields["since"])}
    return Fact("substitution", _one(case, "absentee"), case.id, said, str(case.fields["until"]))


def _one(case: Case, name: str) -> str:
    value = case.fields.get(name, ())
    return value[0] if isinstance(value, tuple) and value else ""
