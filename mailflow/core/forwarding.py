"""An approver's letter sent on to one colleague with us in copy: it asks his opinion, or leaves him the decision.

Owns: `read_forwarded`, two answers and no third. «Твоё мнение?» asks the colleague what he thinks, which decides
nothing and may stand among other words. «Реши ты» hands the task over, so that nothing that weighs, asks, doubts or
decides may stand beside it: what is left over makes it a comment, as every other mail is that we only read along.
Refuses to know: who the colleague is (`lookup`), whether the writer may hand the task over (`delegating`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mailflow.core.answer_types import Answer, Details, Reading
from mailflow.core.approvals import DECISION_PHRASES
from mailflow.core.normal import fold
from mailflow.core.phrase_search import Phrase, index
from mailflow.core.says import Says
from mailflow.core.statements import Span, Statement, statement

_TO_A_COLLEAGUE = (Says.THINKS, Says.MIND, Says.YOURS)
_INDEX = index(*_TO_A_COLLEAGUE, Says.NOT, *DECISION_PHRASES)
_WEIGHS = (
    Says.DOUBT, Says.NEGATED, Says.WITHDRAW, Says.YES, Says.NO, Says.REJECT, Says.REWORK, Says.FIX,
    Says.PROXY, Says.WOULD, Says.IF, Says.BUT, Says.REGRET, Says.NOT, Says.DELEGATE,
)  # fmt: skip
"""What makes «реши ты» uncertain, wherever in the mail it stands."""


def read_forwarded(text: str, to: str, written_on: date) -> Reading | None:
    """Read what is said to the colleague at address `to`; None where it is neither of the two. Pure."""
    said = statement(text, _INDEX, written_on)
    if not said.whole:
        return None
    if _leaves_it(said):
        return Reading(Answer.DELEGATE, fold(said.text), Details(to=to), "the decision is left to the colleague")
    if any(True for _ in _opinions(said)):
        details = Details(to=to, opinion=True)
        return Reading(Answer.DELEGATE, fold(said.text), details, "the colleague's opinion is wanted")
    return None


def _leaves_it(said: Statement) -> bool:
    yours = said.said(Says.YOURS)
    if not yours or said.said(*_WEIGHS) or any(span.asks for span in said.sentences):
        return False
    return all(said.is_quiet(said.sentence_of(one), Says.YOURS, Says.OBJECT) for one in yours)


def _opinions(said: Statement) -> Iterator[Phrase]:
    for one in said.said(Says.THINKS, Says.MIND):
        sentence = said.sentence_of(one)
        if said.within(Span(sentence.first, one.last), Says.NOT, Says.NEGATED):
            continue
        asks = sentence.asks or said.fills_segment(one)
        if asks or (one.says is Says.THINKS and said.opens_segment(one)):
            yield one
