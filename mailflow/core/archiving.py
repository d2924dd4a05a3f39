"""The archive: where the papers of a finished case lie for good, on a share people open themselves.

Owns: which folder a case goes to and which of its files, under names every system opens. Refuses to know: disks.
What may go wrong: the share is away. The case is finished all the same; it is put there once the share is back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailflow.core.case import Case, FileVersion, Paper
from mailflow.core.events import CaseArchived
from mailflow.core.filenames import safe_name
from mailflow.core.office import Office
from mailflow.core.turn import Turn
from mailflow.core.views import Language

LONGEST_FOLDER = 80
"""Characters: with year, number and the longest file name a path stays under the 260 Windows opens."""
_UNSAFE = re.compile('[\x00-\x1f\x7f<>:"/\\\\|?*]')
_NOBODY: dict[Language, str] = {"ru": "Без контрагента", "en": "No counterparty"}


@dataclass(frozen=True, slots=True)
class Filed:
    """One file to put there: its name in the folder, its SHA-256 in the file store."""

    name: str
    sha256: str


def file_away(turn: Turn) -> None:
    """Ask for the papers of a finished case to be put into the archive, where the rules and the office keep one."""
    if turn.process.archive and turn.office.archive:
        turn.file_away()


def archived(turn: Turn, event: CaseArchived) -> None:
    """Note where the papers lie."""
    turn.change(archived=event.folder)
    turn.because("archived", folder=event.folder, count=len(event.files))


def place_of(case: Case, office: Office) -> tuple[str, str, str]:
    """Give the folder of a case: its counterparty, the year it was opened in, its number."""
    who = str(case.fields.get("counterparty") or case.fields.get("correspondent") or "")
    year = office.day(case.opened_at)[:4]
    return folder_name(who) or _NOBODY[office.language], year, folder_name(case.number) or case.id[:16]


def folder_name(text: str) -> str:
    """Give a text as the name of a folder Windows, Samba and Linux all open; '' where nothing of it is left."""
    plain = " ".join(_UNSAFE.sub("_", text.replace('"', "'")).split())
    name = safe_name(plain[:LONGEST_FOLDER], "", "0" * 64) if plain.strip(" ._") else ""
    return name.rstrip(" .")


def filed(case: Case) -> tuple[Filed, ...]:
    """Give the final files and the papers made for the case, no two under one name whatever its case."""
    return tuple(_named_apart(case))


def _named_apart(case: Case) -> Iterator[Filed]:
    taken: set[str] = set()
    final: tuple[FileVersion | Paper, ...] = (*case.current_files, *case.papers)
    for one in {file.sha256: file for file in final}.values():
        name = next(n for n in _tries(safe_name(one.name, one.content_type, one.sha256)) if n.casefold() not in taken)
        taken.add(name.casefold())
        yield Filed(name, one.sha256)


def _tries(name: str) -> Iterator[str]:
    """«Акт.pdf», «Акт (2).pdf», «Акт (3).pdf», …"""
    yield name
    stem, dot, ending = name.rpartition(".")
    number = 2
    while True:
        yield f"{stem} ({number}){dot}{ending}" if dot else f"{name} ({number})"
        number += 1
