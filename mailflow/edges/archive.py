"""The archive on the disk: a folder of the site, or a share that is mounted there.

Owns: putting files under their names, whole or not at all: written beside, synced, renamed. What lies there under the
name with the same content is left; another content never takes its place, it goes beside it under the next name.
Refuses to know: which files, and why. What may go wrong: the share is away, full or read-only: StoreError says which.
A mount point whose share is away is an empty folder of this very machine: nothing is ever written into that.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailflow.errors import StoreError


@dataclass(frozen=True, slots=True)
class Archive:
    """The folder archived papers go to; `mount`: where its share is mounted, None without one."""

    folder: Path
    mount: Path | None = None

    def wrong(self) -> str:
        """Say why nothing can be put there now, with the cure; '' where it can."""
        if self.mount is not None and not os.path.ismount(self.mount):
            return f"{self.mount}: no share is mounted here: mount it"
        if not self.folder.is_dir():
            return f"{self.folder}: there is no such folder: make it, or correct [archive] folder"
        if not os.access(self.folder, os.W_OK | os.X_OK):
            return f"{self.folder}: it cannot be written to: mend its rights"
        return ""

    async def put(self, place: Sequence[str], files: Sequence[tuple[str, bytes]]) -> tuple[str, ...]:
        """Put the files into that folder below the archive; give the names they have there. StoreError if it cannot."""
        return await asyncio.to_thread(self._put, place, files)

    def _put(self, place: Sequence[str], files: Sequence[tuple[str, bytes]]) -> tuple[str, ...]:
        wrong = self.wrong()
        if wrong:
            raise StoreError(wrong)
        there = self.folder.joinpath(*place)
        try:
            there.mkdir(parents=True, exist_ok=True)
            return tuple(_placed(there, name, content) for name, content in files)
        except OSError as trouble:
            raise StoreError(f"{there}: {trouble.strerror or trouble}: mend the share; it is tried again") from trouble


def _placed(folder: Path, name: str, content: bytes) -> str:
    for tried in _names(name):
        path = folder / tried
        if path.exists():
            if path.stat().st_size == len(content) and path.read_bytes() == content:
                return tried
            continue
        _write(folder / f".{secrets.token_hex(8)}.part", path, content)
        return tried
    raise AssertionError("names do not end")


def _write(beside: Path, path: Path, content: bytes) -> None:
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _names(name: str) -> Iterator[str]:
    stem, dot, ending = name.rpartition(".")
    yield name
    for number in range(2, 10_000):
        yield f"{stem} ({number}){dot}{ending}" if dot else f"{name} ({number})"
