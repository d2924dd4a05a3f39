"""What a choice that was stated otherwise may have meant, as the words of the letter that asks again.

Owns: how the values travel from the mail to the question. Refuses to know: how likeness is found (`reference_lists`).
"""

from __future__ import annotations

from collections.abc import Mapping

_NEAR = "near."
_BETWEEN = "; "


def near_words(near: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Give the words a letter carries."""
    return {f"{_NEAR}{name}": _BETWEEN.join(values) for name, values in near.items()}


def near_said(words: Mapping[str, str], name: str) -> str:
    """Give what a letter says of a field: «Реклама; Реклама в интернете», or ''."""
    return words.get(f"{_NEAR}{name}", "")
