"""The web part: HTTP in, calls of the desk, pages out.

Owns: routes, headers, limits, cookies. Refuses to know: what a press does; whoever is given as `desk`
says so. GET, HEAD and OPTIONS write nothing on any route; there is no redirect, no script, no resource
of anybody else, and no token in a log.

Rules: RFC 9110 (safe methods), RFC 6265 (cookies), RFC 6266 (file names), CSP level 3.
What may go wrong: the port is taken (SettingsError at the start); the store is away: the page says that
nothing was recorded, with 503.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from mailflow import log
from mailflow.core.pages import Already, Forged, Form, Looked, Press, Pressed, Recorded, Served
from mailflow.core.pressing import BROWSER_LIFE
from mailflow.edges.web_forms import MOST_BYTES, from_elsewhere, read_form
from mailflow.edges.web_pages import Pages, Shown
from mailflow.edges.web_sockets import PATIENCE, Server, bound, server

COOKIE = "mailflow_browser"
BODY_SECONDS = 10.0
ANSWER_SECONDS = 60.0
MOST_HEADERS = 64
MOST_HEADER_BYTES = 16 * 1024
FORGED_SECONDS = 0.03
"""An answer to a link that is not ours takes this long, whatever was wrong with it."""
PLAIN_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""Files sent as what they are; every other goes as mere bytes."""


class WebSettings(Protocol):
    """Where the pages are reached (`url`) and where they listen."""

    @property
    def url(self) -> str: ...
    @property
    def listen(self) -> str: ...
    @property
    def port(self) -> int: ...


class Desk(Protocol):
    """Whoever answers links; only `press` and `send_code` write."""

    async def look(self, text: str, cookie: str, now: datetime) -> Looked: ...
    async def press(self, press: Press, now: datetime) -> Pressed: ...
    async def send_code(self, press: Press, now: datetime) -> Pressed: ...
    async def file(self, text: str, place: int, now: datetime) -> Served | Forged: ...


Clock = Callable[[], datetime]
Answering = Callable[[Press, datetime], Awaitable[Pressed]]


class Web:
    """The pages of one site, served until closed. `clock` tells the time to everything behind them."""

    def __init__(
        self,
        settings: WebSettings,
        desk: Desk,
        templates: Path,
        clock: Clock = lambda: datetime.now(UTC),
        patience: float = PATIENCE,
    ) -> None:
        self._settings = settings
        self._pages = Pages(templates)
        self._routes = _Routes(settings.url, desk, self._pages, clock)
        self._patience = patience
        self._server: Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self.port = settings.port
        """Where it listens: known once `listening` is set, also where 0 was asked for."""
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Serve until `close` or cancellation; requests under way are finished in order."""
        listener = bound(self._settings.listen, self._settings.port)
        self.port = listener.getsockname()[1]
        self._server = server(self._routes.app(), headers(self._pages.style_source), self._patience)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        log.page_serves(f"{self._settings.url} at {self._settings.listen}:{self.port}")
        self.listening.set()
        try:
            await asyncio.shield(self._serving)
        except asyncio.CancelledError:
            await self.close()
            raise
        finally:
            self.listening.clear()
            listener.close()

    async def close(self) -> None:
        """Take no more connections, finish what is under way, and let `run` return."""
        if self._server is None or self._serving is None:
            return
        self._server.should_exit = True
        await asyncio.wait([self._serving])


def headers(style: str) -> list[tuple[str, str]]:
    """Give the headers of every answer, the refusals of the server itself included."""
    policy = f"default-src 'none'; style-src {style}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    return [
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
        ("X-Robots-Tag", "noindex"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", policy),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]


class _Routes:
    """What each address does."""

    def __init__(self, url: str, desk: Desk, pages: Pages, clock: Clock) -> None:
        self._url = url
        self._prefix = urlsplit(url).path.rstrip("/")
        self._secure = urlsplit(url).scheme == "https"
        self._desk = desk
        self._pages = pages
        self._clock = clock

    def app(self) -> Starlette:
        """Give the ASGI application."""
        routes = [
            Route("/healthz", self._guarded(self._healthy), methods=["GET"]),
            Route("/d/{token}", self._guarded(self._look), methods=["GET"]),
            Route("/d/{token}", self._guarded(self._press), methods=["POST"]),
            Route("/d/{token}/code", self._guarded(self._send_code), methods=["POST"]),
            Route("/d/{token}/file/{place}", self._guarded(self._file), methods=["GET"]),
        ]
        app = Starlette(routes=routes, exception_handlers={HTTPException: self._nowhere})
        app.router.redirect_slashes = False
        return app

    def _guarded(self, route: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Let no request be endless and no error be silent or told to the reader."""

        async def guarded(request: Request) -> Response:
            if _too_many_headers(request):
                return _html(self._pages.refused(431))
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await route(request)
            except ClientDisconnect:
                return _html(self._pages.refused())
            except TimeoutError:
                return _closing(_html(self._pages.refused(408)))
            except Exception as wrong:
                log.broken("web", repr(wrong))
                return _html(self._pages.trouble())

        return guarded

    async def _healthy(self, request: Request) -> Response:
        return PlainTextResponse("ok")

    async def _look(self, request: Request) -> Response:
        started = time.monotonic()
        text = request.path_params["token"]
        outcome = await self._desk.look(text, request.cookies.get(COOKIE, ""), self._clock())
        chosen = request.query_params.getlist("choice")
        choice = chosen[0] if len(chosen) == 1 else ""
        return await self._told(outcome, text, choice, started)

    async def _press(self, request: Request) -> Response:
        return await self._sent(request, self._desk.press)

    async def _send_code(self, request: Request) -> Response:
        return await self._sent(request, self._desk.send_code)

    async def _sent(self, request: Request, answer: Answering) -> Response:
        started = time.monotonic()
        if from_elsewhere(request.headers, self._url):
            return _html(self._pages.refused(403))
        form = await _form(request)
        if isinstance(form, int):
            return _closing(_html(self._pages.refused(form)))
        text = request.path_params["token"]
        cookie, agent = request.cookies.get(COOKIE, ""), request.headers.get("user-agent", "")
        outcome = await answer(Press(text, form, cookie, agent), self._clock())
        return await self._told(outcome, text, "", started)

    async def _file(self, request: Request) -> Response:
        started = time.monotonic()
        text, place = request.path_params["token"], request.path_params["place"]
        number = int(place) if place.isascii() and place.isdecimal() and len(place) <= 4 else 0
        served = await self._desk.file(text, number, self._clock())
        if isinstance(served, Forged):
            return await self._told(served, text, "", started)
        kind = served.file.content_type if served.file.content_type in PLAIN_TYPES else "application/octet-stream"
        return Response(served.content, media_type=kind, headers={"Content-Disposition": _attachment(served.file.name)})

    async def _told(self, outcome: Looked | Pressed, text: str, choice: str, started: float) -> Response:
        if isinstance(outcome, Forged):
            await asyncio.sleep(max(0.0, started + FORGED_SECONDS - time.monotonic()))
        response = _html(self._pages.shown(outcome, f"{self._prefix}/d/{quote(text, safe='')}", choice))
        if isinstance(outcome, Recorded | Already) and outcome.browser is not None:
            response.set_cookie(
                COOKIE,
                outcome.browser.text,
                max_age=int(BROWSER_LIFE.total_seconds()),
                path=f"{self._prefix}/d",
                secure=self._secure,
                httponly=True,
                samesite="lax",
            )
        return response

    async def _nowhere(self, request: Request, error: Exception) -> Response:
        """A route that does not exist looks like a link that does not; a wrong method says so."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        if status == 404:
            await asyncio.sleep(FORGED_SECONDS)
        response = _html(self._pages.forged(status))
        if isinstance(error, HTTPException) and error.headers and "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response


async def _form(request: Request) -> Form | int:
    """Read the body as our form; the status to refuse it with otherwise."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    return 413
    except TimeoutError:
        return 408
    form = read_form(bytes(body), request.headers.get("content-type", ""))
    return 400 if form is None else form


def _html(shown: Shown) -> Response:
    return HTMLResponse(shown.html, status_code=shown.status)


def _closing(response: Response) -> Response:
    response.headers["Connection"] = "close"
    return response


def _too_many_headers(request: Request) -> bool:
    raw = request.scope["headers"]
    size = sum(len(name) + len(value) for name, value in raw)
    return len(raw) > MOST_HEADERS or size > MOST_HEADER_BYTES


def _attachment(name: str) -> str:
    """Name a file to be saved and never opened in place (RFC 6266): an ASCII name and the true one."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\/%;' else "_" for c in name)
    whole = "".join(c if c.isprintable() and c not in "/\\" else "_" for c in name)
    return f"attachment; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(whole or 'file', safe='')}"
