"""A case: one matter under way, as a value.

Owns: the words of a case (card, files with versions, rounds, assignments, decisions) and the
questions one may ask it. Refuses to know: rules, people, letters, storage. A case is changed only
by `engine.transition`, which returns a new one.

Field values are canonical and plain, so that the database can be read without mailflow: amounts
are decimal strings with a dot, dates are ISO, a choice is its key, booleans are booleans.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from mailflow.core.answers import Answer
from mailflow.core.differing import Changes

FieldValue = str | bool | tuple[str, ...]
Fields = Mapping[str, FieldValue]
Channel = Literal["reply", "link", "mailto", "rule", "list", "paper"]
"""list: one reply to a list of tasks; paper: said on paper or by word, entered by the secretary."""


class CaseState(StrEnum):
    """Where a case stands. A case returned for rework is `open`: it waits for its initiator."""

    OPEN = "open"
    DONE = "done"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Ask(StrEnum):
    """What an assignment asks of its person. The first five are answered as `answers.Expecting` says."""

    APPROVAL = "approval"
    ACKNOWLEDGEMENT = "acknowledgement"
    PAYMENT = "payment"
    EXECUTION = "execution"
    RESOLUTION = "resolution"
    FIELDS = "fields"
    CORRECTION = "correction"
    EXPLANATION = "explanation"
    OPINION = "opinion"
    """An offer, an opinion: whatever is said or sent is the answer."""


class Standing(StrEnum):
    """What has become of an assignment."""

    OPEN = "open"
    DECIDED = "decided"
    SKIPPED = "skipped"
    VOID = "void"


# Stages every process has without saying so; a rules file cannot take these names.
CLARIFY = "clarify"
REWORK = "rework"
EXPLAIN = "explain"
CONFIRM = "confirm"
REQUISITES = "requisites"
OWN_STAGES = (CLARIFY, REWORK, EXPLAIN, CONFIRM, REQUISITES)


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One version of one file; the content lies in the file store under its SHA-256."""

    name: str
    version: int
    sha256: str
    size: int
    content_type: str
    by: str
    at: datetime
    comment: str = ""
    current: bool = True
    changes: Changes | None = None
    """What changed in its text since the version before, where both have one."""
    paper: str = ""
    """The name of the paper mailflow had made, where this is a person's corrected version of it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer that counts. `by` may differ from the assignment's principal when a deputy decided."""

    answer: Answer
    by: str
    at: datetime
    channel: Channel
    comment: str = ""
    proof: str = ""
    card: str = ""
    """Hash of the card the person decided on (see `card_hash`)."""
    material: str = ""
    """Hash of what was material then (see `material_hash`): an agreement holds only while that is unchanged."""
    signed: str = ""
    """Of a mailbox: whose hand it was, as his mail was signed; noted, never proven."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one person has to do at a stage. `id` is its case, round, stage and principal."""

    id: str
    round: int
    stage: str
    principal: str
    ask: Ask
    opened_at: datetime
    due_at: datetime | None = None
    standing: Standing = Standing.OPEN
    decision: Decision | None = None
    note: str = ""
    """Why it was skipped or made void, as it stands on the approval sheet."""
    pending: Answer | None = None
    """A decision begun and not finished: a refusal without a reason, a yes with remarks."""
    pending_comment: str = ""
    about: str = ""
    """For an explanation: the assignment whose question it answers."""
    nudges: int = 0
    """How many letters have asked this person to say it more clearly; there is a limit."""
    nudged_at: datetime | None = None
    """When the last of them was."""
    carried: bool = False
    """Not asked because an agreement given before still holds."""
    deferred_to: str = ""
    """The ISO day the person said he will decide; one reminder is set for it."""
    delegate: str = ""
    """Who acts at this one task in place of the principal: handed over by him, or by whom the rules allow."""
    away: bool = False
    """An automatic reply said that the person is away; told once."""
    spoke: bool = False
    """The person has said something to it: from then on his silence is no agreement."""
    undelivered: bool = False
    """A letter to the person came back: his silence says nothing."""
    silent_at: datetime | None = None
    """When silence is acted upon: agreement by rule, or the manager is told."""
    paused_at: datetime | None = None
    """Since when the clock stands still, because he waits for an answer to his question."""
    reasked_at: datetime | None = None
    """When he took a decision back: no letter written before can be answered once more."""

    @property
    def open(self) -> bool:
        """True while the person still has to act."""
        return self.standing is Standing.OPEN


@dataclass(frozen=True, slots=True)
class Paper:
    """A document mailflow made for the case: a sheet, a letter. Not part of what was approved.

    There are two of one `document` where it was made as PDF and in a form to go on working with.
    """

    document: str
    name: str
    sha256: str
    size: int
    content_type: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SupplierOffer:
    """A supplier who was asked for an offer by mail, and what came of it."""

    stage: str
    name: str
    address: str
    asked_at: datetime
    standing: str = "asked"
    """asked, offered, declined, undelivered"""
    at: datetime | None = None
    text: str = ""
    amount: str = ""
    currency: str = ""
    terms: str = ""
    sure: bool = False
    """The sum is surely that of the offer; else it is shown as one to be confirmed."""
    proven: bool = False
    late: bool = False
    files: tuple[str, ...] = ()
    """Names of what he sent; the files lie beside the case."""

    @property
    def shown(self) -> str:
        """How he is called, or his address."""
        return self.name or self.address


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a colleague who was shown a letter thinks. It decides nothing."""

    by: str
    about: str
    """The assignment whose letter he answered."""
    text: str
    """His words; '' where he only said what `answer` says."""
    at: datetime
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One matter under way. `version` counts its transitions; a commit compares and sets it."""

    id: str
    process: str
    initiator: str
    opened_at: datetime
    subject: str = ""
    number: str = ""
    """Taken from the register when the case is first committed, hence empty in a new case."""
    register: str = ""
    state: CaseState = CaseState.OPEN
    round: int = 1
    stage: str = ""
    """The present stage; of several side by side the first that is not passed."""
    passed: tuple[str, ...] = ()
    """Of the stages that run side by side now, those that are passed."""
    fields: Fields = field(default_factory=dict)
    files: tuple[FileVersion, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    findings: tuple[str, ...] = ()
    """Codes of the checks that failed."""
    proven: bool = False
    """The request came with sender proof: a trusted sum may act."""
    confirmed: bool = True
    """False while the process is only a guess that the initiator has yet to confirm."""
    spawned: tuple[str, ...] = ()
    """The stages that have started their case or sent their notice: each does so once, whatever is taken back."""
    passed_on: int = 0
    """How many mere comments were passed on to those who decide; there is a limit."""
    opinions: tuple[Opinion, ...] = ()
    offers: tuple[SupplierOffer, ...] = ()
    """The suppliers asked for offers by mail."""
    papers: tuple[Paper, ...] = ()
    unsure: tuple[str, ...] = ()
    """Fields the initiator stated in a way that may be read as two values: he is asked, and nothing is chosen."""
    rules: str = ""
    """The version of its process it goes by (`Process.version`); '' = whatever the rules say today."""
    started_from: str = ""
    """The id of the case that started this one, or ''."""
    linked: tuple[str, ...] = ()
    """The numbers of the cases this one started that are closed."""
    thread: tuple[str, ...] = ()
    """Message-IDs of the request, so that letters thread with it."""
    closed_at: datetime | None = None
    archived: str = ""
    """The folder below the archive its papers lie in; '' = in none."""
    version: int = 0

    def assignment(self, assignment_id: str) -> Assignment | None:
        """Give the assignment of that id, or None."""
        return next((a for a in self.assignments if a.id == assignment_id), None)

    @property
    def open_assignments(self) -> tuple[Assignment, ...]:
        """Those who have to act now."""
        return tuple(a for a in self.assignments if a.open)

    @property
    def current_files(self) -> tuple[FileVersion, ...]:
        """The newest version of every file."""
        return tuple(f for f in self.files if f.current)

    def at_stage(self, stage: str) -> tuple[Assignment, ...]:
        """The assignments of a stage in the current round, in the order they were made."""
        return tuple(a for a in self.assignments if a.round == self.round and a.stage == stage)

    def with_assignment(self, changed: Assignment) -> Case:
        """Give the case with that assignment put in, in place of the one with its id if there is one."""
        if self.assignment(changed.id) is None:
            return replace(self, assignments=(*self.assignments, changed))
        rest = (changed if a.id == changed.id else a for a in self.assignments)
        return replace(self, assignments=tuple(rest))


def case_id(event_key: str) -> str:
    """Name a case after the event that opened it: the same event never opens two."""
    return hashlib.sha256(event_key.encode()).hexdigest()[:32]


def assignment_id(case: str, round_: int, stage: str, principal: str) -> str:
    """Name an assignment: there is one per case, round, stage and principal."""
    return f"{case}/{round_}/{stage}/{principal}"


def material_hash(fields: Fields, files: Iterable[FileVersion], material: Iterable[str]) -> str:
    """Hash what nobody may change behind an agreement: the material fields and every current file."""
    return card_hash({name: fields[name] for name in material if name in fields}, files)


def card_hash(fields: Fields, files: Iterable[FileVersion]) -> str:
    """Hash what an approver is shown: every field and the SHA-256 of every current file.

    A token is bound to this value, so a changed amount or file ends every outstanding one.
    """
    shown = {
        "fields": dict(sorted(fields.items())),
        "files": sorted((f.name, f.sha256) for f in files if f.current),
    }
    canonical = json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
