"""The measures for whoever watches: `/metrics` for Prometheus, `/healthz` for a plain yes or no.

Owns: their wording on the wire (Prometheus text exposition format 0.0.4) and a listener of its own. Not that of the
pages: a server before the pages passes the world's requests on from this very machine, so that where a request comes
from says nothing there. Refuses to know: how it is measured. Nothing here names a person, a case or an address.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mailflow import log
from mailflow.core.vitals import Machine, Queue, Vitals
from mailflow.edges.web_sockets import Listener, Server, server

FRESH_SECONDS = 2.0
"""However often it is asked, it is measured no more often."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[str, float]
LETTERS = ("ready", "claimed", "deferred", "refused", "unknown")
MAILS = ("quarantined", "failed")
ERRANDS = ("waiting", "failed")


@dataclass(frozen=True, slots=True)
class Measured:
    """A reading, and the causes that need a person."""

    vitals: Vitals
    machine: Machine
    at: datetime
    ill: Sequence[str]


class Metrics(Listener):
    """Serves what `measure` gives, until closed."""

    section = "metrics"

    def __init__(self, listen: str, port: int, measure: Callable[[], Awaitable[Measured]]) -> None:
        super().__init__(listen, port)
        self._measure = measure
        self._last: tuple[float, Measured] | None = None

    def made(self) -> Server:
        """Give the server of the measures."""
        return server(self._app(), [("Cache-Control", "no-store")])

    def served(self) -> None:
        """Say where they are read."""
        log.metrics_served(f"http://{self._listen}:{self.port}/metrics")

    def _app(self) -> Starlette:
        return Starlette(routes=[Route("/metrics", self._metrics), Route("/healthz", self._healthy)])

    async def _metrics(self, request: Request) -> Response:
        found = await self._measured()
        if found is None:
            return PlainTextResponse("mailflow_up 0\n", media_type=CONTENT_TYPE)
        return PlainTextResponse(exposition(found), media_type=CONTENT_TYPE)

    async def _healthy(self, request: Request) -> Response:
        found = await self._measured()
        if found is None:
            return PlainTextResponse("ill: database\n", status_code=503)
        if found.ill:
            return PlainTextResponse(f"ill: {', '.join(found.ill)}\n", status_code=503)
        return PlainTextResponse("ok\n")

    async def _measured(self) -> Measured | None:
        """Give a fresh reading; None where the database does not answer."""
        if self._last is not None and time.monotonic() - self._last[0] < FRESH_SECONDS:
            return self._last[1]
        try:
            found = await self._measure()
        except Exception as wrong:
            log.broken("metrics", repr(wrong))
            return None
        self._last = (time.monotonic(), found)
        return found


def exposition(found: Measured) -> str:
    """Write the reading as Prometheus reads it."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Measured) -> Iterator[str]:
    for name, meaning, samples in _gauges(found):
        yield f"# HELP mailflow_{name} {meaning}"
        yield f"# TYPE mailflow_{name} gauge"
        for labels, value in samples:
            yield f"mailflow_{name}{labels} {value:.15g}"


def _gauges(found: Measured) -> Iterator[tuple[str, str, list[Sample]]]:
    vitals, at = found.vitals, found.at
    yield "up", "1 where the database answers.", [("", 1)]
    yield "healthy", "0 where a person has to act.", [("", 0 if found.ill else 1)]
    yield "ill", "1 for each cause that needs a person.", [(f'{{cause="{cause}"}}', 1) for cause in found.ill]
    yield (
        "since_well_seconds",
        "Seconds since a part of the service last did well.",
        [(f'{{part="{p.name}"}}', (at - p.well_at).total_seconds()) for p in vitals.pulses.values() if p.well_at],
    )
    yield from _queues("letters", "Letters that have not left, by state.", vitals.letters, LETTERS, at)
    yield from _queues("calls", "Calls to other systems that were not taken.", vitals.calls, LETTERS, at)
    yield from _queues("mails", "Mails that were not understood, by state.", vitals.mails, MAILS, at)
    yield from _queues("errands", "Papers and cases in the making.", vitals.errands, ERRANDS, at)
    yield "unsettled_mails", "Mails the mail server has not been told about.", [("", vitals.unsettled)]
    yield "timers_due", "Timers whose time has come.", [("", vitals.timers.count)]
    yield "oldest_timer_due_seconds", "How late the latest timer is.", [("", _age(vitals.timers, at))]
    yield "open_cases", "Open cases.", [("", vitals.open_cases)]
    yield "disk_free_bytes", "Room where the files lie.", [("", float(found.machine.free))]
    yield "key_age_days", "Age of the key that signs.", [("", found.machine.key_days)]


def _queues(
    name: str, meaning: str, queues: Mapping[str, Queue], states: Sequence[str], at: datetime
) -> Iterator[tuple[str, str, list[Sample]]]:
    ordered = [(f'{{state="{state}"}}', queues.get(state, Queue())) for state in states]
    yield name, meaning, [(label, queue.count) for label, queue in ordered]
    yield f"oldest_{name}_seconds", f"Age of the oldest. {meaning}", [(label, _age(q, at)) for label, q in ordered]


def _age(queue: Queue, at: datetime) -> float:
    return (at - queue.oldest).total_seconds() if queue.oldest is not None else 0.0
