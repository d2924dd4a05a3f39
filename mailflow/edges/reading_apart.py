"""Papers are read in a process of their own that may hang, swell or crash without anybody else noticing.

Owns: the life of the reading process: started when the first paper comes, one paper at a time, ended after a failure
and after so many papers, started anew for the next; and the process itself (`python -m mailflow.edges.reading_apart`).
Refuses to know: how a paper is read (`reading`) and what its text means.

A process for each paper would cost more in starting than the paper in reading, ten times over. What may go wrong is a
defect of the paper: too long is TIMED_OUT, a crash or a want of memory is BROKEN. Our environment does not go along.
A frame in is one head (kind's length, pages to search for codes, content's length) and the two texts; a frame out is a
length and JSON, first of all an empty one that says ready.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import os
import resource
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import mailflow
from mailflow.edges.reading import (
    LARGEST_FILE,
    QR_PAGES,
    AttachmentText,
    Defect,
    kind_of,
    libraries,
    read_attachment,
)

CHILD = (sys.executable, "-P", "-m", "mailflow.edges.reading_apart")
_HEAD = struct.Struct(">HHI")
_LENGTH = struct.Struct(">I")
_START_SECONDS = 60.0
_END_SECONDS = 2.0
_LARGEST_REPLY = 16 * 1024 * 1024
_LONGEST_KIND = 1000
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "os.fork")


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading may take."""

    seconds: float = 20.0
    """For one paper, of the clock and of the processor alike."""
    memory: int = 1024
    """MiB of address space of the whole process."""
    papers: int = 500
    """After so many the process is started anew."""


class PaperReader:
    """Reads one paper after another in the other process; safe to call from many tasks."""

    def __init__(self, limits: Limits = Limits(), command: Sequence[str] = CHILD) -> None:
        self._limits = limits
        self._command = (*command, str(limits.memory), str(int(limits.seconds) + 1))
        self._turn = asyncio.Lock()
        self._child: Process | None = None
        self._left = 0

    async def read(self, content: bytes, content_type: str, qr_pages: int = QR_PAGES) -> AttachmentText:
        """Read a paper as `read_attachment` does; whatever it does to the process is a defect of the paper."""
        if len(content) > LARGEST_FILE or kind_of(content) is None:
            return read_attachment(content, content_type, qr_pages)
        async with self._turn:
            kept = self._child is not None
            read = await self._attempt(content, content_type, qr_pages)
            if read is None and kept:
                # It may have died of old age, or before this paper came: a fresh one shows whose fault it was.
                read = await self._attempt(content, content_type, qr_pages)
            return read or AttachmentText(defects=(Defect.BROKEN,))

    async def close(self) -> None:
        """End the process, if there is one; the next paper would start another."""
        async with self._turn:
            await self._end()

    async def _attempt(self, content: bytes, content_type: str, qr_pages: int) -> AttachmentText | None:
        """Read the paper; None when the process died over it."""
        try:
            return await self._read(content, content_type, qr_pages)
        except TimeoutError:
            await self._kill()
            return AttachmentText(defects=(Defect.TIMED_OUT,))
        except (asyncio.IncompleteReadError, OSError, ValueError):
            await self._kill()
            return None
        except BaseException:
            # Cancelled in the middle: half an answer lies in the pipe, so the process is of no more use.
            await asyncio.shield(self._kill())
            raise

    async def _read(self, content: bytes, content_type: str, qr_pages: int) -> AttachmentText:
        async with asyncio.timeout(_START_SECONDS):
            child = await self._ready()
        async with asyncio.timeout(self._limits.seconds):
            read = from_json(await _asked(child, content, content_type, qr_pages))
        self._left -= 1
        if self._left <= 0:
            await self._end()
        return read

    async def _ready(self) -> Process:
        """Give the process, a new one where there is none or it has ended since."""
        if self._child is None or self._child.returncode is not None:
            # In a session of its own: Ctrl-C on the terminal is for us to obey, not for half a paper.
            self._child = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=_environment(), start_new_session=True
            )
            self._left = self._limits.papers
            await _frame(self._child)
        return self._child

    async def _end(self) -> None:
        """Let an idle process go by itself, a busy one not."""
        child, self._child = self._child, None
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

    async def _kill(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            if child.returncode is None:
                child.kill()
            await child.wait()


async def _asked(child: Process, content: bytes, content_type: str, qr_pages: int) -> bytes:
    assert child.stdin is not None
    kind = content_type.encode("utf-8", "replace")[:_LONGEST_KIND]
    child.stdin.write(_HEAD.pack(len(kind), qr_pages, len(content)) + kind)
    child.stdin.write(content)
    await child.stdin.drain()
    return await _frame(child)


async def _frame(child: Process) -> bytes:
    assert child.stdout is not None
    (length,) = _LENGTH.unpack(await child.stdout.readexactly(_LENGTH.size))
    if length > _LARGEST_REPLY:
        raise ValueError(f"an answer of {length} bytes")
    return await child.stdout.readexactly(length)


def _environment() -> dict[str, str]:
    """Give the child's environment: how to find this package, and no password of ours."""
    here = str(Path(mailflow.__file__).resolve().parents[1])
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TESSDATA_PREFIX") if name in os.environ}
    # Tesseract would start a thread a core, each with a stack of its own, and be no quicker on one page.
    return {**kept, "PYTHONPATH": here, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}


def to_json(read: AttachmentText) -> bytes:
    """Give a reading as it goes through the pipe."""
    codes = [base64.b64encode(code).decode() for code in read.qr]
    return json.dumps([read.text, codes, read.pages, list(read.defects)]).encode()


def from_json(answer: bytes) -> AttachmentText:
    """Read what came through the pipe; ValueError for anything else."""
    try:
        text, codes, pages, defects = json.loads(answer)
        qr = tuple(base64.b64decode(code, validate=True) for code in codes)
        return AttachmentText(text, qr, pages, tuple(map(Defect, defects)))
    except (TypeError, binascii.Error) as wrong:
        raise ValueError("the answer is no reading") from wrong


# --- the process


def main(arguments: list[str]) -> int:
    """Read papers until the other side closes the pipe."""
    memory, seconds = map(int, arguments)
    papers, replies = _pipes()
    _bound(memory)
    libraries()
    sys.addaudithook(_refuse)
    _write(replies, b"")
    while head := papers.read(_HEAD.size):
        kind, qr_pages, length = _HEAD.unpack(head)
        content_type = papers.read(kind).decode("utf-8", "replace")
        _allow(seconds)
        _write(replies, to_json(_answer(papers.read(length), content_type, qr_pages)))
    return 0


def _answer(content: bytes, content_type: str, qr_pages: int) -> AttachmentText:
    """Read one paper; whatever it does to the libraries is a defect."""
    try:
        return read_attachment(content, content_type, qr_pages)
    except Exception:
        return AttachmentText(defects=(Defect.BROKEN,))


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the two pipes to ourselves: a library that prints must not print into an answer."""
    papers, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    return papers, replies


def _bound(memory: int) -> None:
    """Bound memory; write no core and no file."""
    room = memory * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _allow(seconds: int) -> None:
    """Give this paper its processor time; past it the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Open no socket and start no process, whatever a paper makes the libraries do."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"a paper may not use {event}")


def _write(replies: BinaryIO, content: bytes) -> None:
    replies.write(_LENGTH.pack(len(content)) + content)
    replies.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (BrokenPipeError, KeyboardInterrupt, struct.error):
        sys.exit(1)
