"""What a reply decides: a closed world for "yes".

Owns: the way from a fresh text to one reading. Refuses to know: the words (`phrases`), the rules (`approvals`,
`performing`, `resolutions`), who wrote the text and whether he may decide.

A reading is `approve` only if, after removing everything that is not the person's own decision,
the rest is an approve phrase with harmless tails and nothing left over. A wrong "no" costs one
letter, a wrong "yes" costs money.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from mailflow.core import performing, resolutions
from mailflow.core.answer_types import Answer, Details, Expecting, Reading
from mailflow.core.approvals import APPROVAL_INDEX, APPROVAL_RULES, Rule, states_a_fact, unclear
from mailflow.core.normal import swap_layout
from mailflow.core.phrase_search import Index
from mailflow.core.statements import Statement, statement

__all__ = ["Answer", "Details", "Expecting", "Reading", "read"]

_RULES: dict[Expecting, tuple[Index, tuple[Rule, ...]]] = {
    Expecting.APPROVAL: (APPROVAL_INDEX, APPROVAL_RULES),
    Expecting.PAYMENT: (performing.PAYMENT_INDEX, performing.PAYMENT_RULES),
    Expecting.EXECUTION: (performing.EXECUTION_INDEX, performing.EXECUTION_RULES),
    Expecting.ACKNOWLEDGEMENT: (performing.ACKNOWLEDGEMENT_INDEX, performing.ACKNOWLEDGEMENT_RULES),
    Expecting.RESOLUTION: (resolutions.RESOLUTION_INDEX, resolutions.RESOLUTION_RULES),
}
_UNSURE = (Answer.UNCLEAR, Answer.APPROVE_WITH_REMARKS, Answer.QUESTION)
_LONGEST_SLIP = 60


def read(text: str, expecting: Expecting, written_on: date, language: str = "ru") -> Reading:
    """Read the fresh text of a reply (see `reply.fresh`) as one answer. Pure; never raises.

    Dates without a year and «завтра» are counted from `written_on`. Both languages are always read,
    whatever `language` the person is written to in.
    """
    phrases, rules = _RULES[expecting]
    said = statement(text, phrases, written_on)
    reading = _judge(said, rules)
    if said.phrases or reading.answer not in _UNSURE or not _may_be_other_layout(text):
        return reading
    swapped = statement(swap_layout(text), phrases, written_on)
    other = _judge(swapped, rules)
    return other if swapped.phrases and other.answer not in _UNSURE else reading


def _judge(said: Statement, rules: tuple[Rule, ...]) -> Reading:
    reading = next((reading for rule in rules if (reading := rule(said))), unclear(said))
    if reading.answer is Answer.UNCLEAR and not states_a_fact(said):
        return replace(reading, details=Details(no_reason=True))
    return reading


def _may_be_other_layout(text: str) -> bool:
    """Tell whether the text is one short line in one alphabet: only the whole of it may be a slip of the layout."""
    line = text.strip()
    letters = [letter for letter in line if letter.isalpha()]
    return 0 < len(line) <= _LONGEST_SLIP and "\n" not in line and len({letter.isascii() for letter in letters}) == 1
