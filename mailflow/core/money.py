"""Money with its currency: reading it as people write it, showing it, comparing it. Never a float.

Owns: the spellings of an amount and of a currency. Refuses to know: which amount of a letter is meant,
exchange rates, limits of people.

What may go wrong: `120.000` is a hundred and twenty to one reader and a hundred and twenty thousand to
another. Such a text is `Ambiguous` and is asked about; nothing here takes the likelier of two readings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

KOPECK = Decimal("0.01")
LARGEST = Decimal(10) ** 13
"""Beyond ten trillion a number in a letter is an account or a mistake."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount (two decimal places) in one currency (ISO 4217 letters)."""

    amount: Decimal
    currency: str = "RUB"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A text with more than one honest reading; `readings` in the order to offer them."""

    text: str
    readings: tuple[Money, ...]


CURRENCIES: dict[str, str] = {
    "RUB": r"₽|руб(?:\.|л(?:ь|я|ей|и|ях))?|р\.?|rub|rur|rubles?|roubles?",
    "USD": r"us\$|\$|usd|долл(?:\.|ар(?:а|ов|ы)?)?(?: ?сша)?|dollars?",
    "EUR": r"€|eur|евро|euros?",
    "CNY": r"cn¥|¥|cny|юан(?:ь|я|ей)|yuan",
    "GBP": r"£|gbp|фунт(?:а|ов)? стерлингов",
    "KZT": r"₸|kzt|тенге",
    "BYN": r"byn|бел\. ?руб\.?",
    "TRY": r"₺|try",
    "AED": r"aed|дирхам(?:а|ов)?",
}
"""ISO letters -> the ways to write the currency, in lower case."""

MULTIPLIERS: dict[str, int] = {
    r"млрд\.?|миллиард(?:а|ов)?|billion|bn": 10**9,
    r"млн\.?|миллион(?:а|ов)?|million|mln": 10**6,
    r"(?<=[0-9])m": 10**6,
    r"тыс(?:\.|яч(?:а|и|у)?)?|тыщ[аи]?|thousand": 10**3,
    r"(?<=[0-9])(?:к|k)": 10**3,
    r"т\.?(?= ?р)": 10**3,
}

_END = r"(?![^\W_])"
_MARK = "|".join(CURRENCIES.values())
_TIMES = "|".join(ways if "(?=" in ways else f"(?:{ways})(?:(?<=\\.)|{_END})" for ways in MULTIPLIERS)
_NUMBER = r"[0-9]{1,3}(?:[ '’][0-9]{3}(?![0-9])){1,4}(?:[.,][0-9]{1,6})?|[0-9]{1,14}(?:[.,][0-9]{1,6}){0,5}"

MONEY_PATTERN = (
    rf"(?:(?:{_MARK}) ?)?(?:{_NUMBER})(?: ?(?:{_TIMES}))?"
    rf"(?: (?:{_NUMBER}) ?(?:{_TIMES}))?(?: ?(?:{_MARK}){_END})?"
    rf"(?: [0-9]{{1,2}} ?коп(?:\.|е[а-я]{{1,3}}){_END})?"
)
"""Finds an amount in a text that went through `fold`; the piece it finds is for `parse_money`."""

_AMOUNT = re.compile(
    rf"(?P<before>{_MARK})? ?(?P<first>{_NUMBER})(?: ?(?P<times>{_TIMES}))?"
    rf"(?: (?P<second>{_NUMBER}) ?(?P<fewer>{_TIMES}))?"
    rf"(?: ?(?P<after>{_MARK}){_END})?(?: ?(?P<kopecks>[0-9]{{1,2}}) ?коп(?:\.|е[а-я]{{1,3}})?)?"
)
_IN_WORDS = re.compile(r" ?\([^()0-9]{3,200}\)")
_VAT_NOTE = re.compile(
    r"[,;]? ?\(?(?:в т\. ?ч\.|в том числе|включая|вкл\.|с учетом|с|без|incl\.?|including|excl\.?|plus)"
    r" (?:ндс|vat)\b.{0,60}$"
)
_DASH_KOPECKS = re.compile(r"(?<=[0-9]{3})-([0-9]{2})(?= ?(?:$|[^0-9 ]))")
"""«1 200 000-00», as papers write a sum."""
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "CNY": "¥", "GBP": "£"}


def fold(text: str) -> str:
    """Give the text in lower case, ё as е, any white space as one plain space, nothing invisible."""
    return " ".join(text.translate(_INVISIBLE).lower().replace("ё", "е").split())


def parse_money(text: str, default: str = "RUB") -> Money | Ambiguous | None:
    """Read a text that is an amount and nothing else (a note about VAT after it is allowed).

    `default` is the currency where none is written. None: not an amount, or not surely one.
    """
    match = _amount_in(text)
    currencies = _currencies(match)
    if match is None or len(currencies) > 1:
        return None
    currency = next(iter(currencies), default)
    amounts = _amounts(match)
    readings = tuple(Money(amount.quantize(KOPECK), currency) for amount in amounts if amount % KOPECK == 0)
    if len(amounts) > 1:
        return Ambiguous(text.strip(), readings)
    return readings[0] if readings else None


def read_amount(text: str) -> Decimal:
    """Read an amount as fields store it: `120000.50`, the decimals after a dot. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{1,14}(?:\.[0-9]{1,2})?", text):
        raise ValueError(f"{text!r} is no stored amount: digits with a decimal dot, as in 120000.50")
    return Decimal(text)


def write_amount(amount: Decimal) -> str:
    """Write an amount as fields store it: `120000.50`, always two decimals."""
    return f"{amount:.2f}"


def stated_currency(text: str) -> str | None:
    """Give the currency a text names, alone or beside an amount, as ISO letters; None for none or for two."""
    alone = _code_of(fold(text))
    found = {alone} if alone else _currencies(_amount_in(text))
    return next(iter(found)) if len(found) == 1 else None


def format_money(money: Money, language: str = "ru") -> str:
    """Show an amount: `120 000,50 ₽` (no-break spaces; whole rubles without kopecks) or `RUB 120,000.50`.

    The English form always keeps the cents: `120,000` alone would be ambiguous to the next reader.
    """
    shown = f"{money.amount.quantize(KOPECK):,.2f}"
    if language != "ru":
        return f"{money.currency} {shown}"
    digits = shown.removesuffix(".00").replace(",", "\u00a0").replace(".", ",")
    return f"{digits}\u00a0{_SIGNS.get(money.currency, money.currency)}"


def within(money: Money, limit: Money) -> bool:
    """Say whether the amount is at most the limit; amounts in different currencies are never within."""
    return money.currency == limit.currency and money.amount <= limit.amount


def _amount_in(text: str) -> re.Match[str] | None:
    if len(text) > 400:
        return None
    body = _DASH_KOPECKS.sub(r".\1", _VAT_NOTE.sub("", fold(text)))
    return _AMOUNT.fullmatch(_IN_WORDS.sub("", body).strip(" .,;"))


def _currencies(match: re.Match[str] | None) -> set[str]:
    marks = (match["before"], match["after"]) if match else ()
    return {code for mark in marks if mark and (code := _code_of(mark))}


def _code_of(mark: str) -> str | None:
    return next((code for code, ways in CURRENCIES.items() if re.fullmatch(ways, mark.strip(" ."))), None)


def _amounts(match: re.Match[str]) -> tuple[Decimal, ...]:
    """Give every honest reading of a matched amount, none twice."""
    bigger, smaller = _factor(match["times"]), _factor(match["fewer"])
    if match["second"] and not bigger > smaller > 1:
        return ()
    kopecks = Decimal(match["kopecks"] or 0) * KOPECK
    seconds = _readings(match["second"]) if match["second"] else (Decimal(0),)
    sums = [first * bigger + second * smaller for first in _readings(match["first"]) for second in seconds]
    if kopecks and any(amount % 1 for amount in sums):
        return ()
    return tuple(dict.fromkeys(amount + kopecks for amount in sums if amount <= LARGEST))


def _factor(word: str | None) -> int:
    if not word:
        return 1
    ways_of = ((ways.replace("(?= ?р)", "").replace("(?<=[0-9])", ""), times) for ways, times in MULTIPLIERS.items())
    return next(times for ways, times in ways_of if re.fullmatch(ways, word))


def _readings(number: str) -> tuple[Decimal, ...]:
    """Give the readings of bare digits with separators: one, two for a lone `120.000`, none for a jumble."""
    digits = re.sub(r"[ '’]", "", number)
    spaced, marks = digits != number, re.sub(r"[0-9]", "", digits)
    if len(marks) == 0:
        return (Decimal(digits),)
    if len(marks) == 1:
        whole, _, tail = digits.replace(",", ".").partition(".")
        decimal = Decimal(f"{whole}.{tail}")
        doubtful = len(tail) == 3 and not spaced and len(whole) <= 3 and whole.strip("0")
        return (Decimal(whole + tail), decimal) if doubtful else (decimal,)
    return () if spaced else _grouped(digits, marks)


def _grouped(digits: str, marks: str) -> tuple[Decimal, ...]:
    """Read `1.200.000`, `120.000,50`, `120,000.50`: thousands by one mark, the decimals by another."""
    group = marks[0]
    decimals = marks[-1] if marks[-1] != group else ""
    whole, _, tail = digits.rpartition(decimals) if decimals else (digits, "", "")
    if len(tail) > 2 or not re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{3}})+", whole):
        return ()
    return (Decimal(whole.replace(group, "") + "." + (tail or "0")),)
