"""`./run mutants [MODULE...]`: damage the code in one small way at a time; a test of its own must notice each.

Owns: the ways to damage (a comparison, a connective, a condition, a constant, a sum, a result), which tests fit which
module, and the share that is noticed. Refuses to know: why one that lived on is harmless (docs/mutants.md tells).
How: the libraries are loaded once; each mutant is a process forked from there, which loads the damaged module in the
place of the true one and runs the fitting tests until one fails. The tree on disk is never touched.
What may go wrong: a mutant that never ends counts as noticed when its time is up; random tests may miss one they
noticed before, so their seed is fixed.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
LIBRARIES = ("anyio", "hypothesis", "mailparser", "pytest", "tortoise")
LONGEST = 120
"""Seconds one mutant may run."""
FITTING: dict[str, tuple[str, ...]] = {
    "tokens": ("test_tokens",),
    "sender": ("test_sender",),
    "authentication": ("test_authentication", "test_sender", "test_receivers"),
    "receiver": ("test_receivers", "test_sender"),
    "address_grammar": ("test_sender",),
    "structure": ("test_hostile_input",),
    "answers": ("test_answers",),
}
"""The tests that have to notice damage in a module of `core`: the quickest of those that are about it."""

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small damage: where it is, how the line read and reads now, and the whole damaged module."""

    line: int
    was: str
    now: str
    tree: ast.Module


def mutants(source: str) -> list[Mutant]:
    """Give every mutant of a module, in the order of its lines."""
    count = len(_sites(ast.parse(source)))
    return sorted((_mutant(source, number) for number in range(count)), key=lambda one: one.line)


def _mutant(source: str, number: int) -> Mutant:
    tree = ast.parse(source)
    node, damage = _sites(tree)[number]
    was = ast.unparse(_shown(node))
    damage()
    ast.fix_missing_locations(tree)
    return Mutant(node.lineno, was, ast.unparse(_shown(node)), tree)


def _shown(node: ast.expr | ast.stmt) -> ast.AST:
    return node.test if isinstance(node, ast.If | ast.IfExp) else node


Site = tuple[ast.expr | ast.stmt, Callable[[], None]]


def _sites(tree: ast.Module) -> list[Site]:
    skipped = {id(each) for node in ast.walk(tree) for each in _not_code(node)}
    found: list[Site] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop(0)
        if id(node) not in skipped:
            found += _damages(node)
            waiting += ast.iter_child_nodes(node)
    return found


def _not_code(node: ast.AST) -> Iterator[ast.AST]:
    """Annotations, decorators, docstrings and the words of errors say nothing a test would try."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield from node.decorator_list
            yield from filter(None, (getattr(node, "returns", None),))
        case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
            yield annotation
        case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.Assert() | ast.ImportFrom():
            yield node
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript()) if name[:1].isupper():
            yield node  # a name for a type


def _damages(node: ast.AST) -> Iterator[Site]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARISONS:
            yield node, lambda: node.ops.__setitem__(0, _COMPARISONS[type(op)]())
        case ast.BoolOp():
            yield node, lambda: setattr(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.BinOp() if type(node.op) in _SUMS:
            yield node, lambda: setattr(node, "op", _SUMS[type(node.op)]())
        case ast.Constant(value=bool() | int() | str() | bytes()):
            yield node, lambda: setattr(node, "value", _other(node.value))
        case ast.If(test=test) | ast.IfExp(test=test):
            yield node, lambda: setattr(node, "test", ast.copy_location(ast.UnaryOp(ast.Not(), test), test))
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield node, lambda: setattr(node, "value", ast.Constant(None))


def _other(value: object) -> object:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return value + "~"
        case bytes():
            return value + b"~"
        case _:
            raise AssertionError(value)


# --- one mutant, tried


class _Damaged(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the damaged module where the true one is asked for."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self._name, self._path, self._tree = name, path, tree

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self)

    def exec_module(self, module: object) -> None:
        exec(compile(self._tree, str(self._path), "exec"), module.__dict__)


def noticed(module: str, tree: ast.Module | None, seconds: float = LONGEST) -> bool:
    """Say whether the fitting tests fail with this tree in the module's place; None tries the module as it is."""
    child = os.fork()
    if child == 0:
        os._exit(_run(module, tree))
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status != 0
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _run(module: str, tree: ast.Module | None) -> int:
    import pytest

    if tree is not None:
        sys.meta_path.insert(0, _Damaged(f"mailflow.core.{module}", ROOT / "mailflow" / "core" / f"{module}.py", tree))
    tests = [str(ROOT / "tests" / f"{name}.py") for name in FITTING[module]]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, 1)
        os.dup2(devnull, 2)
        return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--noconftest", "--hypothesis-seed=1", *tests]))


def _tried(module: str) -> int:
    """Try every mutant of a module; print those that live on; give how many that are."""
    if noticed(module, None):
        print(f"{module}: the tests fail without any damage")
        return 1
    found = mutants((ROOT / "mailflow" / "core" / f"{module}.py").read_text(encoding="utf-8"))
    with ThreadPoolExecutor(WORKERS) as workers:
        killed = list(workers.map(lambda one: noticed(module, one.tree), found))
    alive = [one for one, dead in zip(found, killed, strict=True) if not dead]
    for one in alive:
        print(f"mailflow/core/{module}.py:{one.line}: `{one.was[:100]}` -> `{one.now[:100]}`")
    share = 100 * (len(found) - len(alive)) / max(len(found), 1)
    print(f"{module}: {len(found) - len(alive)} of {len(found)} noticed, {share:.1f} %", flush=True)
    return len(alive)


def main(said: Sequence[str] | None = None) -> int:
    """Try the modules that are named, or all of the table."""
    parser = argparse.ArgumentParser(prog="./run mutants", description=__doc__, add_help=True)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"one of: {', '.join(FITTING)}")
    asked = parser.parse_args(said)
    unknown = [name for name in asked.modules if name not in FITTING]
    if unknown:
        parser.error(f"no tests are named for {unknown[0]}; there are: {', '.join(FITTING)}")
    os.chdir(ROOT)
    # What every mutant needs is loaded once; nothing of ours may be, or the damage would not be seen.
    for library in LIBRARIES:
        importlib.import_module(library)
    alive = sum(_tried(module) for module in asked.modules or FITTING)
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
