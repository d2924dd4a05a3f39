"""What pydantic says of a file that does not fit its model, told to the person who wrote it.

Owns: the wording, with the nearest key a misspelt one may have meant. Refuses to know: what the model is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mailflow.core.places import Lines, Path

_SAID: Mapping[str, str] = {
    "literal_error": "`{key}` cannot be `{input}`: write one of {expected}",
    "string_type": "`{key}` must be a text: write words, in quotes if they hold a colon or braces",
    "bool_type": "`{key}` cannot be `{input}`: write true or false",
    "bool_parsing": "`{key}` cannot be `{input}`: write true or false",
    "int_type": "`{key}` cannot be `{input}`: write a whole number",
    "int_parsing": "`{key}` cannot be `{input}`: write a whole number",
    "list_type": "`{key}` must be a list: write [a, b]",
    "tuple_type": "`{key}` must be a list: write [a, b]",
    "dict_type": "`{key}` must have keys of its own: write `key: value` under it",
    "mapping_type": "`{key}` must have keys of its own: write `key: value` under it",
    "model_type": "`{key}` must have keys of its own: write `key: value` under it",
    "string_pattern_mismatch": "`{key}` cannot be `{input}`: {pattern}",
}
_PATTERNS: Mapping[str, str] = {
    r"^[a-z][a-z_]*$": "write small Latin letters, with _ between words",
    r"^[^@\s<>]+@[^@\s<>]+$": "write an address, as in name@company.ru",
    r"^\d{4}-\d\d-\d\d$": "write a day, as in 2026-11-20",
}
_COMPLETE = ("value_error", "no_verb")
"""Complaints of our own words: they name what they are about."""


def complaints(wrong: ValidationError, model: type[BaseModel], lines: Lines) -> list[str]:
    """Give what is wrong, each with its place and its cure, in the order of the file's models."""
    errors = wrong.errors()
    misspelt = {(*e["loc"][:-1], near) for e in errors for near in _nearest(e, model)}
    # A key that was misspelt is not missing as well.
    kept = (e for e in errors if e["type"] != "missing" or e["loc"] not in misspelt)
    return list(dict.fromkeys(f"{lines.at(tuple(e['loc']))}: {_told(e, model, lines)}" for e in kept))


def _nearest(error: ErrorDetails, model: type[BaseModel]) -> list[str]:
    """Give the key an unknown one was meant to be, if there is one like it."""
    if error["type"] != "extra_forbidden":
        return []
    return get_close_matches(str(error["loc"][-1]), list(_keys_at(model, error["loc"][:-1])), 1, 0.6)


def _told(error: ErrorDetails, model: type[BaseModel], lines: Lines) -> str:
    path = tuple(error["loc"])
    if error["type"] in _COMPLETE:
        return error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        return _unknown(str(path[-1]), _nearest(error, model), _keys_at(model, path[:-1]))
    if error["type"] == "missing":
        return _missing(path)
    named = lines.written(path)
    key = next((part for part in reversed(named) if isinstance(part, str)), lines.name)
    form = _SAID.get(error["type"])
    if form is None:
        return f"`{key}`: {error['msg']}"
    return form.format(key=key, input=error["input"], **_context(error))


def _context(error: ErrorDetails) -> dict[str, str]:
    told = error.get("ctx", {})
    return {
        "expected": str(told.get("expected", "")).replace("'", "").replace(" or ", ", "),
        "pattern": _PATTERNS.get(str(told.get("pattern")), f"it has to match {told.get('pattern')}"),
    }


def _missing(path: Path) -> str:
    key, above = path[-1], next((part for part in reversed(path[:-1]) if isinstance(part, str)), "")
    return f"`{key}` is missing{f' in `{above}`' if above else ''}: add `{key}:`"


def _unknown(key: str, near: list[str], known: Iterator[str]) -> str:
    if near:
        return f"unknown key `{key}`: did you mean `{near[0]}`?"
    return f"unknown key `{key}`: remove it, or write one of {', '.join(known)}"


def _keys_at(model: type[BaseModel], path: Path) -> Iterator[str]:
    """Give the keys that may stand at that place of the file."""
    here: Any = model
    for part in path:
        here = _inside(here, part)
    for kind in _alternatives(here):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (field.alias or name for name, field in kind.model_fields.items())


def _inside(annotation: Any, part: str | int) -> Any:
    """Give what may stand under that key of an annotation; a name of one of its alternatives gives that one."""
    for kind in _alternatives(annotation):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if part == kind.__name__:
                return kind
            fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
            if part in fields:
                return fields[str(part)]
        elif get_args(kind):
            return get_args(kind)[-1 if get_origin(kind) is not tuple else 0]
    return None


def _alternatives(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for one in get_args(annotation):
            yield from _alternatives(one)
    else:
        yield annotation
