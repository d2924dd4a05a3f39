"""The whole service beside two other systems: a case is started outside, watched from there, and its result taken back.

Real HTTP both ways, real mail servers, the daemon's own loops. 1С:ДО starts the case and passes an answer on; Directum
only wants to know that it is over.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from mailflow import daemon
from mailflow.advance import advance
from mailflow.app import App, now
from mailflow.core.api_keys import mint_key
from mailflow.core.events import ApiKeyMade
from mailflow.world import Letter
from tests.loopback import free_port
from tests.office_life import Life, living
from tests.outside import SECRET, Client, genuine, outside

PETROV, SMIRNOVA = "p.petrov@neon.example", "o.smirnova@neon.example"
SETTINGS = """
[web]
url = "http://127.0.0.1:{port}"
port = {port}
[api]
[[webhooks]]
url = "{first}"
secret = {{env = "HOOK_SECRET"}}
[[webhooks]]
url = "{second}"
secret = {{env = "HOOK_SECRET"}}
events = ["case.closed"]
"""
DRAFT = "Техническое задание".encode()
ORDER = {
    "process": "universal",
    "initiator": "i.kuznetsov@neon.example",
    "subject": "ТЗ на сайт",
    "fields": {"subject_matter": "Техническое задание на сайт", "approvers": [PETROV, "o.smirnova"]},
    "files": [{"name": "ТЗ.txt", "content_type": "text/plain", "content": base64.b64encode(DRAFT).decode()}],
}


async def made_key(app: App, name: str, *rights: str) -> str:
    minted = mint_key(hashlib.sha512(name.encode()).digest()[:37])
    event = ApiKeyMade(f"api_key/{minted.id}", now(), minted.id, name, rights, (), minted.hash)
    await advance(event, app.store, app.office, now())
    return minted.text


@asynccontextmanager
async def serving(life: Life, port: int) -> AsyncIterator[None]:
    """Let the service run, its page reached, until the block ends."""
    service = asyncio.create_task(daemon.run(life.app))
    try:
        await until(lambda: asyncio.to_thread(answers, port))
        yield
    finally:
        service.cancel()
        await asyncio.gather(service, return_exceptions=True)


def answers(port: int) -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).status == 200)
    except OSError:
        return False


async def until(done: Callable[[], Awaitable[Any]], seconds: float = 60) -> Any:
    async with asyncio.timeout(seconds):
        while not (found := await done()):
            await asyncio.sleep(0.1)
        return found


async def asked(life: Life, who: str) -> Letter:
    """Wait for the letter that asks him."""

    async def newest() -> Letter | None:
        return next((letter for letter in await life.world.letters(who) if "/d/" in letter.text), None)

    found = await until(newest)
    assert isinstance(found, Letter)
    return found


async def test_a_case_is_started_outside_watched_from_there_and_its_result_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    port = free_port()
    async with outside() as erp, outside() as archive:
        said = SETTINGS.format(port=port, first=erp.url, second=archive.url)
        async with living(tmp_path, settings=said) as life, serving(life, port):
            url = f"http://127.0.0.1:{port}"
            key = await made_key(life.app, "1С:ДО", "cases:start", "cases:read", "cases:decide")
            client = Client(url, key)

            # Started outside; the answer is lost on the way and the request sent again.
            started = await client.json("POST", "/cases", ORDER, Idempotency_Key="doc-57")
            again, _ = await client.ask("POST", "/cases", ORDER, Idempotency_Key="doc-57")
            assert again == 200
            assert len((await client.json("GET", "/cases"))["items"]) == 1
            where = f"/cases/{started['id']}"

            # Watched from outside, while the first approver replies by mail.
            first = await erp.until("case.started")
            assert first.json["data"]["number"] == started["number"]
            await life.world.reply(PETROV, await asked(life, PETROV), "Согласовано")
            decided = await erp.until("case.decided")
            state = await client.json("GET", where)
            assert state["version"] >= decided.json["data"]["version"]
            assert [one["person"]["id"] for one in state["waits_on"]] == ["o.smirnova"]

            # The second one answers inside the other system, with the link and the code of her own letter.
            letter = await asked(life, SMIRNOVA)
            token = re.search(r"/d/([a-z2-7]{44})", letter.text)
            code = re.search(r"код из этого письма: ([0-9]{6})", letter.text)
            assert token
            assert code
            answer = {"token": token[1], "choice": "approve"}
            assert (await client.ask("POST", "/decisions", answer))[0] == 403
            done = await client.json("POST", "/decisions", {**answer, "code": code[1]})
            assert done["outcome"] == "recorded"

            # The result is taken back, by another system with a key of its own.
            closed = await archive.until("case.closed")
            assert closed.json["data"]["state"] == "done"
            reader = Client(url, await made_key(life.app, "Directum", "cases:read"))
            assert (await reader.ask("POST", "/cases", ORDER, Idempotency_Key="x"))[0] == 403

            async def with_papers() -> Any:
                card = await reader.json("GET", where)
                return card if card["papers"] else None

            card = await until(with_papers)
            sheet = next(paper for paper in card["papers"] if paper["content_type"] == "application/pdf")
            status, content = await reader.ask("GET", f"{where}/papers/{sheet['place']}")
            assert status == 200
            assert content.startswith(b"%PDF")
            assert hashlib.sha256(content).hexdigest() == sheet["sha256"]
            assert (await reader.ask("GET", f"{where}/files/1"))[1] == DRAFT
            story = await reader.json("GET", f"{where}/story")
            assert [line["seq"] for line in story["items"]] == list(range(1, card["version"] + 1))

    assert all(genuine(called) for called in (*erp.calls, *archive.calls))
    assert {called.json["type"] for called in archive.calls} == {"case.closed"}
    versions = [called.json["data"]["version"] for called in erp.calls]
    assert versions == sorted(set(versions)), "told in order, each transition once"
