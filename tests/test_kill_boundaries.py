"""Every commit, rename, send and settle has a kill point beside it, and every kill point has its line in the docs.

What a boundary is, is read from the code: a method of `Store` that opens a transaction, and the few calls
that tell the disk, the mail server or the SMTP server something it will not forget.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailflow.killpoints import POINTS

ROOT = Path(__file__).resolve().parent.parent
FILES = tuple(
    ROOT / "mailflow" / name
    for name in (
        "receive.py", "advance.py", "writing.py", "deliver.py", "sending.py", "agent.py", "reader.py", "daemon.py",
        "remind.py", "errands.py", "edges/blobs.py", "edges/smtp.py", "edges/store/database.py",
    )
)  # fmt: skip
OUTSIDE = frozenset({"rename", "settle", "send", "execute_command", "_pour", "_transaction", "transact"})


def writes() -> frozenset[str]:
    """The methods of the store that open a transaction."""
    tree = ast.parse((ROOT / "mailflow" / "edges" / "store" / "store.py").read_text(encoding="utf-8"))
    methods = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)]
    return frozenset(method.name for method in methods if "self._db.run(" in ast.unparse(method))


BOUNDARIES = OUTSIDE | writes()


def bare(source: str, file: str = "it") -> list[str]:
    """Name every boundary without a point before or behind it, as `file:line: what`."""
    tree = ast.parse(source)
    found = [found for node in ast.walk(tree) if is_function(node) for found in _bare(node, False, False)]
    return [f"{file}:{line}: {what}" for line, what in found]


def _bare(owner: ast.AST, before: bool, behind: bool) -> Iterator[tuple[int, str]]:
    """Walk a statement's blocks; `before` and `behind` say whether a point stands at the owner's own sides."""
    for block in blocks(owner):
        for place, statement in enumerate(block):
            # The first and the last statement of a block have the neighbours of their block.
            here = is_point(block[place - 1]) if place else before
            after = [each for each in block[place + 1 :] if not is_guard(each)]
            there = is_point(after[0]) if after else behind
            if not (here or there or any(map(is_point, edges(statement)))):
                yield from ((call.lineno, name_of(call)) for call in calls(statement))
            if not is_function(statement):
                yield from _bare(statement, here, there)


def is_guard(statement: ast.stmt) -> bool:
    """True for `if nothing: return`, which may stand between a boundary and its point."""
    short = isinstance(statement, ast.If) and not statement.orelse and len(statement.body) == 1
    return short and isinstance(statement.body[0], ast.Return) and not calls(statement.body[0])  # type: ignore[attr-defined]


def is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    inner = [*getattr(node, "handlers", []), *getattr(node, "cases", [])]
    for owner in (node, *inner):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(owner, name, [])
            if isinstance(block, list) and block:
                yield block


def edges(statement: ast.stmt) -> list[ast.stmt]:
    """First and last statement of what a `with` holds open."""
    return [statement.body[0], statement.body[-1]] if isinstance(statement, ast.With | ast.AsyncWith) else []


def calls(statement: ast.stmt) -> list[ast.Call]:
    """The boundaries in a statement itself, not in the blocks below it."""
    below = {id(inner) for block in blocks(statement) for each in block for inner in ast.walk(each)}
    inside = [node for node in ast.walk(statement) if isinstance(node, ast.Call) and id(node) not in below]
    return [call for call in inside if name_of(call) in BOUNDARIES]


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def is_point(statement: ast.stmt) -> bool:
    return ast.unparse(statement).startswith("reached('")


def standing(file: Path) -> list[str]:
    """The names of the points in a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and is_point(node)]
    return [ast.literal_eval(node.value.args[0]) for node in found]  # type: ignore[attr-defined]


# --- the tests


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_durable_boundary_has_a_point_beside_it(file: Path) -> None:
    assert bare(file.read_text(encoding="utf-8"), file.name) == []


@pytest.mark.parametrize(
    "file", [file for file in FILES if file.name not in ("remind.py", "daemon.py")], ids=lambda file: file.name
)
def test_without_its_points_a_file_is_complained_of(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert bare("\n".join("" if "reached(" in line and "import" not in line else line for line in lines)) != []


@pytest.mark.parametrize("missing", [point.name for point in POINTS if point.name.startswith(("mail.m", "mailbox."))])
def test_one_point_taken_away_from_the_reader_is_noticed(missing: str) -> None:
    """Where one boundary follows another, the point between them stands beside both."""
    reader = next(file for file in FILES if file.name == "reader.py").read_text(encoding="utf-8")
    assert f'reached("{missing}")' in reader
    names = {"mail.moved": ("mail.moved", "mail.settling", "mail.settled")}.get(missing, (missing,))
    for name in names:
        reader = reader.replace(f'reached("{name}")', "pass")
    assert bare(reader) != []


@pytest.mark.parametrize(
    "planted",
    [
        "async def f(store):\n    await store.take_only(row)",
        "async def f(store):\n    await store.note(row)\n    x = 1\n    reached('mail.kept')",
        "async def f(store):\n    for row in rows:\n        await store.commit(row)\n        x = 1\n    reached('a.b')",
        "async def f(store):\n    if x:\n        return await store.settled(row)\n    await store.keep_mailbox(y)",
        "def f(new):\n    try:\n        new.rename(path)\n    except OSError:\n        reached('a.b')",
        "class C:\n    async def f(self):\n        async with self._transaction() as session:\n            x = 1",
        "class C:\n    async def f(self):\n        return await self._client.transact(work)",
        "async def f(post):\n    match await post.send(letter):\n        case 1:\n            x = 1",
    ],
)
def test_a_planted_boundary_without_a_point_is_found(planted: str) -> None:
    assert bare(planted) != []


@pytest.mark.parametrize(
    "guarded",
    [
        "async def f(store):\n    await store.take_only(row)\n    reached('mail.kept')",
        "async def f(store):\n    if x:\n        await store.take_only(row)\n    reached('mail.kept')",
        "async def f(self):\n    async with self._transaction() as s:\n        x = 1\n        reached('a.b')",
        "async def f(store):\n    for row in rows:\n        await store.note(row)\n    reached('a.b')",
        "async def f(store):\n    row = await store.note(row)\n    if not row:\n        return\n    reached('a.b')",
        "async def f(store):\n    return await store.load(case)",
    ],
)
def test_a_guarded_boundary_is_left_alone(guarded: str) -> None:
    assert bare(guarded) == []


def test_the_store_has_the_writes_this_looks_for() -> None:
    assert {"commit", "take_only", "settled", "note", "rendered", "claim_letters"} <= writes()
    assert not writes() & {"load", "seen", "outbox"}


def test_every_point_has_one_name_and_stands_in_the_code() -> None:
    assert max(Counter(point.name for point in POINTS).values()) == 1
    everywhere = {name for file in (ROOT / "mailflow").rglob("*.py") for name in standing(file)}
    assert everywhere == {point.name for point in POINTS}


def test_the_page_tells_of_every_point_in_the_words_of_the_code() -> None:
    page = (ROOT / "docs" / "kill-points.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page if line.startswith("| `")]
    assert [(row[0].strip("`"), row[1]) for row in rows] == [(point.name, point.stands) for point in POINTS]
    assert all(len(row) == 4 and all(row) for row in rows)
    tests = (ROOT / "tests" / "test_kill_points.py").read_text(encoding="utf-8")
    assert [row[3] for row in rows if f"def test_{row[3].strip('`')}" not in tests] == []
