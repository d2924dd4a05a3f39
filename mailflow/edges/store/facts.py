"""What the office knows, as rows: learnt and forgotten by the commit of the event that says so.

Owns: the columns of `fact`. Refuses to know: what any of it means (`core.facts`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from mailflow.core.effects import Effect, Forget, Remember
from mailflow.core.journal import canonical
from mailflow.core.memory import ALWAYS, WHOLE, About, Fact, FactKind
from mailflow.edges.store.session import Row, Session, Statement, Value, insertions
from mailflow.errors import StoreError, UndecidedError

COLUMNS = ("kind", "subject", "item", "said", "until", "key", "at")
_OVER = (
    "ON CONFLICT (kind, subject, item) DO UPDATE SET"
    " said = excluded.said, until = excluded.until, key = excluded.key, at = excluded.at"
)
FOREVER = "9999-12-31"
"""The last day of what holds until it is taken back: one range of an index then finds all that holds."""
MOST = 20_000
"""Facts of a kind that must be read whole: more than any office has at once."""
NEWEST = 1000
"""Facts of one subject where the newest say enough."""


def changes(effects: Sequence[Effect], now: datetime) -> list[Statement]:
    """Write what one transition learnt and strike what it forgot, one after the other."""
    return [statement for effect in effects for statement in _change(effect, now)]


def _change(effect: Effect, now: datetime) -> list[Statement]:
    match effect:
        case Remember(key=key, fact=fact):
            row = (fact.kind, fact.subject, fact.item, canonical(dict(fact.said)), fact.until or FOREVER, key, now)
            return insertions("fact", COLUMNS, [row], _OVER)
        case Forget(fact=fact):
            query = "DELETE FROM fact WHERE kind = ? AND subject = ? AND item = ?"
            return [Statement(query, (fact.kind, fact.subject, fact.item))]
        case _:
            return []


async def recalled(session: Session, day: str, about: Sequence[About]) -> tuple[Fact, ...]:
    """Give the facts that hold on that ISO day: those every transition needs, and those of these subjects.

    They come in the order they were learnt. Where more hold than are read and none of their kind may be missing,
    nothing goes by half of them: UndecidedError for one subject's, StoreError for those that concern everybody.
    """
    query, values = question(day, about)
    rows = await session.rows(query, *values)
    found = [_fact(row) for row in sorted(rows, key=lambda row: (row["at"], row["id"]))]
    _complain_of_too_many(found)
    return tuple(found)


async def of_kind(session: Session, kind: FactKind, day: str) -> tuple[Fact, ...]:
    """Give all facts of a kind that hold on that day, in the order they were learnt."""
    query = "SELECT * FROM fact WHERE kind = ? AND until >= ? ORDER BY at, id LIMIT ?"
    return tuple(_fact(row) for row in await session.rows(query, kind, day, MOST))


def question(day: str, about: Sequence[About]) -> tuple[str, list[Value]]:
    """Give the statement and its values: each kind and subject is a question of its own, the newest first."""
    asked = [(kind, ()) for kind in ALWAYS] + [(one.kind, (one.subject,)) for one in dict.fromkeys(about)]
    query = " UNION ALL ".join(_OF_SUBJECT if subject else _OF_KIND for _, subject in asked)
    return query, [value for kind, subject in asked for value in (kind, *subject, day, _limit(kind))]


_NEWEST = "SELECT * FROM (SELECT * FROM fact WHERE kind = ?{subject} AND until >= ? ORDER BY at DESC, id DESC LIMIT ?)"
_OF_KIND = f"{_NEWEST} AS found".format(subject="")
_OF_SUBJECT = f"{_NEWEST} AS found".format(subject=" AND subject = ?")


def _limit(kind: FactKind) -> int:
    return MOST + 1 if kind in WHOLE else NEWEST


def _complain_of_too_many(found: Sequence[Fact]) -> None:
    """Stop what would go by a part; where the part is one subject's, only what is about him."""
    counted = Counter((fact.kind, "" if fact.kind in ALWAYS else fact.subject) for fact in found if fact.kind in WHOLE)
    for (kind, subject), number in counted.items():
        if number > MOST:
            words = _TOO_MANY.format(most=MOST, kind=kind, whose=f" of {subject}" if subject else "")
            raise UndecidedError(words) if subject else StoreError(words)


_TOO_MANY = (
    "table fact: more than {most} rows of kind {kind}{whose} hold at once, and nothing is decided by a part of them:"
    " find out which program or person makes so many, and withdraw their cases"
)


def _fact(row: Row) -> Fact:
    until = "" if row["until"] == FOREVER else row["until"]
    return Fact(row["kind"], row["subject"], row["item"], json.loads(row["said"]), until)
