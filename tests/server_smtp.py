"""An SMTP server that keeps every letter and misbehaves when told to."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.loopback import LOOPBACK, Certificate


@dataclasses.dataclass(frozen=True)
class Received:
    """One letter as it came over the wire; the null sender is `<>`."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    options: tuple[str, ...]
    connection: int


@dataclasses.dataclass
class SmtpSink:
    """Keeps every letter, and misbehaves as `on` says.

    `on` maps a phase (`greeting`, `mail`, `rcpt`, `data`, `body`, `dot`) to a reply, "drop" or "silence",
    `dot` also to "late".
    A letter is kept when its final dot has come, whatever is answered then.
    """

    port: int
    on: dict[str, str] = dataclasses.field(default_factory=dict)
    letters: list[Received] = dataclasses.field(default_factory=list)
    connections: int = 0
    live: list[_SinkProtocol] = dataclasses.field(default_factory=list)

    def hang_up(self) -> None:
        """End every connection that stands, as a server does with an idle client."""
        for protocol in self.live:
            if protocol.transport is not None:
                protocol.transport.close()


class _SinkProtocol(SMTP):
    line_length_limit = 1024 * 1024

    def __init__(self, sink: SmtpSink, **options: Any) -> None:
        super().__init__(self, loop=asyncio.get_running_loop(), hostname="sink.test", **options)
        self.sink = sink
        sink.connections += 1
        sink.live.append(self)
        self.number = sink.connections

    async def misbehave(self, phase: str) -> bool:
        match self.sink.on.get(phase):
            case None:
                return False
            case "drop":
                assert self.transport is not None
                self.transport.abort()
            case "silence":
                await asyncio.sleep(3600)
            case reply:
                await self.push(reply)
        return True

    async def _handle_client(self) -> None:
        if await self.misbehave("greeting"):
            return
        await super()._handle_client()

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self.misbehave("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if not await self.misbehave("rcpt"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if await self.misbehave("data"):
            return
        if "body" in self.sink.on:
            await self.push("354 go on")
            await self._reader.read(1000)
            await self.misbehave("body")
            return
        await super().smtp_DATA(arg)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.sink.letters.append(
            Received(
                envelope.mail_from,
                tuple(envelope.rcpt_tos),
                envelope.content,
                tuple(envelope.mail_options),
                self.number,
            )
        )
        answer = self.sink.on.get("dot", "250 OK")
        if answer == "late":
            await asyncio.sleep(0.3)
            return "250 OK at last"
        if answer in ("drop", "silence"):
            await self.misbehave("dot")
            await asyncio.sleep(3600)
        return answer


@contextlib.asynccontextmanager
async def smtp_sink(
    tls: Certificate | None = None,
    implicit: bool = False,
    users: Mapping[str, str] | None = None,
    size_limit: int = 2**25,
) -> AsyncIterator[SmtpSink]:
    """An SMTP server in this loop; with `tls` it offers STARTTLS, or speaks nothing else if `implicit`."""
    context = tls.server_context() if tls else None

    def check(server: SMTP, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and (users or {}).get(given.login.decode()) == given.password.decode()
        # handled=False, or aiosmtpd never answers a failed login.
        return AuthResult(success=right, handled=False)

    def protocol() -> SMTP:
        return _SinkProtocol(
            sink,
            enable_SMTPUTF8=True,
            data_size_limit=size_limit,
            tls_context=None if implicit else context,
            auth_require_tls=bool(context) and not implicit,
            authenticator=check,
            auth_required=users is not None,
        )

    sink = SmtpSink(0)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, LOOPBACK, 0, ssl=context if implicit else None)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        for live in sink.live:
            if live.transport is not None:
                live.transport.abort()
        await asyncio.sleep(0)
