"""Send one letter: a claimed outbox row becomes sent, deferred, refused or unknown.

Its bytes are kept already (`writing`): every attempt sends the same ones under the same Message-ID. What the
server said is one frozen value before the row is touched; noting it is a step of its own, so that a failed
note is never taken for a failed send. Killed between the server's 250 and the note, the letter goes once more, the
same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, assert_never

from mailflow import log
from mailflow.advance import advance
from mailflow.alone import Broke
from mailflow.core.calls import CALL
from mailflow.core.events import LetterBounced
from mailflow.edges.blobs import Blobs
from mailflow.edges.frames import Frame, filled
from mailflow.edges.smtp import Accepted, Deferred, Outcome, Refused, Unknown
from mailflow.edges.store import Noted, Outgoing, Store
from mailflow.killpoints import reached
from mailflow.writing import Counter, Page, Ready, Spoiled, Unneeded

UNTOLD = frozenset({"undelivered", CALL})
"""What the secretary is not written to about when it is refused: her own letter, and a call, which `status` tells."""
MOST_BROKEN = 10
"""So often may a letter break the work on it; then the secretary is told, as of one that was refused."""
FIRST_PAUSE = timedelta(seconds=300)
LONGEST_PAUSE = timedelta(seconds=4000)
MOST_ATTEMPTS = 110
"""Five days of pauses: then the letter is given up and the secretary told."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a letter, not yet noted. `halts`: the next one would meet the same."""

    noted: Noted
    number: str = "-"
    """Of its case, '-' without one."""
    halts: bool = False

    @property
    def sent(self) -> bool:
        """True for a letter that left."""
        return self.noted.state == "sent"


class WayOut(Protocol):
    """Whatever carries a letter away: the mail server, or the line to another system."""

    async def send(self, sender: str, to: str, content: bytes, /) -> Outcome: ...


async def deliver(page: Page, post: WayOut, now: datetime, counter: Counter) -> Delivery:
    """Send the letter, once; say what became of it. `note` makes it last."""
    match page:
        case Unneeded(outgoing):
            return Delivery(Noted(outgoing, "held", "the task was over before the letter left", now))
        case Spoiled(outgoing, broke):
            return await put_off_letter(outgoing, broke, now, counter)
        case Ready(outgoing, number, frame):
            reader = counter.destination(outgoing.letter)
            outcome = await post.send(counter.address, reader, await whole(frame, counter.blobs))
            reached("letter.answered")
            return await _judged(outgoing, outcome, number, now, counter)
        case _:
            assert_never(page)


async def put_off_letter(outgoing: Outgoing, broke: Broke, now: datetime, counter: Counter) -> Delivery:
    """Say that the work on a letter broke: it is tried again later, and given up where it breaks every time."""
    hopeless = not broke.world and outgoing.attempts >= MOST_BROKEN
    outcome = Refused(broke.reason) if hopeless else Deferred(broke.reason)
    return await _judged(outgoing, outcome, "-", now, counter)


async def note(delivery: Delivery, store: Store) -> None:
    """Note what became of the letter; if its lease is no longer ours nothing is noted."""
    noted, letter = delivery.noted, delivery.noted.outgoing.letter
    await store.note(noted)
    reached("letter.noted")
    if delivery.sent:
        log.letter_sent(delivery.number, letter.kind, letter.address, noted.outgoing.message_id)
    elif noted.state != "held":
        log.letter_not_sent(delivery.number, letter.kind, letter.address, noted.state, noted.reason)


async def whole(frame: Frame, blobs: Blobs) -> bytes:
    """Give the letter with its files; StoreError if one is missing."""
    return filled(frame, [await blobs.read(gap.sha256) for gap in frame.gaps])


async def _judged(outgoing: Outgoing, outcome: Outcome, number: str, now: datetime, counter: Counter) -> Delivery:
    noted = _noted(outgoing, outcome, now)
    if noted.state == "refused" and outgoing.case and outgoing.letter.kind not in UNTOLD:
        # Before the note: a letter once noted is never looked at again, whatever happens in between.
        await _tell_secretary(outgoing, noted.reason, now, counter)
    return Delivery(noted, number, isinstance(outcome, Deferred) and outcome.halts)


async def _tell_secretary(outgoing: Outgoing, reason: str, now: datetime, counter: Counter) -> None:
    """A letter that will never arrive is a fact of the case: somebody waits for an answer that cannot come."""
    letter = outgoing.letter
    key, case = f"{outgoing.key}/refused", outgoing.case
    event = LetterBounced(key, now, case, letter.assignment, letter.address, reason, letter.to)
    await advance(event, counter.store, counter.office, now)


def _noted(outgoing: Outgoing, outcome: Outcome, now: datetime) -> Noted:
    match outcome:
        case Accepted(reply=reply):
            return Noted(outgoing, "sent", reply, now)
        case Deferred(reason=reason) if outgoing.attempts >= MOST_ATTEMPTS:
            return Noted(outgoing, "refused", f"not taken for five days: {reason}", now)
        case Deferred(reason=reason):
            return Noted(outgoing, "deferred", reason, now, now + pause(outgoing.attempts))
        case Refused(reason=reason):
            return Noted(outgoing, "refused", reason, now)
        case Unknown(reason=reason) if outgoing.attempts <= 1:
            # Harmless to repeat: the same Message-ID, and its token decides once.
            why = f"unknown whether it arrived, sent once more: {reason}"
            return Noted(outgoing, "deferred", why, now, now + FIRST_PAUSE)
        case Unknown(reason=reason):
            return Noted(outgoing, "unknown", reason, now)
        case _:
            assert_never(outcome)


def pause(attempts: int) -> timedelta:
    """Give how long to wait before the next attempt: 300 s doubling up to 4,000 s."""
    seconds = FIRST_PAUSE.total_seconds() * 2.0 ** min(attempts - 1, 8)
    return min(timedelta(seconds=seconds), LONGEST_PAUSE)
