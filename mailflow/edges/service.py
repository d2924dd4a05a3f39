"""What the service tells systemd: ready, alive, what it is doing, ending.

Owns: the datagrams of sd_notify(3) and the pace of the watchdog, sd_watchdog_enabled(3). Refuses to know: what the
service does. Started by anybody else ($NOTIFY_SOCKET is unset) it says nothing and nothing is wrong.
What may go wrong: the socket is gone or full. Serving goes on; systemd then ends us by its own clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket

MICROSECONDS = 1_000_000


def ready(words: str = "") -> None:
    """Say that the service serves from now on, and in one line what it is doing."""
    _tell("READY=1", *_status(words))


def status(words: str) -> None:
    """Say in one line what the service is doing; `systemctl status` shows it."""
    _tell(*_status(words))


def alive() -> None:
    """Say that the service still works; left out for WatchdogSec=, systemd starts it anew."""
    _tell("WATCHDOG=1")


def stopping() -> None:
    """Say that the service ends in order."""
    _tell("STOPPING=1")


def watchdog_seconds() -> float | None:
    """Give within how many seconds `alive` must be called, or None when nobody watches this process."""
    limit = os.environ.get("WATCHDOG_USEC", "")
    if not limit.isdecimal() or int(limit) == 0:
        return None
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(limit) / MICROSECONDS


async def watchdog() -> None:
    """Call `alive` twice as often as asked for, until cancelled; end at once when nobody watches.

    It runs in the loop that does the work: a loop that stands still is what systemd is to find out.
    """
    limit = watchdog_seconds()
    while limit is not None:
        alive()
        await asyncio.sleep(limit / 2)


def _status(words: str) -> tuple[str, ...]:
    line = " ".join(words.split())
    return (f"STATUS={line}",) if line else ()


def _tell(*lines: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not lines or address[:1] not in ("/", "@"):
        return
    # The name of an abstract socket begins with a NUL, which no environment can hold.
    name = address if address[0] == "/" else "\0" + address[1:]
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender,
    ):
        # Never waits: a watcher that does not read must not stop the watched.
        sender.setblocking(False)
        sender.sendto("\n".join(lines).encode("utf-8", "replace"), name)
