"""The kernel's part of a hardened unit, without systemd: run a command under the unit's system-call rules.

`python -m tests.sandbox UNIT COMMAND...` reads the unit's SystemCallFilter=, SystemCallErrorNumber=,
MemoryDenyWriteExecute= and RestrictAddressFamilies=, loads them with libseccomp as systemd.exec(5) describes them,
and becomes the command. What systemd does with users, namespaces and mounts is not done here.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ALLOW = 0x7FFF0000
REFUSE = 0x00050000 | errno.EPERM
"""SCMP_ACT_ALLOW and SCMP_ACT_ERRNO(EPERM) of seccomp.h."""
EQUAL, MASKED_EQUAL = 4, 7
SHM_EXEC = 0o100000
IMPLIED = ("execve", "exit", "exit_group", "getrlimit", "rt_sigreturn", "sigreturn")
"""Always allowed by an allow list."""


class Comparison(ctypes.Structure):
    """struct scmp_arg_cmp."""

    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("datum_a", ctypes.c_uint64),
        ("datum_b", ctypes.c_uint64),
    )


def directives(unit: Path, name: str) -> list[str]:
    """Every value of a directive, in order."""
    lines = (line.partition("=") for line in unit.read_text(encoding="utf-8").splitlines())
    return [value.strip() for key, _, value in lines if key.strip() == name]


def allowed(unit: Path) -> set[str]:
    """The system calls the unit's SystemCallFilter= lines leave."""
    names = set(IMPLIED)
    for value in directives(unit, "SystemCallFilter"):
        listed = {call for word in value.removeprefix("~").split() for call in expanded(word)}
        names = names - listed if value.startswith("~") else names | listed
    return names


def expanded(word: str) -> Iterator[str]:
    """A name stands for itself, a set for what systemd says is in it."""
    if not word.startswith("@"):
        yield word
        return
    said = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True)
    for line in said.stdout.splitlines()[1:]:
        if line.strip() and not line.strip().startswith("#"):
            yield from expanded(line.strip())


class Filter:
    """A seccomp filter that refuses whatever is not allowed."""

    def __init__(self) -> None:
        self._lib = ctypes.CDLL("libseccomp.so.2")
        self._lib.seccomp_init.restype = ctypes.c_void_p
        self._filter = ctypes.c_void_p(self._lib.seccomp_init(REFUSE))

    def allow(self, call: str, *comparisons: Comparison) -> None:
        number = self._lib.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:
            array = (Comparison * len(comparisons))(*comparisons)
            done = self._lib.seccomp_rule_add_array(
                self._filter, ctypes.c_uint32(ALLOW), number, ctypes.c_uint(len(comparisons)), array
            )
            assert done == 0, (call, done)

    def load(self) -> None:
        assert self._lib.seccomp_load(self._filter) == 0


def filtered(unit: Path) -> Filter:
    """Build the filter the unit asks for."""
    made = Filter()
    names = allowed(unit)
    if directives(unit, "MemoryDenyWriteExecute") == ["yes"]:
        exec_and_write = mmap.PROT_EXEC | mmap.PROT_WRITE
        for combination in (0, mmap.PROT_EXEC, mmap.PROT_WRITE):
            made.allow("mmap", Comparison(2, MASKED_EQUAL, exec_and_write, combination))
        for call in ("mprotect", "pkey_mprotect"):
            made.allow(call, Comparison(2, MASKED_EQUAL, mmap.PROT_EXEC, 0))
        made.allow("shmat", Comparison(2, MASKED_EQUAL, SHM_EXEC, 0))
        names -= {"mmap", "mprotect", "pkey_mprotect", "shmat"}
    for families in directives(unit, "RestrictAddressFamilies"):
        for family in families.split():
            made.allow("socket", Comparison(0, EQUAL, getattr(socket, family), 0))
        names -= {"socket"}
    for name in names:
        made.allow(name)
    return made


def main(unit: str, *command: str) -> None:
    """Become the command, under the unit's rules."""
    filtered(Path(unit)).load()
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
