"""What the service carries about all day: nothing that only a command line or a single errand needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

OPENED = """
import asyncio, sys
from pathlib import Path
from bench.pipeline import write_site
from mailflow.app import opened

async def main():
    write_site(Path(sys.argv[1]), 1, 2, "docs", "x")
    async with opened(Path(sys.argv[1])) as app:
        assert app.office.rules
        print(*sorted(set(sys.argv[2:]) & set(sys.modules)))

asyncio.run(main())
"""
HEAVY = ("typer", "rich", "prompt_toolkit", "pygments", "weasyprint", "docx", "openpyxl", "pymorphy3", "PIL", "numpy")


def test_an_open_site_holds_no_library_that_waits_for_its_first_use(tmp_path: Path) -> None:
    asked = [sys.executable, "-c", OPENED, str(tmp_path / "site"), *HEAVY]
    said = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert said.stdout.split() == []
