"""The directory of a story, and how it is changed on the way: somebody leaves, somebody stands in.

Owns: changes to the text of directory.yaml. A change that makes the directory wrong is told as for the real one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from mailflow.core.branches import OwnDays
from mailflow.core.directory import Directory, read_directory


class People:
    """A directory that can be changed; `directory` is how it stands now."""

    def __init__(self, text: str, name: str, calendars: Mapping[str, OwnDays] | None = None) -> None:
        self._name, self._calendars = name, calendars
        self.directory: Directory = read_directory(text, name, calendars)
        self._file: dict[str, Any] = yaml.safe_load(text)

    def laid_over(self, patch: Mapping[str, Any]) -> None:
        """Lay the patch over the file (RFC 7396): null takes a key away."""
        self._become(_merged(self._file, patch))

    def stand_in(self, person: str, by: str, since: str, until: str) -> None:
        """Let somebody stand in for the person."""
        self.laid_over({"people": {person: {"substitute": {"by": by, "since": since, "until": until}}}})

    def without(self, person: str) -> None:
        """Take the person out, and out of every place that names him, as an administrator has to."""
        people = {key: _bereft(one, person) for key, one in self._file["people"].items() if key != person}
        roles = {role: [h for h in held if h != person] for role, held in self._file.get("roles", {}).items()}
        departments = {key: _bereft(one, person) for key, one in self._file.get("departments", {}).items()}
        self._become({**self._file, "people": people, "roles": roles, "departments": departments})

    def _become(self, file: dict[str, Any]) -> None:
        self.directory = read_directory(yaml.safe_dump(file, allow_unicode=True), self._name, self._calendars)
        self._file = file


def _merged(base: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    out = dict(base) if isinstance(base, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = _merged(out.get(key), value)
    return out


def _bereft(entry: Mapping[str, Any], person: str) -> dict[str, Any]:
    """Give an entry of the directory without its manager, head or substitute where that was this person."""
    return {
        key: value
        for key, value in entry.items()
        if value != person and not (key == "substitute" and value.get("by") == person)
    }
