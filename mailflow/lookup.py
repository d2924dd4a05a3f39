"""What has to be looked up about a mail before it can be understood.

Owns: the questions to the stores that surround one mail: which letter of ours it answers, which case
it names, what its papers say, which stranger's letter the secretary wants registered.
Refuses to know: what the mail means (`core.classify`) and what follows (`receive`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailflow.core.classify import ASKS_FOR_FIELDS, Paper, Surroundings, Target
from mailflow.core.events import IncomingFile
from mailflow.core.kinds import Command, Kind, Understood
from mailflow.core.message import Attachment, Message, parse
from mailflow.core.numbers import spellings
from mailflow.core.office import Office
from mailflow.core.sender import ReceiverProfile
from mailflow.core.tokens import TEXT_LENGTH, KeyRing, read_token
from mailflow.edges.blobs import Blobs
from mailflow.edges.reading import kind_of
from mailflow.edges.reading_apart import PaperReader
from mailflow.edges.store import SentLetter, Store

LEAST_PICTURE = 20 * 1024
"""Bytes from which an inline picture may be a document and not a signature's logo."""
TOKEN_TAG = "t."
MOST_PAPERS = 10


@dataclass(frozen=True)
class Desk:
    """What taking mail in needs: the office's rules and people, the stores, the keys."""

    office: Office
    store: Store
    blobs: Blobs
    ring: KeyRing
    profile: ReceiverProfile
    around: Surroundings
    """What every mail is read against; what belongs to one mail is put in for it."""
    reader: PaperReader = field(default_factory=PaperReader)
    """Whoever makes the desk closes it."""

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """Our mailbox and its aliases."""
        return self.around.own_addresses


@dataclass(frozen=True, slots=True)
class Offered:
    """A stranger's letter that was shown to `person`, the secretary."""

    person: str
    key: str
    """Of the stranger's mail."""
    message: Message
    files: tuple[IncomingFile, ...]


def states_fields(target: Target | None) -> bool:
    """True for a new request, and for a reply that was asked for fields or a correction."""
    return target is None or target.ask in ASKS_FOR_FIELDS


async def notice_answered(message: Message, desk: Desk) -> SentLetter | None:
    """Find the letter of ours without a case that this mail answers: a stranger's letter shown, a help page."""
    named = list(dict.fromkeys((*message.in_reply_to, *reversed(message.references))))
    return next((letter for letter in await desk.store.letters(named) if not letter.case), None)


async def offered_in(shown: SentLetter, desk: Desk) -> Offered | None:
    """Give the stranger's letter that was shown to the secretary in this letter of ours."""
    if shown.kind != "stray":
        return None
    key = shown.key.rpartition("/")[0]
    row = await desk.store.seen_key(key)
    if row is None:
        return None
    stray = parse(await desk.blobs.read(row.taken.sha256))
    return Offered(shown.person, key, stray, await _kept(stray, desk))


async def target_of(message: Message, desk: Desk) -> Target | None:
    """Find the letter this mail answers: by the token in its address, else by our Message-ID it names."""
    for hash_ in _tokens(message, desk):
        token = await desk.store.token(hash_)
        if token is not None:
            return await _target_at(token.case, token.assignment, token.person, token.card, desk)
    named = (*message.in_reply_to, *reversed(message.references), *_returned(message))
    for letter in await desk.store.letters(list(dict.fromkeys(named))):
        return await _target_at(letter.case, letter.assignment, letter.person, letter.card, desk)
    return None


async def _target_at(case_id: str, assignment_id: str, person: str, card: str, desk: Desk) -> Target | None:
    case = await desk.store.load(case_id) if case_id else None
    if case is None:
        return None
    task = case.assignment(assignment_id)
    ask = task.ask if task is not None else None
    return Target(case_id, assignment_id, person, card, ask, case.process, desk.office.directory.language(person))


def _tokens(message: Message, desk: Desk) -> Sequence[str]:
    """Read the reply tokens among the addresses the mail was sent to."""
    addresses = [*message.delivered_to, *(a.mail for a in (*message.to, *message.cc))]
    texts = (_tagged(address, desk.own_addresses) for address in addresses)
    hashes = (read_token(text, "reply", desk.ring) for text in texts if text)
    return list(dict.fromkeys(hash_ for hash_ in hashes if hash_ is not None))


def _tagged(address: str, own: tuple[str, ...]) -> str:
    local, _, domain = address.lower().rpartition("@")
    base, _, tag = local.partition("+")
    is_ours = f"{base}@{domain}" in own
    token = tag.removeprefix(TOKEN_TAG)
    return token if is_ours and tag.startswith(TOKEN_TAG) and len(token) == TEXT_LENGTH else ""


def _returned(message: Message) -> tuple[str, ...]:
    """Message-IDs named in the headers a bounce gives back."""
    if not message.report:
        return ()
    found = [word for word in message.report[:20_000].split() if word.startswith("<") and "@" in word]
    return tuple(word.rstrip(";,") for word in found[:20])


async def papers_of(message: Message, desk: Desk) -> tuple[Paper, ...]:
    """Read the attached PDFs and pictures by machine, in another process with limits."""
    papers = []
    for file in _documents(message)[:MOST_PAPERS]:
        if kind_of(file.content) is not None:
            read = await desk.reader.read(file.content, file.content_type)
            papers.append(Paper(file.name, read.text, read.qr))
    return tuple(papers)


def _documents(message: Message) -> list[Attachment]:
    """The attachments that are documents: those of a letter forwarded as an attachment too, logos not."""
    attached = [*message.attachments, *(a for nested in message.nested for a in nested.attachments)]
    real = [a for a in attached if not a.inline]
    pictures = [a for a in attached if a.inline and len(a.content) >= LEAST_PICTURE]
    return real or pictures


async def files_of(message: Message, understood: Understood, desk: Desk) -> tuple[IncomingFile, ...]:
    """Keep the documents of a mail that may move a case, before the case names them."""
    return await _kept(message, desk) if understood.kind in (Kind.REQUEST, Kind.REPLY) else ()


async def _kept(message: Message, desk: Desk) -> tuple[IncomingFile, ...]:
    kept = []
    for file in _documents(message):
        sha256 = await desk.blobs.keep(file.content)
        kept.append(IncomingFile(file.name, sha256, len(file.content), file.content_type))
    return tuple(kept)


async def case_named(understood: Understood, desk: Desk) -> str:
    """Find the case a command names, whichever alphabet its letters were typed in."""
    number = understood.details.get("number", "") if isinstance(understood, Command) else ""
    for spelling in spellings(number) if number else ():
        case = await desk.store.load_by_number(spelling)
        if case is not None:
            return case.id
    return ""


async def tasks_of(understood: Understood, person: str | None, desk: Desk) -> tuple[tuple[str, ...], ...]:
    if person is None or not isinstance(understood, Command) or understood.command != "tasks":
        return ()
    waiting = await desk.store.open_assignments(person)
    zone = desk.office.hours.zone
    return tuple(
        (task.number, task.subject, f"{task.due_at.astimezone(zone):%d.%m.%Y}" if task.due_at else "")
        for task in waiting
    )
