"""The page of the API tells the truth: its examples run as they stand, against a served site."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path

from mailflow.core.api_keys import RIGHTS
from tests.web_site import Site, served

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_page_names_every_right() -> None:
    assert set(re.findall(r"^\| `(\w+:\w+)` \|", PAGE, re.MULTILINE)) == set(RIGHTS)


async def test_every_example_of_the_page_runs_as_it_stands(tmp_path: Path) -> None:
    async with served(tmp_path) as site:
        await run("\n".join(re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)), site, tmp_path)
    read = {
        name: json.loads((tmp_path / name).read_text()) for name in ("started.json", "case.state.json", "list.json")
    }
    assert read["started.json"]["number"] == "СЧ-2026-0001"
    assert read["case.state.json"]["id"] == read["started.json"]["id"]
    assert [one["id"] for one in read["list.json"]["items"]] == [read["started.json"]["id"]]
    assert (tmp_path / "invoice.txt").read_text() == "Счёт № 57"
    assert (tmp_path / "kl_to_1c.txt").read_bytes().startswith(b"1CClientBankExchange")


async def run(script: str, site: Site, folder: Path) -> None:
    """Let a shell do it, and fail where it does."""
    known = {"MAILFLOW": f"http://127.0.0.1:{site.port}", "KEY": await site.key(), "PATH": os.environ["PATH"]}
    shell = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", script, cwd=folder, env=known,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await asyncio.wait_for(shell.communicate(), 60)
    assert shell.returncode == 0, said.decode()
