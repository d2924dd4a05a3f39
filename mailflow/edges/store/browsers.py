"""Browsers that are known, and the one-time codes that make them so, as rows.

Owns: the columns of `browser` and `code`. A browser's cookie is kept nowhere, only its hash; a code is
kept nowhere, only the seed the key ring makes it from. Refuses to know: how often a code may be sent
(`core.codes`) and whether a press counts.

A try is counted before the digits are compared, and given back when they are right: of any number of
guesses made at once no more than the limit are ever looked at.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from datetime import datetime, timedelta

from mailflow.core.codes import MOST_TRIES, MOST_TRIES_AN_HOUR, Code, Wait, issue
from mailflow.edges.store.session import Row, Session, moment, moment_or_none

CODES_LOCK = 7_245_703
"""Name of the lock under which a code is issued: two presses at once send one."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that belongs to one person until it expires or is revoked; `label` is what it calls itself.

    `signed_in_at`: since when it is the person's own place, where he sees all that is his; None for one
    that is only known by a link.
    """

    hash: str
    person: str
    label: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    signed_in_at: datetime | None = None
    seen_at: datetime | None = None
    """When something was last sent from it; looking writes nothing. None: not since it became known."""


BROWSER = tuple(field.name for field in fields(Browser))
CODE = tuple(field.name for field in fields(Code))


async def remember(session: Session, browser: Browser) -> None:
    """Write a browser; one that is there already stays as it is."""
    await session.insert("browser", BROWSER, [astuple(browser)], "ON CONFLICT (hash) DO NOTHING")


async def load(session: Session, hash_: str) -> Browser | None:
    """Give the browser of that cookie, or None. Whether it still counts, the caller says."""
    row = await session.row("SELECT * FROM browser WHERE hash = ?", hash_)
    return None if row is None else _browser(row)


async def listed(session: Session, person: str) -> list[Browser]:
    """Give the person's browsers, the newest first."""
    query = "SELECT * FROM browser WHERE person = ? ORDER BY created_at DESC, hash"
    return [_browser(row) for row in await session.rows(query, person)]


async def revoke(session: Session, hash_: str, now: datetime) -> bool:
    """End a browser; False if it was ended before, or is unknown."""
    query = "UPDATE browser SET revoked_at = ? WHERE hash = ? AND revoked_at IS NULL RETURNING hash"
    return await session.row(query, now, hash_) is not None


async def revoke_all(session: Session, person: str, now: datetime) -> int:
    """End every browser of the person; give how many."""
    query = "UPDATE browser SET revoked_at = ? WHERE person = ? AND revoked_at IS NULL RETURNING hash"
    return len(await session.rows(query, now, person))


async def saw(session: Session, hash_: str, now: datetime) -> None:
    """Note that something was sent from this browser."""
    await session.rows("UPDATE browser SET seen_at = ? WHERE hash = ? RETURNING hash", now, hash_)


async def code(session: Session, token: str) -> Code | None:
    """Give what is known of the codes of a link, or None where none was ever sent or tried."""
    row = await session.row("SELECT * FROM code WHERE token = ?", token)
    return None if row is None else _code(row)


async def issue_code(session: Session, token: str, person: str, seed: str, now: datetime) -> Code | Wait:
    """Note that one more code is sent for the link, or say that none may be now."""
    await session.alone(CODES_LOCK)
    await _open(session, token, person)
    known = await code(session, token)
    assert known is not None, "the row just written is gone within one transaction"
    issued = issue(known, seed, now)
    if isinstance(issued, Code):
        query = "UPDATE code SET seed = ?, issued_at = ?, expires_at = ?, since = ?, sent = ? WHERE token = ?"
        await session.rows(query, issued.seed, issued.issued_at, issued.expires_at, issued.since, issued.sent, token)
    return issued


async def take_try(session: Session, token: str, person: str, now: datetime) -> int | None:
    """Count one try and give how many remain after it; None if the link or the person has none left."""
    await _open(session, token, person)
    lately = "SELECT COALESCE(SUM(wrong), 0) AS number FROM code WHERE person = ? AND tried_at > ?"
    row = await session.row(lately, person, now - _HOUR)
    if row is not None and int(row["number"]) >= MOST_TRIES_AN_HOUR:
        return None
    query = "UPDATE code SET wrong = wrong + 1, tried_at = ? WHERE token = ? AND wrong < ? RETURNING wrong"
    counted = await session.row(query, now, token, MOST_TRIES)
    return None if counted is None else MOST_TRIES - int(counted["wrong"])


async def give_back(session: Session, token: str) -> None:
    """Take back the try that turned out right."""
    await session.rows("UPDATE code SET wrong = wrong - 1 WHERE token = ? AND wrong > 0 RETURNING token", token)


async def spend_code(session: Session, token: str, now: datetime) -> bool:
    """End the fresh code of a link: it has done its work once. False if somebody else has ended it."""
    query = "UPDATE code SET expires_at = ? WHERE token = ? AND expires_at > ? RETURNING token"
    return await session.row(query, now, token, now) is not None


async def _open(session: Session, token: str, person: str) -> None:
    """Make the row that counts, unless it is there."""
    values = (token, person, "", 0, 0)
    await session.insert(
        "code", ("token", "person", "seed", "sent", "wrong"), [values], "ON CONFLICT (token) DO NOTHING"
    )


def _browser(row: Row) -> Browser:
    times = {name: moment(row[name]) for name in ("created_at", "expires_at")}
    revoked, signed_in = moment_or_none(row["revoked_at"]), moment_or_none(row["signed_in_at"])
    return Browser(
        row["hash"],
        row["person"],
        row["label"],
        **times,
        revoked_at=revoked,
        signed_in_at=signed_in,
        seen_at=moment_or_none(row["seen_at"]),
    )


def _code(row: Row) -> Code:
    times = {name: moment_or_none(row[name]) for name in ("issued_at", "expires_at", "since")}
    return Code(row["token"], row["person"], row["seed"], **times, sent=row["sent"], wrong=row["wrong"])
