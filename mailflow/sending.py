"""The loop that lets letters out: claim, write, send, note.

Owns: whose letters are whose (leases, and the name they are claimed under), turns, halting. Refuses to know: what
a letter says, why one was refused.

A letter that has left is noted before the next one leaves: killed in between, this one goes once more, the same.
What the world breaks (the mail server, the database) is said in the log and waited out by the loop; a letter that
breaks the work is put off, and holds up no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailflow import log
from mailflow.alone import Broke, alone
from mailflow.app import App, now
from mailflow.bells import Bells, rung
from mailflow.deliver import FIRST_PAUSE, Delivery, deliver, note, put_off_letter
from mailflow.edges.smtp import Post
from mailflow.edges.store import Outgoing
from mailflow.errors import MailflowError
from mailflow.killpoints import reached
from mailflow.tries import Tries
from mailflow.writing import Page, write

LEASE = timedelta(minutes=15)
"""Longer than the ten minutes an SMTP server may take over the last dot (RFC 5321, 4.5.3.2.6)."""
IN_TURN = timedelta(minutes=4)
"""So long may the last letter of a batch wait: it and one slow server together are far from the lease's end."""
LETTERS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Batch:
    """How many letters of a claimed batch left. `halted`: no other one would."""

    sent: int
    halted: bool


class Sender:
    """Letters out: claim, write, send, note."""

    def __init__(self, app: App, bells: Bells, tries: Tries | None = None) -> None:
        self._app = app
        self._bells = bells
        settings = app.settings.post()
        self._password = settings.password
        self._post = Post(settings)
        self._tries = tries or Tries(lambda: app.settings.post().password)
        self._holding = True
        """Letters may be claimed in our name; at first by whoever sent in this process before."""

    async def run(self) -> None:
        """Send for ever; wait for the bell between."""
        while True:
            try:
                await self.send_ready()
            except MailflowError as wrong:
                log.broken("sending", str(wrong))
            await rung(self._bells.letters)
            # Whoever owes a letter may owe a call: one commit writes both.
            self._bells.calls.set()

    async def send_ready(self) -> int:
        """Send everything that is due; give how many letters left. After a refused password none is tried for long."""
        sent = 0
        while not self._tries.left():
            await self._take_password()
            claimed = await self._claimed()
            if not claimed:
                return sent
            pages = await write(claimed, now(), self._app.counter)
            batch = await self._batch(pages, now() + IN_TURN)
            self._holding = False
            sent += batch.sent
            if batch.halted:
                return sent
        return sent

    async def _take_password(self) -> None:
        """Log in with the password as it is written now."""
        password = self._tries.read_again(self._password)
        if password != self._password:
            await self._post.close()
            self._password, self._post = password, Post(self._app.settings.post())

    async def _claimed(self) -> list[Outgoing]:
        """Claim the next letters; first of all whatever a round still holds that the world broke off."""
        store, holder = self._app.store, await self._app.agent.name()
        if self._holding:
            await store.give_back_letters(holder, now())
            reached("letter.given_back")
        claimed = await store.claim_letters(now(), LETTERS_AT_ONCE, LEASE, holder)
        reached("letter.claimed")
        self._holding = bool(claimed)
        return claimed

    async def _batch(self, pages: Sequence[Page], until: datetime) -> Batch:
        """Send one after another, each noted before the next; those whose turn does not come are given back untried."""
        sent = 0
        for place, page in enumerate(pages, 1):
            delivery = await self._one(page)
            await note(delivery, self._app.store)
            sent += delivery.sent
            if delivery.halts:
                # Every other letter would meet it too: a wrong password, a quota.
                self._halt(delivery.noted.reason)
                await self._release(pages[place:], delivery.noted.reason, now() + FIRST_PAUSE)
                return Batch(sent, True)
            self._tries.succeeded()
            if now() > until:
                await self._release(pages[place:], "its turn did not come in time", now())
                return Batch(sent, False)
        return Batch(sent, False)

    def _halt(self, reason: str) -> None:
        """Stop for now; a server that refused the password is not asked again soon: it might lock the account."""
        if self._post.password_refused:
            pause = self._tries.refused(self._password)
            log.waiting_for("sending", reason, pause)
        log.sending_halted(reason)

    async def _release(self, pages: Sequence[Page], reason: str, next_at: datetime) -> None:
        if pages:
            await self._app.store.release_letters([page.outgoing for page in pages], reason, next_at)
            reached("letter.released")

    async def _one(self, page: Page) -> Delivery:
        """Send one letter, or put it off."""
        counter, outgoing = self._app.counter, page.outgoing
        delivery = await alone(outgoing.key, deliver(page, self._post, now(), counter))
        if isinstance(delivery, Broke):
            return await put_off_letter(outgoing, delivery, now(), counter)
        return delivery

    async def close(self) -> None:
        """End the connection."""
        await self._post.close()
