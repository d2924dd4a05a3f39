"""The pages of those who have signed in, and the way in: HTTP in, calls of the hall, pages out.

Owns: their addresses, who is let through a door, the cookie of a person who is in. Refuses to know: what anybody
may see (`core.sight` says so, and whoever is given as `hall` asks it) and what a page means.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from mailflow.core.pressing import BROWSER_LIFE
from mailflow.core.sight import Gate, opens
from mailflow.core.views import Language
from mailflow.core.visits import LONGEST_ADDRESS, NOTE_LIFE, Entered, NotEntered, Visitor
from mailflow.edges.web_answers import body_of, closing, html
from mailflow.edges.web_forms import from_elsewhere, read_fields
from mailflow.edges.web_pages import FORBIDDEN, OK, WANTING, Pages

SESSION = "mailflow_person"
NOTE = "mailflow_sign_in"
ASK_SECONDS = 0.3
"""Asking for a letter takes this long, whether or not anybody has that address."""

Clock = Callable[[], datetime]
Opened = Callable[[Request, Visitor | None], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Door:
    """One address with one method, and what opens behind it."""

    path: str
    method: str
    open: Opened


class Entrance(Protocol):
    """Whoever knows visitors and lets people in."""

    @property
    def language(self) -> Language: ...
    def nonce(self, visitor: Visitor | None, now: datetime) -> str: ...
    def holds(self, nonce: str, visitor: Visitor | None, now: datetime) -> bool: ...
    async def whose(self, cookie: str, now: datetime) -> Visitor | None: ...
    async def ask(self, typed: str, now: datetime) -> str: ...
    async def enter(self, note: str, typed: str, agent: str, now: datetime) -> Entered | NotEntered: ...
    async def at_link(self, text: str, note: str, now: datetime) -> bool | None: ...
    async def enter_by_link(
        self, text: str, note: str, typed: str, agent: str, now: datetime
    ) -> Entered | NotEntered: ...
    async def leave(self, visitor: Visitor, now: datetime) -> None: ...


class Hall(Protocol):
    """Everything behind the doors of those who sign in."""

    @property
    def entrance(self) -> Entrance: ...


class Rooms:
    """What each of these addresses does."""

    def __init__(self, url: str, hall: Hall, pages: Pages, clock: Clock) -> None:
        self._url = url
        self._prefix = urlsplit(url).path.rstrip("/")
        self._secure = urlsplit(url).scheme == "https"
        self._hall = hall
        self._entrance = hall.entrance
        self._pages = pages
        self._clock = clock

    def doors(self) -> list[Door]:
        """Give every address."""
        return [
            Door("/", "GET", self._home),
            Door("/sign-in", "GET", self._sign_in),
            Door("/sign-in", "POST", self._ask),
            Door("/sign-in/code", "POST", self._enter),
            Door("/enter/{link}", "GET", self._at_link),
            Door("/enter/{link}", "POST", self._enter_by_link),
            Door("/sign-out", "POST", self._sign_out),
        ]

    async def let_through(self, door: Door, gate: Gate, request: Request) -> Response:
        """Open the door for whom its gate opens; anybody else signs in first, or finds nothing there."""
        visitor = await self._entrance.whose(request.cookies.get(SESSION, ""), self._clock())
        if opens(gate, visitor.sight if visitor is not None else None):
            return await door.open(request, visitor)
        if visitor is None:
            return self._page("sign_in", None, FORBIDDEN, needed=request.url.path != f"{self._prefix}/")
        return html(self._pages.forged())

    # --- the way in and out

    async def _home(self, request: Request, visitor: Visitor | None) -> Response:
        if visitor is None:
            return self._page("sign_in", None)
        return self._page("signed_in", visitor)

    async def _sign_in(self, request: Request, visitor: Visitor | None) -> Response:
        return await self._home(request, visitor)

    async def _ask(self, request: Request, visitor: Visitor | None) -> Response:
        """Answer every address alike, after the same time."""
        started = time.monotonic()
        form = await self._form(request, {"nonce": 64, "address": LONGEST_ADDRESS})
        if isinstance(form, Response):
            return form
        if not self._entrance.holds(form["nonce"], None, self._clock()):
            return self._page("sign_in", None, WANTING, wrong="old", address=form.get("address", ""))
        address = form.get("address", "")
        if "@" not in address:
            return self._page("sign_in", None, WANTING, wrong="address", address=address)
        note = await self._entrance.ask(address, self._clock())
        await asyncio.sleep(max(0.0, started + ASK_SECONDS - time.monotonic()))
        response = self._page("code", None, address=address.strip())
        self._keep(response, NOTE, note, int(NOTE_LIFE.total_seconds()))
        return response

    async def _enter(self, request: Request, visitor: Visitor | None) -> Response:
        started = time.monotonic()
        form = await self._form(request, {"nonce": 64, "code": 20})
        if isinstance(form, Response):
            return form
        now = self._clock()
        if not self._entrance.holds(form["nonce"], None, now):
            return self._page("code", None, WANTING, wrong="old")
        note, agent = request.cookies.get(NOTE, ""), request.headers.get("user-agent", "")
        outcome = await self._entrance.enter(note, form.get("code", ""), agent, now)
        if isinstance(outcome, Entered):
            return self._entered(outcome)
        await asyncio.sleep(max(0.0, started + ASK_SECONDS - time.monotonic()))
        return self._page("code", None, FORBIDDEN, wrong="code")

    async def _at_link(self, request: Request, visitor: Visitor | None) -> Response:
        link = request.path_params["link"]
        here = await self._entrance.at_link(link, request.cookies.get(NOTE, ""), self._clock())
        if here is None:
            return html(self._pages.forged())
        return self._page("enter", None, link=link, here=here)

    async def _enter_by_link(self, request: Request, visitor: Visitor | None) -> Response:
        form = await self._form(request, {"nonce": 64, "code": 20})
        if isinstance(form, Response):
            return form
        link, now, note = request.path_params["link"], self._clock(), request.cookies.get(NOTE, "")
        if not self._entrance.holds(form["nonce"], None, now):
            return await self._at_link(request, visitor)
        agent = request.headers.get("user-agent", "")
        outcome = await self._entrance.enter_by_link(link, note, form.get("code", ""), agent, now)
        if isinstance(outcome, Entered):
            return self._entered(outcome)
        if outcome.why == "elsewhere":
            return self._page("enter", None, FORBIDDEN, link=link, here=False, wrong="code")
        return html(self._pages.forged())

    async def _sign_out(self, request: Request, visitor: Visitor | None) -> Response:
        form = await self._form(request, {"nonce": 64})
        if isinstance(form, Response):
            return form
        if visitor is None or not self._entrance.holds(form["nonce"], visitor, self._clock()):
            return self._page("signed_in", visitor, WANTING, wrong="old")
        await self._entrance.leave(visitor, self._clock())
        response = self._page("sign_in", None, left=True)
        response.delete_cookie(SESSION, path=f"{self._prefix}/")
        return response

    def _entered(self, outcome: Entered) -> Response:
        response = self._page("signed_in", outcome.visitor)
        self._keep(response, SESSION, outcome.cookie.text, int(BROWSER_LIFE.total_seconds()))
        response.delete_cookie(NOTE, path=f"{self._prefix}/")
        return response

    # --- what every room needs

    async def _form(self, request: Request, longest: Mapping[str, int]) -> dict[str, str] | Response:
        """Read a form of our own page with these keys; the answer that refuses it otherwise."""
        if from_elsewhere(request.headers, self._url):
            return html(self._pages.refused(403))
        body = await body_of(request)
        if isinstance(body, int):
            return closing(html(self._pages.refused(body)))
        form = read_fields(body, request.headers.get("content-type", ""), longest)
        return html(self._pages.refused()) if form is None else form

    def _page(self, name: str, visitor: Visitor | None, status: int = OK, **values: Any) -> Response:
        nonce = self._entrance.nonce(visitor, self._clock())
        language = visitor.language if visitor is not None else self._entrance.language
        shown = self._pages.room(name, language, visitor, self._prefix, nonce, status, values)
        return html(shown)

    def _keep(self, response: Response, name: str, text: str, seconds: int) -> None:
        response.set_cookie(
            name, text, max_age=seconds, path=f"{self._prefix}/", secure=self._secure, httponly=True, samesite="lax"
        )
