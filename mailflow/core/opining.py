"""What a colleague thinks who was shown somebody's letter: it comes back to whoever decides, and decides nothing.

Owns: asking for an opinion, keeping it on the case and telling the one it helps. An approver forwards his letter to a
colleague, «твоё мнение?», or answers «спросите Петрова»; the colleague answers what he got; nobody has to copy his
words by hand. Whoever is asked gets the card and its papers and nothing to press: his answer counts as no decision.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.answers import Answer
from mailflow.core.case import Assignment, CaseState, Opinion
from mailflow.core.entitlement import DECISIONS
from mailflow.core.events import AnswerReceived
from mailflow.core.mentioning import who_is
from mailflow.core.nudging import may_nudge
from mailflow.core.office import Office
from mailflow.core.reasons import Reason, because, note_refusal, tell_refusal
from mailflow.core.recording import REPLIED
from mailflow.core.sender import Proven
from mailflow.core.turn import Turn
from mailflow.core.views import Language
from mailflow.core.wording import answer_word

MOST_OPINIONS = 10
"""On one case; later ones stand in the journal only."""


def opine(turn: Turn, assignment: Assignment, event: AnswerReceived) -> bool:
    """Keep a colleague's answer to another's letter as an opinion, and pass it on; False where it is none."""
    writer = turn.office.directory.by_address(event.proof.address) if isinstance(event.proof, Proven) else None
    answer = event.answer if not event.comment and event.answer is not Answer.UNCLEAR else None
    waits = assignment.open and assignment.ask in DECISIONS and turn.case.state is CaseState.OPEN
    if writer is None or not (event.comment or answer) or not waits or event.channel not in REPLIED:
        return False
    turn.because("opinion", who=turn.office.short(writer))
    if len(turn.case.opinions) >= MOST_OPINIONS:
        return True
    opinion = Opinion(writer, assignment.id, event.comment, turn.now, answer)
    turn.change(opinions=(*turn.case.opinions, opinion))
    reader = turn.acts_on(assignment)
    text = opinion_text(opinion, turn.office, turn.office.directory.language(reader))
    turn.letter("opinion", reader, assignment.id, {"who": turn.office.short(writer), "text": text})
    return True


def opinion_text(opinion: Opinion, office: Office, language: Language) -> str:
    """Give what a colleague thinks: his own words, or his one word in the reader's language."""
    if opinion.answer is None:
        return opinion.text
    return answer_word(opinion.answer, language, office.doer(opinion.by).gender)


def consult(turn: Turn, assignment: Assignment, event: AnswerReceived, person: str) -> None:
    """«Спросите Петрова»: write to him, and tell whoever asked; the task stays with him."""
    office = turn.office
    found = who_is(event.details.to, office.directory)
    refusal = _why_not(turn, found, person, event.details.to)
    if not may_nudge(turn, assignment):
        turn.because("unclear_silent", who=office.short(person))
        return
    if refusal:
        note_refusal(turn, person, refusal)
        tell_refusal(turn, person, refusal, event.comment, assignment.id)
        return
    turn.because("consults", who=office.short(person), whom=office.short(found[0]))
    turn.letter("consult", found[0], assignment.id, {"who": office.short(person), "text": event.comment})
    said, stays = _SAID[office.directory.language(person)]
    words = {"said": said.format(who=office.short(found[0])), "comment": "", "next": stays}
    turn.letter("recorded", person, assignment.id, words, answers_a_mail=True)


_SAID: Mapping[Language, tuple[str, str]] = {
    "ru": ("узнать мнение — {who}", "его мнение придёт вам письмом; решение остаётся за вами"),
    "en": ("ask for an opinion: {who}", "the opinion will come to you by mail; the decision stays yours"),
}


def _why_not(turn: Turn, found: tuple[str, ...], person: str, name: str) -> Reason | None:
    if len(found) != 1:
        return because("unknown_people", names=name)
    return because("his_already", who=turn.office.short(person)) if found[0] == person else None
