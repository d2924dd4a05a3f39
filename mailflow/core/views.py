"""What a letter shows: every fact a template may print, already in the reader's language.

Owns: the values a letter template sees. A template only arranges them; it decides nothing and
computes nothing, so a company may change the words without a way to change the facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

Language = Literal["ru", "en"]


def language_of(environment: Mapping[str, str]) -> Language:
    """Give the language a person works in, by LC_ALL, LC_MESSAGES, LANG (POSIX, in this order)."""
    chosen = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "ru" if chosen.lower().startswith("ru") else "en"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the card: «Сумма» — «120 000,50 ₽»."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Said:
    """Who has decided what: «Петров П.П.», «согласовано», «12.11 17:05», comment or ''."""

    who: str
    what: str
    when: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """On whom the case waits: name, stage title, since when, until when ('' = no term), late or not."""

    who: str
    stage: str
    since: str
    due: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file: name, version (1, 2, ...), size as text, first and last characters of its SHA-256.

    `by` says of a later version whose it is: «Лагунин В.А., 18.11.2026 12:05: поставил 0,1 %».
    """

    name: str
    version: int
    size: str
    sha: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """One place of a file that reads otherwise than in the version before; or, of many, a `note` about them."""

    file: str
    was: str = ""
    now: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One button. `link` opens the page ('' without a web part), `mailto` writes the answer by mail."""

    answer: str
    label: str
    link: str = ""
    mailto: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of the papers, passed (`ok`) or not, as a sentence."""

    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """Some rows under their heading: «Просрочено» and a row for each task that is late."""

    title: str
    rows: tuple[tuple[str, ...], ...]


def sections(rows: Sequence[tuple[str, ...]]) -> tuple[Section, ...]:
    """Gather neighbouring rows under their heading: the first cell of each is the title of its section."""
    gathered = ((title, tuple(row[1:] for row in some)) for title, some in groupby(rows, lambda row: row[0]))
    return tuple(Section(title, under) for title, under in gathered)


@dataclass(frozen=True, slots=True)
class LetterView:
    """Everything one letter may say. `kind` names the template; `words` holds what only that kind has."""

    kind: str
    language: Language
    reader: str
    """How to address the reader: «Ольга Николаевна», "Olga Smirnova", or ''."""
    company: str
    number: str = ""
    title: str = ""
    """«Счёт № 57, ООО «Ромашка», 120 000,50 ₽»"""
    initiator: str = ""
    card: tuple[Line, ...] = ()
    findings: tuple[Finding, ...] = ()
    said: tuple[Said, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    route: tuple[str, ...] = ()
    files: tuple[FileLine, ...] = ()
    changes: tuple[Changed, ...] = ()
    """What changed in the texts of the current files since the versions before them."""
    asked: str = ""
    """What is asked of the reader: approve, acknowledge, pay, resolve, fill, reply, perform; '' = as choices say."""
    due: str = ""
    """When this reader must act («13.11.2026»), or ''."""
    choices: tuple[Choice, ...] = ()
    say: tuple[str, ...] = ()
    """What a plain reply may say: «Согласовано», «На доработку: причина», ..."""
    by_page: bool = False
    """The decision counts on the page alone: a second factor is asked for."""
    questions: tuple[str, ...] = ()
    """What the reader is asked for, one complete sentence each."""
    code: str = ""
    """Six digits the page asks a browser it does not know for; '' = the letter prints none."""
    stop: str = ""
    """Where the reader ends a browser that is not his; '' = this letter has no such link."""
    rows: tuple[tuple[str, ...], ...] = ()
    """A plain table for lists (my tasks, strays)."""
    meant_for: str = ""
    """In a rehearsal, who would have got the letter: "Смирнова О.Н. <olga@neon.example>"; else ''."""
    outside: bool = False
    """The reader is somebody outside the company: he sees what the rules say to him and nothing of the case."""
    words: Mapping[str, str] = field(default_factory=dict)
