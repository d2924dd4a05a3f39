"""The fields a request states: form lines «Сумма: 300 000» first, then free words around them.

Owns: finding keys and the extent of their values, weighing claims against each other. Refuses to know:
spellings of values (`field_forms`), free phrases (`field_phrases`), papers (`invoices`), which fields are
obligatory. Only the fields the caller asks for are read.

What may go wrong: a key with a value that does not read, or two values that differ, makes the field
ambiguous: it is asked about, never guessed. A form line wins over free words, because somebody filled it
in on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain, pairwise

from mailflow.core.dates import DATE_PATTERN
from mailflow.core.field_forms import DEFAULT_SYNONYMS, Claim, FieldForm, FieldType, Value, agrees, near_to, read_value
from mailflow.core.field_hints import read_hints
from mailflow.core.field_phrases import WRAPPED, read_phrases
from mailflow.core.money import fold, stated_currency
from mailflow.core.said_lists import items_of
from mailflow.core.tables import rows_as_lines
from mailflow.core.term import read_term

__all__ = ["DEFAULT_SYNONYMS", "FieldForm", "FieldType", "FieldsRead", "Value", "read_fields"]

TO_THE_END = frozenset(("текст", "текст письма", "text", "body", "letter text"))
"""Keys whose value is everything that follows, lines that look like keys included."""
HOME_CURRENCY = "RUB"
MOST_LINES = 5_000
KEYS_A_LINE = 12
LONGEST_KEY = 60
NOTHING = frozenset(("-", "–", "—", "--", "n/a", "н/д"))
"""Values that say a line of a form was left empty."""
NONE_OF_IT = frozenset(("нет", "отсутствует", "не указан", "не указано", "0", "no", "none"))
"""The same for the common fields; a process's own field («Передоверие: нет») may mean it."""


@dataclass(frozen=True, slots=True)
class FieldsRead:
    """What was read. `values`: canonical values by name. `ambiguous`: names stated, but not surely readable, or
    not as the field allows (then the value is there all the same, as stated).

    `rest`: the lines that are no form lines, as written; free phrases stay in it, they are part of what
    was said. `by_line`: the fields that form lines name. `near`: for a choice that was stated otherwise, the
    values it may have meant.
    """

    values: Mapping[str, Value]
    ambiguous: tuple[str, ...] = ()
    rest: str = ""
    by_line: frozenset[str] = frozenset()
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Key:
    """A key found in a line: the form it names, where it begins, where its value begins, a note in brackets."""

    form: FieldForm
    start: int
    end: int
    note: str = ""
    to_the_end: bool = False


MOST_LETTERS = 100_000
"""Fifty pages: every process is asked about a mail's text, and a hostile one is a megabyte long."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A form and the text that stands for it."""

    form: FieldForm
    text: str
    keep_lines: bool = False


def read_fields(text: str, written_on: date, forms: Sequence[FieldForm]) -> FieldsRead:
    """Read what a person's own words state about the fields asked for.

    `text`: without quotes and mobile tails; what stands behind fifty pages is given back in `rest`. `written_on`: the
    day of the letter, from which «до пятницы» counts.
    """
    text, behind = text[:MOST_LETTERS], text[MOST_LETTERS:]
    index = _index(tuple(forms))
    pairs, rest = _form_lines(rows_as_lines(text, lambda cell: _named(cell, index) is not None), index)
    parted = [(pair, *_parted(pair, written_on)) for pair in pairs]
    filled = [(pair, head) for pair, head, _ in parted if not _is_empty(pair)]
    lines = [claim for pair, head in filled for claim in _claims_of(pair, head, written_on, forms)]
    tails = "\n".join(tail for _, _, tail in parted)
    said = [*read_phrases(f"{rest}\n{tails}", written_on, forms), *_lists(rest, written_on, forms)]
    hints = list(read_hints(f"{rest}\n{tails}", written_on, forms))
    values, ambiguous = _weighed((lines, said, hints), tuple(form.name for form in forms))
    refused = (form.name for form in forms if form.name in values and not agrees(values[form.name], form))
    named = frozenset(claim.name for claim in lines)
    near = {pair.form.name: near_to(head, pair.form) for pair, head in filled if pair.form.name in ambiguous}
    return FieldsRead(values, (*ambiguous, *refused), f"{rest}{behind}".strip("\n"), named, _said(near))


def _said(near: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: values for name, values in near.items() if values}


def _lists(rest: str, written_on: date, forms: Sequence[FieldForm]) -> Iterator[Claim]:
    """Claim the list that stands in the letter under no key: goals, points."""
    for form in forms:
        if form.type in ("goals", "points"):
            value = read_value(rest, form, written_on)
            yield from [Claim(form.name, value)] if value else []


def _weighed(kinds: Sequence[Sequence[Claim]], names: Sequence[str]) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Settle each field: one value all claims of its best kind agree on, or a question. The best kind comes first."""
    values: dict[str, Value] = {}
    ambiguous: list[str] = []
    for name in dict.fromkeys(names):
        of_each = ([claim.value for claim in kind if claim.name == name] for kind in kinds)
        claims = next((claims for claims in of_each if claims), [])
        first = claims[0] if claims else None
        if first is not None and all(value == first for value in claims):
            values[name] = first
        elif claims:
            ambiguous.append(name)
    return values, tuple(ambiguous)


def _is_empty(pair: _Pair) -> bool:
    """Say whether a line of the form was left blank; a choice may allow the very word."""
    word = fold(pair.text).strip(" .")
    if word in NOTHING or not word:
        return pair.form.type != "bool" or not word
    common = pair.form.name in DEFAULT_SYNONYMS and pair.form.type not in ("bool", "choice", "money")
    return common and word in NONE_OF_IT


_PARTIES = frozenset(("counterparty", "correspondent"))
_AFTER_PARTY = re.compile(r"[,;(]?\s*\b(?=(?:инн|кпп|бик|огрн|р/с|к/с|inn)\b)", re.IGNORECASE)
_NUMBER_AND_DATE = re.compile(r"№?\s*(\S{1,40}?),?\s+(?:от|of|dated)\s+(.{3,40})", re.IGNORECASE)
_DATE_BESIDE = {"invoice_number": "invoice_date", "their_number": "their_date"}


def _claims_of(pair: _Pair, text: str, written_on: date, forms: Sequence[FieldForm]) -> Iterator[Claim]:
    """Give the claim of a form line, and what it says beside: a currency, a date after a number."""
    form = pair.form
    if pair.keep_lines:
        lines = (" ".join(line.split()) for line in pair.text.splitlines())
        yield Claim(form.name, "\n".join(lines))
        return
    if form.name in _DATE_BESIDE:
        both = _NUMBER_AND_DATE.fullmatch(text.strip())
        beside = next((other for other in forms if other.name == _DATE_BESIDE[form.name]), None)
        if both and beside:
            yield Claim(beside.name, read_value(both[2], beside, written_on))
        text = both[1] if both else text.strip().lstrip("№ ")
    currency = stated_currency(text) if form.type == "money" else None
    yield Claim(form.name, _read(text, form, currency, written_on, forms))
    if currency and form.name == "amount":
        yield Claim("currency", currency)


def _read(
    text: str, form: FieldForm, currency: str | None, written_on: date, forms: Sequence[FieldForm]
) -> Value | None:
    """Read the value; an amount in a foreign currency is unreadable where no field can hold the currency."""
    lost = currency not in (None, HOME_CURRENCY) and all(other.name != "currency" for other in forms)
    return None if lost else read_value(text, form, written_on)


_STOP = re.compile(r"[,;.!]\s+(?=\D)|\s+\(")


def _parted(pair: _Pair, written_on: date) -> tuple[str, str]:
    """Part what a line says after its key into the value and free words behind it: «Прочее, не в бюджете».

    The rest may name no other figure: «20.11, лучше 25.11» has no value that is sure.
    """
    form, text = pair.form, pair.text
    if form.name in _PARTIES:
        party, *requisites = _AFTER_PARTY.split(text, maxsplit=1)
        return party, "".join(requisites)
    if form.type == "people":
        return _people_and_terms(text, written_on)
    stop = _STOP.search(text) if form.type in _TYPED and not pair.keep_lines else None
    if stop is None:
        return text, ""
    if form.type == "money" and _VAT.search(text):
        return text, text[stop.end() :]
    head, tail = text[: stop.start()], text[stop.end() :]
    figure = _OTHER_FIGURE.get(form.type)
    other_figure = figure is not None and figure.search(_DAY.sub("", tail) if form.type == "money" else fold(tail))
    sure = read_value(text, form, written_on) is None and read_value(head, form, written_on) is not None
    return (head, tail) if sure and not other_figure else (text, "")


_DAY = re.compile(rf"(?i:{DATE_PATTERN})")
_OTHER_FIGURE: Mapping[FieldType, re.Pattern[str]] = {
    "money": re.compile(r"[0-9]"),
    "date": re.compile(DATE_PATTERN),
    "term": re.compile(r"[0-9]"),
}
_VAT = re.compile(r"ндс|vat", re.IGNORECASE)
_TYPED = frozenset(("choice", "bool", "date", "money", "term", "inn", "kpp", "bic", "account"))


def _people_and_terms(text: str, written_on: date) -> tuple[str, str]:
    """Tell a term at the end of a list of names from the names."""
    pieces = text.split(",")
    terms = [piece for piece in pieces[1:] if read_term(piece, written_on)]
    return ",".join(piece for piece in pieces if piece not in terms), ",".join(terms)


def _form_lines(text: str, index: Mapping[str, FieldForm]) -> tuple[list[_Pair], str]:
    """Part a text into form lines, read as pairs, and the rest."""
    lines = text.splitlines()
    pairs: list[_Pair] = []
    rest: list[str] = []
    at = 0
    while at < len(lines):
        keys = _keys_in(lines[at], index) if at < MOST_LINES else ()
        if not keys:
            rest.append(lines[at])
            at += 1
            continue
        before = lines[at][: keys[0].start].strip(" \t;,*_-–—•")
        rest.extend([before] if before else [])
        pairs.extend(_pairs_within(lines[at], keys))
        at, last = _continued(lines, at, keys[-1], index)
        pairs.append(last)
    return pairs, "\n".join(rest)


@lru_cache(128)
def _index(forms: tuple[FieldForm, ...]) -> Mapping[str, FieldForm]:
    """Map every normalised word to its form: a process's own words win, then the order of the forms."""
    index: dict[str, FieldForm] = {}
    own = ((word, form) for form in forms for word in form.synonyms)
    common = ((word, form) for form in forms for word in form.words)
    for word, form in chain(own, common):
        index.setdefault(_normal(word), form)
    return index


_MARKERS = re.compile(r"\s*(?:[>\-–—•*·_]+\s*|[0-9]{1,2}[.)]\s+)*")
_SEPARATOR = re.compile(r"[:=\t]|\s[—–-](?=\s)")
_NOTE = re.compile(r"(.{2,60}?)(?:\s*\(([^()]{1,30})\)|,\s*([^,]{1,12}))\s*")
_BEFORE_INLINE_KEY = re.compile(r"[.;,!]\s+")


def _normal(key: str) -> str:
    """Strip a key of what does not matter: case, ё, dots, stars, spaces around a slash."""
    return re.sub(r" ?/ ?", "/", fold(re.sub(r"[.*_]", " ", key)))


def _keys_in(line: str, index: Mapping[str, FieldForm]) -> tuple[_Key, ...]:
    """Find the known keys of a line: at its start, or after a stop inside it."""
    found: list[_Key] = []
    marked = _MARKERS.match(line)
    start = marked.end() if marked else 0
    for number, separator in enumerate(_SEPARATOR.finditer(line)):
        if number == KEYS_A_LINE:
            break
        floor = found[-1].end if found else start
        key = _key_before(line, separator, floor, index, at_start=not found)
        found.extend([key] if key else [])
    return tuple(found)


def _key_before(
    line: str, separator: re.Match[str], floor: int, index: Mapping[str, FieldForm], *, at_start: bool
) -> _Key | None:
    """Find the longest known key that ends at a separator; inside a line it begins after a stop."""
    end = separator.start()
    begins = [floor] if at_start else []
    if separator[0] != "\t":
        window = max(floor, end - LONGEST_KEY)
        begins += [stop.end() for stop in _BEFORE_INLINE_KEY.finditer(line, window, end)]
    for begin in begins:
        named = _named(line[begin:end], index) if end - begin <= LONGEST_KEY else None
        if named:
            form, note = named
            return _Key(form, begin, separator.end(), note, _normal(line[begin:end]) in TO_THE_END)
    return None


def _named(key: str, index: Mapping[str, FieldForm]) -> tuple[FieldForm, str] | None:
    """Look a key up, with or without a note: «Сумма (USD)», «Сумма, руб.», «Сумма (с НДС)»."""
    if form := index.get(_normal(key)):
        return form, ""
    noted = _NOTE.fullmatch(key)
    form = index.get(_normal(noted[1])) if noted else None
    if noted is None or form is None:
        return None
    note = noted[2] or noted[3] or ""
    if stated_currency(note):
        return form, note
    return (form, "") if re.search(r"\b(?:ндс|vat|обязательно|required|если есть)\b", fold(note)) else None


def _pairs_within(line: str, keys: Sequence[_Key]) -> Iterator[_Pair]:
    """Give the pairs of a line whose value ends where the next key of the same line begins."""
    for key, following in pairwise(keys):
        yield _pair(key, line[key.end : following.start].rstrip(" \t.;,!"))


def _pair(key: _Key, text: str) -> _Pair:
    return _Pair(key.form, f"{text.strip(' *_')} {key.note}".strip() if key.note else text.strip(" \t*_"))


def _continued(lines: Sequence[str], at: int, key: _Key, index: Mapping[str, FieldForm]) -> tuple[int, _Pair]:
    """Give the last pair of a line with the lines its value runs on over, and the number of the line after it."""
    value = [lines[at][key.end :]]
    after = at + 1
    if key.to_the_end:
        return len(lines), _Pair(key.form, "\n".join([*value, *lines[after:]]).strip(), keep_lines=True)
    if key.form.type in ("goals", "points"):
        after = _end_of_list(lines, after, index)
        return after, _Pair(key.form, "\n".join([value[0], *lines[at + 1 : after]]).strip())
    listed = not value[0].strip() and key.form.type in _LISTED
    while after < len(lines) and _runs_on(lines, after, listed, key.form.type, index):
        value.append(lines[after])
        after += 1
    return after, _pair(key, "\n".join(value))


def _end_of_list(lines: Sequence[str], at: int, index: Mapping[str, FieldForm]) -> int:
    """Give the line after a list: the next key that is no item of it, or the end."""
    while at < len(lines) and (items_of(lines[at]) or not _keys_in(lines[at], index)):
        at += 1
    return at


_LISTED = frozenset(("text", "people", "mailboxes"))


def _runs_on(lines: Sequence[str], at: int, listed: bool, kind: FieldType, index: Mapping[str, FieldForm]) -> bool:
    """Say whether a line belongs to the value above: a list under its key, or a line the mail program broke."""
    if not lines[at].strip() or kind not in _LISTED:
        return False
    wrapped = len(lines[at - 1].rstrip()) >= WRAPPED
    return (listed or wrapped) and not _keys_in(lines[at], index)
