"""The folder the demo leaves behind: every mail as it was sent, its parts as files, the papers.

Owns: the names in that folder and emptying it before a new day. Refuses to know: who writes and why.
A folder is emptied only where the marker lies, and only of what a demo wrote: the marker lists every
file before it is written, and the site's files are known by name. Whatever else lies there stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mailflow.core.message import Attachment, parse
from mailflow.errors import SettingsError

MARKER = ".mailflow-demo"
_SITE = (
    "mailflow.toml", "mailbox.password", "directory.yaml", "keys/1.key", "data/mailflow.db*", "data/files/??/*",
    "data/files/new/*",
)  # fmt: skip
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Folder:
    """One demo's folder, begun anew."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.site = root / "site"
        self._papers: dict[str, str] = {}
        self._count = 0

    @classmethod
    def begin(cls, root: Path) -> Folder:
        """Make the folder, or empty it of the demo before; SettingsError where somebody else's files lie."""
        _refuse_foreign(root)
        for path in _written_before(root):
            path.unlink(missing_ok=True)
        _drop_empty_folders(root)
        root.mkdir(parents=True, exist_ok=True)
        (root / MARKER).write_text("", encoding="utf-8")
        return cls(root)

    @property
    def papers(self) -> tuple[str, ...]:
        """Name the papers kept so far, in the order in which they came."""
        return tuple(self._papers.values())

    def keep(self, who: str, whom: str, kind: str, raw: bytes) -> Path:
        """Keep one mail: the bytes as `.eml`, its text and HTML part beside it, its papers once each."""
        self._count += 1
        name = f"{self._count:02}-{_short(who)}-to-{_short(whom)}-{_short(kind)}"
        path = self.write(f"letters/{name}.eml", raw)
        mail = parse(raw)
        if mail.text.strip():
            self.write(f"letters/{name}.txt", f"{mail.subject}\n\n{mail.text}".encode())
        if mail.html.strip():
            self.write(f"letters/{name}.html", mail.html.encode())
        for attachment in mail.attachments:
            self._keep_paper(attachment, attachment.name)
        return path

    def write(self, name: str, content: bytes) -> Path:
        """Write a file under its name, the marker first."""
        path = self.root / name
        with (self.root / MARKER).open("a", encoding="utf-8") as marker:
            marker.write(f"{name}\n")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def _keep_paper(self, paper: Attachment, wanted: str) -> None:
        if paper.sha256 in self._papers:
            return
        taken = set(self._papers.values())
        # Not Path.stem: a name may hold a slash, and a date holds dots.
        stem, dot, suffix = wanted.replace("/", "-").rpartition(".")
        stem, suffix = (stem, f".{suffix}") if dot else (wanted, "")
        names = (f"{stem}{f' ({n})' if n > 1 else ''}{suffix}" for n in range(1, len(taken) + 2))
        name = next(name for name in names if name not in taken)
        self._papers[paper.sha256] = name
        self.write(f"papers/{name}", paper.content)


def _short(word: str) -> str:
    """Give the name before the @, in letters every file system knows."""
    return _UNSAFE.sub("-", word.partition("@")[0]).strip("-.") or "x"


def _refuse_foreign(root: Path) -> None:
    if root.exists() and not root.is_dir():
        raise SettingsError(f"{root}: this is a file: give a folder with --out")
    if root.is_dir() and any(root.iterdir()) and not (root / MARKER).is_file():
        raise SettingsError(f"{root}: there are files no demo wrote: give another folder with --out")


def _written_before(root: Path) -> Iterator[Path]:
    """Give the files of the demo before: those the marker lists and those of its site, all within the folder."""
    marker = root / MARKER
    if not marker.is_file():
        return
    listed = [root / name for name in marker.read_text(encoding="utf-8").splitlines() if name]
    of_site = [path for pattern in _SITE for path in (root / "site").glob(pattern)]
    home = root.resolve()
    for path in (*listed, *of_site):
        if path.parent.resolve().is_relative_to(home) and not path.is_dir():
            yield path


def _drop_empty_folders(root: Path) -> None:
    for name in ("letters", "papers", "site"):
        folders = sorted((root / name).glob("**/"), key=lambda folder: len(folder.parts), reverse=True)
        for folder in folders:
            if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
                folder.rmdir()
