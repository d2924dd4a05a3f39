"""What has to be looked up about a mail before it can be understood.

Owns: the questions to the stores that surround one mail: which letter of ours it answers, which case
it names, what its papers say, which stranger's letter the secretary wants registered.
Refuses to know: what the mail means (`core.classify`) and what follows (`receive`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mailflow.core.around import ASKS_FOR_FIELDS, ASKS_TO_DECIDE, Paper, SentOn, Surroundings, Target
from mailflow.core.asides import in_copy, is_new, sole_reader, untagged
from mailflow.core.case import Ask, Case, FileVersion
from mailflow.core.differing import changes_between
from mailflow.core.events import IncomingFile
from mailflow.core.field_forms import FieldForm
from mailflow.core.kinds import Kind, Understood
from mailflow.core.message import Attachment, Message, parse
from mailflow.core.numbers import find_number, spellings
from mailflow.core.office import Office, is_outside
from mailflow.core.quotable import Quotable
from mailflow.core.receiver import ReceiverProfile
from mailflow.core.showing import asked_fields
from mailflow.core.surroundings import forms_of
from mailflow.core.tokens import TEXT_LENGTH, KeyRing, read_token
from mailflow.core.versions import follows
from mailflow.edges.blobs import Blobs
from mailflow.edges.reading import Kind as PaperKind
from mailflow.edges.reading import kind_of
from mailflow.edges.reading_apart import PaperReader
from mailflow.edges.store import SentLetter, Store, Token
from mailflow.edges.texts import text_of

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
    return await offered_by_key(shown.key.rpartition("/")[0], shown.person, desk)


async def offered_by_key(key: str, person: str, desk: Desk) -> Offered | None:
    """Give the stranger's letter with that key, for a person who minds such letters."""
    row = await desk.store.seen_key(key)
    if row is None:
        return None
    stray = parse(await desk.blobs.read(row.taken.sha256))
    return Offered(person, key, stray, await kept_files(_documents(stray), desk))


@dataclass(frozen=True, slots=True)
class _Named:
    """What a mail names of ours, by each of the ways there are."""

    tokens: tuple[Token, ...]
    """Of the addresses it went to."""
    answered: tuple[SentLetter, ...]
    """The letters it says it answers."""
    thread: tuple[SentLetter, ...]
    """Letters further up in its thread, where what it answers is not ours."""
    number: str
    """The case whose number its subject bears; '' = none we know."""

    @property
    def places(self) -> tuple[Token | SentLetter, ...]:
        """All of them, the surest first."""
        return (*self.tokens, *self.answered, *self.thread)

    @property
    def cases(self) -> frozenset[str]:
        """The cases named; '' stands for a letter of ours that belongs to none."""
        return frozenset((*(place.case for place in self.places), *([self.number] if self.number else [])))


async def target_of(message: Message, desk: Desk) -> Target | None:
    """Find the letter this mail answers.

    Its reply address, what it says it answers and the number it bears have to agree, and it has to be
    written to us; where not, it is an aside to the case, whatever it says, save that its own reader may
    send it on to a colleague (`SentOn`).
    """
    named = await _named(message, desk)
    if not named.places or (_by_address_alone(named) and is_new(message, desk.around)):
        return None
    target = await _target_at(named.places[0], desk)
    if target is not None:
        target = replace(target, letter=await _as_it_left(named.answered, target, desk))
    if target is None or not (named.thread or len(named.cases) > 1 or in_copy(message, desk.own_addresses)):
        return target
    on = _sent_on(message, target, desk) if in_copy(message, desk.own_addresses) and len(named.cases) == 1 else None
    return replace(target, assignment="", ask=None, aside=True, sent_on=None if named.thread else on)


def _sent_on(message: Message, target: Target, desk: Desk) -> SentOn | None:
    """See whether whoever the letter asked sends it on to one colleague; his words say what for."""
    by_address = desk.office.directory.by_address
    writer = next((by_address(a.mail) for a in message.from_[:1]), None)
    to = sole_reader(message)
    if target.ask not in ASKS_TO_DECIDE or writer != target.person or by_address(to) in (None, writer):
        return None
    return SentOn(target.assignment, to)


async def _as_it_left(answered: Sequence[SentLetter], target: Target, desk: Desk) -> Quotable | None:
    """Give the words of the letter the mail says it answers, if it is one of this task."""
    letter = next((one for one in answered if one.assignment == target.assignment and one.content), None)
    if letter is None or target.ask is None:
        return None
    return await desk.store.quotable(letter.key)


async def _named(message: Message, desk: Desk) -> _Named:
    found = [await desk.store.token(hash_) for hash_ in _tokens(message, desk)]
    answered = await desk.store.letters([*(message.in_reply_to or message.references[-1:]), *_returned(message)])
    thread = [] if answered else await desk.store.letters(list(reversed(message.references)))
    tokens = tuple(token for token in found if token is not None)
    return _Named(tokens, tuple(answered), tuple(thread), await _case_numbered(message, desk))


async def _case_numbered(message: Message, desk: Desk) -> str:
    case = await numbered(find_number(message.subject), desk)
    return case.id if case is not None else ""


def _by_address_alone(named: _Named) -> bool:
    return not named.answered and not named.thread and not named.number


async def _target_at(place: Token | SentLetter, desk: Desk) -> Target | None:
    case = await desk.store.load(place.case) if place.case else None
    if case is None:
        return None
    task = case.assignment(place.assignment)
    ask = task.ask if task is not None else None
    language = desk.office.directory.language(place.person)
    where = (case.id, place.assignment, place.person, place.card)
    name, outside = desk.office.short(place.person), is_outside(place.person, desk.office)
    asked = asked_fields(case, task, desk.office) if task is not None and ask is Ask.FIELDS else ()
    return Target(
        *where,
        ask,
        case.process,
        language,
        case.rules,
        asked=asked,
        name=name,
        asked_at=place.issued_at,
        outside=outside,
    )


def forms_for(target: Target | None, desk: Desk) -> Mapping[str, tuple[FieldForm, ...]]:
    """Give the fields a mail may state; an answer states those of the rules its case goes by."""
    goes_by = desk.office.version(target.process, target.rules) if target is not None else None
    if goes_by is None or goes_by is desk.office.rules.get(goes_by.name):
        return desk.around.forms
    return {**desk.around.forms, **forms_of({goes_by.name: goes_by})}


def _tokens(message: Message, desk: Desk) -> Sequence[str]:
    """Read the reply tokens among the addresses the mail was sent to."""
    addresses = [*message.delivered_to, *(a.mail for a in (*message.to, *message.cc))]
    texts = (_tagged(address, desk.own_addresses) for address in addresses)
    hashes = (read_token(text, "reply", desk.ring) for text in texts if text)
    return list(dict.fromkeys(hash_ for hash_ in hashes if hash_ is not None))


def _tagged(address: str, own: tuple[str, ...]) -> str:
    tag = address.lower().rpartition("@")[0].partition("+")[2]
    is_ours = untagged(address) in own
    token = tag.removeprefix(TOKEN_TAG)
    return token if is_ours and tag.startswith(TOKEN_TAG) and len(token) == TEXT_LENGTH else ""


def _returned(message: Message) -> tuple[str, ...]:
    """Message-IDs named in the headers a bounce gives back."""
    if not message.report:
        return ()
    found = [word for word in message.report[:20_000].split() if word.startswith("<") and "@" in word]
    return tuple(word.rstrip(";,") for word in found[:20])


async def papers_of(message: Message, target: Target | None, desk: Desk) -> tuple[Paper, ...]:
    """Read the attached PDFs and pictures by machine, in another process with limits."""
    return await read_papers(_documents(message) if target is None else _attached(message), desk)


async def read_papers(files: Sequence[Attachment], desk: Desk) -> tuple[Paper, ...]:
    """Read files by machine as those of a mail are."""
    papers = []
    for file in files[:MOST_PAPERS]:
        if kind_of(file.content) not in (None, PaperKind.DOCX):
            read = await desk.reader.read(file.content, file.content_type)
            papers.append(Paper(file.name, read.text, read.qr, read.recognised))
    return tuple(papers)


def _documents(message: Message) -> list[Attachment]:
    """What a request brings: its files, or the picture shown in its text where it has no other."""
    pictures = [a for a in _all(message) if a.inline and len(a.content) >= LEAST_PICTURE]
    return _attached(message) or pictures


def _attached(message: Message) -> list[Attachment]:
    """What a reply brings: its files. A picture in its text is the company's sign below every mail."""
    return [a for a in _all(message) if not a.inline]


def _all(message: Message) -> list[Attachment]:
    """With those of a letter forwarded as an attachment."""
    return [*message.attachments, *(a for nested in message.nested for a in nested.attachments)]


async def files_of(
    message: Message, understood: Understood, target: Target | None, desk: Desk
) -> tuple[IncomingFile, ...]:
    """Keep the documents of a mail that may move a case, before the case names them."""
    match understood.kind:
        case Kind.REQUEST:
            return await kept_files(_documents(message), desk)
        case Kind.REPLY | Kind.COMMAND:
            files = await kept_files(_attached(message), desk)
            case = await desk.store.load(target.case) if target is not None and files else None
            return files if case is None else tuple([await _compared(file, files, case, desk) for file in files])
        case _:
            return ()


async def kept_files(files: Sequence[Attachment], desk: Desk) -> tuple[IncomingFile, ...]:
    """Keep the bytes of the files before any case names them."""
    kept = await desk.blobs.keep_all([file.content for file in files])
    return tuple(
        IncomingFile(file.name, one.sha256, len(file.content), file.content_type)
        for file, one in zip(files, kept, strict=True)
    )


async def _compared(file: IncomingFile, files: Sequence[IncomingFile], case: Case, desk: Desk) -> IncomingFile:
    """Note what changed in the text since the version the file would replace, where both have a text."""
    before = follows(file, files, case, replaces_single=True)
    if before is None or before.sha256 == file.sha256:
        return file
    old, new = await _text(before, desk), await _text(file, desk)
    return replace(file, changes=changes_between(old, new, before.sha256))


async def _text(file: IncomingFile | FileVersion, desk: Desk) -> str:
    return await text_of(await desk.blobs.read(file.sha256), file.content_type, file.name, desk.reader)


async def numbered(number: str, desk: Desk) -> Case | None:
    """Find the case of a number, whichever alphabet its letters were typed in."""
    for spelling in spellings(number) if number else ():
        case = await desk.store.load_by_number(spelling)
        if case is not None:
            return case
    return None
