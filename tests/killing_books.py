"""What stands in a company's books after a day, and the laws that must hold whatever was killed on it."""

from __future__ import annotations

import hashlib
import imaplib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mailflow.app import now
from mailflow.config import Settings, read_settings
from mailflow.core.case import Case
from mailflow.core.journal import Intact, JournalRow, replay, verify
from mailflow.core.tokens import read_token
from mailflow.edges.blobs import Blobs, file_store
from mailflow.edges.frames import in_base64
from mailflow.edges.store import OutboxRow, Store
from mailflow.world import Letter, read_letter
from tests.killing import Company

Rows = tuple[tuple[str, ...], ...]
FOLDERS = ("INBOX", "Processed", "Quarantine")


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that stands after a day, without what differs between two equal days."""

    mails: Rows
    folders: Rows
    cases: Rows
    happened: Rows
    owed: Rows
    arrived: Rows


@dataclass
class Auditor:
    """Reads a company's books, and complains."""

    company: Company
    settings: Settings
    store: Store
    blobs: Blobs
    _mails: list[tuple[str, Letter]] = field(default_factory=list)

    async def books(self) -> Books:
        cases = await self.cases()
        rows = await self.store.inbox(limit=1000)
        journals = [await self.store.journal(case.id) for case in cases]
        return Books(
            mails=in_order((row.taken.subject, row.taken.kind, row.taken.state) for row in rows),
            folders=in_order((folder, one.subject) for folder, one in self.mails()),
            cases=tuple(map(told, cases)),
            happened=tuple(map(types, [*journals, await self.store.journal("office")])),
            owed=in_order((row.kind, row.address, row.state) for row in await self.store.outbox(limit=1000)),
            arrived=in_order((str(one.message["To"]), one.subject) for one in self.arrived().values()),
        )

    async def cases(self) -> list[Case]:
        found = [await self.store.load(row.id) for row in await self.store.cases(limit=1000)]
        return sorted((case for case in found if case is not None), key=lambda case: case.number)

    def mails(self) -> list[tuple[str, Letter]]:
        """What lies where on the mail server."""
        if not self._mails:
            with self.company.dovecot.client(self.company.box) as client:
                self._mails = [(folder, read_letter(raw)) for folder in FOLDERS for raw in lying_in(client, folder)]
        return self._mails

    def arrived(self) -> dict[str, Letter]:
        letters = [read_letter(one.content) for one in self.company.sink.letters]
        return {str(letter.message["Message-ID"]): letter for letter in letters}

    async def complains(self, repeats: int = 0) -> None:
        """Hold the books against every law there is for them."""
        await self._nothing_waits()
        await self._every_mail_is_in_one_place()
        await self._every_case_is_what_its_journal_says()
        await self._every_letter_owed_has_arrived(repeats)

    async def _every_mail_is_in_one_place(self) -> None:
        assert [f for f, _ in self.mails() if f == "INBOX"] == []
        assert Counter(str(one.message["Message-ID"]) for _, one in self.mails()) == Counter(self.company.delivered)
        rows = await self.store.inbox(limit=1000)
        mine = [row for row in rows if row.taken.source and row.taken.source.account == self.company.box]
        assert len(mine) == len(self.company.delivered)
        assert [row for row in mine if row.taken.state == "failed" or row.settled_at is None] == []
        for row in mine:
            await self.blobs.read(row.taken.sha256)

    async def _every_case_is_what_its_journal_says(self) -> None:
        cases = await self.cases()
        for case in cases:
            journal = await self.store.journal(case.id)
            assert isinstance(verify(journal, case.version), Intact)
            assert replay(journal) == case
            assert len({task.id for task in case.assignments}) == len(case.assignments)
            assert Counter(row.event_key for row in journal).most_common(1)[0][1] == 1
            for sha256 in (*(file.sha256 for file in case.files), *(paper.sha256 for paper in case.papers)):
                await self.blobs.read(sha256)
        for register in {case.register for case in cases}:
            taken = [case.number for case in cases if case.register == register]
            assert [int(each.rpartition("-")[2]) for each in taken] == list(range(1, len(taken) + 1))

    async def _every_letter_owed_has_arrived(self, repeats: int) -> None:
        rows = [row for row in await self.store.outbox(limit=1000) if row.message_id not in self._before()]
        assert {row.state for row in rows} <= {"sent", "held"}
        copies: dict[str, list[bytes]] = {}
        for one in self.company.sink.letters:
            copies.setdefault(str(read_letter(one.content).message["Message-ID"]), []).append(one.content)
        assert copies.keys() == {row.message_id for row in rows if row.state == "sent"}
        assert sum(map(len, copies.values())) - len(copies) <= repeats
        for row in rows:
            await self._went_as_it_was_kept(row, copies.get(row.message_id, []))

    async def _went_as_it_was_kept(self, row: OutboxRow, copies: Sequence[bytes]) -> None:
        """The bytes are gone once they have left; their hash stayed."""
        for copy in copies:
            assert hashlib.sha256(without_files(copy)).hexdigest() == row.content
            token = str(read_letter(copy).message["Reply-To"] or "").partition("+t.")[2].partition("@")[0]
            hash_ = read_token(token, "reply", self.settings.keys()) if token else None
            assert hash_ is None or await self.store.token(hash_) is not None

    def _before(self) -> set[str]:
        return {str(letter.message["Message-ID"]) for letter in self.company.remembered}

    async def _nothing_waits(self) -> None:
        """Also if it is started once more."""
        assert await self.store.due_timers(now(), 10) == []
        assert await self.store.due_errands(now(), 10) == []
        assert await self.company.runs() == "mails taken 0, timers rung 0, letters sent 0"


def lying_in(client: imaplib.IMAP4, folder: str) -> list[bytes]:
    client.select(folder, readonly=True)
    _, answer = client.uid("FETCH", "1:*", "(BODY.PEEK[])")
    return [part[1] for part in answer if isinstance(part, tuple)]


def in_order(rows: Iterable[tuple[str, ...]]) -> Rows:
    return tuple(sorted(rows))


def told(case: Case) -> tuple[str, ...]:
    tasks = [f"{a.stage}/{a.principal}/{a.standing}/{a.decision and a.decision.answer}" for a in case.assignments]
    papers = [f"{p.document}/{p.name}" for p in case.papers]
    return (case.number, case.process, case.state, str(case.round), *sorted(tasks), *papers)


def types(journal: Sequence[JournalRow]) -> tuple[str, ...]:
    return tuple(row.event_type for row in journal)


def without_files(copy: bytes) -> bytes:
    """The letter as it was kept before it left: its files lay elsewhere."""
    whole = copy.replace(b"\r\n", b"\n").strip(b"\n").replace(b"\n", b"\r\n") + b"\r\n"
    for file in read_letter(copy).message.iter_attachments():
        content = file.get_payload(decode=True)
        assert isinstance(content, bytes)
        whole = whole.replace(in_base64(content), b"", 1)
    return whole


async def audited(company: Company, repeats: int = 0) -> Books:
    """Hold the books against the laws, and give them."""
    settings = read_settings(company.site)
    store = await Store.open(settings.store_url, settings.domain)
    try:
        auditor = Auditor(company, settings, store, file_store(settings.files, settings.bucket()))
        await auditor.complains(repeats)
        return await auditor.books()
    finally:
        await store.close()
