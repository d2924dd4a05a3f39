"""What passes over a page, as values: the link, the form, the card shown, and all that may become of a press.

Owns: the closed sets of outcomes. Refuses to know: how any of them comes about (`pressing`, `respond`),
and how they look (`edges.web_pages`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from mailflow.core.case import Ask, CaseState, FileVersion
from mailflow.core.tokens import Minted
from mailflow.core.views import FileLine, Language, LetterView
from mailflow.core.visits import Visitor

# --- what is pressed


@dataclass(frozen=True, slots=True)
class Link:
    """What a link stands for, as it was issued; `hash` is all that is known of its text.

    `came_back`: a mail that is kept quotes it, so the digits printed in its letter show nothing any more.
    """

    hash: str
    case: str
    assignment: str
    person: str
    card: str
    came_back: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """A task as somebody who has signed in opens it: no link, the same page. `place` counts the case's tasks from 1."""

    visitor: Visitor
    case: str
    place: int


@dataclass(frozen=True, slots=True)
class Form:
    """What came back from the page, as it was typed."""

    nonce: str = ""
    choice: str = ""
    comment: str = ""
    number: str = ""
    date: str = ""
    code: str = ""
    totp: str = ""
    """The digits of the second factor."""
    read: str = ""
    """The tick «Документ прочитан»: "yes" where it was set."""


@dataclass(frozen=True, slots=True)
class Press:
    """One submitted form: the link's text, or the seat; the browser's cookie and name ('' = it sent none)."""

    text: str | Seat
    form: Form
    cookie: str = ""
    agent: str = ""
    through: str = ""
    """The other system that passes it on, '' for a browser: it proves nothing, and is noted."""


# --- what is shown


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file of the card; `place` counts from 1 and names it in its download link."""

    place: int
    line: FileLine
    sha256: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The case as the page shows it, in the language of the link's person."""

    language: Language
    view: LetterView
    files: tuple[PageFile, ...]
    addressee: str
    """Whose link it is, so that only he knows himself: «i***@corp.example»."""


Known = Literal["known", "unknown", "foreign"]
"""Whose browser this is: the link's person's, nobody's, somebody else's."""
Coding = Literal["none", "letter", "ask", "sent", "spent"]
"""What the page wants: nothing; the letter's digits; to be asked for a code; the code sent; it takes none."""

FactorAsked = Literal["none", "ask", "enrol", "spent"]
"""What the page wants of a second factor: nothing; its digits; to set one up first; it takes none of this link."""


@dataclass(frozen=True, slots=True)
class Assured:
    """Whoever pressed holds what the stage asks for; `by` says what."""

    by: str
    new_browser: bool
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The card with its form."""

    sheet: Sheet
    ask: Ask
    choices: tuple[str, ...]
    browser: Known
    coding: Coding
    nonce: str
    today: date
    factor: FactorAsked = "none"


# --- what is wrong with a form; the page is shown again with what was typed


@dataclass(frozen=True, slots=True)
class OldForm:
    """The page lay open too long: press once more."""


@dataclass(frozen=True, slots=True)
class NeedsChoice:
    """Nothing was chosen that this page offers."""


@dataclass(frozen=True, slots=True)
class NeedsReason:
    """A refusal without its reason, a question without its words."""

    choice: str


@dataclass(frozen=True, slots=True)
class NeedsDate:
    """What stands in the date field is no date."""


@dataclass(frozen=True, slots=True)
class NeedsTick:
    """«Ознакомлен» without the tick that the document has been read."""


@dataclass(frozen=True, slots=True)
class NeedsCode:
    """This browser is not known here yet."""


@dataclass(frozen=True, slots=True)
class WrongCode:
    """Not the right digits; `left` more tries."""

    left: int


@dataclass(frozen=True, slots=True)
class TooManyCodes:
    """This link takes no more codes."""


@dataclass(frozen=True, slots=True)
class NeedsFactor:
    """The digits of the second factor are missing."""


@dataclass(frozen=True, slots=True)
class WrongFactor:
    """Not the right digits of the second factor, or used before; `left` more tries."""

    left: int


@dataclass(frozen=True, slots=True)
class TooManyFactors:
    """This link, or this sign-in, takes no more digits of a second factor: a new one is needed."""


@dataclass(frozen=True, slots=True)
class NoFactor:
    """The person has set up no second factor."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """The browser is somebody else's and no code was typed: the link was passed on."""


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A fresh code is on its way to the registered address."""


@dataclass(frozen=True, slots=True)
class CodeLater:
    """A code left moments ago, or too many did (`often`): none was sent."""

    often: bool


Complaint = (
    OldForm
    | NeedsChoice
    | NeedsReason
    | NeedsDate
    | NeedsTick
    | NeedsCode
    | WrongCode
    | TooManyCodes
    | NeedsFactor
    | WrongFactor
    | TooManyFactors
    | NoFactor
    | Foreign
    | CodeSent
    | CodeLater
)


# --- what becomes of a look and of a press


@dataclass(frozen=True, slots=True)
class Again:
    """Nothing was recorded: the page once more, with what was typed and why."""

    page: Page
    form: Form
    why: Complaint


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer stands. `browser` is the new cookie of a browser that has just become known."""

    sheet: Sheet
    said: str
    comment: str
    question: bool = False
    browser: Minted | None = None


@dataclass(frozen=True, slots=True)
class Already:
    """A decision was there before: who, what, when."""

    sheet: Sheet
    who: str
    said: str
    when: str
    comment: str
    own: bool
    browser: Minted | None = None


@dataclass(frozen=True, slots=True)
class Stale:
    """The card or the round has moved on. `task` is open: there is a newer letter. `note`: why it is not."""

    sheet: Sheet
    task: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """The case is over."""

    sheet: Sheet
    state: CaseState


@dataclass(frozen=True, slots=True)
class NotYours:
    """The person of the link may not decide any more; `who` may."""

    sheet: Sheet
    who: str


@dataclass(frozen=True, slots=True)
class Forged:
    """Unknown, expired, malformed, of another kind: all look the same."""


@dataclass(frozen=True, slots=True)
class Served:
    """One file of the card."""

    file: FileVersion
    content: bytes


Ended = Already | Stale | Closed | NotYours
Looked = Page | Ended | Forged
Pressed = Recorded | Again | Page | Ended | Forged
