"""What mailflow would make of the mails of a real mailbox, before it is let near them.

Owns: the reading of a folder mail by mail, and the sum a person reads. The mailbox is opened for reading only
(EXAMINE) and its mails are peeked at: nothing is marked, moved or written, here or there.
Refuses to know: cases and letters; whether a mail answers a letter of ours is told by the mail alone.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import click

from mailflow.core.answer_types import Answer
from mailflow.core.kinds import Kind, Reply, Request, Understood
from mailflow.core.verdict import Bad
from mailflow.edges.imap_glance import Glance
from mailflow.edges.imap_values import Fetched, MailboxSettings, Oversized, Taken, Unreadable
from mailflow.edges.reading_apart import PaperReader
from mailflow.errors import MailboxError
from mailflow.explain import Explained, Ground, explain

MOST_LISTED = 20
_ASKED_ABOUT = frozenset((Answer.UNCLEAR, Answer.APPROVE_WITH_REMARKS, Answer.NEED_REASON))


@dataclass(frozen=True, slots=True)
class Brief:
    """What the sum keeps of one mail. `doubt`: why a question would have been asked, '' for none."""

    name: str
    writer: str
    subject: str
    kind: str
    process: str = ""
    answer: str = ""
    doubt: str = ""
    weight: int = 0
    """How unsure the reading is: 0 none, the most unsure first in the list."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One mail of the folder: its name there, its brief and the object `--json` prints."""

    name: str
    brief: Brief
    said: dict[str, Any]


async def read_folder(
    settings: MailboxSettings, folder: str, since: date, ground: Ground, reader: PaperReader
) -> AsyncIterator[Looked]:
    """Read every mail of the folder received since that day; MailboxError says why it cannot be."""
    glance = await asyncio.to_thread(Glance.open, settings)
    if isinstance(glance, Bad):
        raise MailboxError(f"{glance.what}: {glance.cure}")
    try:
        mails = glance.since(folder, since)
        while (taken := await asyncio.to_thread(next, mails, None)) is not None:
            yield await _looked(f"{folder};UID={taken.uid}", taken, ground, reader)
    finally:
        await asyncio.to_thread(glance.close)


async def _looked(name: str, taken: Taken, ground: Ground, reader: PaperReader) -> Looked:
    match taken:
        case Fetched():
            read = await explain(taken.raw, ground, reader)
            return Looked(name, _brief(name, read), read.said)
        case Oversized():
            return _held(name, f"size-limit: {taken.size} bytes; only its headers were read")
        case Unreadable():
            return _held(name, f"unreadable: {taken.reason}")


def _held(name: str, reason: str) -> Looked:
    kind = Kind.QUARANTINED.value
    return Looked(name, Brief(name, "", "", kind, doubt=reason, weight=3), {"kind": kind, "reason": reason})


def _brief(name: str, read: Explained) -> Brief:
    understood, message = read.understood, read.message
    doubt, weight = _doubt(understood)
    return Brief(
        name=name,
        writer=message.from_[0].mail if message.from_ else "",
        subject=message.subject,
        kind=understood.kind.value,
        process=understood.process if isinstance(understood, Request) else "",
        answer=understood.reading.answer.value if isinstance(understood, Reply) else "",
        doubt=doubt,
        weight=weight,
    )


def _doubt(understood: Understood) -> tuple[str, int]:
    match understood:
        case Request(process=""):
            return "names no process", 3
        case Request(sure=False):
            return f"perhaps {understood.process}: {understood.reason}", 3
        case Request(ambiguous=fields) if fields:
            return f"said twice, differently: {', '.join(fields)}", 2
        case Request(missing=fields) if fields:
            return f"not said: {', '.join(fields)}", 1
        case Reply(reading=reading) if reading.answer in _ASKED_ABOUT:
            return f"{reading.answer.value}: {reading.reason}", 2
        case _ if understood.kind is Kind.QUARANTINED:
            return understood.reason, 3
        case _:
            return "", 0


def summed(folder: str, since: date, read: Sequence[Brief]) -> str:
    """Tell in lines what the mails are, how many would have been asked about, and the least sure."""
    return "\n".join(_summed(folder, since, read))


def _summed(folder: str, since: date, read: Sequence[Brief]) -> Iterator[str]:
    yield f"{folder} since {since}: {len(read)} mails, looked at and left as they are"
    yield from _counted("kinds", (each.kind for each in read))
    yield from _counted("processes", (each.process or "none" for each in read if each.kind == Kind.REQUEST))
    yield from _counted("answers", (each.answer for each in read if each.answer))
    doubtful = sorted((each for each in read if each.doubt), key=lambda each: -each.weight)
    held = sum(each.kind == Kind.QUARANTINED for each in doubtful)
    yield f"  would have asked {len(doubtful) - held} questions; held {held} for a person"
    if doubtful:
        yield click.style("  the least sure:", bold=True)
    for each in doubtful[:MOST_LISTED]:
        yield f"    {each.name} {_clean(each.writer)} «{_clean(each.subject)[:80]}»: {_clean(each.doubt)}"


def _counted(title: str, names: Iterator[str]) -> Iterator[str]:
    counts = Counter(names).most_common()
    if counts:
        yield f"  {title}: " + ", ".join(f"{name} {number}" for name, number in counts)


def _clean(text: str) -> str:
    return "".join(ch if ch.isprintable() else " " for ch in text)
