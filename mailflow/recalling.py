"""The office as it is now: its files, and what it has come to know beside them.

Owns: asking the store for the facts a matter needs. Every conductor asks once, at its beginning, and `advance`
once more when it decides: who stands in for whom may have changed since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailflow.core.memory import About
from mailflow.core.office import Office
from mailflow.edges.store import Store


async def present(office: Office, store: Store, now: datetime, about: Sequence[About] = ()) -> Office:
    """Give the office with the facts that hold now: those that concern everybody, and those of these subjects."""
    wanted = {(one.kind, one.subject) for one in about}
    imported = tuple(fact for fact in office.imported if (fact.kind, fact.subject) in wanted)
    return replace(office, facts=(*imported, *await store.facts(office.day(now), about)))
