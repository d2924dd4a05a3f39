"""A case as a package that anybody can check by himself, offline and without mailflow.

Owns: what stands in it and in which order it is made. First its files; then a row in the office's journal that names
their hashes and the number of the case's rows; then a seal over everything; then the paths that lead from each row to
the head. So nothing in it can be exchanged, and nothing left out, without the head telling, and the auditor is sent
that head. The checks themselves stand in `verifier`, which is packed with it.
Refuses to know: who asked for it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailflow import verifier
from mailflow.advance import advance
from mailflow.app import App
from mailflow.core.case import Case, FileVersion, Paper
from mailflow.core.events import EvidenceGiven
from mailflow.core.filenames import safe_name
from mailflow.core.journal import Document, JournalRow
from mailflow.core.message import Message, parse
from mailflow.core.paper_views import paper_view
from mailflow.core.seals import Head, Seal, paths
from mailflow.core.sender import Proven, prove
from mailflow.edges.blobs import SHA256
from mailflow.edges.documents import Failed
from mailflow.edges.store import InboxRow
from mailflow.errors import MailflowError
from mailflow.sealing import anchor_now, seal_all
from mailflow.verifier import canonical

MARKS = ("authentication-results", "arc-authentication-results", "received-spf", "x-ms-exchange-organization-authas")

README = """{number}

RU. Пакет доказательств по одной заявке. Проверка: python3 verify.py (нужен только Python 3.9 или новее, сеть не нужна).
    Надёжнее взять verify.py не отсюда, а из своей копии mailflow: python3 verify.py ПАКЕТ.zip
    mails/           письма заявки, байт в байт; mails.json: от кого, когда, чем подтверждён отправитель
    files/           файлы заявки и её документы; approval-sheet.pdf: лист согласования
    case.json        карточка; journal.jsonl: история заявки по строкам, каждая с хешем предыдущей
    statement.json   запись общего журнала о выдаче этого пакета; place.json: место строк под печатью
    Печать (head), которую назовёт проверка, должна совпасть с письмом у аудитора.

EN. A package of evidence on one case. To check it: python3 verify.py (needs Python 3.9 or newer only, no network).
    Better take verify.py from a copy of mailflow of your own: python3 verify.py PACKAGE.zip
    mails/           the mails of the case, byte for byte; mails.json: from whom, when, what proves the sender
    files/           files of the case and its papers; approval-sheet.pdf: the approval sheet
    case.json        the card; journal.jsonl: the history of the case, a row a line, with the hash of the one before
    statement.json   the row of the office's journal about this package; place.json: where the rows stand under the seal
    The head that the check prints must be the one in the auditor's letter.
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A package made: its bytes, what names it, and the head it stands under."""

    content: bytes
    fingerprint: str
    head: Head


async def evidence(app: App, case: Case, now: datetime) -> Evidence:
    """Make the package of a case; the auditor, where there is one, is owed the head it stands under."""
    rows = await app.store.journal(case.id)
    held = await _members(app, case, rows, now)
    hashes = {name: _sha256(content) for name, content in held.items()}
    event = EvidenceGiven(f"evidence/{case.id}/{now.isoformat()}", now, case.id, len(rows), rows[-1].hash, hashes)
    await advance(event, app.store, app.office, now)
    statement = next(row for row in await app.store.journal("office") if row.event_key == event.key)
    newest = await seal_all(app.store, now)
    assert newest is not None, "a journal with rows has a seal"
    held["statement.json"] = _line(_row_document(statement))
    held["place.json"] = _line(await _place(app, rows, statement, newest))
    if app.settings.journal.auditor:
        await anchor_now(app.store, app.office, app.settings.journal.auditor, now, newest.head)
    manifest = _manifest(case.number, held)
    return Evidence(_packed({**held, "manifest.json": _line(manifest)}, now), str(manifest["fingerprint"]), newest.head)


async def _members(app: App, case: Case, rows: Sequence[JournalRow], now: datetime) -> dict[str, bytes]:
    mails = await app.store.mails_of(case.id)
    held: dict[str, bytes] = {
        "README.txt": README.format(number=case.number).encode(),
        "verify.py": Path(verifier.__file__).read_bytes(),
        "case.json": _line(_laid(rows)),
        "journal.jsonl": b"".join(_line(_row_document(row)) for row in rows),
        "approval-sheet.pdf": await _sheet(app, case, now),
    }
    listed = []
    for place, mail in enumerate(mails, start=1):
        if not SHA256.fullmatch(mail.taken.sha256):
            continue  # It was erased.
        raw = await app.desk.blobs.read(mail.taken.sha256)
        name = f"mails/{place:04}.eml"
        held[name] = raw
        listed.append({"file": name, **_told(mail, parse(raw), raw, rows, app)})
    held["mails.json"] = _line({"mails": listed})
    return {**held, **await _files(app, case)}


async def _files(app: App, case: Case) -> dict[str, bytes]:
    files: tuple[FileVersion | Paper, ...] = (*case.files, *case.papers)
    named = dict.fromkeys(
        (file.name, file.content_type, file.sha256) for file in files if SHA256.fullmatch(file.sha256)
    )
    return {
        f"files/{place:02} {safe_name(name, content_type, sha256)}": await app.desk.blobs.read(sha256)
        for place, (name, content_type, sha256) in enumerate(named, start=1)
    }


async def _sheet(app: App, case: Case, now: datetime) -> bytes:
    made = await app.bench.documents.make(paper_view("approval_sheet", case, app.office, now))
    if isinstance(made, Failed):
        raise MailflowError(f"{case.number}: the approval sheet cannot be made: {made.reason}")
    return made.content


def _told(mail: InboxRow, message: Message, raw: bytes, rows: Sequence[JournalRow], app: App) -> dict[str, object]:
    """Give what is known of a mail: what it was taken for, and what proves, or does not prove, who wrote it."""
    taken = mail.taken
    proof = prove(message, raw, app.desk.profile)
    return {
        "sha256": taken.sha256,
        "received_at": taken.received_at.astimezone(UTC).isoformat(),
        "from": taken.sender,
        "subject": taken.subject,
        "message_id": taken.message_id,
        "taken_for": taken.kind,
        "why": taken.reason,
        "journal_rows": [row.seq for row in rows if row.event_key == taken.message_key],
        "proof_when_taken": next((row.event.get("proof") for row in rows if row.event_key == taken.message_key), None),
        "proof_now": {"proven": isinstance(proof, Proven), **asdict(proof)},
        "marks_of_servers": [f"{name}: {value}" for name, value in message.headers if name.lower() in MARKS],
    }


async def _place(app: App, rows: Sequence[JournalRow], statement: JournalRow, seal: Seal) -> dict[str, object]:
    hashes = [hash_ for _, hash_ in await app.store.sealed_hashes(seal.last)]
    wanted = {row.hash for row in (*rows, statement)}
    places = {hash_: place for place, hash_ in enumerate(hashes) if hash_ in wanted}
    beside = paths(hashes, places.values())
    entries = [{"place": places[row.hash], "path": list(beside[places[row.hash]])} for row in (*rows, statement)]
    return {
        "size": seal.head.size,
        "root": seal.head.root,
        "sealed_at": seal.at.astimezone(UTC).isoformat(),
        "rows": entries[:-1],
        "statement": entries[-1],
    }


def _laid(rows: Sequence[JournalRow]) -> dict[str, object]:
    """Lay the patches over each other: the document of the case as its journal has it."""
    document: dict[str, object] = {}
    for row in rows:
        document.update(row.patch)
    return document


def _row_document(row: JournalRow) -> Document:
    return {**asdict(row), "at": row.at.astimezone(UTC).isoformat()}


def _manifest(number: str, held: Mapping[str, bytes]) -> dict[str, object]:
    listed = {"case": number, "files": {name: _sha256(content) for name, content in sorted(held.items())}}
    return {**listed, "fingerprint": _sha256(canonical(listed).encode())}


def _packed(held: Mapping[str, bytes], now: datetime) -> bytes:
    packed = io.BytesIO()
    date = now.astimezone(UTC).timetuple()[:6]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(zipfile.ZipInfo(name, date), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _line(value: object) -> bytes:
    return (canonical(value) + "\n").encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
