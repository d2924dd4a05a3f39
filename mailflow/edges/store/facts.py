"""What the office knows, as rows: learnt and forgotten by the commit of the event that says so.

Owns: the columns of `fact`. Refuses to know: what any of it means (`core.facts`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from mailflow.core.effects import Effect, Forget, Remember
from mailflow.core.journal import canonical
from mailflow.core.memory import ALWAYS, About, Fact
from mailflow.edges.store.session import Row, Session, Statement, insertions, marks

COLUMNS = ("kind", "subject", "item", "said", "until", "key", "at")
_OVER = (
    "ON CONFLICT (kind, subject, item) DO UPDATE SET"
    " said = excluded.said, until = excluded.until, key = excluded.key, at = excluded.at"
)
MOST = 1000
"""Facts read for one transition."""


def changes(effects: Sequence[Effect], now: datetime) -> list[Statement]:
    """Write what one transition learnt and strike what it forgot, one after the other."""
    return [statement for effect in effects for statement in _change(effect, now)]


def _change(effect: Effect, now: datetime) -> list[Statement]:
    match effect:
        case Remember(key=key, fact=fact):
            row = (fact.kind, fact.subject, fact.item, canonical(dict(fact.said)), fact.until, key, now)
            return insertions("fact", COLUMNS, [row], _OVER)
        case Forget(fact=fact):
            query = "DELETE FROM fact WHERE kind = ? AND subject = ? AND item = ?"
            return [Statement(query, (fact.kind, fact.subject, fact.item))]
        case _:
            return []


async def recalled(session: Session, day: str, about: Sequence[About]) -> tuple[Fact, ...]:
    """Give the facts that hold on that ISO day: those every transition needs, and those of these subjects."""
    where = [f"kind IN ({marks(ALWAYS)})", *["(kind = ? AND subject = ?)"] * len(about)]
    values = [*ALWAYS, *(value for one in about for value in (one.kind, one.subject))]
    query = f"SELECT * FROM fact WHERE (until = '' OR until >= ?) AND ({' OR '.join(where)}) ORDER BY at, id LIMIT ?"
    return tuple(_fact(row) for row in await session.rows(query, day, *values, MOST))


def _fact(row: Row) -> Fact:
    return Fact(row["kind"], row["subject"], row["item"], json.loads(row["said"]), row["until"])
