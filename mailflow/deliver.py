"""Send one letter: a claimed outbox row becomes sent, deferred, refused or unknown.

The bytes are rendered once and kept before the first attempt, with the reply token they carry: every
attempt sends the same bytes under the same Message-ID. What the server said is one frozen value
before the row is touched; noting it is a step of its own, so that a failed note is never taken for
a failed send. Killed between the server's 250 and the note, the letter goes once more, the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from mailflow import log
from mailflow.advance import advance
from mailflow.alone import Broke
from mailflow.core.case import Ask, Assignment, Case, FileVersion, card_hash
from mailflow.core.codes import fresh_code
from mailflow.core.effects import Enclosed, SendLetter
from mailflow.core.events import LetterBounced
from mailflow.core.office import Office
from mailflow.core.pressing import level_of
from mailflow.core.showing import Ways, letter_view
from mailflow.core.tokens import ID_BYTES, KeyRing, Purpose, letter_code, mint
from mailflow.edges.blobs import Blobs
from mailflow.edges.letters import Enclosure, Envelope, Letters, build
from mailflow.edges.smtp import Accepted, Deferred, Outcome, Post, Refused, Unknown
from mailflow.edges.store import OutboxState, Outgoing, Store, Token
from mailflow.killpoints import reached
from mailflow.recalling import present

ENCLOSING = frozenset({"ask", "reminder", "notice"})
"""The letters that carry the case's files."""
BY_LINK = frozenset({Ask.APPROVAL, Ask.PAYMENT, Ask.EXECUTION, Ask.ACKNOWLEDGEMENT})
"""What can be answered on the page."""
MOST_ENCLOSED = 15 * 1024 * 1024
"""Bytes of files in one letter; what does not fit is named in the letter and not enclosed."""
TOKEN_LIFE = timedelta(days=180)
MOST_BROKEN = 10
"""So often may a letter break the work on it; then the secretary is told, as of one that was refused."""
FIRST_PAUSE = timedelta(seconds=300)
LONGEST_PAUSE = timedelta(seconds=4000)
MOST_ATTEMPTS = 110
"""Five days of pauses: then the letter is given up and the secretary told."""
NEEDS_OPEN_TASK = frozenset({"ask", "reminder", "answered"})


@dataclass(frozen=True)
class Counter:
    """What sending needs: the stores, the templates, the keys, the way out, and chance for tokens."""

    office: Office
    store: Store
    blobs: Blobs
    letters: Letters
    ring: KeyRing
    address: str
    name: str
    instance: str
    plus_addresses: bool
    web_url: str
    """Where the page is reached, or '' without one."""
    random: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a letter. `halts`: the next one would meet the same."""

    state: OutboxState
    reason: str = ""
    halts: bool = False


async def deliver(outgoing: Outgoing, post: Post, now: datetime, counter: Counter) -> Delivery:
    """Send the letter and note what became of it; give what was noted."""
    case = await counter.store.load(outgoing.case) if outgoing.case else None
    counter = replace(counter, office=await present(counter.office, counter.store, now))
    number = case.number if case is not None else "-"
    if _nobody_waits(outgoing, case):
        await counter.store.note(outgoing, "held", "the task was over before the letter left", now)
        reached("letter.held")
        return Delivery("held")
    content = await _bytes_of(outgoing, case, now, counter)
    if content is None:
        return Delivery("claimed")
    outcome = await post.send(counter.address, outgoing.letter.address, content)
    reached("letter.answered")
    return await _note(outgoing, outcome, number, now, counter)


async def put_off_letter(outgoing: Outgoing, broke: Broke, now: datetime, counter: Counter) -> Delivery:
    """Note that the work on a letter broke: it is tried again later, and given up where it breaks every time."""
    hopeless = not broke.world and outgoing.attempts >= MOST_BROKEN
    outcome = Refused(broke.reason) if hopeless else Deferred(broke.reason)
    return await _note(outgoing, outcome, "-", now, counter)


def _nobody_waits(outgoing: Outgoing, case: Case | None) -> bool:
    """True for a letter that asks for something nobody needs any more."""
    if case is None or outgoing.letter.kind not in NEEDS_OPEN_TASK or outgoing.content:
        return False
    task = case.assignment(outgoing.letter.assignment)
    return task is None or not task.open


async def _bytes_of(outgoing: Outgoing, case: Case | None, now: datetime, counter: Counter) -> bytes | None:
    """Give the letter's bytes, the kept ones if there are any; None when the lease went to somebody else."""
    if outgoing.content:
        return await counter.blobs.read(outgoing.content)
    card = card_hash(case.fields, case.files) if case is not None else ""
    tokens, ways = _ways(outgoing, case, card, now, counter)
    view = letter_view(_with_code(outgoing.letter, counter), case, counter.office, ways, now)
    envelope = _envelope(outgoing, case, ways.reply_to, now, counter)
    content = build(counter.letters.render(view), envelope, await _enclosures(outgoing, case, counter))
    sha256 = await counter.blobs.keep(content)
    reached("letter.rendered")
    kept = await counter.store.rendered(outgoing, sha256, card, tokens)
    reached("letter.noted_rendered")
    return content if kept else None


def _with_code(letter: SendLetter, counter: Counter) -> SendLetter:
    """Put the one-time code into the letter that brings it: the row holds only the seed it is made from."""
    if letter.kind != "code":
        return letter
    code = fresh_code(letter.words["link"], letter.words["seed"], counter.ring)
    words = {name: letter.words[name] for name in ("number", "title")}
    return replace(letter, words={**words, "code": f"{code[:3]} {code[3:]}"})


def _ways(
    outgoing: Outgoing, case: Case | None, card: str, now: datetime, counter: Counter
) -> tuple[list[Token], Ways]:
    """Mint what the letter may be answered by: a reply address of its own, and the link of its page."""
    task = case.assignment(outgoing.letter.assignment) if case is not None else None
    if case is None or task is None:
        return [], Ways()

    def issue(purpose: Purpose) -> tuple[Token, str]:
        minted = mint(counter.ring, purpose, counter.random(ID_BYTES))
        expires = now + TOKEN_LIFE
        return Token(minted.stored, purpose, case.id, task.id, outgoing.letter.to, card, now, expires), minted.text

    tokens: list[Token] = []
    reply_to = link = code = ""
    if counter.plus_addresses:
        token, text = issue("reply")
        local, _, domain = counter.address.partition("@")
        tokens, reply_to = [*tokens, token], f"{local}+t.{text}@{domain}"
    if counter.web_url and task.ask in BY_LINK:
        token, text = issue("decide")
        tokens, link = [*tokens, token], f"{counter.web_url}/d/{text}"
        code = letter_code(text, counter.ring) if _prints_code(case, task, counter) else ""
    return tokens, Ways(link, reply_to, code)


def _prints_code(case: Case, task: Assignment, counter: Counter) -> bool:
    """True where the letter's own code is enough; known_browser asks for a fresh one, sent at that moment."""
    return level_of(case, task, counter.office) == "mail"


def _envelope(outgoing: Outgoing, case: Case | None, reply_to: str, now: datetime, counter: Counter) -> Envelope:
    letter = outgoing.letter
    person = counter.office.directory.people.get(letter.to)
    thread = _thread(case, letter.to, counter)
    return Envelope(
        message_id=outgoing.message_id,
        from_name=counter.name,
        from_address=counter.address,
        to_name=person.name if person is not None else "",
        to_address=letter.address,
        date=now,
        auto_submitted="auto-replied" if letter.automatic_answer else "auto-generated",
        reply_to=reply_to,
        in_reply_to=letter.in_reply_to,
        references=tuple(dict.fromkeys((*thread, *([letter.in_reply_to] if letter.in_reply_to else [])))),
        instance=counter.instance,
    )


def _thread(case: Case | None, reader: str, counter: Counter) -> tuple[str, ...]:
    """Name the thread's beginning, so that all letters about a case lie together even if the subject changes."""
    if case is None:
        return ()
    root = f"<{case.id}@{counter.address.partition('@')[2]}>"
    return (*case.thread, root) if reader == case.initiator else (root,)


async def _enclosures(outgoing: Outgoing, case: Case | None, counter: Counter) -> tuple[Enclosure, ...]:
    files: list[FileVersion | Enclosed] = [*outgoing.letter.enclosed]
    if case is not None and outgoing.letter.kind in ENCLOSING and _asks_to_decide(case, outgoing):
        files = [*case.current_files, *files]
    enclosed: list[Enclosure] = []
    room = MOST_ENCLOSED
    for file in files:
        if file.size <= room:
            room -= file.size
            enclosed.append(Enclosure(file.name, file.content_type, await counter.blobs.read(file.sha256)))
    return tuple(enclosed)


def _asks_to_decide(case: Case, outgoing: Outgoing) -> bool:
    task = case.assignment(outgoing.letter.assignment)
    return task is None or task.ask not in (Ask.FIELDS, Ask.CORRECTION, Ask.EXPLANATION)


async def _note(outgoing: Outgoing, outcome: Outcome, number: str, now: datetime, counter: Counter) -> Delivery:
    state, reason, later = _noted(outgoing, outcome, now)
    letter = outgoing.letter
    if state == "refused" and outgoing.case and letter.kind != "undelivered":
        # Before the note: a letter once noted is never looked at again, whatever happens in between.
        await _tell_secretary(outgoing, reason, now, counter)
    await counter.store.note(outgoing, state, reason, now, later)
    reached("letter.noted")
    if state == "sent":
        log.letter_sent(number, letter.kind, letter.address, outgoing.message_id)
    else:
        log.letter_not_sent(number, letter.kind, letter.address, state, reason)
    return Delivery(state, reason, isinstance(outcome, Deferred) and outcome.halts)


async def _tell_secretary(outgoing: Outgoing, reason: str, now: datetime, counter: Counter) -> None:
    """A letter that will never arrive is a fact of the case: somebody waits for an answer that cannot come."""
    letter = outgoing.letter
    event = LetterBounced(f"{outgoing.key}/refused", now, outgoing.case, letter.assignment, letter.address, reason)
    await advance(event, counter.store, counter.office, now)


def _noted(outgoing: Outgoing, outcome: Outcome, now: datetime) -> tuple[OutboxState, str, datetime | None]:
    match outcome:
        case Accepted(reply=reply):
            return "sent", reply, None
        case Deferred(reason=reason) if outgoing.attempts >= MOST_ATTEMPTS:
            return "refused", f"not taken for five days: {reason}", None
        case Deferred(reason=reason):
            return "deferred", reason, now + pause(outgoing.attempts)
        case Refused(reason=reason):
            return "refused", reason, None
        case Unknown(reason=reason) if outgoing.attempts <= 1:
            # Harmless to repeat: the same Message-ID, and its token decides once.
            return "deferred", f"unknown whether it arrived, sent once more: {reason}", now + FIRST_PAUSE
        case Unknown(reason=reason):
            return "unknown", reason, None
        case _:
            assert_never(outcome)


def pause(attempts: int) -> timedelta:
    """Give how long to wait before the next attempt: 300 s doubling up to 4,000 s."""
    seconds = FIRST_PAUSE.total_seconds() * 2.0 ** min(attempts - 1, 8)
    return min(timedelta(seconds=seconds), LONGEST_PAUSE)
