"""The rooms a person keeps in order himself: his browsers, his second factor; HTTP in, calls of the hall, pages out.

Owns: their addresses. Refuses to know: what ends a browser or proves a second factor. A look writes nothing; the page
behind a letter's link ends browsers only by its form, with the tick that a robot following links does not set.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from mailflow.core.visits import Visitor
from mailflow.edges.web_answers import html
from mailflow.edges.web_calls import Hall
from mailflow.edges.web_html import qr_svg
from mailflow.edges.web_pages import OK, WANTING, Here
from mailflow.edges.web_shell import Door, Shell

_WHICH = {"nonce": 64, "which": 64, "sure": 3}


class OwnRooms:
    """What each of these addresses does."""

    def __init__(self, shell: Shell, hall: Hall) -> None:
        self._shell = shell
        self._own = hall.own
        self._factors = hall.own.factors
        self._entrance = hall.entrance

    def doors(self) -> list[Door]:
        """Give every address."""
        return [
            Door("/browsers", "GET", self._browsers),
            Door("/browsers", "POST", self._stop),
            Door("/stop/{link}", "GET", self._at_link),
            Door("/stop/{link}", "POST", self._stop_by_link),
            Door("/second-factor", "GET", self._factor),
            Door("/second-factor", "POST", self._offer),
            Door("/second-factor/code", "POST", self._enrol),
        ]

    # --- browsers, by whoever has signed in

    async def _browsers(self, request: Request, visitor: Visitor | None) -> Response:
        return await self._listed(visitor, OK)

    async def _stop(self, request: Request, visitor: Visitor | None) -> Response:
        form = await self._shell.form(request, _WHICH)
        if isinstance(form, Response):
            return form
        assert visitor is not None, "this door opens for a person"
        now = self._shell.clock()
        if not self._entrance.holds(form["nonce"], visitor, now):
            return await self._listed(visitor, WANTING, wrong="old")
        stopped = await self._own.stop(visitor.person, form.get("which", ""), "its owner", now)
        left = await self._own.browsers(visitor.person, visitor.browser, now)
        still = any(line.here for line in left)
        return await self._listed(visitor if still else None, OK, stopped=stopped)

    async def _listed(self, visitor: Visitor | None, status: int, **told: Any) -> Response:
        if visitor is None:
            return self._shell.page("sign_in", None, status, left=True)
        lines = await self._own.browsers(visitor.person, visitor.browser, self._shell.clock())
        values = {"lines": lines, "stopped": None, "path": f"{self._shell.prefix}/browsers", "by_link": False, **told}
        return self._shell.page("browsers", visitor, status, room="browsers", **values)

    # --- browsers, by the link of a letter

    async def _at_link(self, request: Request, visitor: Visitor | None) -> Response:
        return await self._linked(request.path_params["link"], OK)

    async def _stop_by_link(self, request: Request, visitor: Visitor | None) -> Response:
        form = await self._shell.form(request, _WHICH)
        if isinstance(form, Response):
            return form
        link, now = request.path_params["link"], self._shell.clock()
        person = self._own.whose(link, now)
        if person is None:
            return html(self._shell.pages.forged())
        if not self._own.holds(form["nonce"], link, now):
            return await self._linked(link, WANTING, wrong="old")
        if form.get("sure") != "yes":
            return await self._linked(link, WANTING, wrong="sure")
        stopped = await self._own.stop(person, form.get("which", ""), "the link of a letter", now)
        return await self._linked(link, OK, stopped=stopped)

    async def _linked(self, link: str, status: int, **told: Any) -> Response:
        now = self._shell.clock()
        person = self._own.whose(link, now)
        if person is None:
            return html(self._shell.pages.forged())
        here = Here(None, self._own.language(person), self._shell.prefix, self._own.nonce(link, now))
        path = f"{self._shell.prefix}/stop/{link}"
        lines = await self._own.browsers(person, "", now)
        values = {"lines": lines, "stopped": None, "path": path, "by_link": True, **told}
        return html(self._shell.pages.room("browsers", here, status, values))

    # --- the second factor

    async def _factor(self, request: Request, visitor: Visitor | None) -> Response:
        return await self._factor_page(visitor, OK)

    async def _offer(self, request: Request, visitor: Visitor | None) -> Response:
        form = await self._shell.form(request, {"nonce": 64})
        if isinstance(form, Response):
            return form
        assert visitor is not None, "this door opens for a person"
        now = self._shell.clock()
        if not self._entrance.holds(form["nonce"], visitor, now):
            return await self._factor_page(visitor, WANTING, wrong="old")
        offered = await self._factors.offer(visitor.person, now)
        if offered is None:
            return await self._factor_page(visitor, WANTING)
        drawn = Markup(qr_svg(offered.address))
        return await self._factor_page(visitor, OK, step="offered", offered=offered, drawn=drawn)

    async def _enrol(self, request: Request, visitor: Visitor | None) -> Response:
        form = await self._shell.form(request, {"nonce": 64, "code": 20})
        if isinstance(form, Response):
            return form
        assert visitor is not None, "this door opens for a person"
        now = self._shell.clock()
        if not self._entrance.holds(form["nonce"], visitor, now):
            return await self._factor_page(visitor, WANTING, step="again", wrong="old")
        done = await self._factors.enrol(visitor.browser, visitor.person, form.get("code", ""), now)
        if done:
            return await self._factor_page(visitor, OK, done=True)
        return await self._factor_page(visitor, WANTING, step="again", wrong="code")

    async def _factor_page(self, visitor: Visitor | None, status: int, **told: Any) -> Response:
        assert visitor is not None, "this door opens for a person"
        known = await self._factors.has(visitor.person)
        values = {"known": known, "step": "", "done": False, "offered": None, "drawn": "", **told}
        return self._shell.page("second_factor", visitor, status, room="factor", **values)
