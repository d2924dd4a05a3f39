"""One conversation with an IMAP server, blocking, in whatever single thread calls it.

Owns: login, the folders, which UIDs are next, reading without a trace, settling, sleeping until news.
Refuses to know: asyncio, the database, what is in a mail, when to reconnect.
Rules: RFC 3501, RFC 2177 (IDLE), RFC 4315 (UIDPLUS), RFC 5530 (response codes), RFC 6851 (MOVE).
What may go wrong: the network (ConnectionLost: connect again later), the password, a folder, a certificate
(MailboxError: a person has to act). A mail that cannot be read is a value, so the others go on.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from imapclient.exceptions import CapabilityError, LoginError

from mailflow.edges import bearer
from mailflow.edges.bearer import TOKEN_CURE
from mailflow.edges.imap_values import (
    ConnectionLost,
    Fetched,
    Listed,
    LoginRefused,
    MailboxSettings,
    Opened,
    Oversized,
    Taken,
    Unreadable,
    within,
)
from mailflow.edges.imap_wire import GARBLED, Client, wait_for_either
from mailflow.edges.tls import trust
from mailflow.errors import MailboxError

CONNECT_SECONDS = 20.0
READ_SECONDS = 60.0
# Servers end an IDLE of 30 minutes; home routers forget a silent connection much sooner.
IDLE_SECONDS = 300.0
HEADER_CAP = 256 * 1024
# A line of 300 UIDs stays far below the 8 KB some servers take.
UIDS_A_COMMAND = 300
MOVES = 2
"""So often a move is tried again that somebody else stood in the way of."""
KEYWORDS = ("mailflow", "mailflow-quarantine")
# RFC 5530: the password may be right and the server busy; a mail that is wanted was moved by somebody this moment.
NOT_NOW = re.compile(
    r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|EXPUNGEISSUED)\]|maximum number of connections|temporar|try again", re.I
)


class Session:
    """Talk to one mailbox from one thread; `cut` alone may be called from another."""

    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = settings
        self._client: Any = None
        self._uidvalidity = 0
        self._news = False
        self._prefix = ""
        # The UIDs after `_ahead_of` as last listed: a backlog is searched once and not for each batch.
        self._ahead: list[int] = []
        self._ahead_of: tuple[int, datetime | None] | None = None

    # Opening

    def open(self) -> Opened:
        """Connect, log in, make the folders that are missing and select the watched one."""
        try:
            with self._told("connecting"):
                self._dial()
                self._log_in()
                self._prefix = self._personal_prefix()
                if self._settings.after == "move":
                    self._make_folder(self._settings.processed)
                    self._make_folder(self._settings.quarantine)
                return self._select()
        except MailboxError:
            self.hang_up()
            raise

    def _dial(self) -> None:
        settings = self._settings
        context = None if settings.security == "plain" else trust("mailbox", settings.ca_file)
        direct = context if settings.security == "tls" else None
        self._client = Client(settings.host, settings.port, direct, CONNECT_SECONDS, READ_SECONDS)
        self._allow()
        if settings.security == "starttls":
            self._client.starttls(context)

    def _log_in(self) -> None:
        client, settings = self._client, self._settings
        try:
            if settings.by == "token":
                bearer.imap_log_in(client, settings.user, settings.password)
            elif client.has_capability("AUTH=PLAIN"):
                client.plain_login(settings.user, settings.password)
            else:
                client.login(settings.user, settings.password)
        except UnicodeEncodeError as trouble:
            raise MailboxError(
                f"{self._name}: the server takes no password outside ASCII: set an application password"
            ) from trouble
        except LoginError as refusal:
            raise self._login_trouble(refusal) from refusal

    def _login_trouble(self, refusal: LoginError) -> MailboxError:
        # imapclient makes a LoginError of everything, a broken connection included.
        if isinstance(refusal.__context__, imaplib.IMAP4.abort) or NOT_NOW.search(str(refusal)):
            return ConnectionLost(f"{self._name}: the server cannot log anybody in now: {refusal}")
        if self._settings.by == "token":
            return LoginRefused(f"{self._name}: the server refuses the sign-in ({refusal}): {TOKEN_CURE}")
        return LoginRefused(
            f"{self._name}: the server refuses user and password ({refusal}): set [mailbox] user and password, "
            "and where the provider asks for it switch IMAP on and make an application password"
        )

    def _personal_prefix(self) -> str:
        """Courier and Cyrus keep every folder below `INBOX.`; elsewhere the prefix is empty."""
        if not self._client.has_capability("NAMESPACE"):
            return ""
        personal = self._client.namespace().personal
        return str(personal[0][0]) if personal else ""

    def _full_name(self, folder: str) -> str:
        if folder.upper() == "INBOX" or folder.startswith(self._prefix):
            return folder
        return self._prefix + folder

    def _make_folder(self, folder: str) -> None:
        name = self._full_name(folder)
        if self._client.folder_exists(name):
            return
        self._client.create_folder(name)
        with contextlib.suppress(imaplib.IMAP4.error):
            # So that mail programs show it; some servers know no subscriptions.
            self._client.subscribe_folder(name)

    def _select(self) -> Opened:
        found = self._client.select_folder(
            self._full_name(self._settings.folder), readonly=self._settings.after == "leave"
        )
        if b"UIDVALIDITY" not in found:
            raise MailboxError(f"{self._name}: the server gives no UIDVALIDITY: it cannot be read safely")
        self._uidvalidity = found[b"UIDVALIDITY"]
        return Opened(self._uidvalidity, found.get(b"UIDNEXT", 0))

    # Reading

    def fetch_after(self, uid: int, since: datetime | None, limit: int, byte_budget: int) -> list[Taken]:
        """Read the next mails above `uid`: at most `limit`, about `byte_budget` bytes, one at least."""
        with self._told("reading mail"):
            self._news = False
            while uids := self._following(uid, since)[:limit]:
                listed = within(self._listed(uids, since), byte_budget)
                taken = self._taken(listed)
                if taken:
                    return taken
                # All of these are gone or too old: whoever stands behind them is looked at too.
                uid = listed[-1].uid if listed else uids[-1]
            return []

    def list_since(self, day: date) -> list[int]:
        """List the UIDs of all mails received on `day` (the server's calendar) or later, ascending."""
        with self._told("listing mail"):
            return sorted(self._client.search(["SINCE", day]))

    def _following(self, uid: int, since: datetime | None) -> list[int]:
        key = self._ahead_of
        if key is not None and key[0] <= uid and key[1] == since:
            self._ahead = [known for known in self._ahead if known > uid]
        if key is None or key[0] > uid or key[1] != since or not self._ahead:
            self._ahead = self._search_after(uid, since)
        self._ahead_of = (uid, since)
        return self._ahead

    def _search_after(self, uid: int, since: datetime | None) -> list[int]:
        criteria: list[object] = ["UID", f"{uid + 1}:*"]
        if since is not None:
            # SINCE counts days in the server's own zone: a day earlier; the exact time is checked later.
            criteria += ["SINCE", since.astimezone(UTC).date() - timedelta(days=1)]
        # `n:*` always names the last mail, also when its UID is below n.
        return sorted(found for found in self._client.search(criteria) if found > uid)

    def _listed(self, uids: Sequence[int], since: datetime | None) -> list[Listed]:
        answers = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        listed = [
            Listed(uid, answer[b"RFC822.SIZE"], answer.get(b"INTERNALDATE") or datetime.now(UTC))
            for uid, answer in sorted(answers.items())
            if b"RFC822.SIZE" in answer
        ]
        return [one for one in listed if since is None or one.received >= since]

    def _taken(self, listed: Sequence[Listed]) -> list[Taken]:
        whole = [one for one in listed if one.size <= self._settings.size_limit]
        taken: list[Taken] = list(self._whole(whole))
        taken += [self._headers(one) for one in listed if one.size > self._settings.size_limit]
        return sorted(taken, key=lambda one: one.uid)

    def _whole(self, listed: Sequence[Listed]) -> Iterator[Taken]:
        if not listed:
            return
        self._allow(total=2 * sum(one.size for one in listed))
        try:
            answers = self._client.fetch([one.uid for one in listed], ["BODY.PEEK[]"])
        except imaplib.IMAP4.error as refusal:
            yield from self._one_by_one(listed, refusal)
            return
        for one in listed:
            if b"BODY[]" in answers.get(one.uid, {}):
                yield _fetched(one, answers[one.uid][b"BODY[]"])

    def _one_by_one(self, listed: Sequence[Listed], refusal: imaplib.IMAP4.error) -> Iterator[Taken]:
        """One mail the server cannot give must not hide the others of its batch."""
        if isinstance(refusal, (imaplib.IMAP4.abort, *GARBLED)):
            raise refusal
        if len(listed) == 1:
            yield Unreadable(listed[0].uid, str(refusal))
            return
        for one in listed:
            yield from self._whole([one])

    def _headers(self, one: Listed) -> Oversized:
        self._allow()
        item = f"BODY.PEEK[HEADER]<0.{HEADER_CAP}>"
        answer = self._client.fetch([one.uid], [item]).get(one.uid, {})
        return Oversized(one.uid, one.size, answer.get(b"BODY[HEADER]<0>") or b"", one.received)

    # Settling

    def settle(self, processed: Sequence[int], quarantined: Sequence[int]) -> None:
        """Tell the server what is done; again, or for mails that are gone, changes nothing."""
        settings = self._settings
        with self._told("settling mail"):
            for uids, folder, keyword in (
                (processed, settings.processed, KEYWORDS[0]),
                (quarantined, settings.quarantine, KEYWORDS[1]),
            ):
                for some in _pieces(sorted(set(uids))):
                    self._settle(some, folder, keyword)

    def _settle(self, uids: Sequence[int], folder: str, keyword: str) -> None:
        match self._settings.after:
            case "move":
                self._move(uids, folder)
            case "flag":
                self._client.add_flags(uids, [keyword.encode()], silent=True)
            case "leave":
                pass

    def _move(self, uids: Sequence[int], folder: str) -> None:
        step = self._client.move if self._client.has_capability("MOVE") else self._copy_and_expunge
        for _ in range(MOVES):
            try:
                step(uids, self._full_name(folder))
                return
            except imaplib.IMAP4.error as refusal:
                self._overcome(refusal, folder)
        step(uids, self._full_name(folder))

    def _overcome(self, refusal: imaplib.IMAP4.error, folder: str) -> None:
        """Make the next attempt at a move possible, where somebody else's work was all that stood in its way."""
        if "TRYCREATE" in str(refusal):
            # Somebody removed the folder while we were connected.
            self._make_folder(folder)
        elif "EXPUNGEISSUED" in str(refusal):
            # Somebody moved some of these mails in the same moment; those are no error the next time.
            self._client.noop()
        else:
            raise refusal

    def _copy_and_expunge(self, uids: Sequence[int], folder: str) -> None:
        # Marked \Deleted means copied before a break: a second copy would be a second mail in the folder.
        copied_not = self._client.search(["UID", ",".join(map(str, uids)), "UNDELETED"])
        if copied_not:
            self._client.copy(copied_not, folder)
            self._client.add_flags(copied_not, [b"\\Deleted"], silent=True)
        # Without UIDPLUS only a plain EXPUNGE is left, and that would remove other people's mails too.
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)

    # Waiting

    def wait(self, seconds: float, bell: socket.socket) -> bool:
        """Sleep until the server reports mail (True), the bell rings or the seconds are over (False)."""
        until = time.monotonic() + seconds
        with self._told("waiting for mail"):
            idle = self._settings.watch == "idle" and self._client.has_capability("IDLE")
            sleep = self._idle if idle else self._poll
            while not self._news and time.monotonic() < until:
                if not sleep(until - time.monotonic(), bell):
                    break
            return self._news

    def _poll(self, seconds: float, bell: socket.socket) -> bool:
        """Sleep one interval and ask; False when the bell rang."""
        bell.settimeout(min(seconds, self._settings.poll_seconds))
        with contextlib.suppress(TimeoutError):
            bell.recv(4096)
            return False
        self._allow()
        self._client.noop()
        self._take_note()
        return True

    def _idle(self, seconds: float, bell: socket.socket) -> bool:
        """Idle until something is heard; False when the bell rang."""
        self._allow()
        self._client.begin_idle()
        self._take_note()
        rung = not self._news and self._listen(min(seconds, IDLE_SECONDS), bell)
        # DONE is also the proof that the other side still lives: after a FIN it raises, a poll would spin.
        self._client.idle_done()
        self._take_note()
        return not rung

    def _listen(self, seconds: float, bell: socket.socket) -> bool:
        if self._client.wire.holds_unread():
            return False
        _, rung = wait_for_either(self._client.wire.sock, bell, seconds)
        if rung:
            bell.recv(4096)
        # What was heard is read by idle_done, which waits for the rest of a line that came in two pieces.
        return rung

    # Ending

    def log_out(self) -> None:
        """Say goodbye if there is somebody to say it to."""
        if self._client is not None:
            with self._told("logging out"):
                self._client.logout()

    def hang_up(self) -> None:
        """Close the connection; in the thread that uses it."""
        client, self._client = self._client, None
        if client is not None:
            client.hang_up()

    def cut(self) -> None:
        """Make whatever the connection is doing fail now; from any thread."""
        client = self._client
        if client is not None:
            client.cut()

    # What every step shares

    @property
    def _name(self) -> str:
        return f"{self._settings.user} at {self._settings.host}:{self._settings.port}"

    def _allow(self, total: int = 0) -> None:
        # RFC822.SIZE is an estimate on some servers, hence twice the limit for one mail.
        self._client.wire.allow(2 * self._settings.size_limit + HEADER_CAP + total)

    @contextlib.contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        """Give every way a step may break the name a caller can act upon."""
        if self._client is None and doing != "connecting":
            raise ConnectionLost(f"{self._name}: not connected")
        if self._client is not None:
            self._allow()
        try:
            yield
            self._take_note()
        except MailboxError as trouble:
            if isinstance(trouble, ConnectionLost):
                self.hang_up()
            raise
        except ssl.SSLCertVerificationError as trouble:
            raise MailboxError(
                f"{self._name}: the server's certificate is not trusted ({trouble.verify_message}): check "
                "[mailbox] host, or name the certificate of your own authority in ca_file"
            ) from trouble
        except CapabilityError as trouble:
            cure = 'try [mailbox] security = "tls" and port = 993'
            raise MailboxError(f"{self._name}: {trouble}: {cure}") from trouble
        except (imaplib.IMAP4.abort, OSError, *GARBLED) as trouble:
            self.hang_up()
            raise ConnectionLost(f"{self._name}: the connection broke while {doing}: {trouble}") from trouble
        except imaplib.IMAP4.error as refusal:
            raise self._refusal(doing, refusal) from refusal

    def _refusal(self, doing: str, refusal: imaplib.IMAP4.error) -> MailboxError:
        what = f"{self._name}: the server refuses {doing}: {refusal}"
        if not NOT_NOW.search(str(refusal)):
            return MailboxError(f"{what}: check the folder and its rights in the mail program")
        self.hang_up()
        return ConnectionLost(what)

    def _take_note(self) -> None:
        """Read what the server reported by the way and forget it, or imaplib would keep it for ever."""
        reports = self._client.wire.untagged_responses
        self._news = self._news or "EXISTS" in reports
        uidvalidity = reports.get("UIDVALIDITY", [b""])[-1]
        reports.clear()
        if uidvalidity and int(uidvalidity) != self._uidvalidity:
            raise ConnectionLost(f"{self._name}: the folder was made anew (UIDVALIDITY): connect again")


def _fetched(one: Listed, raw: bytes | None) -> Taken:
    if raw is None:
        return Unreadable(one.uid, "the server gives nothing for it")
    return Fetched(one.uid, bytes(raw), len(raw), one.received)


def _pieces(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), UIDS_A_COMMAND):
        yield uids[start : start + UIDS_A_COMMAND]
