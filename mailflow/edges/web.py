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
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mailflow import log
from mailflow.core.pages import Already, Forged, Looked, Press, Pressed, Recorded
from mailflow.core.pressing import BROWSER_LIFE
from mailflow.core.sight import PAGES
from mailflow.core.visits import Visitor
from mailflow.edges.api import Api
from mailflow.edges.api_operations import ROOT
from mailflow.edges.web_answers import body_of, closing, download, html, too_many_headers
from mailflow.edges.web_cabinet import CabinetRooms
from mailflow.edges.web_calls import Desk, Hall
from mailflow.edges.web_forms import from_elsewhere, read_form
from mailflow.edges.web_own import OwnRooms
from mailflow.edges.web_pages import Pages
from mailflow.edges.web_rooms import SESSION, Rooms
from mailflow.edges.web_shell import Clock, Door, Shell
from mailflow.edges.web_sockets import PATIENCE, Listener, Server, server

COOKIE = "mailflow_browser"
ANSWER_SECONDS = 60.0
FORGED_SECONDS = 0.03
"""An answer to a link that is not ours takes this long, whatever was wrong with it."""


class WebSettings(Protocol):
    """Where the pages are reached (`url`) and where they listen."""

    @property
    def url(self) -> str: ...
    @property
    def listen(self) -> str: ...
    @property
    def port(self) -> int: ...


Answering = Callable[[Press, datetime], Awaitable[Pressed]]


class Web(Listener):
    """The pages of one site, served until closed. `clock` tells the time to everything behind them."""

    section = "web"

    def __init__(
        self,
        settings: WebSettings,
        desk: Desk,
        hall: Hall,
        templates: Path,
        clock: Clock = lambda: datetime.now(UTC),
        patience: float = PATIENCE,
        api: Api | None = None,
    ) -> None:
        super().__init__(settings.listen, settings.port)
        self._url = settings.url
        self._pages = Pages(templates)
        self._clock = clock
        self._api = api
        self._patience = patience
        self.follows(desk, hall)

    def follows(self, desk: Desk, hall: Hall) -> None:
        """Ask these from the next request on; one that is being answered ends with those before."""
        shell = Shell(self._url, hall.entrance, self._pages, self._clock)
        rooms = Rooms(shell, hall, CabinetRooms(shell, desk, hall), OwnRooms(shell, hall))
        self._routes = _Routes(self._url, desk, rooms, self._pages, self._clock, self._api)
        self._app = self._routes.app()

    def made(self) -> Server:
        """Give the server of the pages."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await self._app(scope, receive, send)

        return server(answer, headers(self._pages.style_source), self._patience)

    def loops(self) -> list[Callable[[], Awaitable[None]]]:
        """Give what runs as long as the pages are served."""
        return [self.run, *([self._api.run] if self._api is not None else [])]

    def served(self) -> None:
        """Say where the pages are reached."""
        log.page_serves(f"{self._url} at {self._listen}:{self.port}")


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

    def __init__(self, url: str, desk: Desk, rooms: Rooms, pages: Pages, clock: Clock, api: Api | None = None) -> None:
        self._url = url
        self._rooms = rooms
        self._prefix = urlsplit(url).path.rstrip("/")
        self._secure = urlsplit(url).scheme == "https"
        self._desk = desk
        self._pages = pages
        self._clock = clock
        self._api = api

    def app(self) -> Starlette:
        """Give the ASGI application."""
        routes = [Route(door.path, self._guarded(door), methods=[door.method]) for door in self.doors()]
        routes += self._api.routes(self._clock) if self._api is not None else []
        app = Starlette(routes=routes, exception_handlers={HTTPException: self._nowhere})
        app.router.redirect_slashes = False
        return app

    def doors(self) -> list[Door]:
        """Give every address there is; one `sight.PAGES` does not name stops the start (KeyError)."""
        return [
            Door("/healthz", "GET", self._healthy),
            Door("/d/{token}", "GET", self._look),
            Door("/d/{token}", "POST", self._press),
            Door("/d/{token}/code", "POST", self._send_code),
            Door("/d/{token}/file/{place}", "GET", self._file),
            *self._rooms.doors(),
        ]

    def _guarded(self, door: Door) -> Callable[[Request], Awaitable[Response]]:
        """Let no request be endless, no error be silent or told to the reader, and nobody in who may not be."""
        gate = PAGES[door.path]

        async def guarded(request: Request) -> Response:
            if too_many_headers(request):
                return html(self._pages.refused(431))
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await self._rooms.let_through(door, gate, request)
            except ClientDisconnect:
                return html(self._pages.refused())
            except TimeoutError:
                return closing(html(self._pages.refused(408)))
            except Exception as wrong:
                log.broken("web", repr(wrong))
                return html(self._pages.trouble())

        return guarded

    async def _healthy(self, request: Request, visitor: Visitor | None) -> Response:
        return PlainTextResponse("ok")

    async def _look(self, request: Request, visitor: Visitor | None) -> Response:
        started = time.monotonic()
        text = request.path_params["token"]
        outcome = await self._desk.look(text, _browser(request), self._clock())
        chosen = request.query_params.getlist("choice")
        choice = chosen[0] if len(chosen) == 1 else ""
        return await self._told(outcome, text, choice, started)

    async def _press(self, request: Request, visitor: Visitor | None) -> Response:
        return await self._sent(request, self._desk.press)

    async def _send_code(self, request: Request, visitor: Visitor | None) -> Response:
        return await self._sent(request, self._desk.send_code)

    async def _sent(self, request: Request, answer: Answering) -> Response:
        started = time.monotonic()
        if from_elsewhere(request.headers, self._url):
            return html(self._pages.refused(403))
        body = await body_of(request)
        if isinstance(body, int):
            return closing(html(self._pages.refused(body)))
        form = read_form(body, request.headers.get("content-type", ""))
        if form is None:
            return html(self._pages.refused())
        text = request.path_params["token"]
        cookie, agent = _browser(request), request.headers.get("user-agent", "")
        outcome = await answer(Press(text, form, cookie, agent), self._clock())
        return await self._told(outcome, text, "", started)

    async def _file(self, request: Request, visitor: Visitor | None) -> Response:
        started = time.monotonic()
        text, place = request.path_params["token"], request.path_params["place"]
        number = int(place) if place.isascii() and place.isdecimal() and len(place) <= 4 else 0
        served = await self._desk.file(text, number, self._clock())
        if isinstance(served, Forged):
            return await self._told(served, text, "", started)
        return download(served.content, served.file.name, served.file.content_type)

    async def _told(self, outcome: Looked | Pressed, text: str, choice: str, started: float) -> Response:
        if isinstance(outcome, Forged):
            await asyncio.sleep(max(0.0, started + FORGED_SECONDS - time.monotonic()))
        response = html(self._pages.shown(outcome, f"{self._prefix}/d/{quote(text, safe='')}", choice))
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
        if self._api is not None and request.url.path.startswith(f"{ROOT}/"):
            return self._api.nowhere(request, status, getattr(error, "headers", None) or {})
        if status == 404:
            await asyncio.sleep(FORGED_SECONDS)
        response = html(self._pages.forged(status))
        if isinstance(error, HTTPException) and error.headers and "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response


def _browser(request: Request) -> str:
    """Give the cookie of a browser that a link made known, else of one that has signed in."""
    return request.cookies.get(COOKIE) or request.cookies.get(SESSION, "")
