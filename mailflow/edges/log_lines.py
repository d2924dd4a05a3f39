"""The way a line of the log leaves: whole, at once, and never so that the service waits for its reader.

Owns: one write a line. Whoever reads the log may stop reading (a full journal, a stopped pager): then the kernel takes
no more, and a plain write would hold up mail, letters and pages. A line that is not taken is dropped and counted; the
next one that is says how many were. A pipe takes up to `PIPE_BUF` bytes in one piece (POSIX, write), so no line is
longer. Refuses to know: what a line says.
"""

from __future__ import annotations

import logging
import os
import select
from typing import TextIO

MOST_BYTES = 4000
"""POSIX lets a pipe take 512 bytes in one piece, Linux 4096."""


class Lines(logging.Handler):
    """Write each record as one line to a stream, where its reader takes it."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._dropped = 0
        self._number = _descriptor(stream)

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line, or count it as dropped."""
        line = self.format(record)
        if self._number is None:
            self._stream.write(line + "\n")
            return
        if not self._takes():
            self._dropped += 1
            return
        if self._dropped:
            lost, self._dropped = self._dropped, 0
            note = logging.makeLogRecord(
                {
                    "name": record.name,
                    "levelno": logging.WARNING,
                    "levelname": "WARNING",
                    "funcName": "lines_lost",
                    "msg": f"log {lost} lines were lost: nobody took them",
                }
            )
            self._write(self.format(note))
            if not self._takes():
                self._dropped += 1
                return
        self._write(line)

    def _takes(self) -> bool:
        assert self._number is not None
        ready = select.poll()
        ready.register(self._number, select.POLLOUT)
        found = ready.poll(0)
        return bool(found) and bool(found[0][1] & select.POLLOUT)

    def _write(self, line: str) -> None:
        assert self._number is not None
        data = line.encode("utf-8", "backslashreplace")[:MOST_BYTES].decode("utf-8", "ignore")
        try:
            os.write(self._number, data.encode() + b"\n")
        except OSError:
            # A reader that is gone for ever, a full disk: the mail goes on.
            self._dropped += 1


def _descriptor(stream: TextIO) -> int | None:
    """Give the file behind the stream; None for one in memory."""
    try:
        return stream.fileno()
    except (OSError, AttributeError, ValueError):
        return None
