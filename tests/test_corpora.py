"""`./run corpora` measures what it is given, says what is wrong, and is content where nothing is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.corpora import main


def case(folder: Path, name: str, body: str, categories: list[str], **expect: object) -> None:
    described = {"id": f"made/{name}", "file": f"{name}.txt", "format": "txt", "categories": categories}
    (folder / "made").mkdir(exist_ok=True)
    (folder / "made" / f"{name}.txt").write_text(body, encoding="utf-8")
    (folder / "made" / f"{name}.json").write_text(json.dumps(described | {"expect": expect}), encoding="utf-8")


def test_no_corpus_is_said_plainly_and_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere")]) == 0
    assert "there is no folder of public mails" in capsys.readouterr().out


def test_replies_forwards_and_bounces_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case(tmp_path, "reply", "Да\n\n> нет\n", ["reply"], reply_text="Да")
    told = {"forward_from_email": "a@b.example", "forward_subject": "Счёт", "quoted_text": "текст", "reply_text": ""}
    body = "---------- Forwarded message ----------\nFrom: <a@b.example>\nDate: 1.11.2026\nSubject: Счёт\n\nтекст\n"
    case(tmp_path, "forward", body, ["forward"], is_forward=True, forward_from_name="", **told)
    assert main([str(tmp_path)]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "reply: the fresh part, made 1 of 1 100.0 %" in lines
    assert "forward: sender and subject 1 of 1 100.0 %" in lines
    assert "bounce: none seen where there is none 2 of 2 100.0 %" in lines


def test_a_figure_below_its_least_fails_and_the_misses_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case(tmp_path, "reply", "Да, но позже\n", ["reply"], reply_text="Да")
    assert main([str(tmp_path), "--misses"]) == 1
    said = capsys.readouterr().out
    assert "below 85 %" in said
    assert "made/reply\n  ours:   'Да, но позже'\n  theirs: 'Да'" in said


def test_replies_with_their_decision_written_down_are_measured_beside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "corpora").mkdir()
    (tmp_path / "data").mkdir()
    lines = (
        {"id": "1", "task": "approval", "body": "Не возражаю", "expected": "APPROVE"},
        {"id": "2", "task": "approval", "body": "Отклонить: дубль", "expected": "REJECT", "reason": "дубль"},
        {"id": "3", "task": "approval", "body": "Ок", "expected": "DEFER"},
        {"id": "4", "task": "approval", "body": "Согласовано", "expected": "STALE"},
    )
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (tmp_path / "data" / "replies.jsonl").write_text(text, encoding="utf-8")
    assert main([str(tmp_path / "corpora"), "--misses"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "decision: as it was meant 2 of 3" in said
    assert "decision: no yes where there was none 2 of 3" in said
    assert "3: expected defer, read approve" in said
