"""Letters to send, as rows, and the lease that lets one worker at a time have one.

Owns: the columns of `outbox`, claiming and the fence: a claim writes a new lease token, and every
later word about the letter must carry it. Who was asleep when his lease ended is refused.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import TypeAdapter

from mailflow.core.calls import CALL
from mailflow.core.effects import SendLetter
from mailflow.core.journal import canonical, plain_document
from mailflow.edges.store import frames, tokens
from mailflow.edges.store.session import (
    MOST_VALUES,
    Row,
    Session,
    Statement,
    Value,
    insertions,
    marks,
    moment,
    moment_or_none,
)
from mailflow.edges.store.values import Noted, OutboxRow, Outgoing, SentLetter, Written

_LETTER = TypeAdapter(SendLetter)
COLUMNS = (
    "key",
    "case",
    "assignment",
    "kind",
    "person",
    "address",
    "language",
    "letter",
    "message_id",
    "state",
    "created_at",
    "next_at",
    "reason",
    "attempts",
    "content",
    "card",
)
_CLAIM = (
    "UPDATE outbox SET state = 'claimed', lease_until = ?, lease_token = ?,"
    " attempts = attempts + 1 WHERE key IN (SELECT key FROM outbox"
    " WHERE ((state IN ('ready', 'deferred') AND next_at <= ?)"
    " OR (state = 'claimed' AND (lease_until <= ? OR lease_token = ?))) AND kind {kind}"
    " ORDER BY created_at, length(key), key LIMIT ? {skip_locked}) RETURNING *"
)
SETTLED = frozenset({"sent", "refused", "held"})
"""States no letter is sent from as the bytes it has."""
_HELD = "state = 'claimed' AND lease_until > ? AND lease_token LIKE ?"
_OURS = "key = ? AND lease_token = ? AND state = 'claimed' RETURNING key"
_NOTE = (
    "UPDATE outbox SET state = ?, reason = ?, next_at = COALESCE(?, next_at),"
    " sent_at = COALESCE(?, sent_at), lease_until = NULL, lease_token = NULL WHERE " + _OURS
)
_RELEASE = (
    "UPDATE outbox SET state = 'deferred', reason = ?, next_at = ?, attempts = attempts - 1,"
    " lease_until = NULL, lease_token = NULL WHERE " + _OURS
)


def message_id(key: str, domain: str) -> str:
    """Name the letter of an effect for ever (RFC 5322 section 3.6.4)."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def additions(letters: Sequence[SendLetter], case: str, now: datetime, domain: str) -> list[Statement]:
    """Write the letters of one transition, ready to send."""
    return insertions("outbox", COLUMNS, [_values(letter, case, now, domain) for letter in letters])


def claim_token(holder: str) -> str:
    """Name one claim of this holder."""
    return f"{holder[:200]}/{secrets.token_hex(12)}"


Way = Literal["post", "call"]
_KIND: Mapping[Way, str] = {"post": f"<> '{CALL}'", "call": f"= '{CALL}'"}


async def claim(
    session: Session, now: datetime, limit: int, lease: timedelta, token: str, way: Way = "post"
) -> list[Outgoing]:
    """Take up to `limit` letters (or calls) that are due, or whose lease has ended; the oldest first.

    Asked again with the token of a claim whose answer was lost, the letters it took are among them.
    """
    query = _CLAIM.format(skip_locked=session.skip_locked, kind=_KIND[way])
    rows = await session.rows(query, now + lease, token, now, now, token, limit)
    oldest_first = sorted(rows, key=lambda row: (moment(row["created_at"]), len(row["key"]), row["key"]))
    return [_outgoing(row) for row in oldest_first]


async def give_back(session: Session, holder: str, now: datetime) -> int:
    """End the leases of a holder that is gone; give how many there were. `claim` takes the letters as any others."""
    query = f"UPDATE outbox SET lease_until = ? WHERE {_HELD} RETURNING key"
    return len(await session.rows(query, now, now, f"{holder[:200]}/%"))


async def rendered(session: Session, letters: Sequence[Written]) -> frozenset[str]:
    """Note the bytes and the tokens of each letter that is ours; give the keys of these."""
    kept = [letter for letter in letters if await _is_kept(session, letter)]
    await tokens.write(session, [token for letter in kept for token in letter.tokens])
    return frozenset(letter.outgoing.key for letter in kept)


async def _is_kept(session: Session, letter: Written) -> bool:
    outgoing, frame = letter.outgoing, letter.frame
    query = f"UPDATE outbox SET content = ?, card = ? WHERE {_OURS}"
    content = hashlib.sha256(frame.content).hexdigest()
    if await session.row(query, content, letter.card, outgoing.key, outgoing.lease_token) is None:
        return False
    return await session.all([frames.addition(outgoing.key, frame, letter.words)]) is None


async def release(session: Session, letters: Sequence[Outgoing], reason: str, next_at: datetime) -> None:
    """Give back the letters of a claim that were not tried: they are due then, and no attempt is counted."""
    for outgoing in letters:
        await session.rows(_RELEASE, reason, next_at, outgoing.key, outgoing.lease_token)


async def note(session: Session, noted: Noted) -> bool:
    """Note what became of a letter while it is ours, and give it back; False if it is not.

    One that will not be sent any more loses its bytes; one of unknown fate keeps them until a person settles it.
    """
    sent_at = noted.at if noted.state == "sent" else None
    outgoing = noted.outgoing
    values = (noted.state, noted.reason, noted.next_at, sent_at, outgoing.key, outgoing.lease_token)
    if await session.row(_NOTE, *values) is None:
        return False
    if noted.state in SETTLED:
        await frames.empty(session, outgoing.key)
    return True


async def letters(session: Session, message_ids: Sequence[str]) -> list[SentLetter]:
    """Give the letters of ours with these Message-IDs, in the order in which they are asked for."""
    wanted = list(dict.fromkeys(message_ids))
    found: dict[str, SentLetter] = {}
    for start in range(0, len(wanted), MOST_VALUES):
        some = wanted[start : start + MOST_VALUES]
        query = f"SELECT * FROM outbox WHERE message_id IN ({marks(some)})"
        found |= {row["message_id"]: _sent_letter(row) for row in await session.rows(query, *some)}
    return [found[name] for name in wanted if name in found]


async def words(session: Session, key: str) -> Mapping[str, str]:
    """Give the words of a letter of ours; none for a key that names none."""
    row = await session.row("SELECT letter FROM outbox WHERE key = ?", key)
    return _LETTER.validate_json(row["letter"]).words if row is not None else {}


async def listed(session: Session, state: str | None, case: str | None, limit: int) -> list[OutboxRow]:
    """Give the newest letters, in that state and of that case if these are given."""
    chosen = [(name, value) for name, value in (("state", state), ("case", case)) if value is not None]
    where = "WHERE " + " AND ".join(f'"{name}" = ?' for name, _ in chosen) if chosen else ""
    query = f"SELECT * FROM outbox {where} ORDER BY created_at DESC, length(key) DESC, key DESC LIMIT ?"
    return [_outbox_row(row) for row in await session.rows(query, *(value for _, value in chosen), limit)]


def _values(letter: SendLetter, case: str, now: datetime, domain: str) -> list[Value]:
    return [
        letter.key,
        case,
        letter.assignment,
        letter.kind,
        letter.to,
        letter.address,
        letter.language,
        canonical(plain_document(_LETTER, letter)),
        message_id(letter.key, domain),
        "ready",
        now,
        now,
        "",
        0,
        "",
        "",
    ]


def _outgoing(row: Row) -> Outgoing:
    return Outgoing(
        key=row["key"],
        letter=_LETTER.validate_json(row["letter"]),
        case=row["case"],
        message_id=row["message_id"],
        attempts=row["attempts"],
        content=row["content"],
        lease_token=row["lease_token"],
    )


def _sent_letter(row: Row) -> SentLetter:
    names = ("message_id", "key", "case", "assignment", "person", "kind", "card", "language", "content")
    return SentLetter(issued_at=moment(row["created_at"]), **{name: row[name] for name in names})


def _outbox_row(row: Row) -> OutboxRow:
    read = {
        "letter": _LETTER.validate_json(row["letter"]),
        "created_at": moment(row["created_at"]),
        "next_at": moment(row["next_at"]),
        "lease_until": moment_or_none(row["lease_until"]),
        "sent_at": moment_or_none(row["sent_at"]),
    }
    rest = {name: value for name, value in row.items() if name != "lease_token"}
    return OutboxRow(**{**rest, **read})
