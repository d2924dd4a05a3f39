"""The floor: the same mails and letters through the bare libraries, with none of mailflow's own work.

Owns: fetch in batches (imapclient), mail-parser, the raw bytes in a file with fsync, three rows in one durable commit
(tortoise, SQLite, synchronous=FULL), the letters of a recorded round rendered by plain Jinja2 from the same templates,
built, and sent on a kept connection (aiosmtplib). Nothing is understood, looked up, checked, moved or read from a PDF.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiosmtplib
import mailparser
from imapclient import IMAPClient
from jinja2 import Environment
from tortoise import Model, Tortoise, fields
from tortoise.transactions import in_transaction

from bench.cost import Cost, Meter, peak_mib
from bench.letters import Written
from bench.mails import DOCS
from mailflow.app import shipped
from mailflow.core.views import LetterView
from mailflow.edges.envelope import Rendered, build
from mailflow.edges.letter_grammar import breaks
from mailflow.edges.letters import _ROOMS, _facts

BATCH = 50
SQLITE = "journal_mode=WAL&synchronous=FULL"


class FloorMail(Model):
    """A mail taken in."""

    id = fields.IntField(primary_key=True)
    message_id = fields.CharField(max_length=500)
    subject = fields.TextField()


class FloorCase(Model):
    """What it is about."""

    id = fields.IntField(primary_key=True)
    document = fields.TextField()


class FloorJournal(Model):
    """That it happened."""

    id = fields.IntField(primary_key=True)
    document = fields.TextField()


class Templates:
    """The shipped letters as plain Jinja2 prints them: no sandbox, no limits, no tidying."""

    def __init__(self) -> None:
        self._env = Environment(
            autoescape=lambda name: bool(name and name.endswith(".html.j2")), trim_blocks=True, lstrip_blocks=True
        )
        self._env.filters["breaks"] = breaks
        self._known: dict[str, Any] = {}

    def print(self, view: LetterView, facts: dict[str, Any]) -> Rendered:
        """Print one letter from facts that are clean already."""
        values = dict(facts)
        values["label"] = self._blocks(f"_words.{view.language}.j2", values)
        parts = self._blocks(f"{view.kind}.{view.language}.j2", values)
        values |= {"body": "", "ask": "", **parts}
        values |= {name: parts.get(name, values["label"][name]) for name in ("answer", "list")}
        text, html = (self._template(f"_layout.{kind}.j2").render(values) for kind in ("txt", "html"))
        return Rendered(parts["subject"].strip(), text, html, view.language)

    def _blocks(self, name: str, values: dict[str, Any]) -> dict[str, str]:
        template = self._template(name)
        return {block: "".join(code(template.new_context(values))) for block, code in template.blocks.items()}

    def _template(self, name: str) -> Any:
        if name not in self._known:
            source = (shipped("templates") / "mail" / name).read_text(encoding="utf-8")
            made = self._env.compile(source, name, name)
            self._known[name] = self._env.template_class.from_code(self._env, made, {})
        return self._known[name]


class Floor:
    """The libraries, connected once."""

    def __init__(self, folder: Path, imap_port: int, smtp_port: int, user: str, password: str) -> None:
        self._folder = folder
        self._mailbox = IMAPClient("127.0.0.1", imap_port, ssl=False)
        self._mailbox._imap.debug = 0
        self._mailbox.login(user, password)
        self._post = aiosmtplib.SMTP(hostname="127.0.0.1", port=smtp_port, start_tls=False)
        self._templates = Templates()
        self._after = 0
        self._parts: dict[str, float] = {}

    async def open(self) -> None:
        """Make the database and connect."""
        url = f"sqlite://{self._folder}/floor.db?{SQLITE}"
        await Tortoise.init(db_url=url, modules={"models": ["bench.floor"]})
        await Tortoise.generate_schemas()
        await self._post.connect()

    async def close(self) -> None:
        """Let everything go."""
        self._mailbox.logout()
        await self._post.quit()
        await Tortoise.close_connections()

    async def round(self, letters: Sequence[tuple[Written, dict[str, Any]]]) -> tuple[Cost, dict[str, float]]:
        """Take in what waits and send those letters; give what it cost, and the processor seconds of each part."""
        self._parts.clear()
        meter = Meter()
        await self._take()
        for written, facts in letters:
            with self._part("render"):
                rendered = self._templates.print(written.view, facts)
            with self._part("build"):
                content = build(rendered, written.envelope, written.enclosures)
            with self._part("send"):
                await self._post.sendmail(DOCS, [written.envelope.to_address], content)
        return meter.read(), dict(self._parts)

    @contextmanager
    def _part(self, name: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self._parts[name] = self._parts.get(name, 0.0) + time.process_time() - began

    async def _take(self) -> None:
        self._mailbox.select_folder("INBOX")
        uids = [uid for uid in self._mailbox.search(["UID", f"{self._after + 1}:*"]) if uid > self._after]
        for start in range(0, len(uids), BATCH):
            with self._part("fetch"):
                some = self._mailbox.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"])
            for uid in sorted(some):
                await self._keep(uid, some[uid][b"BODY[]"])
        self._after = max(uids, default=self._after)

    async def _keep(self, uid: int, raw: bytes) -> None:
        with self._part("file"), open(self._folder / str(uid), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        with self._part("parse"):
            mail = mailparser.parse_from_bytes(raw)
        with self._part("commit"):
            async with in_transaction() as connection:
                await FloorMail.create(message_id=mail.message_id, subject=mail.subject, using_db=connection)
                await FloorCase.create(document=mail.subject * 20, using_db=connection)
                await FloorJournal.create(document=mail.subject * 10, using_db=connection)


def main(pipe: Connection, folder: Path, imap_port: int, smtp_port: int, user: str, password: str) -> None:
    """Be the floor's process: answer every set of letters by what the round cost, None by the peak memory."""
    asyncio.run(_serve(pipe, Floor(folder, imap_port, smtp_port, user, password)))


async def _serve(pipe: Connection, floor: Floor) -> None:
    await floor.open()
    pipe.send("open")
    try:
        while (letters := pipe.recv()) is not None:
            pipe.send(await floor.round([(one, _facts(one.view, _ROOMS[0])) for one in letters]))
        pipe.send(peak_mib())
    finally:
        await floor.close()
