"""What a timer does: remind, say that the term has passed, tell the manager, take silence for agreement.

Owns: the rules of silence. It agrees only where the process says so, for the one person who was silent, and never
for one who has begun to answer or whom the letter did not reach. Refuses to know: when a timer rings (`turn`).
"""

from __future__ import annotations

from mailflow.core.answers import Answer
from mailflow.core.asking import instruction
from mailflow.core.case import Ask, Assignment, CaseState, Decision, Standing
from mailflow.core.events import TimerDue
from mailflow.core.recording import pass_on_from, tell_initiator
from mailflow.core.silence import above, note_told
from mailflow.core.turn import Turn


def ring(turn: Turn, event: TimerDue) -> None:
    """Remind, tell that the term has passed, tell the manager, or take silence for agreement, as the rules say."""
    assignment = turn.case.assignment(event.assignment)
    if assignment is None or not assignment.open or turn.case.state is not CaseState.OPEN:
        turn.because("timer_idle")
        return
    if event.what == "silence":
        _agree_by_silence(turn, assignment)
    elif event.what == "escalate":
        _escalate(turn, assignment)
    else:
        _remind(turn, assignment, late=event.what == "due")


def _remind(turn: Turn, assignment: Assignment, late: bool) -> None:
    to = turn.acts_on(assignment)
    stage = turn.process.stage(assignment.stage)
    words = instruction(turn, stage.rule, assignment.principal) if stage is not None else {"instruction": ""}
    turn.because("late" if late else "reminded", who=turn.office.short(to))
    turn.letter("reminder", to, assignment.id, {**words, "late": "yes" if late else ""})


def _escalate(turn: Turn, assignment: Assignment) -> None:
    """Tell those the rules name, else the silent person's manager; where nobody is left of them, the secretary."""
    told = tuple(above(turn, assignment)) or (turn.office.secretary,)
    who = turn.office.short(assignment.principal)
    turn.because("escalated", who=who, told=", ".join(map(turn.office.short, told)))
    for person in told:
        since = turn.office.shown_day(assignment.opened_at, turn.office.directory.language(person))
        turn.letter("escalation", person, words={"who": who, "since": since})
        note_told(turn, assignment, person)


def _agree_by_silence(turn: Turn, assignment: Assignment) -> None:
    stage = turn.process.stage(assignment.stage)
    allowed = stage is not None and stage.rule.on_silence is not None and stage.rule.on_silence.approve
    who = turn.office.short(assignment.principal)
    if not allowed or assignment.ask is not Ask.APPROVAL:
        turn.because("timer_idle")
        return
    if assignment.spoke or assignment.nudges or assignment.undelivered:
        # A remark, a question, a promise, a reply nobody could prove: no silence. Somebody has to help it on.
        turn.because("not_silent", who=who)
        _escalate(turn, assignment)
        return
    decision = Decision(Answer.APPROVE, assignment.principal, turn.now, "rule", material=turn.material)
    turn.put(assignment, standing=Standing.DECIDED, decision=decision)
    turn.stop_timers(assignment)
    turn.because("silent", who=who)
    tell_initiator(turn, assignment, assignment.principal, pass_on_from(turn, assignment))
