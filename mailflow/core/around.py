"""What a mail is read against: the letter of ours it answers, its papers, the processes there are.

Owns: the values `classify` is given beside the mail. Refuses to know: where they were looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from mailflow.core.case import Ask
from mailflow.core.field_forms import FieldForm
from mailflow.core.message import Message
from mailflow.core.quotable import Quotable
from mailflow.core.signs import ProcessSigns

ASKS_FOR_FIELDS = frozenset({Ask.FIELDS, Ask.CORRECTION})
ASKS_TO_DECIDE = frozenset({Ask.APPROVAL, Ask.PAYMENT, Ask.EXECUTION, Ask.ACKNOWLEDGEMENT, Ask.RESOLUTION})


@dataclass(frozen=True, slots=True)
class SentOn:
    """A letter of ours that whoever it asked sends on to one colleague, with us in copy."""

    assignment: str
    to: str
    """The colleague's address, one the directory knows."""


@dataclass(frozen=True, slots=True)
class Target:
    """The letter of ours a mail answers, and what that letter asked."""

    case: str
    assignment: str
    person: str
    card: str
    ask: Ask | None
    """None: the letter asked for nothing."""
    process: str = ""
    language: str = "ru"
    rules: str = ""
    """The version of the process its case goes by."""
    aside: bool = False
    """The mail speaks of the case and not to us, or names several: it is a comment, whatever it says."""
    sent_on: SentOn | None = None
    """Of an aside: the task whose letter its own reader sends on to a colleague."""
    asked: tuple[str, ...] = ()
    """The fields the letter asked for, in the order of its questions."""
    name: str = ""
    """How the person who was asked is called: «Смирнова О.Н.»."""
    letter: Quotable | None = None
    """The words of the letter as it left; None where the mail does not say which it answers."""
    asked_at: datetime | None = None
    """When that letter was written."""
    outside: bool = False
    """It was written to somebody outside; `person` is his address, and only he answers it."""


@dataclass(frozen=True, slots=True)
class Paper:
    """An attachment as read by machine: its text layer and the bytes of its QR codes."""

    name: str
    text: str
    qr: tuple[bytes, ...] = ()
    recognised: bool = False
    """The text was recognised in a picture: any digit of it may be another."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a mail is read against."""

    own_addresses: tuple[str, ...]
    """Our mailbox and its aliases, lower case."""
    instance: str
    """What our own letters carry in X-Mailflow-Instance."""
    signs: tuple[ProcessSigns, ...]
    forms: Mapping[str, tuple[FieldForm, ...]]
    """The fields of each process, in the order of its rules."""
    target: Target | None = None
    known_sender: bool = False
    """The writer's address is one of the staff's (proven or not)."""
    answers_notice: bool = False
    """It answers a letter of ours that belongs to no case: its subject is ours and names no process."""
    papers: tuple[Paper, ...] = ()
    received_on: date = date(1970, 1, 1)

    def written_on(self, message: Message) -> date:
        """The day «до пятницы» counts from: the letter's own, else the day it came."""
        return message.date.date() if message.date is not None else self.received_on
