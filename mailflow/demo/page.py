"""The page of the demo: everybody's mailbox, letters as they look, a form to write and to answer.

Owns: its routes and who may ask: only this machine's browser at this very address (Host), and a form
only from the page itself (Origin); so no page of the web can write mail here. Works without JavaScript.
Refuses to know: what mails do; they are handed to the house as anybody's mail client would.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import quote, urlencode

import aiosmtplib
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from mailflow import telling
from mailflow.app import shipped
from mailflow.core.card_texts import title
from mailflow.core.case import Case
from mailflow.core.numbers import spellings
from mailflow.core.views import Language
from mailflow.demo.house import DOCS, STRANGER, House
from mailflow.demo.page_words import WORDS
from mailflow.demo.reading import Draft, Shown, draft_of, letter_id, shown
from mailflow.world import Letter, Paper

MOST_BYTES = 30 * 1024 * 1024
MOST_FILES = 20
ADDRESS = re.compile(r"[^\s<>@,;:\"()]{1,64}@[^\s<>@,;:\"()]{1,190}")
_SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Box:
    """One mailbox as the list shows it."""

    address: str
    name: str
    position: str
    newest: Shown | None
    count: int


class Refused(HTTPException):
    """A request the page does not answer, with the reason in words."""


class _Desk:
    """The handlers of the page; one house, one template folder."""

    def __init__(self, house: House, language: Language, address: str) -> None:
        self._house = house
        self._language = language
        self._address = address
        self._templates = Environment(
            loader=FileSystemLoader(shipped("templates") / "web" / "demo"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    # --- pages

    async def home(self, request: Request) -> Response:
        """Everybody's mailbox, and the cases."""
        boxes = [await self._box(request, address) for address in self._addresses()]
        office, spoken = self._house.app.office, self._spoken(request)
        cases = [(case, title(case, office, spoken)) for case in await self._cases()]
        return self._page(request, "home", boxes=boxes, cases=cases, refresh=10)

    async def box(self, request: Request) -> Response:
        """One mailbox: what came, newest first, and what its owner wrote."""
        address = self._known(request.path_params["address"])
        came = [shown(letter, address) for letter in reversed(await self._house.letters(address))]
        wrote = [shown(w.letter, address) for w in reversed(self._house.written) if w.who == address]
        box = await self._box(request, address)
        return self._page(request, "box", box=box, came=came, wrote=wrote, refresh=5)

    async def letter(self, request: Request) -> Response:
        """One letter, with the form to answer it."""
        address, found = await self._find(request)
        mine = any(letter_id(w.letter.raw) == found.id and w.who == address for w in self._house.written)
        may_answer = address != DOCS and not mine
        box = await self._box(request, address)
        return self._page(request, "letter", box=box, letter=found, may_answer=may_answer)

    async def file(self, request: Request) -> Response:
        """One attached file, to be saved."""
        _, found = await self._find(request)
        number = request.path_params["number"]
        if number >= len(found.files):
            raise Refused(404, self._words(request)["no_letter"])
        file = found.files[number]
        return _download(file.content, file.name)

    async def raw(self, request: Request) -> Response:
        """The letter as it came, to be saved."""
        _, found = await self._find(request)
        return _download(found.letter.raw, f"{found.id}.eml")

    async def case(self, request: Request) -> Response:
        """The whole story of one case, as `mailflow show` tells it."""
        number = request.path_params["number"]
        for spelling in spellings(number):
            if await self._house.app.store.load_by_number(spelling) is not None:
                story = await telling.case_story(self._house.app, spelling)
                return self._page(request, "case", number=spelling, story=story, refresh=5)
        raise Refused(404, self._words(request)["no_case"])

    async def form(self, request: Request) -> Response:
        """The form for a new mail, filled from a mailto button if it came from one."""
        asked = request.query_params
        draft = draft_of(asked["mailto"]) if "mailto" in asked else Draft(DOCS)
        return self._form(request, asked.get("who", ""), draft)

    # --- writing

    async def write(self, request: Request) -> Response:
        """Send a new mail."""
        return await self._written(request, self._new)

    async def answer(self, request: Request) -> Response:
        """Send an answer to a letter."""
        address, found = await self._find(request)
        self._writer(address)

        async def answering(form: FormData, papers: Sequence[Paper]) -> str:
            await self._house.reply(address, found.letter, _text(form, "body"), papers)
            return address

        return await self._written(request, answering)

    async def _written(self, request: Request, send: Callable[[FormData, Sequence[Paper]], Awaitable[str]]) -> Response:
        self._check_origin(request)
        async with request.form(max_files=MOST_FILES, max_fields=20) as form:
            draft = Draft(_text(form, "to"), _text(form, "subject"), _text(form, "body"))
            try:
                who = await send(form, await _papers(form))
            except (aiosmtplib.SMTPException, ValueError) as wrong:
                return self._form(request, _text(form, "who"), draft, str(wrong), 400)
        return RedirectResponse(f"/box/{quote(who)}?sent=1", 303)

    async def _new(self, form: FormData, papers: Sequence[Paper]) -> str:
        who, to = self._writer(_text(form, "who")), _text(form, "to").strip()
        if not ADDRESS.fullmatch(to):
            raise ValueError(f"“{to}” is no address")
        await self._house.write(who, _text(form, "subject"), _text(form, "body"), papers, to)
        return who

    def _form(self, request: Request, who: str, draft: Draft, wrong: str = "", status: int = 200) -> Response:
        writers = [(a, self._name(request, a)) for a in self._addresses() if a != DOCS]
        values = {"writers": writers, "who": who, "draft": draft, "wrong": wrong}
        return self._page(request, "write", status, **values)

    # --- looking up

    def _addresses(self) -> list[str]:
        people = [person.address for person in self._house.directory.people.values()]
        return [*people, STRANGER, DOCS]

    def _known(self, address: str) -> str:
        if address not in self._addresses():
            raise Refused(404, f"nobody here has the mailbox {address}")
        return address

    def _writer(self, address: str) -> str:
        """Let everybody write but mailflow itself."""
        if address == DOCS:
            raise Refused(403, f"{DOCS} is mailflow's own")
        return self._known(address)

    def _name(self, request: Request, address: str) -> str:
        words = self._words(request)
        special = {STRANGER: words["stranger"], DOCS: words["docs"]}
        return special.get(address) or self._house.name_of(address)

    async def _cases(self) -> list[Case]:
        store = self._house.app.store
        found = [await store.load(row.id) for row in await store.cases(limit=50)]
        return [case for case in found if case is not None]

    async def _box(self, request: Request, address: str) -> Box:
        letters = await self._house.letters(address)
        person = self._house.directory.by_address(address)
        position = self._house.person(person).position if person is not None else ""
        newest = shown(letters[-1], address) if letters else None
        return Box(address, self._name(request, address), position, newest, len(letters))

    async def _find(self, request: Request) -> tuple[str, Shown]:
        address, wanted = self._known(request.path_params["address"]), request.path_params["id"]
        wrote: list[Letter] = [w.letter for w in self._house.written if w.who == address]
        for letter in (*await self._house.letters(address), *wrote):
            if letter_id(letter.raw) == wanted:
                return address, shown(letter, address)
        raise Refused(404, self._words(request)["no_letter"])

    # --- answers

    def _words(self, request: Request) -> Mapping[str, str]:
        return WORDS[self._spoken(request)]

    def _spoken(self, request: Request) -> Language:
        asked = request.query_params.get("lang") or request.cookies.get("lang") or self._language
        return "en" if asked == "en" else "ru"

    def _page(self, request: Request, name: str, status: int = 200, **values: Any) -> Response:
        spoken = self._spoken(request)
        zone = self._house.app.office.hours.zone
        text = self._templates.get_template(f"{name}.html.j2").render(
            w=WORDS[spoken],
            lang=spoken,
            other=_other_language(request, spoken),
            company=self._house.directory.company.name,
            docs=DOCS,
            zone=zone,
            sent="sent" in request.query_params,
            **{"refresh": 0, **values},
        )
        answer = HTMLResponse(text, status)
        if "lang" in request.query_params:
            answer.set_cookie("lang", spoken, httponly=True, samesite="strict")
        return answer

    async def refused(self, request: Request, wrong: Exception) -> Response:
        """Say in words what the page does not answer."""
        assert isinstance(wrong, HTTPException)
        return self._page(request, "wrong", wrong.status_code, text=wrong.detail)

    # --- who may ask

    def _check_origin(self, request: Request) -> None:
        if request.headers.get("origin") != f"http://{request.headers.get('host', '')}":
            raise Refused(403, self._words(request)["foreign"])
        if int(request.headers.get("content-length") or MOST_BYTES + 1) > MOST_BYTES:
            raise Refused(413, self._words(request)["too_large"])

    async def guarded(self, request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        """Answer only under the page's own address, with headers that keep everything inside."""
        port = self._address.partition(":")[2]
        hosts = (self._address, f"localhost:{port}")
        answer = await call(request) if request.headers.get("host") in hosts else Response("wrong host\n", 421)
        answer.headers.update(_SAFE)
        return answer


def page(house: House, language: Language, address: str) -> Starlette:
    """Make the page of the house; `address` is the host and port it is reached at."""
    desk = _Desk(house, language, address)
    letter = "/box/{address}/{id:str}"
    return Starlette(
        routes=[
            Route("/", desk.home),
            Route("/write", desk.form),
            Route("/write", desk.write, methods=["POST"]),
            Route("/case/{number:path}", desk.case),
            Route("/box/{address}", desk.box),
            Route(letter, desk.letter),
            Route(letter, desk.answer, methods=["POST"]),
            Route(f"{letter}/raw", desk.raw),
            Route(f"{letter}/file/{{number:int}}", desk.file),
        ],
        exception_handlers={HTTPException: desk.refused},
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=desk.guarded)],
    )


def _other_language(request: Request, spoken: Language) -> str:
    """Give the address of the same page in the other language."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in ("lang", "sent")]
    return "?" + urlencode([*kept, ("lang", "en" if spoken == "ru" else "ru")])


def _download(content: bytes, name: str) -> Response:
    heading = f"attachment; filename*=UTF-8''{quote(PurePath(name).name)}"
    return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": heading})


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


async def _papers(form: FormData) -> list[Paper]:
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile) and file.filename]
    return [Paper(PurePath(file.filename or "file").name, await file.read()) for file in files]
