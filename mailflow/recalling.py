"""The office as it is now: its files, and what it has come to know beside them.

Owns: asking the store for the facts a matter needs. Every conductor asks once, at its beginning, and `advance`
once more when it decides: who stands in for whom may have changed since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailflow.core.memory import About, known
from mailflow.core.office import Office
from mailflow.core.silence import told_of
from mailflow.edges.store import Store


async def present(office: Office, store: Store, now: datetime, about: Sequence[About] = ()) -> Office:
    """Give the office with the facts that hold now: those that concern everybody, and those of these subjects."""
    wanted = {(one.kind, one.subject) for one in about}
    imported = tuple(fact for fact in office.imported if (fact.kind, fact.subject) in wanted)
    return replace(office, facts=(*imported, *await store.facts(office.day(now), about)))


async def told_now(person: str, office: Office, store: Store, now: datetime) -> frozenset[str]:
    """Give the cases in which somebody's silence has been told to the person and lasts; `office` knows his facts."""
    kept = [fact.said["case"] for fact in known(office.facts, "told", person)]
    cases = await store.cases_named(sorted(set(kept)))
    return frozenset(name for name, case in cases.items() if person in told_of(case, office, now))
