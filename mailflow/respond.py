"""Answer one press on a signed link: from the form to a committed transition.

The order is the safety: the link must be ours and alive, the form whole and of a fresh page, the answer
one that would count, and only then is the browser or the code asked for. What the press does the engine
says, as for every other event; two presses at once meet in `advance`, where one of them is first.
Looking writes nothing. Nothing here tells an unknown link from an expired one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from mailflow import log
from mailflow.advance import advance
from mailflow.core.assurance import level_of
from mailflow.core.case import Assignment, Case, card_hash
from mailflow.core.codes import (
    MOST_TRIES,
    SEED_BYTES,
    Code,
    Wait,
    fresh_code,
    live,
    matches,
    new_seed,
    nonce_holds,
    page_nonce,
    typed_code,
)
from mailflow.core.events import AnswerReceived, NoticeDue
from mailflow.core.office import Office
from mailflow.core.pages import (
    Again,
    Already,
    Assured,
    CodeLater,
    CodeSent,
    Coding,
    Complaint,
    Ended,
    FactorAsked,
    Foreign,
    Forged,
    Form,
    Known,
    Link,
    Looked,
    NeedsCode,
    NotYours,
    OldForm,
    Page,
    Press,
    Pressed,
    Recorded,
    Seat,
    Served,
    TooManyCodes,
    TooManyFactors,
    WrongCode,
)
from mailflow.core.pressing import (
    BROWSER_LIFE,
    answered,
    complaint,
    ended,
    event_key,
    label,
    page_of,
    recorded,
    same_card,
    sheet_of,
)
from mailflow.core.sight import sees
from mailflow.core.tokens import ID_BYTES, KeyRing, Minted, letter_code, mint, read_token
from mailflow.core.wording import answer_word
from mailflow.edges.blobs import Blobs
from mailflow.edges.store import Browser, Committed, Repeated, Store
from mailflow.recalling import present
from mailflow.second_factors import Factors


@dataclass(frozen=True, slots=True)
class _Found:
    """A live link: its text, what it stands for, and the case and task as they are now.

    `seated`: it is the seat of somebody who has signed in; a press from there is bound to the card it was shown,
    because the page's nonce is.
    """

    text: str
    link: Link
    case: Case
    task: Assignment
    seated: bool = False


@dataclass(frozen=True)
class Window:
    """The window at which links are answered: the office, the stores, the keys, chance, and a bell.

    `wake` is rung when a letter may be waiting to leave.
    """

    office: Office
    store: Store
    blobs: Blobs
    ring: KeyRing
    random: Callable[[int], bytes]
    wake: Callable[[], None] = lambda: None

    async def look(self, text: str | Seat, cookie: str, now: datetime) -> Looked:
        """Give the page of a link as it stands now; write nothing."""
        return await (await self._today(now))._look(text, cookie, now)

    async def press(self, press: Press, now: datetime) -> Pressed:
        """Record what the form says, once, if whoever sent it may; say what became of it."""
        return await (await self._today(now))._press(press, now)

    async def send_code(self, press: Press, now: datetime) -> Pressed:
        """Send a one-time code to the registered address of the link's person; give the page again."""
        return await (await self._today(now))._send_code(press, now)

    async def file(self, text: str | Seat, place: int, now: datetime) -> Served | Forged:
        """Give one file of the card the link was issued for; of a card changed since, none."""
        return await (await self._today(now))._file(text, place, now)

    # --- the steps

    async def _today(self, now: datetime) -> Window:
        """Look out at the office as it is now: who stands in for whom may have changed."""
        return replace(self, office=await present(self.office, self.store, now))

    async def _look(self, text: str | Seat, cookie: str, now: datetime) -> Looked:
        found = await self._find(text, now)
        if found is None:
            return Forged()
        end = ended(found.case, found.task, found.link, self.office, now)
        return end if end is not None else await self._page(found, cookie, now)

    async def _press(self, press: Press, now: datetime) -> Pressed:
        found = await self._find(press.text, now)
        if found is None:
            return Forged()
        outcome = await self._pressed(found, press, now)
        log.link_pressed(found.case.number, found.link.hash, _named(outcome))
        return outcome

    async def _send_code(self, press: Press, now: datetime) -> Pressed:
        found = await self._find(press.text, now)
        if found is None:
            return Forged()
        end = ended(found.case, found.task, found.link, self.office, now)
        if end is not None:
            return end
        page = await self._page(found, press.cookie, now)
        if page.browser == "known":
            return page
        if not nonce_holds(press.form.nonce, found.link.hash, now, self.ring):
            return Again(page, press.form, OldForm())
        if page.coding == "spent":
            return Again(page, press.form, TooManyCodes())
        why = await self._order_code(found, page, now)
        return Again(await self._page(found, press.cookie, now), press.form, why)

    async def _file(self, text: str | Seat, place: int, now: datetime) -> Served | Forged:
        found = await self._find(text, now)
        if found is None or not same_card(found.case, found.link):
            return Forged()
        if isinstance(ended(found.case, found.task, found.link, self.office, now), NotYours):
            return Forged()
        files = found.case.current_files
        if not 1 <= place <= len(files):
            return Forged()
        file = files[place - 1]
        return Served(file, await self.blobs.read(file.sha256))

    async def _find(self, text: str | Seat, now: datetime) -> _Found | None:
        if isinstance(text, Seat):
            return await self._seated(text)
        hash_ = read_token(text, "decide", self.ring)
        token = await self.store.token(hash_) if hash_ is not None else None
        if token is None or token.purpose != "decide" or token.expires_at <= now:
            return None
        case = await self.store.load(token.case)
        task = case.assignment(token.assignment) if case is not None else None
        if case is None or task is None:
            return None
        link = Link(token.hash, token.case, token.assignment, token.person, token.card, token.came_back_at is not None)
        return _Found(text, link, case, task)

    async def _seated(self, seat: Seat) -> _Found | None:
        """Give the task of a case its visitor may see, bound to the card as it is now."""
        case = await self.store.load(seat.case)
        if case is None or not sees(seat.visitor.sight, case) or not 1 <= seat.place <= len(case.assignments):
            return None
        task = case.assignments[seat.place - 1]
        card = card_hash(case.fields, case.files)
        name = hashlib.sha256(f"seat {seat.visitor.browser} {task.id} {card}".encode()).hexdigest()
        return _Found("", Link(name, case.id, task.id, seat.visitor.person, card), case, task, seated=True)

    async def _page(self, found: _Found, cookie: str, now: datetime) -> Page:
        browser = "known" if found.seated else await self._whose(cookie, found.link.person, now)
        code = await self.store.code(found.link.hash)
        return page_of(
            sheet_of(found.case, found.task, found.link, self.office, now),
            found.case,
            found.task,
            browser,
            self._coding(found, browser, code, now),
            page_nonce(found.link.hash, now, self.ring),
            date.fromisoformat(self.office.day(now)),
            await self._second_factor(found),
        )

    @property
    def _factors(self) -> Factors:
        return Factors(self.office, self.store, self.ring, self.random, self.wake)

    async def _second_factor(self, found: _Found) -> FactorAsked:
        if level_of(found.case, found.task, self.office) != "second_factor":
            return "none"
        return await self._factors.wanted(found.link.hash, found.link.person)

    async def _whose(self, cookie: str, person: str, now: datetime) -> Known:
        hash_ = read_token(cookie, "browser", self.ring)
        browser = await self.store.browser(hash_) if hash_ is not None else None
        if browser is None or browser.revoked_at is not None or browser.expires_at <= now:
            return "unknown"
        return "known" if browser.person == person else "foreign"

    def _coding(self, found: _Found, browser: Known, code: Code | None, now: datetime) -> Coding:
        if browser == "known":
            return "none"
        if code is not None and code.wrong >= MOST_TRIES:
            return "spent"
        if live(code, now):
            return "sent"
        return "letter" if self._by_printed_code(found) else "ask"

    def _by_printed_code(self, found: _Found) -> bool:
        """Say whether the digits of the letter are enough: not for money, nor once a kept mail quotes them."""
        return level_of(found.case, found.task, self.office) == "mail" and not found.link.came_back

    async def _pressed(self, found: _Found, press: Press, now: datetime) -> Pressed:
        end = ended(found.case, found.task, found.link, self.office, now)
        if end is not None:
            return end
        page = await self._page(found, press.cookie, now)
        if not nonce_holds(press.form.nonce, found.link.hash, now, self.ring):
            return Again(page, press.form, OldForm())
        wrong = complaint(form=press.form, page=page)
        if wrong is not None:
            return Again(page, press.form, wrong)
        assured = await self._assured(found, page, press.form, now)
        if isinstance(assured, Assured):
            assured = await self._with_factor(assured, found, page, press.form, now)
        if not isinstance(assured, Assured):
            return await self._again(found, press, assured, now)
        if press.through:
            assured = replace(assured, by=f"{assured.by}, {press.through}")
        key = event_key(found.link, press.form)
        event = answered(press.form, found.link, key, assured, self.office, now)
        assert event is not None, "a link whose person is nobody has ended before"
        happened = await advance(event, self.store, self.office, now)
        self.wake()
        outcome = await self._told(found, press, event, happened, now)
        await self._saw(press.cookie, now)
        return await self._remembered(outcome, assured, found.link, press.agent, now)

    async def _saw(self, cookie: str, now: datetime) -> None:
        """Note when the browser of a press was last used."""
        hash_ = read_token(cookie, "browser", self.ring)
        if hash_ is not None:
            await self.store.saw_browser(hash_, now)

    async def _assured(self, found: _Found, page: Page, form: Form, now: datetime) -> Assured | Complaint:
        """Ask for what the stage's level wants: a browser that is known, or the right digits."""
        if page.browser == "known":
            return Assured("signed in" if found.seated else "link, known browser", new_browser=False)
        if page.coding == "spent":
            return TooManyCodes()
        typed = typed_code(form.code)
        if not typed:
            return Foreign() if page.browser == "foreign" else NeedsCode()
        if page.coding == "ask":
            return NeedsCode()
        left = await self.store.take_try(found.link.hash, found.link.person, now)
        if left is None:
            return TooManyCodes()
        by = await self._right_code(found, typed, now)
        if not by:
            return WrongCode(left)
        await self.store.give_back_try(found.link.hash)
        return Assured(by, new_browser=True)

    async def _with_factor(
        self, assured: Assured, found: _Found, page: Page, form: Form, now: datetime
    ) -> Assured | Complaint:
        """Ask for the second factor beside it, where an answer that decides wants one."""
        if page.factor == "none" or form.choice == "question":
            return assured
        if page.factor == "spent":
            return TooManyFactors()
        lacking = await self._factors.lacking(found.link.hash, found.link.person, form.totp, now)
        return lacking or replace(assured, second_factor=True)

    async def _right_code(self, found: _Found, typed: str, now: datetime) -> str:
        """Say which code was typed, '' if none that counts at this level."""
        code = await self.store.code(found.link.hash)
        fresh = fresh_code(found.link.hash, code.seed, self.ring) if code is not None and live(code, now) else ""
        printed = letter_code(found.text, self.ring) if self._by_printed_code(found) else ""
        is_fresh, is_printed = matches(typed, (fresh,)), matches(typed, (printed,))
        if is_fresh:
            return "link, code sent to the registered address"
        return "link, code of the letter" if is_printed else ""

    async def _told(
        self, found: _Found, press: Press, event: AnswerReceived, happened: Committed | Repeated, now: datetime
    ) -> Pressed:
        """Read out of the case what became of the press: this one, or one that was first."""
        case = (happened.case if isinstance(happened, Committed) else None) or await self.store.load(found.case.id)
        task = case.assignment(found.task.id) if case is not None else None
        if case is None or task is None:
            return Forged()
        asked = press.form.choice == "question"
        end = ended(case, task, found.link, self.office, now)
        first = recorded(case, event) if isinstance(happened, Committed) else asked and end is None
        if first:
            sheet = sheet_of(case, task, found.link, self.office, now)
            answer = task.decision.answer if task.decision is not None and not asked else event.answer
            return Recorded(
                sheet,
                answer_word(answer, sheet.language, self.office.doer(found.link.person).gender),
                event.comment,
                asked,
            )
        return end if end is not None else await self._again(found, press, OldForm(), now)

    async def _again(self, found: _Found, press: Press, why: Complaint, now: datetime) -> Again:
        return Again(await self._page(found, press.cookie, now), press.form, why)

    async def _remembered(self, outcome: Pressed, assured: Assured, link: Link, agent: str, now: datetime) -> Pressed:
        """Make a browser known that has shown the right digits for what now stands."""
        if not assured.new_browser or not isinstance(outcome, Recorded | Already):
            return outcome
        minted: Minted = mint(self.ring, "browser", self.random(ID_BYTES))
        await self.store.remember_browser(Browser(minted.stored, link.person, label(agent), now, now + BROWSER_LIFE))
        await self.store.spend_code(link.hash, now)
        return replace(outcome, browser=minted)

    async def _order_code(self, found: _Found, page: Page, now: datetime) -> CodeSent | CodeLater:
        """Note the code first, then owe its letter: killed between, the button is pressed once more."""
        link = found.link
        seed = new_seed(self.random(SEED_BYTES), self.ring)
        issued = await self.store.issue_code(link.hash, link.person, seed, now)
        if isinstance(issued, Wait):
            return CodeLater(issued.often)
        # The digits themselves stand in no row: the letter is given them when it is rendered.
        words = {"number": found.case.number, "title": page.sheet.view.title, "link": link.hash, "seed": issued.seed}
        key = hashlib.sha256(f"code {link.hash} {issued.seed} {now.isoformat()}".encode()).hexdigest()
        await advance(NoticeDue(key, now, "code", link.person, words), self.store, self.office, now)
        log.code_ordered(found.case.number, link.hash, self.office.directory.people[link.person].address)
        self.wake()
        return CodeSent()


def _named(outcome: Pressed | Ended) -> str:
    """Name an outcome for the log: nothing that was typed stands in it."""
    return type(outcome.why).__name__ if isinstance(outcome, Again) else type(outcome).__name__
