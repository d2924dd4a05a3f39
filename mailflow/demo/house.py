"""The demo's company while it lives: mail servers, an open site, and what has happened since one last looked.

Owns: writing mails as somebody, letting mailflow work, and telling what it did (`Done`), out of the
rows it keeps itself: inbox, journal, outbox. Every mail that passes is kept in the demo's folder.
Refuses to know: the story, the terminal, the page.
What may go wrong: mailflow does not get done in time (DemoError).
"""

from __future__ import annotations

import asyncio
import email.policy
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

import aiosmtplib

from mailflow import daemon
from mailflow.app import App, now, opened
from mailflow.core.case import Case
from mailflow.core.directory import Directory, Person, read_directory
from mailflow.core.journal import OFFICE
from mailflow.core.views import Language
from mailflow.deliver import deliver, note
from mailflow.demo.folder import Folder
from mailflow.digest import send_digest
from mailflow.edges.smtp import Post
from mailflow.edges.store import OutboxRow
from mailflow.errors import MailflowError
from mailflow.rekeying import renew_letters
from mailflow.rulekeeping import take_rules
from mailflow.sending import LEASE
from mailflow.world import PASSWORD, Letter, Paper, World, read_letter
from mailflow.writing import write

LOOPBACK = "127.0.0.1"
DOCS = "docs@neon.example"
STRANGER = "anna@romashka.example"
"""Somebody outside: a supplier of the company."""
PATIENCE_SECONDS = 60.0
_WEB = """
[web]
url = "http://127.0.0.1:{port}"
port = {port}
"""
_FOLDERS = ("INBOX", "Processed", "Quarantine")
_MOST = 1000


class DemoError(MailflowError):
    """The day did not go as the story says."""


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of the journal, with the number of its case ('' = of no case)."""

    number: str
    why: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter mailflow sent: its kind, the person's id, the address, the id of its case ('' = none), the letter."""

    kind: str
    person: str
    address: str
    case: str
    letter: Letter


@dataclass(frozen=True, slots=True)
class Done:
    """What mailflow did since one last looked.

    `kinds`: what each mail was taken for. `papers`: the names of the files it made and enclosed.
    """

    kinds: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    letters: tuple[Arrived, ...] = ()
    papers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.kinds or self.told or self.letters)


@dataclass(frozen=True, slots=True)
class Written:
    """A mail somebody wrote, as it left."""

    who: str
    letter: Letter


@dataclass
class _Seen:
    """How much of each row was told already."""

    inbox: int = 0
    journal: dict[str, int] = field(default_factory=dict)
    outbox: set[str] = field(default_factory=set)


class House:
    """The company at work; made by `company`."""

    def __init__(self, world: World, app: App, folder: Folder) -> None:
        self.world = world
        self.app = app
        self.folder = folder
        self.written: list[Written] = []
        self._came: list[Arrived] = []
        self._seen = _Seen()

    async def settle_in(self) -> None:
        """Take up rules and key, as the service does at a start: before the first mail there is nothing to tell."""
        await take_rules(self.app.store, self.app.office, now())
        await renew_letters(self.app.store, self.app.office, max(self.app.desk.ring.keys), now())
        await self._new_sentences()

    @property
    def directory(self) -> Directory:
        """The people of the company."""
        return self.app.office.directory

    def person(self, who: str) -> Person:
        """Give the person of an id."""
        return self.directory.people[who]

    # --- mails people write

    async def write(
        self, who: str, subject: str, text: str, papers: Sequence[Paper] = (), to: str = "", name: str = ""
    ) -> Written:
        """Let somebody (an address) write a new mail; `name`: how one outside calls himself."""
        raw = await self.world.write(who, subject, text, papers, to, name or self.name_of(who))
        return self._note(who, to or DOCS, "new", raw)

    async def reply(self, who: str, letter: Letter, text: str, papers: Sequence[Paper] = ()) -> Written:
        """Let somebody reply to a letter he received."""
        raw = await self.world.reply(who, letter, text, papers, self.name_of(who))
        return self._note(who, DOCS, "reply", raw)

    async def answer_by_machine(self, who: str, letter: Letter, subject: str, text: str) -> Written:
        """Let somebody's mail program answer a letter while he is away (RFC 3834)."""
        mail = self._answering(who, letter, f"{subject}: {letter.subject}", text)
        mail["Auto-Submitted"] = "auto-replied"
        raw = await self._hand_in(mail, who, login=who)
        return self._note(who, DOCS, "auto-reply", raw)

    async def forge(self, as_whom: str, letter: Letter, text: str, sender: str) -> Written:
        """Let somebody outside, who got hold of a letter, answer it in the name of the person it went to."""
        mail = self._answering(as_whom, letter, f"Re: {letter.subject}", text)
        raw = await self._hand_in(mail, sender, login="")
        return self._note(sender, DOCS, "forged", raw)

    def name_of(self, address: str) -> str:
        """Give the display name somebody writes under; '' for one outside."""
        person = self.directory.by_address(address)
        return self.person(person).name if person is not None else ""

    def _answering(self, who: str, letter: Letter, subject: str, text: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = f"{self.name_of(who)} <{who}>"
        mail["To"] = str(letter.message["Reply-To"] or DOCS)
        mail["Subject"] = subject
        mail["Date"] = format_datetime(now())
        mail["Message-ID"] = make_msgid(domain=who.partition("@")[2])
        mail["In-Reply-To"] = str(letter.message["Message-ID"])
        mail.set_content(text)
        return mail

    async def _hand_in(self, mail: EmailMessage, sender: str, login: str) -> bytes:
        raw = mail.as_bytes(policy=email.policy.SMTP)
        await aiosmtplib.send(
            raw,
            sender=sender,
            recipients=[str(mail["To"])],
            hostname=LOOPBACK,
            port=self.world.mail.smtp_port,
            username=login or None,
            password=PASSWORD if login else None,
            start_tls=False,
        )
        return raw

    def _note(self, who: str, whom: str, kind: str, raw: bytes) -> Written:
        self.folder.keep(who, whom, kind, raw)
        written = Written(who, read_letter(raw))
        self.written.append(written)
        return written

    # --- mailboxes

    async def letters(self, address: str) -> list[Letter]:
        """Give what somebody has received, the oldest first; of the shared address, in all its folders."""
        if address == DOCS:
            raws = [raw for name in _FOLDERS for raw in await self.world.mail.messages(DOCS, name)]
            return [read_letter(raw) for raw in raws]
        outside = [raw for _, to, raw in self.world.mail.outside if to == address]
        return [*await self.world.letters(address), *map(read_letter, outside)]

    async def last(self, address: str, about: str = "") -> Letter:
        """Give the letter somebody received last; DemoError if he has none.

        `about`: the last one that asks him something about a case whose number begins so.
        """
        letters = self._asking(address, about) if about else await self.letters(address)
        if not letters:
            raise DemoError(f"{address}: no letter has come: look at {self.folder.root / 'mailflow.log'}")
        return letters[-1]

    def _asking(self, address: str, about: str) -> list[Letter]:
        asked = (came.letter for came in self._came if (came.kind, came.address) == ("ask", address))
        return [letter for letter in asked if letter.subject.startswith(f"[{about}")]

    # --- what mailflow does

    async def works(self) -> Done:
        """Let mailflow take all that waits and send all that is ready; tell what it did."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await daemon.run_once(self.app)
        except TimeoutError:
            log = self.folder.root / "mailflow.log"
            raise DemoError(f"mailflow was not done after {PATIENCE_SECONDS:.0f} s: look at {log}") from None
        return await self.news()

    async def morning(self) -> datetime:
        """Let the next working morning's digest be made and sent; give the hour.

        The clock of the machine cannot be set forward, so the digest alone is told the hour.
        """
        app, hour = self.app, self.app.office.time.morning(now())
        await send_digest(app.store, app.desk.blobs, app.office, hour, hour.time())
        post = Post(app.settings.post())
        try:
            claimed = await app.store.claim_letters(hour, _MOST, LEASE, "demo")
            for page in await write(claimed, hour, app.counter):
                await note(await deliver(page, post, hour, app.counter), app.store)
        finally:
            await post.close()
        return hour

    async def news(self) -> Done:
        """Tell what happened since one last looked, and keep the letters that were sent."""
        kinds, told, letters = await self._new_kinds(), await self._new_sentences(), await self._new_letters()
        self._came += letters
        before = len(self.folder.papers)
        for arrived in letters:
            self.folder.keep(DOCS, arrived.address, arrived.kind, arrived.letter.raw)
        return Done(kinds, told, letters, self.folder.papers[before:])

    async def case(self) -> Case:
        """Give the case opened last; DemoError if there is none."""
        rows = await self.app.store.cases(limit=1)
        case = await self.app.store.load(rows[0].id) if rows else None
        if case is None:
            raise DemoError(f"no case was opened: look at {self.folder.root / 'mailflow.log'}")
        return case

    async def _new_kinds(self) -> tuple[str, ...]:
        rows = [row for row in await self.app.store.inbox(limit=_MOST) if row.id > self._seen.inbox]
        self._seen.inbox = max((row.id for row in rows), default=self._seen.inbox)
        return tuple(row.taken.kind for row in reversed(rows))

    async def _new_sentences(self) -> tuple[Told, ...]:
        chains = [(OFFICE, ""), *((row.id, row.number) for row in await self.app.store.cases(limit=_MOST))]
        told: list[tuple[datetime, Told]] = []
        for chain, number in chains:
            rows = await self.app.store.journal(chain)
            told += [(row.at, Told(number, row.why)) for row in rows[self._seen.journal.get(chain, 0) :]]
            self._seen.journal[chain] = len(rows)
        return tuple(sentence for _, sentence in sorted(told, key=lambda one: one[0]))

    async def _new_letters(self) -> tuple[Arrived, ...]:
        rows = [row for row in await self.app.store.outbox("sent", limit=_MOST) if row.key not in self._seen.outbox]
        self._seen.outbox |= {row.key for row in rows}
        return tuple([await self._arrived(row) for row in reversed(rows)])

    async def _arrived(self, row: OutboxRow) -> Arrived:
        there = await self.letters(row.address)
        letter = next((one for one in there if str(one.message["Message-ID"]) == row.message_id), None)
        if letter is None:
            raise DemoError(f"{row.address}: the letter {row.message_id} was sent and has not come")
        return Arrived(row.kind, row.person, row.address, row.case, letter)


@asynccontextmanager
async def company(folder: Folder, language: Language) -> AsyncIterator[House]:
    """Open the company for as long as the block lasts: its servers, its site, mailflow itself."""
    text = (Path(__file__).parent / f"directory.{language}.yaml").read_text(encoding="utf-8")
    people = read_directory(text, f"directory.{language}.yaml").people.values()
    world = World(folder.site, DOCS, [person.address for person in people], text)
    await world.start()
    with (folder.site / "mailflow.toml").open("a", encoding="utf-8") as settings:
        settings.write(_WEB.format(port=_free_port()))
    try:
        async with opened(folder.site) as app:
            house = House(world, app, folder)
            await house.settle_in()
            yield house
    finally:
        await world.stop()


def _free_port() -> int:
    """Find a port for the page behind the links: letters name it before anybody listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
