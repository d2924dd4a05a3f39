"""The grammar of a letter template: what a company may write in one, checked before the first letter.

Owns: the sandboxed Jinja environment, the law of what a template may contain, and a complaint with
file, line and cure for everything else. Refuses to know: what a letter is for.

A template is text with blocks, conditions and loops over the values of the letter. It has no calls, no
arithmetic, no includes and six filters, so it can neither reach Python nor grow without bound; what it
prints is counted and stops at 1 MiB. Jinja's sandbox alone does not stop `'a' * 10**9`.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.environment import Template
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from mailflow.errors import SettingsError

OUTPUT_LIMIT = 1024 * 1024
"""Characters one part of a letter may have."""

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Tuple, nodes.List,
    nodes.Getattr, nodes.Getitem, nodes.If, nodes.For, nodes.CondExpr, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Filter, nodes.Block, nodes.Assign,
)  # fmt: skip
_TWO_STOPS = re.compile(r"(?<!\.)\.\.$", re.MULTILINE)
_MANY_LINES = re.compile(r"\n{3,}")
_TAG_ALONE = re.compile(r"[ \t]*\{%[^{}]*%\}[ \t]*\Z")


class OutputTooLong(Exception):
    """The template printed more than `OUTPUT_LIMIT` characters."""


class LetterEnvironment(ImmutableSandboxedEnvironment):
    """Jinja over plain dicts, tuples and strings: a dict gives its items and nothing else."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Give the item of a dict without ever offering its methods; anything else goes the sandboxed way."""
        if type(obj) is not dict:
            return super().getattr(obj, attribute)
        try:
            return obj[attribute]
        except KeyError:
            return self.undefined(obj=obj, name=attribute)


def breaks(text: str) -> Markup:
    """Give text as HTML with its line breaks kept."""
    return Markup("<br>").join(escape(text).split("\n"))


def environment() -> LetterEnvironment:
    """Give the environment every letter template is compiled in; HTML escapes by the file's name."""
    made = LetterEnvironment(
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in ("join", "lower", "upper", "capitalize", "length")}
    made.filters["breaks"] = breaks
    made.tests = {}
    return made


@dataclass(frozen=True, slots=True)
class Form:
    """What one kind of template file may hold. `blocks` empty: a layout, free text without blocks."""

    names: frozenset[str]
    blocks: frozenset[str] = frozenset()
    members: Mapping[str, frozenset[str]] | None = None
    """Names whose attributes are known beforehand: `words` -> the words of this kind."""


def compile_file(env: LetterEnvironment, path: Path, form: Form) -> Template:
    """Read, check and compile one template file; SettingsError names file, line and cure."""
    source = _keep_line_ends(_read(path))
    try:
        tree = env.parse(source, path.name, str(path))
        _check(tree, path, form)
        code: CodeType = env.compile(tree, path.name, str(path))
    except TemplateSyntaxError as error:
        raise complaint(path, error.lineno, str(error.message), "mend the template") from error
    return Template.from_code(env, code, {})


def rendered(template: Template, values: Mapping[str, Any] | Context) -> str:
    """Print a whole template; OutputTooLong past the limit."""
    return _counted(template.root_render_func(context_of(template, values)))


def context_of(template: Template, values: Mapping[str, Any] | Context) -> Context:
    """Give what the blocks of a template are printed with: made once for all of them, since a block changes nothing."""
    return values if isinstance(values, Context) else template.new_context(dict(values))


def rendered_block(template: Template, name: str, values: Mapping[str, Any] | Context) -> str:
    """Print one block as clean text: no blank edges, lines stripped, at most one empty line in a row.

    A line that ends with a name such as «Петров П.П.» and the full stop of its sentence keeps one stop.
    """
    printed = tidy(_counted(template.blocks[name](context_of(template, values))))
    return _TWO_STOPS.sub(".", printed) if ".." in printed else printed


def tidy(text: str) -> str:
    """Strip every line and fold runs of empty lines into one; no blank edges."""
    lines = "\n".join([line.strip(" \t") for line in text.split("\n")])
    return _MANY_LINES.sub("\n\n", lines).strip("\n") if "\n\n\n" in lines else lines.strip("\n")


def complaint(path: Path, line: int | None, what: str, cure: str) -> SettingsError:
    """Say what is wrong, where, and what to do."""
    where = f"{path}:{line}" if line else str(path)
    return SettingsError(f"{where}: {what}: {cure}")


def complaint_of(error: TemplateError, template: Template) -> SettingsError:
    """Say where in the template a failed rendering stopped."""
    path = Path(template.filename or template.name or "")
    lines = [one.lineno for one in traceback.extract_tb(error.__traceback__) if one.filename == str(path)]
    line = template.get_corresponding_lineno(lines[-1]) if lines and lines[-1] else None
    what = (error.message or type(error).__name__).rstrip(".")
    return complaint(path, line, what, "correct the name or remove it")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise complaint(path, None, f"cannot be read ({error})", "save it as UTF-8 text") from error


def _keep_line_ends(source: str) -> str:
    """Let only a tag that stands alone on its line swallow the line end; Jinja's trimming takes them all."""
    return "\n".join(_kept(line) for line in source.splitlines())


def _kept(line: str) -> str:
    bare = line.rstrip()
    if not bare.endswith("%}") or bare.endswith(("-%}", "+%}")) or _TAG_ALONE.match(bare):
        return line
    return bare[:-2] + "+%}"


def _counted(pieces: Iterator[str]) -> str:
    kept: list[str] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > OUTPUT_LIMIT:
            raise OutputTooLong
        kept.append(piece)
    return "".join(kept)


def _check(tree: nodes.Template, path: Path, form: Form) -> None:
    if form.blocks:
        _check_blocks(tree, path, form)
    _check_nodes(tree, path)
    _check_names(tree, path, form)


def _check_blocks(tree: nodes.Template, path: Path, form: Form) -> None:
    for node in tree.body:
        if isinstance(node, nodes.Block):
            if node.name not in form.blocks:
                raise complaint(path, node.lineno, f'no letter has a block "{node.name}"', _one_of(form.blocks))
        elif not _is_blank(node):
            raise complaint(path, node.lineno, "text outside of a block is never shown", "move it into a block")


def _is_blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and all(
        isinstance(part, nodes.TemplateData) and not part.data.strip() for part in node.nodes
    )


def _check_nodes(tree: nodes.Template, path: Path) -> None:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            kind = type(node).__name__.lower()
            raise complaint(path, node.lineno, f'a letter may not use "{kind}"', "use text, if, for and fields")
        if isinstance(node, nodes.For) and node.recursive:
            raise complaint(path, node.lineno, "a letter may not use a recursive loop", "use a plain for")


def _check_names(tree: nodes.Template, path: Path, form: Form) -> None:
    made = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"} | {"loop"}
    for node in tree.find_all(nodes.Name):
        if node.name not in form.names | made:
            raise complaint(path, node.lineno, f'the field "{node.name}" does not exist', _one_of(form.names))
    for member in tree.find_all(nodes.Getattr):
        known = _members(member, form)
        if known is not None and member.attr not in known:
            owner = member.node.name if isinstance(member.node, nodes.Name) else ""
            raise complaint(path, member.lineno, f'"{owner}.{member.attr}" does not exist here', _one_of(known))


def _members(node: nodes.Getattr, form: Form) -> frozenset[str] | None:
    if form.members is None or not isinstance(node.node, nodes.Name):
        return None
    return form.members.get(node.node.name)


def _one_of(names: frozenset[str]) -> str:
    return "use one of " + ", ".join(sorted(names)) if names else "remove it: this letter has none"
