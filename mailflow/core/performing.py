"""What a reply says about a task that is not an approval: paid, done, read, and to whom a letter is given.

Owns: the rules for payments, work, acquaintance and resolutions, and the facts they carry (payment order, postal
number, executors, due day). Refuses to know: words (`phrases`); refusals and questions are read as in `approvals`.

Paid and done are open worlds: «Оплачено, п/п 345, ждём акт» is paid. But a word of denial in the same sentence,
a part, a mistake or a sum (it may be a part) anywhere, and the reading is `unclear`. Acquaintance needs its full
word: «ок» is not enough.
"""

from __future__ import annotations

import re
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
from mailflow.core.normal import fold, normal, word_list
from mailflow.core.phrase_search import Phrase, index
from mailflow.core.phrases import Says
from mailflow.core.said_dates import first_date, past_date
from mailflow.core.said_names import names_in
from mailflow.core.statements import Span, Statement

_FACTS = tuple(kind for kind in DECISION_PHRASES if kind not in (Says.YES, Says.WEAK, Says.OBJECT))
PAYMENT_INDEX = index(Says.PART, Says.PAID, *_FACTS, Says.NOT, Says.YES, Says.WEAK, Says.OBJECT)
EXECUTION_INDEX = index(Says.PART, Says.DONE, *_FACTS, Says.NOT, Says.YES, Says.WEAK, Says.OBJECT)
ACKNOWLEDGEMENT_INDEX = index(Says.PART, Says.ACK, *_FACTS, Says.NOT, Says.YES, Says.WEAK, Says.OBJECT)
RESOLUTION_INDEX = index(Says.NO_REPLY, Says.REPLY, Says.FILE, *_FACTS, Says.YES, Says.WEAK, Says.OBJECT)

_SPOILS_A_NUMBER = (
    Says.NOT, Says.PART, Says.NO, Says.REJECT, Says.REWORK, Says.FIX, Says.DOUBT, Says.WOULD, Says.IF, Says.LATER,
    Says.BUT, Says.ASK,
)  # fmt: skip
_REPORTS = (Says.PAID, Says.DONE, Says.OBJECT, Says.POLITE)
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
_SUM = re.compile(
    r"\d[\d ]*(?:[.,]\d{2})?\s?(?:%|₽|руб|р\.|р(?!\w)|тыс|млн|\$|€|usd|eur|rub|k(?!\w))|\d{1,3}(?: "
    r"\d{3})+|\d{4,}[.,]\d{2}(?!\d)",
    re.IGNORECASE,
)
_IN_FULL = re.compile(r"100\s?%|полностью|в полном об[ъь][её]ме|вся сумма|всю сумму|in full|full amount", re.IGNORECASE)
_POSTAL = re.compile(
    r"(?<!\w)(?:рпо|трек\w*|шпи|track(?:ing)?(?: number)?|накладн\w+)[\s№:#-]{0,4}([A-Z\d][A-Z\d -]{4,24}[A-Z\d])",
    re.IGNORECASE,
)
_DUE = re.compile(
    r"(?<!\w)(?:до|к|срок[\s:—–-]{0,3}(?:до)?|не позднее|by|until|before|due)\s+([^;\n]{2,40})", re.IGNORECASE
)
_EXECUTOR_FIELD = re.compile(
    r"(?:исполнител[ьи]|ответственн\w{2}|отв\.|executors?|responsible)\s?[:—–-]\s?([^\n]{2,200})", re.IGNORECASE
)
_TOLD = re.compile(
    r"\s[—–-]\s|:|(?<!\w)\w{2,}(?:ть|ти|чь|ться)(?!\w)|(?<!\w)(?:до|для|к)\s|\d|\sto\s|в работу", re.IGNORECASE
)
_NO_PERSONS = frozenset(word_list("поэтому почему потому этому тому кому всему никому ему им нам вам всем посему"))
_NO_NAMES = tuple(set(Says) - {Says.REPLY, Says.NO_REPLY, Says.OBJECT, Says.IF, Says.NOT})
_PAPERS = (
    "приказ",
    "положени",
    "документ",
    "инструкц",
    "правил",
    "регламент",
    "политик",
    "график",
    "договор",
    "актом",
    "document",
    "order",
    "policy",
)
_TASK_BREAK = re.compile(
    r"\s[—–-]\s|:|(?<![А-ЯA-Z])\.\s|\n|\sto\s|\s(?=(?:для|прошу|подготов|рассмотр|до|ответ|дать|разобра|"
    r"исполн|проработ|в работу|к )\w*)"
)
_EN_TASK = re.compile(r"(?:to|assign(?:ed)? to|for)\s+", re.IGNORECASE)


def paid(s: Statement) -> Reading | None:
    """The money has gone, all of it, and nothing is denied."""
    if not _asserted(s, Says.PAID) and not _names_the_order_alone(s):
        return None
    number = _payment_number(s.text)
    without_facts = _ORDER_NUMBER.sub(" ", _DATED.sub(" ", s.text))
    if _SUM.search(without_facts) and not _IN_FULL.search(s.text):
        return Reading(Answer.UNCLEAR, s.own_words(), reason="names a sum, which may be a part")
    details = Details(number=number, date=_payment_date(s))
    return Reading(Answer.PAID, _remainder(s), details, "says that the money has gone")


def _names_the_order_alone(s: Statement) -> bool:
    """Tell whether the reply is the payment order's number and nothing else: «п/п 345 от 13.11».

    A number beside any other word may be the invoice's: «Счёт № 57 от 12.11» has paid nothing.
    """
    if not _payment_number(s.text) or _remainder(s) is not None or s.said(Says.OBJECT):
        return False
    return not s.said(*_SPOILS_A_NUMBER) and not any(span.asks for span in s.sentences)


def done(s: Statement) -> Reading | None:
    """The work is done and nothing about it is denied."""
    if not _asserted(s, Says.DONE):
        return None
    postal = _POSTAL.search(s.text)
    details = Details(number="".join(postal[1].split()) if postal else "")
    return Reading(Answer.DONE, _remainder(s), details, "says that the work is done")


def acknowledged(s: Statement) -> Reading | None:
    """The full word, and nothing but courtesies, names and the paper's name beside it."""
    if not s.whole or not s.said(Says.ACK) or any(span.asks for span in s.sentences):
        return None
    other = s.said(*(set(Says) - {Says.ACK, Says.POLITE, Says.OBJECT, Says.DONE}))
    if other or not all(_is_about_reading(s, span) for span in s.segments):
        return None
    return Reading(Answer.ACKNOWLEDGE, reason="says the full word")


def resolved(s: Statement) -> Reading | None:
    """Executors in the dative, what they are to do, by when, and whether an answer is wanted; or «в дело»."""
    executors = _executors(s)
    filed = [phrase for phrase in s.said(Says.FILE) if s.fills_segment(phrase)]
    if not executors and not filed:
        return None
    due = next((day for match in _DUE.finditer(s.text) if (day := first_date(match[1], s.written_on))), None)
    details = Details(executors=executors, due=due, answer_needed=_answer_needed(s, bool(filed) and not executors))
    return Reading(Answer.RESOLUTION, fold(s.text), details, "gives the letter to somebody, or files it")


_BEFORE: tuple[Rule, ...] = (nothing_said, withdrawn, explicit, asked)
_BEHIND: tuple[Rule, ...] = (put_off, refused, delegated, asked_for, unclear)
PAYMENT_RULES: tuple[Rule, ...] = (*_BEFORE, paid, *_BEHIND)
EXECUTION_RULES: tuple[Rule, ...] = (*_BEFORE, done, *_BEHIND)
RESOLUTION_RULES: tuple[Rule, ...] = (*_BEFORE, resolved, *_BEHIND)
ACKNOWLEDGEMENT_RULES: tuple[Rule, ...] = (nothing_said, acknowledged, asked, put_off, asked_for, unclear)


def _asserted(s: Statement, kind: Says) -> list[Phrase]:
    """Give the phrases of a kind that are asserted, when nothing in the statement takes them back."""
    if s.said(Says.PART, Says.DOUBT, Says.WOULD, Says.REWORK, Says.REJECT, Says.FIX):
        return []
    said = [phrase for phrase in s.said(kind) if not s.sentence_of(phrase).asks]
    spoilt = (Says.NOT, Says.NO, Says.IF, Says.LATER, Says.BUT)
    return said if all(not s.within(s.sentence_of(phrase), *spoilt) for phrase in said) else []


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
    """Tell whether a segment is a courtesy, the full word, or the word beside a paper: «с положением … ознакомлен»."""
    words = [token.word for token in s.row[span.first : span.last + 1] if token.kind == "word"]
    if not s.within(span, Says.ACK):
        return s.is_quiet(span)
    about_paper = any(word.startswith(_PAPERS) for word in words) and len(words) <= 12
    return about_paper or (s.is_quiet(span, Says.ACK, Says.OBJECT) and not _has_name(s, span))


def _has_name(s: Statement, span: Span) -> bool:
    covered = {n for phrase in s.phrases for n in range(phrase.first, phrase.last + 1)}
    return any(s.row[n].kind == "word" and n not in covered for n in range(span.first, span.last + 1))


def _executors(s: Statement) -> tuple[str, ...]:
    """Give who is told to do something: the nominatives after «Исполнитель:», else the datives at the beginning."""
    text = _without_phrases(s)
    if field := _EXECUTOR_FIELD.search(text):
        return names_in(_TASK_BREAK.split(field[1], maxsplit=1)[0], dative=False)
    english = _EN_TASK.match(text.lstrip())
    head = text.lstrip()[english.end() if english else 0 :]
    return names_in(_TASK_BREAK.split(head, maxsplit=1)[0], dative=True) if _is_told(head) else ()


def _without_phrases(s: Statement) -> str:
    """Blank the words that are verbs and courtesies, so that «Поручаю Петрову» begins with a name."""
    text = s.text
    for phrase in s.said(*_NO_NAMES):
        start, end = s.row[phrase.first].start, s.row[phrase.last].end
        text = text[:start] + " " * (end - start) + text[end:]
    return text.lstrip(" .,!\n")


def _is_told(head: str) -> bool:
    """Tell whether a task follows the names: a dash, a colon, an infinitive, a day, or nothing more."""
    first = head.split(maxsplit=1)[0].lower().strip(".,:") if head.split() else ""
    return first not in _NO_PERSONS and (_TOLD.search(head[:300]) is not None or len(head.split()) <= 3)


def _answer_needed(s: Statement, filed: bool) -> bool | None:
    if s.said(Says.NO_REPLY) or filed:
        return False
    return True if s.said(Says.REPLY) else None
