"""Mail in: one mailbox fetched, taken in, settled and waited for.

Owns: the connection, where reading stands, the order of kept, committed, told to the server. Refuses to know: what a
mail says. Nothing is told to the server about a mail before its row is committed; what the world breaks (RFC 9051: a
connection may end at any word) is said in the log and waited out, and the mail stays on the server until then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from mailflow import agent, log
from mailflow.alone import of_the_world, reason_of
from mailflow.app import App, now
from mailflow.bells import Bells
from mailflow.edges.blobs import Kept
from mailflow.edges.imap import Fetched, LoginRefused, Mailbox, Opened, Oversized, Unreadable
from mailflow.edges.store import MailboxState, Source
from mailflow.errors import LeaseLost, MailboxError
from mailflow.killpoints import reached
from mailflow.receive import Settle, failed, oversized, take_in, unreadable
from mailflow.tries import Tries
from mailflow.watching import MAILBOX

WATCH_SECONDS = 240.0
"""So often the mailbox is looked at though nobody rang: that it was read stands in the database then.
RFC 2177 would have an IDLE begun anew before half an hour is over."""
RARELY = "tried again at once when the password file changes, else ever more rarely, so that the account is not locked"


class Reader:
    """Mail in: fetch, take in, settle, wait."""

    def __init__(self, app: App, bells: Bells, tries: Tries | None = None) -> None:
        self._app = app
        self._bells = bells
        settings = app.settings.imap()
        self._account, self._folder = settings.user, settings.folder
        self._password = settings.password
        self._mailbox = Mailbox(settings)
        self._opened: Opened | None = None
        self._duty = app.agent.duty(f"mailbox/{self._account}/{self._folder}")
        self._desk = app.desk
        self._tries = tries or Tries(lambda: app.settings.imap().password)

    async def run(self) -> None:
        """Read for ever; a lost connection is made again, ever more slowly, a refused password far more slowly.

        While another agent reads the mailbox this one stands by, without a connection to it.
        """
        while True:
            await self._tries.due()
            try:
                if not await self._on_duty():
                    await self._stand_by()
                    continue
                await self._read()
            except LeaseLost as late:
                log.refused_late(str(late))
                self._duty.lose()
                await self._disconnect()
            except MailboxError as trouble:
                await self._put_off(trouble)

    async def _read(self) -> None:
        """Take in what waits, and wait for more."""
        await self.catch_up()
        if self._tries.succeeded():
            log.back("mailbox")
        await self._app.store.pulse(MAILBOX, now())
        reached("mailbox.pulse")
        await self._mailbox.wait(WATCH_SECONDS)

    async def _stand_by(self) -> None:
        """Wait a little, then help: nobody rings here when the agent that reads has letters and errands to share."""
        await self._disconnect()
        await asyncio.sleep(agent.RENEW_SECONDS)
        self._bells.letters.set()
        self._bells.timers.set()

    async def _on_duty(self) -> bool:
        """Say whether this mailbox is ours to read; if it is, all is written under the number of our turn."""
        store = await self._duty.taken()
        if store is None:
            return False
        self._desk = replace(self._app.desk, store=store)
        return True

    async def _put_off(self, trouble: MailboxError) -> None:
        """Say what is wrong in the log and in the database, and when the mailbox is tried again."""
        tries, refused = self._tries, isinstance(trouble, LoginRefused)
        pause = tries.refused(self._password) if refused else tries.lost()
        await self._disconnect()
        if not refused:
            # From another machine the server may be within reach; the password is the same everywhere.
            await self._duty.give_back()
        log.waiting_for("mailbox", str(trouble), pause)
        reason = f"{trouble}; {RARELY}" if tries.given_up else str(trouble)
        await self._app.store.pulse(MAILBOX, now(), reason)
        reached("mailbox.pulse")

    async def catch_up(self) -> int:
        """Take in everything that waits, unless another agent does; give how many mails there were."""
        if not await self._on_duty():
            return 0
        state = await self._position()
        taken = 0
        while True:
            mails = await self._mailbox.fetch_after(state.last_uid, state.taken_from)
            if not mails:
                return taken
            reached("mail.fetched")
            taken += len(mails)
            state = await self._take(mails, state)

    async def close(self) -> None:
        """End the connection, and leave the mailbox to others."""
        await self._disconnect()
        await self._duty.give_back()

    async def _disconnect(self) -> None:
        self._opened = None
        await self._mailbox.close()

    async def _position(self) -> MailboxState:
        """Connect, unless the connection stands, and say from where to read."""
        if self._opened is None:
            self._opened = await self._connected()
            await self._settle_the_rest(self._opened)
        known = await self._desk.store.mailbox(self._account, self._folder)
        state = _position(known, self._opened, self._account, self._folder, self._since())
        if state != known:
            await self._desk.store.keep_mailbox(state)
            reached("mailbox.placed")
        return state

    async def _connected(self) -> Opened:
        """Connect with the password as it is written now."""
        password = self._tries.read_again(self._password)
        if password != self._password:
            self._password, self._mailbox = password, Mailbox(self._app.settings.imap())
        return await self._mailbox.connect()

    def _since(self) -> datetime | None:
        day = self._app.settings.mailbox.take_from
        return datetime(day.year, day.month, day.day, tzinfo=self._app.settings.zone) if day is not None else None

    async def _settle_the_rest(self, opened: Opened) -> None:
        """Tell the server about mails that were committed before a stop came in between."""
        rows = await self._desk.store.unsettled(self._account, self._folder, opened.uidvalidity)
        await self._settle(opened.uidvalidity, {uid: _where(state) for uid, state in rows if state != "failed"})

    async def _take(self, mails: list[Fetched | Oversized | Unreadable], state: MailboxState) -> MailboxState:
        """Take a batch in; the position moves past it only when every mail has its committed row."""
        settled: dict[int, Settle] = {}
        kept = await self._keep(mails)
        for mail in mails:
            where = await self._one(mail, kept, state.uidvalidity)
            if where is not None:
                settled[mail.uid] = where
            self._bells.letters.set()
            self._bells.timers.set()
        await self._settle(state.uidvalidity, settled)
        moved = MailboxState(self._account, self._folder, state.uidvalidity, mails[-1].uid, state.taken_from)
        await self._desk.store.keep_mailbox(moved)
        reached("mailbox.noted")
        await self._desk.store.pulse(MAILBOX, now())
        reached("mailbox.pulse")
        return moved

    async def _keep(self, mails: Sequence[Fetched | Oversized | Unreadable]) -> dict[int, Kept]:
        """Put the bytes of the batch on the disk before any of them is understood; give them by UID."""
        fetched = [mail for mail in mails if isinstance(mail, Fetched)]
        kept = await self._desk.blobs.keep_all([mail.raw for mail in fetched])
        return {mail.uid: one for mail, one in zip(fetched, kept, strict=True)}

    async def _one(
        self, mail: Fetched | Oversized | Unreadable, kept: Mapping[int, Kept], uidvalidity: int
    ) -> Settle | None:
        source = Source(self._account, self._folder, uidvalidity, mail.uid)
        match mail:
            case Oversized():
                return await oversized(mail.headers, mail.size, source, mail.received or now(), self._desk)
            case Unreadable():
                return await unreadable(mail.uid, mail.reason, source, now(), self._desk)
            case Fetched():
                return await self._safely(kept[mail.uid], mail.received, source)

    async def _safely(self, kept: Kept, received: datetime, source: Source) -> Settle | None:
        """Take one mail in; one that breaks the work three times is held for a person, and holds up no other.

        What the world breaks (the database, the disk) is no fault of the mail: it stays on the server.
        """
        while True:
            try:
                return await take_in(kept, source, received, now(), self._desk)
            except Exception as wrong:
                if of_the_world(wrong):
                    raise
                reason = reason_of(wrong)
                log.broken("mail", reason)
                where = await failed(kept, source, received, reason, self._desk)
                if where is not None:
                    return where

    async def _settle(self, uidvalidity: int, settled: dict[int, Settle]) -> None:
        if not settled:
            return
        reached("mail.settling")
        await self._mailbox.settle(
            [uid for uid, where in settled.items() if where == "processed"],
            [uid for uid, where in settled.items() if where == "quarantined"],
        )
        reached("mail.moved")
        await self._desk.store.settled(self._account, self._folder, uidvalidity, list(settled), now())
        reached("mail.settled")


def _where(state: str) -> Settle:
    return "quarantined" if state == "quarantined" else "processed"


def _position(
    known: MailboxState | None, opened: Opened, account: str, folder: str, since: datetime | None
) -> MailboxState:
    """Say from which UID to read: on first contact only what arrives from then on, unless a date is set.

    A new UIDVALIDITY voids every UID we knew: the folder is listed again from the same date, and
    mails we have are known by their content.
    """
    if known is not None and known.uidvalidity == opened.uidvalidity:
        return known
    if known is not None:
        return MailboxState(account, folder, opened.uidvalidity, 0, known.taken_from)
    if since is not None:
        return MailboxState(account, folder, opened.uidvalidity, 0, since)
    return MailboxState(account, folder, opened.uidvalidity, opened.uidnext - 1, now())
