"""The folder of signing keys: one file a key, `1.key`, `2.key`, ...; the highest signs.

Owns: the files, their rights, and until when a key that has been followed is still accepted (`1.until`, an ISO time).
Refuses to know: what is signed. A running service sees a new key by itself, within the moment it next needs one.

What may go wrong: a key is missing, shorter than 32 bytes or readable by others: the start is refused (SettingsError).
A folder that breaks while the service runs changes nothing: the keys read last go on.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailflow import log
from mailflow.core.tokens import KeyRing
from mailflow.errors import SettingsError

KEY_BYTES = 32
MOST_KEYS = 255
"""A token names its key in one byte."""
GRACE = timedelta(hours=24)
"""So long a key that has been followed still opens the links it signed."""
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the folder, without its bytes. `until`: when it is accepted no longer, None = no end is set."""

    number: int
    made: datetime
    until: datetime | None


class KeyFolder(KeyRing):
    """A key ring that follows its folder: `keys` looks whether anything changed, `newest` belongs to what it gave."""

    _folder: Path
    _ring: KeyRing
    _read_at: int
    _stands_until: float

    def __init__(self, folder: Path) -> None:
        # KeyRing is frozen, and its two fields are properties here.
        object.__setattr__(self, "_folder", folder)
        self._take()

    @property
    def keys(self) -> Mapping[int, bytes]:
        """Every key that is accepted now."""
        if self._changed():
            try:
                self._take()
            except (SettingsError, OSError) as wrong:
                log.broken("keys", f"{wrong}; the keys read before go on")
        return self._ring.keys

    @property
    def newest(self) -> int:
        """The number of the key that signs."""
        return self._ring.newest

    def _changed(self) -> bool:
        try:
            changed = self._folder.stat().st_mtime_ns != self._read_at
        except OSError:
            return True
        return bool(changed or time.time() >= self._stands_until)

    def _take(self) -> None:
        # The time first: what comes while the files are read is seen the next time.
        before = self._folder.stat().st_mtime_ns if self._folder.is_dir() else 0
        now = datetime.now(UTC)
        ring = read_ring(self._folder, now)
        ends = [key.until.timestamp() for key in listed(self._folder) if key.until is not None and key.until > now]
        object.__setattr__(self, "_ring", ring)
        object.__setattr__(self, "_read_at", before)
        object.__setattr__(self, "_stands_until", min(ends, default=float("inf")))


def read_ring(folder: Path, now: datetime) -> KeyRing:
    """Read the keys accepted at that moment; SettingsError for a missing folder or a key shorter than 32 bytes."""
    numbers = [key.number for key in listed(folder) if key.until is None or now < key.until]
    ring = {number: (folder / f"{number}.key").read_bytes() for number in numbers}
    if not ring:
        raise SettingsError(f"{folder}: there is no key: `mailflow init` makes one, or restore it from the backup")
    short = next((number for number, key in ring.items() if len(key) < KEY_BYTES), None)
    if short is not None:
        raise SettingsError(f"{folder}/{short}.key: shorter than {KEY_BYTES} bytes: make a new one")
    return KeyRing(ring, max(ring))


def listed(folder: Path) -> list[Key]:
    """Give every key of the folder, the newest first, those no longer accepted included."""
    files = {int(path.stem): path for path in folder.glob("*.key") if path.stem.isdecimal()}
    return [
        Key(number, datetime.fromtimestamp(path.stat().st_mtime, UTC), _until(folder / f"{number}.until"))
        for number, path in sorted(files.items(), reverse=True)
        if number <= MOST_KEYS
    ]


def refuse_readable(folder: Path) -> None:
    """Refuse a key that others than its owner can read: SettingsError, with what to do."""
    for path in sorted(folder.glob("*.key")):
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            raise SettingsError(
                f"{path}: others can read it (mode {mode:04o}), and whoever reads it can forge links: chmod 600 {path};"
                " if they may have read it, `mailflow keys rotate --at-once`"
            )


def rotate(folder: Path, at_once: bool, now: datetime) -> int:
    """Make the next key and let those before it end, at once or after the grace; give its number.

    Keys whose grace was over before are deleted, and with `at_once` all that went before.
    """
    there = listed(folder)
    if not there:
        raise SettingsError(f"{folder}: there is no key to follow: `mailflow init` makes the first")
    number = there[0].number + 1
    if number > MOST_KEYS:
        raise SettingsError(f"{folder}: a token can name {MOST_KEYS} keys only: number them anew, from 1.key")
    owner = (folder / f"{there[0].number}.key").stat()
    # The new key first: a kill in between leaves two that are accepted, never none.
    _place(folder / f"{number}.key", secrets.token_bytes(KEY_BYTES), owner)
    for key in there:
        _end(folder, key, at_once, now, owner)
    return number


def _end(folder: Path, key: Key, at_once: bool, now: datetime, owner: os.stat_result) -> None:
    path, until = folder / f"{key.number}.key", folder / f"{key.number}.until"
    if at_once or (key.until is not None and key.until <= now):
        path.unlink(missing_ok=True)
        until.unlink(missing_ok=True)
    elif key.until is None:
        _place(until, (now + GRACE).isoformat().encode() + b"\n", owner)


def _until(path: Path) -> datetime | None:
    try:
        said = datetime.fromisoformat(path.read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return None
    except (ValueError, OSError):
        said = datetime.min
    if said.tzinfo is None:
        raise SettingsError(f"{path}: this is no time: write one as 2026-11-23T10:00:00+00:00, or delete the file")
    return said


def _place(path: Path, content: bytes, owner: os.stat_result) -> None:
    """Let the file appear whole, readable by the owner of the keys alone."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    try:
        os.write(descriptor, content)
        if (os.geteuid(), os.getegid()) != (owner.st_uid, owner.st_gid):
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    new.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
