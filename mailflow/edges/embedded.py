"""A mail world of its own on loopback, for the demo and the tests: IMAP mailboxes, MX and submission.

Owns: the mailboxes (in memory, gone with the process) and the stamps a receiving server writes.
Refuses to know: mailflow. It is the mail provider; what it stamps is believed by the profile `embedded`.
Rules: RFC 8601 5 (a server removes Authentication-Results that claim its own id), RFC 5321 4.4 (trace).
A person who logged in is the author if the From says so too; everybody else is a stranger, and one who
claims to be of our own domain is a forger.
What may go wrong: pymap or aiosmtpd is not installed (SettingsError).
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import secrets
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import format_datetime, getaddresses
from typing import TYPE_CHECKING, Any

from mailflow.errors import SettingsError

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
    from pymap.backend.dict.mailbox import MailboxData, MailboxSet

LOOPBACK = "127.0.0.1"
SIZE_LIMIT = 50 * 1024 * 1024
# Ours to set, nobody else's: taken from what comes from outside.
OWN_HEADERS = b"x-mailflow-"
DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
SAFE_WORD = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
SAFE_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f<>()]+@[^\s\x00-\x1f\x7f<>()]+")


@dataclass(frozen=True, slots=True)
class _Arrival:
    """One letter as it was handed in; `author` is who logged in, "" for mail from outside."""

    author: str
    sender: str
    greeted_as: str
    content: bytes


class MailWorld:
    """One domain with its mailboxes; everything sent elsewhere is kept in `outside` as (from, to, bytes)."""

    def __init__(self, domain: str, mailboxes: Mapping[str, str], authserv_id: str = "") -> None:
        self.domain = domain.lower()
        self.authserv_id = authserv_id or f"mx.{self.domain}"
        self.outside: list[tuple[str, str, bytes]] = []
        self.imap_port = 0
        self.smtp_port = 0
        self._passwords = {address.lower(): password for address, password in mailboxes.items()}
        self._folders: dict[str, MailboxSet] = {}
        self._servers: list[asyncio.Server] = []
        self._talks: set[asyncio.Task[None]] = set()
        self._lines: list[SMTP] = []

    async def start(self) -> None:
        """Open the mailboxes and listen on two free ports of 127.0.0.1."""
        try:
            imap = await self._imap_server()
            smtp = await self._smtp_server()
        except ImportError as missing:
            raise SettingsError(
                f"the demo's mail servers are not installed ({missing.name}): pip install 'mailflow[demo]'"
            ) from missing
        self._servers = [imap, smtp]
        self.imap_port, self.smtp_port = (server.sockets[0].getsockname()[1] for server in self._servers)

    async def stop(self) -> None:
        """Hang up on everybody and stop listening; the mailboxes can still be looked into."""
        for server in self._servers:
            server.close()
        for line in self._lines:
            if line.transport is not None:
                line.transport.abort()  # type: ignore[attr-defined]
        talks = list(self._talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0)
        self._servers, self._lines = [], []

    async def messages(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """Give the mails of a folder in the order of arrival; a folder that is not there is empty."""
        try:
            mailbox = await self._folders[address.lower()].get_mailbox(folder)
        except KeyError:
            return []
        return [bytes(mail._content or b"") async for mail in mailbox.messages()]

    async def deliver(self, address: str, raw: bytes) -> None:
        """Lay `raw` into somebody's INBOX as it is, unstamped."""
        from pymap.parsing.message import AppendMessage

        inbox: MailboxData = await self._folders[address.lower()].get_mailbox("INBOX")
        mail = await inbox.append(AppendMessage(raw, datetime.now(UTC), frozenset()), recent=True)
        if mail._content is not None:
            # pymap loses the last byte of a mail that has headers and no empty line.
            mail._content._raw = memoryview(raw)

    # IMAP

    async def _imap_server(self) -> asyncio.Server:
        from proxyprotocol.sock import SocketInfo
        from pymap.backend.dict import Config, Login
        from pymap.backend.dict.filter import FilterSet
        from pymap.backend.dict.mailbox import MailboxSet
        from pymap.concurrent import Subsystem
        from pymap.imap import IMAPServer
        from pymap.user import UserMetadata
        from pysasl.hashing import Cleartext

        # Passwords of a demo, in memory only: hashing them would cost every login 0.2 s.
        config = Config(
            Namespace(proxy_protocol=None),
            demo_data=False,
            demo_user="",
            demo_password="",
            host=LOOPBACK,
            port=0,
            tls_enabled=False,
            reject_dnsbl=False,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
        )
        login = Login(config)
        for address, password in self._passwords.items():
            login.users_dict[address] = UserMetadata(config, address, password=password)
            self._folders[address] = MailboxSet()
            config.set_cache[address] = (self._folders[address], FilterSet())
        server = IMAPServer(login, config)

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._talks.add(task)
            task.add_done_callback(self._talks.discard)
            await server(reader, writer, SocketInfo.get(writer, None, unique_id=secrets.token_bytes(16)))

        return await asyncio.start_server(talk, LOOPBACK, 0)

    # SMTP

    async def _smtp_server(self) -> asyncio.Server:
        from aiosmtpd.smtp import SMTP

        # It warns about its own deprecated attributes at every login.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        # A demo's letters may have longer lines than RFC 5321 allows; a provider would take them too.
        line_type = type("Line", (SMTP,), {"line_length_limit": 1024 * 1024})

        def line() -> SMTP:
            made: SMTP = line_type(
                self,
                loop=asyncio.get_running_loop(),
                hostname=self.authserv_id,
                data_size_limit=SIZE_LIMIT,
                enable_SMTPUTF8=True,
                auth_require_tls=False,
                authenticator=self._let_in,
            )
            self._lines = [kept for kept in self._lines if kept.transport is not None]
            self._lines.append(made)
            return made

        return await asyncio.get_running_loop().create_server(line, LOOPBACK, 0)

    def _let_in(self, _: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        from aiosmtpd.smtp import AuthResult, LoginPassword

        # handled=False, or aiosmtpd leaves a failed login without an answer.
        if not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        address = given.login.decode("utf-8", "replace").lower()
        known = self._passwords.get(address, secrets.token_hex())
        right = hmac.compare_digest(known.encode(), given.password)
        return AuthResult(success=right, handled=False, auth_data=address)

    async def handle_RCPT(self, _: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        """Take recipients elsewhere and known ones here; aiosmtpd calls this by its name."""
        if not SAFE_ADDRESS.fullmatch(address):
            return "553 5.1.3 no such address can be"
        if self._is_ours(address) and self._mailbox_of(address) not in self._passwords:
            return f"550 5.1.1 <{address}>: nobody here by that name"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:
        """Stamp and deliver; aiosmtpd calls this by its name."""
        content = envelope.content
        assert isinstance(content, bytes)
        author = str(session.auth_data) if session.authenticated else ""
        # The null sender comes as <>; a line end within an address would forge the stamps.
        told = envelope.mail_from or ""
        sender = told if SAFE_ADDRESS.fullmatch(told) else ""
        arrival = _Arrival(author, sender, session.host_name or "", content)
        for address in envelope.rcpt_tos:
            if self._is_ours(address):
                await self.deliver(self._mailbox_of(address), self._stamped(arrival, address))
            else:
                self.outside.append((sender, address, content))
        return "250 2.0.0 Ok: delivered"

    def _is_ours(self, address: str) -> bool:
        return address.rpartition("@")[2].lower() == self.domain

    def _mailbox_of(self, address: str) -> str:
        local, _, domain = address.lower().rpartition("@")
        return f"{local.partition('+')[0]}@{domain}"

    # Stamps

    def _stamped(self, arrival: _Arrival, address: str) -> bytes:
        greeted = arrival.greeted_as if SAFE_WORD.fullmatch(arrival.greeted_as) else "unknown"
        login = f" (Authenticated sender: {arrival.author})" if arrival.author else ""
        stamps = (
            f"Return-Path: <{arrival.sender}>\r\n"
            f"Delivered-To: {address}\r\n"
            f"Authentication-Results: {self.authserv_id}; {self._verdict(arrival)}\r\n"
            f"Received: from {greeted} ([{LOOPBACK}]){login}\r\n"
            f"\tby {self.authserv_id} with ESMTP{'A' if login else ''} id {secrets.token_hex(6)}\r\n"
            f"\tfor <{address}>; {format_datetime(datetime.now(UTC))}\r\n"
        )
        return stamps.encode("utf-8", "surrogateescape") + self._without_forged_stamps(arrival)

    def _verdict(self, arrival: _Arrival) -> str:
        login = f"auth=pass smtp.auth={arrival.author}" if arrival.author else "spf=none"
        written_by = _only_address(arrival.content, "From")
        domain = written_by.rpartition("@")[2]
        if not DOMAIN.fullmatch(domain):
            return f"{login}; dmarc=fail"
        if arrival.author and written_by != arrival.author:
            # An assistant says in Sender who she is: her mail proves nothing about From, and forges nothing.
            is_assistants = domain == self.domain and _only_address(arrival.content, "Sender") == arrival.author
            result = "none" if is_assistants else "fail"
        elif arrival.author:
            result = "pass"
        else:
            result = "fail" if domain == self.domain else "none"
        return f"{login}; dmarc={result} header.from={domain}"

    def _without_forged_stamps(self, arrival: _Arrival) -> bytes:
        own_id = self.authserv_id.encode().lower()
        headers, body = _split(arrival.content)
        kept = []
        for header in _fields(headers):
            name, _, value = header.partition(b":")
            name = name.strip().lower()
            if name == b"authentication-results" and own_id in value.partition(b";")[0].lower():
                continue
            if name.startswith(OWN_HEADERS) and not arrival.author:
                continue
            kept.append(header)
        return b"".join(kept) + body


def _only_address(content: bytes, header: str) -> str:
    """The one address of the one From or Sender, lower-cased; "" if there are none or several."""
    headers, _ = _split(content)
    values = [str(value) for value in BytesHeaderParser().parsebytes(headers).get_all(header, [])]
    addresses = getaddresses(values)
    if len(values) != 1 or len(addresses) != 1:
        return ""
    local, _, domain = addresses[0][1].lower().rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return ""


def _split(content: bytes) -> tuple[bytes, bytes]:
    """Cut before the empty line that ends the headers, whatever line ends the letter uses."""
    if content[:1] in (b" ", b"\t"):
        # Such a line would be read as the end of our own Received: it is no header, so there are none.
        return b"", b"\r\n" + content
    size = 0
    for line in content.splitlines(keepends=True):
        if not line.strip(b"\r\n"):
            break
        size += len(line)
    return content[:size], content[size:]


def _fields(headers: bytes) -> Iterator[bytes]:
    """Give each header field with its folded lines."""
    field = b""
    for line in headers.splitlines(keepends=True):
        if field and line[:1] not in (b" ", b"\t"):
            yield field
            field = b""
        field += line
    if field:
        yield field
