"""The answer to a letter that asked for fields: form lines, free words, or bare values in the order of the questions.

Owns: fitting bare values to the questions. Refuses to know: what was asked of whom (`around.Target`), spellings.

A bare value is taken for a question only if it surely is one: it reads as the type asked for and fits no other open
question, or there are as many values as questions and every one of them reads. What is left is a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from mailflow.core.field_forms import FieldForm, Value, agrees, choices_in, near_to, read_value
from mailflow.core.fields import FieldsRead, read_fields
from mailflow.core.money import fold

MOST_PIECES = 30
LONGEST_BARE = 300
_MARK = re.compile(r"\s*(?:[-–—•*]\s+|\(?[0-9]{1,2}[.)]\s+)")
_NO_VALUE = re.compile(
    r"\?|\b(?:не знаю|уточн\w+|позже|потом|завтра скажу|отзыв\w+|отмен\w+|неважно|все равно|извините|какой|какая"
    r"|какую|что писать|don.?t know|later|not sure|withdraw|cancel|which|what do you)\b"
)
_GREETING = re.compile(
    r"(?:добрый (?:день|вечер)|доброе утро|здравствуйте|привет|коллеги|спасибо|hello|hi|thanks|thank you)\b[^:]{0,40}"
)


def read_answer(text: str, written_on: date, forms: Sequence[FieldForm], asked: Sequence[str]) -> FieldsRead:
    """Read what an answer states: everything said by name, and bare values for the fields that were asked for."""
    said = read_fields(text, written_on, forms)
    named = {form.name: form for form in forms}
    questions = [named[name] for name in asked if name in named]
    pieces = _pieces(said.rest, len(questions))
    open_ = [form for form in questions if form.name not in said.values]
    unsaid = [piece for piece in pieces if not _is_said(piece, said, forms, written_on)]
    short = (
        _in_order(pieces, questions, written_on)
        or _in_order(unsaid, open_, written_on)
        or dict(_by_type(unsaid, open_, written_on))
    )
    values = {**_choices(said.rest, forms), **short, **said.values}
    refused = [name for name, value in short.items() if not agrees(value, named[name])]
    unsure = tuple(name for name in said.ambiguous if name not in values)
    near = {**said.near, **_meant(unsaid, [form for form in open_ if form.name not in values])}
    return replace(said, values=values, ambiguous=(*unsure, *refused), near=near)


def _meant(pieces: Sequence[str], open_: Sequence[FieldForm]) -> dict[str, tuple[str, ...]]:
    """Give what a bare answer may have meant, where one choice alone is still asked about."""
    if len(pieces) != 1 or len(open_) != 1:
        return {}
    near = near_to(pieces[0], open_[0])
    return {open_[0].name: near} if near else {}


def _choices(rest: str, forms: Sequence[FieldForm]) -> dict[str, Value]:
    """Take «Реклама» on a line of its own for the choice it names: it was asked for."""
    lines = [_unmarked(line).strip(" .!") for line in rest.splitlines()]
    found = ((form.name, choices_in(lines, form)) for form in forms if form.choices)
    return {name: next(iter(values)) for name, values in found if len(values) == 1}


def _unmarked(line: str) -> str:
    """Take the dash or the number off the head of a line; only there, or every blank of it begins a search."""
    mark = _MARK.match(line)
    return line[mark.end() :] if mark else line


def _pieces(rest: str, count: int) -> list[str]:
    """Give the lines that hold something; a single line is cut into as many values as were asked for."""
    lines = [_unmarked(line).strip() for line in rest.splitlines()[:MOST_PIECES]]
    lines = [line for line in lines if line and not _GREETING.fullmatch(fold(line).strip(" .!,"))]
    return _parted(lines[0], count) if len(lines) == 1 and count > 1 else lines


def _parted(line: str, count: int) -> list[str]:
    """Cut one line at the mark that gives as many values as were asked for, else at every comma and semicolon."""
    for mark in (r";", r",(?![0-9])", r"[.,;](?![0-9])"):
        parts = [part.strip() for part in re.split(mark, line) if part.strip(" .")]
        if len(parts) == count:
            return parts
    return [part.strip() for part in re.split(r"[;,](?![0-9])", line) if part.strip(" .")]


def _is_said(piece: str, said: FieldsRead, forms: Sequence[FieldForm], written_on: date) -> bool:
    """Tell whether the piece was understood already, as a free phrase of its own."""
    return bool(read_fields(piece, written_on, forms).values.keys() & said.values.keys())


def _in_order(pieces: Sequence[str], wanted: Sequence[FieldForm], written_on: date) -> dict[str, Value]:
    """As many values as questions, each of the type asked for in its place; else nothing."""
    if not wanted or len(pieces) != len(wanted):
        return {}
    values = [_bare(piece, form, written_on) for piece, form in zip(pieces, wanted, strict=True)]
    if any(value is None for value in values):
        return {}
    return {form.name: value for form, value in zip(wanted, values, strict=True) if value is not None}


def _by_type(pieces: Sequence[str], wanted: Sequence[FieldForm], written_on: date) -> Iterator[tuple[str, Value]]:
    """Values that fit one open question only; a text fits any, so it is never taken so."""
    typed = [form for form in wanted if form.type != "text"]
    fitting: Mapping[str, list[FieldForm]] = {
        piece: [form for form in typed if _bare(piece, form, written_on) is not None] for piece in pieces
    }
    for piece, fits in fitting.items():
        value = _bare(piece, fits[0], written_on) if len(fits) == 1 else None
        if value is not None and sum(fits[0] in others for others in fitting.values()) == 1:
            yield fits[0].name, value


def _bare(piece: str, form: FieldForm, written_on: date) -> Value | None:
    """Read a value without its key; None for a text that says that there is none."""
    if len(piece) > LONGEST_BARE and form.type == "text":
        return None
    if _NO_VALUE.search(fold(piece)) or (form.type == "text" and not re.search(r"[^\W\d_]", piece)):
        return None
    return read_value(piece.strip(" ."), form, written_on)
