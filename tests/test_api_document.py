"""The API does what its own document says: schemathesis reads the document and tries what it allows and forbids.

A few cases of every operation in each run; many by `./run api-check`. No answer may be an error of the server, have a
status, a form or a type the document does not name, or take what the document forbids.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest

from mailflow.edges.api_schema import document
from tests.scale import Scale
from tests.web_site import Site, served

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
)


def test_every_reference_of_the_document_leads_somewhere_and_every_name_is_used() -> None:
    made = document("https://docs.company.ru")
    text = str(made)
    named = set(re.findall(r"#/components/schemas/(\w+)", text))
    there = set(made["components"]["schemas"])
    queries = {"Listing", "Paging"}
    assert named <= there
    assert there - named <= queries, "what nothing leads to is not told"
    assert made["servers"] == [{"url": "https://docs.company.ru/api/v1"}]


async def test_the_api_keeps_to_its_own_document(tmp_path: Path, scale: Scale) -> None:
    async with served(tmp_path) as site:
        await site.request()
        said, code = await tried(site, scale.of(5, 50, 300), scale.of(0, 1, 1) > 0)
    print(said)
    assert code == 0, said[-8000:]


async def tried(site: Site, examples: int, edges: bool) -> tuple[str, int | None]:
    """Let schemathesis try the served site, the edges of every value too; give what it said and its exit code."""
    site.keeper.per_minute = 1_000_000
    root = f"http://127.0.0.1:{site.port}/api/v1"
    # Hypothesis chooses anew by a fixed seed, so that a run can be repeated.
    command = (
        sys.executable, "-m", "schemathesis.cli", "run", f"{root}/openapi.json", "--url", root,
        "--header", f"Authorization: Bearer {await site.key()}", "--checks", ",".join(CHECKS),
        "--max-examples", str(examples), "--seed", "1", "--no-color",
        "--phases", "coverage,fuzzing" if edges else "fuzzing",
        "--generation-database", "none", "--request-timeout", "30", "--suppress-health-check", "all",
    )  # fmt: skip
    trying = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=site.folder
    )
    try:
        said, _ = await trying.communicate()
    finally:
        if trying.returncode is None:
            trying.kill()
    return said.decode(), trying.returncode


@pytest.mark.parametrize("path", ["/api/v1/openapi.json"])
async def test_the_document_that_is_served_is_the_one_that_is_made(tmp_path: Path, path: str) -> None:
    async with served(tmp_path) as site:
        answer = await site.get(path)
        assert answer.json == document(f"http://127.0.0.1:{site.port}")
