"""Whom the office pays and into which account: remembered from what was paid, or imported from its own list.

Owns: what is kept of a payment, filling a card from it, the alarm when a payee's account is not one of his, and the
alarm when an invoice has come before. Refuses to know: the checks of requisites themselves (`invoice_checks`).

A changed account is how money is stolen by mail: a person who did not ask has to confirm it before anybody is asked
to agree. Only a payment makes an account known; an invoice, however often it comes, does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from mailflow.core.answers import Answer
from mailflow.core.case import REQUISITES, Ask, Case, CaseState, Fields, Standing
from mailflow.core.events import AnswerReceived, Event, RequestReceived
from mailflow.core.memory import About, Fact, known
from mailflow.core.office import SECRETARY
from mailflow.core.payee_names import payee_names
from mailflow.core.turn import Turn
from mailflow.core.views import Language

REMEMBERED = ("counterparty", "inn", "kpp", "account", "bic", "corr_account")
TAKEN = frozenset({"inn", "kpp", "account", "bic", "corr_account"})
"""What a card takes from memory; the payee's name its initiator has said himself."""
Change = Literal["remember", "forget"]


def subjects(event: Event, case: Case | None) -> tuple[About, ...]:
    """Give whose facts this event may need: its payee, by number and by name, and its invoice."""
    stated = event.fields if isinstance(event, RequestReceived | AnswerReceived) else {}
    fields = {**(case.fields if case is not None else {}), **stated}
    invoice = _invoice(fields)
    payees = (About("payee", name) for name in payee_names(fields))
    return (*payees, *([About("invoice", invoice)] if invoice else []))


def _invoice(fields: Fields) -> str:
    parts = [fields.get(name) for name in ("inn", "invoice_number", "invoice_date")]
    if not all(isinstance(part, str) and part for part in parts):
        return ""
    inn, number, day = (str(part) for part in parts)
    return f"{inn} {re.sub(r'[^0-9a-zа-я]', '', number.lower())} {day}"[:300]


# --- filling a card


def fill_from_memory(turn: Turn) -> None:
    """Put the requisites of the last payment on a card that states none; what is stated wins."""
    fields = turn.case.fields
    wanted = {"account", "bic"} & set(turn.process.fields)
    if not wanted or any(fields.get(name) for name in ("account", "bic")):
        return
    names = set(payee_names(fields))
    accounts = [fact for fact in turn.office.facts if fact.kind == "payee" and fact.subject in names]
    same = [fact for fact in accounts if not fields.get("inn") or fact.said.get("inn") == fields["inn"]]
    if not same or len({fact.said.get("inn") for fact in same}) != 1:
        return
    last = same[-1].said
    taken = {name: last[name] for name in TAKEN if last.get(name) and name in turn.process.fields}
    turn.fill({name: value for name, value in taken.items() if not fields.get(name)})
    turn.change(findings=(*turn.case.findings, "remembered"))
    turn.because("remembered", payee=last.get("counterparty", ""))


# --- an account that is not the payee's


def hold_for_account(turn: Turn) -> bool:
    """Ask a person to confirm an account that is new for a known payee; True where the case waits for that."""
    before = _other_accounts(turn)
    if not before or _confirmed(turn):
        return False
    who = _who_confirms(turn)
    if any(a.open for a in turn.case.at_stage(REQUISITES)):
        return True
    turn.change(stage=REQUISITES)
    task = turn.open(REQUISITES, who, Ask.APPROVAL)
    turn.because("account_changed", who=turn.office.short(who))
    language = turn.office.directory.language(who)
    told = _CONFIRM[language].format(known="; ".join(before), now=_account(turn.case.fields))
    turn.letter("ask", turn.acts_on(task), task.id, {"instruction": told})
    return True


_CONFIRM: Mapping[Language, str] = {
    "ru": (
        "Реквизиты получателя изменились. Раньше платили на {known}; сейчас указаны {now}. Так крадут деньги: "
        "позвоните получателю по телефону из договора, а не из этого письма, и ответьте «Согласовано», только если "
        "он подтвердил."
    ),
    "en": (
        "The payee's bank details have changed. Before, {known} was paid; now it says {now}. This is how money is "
        "stolen: call the payee by the number in the contract, not in this mail, and answer “Approved” only if he "
        "confirms it."
    ),
}


def _other_accounts(turn: Turn) -> tuple[str, ...]:
    """Give the accounts the payee is known by, where the card states another one; () where nothing is wrong."""
    fields = turn.case.fields
    if not fields.get("account") or not fields.get("inn"):
        return ()
    accounts = known(turn.office.facts, "payee", str(fields["inn"]))
    now = _account(fields)
    paid = tuple(dict.fromkeys(_account(fact.said) for fact in accounts))
    return () if now in paid else paid


def _account(fields: Mapping[str, object]) -> str:
    return f"{fields.get('account', '')} / {fields.get('bic', '')}"


def _confirmed(turn: Turn) -> bool:
    said = [a for a in turn.case.assignments if a.stage == REQUISITES and a.standing is Standing.DECIDED]
    return any(
        a.decision is not None and a.decision.answer is Answer.APPROVE and a.decision.material == turn.material
        for a in said
    )


def _who_confirms(turn: Turn) -> str:
    """Whoever pays, else the secretary; never the initiator, whom the letter may have deceived."""
    directory = turn.office.directory
    may = (*directory.holders("accountant"), *directory.holders(SECRETARY), *directory.chain(turn.case.initiator))
    return next((p for p in may if p in directory.people and p != turn.case.initiator), turn.office.secretary)


# --- what stands on the card as a warning


def alarms(turn: Turn) -> tuple[str, ...]:
    """Give the findings of the case with what memory says now: another account, an invoice that has come before."""
    kept = tuple(code for code in turn.case.findings if not code.startswith(("account_changed", "duplicate")))
    changed = ("account_changed",) if _other_accounts(turn) else ()
    invoice = _invoice(turn.case.fields)
    others = (fact for fact in known(turn.office.facts, "invoice", invoice) if fact.item != turn.case.id)
    seen = tuple(f"duplicate:{fact.said['day']} {fact.said['by']}" for fact in others) if invoice else ()
    return (*kept, *changed, *seen[:1])


SHOWN: Mapping[str, Mapping[Language, str]] = {
    "remembered": {
        "ru": "реквизиты взяты из прошлой оплаты этому получателю",
        "en": "the bank details are those of the last payment to this payee",
    },
    "account_changed": {
        "ru": "реквизиты не те, на которые этому получателю платили раньше",
        "en": "the bank details are not those this payee was paid by before",
    },
    "duplicate": {
        "ru": "этот счёт уже поступал: {facts}",
        "en": "this invoice has come before: {facts}",
    },
}


def finding(code: str, language: Language) -> tuple[bool, str] | None:
    """Give a finding of memory as a sentence, and whether it is good news; None for another code."""
    name, _, facts = code.partition(":")
    words = SHOWN.get(name)
    return (name == "remembered", words[language].format(facts=facts)) if words is not None else None


# --- what the office keeps


def learnt(turn: Turn, before: Case | None) -> Iterator[tuple[Change, Fact]]:
    """Give what a transition teaches: an account once it is paid, an invoice while its case is not refused."""
    after = turn.case
    if _paid(after) and not (before is not None and _paid(before)):
        said = {name: str(after.fields[name]) for name in REMEMBERED if after.fields.get(name)}
        if said.get("inn") and said.get("account"):
            yield from (("remember", Fact("payee", name, _account(said), said)) for name in payee_names(after.fields))
    invoice, over = _invoice(after.fields), after.state in (CaseState.REJECTED, CaseState.WITHDRAWN)
    was = _invoice(before.fields) if before is not None else ""
    if was and (was != invoice or over):
        yield "forget", Fact("invoice", was, after.id)
    if invoice and invoice != was and not over:
        said = {"day": turn.office.day(after.opened_at), "by": turn.office.short(after.initiator)}
        yield "remember", Fact("invoice", invoice, after.id, said)


def _paid(case: Case) -> bool:
    return any(a.decision is not None and a.decision.answer is Answer.PAID for a in case.assignments)
