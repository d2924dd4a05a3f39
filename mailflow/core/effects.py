"""What must now be done outside, as named values, and the transition that asks for it.

Owns: the closed set `Effect` and `Transition`. An effect's key is its event's key and a counter:
the same event never asks for two different letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mailflow.core.case import Case, Fields
from mailflow.core.memory import Fact


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file in the file store that goes out with a letter."""

    name: str
    content_type: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class SendLetter:
    """One letter to one person. What it shows is read from the case when it is rendered."""

    key: str
    kind: str
    to: str
    """Person id; of somebody outside the company, his address."""
    address: str
    """The person's registered address at the time of the transition."""
    language: Literal["ru", "en"]
    assignment: str = ""
    """The assignment the letter asks about: a reply to it is an answer to that assignment."""
    automatic_answer: bool = False
    """True for an answer to a mail (Auto-Submitted: auto-replied), False for a notice owed."""
    words: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[tuple[str, ...], ...] = ()
    in_reply_to: str = ""
    enclosed: tuple[Enclosed, ...] = ()
    """Files beside those of the case: a sheet, a register."""


Bell = Literal["remind", "due", "escalate", "silence"]
"""What a timer rings for: before the term, at it, and what follows silence (told to the manager, or agreement)."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Wake this assignment at that time."""

    key: str
    at: datetime
    what: Bell
    assignment: str


@dataclass(frozen=True, slots=True)
class StopTimers:
    """The assignment is over: its timers must not ring."""

    key: str
    assignment: str


@dataclass(frozen=True, slots=True)
class TakeNumber:
    """Take the next number of a register for this case, in the same commit.

    `form` is filled with {year}, {seq} (format-spec allowed: {seq:04}) and {index}.
    """

    key: str
    register: str
    year: int
    form: str
    field: str = ""
    """The field of the card the number is written to; '' = it is the number of the case itself."""
    index: str = ""
    """The index of the file the paper belongs to: «01-14»."""
    first: int = 1
    """The lowest number that may be taken: those below it were given on paper."""


@dataclass(frozen=True, slots=True)
class MakeDocument:
    """Render a document of the case: an approval sheet, a letter. It comes back as `DocumentMade`."""

    key: str
    document: str
    """The name of its template in templates/letters."""


@dataclass(frozen=True, slots=True)
class StartCase:
    """Open a case of another process that belongs to this one."""

    key: str
    process: str
    initiator: str
    fields: Fields
    subject: str


@dataclass(frozen=True, slots=True)
class TellCase:
    """Tell the case this one was started from that it is closed."""

    key: str
    case: str


@dataclass(frozen=True, slots=True)
class FileAway:
    """Put the papers of the finished case into the archive. It comes back as `CaseArchived`."""

    key: str


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep a fact of the office, in the same commit; one of the same kind, subject and item gives way."""

    key: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Forget:
    """Strike the fact of that kind, subject and item."""

    key: str
    fact: Fact


Errand = MakeDocument | StartCase | TellCase | FileAway
"""What must be done outside and leads to an event of its own; kept as a row until it has."""

Effect = SendLetter | SetTimer | StopTimers | TakeNumber | Errand | Remember | Forget


@dataclass(frozen=True, slots=True)
class Transition:
    """The case after, what must be done, and why, in one sentence a clerk can read."""

    case: Case | None
    effects: tuple[Effect, ...]
    why: str
