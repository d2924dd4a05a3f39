"""The post looked at without sending anything: can we log in, and would our letters be taken.

Owns: the questions `mailflow check` asks an SMTP server. Refuses to know: letters.
Rules: RFC 5321 (a transaction without DATA, ended by RSET, sends nothing), RFC 1870 SIZE, RFC 6152 8BITMIME,
RFC 6531 SMTPUTF8. What may go wrong becomes a `Bad` with its cure.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import aiosmtplib

from mailflow.core.verdict import Bad, Good, Unsure, Verdict
from mailflow.edges import bearer
from mailflow.edges.dialing import Place, encryption, no_starttls, trouble
from mailflow.edges.smtp import PostSettings
from mailflow.edges.tls import trust

SECTION = "[smtp]"
PORTS = (465, 587)
CONNECT_SECONDS = 10.0
TROUBLE = (aiosmtplib.SMTPException, OSError, UnicodeError)
MB = 1024 * 1024
SMALL = 10 * MB
"""A letter with an invoice and a sheet fits below."""


async def examined(
    settings: PostSettings, address: str, now: datetime, seconds: float = CONNECT_SECONDS
) -> AsyncIterator[Verdict]:
    """Connect, log in, and ask whether `address` may send; nothing is sent."""
    place = Place(SECTION, settings.host, settings.port, settings.security, PORTS)
    client = _client(settings, seconds)
    try:
        wrong = await _connect(client, place, settings)
        if wrong is not None:
            yield wrong
            return
        yield _encryption(client, place, now)
        wrong = await _log_in(client, place, settings)
        yield wrong or _logged_in(place, settings)
        if wrong is None:
            for verdict in _abilities(client):
                yield verdict
            yield await _may_send(client, settings, address)
    except TROUBLE as error:
        yield trouble(place, error)
    finally:
        with contextlib.suppress(*TROUBLE):
            if client.is_connected:
                await client.quit(timeout=2)
        client.close()


def _client(settings: PostSettings, seconds: float) -> aiosmtplib.SMTP:
    """Make a client that neither logs in nor asks for STARTTLS by itself: each step has its own sentence."""
    return aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        local_hostname=settings.sender_domain,
        timeout=seconds,
        use_tls=settings.security == "tls",
        start_tls=False,
        tls_context=None if settings.security == "plain" else trust("smtp", settings.ca_file),
    )


async def _connect(client: aiosmtplib.SMTP, place: Place, settings: PostSettings) -> Bad | None:
    try:
        await client.connect()
        await client.ehlo()
        if settings.security == "starttls":
            if not client.supports_extension("starttls"):
                return no_starttls(place)
            await client.starttls()
            await client.ehlo()
    except aiosmtplib.SMTPResponseException as answer:
        return Bad(
            f"{place}: the server does not let us in ({_said(answer)})", "ask whoever runs it to allow this machine"
        )
    return None


def _encryption(client: aiosmtplib.SMTP, place: Place, now: datetime) -> Verdict:
    secure = client.transport.get_extra_info("ssl_object") if client.transport is not None else None
    if not isinstance(secure, ssl.SSLObject | ssl.SSLSocket):
        return encryption(place, None, None, now)
    return encryption(place, secure.getpeercert(), secure.version(), now)


async def _log_in(client: aiosmtplib.SMTP, place: Place, settings: PostSettings) -> Bad | None:
    if not settings.user:
        return None
    if not client.supports_extension("auth"):
        return Bad(
            f"{place}: the server offers no log-in on this port",
            f"correct {SECTION} port and security, or leave user out where the server needs none",
        )
    try:
        if settings.by == "token":
            await bearer.smtp_log_in(client, settings.user, settings.password)
        else:
            await client.login(settings.user, settings.password)
    except aiosmtplib.SMTPResponseException as answer:
        return _not_let_in(place, settings, answer)
    return None


def _not_let_in(place: Place, settings: PostSettings, answer: aiosmtplib.SMTPResponseException) -> Bad:
    if answer.code < 500:
        return Bad(f"{place}: the server can log nobody in now ({_said(answer)})", "try again later")
    if settings.by == "token":
        return Bad(f"{place}: the sign-in of {settings.user} is refused ({_said(answer)})", bearer.TOKEN_CURE)
    return Bad(
        f"{place}: wrong user or password for {settings.user} ({_said(answer)})",
        f"correct {SECTION} user and the password; some providers want an application password",
    )


def _logged_in(place: Place, settings: PostSettings) -> Good:
    return Good(f"SMTP log-in as {settings.user}" if settings.user else f"{place}: SMTP without a log-in")


def _abilities(client: aiosmtplib.SMTP) -> Iterator[Verdict]:
    yield _size(client.esmtp_extensions.get("size", ""))
    if client.supports_extension("8bitmime"):
        yield Good("8BITMIME: letters go out as they are")
    else:
        yield Unsure("the server knows no 8BITMIME", "it may change letters on their way; the words stay the same")
    if client.supports_extension("smtputf8"):
        yield Good("SMTPUTF8: addresses in any script")
    else:
        yield Unsure(
            "the server knows no SMTPUTF8", "nobody with Cyrillic letters before the @ of his address is reached"
        )


def _size(said: str) -> Verdict:
    limit = int(said.split()[0]) if said.split() and said.split()[0].isdecimal() else 0
    if not limit:
        return Good("the server names no limit for the size of a letter")
    what = f"letters of up to {limit / MB:.0f} MB are taken"
    if limit < SMALL:
        return Unsure(what, "a letter with a scanned document may be larger and would be refused")
    return Good(what)


async def _may_send(client: aiosmtplib.SMTP, settings: PostSettings, address: str) -> Verdict:
    """Begin a letter from our address to ourselves and take it back: many servers judge the sender at RCPT only."""
    answer = await _refusal(client, _domain_in_ascii(address))
    if answer is None:
        return Good(f"{address} may be used as sender (asked without sending)")
    who = f"the user {settings.user}" if settings.user else "this machine"
    return Bad(
        f"{address} may not be used as sender ({_said(answer)})",
        f"let {who} send as {address} on the server, or correct [mailbox] address",
    )


async def _refusal(client: aiosmtplib.SMTP, address: str) -> aiosmtplib.SMTPResponseException | None:
    try:
        await client.mail(address)
        await client.rcpt(address)
    except aiosmtplib.SMTPResponseException as answer:
        return answer
    finally:
        with contextlib.suppress(*TROUBLE):
            await client.rset()
    return None


def _said(answer: aiosmtplib.SMTPResponseException) -> str:
    line = answer.message.strip().partition("\n")[0]
    return f"{answer.code} " + "".join(c for c in line if c.isprintable())[:200]


def _domain_in_ascii(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
