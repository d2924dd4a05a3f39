"""The service as systemd sees it: what it is told, how little it may, and that it ends in order."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailflow.edges import service
from tests.sandbox import allowed, directives
from tests.servers import dovecot, smtp_sink
from tests.site_folder import PASSWORD, filled_site

ROOT = Path(__file__).resolve().parent.parent
UNIT = ROOT / "systemd" / "mailflow.service"
needs_systemd_analyze = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
needs_seccomp = pytest.mark.skipif(ctypes.util.find_library("seccomp") is None, reason="no libseccomp here")


@contextlib.contextmanager
def manager(name: str) -> Iterator[socket.socket]:
    """The socket systemd would listen on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name)
        listening.settimeout(20)
        yield listening


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with manager(str(tmp_path / "notify")) as listening:
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


# What systemd is told


def test_ready_alive_and_stopping_are_a_datagram_each(told: socket.socket) -> None:
    service.ready("docs@neon.example")
    service.alive()
    service.stopping()
    assert [told.recv(1000) for _ in range(3)] == [b"READY=1\nSTATUS=docs@neon.example", b"WATCHDOG=1", b"STOPPING=1"]


def test_a_status_is_one_line_whatever_it_is_made_of(told: socket.socket) -> None:
    service.status("почта\nREADY=1\r\n идёт")
    service.status(" \n")
    service.alive()
    assert told.recv(1000).decode() == "STATUS=почта READY=1 идёт"
    assert told.recv(1000) == b"WATCHDOG=1"


def test_an_abstract_socket_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"mailflow-test-{os.getpid()}"
    with manager(f"\0{name}") as listening:
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        service.ready()
        assert listening.recv(1000) == b"READY=1"


@pytest.mark.parametrize("place", ["/nosuch/socket", "@mailflow-nobody-listens", "/" + "x" * 300])
def test_where_nobody_listens_nothing_breaks(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", place)
    service.ready()


@pytest.mark.parametrize("place", [None, "", "relative", "vsock:2:1"])
def test_without_a_socket_to_tell_none_is_opened(place: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> socket.socket:
        raise AssertionError("a socket was opened")

    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if place is not None:
        monkeypatch.setenv("NOTIFY_SOCKET", place)
    monkeypatch.setattr(service.socket, "socket", opened)
    for word in (service.ready, service.alive, service.stopping):
        word()
    service.status("x")


def test_a_manager_that_does_not_read_does_not_stop_us(told: socket.socket) -> None:
    started = time.monotonic()
    for _ in range(2000):
        service.alive()
    assert time.monotonic() - started < 5
    assert told.recv(1000) == b"WATCHDOG=1"


@pytest.mark.parametrize(
    ("limit", "pid", "seconds"),
    [
        ("90000000", "", 90.0),
        ("90000000", "me", 90.0),
        ("500000", "me", 0.5),
        ("90000000", "1", None),
        ("0", "", None),
        ("", "", None),
        ("soon", "", None),
        ("-5", "", None),
    ],
)
def test_the_watchdog_counts_for_the_watched_process_alone(
    limit: str, pid: str, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", limit)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    if pid:
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == "me" else pid)
    assert service.watchdog_seconds() == seconds


async def test_the_watchdog_is_told_twice_as_often_as_it_asks(
    told: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "200000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(service.watchdog(), 0.55)
    told.setblocking(False)
    times = 0
    with contextlib.suppress(BlockingIOError):
        while told.recv(1000) == b"WATCHDOG=1":
            times += 1
    assert 3 <= times <= 6


async def test_unwatched_the_watchdog_ends_at_once(told: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    await asyncio.wait_for(service.watchdog(), 1)


# How little the unit may


HARDENED = {
    "Type": "notify",
    "NotifyAccess": "main",
    "User": "mailflow",
    "UMask": "0077",
    "Restart": "on-failure",
    "KillMode": "mixed",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "PrivateUsers": "yes",
    "PrivateMounts": "yes",
    "PrivateIPC": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectControlGroups": "yes",
    "ProtectClock": "yes",
    "ProtectHostname": "yes",
    "ProtectProc": "invisible",
    "ProcSubset": "pid",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces": "yes",
    "RestrictRealtime": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "MemoryDenyWriteExecute": "yes",
    "RemoveIPC": "yes",
    "KeyringMode": "private",
    "DevicePolicy": "closed",
    "SystemCallArchitectures": "native",
    "StateDirectoryMode": "0700",
}


@pytest.mark.parametrize(("name", "value"), HARDENED.items())
def test_the_unit_forbids_what_the_service_does_not_need(name: str, value: str) -> None:
    assert directives(UNIT, name) == [value]


def test_the_password_comes_as_a_credential_and_is_no_part_of_the_unit() -> None:
    [credential] = directives(UNIT, "LoadCredential")
    assert credential.partition(":")[0] == "mailbox.password"
    assert not any("password" in value.lower() for value in directives(UNIT, "Environment"))


def test_the_service_has_time_to_end_and_is_watched() -> None:
    [watchdog], [stop] = directives(UNIT, "WatchdogSec"), directives(UNIT, "TimeoutStopSec")
    assert int(watchdog) >= 60
    assert int(stop) >= 20


@needs_systemd_analyze
def test_systemd_says_that_the_unit_is_hardly_exposed_and_the_page_says_the_same() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=15", str(UNIT)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-400:]
    found = re.search(r"Overall exposure level for mailflow.service: ([\d.]+)", done.stdout)
    assert found
    assert float(found[1]) <= 1.5
    # The figure of the page was measured with systemd 252; others may weigh differently.
    assert "exposure of 1.2" in (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")


@needs_systemd_analyze
def test_systemd_understands_every_line_of_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "mailflow.service"
    command = "ExecStart=/bin/true"
    unit.write_text(re.sub(r"(?m)^ExecStart=.*$", command, UNIT.read_text(encoding="utf-8")), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60, check=False
    )
    assert [line for line in done.stderr.splitlines() if "mailflow.service" in line] == []


@needs_systemd_analyze
@needs_seccomp
def test_database_letters_and_pdf_work_under_the_unit_s_system_call_rules(tmp_path: Path) -> None:
    """SQLite, Jinja and WeasyPrint with its cffi and Pango, the renderer's process included."""
    site = filled_site(tmp_path / "site")
    command = [sys.executable, "-m", "mailflow", "check", "--offline", "-s", str(site)]
    done = sandboxed(command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every paper can be printed as PDF" in done.stdout
    assert "database: sqlite" in done.stdout


@needs_systemd_analyze
@needs_seccomp
def test_the_rules_of_the_sandbox_bite() -> None:
    """Otherwise the test above would prove nothing."""
    code = (
        "import mmap, socket, os\n"
        "for forbidden in (lambda: mmap.mmap(-1, 4096, prot=7), lambda: socket.socket(socket.AF_NETLINK),\n"
        "                  lambda: os.chown('.', -1, -1), lambda: os.chroot('/')):\n"
        "    try: forbidden(); print('allowed')\n"
        "    except OSError as error: print(error.errno)\n"
    )
    done = sandboxed([sys.executable, "-c", code])
    assert done.stdout.split() == ["1"] * 4, done.stdout + done.stderr
    assert "setpriority" in allowed(UNIT)
    assert allowed(UNIT).isdisjoint({"mount", "ptrace", "reboot", "init_module", "chown", "settimeofday"})


def sandboxed(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.sandbox", str(UNIT), *command],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


# Starting and ending


def until(listening: socket.socket, wanted: bytes) -> bool:
    """Read datagrams until this one comes; a time-out is an error of its own."""
    while listening.recv(1000) != wanted:
        pass
    return True


async def test_the_service_says_when_it_is_ready_and_ends_within_ten_seconds_of_sigterm(tmp_path: Path) -> None:
    with dovecot({"docs": PASSWORD}) as imap, manager(str(tmp_path / "notify")) as listening:
        async with smtp_sink(users={"docs": PASSWORD}) as post:
            site = filled_site(tmp_path / "site", {"port": imap.port}, {"port": post.port})
            environment = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
            running = subprocess.Popen(
                [sys.executable, "-m", "mailflow", "run", "-s", str(site)], cwd=ROOT, env=environment,
                stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            try:
                first = await asyncio.to_thread(listening.recv, 1000)
                beats = [await asyncio.to_thread(listening.recv, 1000) for _ in range(3)]
                running.send_signal(signal.SIGTERM)
                started = time.monotonic()
                last = await asyncio.to_thread(until, listening, b"STOPPING=1")
                _, log = await asyncio.to_thread(running.communicate, timeout=20)
            finally:
                running.kill()
            took = time.monotonic() - started
    assert first.startswith(b"READY=1")
    assert b"WATCHDOG=1" in beats
    assert last
    assert (running.returncode, took < 10) == (0, True), log
    assert log.splitlines()[-1].endswith("stopped")
    assert "Traceback" not in log
