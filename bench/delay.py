"""How long a mail is on its way: from the moment the mailbox has it to the approver's letter at the next server.

Owns: delivering mails one at a time while mailflow serves as it does for real, and timing two things for each: when a
bystander of another mailbox on the same server is told of the same mail (the server's own delay, which nobody behind it
can undercut), and when the letter that asks the approver is complete at the SMTP peer. Refuses to know: what is in it.

One clock serves all: the machine's monotonic one. The bystander watches the same way mailflow does, by IDLE or by a
NOOP every 0.1 s; in a mailbox of his own, because ours is emptied faster than he looks.
"""

from __future__ import annotations

import contextlib
import imaplib
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from imapclient import IMAPClient

from bench import pipeline
from bench.mails import Papers, requests
from bench.peer import Peer
from bench.worker import Worker
from tests.server_dovecot import Dovecot, dovecot

USER, BESIDE, PASSWORD = "docs", "beside", "bench"
USERS = dict.fromkeys((USER, BESIDE), PASSWORD)
Watch = Literal["idle", "poll"]
POLL_SECONDS = 0.1
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Way:
    """Seconds from delivery: until the bystander knew, and until the letter was there."""

    told: float
    arrived: float


class Bystander:
    """The reader of another mailbox, who only notes when he hears of a new mail."""

    def __init__(self, port: int, watch: Watch) -> None:
        self._client = IMAPClient("127.0.0.1", port, ssl=False)
        self._client.login(BESIDE, PASSWORD)
        self._client.select_folder("INBOX", readonly=True)
        self._watch = watch
        self._over = threading.Event()
        self._told: list[float] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def told_since(self, moment: float) -> float:
        """Give when he was first told after that moment; TimeoutError if nobody tells him."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            later = [at for at in self._told if at >= moment]
            if later:
                return later[0]
            time.sleep(0.005)
        raise TimeoutError(f"the mail server told nobody of a new mail within {PATIENCE:.0f} s")

    def _listen(self) -> None:
        if self._watch == "idle":
            self._client.idle()
        while not self._over.is_set():
            heard = self._heard()
            if any(word == b"EXISTS" for _, word in heard):
                self._told.append(time.monotonic())

    def _heard(self) -> list[tuple[int, bytes]]:
        if self._watch == "idle":
            said = self._client.idle_check(timeout=0.5)
        else:
            time.sleep(POLL_SECONDS)
            said = self._client.noop()[1]
        return [(one[0], one[1]) for one in said if len(one) > 1 and one[1] == b"EXISTS"]

    def close(self) -> None:
        """Stop listening."""
        self._over.set()
        self._thread.join(5)
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self._client.shutdown()


def measured(count: int, watch: Watch) -> list[Way]:
    """Send that many requests one by one and time each, after five that are not counted."""
    with _serving(watch) as (server, peer, bystander):
        mails = requests(Papers(2), count + 5, 0, f"delay-{watch}")
        with server.client(USER) as here, server.client(BESIDE) as beside:
            return [_sent(mail, here, beside, peer, bystander) for mail in mails][5:]


@contextlib.contextmanager
def _serving(watch: Watch) -> Iterator[tuple[Dovecot, Peer, Bystander]]:
    with tempfile.TemporaryDirectory(prefix="mf-bench-") as folder, dovecot(USERS) as server:
        peer = Peer()
        pipeline.write_site(Path(folder) / "site", server.port, peer.port, USER, PASSWORD, watch)
        ours = Worker(pipeline.main, Path(folder) / "site")
        ours.ask("serve")
        bystander = Bystander(server.port, watch)
        time.sleep(2)
        try:
            yield server, peer, bystander
        finally:
            bystander.close()
            ours.ask("stop")
            ours.end("end")
            peer.close()


def _sent(mail: bytes, here: imaplib.IMAP4, beside: imaplib.IMAP4, peer: Peer, bystander: Bystander) -> Way:
    # At any point of the server's and of the poll's own rhythm.
    time.sleep(random.uniform(0.3, 0.5))
    peer.taken()
    _, delivered = _delivered(here, mail)
    arrived = _asked_at(peer) - delivered
    began, delivered = _delivered(beside, mail)
    # He may hear of it before we hear that it is there.
    return Way(max(0.0, bystander.told_since(began) - delivered), arrived)


def _delivered(client: imaplib.IMAP4, mail: bytes) -> tuple[float, float]:
    """Put a mail into the mailbox; give when that began and when the server said that it is there."""
    began = time.monotonic()
    kind, answer = client.append("INBOX", "", "", mail)
    assert kind == "OK", answer
    return began, time.monotonic()


def _asked_at(peer: Peer) -> float:
    """Wait for the letter to the head of a team and give when it was complete."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for letter in peer.taken():
            if letter.to.partition("@")[0].endswith("-0"):
                return letter.at
        time.sleep(0.005)
    raise TimeoutError(f"no letter to an approver within {PATIENCE:.0f} s: does the request state every field?")


def line(watch: Watch, ways: Sequence[Way]) -> str:
    """Say p50 and p99 of both, and what ours adds."""
    told = [one.told * 1e3 for one in ways]
    arrived = [one.arrived * 1e3 for one in ways]
    name = "IDLE" if watch == "idle" else f"poll {POLL_SECONDS} s"
    return (
        f"{name}, {len(ways)} mails: the server tells after p50 {p(told, 50):.0f} ms, p99 {p(told, 99):.0f} ms; "
        f"the approver's letter is there after p50 {p(arrived, 50):.0f} ms, p99 {p(arrived, 99):.0f} ms: "
        f"{p(arrived, 50) - p(told, 50):.0f} ms over the server's own delay (p50)"
    )


def p(values: Sequence[float], percent: int) -> float:
    """Give a percentile; the largest value where there are too few."""
    if len(values) < 2:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
