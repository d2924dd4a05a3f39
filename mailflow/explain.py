"""What mailflow would understand of a mail, touching nothing.

Owns: `explain`, from bytes to the one object `mailflow explain --json` prints. Without a site the
shipped rules are used, and whoever writes from our own domain counts as staff.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from mailflow.core.answers import Details, Expecting
from mailflow.core.case import Ask
from mailflow.core.classify import Paper, Surroundings, Target, classify
from mailflow.core.kinds import Command, Other, Reply, Request, Understood
from mailflow.core.message import Message, parse
from mailflow.core.numbers import find_number
from mailflow.edges.reading import kind_of, read_attachment

_ASKS = {
    Expecting.APPROVAL: Ask.APPROVAL,
    Expecting.ACKNOWLEDGEMENT: Ask.ACKNOWLEDGEMENT,
    Expecting.PAYMENT: Ask.PAYMENT,
    Expecting.EXECUTION: Ask.EXECUTION,
    Expecting.RESOLUTION: Ask.RESOLUTION,
}


def explain(raw: bytes, around: Surroundings, expecting: Expecting | None = None) -> dict[str, Any]:
    """Give what would be understood, with the names of `kinds` and the fields of the rules. Never raises."""
    message = parse(raw)
    target = _target(message, expecting)
    local = replace(
        around,
        own_addresses=around.own_addresses or _guessed_own(message),
        target=target,
        known_sender=around.known_sender or _of_our_domain(message, around),
        papers=_papers(message),
        received_on=message.date.date() if message.date is not None else date(1970, 1, 1),
    )
    understood = classify(message, local)
    return {"kind": understood.kind.value, "reason": understood.reason, **_more(understood, message)}


def _target(message: Message, expecting: Expecting | None) -> Target | None:
    """A mail answers a letter of ours if it was told so, or goes to a reply address, or bears a case's number."""
    if expecting is not None:
        return Target("", "", "", "", _ASKS[expecting])
    addresses = [*message.delivered_to, *(a.mail for a in message.to)]
    answers = bool(message.in_reply_to or message.references)
    if any("+t." in address for address in addresses) or (answers and find_number(message.subject)):
        return Target("", "", "", "", Ask.APPROVAL)
    return None


def _guessed_own(message: Message) -> tuple[str, ...]:
    """Without a site: the mailbox is whoever the mail was written to, without its plus tag."""
    found = []
    for address in [*(a.mail for a in message.to), *message.delivered_to]:
        local, _, domain = address.lower().rpartition("@")
        found.append(f"{local.partition('+')[0]}@{domain}")
    return tuple(dict.fromkeys(found))


def _of_our_domain(message: Message, around: Surroundings) -> bool:
    own = around.own_addresses or _guessed_own(message)
    domains = {address.rpartition("@")[2] for address in own}
    return any(a.mail.lower().rpartition("@")[2] in domains for a in message.from_)


def _papers(message: Message) -> tuple[Paper, ...]:
    attached = [*message.attachments, *(a for nested in message.nested for a in nested.attachments)]
    papers = []
    for file in attached:
        if kind_of(file.content) is not None:
            read = read_attachment(file.content, file.content_type)
            papers.append(Paper(file.name, read.text, read.qr))
    return tuple(papers)


def _more(understood: Understood, message: Message) -> dict[str, Any]:
    names = [a.name for a in message.attachments if not a.inline]
    match understood:
        case Request():
            return {
                "process": understood.process or None,
                "fields": dict(understood.fields),
                "original": _original(understood),
                "attachments": names,
                "missing": list(understood.missing),
                "sure": understood.sure,
            }
        case Reply():
            reading = understood.reading
            return {
                "answer": reading.answer.value,
                "comment": reading.comment,
                "details": _details(reading.details),
                "attachments": names,
            }
        case Command():
            return {"command": understood.command, "details": dict(understood.details)}
        case Other():
            return {"details": dict(understood.details)} if understood.details else {}


def _original(request: Request) -> dict[str, str] | None:
    if request.original is None:
        return None
    return {"from": request.original.from_, "subject": request.original.subject, "date": request.original.date}


def _details(details: Details) -> dict[str, Any]:
    """Give only what was said."""
    said = {
        "number": details.number,
        "date": details.date.isoformat() if details.date else "",
        "to": details.to,
        "until": details.until.isoformat() if details.until else "",
        "executors": list(details.executors),
        "due": details.due.isoformat() if details.due else "",
    }
    kept: dict[str, Any] = {name: value for name, value in said.items() if value}
    if details.answer_needed is not None:
        kept["answer_needed"] = details.answer_needed
    return kept
