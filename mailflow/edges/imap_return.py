"""Mails moved back to the watched folder, after an old backup was restored: there they are met once more.

Owns: one conversation that does only this. Refuses to know: which of them are known; the reader tells them by content.
"""

from __future__ import annotations

from datetime import datetime

from mailflow.edges.imap_session import UIDS_A_COMMAND, Session


class Returning(Session):
    """A conversation that moves mails back."""

    def move_back(self, since: datetime) -> int:
        """Move every mail received on that day or later from the two folders back; give how many."""
        settings = self._settings
        folders = (settings.processed, settings.quarantine)
        return sum(self._from(folder, since) for folder in folders)

    def _from(self, folder: str, since: datetime) -> int:
        with self._told("moving mail back"):
            self._uidvalidity = self._client.select_folder(self._full_name(folder))[b"UIDVALIDITY"]
            uids = sorted(self._client.search(["SINCE", since.date()]))
            for start in range(0, len(uids), UIDS_A_COMMAND):
                self._move(uids[start : start + UIDS_A_COMMAND], self._settings.folder)
            return len(uids)
