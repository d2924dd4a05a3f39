"""What the machine says about a site: room on the disk, the kind of database, the age of the signing key.

Owns: asking. Refuses to know: what is too little or too old.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from mailflow.core.vitals import Machine


def probed(files: Path, store_url: str, key: Path, now: datetime) -> Machine:
    """Ask the machine; `files` need not be there yet, its nearest folder that is counts."""
    return Machine(_free(files), _database(store_url), (now - datetime.fromtimestamp(key.stat().st_mtime, UTC)).days)


def _free(folder: Path) -> int:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free


def _database(url: str) -> str:
    """Name the database without its user and password."""
    kind, _, rest = url.partition("://")
    if kind != "sqlite":
        return f"PostgreSQL {rest.rpartition('@')[2].partition('?')[0]}"
    path = Path(rest)
    size = sum(part.stat().st_size for part in (path, path.with_name(path.name + "-wal")) if part.exists())
    return f"SQLite {size / 1024 / 1024:.1f} MiB"
