"""What the commands print about cases, mails and the journal: the database told as text.

Owns: the wording of `mailflow cases`, `show`, `inbox`, `journal`. Reads only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, assert_never

from mailflow.app import App, now
from mailflow.core.auditing import Altered, Shortened, Unanchored, Whole
from mailflow.core.card_texts import card, title
from mailflow.core.case import Case
from mailflow.core.filenames import safe_name
from mailflow.core.journal import replay
from mailflow.core.numbers import spellings
from mailflow.core.seals import Head
from mailflow.edges.store import OutboxRow
from mailflow.errors import MailflowError
from mailflow.evidence import evidence
from mailflow.sealing import audit

PAGE = 500


async def case_list(app: App, state: str | None, process: str | None, limit: int) -> str:
    """List cases, newest first."""
    rows = await app.store.cases(state, process, limit=limit)
    if not rows:
        return "no cases"
    table = [
        (r.number, r.state.value, r.subject, r.stage or "-", _people(app, r.waits_on) or "-", _when(app, r.opened_at))
        for r in rows
    ]
    return _table(("number", "state", "about", "stage", "waits on", "opened"), table)


async def case_story(app: App, number: str) -> str:
    """Tell one case: card, route, files, every step with its why, every letter with what became of it."""
    case = await _find(app, number)
    language = app.office.language
    parts = [
        f"{case.number}  {title(case, app.office, language)}",
        f"{case.state.value}, round {case.round}, stage {case.stage or '-'}, opened {_when(app, case.opened_at)}",
        "",
        *(f"  {line.label}: {line.value}" for line in card(case, app.office, language)),
        "",
        *_files(case),
        *_marks(app, case),
        "",
        "history",
        *[f"  {_when(app, row.at)}  {row.why}" for row in await app.store.journal(case.id)],
        "",
        "letters",
        *[_letter(app, row) for row in reversed(await app.store.outbox(case=case.id, limit=PAGE))],
    ]
    return "\n".join(parts)


async def case_evidence(app: App, number: str, out: Path | None) -> str:
    """Write the package of evidence on a case; a file that is there is never written over."""
    case = await _find(app, number)
    path = out or Path(safe_name(f"{case.number}.zip", "application/zip", case.id))
    if path.exists():
        raise MailflowError(f"{path}: it exists already: name another file with -o")
    made = await evidence(app, case, now())
    try:
        path.touch(0o600, exist_ok=False)
        path.write_bytes(made.content)
    except OSError as wrong:
        raise MailflowError(f"{path}: cannot be written ({wrong.strerror}): name another place with -o") from None
    return f"{path}: {len(made.content)} bytes\nfingerprint {made.fingerprint}\nhead {made.head}"


async def inbox_list(app: App, kind: str | None, state: Any, limit: int) -> str:
    """List mails taken in, newest first."""
    rows = await app.store.inbox(state, kind, limit)
    if not rows:
        return "no mails"
    table = [
        (_when(app, r.taken.received_at), r.taken.kind, r.taken.state, r.taken.sender, r.taken.subject, r.taken.reason)
        for r in rows
    ]
    return _table(("received", "kind", "state", "from", "subject", "why"), table)


async def journal_check(app: App, anchor: Head | None = None) -> tuple[bool, str]:
    """Hold every row against the chains, the seals and the anchor; give whether all is well, and the account."""
    match await audit(app.store, anchor):
        case Whole(rows=rows, anchored=anchored):
            return True, f"the journal is intact: {rows} rows, the first {anchored} as the anchor has them"
        case Unanchored(rows=rows, head=head):
            return True, f"the journal is intact: {rows} rows, but unanchored\n{_UNANCHORED}\nhead now: {head}"
        case Shortened(rows=rows, expected=expected, witness=witness):
            shortened = f"the journal is SHORTENED: it has {rows} rows, the {witness} was made over {expected}"
            return False, f"{shortened}\n{_SHORTENED}"
        case Altered(findings=findings):
            named = [await _named(app, finding) for finding in findings]
            return False, "\n".join((*named, "the journal is ALTERED", _ALTERED))
        case never:
            assert_never(never)


_UNANCHORED = (
    "rows cut off at the end with care would not be seen: give the newest letter of the auditor's mailbox,"
    " `mailflow journal verify --anchor LETTER.eml`;\n"
    "without an auditor write one into mailflow.toml, [journal] auditor, or keep the head below elsewhere"
)
_SHORTENED = (
    "rows are gone, or an older backup was put back: stop the service, keep the database as it is,"
    " and compare with the last backup made before the anchor"
)
_ALTERED = (
    "somebody wrote to the database past mailflow, or it is damaged: stop the service, keep a copy of it as it is,"
    " and compare the rows named with the last backup that verifies"
)


async def _named(app: App, finding: str) -> str:
    """Say a finding with the number of its case in place of the case's id."""
    case, colon, rest = finding.partition(": ")
    found = await app.store.load(case) if colon else None
    return f"{found.number}: {rest}" if found is not None and found.number else finding


async def journal_replayed(app: App, number: str) -> tuple[bool, str]:
    """Play the journal of a case again and compare with the stored case."""
    stored = await _find(app, number)
    again = replay(await app.store.journal(stored.id))
    if again == stored:
        return True, f"{stored.number}: the journal gives the case back, version {stored.version}"
    return False, f"{stored.number}: the journal gives another case than the one stored: look at `mailflow show`"


async def _find(app: App, number: str) -> Case:
    for spelling in spellings(number):
        case = await app.store.load_by_number(spelling)
        if case is not None:
            return case
    raise MailflowError(f"there is no case {number}: `mailflow cases` lists them")


def _files(case: Case) -> list[str]:
    return [
        f"  file: {f.name}, version {f.version}{'' if f.current else ' (replaced)'}, sha256 {f.sha256[:12]}"
        for f in case.files
    ]


def _marks(app: App, case: Case) -> list[str]:
    lines = []
    for a in case.assignments:
        said = f"{a.decision.answer.value} ({a.decision.channel}) {_when(app, a.decision.at)}" if a.decision else ""
        remark = f": {a.decision.comment}" if a.decision and a.decision.comment else ""
        who = app.office.short(a.principal)
        lines.append(f"  round {a.round}, {a.stage}: {who}: {said or a.note or a.standing.value}{remark}")
    return lines


def _letter(app: App, row: OutboxRow) -> str:
    when = _when(app, row.sent_at or row.created_at)
    why = f": {row.reason}" if row.state != "sent" and row.reason else ""
    return f"  {when}  {row.kind} to {row.address}: {row.state}{why}"


def _people(app: App, waits_on: str) -> str:
    return ", ".join(app.office.short(p.strip()) for p in waits_on.split(",") if p.strip())


def _when(app: App, moment: datetime) -> str:
    return f"{moment.astimezone(app.office.hours.zone):%d.%m.%Y %H:%M}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    shown = [tuple(_cell(cell) for cell in row) for row in (head, *rows)]
    widths = [max(len(row[n]) for row in shown) for n in range(len(head))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in shown)


def _cell(text: str) -> str:
    clean = "".join(c if c.isprintable() else " " for c in text)
    return clean if len(clean) <= 60 else clean[:59] + "…"
