"""The small words of a rules file: titles in two languages, durations, people, lists.

Owns: how each is read and what is said of one that cannot be read. Refuses to know: what a process is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator

from mailflow.core.routing import Who, read_who
from mailflow.core.views import Language
from mailflow.core.worktime import Duration, parse_duration


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, use_attribute_docstrings=True)


class Words(Entry):
    """The same words in both languages; a plain text is taken for both."""

    ru: str
    en: str

    def in_(self, language: Language) -> str:
        """Give them in that language."""
        return self.ru if language == "ru" else self.en


def _words(value: object) -> object:
    return {"ru": value, "en": value} if isinstance(value, str) else value


def _duration(value: object) -> object:
    if not isinstance(value, str):
        return value
    span = parse_duration(value)
    if span is None:
        raise ValueError(f"`{value}` is no duration: write «1 working day», «4 hours», «3 рабочих дня»")
    return span


@dataclass(frozen=True, slots=True)
class DueField:
    """The term is the end of the day this field of the card names."""

    name: str


def read_due(value: object) -> object:
    """Read a term: a duration, or the field of the card that names its day."""
    if isinstance(value, str) and value.startswith("field "):
        return DueField(value.removeprefix("field ").strip())
    return _duration(value)


def _texts(value: object) -> object:
    """A clerk may write one word without brackets, and numbers without quotes."""
    if isinstance(value, list):
        return [str(item) for item in value]
    return [str(value)] if isinstance(value, str | int) else value


@dataclass(frozen=True, slots=True)
class ListName:
    """The values of a choice stand in this list of the site: lists/NAME.csv, .xlsx or .yaml."""

    name: str


def _values(value: object) -> object:
    """Values in brackets are meant themselves; a word alone names a list."""
    return ListName(value) if isinstance(value, str) else _texts(value)


InWords = Annotated[Words, BeforeValidator(_words)]
Span = Annotated[Duration, BeforeValidator(_duration)]
WhoIs = Annotated[Who, PlainValidator(read_who)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Values = Annotated[tuple[str, ...] | ListName, BeforeValidator(_values)]
