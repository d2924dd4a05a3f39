"""An office whose pages are really served: uvicorn on loopback, a real store, letters kept as they leave.

What the tests need to act as people do: file a request, open the letter, follow its link, type its code.
"""

from __future__ import annotations

import asyncio
import contextlib
import email.policy
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from mailflow.advance import advance
from mailflow.app import shipped
from mailflow.cabinet import Cabinet
from mailflow.connector import Connector
from mailflow.core.answers import Answer
from mailflow.core.api_keys import RIGHTS, mint_key
from mailflow.core.case import Case, card_hash
from mailflow.core.effects import MakeDocument
from mailflow.core.events import AnswerReceived, ApiKeyMade, DocumentMade, IncomingFile, RequestReceived
from mailflow.core.office import Office
from mailflow.core.receiver import ReceiverProfile
from mailflow.core.sender import Proven
from mailflow.core.surroundings import surroundings
from mailflow.core.tokens import KeyRing
from mailflow.core.vitals import Machine, Vitals
from mailflow.deliver import deliver, note
from mailflow.doorkeeper import Doorkeeper
from mailflow.edges.api import Api
from mailflow.edges.blobs import Blobs
from mailflow.edges.letters import Letters
from mailflow.edges.smtp import Accepted
from mailflow.edges.store import Store
from mailflow.edges.web import COOKIE, Web
from mailflow.edges.web_rooms import NOTE, SESSION
from mailflow.entrance import Entrance
from mailflow.hall import Hall
from mailflow.lookup import Desk
from mailflow.operation import Operation
from mailflow.own import Own
from mailflow.passing_on import Passage
from mailflow.receive import receive
from mailflow.respond import Window
from mailflow.second_factors import Factors
from mailflow.world import Letter, read_letter
from mailflow.writing import Counter, write
from tests.loopback import LOOPBACK, free_port
from tests.offices import FULL, neon

PDF = b"%PDF-1.4 an invoice\n"
NOON = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
RING = KeyRing({1: b"k" * 32}, 1)


@dataclass(frozen=True)
class Where:
    url: str
    listen: str
    port: int


@dataclass(frozen=True)
class Answered:
    """What came back over the wire."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        """What an API answers."""
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """The name of the problem an API tells of."""
        assert self.headers["content-type"] == "application/problem+json", self.text
        return str(self.json["type"]).removeprefix("urn:mailflow:problem:")

    @property
    def nonce(self) -> str:
        """Of the page's own form; the one to sign out stands above it."""
        found = re.findall(r'name="nonce" value="([^"]+)"', self.text)
        assert found, self.text
        return str(found[-1])

    @property
    def title(self) -> str:
        found = re.search(r"<title>(.*?)</title>", self.text)
        return found[1] if found else ""


@dataclass
class Kept:
    """A way out that takes every letter."""

    letters: list[tuple[str, bytes]] = field(default_factory=list)

    async def send(self, sender: str, to: str, content: bytes) -> Accepted:
        self.letters.append((to, content))
        return Accepted("250 kept")


@dataclass(frozen=True)
class Asked:
    """A letter that asks: its link's path, token and printed code ('' = none)."""

    letter: Letter
    token: str
    code: str

    @property
    def path(self) -> str:
        return f"/d/{self.token}"


class Site:
    """The office, its store, its window and its served pages."""

    def __init__(self, store: Store, folder: Path, office: Office | None = None, ring: KeyRing = RING) -> None:
        self.folder = folder
        self.now = NOON
        self.ring = ring
        self.office = office or neon()
        self.store = store
        self.blobs = Blobs(folder / "files")
        self.post = Kept()
        self.random_calls = 0
        self.woken = 0
        self.window = Window(self.office, store, self.blobs, ring, self.random, self.wake)
        self.port = free_port()
        where = Where(f"http://{LOOPBACK}:{self.port}", LOOPBACK, self.port)
        self.entrance = Entrance(self.office, store, ring, self.random, self.wake)
        around = surroundings(self.office.rules, ("docs@neon.example",))
        self.desk = Desk(self.office, store, self.blobs, ring, ReceiverProfile("none"), around)
        self.factors = Factors(self.office, store, ring, self.random, self.wake)
        own = Own(self.office, store, ring, self.factors)
        self.hall = Hall(
            self.entrance, Cabinet(self.desk, self.wake), own, Operation(store, self.office.hours.zone, self.measure)
        )
        self.keeper = Doorkeeper(store, per_minute=6000)
        self.api = Api(where.url, self.keeper, Connector(self.desk, self.wake), Passage(self.window), 1024 * 1024)
        pages = shipped("templates") / "web"
        self.web = Web(where, self.window, self.hall, pages, lambda: self.now, patience=2.0, api=self.api)
        self.counter = Counter(
            office=self.office,
            store=store,
            blobs=self.blobs,
            letters=Letters([shipped("templates") / "mail"]),
            ring=ring,
            address="docs@neon.example",
            name="Документы",
            instance="test",
            plus_addresses=True,
            web_url=where.url,
            random=self.random,
        )
        self._requests = 0

    def random(self, count: int) -> bytes:
        """Chance that is the same in every run, and never twice the same."""
        self.random_calls += 1
        return self.random_calls.to_bytes(4).rjust(count, b"\x07")

    async def measure(self, now: datetime) -> tuple[Vitals, Machine]:
        return await self.store.vitals(now), Machine(50 * 2**30, "sqlite", 12)

    def wake(self) -> None:
        self.woken += 1

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    # what people do

    async def request(self, by: str = "i.kuznetsov", **fields: object) -> Case:
        """File a request that is complete; everybody who is asked gets his letter."""
        self._requests += 1
        sha256 = await self.blobs.keep(PDF)
        file = IncomingFile("Счёт 57.pdf", sha256, len(PDF), "application/pdf")
        values = {k: v for k, v in {**FULL, **fields}.items() if v is not None}
        event = RequestReceived(
            f"{self._requests:064d}", self.now, "invoice", True, by, self.proof(by), values, (file,), "Счёт"
        )
        done = await advance(event, self.store, self.office, self.now)
        assert done.case is not None
        await self.deliver()
        return done.case

    async def reply(self, case: str, person: str, said: Answer, comment: str = "", key: str = "") -> None:
        """Answer the open task of the person by reply."""
        loaded = await self.case(case)
        task = next(a for a in loaded.assignments if a.principal == person and a.open)
        card = card_hash(loaded.fields, loaded.files)
        event = AnswerReceived(
            key or f"reply {case} {person} {self.now}", self.now, case, task.id, self.proof(person), said, comment,
            card=card,
        )  # fmt: skip
        await advance(event, self.store, self.office, self.now)

    def proof(self, person: str) -> Proven:
        return Proven(self.office.directory.people[person].address, "dmarc=pass by mx.neon.example")

    async def case(self, case: str) -> Case:
        loaded = await self.store.load(case)
        assert loaded is not None
        return loaded

    async def deliver(self) -> None:
        """Let every paper be made, here the same for all, and every letter leave that is ready."""
        for due in await self.store.due_errands(self.now, 100):
            if isinstance(due.errand, MakeDocument):
                file = IncomingFile("Приложение.pdf", await self.blobs.keep(PDF), len(PDF), "application/pdf")
                made = DocumentMade(due.key, self.now, due.case, due.errand.document, file)
                await advance(made, self.store, self.office, self.now)
        claimed = await self.store.claim_letters(self.now, 1000, timedelta(minutes=5), "test")
        for page in await write(claimed, self.now, self.counter):
            await note(await deliver(page, self.post, self.now, self.counter), self.store)  # type: ignore[arg-type]

    def letters(self, person: str) -> list[Letter]:
        address = self.office.directory.people[person].address
        return [read_letter(content) for to, content in self.post.letters if to == address]

    def asked(self, person: str) -> Asked:
        """The newest letter of the person that carries a link."""
        for letter in reversed(self.letters(person)):
            link = re.search(r"/d/([a-z2-7]{44})\?choice=", letter.text)
            if link:
                code = re.search(r"(?:код из этого письма|code of this letter): ([0-9]{6})", letter.text)
                return Asked(letter, link[1], code[1] if code else "")
        raise AssertionError(f"{person} has no letter with a link")

    def sent_code(self, person: str) -> str:
        """The digits of the newest letter with a one-time code."""
        found = [re.search(r"(?:Ваш код|Your code): ([0-9 ]+)", letter.text) for letter in self.letters(person)]
        return next(match[1].replace(" ", "") for match in reversed(found) if match)

    # what browsers do

    async def get(self, path: str, cookie: str = "", method: str = "GET", **headers: str) -> Answered:
        return await self.send(method, path, b"", cookie, headers)

    async def post_form(self, path: str, form: Mapping[str, str], cookie: str = "", **headers: str) -> Answered:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self.send("POST", path, urlencode(form).encode(), cookie, {**kind, **headers})

    async def send(
        self, method: str, path: str, body: bytes, cookie: str = "", headers: Mapping[str, str] | None = None
    ) -> Answered:
        lines = {"Host": f"{LOOPBACK}:{self.port}", "Connection": "close", **(headers or {})}
        if body or method == "POST":
            lines["Content-Length"] = str(len(body))
        if cookie:
            lines["Cookie"] = f"{COOKIE}={cookie}"
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
        return await self.wire(head.encode() + b"\r\n" + body)

    async def wire(self, raw: bytes) -> Answered:
        reader, writer = await asyncio.open_connection(LOOPBACK, self.port)
        writer.write(raw)
        await writer.drain()
        try:
            return parsed(await reader.read())
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def key(self, *rights: str, processes: tuple[str, ...] = (), name: str = "1С:ДО") -> str:
        """Give another system a key; without rights named, with every right."""
        minted = mint_key(self.random(5) + self.random(32))
        may = tuple(rights) or tuple(RIGHTS)
        made = ApiKeyMade(f"api_key/{minted.id}", self.now, minted.id, name, may, processes, minted.hash)
        await advance(made, self.store, self.office, self.now)
        return minted.text

    async def call(self, method: str, path: str, key: str = "", body: object = None, **headers: str) -> Answered:
        """Call the API as another system does."""
        kept = {"Authorization": f"Bearer {key}"} if key else {}
        if body is not None:
            kept["Content-Type"] = "application/json"
        said = json.dumps(body).encode() if body is not None else b""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.send(method, f"/api/v1{path}", said, "", {**kept, **named})

    async def press(
        self, path: str, choice: str, comment: str = "", cookie: str = "", code: str = "", **more: str
    ) -> Answered:
        """Open the page and submit its form."""
        page = await self.get(path, cookie)
        form = {"nonce": page.nonce, "choice": choice, "comment": comment, **more}
        if code:
            form["code"] = code
        return await self.post_form(path, form, cookie)

    async def mail(self, case: str, text: str = "Когда будет готово?", quoted: str = "") -> int:
        """Let the initiator's mail about the case come in, with a file; give its row's id."""
        loaded = await self.case(case)
        self._requests += 1
        mail = EmailMessage()
        mail["From"] = "Иван Кузнецов <i.kuznetsov@neon.example>"
        mail["To"] = "docs@neon.example"
        mail["Subject"] = f"Re: [{loaded.number}] вопрос"
        mail["Message-ID"] = f"<mail-{self._requests}@neon.example>"
        mail.set_content(f"{text}\n{quoted}")
        mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="КП.pdf")
        await self.take(mail)
        newest = (await self.store.inbox(limit=1))[0]
        if not newest.taken.case:
            moved = replace(newest.taken, case=case, message_key=f"{self._requests:064d}", source=None)
            return (await self.store.take_only(moved)).id
        return newest.id

    async def stray(self, html: str = "<p>Добрый день</p>") -> int:
        """Let a stranger's letter come in; give its row's id."""
        self._requests += 1
        mail = EmailMessage()
        mail["From"] = "Водоканал <office@vodokanal.example>"
        mail["To"] = "docs@neon.example"
        mail["Subject"] = "О начислениях"
        mail["Message-ID"] = f"<stray-{self._requests}@vodokanal.example>"
        mail.set_content("Добрый день! Просим ответить до 20.11.2026.")
        mail.add_alternative(html, subtype="html")
        mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="Акт.pdf")
        await self.take(mail)
        return (await self.store.inbox(kind="stray", limit=1))[0].id

    async def take(self, mail: EmailMessage) -> None:
        """Take a mail in as the daemon does."""
        raw = mail.as_bytes(policy=email.policy.SMTP)
        await receive(raw, None, self.now, self.now, self.desk)

    async def sign_in(self, person: str) -> str:
        """Sign the person in as people do; give the cookie of his browser."""
        page = await self.get("/sign-in")
        address = self.office.directory.people[person].address
        asked = await self.post_form("/sign-in", {"nonce": page.nonce, "address": address})
        await self.deliver()
        note = f"{NOTE}={cookie_of(asked, NOTE)}"
        form = {"nonce": asked.nonce, "code": self.sent_code(person)}
        return cookie_of(await self.post_form("/sign-in/code", form, Cookie=note), SESSION)

    def dump(self) -> str:
        """The whole database as text."""
        with sqlite3.connect(self.folder / "mailflow.db") as db:
            return "\n".join(db.iterdump())


def parsed(raw: bytes) -> Answered:
    head, _, body = raw.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    pairs = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    cookies = tuple(value for name, value in pairs if name == "set-cookie")
    return Answered(int(status.split()[1]) if status else 0, dict(pairs), cookies, body)


def browser_of(answer: Answered) -> str:
    """The cookie's value that an answer sets."""
    return cookie_of(answer, COOKIE)


def cookie_of(answer: Answered, name: str) -> str:
    """The value of the cookie of that name that an answer sets."""
    [cookie] = [c for c in answer.cookies if c.startswith(f"{name}=")]
    return cookie.partition("=")[2].partition(";")[0]


@contextlib.asynccontextmanager
async def served(folder: Path, url: str = "", office: Office | None = None) -> AsyncIterator[Site]:
    """A site with its pages served, on SQLite in the folder or on the database of the URL."""
    store = await Store.open(url or f"sqlite://{folder}/mailflow.db", "neon.example")
    site = Site(store, folder, office)
    running = asyncio.create_task(site.web.run())
    try:
        await asyncio.wait_for(site.web.listening.wait(), 10)
        yield site
    finally:
        await site.web.close()
        await running
        await store.close()
