"""Calls to other systems: one signed POST over a connection of its own, and what came of it as a value.

Owns: the signature (Standard Webhooks 1.0.0), where a connection may lead, time and size limits. Refuses to know: what
a call says, when it is tried again. A name is looked up once and the connection goes to the very address that was
judged, so that a name that changes its address in between leads nowhere else. Addresses of the inner network are
refused unless the settings allow them, redirects are not followed, of an answer only the status counts.

Rules: RFC 9110, RFC 9112 (h11 reads them), RFC 6890 (addresses of special purpose).
What may go wrong: everything on the way; all of it is tried again, but for 410, which means: never more.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import h11

from mailflow import __version__
from mailflow.edges.smtp import Accepted, Deferred, Outcome, Refused
from mailflow.edges.tls import is_this_machine
from mailflow.errors import SettingsError

SECONDS = 15.0
"""For everything: the name, the connection, the answer."""
MOST_HEAD = 16 * 1024
MOST_ANSWER = 64 * 1024
"""Bytes of an answer that are read; what is left of it is dropped with the connection."""
SECRET = "whsec_"
WEBHOOKS = "[[webhooks]]"
LEAST_SECRET, MOST_SECRET = 24, 64
"""Bytes, as Standard Webhooks has them."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
"""All of IPv6 that lies in the open net (IANA); outside it an address may be an inner one in an old or local form."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Line:
    """One endpoint as it is called. `secret`: the bytes behind `whsec_`; `inner`: it may lie in the inner network."""

    url: str
    secret: bytes
    inner: bool
    trust: ssl.SSLContext


class ForbiddenAddress(OSError):
    """The name leads to no address that may be called."""


def read_secret(text: str) -> bytes:
    """Give the bytes behind `whsec_`; SettingsError for anything else, which is not repeated there."""
    try:
        secret = base64.b64decode(text.removeprefix(SECRET), validate=True)
    except ValueError:
        secret = b""
    if not text.startswith(SECRET) or not LEAST_SECRET <= len(secret) <= MOST_SECRET:
        raise SettingsError(
            f"{WEBHOOKS} secret: this is none: write {SECRET} and {LEAST_SECRET} to {MOST_SECRET} bytes in base64"
        )
    return secret


async def call(line: Line, name: str, body: bytes, now: datetime, seconds: float = SECONDS) -> Outcome:
    """Make one call, signed for this moment; `name` is the call's own for ever."""
    try:
        async with asyncio.timeout(seconds):
            return judged(await _posted(line, _request(line, name, body, now), body))
    except TimeoutError:
        return Deferred(f"no answer within {seconds:.0f} s")
    except (OSError, ssl.SSLError, h11.ProtocolError, UnicodeError, asyncio.IncompleteReadError) as wrong:
        return Deferred(" ".join(str(wrong).split())[:300] or type(wrong).__name__)


def signature(secret: bytes, name: str, at: int, body: bytes) -> str:
    """Sign a call as Standard Webhooks says: over its id, its time in seconds and its body."""
    signed = f"{name}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def judged(status: int) -> Outcome:
    """Say what a status means: 2xx took it, 410 wants nothing more, anything else is tried again."""
    if 200 <= status < 300:
        return Accepted(str(status))
    if status == 410:
        return Refused("410: the endpoint wants no more calls")
    return Deferred(f"{status}: redirects are not followed" if 300 <= status < 400 else str(status), status)


def allowed(found: Sequence[str], inner: bool) -> str:
    """Give the first of these addresses that may be called; ForbiddenAddress where none may."""
    for text in found:
        if inner or _outside(ipaddress.ip_address(text)):
            return text
    raise ForbiddenAddress(f"{', '.join(found[:3]) or 'nothing'}: an address of the inner network is not called")


def _outside(address: Address) -> bool:
    """Say whether the address is one of the open net, also under the mask of another form."""
    if isinstance(address, ipaddress.IPv6Address):
        masked = address.ipv4_mapped or address.sixtofour
        if masked is None and address in _NAT64:
            masked = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if masked is not None:
            return _outside(masked)
        if address not in _GIVEN_OUT:
            return False
    return address.is_global and not address.is_multicast


def _request(line: Line, name: str, body: bytes, now: datetime) -> h11.Request:
    parts, at = urlsplit(line.url), int(now.timestamp())
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers: Mapping[str, str] = {
        "Host": parts.netloc.rpartition("@")[2],
        "User-Agent": f"mailflow/{__version__}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(line.secret, name, at, body),
    }
    return h11.Request(method="POST", target=target, headers=list(headers.items()))


async def _posted(line: Line, request: h11.Request, body: bytes) -> int:
    """Send it and give the status of the answer."""
    reader, writer = await _connected(line)
    wire = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEAD)
    try:
        for event in (request, h11.Data(data=body), h11.EndOfMessage()):
            writer.write(wire.send(event) or b"")
        await writer.drain()
        return await _answer(wire, reader)
    finally:
        writer.transport.abort()


async def _answer(wire: h11.Connection, reader: asyncio.StreamReader) -> int:
    taken = 0
    while taken <= MOST_ANSWER:
        event = wire.next_event()
        if isinstance(event, h11.Response):
            return event.status_code
        if event is h11.NEED_DATA:
            data = await reader.read(4096)
            taken += len(data)
            wire.receive_data(data)
    raise h11.RemoteProtocolError("the answer has no end")


async def _connected(line: Line) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the address that was judged, and to no other."""
    parts = urlsplit(line.url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A loopback address written in the settings is meant; one that a name leads to is not.
    address = allowed([str(one[4][0]) for one in found], line.inner or is_this_machine(host))
    more = {"ssl": line.trust, "server_hostname": host} if secure else {}
    return await asyncio.open_connection(address, port, **more)  # type: ignore[arg-type]
