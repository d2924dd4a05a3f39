"""What a mail is: named steps in a fixed order, the first that knows it says so, with a reason.

Owns: `classify`, from a `Message` and what surrounds it to one `Understood`. Refuses to know: the
state of cases, and whether an answer counts (the engine says that).

The order is the policy: what must never decide (our own mail, machines, damaged mail) is told apart
first; only then a reply is read, a command, a request; whatever is left is a stranger's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from mailflow.core.answers import Answer, Details, Expecting, Reading, read
from mailflow.core.around import ASKS_FOR_FIELDS, ASKS_TO_DECIDE, Surroundings, Target
from mailflow.core.automatic import automatic, surely_automatic
from mailflow.core.case import Ask
from mailflow.core.commands import mistyped, read_command
from mailflow.core.field_answers import read_answer
from mailflow.core.field_forms import FieldForm
from mailflow.core.fields import read_fields
from mailflow.core.forwarding import read_forwarded
from mailflow.core.held_words import HELD_BECAUSE
from mailflow.core.kinds import Kind, Other, Reply, Understood
from mailflow.core.message import Message
from mailflow.core.numbers import find_number
from mailflow.core.offer_reading import read_offer
from mailflow.core.quoted_back import typed_in
from mailflow.core.reply import Fresh, fresh
from mailflow.core.requesting import asked_about, laid_out, read_request, tagged, with_papers, words_of
from mailflow.core.signs import subject_words

_PAST_A_LIMIT = frozenset(
    {
        "header-limit",
        "line-limit",
        "depth-limit",
        "part-limit",
        "part-header-limit",
        "nested-limit",
        "text-limit",
        "attachments-differ",
    }
)
_UNCLEAR = frozenset({"structure-unclear", "base64-ambiguous"})
HELD = _PAST_A_LIMIT | _UNCLEAR
"""Defects a person has to look at; the mail is kept and nothing is read from it."""


def classify(message: Message, around: Surroundings) -> Understood:
    """Say what the mail is. Pure; never raises."""
    for step in _STEPS:
        understood = step(message, around)
        if understood is not None:
            return understood
    own = fresh(message)
    for read_step in _READING_STEPS:
        understood = read_step(message, own, around)
        if understood is not None:
            return understood
    return Other("nobody we know, and no letter of ours is answered", Kind.STRAY)


def _own(message: Message, around: Surroundings) -> Understood | None:
    if around.instance and message.header("X-Mailflow-Instance") == around.instance:
        return Other("our own letter came back", Kind.OWN)
    senders = {a.mail.lower() for a in message.from_}
    if senders & set(around.own_addresses):
        return Other("written from our own address", Kind.OWN)
    return None


def _held(message: Message, around: Surroundings) -> Understood | None:
    return _set_aside(message, _PAST_A_LIMIT)


def _ambiguous(message: Message, around: Surroundings) -> Understood | None:
    """A machine's mail decides nothing, however it is built; any other that can be read in two ways is not read."""
    return _set_aside(message, _UNCLEAR)


def _set_aside(message: Message, because: frozenset[str]) -> Understood | None:
    defect = next((d for d in message.defects if d.split(":")[0] in because), None)
    if defect is None:
        return None
    return Other(f"{HELD_BECAUSE}{defect}", Kind.QUARANTINED, {"defect": defect})


def _automatic(message: Message, around: Surroundings) -> Understood | None:
    found = automatic(message)
    return surely_automatic(message) if found is not None and _colleague_asks(message, around) else found


def _colleague_asks(message: Message, around: Surroundings) -> bool:
    """True for staff's mail that answers nothing of ours and brings a document, or says what a request says."""
    if not around.known_sender or around.target is not None:
        return False
    if any(not a.inline and a.content_type not in _MEETINGS for a in message.attachments):
        return True
    if tagged(message, around) is not None or any(s.opening(subject_words(message.subject)) for s in around.signs):
        return True
    text, written_on = fresh(message).text, around.written_on(message)
    return any(len(read_fields(text, written_on, forms).values) >= LEAST_STATED for forms in around.forms.values())


_MEETINGS = ("text/calendar", "application/ics")
LEAST_STATED = 2
"""Fields a text has to state to be a request by them alone: one is a date in a receipt."""


def _reply(message: Message, own: Fresh, around: Surroundings) -> Understood | None:
    target = around.target
    if target is None:
        return None
    if target.outside:
        return _from_outside(message, own, target, around)
    reading = _read_reply(own, target, message, around)
    reason = f"answers a letter of ours; {reading.reason}" if reading.reason else "answers a letter of ours"
    forms = _forms_of(target, around)
    if not forms:
        return Reply(reason, reading)
    said = read_answer(words_of(laid_out(message, own)), around.written_on(message), forms, target.asked)
    fields, findings = with_papers(said.values, forms, around, around.written_on(message))
    return Reply(reason, reading, fields, asked_about(said, forms), findings, said.near)


def _from_outside(message: Message, own: Fresh, target: Target, around: Surroundings) -> Reply | None:
    """Words of whoever was written to outside decide nothing; of anybody else there they are a stranger's letter."""
    writer = next((a.mail.lower() for a in message.from_), "")
    if writer != target.person and not around.known_sender:
        return None
    reason = "answers a letter of ours to an address outside: it decides nothing"
    reading = Reading(Answer.UNCLEAR, own.text.strip() or None, Details(no_reason=True), reason)
    asked = bool(target.assignment) and writer == target.person
    offer = read_offer(words_of(own.text), around.papers, around.written_on(message)) if asked else {}
    return Reply(reason, reading, offer)


_EXPECTING: Mapping[Ask, Expecting] = {
    Ask.APPROVAL: Expecting.APPROVAL,
    Ask.ACKNOWLEDGEMENT: Expecting.ACKNOWLEDGEMENT,
    Ask.PAYMENT: Expecting.PAYMENT,
    Ask.EXECUTION: Expecting.EXECUTION,
    Ask.RESOLUTION: Expecting.RESOLUTION,
    Ask.CORRECTION: Expecting.EXECUTION,
    Ask.FIELDS: Expecting.APPROVAL,
}


def _read_reply(own: Fresh, target: Target, message: Message, around: Surroundings) -> Reading:
    """Read the answer to what was asked; a mail whose parts disagree answers nothing."""
    comment = " ".join(own.text.split())
    if target.aside:
        return _sent_on(own, target, message, around) or _unclear(
            comment, "it is not written to us, or names two cases"
        )
    expecting = _EXPECTING.get(target.ask) if target.ask is not None else Expecting.APPROVAL
    if expecting is None:
        return _explanation(own, comment, message, around)
    reading = read(own.text, expecting, around.written_on(message), target.language)
    if target.ask is Ask.FIELDS and reading.answer is Answer.UNCLEAR:
        reading = _said_right(own.text, reading, around.written_on(message))
    if reading.answer in _GOES_ON and (why := _contrary_subject(message, around.written_on(message))):
        return _unclear(comment, why)
    if own.conflict:
        return _unclear(comment, "its parts disagree, hide words, or words were typed into what it quotes")
    if reading.answer in _GOES_ON and target.letter is not None and (typed := typed_in(own, target.letter)):
        return _unclear(f"{comment} […] {typed}", "words stand in the quote that our letter does not have")
    if reading.answer in _GOES_ON and _another_signs(own.text, target.name, message):
        return _unclear(comment, "it bears the mark of somebody else")
    if target.ask not in ASKS_TO_DECIDE:
        return Reading(reading.answer, comment or None, reading.details, reading.reason)
    return reading


def _sent_on(own: Fresh, target: Target, message: Message, around: Surroundings) -> Reading | None:
    """Read the letter sent on to a colleague, where its words are surely its writer's own."""
    if target.sent_on is None or own.conflict:
        return None
    return read_forwarded(own.text, target.sent_on.to, around.written_on(message))


def _unclear(comment: str, reason: str) -> Reading:
    """What cannot be taken at its word is no reason of a refusal either."""
    return Reading(Answer.UNCLEAR, comment or None, Details(no_reason=True), reason)


_GOES_ON = frozenset({Answer.APPROVE, Answer.PAID, Answer.DONE, Answer.ACKNOWLEDGE})
_REFUSALS = frozenset({Answer.REJECT, Answer.REWORK, Answer.DECLINE, Answer.NEED_REASON})


_MARK = re.compile(r",[ ]{0,3}(?P<who>[А-ЯЁ][а-яё]{2,30}(?:-[А-ЯЁ][а-яё]{2,30})?)[ ]{1,3}[А-ЯЁ]\.[ ]?[А-ЯЁ]\.")


def _another_signs(text: str, asked: str, message: Message) -> bool:
    """«Согласовано, Петров П.П.» is Petrov's mark: it says yes only for him, whoever sends it on."""
    known = " ".join((asked, *(writer.name for writer in message.from_))).casefold().replace("ё", "е")
    surnames = (match["who"].casefold().replace("ё", "е") for match in _MARK.finditer(text[:_MOST_MARKED]))
    return any("а" <= letter <= "я" for letter in known) and any(surname not in known for surname in surnames)


_MOST_MARKED = 2000
_YESES = frozenset({Answer.APPROVE, Answer.APPROVE_WITH_REMARKS})


def _contrary_subject(message: Message, written_on: date) -> str:
    """Say why a subject goes against a yes, '' if it does not: what is put before our number, or all without a number.

    «Отклонить счёт?» above «да» refuses, and nobody can tell what «да» says under «Успеем до пятницы?».
    """
    words = subject_words(message.subject)
    number = find_number(words)
    said = words[: words.find(number)].rstrip(" [(#№") if number and number in words else words
    if not said:
        return ""
    bare = read(said.replace("?", "."), Expecting.APPROVAL, written_on).answer
    if bare in _REFUSALS:
        return "its subject asks whether to refuse" if "?" in said else "its subject says no"
    return "its subject asks something" if "?" in said and bare not in _YESES else ""


def _said_right(text: str, reading: Reading, written_on: date) -> Reading:
    """«Верно», «готово»: what somebody says of a draft he was shown."""
    again = read(text, Expecting.EXECUTION, written_on)
    return again if again.answer is Answer.DONE else reading


def _explanation(own: Fresh, comment: str, message: Message, around: Surroundings) -> Reading:
    """An answer to a question is free text; only a withdrawal is read out of it."""
    reading = read(own.text, Expecting.APPROVAL, around.written_on(message))
    answer = Answer.WITHDRAW if reading.answer is Answer.WITHDRAW else Answer.UNCLEAR
    return Reading(answer, comment or None, reason="an explanation")


def _forms_of(target: Target, around: Surroundings) -> tuple[FieldForm, ...]:
    """Fields are read only where they were asked for: an approver's «100 000» is a remark, not a new amount."""
    if target.ask not in ASKS_FOR_FIELDS:
        return ()
    return around.forms.get(target.process, ())


def _command(message: Message, own: Fresh, around: Surroundings) -> Understood | None:
    if not around.known_sender or tagged(message, around):
        return None
    return read_command(message, own)


def _request(message: Message, own: Fresh, around: Surroundings) -> Understood | None:
    if not around.known_sender:
        return None
    request = read_request(message, own, around)
    slip = None if request.process or message.attachments else mistyped(message, own)
    return slip or request


_STEPS: tuple[Callable[[Message, Surroundings], Understood | None], ...] = (
    _own,
    _held,
    _automatic,
    _ambiguous,
)
_READING_STEPS: tuple[Callable[[Message, Fresh, Surroundings], Understood | None], ...] = (_reply, _command, _request)
