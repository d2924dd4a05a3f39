"""A file of stories as a person writes it: `rules/tests/*.yaml`, read into a checked model.

Owns: the words of a story (steps and expectations) and where each of them stands in the file.
Refuses to know: how a step is played. Every complaint has a file, a line and a cure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from mailflow.core.documents import Lines, read_with_lines
from mailflow.core.rule_words import Span, Texts
from mailflow.errors import SettingsError

FIRST_MOMENT = "2026-11-16 10:00"
"""A Monday in a month without holidays: when a story begins, unless its file says otherwise."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True)


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return datetime.strptime(value.strip(), "%Y-%m-%d %H:%M")
    except ValueError:
        raise ValueError(f"`{value}` is no moment: write it as 2026-11-16 10:00") from None


def _name_alone(key: str) -> BeforeValidator:
    """Let `name` stand for `{key: name}`."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


Moment = Annotated[datetime, BeforeValidator(_moment)]


# --- what is expected


class ExpectedLetter(_Entry):
    """A letter that left since the step before."""

    to: str
    """A person's id, or an address."""
    kind: str | None = None
    """What the letter is for: ask, reminder, registered, returned, ... (the names of templates/mail)."""
    subject: Texts = ()
    """Texts its subject contains."""
    says: Texts = ()
    """Texts its body contains."""
    says_not: Texts = ()
    """Texts it does not contain."""
    encloses: Texts = ()
    """Names of files that come with it."""
    count: int | None = None
    """Exactly so many such letters; 0 = none. Without it, at least one."""


class ExpectedPaper(_Entry):
    """A document that was made for the case."""

    document: str
    says: Texts = ()
    says_not: Texts = ()


def _letters(value: object) -> object:
    return () if value == "none" else value


class Expected(_Entry):
    """What is true after a step. Only what is written is compared."""

    case: str | None = None
    """Which case, by its number, or the newest of a process by its name; without it, the one opened first."""
    cases: int | None = None
    """How many cases there are in all."""
    number: str | None = None
    state: Literal["open", "done", "rejected", "withdrawn"] | None = None
    stage: str | None = None
    round: int | None = None
    waits: Texts | None = None
    """Everybody on whom the case waits, by id; [] = nobody."""
    due: Mapping[str, Moment] = {}
    """By when these people have to act."""
    fields: Mapping[str, str | bool | tuple[str, ...] | int | None] = {}
    """Fields of the card; null = empty."""
    letters: Annotated[tuple[ExpectedLetter, ...] | None, BeforeValidator(_letters)] = None
    """Letters that left since the step before; `none` = no letter left."""
    letters_in_all: int | None = None
    """How many letters left since the step before."""
    papers: tuple[Annotated[ExpectedPaper, _name_alone("document")], ...] = ()
    journal: Texts = ()
    """Texts the sentences written to the journal since the step before contain."""
    journal_not: Texts = ()
    understood: str | None = None
    """What the last mail was understood as: request, reply, command, stray, auto_reply, ..."""
    page: str | None = None
    """What the page answered to the last press: recorded, already, stale, needs_code, forged, ..."""


# --- what happens


class Attached(_Entry):
    """A file somebody attaches; the same text is the same file."""

    name: str
    text: str = ""
    file: str | None = None
    """A real file, beside the file of stories."""


class _Step(_Entry):
    expect: Expected | None = None
    note: str = ""
    """For the reader of the story; nothing happens by it."""


class _Written(_Step):
    text: str = ""
    attach: tuple[Annotated[Attached, _name_alone("name")], ...] = ()
    proven: bool = True
    """False: no server vouches for the sender."""
    headers: Mapping[str, str] = {}


class Writes(_Written):
    """Somebody writes a new mail: a person's id, or any address."""

    from_: str = Field(alias="from")
    subject: str = ""
    to: str = ""
    """Without it the shared address; `+schet` = its plus address."""


class _ToLetter(_Step):
    letter_of: str | None = None
    """Whose letter it is that he has in hand (forwarded to him); without it, his own."""
    letter: str | None = None
    """His newest letter whose subject contains this, or of this kind; without it, his newest."""


class Replies(_Written, _ToLetter):
    """Somebody replies to the newest letter he got."""

    reply: str
    subject: str | None = None


class Presses(_ToLetter):
    """Somebody presses a button of a letter, and fills in the page as a person would."""

    press: str
    choice: str
    comment: str = ""
    number: str = ""
    date: str = ""
    code: str | None = None
    """What is typed as the code; without it, the right one."""
    tick: bool = True
    """Whether the box «Документ прочитан» is ticked, on a page that has one."""
    browser: Literal["own", "another"] = "own"
    """`another`: one that was never used before."""


class Passes(_Step):
    """Working time passes, and everything that falls due in it happens."""

    after: Span


class Until(_Step):
    """It becomes that day and hour, in the office's time."""

    at: Moment


class Leaves(_Step):
    """Somebody leaves the company: he is taken out of the directory."""

    left: str


class Stands(_Step):
    """Somebody stands in for somebody from one day to another, as the directory says."""

    substitute: str
    by: str
    since: str
    until: str


class Directs(_Step):
    """The directory is changed: what is written is laid over it, null takes a key away."""

    directory: Mapping[str, Any]


class Takes(_Step):
    """A mail comes in as it stands in a file."""

    eml: str


class Checks(_Step):
    """Nothing happens; what is expected is looked at once more."""

    expect: Expected


_VERBS: Mapping[str, str] = {
    "from": "Writes",
    "reply": "Replies",
    "press": "Presses",
    "after": "Passes",
    "at": "Until",
    "left": "Leaves",
    "substitute": "Stands",
    "directory": "Directs",
    "eml": "Takes",
    "expect": "Checks",
}


def _verb(step: object) -> str | None:
    if not isinstance(step, Mapping):
        return None
    return next((tag for word, tag in _VERBS.items() if word in step), None)


Step = Annotated[
    Annotated[Writes, Tag("Writes")]
    | Annotated[Replies, Tag("Replies")]
    | Annotated[Presses, Tag("Presses")]
    | Annotated[Passes, Tag("Passes")]
    | Annotated[Until, Tag("Until")]
    | Annotated[Leaves, Tag("Leaves")]
    | Annotated[Stands, Tag("Stands")]
    | Annotated[Directs, Tag("Directs")]
    | Annotated[Takes, Tag("Takes")]
    | Annotated[Checks, Tag("Checks")],
    Discriminator(
        _verb,
        custom_error_type="no_verb",
        custom_error_message=f"a step says what happens by one of these words: {', '.join(_VERBS)}",
    ),
]


class _Story(_Entry):
    story: str
    starts: Moment | None = None
    steps: tuple[Step, ...]


class _File(_Entry):
    starts: Annotated[Moment, Field(validate_default=True)] = FIRST_MOMENT  # type: ignore[assignment]
    stories: tuple[_Story, ...]


@dataclass(frozen=True)
class PlacedStep:
    """A step, and where it and its expectation stand («rules/tests/invoice.yaml:14»)."""

    step: Step
    at: str
    expected_at: str


@dataclass(frozen=True)
class Story:
    """One story: what it proves, when it begins, and its steps."""

    name: str
    at: str
    starts: datetime
    """Without a zone: the office's."""
    steps: tuple[PlacedStep, ...]


def read_stories(text: str, name: str) -> tuple[Story, ...]:
    """Read a file of stories; raise SettingsError with a line for everything wrong in it."""
    file, lines = read_with_lines(text, name, _File)
    names = [story.story for story in file.stories]
    twice = [n for n, said in enumerate(names) if said in names[:n]]
    if twice:
        where = lines.at(("stories", twice[0]))
        raise SettingsError(f"{where}: the story «{names[twice[0]]}» stands here twice: name each by what it proves")
    return tuple(_placed(story, n, file, lines) for n, story in enumerate(file.stories))


def _placed(story: _Story, n: int, file: _File, lines: Lines) -> Story:
    path = ("stories", n)
    steps = tuple(
        PlacedStep(step, lines.at((*path, "steps", m)), lines.at((*path, "steps", m, "expect")))
        for m, step in enumerate(story.steps)
    )
    return Story(story.story, lines.at((*path, "story")), story.starts or file.starts, steps)
