"""Fields said in free words: «Прошу оплатить до пятницы, статья Реклама», «не в бюджете», «ИНН 7709123453».

Owns: which words state which field. Refuses to know: form lines (see `fields`), the spellings of values (see
`field_forms`, `dates`, `money`). A sentence that ends with a question mark states nothing.

What may go wrong: two phrases that differ are two claims, and the caller asks; a phrase followed by a word it
does not know («в бюджете не нашёл») is a claim without a value. Only the first `LONGEST` characters are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice

from mailflow.core.dates import DATE_PATTERN, read_date
from mailflow.core.field_forms import Claim, FieldForm, choices_in, read_value
from mailflow.core.money import MONEY_PATTERN, fold, stated_currency

LONGEST = 20_000
MOST_TERMS = 20
WRAPPED = 60
"""A line at least this long was broken by the mail program, not by its writer."""

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[A-ZА-ЯЁ«\"])|\n")
ORGANISATION = (
    r"(?:(?:ООО|ОАО|ПАО|НАО|ЗАО|АО|АНО|ФГУП|МУП|ГБУ|ФГБУ|LLC|OOO|Общество с ограниченной ответственностью) ?"
    r"[«\"“„][^»\"”\n]{1,80}[»\"”]"
    r"|(?:[A-Z][\w&.-]{0,40} ){1,4}(?:LLC|Ltd|GmbH|Inc|Corp|LLP|PLC|AG|B\.V\.|S\.A\.|Limited)\b\.?"
    r"|ИП [А-ЯЁ][а-яё-]{1,40} (?:[А-ЯЁ]\. ?[А-ЯЁ]\.|[А-ЯЁ][а-яё]{1,30} [А-ЯЁ][а-яё]{1,30}))"
)
_PAY = r"(?:оплатить|оплатите|оплата|оплаты|заплатить|перечислить|перевести|провести|pay|paid|payment)"


_IN_WORDS = re.compile(r"([0-9]) \([^()0-9\n]{3,200}\) ?(?=руб|₽|коп|р\.|USD|EUR|долл|евро)", re.IGNORECASE)
"""«45 000 (сорок пять тысяч) рублей»: the words repeat the figures."""


def sentences(text: str) -> tuple[str, ...]:
    """Cut the text into sentences as written, lines broken by a mail program joined again."""
    text = _IN_WORDS.sub(r"\1 ", text[:LONGEST])
    joined = ""
    for line in text.splitlines():
        last = len(joined) - joined.rfind("\n") - 1
        joined += (" " if last >= WRAPPED and line.strip() else "\n") + " ".join(line.split())
    return tuple(piece for piece in _SENTENCE_END.split(joined) if piece and not piece.endswith("?"))


def read_phrases(text: str, written_on: date, forms: Sequence[FieldForm]) -> Iterator[Claim]:
    """Give every claim the free words of a text make about the fields asked for."""
    said = sentences(text)
    folded = tuple(fold(sentence) for sentence in said)
    asked = {form.name: form for form in forms}
    for form in forms:
        if form.name in _BY_NAME:
            yield from _BY_NAME[form.name](said, folded, form, written_on)
        if form.type == "choice":
            yield from _choices(folded, form)
    dated = next((asked[name] for name in _TERMS if name in asked), None)
    if dated is not None:
        yield from _deadlines(folded, dated, written_on)


_TERMS = ("pay_by", "valid_until", "due")
"""The field a bare «до 20.11» speaks of, the first a process has."""

_Reader = Callable[[Sequence[str], Sequence[str], FieldForm, date], Iterator[Claim]]
"""Sentences as written, the same folded, the form, the day of the letter -> claims."""

_DEADLINE = re.compile(
    r"\b(?:до|не позднее|не позже|к|срок(?: оплаты| исполнения)?|by|before|until|no later than|deadline)"
    rf" ({DATE_PATTERN})"
)
_PAY_ON = re.compile(
    rf"\b{_PAY}(?: (?!от\b|of\b|from\b|dated\b|за\b|с\b|до\b|к\b|by\b)[^\W\d]{{1,30}}){{0,2}} ({DATE_PATTERN})"
)
_NOT_A_TERM = re.compile(
    r"(?:\b(?:действ\w{0,12}|гарант\w{0,8}|valid|срок действия|warranty)(?: \w{1,20}){0,3}"
    rf"|\b(?:с|со|from) (?:{DATE_PATTERN})) ?$"
)


def _deadlines(folded: Sequence[str], form: FieldForm, written_on: date) -> Iterator[Claim]:
    """Claim the terms said; where payment is spoken of, only the terms of those sentences count."""
    is_validity = form.name == "valid_until"
    pairs = ((sentence, match) for sentence in folded for match in _terms(sentence, is_validity))
    found = list(islice(pairs, MOST_TERMS))
    of_payment = [match for sentence, match in found if re.search(rf"\b{_PAY}\b", sentence)]
    for match in of_payment if of_payment and form.name == "pay_by" else [match for _, match in found]:
        yield Claim(form.name, _iso(read_date(match[1], written_on)))


def _terms(sentence: str, is_validity: bool) -> Iterator[re.Match[str]]:
    for match in chain(_DEADLINE.finditer(sentence), _PAY_ON.finditer(sentence)):
        if is_validity or not _NOT_A_TERM.search(sentence[max(0, match.start() - 90) : match.start()]):
            yield match


_URGENT = re.compile(
    r"\b(не очень |не |без |not |no )?(?:(не)?срочно\b|срочности\b|срочная оплата|срочный платеж"
    r"|urgently\b|urgent\b|urgency\b|asap\b)"
)
_CONDITION = re.compile(r"\b(?:если|или|ли|if|or)\b")


def _urgent(said: Sequence[str], folded: Sequence[str], form: FieldForm, written_on: date) -> Iterator[Claim]:
    for sentence in folded:
        for match in _URGENT.finditer(sentence):
            yield Claim(form.name, None if _CONDITION.search(sentence) else not (match[1] or match[2]))


_NO_BUDGET = re.compile(
    r"\bне в бюджете|\bвне бюджета|\bсверх бюджета|\bнет в бюджете"
    r"|\bв бюджете (?:нет|не (?:заложен|предусмотрен)\w*)"
    r"|\bnot in (?:the )?budget|\b(?:out of|off|over) budget|\bunbudgeted|\bnot budgeted"
)
_BUDGET = re.compile(
    r"\b(?:в бюджете|в рамках бюджета|по бюджету|in (?:the )?budget|within (?:the )?budget)\b"
    r"( (?:есть|заложен\w*|предусмотрен\w*))?"
)
_BUDGET_ENDS = re.compile(r" ?(?:$|[.,;!)—–-])|,? (?:срочно|статья|до|прошу|спасибо|urgent|by|please|thanks)\b")


def _in_budget(said: Sequence[str], folded: Sequence[str], form: FieldForm, written_on: date) -> Iterator[Claim]:
    for sentence in folded:
        unsure = bool(_CONDITION.search(sentence))
        without = _NO_BUDGET.sub("", sentence)
        if without != sentence:
            yield Claim(form.name, None if unsure else False)
        for match in _BUDGET.finditer(without):
            sure = not unsure and _BUDGET_ENDS.match(without, match.end())
            yield Claim(form.name, True if sure else None)


LONGEST_CHOICE = 120
_CHOICE_ENDS = re.compile(
    r"(?= ?(?:$|[.,;:!()»\"”—–-])| (?:не в бюджете|в бюджете|вне бюджета|сверх бюджета|до|не позднее|срочно"
    r"|прошу|просьба|оплат\w*|спасибо|сумма|на сумму|in budget|not in|urgent|by|please|thanks)\b)"
)


def _choices(folded: Sequence[str], form: FieldForm) -> Iterator[Claim]:
    """Claim «статья Реклама»: a word for the field and one of its values; any other value is no value."""
    words = "|".join(re.escape(fold(word)) for word in sorted(form.words, key=len, reverse=True))
    named = re.compile(rf"\b(?:{words})(?: ?[:—–-])? ?(?=[^\W\d]|[«\"“])[«\"“]?")
    for sentence in folded:
        for match in named.finditer(sentence):
            yield Claim(form.name, _leading_choice(sentence[match.end() : match.end() + LONGEST_CHOICE], form))


def _leading_choice(text: str, form: FieldForm) -> str | None:
    """Give the longest value a text begins with, where something ends behind it."""
    ends = [end.start() for end in _CHOICE_ENDS.finditer(text)]
    named = (choices_in((text[:end],), form) for end in reversed(ends) if end)
    return next((next(iter(values)) for values in named if values), None)


_NOT_PERCENT = r"(?![0-9]| ?%)"
_SUM_SAID = re.compile(
    r"\b(?:на сумму|сумм[аеуы]|суммой|к оплате|в размере|в сумме|amount(?: of| is)?|sum of|total of)"
    rf"(?: оплаты| платежа| счета| составляет)?(?: ?[:—–-])? ({MONEY_PATTERN}){_NOT_PERCENT}"
)
_SUM_PAID = re.compile(
    rf"\b(?:{_PAY}|стоимость|стоимостью|цена|смета|бюджет|cost|price)(?: [^\W\d]{{1,30}}){{0,3}}?"
    rf" ({MONEY_PATTERN}){_NOT_PERCENT}"
)


def _amount(said: Sequence[str], folded: Sequence[str], form: FieldForm, written_on: date) -> Iterator[Claim]:
    """Claim the sums named as such; else the sums with a currency or a «тыс.» after a word of paying."""
    named = [match[1] for sentence in folded for match in _SUM_SAID.finditer(sentence)]
    paid = [match[1] for sentence in folded for match in _SUM_PAID.finditer(sentence)]
    for piece in named or [piece for piece in paid if re.search(r"[^0-9 .,'’]", piece)]:
        yield Claim(form.name, read_value(piece, form, written_on))
        if currency := stated_currency(piece):
            yield Claim("currency", currency)


_VAT = re.compile(rf"\b(?:ндс|vat)\b ?\(?(?:[0-9]{{1,2}} ?%\)?)?(?: ?[:—–-])? ?({MONEY_PATTERN}){_NOT_PERCENT}")
_WITHOUT_VAT = re.compile(r"\bбез ндс\b|\bндс не облагается|\bwithout vat\b|\bno vat\b")


def _vat(said: Sequence[str], folded: Sequence[str], form: FieldForm, written_on: date) -> Iterator[Claim]:
    for sentence in folded:
        if _WITHOUT_VAT.search(sentence):
            yield Claim(form.name, "0.00")
        for match in _VAT.finditer(sentence):
            yield Claim(form.name, read_value(match[1], form, written_on))


_REQUISITES: Mapping[str, re.Pattern[str]] = {
    "inn": re.compile(r"\bинн(?: ?/ ?кпп)?(?: ?[:№])? ?([0-9]{12}|[0-9]{10})(?![0-9])"),
    "kpp": re.compile(
        r"\b(?:кпп(?: ?[:№])? ?|инн ?/ ?кпп ?:? ?[0-9]{10} ?[/,] ?)([0-9]{4}[0-9a-z]{2}[0-9]{3})(?![0-9])"
    ),
    "bic": re.compile(r"\b(?:бик|bic)(?: ?[:№])? ?([0-9]{9})(?![0-9])"),
    "account": re.compile(
        r"\b(?:р/сч?\.?|р/счет|расч(?:етный|\.) счет|account)(?: ?[:№])? ?№?"
        r" ?([0-9]{5}[0-9a-zа-я][0-9]{14})(?![0-9])"
    ),
    "corr_account": re.compile(
        r"\b(?:к/сч?\.?|кор+\.? ?/? ?счет|корсчет|корреспондентский счет)(?: ?[:№])? ?№? ?([0-9]{20})(?![0-9])"
    ),
}


def _requisite(said: Sequence[str], folded: Sequence[str], form: FieldForm, written_on: date) -> Iterator[Claim]:
    for sentence in folded:
        for match in _REQUISITES[form.name].finditer(sentence):
            yield Claim(form.name, match[1].upper())


_NUMBERED = (
    r"(?:(?:№|n|no\.?|#) ?|(?=[a-zа-я]{0,5}[-/]?[0-9][^\s]{0,20}(?:$|[,;:!)]|\.(?:\s|$)| (?:от|from|за|of|dated)\b)))"
    r"([0-9a-zа-я][0-9a-zа-я/_.-]{0,29}?)"
    rf"(?:,? (?:от|of|dated) ({DATE_PATTERN}))?(?=[\s.,;:!)»]|$)"
)
_INVOICE = re.compile(rf"\b(?:счет(?:а|у|ом)?(?: на оплату)?|сч\.|invoice) ?{_NUMBERED}")
_IN_ANSWER = re.compile(rf"(?:^|\bв ответ )на {_NUMBERED}")
"""«На № 44 от 09.11.2026»: in a letter of ours it is their number."""
_LETTER = re.compile(rf"(?:\b(?:исх\.?|письм[оау]|вх\.?) ?|^[^,\n]{{2,80}}, ){_NUMBERED}")


def _numbered_in(sentence: str, pattern: re.Pattern[str], form: FieldForm) -> Iterator[re.Match[str]]:
    """Find the numbers; a process that calls the field «На №» answers letters and means theirs by it."""
    yield from pattern.finditer(sentence)
    if "answers" in form.sources:
        yield from _IN_ANSWER.finditer(sentence)


def _numbers(pattern: re.Pattern[str]) -> _Reader:
    """Make the reader of the number in «… № 57 от 12.11.2026»."""

    def read(said: Sequence[str], folded: Sequence[str], form: FieldForm, written_on: date) -> Iterator[Claim]:
        for sentence, original in zip(folded, said, strict=True):
            for match in _numbered_in(sentence, pattern, form):
                number = match[1].rstrip(".")
                if not re.fullmatch(r"[0-9]{20}", number):
                    yield Claim(form.name, _as_written(number, original))

    return read


def _numbers_dates(pattern: re.Pattern[str]) -> _Reader:
    """Make the reader of the date in «… № 57 от 12.11.2026»."""

    def read(said: Sequence[str], folded: Sequence[str], form: FieldForm, written_on: date) -> Iterator[Claim]:
        for match in chain.from_iterable(_numbered_in(sentence, pattern, form) for sentence in folded):
            if match[2]:
                yield Claim(form.name, _iso(read_date(match[2], written_on)))

    return read


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _as_written(piece: str, original: str) -> str:
    """Give a folded piece with the letters' case it has in the original."""
    start = original.lower().replace("ё", "е").find(piece)
    return original[start : start + len(piece)] if start >= 0 else piece


_PERSON = (
    r"[А-ЯЁ][а-яё-]{1,40} (?:[А-ЯЁ]\. ?[А-ЯЁ]\.|[А-ЯЁ][а-яё]{1,30} [А-ЯЁ][а-яё]{1,30})"
    r"|[А-ЯЁ]\. ?[А-ЯЁ]\. ?[А-ЯЁ][а-яё-]{1,40}"
)
_PERIOD = (
    r"(?:(?:[IVX]{1,3}|[1-4])(?:-?й)? (?:квартал|полугодие)(?: (?:20[0-9]{2}|[0-9]{2})(?: ?г(?:ода|\.)?)?)?"
    r"|(?:январь|февраль|март|апрель|май|июнь|июль|август|сентябрь|октябрь|ноябрь|декабрь)(?: 20[0-9]{2})?(?: года)?"
    r"|20[0-9]{2}(?: год)?|[QH][1-4] 20[0-9]{2}|[QH][1-4])"
)
_WRITTEN: Mapping[str, re.Pattern[str]] = {
    "person": re.compile(rf"(?i:\bна(?: имя)?) ({_PERSON})"),
    "powers": re.compile(
        r"(?i:\b(?:для|на|, чтобы|чтобы|,) ?)((?:получени|представлени|подписани|заключени|ведени|совершени|получ"
        r"|предста|подпис|сда)[а-яё]+ [^.\n]{2,150}?)(?=[.,\n]? (?:до|по|сроком) |[.\n]|,? срок|$)"
    ),
    "period": re.compile(rf"(?i:\b(?:на|за|период|for)) (?-i:({_PERIOD}))(?![\w.])"),
    "counterparty": re.compile(
        r"(?i:\b(?:контрагент|поставщик|подрядчик|получатель|supplier|vendor|договор[^.\n]{0,60}? с))"
        rf" ({ORGANISATION})"
    ),
    "object": re.compile(
        r"(?i:\bобъект[а-я]{0,2}):? (?:[«\"“]([^»\"”\n]{1,80})[»\"”]|((?:[А-ЯЁ][а-яё-]+ ?){1,3})(?=[,.;]|$))"
    ),
    "contract_number": re.compile(
        r"(?i:\b(?:договор[а-я]{0,2}|контракт[а-я]{0,2}|contract)) (?:[а-яё]+ )?(?:№|No\.?|#) ?([^\s,;]{1,30}?)"
        r"(?=[\s,;.]|$)"
    ),
    "correspondent": re.compile(rf"^([^,:\n]{{2,80}}), (?i:(?:исх\. ?)?№) ?[^\s,]{{1,30}} от (?i:{DATE_PATTERN})"),
    "subject_matter": re.compile(r"^(Об? [^.\n]{3,200})\.?(?:\s|$)"),
}
"""Fields whose letters' case matters: read in the sentence as written."""


def _as_stated(said: Sequence[str], folded: Sequence[str], form: FieldForm, written_on: date) -> Iterator[Claim]:
    for sentence in said:
        for match in _WRITTEN[form.name].finditer(sentence):
            yield Claim(form.name, " ".join((match[1] or match[match.lastindex or 1]).split()))


_BY_NAME: Mapping[str, _Reader] = {
    "urgent": _urgent,
    "in_budget": _in_budget,
    "amount": _amount,
    "vat": _vat,
    "invoice_number": _numbers(_INVOICE),
    "invoice_date": _numbers_dates(_INVOICE),
    "their_number": _numbers(_LETTER),
    "their_date": _numbers_dates(_LETTER),
    **dict.fromkeys(_REQUISITES, _requisite),
    **dict.fromkeys(_WRITTEN, _as_stated),
}
