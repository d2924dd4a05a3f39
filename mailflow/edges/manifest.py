"""A folder that says what is in it: manifest.json with the SHA-256 of every other file.

Owns: making a folder that has its name only when all of it is on the disk, and reading one back so that a file that is
missing, altered or not of it is named. Refuses to know: what the files are.
What may go wrong: StoreError, and nothing of such a folder is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mailflow.errors import StoreError

MANIFEST = "manifest.json"


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to fill; it gets this name when the block ends well. StoreError where the name is taken."""
    if folder.exists():
        raise StoreError(f"{folder}: it exists already: name a folder that does not")
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True, mode=0o700)
    yield new
    for path in (*new.rglob("*"), new):
        _sync(path)
    new.rename(folder)
    _sync(folder.parent)


def write_manifest(folder: Path, said: Mapping[str, object]) -> None:
    """Write what is said of the folder, and the hash of everything in it."""
    whole = {**said, "hashes": _hashes(folder)}
    (folder / MANIFEST).write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")


def read_manifest(folder: Path, kind: str, form: int) -> Mapping[str, Any]:
    """Read the whole folder and give what its manifest says; StoreError naming what is wrong. `kind`: "a backup"."""
    noun = kind.split()[-1]
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        wanted = dict(said["hashes"])
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise StoreError(f"{folder}: this is no whole {noun} ({wrong}): take another one") from None
    if said.get("form") != form or said.get("kind", kind) != kind:
        raise StoreError(f"{folder}: {kind} of another form: use the mailflow and the command that fit it")
    found = _hashes(folder)
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise StoreError(f"{folder}: {name} {_fault(name, wanted, found)}: this {noun} is not whole, take another")
    return dict(said)


def _fault(name: str, wanted: Mapping[str, str], found: Mapping[str, str]) -> str:
    if name not in found:
        return "is missing"
    return "does not belong to it" if name not in wanted else "is damaged"


def _hashes(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of every file of the folder but the manifest itself."""
    files = (path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    return {str(path.relative_to(folder)): _hash(path) for path in files}


def _hash(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
