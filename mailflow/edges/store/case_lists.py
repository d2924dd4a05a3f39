"""Lists of cases one person may see, filtered and paged, as SQL on both databases. Writes nothing.

Owns: how a `CaseQuery` becomes a WHERE; `core.sight.sees` says the same of one case, and a test holds them
together. Every page is a range of an index, newest first, from a key on: the hundredth costs what the first does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailflow.core.case import Case
from mailflow.core.case_query import CaseQuery, Total
from mailflow.core.journal import read_case
from mailflow.core.sight import Sight
from mailflow.edges.store.session import Session, Value, marks

Condition = tuple[str, Sequence[Value]]


async def page(session: Session, query: CaseQuery) -> list[Case]:
    """Give the cases of the page, newest first."""
    where, values = _where(query)
    sql = f'SELECT document FROM "case" WHERE {where} ORDER BY opened_at DESC, id DESC LIMIT ?'
    return [read_case(str(row["document"])) for row in await session.rows(sql, *values, query.limit)]


async def totals(session: Session, query: CaseQuery) -> list[Total]:
    """Count the whole list and add it up by currency; cases without a sum stand under ''."""
    where, values = _where(replace(query, after=None))
    sql = (
        'SELECT currency, count(*) AS number, COALESCE(SUM(amount_minor), 0) AS total FROM "case"'
        f" WHERE {where} GROUP BY currency ORDER BY currency"
    )
    return [Total(r["currency"], int(r["number"]), int(r["total"])) for r in await session.rows(sql, *values)]


def _where(query: CaseQuery) -> tuple[str, list[Value]]:
    conditions = [*_filters(query), *_seen(query.sight)]
    return " AND ".join(sql for sql, _ in conditions), [value for _, values in conditions for value in values]


def _filters(query: CaseQuery) -> list[Condition]:
    found: list[Condition] = [_among("process", query.processes)]
    simple: tuple[tuple[str, Value], ...] = (
        ("opened_at >= ?", query.since),
        ("opened_at < ?", query.until),
        ("state = ?", query.state or None),
        ("amount_minor >= ?", query.least),
        ("amount_minor <= ?", query.most),
    )
    found += [(sql, (value,)) for sql, value in simple if value is not None]
    if query.initiators is not None:
        found.append(_among("initiator", query.initiators))
    if query.person:
        asked = 'SELECT "case" FROM assignment WHERE principal = ?'
        found.append((f"(initiator = ? OR id IN ({asked}))", (query.person, query.person)))
    found += [
        (r"sought LIKE ? ESCAPE '\'", (f"%{_plain(word)}%",)) for word in (*query.words, query.counterparty) if word
    ]
    if query.after is not None:
        found.append(("(opened_at, id) < (?, ?)", query.after))
    return found


def _seen(sight: Sight) -> list[Condition]:
    """The cases this person may see, as `core.sight.sees` says it."""
    if sight.everything:
        return []
    ways: list[Condition] = [
        _among("initiator", sorted(sight.selves | sight.people)),
        _among("id", sorted(sight.handed | sight.told)),
        (
            f'id IN (SELECT "case" FROM assignment WHERE principal IN ({marks(list(sight.selves))}))',
            sorted(sight.selves),
        ),
        ('id IN (SELECT "case" FROM assignment WHERE decided_by = ?)', (sight.person,)),
    ]
    if sight.paying:
        ways.append(('id IN (SELECT "case" FROM assignment WHERE ask = ?)', ("payment",)))
    return [("(" + " OR ".join(sql for sql, _ in ways) + ")", [value for _, values in ways for value in values])]


def _among(column: str, values: Sequence[str]) -> Condition:
    return (f'"{column}" IN ({marks(values)})', values) if values else ("1 = 0", ())


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
