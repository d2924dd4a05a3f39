"""Check a package of evidence: python3 verify.py [FOLDER or ZIP] [--head HEAD]. Needs Python 3.9 and nothing else.

Проверка пакета доказательств. Этот файл не обращается ни к сети, ни к mailflow: он только считает хеши (SHA-256).

What it shows, in this order: every file is the one that was packed; every row of the case's journal is as it was
written and none is missing; the statement that closes the package names exactly these rows and files; rows and
statement stand in the sealed journal of the whole office, under the head that is printed at the end. Compare that
head with the letter the auditor got: nobody can make a second set of rows that fits the same head.

Owns: the checks and their words. Refuses to know: anything but the package; it is packed with every one, as verify.py.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

UNLISTED = ("manifest.json", "__pycache__/")
FOUND = {
    "manifest": (
        "перечень файлов повреждён или переписан: {what}",
        "the list of files is damaged or rewritten: {what}",
    ),
    "missing": ("нет файла {name}", "the file {name} is missing"),
    "added": ("лишний файл {name}: в пакете его не было", "the file {name} was not in the package"),
    "changed": ("файл {name} изменён", "the file {name} was altered"),
    "unreadable": ("файл {name} не читается: {what}", "the file {name} cannot be read: {what}"),
    "row_order": (
        "журнал: на месте строки {seq} стоит другая: строки удалены или переставлены",
        "journal: another row stands in the place of row {seq}: rows were removed or reordered",
    ),
    "row_chain": (
        "журнал: строка {seq} не продолжает предыдущую",
        "journal: row {seq} does not continue the row before it",
    ),
    "row_changed": ("журнал: строка {seq} изменена", "journal: row {seq} says something else than when it was written"),
    "row_case": ("журнал: строка {seq} из другой заявки", "journal: row {seq} belongs to another case"),
    "shorter": (
        "журнал: строк {have}, а при выдаче пакета было {must}",
        "journal: it has {have} rows; when the package was made there were {must}",
    ),
    "statement": (
        "заключительная запись изменена или от другого пакета",
        "the closing statement was altered or is another package's",
    ),
    "not_stated": (
        "файл {name} не назван в заключительной записи",
        "the file {name} is not named by the closing statement",
    ),
    "not_sealed": (
        "журнал: строка {seq} не стоит под печатью: её место в общем журнале не сходится",
        "journal: row {seq} does not stand under the seal: its place in the journal of the office does not fit",
    ),
    "case": ("карточка не совпадает с журналом", "the case is not the one its journal describes"),
    "head": (
        "печать не та, что у аудитора: здесь {here}, у него {there}",
        "the seal is not the auditor's: here {here}, there {there}",
    ),
    "other_size": (
        "печать аудитора сделана над другим числом строк ({there}): нужна печать над {here}",
        "the auditor's seal was made over another number of rows ({there}): the one over {here} is needed",
    ),
}


class Package(NamedTuple):
    """The files of a package, by name; `where` is how a person names it."""

    where: str
    members: dict[str, bytes]


class Finding(NamedTuple):
    """One thing that does not hold, as a key of `FOUND` and its facts."""

    key: str
    facts: dict[str, object]


class Checked(NamedTuple):
    """What was found wrong, and what the package is about."""

    findings: list[Finding]
    about: dict[str, object]


class Damaged(Exception):
    """A file that every other check rests on cannot be read."""


def main(arguments: list[str]) -> int:
    """Check the package named, or the one this file lies in; print the result; give 0 if everything holds."""
    sys.dont_write_bytecode = True
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    head, paths = _arguments(arguments)
    try:
        package = opened(Path(paths[0]) if paths else Path(__file__).resolve().parent)
    except (OSError, zipfile.BadZipFile, RuntimeError, ValueError, NotImplementedError) as wrong:
        print(f"НЕ СХОДИТСЯ. Пакет не читается: {wrong}\nDOES NOT HOLD. The package cannot be read: {wrong}")
        return 1
    checked = check(package, head)
    print(told(package, checked, head))
    return 1 if checked.findings else 0


def _arguments(arguments: list[str]) -> tuple[str, list[str]]:
    if "--head" not in arguments:
        return "", arguments
    place = arguments.index("--head")
    return "".join(arguments[place + 1 : place + 2]), arguments[:place] + arguments[place + 2 :]


def opened(path: Path) -> Package:
    """Read a package out of a folder or a zip."""
    if path.is_dir():
        files = (one for one in sorted(path.rglob("*")) if one.is_file())
        return Package(str(path), {one.relative_to(path).as_posix(): one.read_bytes() for one in files})
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
        if len(names) != len(set(names)):
            raise ValueError("a name stands in it twice")
        return Package(str(path), {name: packed.read(name) for name in names})


def check(package: Package, head: str = "") -> Checked:
    """Give everything that does not hold; `head` is what the auditor was sent, '' if it is not at hand."""
    findings: list[Finding] = []
    about: dict[str, object] = {}
    try:
        findings += _files(package.members)
        rows = _rows(package.members)
        statement = _json(package.members, "statement.json")
        place = _json(package.members, "place.json")
        about = _about(package.members, rows, statement, place)
        findings += _chain(rows)
        findings += _stated(package.members, rows, statement)
        findings += _replayed(package.members, rows)
        findings += _sealed(rows, statement, place)
        findings += _compared(str(about["head"]), head)
    except Damaged as wrong:
        name, _, what = str(wrong).partition(": ")
        findings.append(Finding("unreadable", {"name": name, "what": what}))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as wrong:
        findings.append(Finding("manifest", {"what": repr(wrong)[:200]}))
    return Checked(findings, about)


def told(package: Package, checked: Checked, head: str) -> str:
    """Give the result in Russian and in English."""
    lines = [package.where, *(f"{name}: {value}" for name, value in checked.about.items()), ""]
    for finding in checked.findings:
        russian, english = FOUND[finding.key]
        lines += ["- " + russian.format(**finding.facts), "  " + english.format(**finding.facts)]
    if checked.findings:
        return "\n".join(
            [*lines, "НЕ СХОДИТСЯ: этому пакету верить нельзя.", "DOES NOT HOLD: do not rely on this package."]
        )
    lines += [
        "СХОДИТСЯ: файлы те же, что при выдаче; журнал заявки полон, строки не изменены и стоят под печатью.",
        "HOLDS: the files are those that were packed; the journal is whole, unaltered and stands under the seal.",
    ]
    if not head:
        lines += [
            "Осталось сравнить печать (head) с письмом аудитора: пакет под другой печатью мог бы сделать кто угодно.",
            "One thing is left: compare the head with the auditor's letter. Anybody could make one under another head.",
        ]
    return "\n".join(lines)


def _files(members: dict[str, bytes]) -> list[Finding]:
    manifest = _json(members, "manifest.json")
    listed = manifest["files"]
    found = []
    rest = {name: value for name, value in manifest.items() if name != "fingerprint"}
    if manifest.get("fingerprint") != _sha256(canonical(rest).encode()):
        found.append(Finding("manifest", {"what": "fingerprint"}))
    if members["manifest.json"] != (canonical(manifest) + "\n").encode():
        found.append(Finding("manifest", {"what": "form"}))
    for name, hash_ in sorted(listed.items()):
        if name not in members:
            found.append(Finding("missing", {"name": name}))
        elif _sha256(members[name]) != hash_:
            found.append(Finding("changed", {"name": name}))
    extra = (name for name in sorted(members) if name not in listed and not name.startswith(UNLISTED))
    return found + [Finding("added", {"name": name}) for name in extra]


def _rows(members: dict[str, bytes]) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in _member(members, "journal.jsonl").decode().splitlines()]
    except ValueError as wrong:
        raise Damaged(f"journal.jsonl: {wrong}") from None


def _about(
    members: dict[str, bytes], rows: list[dict[str, Any]], statement: dict[str, Any], place: dict[str, Any]
) -> dict[str, object]:
    manifest = _json(members, "manifest.json")
    return {
        "case": manifest.get("case", ""),
        "rows": len(rows),
        "packed": statement.get("at", ""),
        "fingerprint": manifest.get("fingerprint", ""),
        "head": f"mailflow.1.{place['size']}.{place['root']}",
    }


def _chain(rows: list[dict[str, Any]]) -> list[Finding]:
    """Give the first fault of the chain; what follows follows from it."""
    previous = ""
    for seq, row in enumerate(rows, start=1):
        if row["case"] != rows[0]["case"]:
            return [Finding("row_case", {"seq": seq})]
        if row["seq"] != seq:
            return [Finding("row_order", {"seq": seq})]
        if row["previous"] != previous:
            return [Finding("row_chain", {"seq": seq})]
        if row["hash"] != row_hash(row):
            return [Finding("row_changed", {"seq": seq})]
        previous = row["hash"]
    return [] if rows else [Finding("shorter", {"have": 0, "must": 1})]


def _stated(members: dict[str, bytes], rows: list[dict[str, Any]], statement: dict[str, Any]) -> list[Finding]:
    """Hold rows and files against the row of the office's journal that was written when the package was made."""
    said = statement["event"]
    if statement["hash"] != row_hash(statement) or statement["event_type"] != "evidence":
        return [Finding("statement", {})]
    if not rows or said["about"] != rows[0]["case"]:
        return [Finding("statement", {})]
    found = []
    if len(rows) != said["rows"] or rows[-1]["hash"] != said["last"]:
        found.append(Finding("shorter", {"have": len(rows), "must": said["rows"]}))
    stated = said["files"]
    for name, hash_ in sorted(stated.items()):
        if name not in members:
            found.append(Finding("missing", {"name": name}))
        elif _sha256(members[name]) != hash_:
            found.append(Finding("changed", {"name": name}))
    closing = ("manifest.json", "statement.json", "place.json", "__pycache__/")
    extra = (name for name in sorted(members) if name not in stated and not name.startswith(closing))
    return found + [Finding("not_stated", {"name": name}) for name in extra]


def _replayed(members: dict[str, bytes], rows: list[dict[str, Any]]) -> list[Finding]:
    case: dict[str, Any] = {}
    for row in rows:
        case.update(row["patch"])
    return [] if case == _json(members, "case.json") else [Finding("case", {})]


def _sealed(rows: list[dict[str, Any]], statement: dict[str, Any], place: dict[str, Any]) -> list[Finding]:
    found = []
    places = place["rows"]
    for row in rows:
        if len(places) < row["seq"] or not _is_in(row["hash"], places[row["seq"] - 1], place):
            found.append(Finding("not_sealed", {"seq": row["seq"]}))
    if len(places) != len(rows):
        found.append(Finding("shorter", {"have": len(rows), "must": len(places)}))
    if not _is_in(statement["hash"], place["statement"], place):
        found.append(Finding("statement", {}))
    return found


def _compared(here: str, there: str) -> list[Finding]:
    if not there or here == there:
        return []
    size, other = here.split(".")[2], [*there.split("."), "", "", ""][2]
    if size != other:
        return [Finding("other_size", {"here": size, "there": other})]
    return [Finding("head", {"here": here, "there": there})]


def _is_in(row_hash_: str, entry: dict[str, Any], place: dict[str, Any]) -> bool:
    """Follow the path from the row up to the root (RFC 9162, section 2.1.3.2)."""
    here, last = entry["place"], place["size"] - 1
    if not 0 <= here <= last:
        return False
    found = hashlib.sha256(b"\0" + bytes.fromhex(row_hash_)).digest()
    for beside in entry["path"]:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = hashlib.sha256(b"\1" + bytes.fromhex(beside) + found).digest()
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + bytes.fromhex(beside)).digest()
        here, last = here >> 1, last >> 1
    return bool(last == 0 and found.hex() == place["root"])


def row_hash(row: dict[str, Any]) -> str:
    """Give the hash a journal row must have."""
    said = {name: row[name] for name in ("event_key", "event", "why", "patch")}
    place = {name: row[name] for name in ("seq", "at", "event_type")}
    place["case"] = row["case"] or "office"
    if row["salt"] or row["content"]:
        said = {"content": row["content"] or _sha256(f"{row['salt']}\n{canonical(said)}".encode())}
    return _sha256(f"{row['previous']}\n{canonical({**place, **said})}".encode())


def canonical(value: object) -> str:
    """Write a value as JSON in its one form."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _json(members: dict[str, bytes], name: str) -> dict[str, Any]:
    try:
        value = json.loads(_member(members, name).decode())
    except ValueError as wrong:
        raise Damaged(f"{name}: {wrong}") from None
    if not isinstance(value, dict):
        raise Damaged(f"{name}: no object")
    return value


def _member(members: dict[str, bytes], name: str) -> bytes:
    if name not in members:
        raise Damaged(f"{name}: -")
    return members[name]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
