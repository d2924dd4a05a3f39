"""HTML to PDF, in a process of its own that may hang, swell or crash without anybody else noticing.

Owns: the life of the renderer process (`pdf_child`): started when the first document comes, one document at a time,
ended after a failure and after so many documents, started anew for the next. Refuses to know: what is printed.

The same HTML gives the same bytes, as long as fonts and WeasyPrint are the same. A document fetches nothing: no
address but data: is ever opened.

What may go wrong becomes a `Failed` with a reason: too long, too large, too many pages, a crash, no Pango.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import mailflow
from mailflow.edges import pdf_child
from mailflow.errors import SettingsError

CHILD = (sys.executable, "-P", "-m", "mailflow.edges.pdf_child")
_START_SECONDS = 60
_END_SECONDS = 2
_LARGEST_REPLY = 64 * 1024 * 1024
# Fontconfig wants a home for its cache; nothing else of our environment, passwords least of all, goes along.
_KEPT = ("HOME", "PATH", "XDG_CACHE_HOME", "FONTCONFIG_PATH", "FONTCONFIG_FILE", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Made:
    """The document."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """There is none, and why: one line for the log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take."""

    seconds: int = 20
    memory: int = 768
    """MiB of address space of the whole process; 160 of them are WeasyPrint itself."""
    pages: int = 200
    documents: int = 500
    """After so many the process is started anew."""


class Renderer:
    """Renders one document after another; safe to call from many tasks."""

    def __init__(self, limits: Limits = Limits(), command: Sequence[str] = CHILD) -> None:
        self._limits = limits
        self._command = (*command, str(limits.memory), str(limits.seconds), str(limits.pages))
        self._turn = asyncio.Lock()
        self._child: Process | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._left = 0

    async def pdf(self, html: str) -> Made | Failed:
        """Render a complete HTML document to PDF."""
        async with self._turn:
            try:
                made = await self._rendered(html)
            except BaseException:
                # Cancelled in the middle: half an answer lies in the pipe, so the process is of no more use.
                self._kill()
                raise
            self._left -= 1
            if isinstance(made, Failed) or self._left <= 0:
                await self._end()
            return made

    async def check(self) -> None:
        """Render a line, so that a missing library stops the start and not the first letter; SettingsError."""
        made = await self.pdf("<p>мф</p>")
        if isinstance(made, Failed):
            raise SettingsError(f"PDF: {made.reason}")

    async def close(self) -> None:
        """End the process, if there is one; the next document would start another."""
        async with self._turn:
            await self._end()

    async def _rendered(self, html: str) -> Made | Failed:
        if self._child is None:
            self._child = await self._start()
            self._left = self._limits.documents
            kind, content = await self._reply(self._child, _START_SECONDS)
            if kind != pdf_child.READY:
                return Failed(_text(content))
        child = self._child
        kind, content = await self._asked(child, html.encode("utf-8", "replace"))
        return Made(content) if kind == pdf_child.PDF else Failed(_text(content))

    async def _start(self) -> Process:
        self._folder = TemporaryDirectory(prefix=pdf_child.FOLDER, ignore_cleanup_errors=True)
        around = _environment(self._folder.name)
        # In a session of its own: Ctrl-C on the terminal is for us to obey, not for half a document.
        return await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=around, start_new_session=True
        )

    async def _asked(self, child: Process, html: bytes) -> tuple[bytes, bytes]:
        assert child.stdin is not None
        child.stdin.write(pdf_child.FRAME.pack(pdf_child.HTML, len(html)) + html)
        return await self._reply(child, self._limits.seconds)

    async def _reply(self, child: Process, seconds: float) -> tuple[bytes, bytes]:
        """Read one frame; a silence and a closed pipe are frames of failure."""
        try:
            async with asyncio.timeout(seconds):
                return await _frame(child)
        except TimeoutError:
            self._kill()
            return pdf_child.FAILED, f"not ready within {seconds:g} s".encode()
        except (asyncio.IncompleteReadError, ConnectionError):
            await self._end()
            return pdf_child.FAILED, _death(child.returncode or 0, self._limits).encode()

    async def _end(self) -> None:
        """Let an idle or a dying process go by itself, a busy one not.

        A dying one is waited for and not killed: `kill` on a process just dead would take its status away.
        """
        child = self._forget()
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            async with asyncio.timeout(_END_SECONDS):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()

    def _kill(self) -> None:
        child = self._forget()
        if child is not None and child.returncode is None:
            child.kill()

    def _forget(self) -> Process | None:
        child, self._child = self._child, None
        if self._folder is not None:
            self._folder.cleanup()
        return child


async def _frame(child: Process) -> tuple[bytes, bytes]:
    assert child.stdin is not None
    assert child.stdout is not None
    await child.stdin.drain()
    kind, length = pdf_child.FRAME.unpack(await child.stdout.readexactly(pdf_child.FRAME.size))
    if length > _LARGEST_REPLY:
        return pdf_child.FAILED, f"the document has {length} bytes, at most {_LARGEST_REPLY} are allowed".encode()
    return kind, await child.stdout.readexactly(length)


def _environment(folder: str) -> dict[str, str]:
    """Give the child's environment; the hash seed is fixed because the order of a set reaches the PDF."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    here = str(Path(mailflow.__file__).resolve().parents[1])
    return {**kept, "PYTHONPATH": here, "PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "TMPDIR": folder}


def _death(status: int, limits: Limits) -> str:
    if status == -signal.SIGXCPU:
        return f"took more than {limits.seconds} s of processor time"
    if status < 0:
        return f"the renderer was ended by {signal.Signals(-status).name}"
    return f"the renderer ended with status {status}"


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace") or "no reason given"
