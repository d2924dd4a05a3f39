"""What a supplier answers stands for him alone, and nothing weaker takes the place of an offer that was good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailflow.core.answers import Answer, Details, Reading
from mailflow.core.around import Target
from mailflow.core.arrivals import Arrival
from mailflow.core.case import Assignment, Fields, SupplierOffer
from mailflow.core.effects import SendLetter
from mailflow.core.events import OutsideAnswered
from mailflow.core.happening import event_of
from mailflow.core.kinds import Reply
from mailflow.core.message import parse
from mailflow.core.sender import Proven, SenderProof, Unproven
from tests.offices import MONDAY, Story, neon, paper

SUPPLIER = "kp@romashka.example"
PROVEN = Proven(SUPPLIER, "dmarc=pass by mx.neon.example")
FORGED = Unproven("not_vouched", SUPPLIER)
OFFER: Fields = {"amount": "100.00", "currency": "RUB", "terms": "10 дней", "sure": True}
OTHER: Fields = {"amount": "1.00", "currency": "RUB", "terms": "", "sure": True}


class Collecting(Story):
    """A case at a stage whose task collects offers of one supplier."""

    def __init__(self) -> None:
        super().__init__()
        self.request()
        self.task_: Assignment = next(a for a in self.it.assignments if a.open)
        row = SupplierOffer(self.task_.stage, "ООО «Ромашка»", SUPPLIER, self.now)
        self.case = replace(self.it, offers=(row,))

    @property
    def offer(self) -> SupplierOffer:
        return self.it.offers[0]

    def hears(self, offer: Fields, proof: SenderProof = PROVEN, *, late: bool = False, file: str = "") -> list[str]:
        """Let the supplier answer; give the kinds of the letters that follow."""
        key = self.key()
        at = self.now + timedelta(days=90 if late else 0)
        files = (paper(file),) if file else ()
        event = OutsideAnswered(key, at, self.it.id, self.task_.id, SUPPLIER, proof, "слова", files, offer)
        return [effect.kind for effect in self.happens(event).effects if isinstance(effect, SendLetter)]


@pytest.mark.parametrize(("proof", "late"), [(FORGED, False), (PROVEN, True)])
def test_an_offer_in_time_and_vouched_for_is_not_written_over_by_one_that_is_not(
    proof: SenderProof, late: bool
) -> None:
    story = Collecting()
    story.hears(OFFER)
    before = story.offer
    assert story.hears(OTHER, proof, late=late, file="КП.pdf") == ["counterparty_wrote"]
    assert story.offer == before
    assert "КП.pdf" in {file.name for file in story.it.files}


def test_a_better_offer_in_time_takes_the_place_of_the_one_before() -> None:
    story = Collecting()
    story.hears(OFFER, FORGED)
    assert story.hears(OTHER) == ["offers_in"]
    assert (story.offer.amount, story.offer.proven) == ("1.00", True)


def test_a_file_sent_after_an_offer_takes_its_sum_away_from_nobody() -> None:
    story = Collecting()
    story.hears(OFFER, file="КП.pdf")
    story.hears({}, file="Сертификат.pdf")
    assert (story.offer.amount, story.offer.sure, story.offer.text) == ("100.00", True, "слова")
    assert story.offer.files == ("КП.pdf", "Сертификат.pdf")


def test_a_server_that_vouches_for_another_writer_vouches_for_no_supplier() -> None:
    target = Target("c1", "c1/1/quotes/orlov", SUPPLIER, "", None, outside=True)
    reply = Reply("", Reading(Answer.UNCLEAR, "Цена: 1", Details(), ""), OTHER)
    for proof, proven in ((PROVEN, True), (Proven("evil@elsewhere.example", "dkim=pass"), False)):
        event = event_of(reply, Arrival(parse(b""), MONDAY, proof, None, target), neon())
        assert isinstance(event, OutsideAnswered)
        assert isinstance(event.proof, Proven) is proven
