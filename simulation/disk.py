"""A disk that forgets what was not synced: the calls `mailflow.edges.blobs` makes, over names and bytes in memory.

Owns: which bytes and which names are on the platter. A file's bytes are there once the file was synced, its name once
its folder was (POSIX promises neither for the other). A power cut keeps of the rest what chance lets it keep.
Refuses to know: what the files are.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from random import Random
from types import SimpleNamespace
from typing import Any

ENOSPC = 28


@dataclass
class _Inode:
    content: bytes = b""
    synced: bytes = b""
    made_at: float = 0.0


@dataclass
class Disk:
    """Names and what they lead to, as programs see them (`names`) and as the platter has them (`platter`)."""

    chance: Random
    names: dict[PurePosixPath, _Inode | None] = field(default_factory=lambda: {PurePosixPath("/"): None})
    platter: dict[PurePosixPath, _Inode | None] = field(default_factory=lambda: {PurePosixPath("/"): None})
    full: bool = False
    _open: dict[int, PurePosixPath | _Inode] = field(default_factory=dict)

    def power_cut(self) -> None:
        """Lose what was not synced, or some of it."""
        for name in sorted(self.names.keys() | self.platter.keys()):
            if self.names.get(name, "") is not self.platter.get(name, "") and self.chance.random() < 0.5:
                self._take_over(name)
        self.names = dict(self.platter)
        for inode in filter(None, self.names.values()):
            if inode.content != inode.synced:
                kept = self.chance.randint(0, len(inode.content)) if self.chance.random() < 0.5 else 0
                inode.content = inode.synced = max(inode.synced, inode.content[:kept], key=len)
        self._open.clear()

    def _take_over(self, name: PurePosixPath) -> None:
        if name in self.names:
            self.platter[name] = self.names[name]
        else:
            del self.platter[name]

    # --- what `os` is asked for

    def open_folder(self, folder: DiskPath, flags: int) -> int:
        """Open a folder to sync it."""
        if self.names.get(folder.name, "") is not None:
            raise FileNotFoundError(2, "no such folder", str(folder))
        return self._descriptor(folder.name)

    def sync(self, descriptor: int) -> None:
        """Bring a file's bytes, or a folder's names, on the platter."""
        what = self._open[descriptor]
        if isinstance(what, _Inode):
            what.synced = what.content
            return
        for name in [name for name in self.names.keys() | self.platter.keys() if name.parent == what]:
            self._take_over(name)

    def close(self, descriptor: int) -> None:
        """Forget the descriptor."""
        self._open.pop(descriptor, None)

    def create(self, path: DiskPath, mode: str, buffering: int = 0, opener: Any = None) -> _Writing:
        """Make a new file to write in."""
        if self.full:
            raise OSError(ENOSPC, "No space left on device", str(path))
        if path.name in self.names:
            raise FileExistsError(17, "exists", str(path))
        inode = self.names[path.name] = _Inode()
        return _Writing(inode, self._descriptor(inode), self)

    def _descriptor(self, what: PurePosixPath | _Inode) -> int:
        number = max(self._open, default=2) + 1
        self._open[number] = what
        return number

    @property
    def calls(self) -> SimpleNamespace:
        """Give what stands in for the module `os`."""
        return SimpleNamespace(open=self.open_folder, fsync=self.sync, close=self.close, O_RDONLY=0, O_DIRECTORY=0)


class _Writing(io.RawIOBase):
    """A file being written; a write may take less than it was given."""

    def __init__(self, inode: _Inode, descriptor: int, disk: Disk) -> None:
        super().__init__()
        self._inode, self._number, self._disk = inode, descriptor, disk

    def write(self, content: Any) -> int:
        size = len(content) if self._disk.chance.random() < 0.8 else self._disk.chance.randint(1, len(content))
        self._inode.content += bytes(content[:size])
        return size

    def fileno(self) -> int:
        return self._number

    def close(self) -> None:
        self._disk.close(self._number)
        super().close()


@dataclass(frozen=True)
class DiskPath:
    """A path on such a disk, as far as the file store asks of one."""

    disk: Disk = field(compare=False, repr=False)
    name: PurePosixPath

    def __truediv__(self, part: str) -> DiskPath:
        return DiskPath(self.disk, self.name / part)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def parent(self) -> DiskPath:
        return DiskPath(self.disk, self.name.parent)

    def is_dir(self) -> bool:
        return self.disk.names.get(self.name, "") is None

    def mkdir(self, mode: int = 0o777, exist_ok: bool = False) -> None:
        self.disk.names.setdefault(self.name, None)

    def stat(self) -> SimpleNamespace:
        return SimpleNamespace(st_size=len(self._inode.content), st_mtime=self._inode.made_at)

    def read_bytes(self) -> bytes:
        return self._inode.content

    def rename(self, other: DiskPath) -> None:
        self.disk.names[other.name] = self._inode
        del self.disk.names[self.name]

    def unlink(self) -> None:
        if self.disk.names.pop(self.name, None) is None:
            raise FileNotFoundError(2, "No such file or directory", str(self))

    def glob(self, pattern: str) -> Iterator[DiskPath]:
        inside = sorted(name for name in self.disk.names if name.parent == self.name)
        return iter([DiskPath(self.disk, name) for name in inside])

    @property
    def _inode(self) -> _Inode:
        found = self.disk.names.get(self.name)
        if found is None:
            raise FileNotFoundError(2, "No such file or directory", str(self))
        return found
