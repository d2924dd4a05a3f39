"""By what a payee is known: his INN, and his name without legal form, quotes and case.

Owns: comparing payees. Refuses to know: what is remembered of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailflow.core.case import Fields


def payee_names(fields: Fields) -> Iterator[str]:
    """Give what a card's payee may be known by: his INN, his name as it is compared."""
    inn, name = fields.get("inn"), fields.get("counterparty")
    if isinstance(inn, str) and inn:
        yield inn
    if isinstance(name, str) and name_key(name):
        yield name_key(name)


def name_key(name: str) -> str:
    """Give a payee's name as it is compared: without its legal form, quotes and case."""
    bare = re.sub(r"[^\w ]+", " ", name.lower().replace("ё", "е"))
    words = [word for word in bare.split() if word not in _FORMS]
    return f"name {' '.join(words)}"[:200] if words else ""


_FORMS = frozenset(
    [
        *("ооо", "ао", "пао", "зао", "оао", "ип", "общество", "с", "ограниченной", "ответственностью"),
        *("ltd", "llc", "inc", "gmbh", "jsc"),
    ]
)
