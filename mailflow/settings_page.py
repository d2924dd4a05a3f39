"""The reference page of mailflow.toml, written from the model that reads it.

Owns: the words around the tables. The keys, their defaults and their meanings stand in `sections` alone.
Run as `python -m mailflow.settings_page` it prints the page: docs/settings.md is that text.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mailflow import config
from mailflow.sections import Secret

HEAD = """# Settings

`mailflow.toml` stands in the site's folder. An unknown key stops the start, and so does a wrong value; both are named.
`mailflow check -s SITE` reads it and tries what it says. `mailflow init` writes one with every key explained in place.

This page is written by `python -m mailflow.settings_page`; the keys and their meanings stand in `mailflow/sections.py`.
"""
SECRET = """## A password

A password never stands in mailflow.toml itself, only where it is to be found, in one of three ways:
`password = {file = "mailbox.password"}`.
"""
_WORDS: Mapping[Any, str] = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    date: "date, 2026-11-01",
    time: "hour, 09:00:00",
    Secret: "[a password](#a-password)",
    types.NoneType: "",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key as the page shows it; `default` is '' where the key must be written."""

    name: str
    kind: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Section:
    """One table of mailflow.toml; `optional` when it may be left out although its keys are needed."""

    name: str
    meaning: str
    optional: bool
    many: bool
    keys: tuple[Key, ...]


def sections() -> tuple[Section, ...]:
    """Give every section of mailflow.toml with every key."""
    return tuple(_sections(config._Toml, "", False, False))


def settings_page() -> str:
    """Write the page."""
    secret = "\n".join(("", *_table(_keys(Secret))))
    return "\n".join((HEAD, *(_shown(one) for one in sections()), SECRET.rstrip(), secret)) + "\n"


def _sections(model: type[BaseModel], name: str, optional: bool, many: bool) -> Iterator[Section]:
    keys = _keys(model)
    if keys:
        yield Section(name, inspect.cleandoc(model.__doc__ or ""), optional, many, keys)
    for key, field in model.model_fields.items():
        inner = _model_of(field)
        if inner is not None:
            many = get_origin(field.annotation) is tuple
            yield from _sections(inner, f"{name}.{key}".lstrip("."), many or field.default is None, many)


def _keys(model: type[BaseModel]) -> tuple[Key, ...]:
    meanings = _meanings(model)
    return tuple(
        Key(name, _kind(field.annotation), _default(field), meanings.get(name, ""))
        for name, field in model.model_fields.items()
        if _model_of(field) is None
    )


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    """Give the model of a key that is a section of its own."""
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not Secret:
            return kind
    return None


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """Read the string under each field: Python itself forgets it."""
    tree = ast.parse(inspect.getsource(inspect.getmodule(model) or config))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == model.__name__)
    meanings: dict[str, str] = {}
    for field, below in itertools.pairwise(body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                meanings[name] = " ".join(text.split())
            case _:
                pass
    return meanings


def _kind(annotation: Any) -> str:
    if get_origin(annotation) in (Union, types.UnionType):
        return " or ".join(filter(None, map(_kind, get_args(annotation))))
    if get_origin(annotation) is Literal:
        return ", ".join(f'"{word}"' for word in get_args(annotation))
    if get_origin(annotation) is tuple:
        return f"list of: {_kind(get_args(annotation)[0])}"
    return _WORDS[annotation]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return ""
    return _toml(field.default)


def _toml(value: object) -> str:
    match value:
        case None:
            return "unset"
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case _:
            return str(value)


def _shown(section: Section) -> str:
    optional = " The section may be left out." if section.optional else ""
    head = f"[[{section.name}]]" if section.many else f"[{section.name}]"
    return "\n".join((f"## {head}", "", section.meaning + optional, "", *_table(section.keys), ""))


def _table(keys: tuple[Key, ...]) -> Iterator[str]:
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for key in keys:
        default = f"`{key.default}`" if key.default else "**must be written**"
        yield f"| `{key.name}` | {key.kind} | {default} | {key.meaning} |"


if __name__ == "__main__":
    print(settings_page(), end="")
