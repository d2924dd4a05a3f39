"""What a reply says about a task that is not an approval: paid, done, read.

Owns: the rules for payments, work and acquaintance, and the facts they carry (payment order, postal number).
Refuses to know: words (`phrases`, `task_phrases`); to whom a letter is given (`resolutions`); refusals and questions
are read as in `approvals`.

A report is a closed world as a yes is: every sentence is the report, a fact that belongs to it (what, to whom, by
what way, when), a courtesy, a link, or what one waits for when the task is done («ждём акт»). One word more, a part,
a future, a hearsay, and the reading is `unclear`: one word settles it. Acquaintance needs its full word: «ок» is not
enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from mailflow.core.answer_types import Answer, Details, Reading
from mailflow.core.approvals import (
    DECISION_PHRASES,
    Rule,
    asked,
    asked_for,
    delegated,
    explicit,
    nothing_said,
    put_off,
    refused,
    unclear,
    withdrawn,
)
from mailflow.core.morphology import is_genitive
from mailflow.core.normal import Token, normal, word_list
from mailflow.core.phrase_search import index
from mailflow.core.said_dates import past_date
from mailflow.core.said_names import is_name, names_in
from mailflow.core.says import Says
from mailflow.core.statements import QUIET, Span, Statement, is_harmless

YESES = (Says.YES, Says.WEAK, Says.SOLE, Says.OBJECT)
OTHER_ANSWERS = tuple(kind for kind in DECISION_PHRASES if kind not in (*YESES, Says.TAKEN, Says.LOOKED, Says.LABEL))
_AROUND = (Says.TAKEN, Says.LOOKED, *YESES)
PAYMENT_INDEX = index(
    Says.AFTERWARD, Says.PART, Says.PAID, *OTHER_ANSWERS, Says.NOT, Says.BANK, *_AROUND, Says.FACT
)  # fmt: skip
EXECUTION_INDEX = index(Says.PART, Says.DONE, Says.GOT, *OTHER_ANSWERS, Says.NOT, Says.THING, *_AROUND, Says.FACT)
ACKNOWLEDGEMENT_INDEX = index(
    Says.PART, Says.ACK, *OTHER_ANSWERS, Says.NOT, Says.TAKEN, Says.LOOKED, Says.YES, Says.WEAK
)  # fmt: skip

_SPOILS_A_NUMBER = (
    Says.NOT, Says.PART, Says.NO, Says.REJECT, Says.REWORK, Says.FIX, Says.DOUBT, Says.WOULD, Says.IF, Says.LATER,
    Says.BUT, Says.ASK,
)  # fmt: skip
_REPORTS = (Says.PAID, Says.DONE, Says.OBJECT, *QUIET)
_IN_A_REPORT = (
    *QUIET, *YESES, Says.PAID, Says.DONE, Says.GOT, Says.THING, Says.FACT, Says.BANK, Says.AFTERWARD,
)  # fmt: skip
_ASKS = (Says.ASK, Says.AFTERWARD)
_NOT_IN_A_REPORT = tuple(set(Says) - set(_IN_A_REPORT))
_JOINTS = frozenset(":;()№")
_BESIDE_ACK = (Says.ACK, Says.YES, Says.WEAK, *QUIET)
_FACT_WORDS = frozenset(
    word_list(
        "и and п п/п пп вчера сегодня today yesterday платежка платежку во вложении вложение прикладываю прилагаю"
    )
)

_ORDER_NUMBER = re.compile(
    r"(?<!\w)(?:п\s?/\s?п|пп|плат[её]ж(?:к[аеиуой]{1,2}|н\w{1,4} поручени\w{1,3})|плат\.? ?пор\w*\.?|"
    r"поручени\w{1,3}|payment order|order|transfer|ref)"
    r"[\s.:,]{0,3}(?:№|N|No\.?|#|номер)?\s{0,2}([\w/-]{0,12}\d[\w/-]{0,12})",
    re.IGNORECASE,
)
_NUMBER_FROM = re.compile(r"(?:№\s?)?(?<![\d.,/-])(\d{1,9})\s+(?:от|of|dated)\s+\d")
_DATED = re.compile(r"(?<!\w)(?:от|of|dated)\s+([^,;\n]{4,40})", re.IGNORECASE)
_DAY = re.compile(
    r"(?<![\d.,/-])(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?"
    r"|\d{1,2}(?:-?(?:го|е))?\s(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|"
    r"sep|oct|nov|dec)\w{0,7}\.?(?:,?\s\d{4})?)(?!\d)(?:\s?(?:г\.|года|г(?!\w)))?",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"\d[\d ]*(?:[.,]\d{2})?\s?(?:%|₽|руб|р\.|р(?!\w)|тыс|млн|\$|€|usd|eur|rub|k(?!\w))|\d{1,3}(?: "
    r"\d{3})+|\d{4,}[.,]\d{2}(?!\d)",
    re.IGNORECASE,
)
_FULL_SUM = re.compile(r"\d[\d ]{0,20}(?:[.,]\d{2})?\s?(?:₽|руб(?:\.|л\w{1,3})?|р\.|р(?!\w))|100\s?%", re.IGNORECASE)
_IN_FULL = re.compile(r"100\s?%|полностью|в полном об[ъь][её]ме|вся сумма|всю сумму|in full|full amount", re.IGNORECASE)
_POSTAL = re.compile(
    r"(?<!\w)(?:рпо|rpo|трек\w*|шпи|накладн\w+"
    r"|(?:registered|postal|courier|track(?:ing)?)(?: (?:mail|post|item|letter|parcel|number|no\.?)){0,3})"
    r"[\s№:#-]{0,4}(?:no\.?\s)?(?=[A-Z]{0,3}\d)([A-Z\d][A-Z\d -]{4,24}[A-Z\d])",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?<!\w)(?:исх|вх|№|N)[\s.№:]{0,4}\d[\w/-]{0,20}|(?<!\w)в \d{1,2}(?= экз)", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|www\.)\S{1,300}|\S{1,100}\.(?:pdf|docx?|xlsx?|jpe?g|png|zip|rar|mp4|mov)(?!\w)", re.I)
_FIELD = re.compile(r"\s*(?:[^\W\d_]{2,20}[ -]?){1,3}:\s*\S.{0,200}")
_FACTS = (_ORDER_NUMBER, _NUMBER_FROM, _POSTAL, _LINK, _DAY)
_TITLE = frozenset(word_list("о об обо от по № No n на для about on for to of dated"))
_PAPERS = (
    "приказ", "положени", "документ", "инструкц", "правил", "регламент", "политик", "график", "договор", "актом",
    "акте", "распоряжени", "стандарт", "порядк", "памятк", "письм", "изменени", "требовани", "протокол",
    "document", "order", "policy", "rule", "instruction", "regulation", "guideline", "letter",
)  # fmt: skip
_PAPER_JOINTS = frozenset(
    word_list("с со всеми всем новым новой новыми нашим данным данными этим этой настоящим the new this these it и and")
)


def paid(s: Statement) -> Reading | None:
    """The money has gone, all of it, and nothing else is said."""
    if not _reported(s, Says.PAID) and not _names_the_order_alone(s):
        return None
    number = _payment_number(s.text)
    without_facts = _ORDER_NUMBER.sub(" ", _DATED.sub(" ", s.text))
    if _SUM.search(without_facts) and not _IN_FULL.search(s.text):
        return Reading(Answer.UNCLEAR, s.own_words(), reason="names a sum, which may be a part")
    details = Details(number=number, date=_payment_date(s))
    return Reading(Answer.PAID, _remainder(s), details, "says that the money has gone")


def done(s: Statement) -> Reading | None:
    """The work is done and nothing else is said."""
    got = [got for got in s.said(Says.GOT) if s.within(s.segment_of(got), Says.THING)]
    if len(got) < len(s.said(Says.GOT)) or not (_reported(s, Says.DONE) or (got and _reported(s, Says.GOT))):
        return None
    postal = _POSTAL.search(s.text)
    details = Details(number="".join(postal[1].split()) if postal else "")
    return Reading(Answer.DONE, _remainder(s), details, "says that the work is done")


def acknowledged(s: Statement) -> Reading | None:
    """The full word, and nothing but courtesies, names, a day and the paper's name beside it."""
    if not s.whole or not s.said(Says.ACK) or any(span.asks for span in s.sentences):
        return None
    if s.said(*(set(Says) - set(_BESIDE_ACK))) or not all(_is_about_reading(s, span) for span in s.segments):
        return None
    return Reading(Answer.ACKNOWLEDGE, reason="says the full word")


def half_reported(s: Statement) -> Reading | None:
    """The word of the report is there, but so is something else: the person is asked."""
    said = s.said(Says.PAID, Says.DONE, Says.GOT, Says.PART, Says.ACK)
    if not said or s.said(Says.REJECT, Says.REWORK, Says.FIX) or (s.said(Says.IF) and s.said(*_ASKS)):
        return None
    put_off_first = any(later.first < said[0].first for later in s.said(Says.LATER))
    if put_off_first or (said[0].says is Says.PART and s.said(Says.NO)):
        return None
    return Reading(Answer.UNCLEAR, s.own_words(), reason="a report and something more, or not the whole of it")


_BEFORE: tuple[Rule, ...] = (nothing_said, withdrawn, explicit, asked)
_BEHIND: tuple[Rule, ...] = (half_reported, put_off, refused, delegated, asked_for, unclear)
PAYMENT_RULES: tuple[Rule, ...] = (*_BEFORE, paid, *_BEHIND)
EXECUTION_RULES: tuple[Rule, ...] = (*_BEFORE, done, *_BEHIND)
ACKNOWLEDGEMENT_RULES: tuple[Rule, ...] = (
    nothing_said, acknowledged, asked, half_reported, put_off, asked_for, unclear,
)  # fmt: skip


def _reported(s: Statement, kind: Says) -> bool:
    """Tell whether the report is made and every segment belongs to it."""
    if not s.whole or not s.said(kind) or any(span.asks for span in s.sentences):
        return False
    facts = frozenset(_facts(s))
    fields = frozenset(_fields(s))
    return all(span.first in fields or _belongs(s, span, facts) for span in s.segments)


def _facts(s: Statement) -> Iterator[int]:
    """Give the tokens inside numbers of papers, days, links and, where all was paid, sums."""
    patterns = (*_FACTS, _NUMBERED, *([_FULL_SUM] if _IN_FULL.search(s.text) else []))
    for pattern in patterns:
        for match in pattern.finditer(s.text):
            yield from (n for n, token in enumerate(s.row) if match.start() <= token.start < match.end())


def _fields(s: Statement) -> Iterator[int]:
    """Give the tokens of lines like «Кадры: нет», which say a field and not how the work stands."""
    for span in s.sentences:
        text = s.text[s.row[span.first].start : s.row[span.last].end]
        if _FIELD.fullmatch(text) and not s.within(span, *set(_NOT_IN_A_REPORT) - {Says.NO, Says.NOT}):
            yield from range(span.first, span.last + 1)


def _belongs(s: Statement, span: Span, facts: frozenset[int]) -> bool:
    """Tell whether a segment is part of the report: known words, facts, somebody's name."""
    known = {n for phrase in s.within(span, *_IN_A_REPORT) for n in range(phrase.first, phrase.last + 1)} | facts
    rest = [
        s.row[n] for n in range(span.first, span.last + 1)
        if n not in known and not is_harmless(s.row, n) and s.row[n].word not in _JOINTS
    ]  # fmt: skip
    if not rest or s.within(span, *_NOT_IN_A_REPORT):
        return not rest
    reports = s.within(span, Says.PAID, Says.DONE, Says.GOT)
    thing = bool(s.within(span, Says.THING))
    return (is_name(rest) and (thing or not reports)) or (thing and _is_recipient(s, rest))


def _is_recipient(s: Statement, rest: list[Token]) -> bool:
    """Tell whether the words left are a person in the dative: «передал доверенность Кузнецовой О.Н.»."""
    if not all(token.kind == "word" and token.capital for token in rest):
        return False
    return len(names_in(s.text[rest[0].start : rest[-1].end + 1], dative=True)) == 1


def _names_the_order_alone(s: Statement) -> bool:
    """Tell whether the reply is the payment order's number and nothing else: «п/п 345 от 13.11».

    A number beside any other word may be the invoice's: «Счёт № 57 от 12.11» has paid nothing.
    """
    if not _payment_number(s.text) or _remainder(s) is not None or s.said(Says.OBJECT):
        return False
    return not s.said(*_SPOILS_A_NUMBER) and not any(span.asks for span in s.sentences)


def _remainder(s: Statement) -> str | None:
    """Give the comment worth keeping: None when the facts and courtesies are all there is."""
    own = s.own_words()
    rest = _POSTAL.sub(" ", _ORDER_NUMBER.sub(" ", _DATED.sub(" ", own)))
    said = {n for phrase in s.said(*_REPORTS) for n in range(phrase.first, phrase.last + 1)}
    loud = {token.word for n, token in enumerate(s.row) if n not in said and token.kind == "word"} - _FACT_WORDS
    return own if any(normal(word) in loud for word in re.findall(r"[^\W\d_]+", rest)) else None


def _payment_number(text: str) -> str:
    match = _ORDER_NUMBER.search(text) or _NUMBER_FROM.search(text)
    return match[1].strip("-/") if match else ""


def _payment_date(s: Statement) -> date | None:
    dated = next((day for match in _DATED.finditer(s.text) if (day := past_date(match[1], s.written_on))), None)
    return dated or past_date(_ORDER_NUMBER.sub(" ", s.text), s.written_on)


def _is_about_reading(s: Statement, span: Span) -> bool:
    """Tell whether a segment is a courtesy, a name, the full word, or the word beside a paper."""
    text = s.text[s.row[span.first].start : s.row[span.last].end]
    if not s.within(span, Says.ACK):
        return s.is_quiet(span, *_BESIDE_ACK) or bool(_DAY.fullmatch(text.strip(" .,;")))
    rest = [token.word for token in s.unsaid(span, *_BESIDE_ACK)]
    return not rest or bool(_DAY.fullmatch(" ".join(rest))) or _is_paper(rest)


def _is_paper(words: list[str]) -> bool:
    """«С приказом № 12 о премиях»: joints, the paper, then its number or title and nothing before them."""
    at = 0
    while at < len(words) and words[at] in _PAPER_JOINTS:
        at += 1
    if at == len(words) or not words[at].startswith(_PAPERS):
        return False
    title = words[at + 1 :]
    return not title or (len(title) <= 12 and (title[0] in _TITLE or not title[0].isalpha() or is_genitive(title[0])))
