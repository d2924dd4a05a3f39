"""The company after the story: mailflow serves on, a page on 127.0.0.1 shows the mailboxes.

Owns: the service, the page's server, telling on the terminal what happens, and the end in order:
page, service, a last look. Refuses to know: what the page shows (`page`).
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager

import uvicorn

from mailflow import daemon
from mailflow.app import now
from mailflow.core.views import Language
from mailflow.demo.house import LOOPBACK, House
from mailflow.demo.page import page
from mailflow.demo.terminal import Terminal

LOOK_SECONDS = 0.5
_STAYING: Mapping[Language, str] = {
    "ru": "Контора открыта: {url} — почта каждого, можно читать и отвечать. Закончить: Ctrl-C.",
    "en": "The office stays open: {url} — everybody's mail, to read and to answer. End with Ctrl-C.",
}
_LEAVING: Mapping[Language, str] = {"ru": "Контора закрыта.", "en": "The office is closed."}


async def remain(house: House, terminal: Terminal) -> None:
    """Serve the page and the mailbox until interrupted (SIGINT, SIGTERM), telling what happens."""
    leaving = asyncio.Event()
    with _on_interrupt(leaving):
        async with serving(house, terminal.language) as url:
            terminal.say()
            terminal.say(_STAYING[terminal.language].format(url=url), "bold")
            await _tell_news(house, terminal, leaving)
    terminal.did(await house.news())
    terminal.say()
    terminal.say(_LEAVING[terminal.language])


@asynccontextmanager
async def serving(house: House, language: Language) -> AsyncIterator[str]:
    """Run mailflow and the page as long as the block lasts; give the page's address."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind((LOOPBACK, 0))
    # From here on nobody is turned away, although the server begins to answer a moment later.
    listener.listen()
    address = f"{LOOPBACK}:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        page(house, language, address), log_config=None, access_log=False, lifespan="off", server_header=False
    )
    server = _Server(config)
    service = asyncio.create_task(daemon.run(house.app))
    talking = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://{address}/"
    finally:
        server.should_exit = True
        await talking
        service.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await service


class _Server(uvicorn.Server):
    """A server in somebody else's process: the signals are his."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _tell_news(house: House, terminal: Terminal, leaving: asyncio.Event) -> None:
    """Tell what visitors write and what mailflow does, as it happens."""
    told = len(house.written)
    while not leaving.is_set():
        wrote, told = house.written[told:], len(house.written)
        done = await house.news()
        if wrote or done:
            terminal.stamp(now())
        for written in wrote:
            terminal.writes(written)
        terminal.did(done)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(leaving.wait(), LOOK_SECONDS)


@contextlib.contextmanager
def _on_interrupt(leaving: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    names = (signal.SIGINT, signal.SIGTERM)
    for name in names:
        loop.add_signal_handler(name, leaving.set)
    try:
        yield
    finally:
        for name in names:
            loop.remove_signal_handler(name)
