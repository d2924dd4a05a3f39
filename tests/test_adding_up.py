"""A limit is not slipped under in parts: what one initiator asks to pay to one payee counts together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailflow.core.adding_up import whose
from mailflow.core.answers import Answer
from mailflow.core.effects import Forget, Remember
from mailflow.core.events import RequestReceived, TimerDue
from mailflow.core.kept_rules import KeptRules
from mailflow.core.memory import About, Fact
from mailflow.core.rules import Process
from mailflow.errors import SettingsError
from tests.offices import Story, directory, invoice_process, neon, waits_on
from tests.processes import process

ROMASHKA = "7709123453\nname ромашка"


def earlier(amount: str, payee: str = ROMASHKA, currency: str = "RUB", by: str = "s.orlov") -> Fact:
    """What is remembered of an invoice asked for before."""
    return Fact("spent", by, "another case", {"amount": amount, "currency": currency, "payee": payee}, "2026-12-16")


def asked(*facts: Fact, amount: str = "300000.00", **fields: object) -> list[str]:
    """On whom an invoice of Orlov's, whose trusted sum is 500 000, waits."""
    story = Story(replace(neon(), facts=facts))
    story.request(by="s.orlov", amount=amount, **fields)
    return waits_on(story.it)


@pytest.mark.parametrize(
    ("fact", "first"),
    [
        (earlier("200000.00"), "o.smirnova"),
        (earlier("200000.01"), "p.petrov"),
        (earlier("300000.00", "name ромашка"), "p.petrov"),
        (earlier("300000.00", "5027123440\nname лютик"), "o.smirnova"),
        (earlier("300000.00", by="i.kuznetsov"), "o.smirnova"),
        (earlier("1.00", currency="USD"), "p.petrov"),
    ],
    ids=["the edge is inside", "a kopeck over", "known by name", "another payee", "another person", "no common total"],
)
def test_an_invoice_to_the_same_payee_counts_with_those_before_it(fact: Fact, first: str) -> None:
    assert asked(fact) == [first]


def test_many_small_invoices_are_one_large_one() -> None:
    small = [replace(earlier("90000.00"), item=f"case {n}") for n in range(5)]
    assert asked(*small, amount="50000.00") == ["o.smirnova"]
    assert asked(*small, amount="50000.01") == ["p.petrov"]


def test_the_sum_of_a_case_is_remembered_changed_with_it_and_forgotten_when_it_is_withdrawn() -> None:
    story = Story()
    story.request(by="s.orlov", amount="300000.00")
    [kept] = [e.fact for e in story.transitions[-1].effects if isinstance(e, Remember) and e.fact.kind == "spent"]
    assert (kept.subject, kept.said["amount"], kept.said["payee"]) == ("s.orlov", "300000.00", ROMASHKA)
    assert kept.until == "2026-12-16"
    story.answer("o.smirnova", Answer.REWORK, "не та сумма")
    story.answer("s.orlov", Answer.DONE, fields={"amount": "350000.00"})
    [changed] = [e.fact for e in story.transitions[-1].effects if isinstance(e, Remember) and e.fact.kind == "spent"]
    assert changed.said["amount"] == "350000.00"
    story.command("s.orlov", "withdraw")
    assert [e.fact.kind for e in story.transitions[-1].effects if isinstance(e, Forget)] == ["spent"]


def test_a_total_is_known_only_where_the_file_says_what_adds_up() -> None:
    stage = "- a: {kind: approve, title: Этап, who: role lawyer, when: 'total.over(money(\"1 RUB\"))'}"
    with pytest.raises(SettingsError, match="names `total`"):
        process(stage)
    assert process(stage, "adds_up: {sum: amount, within: 30 days}").adds_up is not None
    with pytest.raises(SettingsError, match="no field `object` of money"):
        process(stage, "adds_up: {sum: object, within: 30 days}")


def test_the_shipped_invoice_adds_up() -> None:
    assert invoice_process(directory()).adds_up is not None


def test_earlier_sums_are_read_only_where_a_process_adds_up_as_it_was_or_as_it_is() -> None:
    story = Story()
    story.request(by="s.orlov", amount="300000.00")
    adds, case = neon().rules["invoice"], replace(story.it, rules="older")
    silent = replace(adds, adds_up=None)
    rings = TimerDue("rings", story.now, case.id, "a", "due")
    for was, now, wanted in ((adds, adds, True), (adds, silent, True), (silent, adds, True), (silent, silent, False)):
        office = replace(neon(), rules={"invoice": now}, kept=Kept(was))
        assert whose(rings, case, office) == ((About("spent", "s.orlov"),) if wanted else ())
        assert whose(asked_again(story), None, office) == ((About("spent", "s.orlov"),) if now is adds else ())


class Kept(KeptRules):
    """One version kept, whatever its name."""

    def __init__(self, process: Process) -> None:
        super().__init__()
        self._process = process

    def get(self, version: str) -> Process | None:
        return self._process


def asked_again(story: Story) -> RequestReceived:
    return RequestReceived("again", story.now, "invoice", True, "s.orlov", story.proof("s.orlov"), {})
