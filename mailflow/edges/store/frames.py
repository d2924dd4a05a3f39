"""The letters' own bytes, as rows: what was rendered once and is sent on every attempt, and what is left of it after.

Owns: the columns of `frame`. They lie beside the outbox and not in it: a letter's row is written several
times, its bytes once. Their SHA-256 stands in the outbox row (`content`) and is compared at every reading.
The bytes hold the letter's links, its reply address and its code: they go in the transaction that settles the letter.
Its words without these (`core.quotable`) stay, for whoever answers quotes them.
"""

from __future__ import annotations

import hashlib

from pydantic import TypeAdapter

from mailflow.core.quotable import Quotable
from mailflow.edges.frames import Frame, Gap
from mailflow.edges.store.session import Session, Statement, insertions
from mailflow.errors import StoreError

COLUMNS = ("key", "content", "gaps", "words")
_GAPS = TypeAdapter(tuple[Gap, ...])
_WORDS = TypeAdapter(Quotable)


def addition(key: str, frame: Frame, words: Quotable) -> Statement:
    """Write the bytes of one letter, and its words as they may stay."""
    values = (key, frame.content, _GAPS.dump_json(frame.gaps).decode(), _WORDS.dump_json(words).decode())
    [statement] = insertions("frame", COLUMNS, [values])
    return statement


async def empty(session: Session, key: str) -> None:
    """Delete the bytes of a letter that will not be sent any more; its words stay."""
    await session.rows("UPDATE frame SET content = ?, gaps = '[]' WHERE key = ? RETURNING key", b"", key)


async def words(session: Session, key: str) -> Quotable | None:
    """Give the words of a letter as they may be quoted; None where they were not kept."""
    row = await session.row("SELECT words FROM frame WHERE key = ?", key)
    return _WORDS.validate_json(row["words"]) if row is not None and row["words"] else None


async def load(session: Session, key: str, sha256: str) -> Frame:
    """Give the letter's bytes; StoreError where they are not there, or not those of that hash."""
    row = await session.row("SELECT * FROM frame WHERE key = ?", key)
    if row is None or hashlib.sha256(row["content"]).hexdigest() != sha256:
        raise StoreError(f"letter {key}: its bytes in the table `frame` are damaged or gone: restore the backup")
    return Frame(row["content"], _GAPS.validate_json(row["gaps"]))
