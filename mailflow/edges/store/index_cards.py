"""What cases are found by, as rows: passages of mails and files, one index card a case, and what waits to be indexed.

Owns: finding cards by words on both databases, and that a card is written once its case stands still. Refuses to
know: what a word is (`core.search_words`). A card's id is the moment its case came, so that the newest stands first in
the index itself and a page of answers is a stretch of it.

What may go wrong: two services index the same case at once; they write the same, and a case that moved meanwhile keeps
its mark and is indexed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from mailflow.core.search_words import seeing
from mailflow.core.searching import Hit, Passage, Question
from mailflow.edges.store.session import Session, Statement, Value, insertions, marks

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_WITHIN = 64
"""Cases that may come within one thousandth of a second."""
_NOTING = 'ON CONFLICT ("case") DO UPDATE SET mark = unindexed.mark + 1'
_TOKENS = "array_to_tsvector(string_to_array(words, ' '))"
_NEWEST = 1000
"""Cards looked through one by one on PostgreSQL; what is rarer than one in fifty of them is left to the index."""
_FORGOTTEN = "INSERT INTO index_card_words (index_card_words) VALUES ('optimize')"


def noting(case: str) -> Statement:
    """Note that the case is to be indexed, or indexed again."""
    [statement] = insertions("unindexed", ("case", "mark"), [(case, 1)], _NOTING)
    return statement


async def waiting(session: Session, limit: int) -> list[tuple[str, int]]:
    """Give cases to index, each with its mark."""
    rows = await session.rows('SELECT "case", mark FROM unindexed LIMIT ?', limit)
    return [(row["case"], row["mark"]) for row in rows]


async def sources(session: Session, case: str) -> set[str]:
    """Give the mails and files of the case whose text is kept."""
    rows = await session.rows('SELECT source FROM passage WHERE "case" = ?', case)
    return {row["source"] for row in rows}


async def passages(session: Session, cases: Sequence[str]) -> list[Passage]:
    """Give the texts of these cases, in the order they were kept."""
    if not cases:
        return []
    query = f'SELECT "case", source, title, text FROM passage WHERE "case" IN ({marks(cases)}) ORDER BY id'
    return [Passage(**row) for row in await session.rows(query, *cases)]


async def keep(
    session: Session, case: str, mark: int, opened_at: datetime, fresh: Sequence[Passage], words: str
) -> None:
    """Write the case's new texts and its card; its mark goes unless it was noted again meanwhile."""
    rows = [(one.case, one.source, one.title, one.text) for one in fresh]
    await session.insert(
        "passage", ("case", "source", "title", "text"), rows, 'ON CONFLICT ("case", source) DO NOTHING'
    )
    changed = await session.row('UPDATE index_card SET words = ? WHERE "case" = ? RETURNING id', words, case)
    if changed is None:
        await _file(session, case, opened_at, words)
    await drop(session, case, mark)


async def drop(session: Session, case: str, mark: int) -> None:
    """Note that nothing is to be done about the case any more, unless it was noted again meanwhile."""
    await session.rows('DELETE FROM unindexed WHERE "case" = ? AND mark = ? RETURNING mark', case, mark)


async def found(session: Session, question: Question) -> list[Hit]:
    """Give the cases that hold every word and that he may see, the newest first."""
    if not question.words:
        return []
    if not session.is_postgres:
        return await _hits(session, *_sqlite(question))
    newest = await _hits(session, *_newest(question))
    return newest if len(newest) == question.limit else await _hits(session, *_anywhere(question))


async def _hits(session: Session, query: str, values: Sequence[Value]) -> list[Hit]:
    return [Hit(row["id"], row["case"]) for row in await session.rows(query, *values)]


async def forget(session: Session, cases: Sequence[str]) -> None:
    """Throw away all the index says of these cases; what is left of them is indexed anew.

    SQLite's index is written anew as a whole: what is only struck from it could still be read in the file.
    """
    for case in cases:
        await session.rows('DELETE FROM index_card WHERE "case" = ? RETURNING id', case)
        await session.rows('DELETE FROM passage WHERE "case" = ? RETURNING id', case)
        await session.all([noting(case)])
    if cases and not session.is_postgres:
        await session.rows(_FORGOTTEN)


async def _file(session: Session, case: str, opened_at: datetime, words: str) -> None:
    """Put the card where its case belongs in time; the first place that is free."""
    place = int((opened_at - _BEGINNING).total_seconds() * 1000) * _WITHIN
    tail = "ON CONFLICT DO NOTHING RETURNING id"
    while not await session.insert("index_card", ("id", "case", "words"), [(place, case, words)], tail):
        if await session.row('SELECT id FROM index_card WHERE "case" = ?', case) is not None:
            return  # Another service was first, with the same words.
        place += 1


def _sqlite(question: Question) -> tuple[str, Sequence[Value]]:
    groups = [*question.words, seeing(question.sight)]
    said = " AND ".join("(" + " OR ".join(f'"{word}"' for word in group) + ")" for group in groups if group)
    after, place = _after(question, "f.rowid")
    query = (
        'SELECT k.id, k."case" FROM index_card_words f JOIN index_card k ON k.id = f.rowid'
        f" WHERE index_card_words MATCH ? {after} ORDER BY f.rowid DESC LIMIT ?"
    )
    return query, (said, *place, question.limit)


def _newest(question: Question) -> tuple[str, Sequence[Value]]:
    """Look through the newest cards alone: what many say fills its page there, and needs no index."""
    after, place = _after(question, "id")
    where = f"WHERE {after.removeprefix('AND ')}" if after else ""
    newest = f"SELECT * FROM index_card {where} ORDER BY id DESC LIMIT {_NEWEST}"
    query = f'SELECT id, "case" FROM ({newest}) AS newest WHERE {_TOKENS} @@ ?::text::tsquery ORDER BY id DESC LIMIT ?'
    return query, (*place, _tsquery(question), question.limit)


def _anywhere(question: Question) -> tuple[str, Sequence[Value]]:
    """Ask the index: what few say is put in order once it is found, and the planner is not let to guess how few."""
    after, place = _after(question, "id")
    found = f'SELECT id, "case" FROM index_card WHERE {_TOKENS} @@ ?::text::tsquery {after}'
    query = f'WITH found AS MATERIALIZED ({found}) SELECT id, "case" FROM found ORDER BY id DESC LIMIT ?'
    return query, (_tsquery(question), *place, question.limit)


def _tsquery(question: Question) -> str:
    groups = [*question.words, seeing(question.sight)]
    return " & ".join("(" + " | ".join(f"'{word}'" for word in group) + ")" for group in groups if group)


def _after(question: Question, column: str) -> tuple[str, Sequence[Value]]:
    return ("", ()) if question.before is None else (f"AND {column} < ?", (question.before,))
