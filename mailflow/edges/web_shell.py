"""What every room needs: forms read, pages printed for whoever is here, cookies kept.

Owns: these, and what a door is. Refuses to know: what is behind any of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from mailflow.core.visits import Visitor
from mailflow.edges.web_answers import body_of, closing, html
from mailflow.edges.web_calls import Entrance
from mailflow.edges.web_forms import from_elsewhere, read_fields
from mailflow.edges.web_pages import OK, Here, Pages

Clock = Callable[[], datetime]
Opened = Callable[[Request, Visitor | None], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Door:
    """One address with one method, and what opens behind it."""

    path: str
    method: str
    open: Opened


class Shell:
    """The site's address, its pages, its clock, and who makes nonces."""

    def __init__(self, url: str, entrance: Entrance, pages: Pages, clock: Clock) -> None:
        self.url = url
        self.prefix = urlsplit(url).path.rstrip("/")
        self.pages = pages
        self.clock = clock
        self._secure = urlsplit(url).scheme == "https"
        self._entrance = entrance

    async def form(self, request: Request, longest: Mapping[str, int]) -> dict[str, str] | Response:
        """Read a form of our own page with these keys; the answer that refuses it otherwise."""
        if from_elsewhere(request.headers, self.url):
            return html(self.pages.refused(403))
        body = await body_of(request)
        if isinstance(body, int):
            return closing(html(self.pages.refused(body)))
        form = read_fields(body, request.headers.get("content-type", ""), longest)
        return html(self.pages.refused()) if form is None else form

    def here(self, visitor: Visitor | None, room: str = "") -> Here:
        """Say who looks at the page that is to be printed, and where in the menu it stands."""
        nonce = self._entrance.nonce(visitor, self.clock())
        language = visitor.language if visitor is not None else self._entrance.language
        return Here(visitor, language, self.prefix, nonce, room)

    def page(self, name: str, visitor: Visitor | None, status: int = OK, room: str = "", **values: Any) -> Response:
        """Print one of the pages of the rooms."""
        return html(self.pages.room(name, self.here(visitor, room), status, values))

    def keep(self, response: Response, name: str, text: str, seconds: int) -> None:
        """Let the browser keep a cookie that no script and no other site gets."""
        response.set_cookie(
            name, text, max_age=seconds, path=f"{self.prefix}/", secure=self._secure, httponly=True, samesite="lax"
        )
