"""The rooms of those who have signed in: HTTP in, calls of the cabinet, pages out.

Owns: their addresses and what is read out of them. Refuses to know: what anybody may see; the cabinet is told who
asks and gives None for what is not his, which looks like what does not exist.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Literal
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from mailflow.core.case_query import Filters
from mailflow.core.pages import Forged, Press, Seat
from mailflow.core.pressing import LONGEST_COMMENT
from mailflow.core.visits import Download, Visitor
from mailflow.edges.web_answers import body_of, closing, download, html
from mailflow.edges.web_calls import Desk, Hall
from mailflow.edges.web_forms import from_elsewhere, read_form
from mailflow.edges.web_html import framed
from mailflow.edges.web_pages import OK, WANTING
from mailflow.edges.web_shell import Door, Shell

LONGEST_FILTER = 200
_FILTERS = tuple(field.name for field in fields(Filters))


class CabinetRooms:
    """What each of these addresses does."""

    def __init__(self, shell: Shell, desk: Desk, hall: Hall) -> None:
        self._shell = shell
        self._desk = desk
        self._cabinet = hall.cabinet
        self._entrance = hall.entrance
        self._operation = hall.operation

    def doors(self) -> list[Door]:
        """Give every address."""
        return [
            Door("/cases/{case}/task/{place}", "GET", self._task),
            Door("/cases/{case}/task/{place}", "POST", self._press),
            Door("/cases/{case}/task/{place}/file/{number}", "GET", self._task_file),
            Door("/cases/{case}", "GET", self._case),
            Door("/cases/{case}/say", "POST", self._say),
            Door("/cases/{case}/file/{place}", "GET", self._file),
            Door("/cases/{case}/paper/{place}", "GET", self._paper),
            Door("/cases/{case}/mail/{mail}", "GET", self._mail),
            Door("/cases/{case}/mail/{mail}/file/{place}", "GET", self._mail_file),
            Door("/search", "GET", self._search),
            Door("/reports", "GET", self._report),
            Door("/reports/{kind}", "GET", self._report_file),
            Door("/registers", "GET", self._registers),
            Door("/registers/{name}", "GET", self._register),
            Door("/registers/{name}/{kind}", "GET", self._export),
            Door("/boards", "GET", self._boards),
            Door("/boards/{name}", "GET", self._board),
            Door("/service", "GET", self._service),
            Door("/post", "GET", self._post),
            Door("/post/{mail}/file/{place}", "GET", self._post_file),
            Door("/post/{mail}/register", "POST", self._register_stray),
        ]

    # --- tasks: the page of the signed link, opened from a seat

    async def tasks(self, request: Request, visitor: Visitor | None) -> Response:
        """Show everything that waits for the visitor."""
        lines = await self._cabinet.tasks(_in(visitor), self._shell.clock())
        return self._shell.page("tasks", visitor, room="tasks", lines=lines)

    async def _task(self, request: Request, visitor: Visitor | None) -> Response:
        seat = _seat(request, visitor)
        outcome = await self._desk.look(seat, "", self._shell.clock())
        return html(self._shell.pages.seated(outcome, self._path(seat), self._shell.here(visitor, "tasks")))

    async def _press(self, request: Request, visitor: Visitor | None) -> Response:
        if from_elsewhere(request.headers, self._shell.url):
            return html(self._shell.pages.refused(403))
        body = await body_of(request)
        if isinstance(body, int):
            return closing(html(self._shell.pages.refused(body)))
        form = read_form(body, request.headers.get("content-type", ""))
        if form is None:
            return html(self._shell.pages.refused())
        seat = _seat(request, visitor)
        press = Press(seat, form, "", request.headers.get("user-agent", ""))
        outcome = await self._desk.press(press, self._shell.clock())
        return html(self._shell.pages.seated(outcome, self._path(seat), self._shell.here(visitor, "tasks")))

    async def _task_file(self, request: Request, visitor: Visitor | None) -> Response:
        served = await self._desk.file(_seat(request, visitor), _number(request, "number"), self._shell.clock())
        if isinstance(served, Forged):
            return self._nothing()
        return download(served.content, served.file.name, served.file.content_type)

    def _path(self, seat: Seat) -> str:
        return f"{self._shell.prefix}/cases/{seat.case}/task/{seat.place}"

    # --- one case

    async def _case(self, request: Request, visitor: Visitor | None) -> Response:
        return await self._shown_case(request, visitor, OK)

    async def _shown_case(self, request: Request, visitor: Visitor | None, status: int, **told: Any) -> Response:
        view = await self._cabinet.case(_in(visitor), request.path_params["case"], self._shell.clock())
        if view is None:
            return self._nothing()
        values = {"said": "", "text": "", "longest": LONGEST_COMMENT, **told}
        return self._shell.page("case", visitor, status, case=view, **values)

    async def _say(self, request: Request, visitor: Visitor | None) -> Response:
        form = await self._shell.form(request, {"nonce": 64, "comment": LONGEST_COMMENT})
        if isinstance(form, Response):
            return form
        text, now = form.get("comment", ""), self._shell.clock()
        if not self._entrance.holds(form["nonce"], visitor, now):
            return await self._shown_case(request, visitor, WANTING, wrong="old", text=text)
        if not text.strip():
            return await self._shown_case(request, visitor, WANTING, wrong="comment")
        passed = await self._cabinet.write(_in(visitor), request.path_params["case"], text, form["nonce"], now)
        if passed is None:
            return self._nothing()
        return await self._shown_case(request, visitor, OK, said="passed" if passed else "kept")

    async def _file(self, request: Request, visitor: Visitor | None) -> Response:
        return await self._of_case(request, visitor, "file")

    async def _paper(self, request: Request, visitor: Visitor | None) -> Response:
        return await self._of_case(request, visitor, "paper")

    async def _of_case(self, request: Request, visitor: Visitor | None, kind: Literal["file", "paper"]) -> Response:
        case, place = request.path_params["case"], _number(request, "place")
        return self._saved(await self._cabinet.file(_in(visitor), case, kind, place))

    async def _mail(self, request: Request, visitor: Visitor | None) -> Response:
        case = request.path_params["case"]
        mail = await self._cabinet.mail(_in(visitor), case, _number(request, "mail"), self._shell.clock())
        if mail is None:
            return self._nothing()
        files = f"{self._shell.prefix}/cases/{case}/mail/{mail.id}/file"
        return self._shell.page("mail", visitor, mail=mail, frame=framed(mail.html), files=files, case=case)

    async def _mail_file(self, request: Request, visitor: Visitor | None) -> Response:
        numbers = _number(request, "mail"), _number(request, "place")
        return self._saved(await self._cabinet.mail_file(_in(visitor), request.path_params["case"], *numbers))

    # --- lists

    async def _search(self, request: Request, visitor: Visitor | None) -> Response:
        asked, after = request.query_params.get("q", "")[:LONGEST_FILTER], request.query_params.get("after", "")[:20]
        found = await self._cabinet.search(_in(visitor), asked, after, self._shell.clock())
        onward = urlencode([("q", found.asked), ("after", found.next)])
        return self._shell.page("search", visitor, room="search", found=found, next_query=onward)

    async def _registers(self, request: Request, visitor: Visitor | None) -> Response:
        titles = [(form.name, form.title(_in(visitor).language)) for form in self._cabinet.registers()]
        return self._shell.page("choice", visitor, room="registers", titles=titles, under="registers")

    async def _register(self, request: Request, visitor: Visitor | None) -> Response:
        filters, name = _filters(request), request.path_params["name"]
        view = await self._cabinet.register(_in(visitor), name, filters, self._shell.clock())
        if view is None:
            return self._nothing()
        kept = [(name, value) for name in _FILTERS if name != "after" and (value := getattr(filters, name))]
        after = urlencode([*kept, ("after", view.next)])
        said: dict[str, Any] = {"register": view, "query": urlencode(kept), "next_query": after}
        return self._shell.page("register", visitor, room="registers", **said)

    async def _export(self, request: Request, visitor: Visitor | None) -> Response:
        kind, name = request.path_params["kind"], request.path_params["name"]
        if kind not in ("xlsx", "csv"):
            return self._nothing()
        return self._saved(await self._cabinet.export(_in(visitor), name, kind, _filters(request), self._shell.clock()))

    async def _report(self, request: Request, visitor: Visitor | None) -> Response:
        view = await self._cabinet.report(_in(visitor), _filters(request), self._shell.clock())
        kept = [(name, value) for name in _FILTERS if (value := getattr(view.filters, name))]
        return self._shell.page("report", visitor, room="reports", report=view, query=urlencode(kept))

    async def _report_file(self, request: Request, visitor: Visitor | None) -> Response:
        kind = request.path_params["kind"]
        if kind not in ("xlsx", "csv"):
            return self._nothing()
        return self._saved(await self._cabinet.report_file(_in(visitor), kind, _filters(request), self._shell.clock()))

    async def _boards(self, request: Request, visitor: Visitor | None) -> Response:
        titles = self._cabinet.boards(_in(visitor))
        return self._shell.page("choice", visitor, room="boards", titles=titles, under="boards")

    async def _board(self, request: Request, visitor: Visitor | None) -> Response:
        view = await self._cabinet.board(_in(visitor), request.path_params["name"], self._shell.clock())
        return self._nothing() if view is None else self._shell.page("board", visitor, room="boards", board=view)

    # --- the mail that waits for somebody

    async def _post(self, request: Request, visitor: Visitor | None) -> Response:
        return await self._shown_post(visitor, OK)

    async def _shown_post(self, visitor: Visitor | None, status: int, **told: Any) -> Response:
        mails = await self._cabinet.post(_in(visitor), self._shell.clock())
        values = {"mails": mails, "frames": {mail.id: framed(mail.html) for mail in mails}, "done": "", **told}
        return self._shell.page("post", visitor, status, room="post", **values)

    async def _post_file(self, request: Request, visitor: Visitor | None) -> Response:
        return self._saved(await self._cabinet.post_file(_number(request, "mail"), _number(request, "place")))

    async def _register_stray(self, request: Request, visitor: Visitor | None) -> Response:
        form = await self._shell.form(request, {"nonce": 64})
        if isinstance(form, Response):
            return form
        now = self._shell.clock()
        if not self._entrance.holds(form["nonce"], visitor, now):
            return await self._shown_post(visitor, WANTING, wrong="old")
        case = await self._cabinet.register_stray(_in(visitor), _number(request, "mail"), now)
        return self._nothing() if case is None else await self._shown_post(visitor, OK, done=case)

    # --- the service itself

    async def _service(self, request: Request, visitor: Visitor | None) -> Response:
        view = await self._operation.view(_in(visitor).language, self._shell.clock())
        return self._shell.page("service", visitor, room="service", service=view)

    # --- small readings

    def _nothing(self) -> Response:
        return html(self._shell.pages.forged())

    def _saved(self, found: Download | None) -> Response:
        return self._nothing() if found is None else download(found.content, found.name, found.content_type)


def _in(visitor: Visitor | None) -> Visitor:
    assert visitor is not None, "its gate lets nobody else through"
    return visitor


def _seat(request: Request, visitor: Visitor | None) -> Seat:
    return Seat(_in(visitor), request.path_params["case"], _number(request, "place"))


def _number(request: Request, name: str) -> int:
    """Read a number of the address; 0, which nothing has, for anything else."""
    text = request.path_params[name]
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


def _filters(request: Request) -> Filters:
    """Read the filters of the address: each cut to a sensible length, unknown keys passed over."""
    given = request.query_params
    return Filters(**{name: given[name][:LONGEST_FILTER] for name in _FILTERS if name in given})
