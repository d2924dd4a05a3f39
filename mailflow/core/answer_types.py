"""What a reply or a press says, as values; `answers` reads them out of words.

Owns: the closed set of answers and what each may carry. Refuses to know: how anything is read.
"""

from __future__ import annotations

import datetime  # by its own name: in `Details` the word `date` is a field
from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What a reply or a press says. `unclear` is everything that is not surely something else."""

    APPROVE = "approve"
    APPROVE_WITH_REMARKS = "approve_with_remarks"
    REWORK = "rework"
    REJECT = "reject"
    DECLINE = "decline"
    NEED_REASON = "need_reason"
    QUESTION = "question"
    DELEGATE = "delegate"
    DEFER = "defer"
    ACKNOWLEDGE = "acknowledge"
    PAID = "paid"
    DONE = "done"
    RESOLUTION = "resolution"
    WITHDRAW = "withdraw"
    UNCLEAR = "unclear"


class Expecting(StrEnum):
    """What an assignment asks for."""

    APPROVAL = "approval"
    ACKNOWLEDGEMENT = "acknowledgement"
    PAYMENT = "payment"
    EXECUTION = "execution"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Details:
    """What an answer carries: a payment's number and date, a delegate, a return date, a resolution, a refusal."""

    number: str = ""
    date: datetime.date | None = None
    to: str = ""
    until: datetime.date | None = None
    executors: tuple[str, ...] = ()
    due: datetime.date | None = None
    answer_needed: bool | None = None
    opinion: bool = False
    """`to` is wanted for his opinion only: «спросите Петрова»."""
    refusal: Answer | None = None
    """Of a refusal without its reason: which one it is, `reject`, `rework` or `decline`."""
    no_reason: bool = False
    """What was unclear is no reason of a refusal either: it half agrees, takes back, or speaks to somebody else."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`comment` is the fresh text to keep, whitespace folded; None when the answer says it all."""

    answer: Answer
    comment: str | None = None
    details: Details = Details()
    reason: str = ""
    """One sentence: why it was read so (for the log and `mailflow explain`)."""
