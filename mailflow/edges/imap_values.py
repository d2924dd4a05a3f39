"""What the mailbox is told and what it gives: settings in, frozen values out.

Owns: the words of `[mailbox]`, the kinds of mail a fetch may give, the kinds of trouble.
Refuses to know: how any of it is got. What may go wrong: settings that contradict each other (SettingsError).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mailflow.edges.tls import Security, check_security
from mailflow.errors import MailboxError, SettingsError

MiB = 1024 * 1024


class ConnectionLost(MailboxError):
    """The network or the server broke off: nothing is wrong with the settings; connect again later."""


class LoginRefused(MailboxError):
    """The server took neither user nor password: tried too often, it may lock the account."""


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """Where the mail comes in. SettingsError if the words do not fit together."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Security = "tls"
    folder: str = "INBOX"
    after: Literal["move", "flag", "leave"] = "move"
    processed: str = "Processed"
    quarantine: str = "Quarantine"
    watch: Literal["idle", "poll"] = "idle"
    poll_seconds: float = 30.0
    size_limit: int = 30 * MiB
    ca_file: str = ""
    by: Literal["password", "token"] = "password"
    """What `password` is."""

    def __post_init__(self) -> None:
        check_security("mailbox", self.host, self.security)
        if self.after == "move" and self.folder in (self.processed, self.quarantine):
            raise SettingsError(f'[mailbox] folder = "{self.folder}" is also where read mail goes: name another')
        if self.poll_seconds <= 0:
            raise SettingsError(f"[mailbox] poll_seconds = {self.poll_seconds}: write a number above 0")


@dataclass(frozen=True, slots=True)
class Opened:
    """The folder as it was met. Another `uidvalidity` than before: every known UID is void, list again."""

    uidvalidity: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole mail: `raw` exactly as the server holds it, `received` the server's own time of arrival."""

    uid: int
    raw: bytes = field(repr=False)
    size: int
    received: datetime


@dataclass(frozen=True, slots=True)
class Oversized:
    """A mail over the size limit: only the first 256 KiB of its headers are taken."""

    uid: int
    size: int
    headers: bytes = field(repr=False)
    received: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A mail the server lists and refuses to give, with its words; the mails around it are not held up."""

    uid: int
    reason: str


Taken = Fetched | Oversized | Unreadable


@dataclass(frozen=True, slots=True)
class Listed:
    """What the server says of a mail before it is fetched; on some servers `size` is an estimate."""

    uid: int
    size: int
    received: datetime


def within(listed: Sequence[Listed], byte_budget: int) -> list[Listed]:
    """Take from the front what fits the budget, and one mail in any case."""
    chosen: list[Listed] = []
    for one in listed:
        byte_budget -= one.size
        if chosen and byte_budget < 0:
            break
        chosen.append(one)
    return chosen
