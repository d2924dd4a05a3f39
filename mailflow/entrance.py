"""Let a person in without a password: a letter to his registered address brings a code and a link.

The order is the safety: an unknown address is answered as a known one and owed nothing; a letter leaves at most
once a minute and five times an hour; a try is counted before the digits are compared, and a code opens once.
Whoever is let in gets a browser row of his own, like every browser that is known; revoking the row shuts it out.
A link alone opens only in the browser that asked for it; in any other the digits are asked for as well, because
mail scanners follow links and press what they find.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from mailflow import log
from mailflow.advance import advance
from mailflow.core.codes import (
    SEED_BYTES,
    Code,
    Wait,
    fresh_code,
    link_tag,
    live,
    matches,
    new_seed,
    nonce_holds,
    page_nonce,
    typed_code,
)
from mailflow.core.events import NoticeDue
from mailflow.core.memory import About
from mailflow.core.office import Office
from mailflow.core.pressing import BROWSER_LIFE, label
from mailflow.core.sight import sight_of
from mailflow.core.tokens import ID_BYTES, KeyRing, mint, read_token
from mailflow.core.views import Language
from mailflow.core.visits import (
    SIGN_IN,
    Entered,
    NotEntered,
    Visitor,
    address_in,
    note_of,
    sign_in_key,
    tries_key,
    typed_address,
)
from mailflow.edges.store import Browser, Store
from mailflow.recalling import present, told_now

_KEY_LENGTH = 64
_PAGE = "sign-in"


@dataclass(frozen=True)
class Entrance:
    """The way in: the office, its store, the keys, chance, and a bell that letters may be waiting."""

    office: Office
    store: Store
    ring: KeyRing
    random: Callable[[int], bytes]
    wake: Callable[[], None] = lambda: None

    @property
    def language(self) -> Language:
        """The language spoken to somebody nobody knows yet."""
        return self.office.language

    def nonce(self, visitor: Visitor | None, now: datetime) -> str:
        """Give the nonce of a page for this visitor, or for somebody who is not in."""
        return page_nonce(visitor.browser if visitor is not None else _PAGE, now, self.ring)

    def holds(self, nonce: str, visitor: Visitor | None, now: datetime) -> bool:
        """Say whether the form is of such a page, and not an old one."""
        return nonce_holds(nonce, visitor.browser if visitor is not None else _PAGE, now, self.ring)

    async def whose(self, cookie: str, now: datetime) -> Visitor | None:
        """Say who has signed in with this cookie; None for anybody else."""
        hash_ = read_token(cookie, "browser", self.ring)
        browser = await self.store.browser(hash_) if hash_ is not None else None
        if browser is None or browser.signed_in_at is None or browser.revoked_at is not None:
            return None
        return await self._visitor(browser, now) if browser.expires_at > now else None

    async def ask(self, typed: str, now: datetime) -> str:
        """Send the letter, if somebody has that address; give the note for the browser, the same for everybody."""
        address = typed_address(typed)
        person = self.office.directory.by_address(address)
        if person is not None:
            await self._order(person, now)
        return note_of(address, now, self.ring)

    async def enter(self, note: str, typed: str, agent: str, now: datetime) -> Entered | NotEntered:
        """Let in whoever typed the digits in the browser that asked for them."""
        person = self.office.directory.by_address(address_in(note, now, self.ring))
        code = await self.store.code(sign_in_key(person)) if person is not None else None
        if person is None or code is None or not await self._right(code, person, typed, "page", now):
            return NotEntered("code")
        return await self._let_in(person, code, agent, now)

    async def at_link(self, text: str, note: str, now: datetime) -> bool | None:
        """Say of a sign-in link whether this browser asked for it; None for one that opens nothing."""
        code = await self._code_of(text, now)
        return None if code is None else self._asked_here(code, note, now)

    async def enter_by_link(self, text: str, note: str, typed: str, agent: str, now: datetime) -> Entered | NotEntered:
        """Let in whoever pressed on the link's page: where he asked for it, or with its digits."""
        code = await self._code_of(text, now)
        if code is None:
            return NotEntered("link")
        person = code.person.removeprefix(SIGN_IN)
        if not self._asked_here(code, note, now) and not await self._right(code, person, typed, "link", now):
            return NotEntered("elsewhere")
        return await self._let_in(person, code, agent, now)

    async def leave(self, visitor: Visitor, now: datetime) -> None:
        """End the browser: its cookie opens nothing any more."""
        await self.store.revoke_browser(visitor.browser, now)

    async def saw(self, visitor: Visitor, now: datetime) -> None:
        """Note that the visitor sent something from his browser."""
        await self.store.saw_browser(visitor.browser, now)

    # --- the steps

    async def _order(self, person: str, now: datetime) -> None:
        """Note the code first, then owe its letter: killed between, one asks once more."""
        key, seed = sign_in_key(person), new_seed(self.random(SEED_BYTES), self.ring)
        issued = await self.store.issue_code(key, SIGN_IN + person, seed, now)
        if isinstance(issued, Wait):
            return
        event = hashlib.sha256(f"sign-in {key} {issued.seed} {now.isoformat()}".encode()).hexdigest()
        words = {"link": key, "seed": issued.seed}
        await advance(NoticeDue(event, now, "sign_in", person, words), self.store, self.office, now)
        log.sign_in_ordered(self.office.directory.people[person].address)
        self.wake()

    async def _code_of(self, text: str, now: datetime) -> Code | None:
        """Give the live code of that link, if the link is ours."""
        key, tag = text[:_KEY_LENGTH], text[_KEY_LENGTH:]
        code = await self.store.code(key)
        if code is None or not live(code, now) or code.person.removeprefix(SIGN_IN) not in self.office.directory.people:
            return None
        right = link_tag(key, code.seed, self.ring)
        return code if right and hmac.compare_digest(right.encode(), tag.encode()) else None

    def _asked_here(self, code: Code, note: str, now: datetime) -> bool:
        person = self.office.directory.by_address(address_in(note, now, self.ring))
        return person is not None and code.person == SIGN_IN + person

    async def _right(self, code: Code, person: str, typed: str, way: str, now: datetime) -> bool:
        digits = typed_code(typed)
        if not digits or not live(code, now):
            return False
        tries = tries_key(code.token, code.seed, "link" if way == "link" else "page")
        if await self.store.take_try(tries, f"{SIGN_IN}{way} {person}", now) is None:
            return False
        if not matches(digits, (fresh_code(code.token, code.seed, self.ring),)):
            return False
        await self.store.give_back_try(tries)
        return True

    async def _let_in(self, person: str, code: Code, agent: str, now: datetime) -> Entered | NotEntered:
        """End the code, and only if that was ours to do, make the browser the person's own."""
        if not await self.store.spend_code(code.token, now):
            return NotEntered("code")
        minted = mint(self.ring, "browser", self.random(ID_BYTES))
        browser = Browser(minted.stored, person, label(agent), now, now + BROWSER_LIFE, signed_in_at=now)
        await self.store.remember_browser(browser)
        visitor = await self._visitor(browser, now)
        assert visitor is not None, "whoever has a code is in the directory"
        log.signed_in(person, minted.stored)
        return Entered(visitor, minted)

    async def _visitor(self, browser: Browser, now: datetime) -> Visitor | None:
        known = self.office.directory.people.get(browser.person)
        if known is None:
            return None
        about = [About("delegation", browser.person), About("told", browser.person)]
        office = await present(self.office, self.store, now, about)
        told = await told_now(browser.person, office, self.store, now)
        sight = replace(sight_of(browser.person, office, now, office.facts), told=told)
        language = office.directory.language(browser.person)
        return Visitor(browser.person, known.short, browser.hash, language, sight)
