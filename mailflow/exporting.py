"""`mailflow export` and `mailflow import`: everything of a site in forms that any program reads, and back from them.

Owns: how the folder is laid out for people (a folder a case, mails as .eml, papers as they are, registers as sheets)
beside the tables that are the truth, and the order of an import: the folder is read whole, the contents are kept, and
all rows are written in one transaction. A stop before that leaves contents that nobody names; the next try ends well.
Refuses to know: how rows are written (`edges.store.whole`), how a folder is checked (`edges.manifest`).
Keys and passwords are not in it, as in a backup.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from mailflow import __version__
from mailflow.app import read_office
from mailflow.config import SETTINGS_FILE, Settings, read_settings
from mailflow.core.auditing import Altered, Shortened
from mailflow.core.case import Case, FileVersion, Paper
from mailflow.core.filenames import safe_name
from mailflow.core.journal import read_case
from mailflow.core.office import Office
from mailflow.core.register_view import csv_of
from mailflow.core.registers import forms, register_rows
from mailflow.edges.backups import SETTINGS
from mailflow.edges.blobs import SHA256, Blobs, file_store
from mailflow.edges.manifest import new_folder, read_manifest, write_manifest
from mailflow.edges.sheets import sheet_name, xlsx
from mailflow.edges.store import Store
from mailflow.edges.store.pending import known_migrations
from mailflow.edges.store.whole import lines
from mailflow.errors import StoreError
from mailflow.keeping import NO_KEYS
from mailflow.sealing import audit

KIND, FORM = "an export", 1
AT_ONCE = 32
"""Contents kept in one journey."""
_CONTENT_FOLDERS = ("mails", "other")
README = """mailflow {version}, {day}

RU. Всё, что хранит mailflow, в открытых форматах (UTF-8). Ключей и паролей здесь нет.
    cases/НОМЕР/     заявка: case.json (карточка), history.txt (что было), mails/*.eml (письма байт в байт),
                     files/* (вложения и сделанные документы)
    mails/           письма, которые не относятся ни к одной заявке
    registers/       реестры: .xlsx и .csv (разделитель «;»)
    tables/*.jsonl   все строки базы, по объекту JSON в строке; столбцы описаны в docs/database.md.
                     journal.jsonl: история с хешами, seal.jsonl: печати
    site/            настройки, люди, процессы, шаблоны
    other/           прочее содержимое, по имени SHA-256
    manifest.json    SHA-256 каждого файла
    Обратно: mailflow import ПАПКА -s САЙТ (в пустую базу, SQLite или PostgreSQL).

EN. Everything mailflow keeps, in open forms (UTF-8). Keys and passwords are not here.
    cases/NUMBER/    a case: case.json (the card), history.txt (what happened), mails/*.eml (byte for byte),
                     files/* (attachments and the papers made)
    mails/           mails that belong to no case
    registers/       the registers: .xlsx and .csv (separated by ";")
    tables/*.jsonl   every row of the database, a JSON object a line; docs/database.md describes the columns.
                     journal.jsonl: the history with its hashes, seal.jsonl: the seals
    site/            settings, people, processes, templates
    other/           other contents, named by their SHA-256
    manifest.json    SHA-256 of every file
    Back again: mailflow import FOLDER -s SITE (into an empty database, SQLite or PostgreSQL).
"""


# --- out


async def export(settings: Settings, folder: Path, now: datetime) -> AsyncIterator[str]:
    """Write everything into a folder that is not there yet; the service may go on."""
    office = read_office(settings)
    with new_folder(folder) as new:
        counts = await _rows_out(settings, new / "tables")
        shelf = _Shelf(file_store(settings.files, settings.bucket()), new)
        cases = await _lay_out(shelf)
        await asyncio.to_thread(_write_registers, office, cases, new / "registers", now)
        await asyncio.to_thread(_copy_site, settings.site, new / "site")
        (new / "README.txt").write_text(README.format(version=__version__, day=f"{now:%Y-%m-%d}"), encoding="utf-8")
        said = {"kind": KIND, "form": FORM, "made_at": now.isoformat(), "version": __version__}
        await asyncio.to_thread(write_manifest, new, {**said, "schema": known_migrations()[-1], "rows": counts})
    yield f"{folder}: {counts['case']} cases, {counts['inbox']} mails, {counts['journal']} rows of the journal"
    yield "what happens from now on is not in it: before you move, stop the service first"
    yield NO_KEYS


async def _rows_out(settings: Settings, tables: Path) -> dict[str, int]:
    tables.mkdir(mode=0o700)
    store = await Store.open(settings.store_url, settings.domain)
    try:
        return await store.write_out(tables)
    finally:
        await store.close()


@dataclass
class _Shelf:
    """Puts contents where people look for them, and knows which have a place."""

    blobs: Blobs
    folder: Path
    placed: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    async def put(self, sha256: str, name: str) -> None:
        """Copy a content to this place; nothing for one that was erased."""
        if not SHA256.fullmatch(sha256):
            return
        content = await self.blobs.read(sha256)
        await asyncio.to_thread(_write, self.folder / name, content)
        self.placed.add(sha256)

    def case_folder(self, case: Case) -> str:
        """Name the folder of a case: its number as far as a file may be called so, no two alike."""
        name = _cut(safe_name((case.number or case.id).replace("/", "-"), "", case.id))
        if name.casefold() in self.names:
            name = f"{name} {len(self.names)}"
        self.names.add(name.casefold())
        return f"cases/{name}"


async def _lay_out(shelf: _Shelf) -> list[Case]:
    """Put every content in its place and a card and a history beside each case; give the cases."""
    tables = shelf.folder / "tables"
    cases = [read_case(row["document"]) for row in lines(tables, "case")]
    folders = {case.id: shelf.case_folder(case) for case in cases}
    for case in cases:
        await _put_case(shelf, case, folders[case.id])
    for row in lines(tables, "inbox"):
        place = folders.get(row["case"])
        await shelf.put(row["sha256"], f"{f'{place}/mails' if place else 'mails'}/{row['id']:07}.eml")
    _write_histories(tables, {id_: shelf.folder / name for id_, name in folders.items()})
    for path in shelf.blobs.listed():
        if path.name not in shelf.placed:
            await shelf.put(path.name, f"other/{path.name}")
    return cases


async def _put_case(shelf: _Shelf, case: Case, folder: str) -> None:
    files: tuple[FileVersion | Paper, ...] = (*case.files, *case.papers)
    named = dict.fromkeys((file.name, file.content_type, file.sha256) for file in files)
    for place, (name, content_type, sha256) in enumerate(named, start=1):
        await shelf.put(sha256, f"{folder}/files/{place:02} {_cut(safe_name(name, content_type, sha256))}")


def _write_histories(tables: Path, folders: Mapping[str, Path]) -> None:
    for row in lines(tables, "case"):
        told = json.dumps(row["document"], ensure_ascii=False, indent=1, sort_keys=True)
        _write(folders[row["id"]] / "case.json", told.encode())
    for row in lines(tables, "journal"):
        if row["case"] in folders:
            with (folders[row["case"]] / "history.txt").open("a", encoding="utf-8") as file:
                file.write(f"{row['seq']}. {row['at']}  {row['why']}\n")


def _write_registers(office: Office, cases: Sequence[Case], folder: Path, now: datetime) -> None:
    for form in forms(office):
        known = [case for case in cases if case.process in form.processes and case.process in office.rules]
        table = register_rows(known, form, office, office.language, date.min, date.max)
        if table.rows:
            name = sheet_name(table.title)
            _write(folder / f"{name}.xlsx", xlsx(table, now))
            _write(folder / f"{name}.csv", csv_of(table))


def _copy_site(site: Path, target: Path) -> None:
    target.mkdir(mode=0o700)
    for name in SETTINGS:
        _copy_missing(site / name, target / name)


# --- in


async def bring_in(folder: Path, site: Path) -> AsyncIterator[str]:
    """Take an export over into a site whose database is empty; each line says what is done, or is left to do."""
    said = await asyncio.to_thread(read_manifest, folder, KIND, FORM)
    if said["schema"] != known_migrations()[-1]:
        raise StoreError(f"{folder}: exported by mailflow {said['version']}: import it with that one, then upgrade")
    yield f"{folder}: whole, exported {said['made_at'][:16].replace('T', ' ')} UTC by mailflow {said['version']}"
    site.mkdir(parents=True, exist_ok=True)
    if _copy_missing(folder / "site" / SETTINGS_FILE, site / SETTINGS_FILE):
        yield f"{site / SETTINGS_FILE}: there was none: taken from the export"
    settings = read_settings(site)
    store = await Store.open(settings.store_url, settings.domain)
    try:
        async for line in _taken_in(store, settings, folder, said):
            yield line
    finally:
        await store.close()
    for line in _site_lines(folder / "site", site):
        yield line
    yield NO_KEYS


async def _taken_in(store: Store, settings: Settings, folder: Path, said: Mapping[str, object]) -> AsyncIterator[str]:
    await store.refuse_full()
    kept = await _keep_contents(file_store(settings.files, settings.bucket()), folder)
    doubt = f"imported from the export of {str(said['made_at'])[:16]} UTC: it may have left since"
    counts = await store.read_in(folder / "tables", doubt)
    yield f"{counts['case']} cases, {counts['inbox']} mails, {counts['journal']} rows of the journal, {kept} contents"
    verdict = await audit(store, None)
    if isinstance(verdict, Altered | Shortened):
        yield "the journal does NOT hold, here as where it came from: `mailflow journal verify` names the rows"
    else:
        yield "the journal is intact, and every number goes on where it stood"
    yield "letters that had not left then wait for your word: `mailflow retry` lists them, none goes by itself"


async def _keep_contents(blobs: Blobs, folder: Path) -> int:
    paths = list(_contents(folder))
    for start in range(0, len(paths), AT_ONCE):
        await blobs.keep_all(await asyncio.to_thread(_read_all, paths[start : start + AT_ONCE]))
    return len(paths)


def _contents(folder: Path) -> Iterator[Path]:
    """Give every file that is a mail, an attachment, a paper or another content; the rest only repeats the tables."""
    inside = [folder / name for name in _CONTENT_FOLDERS]
    inside += [case / name for case in sorted((folder / "cases").glob("*")) for name in ("mails", "files")]
    for place in inside:
        yield from (path for path in sorted(place.glob("*")) if path.is_file())


def _read_all(paths: Iterable[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def _site_lines(exported: Path, site: Path) -> Iterator[str]:
    """Put people, rules and templates where the site has none; name what it has otherwise."""
    for name in SETTINGS[1:]:
        if _copy_missing(exported / name, site / name):
            yield f"{site / name}: there was none: taken from the export"
        elif (exported / name).is_file() and (exported / name).read_bytes() != (site / name).read_bytes():
            yield f"{site / name} is not the exported one, which the cases speak of: compare with {exported / name}"


def _copy_missing(source: Path, target: Path) -> bool:
    """Copy a file or folder unless there is one already, or nothing to copy; say whether it did."""
    if target.exists() or not source.exists():
        return False
    copy: Callable[[Path, Path], object] = shutil.copytree if source.is_dir() else shutil.copy2
    copy(source, target)
    return True


def _cut(name: str) -> str:
    """Cut a name to what a file system takes, in bytes; what opens it stays."""
    stem, dot, extension = name.rpartition(".")
    if len(name.encode()) <= 200 or not dot:
        return name.encode()[:200].decode(errors="ignore")
    return f"{stem.encode()[:160].decode(errors='ignore')}.{extension}"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(content)
