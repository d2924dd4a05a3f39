"""The papers mailflow makes: a view in, a PDF out, and a Word document beside it where a person may correct the paper.

Owns: which template a paper is printed with, the folders they lie in, the QR code on it. Refuses to know: whose paper
it is and why it is made. Template grammar is checked in `letter_grammar`, bytes are made in `pdf`.

A paper is one file a language, `<kind>.<language>.html.j2`, with the blocks `title`, `style` and `body`;
`_base.html.j2` is the page around them and `_letterhead.html.j2` the head of every letter. A company's own folder may
hold any of these files, and of a kind only the blocks it changes. A template fetches nothing: pictures are data:
addresses.

What may go wrong: a wrong template stops the start (`check`). Later it is a `Failed`, as are a paper longer than one
may be and a renderer that broke.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import zxingcpp
from jinja2 import TemplateError
from jinja2.environment import Template
from markupsafe import Markup

from mailflow.core.addressee import Addressee
from mailflow.core.goals_sheet import GoalsSheet, goals_table
from mailflow.core.letterhead import Executor, Letterhead, Signature
from mailflow.core.paper_views import PAPERS, PaperView
from mailflow.core.views import Language
from mailflow.edges import paper_samples
from mailflow.edges.letter_grammar import (
    OUTPUT_LIMIT,
    Form,
    OutputTooLong,
    compile_file,
    complaint,
    complaint_of,
    environment,
    rendered,
    rendered_block,
)
from mailflow.edges.pdf import Failed, Made, Renderer
from mailflow.edges.reading import Kind
from mailflow.edges.sheets import CONTENT_TYPE as SHEET
from mailflow.edges.sheets import xlsx
from mailflow.errors import SettingsError

__all__ = ["KINDS", "Documents", "Failed", "Made", "PaperView"]

KINDS: Mapping[str, type[PaperView]] = {name: kind.shows for name, kind in PAPERS.items()}
"""Every kind of paper, by the name of its template, and the view it prints."""

LANGUAGES: tuple[Language, ...] = get_args(Language)

_V = TypeVar("_V")
_BLOCKS = ("title", "style", "body")
_BASE, _HEAD = "_base.html.j2", "_letterhead.html.j2"
_OWN = frozenset({"qr", "head"})
_MEMBERS: Mapping[str, type[Any]] = {
    "letterhead": Letterhead,
    "addressee": Addressee,
    "signature": Signature,
    "executor": Executor,
    "chair": Signature,
    "secretary": Signature,
}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


def _names(view: type[Any]) -> frozenset[str]:
    return frozenset(one.name for one in fields(view))


@dataclass(frozen=True, slots=True)
class Also:
    """A paper in another form: its bytes, how the file's name ends, its content type."""

    content: bytes
    ending: str
    content_type: str


class Documents:
    """Every paper of every kind and language, compiled once.

    folders: the first that has a file (of a kind: a block) wins, so a company's own stands before the shipped one.
    """

    def __init__(self, folders: Sequence[Path], renderer: Renderer) -> None:
        self._folders = tuple(folders)
        self._renderer = renderer
        self._env = environment()
        self._whole: dict[str, Template] = {}
        self._blocks: dict[str, dict[str, Template]] = {}

    def check(self) -> None:
        """Compile everything and print samples of every kind as HTML; SettingsError names file, line, cure."""
        self._refuse_strange_files()
        for language in LANGUAGES:
            for view in paper_samples.views(language):
                self.html(view)

    async def make(self, view: PaperView) -> Made | Failed:
        """Print one paper as PDF."""
        try:
            html = self.html(view)
        except OutputTooLong:
            return Failed(f"the paper is longer than {OUTPUT_LIMIT} characters")
        except SettingsError as wrong:
            return Failed(str(wrong))
        return await self._renderer.pdf(html)

    async def also(self, view: PaperView, now: datetime) -> Also | None:
        """Give one paper in a form to go on working with, a Word document or a workbook; None for any other."""
        if isinstance(view, GoalsSheet):
            return Also(xlsx(goals_table(view), now), ".xlsx", SHEET)
        word = await self.word(view)
        return Also(word, ".docx", Kind.DOCX) if word is not None else None

    async def word(self, view: PaperView) -> bytes | None:
        """Write one paper as a Word document; None for one that nobody corrects by hand."""
        # Imported here: it takes a tenth of a second, and only a paper needs it.
        from mailflow.edges.word_papers import word_of

        return await asyncio.to_thread(word_of, _clean(view))

    def html(self, view: PaperView) -> str:
        """Print one paper as the HTML its PDF is made of; SettingsError for a template that cannot be printed."""
        values: dict[str, Any] = {**_plain(view), "qr": qr_picture(view.code)}
        if "letterhead" in values:
            values["head"] = Markup(self._guarded(self._head(), "", values))
        blocks = self._kind(_kind_of(view), view.language)
        parts = {name: Markup(self._guarded(blocks[name], name, values)) for name in _BLOCKS}
        return self._guarded(self._base(), "", {**parts, "language": view.language})

    def _base(self) -> Template:
        return self._file(_BASE, Form(frozenset((*_BLOCKS, "language"))))

    def _head(self) -> Template:
        return self._file(_HEAD, Form(frozenset({"letterhead", "language"}), members=_members()))

    def _file(self, name: str, form: Form) -> Template:
        found = self._whole.get(name)
        if found is None:
            found = self._whole[name] = compile_file(self._env, self._paths(name)[0], form)
        return found

    def _kind(self, kind: str, language: Language) -> Mapping[str, Template]:
        """Give for every block the template it comes from: the first folder that has it wins."""
        name = f"{kind}.{language}.html.j2"
        if name not in self._blocks:
            form = Form(_names(KINDS[kind]) | _OWN, frozenset(_BLOCKS), _members())
            made: dict[str, Template] = {}
            for path in reversed(self._paths(name)):
                template = compile_file(self._env, path, form)
                made.update(dict.fromkeys(template.blocks, template))
            self._blocks[name] = self._complete(name, made)
        return self._blocks[name]

    def _complete(self, name: str, made: dict[str, Template]) -> dict[str, Template]:
        missing = [block for block in _BLOCKS if block not in made]
        if missing:
            what = f'the block "{missing[0]}" is missing'
            raise complaint(self._paths(name)[-1], None, what, f"add {{% block {missing[0]} %}}")
        return made

    def _guarded(self, template: Template, block: str, values: Mapping[str, Any]) -> str:
        try:
            return rendered_block(template, block, values) if block else rendered(template, values)
        except TemplateError as error:
            raise complaint_of(error, template) from error

    def _paths(self, name: str) -> list[Path]:
        found = [folder / name for folder in self._folders if (folder / name).is_file()]
        if not found:
            where = ", ".join(str(folder) for folder in self._folders) or "no folder at all"
            raise SettingsError(f"{name}: no such template in {where}: put the file there")
        return found

    def _refuse_strange_files(self) -> None:
        known = {f"{kind}.{language}.html.j2" for kind in KINDS for language in LANGUAGES} | {_BASE, _HEAD}
        for folder in self._folders:
            for path in sorted(folder.glob("*.j2")):
                if path.name not in known:
                    raise complaint(path, None, "no paper uses this file", "rename it to <kind>.<language>.html.j2")


def qr_picture(text: str) -> str:
    """Give a QR code of the text as a data: address of an SVG picture."""
    made = zxingcpp.create_barcode(text or "-", zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    svg = zxingcpp.write_barcode_to_svg(made, add_quiet_zones=False)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _kind_of(view: PaperView) -> str:
    return next(kind for kind, shown in KINDS.items() if isinstance(view, shown))


def _members() -> Mapping[str, frozenset[str]]:
    return {name: _names(view) for name, view in _MEMBERS.items()}


def _clean(value: _V) -> _V:
    """Give the view without control and direction characters."""
    made: Any = value
    if isinstance(value, str):
        made = _UNSAFE.sub(" ", value)
    elif isinstance(value, tuple):
        made = tuple([_clean(one) for one in value])
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(value, **{one.name: _clean(getattr(value, one.name)) for one in fields(value)})
    return cast(_V, made)


def _plain(value: Any) -> Any:
    """Give the view as plain dicts, tuples and strings without control and direction characters."""
    if isinstance(value, str):
        return _UNSAFE.sub(" ", value)
    if isinstance(value, tuple):
        return tuple([_plain(one) for one in value])
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value
