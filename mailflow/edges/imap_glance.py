"""A mailbox looked at without leaving a trace: can it be read, what can its server do, what lies in it.

Owns: the questions `mailflow check` asks an IMAP server, and the mails `mailflow explain` reads there.
Refuses to know: the service's own session, what a mail says.
Rules: RFC 3501 (EXAMINE and BODY.PEEK change nothing), RFC 2177, RFC 4315, RFC 6851. No folder is made here.
What may go wrong becomes a `Bad` with its cure; a connection that breaks half-way raises what imaplib raises.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from imapclient.exceptions import CapabilityError, LoginError

from mailflow.core.verdict import Bad, Good, Unsure, Verdict
from mailflow.edges import bearer
from mailflow.edges.dialing import Place, encryption, no_starttls, trouble
from mailflow.edges.imap_values import Fetched, MailboxSettings, MiB, Oversized, Taken, Unreadable
from mailflow.edges.imap_wire import GARBLED, Client
from mailflow.edges.tls import trust
from mailflow.errors import MailboxError

SECTION = "[mailbox]"
PORTS = (993, 143)
CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
HEADER_CAP = 64 * 1024
BATCH = 500
SMALL = 256 * 1024
"""A mail up to this size is read whole; of a larger one only the headers."""
NOT_NOW = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|maximum number of connections|try again", re.I)


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail that lies in the mailbox; `raw` is b'' where it is too large to read whole."""

    received: datetime | None
    headers: bytes = field(repr=False)
    raw: bytes = field(repr=False)


class Glance:
    """A connection that reads only; made by `open`, ended by `close`."""

    def __init__(self, settings: MailboxSettings, place: Place, client: Any) -> None:
        self._settings = settings
        self._place = place
        self._client = client
        self._prefix = ""

    @classmethod
    def open(cls, settings: MailboxSettings, seconds: float = CONNECT_SECONDS) -> Glance | Bad:
        """Connect and log in, or say why not. SettingsError for an unreadable `ca_file`."""
        place = Place(SECTION, settings.host, settings.port, settings.security, PORTS)
        dialled = _dial(settings, place, seconds)
        if isinstance(dialled, Bad):
            return dialled
        refused = _log_in(settings, place, dialled)
        if refused is not None:
            dialled.hang_up()
            return refused
        return cls(settings, place, dialled)

    def close(self) -> None:
        """Say goodbye, and hang up in any case."""
        with contextlib.suppress(imaplib.IMAP4.error, OSError, *GARBLED):
            self._client.logout()
        self._client.hang_up()

    # What the server can do

    def abilities(self, now: datetime) -> Iterator[Verdict]:
        """Say how the connection is encrypted, and what the server knows beyond plain IMAP."""
        sock = self._client.wire.sock
        secure = isinstance(sock, ssl.SSLSocket)
        yield encryption(self._place, sock.getpeercert() if secure else None, sock.version() if secure else None, now)
        yield Good(f"IMAP log-in as {self._settings.user}")
        yield self._idle()
        yield from self._moving()

    def _idle(self) -> Verdict:
        every = f"{self._settings.poll_seconds:g} s"
        if self._settings.watch == "poll":
            return Good(f"the server is asked for mail every {every}")
        if self._client.has_capability("IDLE"):
            return Good("IDLE: the server says at once when mail comes")
        return Unsure("the server knows no IDLE", f"it is asked every {every} instead, mail is taken that much later")

    def _moving(self) -> Iterator[Verdict]:
        if self._settings.after != "move":
            return
        move, uidplus = (self._client.has_capability(name) for name in ("MOVE", "UIDPLUS"))
        if move:
            yield Good("MOVE: a mail that is safe is moved in one step")
        elif uidplus:
            yield Good("no MOVE, but UIDPLUS: a mail that is safe is copied and removed")
        else:
            yield Unsure(
                "the server knows neither MOVE nor UIDPLUS",
                "mails are copied and marked as deleted; they go when somebody compacts the folder",
            )

    # Folders

    def folders(self) -> Iterator[Verdict]:
        """Say whether the watched folder is there, and the two that mail is moved to."""
        there = self._names()
        self._prefix = self._personal_prefix()
        settings = self._settings
        name = self._full_name(settings.folder)
        if name not in there:
            yield Bad(
                f"there is no folder {settings.folder}; the server has {_listed(there)}",
                f"correct {SECTION} folder, or make the folder in the mail program",
            )
        else:
            yield self._examined(name)
        if settings.after == "move":
            for target in (settings.processed, settings.quarantine):
                yield self._target(target, there)

    def _examined(self, name: str) -> Verdict:
        found = self._examine(name)
        if b"UIDVALIDITY" not in found:
            return Bad("the server gives no UIDVALIDITY", "it cannot be read safely: use another server")
        return Good(f"folder {self._settings.folder}: {found.get(b'EXISTS', 0)} mails")

    def _target(self, folder: str, there: Sequence[str]) -> Verdict:
        if self._full_name(folder) in there:
            return Good(f"folder {folder}")
        return Unsure(
            f"folder {folder} is not there yet", "mailflow makes it at its first start; the server may have to allow it"
        )

    def _names(self) -> list[str]:
        self._allow()
        listed = self._client.list_folders()
        names = [str(name) for flags, _, name in listed if b"\\Noselect" not in flags]
        return ["INBOX" if name.upper() == "INBOX" else name for name in names]

    def _personal_prefix(self) -> str:
        """Courier and Cyrus keep every folder below `INBOX.`; elsewhere the prefix is empty."""
        if not self._client.has_capability("NAMESPACE"):
            return ""
        self._allow()
        personal = self._client.namespace().personal
        return str(personal[0][0]) if personal else ""

    def _full_name(self, folder: str) -> str:
        if folder.upper() == "INBOX":
            return "INBOX"
        return folder if folder.startswith(self._prefix) else self._prefix + folder

    # Mails

    def newest(self, limit: int) -> list[Seen]:
        """Read the newest mails, of the watched folder first and then of where taken ones were moved to."""
        settings = self._settings
        there = self._names()
        seen: list[Seen] = []
        for folder in dict.fromkeys((settings.folder, settings.processed, settings.quarantine)):
            if self._full_name(folder) in there and len(seen) < limit:
                seen += self._newest_of(self._full_name(folder), limit - len(seen))
        return seen

    def _newest_of(self, name: str, limit: int) -> list[Seen]:
        self._examine(name)
        self._allow()
        uids = sorted(self._client.search(["ALL"]))[-limit:]
        if not uids:
            return []
        self._allow(limit * HEADER_CAP)
        header = f"BODY.PEEK[HEADER]<0.{HEADER_CAP}>"
        answers = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE", header])
        return [self._seen(uid, answers[uid]) for uid in reversed(uids) if uid in answers]

    def since(self, folder: str, day: date) -> Iterator[Taken]:
        """Give the mails a folder received since that day, oldest first. MailboxError where there is no such folder."""
        there = self._names()
        self._prefix = self._personal_prefix()
        name = self._full_name(folder)
        if name not in there:
            raise MailboxError(f"{self._place}: there is no folder {folder}: name one of {_listed(there)}")
        self._examine(name)
        self._allow()
        uids = sorted(self._client.search(["SINCE", day]))
        for start in range(0, len(uids), BATCH):
            self._allow()
            listed = self._client.fetch(uids[start : start + BATCH], ["RFC822.SIZE", "INTERNALDATE"])
            for uid in sorted(listed):
                yield self._one(uid, listed[uid])

    def _one(self, uid: int, answer: dict[bytes, Any]) -> Taken:
        size, received = answer.get(b"RFC822.SIZE", 0), answer.get(b"INTERNALDATE")
        if size > self._settings.size_limit:
            self._allow()
            found = self._client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{HEADER_CAP}>"]).get(uid, {})
            return Oversized(uid, size, found.get(b"BODY[HEADER]<0>") or b"", received)
        self._allow(2 * size)
        try:
            raw = self._client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as refusal:
            return Unreadable(uid, _said(refusal))
        return Fetched(uid, raw or b"", size, received or datetime.min)

    def _seen(self, uid: int, answer: dict[bytes, Any]) -> Seen:
        raw = b""
        if answer.get(b"RFC822.SIZE", SMALL + 1) <= SMALL:
            self._allow()
            raw = self._client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]") or b""
        return Seen(answer.get(b"INTERNALDATE"), answer.get(b"BODY[HEADER]<0>") or b"", raw)

    def _examine(self, name: str) -> dict[bytes, Any]:
        self._allow()
        found: dict[bytes, Any] = self._client.select_folder(name, readonly=True)
        return found

    def _allow(self, size: int = 0) -> None:
        self._client.wire.allow(MiB + size)


def _dial(settings: MailboxSettings, place: Place, seconds: float) -> Any:
    """Give an encrypted connection, or the Bad that says why there is none."""
    context = None if settings.security == "plain" else trust("mailbox", settings.ca_file)
    client = None
    try:
        client = Client(
            settings.host, settings.port, context if settings.security == "tls" else None, seconds, READ_SECONDS
        )
        client.wire.allow(MiB)
        if settings.security == "starttls":
            client.starttls(context)
    except CapabilityError:
        _hang_up(client)
        return no_starttls(place)
    except (imaplib.IMAP4.error, OSError, *GARBLED) as error:
        _hang_up(client)
        return trouble(place, error)
    return client


def _hang_up(client: Any) -> None:
    if client is not None:
        client.hang_up()


def _log_in(settings: MailboxSettings, place: Place, client: Any) -> Bad | None:
    """Log in; give what stands in the way."""
    client.wire.allow(MiB)
    try:
        if settings.by == "token":
            bearer.imap_log_in(client, settings.user, settings.password)
        elif client.has_capability("AUTH=PLAIN"):
            client.plain_login(settings.user, settings.password)
        else:
            client.login(settings.user, settings.password)
    except UnicodeEncodeError:
        return Bad(f"{place}: the server takes no password outside ASCII", "make an application password for mailflow")
    except LoginError as refusal:
        return _refused(settings, place, refusal)
    except (imaplib.IMAP4.error, OSError, *GARBLED) as error:
        return trouble(place, error)
    return None


def _refused(settings: MailboxSettings, place: Place, refusal: LoginError) -> Bad:
    said = _said(refusal)
    # imapclient makes a LoginError of everything, a broken connection included.
    if isinstance(refusal.__context__, imaplib.IMAP4.abort):
        return Bad(
            f"{place}: the server hung up at the log-in ({said})", "try again; if it stays so, ask whoever runs it"
        )
    if NOT_NOW.search(said):
        return Bad(f"{place}: the server can log nobody in now ({said})", "try again later")
    if settings.by == "token":
        return Bad(f"{place}: the sign-in of {settings.user} is refused ({said})", bearer.TOKEN_CURE)
    return Bad(
        f"{place}: wrong user or password for {settings.user} ({said})",
        f"correct {SECTION} user and the password; where the provider asks for it, switch IMAP on there and make an "
        "application password",
    )


def _said(refusal: BaseException) -> str:
    said = str(refusal).removeprefix("b'").removesuffix("'")
    return "".join(c for c in said if c.isprintable())[:200]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(sorted(names)[:12]) or "none"
