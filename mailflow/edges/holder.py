"""Who sends from this site, and whose process is gone: a killed sender's letters need not wait for their lease.

Owns: one folder, a file for each sender with its name in it, locked as long as the process lives (flock(2)).
The kernel gives the lock back however the process ended, so a file that can be locked is nobody's now.
Refuses to know: letters, leases, databases.

A sender takes the first file that is free, and with it the name: started again after a kill it is the same
one. Two senders on one site have two names. Files are never removed: a lock on a removed file locks nothing.

What may go wrong: the folder cannot be written: StoreError. On a second machine with a folder of its own
nobody is found gone, and the lease is waited for.
"""

from __future__ import annotations

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import IO

from mailflow.errors import StoreError

NAME_LENGTH = 32


class Holder:
    """A name of our own among the senders of a site, held until `close` or the end of the process."""

    def __init__(self, folder: Path) -> None:
        with _told(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._file = _first_free(folder)
            self.name = _name(self._file)

    def close(self) -> None:
        """Give the name back."""
        self._file.close()


@contextmanager
def gone(folder: Path) -> Iterator[tuple[str, ...]]:
    """Give the names under which nobody sends now; while the block lasts nobody can take them."""
    with ExitStack() as held:
        with _told(folder):
            files = [held.enter_context(path.open("r")) for path in sorted(folder.glob("*.sender"))]
            names = [file.read() for file in files if _locked(file)]
        yield tuple(name for name in names if len(name) == NAME_LENGTH)


def _first_free(folder: Path) -> IO[str]:
    for number in count(1):
        file = (folder / f"{number}.sender").open("a+")
        if _locked(file):
            return file
        file.close()
    raise AssertionError("unreachable")


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _name(file: IO[str]) -> str:
    """Read the name, or give one to a file without: one half written was never used."""
    file.seek(0)
    name = file.read()
    if len(name) != NAME_LENGTH:
        name = secrets.token_hex(NAME_LENGTH // 2)
        file.truncate(0)
        file.write(name)
        file.flush()
    return name


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        raise StoreError(f"{folder}: cannot be used ({trouble.strerror}): mend the folder's rights") from trouble
