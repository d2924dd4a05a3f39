"""Damaged mails: a slice of `./run fuzz` in every run of the tests, and that the program finds what it looks for."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench import fuzz
from mailflow import explain

PATHS = fuzz.originals([])


def test_three_hundred_damaged_mails_are_each_something_in_time() -> None:
    result = fuzz.run(PATHS, 2026, range(300))
    assert result.failures == ()
    assert (result.count, sum(result.kinds.values())) == (300, 300)
    assert set(result.kinds) <= fuzz.KINDS


def test_a_seed_makes_the_same_mail_again_and_another_seed_another() -> None:
    again = [fuzz.damaged(PATHS, 1, number) for number in range(50)]
    assert [fuzz.damaged(PATHS, 1, number) for number in range(50)] == again
    assert [fuzz.damaged(PATHS, 2, number) for number in range(50)] != again


def test_a_crash_is_found_and_named_by_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(raw: bytes) -> None:
        raise IndexError("no such part")

    monkeypatch.setattr(explain, "parse", crash)
    (only,) = fuzz.run(PATHS, 1, [7]).failures
    assert (only.seed, only.why) == ("1:7", "crash: IndexError: no such part")


def test_a_hang_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(raw: bytes) -> None:
        end = time.process_time() + 10
        while time.process_time() < end:
            try:
                sum(range(1_000))
            except Exception:  # What a tolerant reader does must not hide it.
                continue

    monkeypatch.setattr(explain, "parse", hang)
    monkeypatch.setattr(fuzz, "SECONDS", 0.2)
    (only,) = fuzz.run(PATHS, 1, [7]).failures
    assert only.why == "hang: over 0.2 s"


def test_the_program_counts_over_all_its_processes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "more.eml").write_bytes(b"Subject: x\r\n\r\nx")
    assert fuzz.main(["--count", "20", "--seed", "3", "--workers", "2", "--also", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"20 mails made of {len(PATHS) + 1}, seed 3:")
    assert "failed: 0" in said


def test_a_mail_is_read_again_by_its_seed(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--replay", "1:7"]) == 0
    path = Path(capsys.readouterr().out.partition(":")[0])
    assert path.read_bytes() == fuzz.damaged(PATHS, 1, 7)[0]
    path.unlink()
