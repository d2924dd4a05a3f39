"""The files of a case and their versions: which file a new one replaces, what lies beside the case, who is told.

Owns: versions with who, when, comment and hash. Refuses to know: how bytes are kept, what a text says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailflow.core.case import FileVersion, Standing
from mailflow.core.events import IncomingFile
from mailflow.core.turn import Turn


def take_files(
    turn: Turn, files: Sequence[IncomingFile], by: str, comment: str = "", replaces_single: bool = False
) -> None:
    """Put files into the case, each as the next version of the one it replaces or as a new one."""
    for file in files:
        replaced = replaced_by(file, files, turn.case.current_files, replaces_single)
        kept = tuple(replace(f, current=False) if f is replaced else f for f in turn.case.files)
        turn.change(files=(*kept, _version(turn, file, replaced, by, comment)))


def _version(turn: Turn, file: IncomingFile, replaced: FileVersion | None, by: str, comment: str) -> FileVersion:
    # Of a file laid aside it is not known yet which one it follows.
    same = replaced is None or (file.changes is not None and file.changes.since == replaced.sha256)
    return FileVersion(
        name=file.name,
        version=replaced.version + 1 if replaced is not None else 1,
        sha256=file.sha256,
        size=file.size,
        content_type=file.content_type,
        by=by,
        at=turn.now,
        comment=comment,
        changes=file.changes if same else None,
    )


def replaced_by(
    file: IncomingFile, files: Sequence[IncomingFile], current: Sequence[FileVersion], replaces_single: bool
) -> FileVersion | None:
    """Find the file this one is a new version of: by its name, or, sent alone, by the words of its name.

    «Договор 42-П правки ВЛ.docx» follows «Договор 42-П.docx»; «КП.pdf» beside «Счет 57.pdf» is a paper of its own.
    """
    same = next((f for f in current if f.name.casefold() == file.name.casefold()), None)
    if same is not None or not replaces_single or len(files) != 1:
        return same
    words = _words(file.name)
    alike = [(len(words & _words(f.name)), f) for f in current if f.content_type == file.content_type]
    best = max((shared for shared, _ in alike), default=0)
    nearest = [f for shared, f in alike if shared == best]
    return nearest[0] if best and len(nearest) == 1 else None


def _words(name: str) -> frozenset[str]:
    stem = name.casefold().replace("ё", "е").rpartition(".")[0] or name.casefold()
    return frozenset(re.findall(r"[^\W\d_]{3,}|\d{2,}", stem))


def keep_aside(turn: Turn, files: Sequence[IncomingFile], by: str, comment: str) -> None:
    """Keep the files somebody who decides has sent, without making them what is decided on."""
    aside = (replace(_version(turn, f, None, by, comment), version=0, current=False) for f in files)
    turn.change(files=(*turn.case.files, *aside))


def set_aside(turn: Turn, by: str) -> tuple[FileVersion, ...]:
    """Give the files this person has sent beside the case, for whoever has to read them."""
    return tuple(f for f in turn.case.files if f.version == 0 and f.by == by)


def tell_participants(turn: Turn, by: str, comment: str) -> None:
    """Send the versions that have just come to everybody who takes part and is not asked about them anyway."""
    new = [f for f in turn.case.current_files if f.at == turn.now]
    if not new:
        return
    asked = {a.principal for a in turn.case.open_assignments}
    took_part = (a.principal for a in turn.case.assignments if a.standing is not Standing.SKIPPED)
    part = dict.fromkeys((turn.case.initiator, *took_part))
    words = {"who": turn.office.short(by), "text": comment}
    for person in part:
        if person not in asked and person != by:
            turn.letter("version", person, words=words, papers=new)


def adopt(turn: Turn, by: str, since: datetime) -> bool:
    """Make the files a person has sent beside the case the next versions; False where he has sent none."""
    aside = [f for f in set_aside(turn, by) if f.at >= since]
    turn.change(files=tuple(f for f in turn.case.files if f not in aside))
    for file in aside:
        taken = IncomingFile(file.name, file.sha256, file.size, file.content_type, file.changes)
        take_files(turn, [taken], by, file.comment, replaces_single=True)
    return bool(aside)
