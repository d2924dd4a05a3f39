"""Offers collected by mail: suppliers are asked, and what they answer lies side by side with the others.

Owns: asking each supplier the card names, once; and what becomes of his answer: an offer, a refusal, a question, a
letter that came back, an offer after the term. Refuses to know: what an answer offers (`offer_reading`), which is best.

Only the very address that was asked can offer, in the thread of the letter it was asked by. Whoever collects the offers
ends the stage by his own word; a supplier decides nothing.
"""

from __future__ import annotations

from dataclasses import replace

from mailflow.core.case import Assignment, Case, CaseState, SupplierOffer
from mailflow.core.events import OutsideAnswered
from mailflow.core.mailboxes_named import outside_of
from mailflow.core.offers_told import offer_row
from mailflow.core.outsiders import enclosed, heard, returned, show, words_outside
from mailflow.core.rules import NamedStage
from mailflow.core.sender import Proven
from mailflow.core.turn import Turn
from mailflow.core.versions import keep_aside


def ask_suppliers(turn: Turn, stage: NamedStage) -> None:
    """Write to the suppliers the card names who have not been asked at this stage before."""
    task = next((a for a in turn.case.at_stage(stage.name) if a.open), None)
    asked = {offer.address for offer in turn.case.offers if offer.stage == stage.name}
    new = [one for one in outside_of(turn.case.fields.get(stage.rule.outside, ())) if one.address not in asked]
    if not stage.rule.outside or task is None or not new:
        return
    rows = (SupplierOffer(stage.name, one.name, one.address, turn.now) for one in new)
    turn.change(offers=(*turn.case.offers, *rows))
    for one in new:
        words, papers = words_outside(turn, stage), enclosed(turn, stage)
        turn.letter_outside("offer_wanted", one.address, words, papers, task.id)
    turn.because("suppliers_asked", who=", ".join(one.shown for one in new))


def outside_answered(turn: Turn, event: OutsideAnswered) -> None:
    """Take an answer from outside for what it is: an offer, a refusal, or words somebody should read."""
    row, task = _asked(turn.case, event), turn.case.assignment(event.assignment)
    if row is None or task is None:
        heard(turn, event)
        return
    if not (event.offer or event.files):
        show(turn, event, turn.acts_on(task))
        return
    taken = _taken(turn, row, event, late=not _in_time(turn, task))
    if _outweighs(row, taken):
        show(turn, event, turn.acts_on(task))
        return
    _put(turn, row, taken)
    keep_aside(turn, event.files, event.address, event.text)
    turn.because("offer_declined" if taken.standing == "declined" else "offer_came", who=row.shown)
    _tell_collector(turn, task, taken)


def not_reached(turn: Turn, address: str, assignment: str, reason: str) -> None:
    """Note that a supplier's letter came back, and tell whoever collects; of another letter, the initiator."""
    task = turn.case.assignment(assignment)
    row = next((o for o in turn.case.offers if task and (o.stage, o.address) == (task.stage, address)), None)
    if row is None or task is None:
        returned(turn, address, reason)
        return
    if row.standing == "asked":
        _put(turn, row, replace(row, standing="undelivered", at=turn.now, text=reason))
    words = {"address": address, "reason": reason, "outside": "yes"}
    turn.letter("undelivered", turn.acts_on(task), words=words)
    _tell_collector(turn, task, None)


def _asked(case: Case, event: OutsideAnswered) -> SupplierOffer | None:
    task = case.assignment(event.assignment)
    stage = task.stage if task is not None else ""
    return next((o for o in case.offers if (o.stage, o.address) == (stage, event.address)), None)


def _in_time(turn: Turn, task: Assignment) -> bool:
    waits = turn.case.state is CaseState.OPEN and task.open
    return waits and (task.due_at is None or turn.now <= task.due_at)


def _outweighs(row: SupplierOffer, newer: SupplierOffer) -> bool:
    """Tell whether the offer that lies there stays: it came in time, the newer late; or only it is vouched for."""
    return row.standing == "offered" and ((newer.late and not row.late) or (row.proven and not newer.proven))


def _taken(turn: Turn, row: SupplierOffer, event: OutsideAnswered, late: bool) -> SupplierOffer:
    """Write his newest answer over the one before; files gather, and files alone take no sum away."""
    said = event.offer
    files = tuple(dict.fromkeys((*row.files, *(file.name for file in event.files))))
    proven = isinstance(event.proof, Proven)
    if row.standing == "offered" and not said:
        return replace(row, late=late, proven=proven, files=files)
    return replace(
        row,
        standing="declined" if said.get("declined") and not event.files else "offered",
        at=turn.now,
        text=event.text,
        amount=str(said.get("amount", "")),
        currency=str(said.get("currency", "")),
        terms=str(said.get("terms", "")),
        sure=said.get("sure") is True,
        proven=proven,
        late=late,
        files=files,
    )


def _put(turn: Turn, row: SupplierOffer, changed: SupplierOffer) -> None:
    turn.change(offers=tuple(changed if offer is row else offer for offer in turn.case.offers))


def _tell_collector(turn: Turn, task: Assignment, came: SupplierOffer | None) -> None:
    """One letter when everybody has answered, and one for each offer that comes after the stage."""
    of_stage = [offer for offer in turn.case.offers if offer.stage == task.stage]
    all_there = all(offer.standing != "asked" for offer in of_stage)
    if task.open and not all_there:
        return
    if not task.open and came is None:
        return
    reader = turn.acts_on(task)
    language = turn.office.directory.language(reader)
    rows = tuple(offer_row(offer, language) for offer in of_stage)
    turn.letter("offers_in", reader, task.id if task.open else "", {"late": "" if task.open else "yes"}, rows=rows)
