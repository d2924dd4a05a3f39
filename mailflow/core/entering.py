"""A decision given on paper or by word, entered by the secretary, and marked so wherever it is shown.

Owns: who may enter what, and that its owner learns of it at once. Refuses to know: what the decision does then
(`deciding`): it is his as if he had written it.

The secretary enters nothing for herself and nothing on her own case. Money asks for the scan, never only a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mailflow.core.answers import Answer
from mailflow.core.assurance import wants_factor
from mailflow.core.case import Assignment, CaseState, card_hash
from mailflow.core.entitlement import DECISIONS
from mailflow.core.events import AnswerReceived, DecisionEntered
from mailflow.core.office import SECRETARY
from mailflow.core.reasons import Reason, because, note_refusal, tell_refusal
from mailflow.core.sender import Proven
from mailflow.core.turn import Turn
from mailflow.core.versions import keep_aside
from mailflow.core.wording import answer_word

Settle = Callable[[Turn, Assignment, AnswerReceived, str], None]

_WORDS: tuple[tuple[Answer, re.Pattern[str]], ...] = (
    (Answer.REWORK, re.compile(r"на доработк\w+|верну\w+|rework|return\w*", re.IGNORECASE)),
    (
        Answer.REJECT,
        re.compile(
            r"отклон\w+|отказ\w+|не соглас\w+|не утверд\w+|против\b|reject\w*|refus\w+|not approved", re.IGNORECASE
        ),
    ),
    (Answer.APPROVE, re.compile(r"соглас\w+|утвер\w+|одобр\w+|подпис\w+|approv\w+|agree\w*|signed", re.IGNORECASE)),
)
_BY_WORD = re.compile(r"устно|на словах|по телефону|by word|orally|by phone", re.IGNORECASE)


def read_entered(text: str) -> tuple[Answer, str] | None:
    """Read what was decided and why; None where it does not say one thing surely."""
    found = [(answer, match) for answer, pattern in _WORDS if (match := pattern.search(text))]
    if not found:
        return None
    answer, match = found[0]
    reason = text[match.end() :].strip(" \t\n:,.;—–-")
    if answer is Answer.APPROVE:
        doubtful = re.search(r"\b(?:но|кроме|если|при условии|but|except|if)\b|\?", text, re.IGNORECASE)
        return None if doubtful else (answer, "")
    return (answer, reason) if reason else None


def by_word(text: str) -> bool:
    """Say whether the decision was given by word: then there is no scan."""
    return _BY_WORD.search(text) is not None


def enter(turn: Turn, event: DecisionEntered, settle: Settle) -> None:
    """Let the decision happen as its owner's, tell him and the secretary; or say why it cannot be entered."""
    assignment = turn.case.assignment(event.assignment)
    refusal = _refusal(turn, assignment, event)
    if refusal or assignment is None:
        refusal = refusal or because("moved_on")
        note_refusal(turn, event.by, refusal)
        tell_refusal(turn, event.by, refusal, event.comment)
        return
    keep_aside(turn, event.files, event.by, event.comment)
    by = turn.office.short(event.by)
    scans = ", ".join(f"{file.name} {file.sha256[:8]}" for file in event.files)
    turn.because("entered", by=by, who=turn.office.short(assignment.principal))
    said = _as_his(turn, assignment, event, f"entered by {by}; {scans or 'by word'}")
    settle(turn, assignment, said, assignment.principal)
    _tell(turn, assignment, event)


def _tell(turn: Turn, assignment: Assignment, event: DecisionEntered) -> None:
    """Tell whose decision it is, and the secretary, what now stands."""
    for to in dict.fromkeys((assignment.principal, event.by)):
        gender = turn.office.doer(assignment.principal).gender
        said = answer_word(event.answer, turn.office.directory.language(to), gender)
        words = {"who": turn.office.short(assignment.principal), "by": turn.office.short(event.by), "said": said}
        own = assignment.id if to == assignment.principal else ""
        turn.letter("entered", to, own, words, answers_a_mail=to == event.by)


def _as_his(turn: Turn, assignment: Assignment, event: DecisionEntered, proof: str) -> AnswerReceived:
    return AnswerReceived(
        key=event.key,
        at=event.at,
        case=event.case,
        assignment=assignment.id,
        proof=Proven(assignment.principal, proof),
        answer=event.answer,
        comment="; ".join(filter(None, (event.comment, turn.note("on_paper", by=turn.office.short(event.by))))),
        channel="paper",
        card=card_hash(turn.case.fields, turn.case.files),
    )


def _refusal(turn: Turn, assignment: Assignment | None, event: DecisionEntered) -> Reason | None:
    """Say why this decision cannot be entered by this person; None when it can."""
    if not isinstance(event.proof, Proven):
        return because("no_proof", reason=event.proof)
    if event.by not in turn.office.directory.holders(SECRETARY):
        return because("only_secretary")
    if assignment is None or not assignment.open or turn.case.state is not CaseState.OPEN:
        return because("moved_on")
    if assignment.ask not in DECISIONS or event.by in (assignment.principal, turn.case.initiator):
        return because("not_for_herself")
    if wants_factor(turn.case, assignment, event.answer, turn.office):
        return because("second_factor")
    stage = turn.process.stage(assignment.stage)
    money = stage is not None and (stage.rule.assurance != "mail" or stage.rule.money_moves)
    return because("needs_scan") if money and not event.files else None
