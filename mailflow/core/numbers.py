"""Case numbers as people write them: found in a text, and compared after look-alike folding.

Owns: «СЧ-2026-0157» with any mix of Latin and Cyrillic twins. Refuses to know: which numbers exist.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<![\w-])([^\W\d_]{1,6}-\d{4}-\d{1,8})(?![\w-])")
_LATIN = "ABCEHKMOPTXY"
_CYRILLIC = "АВСЕНКМОРТХУ"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)


def find_number(text: str) -> str:
    """Give the first case number of a text as written, or ''."""
    found = _NUMBER.search(text)
    return found[1] if found else ""


def spellings(number: str) -> tuple[str, ...]:
    """Give the spellings a written number may stand for: as written, all Cyrillic, all Latin; upper case."""
    upper = number.upper()
    return tuple(dict.fromkeys((upper, upper.translate(_TO_CYRILLIC), upper.translate(_TO_LATIN))))
