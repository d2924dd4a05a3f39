"""What a mail is: named steps in a fixed order, the first that knows it says so, with a reason.

Owns: `classify`, from a `Message` and what surrounds it to one `Understood`. Refuses to know: the
state of cases, and whether an answer counts (the engine says that).

The order is the policy: what must never decide (our own mail, machines, damaged mail) is told apart
first; only then a reply is read, a command, a request; whatever is left is a stranger's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from mailflow.core.answers import Answer, Expecting, Reading, read
from mailflow.core.automatic import automatic, surely_automatic
from mailflow.core.case import Ask, Fields
from mailflow.core.commands import mistyped, read_command
from mailflow.core.field_forms import FieldForm, Value
from mailflow.core.fields import read_fields
from mailflow.core.invoices import check_invoice, read_invoice
from mailflow.core.kinds import Kind, Other, Reply, Request, Understood
from mailflow.core.message import Message
from mailflow.core.payment_qr import read_payment_qr
from mailflow.core.reply import Fresh, fresh
from mailflow.core.signs import ProcessSigns, fold, subject_words, without_prefix


@dataclass(frozen=True, slots=True)
class Target:
    """The letter of ours a mail answers, and what that letter asked."""

    case: str
    assignment: str
    person: str
    card: str
    ask: Ask | None
    """None: the letter asked for nothing."""
    process: str = ""
    language: str = "ru"
    rules: str = ""
    """The version of the process its case goes by."""
    aside: bool = False
    """The mail speaks of the case and not to us, or names several: it is a comment, whatever it says."""


@dataclass(frozen=True, slots=True)
class Paper:
    """An attachment as read by machine: its text layer and the bytes of its QR codes."""

    name: str
    text: str
    qr: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a mail is read against."""

    own_addresses: tuple[str, ...]
    """Our mailbox and its aliases, lower case."""
    instance: str
    """What our own letters carry in X-Mailflow-Instance."""
    signs: tuple[ProcessSigns, ...]
    forms: Mapping[str, tuple[FieldForm, ...]]
    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    from_subject: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields a process fills with the subject of the mail where nothing else states them."""
    target: Target | None = None
    known_sender: bool = False
    """The writer's address is one of the staff's (proven or not)."""
    answers_notice: bool = False
    """It answers a letter of ours that belongs to no case: its subject is ours and names no process."""
    papers: tuple[Paper, ...] = ()
    received_on: date = date(1970, 1, 1)

    def written_on(self, message: Message) -> date:
        """The day «до пятницы» counts from: the letter's own, else the day it came."""
        return message.date.date() if message.date is not None else self.received_on


HELD = frozenset(
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
    defect = next((d for d in message.defects if d.split(":")[0] in HELD), None)
    if defect is None:
        return None
    return Other(f"a person must look at it: {defect}", Kind.QUARANTINED, {"defect": defect})


def _automatic(message: Message, around: Surroundings) -> Understood | None:
    found = automatic(message)
    return surely_automatic(message) if found is not None and _colleague_asks(message, around) else found


def _colleague_asks(message: Message, around: Surroundings) -> bool:
    """True for staff's mail that answers nothing of ours and brings a document, or says what a request says."""
    if not around.known_sender or around.target is not None:
        return False
    if any(not a.inline and a.content_type not in _MEETINGS for a in message.attachments):
        return True
    if _tagged(message, around) is not None or any(s.opens(subject_words(message.subject)) for s in around.signs):
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
    reading = _read_reply(own, target, message, around)
    forms = _forms_of(target, around)
    said = read_fields(own.text, around.written_on(message), forms)
    stated = {**_bare_choices(own.text, forms), **said.values}
    fields, findings = _with_papers(stated, forms, around, around.written_on(message)) if forms else (stated, ())
    reason = f"answers a letter of ours; {reading.reason}" if reading.reason else "answers a letter of ours"
    return Reply(reason, reading, fields, said.ambiguous, findings)


_EXPECTING: Mapping[Ask, Expecting] = {
    Ask.APPROVAL: Expecting.APPROVAL,
    Ask.ACKNOWLEDGEMENT: Expecting.ACKNOWLEDGEMENT,
    Ask.PAYMENT: Expecting.PAYMENT,
    Ask.EXECUTION: Expecting.EXECUTION,
    Ask.RESOLUTION: Expecting.RESOLUTION,
    Ask.CORRECTION: Expecting.EXECUTION,
    Ask.FIELDS: Expecting.APPROVAL,
}
_ASKS_TO_DECIDE = frozenset({Ask.APPROVAL, Ask.PAYMENT, Ask.EXECUTION, Ask.ACKNOWLEDGEMENT, Ask.RESOLUTION})


def _read_reply(own: Fresh, target: Target, message: Message, around: Surroundings) -> Reading:
    """Read the answer to what was asked; a mail whose parts disagree answers nothing."""
    comment = " ".join(own.text.split())
    if target.aside:
        return Reading(Answer.UNCLEAR, comment or None, reason="it is not written to us, or names two cases")
    expecting = _EXPECTING.get(target.ask) if target.ask is not None else Expecting.APPROVAL
    if expecting is None:
        return _explanation(own, comment, message, around)
    reading = read(own.text, expecting, around.written_on(message), target.language)
    if target.ask is Ask.FIELDS and reading.answer is Answer.UNCLEAR:
        reading = _said_right(own.text, reading, around.written_on(message))
    if own.conflict and reading.answer is not Answer.UNCLEAR:
        return Reading(Answer.UNCLEAR, comment, reason="its text and its HTML say different things")
    if target.ask not in _ASKS_TO_DECIDE:
        return Reading(reading.answer, comment or None, reading.details, reading.reason)
    return reading


def _said_right(text: str, reading: Reading, written_on: date) -> Reading:
    """«Верно», «готово»: what somebody says of a draft he was shown."""
    again = read(text, Expecting.EXECUTION, written_on)
    return again if again.answer is Answer.DONE else reading


def _explanation(own: Fresh, comment: str, message: Message, around: Surroundings) -> Reading:
    """An answer to a question is free text; only a withdrawal is read out of it."""
    reading = read(own.text, Expecting.APPROVAL, around.written_on(message))
    answer = Answer.WITHDRAW if reading.answer is Answer.WITHDRAW else Answer.UNCLEAR
    return Reading(answer, comment or None, reason="an explanation")


ASKS_FOR_FIELDS = frozenset({Ask.FIELDS, Ask.CORRECTION})


def _forms_of(target: Target, around: Surroundings) -> tuple[FieldForm, ...]:
    """Fields are read only where they were asked for: an approver's «100 000» is a remark, not a new amount."""
    if target.ask not in ASKS_FOR_FIELDS:
        return ()
    return around.forms.get(target.process, ())


def _bare_choices(text: str, forms: tuple[FieldForm, ...]) -> dict[str, str]:
    """Take «Реклама» on a line of its own for the choice it names: it was asked for."""
    lines = {fold(line).strip(" .!") for line in text.splitlines()}
    return {form.name: choice for form in forms for choice in form.choices if fold(choice) in lines}


def _command(message: Message, own: Fresh, around: Surroundings) -> Understood | None:
    if not around.known_sender or _tagged(message, around):
        return None
    return read_command(message, own)


def _request(message: Message, own: Fresh, around: Surroundings) -> Understood | None:
    if not around.known_sender:
        return None
    found = _process_of(message, own, around)
    if found is None:
        slip = None if message.attachments else mistyped(message, own)
        return slip or Request("the mail names no process we know", "", False, {}, own.original, text=own.text)
    signs, why, sure = found
    return _read_request(message, own, around, signs.process, why, sure)


def _tagged(message: Message, around: Surroundings) -> ProcessSigns | None:
    recipients = {a.mail.lower() for a in (*message.to, *message.cc)} | {a.lower() for a in message.delivered_to}
    return next((s for s in around.signs if s.addressed(recipients, around.own_addresses)), None)


def _process_of(message: Message, own: Fresh, around: Surroundings) -> tuple[ProcessSigns, str, bool] | None:
    """By address, then by the first words, then by what is attached: only the last is a guess."""
    tagged = _tagged(message, around)
    if tagged is not None:
        return tagged, "the address names the process", True
    by_word = next((s for s in around.signs if s.opens(subject_words(_heading(message, own, around)))), None)
    if by_word is not None:
        return by_word, "it begins with the word of the process", True
    if around.answers_notice:
        return None
    names = [a.name for a in message.attachments]
    guessed = next((s for s in around.signs if s.guessed(names, own.text)), None)
    if guessed is not None:
        return guessed, "only the attachments or the text look like it", False
    return None


def _heading(message: Message, own: Fresh, around: Surroundings) -> str:
    """Give what names the matter: the subject; under a subject that is ours, the first line written below it."""
    if not around.answers_notice or message.subject.strip() == without_prefix(message.subject):
        return message.subject
    return next((line for line in own.text.splitlines() if line.strip()), "")


def _read_request(message: Message, own: Fresh, around: Surroundings, process: str, why: str, sure: bool) -> Request:
    forms = around.forms.get(process, ())
    written_on = around.written_on(message)
    said = read_fields(_said_text(message, own), written_on, forms)
    stated = {**_by_subject(_heading(message, own, around), process, around), **said.values}
    fields, findings = _with_papers(stated, forms, around, written_on)
    missing = tuple(name for name in around.required.get(process, ()) if name not in fields or name in said.ambiguous)
    return Request(why, process, sure, fields, own.original, missing, said.ambiguous, findings, own.text)


def _by_subject(heading: str, process: str, around: Surroundings) -> dict[str, Value]:
    subject = without_prefix(heading)
    opening = next((s.opening_of(subject) for s in around.signs if s.process == process), "")
    about = subject[len(opening) :].lstrip(" :.—-]") if opening else subject
    return dict.fromkeys(around.from_subject.get(process, ()), about) if about else {}


def _said_text(message: Message, own: Fresh) -> str:
    """The writer's own words, with the subject where he wrote it himself (a forwarded subject is another's)."""
    return own.text if own.original is not None else f"{own.text}\n"


def _with_papers(
    said: Mapping[str, Value],
    forms: tuple[FieldForm, ...],
    around: Surroundings,
    written_on: date,
) -> tuple[Fields, tuple[str, ...]]:
    """Fill from the papers what was not said; what was said wins, and a difference is a finding."""
    names = {form.name for form in forms}
    fields = dict(said)
    findings: list[str] = []
    for paper in around.papers:
        qr = next((code for code in map(read_payment_qr, paper.qr) if code is not None), None)
        invoice = read_invoice(paper.text, qr)
        for name, value in invoice.values.items():
            if name in names and fields.setdefault(name, value) != value:
                findings.append(f"differs:{name}")
    stated = {name: value for name, value in fields.items() if isinstance(value, str)}
    findings += [f.code for f in check_invoice(stated, written_on) if not f.ok]
    return fields, tuple(dict.fromkeys(findings))


_STEPS: tuple[Callable[[Message, Surroundings], Understood | None], ...] = (
    _own,
    _held,
    _automatic,
)
_READING_STEPS: tuple[Callable[[Message, Fresh, Surroundings], Understood | None], ...] = (_reply, _command, _request)
