"""What the office has come to know beside its files: who stands in for whom, how people want to be written to,
whom it pays and into which account, which invoices have come.

Owns: `Fact`, one such thing, kept by the transition that learnt it and true until its last day.
Refuses to know: what follows from a fact; each kind has a module of its own (`substitution`, `payees`, `habits`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mailflow.core.directory import Substitution

FactKind = Literal["substitution", "letters", "offer", "delegation", "told", "payee", "invoice", "spent", "report"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known. There is one of a kind, a subject and an item; a later one takes its place."""

    kind: FactKind
    subject: str
    """Whom or what it is about: a person's id, a payee's INN, an invoice by payee, number and date."""
    item: str = ""
    """Tells apart several of one subject: the case that set a substitution, a task, the account of a payee."""
    said: Mapping[str, str] = field(default_factory=dict)
    until: str = ""
    """The last ISO day on which it holds; '' = it holds until it is taken back."""


@dataclass(frozen=True, slots=True)
class About:
    """Whose facts a transition needs, beside those that concern everybody."""

    kind: FactKind
    subject: str


ALWAYS: tuple[FactKind, ...] = ("substitution", "letters", "offer")
"""The kinds every transition needs: few rows, and any letter may depend on them."""

WHOLE: frozenset[FactKind] = frozenset({*ALWAYS, "spent"})
"""The kinds of which none may be missing: who may decide and what counts together hang on all of them. Of the
others the newest say enough: an account that is not among them is asked about like a new one.
"""


def known(facts: Iterable[Fact], kind: FactKind, subject: str) -> tuple[Fact, ...]:
    """Give what is known of one subject, in the order it was learnt."""
    return tuple(fact for fact in facts if fact.kind == kind and fact.subject == subject)


def arranged(facts: Iterable[Fact], day: str) -> dict[str, Substitution]:
    """Give who stands in for whom on that ISO day; of several the one that was set last."""
    found = {}
    for fact in facts:
        if fact.kind == "substitution" and fact.said["since"] <= day <= fact.until:
            found[fact.subject] = Substitution(by=fact.said["by"], since=fact.said["since"], until=fact.until)
    return found
