"""The sample case as far as people outside the company are told of it, and the office of their answers.

Owns: their words in both languages; `letter_samples` prints them with the rest.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.views import Language

OUTSIDE = frozenset(("counterparty",))
"""The kinds that leave the company: of the case they show what the rules say and nothing else."""
WORDS: Mapping[Language, Mapping[str, Mapping[str, str]]] = {
    "ru": {
        "counterparty": {
            "subject": "Ваш счёт оплачен",
            "text": "Ваш счёт оплачен. Если что-то не так, ответьте на это письмо.",
        },
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
        "counterparty_wrote": {
            "who": "accounts@daisy.example",
            "text": "Thank you, the money has come. The delivery note follows tomorrow.",
            "unproven": "yes",
        },
    },
}
SHOWN: Mapping[str, tuple[str, ...]] = {"counterparty": ("card",)}
