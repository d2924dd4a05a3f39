"""A backup as a folder: the database, the files and the settings of a site, with the hash of each; and back again.

Owns: the form of the folder and its checks. The database is copied first and the files afterwards: a file is kept
before the row that names it is written, so every file the copied database names is there by then. The folder gets its
name when all of it is on the disk. Refuses to know: what the rows mean.
Keys and passwords are never in it: whoever steals a backup must not be able to sign in anybody's name.
What may go wrong: anything of a backup was damaged: StoreError that names it, and nothing of it is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mailflow.edges.manifest import new_folder, read_manifest, write_manifest
from mailflow.errors import StoreError

SETTINGS = ("mailflow.toml", "directory.yaml", "rules", "templates", "lists", "calendars")
"""What is copied of the site beside database and files."""
SQLITE_FILE = "mailflow.db"
POSTGRES_FILE = "mailflow.dump"
_KIND, _FORM = "a backup", 1


@dataclass(frozen=True, slots=True)
class Backup:
    """A whole backup: when it was begun, the version that made it, and how many files it has."""

    folder: Path
    made_at: datetime
    version: str
    files: int


def make(site: Path, files: Path, store_url: str, folder: Path, version: str, now: datetime) -> Backup:
    """Make a backup in a folder that is not there yet; StoreError where anything cannot be copied whole."""
    with new_folder(folder) as new:
        _dump(store_url, new)
        count = _copy_files(files, new / "files")
        for name in SETTINGS:
            _copy(site / name, new / "site" / name)
        said = {"kind": _KIND, "form": _FORM, "made_at": now.isoformat(), "version": version, "files": count}
        write_manifest(new, said)
    return Backup(folder, now, version, count)


def checked(folder: Path) -> Backup:
    """Read a backup whole and give what it is; StoreError naming what is missing, altered or not of it."""
    said = read_manifest(folder, _KIND, _FORM)
    if (folder / SQLITE_FILE).exists():
        _sound(folder / SQLITE_FILE)
    return Backup(folder, datetime.fromisoformat(said["made_at"]), said["version"], said["files"])


def put_back(backup: Backup, site: Path, files: Path, store_url: str) -> None:
    """Put a checked backup back into a site that has no database; StoreError where there is one."""
    _load(store_url, backup.folder)
    _copy_files(backup.folder / "files", files)
    for name in SETTINGS:
        if not (site / name).exists():
            _copy(backup.folder / "site" / name, site / name)


def _dump(url: str, folder: Path) -> None:
    """Copy the database as it is at one moment, while it is in use."""
    if url.startswith("sqlite://"):
        copy = folder / SQLITE_FILE
        with contextlib.closing(sqlite3.connect(f"{_path(url).as_uri()}?mode=rw", uri=True)) as database:
            database.execute("PRAGMA busy_timeout = 10000")
            database.execute("VACUUM INTO ?", (str(copy),))
        _sound(copy)
        return
    _run(["pg_dump", "--format=custom", "--no-owner", "--file", str(folder / POSTGRES_FILE)], url)


def _path(url: str) -> Path:
    """Give the file of a database of SQLite's; POSIX lets two slashes mean something else than one."""
    return Path("/" + url.removeprefix("sqlite://").lstrip("/"))


def _load(url: str, folder: Path) -> None:
    if url.startswith("sqlite://"):
        target = _path(url)
        if any(target.with_name(target.name + tail).exists() for tail in ("", "-wal", "-shm")):
            raise StoreError(f"{target}: there is a database already: move it and its -wal and -shm away first")
        if not (folder / SQLITE_FILE).exists():
            raise StoreError(f"{folder}: this backup is of PostgreSQL: write its address into [store] url")
        _copy(folder / SQLITE_FILE, target)
        return
    if not (folder / POSTGRES_FILE).exists():
        raise StoreError(f"{folder}: this backup is of SQLite: write [store] url as it was then")
    command = ["pg_restore", "--single-transaction", "--exit-on-error", "--no-owner"]
    _run([*command, str(folder / POSTGRES_FILE)], url)


def _run(command: Sequence[str], url: str) -> None:
    """Run a tool of PostgreSQL's; the password goes by the environment, which no other user can read."""
    parts = urlsplit(url)
    name = parts.path.lstrip("/")
    where = ["--host", parts.hostname or "localhost", "--port", str(parts.port or 5432), "--dbname", name]
    user = ["--username", unquote(parts.username)] if parts.username else []
    environment = {**os.environ, **({"PGPASSWORD": unquote(parts.password)} if parts.password else {})}
    full = [_tool(command[0]), *where, *user, "--no-password", *command[1:]]
    done = subprocess.run(full, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join(done.stderr.split())[:500]
        cure = "an empty database is wanted" if command[0] == "pg_restore" else "see the database's own log"
        raise StoreError(f"{command[0]} of {parts.hostname}{parts.path}: {said}: {cure}")


def _tool(name: str) -> str:
    """Find a tool of PostgreSQL's, newest first: Debian puts them where no PATH leads."""
    here = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = str(here[-1]) if here else shutil.which(name)
    if found is None:
        raise StoreError(f"{name} is not installed: install postgresql-client")
    return found


def _sound(database: Path) -> None:
    """Read the whole copy; a damaged page, index or row is named."""
    with contextlib.closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        try:
            said = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
        except sqlite3.DatabaseError as wrong:
            said = [str(wrong)]
    if said != ["ok"]:
        raise StoreError(f"{database}: the database is damaged ({'; '.join(said)[:300]}): restore the last good backup")


def _copy_files(folder: Path, target: Path) -> int:
    """Copy every kept file, each held against its name; give how many there were."""
    count = 0
    for path in _kept(folder):
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != path.name:
            raise StoreError(f"{path}: the file is damaged: put it back from the last good backup")
        place = target / path.parent.name / path.name
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.write_bytes(content)
        count += 1
    return count


def _kept(folder: Path) -> Iterator[Path]:
    """Give the file of every content; what is being written, and the names of senders, are not among them."""
    yield from (path for path in sorted(folder.glob("??/*")) if len(path.name) == 64 and path.is_file())


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)
