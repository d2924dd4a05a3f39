"""Where each key of a file a person wrote stands, so that a complaint can name the place.

Owns: path -> «file:line:column». Refuses to know: what the keys mean.
"""

from __future__ import annotations

import yaml

Path = tuple[str | int, ...]


class Lines:
    """Remembers on which line and in which column of which file each key stands."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._places: dict[Path, str] = {(): "1:1"}

    def note(self, path: Path, node: yaml.Node) -> None:
        """Remember where this path stands."""
        self._places[path] = place(node.start_mark)

    def has(self, path: Path) -> bool:
        """Say whether the path stands in the file."""
        return path in self._places

    def at(self, path: Path) -> str:
        """Give «file:line:column» of the path, or of the nearest key above it.

        What stands in the path and not in the file (the name of a kind of step) is passed over.
        """
        return f"{self.name}:{self._places[self.written(path)]}"

    def written(self, path: Path) -> Path:
        """Give what of the path stands in the file."""
        known: Path = ()
        for part in path:
            known = (*known, part) if (*known, part) in self._places else known
        return known


def place(mark: yaml.Mark) -> str:
    """Give «line:column» as editors count them."""
    return f"{mark.line + 1}:{mark.column + 1}"
