"""Twenty-five bugs to plant, one at a time: a simulation that does not find them proves nothing.

Owns: `PLANTS`. Each is an accident that happened to other software, said in a sentence, and made by exchanging one name
of the product while a world is played; nothing of it stands in the product. Refuses to know: which law finds it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from mailflow import deliver, reader, receive, respond, sending, writing
from mailflow.core import entitlement, pressing
from mailflow.core.answers import Answer, Reading
from mailflow.core.case import Assignment
from mailflow.core.kinds import Reply
from mailflow.core.pages import Assured
from mailflow.core.sender import Proven
from mailflow.edges import blobs
from mailflow.edges.smtp import Accepted
from mailflow.edges.store import commit, journal, outbox, registers, timers
from mailflow.edges.store.session import Statement

Exchange = tuple[Any, str, Any]


@dataclass(frozen=True, slots=True)
class Plant:
    """One bug: what the careless programmer did, and the names that are exchanged for it."""

    name: str
    did: str
    exchanges: Sequence[Exchange]

    @contextlib.contextmanager
    def planted(self) -> Iterator[None]:
        """Let the product have the bug for as long as the block lasts."""
        before = [(place, name, getattr(place, name)) for place, name, _ in self.exchanges]
        for place, name, bad in self.exchanges:
            setattr(place, name, bad)
        try:
            yield
        finally:
            for place, name, good in before:
                setattr(place, name, good)


# --- mail in

_take = reader.Reader._take
_known = receive._known
_safely = reader.Reader._safely


async def _told_first(self: Any, mails: Any, state: Any) -> Any:
    await self._mailbox.settle([mail.uid for mail in mails], [])
    return await _take(self, mails, state)


async def _position_first(self: Any, mails: Any, state: Any) -> Any:
    await self._app.store.keep_mailbox(replace(state, last_uid=mails[-1].uid))
    return await _take(self, mails, state)


async def _known_by_id(mail: Any, desk: Any) -> Any:
    rows = await desk.store.inbox(limit=1000)
    same = [row for row in rows if row.taken.message_id == mail.message.message_id and row.taken.state != "failed"]
    return same[0] if same else await _known(mail, desk)


async def _swallowed(self: Any, kept: Any, received: Any, source: Any) -> Any:
    try:
        return await _safely(self, kept, received, source)
    except Exception:
        return "processed"


async def _uids_for_ever(self: Any) -> Any:
    """Go on after the last UID though the folder was numbered anew."""
    opened = self._opened = self._opened or await self._connected()
    known = await self._app.store.mailbox(self._account, self._folder)
    last = known.last_uid if known is not None else 0
    taken_from = known.taken_from if known is not None else self._since()
    state = reader.MailboxState(self._account, self._folder, opened.uidvalidity, last, taken_from)
    await self._app.store.keep_mailbox(state)
    return state


def _unsynced(content: bytes, new: Any, path: Any) -> None:
    with blobs.open(new, "xb", buffering=0) as file:
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) :]
    new.rename(path)


def _short(content: bytes, new: Any, path: Any) -> None:
    with blobs.open(new, "xb", buffering=0) as file:
        file.write(content)
        blobs.os.fsync(file.fileno())
    new.rename(path)


# --- what it says

_classify = receive.classify
_prove = receive.prove


def _believed(message: Any, raw: bytes, profile: Any) -> Any:
    proof = _prove(message, raw, profile)
    return proof if isinstance(proof, Proven) else Proven(message.from_[0].mail.lower(), "From")


def _yes_where_the_word_stands(message: Any, around: Any) -> Any:
    understood = _classify(message, around)
    if isinstance(understood, Reply) and "соглас" in message.text.lower():
        return replace(understood, reading=Reading(Answer.APPROVE))
    return understood


def _machines_are_people(message: Any, around: Any) -> Any:
    plain = dict.fromkeys(("Auto-Submitted", "Precedence"))
    kept = (
        [(name, value) for name, value in message.headers if name not in plain] if hasattr(message, "headers") else []
    )
    return _classify(replace(message, headers=tuple(kept)), around) if kept else _classify(message, around)


def _everybody_may(turn: Any, assignment: Assignment) -> set[str]:
    return set(turn.office.directory.people)


# --- pages

_look = respond.Window._look


async def _looking_counts(self: Any, text: Any, cookie: str, now: Any) -> Any:
    await self.store.pulse("looked", now)
    return await _look(self, text, cookie, now)


async def _no_code(self: Any, found: Any, page: Any, form: Any, now: Any) -> Any:
    return Assured("link", new_browser=True)


# --- letters

_outgoing = outbox._outgoing
_claim = outbox.claim
_destination = writing.Counter.destination
_noted = deliver._noted


async def _never_noted(delivery: Any, store: Any) -> None:
    """Trust that it has left."""


def _new_id_each_time(row: Any) -> Any:
    return replace(_outgoing(row), message_id=outbox.message_id(f"{row['key']}/{row['attempts']}", "neon.example"))


async def _no_lease(session: Any, now: Any, limit: int, lease: timedelta, holder: str) -> Any:
    return await _claim(session, now, limit, timedelta(0), holder)


def _to_whoever_wrote(self: Any, letter: Any) -> str:
    return "sales@romashka.example" if letter.kind == "stray" else _destination(self, letter)


def _sent_anyhow(outgoing: Any, outcome: Any, now: Any) -> Any:
    return _noted(outgoing, Accepted("250 surely"), now)


# --- the store

_due = timers.due
_claim_timers = timers.claim
_addition = journal.addition
_ringing = timers.ringing


async def _number_read_only(session: Any, name: str, year: int, first: int = 1) -> int:
    row = await session.row("SELECT count(*) AS taken FROM \"case\" WHERE register <> ''")
    return int(row["taken"]) + 1


async def _a_day_early(session: Any, now: Any, limit: int) -> Any:
    return await _due(session, now + timedelta(days=1), limit)


async def _claimed_early(session: Any, now: Any, limit: int, lease: timedelta, holder: str) -> Any:
    return await _claim_timers(session, now + timedelta(days=1), limit, lease, holder)


def _not_marked(key: str) -> Statement:
    return Statement("UPDATE timer SET state = state WHERE key = ?", (key,))


def _unchained(row: Any, previous: str) -> Statement:
    return _addition(row, "")


def _no_patch(old: Any, new: Any) -> Any:
    return {} if old else dict(new)


PLANTS: Sequence[Plant] = (
    Plant("told first", "moves the mails before their rows are committed", [(reader.Reader, "_take", _told_first)]),
    Plant(
        "position first", "notes how far it has read before it has read", [(reader.Reader, "_take", _position_first)]
    ),
    Plant("known by Message-ID", "takes a mail for known by its Message-ID alone", [(receive, "_known", _known_by_id)]),
    Plant("swallowed", "goes on after a failure as if the mail were taken", [(reader.Reader, "_safely", _swallowed)]),
    Plant(
        "UIDs for ever", "keeps its position across a new UIDVALIDITY", [(reader.Reader, "_position", _uids_for_ever)]
    ),
    Plant("unsynced bytes", "renames a file without fsync", [(blobs, "_write", _unsynced)]),
    Plant("unsynced names", "does not sync the folder", [(blobs, "_sync", lambda folder: None)]),
    Plant("short write", "takes one write for all of it", [(blobs, "_write", _short)]),
    Plant("From is believed", "takes From for proof", [(receive, "prove", _believed)]),
    Plant(
        "a word is a yes", "reads a yes wherever the word stands", [(receive, "classify", _yes_where_the_word_stands)]
    ),
    Plant("machines decide", "does not look for Auto-Submitted", [(receive, "classify", _machines_are_people)]),
    Plant("everybody may", "does not ask whose task it is", [(entitlement, "_may_answer", _everybody_may)]),
    Plant(
        "no is yes",
        "mistakes one button for another",
        [(pressing, "ANSWERS", {**pressing.ANSWERS, "reject": Answer.APPROVE})],
    ),
    Plant("looking counts", "writes when a page is opened", [(respond.Window, "_look", _looking_counts)]),
    Plant("no code", "decides by whoever has the link", [(respond.Window, "_assured", _no_code)]),
    Plant("never noted", "does not note that a letter has left", [(sending, "note", _never_noted)]),
    Plant("new id each time", "names a letter anew at each attempt", [(outbox, "_outgoing", _new_id_each_time)]),
    Plant("no lease", "claims letters for no time at all", [(outbox, "claim", _no_lease)]),
    Plant("to whoever wrote", "answers strangers", [(writing.Counter, "destination", _to_whoever_wrote)]),
    Plant("sent anyhow", "notes a letter as sent whatever the server said", [(deliver, "_noted", _sent_anyhow)]),
    Plant("number counted", "counts the cases instead of taking a number", [(registers, "take", _number_read_only)]),
    Plant(
        "a day early",
        "rings timers before their time",
        [(timers, "due", _a_day_early), (timers, "claim", _claimed_early)],
    ),
    Plant("never rung", "does not mark a timer that has rung", [(timers, "ringing", _not_marked)]),
    Plant("unchained", "chains no row to the one before", [(journal, "addition", _unchained)]),
    Plant("no patch", "forgets to write what has changed", [(commit, "difference", _no_patch)]),
)
