"""A YAML file a person wrote, read into a model; every complaint has a file, a line and a cure.

Owns: text -> model. Refuses to know: where the file lies and what its model means.
Bounds: 1 MiB, 20 levels, no aliases (they make bombs), no duplicate keys (the second would win unseen).
"""

from __future__ import annotations

from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from mailflow.core.misreadings import complaints
from mailflow.core.places import Lines, Path, place
from mailflow.errors import SettingsError

__all__ = ["Lines", "Path", "read_document", "read_with_lines"]

Model = TypeVar("Model", bound=BaseModel)
MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20


def read_document(text: str, name: str, model: type[Model]) -> Model:
    """Read YAML text into `model`; raise SettingsError listing every complaint, a line each."""
    return read_with_lines(text, name, model)[0]


def read_with_lines(text: str, name: str, model: type[Model]) -> tuple[Model, Lines]:
    """As `read_document`, and where each key stands, for complaints found later."""
    lines = Lines(name)
    plain = _plain(_compose(text, name), (), lines)
    try:
        return model.model_validate(plain), lines
    except ValidationError as wrong:
        raise SettingsError("\n".join(complaints(wrong, model, lines))) from None


def read_plain(text: str, name: str) -> Any:
    """Read YAML text as the models see it; raise SettingsError for what is no YAML or out of bounds."""
    return _plain(_compose(text, name), (), Lines(name))


class _Loader(yaml.SafeLoader):
    """YAML without aliases: a few of them, each naming the one before, are a billion values."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose one node; refuse an alias where it stands."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="`*name` repeats another place: write it out", problem_mark=mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def _compose(text: str, name: str) -> yaml.Node:
    if len(text.encode()) > MAX_BYTES:
        raise SettingsError(f"{name}:1:1: the file is larger than 1 MiB: split it")
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as wrong:
        where = place(wrong.problem_mark) if wrong.problem_mark else "1:1"
        raise SettingsError(
            f"{name}:{where}: this is not YAML ({wrong.problem}): check the indent and quotes"
        ) from None
    except (yaml.YAMLError, RecursionError) as wrong:
        raise SettingsError(f"{name}:1:1: this is not YAML ({wrong}): check the file") from None
    if node is None:
        raise SettingsError(f"{name}:1:1: the file is empty: fill it or remove it")
    return node


def _plain(node: yaml.Node, path: Path, lines: Lines, seen: frozenset[int] = frozenset()) -> Any:
    lines.note(path, node)
    if id(node) in seen or len(path) > MAX_DEPTH:
        raise SettingsError(f"{lines.at(path)}: too deep: at most {MAX_DEPTH} levels")
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, path, lines, seen | {id(node)})
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, n), lines, seen | {id(node)}) for n, item in enumerate(node.value)]
    return _scalar(node)


def _plain_mapping(node: yaml.MappingNode, path: Path, lines: Lines, seen: frozenset[int]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise SettingsError(f"{lines.at(path)}: a key must be a word: write `key: value`")
        key = str(key_node.value)
        if key in out:
            where = f"{lines.name}:{place(key_node.start_mark)}"
            raise SettingsError(f"{where}: `{key}` stands here twice: keep one")
        out[key] = _plain(value_node, (*path, key), lines, seen)
        lines.note((*path, key), key_node)
    return out


# The tags YAML 1.1 gives to words such as «on», «no» and 2026-11-20 surprise clerks: only
# true/false, whole numbers and null are read as more than text.
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "": None}


def _scalar(node: yaml.Node) -> object:
    text = str(node.value)
    if getattr(node, "style", None):
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if text.isdecimal() and (text == "0" or text[0] != "0") else text
