"""What mailflow would understand of a mail, touching nothing.

Owns: `explain`, from bytes to the one object `mailflow explain --json` prints. Without a site the
shipped rules are used, and whoever writes from our own domain counts as staff.
May go wrong: a paper that breaks or delays its reader is read as far as the reader's limits allow.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from mailflow.core.answers import Details, Expecting
from mailflow.core.around import Paper, Surroundings, Target
from mailflow.core.asides import in_copy, is_new, untagged
from mailflow.core.case import Ask, FieldValue
from mailflow.core.classify import classify
from mailflow.core.directory import Directory
from mailflow.core.kinds import Command, Other, Reply, Request, Understood
from mailflow.core.message import Message, parse
from mailflow.core.numbers import find_number
from mailflow.core.receiver import ReceiverProfile
from mailflow.core.said_lists import Point, goal_of, point_of
from mailflow.core.sender import SenderProof, prove
from mailflow.edges.reading import kind_of
from mailflow.edges.reading_apart import PaperReader

_ASKS = {
    Expecting.APPROVAL: Ask.APPROVAL,
    Expecting.ACKNOWLEDGEMENT: Ask.ACKNOWLEDGEMENT,
    Expecting.PAYMENT: Ask.PAYMENT,
    Expecting.EXECUTION: Ask.EXECUTION,
    Expecting.RESOLUTION: Ask.RESOLUTION,
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What mails are read against; with a site also its people and how its mail server marks what it checked."""

    around: Surroundings
    people: Directory | None = None
    profile: ReceiverProfile | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A mail, what was understood of it, and who wrote it (None: nobody knows without a site)."""

    message: Message
    understood: Understood
    proof: SenderProof | None = None

    @property
    def said(self) -> dict[str, Any]:
        """Give the object `--json` prints: the names of `kinds` and the fields of the rules."""
        understood = self.understood
        return {"kind": understood.kind.value, "reason": understood.reason, **_more(understood, self.message)}


async def explain(raw: bytes, ground: Ground, reader: PaperReader, expecting: Expecting | None = None) -> Explained:
    """Say what would be understood of any bytes. Papers are read for a request alone: an answer needs none."""
    read = explain_bare(raw, ground, expecting)
    if not isinstance(read.understood, Request):
        return read
    papers = await _papers(read.message, reader)
    if not papers:
        return read
    local = replace(_local(read.message, ground, expecting), papers=papers)
    return replace(read, understood=classify(read.message, local))


def explain_bare(raw: bytes, ground: Ground, expecting: Expecting | None = None) -> Explained:
    """Say the same without looking into what is attached. Never raises."""
    message = parse(raw)
    proof = prove(message, raw, ground.profile) if ground.profile is not None else None
    return Explained(message, classify(message, _local(message, ground, expecting)), proof)


def _local(message: Message, ground: Ground, expecting: Expecting | None) -> Surroundings:
    around = ground.around
    own = around.own_addresses or _guessed_own(message, around)
    return replace(
        around,
        own_addresses=own,
        target=_target(message, replace(around, own_addresses=own), expecting),
        known_sender=_is_known(message, ground),
        received_on=message.date.date() if message.date is not None else date(1970, 1, 1),
    )


def _is_known(message: Message, ground: Ground) -> bool:
    if ground.people is None:
        return _of_our_domain(message, ground.around)
    return any(ground.people.by_address(a.mail) is not None for a in message.from_[:1])


def _target(message: Message, around: Surroundings, expecting: Expecting | None) -> Target | None:
    """A mail answers a letter of ours if it was told so, or goes to a reply address, or bears a case's number."""
    if expecting is not None:
        return Target("", "", "", "", _ASKS[expecting])
    addresses = [*message.delivered_to, *(a.mail for a in (*message.to, *message.cc))]
    by_address = any("+t." in address for address in addresses)
    by_number = bool(message.in_reply_to or message.references) and find_number(message.subject) != ""
    if by_number or (by_address and not is_new(message, around)):
        aside = in_copy(message, around.own_addresses)
        return Target("", "", "", "", None if aside else Ask.APPROVAL, aside=aside)
    return None


def _guessed_own(message: Message, around: Surroundings) -> tuple[str, ...]:
    """Without a site: the mailbox is the address that names a process, else whomever the writer's firm wrote to.

    A letter to somebody outside with us in copy was written to us by the tag, the alias or the writer's domain.
    """
    written_to = [a.mail for a in message.to] + list(message.delivered_to)
    everybody = list(dict.fromkeys(map(untagged, [*written_to, *(a.mail for a in message.cc)])))
    tags = {tag for signs in around.signs for tag in signs.tags}
    named = [address for address in [*written_to, *(a.mail for a in message.cc)] if _names_us(address, tags)]
    if named:
        return tuple(dict.fromkeys(map(untagged, named)))
    home = {a.mail.lower().rpartition("@")[2] for a in message.from_}
    inside = [address for address in everybody if address.rpartition("@")[2] in home]
    first = [address for address in map(untagged, written_to) if address in inside]
    return tuple(dict.fromkeys(first or inside or map(untagged, written_to)))


def _names_us(address: str, tags: Collection[str]) -> bool:
    local, _, tag = address.lower().rpartition("@")[0].partition("+")
    return local == "docs" or tag in tags or tag.startswith("t.") or local in tags


def _of_our_domain(message: Message, around: Surroundings) -> bool:
    own = around.own_addresses or _guessed_own(message, around)
    domains = {address.rpartition("@")[2] for address in own}
    return any(a.mail.lower().rpartition("@")[2] in domains for a in message.from_)


async def _papers(message: Message, reader: PaperReader) -> tuple[Paper, ...]:
    attached = [*message.attachments, *(a for nested in message.nested for a in nested.attachments)]
    papers = []
    for file in attached:
        if kind_of(file.content) is not None:
            read = await reader.read(file.content, file.content_type)
            papers.append(Paper(file.name, read.text, read.qr, read.recognised))
    return tuple(papers)


def _more(understood: Understood, message: Message) -> dict[str, Any]:
    names = [a.name for a in message.attachments if not a.inline]
    match understood:
        case Request():
            return {
                "process": understood.process or None,
                "fields": {name: _value(name, value) for name, value in understood.fields.items()},
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


def _value(name: str, value: FieldValue) -> Any:
    """Give a field as it is printed: lists part by part, whom a memo is written to as one text."""
    if not isinstance(value, tuple):
        return value
    match name:
        case "goals":
            return [{"text": goal.text, "weight": _number(goal.weight)} for goal in map(goal_of, value)]
        case "points":
            return [_point(point_of(line)) for line in value]
        case "addressee":
            return ", ".join(value)
        case _:
            return list(value)


def _number(weight: Decimal | None) -> int | float | None:
    if weight is None:
        return None
    return int(weight) if weight == weight.to_integral_value() else float(weight)


def _point(point: Point) -> dict[str, Any]:
    due = point.due.isoformat() if point.due else None
    return {"text": point.text, "executors": list(point.executors), "due": due}


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
