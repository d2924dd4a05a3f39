"""The schema for editors says what the files say: every file that is right fits it, and what is wrong does not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from mailflow.cli import main
from mailflow.core.documents import read_plain
from mailflow.core.rule_schema import rule_schema
from tests.offices import HERE

FILES = sorted(path for path in (HERE.parent / "rules").rglob("*.yaml") if path.parent.name != "calendars")
RULES = [path for path in FILES if path.parent.name != "tests"]
SCHEMA = rule_schema()
TYPES: dict[str, Any] = {"object": dict, "array": list, "string": str, "null": type(None)}


def wrong(value: Any, schema: Any, where: str = "") -> list[str]:
    """Check a value as an editor does: the words of JSON Schema that our schema uses, and no other."""
    if schema is True:
        return []
    known = {
        "$schema", "$defs", "$ref", "title", "description", "default", "examples", "type", "enum", "const", "anyOf",
        "properties", "required", "additionalProperties", "items", "pattern", "minItems", "minimum", "exclusiveMinimum",
    }  # fmt: skip
    assert set(schema) <= known, set(schema) - known
    if "$ref" in schema:
        return wrong(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], where)
    if "anyOf" in schema:
        tried = [wrong(value, one, where) for one in schema["anyOf"]]
        return [] if [] in tried else [f"{where}: fits none of them"]
    found = [f"{where}: wrong type"] if "type" in schema and not _is(value, schema["type"]) else []
    if ("enum" in schema and value not in schema["enum"]) or ("const" in schema and value != schema["const"]):
        found.append(f"{where}: not one of the words")
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        found.append(f"{where}: does not match")
    if isinstance(value, dict):
        found += _members(value, schema, where)
    if isinstance(value, list) and "items" in schema:
        found += [said for n, one in enumerate(value) for said in wrong(one, schema["items"], f"{where}/{n}")]
    return found


def _is(value: Any, kind: Any) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    plain = isinstance(value, bool)
    return any(
        (one == "boolean" and plain) or (one == "integer" and isinstance(value, int) and not plain)
        or (one in TYPES and isinstance(value, TYPES[one]))
        for one in kinds
    )  # fmt: skip


def _members(value: dict[str, Any], schema: Any, where: str) -> list[str]:
    found = [f"{where}: {key} is missing" for key in schema.get("required", ()) if key not in value]
    for key, one in value.items():
        inner = schema.get("properties", {}).get(key, schema.get("additionalProperties", True))
        found += [f"{where}: unknown key {key}"] if inner is False else wrong(one, inner, f"{where}/{key}")
    return found


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_every_process_that_comes_with_mailflow_fits_the_schema(path: Path) -> None:
    assert wrong(read_plain(path.read_text(encoding="utf-8"), path.name), SCHEMA) == []


@pytest.mark.parametrize(
    ("right", "spoilt"),
    [
        ("order: any", "ordr: any"),
        ("order: any", "order: whenever"),
        ("kind: perform", "kind: dance"),
        ("process: invoice", "process: Invoice"),
        ("title: {ru: Счёт на оплату, en: Invoice}\n", ""),
        ("title: {ru: Счёт на оплату, en: Invoice}", "title: {ru: Счёт на оплату}"),
        ("type: bool", "type: boolean"),
        ("remind: [at due]", "remind: at due"),
        ("who: role accountant", "who: 5"),
    ],
)
def test_what_the_file_may_not_say_the_schema_refuses(right: str, spoilt: str) -> None:
    text = (HERE.parent / "rules" / "invoice.yaml").read_text(encoding="utf-8")
    assert right in text
    assert wrong(yaml.safe_load(text.replace(right, spoilt, 1)), SCHEMA)


def test_every_key_of_a_stage_and_of_a_field_is_explained() -> None:
    for name in ("Stage", "FieldRule"):
        keys = SCHEMA["$defs"][name]["properties"]
        silent = [key for key, one in keys.items() if "description" not in one and "$ref" not in one]
        assert silent == [], name


def test_the_command_prints_the_schema() -> None:
    said = CliRunner().invoke(main, ["rules", "schema"])
    assert json.loads(said.output) == SCHEMA
