"""Whole mails of the staff, Russian and English, of every process: what each is read as stands in one table."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from mailflow.app import read_rules, shipped
from mailflow.core.kinds import Kind
from mailflow.core.surroundings import surroundings
from mailflow.explain import Ground, explain_bare

MAILS = Path(__file__).parent / "mails" / "request"
TABLE: dict[str, dict[str, Any]] = yaml.safe_load((MAILS / "expected.yaml").read_text(encoding="utf-8"))
RULES = {process.name: process for process in read_rules([shipped("rules")], None)}
GROUND = Ground(surroundings(RULES, ()))


def read(name: str) -> dict[str, Any]:
    return explain_bare((MAILS / f"{name}.eml").read_bytes(), GROUND).said


def test_every_mail_has_its_line_and_every_line_its_mail() -> None:
    assert {file.stem for file in MAILS.glob("*.eml")} == set(TABLE)


def test_every_process_has_its_mails() -> None:
    assert {line["process"] for line in TABLE.values()} - {None} == set(RULES)


def test_every_line_says_what_is_read_in_words_the_table_has() -> None:
    lines = (MAILS / "expected.yaml").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line[:1].isalpha()]) == len(TABLE), "a mail has two lines"
    for name, line in TABLE.items():
        wanted = {"process"} if line["process"] is None else {"process", "fields", "missing"}
        assert wanted <= line.keys() <= wanted | ({"sure", "not"} if line["process"] else set()), name


@pytest.mark.parametrize("name", TABLE)
def test_a_mail_is_read_as_the_table_says(name: str) -> None:
    wanted, said = TABLE[name], read(name)
    if wanted["process"] is None:
        assert said.get("process") is None
        return
    assert said["kind"] == Kind.REQUEST
    assert (said["process"], said["sure"]) == (wanted["process"], wanted.get("sure", True))
    assert {field: said["fields"].get(field) for field in wanted["fields"]} == wanted["fields"]
    assert sorted(said["missing"]) == sorted(wanted["missing"])
    assert not set(wanted.get("not", ())) & said["fields"].keys()


@pytest.mark.parametrize("piece", ["a\n", "да\n", "- x\n", "12 ", "ок. ", "> a\n", "до 20.11\n", "Сумма: 1\n", "\n"])
def test_a_whole_mail_of_a_megabyte_of_anything_is_read_in_time(piece: str) -> None:
    head = "From: i@neon.example\nTo: docs@neon.example\nSubject: x\nMessage-ID: <1@neon.example>\n"
    body = piece * (1_000_000 // len(piece.encode()))
    raw = f"{head}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}".encode()
    began = time.process_time()
    explain_bare(raw, GROUND)
    assert time.process_time() - began < 2
