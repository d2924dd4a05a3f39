"""A stand-in for another system (1С:ДО, Directum): it starts cases by the API, is called back, and fetches results.

Everything is real but the system: HTTP both ways over loopback. Its check of signatures is written from the text of
Standard Webhooks 1.0.0 and shares no line with mailflow.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.loopback import LOOPBACK

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass(frozen=True)
class Called:
    """One call that arrived."""

    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


def genuine(called: Called, secret: str = SECRET, now: float | None = None) -> bool:
    """Check a call as its receiver must: the signature over id, time and body, and that it is not old."""
    at = called.headers["webhook-timestamp"]
    if abs((now if now is not None else time.time()) - int(at)) > 300:
        return False
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = b".".join((called.id.encode(), at.encode(), called.body))
    right = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return any(hmac.compare_digest(one, right) for one in called.headers["webhook-signature"].split(" "))


@dataclass
class Outside:
    """The other system: where it is called, what came, how it answers."""

    port: int = 0
    scheme: str = "http"
    answers: list[bytes] = field(default_factory=list)
    """What the next calls are answered with; then 204. Empty bytes: nothing at all is said."""
    calls: list[Called] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{LOOPBACK}:{self.port}/hook?from=mailflow"

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            body = await reader.readexactly(int(headers["content-length"]))
            self.calls.append(Called(head[0].split(" ")[1], headers, body))
            answer = self.answers.pop(0) if self.answers else b"HTTP/1.1 204 No Content\r\n\r\n"
            self.came.set()
            if not answer:
                await asyncio.sleep(30)
            writer.write(answer)
            await writer.drain()
        writer.close()

    async def until(self, what: str, seconds: float = 40) -> Called:
        """Wait for a call of that type; give it."""
        async with asyncio.timeout(seconds):
            while True:
                for called in self.calls:
                    if called.json["type"] == what:
                        return called
                self.came.clear()
                await self.came.wait()


@contextlib.asynccontextmanager
async def outside(trust: ssl.SSLContext | None = None) -> AsyncIterator[Outside]:
    """Let the other system listen on loopback."""
    it = Outside(scheme="https" if trust is not None else "http")
    server = await asyncio.start_server(it._one, LOOPBACK, 0, ssl=trust)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()


@dataclass(frozen=True)
class Client:
    """The other system as it calls mailflow, with the HTTP client of the standard library."""

    url: str
    key: str

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        """Make one call; give status and body."""
        return await asyncio.to_thread(self._ask, method, path, body, headers)

    async def json(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """Make one call that must succeed."""
        status, said = await self.ask(method, path, body, **headers)
        assert 200 <= status < 300, (status, said.decode())
        return json.loads(said)

    def _ask(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> tuple[int, bytes]:
        sent = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()
