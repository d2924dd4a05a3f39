"""The store: everything mailflow remembers, behind one object.

Owns: which transaction each question and each write runs in; the words themselves stand in the
modules named after their tables. Refuses to know: rules, mails, sockets.

`commit` is the one way in which a case moves. A letter is claimed, rendered and noted under a
lease, a timer rings through the event that bears its key, a mail that moves nothing has its row too.

What may go wrong: the database cannot be reached or written: StoreError, which says what to do.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from mailflow.core.case import Case
from mailflow.core.case_query import CaseQuery, Total, Totals
from mailflow.core.codes import Code, Wait
from mailflow.core.digest import LostLetter, MissedMail
from mailflow.core.effects import Transition
from mailflow.core.events import DataErased, Event, NoticeDue, RulesTaken
from mailflow.core.journal import JournalRow
from mailflow.core.memory import About, Fact, FactKind
from mailflow.core.quotable import Quotable
from mailflow.core.report_query import ReportQuery
from mailflow.core.reports import PaidFact, TaskFact
from mailflow.core.seals import Seal
from mailflow.core.searching import Hit, Passage, Question
from mailflow.core.second_factor import Factor
from mailflow.core.service_view import Folder
from mailflow.core.vitals import Vitals
from mailflow.edges.frames import Frame
from mailflow.edges.store import (
    browsers,
    case_lists,
    cases,
    claims,
    commit,
    erasing,
    errands,
    factors,
    facts,
    frames,
    inbox,
    index_cards,
    journal,
    leases,
    lists,
    mailboxes,
    outbox,
    report_rows,
    seals,
    timers,
    tokens,
    vitals,
    whole,
)
from mailflow.edges.store.api_keys import ApiKeys
from mailflow.edges.store.browsers import Browser
from mailflow.edges.store.by_hand import ByHand
from mailflow.edges.store.database import Database
from mailflow.edges.store.erasing import Erasure
from mailflow.edges.store.session import Session
from mailflow.edges.store.turns import Turns
from mailflow.edges.store.values import (
    CaseRow,
    DueErrand,
    DueTimer,
    Fence,
    InboxRow,
    InboxState,
    MailboxState,
    Noted,
    OpenAssignment,
    OutboxRow,
    OutboxState,
    Outcome,
    Outgoing,
    Repeated,
    SentLetter,
    Source,
    Taken,
    Token,
    Written,
)


class Store:
    """Remember cases, mails, letters, timers and tokens; safe to share among the tasks of one loop."""

    def __init__(self, database: Database, domain: str) -> None:
        self._db = database
        self._domain = domain
        self.by_hand = ByHand(database)
        self.api_keys = ApiKeys(database)
        self.turns = Turns()

    @classmethod
    async def open(cls, url: str, domain: str) -> Store:
        """Open `sqlite:///path/mailflow.db` or `postgres://user:password@host/name`, migrating it first.

        Any number of processes may do so at once. `domain` ends our Message-IDs. StoreError where it cannot be used.
        """
        return cls(await Database.open(url), domain)

    async def close(self) -> None:
        """Close the connections; the store cannot be used afterwards."""
        await self._db.close()

    # All of it

    async def write_out(self, folder: Path) -> dict[str, int]:
        """Write every table into the folder as it is at one moment; give how many rows each has."""
        return await self._db.snapshot(lambda s: whole.write_out(s, folder))

    async def read_in(self, folder: Path, doubt: str) -> dict[str, int]:
        """Take over every table from the folder in one transaction; StoreError unless the database is empty."""
        return await self._db.run(lambda s: whole.read_in(s, folder, doubt))

    async def refuse_full(self) -> None:
        """StoreError where any table has a row."""
        await self._db.read(whole.refuse_full)

    # What one agent at a time may do

    def fenced(self, fence: Fence) -> Store:
        """Give the same store for one turn: once another turn has begun, whatever is written raises LeaseLost."""
        other = copy.copy(self)
        other._db = self._db.guarded(lambda s: leases.uphold(s, fence))
        return other

    async def take_lease(self, key: str, holder: str, seconds: float) -> Fence | None:
        """Begin a turn with what the key names, unless another holder has one; None where one has."""
        return await self._db.run(lambda s: leases.take(s, key, holder, seconds))

    async def renew_lease(self, fence: Fence, seconds: float) -> bool:
        """Let the turn go on for so many seconds from now; False if another has begun."""
        return await self._db.run(lambda s: leases.renew(s, fence, seconds))

    async def give_back_lease(self, fence: Fence) -> None:
        """End a turn; whoever waits may have the next at once."""
        await self._db.run(lambda s: leases.give_back(s, fence))

    async def give_back_all(self, holder: str, now: datetime) -> None:
        """End all that a holder had whose process is gone: its turns, and its claims on letters, timers and errands."""

        async def work(session: Session) -> None:
            await leases.give_back_all(session, holder)
            await claims.give_back(session, holder, now)
            await outbox.give_back(session, holder, now)

        await self._db.run(work)

    # Cases

    async def load(self, case_id: str) -> Case | None:
        """Give the case, or None."""
        return await self._db.glance(lambda s: cases.load(s, case_id))

    async def cases_named(self, ids: Sequence[str]) -> dict[str, Case]:
        """Give those of these cases that are there, by id; for a claimed batch, no more than some hundred ids."""
        return await self._db.glance(lambda s: cases.named(s, ids))

    async def load_by_number(self, number: str) -> Case | None:
        """Give the case of that number, exact first, else with letters of either size; or None."""
        return await self._db.glance(lambda s: cases.load_by_number(s, number))

    async def number_exists(self, number: str) -> bool:
        """Say whether a case has that number, letters of either size."""
        return await self._db.glance(lambda s: cases.number_exists(s, number))

    async def commit(
        self,
        before: Case | None,
        transition: Transition,
        event: Event,
        taken: Taken | None,
        now: datetime,
    ) -> Outcome:
        """Write all that the event caused, or nothing of it.

        `before` is the case as `load` gave it, None for a new one. Committed gives the case as
        stored. Overtaken: the case was changed since; load it and decide anew. Repeated: the event,
        or the mail, was committed before; the mail is then kept as a duplicate.
        """
        move = commit.Move(before, transition, event, taken, now, self._domain)
        outcome = await self._db.run(lambda s: commit.write(s, move), commit.is_kept)
        if isinstance(outcome, Repeated) and taken is not None:
            case = outcome.case_id
            await self._db.run(lambda s: commit.duplicate(s, taken, case))
        return outcome

    async def waited_for(self) -> list[str]:
        """Give everybody an open task waits for."""
        return await self._db.read(cases.waited_for)

    async def open_assignments(self, person: str) -> list[OpenAssignment]:
        """Give what waits for the person, the first due first."""
        return await self._db.read(lambda s: cases.open_assignments(s, person))

    async def cases(
        self,
        state: str | None = None,
        process: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[CaseRow]:
        """Give a page of cases, newest first; `after` is the id of the last case of the page before."""
        return await self._db.read(lambda s: cases.listed(s, state, process, after, limit))

    async def case_page(self, query: CaseQuery) -> list[Case]:
        """Give a page of the cases this query wants, newest first."""
        return await self._db.read(lambda s: case_lists.page(s, query))

    async def case_window(self, query: CaseQuery) -> tuple[list[Case], case_lists.Place | None]:
        """Give a page as far as one look reaches, and from where to look on; None where there is no more."""
        return await self._db.read(lambda s: case_lists.window(s, query))

    async def whole_totals(self, query: CaseQuery) -> list[Total]:
        """Count all cases this query wants and add them up by currency, however long that takes."""
        return await self._db.read(lambda s: case_lists.whole_totals(s, query))

    async def case_totals(self, query: CaseQuery) -> Totals:
        """Count the newest cases this query wants and add them up by currency."""
        return await self._db.read(lambda s: case_lists.totals(s, query))

    async def task_facts(
        self, query: ReportQuery, after: report_rows.Place | None
    ) -> tuple[list[TaskFact], report_rows.Place | None]:
        """Give a page of the tasks a report is about, and where the next page begins."""
        return await self._db.read(lambda s: report_rows.tasks(s, query, after))

    async def paid_facts(
        self, query: ReportQuery, after: report_rows.Place | None
    ) -> tuple[list[PaidFact], report_rows.Place | None]:
        """Give a page of the payments a report is about, and where the next page begins."""
        return await self._db.read(lambda s: report_rows.paid(s, query, after))

    async def journal(self, case_id: str) -> list[JournalRow]:
        """Give the journal of the case in order; that of no case is named `office`."""
        return await self._db.read(lambda s: journal.listed(s, case_id))

    async def journal_after(self, last: int, limit: int) -> list[tuple[int, JournalRow]]:
        """Give the next rows of all journals after that id, each with its own, in the order they were written."""
        return await self._db.read(lambda s: journal.after(s, last, limit))

    async def versions(self) -> dict[str, int]:
        """Give for every case how many rows its journal must have."""
        return await self._db.read(cases.versions)

    async def seal(self, now: datetime) -> Seal | None:
        """Fold rows of the journal that are not sealed yet into the next seal; None if there are none."""
        return await self._db.run(lambda s: seals.seal(s, now))

    async def newest_seal(self) -> Seal | None:
        """Give the last seal, or None."""
        return await self._db.read(seals.newest)

    async def seals(self) -> list[Seal]:
        """Give every seal in order."""
        return await self._db.read(seals.listed)

    async def sealed_hashes(self, last: int) -> list[tuple[int, str]]:
        """Give id and hash of every journal row up to that id, in the order of the tree."""
        return await self._db.read(lambda s: seals.hashes(s, last))

    async def erase(self, erasure: Erasure) -> DataErased:
        """Erase from every row, in one transaction with the note of it in the office's journal."""
        return await self._db.run(lambda s: erasing.erase(s, erasure))

    async def compact(self) -> None:
        """Give back the space in which what was erased still stands."""
        await self._db.compact(erasing.TABLES)

    async def forgotten_files(self) -> list[str]:
        """Give the files that were erased and that no row has named again since."""
        return await self._db.read(erasing.forgotten_files)

    # What cases are found by

    async def unindexed(self, limit: int) -> list[tuple[str, int]]:
        """Give cases whose index card is missing or old, each with the mark it has now."""
        return await self._db.glance(lambda s: index_cards.waiting(s, limit))

    async def indexed_sources(self, case_id: str) -> set[str]:
        """Give the mails and files of the case whose text is kept already."""
        return await self._db.glance(lambda s: index_cards.sources(s, case_id))

    async def passages(self, cases: Sequence[str]) -> list[Passage]:
        """Give the kept texts of these cases."""
        return await self._db.read(lambda s: index_cards.passages(s, cases))

    async def keep_index(
        self, case_id: str, mark: int, opened_at: datetime, fresh: Sequence[Passage], words: str
    ) -> None:
        """Keep new texts of the case and write its index card; it waits no more unless it moved meanwhile."""
        await self._db.run(lambda s: index_cards.keep(s, case_id, mark, opened_at, fresh, words))

    async def skip_index(self, case_id: str, mark: int) -> None:
        """Note that there is nothing to index about the case."""
        await self._db.run(lambda s: index_cards.drop(s, case_id, mark))

    async def found(self, question: Question) -> list[Hit]:
        """Give the cases that hold every word asked for, as far as he may see them, the newest first."""
        return await self._db.read(lambda s: index_cards.found(s, question))

    # Lists over the whole office

    async def happened(self, event_key: str) -> bool:
        """Say whether the event was committed."""
        return await self._db.glance(lambda s: lists.happened(s, event_key))

    async def has_signed(self) -> bool:
        """Say whether any key was ever noted as signing."""
        return await self._db.read(lists.has_signed)

    async def rules_taken(self) -> list[RulesTaken]:
        """Give every version of every process that ever came into force, the oldest first."""
        return await self._db.read(lists.rules_taken)

    async def last_notice(self, beginning: str) -> NoticeDue | None:
        """Give the newest notice whose key has that beginning, or None."""
        return await self._db.read(lambda s: lists.last_notice(s, beginning))

    async def cases_touched(self, process: str, since: datetime, until: datetime) -> list[Case]:
        """Give the cases of a process opened before `until` that have moved from `since` on."""
        return await self._db.read(lambda s: lists.touched(s, process, since, until))

    async def cases_opened(self, since: datetime, until: datetime) -> list[Case]:
        """Give the cases opened from `since` on and before `until`."""
        return await self._db.read(lambda s: lists.opened(s, since, until))

    async def cases_due(self, before: datetime) -> list[Case]:
        """Give the open cases with an open task whose term ends before that moment."""
        return await self._db.read(lambda s: lists.due(s, before))

    async def own_cases(self, person: str, limit: int) -> list[Case]:
        """Give the open cases the person began, newest first."""
        return await self._db.read(lambda s: lists.own(s, person, limit))

    async def cases_stuck(self, since: datetime) -> list[Case]:
        """Give the open cases that have waited for nobody since then."""
        return await self._db.read(lambda s: lists.stuck(s, since))

    async def lost_letters(self, since: datetime) -> list[LostLetter]:
        """Give the letters refused or of unknown fate since then, and all that a task still waits for."""
        return await self._db.read(lambda s: lists.lost_letters(s, since))

    async def newest_mail(self) -> int:
        """Give the id of the newest mail taken in, 0 if there is none."""
        return await self._db.read(lists.newest_mail)

    async def missed_mails(self, since: datetime, after: int | None) -> list[MissedMail]:
        """Give the mails nothing was done about after that id, or without one from `since` on."""
        return await self._db.read(lambda s: lists.missed_mails(s, since, after))

    # What the office knows

    async def facts(self, day: str, about: Sequence[About] = ()) -> tuple[Fact, ...]:
        """Give what holds on that ISO day: who stands in, who wants which letters, and what is known of these."""
        return await self._db.glance(lambda s: facts.recalled(s, day, about))

    async def facts_of(self, kind: FactKind, day: str) -> tuple[Fact, ...]:
        """Give all facts of a kind that hold on that ISO day."""
        return await self._db.read(lambda s: facts.of_kind(s, kind, day))

    # Mails taken in

    async def take_only(self, taken: Taken) -> InboxRow:
        """Keep the row of a mail that moves nothing; give its row as it now stands.

        A mail that failed is written over, and its attempts count one more; one that lies in quarantine
        is when it comes through at last. Any other row stays.
        """

        async def work(session: Session) -> InboxRow:
            over = inbox.UNFINISHED if taken.state == "processed" else inbox.FAILED
            written = await inbox.write(session, taken, over)
            row = written or await inbox.standing(session, taken)
            assert row is not None, "the row that stood in the way is gone within one transaction"
            if taken.case:
                await session.all([index_cards.noting(taken.case)])
            return row

        return await self._db.run(work)

    async def mails_of(self, case_id: str) -> list[InboxRow]:
        """Give the mails of a case, the oldest first; a mail that came twice is given once."""
        return await self._db.read(lambda s: inbox.of_case(s, case_id))

    async def seen(self, source: Source) -> InboxRow | None:
        """Give what became of the mail at that place, or None."""
        return await self._db.glance(lambda s: inbox.seen(s, source))

    async def seen_key(self, message_key: str) -> InboxRow | None:
        """Give what became of the same mail at any place, or None."""
        return await self._db.glance(lambda s: inbox.seen_key(s, message_key))

    async def waiting_mails(self, limit: int) -> list[InboxRow]:
        """Give the mails nothing was done about, the newest first."""
        return await self._db.read(lambda s: lists.waiting_mails(s, limit))

    async def inbox(self, state: InboxState | None = None, kind: str | None = None, limit: int = 100) -> list[InboxRow]:
        """Give the newest mails taken in."""
        return await self._db.read(lambda s: inbox.listed(s, state, kind, limit))

    async def unsettled(self, account: str, folder: str, uidvalidity: int) -> list[tuple[int, str]]:
        """Give uid and state of the mails that the mail server has not been told about."""
        return await self._db.read(lambda s: inbox.unsettled(s, account, folder, uidvalidity))

    async def settled(self, account: str, folder: str, uidvalidity: int, uids: Sequence[int], now: datetime) -> None:
        """Note that the mail server has been told about these mails."""
        await self._db.run(lambda s: inbox.settled(s, account, folder, uidvalidity, uids, now))

    async def mailbox(self, account: str, folder: str) -> MailboxState | None:
        """Give how far the folder has been read, or None if it never was."""
        return await self._db.glance(lambda s: mailboxes.load(s, account, folder))

    async def keep_mailbox(self, state: MailboxState) -> None:
        """Note how far the folder has been read."""
        await self._db.run(lambda s: mailboxes.keep(s, state))

    async def folders(self) -> list[Folder]:
        """Give every folder of a mailbox that is read, and how far."""
        return await self._db.read(mailboxes.folders)

    # Letters to send

    async def claim_letters(self, now: datetime, limit: int, lease: timedelta, holder: str) -> list[Outgoing]:
        """Take letters that are due, or whose lease has ended, the oldest first, until `now + lease`."""
        token = outbox.claim_token(holder)
        return await self._db.run(lambda s: outbox.claim(s, now, limit, lease, token))

    async def claim_calls(self, now: datetime, limit: int, lease: timedelta, holder: str) -> list[Outgoing]:
        """Take calls to other systems as letters are taken."""
        token = outbox.claim_token(holder)
        return await self._db.run(lambda s: outbox.claim(s, now, limit, lease, token, "call"))

    async def give_back_letters(self, holder: str, now: datetime) -> int:
        """End the leases of a holder whose process is gone, and say how many; the letters can be claimed at once."""
        return await self._db.run(lambda s: outbox.give_back(s, holder, now))

    async def rendered(self, letters: Sequence[Written]) -> frozenset[str]:
        """Note each letter's bytes, the card it shows and its tokens, all in one commit.

        Gives the keys of those that were noted: a letter whose lease is no longer ours is not.
        """
        return await self._db.run(lambda s: outbox.rendered(s, letters))

    async def frame(self, key: str, content: str) -> Frame:
        """Give the bytes of a letter still to be sent; `content` is their hash as its row says it.

        StoreError where they are damaged, or gone.
        """
        return await self._db.glance(lambda s: frames.load(s, key, content))

    async def quotable(self, key: str) -> Quotable | None:
        """Give the words of a letter of ours without its secrets; None where they were not kept."""
        return await self._db.glance(lambda s: frames.words(s, key))

    async def release_letters(self, letters: Sequence[Outgoing], reason: str, next_at: datetime) -> None:
        """Give back claimed letters that were not tried, to be claimed from `next_at` on."""
        await self._db.run(lambda s: outbox.release(s, letters, reason, next_at))

    async def note(self, noted: Noted) -> bool:
        """Note what became of a letter and give it back; False if the lease is no longer ours."""
        return await self._db.run(lambda s: outbox.note(s, noted))

    async def letters(self, message_ids: Sequence[str]) -> list[SentLetter]:
        """Give our letters with these Message-IDs, in the order asked for."""
        return await self._db.glance(lambda s: outbox.letters(s, message_ids))

    async def words_of(self, key: str) -> Mapping[str, str]:
        """Give the words a letter of ours was given; none for an unknown key."""
        return await self._db.glance(lambda s: outbox.words(s, key))

    async def outbox(
        self, state: OutboxState | None = None, case: str | None = None, limit: int = 100
    ) -> list[OutboxRow]:
        """Give the newest letters."""
        return await self._db.read(lambda s: outbox.listed(s, state, case, limit))

    async def letters_lately(self, person: str, kind: str, since: datetime) -> int:
        """Count the letters of that kind owed to the person since then."""
        return await self._db.glance(lambda s: lists.letters_lately(s, person, kind, since))

    async def cases_lately(self, initiator: str, since: datetime) -> int:
        """Count the cases opened in that person's name since then."""
        return await self._db.read(lambda s: lists.cases_lately(s, initiator, since))

    # Timers and tokens

    async def due_timers(self, now: datetime, limit: int) -> list[DueTimer]:
        """Give the timers whose time has come, the longest overdue first."""
        return await self._db.glance(lambda s: timers.due(s, now, limit))

    async def claim_timers(self, now: datetime, limit: int, lease: timedelta, holder: str) -> list[DueTimer]:
        """Take timers whose time has come and that no other agent rings, the longest overdue first."""
        return await self._db.run(lambda s: timers.claim(s, now, limit, lease, holder))

    async def claim_errands(self, now: datetime, limit: int, lease: timedelta, holder: str) -> list[DueErrand]:
        """Take what is to be done outside now and no other agent does, the oldest first."""
        return await self._db.run(lambda s: errands.claim(s, now, limit, lease, holder))

    async def give_back_claims(self, holder: str, now: datetime) -> None:
        """Let others have the timers and errands this holder has claimed and not done."""
        await self._db.run(lambda s: claims.give_back(s, holder, now))

    async def due_errands(self, now: datetime, limit: int) -> list[DueErrand]:
        """Give what is to be done outside now, the oldest first."""
        return await self._db.glance(lambda s: errands.due(s, now, limit))

    async def postpone_errand(self, key: str, reason: str, now: datetime, pause: timedelta) -> None:
        """Try an errand again later."""
        await self._db.run(lambda s: errands.postpone(s, key, reason, now, pause))

    async def give_up_errand(self, key: str, reason: str) -> None:
        """Leave an errand for a person."""
        await self._db.run(lambda s: errands.give_up(s, key, reason))

    async def next_timer(self) -> datetime | None:
        """Give the time of the next timer, or None if none waits."""
        return await self._db.glance(timers.next_at)

    async def token(self, hash_: str) -> Token | None:
        """Give what the token of that hash stands for, or None. Whether it still counts, the caller says."""
        return await self._db.glance(lambda s: tokens.load(s, hash_))

    async def came_back(self, hashes: Sequence[str], now: datetime) -> None:
        """Note of these tokens that a mail which is kept carries them; unknown ones are passed over."""
        if hashes:
            await self._db.run(lambda s: tokens.come_back(s, hashes, now))

    # How the service does

    async def pulse(self, part: str, now: datetime, trouble: str = "") -> None:
        """Note how this part of the service does: well, or what it suffers from."""
        await self._db.run(lambda s: vitals.ill(s, part, trouble, now) if trouble else vitals.well(s, part, now))

    async def vitals(self, now: datetime) -> Vitals:
        """Count everything that waits, and say how the parts of the service do."""
        return await self._db.read(lambda s: vitals.measured(s, now))

    # Browsers and one-time codes

    async def browser(self, hash_: str) -> Browser | None:
        """Give the browser of that cookie's hash, or None. Whether it still counts, the caller says."""
        return await self._db.glance(lambda s: browsers.load(s, hash_))

    async def browsers(self, person: str) -> list[Browser]:
        """Give the person's browsers, the newest first."""
        return await self._db.read(lambda s: browsers.listed(s, person))

    async def remember_browser(self, browser: Browser) -> None:
        """Keep a browser."""
        await self._db.run(lambda s: browsers.remember(s, browser))

    async def revoke_browser(self, hash_: str, now: datetime) -> bool:
        """End a browser; False if it was ended before, or is unknown."""
        return await self._db.run(lambda s: browsers.revoke(s, hash_, now))

    async def revoke_browsers(self, person: str, now: datetime) -> int:
        """End every browser of the person; give how many."""
        return await self._db.run(lambda s: browsers.revoke_all(s, person, now))

    async def saw_browser(self, hash_: str, now: datetime) -> None:
        """Note that something was sent from this browser."""
        await self._db.run(lambda s: browsers.saw(s, hash_, now))

    async def factor(self, person: str) -> Factor | None:
        """Give the person's second factor, set up or only offered; None where there is none."""
        return await self._db.glance(lambda s: factors.load(s, person))

    async def factors(self) -> list[Factor]:
        """Give every second factor."""
        return await self._db.read(factors.listed)

    async def offer_factor(self, factor: Factor) -> None:
        """Keep one that is offered; one that is set up stays as it is."""
        await self._db.run(lambda s: factors.offer(s, factor))

    async def enrol_factor(self, offered: Factor, step: int, now: datetime) -> bool:
        """Set up the one that was offered; False if it is another by now, or set up already."""
        return await self._db.run(lambda s: factors.enrol(s, offered, step, now))

    async def accept_step(self, person: str, step: int) -> bool:
        """Use up a time step of the person's second factor; False if it was used before."""
        return await self._db.run(lambda s: factors.accept(s, person, step))

    async def seal_factor_anew(self, person: str, before: str, after: str) -> None:
        """Replace what an older key has sealed."""
        await self._db.run(lambda s: factors.seal_anew(s, person, before, after))

    async def drop_factor(self, person: str) -> bool:
        """Delete the person's second factor; False if there was none."""
        return await self._db.run(lambda s: factors.drop(s, person))

    async def code(self, token: str) -> Code | None:
        """Give what is known of the codes of the link with that hash, or None."""
        return await self._db.glance(lambda s: browsers.code(s, token))

    async def issue_code(self, token: str, person: str, seed: str, now: datetime) -> Code | Wait:
        """Note that a code is sent for the link, a live one again or the one of `seed`; or say to wait."""
        return await self._db.run(lambda s: browsers.issue_code(s, token, person, seed, now))

    async def take_try(self, token: str, person: str, now: datetime) -> int | None:
        """Count one try of a code, before it is compared; give how many remain, None if none was left."""
        return await self._db.run(lambda s: browsers.take_try(s, token, person, now))

    async def give_back_try(self, token: str) -> None:
        """Take back the try that turned out right."""
        await self._db.run(lambda s: browsers.give_back(s, token))

    async def spend_code(self, token: str, now: datetime) -> bool:
        """End the fresh code of the link: it has done its work once. False if somebody else has ended it."""
        return await self._db.run(lambda s: browsers.spend_code(s, token, now))
