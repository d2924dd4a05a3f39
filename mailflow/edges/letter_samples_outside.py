"""The sample case as far as people outside the company are told of it, and the office of their answers.

Owns: their words in both languages; `letter_samples` prints them with the rest.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.views import Language

OUTSIDE = frozenset(("counterparty", "offer_wanted"))
"""The kinds that leave the company: of the case they show what the rules say and nothing else."""
WORDS: Mapping[Language, Mapping[str, Mapping[str, str]]] = {
    "ru": {
        "counterparty": {
            "subject": "Ваш счёт оплачен",
            "text": "Ваш счёт оплачен. Если что-то не так, ответьте на это письмо.",
        },
        "offer_wanted": {
            "subject": "Просим предложение",
            "text": "Просим назвать цену с НДС и срок поставки и приложить ваше предложение файлом.",
        },
        "offers_in": {"late": ""},
        "counterparty_wrote": {
            "who": "buh@romashka.example",
            "text": "Спасибо, деньги пришли. Накладную отправим завтра.",
            "unproven": "yes",
        },
    },
    "en": {
        "counterparty": {
            "subject": "Your invoice has been paid",
            "text": "Your invoice has been paid. Should anything be wrong, please reply to this letter.",
        },
        "offer_wanted": {
            "subject": "Your offer, please",
            "text": "Please name your price with VAT and the delivery time, and enclose your offer as a file.",
        },
        "offers_in": {"late": ""},
        "counterparty_wrote": {
            "who": "accounts@daisy.example",
            "text": "Thank you, the money has come. The delivery note follows tomorrow.",
            "unproven": "yes",
        },
    },
}
ROWS: Mapping[Language, Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "ru": {
        "offers_in": (
            ("ООО «Ромашка»", "120 000 ₽, 10 дней"),
            ("sales@vesna.example", "115 000 ₽, сумму уточнить"),
            ("АО «Север»", "отказался"),
        )
    },
    "en": {
        "offers_in": (
            ("Daisy Ltd", "RUB 120,000, 10 days"),
            ("sales@spring.example", "RUB 115,000, the sum is to be confirmed"),
            ("North Ltd", "declined"),
        )
    },
}
SHOWN: Mapping[str, tuple[str, ...]] = {"counterparty": ("card",), "offer_wanted": ("card",)}
