"""What may be answered to a task: the buttons of a letter and the words of a plain reply.

Owns: every option with its label, its words and its ready mail, in both languages. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from mailflow.core.case import Ask, Assignment
from mailflow.core.stages import Stage
from mailflow.core.views import Choice, Language

_OPTIONS: Mapping[Ask, tuple[str, ...]] = {
    Ask.APPROVAL: ("approve",),
    Ask.PAYMENT: ("paid",),
    Ask.EXECUTION: ("done",),
    Ask.CORRECTION: ("done",),
    Ask.RESOLUTION: ("resolution",),
    Ask.ACKNOWLEDGEMENT: ("acknowledge",),
}

IN_WORDS_ONLY = frozenset({"consult"})
"""The letters about somebody else's task: they can be answered in words, and nothing can be pressed."""


def options_of(task: Assignment, rule: Stage | None) -> tuple[str, ...]:
    """Give what may be answered to the task, the taking forward first."""
    first = _OPTIONS.get(task.ask, ())
    return first if rule is None else (*first, *rule.returns)


# What may be said: label of the button, and how a plain reply says it.
_WORDS: Mapping[str, Mapping[Language, tuple[str, str]]] = {
    "approve": {"ru": ("Согласовать", "Согласовано"), "en": ("Approve", "Approved")},
    "rework": {"ru": ("На доработку", "На доработку: причина"), "en": ("Return", "Rework: reason")},
    "reject": {"ru": ("Отклонить", "Отклонить: причина"), "en": ("Reject", "Reject: reason")},
    "paid": {"ru": ("Оплачено", "Оплачено, п/п № … от …"), "en": ("Paid", "Paid, order No. … of …")},
    "done": {"ru": ("Готово", "Готово"), "en": ("Done", "Done")},
    "acknowledge": {"ru": ("Ознакомлен", "Ознакомлен"), "en": ("I have read it", "Acknowledged")},
    "resolution": {"ru": ("Резолюция", "Петрову — подготовить ответ до 20.11"), "en": ("Resolution", "File")},
}
# What a mailto button writes into the mail: a complete answer, or one that waits for its reason or number.
_MAILTO: Mapping[str, Mapping[Language, str]] = {
    "approve": {"ru": "Согласовано", "en": "Approved"},
    "rework": {"ru": "На доработку: ", "en": "Rework: "},
    "reject": {"ru": "Отклонить: ", "en": "Reject: "},
    "paid": {"ru": "Оплачено, п/п № ", "en": "Paid, order No. "},
    "done": {"ru": "Готово", "en": "Done"},
    "acknowledge": {"ru": "Ознакомлен", "en": "Acknowledged"},
    "resolution": {"ru": "", "en": ""},
}


def choices_of(
    options: tuple[str, ...], language: Language, link: str, reply_to: str, subject: str
) -> tuple[Choice, ...]:
    """Give a button for each: the page of the link, and a ready mail; '' = not that way."""
    return tuple(
        Choice(
            option,
            _WORDS[option][language][0],
            f"{link}?choice={option}" if link else "",
            mailto(reply_to, subject, _MAILTO[option][language]) if reply_to else "",
        )
        for option in options
    )


def mailto(address: str, subject: str, body: str) -> str:
    """Give a mailto: address that opens a ready mail (RFC 6068)."""
    return f"mailto:{quote(address, safe='@+')}?subject={quote(subject)}&body={quote(body)}"


def says(options: tuple[str, ...], language: Language) -> tuple[str, ...]:
    """Give what a plain reply may say for each."""
    return tuple(_WORDS[option][language][1] for option in options)
