"""The versions of processes that were in force before: a case goes on by the one it began under.

Owns: finding a version by its name (`Process.version`). A text is read when it is first asked for: most of what is
kept no case goes by any more. Refuses to know: where the texts are kept, and the people they name, who may have left.
What may go wrong: a text of long ago that this mailflow no longer understands; it counts as not kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.rules import Process, read_version
from mailflow.errors import SettingsError


class KeptRules:
    """Versions of processes by name."""

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self._texts = dict(texts or {})
        self._read: dict[str, Process | None] = {}

    def get(self, version: str) -> Process | None:
        """Give the process as that version says it; None for a version that is not kept or not understood."""
        if version not in self._read:
            self._read[version] = self._understood(version)
        return self._read[version]

    def complaint(self, version: str) -> str:
        """Say why a version cannot be gone by; '' for one that can."""
        if version not in self._texts:
            return "its rules were never kept"
        try:
            read_version(self._texts[version], f"version {version[:8]}")
        except SettingsError as wrong:
            return str(wrong)
        return ""

    def _understood(self, version: str) -> Process | None:
        if version not in self._texts:
            return None
        try:
            return read_version(self._texts[version], f"version {version[:8]}")
        except SettingsError:
            return None
