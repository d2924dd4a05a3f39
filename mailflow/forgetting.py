"""Forget a person or a case: rows, mails, files, letters; what is left still verifies, and an act says what was done.

The order: everything is erased from the rows in one transaction, which notes in the journal what it left and which
files are to go; then the files go; then the database gives back the space the old rows stood in. Killed in between,
the next forgetting, of whomever, takes the files that are left.
Refuses to know: how texts are mended (`core.forgetting`), how rows are written (`edges.store.erasing`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailflow.app import App
from mailflow.core.case import Case, CaseState
from mailflow.core.events import DataErased
from mailflow.core.forgetting import Mend, forms_of, of_case, of_person
from mailflow.core.journal import canonical, case_document
from mailflow.core.message import parse
from mailflow.core.wording import sentence
from mailflow.edges.blobs import SHA256
from mailflow.edges.store import Erasure
from mailflow.errors import MailflowError

PAGE = 200
UNSENT = ("ready", "claimed", "deferred")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done: the note as it stands in the journal, and how many files are gone."""

    note: DataErased
    files: int


async def forget_case(app: App, case: Case, reason: str, now: datetime) -> Forgotten:
    """Forget what was written in a case that is closed; MailflowError where it still moves."""
    if case.state is CaseState.OPEN:
        raise MailflowError(f"{case.number}: it is still open: let it be closed or withdrawn first")
    for state in UNSENT:
        if await app.store.outbox(state=state, case=case.id, limit=1):  # type: ignore[arg-type]
            raise MailflowError(f"{case.number}: a letter about it has still to leave: try again once it has")
    return await _forget(app, of_case(case.id), case.id, case.number, reason, now)


async def forget_person(app: App, person_id: str, also: Iterable[str], reason: str, now: datetime) -> Forgotten:
    """Forget a person nothing waits for; `also` adds forms the directory does not have (a surname in another case)."""
    person = app.office.directory.people.get(person_id)
    if person is None:
        raise MailflowError(
            f"{person_id}: nobody in directory.yaml has this id: forget him before you strike him there"
        )
    waiting = await app.store.open_assignments(person_id)
    if waiting:
        numbers = ", ".join(dict.fromkeys(task.number for task in waiting))
        raise MailflowError(f"{person_id}: {numbers} still wait for him: hand these tasks over first")
    forms = forms_of(person_id, person, also)
    pseudonym = f"erased-{secrets.token_hex(4)}"
    found = await _hashes(app, of_person(person_id, forms, pseudonym))
    return await _forget(app, of_person(person_id, (*forms, *found), pseudonym), "", "", reason, now)


async def _forget(app: App, mend: Mend, case: str, number: str, reason: str, now: datetime) -> Forgotten:
    why = sentence("data_erased", app.office.language, about=mend.stands_for, count="", reason=reason)
    key = f"erased/{mend.stands_for}/{now.isoformat()}"
    note = await app.store.erase(Erasure(mend, case, number, key, now, reason, why))
    gone = 0
    for sha256 in await app.store.forgotten_files():
        gone += await app.desk.blobs.erase(sha256)
    await app.store.compact()
    return Forgotten(note, gone)


async def _hashes(app: App, mend: Mend) -> list[str]:
    """Give the files that go with the person: every mail that names him, and the papers made about his cases."""
    found = []
    for row in await app.store.inbox(limit=10**9):
        if SHA256.fullmatch(row.taken.sha256) and mend.text(said := await _said(app, row.taken.sha256)) != said:
            found.append(row.taken.sha256)
    after: str | None = None
    while rows := await app.store.cases(after=after, limit=PAGE):
        for case in (await app.store.cases_named([row.id for row in rows])).values():
            document = case_document(case)
            if canonical(mend.document(document)) != canonical(document):
                found += [paper.sha256 for paper in case.papers]
        after = rows[-1].id
    return found


async def _said(app: App, sha256: str) -> str:
    """Give everything a mail says that can be read: its head, its text, what it forwards."""
    message = parse(await app.desk.blobs.read(sha256))
    parts = [message]
    for each in parts:
        parts += each.nested
    names = [attachment.name for each in parts for attachment in each.attachments]
    headers = [value for each in parts for _, value in each.headers]
    return "\n".join((*headers, *names, *(text for each in parts for text in (each.text, each.html, each.report))))
