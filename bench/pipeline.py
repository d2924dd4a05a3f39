"""mailflow itself, as the bench runs it: a site of its own over the bench's servers, taking in all that waits.

Owns: writing the site, the process that serves it, the profile on demand. Nothing of mailflow is replaced; only in the
round that is recorded its letters are looked at (`bench.letters`).
"""

from __future__ import annotations

import asyncio
import logging
import os
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.cost import Cost, Meter, peak_mib
from bench.letters import Written, caught, with_files
from bench.mails import DOCS, MX, directory
from bench.sampling import Samples, sampled
from mailflow import daemon
from mailflow.app import App, opened
from mailflow.bells import Bells
from mailflow.indexing import index_waiting
from mailflow.making import make_key
from mailflow.reader import Reader
from tests.loopback import free_port

LOOKS = 500
SETTINGS = """
[mailbox]
address = "{docs}"
name = "Документы НЕОН"
host = "127.0.0.1"
port = {imap_port}
security = "plain"
user = "{user}"
password = {{file = "mailbox.password"}}
{since}watch = "{watch}"
poll_seconds = 0.1
[mailbox.receiver]
kind = "authserv"
authserv_id = "{mx}"
mx = "{mx}"
[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "plain"
[web]
url = "http://127.0.0.1:{web_port}"
port = {web_port}
"""


def write_site(
    site: Path,
    imap_port: int,
    smtp_port: int,
    user: str,
    password: str,
    watch: str = "idle",
    take_from: str = "2020-01-01",
) -> None:
    """Make a site over those servers: the shipped rules and letters, the bench's people."""
    site.mkdir(parents=True, exist_ok=True)
    since = f"take_from = {take_from}\n" if take_from else ""
    ports = {"imap_port": imap_port, "smtp_port": smtp_port, "web_port": free_port()}
    settings = SETTINGS.format(docs=DOCS, user=user, mx=MX, watch=watch, since=since, **ports)
    (site / "mailflow.toml").write_text(settings, encoding="utf-8")
    (site / "mailbox.password").write_text(password, encoding="utf-8")
    (site / "directory.yaml").write_text(directory(), encoding="utf-8")
    if not (site / "keys" / "1.key").exists():
        make_key(site / "keys" / "1.key")


def main(pipe: Connection, site: Path) -> None:
    """Be mailflow's process: answer each command until "end".

    "round": what a round cost, to the last letter; "index": what it costs to make its cases found; "idle": what an idle
    look costs; "record": the letters of a round; "profile": its samples; "serve": watch the mailbox until the next
    command; "counts": what stands in the database; "peak": memory.
    """
    # The log is written as a service writes it, only to nowhere.
    logging.getLogger("mailflow").propagate = False
    logging.getLogger("mailflow").setLevel("INFO")
    logging.getLogger("mailflow").addHandler(logging.StreamHandler(open(os.devnull, "w")))  # noqa: SIM115
    asyncio.run(_serve(pipe, site))


async def _serve(pipe: Connection, site: Path) -> None:
    async with opened(site) as app:
        pipe.send("open")
        while (command := pipe.recv()) != "end":
            pipe.send(await COMMANDS[command](app, pipe))
        await app.desk.reader.close()


async def _round(app: App, pipe: Connection) -> Cost:
    meter = Meter()
    await daemon.taken_and_sent(app)
    return meter.read()


async def _index(app: App, pipe: Connection) -> Cost:
    """Do what the service does in its idle time after a round: the words of its cases into the index of the search."""
    meter = Meter()
    await index_waiting(app.desk)
    return meter.read()


async def _idle(app: App, pipe: Connection) -> Cost:
    """Look for mail again and again where none has come, as a poll does; give what one look costs."""
    reader = Reader(app, Bells(asyncio.Event(), asyncio.Event()))
    try:
        await reader.catch_up()
        meter = Meter()
        for _ in range(LOOKS):
            assert await reader.catch_up() == 0, "new mail came while none was to come"
        return meter.read().each(LOOKS)
    finally:
        await reader.close()


async def _record(app: App, pipe: Connection) -> list[Written]:
    with caught() as written:
        await daemon.taken_and_sent(app)
    return [await with_files(one, app.desk.blobs) for one in written]


async def _profile(app: App, pipe: Connection) -> tuple[Cost, Samples]:
    meter = Meter()
    with sampled() as samples:
        await daemon.taken_and_sent(app)
    return meter.read(), samples


async def _watch(app: App, pipe: Connection) -> str:
    """Serve as the daemon does until the pipe has something to say."""
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    loop.add_reader(pipe.fileno(), asked.set)
    service = asyncio.create_task(daemon.run(app, lambda: pipe.send("serving")))
    await asked.wait()
    loop.remove_reader(pipe.fileno())
    pipe.recv()
    service.cancel()
    await asyncio.gather(service, return_exceptions=True)
    return "stopped"


async def _counts(app: App, pipe: Connection) -> dict[str, int]:
    rows = await app.store.inbox(limit=100_000)
    counts: dict[str, int] = {}
    for row in rows:
        name = f"{row.taken.kind}/{row.taken.state}"
        counts[name] = counts.get(name, 0) + 1
    letters = await app.store.outbox(limit=100_000)
    for letter in letters:
        name = f"letter {letter.kind}/{letter.state}"
        counts[name] = counts.get(name, 0) + 1
    return counts


async def _peak(app: App, pipe: Connection) -> tuple[float, float]:
    return peak_mib()


COMMANDS: dict[str, Any] = {
    "round": _round,
    "index": _index,
    "idle": _idle,
    "record": _record,
    "profile": _profile,
    "serve": _watch,
    "counts": _counts,
    "peak": _peak,
}
