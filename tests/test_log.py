"""The log: a line an event, as text or JSON, and a service that never waits for whoever reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPEAKS = """
import sys, time
from mailflow import log
log.start("INFO", sys.argv[1])
started = time.monotonic()
for number in range(int(sys.argv[2])):
    log.case_moved("СЧ-2026-0001", f"{number} " + "я" * 500)
print(time.monotonic() - started, flush=True)
sys.stdin.readline()
log.case_moved("СЧ-2026-0002", "afterwards")
"""


def speaker(form: str, lines: int, **pipes: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SPEAKS, form, str(lines)]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **pipes)


def test_a_json_log_is_one_object_a_line_with_its_event_and_its_case() -> None:
    process = speaker("json", 2, stderr=subprocess.PIPE)
    _, errors = process.communicate("\n", timeout=30)
    lines = [json.loads(line) for line in errors.splitlines()]
    assert [(line["event"], line["about"], line["level"]) for line in lines] == [
        ("case_moved", "СЧ-2026-0001", "info"),
        ("case_moved", "СЧ-2026-0001", "info"),
        ("case_moved", "СЧ-2026-0002", "info"),
    ]
    assert lines[2]["text"] == "afterwards"
    assert lines[0]["at"].endswith("+00:00")


def test_a_log_that_nobody_reads_holds_up_nothing_and_says_afterwards_what_was_lost() -> None:
    """The pipe of the log is full: 2,000 lines of 1 KB go into 64 KB."""
    reading, writing = os.pipe()
    process = speaker("text", 2000, stderr=writing)
    os.close(writing)
    assert process.stdout is not None
    assert float(process.stdout.readline()) < 5
    taken = b""
    os.set_blocking(reading, False)
    while True:
        try:
            taken += os.read(reading, 65536)
        except BlockingIOError:
            break
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.close()
    assert process.wait(30) == 0
    rest = os.read(reading, 65536).decode()
    os.close(reading)
    whole = taken.decode().splitlines()
    lost = 2000 - len(whole)
    assert lost > 1900
    assert all(line.startswith("INFO СЧ-2026-0001 ") and line.endswith("я" * 500) for line in whole)
    assert rest.splitlines() == [
        f"WARNING log {lost} lines were lost: nobody took them",
        "INFO СЧ-2026-0002 afterwards",
    ]


def test_a_log_whose_reader_is_gone_for_ever_ends_nothing() -> None:
    reading, writing = os.pipe()
    process = speaker("text", 10, stderr=writing)
    os.close(writing)
    os.close(reading)
    time.sleep(0.1)
    process.communicate("\n", timeout=30)
    assert process.returncode == 0
