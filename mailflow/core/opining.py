"""What a colleague thinks who was shown somebody's letter: it comes back to whoever decides, and decides nothing.

Owns: keeping an opinion on the case and telling the one it helps. An approver forwards his letter to a colleague,
«твоё мнение?»; the colleague answers it; nobody has to copy his words by hand.
"""

from __future__ import annotations

from mailflow.core.answers import Answer
from mailflow.core.case import Assignment, CaseState, Opinion
from mailflow.core.entitlement import DECISIONS
from mailflow.core.events import AnswerReceived
from mailflow.core.recording import REPLIED
from mailflow.core.sender import Proven
from mailflow.core.turn import Turn
from mailflow.core.wording import answer_word

MOST_OPINIONS = 10
"""On one case; later ones stand in the journal only."""


def opine(turn: Turn, assignment: Assignment, event: AnswerReceived) -> bool:
    """Keep a colleague's answer to another's letter as an opinion, and pass it on; False where it is none."""
    writer = turn.office.directory.by_address(event.proof.address) if isinstance(event.proof, Proven) else None
    text = event.comment or (answer_word(event.answer, turn.language) if event.answer is not Answer.UNCLEAR else "")
    waits = assignment.open and assignment.ask in DECISIONS and turn.case.state is CaseState.OPEN
    if writer is None or not text or not waits or event.channel not in REPLIED:
        return False
    turn.because("opinion", who=turn.office.short(writer))
    if len(turn.case.opinions) >= MOST_OPINIONS:
        return True
    turn.change(opinions=(*turn.case.opinions, Opinion(writer, assignment.id, text, turn.now)))
    words = {"who": turn.office.short(writer), "text": text}
    turn.letter("opinion", turn.acts_on(assignment), assignment.id, words)
    return True
