"""Whose hand is behind a mailbox: «Бухгалтерия (Сидорова М.П.)».

Owns: telling a mailbox from a person, the name a mail from it is signed with, and how a decision shows it. The decision
is the mailbox's own whoever signs: a name is noted, never proof, and its absence keeps nothing waiting.
Refuses to know: who may decide (`entitlement`), the people of the directory whose surname it may be.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailflow.core.case import Decision
from mailflow.core.directory import Person
from mailflow.core.manners import body
from mailflow.core.message import Message
from mailflow.core.normal import clean, fold
from mailflow.core.office import Office
from mailflow.core.person_names import find_name
from mailflow.core.reply import fresh
from mailflow.core.said_names import is_name_text

MOST_LINES = 12
"""Of a signature: names stand at its top."""
LONGEST_NAME = 60


def is_mailbox(person: Person | None) -> bool:
    """Say whether this is a mailbox that acts as one («Бухгалтерия», «Отдел кадров») and no person."""
    words = person.name.split() if person is not None else []
    return len(words) == 1 or (len(words) > 1 and not words[1][:1].isupper())


def hand_of(message: Message) -> str:
    """Give the name a mail is signed with, else the one its sender's program wrote in From; '' where there is none."""
    said = clean(fresh(message).text).strip()
    signature = [said] if is_name_text(said) else said[len(body(said)) :].split("\n")[:MOST_LINES]
    shown = [writer.name for writer in message.from_[:1]]
    return next(_names([*signature, *shown]), "")


def _names(lines: list[str]) -> Iterator[str]:
    for line in lines:
        said = fold(line).strip(" ,.-–—*_")
        found = find_name(line) if len(line) <= LONGEST_NAME * 2 else None
        if found is not None:
            yield found[1].short
        elif 1 < len(said.split()) <= 3 and len(said) <= LONGEST_NAME and is_name_text(said):
            yield said


def signature(decision: Decision, office: Office) -> str:
    """Name whoever decided; of a mailbox also whose hand it was, where that is known."""
    name = office.short(decision.by)
    return f"{name} ({decision.signed})" if decision.signed else name
