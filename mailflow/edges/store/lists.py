"""Lists over the whole office, read for digests and registers. Writes nothing.

Owns: the questions «which cases, mails and letters of these days». Refuses to know: who may see the
answer, and how it is told. Cases come as documents, in pages, so that a long list holds up nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from mailflow.core.calls import CALL
from mailflow.core.case import Case
from mailflow.core.digest import LostLetter, MissedMail
from mailflow.core.events import NoticeDue, RulesTaken
from mailflow.core.journal import read_case, read_event
from mailflow.edges.store.inbox import inbox_row
from mailflow.edges.store.session import Row, Session, Value, moment
from mailflow.edges.store.values import InboxRow

PAGE = 200
MOST = 500
"""Mails or letters in one list."""


async def happened(session: Session, event_key: str) -> bool:
    """Say whether the event was committed."""
    return await session.row("SELECT 1 AS found FROM journal WHERE event_key = ?", event_key) is not None


async def letters_lately(session: Session, person: str, kind: str, since: datetime) -> int:
    """Count the letters of that kind owed to the person since then."""
    query = "SELECT count(*) AS number FROM outbox WHERE person = ? AND kind = ? AND created_at >= ?"
    row = await session.row(query, person, kind, since)
    return int(row["number"]) if row is not None else 0


async def cases_lately(session: Session, initiator: str, since: datetime) -> int:
    """Count the cases opened in that person's name since then."""
    query = 'SELECT count(*) AS number FROM "case" WHERE initiator = ? AND opened_at >= ?'
    row = await session.row(query, initiator, since)
    return int(row["number"]) if row is not None else 0


async def last_notice(session: Session, beginning: str) -> NoticeDue | None:
    """Give the newest notice whose key has that beginning, or None."""
    query = (
        "SELECT event FROM journal WHERE \"case\" = ? AND event_type = ? AND event_key LIKE ? ESCAPE '!'"
        " ORDER BY seq DESC LIMIT 1"
    )
    plain = re.sub("([!%_])", r"!\1", beginning)
    row = await session.row(query, "", "notice", f"{plain}%")
    event = read_event(str(row["event"])) if row is not None else None
    return event if isinstance(event, NoticeDue) else None


async def has_signed(session: Session) -> bool:
    """Say whether any key was ever noted as signing."""
    return (
        await session.row('SELECT 1 AS one FROM journal WHERE "case" = ? AND event_type = ? LIMIT 1', "", "key")
        is not None
    )


async def rules_taken(session: Session) -> list[RulesTaken]:
    """Give every version of every process that ever came into force, the oldest first."""
    query = 'SELECT event FROM journal WHERE "case" = ? AND event_type = ? ORDER BY seq'
    events = [read_event(str(row["event"])) for row in await session.rows(query, "", "rules")]
    return [event for event in events if isinstance(event, RulesTaken)]


async def touched(session: Session, process: str, since: datetime, until: datetime) -> list[Case]:
    """Give the cases of the process that were opened before `until` and have moved from `since` on.

    What was entered in a register on these days is among them, whether at receipt or at signing.
    """
    return await _cases(session, "process = ? AND changed_at >= ? AND opened_at < ?", process, since, until)


async def opened(session: Session, since: datetime, until: datetime) -> list[Case]:
    """Give the cases opened from `since` on and before `until`."""
    return await _cases(session, "opened_at >= ? AND opened_at < ?", since, until)


async def due(session: Session, before: datetime) -> list[Case]:
    """Give the open cases with an open task whose term ends before that moment."""
    late = "SELECT \"case\" FROM assignment WHERE standing = 'open' AND due_at < ?"
    return await _cases(session, f"state = 'open' AND id IN ({late})", before)


async def stuck(session: Session, since: datetime) -> list[Case]:
    """Give the open cases that have waited for nobody since then."""
    return await _cases(session, "state = 'open' AND waits_on = '' AND changed_at < ?", since)


async def own(session: Session, person: str, limit: int) -> list[Case]:
    """Give the open cases the person began, newest first."""
    query = "SELECT document FROM \"case\" WHERE state = 'open' AND initiator = ? ORDER BY opened_at DESC, id LIMIT ?"
    return [read_case(str(row["document"])) for row in await session.rows(query, person, limit)]


async def _cases(session: Session, where: str, *values: Value) -> list[Case]:
    """Give the cases in the order they were opened; the condition is put together from our own words only."""
    found: list[Case] = []
    after: str = ""
    last: tuple[Value, ...] = ()
    while True:
        query = f'SELECT document, opened_at, id FROM "case" WHERE {where} {after} ORDER BY opened_at, id LIMIT ?'
        page = await session.rows(query, *values, *last, PAGE)
        found += [read_case(str(row["document"])) for row in page]
        if len(page) < PAGE:
            return found
        after, last = "AND (opened_at, id) > (?, ?)", _place(page)


def _place(page: Sequence[Row]) -> tuple[Value, ...]:
    return moment(page[-1]["opened_at"]), str(page[-1]["id"])


async def lost_letters(session: Session, since: datetime) -> list[LostLetter]:
    """Give the letters refused or of unknown fate since then, and all whose task still waits for its answer.

    A row keeps no time of its refusal; `next_at` is when it was last due, which is never later.
    """
    query = (
        "SELECT o.address, o.state, o.reason, c.number FROM outbox o"
        ' LEFT JOIN assignment a ON a.id = o.assignment LEFT JOIN "case" c ON c.id = o."case"'
        f" WHERE o.state IN ('refused', 'unknown') AND o.kind <> '{CALL}' AND (o.next_at >= ? OR a.standing = 'open')"
        " ORDER BY o.created_at, length(o.key), o.key LIMIT ?"
    )
    rows = await session.rows(query, since, MOST)
    return [LostLetter(row["number"] or "", row["address"], row["state"], row["reason"]) for row in rows]


async def newest_mail(session: Session) -> int:
    """Give the id of the newest mail taken in, 0 if there is none."""
    row = await session.row("SELECT max(id) AS newest FROM inbox")
    return int(row["newest"] or 0) if row is not None else 0


_MISSED = (
    "state <> 'duplicate' AND (kind IN ('stray', 'quarantined') OR state IN ('failed', 'quarantined'))"
    " AND NOT EXISTS (SELECT 1 FROM journal WHERE event_key = message_key || '/registered')"
)
"""A stranger's letter the secretary has registered is no longer missed."""
_NOT_SETTLED = "(settled_at IS NULL AND account IS NOT NULL)"


async def missed_mails(session: Session, since: datetime, after: int | None) -> list[MissedMail]:
    """Give the mails nothing was done about: those after that id (without one: received from `since` on),
    and every older one that the mail server has not been told about yet.
    """
    newer = "received_at >= ?" if after is None else "id > ?"
    query = f"SELECT * FROM inbox WHERE {_MISSED} AND ({newer} OR {_NOT_SETTLED}) ORDER BY id LIMIT ?"
    return [_missed(row) for row in await session.rows(query, since if after is None else after, MOST)]


async def waiting_mails(session: Session, limit: int) -> list[InboxRow]:
    """Give the mails nothing was done about, the newest first."""
    rows = await session.rows(f"SELECT * FROM inbox WHERE {_MISSED} ORDER BY id DESC LIMIT ?", limit)
    return [inbox_row(row) for row in rows]


def _missed(row: Row) -> MissedMail:
    why = row["state"] if row["state"] in ("failed", "quarantined") else row["kind"]
    reason = row["error"] or row["reason"]
    return MissedMail(row["sender"], row["subject"], moment(row["received_at"]), why, reason)
