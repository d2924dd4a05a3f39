"""The permission to sign in, kept in one file; and the authorization server it comes from, asked by HTTP.

Owns: the file (readable by its owner alone, exchanged whole, one writer at a time), and one POST of RFC 6749.
Refuses to know: what an answer means (`core.oauth`), when the next token is due (`permission`).
The file holds what signs in to the mailbox: it is no part of a backup or an export.
What may go wrong: no file yet or a damaged one (SettingsError with the cure); a server out of reach (Failed, passes).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from mailflow.core.oauth import Failed, Permit
from mailflow.edges.tls import trust
from mailflow.errors import SettingsError

SECONDS = 20.0
MOST_BYTES = 256 * 1024
CURE = "`mailflow login` signs in"


class Said(NamedTuple):
    """What a server answered."""

    status: int
    body: bytes


def token_at_hand(path: Path) -> str:
    """Give the token in use; SettingsError where nobody has signed in yet."""
    return load(path).access


def load(path: Path) -> Permit:
    """Read the permission; SettingsError where there is none or it cannot be read."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        since, until = (datetime.fromisoformat(said[name]) for name in ("since", "until"))
        return Permit(str(said["access"]), str(said["refresh"]), since, until)
    except FileNotFoundError:
        raise SettingsError(f"[oauth]: nobody has signed in yet ({path} is not there): {CURE}") from None
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise SettingsError(f"[oauth]: {path} cannot be read ({wrong}): {CURE} anew") from None


def keep(path: Path, permit: Permit) -> None:
    """Put the permission on the disk for good; a reader sees the one before or this one, whole."""
    said = {"access": permit.access, "refresh": permit.refresh}
    said |= {"since": permit.since.isoformat(), "until": permit.until.isoformat()}
    new = path.with_name(path.name + ".new")
    with contextlib.suppress(FileNotFoundError):
        new.unlink()
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(said, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let one process at a time renew: a refresh token that is good once must not be used by two."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows nowhere: secrets are sent to the address that is written in the settings, and to no other."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        """Refuse."""


def ask(url: str, form: Mapping[str, str], ca_file: str = "") -> Said | Failed:
    """POST a form and give the answer, whatever its status; Failed where there is none."""
    handlers: list[urllib.request.BaseHandler] = [_Straight()]
    if url.startswith("https:"):
        handlers.append(urllib.request.HTTPSHandler(context=trust("oauth", ca_file)))
    request = urllib.request.Request(url, urlencode(form).encode(), {"Accept": "application/json"})
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=SECONDS) as answer:
            return Said(answer.status, answer.read(MOST_BYTES))
    except urllib.error.HTTPError as refused:
        with refused:
            return Said(refused.code, refused.read(MOST_BYTES))
    except (OSError, ValueError) as trouble:
        return Failed(f"{url}: no answer ({getattr(trouble, 'reason', trouble)})", passes=True)
