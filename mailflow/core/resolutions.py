"""What a director says of an incoming letter: to whom it is given, what is to be done, by when; or «в дело».

Owns: the rules of resolutions. Refuses to know: words (`task_phrases`), names (`said_names`), who works here.
Executors are told to do something in the dative («Петрову — подготовить ответ»), addressed («Петров, подготовьте»)
or named in a field («Исполнитель: Петров»). A denial or an «или» among the names, and the director is asked.
"""

from __future__ import annotations

import re

from mailflow.core.answer_types import Answer, Details, Reading
from mailflow.core.approvals import (
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
from mailflow.core.morphology import is_dative_person
from mailflow.core.normal import fold, tokens, word_list
from mailflow.core.performing import OTHER_ANSWERS, YESES
from mailflow.core.phrase_search import index
from mailflow.core.said_dates import first_date
from mailflow.core.said_names import is_name, names_in
from mailflow.core.says import Says
from mailflow.core.statements import Statement

RESOLUTION_INDEX = index(
    Says.NO_REPLY, Says.REPLY, Says.FILE, *OTHER_ANSWERS, *YESES, Says.TAKEN, Says.LOOKED, Says.LABEL
)  # fmt: skip

_DUE = re.compile(
    r"(?<!\w)(?:до|к|срок[\s:—–-]{0,3}(?:до)?|не позднее|by|until|before|due)\s+([^;\n]{2,40})", re.IGNORECASE
)
_EXECUTOR_FIELD = re.compile(
    r"(?<!\w)(?:исполнител[ьи]|ответственн(?:ый|ая|ые)|отв\.?|executors?|responsible)(?:\s?[:—–-]\s?|\s)([^\n]{2,200})",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\s[—–-]\s|:|(?<!\w)\w{2,}(?:ть|ти|чь|ться)(?!\w)|(?<=\s)\w{2,}(?:йте|ите|ьте)(?!\w)|"
    r"(?<!\w)(?:до|для|к)\s|\d|\sto\s|в работу|срочно|asap",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"([^,:—–\n]{2,60}?)(?:\s?,\s?|\s[—–-]\s|:\s?|\s(?=to\s))(?:прошу\s|пожалуйста,?\s|please,?\s)?"
    r"(?=\w{3,}(?:йте|ите|ьте|ть|ти|чь)(?!\w)|ответ(?!\w)|prepare|reply|review|answer|to\s)",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?<!\w)(?:не|ни|кроме|только|или|либо|not|except|or|nobody|никому|кому-нибудь)(?!\w)", re.IGNORECASE
)
_NO_PERSONS = frozenset(word_list("поэтому почему потому этому тому кому всему никому ему им нам вам всем посему"))
_NO_NAMES = tuple(set(Says) - {Says.REPLY, Says.NO_REPLY, Says.OBJECT, Says.IF, Says.NOT})
_TASK_BREAK = re.compile(
    r"\s[—–-]\s|:|(?<![А-ЯA-Z])\.\s|\n|\sto\s|\s(?=(?:для|прошу|подготов|рассмотр|до|ответ|дать|разобра|"
    r"исполн|проработ|в работу|к |срок|срочно)\w*)"
)
_MOST_NAMED = 60
_EN_TASK = re.compile(r"(?:to|assign(?:ed)? to|for)\s+", re.IGNORECASE)
_OFFICE = re.compile(r"(?P<unit>[А-ЯЁ]{2,6})(?=\s?[—–:,-]|\s+\w+(?:ть|ти)(?!\w))")


def resolved(s: Statement) -> Reading | None:
    """Executors, what they are to do, by when, and whether an answer is wanted; or «в дело»."""
    executors = _executors(s)
    filed = [phrase for phrase in s.said(Says.FILE) if _fills_segment(s, phrase.first, phrase.last)]
    if not executors and not filed:
        return None
    due = next((day for match in _DUE.finditer(s.text) if (day := first_date(match[1], s.written_on))), None)
    details = Details(executors=executors, due=due, answer_needed=_answer_needed(s, bool(filed) and not executors))
    return Reading(Answer.RESOLUTION, fold(s.text), details, "gives the letter to somebody, or files it")


RESOLUTION_RULES: tuple[Rule, ...] = (
    nothing_said, withdrawn, explicit, asked, resolved, put_off, refused, delegated, asked_for, unclear,
)  # fmt: skip


def _fills_segment(s: Statement, first: int, last: int) -> bool:
    span = next(span for span in s.segments if span.first <= first <= span.last)
    return all(n in range(first, last + 1) or s.row[n].kind != "word" or _is_aside(s, n)
               for n in range(span.first, span.last + 1))  # fmt: skip


def _is_aside(s: Statement, at: int) -> bool:
    return any(p.first <= at <= p.last for p in s.said(Says.POLITE, Says.NO_REPLY, Says.FILE))


def _executors(s: Statement) -> tuple[str, ...]:
    """Give who is told to do something: the names after «Исполнитель:», those addressed, or the datives first said."""
    if field := _EXECUTOR_FIELD.search(s.text):
        return names_in(_TASK_BREAK.split(field[1], maxsplit=1)[0], dative=False)
    text = _without_phrases(s)
    english = _EN_TASK.match(text)
    head = _with_capital(text[english.end() if english else 0 :])
    names = _TASK_BREAK.split(head, maxsplit=1)[0]
    if _DENIED.search(s.text[: s.text.find(names[-1:]) + len(names)] if names else ""):
        return ()
    return (names_in(names, dative=True) if _is_told(head, names) else ()) or _addressed(head)


def _addressed(head: str) -> tuple[str, ...]:
    """«Петров, подготовьте ответ», «ПТО — подготовить ответ»."""
    if unit := _OFFICE.match(head):
        return (unit["unit"],)
    match = _ADDRESSED.match(head)
    return names_in(match[1], dative=False) if match and is_name(tokens(match[1])) else ()


def _without_phrases(s: Statement) -> str:
    """Blank the words that are verbs and courtesies, so that «Поручаю Петрову» begins with a name."""
    text = s.text
    for phrase in s.said(*_NO_NAMES):
        start, end = s.row[phrase.first].start, s.row[phrase.last].end
        text = text[:start] + " " * (end - start) + text[end:]
    return text.lstrip(" .,!\n")


def _with_capital(head: str) -> str:
    """«петрову ответить»: a phone writes the name small, the dictionary knows it for somebody in the dative."""
    first = head.split(maxsplit=1)[0].strip(".,:") if head.split() else ""
    return head[:1].upper() + head[1:] if first.islower() and is_dative_person(first) else head


def _is_told(head: str, names: str) -> bool:
    """Tell whether a task follows the names (a dash, a colon, an infinitive, an order, a day), or nothing at all."""
    first = head.split(maxsplit=1)[0].lower().strip(".,:") if head.split() else ""
    if not first or first in _NO_PERSONS:
        return False
    return _TOLD.search(head[:300]) is not None or (names.strip() == head.strip() and _are_persons(names))


def _are_persons(names: str) -> bool:
    words = {*re.findall(r"[^\W\d_]{2,}", names)} - {"и", "and"}
    return 0 < len(words) <= _MOST_NAMED and all(map(_is_person, words))


def _is_person(word: str) -> bool:
    return word.isascii() or is_dative_person(word) or (word[0].isupper() and word.endswith("ко"))


def _answer_needed(s: Statement, filed: bool) -> bool | None:
    if s.said(Says.NO_REPLY) or filed:
        return False
    return True if s.said(Says.REPLY) else None
