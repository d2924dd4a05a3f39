"""The mail servers: a folder that is read by UID and a post that takes letters, both as bad as real ones.

Owns: `Server`, what lies where on the IMAP server and what becomes of it; `SimMailbox` and `SimPost`, in place of
`mailflow.edges.imap.Mailbox` and `mailflow.edges.smtp.Post` at their own interfaces.
Faults: connections that break before, within and behind every command, settling done by halves, passwords refused, a
folder numbered anew, a colleague who moves mails away and back; letters put off, refused, quota, lost answers.
Refuses to know: what a mail says.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailflow.edges.imap import ConnectionLost, Fetched, LoginRefused, Opened
from mailflow.edges.smtp import Accepted, Deferred, Outcome, Refused, Unknown
from simulation.machine import Fate, point

_MESSAGE_ID = re.compile(rb"(?im)^Message-ID:\s*(<[^>]*>)")
STRETCH = 100.0
"""So much longer is one wait for mail: waking every four minutes for nothing would be most of a month's work."""


@dataclass(frozen=True, slots=True)
class Lying:
    """A mail on the server."""

    raw: bytes
    received: datetime

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()


@dataclass
class Server:
    """One mailbox on one server."""

    fate: Fate
    settling: Callable[[int, int, Lying], None]
    """Told of each mail that is about to leave the inbox at our word."""
    uidvalidity: int = 1000
    uidnext: int = 1
    inbox: dict[int, Lying] = field(default_factory=dict)
    processed: list[Lying] = field(default_factory=list)
    quarantine: list[Lying] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def arrives(self, raw: bytes, at: datetime) -> None:
        """Put a mail into the inbox."""
        self.inbox[self.uidnext] = Lying(raw, at)
        self.uidnext += 1
        self.news.set()

    def numbered_anew(self) -> None:
        """Give the folder another UIDVALIDITY, a lower one too, and every mail another UID."""
        self.uidvalidity += self.fate.chance.choice((-7, 1, 40))
        lying = list(self.inbox.values())
        self.inbox = dict(enumerate(lying, 1))
        self.uidnext = len(lying) + 1
        self.news.set()

    def moved_back(self) -> None:
        """Let a colleague put a mail that was dealt with into the inbox again."""
        if self.processed:
            lying = self.processed.pop(self.fate.chance.randrange(len(self.processed)))
            self.arrives(lying.raw, lying.received)

    def settles(self, uid: int, folder: list[Lying]) -> None:
        """Move one mail at our word; one that is gone is no error."""
        lying = self.inbox.get(uid)
        if lying is not None:
            self.settling(self.uidvalidity, uid, lying)
            folder.append(self.inbox.pop(uid))


class SimMailbox:
    """Speaks to the server of its world as `Mailbox` would."""

    server: Server

    def __init__(self, settings: object) -> None:
        self._opened = 0

    async def connect(self) -> Opened:
        """Log in and select the folder."""
        await self._step("imap.connect")
        if self._goes_wrong(0.1):
            raise LoginRefused("mail: the server took neither user nor password")
        self._opened = self.server.uidvalidity
        return Opened(self.server.uidvalidity, self.server.uidnext)

    async def fetch_after(self, uid: int, since: datetime | None = None, limit: int = 50) -> list[Fetched]:
        """Give the next mails above the UID, seldom all of them at once."""
        await self._session("imap.fetch")
        above = sorted(number for number in self.server.inbox if number > uid)
        most = self.server.fate.chance.randint(1, limit)
        mails = [(number, self.server.inbox[number]) for number in above[:most]]
        wanted = [(n, m) for n, m in mails if since is None or m.received.date() >= since.date()]
        await self._session("imap.fetched")
        return [Fetched(number, mail.raw, len(mail.raw), mail.received) for number, mail in wanted]

    async def settle(self, processed: Sequence[int], quarantined: Sequence[int]) -> None:
        """Move the mails, one after another; the connection may break in between."""
        places = [(uid, self.server.processed) for uid in processed]
        places += [(uid, self.server.quarantine) for uid in quarantined]
        for uid, folder in places:
            await self._session("imap.settle")
            self.server.settles(uid, folder)
        await self._session("imap.settled")

    async def wait(self, seconds: float) -> bool:
        """Sleep until mail comes, or far longer than was asked for."""
        await self._session("imap.wait")
        try:
            await asyncio.wait_for(self.server.news.wait(), seconds * STRETCH)
        except TimeoutError:
            return False
        self.server.news.clear()
        await self._session("imap.news")
        return True

    async def close(self) -> None:
        """Hang up."""
        self._opened = 0

    async def _session(self, where: str) -> None:
        await self._step(where)
        if self._opened != self.server.uidvalidity:
            raise ConnectionLost("mail: the folder was numbered anew")

    async def _step(self, where: str) -> None:
        await point(where)
        if self._goes_wrong(1.0):
            self._opened = 0
            raise ConnectionLost("mail: the server hung up")

    def _goes_wrong(self, share: float) -> bool:
        return self.server.fate.happens(self.server.fate.trouble * share)


@dataclass(frozen=True, slots=True)
class OnTheWire:
    """A letter the post server has taken; `moment` in seconds since the world began."""

    message_id: str
    to: str
    content: bytes
    moment: float


@dataclass
class Wire:
    """Every letter that left."""

    deliver: Callable[[str, bytes], None]
    letters: list[OnTheWire] = field(default_factory=list)

    def takes(self, to: str, content: bytes) -> None:
        """Take a letter over."""
        moment = asyncio.get_running_loop().time()
        self.letters.append(OnTheWire(message_id_of(content), to, content, moment))
        self.deliver(to, content)


class SimPost:
    """Sends letters as `Post` would, with every outcome there is."""

    fate: Fate
    wire: Wire

    def __init__(self, settings: object) -> None:
        self.password_refused = False

    async def send(self, envelope_from: str, to: str, content: bytes) -> Outcome:
        """Hand one letter over."""
        await point("post.connected")
        trouble = self._trouble()
        if isinstance(trouble, Deferred | Refused):
            await point("post.answered")
            return trouble
        await point("post.before_data")
        if trouble is None or self.fate.chance.random() < 0.5:
            self.wire.takes(to, content)
        if trouble is not None:
            self.fate.mishap()
            return trouble
        await point("post.after_data")
        return Accepted("250 taken")

    async def close(self) -> None:
        """Hang up."""

    def _trouble(self) -> Outcome | None:
        chance = self.fate.chance
        if not self.fate.happens(self.fate.trouble):
            return None
        return chance.choice(
            [
                Deferred("451 greylisted", 451),
                Deferred("452 4.5.3 quota", 452, halts=True),
                Deferred("the server hung up before the dot"),
                Unknown("the server hung up after the dot"),
                Unknown("no answer to the dot"),
                Refused("550 no such user", 550),
            ]
        )


def message_id_of(content: bytes) -> str:
    """Read the Message-ID off a letter."""
    found = _MESSAGE_ID.search(content)
    return found[1].decode() if found else ""
