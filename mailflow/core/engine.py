"""Where a case moves: one pure function from a case and an event to the case after.

Owns: `transition`, the only way a case changes, and the table of what each event does.
Refuses to know: databases, clocks, mail. The same case, event and office always give the same
transition, so the journal can be played again.
"""

from __future__ import annotations

from typing import assert_never

from mailflow.core.absence import absent, bounced, left
from mailflow.core.archiving import archived
from mailflow.core.case import Ask, Case, case_id
from mailflow.core.confirming import ask_whether
from mailflow.core.deciding import answer, settle
from mailflow.core.delegating import handed
from mailflow.core.effects import Enclosed, Remember, SendLetter, Transition
from mailflow.core.entering import enter
from mailflow.core.events import (
    AbsenceNoted,
    AnswerReceived,
    ApiKeyEnded,
    ApiKeyMade,
    CaseArchived,
    CaseEvent,
    CommandReceived,
    DataErased,
    DecisionEntered,
    DocumentMade,
    Event,
    EvidenceGiven,
    KeySigns,
    LetterBounced,
    LetterRenewed,
    LinkedCaseClosed,
    NoticeDue,
    OutsideAnswered,
    PersonLeft,
    RequestReceived,
    RulesTaken,
    RulesUpgraded,
    TaskHandedOver,
    TimerDue,
)
from mailflow.core.hinting import near_words
from mailflow.core.learning import learn
from mailflow.core.linking import document_made, linked_closed
from mailflow.core.office import Office
from mailflow.core.payees import fill_from_memory
from mailflow.core.renewing import renew
from mailflow.core.ringing import ring
from mailflow.core.route import begin
from mailflow.core.seeing import may_see
from mailflow.core.sender import Proven, Unproven
from mailflow.core.supplying import outside_answered
from mailflow.core.turn import Turn
from mailflow.core.upgrading import short_version, upgrade
from mailflow.core.versions import take_files
from mailflow.core.withdrawing import withdraw
from mailflow.core.wording import notice_word, sentence


class NoSuchCase(LookupError):
    """The event speaks of a case that does not exist: a defect of the caller, never of a mail."""


def transition(case: Case | None, event: Event, office: Office) -> Transition:
    """Give the case after the event, what must be done outside, and why in one sentence."""
    match event:
        case NoticeDue():
            return _notice(event, office)
        case RulesTaken():
            words = {"process": event.process, "version": short_version(event.version)}
            return Transition(None, (), sentence("rules_taken", office.language, **words))
        case EvidenceGiven():
            return Transition(None, (), sentence("evidence_given", office.language, count=event.rows))
        case DataErased():
            words = {"about": event.about, "count": str(len(event.rows)), "reason": event.reason}
            return Transition(None, (), sentence("data_erased", office.language, **words))
        case KeySigns():
            return Transition(None, (), sentence("key_signs", office.language, number=event.number))
        case ApiKeyMade():
            rights, processes = ", ".join(event.rights), ", ".join(event.processes) or "*"
            words = {"id": event.id, "name": event.name, "rights": rights, "processes": processes}
            return Transition(None, (), sentence("api_key_made", office.language, **words))
        case ApiKeyEnded():
            return Transition(None, (), sentence("api_key_ended", office.language, id=event.id, name=event.name))
        case RequestReceived():
            return _open(event, office)
        case _:
            if case is None:
                raise NoSuchCase(event.case)
            turn = Turn(case, event.key, event.at, office, getattr(event, "message_id", ""))
            _happen(turn, event)
            learn(turn, case)
            return turn.finished()


def _happen(turn: Turn, event: CaseEvent) -> None:
    match event:
        case AnswerReceived():
            answer(turn, event)
        case CommandReceived():
            _command(turn, event)
        case TimerDue():
            ring(turn, event)
        case AbsenceNoted():
            absent(turn, event)
        case LetterBounced():
            bounced(turn, event)
        case OutsideAnswered():
            outside_answered(turn, event)
        case DocumentMade():
            document_made(turn, event)
        case CaseArchived():
            archived(turn, event)
        case LinkedCaseClosed():
            linked_closed(turn, event)
        case RulesUpgraded():
            upgrade(turn, event)
        case TaskHandedOver():
            handed(turn, event)
        case DecisionEntered():
            enter(turn, event, settle)
        case PersonLeft():
            left(turn, event)
        case LetterRenewed():
            renew(turn, event)
        case _:
            assert_never(event)


def _open(event: RequestReceived, office: Office) -> Transition:
    """Open a case: its number, its card, its files, and the first person asked."""
    case = Case(
        id=case_id(event.key),
        process=event.process,
        initiator=event.by,
        opened_at=event.at,
        subject=event.subject,
        findings=event.findings,
        proven=isinstance(event.proof, Proven),
        confirmed=event.sure,
        unsure=tuple(name for name in event.ambiguous if name in office.process(event.process).fields),
        rules=office.process(event.process).version,
        started_from=event.started_from,
        thread=(event.message_id,) if event.message_id else (),
    )
    turn = Turn(case, event.key, event.at, office, event.message_id)
    turn.fill(event.fields, event.findings)
    fill_from_memory(turn)
    turn.take_number()
    take_files(turn, event.files, event.by)
    who = office.short(event.by)
    if event.started_from:
        turn.because("from_case", who=who)
    elif isinstance(event.proof, Unproven):
        turn.because("opened_unproven", who=who, reason=event.proof.in_(office.language))
    else:
        turn.because("opened", who=who)
    begin(turn)
    if not event.started_from:
        _receipt(turn, event)
    learn(turn, None)
    return turn.finished()


def _receipt(turn: Turn, event: RequestReceived) -> None:
    """Tell the initiator the number; where he himself is asked to fill something, a reply to this fills it too."""
    mine = [a for a in turn.case.open_assignments if a.principal == turn.case.initiator]
    if any(a.ask is not Ask.FIELDS for a in mine):
        return  # The letter that asks him tells him the number too.
    task = next((a.id for a in mine), "")
    turn.letter("registered", turn.case.initiator, task, words=near_words(event.near), answers_a_mail=True)


def _notice(event: NoticeDue, office: Office) -> Transition:
    """One letter for a mail that moves no case."""
    known = event.to in office.directory.people
    address = event.address or office.directory.people[event.to].address
    letter = SendLetter(
        f"{event.key}/0",
        event.kind,
        event.to,
        address,
        event.language or (office.directory.language(event.to) if known else office.language),
        automatic_answer=bool(event.in_reply_to),
        words=event.words,
        rows=event.rows,
        in_reply_to=event.in_reply_to,
        enclosed=tuple(Enclosed(f.name, f.content_type, f.sha256, f.size) for f in event.enclosed),
    )
    what = notice_word(event.kind, office.language)
    why = sentence("notice", office.language, what=what, who=office.short(event.to) if known else address)
    learnt = (Remember(f"{event.key}/{place}", fact) for place, fact in enumerate(event.learns, start=1))
    return Transition(None, (letter, *learnt), why)


def _command(turn: Turn, event: CommandReceived) -> None:
    who = turn.office.doer(event.by)
    if not may_see(turn.case, event.by, turn.office, turn.now):
        turn.because("not_shown", who=who)
        return
    if event.command == "status":
        turn.because("status", who=who)
        turn.letter("status", event.by, answers_a_mail=True)
        return
    if isinstance(event.proof, Proven):
        withdraw(turn, event.by, event.comment)
        return
    ask_whether(turn, event.by, event.proof)
