"""The sample case, as far as letters about people and commands tell it: substitutes, lists, what was not understood.

Owns: their words and rows in both languages; `letter_samples` prints them with the rest.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.views import Language

WORDS: Mapping[Language, Mapping[str, Mapping[str, str]]] = {
    "ru": {
        "unclear_command": {
            "said": "Статсу СЧ-2026-0157",
            "why": "Похоже на опечатку в команде.",
            "meant": "Статус СЧ-2026-0157",
            "example": "Помощь",
        },
        "may_not_start": {"subject": "Съёмка: открытие парка", "process": "Медиаматериалы", "who": "Иванов И.С."},
        "tasks": {"mode": "каждое письмо сразу"},
        "found": {"said": "Ромашка счета", "more": "yes"},
        "report": {"days": "01.10.2026–31.10.2026", "tasks": "214"},
        "confirm_withdrawal": {"reason": "нет отметки нашего почтового сервера"},
        "stands_in": {"who": "Смирнову О.Н.", "since": "16.11.2026", "until": "27.11.2026"},
        "list_unclear": {"text": "Кроме третьего, все да"},
        "entered": {"who": "Смирнова О.Н.", "by": "Белова Е.В.", "said": "согласовано"},
        "withdrawn_task": {"who": "Белова Е.В.", "reason": "передать — Петров П.П."},
        "departed": {"who": "o.smirnova"},
        "consult": {"who": "Смирнова О.Н.", "text": "Спросите Петрова, нормальная ли это цена."},
        "opinion": {"who": "Петров П.П.", "text": "Цена нормальная, берите."},
        "mode": {"mode": "одно письмо в рабочий день утром"},
        "alarm": {
            "what": "почта не читается 2 ч 10 мин: imap.company.ru: сервер не отвечает",
            "cure": "`mailflow check` скажет, что не так с ящиком; письма ждут на сервере, ничего не потеряно",
        },
        "alarm_over": {"what": "приём почты"},
        "by_hand": {
            "what": "ask to p.petrov@neon.example",
            "who": "admin",
            "said": "goes again to p.petrov@neon.example",
        },
    },
    "en": {
        "unclear_command": {
            "said": "Statsu INV-2026-0157",
            "why": "It looks like a slip of the pen.",
            "meant": "Status INV-2026-0157",
            "example": "Help",
        },
        "may_not_start": {"subject": "Shoot: the park opens", "process": "Media", "who": "Igor Ivanov"},
        "tasks": {"mode": "every letter at once"},
        "found": {"said": "Daisy invoices", "more": "yes"},
        "report": {"days": "1 Oct 2026–31 Oct 2026", "tasks": "214"},
        "confirm_withdrawal": {"reason": "no verdict of our own mail server"},
        "stands_in": {"who": "Olga Smirnova", "since": "16 Nov 2026", "until": "27 Nov 2026"},
        "list_unclear": {"text": "Except the third, all yes"},
        "entered": {"who": "Olga Smirnova", "by": "Helen Belova", "said": "approved"},
        "withdrawn_task": {"who": "Helen Belova", "reason": "pass on to Pavel Petrov"},
        "departed": {"who": "o.smirnova"},
        "consult": {"who": "Olga Smirnova", "text": "Ask Petrov whether the price is fair."},
        "opinion": {"who": "Pavel Petrov", "text": "The price is fair."},
        "mode": {"mode": "one letter each working morning"},
        "alarm": {
            "what": "no mail has been read for 2 h 10 min: imap.company.com: the server does not answer",
            "cure": "`mailflow check` says what is wrong with the mailbox; mail waits on the server, nothing is lost",
        },
        "alarm_over": {"what": "reading mail"},
        "by_hand": {
            "what": "ask to p.petrov@neon.example",
            "who": "admin",
            "said": "goes again to p.petrov@neon.example",
        },
    },
}
ROWS: Mapping[Language, Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "ru": {
        "stands_in": (
            ("1. СЧ-2026-0157", "Счёт № 57, ООО «Ромашка», 120 000,50 ₽", "за Смирнову О.Н.", "до 13.11.2026"),
        ),
        "list_answered": (
            ("1. СЧ-2026-0157", "Счёт № 57, ООО «Ромашка», 120 000,50 ₽", "записано: согласовано"),
            ("2. Д-2026-0042", "Договор 42-П, ООО «ГеоПроект»", "не ясно; спросили отдельным письмом"),
        ),
        "found": (
            (
                "СЧ-2026-0157",
                "Счёт № 57, ООО «Ромашка», 120 000,50 ₽",
                "Финансы",
                "…оплатить счёт ООО «Ромашка» за ноябрь…",
            ),
            ("СЧ-2026-0101", "Счёт № 12, ООО «Ромашка», 18 000 ₽", "оплачено", "Счёт 12.pdf, ООО «Ромашка»"),
        ),
        "own_cases": (
            ("СЧ-2026-0157", "Счёт № 57, ООО «Ромашка», 120 000,50 ₽", "ждём: Смирнова О.Н."),
            ("Д-2026-0042", "Договор 42-П, ООО «ГеоПроект»", "ждём: Петров П.П., Лебедева М.А."),
        ),
        "tasks": (
            (
                "1. СЧ-2026-0157",
                "Счёт № 57, ООО «Ромашка», 120 000,50 ₽",
                "Финансовый директор",
                "Сумма: 120 000,50 ₽; Оплатить до: 13.11.2026",
                "до 13.11.2026",
            ),
            ("2. Д-2026-0042", "Договор 42-П, ООО «ГеоПроект», 1 200 000 ₽", "за Петрова П.П.", "до 18.11.2026"),
        ),
    },
    "en": {
        "stands_in": (("1. INV-2026-0157", "Invoice No. 57, Daisy Ltd", "for Olga Smirnova", "by 13 Nov 2026"),),
        "list_answered": (
            ("1. INV-2026-0157", "Invoice No. 57, Daisy Ltd", "recorded: approved"),
            ("2. C-2026-0042", "Contract 42-P, GeoProject Ltd", "not clear; asked in a letter of its own"),
        ),
        "report": (
            ("Invoice: Finance", "9.5 h, 90% within 41.2 h"),
            ("Invoice: Accounting", "6.0 h, 90% within 22.8 h"),
        ),
        "found": (
            ("INV-2026-0157", "Invoice No. 57, Daisy Ltd, RUB 120,000.50", "Finance", "…pay the invoice of Daisy Ltd…"),
            ("INV-2026-0101", "Invoice No. 12, Daisy Ltd, RUB 18,000", "paid", "Invoice 12.pdf, Daisy Ltd"),
        ),
        "own_cases": (
            ("INV-2026-0157", "Invoice No. 57, Daisy Ltd, RUB 120,000.50", "waits for Olga Smirnova"),
            ("C-2026-0042", "Contract 42-P, GeoProject Ltd", "waits for Pavel Petrov"),
        ),
        "tasks": (
            (
                "1. INV-2026-0157",
                "Invoice No. 57, Daisy Ltd, RUB 120,000.50",
                "Finance director",
                "Amount: RUB 120,000.50; Pay by: 13 Nov 2026",
                "by 13 Nov 2026",
            ),
            ("2. C-2026-0042", "Contract 42-P, GeoProject Ltd", "for Pavel Petrov", "by 18 Nov 2026"),
        ),
    },
}
SHOWN: Mapping[str, tuple[str, ...]] = {
    "confirm_withdrawal": ("card", "choices"),
    "entered": ("card", "said"),
    "consult": ("card", "findings", "said", "files"),
    "opinion": ("card", "findings", "said", "files", "choices", "say"),
    "withdrawn_task": ("card",),
    "departed": ("card", "waiting"),
}
NO_CASE = frozenset(
    (
        "unclear_command",
        "may_not_start",
        "own_cases",
        "found",
        "report",
        "mode",
        "stands_in",
        "list_answered",
        "list_unclear",
        "alarm",
        "alarm_over",
        "by_hand",
    )
)
