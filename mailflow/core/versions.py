"""The files of a case and their versions: which file a new one replaces, what lies beside the case, who is told.

Owns: versions with who, when, comment and hash; that a corrected draft follows the paper mailflow had made and goes on
in its place. Refuses to know: how bytes are kept, what a text says.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from mailflow.core.case import Case, FileVersion, Paper, Standing
from mailflow.core.events import IncomingFile
from mailflow.core.paper_views import PAPERS
from mailflow.core.turn import Turn


def take_files(
    turn: Turn, files: Sequence[IncomingFile], by: str, comment: str = "", replaces_single: bool = False
) -> None:
    """Put files into the case, each as the next version of the one it replaces or as a new one."""
    for file in files:
        replaced = follows(file, files, turn.case, replaces_single)
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
        paper=replaced.paper if replaced is not None else "",
    )


def follows(file: IncomingFile, files: Sequence[IncomingFile], case: Case, replaces_single: bool) -> FileVersion | None:
    """Find what this file is a new version of: a file of the case, or the draft of a paper made for it."""
    found = replaced_by(file, files, case.current_files, replaces_single)
    if found is not None:
        return found
    named_so = [paper for paper in case.papers if PAPERS[paper.document].editable and _is_named_after(file, paper)]
    alike = [paper for paper in named_so if paper.content_type == file.content_type] or named_so
    if not alike:
        return None
    before = corrected(case, alike[0].document)
    return before if before is not None else _as_version(alike[0])


def _is_named_after(file: IncomingFile, paper: Paper) -> bool:
    """True where the name still has every word of the paper's: kind and number of the case at least."""
    return _words(paper.name) - _DRAFT <= _words(file.name)


_DRAFT = frozenset({"проект", "draft"})


def _as_version(paper: Paper) -> FileVersion:
    """Give the draft as the first version of the paper."""
    return FileVersion(paper.name, 1, paper.sha256, paper.size, paper.content_type, "", paper.at, paper=paper.document)


def corrected(case: Case, document: str) -> FileVersion | None:
    """Give a person's corrected version of that paper, which goes on in its place; None while there is none."""
    return next((file for file in case.current_files if file.paper == document), None)


def make_anew(turn: Turn, stated: Collection[str]) -> None:
    """Lay aside corrected papers that print a field stated now: whoever corrects the card wants them made from it."""
    outdated = {name for name, kind in PAPERS.items() if kind.editable & set(stated)}
    turn.change(
        files=tuple(replace(file, current=False) if file.paper in outdated else file for file in turn.case.files)
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
