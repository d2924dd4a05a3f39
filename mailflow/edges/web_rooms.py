"""The pages of those who have signed in, and the way in: HTTP in, calls of the hall, pages out.

Owns: their addresses, who is let through a door, the cookie of a person who is in. Refuses to know: what anybody
may see (`core.sight` says so, and whoever is given as `hall` asks it) and what a page means.
"""

from __future__ import annotations

import asyncio
import time

from starlette.requests import Request
from starlette.responses import Response

from mailflow.core.pressing import BROWSER_LIFE
from mailflow.core.sight import Gate, opens
from mailflow.core.visits import LONGEST_ADDRESS, NOTE_LIFE, Entered, Visitor
from mailflow.edges.web_answers import html
from mailflow.edges.web_cabinet import CabinetRooms
from mailflow.edges.web_calls import Hall
from mailflow.edges.web_own import OwnRooms
from mailflow.edges.web_pages import FORBIDDEN, WANTING
from mailflow.edges.web_shell import Door, Shell

SESSION = "mailflow_person"
NOTE = "mailflow_sign_in"
ASK_SECONDS = 0.3
"""Asking for a letter takes this long, whether or not anybody has that address."""


class Rooms:
    """What each of these addresses does."""

    def __init__(self, shell: Shell, hall: Hall, cabinet: CabinetRooms, own: OwnRooms) -> None:
        self._shell = shell
        self._entrance = hall.entrance
        self._cabinet = cabinet
        self._own = own
        self._pages = shell.pages
        self._clock = shell.clock

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
            *self._cabinet.doors(),
            *self._own.doors(),
        ]

    async def let_through(self, door: Door, gate: Gate, request: Request) -> Response:
        """Open the door for whom its gate opens; anybody else signs in first, or finds nothing there."""
        visitor = await self._entrance.whose(request.cookies.get(SESSION, ""), self._clock())
        if opens(gate, visitor.sight if visitor is not None else None):
            if visitor is not None and door.method == "POST":
                await self._entrance.saw(visitor, self._clock())
            return await door.open(request, visitor)
        if visitor is None:
            return self._shell.page("sign_in", None, FORBIDDEN, needed=True)
        return html(self._pages.forged())

    # --- the way in and out

    async def _home(self, request: Request, visitor: Visitor | None) -> Response:
        if visitor is None:
            return self._shell.page("sign_in", None)
        return await self._cabinet.tasks(request, visitor)

    async def _sign_in(self, request: Request, visitor: Visitor | None) -> Response:
        return await self._home(request, visitor)

    async def _ask(self, request: Request, visitor: Visitor | None) -> Response:
        """Answer every address alike, after the same time."""
        started = time.monotonic()
        form = await self._shell.form(request, {"nonce": 64, "address": LONGEST_ADDRESS})
        if isinstance(form, Response):
            return form
        if not self._entrance.holds(form["nonce"], None, self._clock()):
            return self._shell.page("sign_in", None, WANTING, wrong="old", address=form.get("address", ""))
        address = form.get("address", "")
        if "@" not in address:
            return self._shell.page("sign_in", None, WANTING, wrong="address", address=address)
        note = await self._entrance.ask(address, self._clock())
        await asyncio.sleep(max(0.0, started + ASK_SECONDS - time.monotonic()))
        response = self._shell.page("code", None, address=address.strip())
        self._shell.keep(response, NOTE, note, int(NOTE_LIFE.total_seconds()))
        return response

    async def _enter(self, request: Request, visitor: Visitor | None) -> Response:
        started = time.monotonic()
        form = await self._shell.form(request, {"nonce": 64, "code": 20})
        if isinstance(form, Response):
            return form
        now = self._clock()
        if not self._entrance.holds(form["nonce"], None, now):
            return self._shell.page("code", None, WANTING, wrong="old")
        note, agent = request.cookies.get(NOTE, ""), request.headers.get("user-agent", "")
        outcome = await self._entrance.enter(note, form.get("code", ""), agent, now)
        if isinstance(outcome, Entered):
            return self._entered(outcome)
        await asyncio.sleep(max(0.0, started + ASK_SECONDS - time.monotonic()))
        return self._shell.page("code", None, FORBIDDEN, wrong="code")

    async def _at_link(self, request: Request, visitor: Visitor | None) -> Response:
        link = request.path_params["link"]
        here = await self._entrance.at_link(link, request.cookies.get(NOTE, ""), self._clock())
        if here is None:
            return html(self._pages.forged())
        return self._shell.page("enter", None, link=link, asked_here=here)

    async def _enter_by_link(self, request: Request, visitor: Visitor | None) -> Response:
        form = await self._shell.form(request, {"nonce": 64, "code": 20})
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
            return self._shell.page("enter", None, FORBIDDEN, link=link, asked_here=False, wrong="code")
        return html(self._pages.forged())

    async def _sign_out(self, request: Request, visitor: Visitor | None) -> Response:
        form = await self._shell.form(request, {"nonce": 64})
        if isinstance(form, Response):
            return form
        if visitor is None or not self._entrance.holds(form["nonce"], visitor, self._clock()):
            return self._shell.page("signed_in", visitor, WANTING, wrong="old")
        await self._entrance.leave(visitor, self._clock())
        response = self._shell.page("sign_in", None, left=True)
        response.delete_cookie(SESSION, path=f"{self._shell.prefix}/")
        return response

    def _entered(self, outcome: Entered) -> Response:
        response = self._shell.page("signed_in", outcome.visitor)
        self._shell.keep(response, SESSION, outcome.cookie.text, int(BROWSER_LIFE.total_seconds()))
        response.delete_cookie(NOTE, path=f"{self._shell.prefix}/")
        return response
