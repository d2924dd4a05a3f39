"""Roundup (roundup-tracker.org) beside mailflow: an issue tracker that reads a mailbox with its own IMAP gateway.

Owns: installing it into an environment of its own, a tracker with the bench's people, one round of each over the same
mails on the same Dovecot, in turns. Refuses to know: what either makes of a mail.

Roundup has the lighter task: it keeps each mail as a message of an issue and notifies the issue's people; it asks
nobody to decide, reads no paper, checks no sender, moves no mail. Its gateway is started for each round, as cron would,
so a start of about half a second is in its figure. Nothing of it is replaced but the port it connects to.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import pipeline
from bench.cost import Cost, Meter
from bench.mails import DOMAIN, MEMBERS, TEAMS, Asked, Papers, asked, person, replies, requests
from bench.peer import Peer
from bench.worker import Worker
from tests.server_dovecot import Dovecot, dovecot

OURS, THEIRS, PASSWORD = "docs", "roundup", "bench"
AIM = 2.0
_GATEWAY = """
import imaplib, sys
imaplib.IMAP4.__init__.__defaults__ = ("", int(sys.argv.pop(1)), None)
from roundup.scripts.roundup_mailgw import run
run()
"""
_PEOPLE = """
import sys
from roundup import instance, password
db = instance.open(sys.argv[1]).open("admin")
for line in sys.stdin.read().splitlines():
    address, name = line.split(" ", 1)
    db.user.create(username=address.partition("@")[0], address=address, realname=name, roles="User",
                   password=password.Password("bench", config=db.config))
db.commit()
db.close()
"""
_SETTINGS = {
    "domain": DOMAIN,
    "host": "127.0.0.1",
    "messages_to_author": "yes",
    "subject_prefix_parsing": "none",
    "subject_suffix_parsing": "none",
    "add_author": "yes",
    "email": f"admin@{DOMAIN}",
}


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of each cost a message, and how many letters left."""

    ours: Cost
    theirs: Cost
    letters: tuple[int, int]

    @property
    def times(self) -> float:
        """How many messages mailflow takes while Roundup takes one."""
        return self.theirs.wall / self.ours.wall


class Tracker:
    """A Roundup of its own in a folder, with the bench's people."""

    def __init__(self, folder: Path, smtp_port: int) -> None:
        self._home, self._python = folder / "tracker", folder / "env" / "bin" / "python"
        self._quietly(sys.executable, "-m", "venv", str(folder / "env"))
        self._quietly(str(self._python), "-m", "pip", "install", "--quiet", "roundup")
        self.version = self._quietly(str(self._python), "-c", "import roundup; print(roundup.__version__)").strip()
        admin = str(self._python.with_name("roundup-admin"))
        self._quietly(admin, "-i", str(self._home), "install", "classic", "sqlite")
        self._set({**_SETTINGS, "port": str(smtp_port)})
        self._quietly(admin, "-i", str(self._home), "initialise", PASSWORD)
        people = (person(team, place) for team in range(TEAMS) for place in range(MEMBERS + 1))
        said = "".join(f"{address} {name}\n" for address, name in people)
        self._quietly(str(self._python), "-c", _PEOPLE, str(self._home), given=said)

    def round(self, imap_port: int) -> Cost:
        """Let the gateway take all that waits in the mailbox."""
        meter = Meter()
        account = f"{THEIRS}:{PASSWORD}@127.0.0.1"
        self._quietly(str(self._python), "-c", _GATEWAY, str(imap_port), str(self._home), "imap", account)
        return meter.read()

    def _set(self, values: dict[str, str]) -> None:
        """Write settings where config.ini has them; each stands there, commented out or not."""
        path = self._home / "config.ini"
        lines = path.read_text(encoding="utf-8").splitlines()
        for at, line in enumerate(lines):
            name, equals, _ = line.lstrip("#").partition("=")
            if equals and name.strip() in values:
                lines[at] = f"{name.strip()} = {values[name.strip()]}"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _quietly(self, *command: str, given: str = "") -> str:
        ended = subprocess.run(command, input=given, capture_output=True, text=True, env=_environment(), check=False)
        if ended.returncode:
            raise SystemExit(f"bench: {' '.join(command[:3])} failed:\n{ended.stdout}{ended.stderr}")
        return ended.stdout


def _environment() -> dict[str, str]:
    """Ours without the path to this tree: what it installs is to be its own."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mf-peers-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def compared(rounds: int, mails: int) -> Iterator[str]:
    """Play rounds of each in turns and give what to print, line by line."""
    with _folder() as folder, dovecot({OURS: PASSWORD, THEIRS: PASSWORD}) as server:
        peer, beside = Peer(), Peer()
        pipeline.write_site(folder / "site", server.port, peer.port, OURS, PASSWORD)
        tracker = Tracker(folder, beside.port)
        ours = Worker(pipeline.main, folder / "site")
        try:
            yield f"Roundup {tracker.version}, its IMAP gateway, SQLite; {mails} mails a round, the same for both"
            yield from _played(rounds, mails, server, ours, tracker, (peer, beside))
        finally:
            ours.end("end")
            peer.close()
            beside.close()


def _played(
    rounds: int, mails: int, server: Dovecot, ours: Worker, tracker: Tracker, peers: tuple[Peer, Peer]
) -> Iterator[str]:
    papers, waiting, played = Papers(), list[Asked](), []
    for number in range(rounds + 1):
        batch = _mails(papers, waiting, mails // 2, number)
        for user in (OURS, THEIRS):
            server.append(user, *batch)
        theirs, own = tracker.round(server.port), ours.ask("round")
        letters, notices = (peer.taken() for peer in peers)
        waiting = asked(letters)
        if number:
            # The first round only opens cases: there is nothing to reply to yet.
            one = Round(own.each(len(batch)), theirs.each(len(batch)), (len(letters), len(notices)))
            played.append(one)
            yield _line(number, one)
    yield _summary(played)


def _mails(papers: Papers, waiting: Sequence[Asked], half: int, number: int) -> list[bytes]:
    new = requests(papers, half, number * half, f"p{number}")
    old = replies(waiting[:half], f"p{number}a")
    return [mail for pair in zip(new, old, strict=True) for mail in pair] if old else new


def _line(number: int, one: Round) -> str:
    return (
        f"round {number}: mailflow {1 / one.ours.wall:6.1f} messages/s, {one.letters[0]} letters   "
        f"Roundup {1 / one.theirs.wall:6.1f} messages/s, {one.letters[1]} letters   {one.times:.2f} times"
    )


def _summary(played: Sequence[Round]) -> str:
    times = statistics.median(one.times for one in played)
    cpu = [statistics.median(getattr(one, side).cpu * 1e3 for one in played) for side in ("ours", "theirs")]
    reached = "reached" if times >= AIM else "NOT reached"
    return (
        f"medians of {len(played)} rounds: {times:.2f} times the messages a second, aim {AIM:.0f}: {reached}; "
        f"CPU a message mailflow {cpu[0]:.2f} ms, Roundup {cpu[1]:.2f} ms"
    )
