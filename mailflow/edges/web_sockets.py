"""Sockets that must not wait for ever: the HTTP side of uvicorn, with patience that ends.

Owns: how long a connection may take to say what it wants, how many may be silent at once, and a server
that leaves signals alone. Refuses to know: pages.

uvicorn itself gives a connection that never finishes its first request all the time in the world, and
answers everybody else with 503 once there are enough of those. Here the one that has been silent longest
makes room, so a flood of slow sockets starves nobody who speaks up.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, ClassVar

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from mailflow.errors import SettingsError

MOST_SILENT = 200
"""Connections that have not yet said what they want."""
MOST_AT_ONCE = 400
"""Connections in all; beyond, a request is answered 503."""
PATIENCE = 10.0
"""Seconds a request may take to arrive with its headers."""
KEPT_ALIVE = 5
STOPPING = 10
"""Seconds that requests under way have to finish when the service stops."""
HEADER_BYTES = 16 * 1024


class Silent:
    """The connections that have not said what they want, the longest silent first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: dict[H11Protocol, asyncio.TimerHandle] = {}

    def add(self, one: H11Protocol, seconds: float) -> None:
        """Let it wait so long; whoever has waited longest goes when there are too many."""
        if one in self._waiting:
            return
        self._waiting[one] = one.loop.call_later(seconds, self._end, one)
        if len(self._waiting) > self._most:
            self._end(next(iter(self._waiting)))

    def remove(self, one: H11Protocol) -> None:
        """It has spoken, or is gone."""
        timer = self._waiting.pop(one, None)
        if timer is not None:
            timer.cancel()

    def _end(self, one: H11Protocol) -> None:
        self.remove(one)
        if one.transport is not None:
            one.transport.abort()


class Patient(H11Protocol):
    """One connection whose requests must arrive in time; `patient` gives the class of a server."""

    silent: ClassVar[Silent]
    seconds: ClassVar[float]
    safe: ClassVar[Sequence[tuple[bytes, bytes]]]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        # A line of the access log holds the address, and the address holds the token.
        self.access_log = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.silent.add(self, self.seconds)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self.silent.remove(self)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with the same headers as everything else, if it can be answered at all."""
        with contextlib.suppress(h11.LocalProtocolError):
            answer = h11.Response(status_code=400, headers=[*self.safe, (b"connection", b"close")], reason=b"")
            self.transport.write(self.conn.send(answer))
            self.transport.write(self.conn.send(h11.EndOfMessage()))
        self.transport.close()

    def _watch(self) -> None:
        """Be patient only while no request is being answered."""
        cycle: Any = self.cycle
        if self.transport.is_closing():
            self.silent.remove(self)
        elif cycle is None or cycle.response_complete:
            self.silent.add(self, self.seconds)
        else:
            self.silent.remove(self)


def patient(silent: Silent, seconds: float, headers: list[tuple[str, str]]) -> type[H11Protocol]:
    """Give the protocol class of one server: its silent connections and the headers of every answer."""
    safe = [(name.lower().encode(), value.encode()) for name, value in headers]
    return type("PatientHere", (Patient,), {"silent": silent, "seconds": seconds, "safe": safe})


class Server(uvicorn.Server):
    """uvicorn inside somebody else's loop: signals are not its business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield


def server(app: Any, headers: list[tuple[str, str]], patience: float = PATIENCE) -> Server:
    """Make a server for the ASGI app; it is given its socket when it serves."""
    config = uvicorn.Config(
        app,
        http=patient(Silent(MOST_SILENT), patience, headers),
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="error",
        server_header=False,
        proxy_headers=False,
        headers=headers,
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=KEPT_ALIVE,
        timeout_graceful_shutdown=STOPPING,
        h11_max_incomplete_event_size=HEADER_BYTES,
    )
    return Server(config)


def bound(listen: str, port: int, section: str = "web") -> socket.socket:
    """Give a listening socket; SettingsError where the address cannot be had."""
    family = socket.AF_INET6 if ":" in listen else socket.AF_INET
    try:
        return socket.create_server((listen, port), family=family, backlog=512)
    except OSError as wrong:
        raise SettingsError(
            f"[{section}] listen = {listen!r}, port = {port}: {wrong.strerror}: choose another or end who has it"
        ) from None


class Listener(ABC):
    """One HTTP server on one port of this machine, from `run` to `close`; who inherits says what it serves."""

    section: ClassVar[str]
    """The section of the settings a port that is taken is told by."""

    def __init__(self, listen: str, port: int) -> None:
        self.port = port
        """Where it listens: known once `listening` is set, also where 0 was asked for."""
        self.listening = asyncio.Event()
        self._listen = listen
        self._server: Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @abstractmethod
    def made(self) -> Server:
        """Give the server, not yet started."""

    @abstractmethod
    def served(self) -> None:
        """Say in the log that it is reached."""

    def loops(self) -> list[Callable[[], Awaitable[None]]]:
        """Give what runs as long as it serves."""
        return [self.run]

    async def run(self) -> None:
        """Serve until `close` or cancellation; requests under way are finished in order."""
        listener = bound(self._listen, self.port, self.section)
        self.port = listener.getsockname()[1]
        self._server = self.made()
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        self.served()
        self.listening.set()
        try:
            await asyncio.shield(self._serving)
        except asyncio.CancelledError:
            await self.close()
            raise
        finally:
            self.listening.clear()
            listener.close()

    async def close(self) -> None:
        """Take no more connections, finish what is under way, and let `run` return."""
        if self._server is None or self._serving is None:
            return
        self._server.should_exit = True
        await asyncio.wait([self._serving])
