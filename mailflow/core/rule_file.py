"""The form of one file of rules/: what it may say, key by key.

Owns: the models the text is read into; an unknown key is an error. Refuses to know: whether what it says
holds together (`rule_checks`), and cases.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mailflow.core.field_forms import FieldType
from mailflow.core.rule_words import Entry, InWords, Span, Texts, Values, WhoIs
from mailflow.core.stages import Stage


class Register(Entry):
    """The numbered list the process enters: its name and the form of its numbers."""

    name: str
    number: str
    index: str = ""
    """The index of the file its papers belong to; {index} in the number."""
    title: InWords | None = None


class StartsWith(Entry):
    """How a mail becomes this process: plus tags or aliases, first words of the subject; the rest is a guess."""

    address: Texts = ()
    subject: Texts = ()
    attachment: Texts = ()
    """Words of an attachment's name: the initiator is asked whether it is this process."""
    text: Texts = ()
    """Words anywhere in the subject, the mail or its papers: asked about likewise."""


class FieldRule(Entry):
    """One field of the card."""

    type: FieldType
    """What its value is."""
    label: InWords
    """Its name on the card."""
    required: bool | str = False
    """true, false, or a condition: «!urgent»."""
    read_from: Texts = Field(default=("body", "paper"), alias="from")
    """body = what the mail states; paper = the attached invoice, its QR code included; subject = the words of
    the subject; text = all the writer wrote beside his form lines; original = the
    forwarded letter itself; to = whom else the mail is
    written to; answers = «На № …» names it, as our answer to a letter does."""
    material: bool = False
    """A change brings everybody back, even those who agreed."""
    of: Values = ()
    """The values a choice may have: in brackets, or the name of a list of the site."""
    most: int | None = Field(default=None, gt=0)
    """How many a list may name; when it names more, the initiator is asked."""
    departments: Literal["head", "everybody"] = "head"
    """Whom a department in a list of people stands for."""
    synonyms: Texts = ()
    """Words by which a mail may name it, beside those everybody knows."""
    ask: InWords | None = None
    """The question put to the initiator when it is missing."""
    card: bool = True
    """Shown on the card of every letter."""


class Rework(Entry):
    """Where the corrected case goes, and whether those who agreed are asked again."""

    returns_to: Literal["first stage", "same stage"] = "first stage"
    skip_agreed: Literal["never", "unless material changed"] = "unless material changed"


class AddsUp(Entry):
    """Sums of one initiator to one payee count together, so that none is paid in parts: `total` in conditions."""

    sum: str = "amount"
    """The field that is added up."""
    within: Span
    """How far back it is looked."""


class RuleFile(Entry):
    process: str = Field(pattern=r"^[a-z][a-z_]*$")
    title: InWords
    summary: InWords
    """The case in one line: {field} in braces; a part between « · » whose field is empty is left out."""
    register_: Register = Field(alias="register")
    starts_with: StartsWith = StartsWith()
    started_by: WhoIs | None = None
    """Who may start it, as in `who`; without it everybody of the directory."""
    fields: dict[str, FieldRule]
    stages: list[dict[str, Stage]]
    adds_up: AddsUp | None = None
    rework: Rework = Rework()
    tell_initiator: Literal["when all agreed", "each stage"] = "when all agreed"
    """When the initiator hears of agreement: once, or of every stage that is passed."""
    receipt: InWords | None = None
    """What the initiator is told of a case that needed nobody and is done at once."""
    archive: bool = False
    """Its final files and papers go to the archive of the settings when it is finished."""
    closing_papers: Texts = ()
    """Documents made when the case is closed and sent to its initiator."""
