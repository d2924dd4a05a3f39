"""A stand-in for a provider's authorization server: real HTTP on loopback, answers in a row, tokens Dovecot takes."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from tests.loopback import LOOPBACK

KEY = b"a key that only the provider and its servers have"
Reply = tuple[int, Any]


def web_token(user: str, seconds: int = 3600, key: bytes = KEY) -> str:
    """A JSON web token (RFC 7519) for that mailbox."""
    moment = int(time.time())
    said = {"sub": user, "iat": moment, "nbf": moment - 1, "exp": moment + seconds}
    parts = [_encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, said)]
    body = ".".join(parts)
    return f"{body}.{_encoded(hmac.digest(key, body.encode(), hashlib.sha256))}"


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class TokenServer:
    """What it will answer at /token and /device, in order; the last answer stays. What it was asked."""

    port: int = 0
    token: list[Reply] = field(default_factory=list)
    device: list[Reply] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    rotating: str = ""
    """With a user: it gives tokens for him, and takes each refresh token once."""
    good: str = "r0"
    seconds: int = 3600

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def answer(self, path: str, form: dict[str, str]) -> Reply:
        self.asked.append((path, form))
        if path == "/token" and self.rotating and form["grant_type"] == "refresh_token":
            return self._turned(form["refresh_token"])
        row = self.token if path == "/token" else self.device
        return row.pop(0) if len(row) > 1 else row[0]

    def _turned(self, refresh: str) -> Reply:
        if refresh != self.good:
            return 400, {"error": "invalid_grant", "error_description": "AADSTS70000: used before"}
        self.good = f"r{int(self.good[1:]) + 1}"
        return 200, granted(web_token(self.rotating), self.good, self.seconds)


def granted(access: str, refresh: str = "", seconds: int = 3600) -> dict[str, object]:
    said: dict[str, object] = {"access_token": access, "token_type": "Bearer", "expires_in": seconds}
    return said | ({"refresh_token": refresh} if refresh else {})


@contextlib.contextmanager
def token_server() -> Iterator[TokenServer]:
    provider = TokenServer()

    class Window(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(raw).items()}
            status, said = provider.answer(self.path, form)
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{provider.url}/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((LOOPBACK, 0), Window)
    provider.port = server.server_port
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    serving.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
