"""The core asks the machine for nothing: no file, no socket, no clock, no chance.

import-linter sees who imports whom; it does not see `datetime.now()`, nor the `open` that needs no
import. This walks the syntax trees for those, and for the imports once more where they are written,
inside functions too.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = sorted((ROOT / "mailflow" / "core").rglob("*.py"))

CLOCKS = {"now", "today", "utcnow", "localtime", "formatdate"}
"""Called on anything: `datetime.now()`, `date.today()`, `email.utils.localtime()`."""
CHANCE = {"make_msgid", "uuid1", "uuid4", "urandom", "getrandbits"}
FILES = {"read_text", "read_bytes", "write_text", "write_bytes"}
BUILTINS = {"open", "input", "print", "breakpoint", "exec", "eval", "__import__"}
SUBMODULES = {"urllib.request", "urllib.robotparser", "logging.handlers"}


def forbidden_modules() -> set[str]:
    """The list that import-linter goes by, so that there is only one."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    [purity] = [contract for contract in contracts if contract["id"] == "purity"]
    return set(purity["forbidden_modules"]) | SUBMODULES


def sins(source: str, file: str = "core") -> list[str]:
    """Name every place of a module where it would touch the world, as `file:line: what`."""
    tree = ast.parse(source)
    return [f"{file}:{line}: {what}" for node in ast.walk(tree) for line, what in _sins_of(node)]


def _sins_of(node: ast.AST) -> Iterator[tuple[int, str]]:
    match node:
        case ast.Import(names=names, lineno=line):
            yield from ((line, f"import {name.name}") for name in names if _is_forbidden(name.name))
        case ast.ImportFrom(module=str(module), names=names, lineno=line):
            whole = [module, *(f"{module}.{name.name}" for name in names)]
            yield from ((line, f"from {name}") for name in whole if _is_forbidden(name))
            yield from ((line, f"{name.name}") for name in names if name.name in CHANCE | {"formatdate"})
        case ast.Call(func=ast.Name(id=name), lineno=line) if name in BUILTINS:
            yield line, f"{name}()"
        case ast.Call(func=ast.Attribute(attr=name), lineno=line) if name in CLOCKS | CHANCE | FILES:
            yield line, f".{name}()"
        case ast.Call(func=ast.Attribute(attr="astimezone"), args=[], keywords=[], lineno=line):
            yield line, ".astimezone() without a zone takes the machine's"


def _is_forbidden(module: str) -> bool:
    parts = module.split(".")
    starts = {".".join(parts[: size + 1]) for size in range(len(parts))}
    return module.startswith("mailflow.edges") or bool(starts & forbidden_modules())


@pytest.mark.parametrize("file", CORE, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_the_core_touches_no_file_socket_clock_or_chance(file: Path) -> None:
    assert sins(file.read_text(encoding="utf-8"), file.relative_to(ROOT).as_posix()) == []


def test_the_core_is_where_this_looks_for_it() -> None:
    assert {"case.py", "message.py"} <= {file.name for file in CORE}


@pytest.mark.parametrize(
    "sin",
    [
        "import random",
        "import os.path",
        "import json, secrets",
        "from time import monotonic",
        "from urllib import request",
        "from urllib.request import urlopen",
        "from email.utils import make_msgid",
        "from mailflow.edges import smtp",
        "def late():\n    import socket",
        "stamp = datetime.now()",
        "stamp = datetime.datetime.now(tz=UTC)",
        "day = date.today()",
        "stamp = datetime.utcnow()",
        "stamp = email.utils.localtime()",
        "there = stamp.astimezone()",
        "with open('rules.yaml') as file: ...",
        "name = input()",
        "print('here')",
        "text = path.read_text()",
        "wish = eval(rule)",
        "key = uuid.uuid4()",
    ],
)
def test_a_planted_sin_is_found(sin: str) -> None:
    assert sins(sin) != []


@pytest.mark.parametrize(
    "innocent",
    [
        "from datetime import datetime, time",
        "import urllib.parse",
        "from urllib.parse import quote",
        "from mailflow.core.case import Case",
        "late = now > due",
        "there = stamp.astimezone(zone)",
        "moment = event.now",
        "state = replace(case, open=True)",
    ],
)
def test_innocent_lines_are_left_alone(innocent: str) -> None:
    assert sins(innocent) == []
