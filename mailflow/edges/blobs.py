"""The file store: bytes kept under their own SHA-256, for ever the same.

Owns: one folder, `ab/abcd…` for each content, and `new/` for what is being written.
Refuses to know: what the bytes are, who sent them, how long they are to be kept.
Rule: a name appears only when its content is on the disk: temp file, fsync, rename, fsync of the folder
(POSIX promises none of them for the others). A content that is there is not written again. Contents kept
together are renamed before the first folder is synced: one commit of the file system then serves them all.
What may go wrong: the disk is full or read-only, a file was damaged or taken away: each is a
StoreError that names the file. What has a name is never mended here, and deleted only where it must be forgotten;
what a kill left in `new/` is swept away.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path

from mailflow.errors import StoreError
from mailflow.killpoints import reached

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that are in the file store."""

    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class BucketSettings:
    """Where the bucket is and who we are there."""

    url: str
    """s3://bucket/prefix."""
    endpoint: str
    """The address of the service; empty = Amazon's own."""
    region: str
    access_key: str
    secret_key: str


class Blobs:
    """Keep bytes by content and give them back unchanged."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, content: bytes) -> str:
        """Put `content` on the disk for good and return its SHA-256 in hex; twice the same is one file.

        When this returns, bytes and name survive a power loss. StoreError if they cannot be written.
        """
        [kept] = await self.keep_all([content])
        return kept.sha256

    async def keep_all(self, contents: Sequence[bytes]) -> list[Kept]:
        """Put all of them on the disk for good, as `keep` does one, in one journey; in the same order."""
        return await asyncio.to_thread(self._keep_all, contents) if contents else []

    async def read(self, sha256: str) -> bytes:
        """Give back the bytes of `sha256`; StoreError naming the file if it is missing or damaged."""
        return await asyncio.to_thread(self._read, sha256)

    async def sweep(self, before: datetime) -> int:
        """Delete what writers that were killed left half-written before that moment; give how many files.

        No write lasts that long if `before` is hours ago, and no name leads to any of these files.
        """
        return await asyncio.to_thread(self._sweep, before.timestamp())

    async def erase(self, sha256: str) -> bool:
        """Delete a content whose owner has the right to have it forgotten; False if it is not there."""
        return await asyncio.to_thread(self._erase, sha256)

    def listed(self) -> list[Path]:
        """Give the file of every content, in the order of their names."""
        return sorted(path for path in self._folder.glob("??/*") if SHA256.fullmatch(path.name))

    def path(self, sha256: str) -> Path:
        """Name the file of a content; StoreError if `sha256` is none, so that no other path can be had."""
        if not SHA256.fullmatch(sha256):
            raise StoreError(f"{self._folder}: {sha256[:80]!r} is no SHA-256: the row naming it is damaged")
        return self._folder / sha256[:2] / sha256

    def _keep_all(self, contents: Sequence[bytes]) -> list[Kept]:
        kept = [Kept(content, hashlib.sha256(content).hexdigest()) for content in contents]
        placed = {self.path(one.sha256): one.content for one in kept}
        for path, content in placed.items():
            with _told(path):
                self._place(content, path)
        # Also for a file found: whoever renamed it may have been killed before this line.
        for folder in dict.fromkeys(path.parent for path in placed):
            with _told(folder):
                _sync(folder)
        return kept

    def _place(self, content: bytes, path: Path) -> None:
        if not _is_there(path, len(content)):
            _make_folder(path.parent)
            _write(content, self._new_file(), path)

    def _new_file(self) -> Path:
        folder = self._folder / "new"
        _make_folder(folder)
        return folder / secrets.token_hex(16)

    def _erase(self, sha256: str) -> bool:
        path = self.path(sha256)
        try:
            path.unlink()
            _sync(path.parent)
        except FileNotFoundError:
            return False
        except OSError as trouble:
            raise StoreError(f"{path}: cannot be deleted ({trouble.strerror}): mend the folder's rights") from trouble
        return True

    def _sweep(self, before: float) -> int:
        swept = 0
        for left in (self._folder / "new").glob("*"):
            # Another process may sweep the same folder; what cannot be deleted waits for the next start.
            with contextlib.suppress(OSError):
                if left.stat().st_mtime < before:
                    left.unlink()
                    swept += 1
        return swept

    def _read(self, sha256: str) -> bytes:
        path = self.path(sha256)
        try:
            content = path.read_bytes()
        except OSError as trouble:
            raise StoreError(
                f"{path}: cannot be read ({trouble.strerror}): bring the file back from the backup"
            ) from trouble
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StoreError(f"{path}: its content is not what was kept: bring the file back from the backup")
        return content


def file_store(folder: Path, bucket: BucketSettings | None) -> Blobs:
    """Give the file store of a site: the bucket where it has one, else the folder. StoreError where obstore lacks."""
    if bucket is None:
        return Blobs(folder)
    try:
        return import_module("mailflow.edges.bucket").Bucket(bucket)  # type: ignore[no-any-return]
    except ModuleNotFoundError as missing:
        raise StoreError(f"{bucket.url}: {missing.name} is not here: pip install mailflow[s3]") from None


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        raise StoreError(
            f"{path}: cannot be written ({trouble.strerror}): free the disk or mend the folder's rights"
        ) from trouble


def _is_there(path: Path, size: int) -> bool:
    """A file of another size is damage: the good bytes are at hand, so they take its place."""
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _write(content: bytes, new: Path, path: Path) -> None:
    try:
        with open(new, "xb", buffering=0, opener=_private) as file:
            # A raw write may take less than it was given.
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        reached("blob.written")
        new.rename(path)
        reached("blob.renamed")
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink()
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _make_folder(folder: Path) -> None:
    """Make `folder` and the ones above it, each made known to the disk in the one it stands in."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
