"""The mail server letters are handed to: another process, so that its work is not counted as ours.

Owns: an SMTP conversation just long enough (EHLO, MAIL, RCPT, DATA, RSET, QUIT), the time each letter was complete,
and its beginning without the enclosed files. Refuses to know: who sends and why.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

KEPT = 128 * 1024
"""Bytes kept of a letter: its text and HTML stand before the files."""
LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Handed:
    """One letter as it arrived: for whom, when its last dot was read (monotonic seconds), how it begins, its length."""

    to: str
    at: float
    start: bytes
    size: int


class Peer:
    """The other process: started, asked for what came, ended."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(target=_main, args=(theirs,), daemon=True)
        self._process.start()
        self.port: int = self._pipe.recv()

    def taken(self) -> list[Handed]:
        """Give the letters that came since the last question."""
        self._pipe.send("taken")
        letters: list[Handed] = self._pipe.recv()
        return letters

    def close(self) -> None:
        """End the process."""
        self._pipe.send("end")
        self._process.join(5)


class _Talk(asyncio.Protocol):
    """One connection."""

    def __init__(self, letters: list[Handed]) -> None:
        self._letters = letters
        self._buffer = bytearray()
        self._to = ""
        self._in_body = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(b"220 peer.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        searched = max(0, len(self._buffer) - 5)
        self._buffer += data
        while self._body(searched) if self._in_body else self._line():
            searched = 0

    def _body(self, searched: int) -> bool:
        end = self._buffer.find(b"\r\n.\r\n", searched)
        if end < 0:
            return False
        self._letters.append(Handed(self._to, time.monotonic(), bytes(self._buffer[:KEPT]), end))
        del self._buffer[: end + 5]
        self._in_body = False
        self._transport.write(b"250 2.0.0 taken\r\n")
        return True

    def _line(self) -> bool:
        line, ended, _ = self._buffer.partition(b"\r\n")
        if not ended:
            return False
        del self._buffer[: len(line) + 2]
        self._answer(bytes(line).upper())
        return True

    def _answer(self, line: bytes) -> None:
        if line.startswith(b"EHLO"):
            self._transport.write(b"250-peer.example\r\n250-SIZE %d\r\n250 8BITMIME\r\n" % LIMIT)
        elif line.startswith(b"DATA"):
            self._in_body = True
            self._transport.write(b"354 go on\r\n")
        elif line.startswith(b"QUIT"):
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        else:
            if line.startswith(b"RCPT TO:<"):
                self._to = line[9:].partition(b">")[0].decode().lower()
            self._transport.write(b"250 2.0.0 fine\r\n")


def _main(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    letters: list[Handed] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Talk(letters), "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    asked = asyncio.Event()
    loop.add_reader(pipe.fileno(), asked.set)
    while True:
        await asked.wait()
        asked.clear()
        while pipe.poll():
            if pipe.recv() == "end":
                return
            pipe.send(list(letters))
            letters.clear()
