"""The door for other systems: HTTP in, calls of the connector, JSON out.

Owns: reading a call within its limits and in its one form, letting its key in, telling a problem. Refuses to know: what
a call does; whoever is given says so. GET, HEAD and OPTIONS write nothing; no key stands in a log; a call that
is not exactly what the document says does nothing.

Rules: RFC 9110, RFC 6750 (bearer keys, in the header alone), RFC 9457 (problems), RFC 9530 (Repr-Digest).
What may go wrong: the store is away: 503, nothing was recorded.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from mailflow import log
from mailflow.core.api_keys import ApiKey
from mailflow.core.api_problems import Fault, Problem
from mailflow.core.asked_outside import Answering, SentFile, Start, Wanted
from mailflow.core.case import FileVersion, Paper
from mailflow.core.stated import escaped
from mailflow.core.surroundings import forms_of
from mailflow.core.views import Language
from mailflow.edges import api_shapes as shapes
from mailflow.edges import api_views as views
from mailflow.edges.api_calls import Connecting, Keeper, Passing
from mailflow.edges.api_operations import OPERATIONS, PATHS, ROOT, Operation
from mailflow.edges.api_schema import IDEMPOTENCY, document
from mailflow.edges.web_answers import attachment, too_many_headers

SMALL_BYTES = 64 * 1024
BODY_SECONDS = 10.0
BIG_SECONDS = 120.0
"""A body with files may come over a slow line."""
ANSWER_SECONDS = 180.0
BIG_AT_ONCE = 4
"""Calls with files that are read at the same time: each is held in memory whole."""
DEAD_SECONDS = 0.03
"""An answer to a link that is not ours takes this long, whatever was wrong with it."""
MOST_FAULTS = 20
_NAMED = re.compile(IDEMPOTENCY)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call is answered with."""

    body: BaseModel | bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was read and let in."""

    key: ApiKey
    path: Mapping[str, str]
    body: Any
    query: Any
    idempotency: str
    now: datetime

    @property
    def place(self) -> int:
        """The place its address names, from 1."""
        return int(self.path["place"])


class Api:
    """The API of one site."""

    def __init__(self, url: str, keeper: Keeper, connector: Connecting, passage: Passing, big_bytes: int) -> None:
        self._keeper = keeper
        self._connector = connector
        self._passage = passage
        self._big_bytes = big_bytes
        self._big = asyncio.Semaphore(BIG_AT_ONCE)
        self._document = json.dumps(document(url), ensure_ascii=False).encode()
        self.run = keeper.run

    def follows(self, connector: Connecting, passage: Passing) -> None:
        """Ask these from the next call on."""
        self._connector, self._passage = connector, passage

    def routes(self, clock: Callable[[], datetime]) -> list[Route]:
        """Give the routes; the methods of one address stand in one, so that a wrong one is told the right ones."""
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in OPERATIONS:
            by_path.setdefault(operation.route, {})[operation.method] = operation
        return [Route(path, self._served(known, clock), methods=list(known)) for path, known in by_path.items()]

    def nowhere(self, request: Request, status: int, headers: Mapping[str, str]) -> Response:
        """Answer a call of no address, or by a method it does not have."""
        wrong = Problem("wrong-method" if status == 405 else "not-found")
        return self._told(wrong, request, headers)

    # --- one call

    def _served(
        self, known: Mapping[str, Operation], clock: Callable[[], datetime]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def served(request: Request) -> Response:
            operation = known["GET" if request.method == "HEAD" else request.method]
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    reply = await self._answered(operation, request, clock)
            except ClientDisconnect:
                reply = Problem("unreadable")
            except TimeoutError:
                reply = Problem("too-slow")
            except Exception as wrong:
                log.broken("api", repr(wrong))
                reply = Problem("trouble")
            return self._told(reply, request) if isinstance(reply, Problem) else _sent(reply)

        return served

    async def _answered(self, operation: Operation, request: Request, clock: Callable[[], datetime]) -> Reply | Problem:
        if too_many_headers(request):
            return Problem("unreadable")
        if operation.free:
            return Reply(self._document, headers={"Content-Type": "application/json"})
        started = time.monotonic()
        key = await self._keeper.admit(_bearer(request), operation.right, clock())
        if isinstance(key, Problem):
            return key
        if operation.big:
            async with self._big:
                return await self._called(operation, key, request, clock)
        reply = await self._called(operation, key, request, clock)
        if isinstance(reply, Problem) and reply.name == "dead-link":
            await asyncio.sleep(max(0.0, started + DEAD_SECONDS - time.monotonic()))
        return reply

    async def _called(
        self, operation: Operation, key: ApiKey, request: Request, clock: Callable[[], datetime]
    ) -> Reply | Problem:
        path = dict(request.path_params)
        if not all(re.fullmatch(PATHS[name], value) for name, value in path.items()):
            return Problem("not-found")
        query = _query(operation, request)
        if isinstance(query, Problem):
            return query
        named = request.headers.getlist("idempotency-key")
        if operation.named and not (len(named) == 1 and _NAMED.fullmatch(named[0])):
            return Problem("no-idempotency-key")
        body = await self._body(operation, request)
        if isinstance(body, Problem):
            return body
        call = Call(key, path, body, query, named[0] if operation.named else "", clock())
        done: Reply | Problem = await _DOES[operation.name](self, call)
        return done

    async def _body(self, operation: Operation, request: Request) -> BaseModel | Problem | None:
        if operation.asked is None:
            return None
        # Read before it is judged: whoever is answered in the middle of his sending may never hear the answer.
        most, seconds = (self._big_bytes, BIG_SECONDS) if operation.big else (SMALL_BYTES, BODY_SECONDS)
        raw = await _read(request, most, seconds)
        if isinstance(raw, Problem):
            return raw
        if not _is_json(request.headers.get("content-type", "")):
            return Problem("wrong-type", {"wanted": "application/json"})
        try:
            return await asyncio.to_thread(operation.asked.model_validate_json, raw)
        except ValidationError as wrong:
            return _complaint(wrong)

    # --- what each call does

    async def _processes(self, call: Call) -> Reply | Problem:
        office = self._connector.office
        forms = dict(forms_of(office.rules))
        return Reply(views.processes(self._connector.processes(call.key), forms, office.language))

    async def _start(self, call: Call) -> Reply | Problem:
        asked: shapes.StartCase = call.body
        files = tuple(SentFile(file.name, file.content_type, file.content) for file in asked.files)
        words = (call.idempotency, asked.process, asked.initiator, asked.fields, asked.subject, asked.text, files)
        done = await self._connector.start(call.key, Start(*words), call.now)
        if isinstance(done, Problem):
            return done
        where = {"Location": f"{ROOT}/cases/{done.case.id}"}
        return Reply(views.case_card(done.case, self._connector.office), 201 if done.fresh else 200, where)

    async def _cases(self, call: Call) -> Reply | Problem:
        wanted = _wanted(call.query)
        page = wanted if isinstance(wanted, Problem) else await self._connector.cases(call.key, wanted, call.now)
        return page if isinstance(page, Problem) else Reply(views.case_list(page, self._connector.office))

    async def _case(self, call: Call) -> Reply | Problem:
        case = await self._connector.case(call.key, call.path["case"])
        return Problem("not-found") if case is None else Reply(views.case_card(case, self._connector.office))

    async def _story(self, call: Call) -> Reply | Problem:
        rows = await self._connector.story(call.key, call.path["case"])
        return Problem("not-found") if rows is None else Reply(views.story(rows))

    async def _file(self, call: Call) -> Reply | Problem:
        return _download(await self._connector.file(call.key, call.path["case"], call.place))

    async def _paper(self, call: Call) -> Reply | Problem:
        return _download(await self._connector.paper(call.key, call.path["case"], call.place))

    async def _comment(self, call: Call) -> Reply | Problem:
        said: shapes.Comment = call.body
        named = call.path["case"], said.person, said.text, call.idempotency
        passed = await self._connector.comment(call.key, *named, call.now)
        return passed if isinstance(passed, Problem) else Reply(shapes.Said(passed_on=passed), 201)

    async def _look(self, call: Call) -> Reply | Problem:
        shown = await self._passage.look(call.key, call.body.token, call.now)
        return shown if isinstance(shown, Problem) else Reply(views.looked_at(shown, self._connector.office))

    async def _send_code(self, call: Call) -> Reply | Problem:
        wrong = await self._passage.send_code(call.key, call.body.token, call.now)
        return wrong or Reply(shapes.CodeOnItsWay(sent=True), 202)

    async def _decide(self, call: Call) -> Reply | Problem:
        done = await self._passage.answer(call.key, Answering(**call.body.model_dump()), call.now)
        return done if isinstance(done, Problem) else Reply(views.decided(done))

    async def _registers(self, call: Call) -> Reply | Problem:
        return Reply(views.registers(self._connector.registers(call.key), self._connector.office.language))

    async def _register(self, call: Call) -> Reply | Problem:
        wanted = _wanted(call.query)
        if isinstance(wanted, Problem):
            return wanted
        page = await self._connector.register(call.key, call.path["name"], wanted, call.now)
        return page if isinstance(page, Problem) else Reply(views.register(page, self._connector.office.language))

    async def _payments(self, call: Call) -> Reply | Problem:
        return Reply(views.payments(await self._connector.payments(call.key)))

    async def _bank_file(self, call: Call) -> Reply | Problem:
        content = await self._connector.bank_file(call.key, call.now)
        return Reply(content, headers=_saved("kl_to_1c.txt", content))

    def _told(self, wrong: Problem, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        said = views.problem(wrong, _language(request, self._connector.office.language))
        kept = dict(headers or {})
        if wrong.status == 401:
            kept["WWW-Authenticate"] = "Bearer"
        if wrong.name == "too-many":
            kept["Retry-After"] = wrong.words["seconds"]
        if wrong.status in (408, 413):
            kept["Connection"] = "close"
        return Response(said.model_dump_json(), wrong.status, kept, "application/problem+json")


_DOES: Mapping[str, Callable[[Api, Call], Awaitable[Reply | Problem]]] = {
    operation.name: getattr(Api, f"_{operation.name}") for operation in OPERATIONS if not operation.free
}


def _sent(reply: Reply) -> Response:
    if isinstance(reply.body, bytes):
        return Response(reply.body, reply.status, dict(reply.headers))
    return Response(reply.body.model_dump_json(), reply.status, dict(reply.headers), "application/json")


def _download(found: tuple[FileVersion, bytes] | tuple[Paper, bytes] | None) -> Reply | Problem:
    if found is None:
        return Problem("not-found")
    file, content = found
    return Reply(content, headers=_saved(file.name, content, file.sha256))


def _saved(name: str, content: bytes, sha256: str = "") -> dict[str, str]:
    """Give the headers of a file to be saved: mere bytes, whatever somebody said they are."""
    digest = {"Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"} if sha256 else {}
    return {"Content-Type": "application/octet-stream", "Content-Disposition": attachment(name), **digest}


async def _read(request: Request, most: int, seconds: float) -> bytes | Problem:
    """Read the body. Of one too long as much again is read and dropped: who still sends hears no answer."""
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= most:
                    body += chunk
                elif size > 2 * most:
                    break
    except TimeoutError:
        return Problem("too-slow")
    return bytes(body) if size <= most else Problem("too-long", {"most": str(most)})


def _query(operation: Operation, request: Request) -> BaseModel | Problem | None:
    """Read what follows the question mark: known names, each once."""
    pairs = request.query_params.multi_items()
    if operation.query is None:
        return Problem("wrong-values", faults=(Fault("", "this address takes no query"),)) if pairs else None
    if len(dict(pairs)) != len(pairs):
        return Problem("wrong-values", faults=(Fault("", "a name stands twice in the query"),))
    try:
        return operation.query.model_validate(dict(pairs))
    except ValidationError as wrong:
        return _complaint(wrong)


def _wanted(query: shapes.Paging) -> Wanted | Problem:
    place = views.unsealed(query.cursor)
    if place is None:
        return Problem("wrong-cursor")
    said = query.model_dump(exclude={"cursor"})
    return Wanted(**{name: value for name, value in said.items() if value is not None}, cursor=place)


def _complaint(wrong: ValidationError) -> Problem:
    found = wrong.errors(include_url=False, include_context=False, include_input=False)
    if any(one["type"] == "json_invalid" for one in found):
        return Problem("not-json")
    faults = (
        Fault("".join(f"/{escaped(str(part))}" for part in one["loc"]), one["msg"]) for one in found[:MOST_FAULTS]
    )
    return Problem("wrong-values", faults=tuple(faults))


def _is_json(content_type: str) -> bool:
    kind, _, parameters = content_type.lower().partition(";")
    return kind.strip() == "application/json" and parameters.strip().replace('"', "") in ("", "charset=utf-8")


def _bearer(request: Request) -> str:
    """Give the key the call shows; '' where it shows none, or more than one."""
    found = request.headers.getlist("authorization")
    scheme, _, text = (found[0] if len(found) == 1 else "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def _language(request: Request, usual: Language) -> Language:
    asked = request.headers.get("accept-language", "").strip().lower()[:2]
    return "ru" if asked == "ru" else "en" if asked == "en" else usual
