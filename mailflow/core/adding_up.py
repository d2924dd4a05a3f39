"""Sums that count together: what one initiator asks to pay to one payee within so many days.

Owns: `total`, which a limit is asked about so that nothing slips under it in parts, and the facts it is added up
from, one for each case under way or paid; a case rejected or withdrawn counts no more.
Refuses to know: limits, exchange rates: sums in two currencies have no total, and a limit is then not kept to.

What may go wrong: two requests taken in at the very same moment do not see each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from mailflow.core.case import Case, CaseState
from mailflow.core.events import Event, RequestReceived
from mailflow.core.memory import About, Fact, known
from mailflow.core.money import Money, read_amount
from mailflow.core.office import Office
from mailflow.core.payee_names import payee_names

_COUNTS = (CaseState.OPEN, CaseState.DONE)


def whose(event: Event, case: Case | None, office: Office) -> tuple[About, ...]:
    """Give whose sums a transition needs: () where its process adds nothing up, neither as it is nor as it was."""
    if isinstance(event, RequestReceived):
        goes_by, initiator = office.rules.get(event.process), event.by
    elif case is not None:
        goes_by, initiator = office.known_process_of(case), case.initiator
    else:
        return ()
    today = office.rules.get(case.process) if case is not None else None
    adds_up = any(process is not None and process.adds_up is not None for process in (goes_by, today))
    return (About("spent", initiator),) if adds_up else ()


def total(case: Case, office: Office) -> Money | None:
    """Give the case's sum with the earlier ones to the same payee; None where they have no common total."""
    rule = office.process_of(case).adds_up
    mine = _sum(case, rule.sum) if rule is not None else None
    if mine is None:
        return None
    payee = set(payee_names(case.fields))
    others = [
        fact
        for fact in known(office.facts, "spent", case.initiator)
        if fact.item != case.id and payee & set(fact.said["payee"].split("\n"))
    ]
    if any(fact.said["currency"] != mine.currency for fact in others):
        return None
    return Money(mine.amount + sum((Decimal(fact.said["amount"]) for fact in others), Decimal(0)), mine.currency)


def counted(before: Case | None, after: Case, office: Office) -> Iterator[tuple[str, Fact]]:
    """Give what is to be remembered of the case's sum, or forgotten."""
    was, now = _fact(before, office), _fact(after, office)
    if now is not None and now != was:
        yield "remember", now
    elif was is not None and now is None:
        yield "forget", was


def _fact(case: Case | None, office: Office) -> Fact | None:
    process = office.known_process_of(case) if case is not None else None
    rule = process.adds_up if process is not None else None
    if case is None or rule is None or case.state not in _COUNTS:
        return None
    amount, payee = _sum(case, rule.sum), "\n".join(payee_names(case.fields))
    if amount is None or not payee:
        return None
    said = {"amount": str(amount.amount), "currency": amount.currency, "payee": payee}
    return Fact("spent", case.initiator, case.id, said, office.day(office.time.after(case.opened_at, rule.within)))


def _sum(case: Case, field: str) -> Money | None:
    value = case.fields.get(field)
    if not isinstance(value, str) or not value:
        return None
    return Money(read_amount(value), str(case.fields.get("currency") or "RUB"))
