"""The kinds of mail there are, and what was understood of one: a closed set of frozen values.

Owns: the names `mailflow explain --json` prints and the database keeps. Every mail becomes exactly
one of these, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailflow.core.answers import Reading
from mailflow.core.case import Fields
from mailflow.core.reply import Original


class Kind(StrEnum):
    """What a mail is."""

    REQUEST = "request"
    REPLY = "reply"
    COMMAND = "command"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    READ_RECEIPT = "read_receipt"
    CALENDAR = "calendar"
    LIST = "list"
    OWN = "own"
    STRAY = "stray"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody of the staff asks for something. `process` '' = the mail fits none."""

    reason: str
    process: str
    sure: bool
    fields: Fields
    original: Original | None = None
    missing: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    """Codes of the checks of the papers that failed."""
    text: str = ""
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For a choice that was stated otherwise, the values it may have meant."""
    kind: Kind = Kind.REQUEST


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to one of our letters."""

    reason: str
    reading: Reading
    fields: Fields = field(default_factory=dict)
    ambiguous: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kind: Kind = Kind.REPLY


@dataclass(frozen=True, slots=True)
class Command:
    """A word that asks mailflow itself (`commands.COMMANDS`), or `unclear`: one that was perhaps mistyped."""

    reason: str
    command: str
    details: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    """The line that holds it, as it was written."""
    kind: Kind = Kind.COMMAND


@dataclass(frozen=True, slots=True)
class Other:
    """A mail that decides nothing: automatic, a bounce, a stranger's, our own, or held for a person."""

    reason: str
    kind: Kind
    details: Mapping[str, str] = field(default_factory=dict)


Understood = Request | Reply | Command | Other
