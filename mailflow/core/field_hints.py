"""What a mail states without naming the field: its only sum, its only firm, «реклама» between two commas, «завтра».

Owns: these weakest claims. Refuses to know: form lines (`fields`) and phrases (`field_phrases`); where they state a
field, nothing here is asked. A second sum or a second firm takes the first one's weight away: then nothing is claimed,
and a field that must be there is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from mailflow.core.dates import read_date
from mailflow.core.field_forms import Claim, FieldForm, choices_in, read_value
from mailflow.core.field_phrases import ORGANISATION, sentences
from mailflow.core.money import MONEY_PATTERN, fold, stated_currency

LONGEST_FRAGMENT = 60

_SUM = re.compile(rf"(?<![0-9.,/№-])({MONEY_PATTERN})(?![0-9]| ?%)")
_NO_PRICE = re.compile(
    r"(?:\bндс|\bvat|\bскидк\w+|\bпредоплат\w+|\bаванс\w*|\bлимит\w*|\bостат\w+|\bштраф\w*|\bиз|\bсвыше|\bболее|\bменее"
    r"|\bэкономи\w+|\bпо цене|\bпо|\bзалог\w*|\bdiscount|\bdeposit|\bout of|\blimit)(?: ?\(?[0-9]{1,2} ?%\)?)?[ :—–-]*$"
)
_EACH = re.compile(
    r" ?(?:/|за|в|per|a) ?(?:шт|штук\w|единиц\w|м2|кв|час|день|месяц|мес|год|кг|тонн\w|unit|piece|month|hour)\b"
)


def read_hints(text: str, written_on: date, forms: Sequence[FieldForm]) -> Iterator[Claim]:
    """Give the claims the words of a text make by being the only ones of their kind."""
    said = sentences(text)
    for form in forms:
        if form.name in _BY_NAME:
            yield from _BY_NAME[form.name](said, form, written_on)
        elif form.type == "choice":
            yield from _choice(said, form)


def _lone_sum(said: Sequence[str], form: FieldForm, written_on: date) -> Iterator[Claim]:
    pieces = [piece for sentence in map(fold, said) for piece in _prices(sentence)]
    values = {(read_value(piece, form, written_on), stated_currency(piece)) for piece in pieces}
    if len(values) == 1:
        (amount, currency), *_ = values
        yield Claim(form.name, amount)
        yield from [Claim("currency", currency)] if currency else []


def _prices(sentence: str) -> Iterator[str]:
    for match in _SUM.finditer(sentence):
        shown = re.search(r"[^0-9 .,'’-]", match[1]) is not None
        aside = _NO_PRICE.search(sentence[max(0, match.start() - 40) : match.start()])
        if shown and not aside and not _EACH.match(sentence, match.end()):
            yield match[1]


_FIRM = re.compile(ORGANISATION)
_OURS = re.compile(r"(?i:\b(?:для|заказчик\w*|плательщик\w*|покупатель|от имени|между|for|on behalf of|buyer)) ?:? ?$")


def _lone_firm(said: Sequence[str], form: FieldForm, written_on: date) -> Iterator[Claim]:
    firms = {
        " ".join(match[0].split())
        for sentence in said
        for match in _FIRM.finditer(sentence)
        if not _OURS.search(sentence[max(0, match.start() - 30) : match.start()])
    }
    if len(firms) == 1:
        yield Claim(form.name, firms.pop())


_LEAD = re.compile(r"(?:это|по|на|пусть будет|as|it is) ", re.IGNORECASE)


def _fragments(said: Sequence[str]) -> Iterator[str]:
    for sentence in said:
        for piece in re.split(r"[,;.](?=\s|$)|\s[—–-]\s|\n", sentence):
            if 0 < len(piece.strip()) <= LONGEST_FRAGMENT:
                yield _LEAD.sub("", piece.strip(" .!"))


def _choice(said: Sequence[str], form: FieldForm) -> Iterator[Claim]:
    found = choices_in(_fragments(said), form)
    if len(found) == 1:
        yield Claim(form.name, next(iter(found)))


def _lone_day(said: Sequence[str], form: FieldForm, written_on: date) -> Iterator[Claim]:
    days = {day for piece in _fragments(said) if (day := read_date(piece, written_on))}
    if len(days) == 1:
        yield Claim(form.name, days.pop().isoformat())


_Hint = Callable[[Sequence[str], FieldForm, date], Iterator[Claim]]
_BY_NAME: Mapping[str, _Hint] = {
    "amount": _lone_sum,
    "counterparty": _lone_firm,
    "correspondent": _lone_firm,
    "pay_by": _lone_day,
    "due": _lone_day,
    "valid_until": _lone_day,
}
