"""What happened: a mail read, a timer, an operator's command, each as one frozen value.

Owns: the closed set `Event`. An event carries everything a transition needs to know of the world,
its time included; `key` names it for ever, and everything it causes is named after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mailflow.core.answers import Answer, Details
from mailflow.core.case import Channel, Fields
from mailflow.core.differing import Changes
from mailflow.core.memory import Fact
from mailflow.core.sender import SenderProof


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that came with a mail and already lies in the file store."""

    name: str
    sha256: str
    size: int
    content_type: str
    changes: Changes | None = None
    """What changed in its text since the version of the case it would replace."""


@dataclass(frozen=True, slots=True)
class RequestReceived:
    """Somebody of the staff asks for something: a new case."""

    key: str
    at: datetime
    process: str
    sure: bool
    """False where the process is a guess the initiator must confirm."""
    by: str
    """Person id; the address of the mail, which `proof` may or may not prove."""
    proof: SenderProof
    fields: Fields
    files: tuple[IncomingFile, ...] = ()
    subject: str = ""
    text: str = ""
    message_id: str = ""
    findings: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    started_from: str = ""
    """The id of the case that started this one, or ''."""
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For a choice that was stated otherwise, the values it may have meant."""
    type: Literal["request"] = "request"


@dataclass(frozen=True, slots=True)
class AnswerReceived:
    """Somebody answered an assignment, by reply or by a press. Whether it counts, the engine says."""

    key: str
    at: datetime
    case: str
    assignment: str
    proof: SenderProof
    answer: Answer
    comment: str = ""
    details: Details = field(default_factory=Details)
    channel: Channel = "reply"
    new_browser: bool = False
    """The press came from a browser not seen before: a receipt goes out by mail as well."""
    second_factor: bool = False
    """The person's second factor was shown for this case and this card."""
    card: str = ""
    """Hash of the card on the letter or page that was answered."""
    asked_at: datetime | None = None
    """When the letter that is answered was written; None where it was a page."""
    fields: Fields = field(default_factory=dict)
    ambiguous: tuple[str, ...] = ()
    files: tuple[IncomingFile, ...] = ()
    findings: tuple[str, ...] = ()
    message_id: str = ""
    """Of the mail that answered, so that what we answer threads with it."""
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """As of a request."""
    signed: str = ""
    """The name a mail from a mailbox is signed with."""
    type: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class CommandReceived:
    """A command that concerns one case: its status, its withdrawal."""

    key: str
    at: datetime
    case: str
    by: str
    proof: SenderProof
    command: Literal["status", "withdraw"]
    comment: str = ""
    message_id: str = ""
    type: Literal["command"] = "command"


@dataclass(frozen=True, slots=True)
class AbsenceNoted:
    """An automatic reply came to a letter: the person is away. Never a decision."""

    key: str
    at: datetime
    case: str
    assignment: str
    text: str
    until: str = ""
    person: str = ""
    """Whose automatic reply it is: the letter's addressee, who may act for the principal."""
    substitute: str = ""
    """Whom it names to turn to, as it was written."""
    type: Literal["absence"] = "absence"


@dataclass(frozen=True, slots=True)
class LetterBounced:
    """A letter of ours could not be delivered, proved by our own Message-ID in the report."""

    key: str
    at: datetime
    case: str
    assignment: str
    address: str
    reason: str
    person: str = ""
    """Whom the letter was written to: the report may name another address, where his mail is passed on."""
    type: Literal["bounce"] = "bounce"


@dataclass(frozen=True, slots=True)
class OutsideAnswered:
    """Somebody outside answered a letter of the case that was written to this very address. Never a decision."""

    key: str
    at: datetime
    case: str
    assignment: str
    """The task for which he was asked, or ''."""
    address: str
    proof: SenderProof
    text: str
    files: tuple[IncomingFile, ...] = ()
    offer: Fields = field(default_factory=dict)
    """What it offers (`offer_reading`); {} where it is no offer."""
    type: Literal["outside"] = "outside"


@dataclass(frozen=True, slots=True)
class TaskHandedOver:
    """By a command one person's task is given to another; the engine says whether `by` may do that."""

    key: str
    at: datetime
    case: str
    assignment: str
    by: str
    to: str
    proof: SenderProof
    message_id: str = ""
    type: Literal["handed_over"] = "handed_over"


@dataclass(frozen=True, slots=True)
class DecisionEntered:
    """The secretary enters what somebody has decided on paper or by word; `files` holds the scan."""

    key: str
    at: datetime
    case: str
    assignment: str
    by: str
    proof: SenderProof
    answer: Answer
    comment: str = ""
    files: tuple[IncomingFile, ...] = ()
    message_id: str = ""
    type: Literal["entered"] = "entered"


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """A task waits for somebody who is no longer in the directory."""

    key: str
    at: datetime
    case: str
    assignment: str
    type: Literal["left"] = "left"


@dataclass(frozen=True, slots=True)
class TimerDue:
    """A timer row came due."""

    key: str
    at: datetime
    case: str
    assignment: str
    what: Literal["remind", "due", "escalate", "silence"]
    type: Literal["timer"] = "timer"


@dataclass(frozen=True, slots=True)
class DocumentMade:
    """A document the case asked for was rendered and lies in the file store."""

    key: str
    at: datetime
    case: str
    document: str
    file: IncomingFile
    also: IncomingFile | None = None
    """The same in a form to go on working with: a Word document, a workbook, a payment order for the bank."""
    type: Literal["document"] = "document"


@dataclass(frozen=True, slots=True)
class CaseArchived:
    """The papers of a finished case lie in the archive, under these names."""

    key: str
    at: datetime
    case: str
    folder: str
    files: tuple[str, ...]
    type: Literal["archived"] = "archived"


@dataclass(frozen=True, slots=True)
class LinkedCaseClosed:
    """A case started from this one is closed."""

    key: str
    at: datetime
    case: str
    number: str
    state: str
    type: Literal["linked"] = "linked"


@dataclass(frozen=True, slots=True)
class NoticeDue:
    """A mail that moves no case yet owes somebody a letter: a stranger's mail, a request that fits nothing."""

    key: str
    at: datetime
    kind: str
    to: str
    """Person id; '' where `address` is given."""
    words: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[tuple[str, ...], ...] = ()
    enclosed: tuple[IncomingFile, ...] = ()
    in_reply_to: str = ""
    learns: tuple[Fact, ...] = ()
    """What the office knows from now on: how the person wants to be written to."""
    address: str = ""
    """Where the letter goes if it is not to somebody of the directory, but the auditor or the operator; `to` is ''."""
    language: Literal["ru", "en"] | None = None
    """The language to write in; None: that of the person, or of the company."""
    type: Literal["notice"] = "notice"


@dataclass(frozen=True, slots=True)
class RulesTaken:
    """A process came into force as this text says it. The key names its version, so that it comes into force once."""

    key: str
    at: datetime
    process: str
    version: str
    text: str
    type: Literal["rules"] = "rules"


@dataclass(frozen=True, slots=True)
class EvidenceGiven:
    """A package of evidence on a case was made: so many rows, so many files, and nothing else."""

    key: str
    at: datetime
    about: str
    """The id of the case."""
    rows: int
    last: str
    """Hash of the last of them."""
    files: Mapping[str, str]
    """SHA-256 of every file by its name."""
    type: Literal["evidence"] = "evidence"


@dataclass(frozen=True, slots=True)
class KeySigns:
    """A new key signs from now on. The key of the event names it, so that this happens once."""

    key: str
    at: datetime
    number: int
    type: Literal["key"] = "key"


@dataclass(frozen=True, slots=True)
class ApiKeyMade:
    """Another system was given a key. Its secret is in nobody's hands but that system's; here is the hash of it."""

    key: str
    at: datetime
    id: str
    name: str
    rights: tuple[str, ...]
    processes: tuple[str, ...]
    """Those it concerns; none = all."""
    hash: str
    until: datetime | None = None
    type: Literal["api_key"] = "api_key"


@dataclass(frozen=True, slots=True)
class ApiKeyEnded:
    """The key of another system opens nothing any more."""

    key: str
    at: datetime
    id: str
    name: str
    type: Literal["api_key_ended"] = "api_key_ended"


@dataclass(frozen=True, slots=True)
class LetterRenewed:
    """The link a task was asked by ends: it is asked by a new one."""

    key: str
    at: datetime
    case: str
    assignment: str
    type: Literal["renewed"] = "renewed"


@dataclass(frozen=True, slots=True)
class DataErased:
    """Personal data was erased: what stands in the rows it stood in, and which files are gone."""

    key: str
    at: datetime
    about: str
    """A case's id, or the pseudonym of a person."""
    reason: str
    rows: Mapping[str, str]
    """For each row of a journal, as `chain/number`, the hash of what it says now."""
    files: tuple[str, ...]
    type: Literal["erased"] = "erased"


@dataclass(frozen=True, slots=True)
class RulesUpgraded:
    """The operator lets a case go on by today's rules instead of those it began under."""

    key: str
    at: datetime
    case: str
    version: str
    type: Literal["upgrade"] = "upgrade"


CaseEvent = (
    AnswerReceived
    | CommandReceived
    | AbsenceNoted
    | LetterBounced
    | OutsideAnswered
    | TimerDue
    | DocumentMade
    | LinkedCaseClosed
    | CaseArchived
    | RulesUpgraded
    | TaskHandedOver
    | DecisionEntered
    | PersonLeft
    | LetterRenewed
)
"""Happens to a case that exists."""

OfficeEvent = NoticeDue | RulesTaken | EvidenceGiven | KeySigns | ApiKeyMade | ApiKeyEnded | DataErased
"""Concerns no case."""

Event = RequestReceived | OfficeEvent | CaseEvent
