"""What a scene is: who does what, in which words, and what mailflow must make of it.

Owns: the columns of the day's table. Refuses to know: the rows (`scenes`), how a mail is made (`story`),
what is printed (`terminal`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from mailflow.core.answers import Answer
from mailflow.core.views import Language

IVAN, PETROV, OLGA = "i.kuznetsov", "p.petrov", "o.smirnova"
BUH, SECRETARY, DIRECTOR = "buh", "sekretar", "director"


class Act(StrEnum):
    """What happens."""

    STRANGE = "somebody outside writes"
    SCAN = "somebody outside writes, with a scanned letter"
    FORWARD = "the supplier's letter with his invoice is forwarded"
    WRITE = "the person writes a new mail"
    REPLY = "the person replies to his newest letter"
    CORRECT = "the same, with the corrected invoice"
    PRESS = "the person opens the link in his newest letter and answers on the page"
    AWAY = "the person's mail program answers"
    FORGE = "somebody outside answers in the person's name"
    MORNING = "nobody writes: the morning of the next working day comes"


@dataclass(frozen=True, slots=True)
class Both:
    """A text in both languages; `{today}` and `{due}` are put in by the story."""

    ru: str
    en: str

    def in_(self, language: Language) -> str:
        """Give it in one."""
        return self.ru if language == "ru" else self.en


@dataclass(frozen=True, slots=True)
class Bill:
    """What the supplier wants paid: the number of his invoice, for what, how much."""

    number: str
    title: str
    amount: Decimal


BANNERS = Bill("57", "Баннеры рекламные 3×6 м", Decimal("120000.50"))


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that happens. `who`: a person's id. `note`: what a newcomer should notice.

    `expects` are the letters that must follow, as (kind, person id): the demo stops where one is missing,
    so it cannot tell a story that did not happen. `about`: he answers the newest letter that asks him
    something about a case whose number begins so. `chooses`: what he marks on the page.
    """

    act: Act
    who: str
    title: Both
    says: Both
    note: Both
    expects: tuple[tuple[str, str], ...] = ()
    subject: Both = Both("", "")
    bill: Bill = BANNERS
    shows_card: bool = False
    about: str = ""
    chooses: Answer = Answer.APPROVE
