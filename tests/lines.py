"""A line between a client and a server that stops, or is cut after a word: what a net does to a database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tests.loopback import LOOPBACK

COMMIT = b"COMMIT"


@dataclass
class Line:
    """Everything goes through while `open` is set.

    `cut_after_commit` cuts that many answers to a COMMIT; what holds `stop_after` still arrives, and nothing behind it.
    """

    port: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    cut_after_commit: int = 0
    cuts: int = 0
    stop_after: bytes | None = None

    def stops(self) -> None:
        """Nothing arrives any more, and nobody is told."""
        self.open.clear()

    def goes_on(self) -> None:
        self.open.set()


@contextlib.asynccontextmanager
async def line_to(port: int) -> AsyncIterator[Line]:
    """Listen on a port of our own for whoever wants to speak to that one."""
    line = Line()
    line.open.set()
    pumps: set[asyncio.Task[None]] = set()

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(LOOPBACK, port)
        lost = asyncio.Event()
        pumps.add(asyncio.create_task(_pump(reader, back, line, lost, True)))
        pumps.add(asyncio.create_task(_pump(there, writer, line, lost, False)))

    server = await asyncio.start_server(taken, LOOPBACK, 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: Line, lost: asyncio.Event, asks: bool
) -> None:
    """Carry one direction. Once a COMMIT is to be cut, its answer is waited for and thrown away with the line."""
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            await line.open.wait()
            if asks and line.cut_after_commit and COMMIT in piece:
                line.cut_after_commit -= 1
                lost.set()
            if not asks and lost.is_set():
                line.cuts += 1
                break
            writer.write(piece)
            await writer.drain()
            if asks and line.stop_after is not None and line.stop_after in piece:
                line.stop_after = None
                line.stops()
    writer.close()
