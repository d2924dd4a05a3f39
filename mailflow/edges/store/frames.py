"""The letters' own bytes, as rows: what was rendered once and is sent on every attempt.

Owns: the columns of `frame`. They lie beside the outbox and not in it: a letter's row is written several
times, its bytes once. Their SHA-256 stands in the outbox row (`content`) and is compared at every reading.
"""

from __future__ import annotations

import hashlib

from pydantic import TypeAdapter

from mailflow.edges.frames import Frame, Gap
from mailflow.edges.store.session import Session, Statement, insertions
from mailflow.errors import StoreError

COLUMNS = ("key", "content", "gaps")
_GAPS = TypeAdapter(tuple[Gap, ...])


def addition(key: str, frame: Frame) -> Statement:
    """Write the bytes of one letter."""
    [statement] = insertions("frame", COLUMNS, [(key, frame.content, _GAPS.dump_json(frame.gaps).decode())])
    return statement


async def load(session: Session, key: str, sha256: str) -> Frame:
    """Give the letter's bytes; StoreError where they are not there, or not those of that hash."""
    row = await session.row("SELECT * FROM frame WHERE key = ?", key)
    if row is None or hashlib.sha256(row["content"]).hexdigest() != sha256:
        raise StoreError(f"letter {key}: its bytes in the table `frame` are damaged or gone: restore the backup")
    return Frame(row["content"], _GAPS.validate_json(row["gaps"]))
