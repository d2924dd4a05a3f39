"""The day as a table: the invoice, the letter, the evening, and what is left for a visitor.

Owns: the order of the day. A new scene is one more row in one of its parts. Refuses to know: how a mail is
made (`story`) and what is printed (`terminal`).
"""

from __future__ import annotations

from decimal import Decimal

from mailflow.demo.invoice_scenes import INVOICE
from mailflow.demo.letter_scenes import EVENING, LETTER
from mailflow.demo.scene import IVAN, PETROV, Act, Bill, Both, Scene

SCENES: tuple[Scene, ...] = (*INVOICE, *LETTER, *EVENING)
LEAFLETS = Bill("61", "Печать листовок А5", Decimal("48300.00"))

LEFT_OPEN = Scene(
    Act.FORWARD,
    IVAN,
    Both("Иван пересылает ещё один счёт", "Ivan forwards one more invoice"),
    Both(
        "Прошу оплатить до пятницы, статья Реклама, в бюджете.",
        "Please pay by Friday, in budget.\nCash flow item: Реклама",
    ),
    Both(
        "Эта заявка ждёт вас: откройте ящик Петрова и решите за него.",
        "This one waits for you: open Petrov's mailbox and decide in his place.",
    ),
    (("ask", PETROV),),
    bill=LEAFLETS,
)
"""What a visitor of the mailboxes finds undecided."""
