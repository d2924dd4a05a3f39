"""Do one errand: make a document, start a case, tell a case; then let the event it leads to happen.

The errand's key is the event's key: done twice, it happens once. What fails is tried again, ever
more slowly; what cannot be done at all is left for a person, in the log and in `mailflow errands`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from mailflow import log
from mailflow.advance import advance
from mailflow.core.archiving import filed, place_of
from mailflow.core.bank_file import CONTENT_TYPE, Payment, awaits_payment, bank_file, file_name, payment
from mailflow.core.case import Case, FileVersion
from mailflow.core.effects import FileAway, MakeDocument, StartCase, TellCase
from mailflow.core.events import CaseArchived, DocumentMade, Event, IncomingFile, LinkedCaseClosed, RequestReceived
from mailflow.core.office import Office
from mailflow.core.paper_views import PaperView, paper_name, paper_view, signing_marks
from mailflow.core.sender import Proven
from mailflow.core.versions import corrected
from mailflow.core.visa_supplement import VisaSupplement
from mailflow.edges.archive import Archive
from mailflow.edges.blobs import Blobs
from mailflow.edges.documents import Documents, Failed, Made
from mailflow.edges.store import DueErrand, Store
from mailflow.edges.word_filling import filled_in
from mailflow.errors import StoreError
from mailflow.killpoints import reached

MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Bench:
    """What errands need: the office, the stores, the renderer."""

    office: Office
    store: Store
    blobs: Blobs
    documents: Documents
    archive: Archive | None = None


@dataclass(frozen=True, slots=True)
class CannotBeDone:
    """The errand failed, for this reason; perhaps it can be done later."""

    reason: str


async def run_errand(due: DueErrand, now: datetime, bench: Bench) -> None:
    """Do the errand and commit the event it leads to, or note why it could not be done."""
    reached("errand.due")
    case = await bench.store.load(due.case)
    if case is None:
        await bench.store.give_up_errand(due.key, "its case does not exist")
        reached("errand.given_up")
        return
    event = await _event_of(due, case, now, bench)
    if isinstance(event, CannotBeDone):
        await put_off_errand(due, case.number, event.reason, now, bench)
        return
    reached("errand.made")
    await advance(event, bench.store, bench.office, now)
    reached("errand.done")


async def _event_of(due: DueErrand, case: Case, now: datetime, bench: Bench) -> Event | CannotBeDone:
    match due.errand:
        case MakeDocument(document=document):
            return await _document(due, document, case, now, bench)
        case StartCase():
            return _request(due, due.errand, case, now, bench.office)
        case TellCase(case=other):
            return LinkedCaseClosed(due.key, now, other, case.number, case.state)
        case FileAway():
            return await _archived(due, case, now, bench)
        case _:
            assert_never(due.errand)


async def _archived(due: DueErrand, case: Case, now: datetime, bench: Bench) -> CaseArchived | CannotBeDone:
    """Put the papers of a finished case where the site keeps them; a share that is away is waited for."""
    if bench.archive is None:
        return CannotBeDone("the settings name no archive any more: write [archive] folder into mailflow.toml")
    place = place_of(case, bench.office)
    files = [(one.name, await bench.blobs.read(one.sha256)) for one in filed(case)]
    try:
        names = await bench.archive.put(place, files)
    except StoreError as away:
        return CannotBeDone(str(away))
    return CaseArchived(due.key, now, case.id, "/".join(place), names)


async def _document(
    due: DueErrand, document: str, case: Case, now: datetime, bench: Bench
) -> DocumentMade | CannotBeDone:
    own = corrected(case, document)
    if own is not None:
        file = await _signed(own, document, case, now, bench)
        return DocumentMade(due.key, now, case.id, document, file)
    view = paper_view(document, case, bench.office, now)
    match await bench.documents.make(view):
        case Failed(reason=reason):
            return CannotBeDone(reason)
        case Made(content=content):
            made = await _kept(content, document, ".pdf", "application/pdf", case, bench)
            also = await _also(view, document, case, now, bench)
            return DocumentMade(due.key, now, case.id, document, made, also)


async def _also(view: PaperView, document: str, case: Case, now: datetime, bench: Bench) -> IncomingFile | None:
    """Keep the paper in a form to go on working with, where it has one."""
    if isinstance(view, VisaSupplement):
        return await _payment_order(case, now, bench)
    form = await bench.documents.also(view, now)
    return await _kept(form.content, document, form.ending, form.content_type, case, bench) if form else None


async def _payment_order(case: Case, now: datetime, bench: Bench) -> IncomingFile | None:
    """Keep the payment order for the bank beside an invoice that waits for its payment, if all requisites are right."""
    office = bench.office
    made = payment(case, office.directory.company) if awaits_payment(case) else None
    if not isinstance(made, Payment):
        return None
    content = bank_file([made], office.directory.company, now.astimezone(office.hours.zone))
    sha256 = await bench.blobs.keep(content)
    return IncomingFile(file_name(case.number, office.language), sha256, len(content), CONTENT_TYPE)


async def _signed(own: FileVersion, document: str, case: Case, now: datetime, bench: Bench) -> IncomingFile:
    """Give the version a person has corrected: its number and date are written in once they are known."""
    content = await bench.blobs.read(own.sha256)
    marks = signing_marks(paper_view(document, case, bench.office, now))
    after = await filled_in(content, marks) if marks else content
    if after is content:
        return IncomingFile(own.name, own.sha256, own.size, own.content_type)
    return await _kept(after, document, ".docx", own.content_type, case, bench)


async def _kept(
    content: bytes, document: str, ending: str, content_type: str, case: Case, bench: Bench
) -> IncomingFile:
    sha256 = await bench.blobs.keep(content)
    name = paper_name(document, case, bench.office.language, ending)
    return IncomingFile(name, sha256, len(content), content_type)


def _request(
    due: DueErrand, errand: StartCase, case: Case, now: datetime, office: Office
) -> RequestReceived | CannotBeDone:
    """A case started by a case is its initiator's as surely as the decision that started it."""
    if errand.process not in office.rules:
        return CannotBeDone(f"there is no process `{errand.process}` any more: bring back its file in rules/")
    person = office.directory.people.get(errand.initiator)
    if person is None:
        return CannotBeDone(f"{errand.initiator} has left the directory: start the {errand.process} by a mail")
    return RequestReceived(
        key=due.key,
        at=now,
        process=errand.process,
        sure=True,
        by=errand.initiator,
        proof=Proven(person.address, f"case {case.number}"),
        fields=errand.fields,
        subject=errand.subject,
        started_from=case.id,
    )


def _longest(due: DueErrand) -> timedelta:
    """A share may be away for days: it is looked for each hour, and never given up."""
    return timedelta(hours=1) if isinstance(due.errand, FileAway) else timedelta.max


async def put_off_errand(due: DueErrand, number: str, reason: str, now: datetime, bench: Bench) -> None:
    """Try the errand again later; leave it for a person once it has been tried often enough."""
    log.errand_failed(number, due.key, due.attempts + 1, reason)
    if due.attempts + 1 >= MOST_ATTEMPTS and not isinstance(due.errand, FileAway):
        await bench.store.give_up_errand(due.key, reason)
        reached("errand.given_up")
    else:
        await bench.store.postpone_errand(
            due.key, reason, now, min(FIRST_PAUSE * 4 ** min(due.attempts, MOST_ATTEMPTS), _longest(due))
        )
        reached("errand.put_off")
