"""The post goes out: one letter, one recipient, one outcome that says how far it got.

Owns: the kept connection, the phases of a delivery, the pace.
Refuses to know: what the letter says, whether and when it is tried again, what a refusal means for a case.
Rules: RFC 5321 (4.2.1 reply classes, 4.5.3.2 time-outs), RFC 1870 SIZE, RFC 3207 STARTTLS, RFC 6531 SMTPUTF8.
What may go wrong is the outcome, never an exception. The phase decides: before the final dot a broken
connection means "not sent", after it nobody knows, and saying either would be a lie.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol

from mailflow.edges import bearer
from mailflow.edges.signature import Signer
from mailflow.edges.tls import Security, check_security, trust
from mailflow.errors import SettingsError
from mailflow.killpoints import reached

PIECE = 64 * 1024
START_INPUT = 354
BARE_LINE_END = re.compile(rb"\r\n|\r|\n")
LEADING_DOT = re.compile(rb"(?m)^\.")
ADDRESS = re.compile(r"[^\s<>\"\x00-\x1f\x7f@]+@[^\s<>\"\x00-\x1f\x7f@]+")
# Answers about us, not about the letter: nobody's letter leaves until they are mended.
NEEDS_LOGIN = frozenset({530, 534, 535, 538})
# Gmail, Yandex and Mail.ru report their limits for a sender with these words, some of them as 550.
SENDER_LIMIT = re.compile(
    r"\b[45]\.4\.5\b|daily (?:user )?(?:sending|message) (?:quota|limit)|sending (?:rate|limit|quota)"
    r"|rate ?limit|too many (?:messages|mails|letters)",
    re.I,
)
TROUBLE = (aiosmtplib.SMTPException, OSError, EOFError)


@dataclass(frozen=True, slots=True)
class PostSettings:
    """Where the mail goes out; without `user` nobody logs in. SettingsError if the words clash."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    security: Security = "starttls"
    sender_domain: str = "localhost"
    per_minute: int = 0
    timeout: float = 60.0
    ca_file: str = ""
    # A server may take long over a letter it has taken whole: RFC 5321 4.5.3.2.6 asks for ten minutes.
    final_timeout: float = 600.0
    by: Literal["password", "token"] = "password"
    """What `password` is."""
    signer: Signer | None = None
    """Signs every letter on its way out; None where the server does."""

    def __post_init__(self) -> None:
        check_security("smtp", self.host, self.security)
        if not re.fullmatch(r"[!-~]+", self.sender_domain):
            raise SettingsError(f'[smtp] sender_domain = "{self.sender_domain}": write one as example.ru')


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server has taken the letter over; `reply` is its word for it."""

    reply: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not sent, may be tried again. `halts`: the reason lies with us, every letter would meet it too."""

    reason: str
    code: int = 0
    halts: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Not sent and not to be tried again as it is."""

    reason: str
    code: int = 0


@dataclass(frozen=True, slots=True)
class Unknown:
    """The letter was handed over whole and the answer is missing: it may or may not arrive."""

    reason: str


Outcome = Accepted | Deferred | Refused | Unknown


@dataclass(frozen=True, slots=True)
class _Letter:
    envelope_from: str
    to: str
    framed: bytes

    @property
    def needs_utf8(self) -> bool:
        return not (self.envelope_from + self.to).isascii()


class _Stale(Exception):
    """A kept connection turned out to be closed before anything was said on it."""


class Post:
    """Send letters one after another over a connection that is kept."""

    def __init__(self, settings: PostSettings) -> None:
        self._settings = settings
        self._trust = None if settings.security == "plain" else trust("smtp", settings.ca_file)
        self._client: aiosmtplib.SMTP | None = None
        self._lock = asyncio.Lock()
        self._not_before = 0.0
        self.password_refused = False
        """True where the server took neither user nor password when it was last tried."""

    async def send(self, envelope_from: str, to: str, content: bytes) -> Outcome:
        """Hand one letter to the server and say what became of it.

        Addresses are bare (`a@b`, or "" as the null sender). `content` goes out as it is, its line ends
        made CRLF and its dots stuffed. Calls are served one at a time, paced to `per_minute`. A cancelled
        call drops the connection: the letter is then in the state of an Unknown.
        """
        try:
            sender = _domain_in_ascii(envelope_from) if envelope_from else ""
            letter = _Letter(sender, _domain_in_ascii(to), framed(self._signed(content)))
        except ValueError as trouble:
            return Refused(f"{trouble}: not an address a letter can be sent to")
        async with self._lock:
            await self._keep_pace()
            try:
                return await self._send(letter)
            except _Stale:
                self._drop()
                return await self._send(letter)

    async def close(self) -> None:
        """Say goodbye and end the connection; the next `send` connects anew."""
        client, self._client = self._client, None
        if client is None:
            return
        with contextlib.suppress(*TROUBLE):
            if client.is_connected:
                await client.quit(timeout=2)
        client.close()

    def _signed(self, content: bytes) -> bytes:
        if self._settings.signer is None:
            return content
        return self._settings.signer.signed(BARE_LINE_END.sub(b"\r\n", content))

    async def _keep_pace(self) -> None:
        if not self._settings.per_minute:
            return
        await asyncio.sleep(self._not_before - time.monotonic())
        self._not_before = time.monotonic() + 60 / self._settings.per_minute

    async def _send(self, letter: _Letter) -> Outcome:
        kept = self._client is not None and self._client.is_connected
        try:
            client = await self._connected()
        except TROUBLE as trouble:
            self._drop()
            return self._not_connected(trouble)
        reached("letter.connected")
        try:
            return await self._through(client, letter, kept)
        except BaseException:
            # Cancelled half-way: the next letter must not read this one's answer.
            self._drop()
            raise

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user or None if settings.by == "password" else None,
            password=settings.password if settings.user and settings.by == "password" else None,
            local_hostname=settings.sender_domain,
            timeout=settings.timeout,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=self._trust,
        )
        await client.connect()
        await _greet(client)
        if settings.user and settings.by == "token":
            try:
                await bearer.smtp_log_in(client, settings.user, settings.password)
            except TROUBLE:
                client.close()
                raise
        self._client, self.password_refused = client, False
        return client

    def _not_connected(self, trouble: Exception) -> Deferred:
        place = f"{self._settings.host}:{self._settings.port}"
        certificate = _certificate_trouble(trouble)
        if certificate is not None:
            return Deferred(
                f"{place}: the server's certificate is not trusted ({certificate.verify_message}): check "
                "[smtp] host, or name the certificate of your own authority in ca_file",
                halts=True,
            )
        if isinstance(trouble, aiosmtplib.SMTPResponseException):
            return self._not_let_in(trouble, place)
        # A bare SMTPException says that STARTTLS or AUTH is not offered: waiting alone mends neither.
        halts = isinstance(trouble, aiosmtplib.SMTPException) and not isinstance(trouble, OSError)
        cure = ": check [smtp] security and port" if halts else ""
        return Deferred(f"{place}: no connection ({_first_line(str(trouble))}){cure}", halts=halts)

    def _not_let_in(self, answer: aiosmtplib.SMTPResponseException, place: str) -> Deferred:
        said = f"{answer.code} {_first_line(answer.message)}"
        what = "the server does not let us in"
        if isinstance(answer, aiosmtplib.SMTPAuthenticationError):
            self.password_refused = answer.code >= 500
            what = "user and password are refused, set [smtp] user and password"
            if self._settings.by == "token":
                what = f"the sign-in is refused, {bearer.TOKEN_CURE}"
        return Deferred(f"{place}: {what} ({said})", answer.code, halts=answer.code >= 500)

    async def _through(self, client: aiosmtplib.SMTP, letter: _Letter, kept: bool) -> Outcome:
        """Walk the phases: envelope, DATA, body, the answer after the dot."""
        if letter.needs_utf8 and not client.supports_extension("smtputf8"):
            return Refused(f"{letter.to}: the server takes no addresses outside ASCII")
        try:
            await self._envelope(client, letter)
        except aiosmtplib.SMTPResponseException as answer:
            if kept and answer.code == 421:
                raise _Stale from answer
            return await self._refused(client, answer) or Deferred(
                f"the server answers out of turn ({answer.code} {_first_line(answer.message)})"
            )
        except TROUBLE as trouble:
            if kept:
                raise _Stale from trouble
            self._drop()
            return Deferred(f"the connection broke before the letter was sent ({_first_line(str(trouble))})")
        return await self._body(client, letter.framed)

    async def _envelope(self, client: aiosmtplib.SMTP, letter: _Letter) -> None:
        encoding = "utf-8" if letter.needs_utf8 else "ascii"
        await client.mail(letter.envelope_from, options=_mail_options(client, letter), encoding=encoding)
        await client.rcpt(letter.to, encoding=encoding)
        answer = await client.execute_command(b"DATA")
        reached("letter.before_data")
        if answer.code != START_INPUT:
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)

    async def _body(self, client: aiosmtplib.SMTP, framed: bytes) -> Outcome:
        """Pour the body while listening: a server may refuse in the middle of it."""
        protocol = client.protocol
        if protocol is None:
            return Deferred("the connection broke before the letter was sent")
        hearing = asyncio.create_task(protocol.read_response(timeout=None))
        try:
            # Lets the listener take its place before there is anything to answer.
            await asyncio.sleep(0)
            whole = await self._pour(protocol, framed, hearing)
            reached("letter.poured")
            if not whole and not hearing.done():
                self._drop()
                return Deferred("the connection broke or stood still in the middle of the letter")
            return await self._heard(client, hearing, whole)
        finally:
            hearing.cancel()
            with contextlib.suppress(asyncio.CancelledError, *TROUBLE):
                await hearing

    async def _pour(self, protocol: SMTPProtocol, framed: bytes, hearing: asyncio.Task[Any]) -> bool:
        """Write all of `framed`; False if the final dot was never handed to the network."""
        for start in range(0, len(framed), PIECE):
            if hearing.done():
                return False
            try:
                protocol.write(framed[start : start + PIECE])
            except TROUBLE:
                return False
            try:
                await asyncio.wait_for(protocol._drain_helper(), self._settings.timeout)
            except TROUBLE:
                return start + PIECE >= len(framed)
        return True

    async def _heard(
        self, client: aiosmtplib.SMTP, hearing: asyncio.Task[aiosmtplib.SMTPResponse], whole: bool
    ) -> Outcome:
        """Wait for the answer to the body, of which `whole` says that the final dot left."""
        try:
            answer = await asyncio.wait_for(hearing, self._settings.final_timeout)
        except TROUBLE as trouble:
            self._drop()
            why = _first_line(str(trouble)) or "time-out"
            if whole:
                return Unknown(f"no answer to the whole letter that makes sense ({why})")
            return Deferred(f"the connection broke in the middle of the letter ({why})")
        reached("letter.after_data")
        if not whole:
            # The rest of the letter was never sent: nothing more can be said on this connection.
            self._drop()
        if whole and 200 <= answer.code < 300:
            return Accepted(f"{answer.code} {_first_line(answer.message)}")
        return await self._refused(client, answer) or Unknown(
            f"the server answers the letter with {answer.code} {_first_line(answer.message)}"
        )

    async def _refused(
        self, client: aiosmtplib.SMTP, answer: aiosmtplib.SMTPResponse | aiosmtplib.SMTPResponseException
    ) -> Deferred | Refused | None:
        refusal = _refusal(answer.code, answer.message)
        if refusal is None:
            # A server that answers out of turn cannot be believed about the next letter either.
            self._drop()
        else:
            await self._reset(client)
        return refusal

    async def _reset(self, client: aiosmtplib.SMTP) -> None:
        try:
            if client.is_connected:
                await client.rset()
        except TROUBLE:
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def framed(content: bytes) -> bytes:
    """Make CRLF line ends, stuff the dots and close with the dot of RFC 5321 4.1.1.4."""
    # Our own letters have CRLF already: three counts tell so in a hundredth of the time of rewriting every line.
    whole = content.count(b"\r\n")
    lines = content if whole == content.count(b"\n") == content.count(b"\r") else BARE_LINE_END.sub(b"\r\n", content)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    if lines.startswith(b".") or b"\n." in lines:
        lines = LEADING_DOT.sub(b"..", lines)
    return lines + b".\r\n"


async def _greet(client: aiosmtplib.SMTP) -> None:
    if not client.is_ehlo_or_helo_needed:
        return
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        await client.helo()


def _refusal(code: int, message: str) -> Deferred | Refused | None:
    """Say what a 4xx or 5xx means, in whatever phase it comes; None for any other answer."""
    said = f"{code} {_first_line(message)}"
    if code in NEEDS_LOGIN:
        return Deferred(f"the server asks for a login ({said}): set [smtp] user, password", code, halts=True)
    if 400 <= code < 600 and SENDER_LIMIT.search(message):
        return Deferred(f"the provider's limit for sending is reached ({said})", code, halts=True)
    if 400 <= code < 500:
        return Deferred(said, code)
    if 500 <= code < 600:
        return Refused(said, code)
    return None


def _mail_options(client: aiosmtplib.SMTP, letter: _Letter) -> Iterator[str]:
    if client.supports_extension("size"):
        yield f"SIZE={len(letter.framed) - 3}"
    if client.supports_extension("8bitmime") and not letter.framed.isascii():
        yield "BODY=8BITMIME"
    if letter.needs_utf8:
        yield "SMTPUTF8"


def _domain_in_ascii(address: str) -> str:
    """Write a Cyrillic domain as xn--; ValueError for what is no bare address."""
    if not ADDRESS.fullmatch(address):
        raise ValueError(repr(address[:200]))
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"


def _certificate_trouble(trouble: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while trouble is not None and not isinstance(trouble, ssl.SSLCertVerificationError):
        trouble = trouble.__cause__
    return trouble


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:200]
