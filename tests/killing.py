"""A company whose mailflow is killed: a site on real servers, its people, and `mailflow run --once` as a process.

Run as a program this file is the `Forge`: it imports mailflow once and forks a child for every run, so that a
start costs a fork. A child is what `python -m mailflow run --once --site SITE` is, in a process of its own; one that is
to be killed after some seconds is `mailflow run`, the whole service.
"""

from __future__ import annotations

import asyncio
import contextlib
import email.policy
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from mailflow.app import now
from mailflow.killpoints import KILLED, VARIABLE
from mailflow.making import make_key
from mailflow.world import Letter, read_letter
from tests.offices import HERE
from tests.servers import Dovecot, Postgres, SmtpSink

DOCS = "docs@neon.example"
MX = "mx.neon.example"
PASSWORD = "demo"
SETTINGS = """
[mailbox]
address = "{docs}"
host = "127.0.0.1"
port = {imap_port}
security = "plain"
user = "{box}"
password = {{file = "mailbox.password"}}
take_from = 2020-01-01
size_limit_mib = 1
[mailbox.receiver]
kind = "authserv"
authserv_id = "{mx}"
mx = "{mx}"
[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "plain"
[store]
url = "{store}"
[digest]
at = "off"
"""
RUN_SECONDS = 60


# --- the processes


class Forge:
    """Start `mailflow run --once`, as often and as cheaply as the tests like, and say how it ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    async def run(self, site: Path, kill_at: str = "", plant: str = "") -> int:
        """Let it do all that waits and give its exit status; `plant` is a defect of ours to put in."""
        order = json.dumps({"site": str(site), "kill_at": kill_at, "plant": plant})
        return int(await asyncio.wait_for(asyncio.to_thread(self._ask, order), RUN_SECONDS))

    async def kills(self, site: Path, after: float) -> None:
        """Start the whole service, and kill it after so many seconds."""
        status = await self._fated(site, False, [(after, signal.SIGKILL)])
        assert status == -signal.SIGKILL, f"it ended by itself: {status}"

    async def serves(self, site: Path, kill_at: str) -> int:
        """Start the whole service and let it run into the point; give its exit status."""
        order = json.dumps({"site": str(site), "kill_at": kill_at, "plant": "", "once": False})
        return int(await asyncio.wait_for(asyncio.to_thread(self._ask, order), RUN_SECONDS))

    async def begins(self, site: Path, plant: str = "") -> int:
        """Start the whole service and let it serve; give its process, which is the caller's to end."""
        order = json.dumps({"site": str(site), "kill_at": "", "plant": plant, "once": False, "stays": True})
        return int(await asyncio.wait_for(asyncio.to_thread(self._ask, order), RUN_SECONDS))

    async def stops(self, site: Path, after: float, seconds: float) -> int:
        """Let it do all that waits, stop it after a while for some seconds, and wake it; give its exit status."""
        return await self._fated(site, True, [(after, signal.SIGSTOP), (seconds, signal.SIGCONT)])

    async def _fated(self, site: Path, once: bool, fate: list[tuple[float, signal.Signals]]) -> int:
        order = json.dumps({"site": str(site), "kill_at": "", "plant": "", "once": once, "fate": fate})
        return int(await asyncio.wait_for(asyncio.to_thread(self._ask, order), RUN_SECONDS))

    def _ask(self, order: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextlib.contextmanager
def forge() -> Iterator[Forge]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.killing"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Forge(process)
    finally:
        assert process.stdin is not None
        # Its loop over the orders ends with them.
        process.stdin.close()
        process.wait(RUN_SECONDS)


def _serve() -> None:
    _warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        fate, stays = order.pop("fate", []), order.pop("stays", False)
        child = os.fork()
        if child == 0:
            _be_mailflow(**order)
        if stays:
            # Whoever ends it knows it by its number, which nobody else gets before this process ends.
            print(child, flush=True)
            continue
        for seconds, sent in fate:
            # One that has ended waits for us, so that its number is still its own.
            time.sleep(seconds)
            os.kill(child, sent)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _warm_up() -> None:
    """Import what a run imports, also what it imports late, by opening a site."""
    from mailflow import app, daemon
    from mailflow.edges.documents import Documents
    from mailflow.edges.letters import Letters
    from mailflow.edges.store import asyncpg_engine

    async def open_one(site: Path) -> None:
        make_site(site, "sqlite:///data/mailflow.db", "nobody", 1, 1)
        async with app.opened(site):
            assert all((daemon, asyncpg_engine)), "imported for the children"

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(open_one(Path(folder) / "site"))
    # Most of a start: every template of every kind is printed once. That it is, is proven elsewhere.
    Letters.check = lambda self: None  # type: ignore[method-assign]
    Documents.check = lambda self: None  # type: ignore[method-assign]
    assert threading.active_count() == 1, "only a process of one thread can be forked"


def _be_mailflow(site: str, kill_at: str, plant: str, once: bool = True) -> None:
    status = 70
    try:
        log = os.open(Path(site) / "run.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for descriptor in (1, 2):
            os.dup2(log, descriptor)
        os.environ[VARIABLE] = kill_at
        _plant(plant)
        from mailflow.cli import main

        main(["run", *(["--once"] if once else []), "--site", site])
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


# --- defects to plant: what a real run cannot be brought to do


def _plant(defect: str) -> None:
    if defect:
        DEFECTS[defect]()


def _poison() -> None:
    """A mail that breaks the work."""
    from mailflow import receive
    from mailflow.core.happening import event_of as honest

    def poisoned(understood: Any, arrival: Any, office: Any) -> Any:
        if "poison" in arrival.message.subject:
            raise RuntimeError("a defect of ours")
        return honest(understood, arrival, office)

    receive.event_of = poisoned  # type: ignore[attr-defined]


def _no_paper() -> None:
    """A renderer that fails."""
    from mailflow.edges.documents import Documents, Failed

    async def failing(self: Documents, view: Any) -> Failed:
        return Failed("the renderer is broken")

    Documents.make = failing  # type: ignore[method-assign]


def _settles_first() -> None:
    """The mail server is told before anything is committed."""
    from mailflow.reader import Reader

    honest = Reader._one

    async def hasty(self: Reader, mail: Any, kept: Any, uidvalidity: int) -> Any:
        await self._mailbox.settle([mail.uid], [])
        return await honest(self, mail, kept, uidvalidity)

    Reader._one = hasty  # type: ignore[method-assign]


def _forgets_the_bytes() -> None:
    """A letter is sent whose bytes no row names."""
    from mailflow.edges.store import Store

    async def forgetful(self: Store, letters: Any) -> frozenset[str]:
        return frozenset(letter.outgoing.key for letter in letters)

    Store.rendered = forgetful  # type: ignore[assignment, method-assign]


def _notes_first() -> None:
    """A letter is noted as sent before it is."""
    from mailflow import sending
    from mailflow.edges.store import Noted

    honest = sending.deliver

    async def hasty(page: Any, post: Any, at: Any, counter: Any) -> Any:
        await counter.store.note(Noted(page.outgoing, "sent", "surely", at))
        return await honest(page, post, at, counter)

    sending.deliver = hasty  # type: ignore[attr-defined]


def _short_lease() -> None:
    """Turns a fifth as long, for tests that wait for their end."""
    from mailflow import agent

    agent.LEASE_SECONDS, agent.RENEW_SECONDS, agent.ASK_SECONDS = 2.0, 0.6, 0.4


SHORT_LEASE = "short lease"
DEFECTS = {
    SHORT_LEASE: _short_lease,
    "poison": _poison,
    "no paper": _no_paper,
    "settles first": _settles_first,
    "forgets the bytes": _forgets_the_bytes,
    "notes first": _notes_first,
}


# --- the company


@dataclass(frozen=True, slots=True)
class Paper:
    name: str
    content: bytes


def write_settings(site: Path, url: str, box: str, imap_port: int, smtp_port: int) -> None:
    settings = SETTINGS.format(docs=DOCS, mx=MX, imap_port=imap_port, smtp_port=smtp_port, box=box, store=url)
    (site / "mailflow.toml").write_text(settings, encoding="utf-8")


def make_site(site: Path, url: str, box: str, imap_port: int, smtp_port: int) -> None:
    site.mkdir(parents=True, exist_ok=True)
    write_settings(site, url, box, imap_port, smtp_port)
    (site / "mailbox.password").write_text(PASSWORD, encoding="utf-8")
    (site / "directory.yaml").write_bytes((HERE / "site" / "directory.yaml").read_bytes())
    make_key(site / "keys" / "1.key")


@dataclass
class Company:
    """A site with a mailbox of its own on the Dovecot and a sink for its letters; its people write and answer."""

    site: Path
    url: str
    box: str
    dovecot: Dovecot
    sink: SmtpSink
    forge: Forge
    delivered: list[str] = field(default_factory=list)
    """The Message-ID of every mail that was put into the mailbox."""
    on_the_way: list[bytes] = field(default_factory=list)
    remembered: list[Letter] = field(default_factory=list)
    """Letters from before this mailbox."""

    def write_settings(self) -> None:
        """Say where the servers are now."""
        write_settings(self.site, self.url, self.box, self.dovecot.port, self.sink.port)

    def found(self) -> None:
        """Make the site."""
        make_site(self.site, self.url, self.box, self.dovecot.port, self.sink.port)

    async def runs(self, plant: str = "") -> str:
        """Let mailflow do all that waits; give the line it ends with."""
        self.mail_arrives()
        status = await self.forge.run(self.site, plant=plant)
        assert status == 0, self.log()
        return self.log().splitlines()[-1]

    async def is_killed(self, point: str, plant: str = "") -> bool:
        """Let mailflow run into the point; False if it ended without getting there."""
        self.mail_arrives()
        status = await self.forge.run(self.site, point, plant)
        assert status in (0, KILLED), self.log()
        return status == KILLED

    def log(self) -> str:
        return (self.site / "run.log").read_text(encoding="utf-8")

    def letters(self, who: str) -> list[Letter]:
        """Every letter somebody got, the oldest first."""
        new = [read_letter(one.content) for one in self.sink.letters if one.recipients == (who,)]
        return [letter for letter in self.remembered if who in str(letter.message["To"])] + new

    def letter(self, who: str, *words: str) -> Letter:
        """The newest letter to somebody whose subject has these words."""
        return [letter for letter in self.letters(who) if all(word in letter.subject for word in words)][-1]

    def writes(self, who: str, subject: str, text: str, papers: Sequence[Paper] = (), to: str = DOCS) -> bytes:
        """Somebody writes to the shared address."""
        mail = self._mail(who, to, subject, text)
        for paper in papers:
            mail.add_attachment(paper.content, maintype="application", subtype="octet-stream", filename=paper.name)
        return self._delivered(mail)

    def replies(self, who: str, letter: Letter, text: str) -> bytes:
        """Somebody answers a letter of ours."""
        mail = self._mail(who, str(letter.message["Reply-To"]), f"Re: {letter.subject}", text)
        mail["In-Reply-To"] = str(letter.message["Message-ID"])
        return self._delivered(mail)

    def _mail(self, who: str, to: str, subject: str, text: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = who, to, subject
        mail["Date"] = format_datetime(now())
        mail["Message-ID"] = f"<{self.box}.{len(self.delivered)}@{who.partition('@')[2]}>"
        mail.set_content(text)
        return mail

    def _delivered(self, mail: EmailMessage) -> bytes:
        domain = str(mail["From"]).partition("@")[2]
        stamp = (
            f"Delivered-To: {mail['To']}\r\n"
            f"Authentication-Results: {MX}; dmarc=pass header.from={domain}\r\n"
            f"Received: from client ([127.0.0.1]) by {MX}; {format_datetime(now())}\r\n"
        )
        raw = stamp.encode() + mail.as_bytes(policy=email.policy.SMTP)
        self.delivers(raw)
        return raw

    def delivers(self, raw: bytes) -> None:
        """The MX puts a mail into the mailbox, before mailflow runs next."""
        self.delivered.append(str(read_letter(raw).message["Message-ID"]))
        self.on_the_way.append(raw)

    def mail_arrives(self) -> None:
        if self.on_the_way:
            self.dovecot.append(self.box, *self.on_the_way)
        self.on_the_way.clear()


# --- databases


@dataclass
class Databases:
    """Empty databases, and copies of one that is filled."""

    server: Postgres | None

    def url(self) -> str:
        return "sqlite:///data/mailflow.db" if self.server is None else self.server.fresh()

    def copy(self, url: str) -> str:
        """Copy the database; that of SQLite lies in the site and was copied with it."""
        if self.server is None:
            return url
        empty = self.server.fresh()
        self.server.drop(empty)
        base, _, old = url.rpartition("/")
        name = empty.rpartition("/")[2]
        self.server.sql(f'CREATE DATABASE "{name}" TEMPLATE "{old}"')
        return f"{base}/{name}"

    def drop(self, url: str) -> None:
        if self.server is not None:
            self.server.drop(url)

    def change(self, company: Company, statement: str) -> None:
        """Do to the rows what only time or an accident would."""
        if self.server is not None:
            self.server.sql(statement, company.url.rpartition("/")[2])
            return
        connection = sqlite3.connect(company.site / "data" / "mailflow.db")
        with contextlib.closing(connection), connection:
            connection.execute(statement)


# --- the same company elsewhere


def moved(company: Company, site: Path, box: str, sink: SmtpSink, url: str) -> Company:
    """Copy a company's site to another folder, mailbox and database."""
    shutil.copytree(company.site, site)
    copy = replace(
        company,
        site=site,
        box=box,
        sink=sink,
        url=url,
        delivered=[],
        on_the_way=[],
        remembered=list(company.remembered),
    )
    copy.write_settings()
    return copy


if __name__ == "__main__":
    _serve()
