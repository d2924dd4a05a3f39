"""A fake IMAP server, for what no real one does."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Mapping

from tests.loopback import LOOPBACK

HANG_UP = b"\0hang up"
Answers = Mapping[str, list[bytes]]
USUAL: Answers = {
    "CAPABILITY": [b"* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS AUTH=PLAIN\r\n"],
    "AUTHENTICATE": [b"+ \r\n"],
    "LIST": [b'* LIST () "/" "there"\r\n'],
    "SELECT": [b"* 1 EXISTS\r\n", b"* OK [UIDVALIDITY 7] ok\r\n", b"* OK [UIDNEXT 2] ok\r\n"],
    "LOGOUT": [b"* BYE bye\r\n"],
}


@dataclasses.dataclass
class FakeImap:
    """Answers each command by its name (`UID FETCH` under `FETCH`) with the given lines and a tagged OK.

    A line of its own that begins with TAG takes the place of the OK, HANG_UP closes the connection there.
    """

    port: int
    answers: dict[str, list[bytes]]
    commands: list[str] = dataclasses.field(default_factory=list)
    greeting: bytes = b"* OK ready\r\n"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            writer.write(self.greeting)
            while line := await reader.readline():
                if not await self._answer(line.decode(), reader, writer):
                    break
        writer.close()

    async def _answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        tag, _, rest = line.strip().partition(" ")
        self.commands.append(rest)
        answers = self._answers_to(rest)
        for answer in answers:
            if answer == HANG_UP:
                return False
            writer.write(answer.replace(b"TAG", tag.encode()))
            await writer.drain()
            if answer.startswith(b"+"):
                await reader.readline()
        if not any(answer.startswith(b"TAG ") for answer in answers):
            writer.write(f"{tag} OK done\r\n".encode())
        await writer.drain()
        return True

    def _answers_to(self, rest: str) -> list[bytes]:
        words = rest.removeprefix("UID ").upper().split()
        name = words[0]
        if "BODY.PEEK" in rest:
            # BODY is every fetch of whole mails, `BODY 3` the one of the mail with UID 3 alone.
            name = f"BODY {words[1]}" if f"BODY {words[1]}" in self.answers else "BODY"
        return {**USUAL, **self.answers}.get(name, [])


@contextlib.asynccontextmanager
async def fake_imap(answers: Answers, greeting: bytes = b"* OK ready\r\n") -> AsyncIterator[FakeImap]:
    fake = FakeImap(0, dict(answers), greeting=greeting)
    server = await asyncio.start_server(fake.serve, LOOPBACK, 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
