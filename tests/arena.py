"""A town of machines in virtual time: mailflows, vacation bots, lists, bouncers, and a post that carries their mail.

Nothing waits and nothing is sent over a wire: the post hands bytes from one door to the next at hours it is told, and
the mailflows are whole ones with their own databases. What a careless gateway takes off a mail, `strips` takes off.
"""

from __future__ import annotations

import email
import email.policy
import re
import secrets
from collections import Counter as Counts
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from mailflow.alone import alone
from mailflow.app import rules_of, shipped
from mailflow.core.calendar_ru import RUSSIA
from mailflow.core.directory import read_directory
from mailflow.core.office import Office
from mailflow.core.sender import ReceiverProfile
from mailflow.core.surroundings import surroundings
from mailflow.core.tokens import KeyRing
from mailflow.core.worktime import OfficeHours
from mailflow.deliver import deliver, note
from mailflow.edges.blobs import Blobs
from mailflow.edges.documents import Documents
from mailflow.edges.letters import Letters
from mailflow.edges.pdf import Renderer
from mailflow.edges.reading_apart import PaperReader
from mailflow.edges.smtp import Accepted
from mailflow.edges.store import Store
from mailflow.errands import Bench, run_errand
from mailflow.lookup import Desk
from mailflow.receive import receive
from mailflow.remind import remind
from mailflow.writing import Counter, write

MANNERS = ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Mailflow-Instance", "Precedence", "List-Id")
"""By these a machine's mail is known to other machines; a bad gateway takes them off."""


@dataclass(frozen=True)
class Sent:
    """One mail under way, as the post keeps it for the count."""

    at: datetime
    sender: str
    to: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        read = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        return read

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def answers(self) -> bool:
        """True for a machine's answer to a mail; the one receipt that a request has been taken in is none."""
        registered = self.subject.endswith(("заявка зарегистрирована", "request registered"))
        return self.message["Auto-Submitted"] == "auto-replied" and not registered

    @property
    def thread(self) -> str:
        """What people would call one conversation: the subject without its Re:, a case's by its number."""
        subject = self.subject
        number = re.search(r"\[([^\]]{3,40})\]", subject)
        return number[1] if number else re.sub(r"^\s*((re|fwd?|отв|auto|автоответ)[:.]\s*)+", "", subject, flags=re.I)


MX = "mx.town.example"
Party = Callable[[Sent], "list[Sent]"]


@dataclass
class Town:
    """The post, its clock, and everybody with an address. `parties` answer at once, the mailflows each quarter hour."""

    now: datetime
    flows: dict[str, Flow] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    carried: list[Sent] = field(default_factory=list)
    waiting: list[Sent] = field(default_factory=list)
    strips: bool = False

    def post(self, mail: Sent) -> None:
        """Take a mail in at the counter."""
        self.carried.append(mail)
        self.waiting.append(mail)

    async def pass_hours(self, hours: float, step: timedelta = timedelta(minutes=15)) -> None:
        """Let time go by: mail is carried and every machine does what it does."""
        end = self.now + timedelta(hours=hours)
        while self.now < end:
            for _ in range(20):
                if not self.waiting:
                    break
                batch, self.waiting = self.waiting, []
                for mail in batch:
                    await self._hand_over(mail)
                for app in self.flows.values():
                    await self._works(app)
            for app in self.flows.values():
                await self._works(app)
            self.now += step

    async def _hand_over(self, mail: Sent) -> None:
        plain = re.sub(r"\+[^@]*@", "@", mail.to)
        raw = stripped(mail.raw) if self.strips else mail.raw
        if plain in self.flows:
            await receive(self._traced(mail) + raw, None, self.now, self.now, self.flows[plain].desk)
        elif plain in self.parties:
            for answer in self.parties[plain](Sent(self.now, mail.sender, mail.to, raw)):
                self.post(answer)

    def _traced(self, mail: Sent) -> bytes:
        """What a receiving server writes above a mail: here everybody is who he says, machines as well."""
        domain = str(mail.message["From"]).rpartition("@")[2].rstrip(">")
        mark = f"Authentication-Results: {MX}; dmarc=pass header.from={domain}\r\n"
        return f"Delivered-To: {mail.to}\r\n{mark}Received: from post by {MX}; x\r\n".encode()

    async def _works(self, app: Flow) -> None:
        """What the service's loops do, at the town's hour."""
        for timer in await app.store.due_timers(self.now, 1000):
            await alone(timer.key, remind(timer, app.store, app.office, self.now))
        for due in await app.store.due_errands(self.now, 100):
            await alone(due.key, run_errand(due, self.now, app.bench))
        while claimed := await app.store.claim_letters(self.now, 100, timedelta(minutes=15), "town"):
            for page in await write(claimed, self.now, app.counter):
                delivery = await deliver(page, _Door(self, app), self.now, app.counter)  # type: ignore[arg-type]
                await note(delivery, app.store)

    def sent_by(self, address: str) -> list[Sent]:
        return [mail for mail in self.carried if mail.sender == address]

    def answers(self, address: str, since: datetime) -> Counts[tuple[str, str]]:
        """How many automatic answers that address wrote to each reader in each conversation, beside its receipt."""
        return Counts((mail.to, mail.thread) for mail in self.sent_by(address) if mail.at >= since and mail.answers)


@dataclass
class _Door:
    """The way out of a mailflow into the town."""

    town: Town
    app: Flow

    async def send(self, sender: str, to: str, content: bytes) -> Accepted:
        self.town.post(Sent(self.town.now, sender, to, content))
        return Accepted("250 kept")


def stripped(raw: bytes) -> bytes:
    """The mail without the marks by which machines know each other."""
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    for name in MANNERS:
        del message[name]
    return message.as_bytes()


# --- who lives there


def mail(who: str, to: str, subject: str, text: str, at: datetime, id_: str = "", **headers: str) -> Sent:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = who, to, subject
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{id_ or abs(hash((who, to, subject, text, at)))}@{who.partition('@')[2]}>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return Sent(at, who, to, made.as_bytes(policy=email.policy.SMTP))


def vacation(address: str, text: str, subject: str = "Re: {}", **headers: str) -> Party:
    """Answers every mail at once, to Reply-To or From, again and again: what RFC 3834 forbids."""
    count = 0

    def answers(got: Sent) -> list[Sent]:
        nonlocal count
        count += 1
        to = str(got.message["Reply-To"] or got.message["From"]).rpartition("<")[2].rstrip(">")
        about = subject.format(str(got.message["Subject"] or ""))
        thread = {"In_Reply_To": str(got.message["Message-ID"]), "References": str(got.message["Message-ID"])}
        return [mail(address, to, about, text.format(n=count), got.at, f"v{count}", **thread, **headers)]

    return answers


def bouncer(address: str) -> Party:
    """Says of every mail that nobody lives there, with a report as RFC 3464 has it, from the null sender."""
    count = 0

    def answers(got: Sent) -> list[Sent]:
        nonlocal count
        count += 1
        domain = address.partition("@")[2]
        head = got.raw.partition(b"\r\n\r\n")[0].decode("latin-1")
        raw = (
            f"Return-Path: <>\r\nFrom: MAILER-DAEMON@{domain}\r\nTo: {got.sender}\r\nSubject: Undelivered Mail\r\n"
            f"Date: {format_datetime(got.at)}\r\nMessage-ID: <b{count}@{domain}>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\n\r\nNobody by that name.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            f"Reporting-MTA: dns; {domain}\r\n\r\nFinal-Recipient: rfc822; {address}\r\nAction: failed\r\n"
            f"Status: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n\r\n--b--\r\n"
        )
        return [Sent(got.at, "", got.sender, raw.encode())]

    return answers


def list_of(address: str, members: tuple[str, ...]) -> Party:
    """Sends whatever comes to all its members, its writer's name in From, replies to itself, and adds its marks."""

    def spreads(got: Sent) -> list[Sent]:
        body = got.message
        for name in ("Reply-To", "List-Id", "Precedence"):
            del body[name]
        body["Reply-To"], body["List-Id"], body["Precedence"] = address, "<all.town.example>", "list"
        raw = body.as_bytes(policy=email.policy.SMTP)
        return [Sent(got.at, got.sender, member, raw) for member in members]

    return spreads


@dataclass(frozen=True)
class Flow:
    """A whole mailflow of one address, connected to nothing."""

    desk: Desk
    counter: Counter
    bench: Bench

    @property
    def store(self) -> Store:
        return self.desk.store

    @property
    def office(self) -> Office:
        return self.desk.office


@cache
def _office(directory: str) -> Office:
    """People and the shipped rules, read once for all towns."""
    people = read_directory(directory)
    rules = rules_of([shipped("rules")], people)
    return Office(rules, people, RUSSIA, OfficeHours(zone=ZoneInfo("Europe/Moscow")))


@asynccontextmanager
async def mailflow_at(folder: Path, address: str, directory: str) -> AsyncIterator[Flow]:
    """Open one in the folder, with these people and the processes that come with mailflow."""
    folder.mkdir(parents=True)
    office, blobs, ring = _office(directory), Blobs(folder / "files"), KeyRing({1: address.encode().ljust(32)}, 1)
    renderer, reader = Renderer(), PaperReader()
    store = await Store.open(f"sqlite://{folder}/mailflow.db", address.partition("@")[2])
    around = surroundings(office.rules, (address,), address)
    profile = ReceiverProfile("authserv", MX)
    try:
        yield Flow(
            Desk(office, store, blobs, ring, profile, around, reader),
            Counter(
                office, store, blobs, Letters([shipped("templates") / "mail"]), ring, address, "Документы", address,
                True, "", secrets.token_bytes,
            ),
            Bench(office, store, blobs, Documents([shipped("templates") / "letters"], renderer)),
        )  # fmt: skip
    finally:
        await renderer.close()
        await reader.close()
        await store.close()
