"""Write the letters of a claimed batch: rows become bytes, kept before any of them is sent.

A letter is rendered once, from its case as it is then, with the reply token it carries. Its bytes, the hash of
the card it shows and its tokens are noted for all letters of the batch in one commit; every attempt sends
these bytes. Files are named in them and not copied: they lie in the file store. Refuses to know: SMTP, and what
becomes of a letter. A letter that breaks the work is given back as `Broke` and holds up no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailflow.alone import Broke, alone
from mailflow.core.assurance import level_of
from mailflow.core.calls import CALL, said
from mailflow.core.case import CLARIFY, Ask, Assignment, Case, FileVersion, card_hash
from mailflow.core.codes import fresh_code, link_tag
from mailflow.core.effects import Enclosed, SendLetter
from mailflow.core.office import Office, is_outside
from mailflow.core.options import IN_WORDS_ONLY
from mailflow.core.quotable import Quotable, quotable
from mailflow.core.renewing import BY_LINK
from mailflow.core.showing import Ways, letter_view
from mailflow.core.tokens import ID_BYTES, KeyRing, Purpose, letter_code, mint
from mailflow.core.visits import stop_link
from mailflow.edges.blobs import Blobs
from mailflow.edges.frames import Frame
from mailflow.edges.letters import Enclosure, Envelope, Letters, frame
from mailflow.edges.store import Outgoing, Store, Token, Written
from mailflow.killpoints import reached
from mailflow.recalling import present

ENCLOSING = frozenset({"ask", "reminder", "notice", "consult"})
"""The letters that carry the case's files."""
MOST_ENCLOSED = 15 * 1024 * 1024
"""Bytes of files in one letter; what does not fit is named in the letter and not enclosed."""
TOKEN_LIFE = timedelta(days=180)
TELLS_OF_A_BROWSER = frozenset({"code", "sign_in", "second_factor", "recorded"})
BRINGS_A_CODE = frozenset({"code", "sign_in"})
NEEDS_OPEN_TASK = frozenset({"offer_wanted", "ask", "reminder", "answered", "consult"})


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
    redirect_all_to: str = ""
    """In a rehearsal, the one address every letter goes to; else ''."""

    def destination(self, letter: SendLetter) -> str:
        """Give the address the letter leaves for."""
        return self.redirect_all_to or letter.address


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter whose bytes are kept: it may leave."""

    outgoing: Outgoing
    number: str
    """Of its case, '-' without one."""
    frame: Frame


@dataclass(frozen=True, slots=True)
class Unneeded:
    """A letter that asks for something nobody needs any more."""

    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A letter that broke the work on it."""

    outgoing: Outgoing
    broke: Broke


Page = Ready | Unneeded | Spoiled
"""What became of a claimed row before anything was sent."""


async def write(claimed: Sequence[Outgoing], now: datetime, counter: Counter) -> list[Page]:
    """Make and keep the bytes of the letters that have none; give the letters in their order.

    Left out is a letter whose lease went to somebody else.
    """
    counter = replace(counter, office=await present(counter.office, counter.store, now))
    cases = await counter.store.cases_named(sorted({outgoing.case for outgoing in claimed if outgoing.case}))
    made = [await _page(outgoing, cases.get(outgoing.case), now, counter) for outgoing in claimed]
    fresh = [page for page in made if isinstance(page, Written)]
    reached("letter.rendered")
    kept = await counter.store.rendered(fresh) if fresh else frozenset()
    reached("letter.noted_rendered")
    return [_kept(page, cases) for page in made if not isinstance(page, Written) or page.outgoing.key in kept]


def _kept(page: Written | Page, cases: dict[str, Case]) -> Page:
    if not isinstance(page, Written):
        return page
    return Ready(page.outgoing, _number(cases.get(page.outgoing.case)), page.frame)


def _number(case: Case | None) -> str:
    return case.number if case is not None else "-"


async def _page(outgoing: Outgoing, case: Case | None, now: datetime, counter: Counter) -> Written | Page:
    made = await alone(outgoing.key, _made(outgoing, case, now, counter))
    return Spoiled(outgoing, made) if isinstance(made, Broke) else made


async def _made(outgoing: Outgoing, case: Case | None, now: datetime, counter: Counter) -> Written | Page:
    if outgoing.content:
        return Ready(outgoing, _number(case), await counter.store.frame(outgoing.key, outgoing.content))
    if outgoing.letter.kind == CALL:
        return await _call(outgoing, counter)
    if _nobody_waits(outgoing, case):
        return Unneeded(outgoing)
    card = card_hash(case.fields, case.files) if case is not None else ""
    tokens, ways = _ways(outgoing, case, card, now, counter)
    letter, stop = _with_code(outgoing.letter, counter), _stop(outgoing.letter, now, counter)
    view = letter_view(letter, case, counter.office, ways, now)
    rendered = counter.letters.render(replace(view, meant_for=_meant_for(outgoing.letter, counter), stop=stop))
    envelope = _envelope(outgoing, case, ways.reply_to, now, counter)
    written = frame(rendered, envelope, _enclosures(outgoing, case))
    words = quotable(rendered.text, rendered.html, _secrets(ways, letter, stop))
    return Written(outgoing, written, card, tuple(tokens), words)


async def _call(outgoing: Outgoing, counter: Counter) -> Written | Page:
    """Say what happened to a case, as its journal has it."""
    words = outgoing.letter.words
    content = said(await counter.store.journal(outgoing.case), words["event"], words["type"])
    if content is None:
        return Unneeded(outgoing)
    return Written(outgoing, Frame(content), "", (), Quotable("", ""))


def _secrets(ways: Ways, letter: SendLetter, stop: str) -> tuple[str, ...]:
    """Give what opens a door to whoever reads it: the ends of the letter's addresses, and its codes."""
    local = ways.reply_to.partition("@")[0]
    fresh = letter.words.get("code", "") if letter.kind in BRINGS_A_CODE else ""
    return (ways.link.rpartition("/")[2], local.rpartition("+t.")[2], ways.code, fresh, stop.rpartition("/")[2])


def _nobody_waits(outgoing: Outgoing, case: Case | None) -> bool:
    """True for a letter that asks for something nobody needs any more."""
    if case is None or outgoing.letter.kind not in NEEDS_OPEN_TASK:
        return False
    task = case.assignment(outgoing.letter.assignment)
    return task is None or not task.open


def _with_code(letter: SendLetter, counter: Counter) -> SendLetter:
    """Put the one-time code into the letter that brings it: the row holds only the seed it is made from."""
    if letter.kind not in BRINGS_A_CODE:
        return letter
    key, seed = letter.words["link"], letter.words["seed"]
    code = fresh_code(key, seed, counter.ring)
    words = {name: letter.words[name] for name in ("number", "title") if name in letter.words}
    return replace(letter, words={**words, "code": f"{code[:3]} {code[3:]}"})


def _ways(
    outgoing: Outgoing, case: Case | None, card: str, now: datetime, counter: Counter
) -> tuple[list[Token], Ways]:
    """Mint what the letter may be answered by: a reply address of its own, and the link of its page."""
    task = case.assignment(outgoing.letter.assignment) if case is not None else None
    if outgoing.letter.kind == "sign_in":
        return [], Ways(link=_way_in(outgoing.letter, counter))
    if case is None or (task is None and not is_outside(outgoing.letter.to, counter.office)):
        return [], Ways()

    def issue(purpose: Purpose) -> tuple[Token, str]:
        minted = mint(counter.ring, purpose, counter.random(ID_BYTES))
        expires = now + TOKEN_LIFE
        about = task.id if task is not None else ""
        return Token(minted.stored, purpose, case.id, about, outgoing.letter.to, card, now, expires), minted.text

    tokens: list[Token] = []
    reply_to = link = code = ""
    if counter.plus_addresses:
        token, text = issue("reply")
        local, _, domain = counter.address.partition("@")
        tokens, reply_to = [*tokens, token], f"{local}+t.{text}@{domain}"
    if task is None or is_outside(outgoing.letter.to, counter.office):
        return tokens, Ways(reply_to=reply_to)
    if counter.web_url and task.ask in BY_LINK and outgoing.letter.kind not in IN_WORDS_ONLY:
        token, text = issue("decide")
        tokens, link = [*tokens, token], f"{counter.web_url}/d/{text}"
        code = letter_code(text, counter.ring) if _prints_code(case, task, counter) else ""
    return tokens, Ways(link, reply_to, code)


def _way_in(letter: SendLetter, counter: Counter) -> str:
    """Give the link that signs the reader in, once."""
    key, seed = letter.words["link"], letter.words["seed"]
    return f"{counter.web_url}/enter/{key}{link_tag(key, seed, counter.ring)}"


def _stop(letter: SendLetter, now: datetime, counter: Counter) -> str:
    """Give the link by which the reader ends a browser that is not his, where the letter tells of one."""
    known = letter.to in counter.office.directory.people
    if letter.kind not in TELLS_OF_A_BROWSER or not counter.web_url or not known:
        return ""
    return f"{counter.web_url}/stop/{stop_link(letter.to, now, counter.ring)}"


def _prints_code(case: Case, task: Assignment, counter: Counter) -> bool:
    """True where the letter's own code is enough; known_browser asks for a fresh one, sent at that moment."""
    return level_of(case, task, counter.office) == "mail"


def _meant_for(letter: SendLetter, counter: Counter) -> str:
    """Say in a rehearsal who would have got the letter."""
    if not counter.redirect_all_to:
        return ""
    return " ".join(filter(None, (counter.office.short(letter.to), f"<{letter.address}>")))


def _envelope(outgoing: Outgoing, case: Case | None, reply_to: str, now: datetime, counter: Counter) -> Envelope:
    letter = outgoing.letter
    person = counter.office.directory.people.get(letter.to)
    thread = _thread(case, letter.to, counter)
    return Envelope(
        message_id=outgoing.message_id,
        from_name=counter.name,
        from_address=counter.address,
        to_name=person.name if person is not None and not counter.redirect_all_to else "",
        to_address=counter.destination(letter),
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


def _enclosures(outgoing: Outgoing, case: Case | None) -> list[Enclosure]:
    files: list[FileVersion | Enclosed] = [*outgoing.letter.enclosed]
    if case is not None and outgoing.letter.kind in ENCLOSING and _needs_the_files(case, outgoing):
        files = [*(file for file in case.current_files if not _comes_as_paper(file, case, outgoing)), *files]
    enclosed: list[Enclosure] = []
    room = MOST_ENCLOSED
    for file in files:
        if file.size <= room:
            room -= file.size
            enclosed.append(Enclosure(file.name, file.content_type, sha256=file.sha256))
    return enclosed


def _comes_as_paper(file: FileVersion, case: Case, outgoing: Outgoing) -> bool:
    """True for a corrected draft that the letter encloses as the paper it has become."""
    enclosed = {one.sha256 for one in outgoing.letter.enclosed}
    return any(paper.document == file.paper and paper.sha256 in enclosed for paper in case.papers)


def _needs_the_files(case: Case, outgoing: Outgoing) -> bool:
    """Whoever is asked what he himself left out has the files already; everybody else needs them."""
    task = case.assignment(outgoing.letter.assignment)
    return task is None or not (task.stage == CLARIFY or task.ask in (Ask.CORRECTION, Ask.EXPLANATION))
