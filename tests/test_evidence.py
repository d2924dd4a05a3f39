"""A package of evidence is checked by a bare Python, and tells of every byte and every row that was touched."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailflow import verifier
from mailflow.app import now
from mailflow.cli import main
from mailflow.core.seals import Head, heads_in
from mailflow.evidence import evidence
from mailflow.verifier import Package, canonical, check
from tests.office_life import NUMBER, PETROV, living

AUDITOR = "director@neon.example"


@dataclass(frozen=True)
class Made:
    """A package, its files, and the head the auditor was sent for it."""

    path: Path
    members: dict[str, bytes]
    head: Head
    raw_mails: list[bytes]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("evidence")

    async def work() -> tuple[bytes, Head, list[bytes]]:
        async with living(folder, settings=f'\n[journal]\nauditor = "{AUDITOR}"\n') as life:
            await life.asks()
            await life.says(PETROV, "Согласовано")
            case = await life.case()
            package = await evidence(life.app, case, now())
            await life.works()
            letters = [one.text for one in await life.world.letters(AUDITOR) if "Печать журнала" in one.subject]
            assert package.head in heads_in("\n".join(letters)), "the auditor is sent the head of the package"
            raws = [await life.app.desk.blobs.read(row.taken.sha256) for row in await life.app.store.mails_of(case.id)]
            return package.content, package.head, raws

    content, head, raws = asyncio.run(work())
    path = folder / "evidence.zip"
    path.write_bytes(content)
    with zipfile.ZipFile(path) as packed:
        return Made(path, {name: packed.read(name) for name in packed.namelist()}, head, raws)


def _bare(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the packed verify.py as a stranger does: no environment, no site-packages."""
    run = [sys.executable, "-I", "-S", str(folder / "verify.py"), *more]
    return subprocess.run(run, capture_output=True, text=True, encoding="utf-8", env={}, cwd="/", timeout=60)


def _unpacked(members: dict[str, bytes], folder: Path) -> Path:
    for name, content in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_a_bare_python_finds_the_package_whole_and_says_so_in_two_languages(made: Made, tmp_path: Path) -> None:
    folder = _unpacked(made.members, tmp_path)
    told = _bare(folder)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "СХОДИТСЯ" in told.stdout
    assert "HOLDS" in told.stdout
    assert str(made.head) in told.stdout
    assert "auditor's letter" in told.stdout
    with_head = _bare(folder, "--head", str(made.head))
    assert with_head.returncode == 0
    assert "auditor's letter" not in with_head.stdout
    assert _bare(folder, str(made.path)).returncode == 0


def test_the_package_holds_the_raw_mails_the_files_the_sheet_and_what_proves_each_sender(made: Made) -> None:
    mails = [content for name, content in sorted(made.members.items()) if name.endswith(".eml")]
    assert mails == made.raw_mails
    assert len(mails) == 2
    assert made.members["approval-sheet.pdf"].startswith(b"%PDF-")
    assert b"first" in [content for name, content in made.members.items() if name.startswith("files/")]
    told = json.loads(made.members["mails.json"])["mails"]
    assert [mail["from"] for mail in told] == ["i.kuznetsov@neon.example", PETROV]
    assert all(mail["proof_now"]["proven"] and mail["proof_when_taken"]["by"] for mail in told)
    assert all(any("dmarc=pass" in mark for mark in mail["marks_of_servers"]) for mail in told)
    assert [mail["journal_rows"] for mail in told] == [[1], [2]]
    case = json.loads(made.members["case.json"])
    assert case["number"] == NUMBER


def test_another_head_of_the_auditor_is_told(made: Made, tmp_path: Path) -> None:
    folder = _unpacked(made.members, tmp_path)
    other = f"mailflow.1.{made.head.size}.{'ab' * 32}"
    told = _bare(folder, "--head", other)
    assert told.returncode == 1
    assert "не та, что у аудитора" in told.stdout


def _altered(members: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Every byte of the small files, and of the large ones every one at a step that is no power of two."""
    for name, content in members.items():
        for place in range(0, len(content), max(1, len(content) // 400 | 1)):
            changed = bytearray(content)
            changed[place] ^= 0x01 if changed[place] != 0x0B else 0x02
            yield f"{name} at {place}", {**members, name: bytes(changed)}
        yield f"{name} shorter", {**members, name: content[:-1]}
        yield f"{name} longer", {**members, name: content + b" "}
        yield f"{name} away", {other: it for other, it in members.items() if other != name}


def test_every_byte_altered_in_any_file_is_told(made: Made) -> None:
    missed = [what for what, members in _altered(made.members) if not check(Package("-", members)).findings]
    assert missed == []


def _with_manifest(members: dict[str, bytes]) -> dict[str, bytes]:
    """Write the list of files anew, as somebody would who covers his traces."""
    held = {name: content for name, content in members.items() if name != "manifest.json"}
    listed = {
        "case": NUMBER,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(held.items())},
    }
    manifest = {**listed, "fingerprint": hashlib.sha256(canonical(listed).encode()).hexdigest()}
    return {**held, "manifest.json": (canonical(manifest) + "\n").encode()}


def test_an_untouched_package_holds_under_a_manifest_written_anew(made: Made) -> None:
    assert check(Package("-", _with_manifest(made.members)), str(made.head)).findings == []


def _lines(made: Made) -> list[bytes]:
    return made.members["journal.jsonl"].splitlines(keepends=True)


def _relinked(rows: list[dict[str, object]]) -> bytes:
    previous = ""
    for seq, row in enumerate(rows, start=1):
        row.update(seq=seq, previous=previous)
        previous = str(row.update(hash=verifier.row_hash(row)) or row["hash"])
    return b"".join((canonical(row) + "\n").encode() for row in rows)


TOUCHES: dict[str, Callable[[list[bytes]], bytes]] = {
    "the first row removed": lambda lines: b"".join(lines[1:]),
    "a row in the middle removed": lambda lines: b"".join([lines[0], *lines[2:]]),
    "shortened by the last row": lambda lines: b"".join(lines[:-1]),
    "shortened to nothing": lambda lines: b"",
    "two rows exchanged": lambda lines: b"".join([lines[1], lines[0], *lines[2:]]),
    "a row twice": lambda lines: b"".join([*lines, lines[-1]]),
    "removed and every hash made anew": lambda lines: _relinked([json.loads(line) for line in lines[1:]]),
    "another reason and every hash made anew": lambda lines: _relinked(
        [{**json.loads(line), "why": "Всё согласовано"} for line in lines]
    ),
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_rows_touched_are_told_although_the_list_of_files_was_written_anew(made: Made, touch: str) -> None:
    members = _with_manifest({**made.members, "journal.jsonl": TOUCHES[touch](_lines(made))})
    assert members["journal.jsonl"] != made.members["journal.jsonl"]
    assert check(Package("-", members)).findings


def test_a_package_cut_with_every_proof_cut_too_is_still_shorter_than_its_statement(made: Made) -> None:
    """Rows, case and places agree with each other; the sealed statement alone knows how many rows there were."""
    rows = [json.loads(line) for line in _lines(made)][:-1]
    case: dict[str, object] = {}
    for row in rows:
        case.update(row["patch"])
    place = json.loads(made.members["place.json"])
    place["rows"] = place["rows"][:-1]
    members = {
        **made.members,
        "journal.jsonl": b"".join((canonical(row) + "\n").encode() for row in rows),
        "case.json": (canonical(case) + "\n").encode(),
        "place.json": (canonical(place) + "\n").encode(),
    }
    found = {finding.key for finding in check(Package("-", _with_manifest(members))).findings}
    assert "shorter" in found


@pytest.mark.parametrize("name", ["mails/0001.eml", "approval-sheet.pdf", "mails.json", "verify.py"])
def test_a_file_exchanged_is_told_although_the_list_of_files_was_written_anew(made: Made, name: str) -> None:
    members = _with_manifest({**made.members, name: b"something else"})
    assert next(finding.key for finding in check(Package("-", members)).findings) == "changed"


def test_a_file_slipped_in_is_told(made: Made) -> None:
    members = _with_manifest({**made.members, "mails/0009.eml": b"From: x\r\n\r\n"})
    assert [finding.key for finding in check(Package("-", members)).findings] == ["not_stated"]


def test_a_whole_package_made_up_anew_does_not_fit_the_auditors_head(made: Made) -> None:
    """Everything forged together holds in itself; the head it then has is not the one outside."""
    forged = _relinked([{**json.loads(line), "why": "x"} for line in _lines(made)])
    last = json.loads(forged.splitlines()[-1])["hash"]
    statement = json.loads(made.members["statement.json"])
    statement["event"].update(last=last)
    statement["event"]["files"]["journal.jsonl"] = hashlib.sha256(forged).hexdigest()
    statement["hash"] = verifier.row_hash(statement)
    members = {**made.members, "journal.jsonl": forged, "statement.json": (canonical(statement) + "\n").encode()}
    assert {f.key for f in check(Package("-", _with_manifest(members)), str(made.head)).findings} >= {"not_sealed"}


def test_a_zip_that_is_none_or_names_a_file_twice_is_told_without_a_traceback(made: Made, tmp_path: Path) -> None:
    folder = _unpacked(made.members, tmp_path)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(made.path.read_bytes()[:-200])
    twice = io.BytesIO(made.path.read_bytes())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(twice, "a") as packed:
        packed.writestr("case.json", "{}")
    (tmp_path / "twice.zip").write_bytes(twice.getvalue())
    for name in ("broken.zip", "twice.zip", "nowhere.zip"):
        told = _bare(folder, str(tmp_path / name))
        assert told.returncode == 1
        assert "DOES NOT HOLD" in told.stdout
        assert "Traceback" not in told.stderr


async def _run(*said: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, list(said))


async def test_the_command_writes_the_package_once_and_never_over_another(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.asks()
        site = str(life.world.site)
    out = tmp_path / "case.zip"
    told = await _run("evidence", NUMBER, "-s", site, "-o", str(out))
    assert told.exit_code == 0, told.output
    assert "fingerprint" in told.output
    assert check(verifier.opened(out)).findings == []
    assert out.stat().st_mode & 0o077 == 0
    again = await _run("evidence", NUMBER, "-s", site, "-o", str(out))
    assert again.exit_code == 1
    assert "exists already" in again.output
    assert (await _run("journal", "verify", "-s", site)).exit_code == 0
