"""Sums written out in Russian words: «Сто двадцать тысяч рублей 50 копеек» -> 120000.50.

Owns: the numerals up to billions in the nominative, as invoices print them. Refuses to know: other cases and
languages, how a sum is written out (that is a matter of letters and papers).

What may go wrong: a word that is no numeral ends the sum; an impossible order («тысяча миллион») reads
as nothing.
"""

from __future__ import annotations

import re
from decimal import Decimal

UNITS: dict[str, int] = {
    "ноль": 0, "один": 1, "одна": 1, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6,
    "семь": 7, "восемь": 8, "девять": 9, "десять": 10, "одиннадцать": 11, "двенадцать": 12,
    "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15, "шестнадцать": 16, "семнадцать": 17,
    "восемнадцать": 18, "девятнадцать": 19, "двадцать": 20, "тридцать": 30, "сорок": 40, "пятьдесят": 50,
    "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80, "девяносто": 90, "сто": 100, "двести": 200,
    "триста": 300, "четыреста": 400, "пятьсот": 500, "шестьсот": 600, "семьсот": 700, "восемьсот": 800,
    "девятьсот": 900,
}  # fmt: skip
SCALES: dict[str, int] = {
    "тысяча": 10**3, "тысячи": 10**3, "тысяч": 10**3,
    "миллион": 10**6, "миллиона": 10**6, "миллионов": 10**6,
    "миллиард": 10**9, "миллиарда": 10**9, "миллиардов": 10**9,
}  # fmt: skip

_NUMERAL = "|".join(sorted([*UNITS, *SCALES], key=len, reverse=True))
_SUM = re.compile(
    rf"(?<![\w-])((?:{_NUMERAL})(?: (?:{_NUMERAL})){{0,24}})\)? руб(?:\.|л(?:ь|я|ей))"
    r"(?:,? ([0-9]{2}) коп(?:\.|е(?:йка|йки|ек)))?"
)


def read_sum_in_words(text: str) -> Decimal | None:
    """Give the sum in rubles a text writes out; None for none, for an impossible one, for two that differ."""
    folded = " ".join(text.lower().replace("ё", "е").split())
    found = {_sum(match) for match in _SUM.finditer(folded)}
    return found.pop() if len(found) == 1 else None


def _sum(match: re.Match[str]) -> Decimal | None:
    rubles = _number(match[1].split())
    return None if rubles is None else Decimal(rubles) + Decimal(match[2] or 0) / 100


def _number(words: list[str]) -> int | None:
    """Add the numerals up; None when their order is impossible."""
    total, group, last_scale, last_unit = 0, 0, 10**12, 1000
    for word in words:
        if word in SCALES:
            if SCALES[word] >= last_scale:
                return None
            total, group, last_scale, last_unit = total + max(group, 1) * SCALES[word], 0, SCALES[word], 1000
            continue
        if not _may_follow(UNITS[word], last_unit):
            return None
        group, last_unit = group + UNITS[word], UNITS[word]
    return total + group


def _may_follow(unit: int, before: int) -> bool:
    """Say whether a numeral may stand after another one: hundreds, then tens, then ones."""
    if before == 1000:
        return True
    if before >= 100:
        return 0 < unit < 100
    return before >= 20 and 0 < unit < 10
