"""What every test server needs: a port, patience, a certificate, and to be ended by its own process."""

from __future__ import annotations

import dataclasses
import itertools
import os
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

LOOPBACK = "127.0.0.1"


# Below the ports that the kernel gives to outgoing connections (from 32,768 on), which could take a port between our
# look at it and the server's start; spread by process, because the suite runs in several at once.
_FIRST, _LAST = 10_000, 32_000
_ports = itertools.cycle(range(_FIRST, _LAST))


def _spread() -> None:
    for _ in range(os.getpid() * 97 % (_LAST - _FIRST)):
        next(_ports)


_spread()


def free_port() -> int:
    """Give a port nobody listens on, a new one each time."""
    return next(port for port in _ports if _may_bind(port))


def _may_bind(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def wait_until(ready: Callable[[], bool], seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} did not get ready in {seconds} s")
        time.sleep(0.01)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def end(process: subprocess.Popen[bytes], by: signal.Signals, seconds: float) -> None:
    """End one process we started, politely first."""
    process.send_signal(by)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclasses.dataclass(frozen=True)
class Certificate:
    """An authority of our own (`ca`) and what it signed for 127.0.0.1 and localhost."""

    ca: Path
    cert: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        return context


def certificate(folder: Path, names: str = "IP:127.0.0.1,DNS:localhost") -> Certificate:
    folder.mkdir(parents=True, exist_ok=True)
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    cert, key = folder / "cert.pem", folder / "key.pem"
    new_key = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    new_key += ["-days", "2"]
    run(*new_key, "-subj", "/CN=Test CA", "-keyout", str(ca_key), "-out", str(ca))
    run(
        *new_key, "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(cert), "-CA", str(ca), "-CAkey",
        str(ca_key), "-addext", f"subjectAltName={names}", "-addext", "basicConstraints=critical,CA:FALSE",
    )  # fmt: skip
    return Certificate(ca, cert, key)


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
    return done.stdout
