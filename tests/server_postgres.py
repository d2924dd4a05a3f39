"""A real PostgreSQL in a folder of its own, with an empty database for whoever asks."""

from __future__ import annotations

import contextlib
import dataclasses
import glob
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.loopback import LOOPBACK, end, free_port, run, wait_until


@dataclasses.dataclass
class Postgres:
    port: int
    binaries: Path
    _numbers: Iterator[int] = dataclasses.field(default_factory=itertools.count)

    def fresh(self) -> str:
        """Make an empty database; returns its URL, `postgres://mf@127.0.0.1:PORT/NAME`."""
        name = f"t{next(self._numbers)}"
        self.sql(f'CREATE DATABASE "{name}"')
        return f"postgres://mf@{LOOPBACK}:{self.port}/{name}"

    def drop(self, url: str) -> None:
        self.sql(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def sql(self, statement: str, database: str = "postgres") -> str:
        return run(
            str(self.binaries / "psql"), "-X", "-q", "-A", "-t", "-h", LOOPBACK, "-p", str(self.port), "-U", "mf",
            "-d", database, "-c", statement,
        )  # fmt: skip


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL in a temporary folder; start it once and ask it for a `fresh` database each time."""
    binaries = _postgres_binaries()
    folder = Path(tempfile.mkdtemp(prefix="mf-pg-"))
    # PostgreSQL refuses to run as root.
    owner = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
    if owner:
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()
    process = None
    try:
        subprocess.run(
            [binaries / "initdb", "-D", folder / "d", "-U", "mf", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync"],
            check=True, capture_output=True, cwd=folder, **owner,
        )  # fmt: skip
        settings = ["listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "fsync=off",
                    "max_connections=200"]  # fmt: skip
        flags = [word for setting in settings for word in ("-c", setting)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", folder / "d", *flags], stderr=log, cwd=folder, **owner
            )
        ready = [binaries / "pg_isready", "-q", "-h", LOOPBACK, "-p", str(port)]
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, 20, "PostgreSQL")
        yield Postgres(port, binaries)
    finally:
        if process is not None:
            # Immediate: the data are thrown away in the next line.
            end(process, signal.SIGQUIT, 5)
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_binaries() -> Path:
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    if not found:
        raise RuntimeError("no PostgreSQL in /usr/lib/postgresql: apt-get install postgresql")
    return Path(found[-1])
