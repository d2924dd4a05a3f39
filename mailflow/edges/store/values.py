"""What goes into the store and comes out of it: frozen values, one for each row and each outcome.

Owns: their names and fields. Refuses to know: SQL. Times are aware, always UTC when they come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailflow.core.case import Case, CaseState
from mailflow.core.effects import Errand, SendLetter
from mailflow.core.quotable import Quotable
from mailflow.core.tokens import Purpose
from mailflow.edges.frames import Frame

InboxState = Literal["processed", "quarantined", "failed", "duplicate"]
OutboxState = Literal["ready", "claimed", "sent", "deferred", "refused", "unknown", "held"]

What = Literal["remind", "due", "escalate"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a mail lay: RFC 3501 names it for ever by folder, UIDVALIDITY and UID of an account."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail taken in. `source` is None for a mail that came from no mailbox (a file by hand)."""

    source: Source | None
    message_key: str
    message_id: str
    sha256: str
    size: int
    received_at: datetime
    sender: str
    subject: str
    kind: str
    reason: str
    case: str = ""
    state: InboxState = "processed"
    error: str = ""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A mail as the store knows it. `attempts` counts how often it was taken, the first time included."""

    id: int
    taken: Taken
    attempts: int
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Committed:
    """Everything was written; `case` is the case as stored, number and version included, or None."""

    case: Case | None


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody changed the case first; nothing was written: load it and decide anew."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The event, or the mail, was committed before, to this case ('' if none); nothing was written again."""

    case_id: str


Outcome = Committed | Overtaken | Repeated


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list. `amount_minor` counts kopecks or cents, None where the card has no sum."""

    id: str
    number: str
    process: str
    register: str
    state: CaseState
    stage: str
    round: int
    initiator: str
    subject: str
    amount_minor: int | None
    currency: str
    counterparty: str
    waits_on: str
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class OpenAssignment:
    """What waits for one person: the line of a task list."""

    number: str
    subject: str
    due_at: datetime | None
    stage: str
    case: str
    assignment: str


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter of ours that somebody answers to, found by its Message-ID."""

    message_id: str
    key: str
    case: str
    assignment: str
    person: str
    kind: str
    card: str
    language: Literal["ru", "en"]
    issued_at: datetime
    """When it was put into the outbox."""
    content: str
    """The SHA-256 of its frame, '' if it was never rendered."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed letter: ours to send until the lease ends.

    `attempts` counts this claim too. `content` is the SHA-256 of the letter's frame, '' if it is
    still to be rendered.
    """

    key: str
    letter: SendLetter
    case: str
    message_id: str
    attempts: int
    content: str
    lease_token: str


@dataclass(frozen=True, slots=True)
class Written:
    """A claimed letter as it was rendered: its bytes, the hash of the card it shows, what it may be answered by.

    `words` stay when the bytes go.
    """

    outgoing: Outgoing
    frame: Frame
    card: str
    tokens: tuple[Token, ...]
    words: Quotable


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of a claimed letter, to be noted in its row."""

    outgoing: Outgoing
    state: OutboxState
    reason: str
    at: datetime
    next_at: datetime | None = None
    """Not to be tried before."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A letter in the operator's list."""

    key: str
    case: str
    assignment: str
    kind: str
    person: str
    address: str
    language: Literal["ru", "en"]
    letter: SendLetter
    message_id: str
    state: OutboxState
    created_at: datetime
    next_at: datetime
    lease_until: datetime | None
    attempts: int
    reason: str
    content: str
    card: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fence:
    """One turn with a row: the number that no turn before had and none behind will have."""

    table: str
    key: str
    number: int


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer whose time has come. `key` is the key of its event."""

    key: str
    case: str
    assignment: str
    what: What
    due_at: datetime
    fence: int

    @property
    def turn(self) -> Fence:
        """What a store is fenced with while this timer rings."""
        return Fence("timer", self.key, self.fence)


@dataclass(frozen=True, slots=True)
class DueErrand:
    """Something to be done outside that leads to an event of its own. `key` is the key of that event."""

    key: str
    case: str
    errand: Errand
    attempts: int
    fence: int

    @property
    def turn(self) -> Fence:
        """What a store is fenced with while this errand is done."""
        return Fence("errand", self.key, self.fence)


@dataclass(frozen=True, slots=True)
class GivenUp:
    """An errand that failed for good."""

    key: str
    case: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Token:
    """What a link or a reply address stands for; `hash` is the SHA-256 of its id, which is kept nowhere."""

    hash: str
    purpose: Purpose
    case: str
    assignment: str
    person: str
    card: str
    issued_at: datetime
    expires_at: datetime
    came_back_at: datetime | None = None


TokenRow = Token


@dataclass(frozen=True, slots=True)
class MailboxState:
    """How far a folder has been read; mails received before `taken_from` are left alone."""

    account: str
    folder: str
    uidvalidity: int
    last_uid: int
    taken_from: datetime | None = None
