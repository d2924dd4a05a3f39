"""The letters mailflow sends: a view in, the words of a letter out.

Owns: the kinds of letters, the folders their templates lie in, cleaning what people typed, and printing
the text and the HTML part from the same words. Refuses to know: whom a letter goes to and why; the view
says everything it may say. Bytes are made in `envelope`, template grammar is checked in `letter_grammar`.

A kind is one file a language, `<kind>.<language>.j2`, made of small blocks of plain text; the two
layouts `_layout.txt.j2` and `_layout.html.j2` arrange them, `_words.<language>.j2` holds what all letters
share. A company's own folder may hold any of these files, and of a kind only the blocks it changes.

What may go wrong: a wrong template stops the start (`check`). What a stranger typed stops nothing: line
breaks fold, control and direction characters become spaces, and an endless text is cut.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

from jinja2 import TemplateError
from jinja2.environment import Template
from jinja2.runtime import Context

from mailflow.core.views import (
    Changed,
    Choice,
    FileLine,
    Finding,
    Language,
    LetterView,
    Line,
    Said,
    Section,
    Waiting,
    sections,
)
from mailflow.edges import letter_samples
from mailflow.edges.envelope import Enclosure, Envelope, LetterError, Rendered, build, frame
from mailflow.edges.letter_grammar import (
    Form,
    OutputTooLong,
    compile_file,
    complaint,
    complaint_of,
    context_of,
    environment,
    rendered,
    rendered_block,
    tidy,
)
from mailflow.errors import SettingsError

__all__ = ["KINDS", "Enclosure", "Envelope", "LetterError", "Letters", "Rendered", "build", "frame"]

KINDS: Mapping[str, tuple[str, ...]] = {
    "registered": ("confirm", "trusted", "done"),
    "ask": ("instruction", "silence"),
    "reminder": ("instruction", "late", "silence"),
    "escalation": ("who", "since"),
    "agreed": ("who", "next"),
    "returned": ("who", "reason"),
    "rejected": ("who", "reason"),
    "closed": ("result",),
    "question": ("who", "question"),
    "answered": ("who", "question", "answer"),
    "blocking": ("remark",),
    "reason": ("said",),
    "unclear": ("text",),
    "not_counted": ("reason", "text"),
    "recorded": ("said", "comment", "next", "unsigned"),
    "status": (),
    "tasks": ("mode",),
    "own_cases": (),
    "found": ("said", "more"),
    "report": ("days", "tasks", "cut", "habit", "unknown"),
    "unclear_command": ("said", "why", "meant", "example"),
    "mode": ("mode",),
    "consult": ("who", "text"),
    "opinion": ("who", "text"),
    "entered": ("who", "by", "said"),
    "withdrawn_task": ("who", "reason"),
    "departed": ("who",),
    "stands_in": ("who", "since", "until"),
    "list_answered": (),
    "list_unclear": ("text",),
    "confirm_withdrawal": ("reason",),
    "help": (),
    "absent": ("who", "until", "text"),
    "comment": ("who", "text"),
    "notice": ("text",),
    "version": ("who", "text"),
    "file": ("text",),
    "withdrawn": ("who", "reason"),
    "undelivered": ("address", "reason", "outside"),
    "counterparty": ("subject", "text"),
    "offer_wanted": ("subject", "text"),
    "offers_in": ("late",),
    "counterparty_wrote": ("who", "text", "unproven"),
    "stray": ("from", "subject", "text"),
    "unknown_request": ("subject",),
    "may_not_start": ("subject", "process", "who"),
    "anchor": ("day", "rows", "head"),
    "code": ("number", "title", "code"),
    "sign_in": ("code",),
    "second_factor": ("reset",),
    "alarm": ("what", "cure"),
    "by_hand": ("what", "who", "said"),
    "alarm_over": ("what",),
    "digest": ("day", "counts", "enclosed"),
    "register": ("title", "days", "count", "own", "unknown"),
}
"""Every kind of letter and the keys of `LetterView.words` it may use; a missing key counts as ''."""

_IN_SECTIONS = frozenset({"digest"})
"""The kinds whose rows stand under headings: the first cell of a row is the title of its section."""

LANGUAGES: tuple[Language, ...] = get_args(Language)

_REQUIRED = ("subject", "lead")
_OPTIONAL = ("body", "ask", "answer", "list")
_SHARED = (
    "greeting", "wanted", "answer", "footer", "case", "findings", "fault", "said", "comment", "waiting", "since",
    "until", "late", "list", "route", "files", "version", "questions", "pages", "page", "mails", "mail",
    "code", "changes", "was", "now", "rehearsal", "stop",
)  # fmt: skip
_FACTS = frozenset(one.name for one in fields(LetterView)) | {"asked", "pages", "mails", "sections"}
_NAMES: Mapping[type[Any], tuple[str, ...]] = {
    kind: tuple(one.name for one in fields(kind))
    for kind in (LetterView, Line, Said, Section, Waiting, FileLine, Changed, Choice, Finding)
}
_PARTS = frozenset(("label", *_REQUIRED, *_OPTIONAL))

_LINES = re.compile(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_LINK = re.compile(r"(https?://|mailto:)[\x21-\x7e]+\Z")
_VERBATIM = frozenset(("link", "mailto", "stop"))
_ASKED = (("approve", "approve"), ("acknowledge", "acknowledge"), ("paid", "pay"), ("resolution", "resolve"))
_SUBJECT_LIMIT = 250


@dataclass(frozen=True, slots=True)
class _Room:
    """How long one value and how long one list may be."""

    letters: int
    items: int


_ROOMS = (_Room(4000, 10_000), _Room(120, 40))
"""The first room is ample; the second is small enough for any view to fit the limit of one letter."""


class Letters:
    """Every letter of every kind and language, compiled once.

    folders: the first that has a block wins, so a company's own folder stands before the shipped one.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._env = environment()
        self._blocks: dict[str, dict[str, Template]] = {}
        self._layouts: dict[str, Template] = {}

    def check(self) -> None:
        """Compile everything and print sample letters of every kind; SettingsError names file, line, cure."""
        self._refuse_strange_files()
        for language in LANGUAGES:
            for kind in KINDS:
                for view in letter_samples.views(kind, language):
                    self.render(view)

    def render(self, view: LetterView) -> Rendered:
        """Print one letter: subject, text and HTML say the same facts.

        Raises SettingsError for a template that cannot be printed, LetterError for a view that names no
        kind or carries a link that is none.
        """
        if view.kind not in KINDS:
            raise LetterError(f'no letter is of the kind "{view.kind}": use one of {", ".join(KINDS)}')
        for room in _ROOMS:
            try:
                return self._printed(view, room)
            except OutputTooLong:
                continue
        raise LetterError(f"the letter {view.kind} {view.number} is longer than a letter may be: shorten its template")

    def _printed(self, view: LetterView, room: _Room) -> Rendered:
        values = _facts(view, room)
        label = self._print_blocks(f"_words.{view.language}.j2", values)
        values["label"] = label
        parts = self._print_blocks(f"{view.kind}.{view.language}.j2", values)
        meant = f"[{view.meant_for}] " if view.meant_for else ""
        subject = _cut(" ".join((meant + parts["subject"]).split()), _SUBJECT_LIMIT)
        values.update(dict.fromkeys(_OPTIONAL, ""), answer=label["answer"], list=label["list"])
        values.update(parts, subject=subject)
        text = tidy(self._print_layout("_layout.txt.j2", values))
        html = self._print_layout("_layout.html.j2", values)
        return Rendered(subject, text + "\n", html.strip() + "\n", view.language)

    def _print_blocks(self, name: str, values: Mapping[str, Any]) -> dict[str, str]:
        found = self._blocks.get(name)
        if found is None:
            found = self._blocks[name] = self._merged(name)
        contexts = {template: context_of(template, values) for template in set(found.values())}
        return {block: self._guarded(template, block, contexts[template]) for block, template in found.items()}

    def _print_layout(self, name: str, values: Mapping[str, Any]) -> str:
        found = self._layouts.get(name)
        if found is None:
            form = Form(_FACTS | _PARTS, members={"label": frozenset(_SHARED)})
            found = self._layouts[name] = compile_file(self._env, self._paths(name)[0], form)
        return self._guarded(found, "", values)

    def _guarded(self, template: Template, block: str, values: Mapping[str, Any] | Context) -> str:
        try:
            return rendered_block(template, block, values) if block else rendered(template, values)
        except TemplateError as error:
            raise complaint_of(error, template) from error

    def _merged(self, name: str) -> dict[str, Template]:
        """Give for every block the template it comes from: the first folder that has it wins."""
        paths = self._paths(name)
        made: dict[str, Template] = {}
        for path in reversed(paths):
            template = compile_file(self._env, path, _form(name))
            made.update(dict.fromkeys(template.blocks, template))
        for block in _SHARED if name.startswith("_") else _REQUIRED:
            if block not in made:
                raise complaint(paths[-1], None, f'the block "{block}" is missing', f"add {{% block {block} %}}")
        return made

    def _paths(self, name: str) -> list[Path]:
        found = [folder / name for folder in self._folders if (folder / name).is_file()]
        if not found:
            where = ", ".join(str(folder) for folder in self._folders) or "no folder at all"
            raise SettingsError(f"{name}: no such template in {where}: put the file there")
        return found

    def _refuse_strange_files(self) -> None:
        known = {f"{kind}.{language}.j2" for kind in (*KINDS, "_words") for language in LANGUAGES}
        known |= {"_layout.txt.j2", "_layout.html.j2"}
        for folder in self._folders:
            for path in sorted(folder.glob("*.j2")):
                if path.name not in known:
                    raise complaint(path, None, "no letter uses this file", "rename it to <kind>.<language>.j2")


def _form(name: str) -> Form:
    if name.startswith("_"):
        return Form(_FACTS, frozenset(_SHARED))
    words = frozenset(KINDS[name.split(".")[0]])
    members = {"words": words, "label": frozenset(_SHARED)}
    return Form(_FACTS | {"label"}, frozenset((*_REQUIRED, *_OPTIONAL)), members)


def _facts(view: LetterView, room: _Room) -> dict[str, Any]:
    """Give the view as plain dicts, tuples and clean one-line strings, with what follows from rows and choices."""
    values: dict[str, Any] = _plain(view, room)
    headed = tuple(row for row in view.rows if len(row) > 1) if view.kind in _IN_SECTIONS else ()
    values["sections"] = _plain(sections(headed), room)
    if headed:
        values["rows"] = ()
    values["words"] = dict.fromkeys(KINDS[view.kind], "") | values["words"]
    values["say"] = tuple(one.strip("«»“”\"' ") for one in values["say"])
    values["asked"] = view.asked or _asked(view.choices)
    values["pages"] = tuple(one for one in values["choices"] if one["link"])
    values["mails"] = tuple(one for one in values["choices"] if one["mailto"])
    return values


def _asked(choices: Sequence[Choice]) -> str:
    """Say what is asked of the reader: approve, acknowledge, pay or perform."""
    answers = {one.answer for one in choices}
    if not answers:
        return "approve"
    return next((asked for answer, asked in _ASKED if answer in answers), "perform")


def _plain(value: Any, room: _Room) -> Any:
    if isinstance(value, str):
        return _clean(value, room.letters)
    if isinstance(value, tuple):
        return tuple([_plain(one, room) for one in value[: room.items]])
    if isinstance(value, Mapping):
        return {str(key): _clean(one, room.letters) for key, one in value.items()}
    if isinstance(value, bool | int):
        return value
    return {name: _field(name, getattr(value, name), room) for name in _NAMES[type(value)]}


def _field(name: str, value: Any, room: _Room) -> Any:
    if name not in _VERBATIM:
        return _plain(value, room)
    if value and not _LINK.match(value):
        raise LetterError(f"{value[:80]!r} is not a link a letter may carry: give an https or mailto address")
    return value


def _clean(text: str, limit: int) -> str:
    """Fold what was typed into one line without control or direction characters; cut what has no end."""
    if _UNSAFE.search(text):
        lines = (one.strip() for one in _LINES.split(text[: limit * 2]))
        text = _UNSAFE.sub(" ", " / ".join(one for one in lines if one))
    return _cut(text.strip(), limit)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
