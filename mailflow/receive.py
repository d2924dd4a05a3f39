"""Take one mail in: from its bytes to a committed transition.

The order is the safety: the bytes are kept before they are understood, the database has committed
before the mail server is told anything (`daemon` settles afterwards). Killed anywhere, the mail is
taken again and known again; nothing happens twice, because an event's key is the mail's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from mailflow import log
from mailflow.advance import advance
from mailflow.answering_list import answer_list
from mailflow.commanding import with_what_a_command_needs
from mailflow.core.around import Target
from mailflow.core.arrivals import Arrival
from mailflow.core.classify import classify
from mailflow.core.events import CommandReceived, Event, NoticeDue, RequestReceived
from mailflow.core.happening import event_of, shown
from mailflow.core.kinds import Command, Kind, Understood
from mailflow.core.message import Message, parse
from mailflow.core.offering import registered_letter, wants_registered
from mailflow.core.returned_links import links_in
from mailflow.core.sender import Proven, SenderProof, Unproven, prove
from mailflow.digest import register_answer
from mailflow.edges.blobs import Kept
from mailflow.edges.store import InboxRow, InboxState, Source, Taken
from mailflow.killpoints import reached
from mailflow.lookup import (
    Desk,
    files_of,
    forms_for,
    notice_answered,
    offered_in,
    papers_of,
    states_fields,
    target_of,
)
from mailflow.recalling import present
from mailflow.reporting import report_answer
from mailflow.seeking import search_answer

Settle = Literal["processed", "quarantined"]
MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that is kept: where it lay, what it is, its bytes' hash and number."""

    source: Source | None
    message: Message
    sha256: str
    size: int
    received_at: datetime


async def receive(
    raw: bytes, source: Source | None, received_at: datetime, now: datetime, desk: Desk, again: bool = False
) -> Settle:
    """Keep a mail, then take it in."""
    [kept] = await desk.blobs.keep_all([raw])
    return await take_in(kept, source, received_at, now, desk, again)


async def take_in(
    kept: Kept, source: Source | None, received_at: datetime, now: datetime, desk: Desk, again: bool = False
) -> Settle:
    """Take a mail in and say where it belongs on the server. Raises only when the world broke.

    `again`: a person wants a mail that is held to be understood anew.
    """
    mail = _mail(kept, source, received_at)
    reached("mail.kept")
    await desk.store.came_back(links_in(mail.message, desk.ring), now)
    known = await _known(mail, desk)
    if known is not None and not (again and known.taken.state == "quarantined"):
        return await _repeated(known, mail, desk)
    desk = replace(desk, office=await present(desk.office, desk.store, now))
    arrival, understood = await _understand(kept.content, mail, now, desk)
    taken = _understood_row(mail, understood)
    listed = await answer_list(arrival, understood, desk)
    event = listed or await _event_of(arrival, understood, now, desk)
    event = event if listed else await _within_limits(event, arrival, now, desk)
    reached("mail.understood")
    if event is None:
        await desk.store.take_only(taken)
    else:
        await advance(event, desk.store, desk.office, now, taken)
    reached("mail.taken")
    log.mail_taken("-", understood.kind, understood.reason, mail.sha256)
    return "quarantined" if taken.state == "quarantined" else "processed"


async def failed(kept: Kept, source: Source | None, received_at: datetime, error: str, desk: Desk) -> Settle | None:
    """Note a mail whose taking in broke; None while it is to be tried again, then hold it for a person."""
    mail = _mail(kept, source, received_at)
    before = await desk.store.seen(source) if source is not None else None
    if before is not None and before.attempts + 1 >= MOST_ATTEMPTS:
        return await _hold(mail, error, desk)
    row = await desk.store.take_only(_row(mail, "failed", error))
    reached("mail.failed")
    log.mail_failed(mail.sha256, row.attempts, error)
    return None


async def oversized(headers: bytes, size: int, source: Source, received_at: datetime, desk: Desk) -> Settle:
    """Keep what was taken of a mail over the size limit, for a person to look at on the server."""
    mail = await _keep(headers, source, received_at, desk)
    return await _hold(mail, f"size-limit: {size} bytes; only its headers were read", desk)


async def unreadable(uid: int, reason: str, source: Source, now: datetime, desk: Desk) -> Settle:
    """Note a mail the server lists and refuses to give: it is shown to a person instead of being passed over."""
    place = f"{source.uidvalidity}.{uid}@unreadable.invalid"
    note = f"Message-ID: <{place}>\r\nSubject: the server does not give this mail\r\n\r\n"
    mail = await _keep(note.encode(), source, now, desk)
    return await _hold(mail, f"unreadable: {reason}", desk)


async def _keep(raw: bytes, source: Source | None, received_at: datetime, desk: Desk) -> Mail:
    [kept] = await desk.blobs.keep_all([raw])
    return _mail(kept, source, received_at)


def _mail(kept: Kept, source: Source | None, received_at: datetime) -> Mail:
    return Mail(source, parse(kept.content), kept.sha256, len(kept.content), received_at)


async def _hold(mail: Mail, reason: str, desk: Desk) -> Settle:
    await desk.store.take_only(_row(mail, "quarantined", reason))
    reached("mail.held")
    log.mail_quarantined(mail.sha256, reason)
    return "quarantined"


# --- known already


async def _known(mail: Mail, desk: Desk) -> InboxRow | None:
    row = await desk.store.seen(mail.source) if mail.source is not None else None
    row = row or await desk.store.seen_key(mail.message.key)
    return row if row is not None and row.taken.state != "failed" else None


async def _repeated(known: InboxRow, mail: Mail, desk: Desk) -> Settle:
    """The same mail at another place, or once more at the same: note where it lies, do nothing."""
    log.mail_repeated("-", mail.sha256)
    if mail.source is not None and mail.source != known.taken.source:
        await desk.store.take_only(replace(_row(mail, "duplicate", ""), case=known.taken.case))
        reached("mail.repeated")
    return "quarantined" if known.taken.state == "quarantined" else "processed"


# --- understanding


async def _understand(raw: bytes, mail: Mail, now: datetime, desk: Desk) -> tuple[Arrival, Understood]:
    message, directory = mail.message, desk.office.directory
    person = next((directory.by_address(a.mail) for a in message.from_[:1]), None)
    target = await target_of(message, desk)
    papers = await papers_of(message, target, desk) if _states_something(message, person, target) else ()
    around = replace(
        desk.around,
        forms=forms_for(target, desk),
        target=target,
        known_sender=person is not None,
        answers_notice=target is None and await notice_answered(message, desk) is not None,
        papers=papers,
        received_on=mail.received_at.astimezone(desk.office.hours.zone).date(),
    )
    understood = classify(message, around)
    arrival = Arrival(
        message=message,
        at=now,
        proof=_proof_of(prove(message, raw, desk.profile), person, target, desk),
        person=person,
        target=target,
        files=await files_of(message, understood, target, desk),
    )
    return await with_what_a_command_needs(arrival, understood, desk), understood


def _states_something(message: Message, person: str | None, target: Target | None) -> bool:
    """Say whether a mail's papers are read: a colleague's that states fields, an offer of whoever was asked."""
    if target is not None and target.outside:
        return bool(target.assignment) and any(a.mail.lower() == target.person for a in message.from_[:1])
    return person is not None and states_fields(target)


def _proof_of(proof: SenderProof, person: str | None, target: Target | None, desk: Desk) -> SenderProof:
    """Let a proof speak for the name in From only if it is that person's: asking in another's name is asking as nobody.

    An answer keeps its proof as it is: it is weighed against the person who was asked.
    """
    if target is not None or not isinstance(proof, Proven):
        return proof
    if desk.office.directory.by_address(proof.address) == person:
        return proof
    return Unproven("another_writer", proof.address)


MOST_NOTICES = {
    "unknown_request": 3,
    "may_not_start": 5,
    "help": 5,
    "stray": 100,
    "unclear_command": 10,
    "own_cases": 20,
    "tasks": 20,
    "register": 20,
    "found": 50,
    "report": 20,
    "mode": 10,
    "status": 20,
}
"""Letters of a kind one person is owed in a day for mails that move no case; the mails themselves are kept."""
MOST_IN_A_THREAD = 2
"""The same, where the mail answers such a letter: two machines that talk to each other stop here."""
MOST_UNPROVEN = 50
"""Cases of one person in a day past which a mail that nobody vouches for makes no further one."""
A_DAY = timedelta(days=1)


async def _within_limits(event: Event | None, arrival: Arrival, now: datetime, desk: Desk) -> Event | None:
    """A machine that answers every question with another mail is not asked without end, nor is a name borrowed so."""
    event = await _believable(event, arrival, now, desk)
    person, kind = _answered(event)
    if kind not in MOST_NOTICES:
        return event
    in_thread = await notice_answered(arrival.message, desk) is not None
    most = min(MOST_NOTICES[kind], MOST_IN_A_THREAD) if in_thread else MOST_NOTICES[kind]
    lately = await desk.store.letters_lately(person, kind, now - A_DAY)
    return event if lately < most else None


async def _believable(event: Event | None, arrival: Arrival, now: datetime, desk: Desk) -> Event | None:
    """Where our server vouches for people, requests it does not vouch for are shown to the secretary past a number."""
    if not isinstance(event, RequestReceived) or not isinstance(event.proof, Unproven) or desk.profile.kind == "none":
        return event
    lately = await desk.store.cases_lately(event.by, now - A_DAY)
    return event if lately < MOST_UNPROVEN else shown(arrival, desk.office)


def _answered(event: Event | None) -> tuple[str, str]:
    """Say who is owed a letter for a mail that moves nothing, and which."""
    match event:
        case NoticeDue():
            return event.to, event.kind
        case CommandReceived(command="status"):
            return event.by, event.command
        case _:
            return "", ""


async def _event_of(arrival: Arrival, understood: Understood, now: datetime, desk: Desk) -> Event | None:
    """Give the event the mail is: most are read from it alone, two need the store."""
    registration = await _registration(arrival, desk)
    if registration is not None:
        return registration  # «Register» in answer to a stranger's letter asks for no register
    if isinstance(understood, Command) and understood.command == "register" and arrival.person is not None:
        return await _register(arrival.message, understood, arrival.person, now, desk)
    if isinstance(understood, Command) and understood.command == "find" and arrival.person is not None:
        return await _search(arrival.message, understood, arrival.person, now, desk)
    if isinstance(understood, Command) and understood.command == "report" and arrival.person is not None:
        proven, message = isinstance(arrival.proof, Proven), arrival.message
        return await report_answer(understood.said, arrival.person, proven, message.key, message.message_id, desk, now)
    return event_of(understood, arrival, desk.office)


async def _register(message: Message, asked: Command, person: str, now: datetime, desk: Desk) -> Event:
    """«Реестр счетов за неделю»: the register as a sheet, to whoever may see it."""
    text = f"{message.subject}\n{asked.details.get('text', '')}"
    return await register_answer(
        text, person, message.key, message.message_id, desk.store, desk.blobs, desk.office, now
    )


async def _search(message: Message, asked: Command, person: str, now: datetime, desk: Desk) -> Event:
    """«Найти Ромашка»: what was found, to whoever may see it."""
    text = f"{asked.said}\n{asked.details.get('text', '')}"
    return await search_answer(text, person, message.key, message.message_id, desk, now)


async def _registration(arrival: Arrival, desk: Desk) -> Event | None:
    """The secretary's one word that makes a stranger's letter an incoming one."""
    shown = await notice_answered(arrival.message, desk) if arrival.target is None else None
    if shown is None or not wants_registered(arrival.message):
        return None
    offered = await offered_in(shown, desk)
    if offered is None:
        return None
    return registered_letter(offered.message, offered.key, offered.files, offered.person, arrival, desk.office)


# --- inbox rows


def _understood_row(mail: Mail, understood: Understood) -> Taken:
    held = understood.kind is Kind.QUARANTINED
    row = _row(mail, "quarantined" if held else "processed", "")
    return replace(row, kind=understood.kind, reason=understood.reason)


def _row(mail: Mail, state: InboxState, error: str) -> Taken:
    """The row of a mail as far as its headers tell."""
    return Taken(
        source=mail.source,
        message_key=mail.message.key,
        message_id=mail.message.message_id,
        sha256=mail.sha256,
        size=mail.size,
        received_at=mail.received_at,
        sender=", ".join(a.mail for a in mail.message.from_)[:320],
        subject=mail.message.subject[:1000],
        kind=Kind.QUARANTINED,
        reason=error,
        state=state,
        error=error,
    )
