"""What somebody asks for: which process, and what he, his papers and the letter he forwards state.

Owns: `read_request`, and the order in which sources are believed: the writer's form lines and words, his papers, his
subject, the letter he forwards. A better source is never overruled, only completed; where the papers say otherwise,
that is a finding. Refuses to know: people of the directory, cases under way.

What may go wrong: a mail that names no process is guessed at, and then `sure` is False and the writer is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from mailflow.core.around import Paper, Surroundings
from mailflow.core.case import Fields
from mailflow.core.dates import DATE_PATTERN
from mailflow.core.field_forms import FieldForm, Value
from mailflow.core.fields import FieldsRead, read_fields
from mailflow.core.invoices import check_invoice, read_invoice
from mailflow.core.kinds import Request
from mailflow.core.message import Message
from mailflow.core.money import Money
from mailflow.core.payment_qr import read_payment_qr
from mailflow.core.quotes import is_mobile_tail
from mailflow.core.recognised import PREFIX as RECOGNISED
from mailflow.core.recognised import borne_out
from mailflow.core.reply import Fresh, Original, own_words
from mailflow.core.signs import ProcessSigns, fold, subject_words, without_prefix

LONGEST_GUESS = 4_000
"""Characters of a text looked through for the words of a process."""
LEAST_LINES = 3
"""Fields a mail has to state to be guessed by them alone."""


def read_request(message: Message, own: Fresh, around: Surroundings) -> Request:
    """Read a mail of the staff as a request; its process is '' where it fits none."""
    found = _process_of(message, own, around)
    if found is None:
        return Request("the mail names no process we know", "", False, {}, own.original, text=own.text)
    process, why, sure = found
    forms = around.forms.get(process, ())
    written_on = around.written_on(message)
    said = read_fields(words_of(laid_out(message, own)), written_on, forms)
    stated = {**_beside(said, forms), **said.values}
    fields, findings = with_papers(stated, forms, around, written_on)
    heading = _heading(message, own, around)
    for more in _weaker(heading, message, own, around, process):
        fields = {**{name: value for name, value in more.items() if name not in said.ambiguous}, **fields}
    unsure = asked_about(said, forms)
    missing = missing_of(forms, fields, unsure)
    return Request(why, process, sure, fields, own.original, missing, unsure, findings, own.text, said.near)


def laid_out(message: Message, own: Fresh) -> str:
    """Give the writer's own words with the cells of his tables apart: only the HTML part knows them."""
    if not message.text.strip() or "<td" not in message.html.lower():
        return own.text
    return own.page if set(_WORD.findall(own.text)) <= set(_WORD.findall(own.page)) else own.text


_WORD = re.compile(r"[^\W_]+")
_LISTED = re.compile(r"\s*(?:[-–—•*·]\s|[0-9]{1,2}[.)]\s)")


def words_of(text: str) -> str:
    """Leave the signature out: its telephone and its firm state nothing about the matter.

    A list of names at the end is no signature.
    """
    lines = [line for line in text.strip().split("\n") if not is_mobile_tail(line)]
    kept = own_words(text).count("\n") + 1
    if kept < len(lines) and (lines[kept - 1].rstrip().endswith(":") or _LISTED.match(lines[kept])):
        return "\n".join(lines)
    return "\n".join(lines[:kept])


# --- which process


def tagged(message: Message, around: Surroundings) -> ProcessSigns | None:
    """Give the process an address of the mail names: docs+schet@, schet@, in copy or not."""
    recipients = {a.mail.lower() for a in (*message.to, *message.cc)} | {a.lower() for a in message.delivered_to}
    return next((s for s in around.signs if s.addressed(recipients, around.own_addresses)), None)


def _process_of(message: Message, own: Fresh, around: Surroundings) -> tuple[str, str, bool] | None:
    """By address, then by the first words, then by what it says and brings: only the last is a guess."""
    by_address = tagged(message, around)
    if by_address is not None:
        return by_address.process, "the address names the process", True
    said = subject_words(_heading(message, own, around))
    by_word = max(around.signs, key=lambda s: len(s.opening(said)), default=None)
    if by_word is not None and by_word.opening(said):
        return by_word.process, "it begins with the word of the process", True
    return None if around.answers_notice else _guessed(said, message, own, around)


def _heading(message: Message, own: Fresh, around: Surroundings) -> str:
    """Give what names the matter: the subject; under a subject that is ours, the first line written below it."""
    if not around.answers_notice or message.subject.strip() == without_prefix(message.subject):
        return message.subject
    return next((line for line in own.text.splitlines() if line.strip()), "")


def _guessed(said: str, message: Message, own: Fresh, around: Surroundings) -> tuple[str, str, bool] | None:
    names = [a.name for a in message.attachments]
    texts = [said, fold(own.text[:LONGEST_GUESS]), *_forwarded_words(own.original)]
    papers = [fold(paper.text[:LONGEST_GUESS]) for paper in around.papers]
    for seen in (texts, papers):
        guess = max(around.signs, key=lambda s: s.weight(names, seen), default=None)
        if guess is not None and guess.weight(names, seen):
            return guess.process, "only the attachments or the text look like it", False
    return _by_lines(message, own, around)


def _forwarded_words(original: Original | None) -> Iterator[str]:
    if original is not None:
        yield fold(original.subject)
        yield fold(original.text[:LONGEST_GUESS])


def _by_lines(message: Message, own: Fresh, around: Surroundings) -> tuple[str, str, bool] | None:
    """Guess by the form the mail fills in: the process whose fields it states most of."""
    text, written_on = words_of(laid_out(message, own))[:LONGEST_GUESS], around.written_on(message)
    stated = {process: _stated(text, written_on, forms) for process, forms in around.forms.items()}
    best = max(stated, key=lambda process: stated[process], default="")
    if not best or sum(stated[best]) < LEAST_LINES:
        return None
    return best, "it states the fields of the process", False


def _stated(text: str, written_on: date, forms: Sequence[FieldForm]) -> tuple[int, int]:
    """Count the fields a text states: those the process needs, and the others."""
    said = read_fields(text, written_on, forms).values
    needed = sum(form.needed is True for form in forms if form.name in said)
    return needed, len(said) - needed


# --- what the weaker sources state


def _weaker(
    heading: str, message: Message, own: Fresh, around: Surroundings, process: str
) -> Iterator[Mapping[str, Value]]:
    """Give what completes the writer's words and papers, the more trusted first."""
    forms, written_on = around.forms.get(process, ()), around.written_on(message)
    word, about = _parted(without_prefix(heading), process, around)
    yield from [] if own.original else [_sure(read_fields(f"{word} {about}", written_on, forms))]
    yield _original(own.original, forms, written_on)
    yield {form.name: about for form in _from("subject", forms)} if about else {}
    yield _addressed(message, forms, around)


def _sure(read: FieldsRead) -> Mapping[str, Value]:
    return {name: value for name, value in read.values.items() if name not in read.ambiguous}


def _from(source: str, forms: Sequence[FieldForm]) -> list[FieldForm]:
    return [form for form in forms if source in form.sources]


def _parted(subject: str, process: str, around: Surroundings) -> tuple[str, str]:
    """Part the subject into the word that names the process and what it is about."""
    opening = next((s.opening_of(subject) for s in around.signs if s.process == process), "")
    if _LEADS_ON.search(opening):
        return "", subject
    return opening, subject[len(opening) :].lstrip(" :.,—–-]»\"'").removeprefix("пожалуйста ") if opening else subject


_LEADS_ON = re.compile(r" (?:из|от|на|from|for)$", re.IGNORECASE)
"""«Письмо из прокуратуры» says whose letter it is: there is no word to take away."""
_GREETING = re.compile(
    r"\s*(?:(?:уважаем\w{2}|дорог\w{2}|коллеги|добр\w{2} (?:день|утро|вечер)|доброго (?:дня|времени суток)|здравствуйте"
    r"|приветствую|привет|hello|hi|dear|good (?:morning|day|afternoon|evening))\b[^\n.!]{0,60}(?:[.!,)]+|\n|$)\s*)+",
    re.IGNORECASE,
)
_TERM_SAID = re.compile(rf"\b(?:до|к|не позднее|by|before|until) (?:{DATE_PATTERN})")
LEAST_WORDS = 2
_SAYS_NOTHING = re.compile(
    r"(?:(?:см|смотри|смотрите|документы?|файлы?|скан|подробности|всё|все|запрос|просьба|прошу|пожалуйста|согласовать"
    r"|ознакомиться|рассмотреть|во?|вложени\w{1,3}|приложени\w{1,3}|прикреплен\w{0,4}|attached|see|please|attachment|the"
    r"|find|fyi|approve|review|спасибо|заранее|thanks|thank|you|for)[\s.,!:]*)*",
    re.IGNORECASE,
)


def _beside(said: FieldsRead, forms: Sequence[FieldForm]) -> dict[str, Value]:
    """Fill with all the writer wrote beside his form lines, the greeting left out."""
    greeting = _GREETING.match(said.rest)
    text = said.rest[greeting.end() if greeting else 0 :].strip()
    if len(_WORD.findall(_TERM_SAID.sub(" ", fold(text)))) < LEAST_WORDS or _SAYS_NOTHING.fullmatch(text):
        return {}
    return {form.name: text for form in _from("text", forms)}


_NAMED_IN_A_LETTER = frozenset((
    "their_number", "their_date", "invoice_number", "invoice_date", "contract_number", "contract_date", "inn", "kpp",
    "bic", "account", "corr_account", "counterparty", "amount", "currency",
))  # fmt: skip


def _original(original: Original | None, forms: Sequence[FieldForm], written_on: date) -> dict[str, Value]:
    """Fill from the letter that is forwarded: who wrote it, about what, its numbers; never his terms and wishes."""
    if original is None:
        return {}
    whole = {"correspondent": _writer(original.from_), "subject_matter": original.subject, "letter_text": original.text}
    asked = {form.name for form in _from("original", forms)}
    values: dict[str, Value] = {name: text.strip() for name, text in whole.items() if text.strip() and name in asked}
    numbered = tuple(form for form in forms if form.name in _NAMED_IN_A_LETTER)
    said = _sure(read_fields(f"{original.subject}\n{original.text}", written_on, numbered))
    names = {form.name for form in _from("paper", forms)}
    billed = read_invoice(f"{original.subject}\n{original.text}", None).values
    return {**{n: v for n, v in billed.items() if n in names and n in _BILLED}, **said, **values}


_BILLED = ("amount", "currency", "invoice_number", "invoice_date")
_ADDRESS = re.compile(r"\s*[<\[(][^<>\[\]()]{3,200}[>\])]\s*")


def _writer(header: str) -> str:
    """Give the name of «Анна <anna@romashka.example>», or the address where there is no name."""
    return _ADDRESS.sub(" ", header).strip(" \"'") or header.strip(" <>")


def _addressed(message: Message, forms: Sequence[FieldForm], around: Surroundings) -> dict[str, Value]:
    """Fill with whom the mail is written to beside us: we only read along."""
    ours = {address.partition("@")[2] for address in around.own_addresses}
    inside = "people"
    others = [a for a in message.to if _base(a.mail) not in around.own_addresses and not _alias(a.mail, around)]
    values: dict[str, Value] = {}
    for form in _from("to", forms) if others else ():
        if form.type == inside:
            values[form.name] = tuple(a.mail for a in others if a.mail.lower().partition("@")[2] in ours)
        else:
            values[form.name] = others[0].name or others[0].mail
    return {name: value for name, value in values.items() if value}


def _base(address: str) -> str:
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _alias(address: str, around: Surroundings) -> bool:
    return any(signs.addressed({address.lower()}, around.own_addresses) for signs in around.signs)


# --- papers and what is missing


def with_papers(
    said: Mapping[str, Value], forms: tuple[FieldForm, ...], around: Surroundings, written_on: date
) -> tuple[Fields, tuple[str, ...]]:
    """Fill from the papers what was not said; what was said wins, and a difference is a finding."""
    names = {form.name for form in _from("paper", forms)}
    fields = dict(said)
    findings: list[str] = []
    # What is written comes first: a paper recognised in a picture only completes it.
    for paper in sorted(around.papers, key=lambda one: one.recognised):
        written = written_in(paper)
        for name, value in written.items():
            if name in names and fields.setdefault(name, value) != value:
                findings.append(f"differs:{name}")
        seen = borne_out(read_invoice(paper.text, None)) if paper.recognised else {}
        completing = {name: value for name, value in seen.items() if name in names and name not in fields}
        fields |= completing
        findings += [f"{RECOGNISED}:{name}" for name in completing]
    stated = {name: value for name, value in fields.items() if isinstance(value, str)}
    findings += [f.code for f in check_invoice(stated, written_on) if not f.ok]
    return fields, tuple(dict.fromkeys(findings))


def written_in(paper: Paper) -> Mapping[str, str]:
    """Give what a paper states in writing: its text layer and its payment code, no words recognised in a picture."""
    qr = next((code for code in map(read_payment_qr, paper.qr) if code is not None), None)
    return read_invoice("" if paper.recognised else paper.text, qr).values


def asked_about(said: FieldsRead, forms: Sequence[FieldForm]) -> tuple[str, ...]:
    """Give the fields stated and not surely read that somebody has to be asked about.

    Two days in a sentence are no question where the process does without a term; a sum, and what a line of a form
    names on purpose, always is one.
    """
    weighty = {form.name for form in forms if form.needed is not False or form.type == "money"}
    return tuple(name for name in said.ambiguous if name in weighty or name in said.by_line)


def missing_of(forms: Sequence[FieldForm], fields: Fields, ambiguous: Sequence[str]) -> tuple[str, ...]:
    """Give the fields that are not there and needed, or that are there and not sure, in the order of the rules."""
    values = {form.name: _as_condition_sees(form, fields) for form in forms}
    return tuple(
        form.name
        for form in forms
        if form.name in ambiguous
        or (form.name in fields and _too_many(fields[form.name], form))
        or (form.name not in fields and _is_needed(form, values))
    )


def _is_needed(form: FieldForm, values: Mapping[str, Any]) -> bool:
    return form.needed if isinstance(form.needed, bool) else form.needed.holds(values)


def _too_many(value: Value, form: FieldForm) -> bool:
    return form.most is not None and isinstance(value, tuple) and len(value) > form.most


_EMPTY: Mapping[str, Any] = {"money": None, "bool": False, "people": (), "goals": (), "points": (), "mailboxes": ()}


def _as_condition_sees(form: FieldForm, fields: Fields) -> Any:
    value = fields.get(form.name)
    if value is None:
        return _EMPTY.get(form.type, "")
    if form.type == "money" and isinstance(value, str):
        return Money(Decimal(value), str(fields.get("currency") or "RUB"))
    return value
