"""The IMAP connection as bytes: imapclient and imaplib with a limit on everything a server may send.

Owns: the socket, TLS, and the caps. Refuses to know: folders, mails, what is asked.
imaplib alone believes every literal's announced length and lets a server talk for ever; a hostile or
broken server must cost a reconnection, never the memory of the machine. Every cap broken is an
`abort`, like every other end of a connection.
"""

from __future__ import annotations

import contextlib
import imaplib
import io
import select
import socket
import ssl
from typing import cast

import imapclient
from imapclient.exceptions import ProtocolError

from mailflow.edges.imap_values import MiB

# One line: the answer to a SEARCH of a million mails fits.
LINE_CAP = 16 * MiB
# Lines in answer to one command: somebody emptying a folder of 100,000 mails fits.
LINES_CAP = 200_000
# What imapclient's parsers raise when a server's answer is no IMAP at all.
GARBLED = (ProtocolError, LookupError, ValueError, TypeError, AttributeError, RecursionError, MemoryError)


class Wire(imaplib.IMAP4):
    """An imaplib connection that stops listening when a server says too much."""

    _bytes_left = 2 * MiB
    _lines_left = 1000

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, timeout: float) -> None:
        self._context = context
        super().__init__(host, port, timeout=timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self.host, self.port), timeout)
        if self._context is None:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def allow(self, size: int) -> None:
        """Set how many bytes the answer to the next command may have, beside one long line."""
        self._bytes_left = size + LINE_CAP
        self._lines_left = LINES_CAP

    def read(self, size: int) -> bytes:
        # Before reading: Python would set all of it aside at once.
        self._spend(size)
        return super().read(size)

    def readline(self) -> bytes:
        line = cast(bytes, self.file.readline(LINE_CAP + 1))
        self._lines_left -= 1
        if len(line) > LINE_CAP or self._lines_left < 0:
            raise self.abort("the server talks without end")
        self._spend(len(line))
        return line

    def _spend(self, size: int) -> None:
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise self.abort("the server sends more than was asked for")

    def holds_unread(self) -> bool:
        """Tell whether bytes wait in the buffer above the socket, where no poll sees them."""
        timeout = self.sock.gettimeout()
        self.sock.setblocking(False)
        try:
            return bool(cast(io.BufferedReader, self.file).peek(1))
        except OSError:
            return False
        finally:
            self.sock.settimeout(timeout)


class Client(imapclient.IMAPClient):  # type: ignore[misc]
    """IMAPClient over a `Wire`, with its debugging off and times kept aware."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, connect: float, read: float) -> None:
        timeout = imapclient.SocketTimeout(connect, read)
        super().__init__(host, port, ssl=context is not None, ssl_context=context, timeout=timeout)
        # imapclient sets 5, which formats every literal twice even with logging off.
        self._imap.debug = 0
        self.normalise_times = False

    def _create_IMAP4(self) -> Wire:
        return Wire(self.host, self.port, self.ssl_context, self._timeout.connect)

    @property
    def wire(self) -> Wire:
        wire: Wire = self._imap
        return wire

    def begin_idle(self) -> None:
        """Enter IDLE; unlike imapclient, take what the server reports before it says that it idles."""
        self._idle_tag = self.wire._command("IDLE")
        while self.wire._get_response() is not None:
            answer = self.wire.tagged_commands[self._idle_tag]
            if answer:
                raise self.wire.abort(f"IDLE is answered by {answer!r}")

    def hang_up(self) -> None:
        """Close socket and buffer without a word."""
        with contextlib.suppress(OSError):
            self.wire.shutdown()

    def cut(self) -> None:
        """End the connection at once; may be called from any thread and wakes the one that reads."""
        with contextlib.suppress(OSError):
            # Not SSLSocket.shutdown, which would take the TLS object from under the reading thread.
            socket.socket.shutdown(self.wire.sock, socket.SHUT_RDWR)


def wait_for_either(sock: socket.socket, bell: socket.socket, seconds: float) -> tuple[bool, bool]:
    """Sleep until one of the two can be read or the seconds are over; say which."""
    poller = select.poll()
    poller.register(sock.fileno(), select.POLLIN)
    poller.register(bell.fileno(), select.POLLIN)
    ready = {descriptor for descriptor, _ in poller.poll(max(0.0, seconds) * 1000)}
    return sock.fileno() in ready, bell.fileno() in ready
