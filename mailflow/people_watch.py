"""Taking a changed directory.yaml while the service runs: read whole, held against the rules, then taken at once.

Owns: noticing that the file (or a calendar of an office) has changed, and what happens then: right, and everybody works
with the new people from the next step on; wrong, and the log says what is wrong and the people before stay.
Refuses to know: what a directory says (`core.directory`). Rules and settings are not taken this way: a case keeps the
rules it began under, and new ones come with a start.
May go wrong: a file half written is met. It is read again when it has lain still for a moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from mailflow import log
from mailflow.app import DIRECTORY_FILE, App, fitting_rules, now, read_people
from mailflow.core.directory import Directory
from mailflow.errors import SettingsError

STILL_SECONDS = 2.0
"""A file changed less than this ago may still be being written."""

Signature = tuple[tuple[str, int, int, int], ...]


class PeopleWatch:
    """Looks whether the people have changed. `moved` is called after they were taken."""

    def __init__(self, app: App, moved: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._moved = moved
        self._seen = self._signature()

    async def look(self) -> bool:
        """Take the people if they have changed and are right; say whether they were taken."""
        found = self._signature()
        if found == self._seen or self._is_fresh(found):
            return False
        self._seen = found
        try:
            directory = await asyncio.to_thread(self._read)
        except SettingsError as wrong:
            log.people_not_taken("; ".join(str(wrong).splitlines()))
            return False
        if directory == self._app.office.directory:
            return False
        self._app.works_with(directory)
        self._moved()
        log.people_taken(len(directory.people))
        return True

    def _read(self) -> Directory:
        settings = self._app.settings
        directory = read_people(settings.site / DIRECTORY_FILE)
        fitting_rules(settings, directory)
        return directory

    def _signature(self) -> Signature:
        site = self._app.settings.site
        return tuple(filter(None, map(_of, (site / DIRECTORY_FILE, *sorted((site / "calendars").glob("*.yaml"))))))

    def _is_fresh(self, found: Signature) -> bool:
        newest = max((changed for _, changed, _, _ in found), default=0)
        # A clock that was set back would make every file one from the future.
        return 0 <= now().timestamp() - newest / 1e9 < STILL_SECONDS


def _of(path: Path) -> tuple[str, int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return path.name, found.st_mtime_ns, found.st_size, found.st_ino
