"""Why an answer does not count: a value, put into words only where it is known who will read them.

Owns: the value, telling it to the journal in the office's language and to a person in his own.
Refuses to know: which reason applies (`entitlement` and those who refuse), the sentences themselves (`wording`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailflow.core.answers import Answer
from mailflow.core.person_names import Gender
from mailflow.core.sender import Unproven
from mailflow.core.turn import Turn
from mailflow.core.views import Language
from mailflow.core.wording import answer_word, sentence


@dataclass(frozen=True, slots=True)
class Said:
    """An answer and the gender of whoever gave it."""

    answer: Answer
    gender: Gender | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A key of `wording` and its facts: names as they are, answers and proofs still without words."""

    key: str
    facts: Mapping[str, str | Said | Unproven]

    def in_(self, language: Language) -> str:
        """Say it in the reader's language."""
        return sentence(self.key, language, **{name: _worded(fact, language) for name, fact in self.facts.items()})


def because(key: str, **facts: str | Said | Unproven) -> Reason:
    """Give the reason of that key."""
    return Reason(key, facts)


def note_refusal(turn: Turn, person: str, reason: Reason) -> None:
    """Write into the journal that this person's answer does not count."""
    turn.because("not_counted", who=turn.office.short(person), reason=reason.in_(turn.language))


def tell_refusal(turn: Turn, to: str, reason: Reason, text: str, assignment: str = "") -> None:
    """Tell a person that an answer in his name does not count; `text` is what was written."""
    words = {"reason": reason.in_(turn.office.directory.language(to)), "text": text}
    turn.letter("not_counted", to, assignment, words, answers_a_mail=True)


def _worded(fact: str | Said | Unproven, language: Language) -> str:
    match fact:
        case Said(answer, gender):
            return answer_word(answer, language, gender)
        case Unproven():
            return fact.in_(language)
        case str():
            return fact
