"""What much mail does to the service: its memory over a backlog, an idle look at a full mailbox, one bad mail.

Owns: three loads, each played by fresh processes twice, small and large or without and with, so that two figures
stand beside each other. Refuses to know: what a mail costs (`bench.__main__`), how long it takes (`bench.delay`).

The database is made by a process before, as every start but the first finds it.
"""

from __future__ import annotations

import base64
import contextlib
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import pipeline
from bench.cost import Cost
from bench.mails import DOMAIN, Papers, person, requests
from bench.peer import Peer
from bench.worker import Worker
from tests.server_dovecot import Dovecot, dovecot

USER, PASSWORD = "docs", "bench"
FEW_WAITING, FEW_KEPT = 100, 1_000
POISON_SIZE, POISON_LINKS = 25 * 1024 * 1024, 2_000
MADE_AT_ONCE = 500
"""The bench itself never holds a whole backlog."""


@dataclass(frozen=True, slots=True)
class Twice:
    """A figure under the one load and under the other."""

    small: float
    large: float


@contextlib.contextmanager
def _served(*lots: Sequence[bytes], take_from: str = "2020-01-01") -> Iterator[tuple[Worker, Dovecot]]:
    with tempfile.TemporaryDirectory(prefix="mf-bench-") as folder, dovecot({USER: PASSWORD}) as server:
        for lot in lots:
            server.append(USER, *lot)
        peer, site = Peer(), Path(folder) / "site"
        pipeline.write_site(site, server.port, peer.port, USER, PASSWORD, take_from=take_from)
        Worker(pipeline.main, site).end("end")
        ours = Worker(pipeline.main, site)
        try:
            yield ours, server
        finally:
            ours.end("end")
            peer.close()


def backlog(many: int) -> Twice:
    """Give the service's peak memory, in MiB, over a backlog of a hundred requests and over one of `many`."""
    return Twice(_peak(FEW_WAITING), _peak(many))


def _peak(count: int) -> float:
    with _served() as (ours, server):
        papers = Papers()
        for first in range(0, count, MADE_AT_ONCE):
            server.append(USER, *requests(papers, min(MADE_AT_ONCE, count - first), first, f"b{first}"))
        ours.ask("round")
        service, _ = ours.ask("peak")
        return float(service)


def idle(many: int) -> Twice:
    """Give the processor milliseconds of one look for mail where a thousand are kept, and where `many` are."""
    return Twice(_look(FEW_KEPT), _look(many))


def _look(kept: int) -> float:
    mails = [b"From: a@b.example\r\nSubject: kept\r\nMessage-ID: <%d@b.example>\r\n\r\n." % n for n in range(kept)]
    # What lay there before the first contact is left alone, and stays.
    with _served(mails, take_from="") as (ours, _):
        ours.ask("round")
        cost: Cost = ours.ask("idle")
        return cost.cpu * 1e3


def poisoned(others: int) -> Twice:
    """Give the seconds until so many requests are answered, and until they are with a very bad mail among them."""
    return Twice(_answered(others), _answered(others, poison()))


def _answered(others: int, *bad: bytes) -> float:
    mails = requests(Papers(), others, 0, "p")
    half = others // 2
    with _served([*mails[:half], *bad, *mails[half:]]) as (ours, _):
        cost: Cost = ours.ask("round")
        return cost.wall


def poison() -> bytes:
    """Write a mail of 25 MB with 2,000 links and a MIME tree that never ends."""
    address, name = person(0, 1)
    links = "".join(
        f'<p style="color:#{n:06x}"><a href="https://{n}.example/{n}">Счёт {n}</a>' for n in range(POISON_LINKS)
    )
    junk = base64.encodebytes(random.Random(1).randbytes(POISON_SIZE * 3 // 4)).replace(b"\n", b"\r\n")
    head = (
        f'From: "{name}" <{address}>\r\nTo: docs@{DOMAIN}\r\nSubject: =?utf-8?q?=D0=A1?= =?broken?=\r\n'
        f"Message-ID: <poison@{DOMAIN}>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n"
        "--a\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
        f"--a\r\nContent-Type: text/html; charset=none\r\n\r\n{links}\r\n"
        "--a\r\nContent-Type: application/pdf; name*0*=x''%FF\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + junk


def line(name: str, figures: Twice) -> str:
    """Say both figures and how they stand to each other."""
    return _LINES[name].format(
        figures.small, figures.large, figures.large / figures.small, figures.large - figures.small
    )


_LINES = {
    "backlog": "peak memory: {0:.0f} MiB over a hundred mails, {1:.0f} MiB over the backlog: {3:+.0f} MiB",
    "idle": "an idle look: {0:.2f} ms CPU beside a thousand kept mails, {1:.2f} ms in the full mailbox: {2:.2f} times",
    "poison": "answered in {0:.1f} s, in {1:.1f} s with one mail of 25 MB among them: {2:.2f} times",
}
LOADS = {"backlog": backlog, "idle": idle, "poison": poisoned}
