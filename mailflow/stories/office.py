"""The office a story is played in: a real site in memory, with a clock of its own and no wires.

Owns: `StoryOffice`: mails go in, letters come out, links are pressed, time passes. What takes mail in, decides, keeps
and renders is the service's own (`receive`, `respond`, `remind`, `errands`, `deliver`) over a database in memory.
Not real are the wires, the disk, the clock, chance (the same in every run) and the PDF of a paper, which stays HTML.
Refuses to know: what a story expects.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from mailflow.core.case import Case
from mailflow.core.office import Office
from mailflow.core.pages import Form, Page, Press, Pressed
from mailflow.core.receiver import ReceiverProfile
from mailflow.core.surroundings import surroundings
from mailflow.core.tokens import KeyRing, letter_code
from mailflow.deliver import deliver, note
from mailflow.edges.blobs import Blobs, Kept
from mailflow.edges.documents import Documents
from mailflow.edges.docx import docx_text, is_docx
from mailflow.edges.letters import Letters
from mailflow.edges.pdf import Failed, Made, Renderer
from mailflow.edges.reading import LONGEST_TEXT
from mailflow.edges.reading_apart import PaperReader
from mailflow.edges.store import Store
from mailflow.errands import Bench, run_errand
from mailflow.errors import StoreError
from mailflow.lookup import Desk
from mailflow.receive import receive
from mailflow.remind import remind
from mailflow.respond import Window
from mailflow.stories.empty_store import EmptyStore
from mailflow.stories.postbag import SERVER, Draft, Postbag, Sent, as_it_arrives, read_letter
from mailflow.writing import Counter, write

WEB = "https://office.example"
RING = KeyRing({1: b"a key for stories alone, 32 bytes"}, 1)
LEASE = timedelta(minutes=5)
A_MINUTE = timedelta(minutes=1)
AT_ONCE = 1000
MOST_TURNS = 1000
"""Letters, timers and errands that follow from one step: more are a circle."""
_CODE = re.compile(r"\b(\d{3}) (\d{3})\b")


class _Memory(Blobs):
    """A file store that is gone with its story."""

    def __init__(self) -> None:
        super().__init__(Path("memory"))
        self._kept: dict[str, bytes] = {}

    async def keep_all(self, contents: Sequence[bytes]) -> list[Kept]:
        """Keep the bytes by their SHA-256."""
        kept = [Kept(content, hashlib.sha256(content).hexdigest()) for content in contents]
        self._kept.update({one.sha256: one.content for one in kept})
        return kept

    async def read(self, sha256: str) -> bytes:
        """Give the bytes back."""
        if sha256 not in self._kept:
            raise StoreError(f"{sha256}: no such content in this story")
        return self._kept[sha256]


class _Unprinted(Renderer):
    """Leaves a paper as the HTML its PDF would be made of: printing takes a second a page."""

    async def pdf(self, html: str) -> Made | Failed:
        """Give the HTML."""
        return Made(html.encode())


@dataclass(frozen=True)
class Workshop:
    """What stories share: the templates, compiled once, and the reader of real papers."""

    letters: Letters
    documents: Documents
    reader: PaperReader
    store: EmptyStore

    @classmethod
    @asynccontextmanager
    async def opened(cls, templates: Sequence[Path]) -> AsyncIterator[Workshop]:
        """Open it for as long as the block lasts; `templates` are folders with `mail` and `letters` in them."""
        reader = PaperReader()
        letters = Letters([folder / "mail" for folder in templates])
        documents = Documents([folder / "letters" for folder in templates], _Unprinted())
        try:
            async with EmptyStore.opened() as store:
                yield cls(letters, documents, reader, store)
        finally:
            await reader.close()


class StoryOffice:
    """One office at work; `now` is its clock and moves only when it is told."""

    def __init__(self, office: Office, store: Store, shop: Workshop, address: str, now: datetime) -> None:
        self.office = office
        self.store = store
        self.address = address
        self.now = now
        self.sent: list[Sent] = []
        self.blobs = _Memory()
        self.post = Postbag()
        self._shop = shop
        self._mails = 0
        self._drawn = 0
        self._cookies: dict[str, str] = {}

    # --- what people do

    async def mail(self, draft: Draft) -> None:
        """Let a mail come in, and everything that follows from it happen."""
        self._mails += 1
        await self.arrives(as_it_arrives(draft, self._mails))

    async def arrives(self, raw: bytes) -> None:
        """Let the bytes of a mail come in."""
        await receive(raw, None, self.now, self.now, self._desk())
        await self.settle()

    async def press(
        self, letter: Sent, form: Form, person: str, code: str | None = None, another_browser: bool = False
    ) -> Pressed | None:
        """Open the page of the letter's link and send its form; None where the letter has no link.

        Without `code` the right one is typed: the letter's own, or a fresh one that is ordered and read.
        """
        token = letter.link()
        if not token:
            return None
        cookie = "" if another_browser else self._cookies.get(person, "")
        page = await self._window().look(token, cookie, self.now)
        if not isinstance(page, Page):
            return page
        whole = replace(form, nonce=page.nonce)
        typed = await self._code(token, letter, whole, cookie, page) if code is None else code
        outcome = await self._window().press(Press(token, replace(whole, code=typed), cookie, "story"), self.now)
        minted = getattr(outcome, "browser", None)
        if minted is not None and not another_browser:
            self._cookies[person] = minted.text
        await self.settle()
        return outcome

    async def _code(self, token: str, letter: Sent, form: Form, cookie: str, page: Page) -> str:
        if page.coding == "letter":
            printed = letter_code(token, RING)
            return printed if printed in letter.text else ""
        if page.coding != "ask":
            return ""
        await self._window().send_code(Press(token, form, cookie, "story"), self.now)
        await self.settle()
        codes = [_CODE.search(one.text) for one in self.sent if one.kind == "code" and one.to == letter.to]
        return "".join(codes[-1].groups()) if codes and codes[-1] else ""

    async def until(self, moment: datetime) -> None:
        """Let time pass up to that moment; what falls due on the way happens in its own minute."""
        while True:
            due = await self.store.next_timer()
            if due is None or due > moment:
                break
            self.now = max(due, self.now)
            await self.settle()
        self.now = max(moment, self.now)
        await self.settle()

    def a_minute_later(self) -> None:
        """Let a minute pass: no two steps happen at once."""
        self.now += A_MINUTE

    # --- what follows by itself

    async def settle(self) -> None:
        """Do everything that is due: errands, timers, letters, until nothing is left."""
        for _ in range(MOST_TURNS):
            if not await self._errands() + await self._timers() + await self._letters():
                return
        raise StoreError(f"more than {MOST_TURNS} things follow from this step: do the rules go round in a circle?")

    async def _errands(self) -> int:
        due = await self.store.due_errands(self.now, AT_ONCE)
        bench = Bench(self.office, self.store, self.blobs, self._shop.documents)
        for errand in due:
            await run_errand(errand, self.now, bench)
        return len(due)

    async def _timers(self) -> int:
        due = await self.store.due_timers(self.now, AT_ONCE)
        for timer in due:
            await remind(timer, self.store, self.office, self.now)
        return len(due)

    async def _letters(self) -> int:
        claimed = await self.store.claim_letters(self.now, AT_ONCE, LEASE, "story")
        for page in await write(claimed, self.now, self._counter()):
            await note(await deliver(page, self.post, self.now, self._counter()), self.store)
            content = self.post.taken()
            if content is not None:
                letter, message = page.outgoing.letter, read_letter(content)
                self.sent.append(Sent(letter.kind, letter.to, letter.address, page.outgoing.case, self.now, message))
        return len(claimed)

    # --- questions

    async def cases(self) -> list[Case]:
        """Give every case, the one opened first at the head."""
        rows = await self.store.cases(limit=AT_ONCE)
        loaded = [await self.store.load(row.id) for row in reversed(rows)]
        return [case for case in loaded if case is not None]

    async def paper(self, case: Case, document: str) -> str:
        """Give the newest paper of that name as HTML, the text of a corrected one; '' where none was made."""
        made = next((paper for paper in case.papers if paper.document == document), None)
        content = await self.blobs.read(made.sha256) if made is not None else b""
        return docx_text(content, LONGEST_TEXT) if is_docx(content) else content.decode()

    # --- what the conductors need, made anew for the office as it is

    def _random(self, count: int) -> bytes:
        self._drawn += 1
        return hashlib.sha256(f"story {self._drawn}".encode()).digest()[:count]

    def _desk(self) -> Desk:
        profile = ReceiverProfile("embedded", SERVER)
        around = surroundings(self.office.rules, (self.address,), "story")
        return Desk(self.office, self.store, self.blobs, RING, profile, around, self._shop.reader)

    def _window(self) -> Window:
        return Window(self.office, self.store, self.blobs, RING, self._random)

    def _counter(self) -> Counter:
        return Counter(
            office=self.office,
            store=self.store,
            blobs=self.blobs,
            letters=self._shop.letters,
            ring=RING,
            address=self.address,
            name=self.office.directory.company.name,
            instance="story",
            plus_addresses=True,
            web_url=WEB,
            random=self._random,
        )


async def story_office(office: Office, shop: Workshop, address: str, now: datetime) -> StoryOffice:
    """Give an office where nothing has happened yet; the one given before is over."""
    return StoryOffice(office, await shop.store.fresh(), shop, address, now)
