"""The journal of a case as values: what changed, why, and the chain that shows it was not touched.

Owns: the plain document of a case, the patch of a transition (the document's top-level keys that
changed), the link that chains a row to the one before, and the two questions a journal answers:
is it intact, and what case does it give. Refuses to know: where rows are kept.

A chain cannot see that its own tail was cut off: whoever knows how many rows there must be (the
version of the case is that number) says so to `verify`.

Text that no database or wire can hold (NUL, half of a surrogate pair) is replaced by U+FFFD when
a value becomes a document; nothing else is altered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar, cast

from pydantic import Field, TypeAdapter
from pydantic_core import PydanticSerializationError, from_json

from mailflow.core.case import Case
from mailflow.core.events import Event

T = TypeVar("T")
Document = Mapping[str, object]
"""A value as plain JSON: strings, numbers, booleans, None, lists and mappings of them."""

OFFICE = "office"
"""The chain of what concerns no case."""

_CASE = TypeAdapter(Case)
_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One event and what it did. `seq` counts from 1 in each chain; `case` is '' in the office's chain."""

    case: str
    seq: int
    at: datetime
    event_key: str
    event_type: str
    event: Document
    why: str
    patch: Document
    """Top-level keys of the case's document with their new values; empty where no case changed."""
    previous: str = ""
    """`hash` of the row before, '' in the first."""
    hash: str = ""
    salt: str = ""
    """Chance that is hashed together with what the row says: once it is gone, nothing erased can be guessed back."""
    content: str = ""
    """Of a row some of whose content was erased, the hash of all it said once; '' as long as it says everything."""


@dataclass(frozen=True, slots=True)
class Intact:
    """Every row is there, in order and unaltered."""

    count: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the chain does not hold, and what is wrong there, in one sentence."""

    seq: int
    what: str


def canonical(document: object) -> str:
    """Write a document in its one form: sorted keys, no spaces, letters as they are."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def storable(text: str) -> str:
    """Give the text with NUL and lone surrogates replaced by U+FFFD."""
    if "\x00" not in text and _has_bytes(text):
        return text
    whole = text.replace("\x00", "\ufffd")
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _has_bytes(text: str) -> bool:
    """Tell whether UTF-8 can say the text: half of a surrogate pair it cannot."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def plain_document(adapter: TypeAdapter[T], value: T) -> Document:
    """Give the value as a plain document in which every text is storable."""
    try:
        text = adapter.dump_json(value)
    except PydanticSerializationError:
        # Half of a surrogate pair has no UTF-8.
        return cast(Document, _storable_value(adapter.dump_python(value, mode="json")))
    document = from_json(text)
    return cast(Document, _storable_value(document) if b"\\u0000" in text else document)


def case_document(case: Case) -> Document:
    """Give the case as a plain document; `read_case` is its inverse."""
    return plain_document(_CASE, case)


def read_case(document: Document | str) -> Case:
    """Give the case of a document, or of its JSON text."""
    return _CASE.validate_json(document) if isinstance(document, str) else _CASE.validate_python(document)


def event_document(event: Event) -> Document:
    """Give the event as a plain document; `read_event` is its inverse."""
    return plain_document(_EVENT, event)


def read_event(document: Document | str) -> Event:
    """Give the event of a document, or of its JSON text."""
    return _EVENT.validate_json(document) if isinstance(document, str) else _EVENT.validate_python(document)


def changes(before: Case | None, after: Case) -> Document:
    """Give the top-level keys of the case's document that changed, with their new values.

    All of them where there was no case before.
    """
    return difference(case_document(before) if before is not None else {}, case_document(after))


def difference(old: Document, new: Document) -> Document:
    """Give the top-level keys of the new document that the old one lacks or has otherwise."""
    return {key: value for key, value in new.items() if key not in old or old[key] != value}


def link(previous_hash: str, row: JournalRow) -> str:
    """Give the hash of a row: SHA-256 over the hash before, its place, and the hash of everything it says."""
    place = {
        "case": row.case or OFFICE,
        "seq": row.seq,
        "at": row.at.astimezone(UTC).isoformat(),
        "event_type": row.event_type,
    }
    # A row written before rows had salt is hashed in one piece.
    said = {"content": row.content or content_hash(row)} if row.salt or row.content else _said(row)
    return hashlib.sha256(f"{previous_hash}\n{canonical({**place, **said})}".encode()).hexdigest()


def content_hash(row: JournalRow) -> str:
    """Give the SHA-256 of what the row says, salted."""
    return hashlib.sha256(f"{row.salt}\n{canonical(_said(row))}".encode()).hexdigest()


def _said(row: JournalRow) -> Document:
    return {"event_key": row.event_key, "event": row.event, "why": row.why, "patch": row.patch}


def verify(rows: Sequence[JournalRow], expected: int | None = None) -> Intact | Broken:
    """Say whether the rows of one chain, in order, are all there and as they were written.

    `expected` is how many there must be, where that is known from elsewhere.
    """
    previous = ""
    for seq, row in enumerate(rows, start=1):
        fault = row_fault(row, seq, rows[0].case, previous)
        if fault:
            return Broken(seq, fault)
        previous = row.hash
    if expected is not None and expected != len(rows):
        return Broken(len(rows) + 1, f"the journal ends after row {len(rows)}, it must have {expected} rows")
    return Intact(len(rows))


def replay(rows: Sequence[JournalRow]) -> Case:
    """Give the case that the patches of its journal, laid one over the other, describe.

    The rows are those of one case, from the first on; without a row there is no case (ValueError).
    """
    if not rows:
        raise ValueError("an empty journal describes no case: give the rows of one case from the first on")
    document: dict[str, object] = {}
    for row in rows:
        document.update(row.patch)
    return read_case(document)


def row_fault(row: JournalRow, seq: int, case: str, previous: str) -> str:
    """Say what is wrong with a row that should be this one of its chain, after that hash; '' where nothing is."""
    if row.case != case:
        return f"row {row.seq} belongs to {row.case or OFFICE}, not to {case or OFFICE}"
    if row.seq != seq:
        return f"row {seq} is expected here, row {row.seq} stands here: rows were removed or reordered"
    if row.previous != previous:
        return f"row {seq} does not continue the row before it"
    if row.hash != link(previous, row):
        return f"row {seq} says something else than when it was written"
    return ""


def _storable_value(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): _storable_value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_storable_value(inner) for inner in value]
    return value
