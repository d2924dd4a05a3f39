"""Lists of cases one person may see, filtered and paged, as SQL on both databases. Writes nothing.

Owns: how a `CaseQuery` becomes a WHERE; `core.sight.sees` says the same of one case, and a test holds them together.
A list is looked through a window at a time, the newest first, each a range of an index from a key on: the hundredth
costs what the first does, and a word nobody has as much as any other. Whoever sees few cases has these looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailflow.core.case import Case
from mailflow.core.case_query import CaseQuery, Total, Totals
from mailflow.core.sight import Sight
from mailflow.edges.store.cases import named
from mailflow.edges.store.session import Session, Value, marks, moment

Condition = tuple[str, Sequence[Value]]
Place = tuple[datetime, str]
WINDOW = 2000
"""Cases one look goes through."""
FEW = 2000
"""Whoever sees no more cases than this has them looked up one by one."""


@dataclass(frozen=True, slots=True)
class _Part:
    sql: str
    values: list[Value]


async def page(session: Session, query: CaseQuery) -> list[Case]:
    """Give the cases of the page, newest first; looks on until the page is full or nothing is left."""
    found: list[Case] = []
    while True:
        cases, onward = await window(session, replace(query, limit=query.limit - len(found)))
        found += cases
        if onward is None or len(found) >= query.limit:
            return found
        query = replace(query, after=onward)


async def window(session: Session, query: CaseQuery) -> tuple[list[Case], Place | None]:
    """Give the cases of the page as far as one look reaches, and from where to look on (None: there is no more).

    A look goes through `WINDOW` cases of the list, so that it takes as long for a word nobody has as for any other.
    """
    if not query.processes:
        return [], None
    inner, outer = await _parts(session, query)
    newest, values = _newest(query, inner, "id, opened_at, initiator, amount_minor")
    sql = f"SELECT id FROM ({newest}) AS c WHERE {outer.sql} ORDER BY opened_at DESC, id DESC LIMIT ?"
    ids = [row["id"] for row in await session.rows(sql, *values, *outer.values, query.limit)]
    known = await named(session, ids)
    cases = [known[one] for one in ids if one in known]
    if len(ids) == query.limit:
        return cases, (cases[-1].opened_at, cases[-1].id)
    return cases, await _end(session, query, inner)


def _newest(query: CaseQuery, inner: _Part, columns: str) -> tuple[str, list[Value]]:
    """Give the newest cases of the list: of each process a stretch of its index, and of these the newest."""
    columns = f"{columns}, sought" if query.words or query.counterparty else columns
    newest = f"ORDER BY opened_at DESC, id DESC LIMIT {WINDOW}"
    one = f'SELECT {columns} FROM "case" WHERE process = ? AND {inner.sql} {newest}'
    several = " UNION ALL ".join(f"SELECT * FROM ({one}) AS of_process" for _ in query.processes)
    values = [value for process in query.processes for value in (process, *inner.values)]
    return f"SELECT * FROM ({several}) AS several {newest}", values


async def totals(session: Session, query: CaseQuery) -> Totals:
    """Count the newest of the list and add them up by currency; cases without a sum stand under ''.

    `all` says whether that is the whole list: a million rows are not added up for a page.
    """
    found, onward = await _counted(session, replace(query, after=None))
    return Totals(tuple(found), onward is None)


async def whole_totals(session: Session, query: CaseQuery) -> list[Total]:
    """Count the whole list, however long that takes."""
    sums: dict[str, tuple[int, int]] = {}
    onward: Place | None = None
    while True:
        found, onward = await _counted(session, replace(query, after=onward))
        for one in found:
            count, minor = sums.get(one.currency, (0, 0))
            sums[one.currency] = (count + one.count, minor + one.minor)
        if onward is None:
            return [Total(currency, *sums[currency]) for currency in sorted(sums)]


async def _counted(session: Session, query: CaseQuery) -> tuple[list[Total], Place | None]:
    if not query.processes:
        return [], None
    inner, outer = await _parts(session, query)
    newest, values = _newest(query, inner, "id, opened_at, initiator, amount_minor, currency")
    sql = (
        "SELECT currency, count(*) AS number, COALESCE(SUM(amount_minor), 0) AS total"
        f" FROM ({newest}) AS c WHERE {outer.sql} GROUP BY currency ORDER BY currency"
    )
    rows = await session.rows(sql, *values, *outer.values)
    found = [Total(r["currency"], int(r["number"]), int(r["total"])) for r in rows]
    return found, await _end(session, query, inner)


async def _end(session: Session, query: CaseQuery, inner: _Part) -> Place | None:
    """Give the last case of a window that is full; None where the list ends within it."""
    newest, values = _newest(replace(query, words=(), counterparty=""), inner, "id, opened_at")
    row = await session.row(
        f"SELECT * FROM ({newest}) AS c ORDER BY opened_at DESC, id DESC LIMIT 1 OFFSET ?", *values, WINDOW - 1
    )
    return (moment(row["opened_at"]), str(row["id"])) if row is not None else None


async def _parts(session: Session, query: CaseQuery) -> tuple[_Part, _Part]:
    """Part the conditions: those an index answers, which make the list, and those each case is asked."""
    ranged, asked = _ranged(query), _asked(query)
    if query.sight.everything:
        return _joined(ranged), _joined(asked)
    few = await _few(session, query.sight)
    if few is None:
        return _joined(ranged), _joined([*asked, *_seen(query.sight)])
    return _joined([*ranged, _among("id", few)]), _joined(asked)


async def _few(session: Session, sight: Sight) -> list[str] | None:
    """Give the cases a person sees where they are few: they are then looked up, and no list is searched for them."""
    seen: set[str] = set(sight.handed | sight.told)
    for sql, values in _ways(sight):
        rows = await session.rows(f"{sql} LIMIT ?", *values, FEW + 1)
        seen |= {row["id"] for row in rows}
        if len(seen) > FEW or len(rows) > FEW:
            return None
    return sorted(seen)


def _ways(sight: Sight) -> list[Condition]:
    """Ask for the cases of a person, one way to see them at a time."""
    asked = 'SELECT "case" AS id FROM assignment WHERE'
    begun, selves = sorted(sight.selves | sight.people), sorted(sight.selves)
    ways: list[Condition] = [
        (f'SELECT id FROM "case" WHERE initiator IN ({marks(begun)})', begun),
        (f"{asked} principal IN ({marks(selves)})", selves),
        (f"{asked} decided_by = ?", (sight.person,)),
    ]
    return [*ways, (f"{asked} ask = ?", ("payment",))] if sight.paying else ways


def _joined(conditions: Sequence[Condition]) -> _Part:
    return _Part(
        " AND ".join(sql for sql, _ in conditions) or "1 = 1", [value for _, values in conditions for value in values]
    )


def _ranged(query: CaseQuery) -> list[Condition]:
    """The list itself: a stretch of an index over process, state and day."""
    simple: tuple[tuple[str, Value], ...] = (
        ("opened_at >= ?", query.since),
        ("opened_at < ?", query.until),
        ("state = ?", query.state or None),
    )
    found: list[Condition] = [(sql, (value,)) for sql, value in simple if value is not None]
    if query.after is not None:
        found.append(("(opened_at, id) < (?, ?)", query.after))
    return found


def _asked(query: CaseQuery) -> list[Condition]:
    """What each case of the list is asked."""
    simple: tuple[tuple[str, Value], ...] = (("amount_minor >= ?", query.least), ("amount_minor <= ?", query.most))
    found: list[Condition] = [(sql, (value,)) for sql, value in simple if value is not None]
    if query.initiators is not None:
        found.append(_among("initiator", query.initiators))
    if query.person:
        asked = 'EXISTS (SELECT 1 FROM assignment a WHERE a."case" = c.id AND a.principal = ?)'
        found.append((f"(initiator = ? OR {asked})", (query.person, query.person)))
    words = (word for word in (*query.words, query.counterparty) if word)
    return found + [(r"sought LIKE ? ESCAPE '\'", (f"%{_plain(word)}%",)) for word in words]


def _seen(sight: Sight) -> list[Condition]:
    """The cases this person may see, as `core.sight.sees` says it."""
    took = ["a.decided_by = ?", *(["a.ask = 'payment'"] if sight.paying else [])]
    selves = sorted(sight.selves)
    part = f"a.principal IN ({marks(selves)}) OR {' OR '.join(took)}"
    ways: list[Condition] = [
        _among("initiator", sorted(sight.selves | sight.people)),
        _among("id", sorted(sight.handed | sight.told)),
        (f'EXISTS (SELECT 1 FROM assignment a WHERE a."case" = c.id AND ({part}))', (*selves, sight.person)),
    ]
    return [("(" + " OR ".join(sql for sql, _ in ways) + ")", [value for _, values in ways for value in values])]


def _among(column: str, values: Sequence[str]) -> Condition:
    return (f'"{column}" IN ({marks(values)})', values) if values else ("1 = 0", ())


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
