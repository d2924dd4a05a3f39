"""From what was understood of a mail to the event it is for a case, or the letter it owes.

Owns: `event_of`. Refuses to know: databases; what it needs of them comes as values. A mail that
neither moves a case nor owes a letter gives None: it is kept with its reason, and that is all.
"""

from __future__ import annotations

from mailflow.core.answering_commands import answer_command
from mailflow.core.answers import Answer
from mailflow.core.around import Target
from mailflow.core.arrivals import Arrival, notice
from mailflow.core.bounces import is_delay
from mailflow.core.case import Fields
from mailflow.core.events import (
    AbsenceNoted,
    AnswerReceived,
    Event,
    LetterBounced,
    NoticeDue,
    OutsideAnswered,
    RequestReceived,
)
from mailflow.core.hands import hand_of, is_mailbox
from mailflow.core.kinds import Command, Kind, Other, Reply, Request, Understood
from mailflow.core.naming import with_people
from mailflow.core.office import Office
from mailflow.core.sender import Proven, SenderProof, Unproven
from mailflow.core.starting import may_start, who_may

LONGEST_QUOTE = 600
"""Characters of a stranger's letter the secretary is shown."""


def event_of(understood: Understood, arrival: Arrival, office: Office) -> Event | None:
    """Give the event the mail is, or None where nothing follows from it but keeping it."""
    match understood:
        case Reply():
            return _answer(understood, arrival, office)
        case Request():
            return _request(understood, arrival, office)
        case Command():
            return answer_command(understood, arrival, office)
        case Other():
            return _other(understood, arrival, office)


def _answer(reply: Reply, arrival: Arrival, office: Office) -> Event | None:
    target = arrival.target
    if target is None:
        return None
    if target.outside:
        return _from_outside(reply, target, arrival)
    fields, unsure = _settled(reply.fields, reply.ambiguous, target.process, office)
    sent_on = target.sent_on if reply.reading.answer is Answer.DELEGATE else None
    return AnswerReceived(
        key=arrival.message.key,
        at=arrival.at,
        case=target.case,
        assignment=sent_on.assignment if sent_on is not None else target.assignment,
        proof=arrival.proof,
        answer=reply.reading.answer,
        comment=reply.reading.comment or "",
        details=reply.reading.details,
        card=target.card,
        asked_at=target.asked_at,
        fields=fields,
        ambiguous=unsure,
        files=arrival.files if sent_on is None else (),  # they are those of our own letter
        findings=reply.findings,
        near=reply.near,
        message_id=arrival.message.message_id,
        signed=hand_of(arrival.message) if is_mailbox(office.directory.people.get(arrival.person or "")) else "",
    )


def _from_outside(reply: Reply, target: Target, arrival: Arrival) -> Event:
    """Whoever was written to outside answered; a colleague who sends his letter in only comments on the case."""
    message, text = arrival.message, reply.reading.comment or ""
    common = (message.key, arrival.at, target.case)
    if arrival.person is not None:
        answer = Answer.UNCLEAR
        return AnswerReceived(
            *common, "", arrival.proof, answer, text, files=arrival.files, message_id=message.message_id
        )
    said, proof = text[:LONGEST_ANSWER], _proof_of(target.person, arrival.proof)
    return OutsideAnswered(*common, target.assignment, target.person, proof, said, arrival.files, reply.fields)


def _proof_of(address: str, proof: SenderProof) -> SenderProof:
    """Let a proof speak for that address only: a server may vouch for another writer, named in Sender."""
    if isinstance(proof, Proven) and proof.address != address:
        return Unproven("another_writer", proof.address)
    return proof


LONGEST_ANSWER = 4000
"""Characters of an answer from outside that are passed on; the mail itself is kept whole."""


def _request(request: Request, arrival: Arrival, office: Office) -> Event | None:
    message = arrival.message
    if arrival.person is None:
        return None
    if request.process not in office.rules:
        begun = (
            name
            for name, process in office.rules.items()
            if process.starts_with.subject and may_start(process, arrival.person, office, arrival.at)
        )
        ways = tuple(_way(name, office, arrival.person) for name in begun)
        return notice("unknown_request", arrival, {"subject": message.subject}, ways)
    if not may_start(office.process(request.process), arrival.person, office, arrival.at):
        return _may_not_start(request, arrival, arrival.person, office)
    fields, unsure = _settled(request.fields, request.ambiguous, request.process, office)
    return RequestReceived(
        key=message.key,
        at=arrival.at,
        process=request.process,
        sure=request.sure,
        by=arrival.person,
        proof=arrival.proof,
        fields=fields,
        files=arrival.files,
        subject=message.subject,
        text=request.text,
        message_id=message.message_id,
        findings=request.findings,
        ambiguous=unsure,
        near=request.near,
    )


def _may_not_start(request: Request, arrival: Arrival, person: str, office: Office) -> Event:
    """Say who may start it; the mail itself is kept, and no case is made of it."""
    process = office.process(request.process)
    named = who_may(process, person, office, arrival.at)
    title = process.title.in_(office.directory.language(person))
    who = ", ".join(map(office.short, named))
    return notice("may_not_start", arrival, {"subject": arrival.message.subject, "process": title, "who": who})


def _settled(
    fields: Fields, ambiguous: tuple[str, ...], process: str, office: Office
) -> tuple[Fields, tuple[str, ...]]:
    """Give the fields that are sure, with people for names, and the names of those that are not."""
    sure = {name: value for name, value in fields.items() if name not in ambiguous}
    known = office.rules.get(process)
    if known is None:
        return sure, ambiguous
    settled, unsure = with_people(sure, known, office.directory)
    return settled, tuple(dict.fromkeys((*ambiguous, *unsure)))


def _way(process: str, office: Office, person: str) -> tuple[str, str]:
    """Title of a process and the word that starts it, for somebody whose mail fitted none."""
    rules = office.process(process)
    language = office.directory.language(person)
    word = next(iter(rules.starts_with.subject), process)
    return rules.title.in_(language), word.capitalize()


def _other(other: Other, arrival: Arrival, office: Office) -> Event | None:
    target, message = arrival.target, arrival.message
    if other.kind is Kind.AUTO_REPLY and target is not None and target.assignment:
        text = " ".join(message.text.split())[:LONGEST_QUOTE]
        until, deputy = other.details.get("until", ""), other.details.get("substitute", "")
        return AbsenceNoted(message.key, arrival.at, target.case, target.assignment, text, until, target.person, deputy)
    if other.kind is Kind.BOUNCE and target is not None and not is_delay(other):
        address = other.details.get("address", "") or office.short(target.person)
        reason = other.details.get("status", "") or other.reason
        return LetterBounced(message.key, arrival.at, target.case, target.assignment, address, reason, target.person)
    if other.kind is Kind.STRAY:
        return shown(arrival, office)
    return None


def shown(arrival: Arrival, office: Office) -> NoticeDue:
    """Show a stranger's letter to the secretary; the stranger himself gets no answer."""
    message = arrival.message
    writer = next((f"{a.name} <{a.mail}>" if a.name else a.mail for a in message.from_), "?")
    words = {"from": writer, "subject": message.subject, "text": message.text.strip()[:LONGEST_QUOTE]}
    rows = tuple((a.name,) for a in message.attachments if not a.inline)
    return NoticeDue(message.key, arrival.at, "stray", office.secretary, words, rows)
