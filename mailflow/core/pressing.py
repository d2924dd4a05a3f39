"""A press on a signed link: what its page offers, what is wrong with a form, which event it is.

Owns: the way from a case to its page and from a form to an event. Refuses to know: HTTP, templates, rows.
Whether an answer counts is asked of `entitlement`, never decided here: the page shows what the engine would
say. The values themselves stand in `pages`.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from mailflow.core.answers import Answer, Details
from mailflow.core.assurance import WITH_FACTOR
from mailflow.core.case import Assignment, Case, card_hash
from mailflow.core.dates import format_date, read_date
from mailflow.core.effects import SendLetter
from mailflow.core.entitlement import May, may_decide
from mailflow.core.events import AnswerReceived
from mailflow.core.hands import signature
from mailflow.core.office import Office
from mailflow.core.pages import (
    Already,
    Assured,
    Closed,
    Coding,
    Complaint,
    Ended,
    FactorAsked,
    Form,
    Known,
    Link,
    NeedsChoice,
    NeedsDate,
    NeedsReason,
    NeedsTick,
    NotYours,
    Page,
    PageFile,
    Sheet,
    Stale,
)
from mailflow.core.sender import Proven
from mailflow.core.showing import Ways, letter_view
from mailflow.core.turn import Turn
from mailflow.core.wording import answer_word

BROWSER_LIFE = timedelta(days=30)
LONGEST_COMMENT = 4000
LONGEST_NUMBER = 64
LONGEST_LABEL = 60

ANSWERS: Mapping[str, Answer] = {
    "approve": Answer.APPROVE,
    "rework": Answer.REWORK,
    "reject": Answer.REJECT,
    "paid": Answer.PAID,
    "done": Answer.DONE,
    "acknowledge": Answer.ACKNOWLEDGE,
    "question": Answer.QUESTION,
}
"""Every choice a form may name, and what it says to the engine."""
NEEDS_WORDS = frozenset({"rework", "reject", "question"})
"""Choices that say nothing without a reason or a question."""


_PROBE = Assured("", new_browser=False, second_factor=True)
"""Whoever looks is shown the form; what he holds is asked when he presses."""


# --- the questions


def ended(case: Case, task: Assignment, link: Link, office: Office, now: datetime) -> Ended | None:
    """Say why nothing can be answered here any more; None while an answer would count."""
    sheet = sheet_of(case, task, link, office, now)
    if task.decision is not None:
        decision = task.decision
        said = answer_word(decision.answer, sheet.language, office.doer(decision.by).gender)
        local = decision.at.astimezone(office.hours.zone)
        when = f"{format_date(local.date(), sheet.language)} {local:%H:%M}"
        own = decision.by == link.person
        return Already(sheet, signature(decision, office), said, when, decision.comment, own)
    probe = answered(Form(choice="approve"), link, "", _PROBE, office, now)
    right = may_decide(Turn(case, "", now, office), task, probe) if probe is not None else None
    if isinstance(right, May):
        return None
    if right is None or right.reason.key == "not_yours":
        return NotYours(sheet, office.short(office.acting(task.principal, now)))
    if right.reason.key == "over":
        return Closed(sheet, case.state)
    return Stale(sheet, task.open, "" if task.open else task.note)


def answered(form: Form, link: Link, key: str, shown: Assured, office: Office, now: datetime) -> AnswerReceived | None:
    """Give the press as the event it is; None when the link's person is nobody any more."""
    person = office.directory.people.get(link.person)
    if person is None:
        return None
    return AnswerReceived(
        key=key,
        at=now,
        case=link.case,
        assignment=link.assignment,
        proof=Proven(person.address.lower(), shown.by + (WITH_FACTOR if shown.second_factor else "")),
        answer=ANSWERS[form.choice],
        comment=words_of(form.comment),
        details=_details(form, _today(office, now)) if form.choice == "paid" else Details(),
        channel="link",
        new_browser=shown.new_browser,
        second_factor=shown.second_factor,
        card=link.card,
    )


def event_key(link: Link, form: Form) -> str:
    """Name a press for ever: the same form sent twice is the same event, another one is not."""
    said = [link.hash, form.nonce, form.choice, form.comment, form.number, form.date]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def complaint(form: Form, page: Page) -> Complaint | None:
    """Say what is missing or wrong in the form, the first thing first; None for a whole one."""
    if form.choice not in page.choices:
        return NeedsChoice()
    if form.choice in NEEDS_WORDS and not words_of(form.comment):
        return NeedsReason(form.choice)
    if form.choice == "paid" and form.date.strip() and _date(form.date, page.today) is None:
        return NeedsDate()
    if form.choice == "acknowledge" and form.read != "yes":
        return NeedsTick()
    return None


def recorded(case: Case, event: AnswerReceived) -> bool:
    """Say whether this event is what stands in the case: its decision, or the question it asked."""
    task = case.assignment(event.assignment)
    if event.answer is Answer.QUESTION:
        return any(a.about == event.assignment and a.opened_at == event.at for a in case.assignments)
    decision = task.decision if task is not None else None
    if decision is None or (decision.at, decision.channel) != (event.at, "link"):
        return False
    return decision.answer is event.answer or decision.answer is Answer.APPROVE_WITH_REMARKS


def sheet_of(case: Case, task: Assignment, link: Link, office: Office, now: datetime) -> Sheet:
    """Give the case as its page shows it."""
    person = office.directory.people.get(link.person)
    language = office.directory.language(link.person) if person is not None else office.language
    stage = office.stage_of(case, task.stage)
    told = stage.rule.instruction.in_(language) if stage is not None and stage.rule.instruction else ""
    letter = SendLetter("", "page", link.person, "", language, task.id, words={"instruction": told})
    view = letter_view(letter, case, office, Ways(), now)
    files = tuple(
        PageFile(place, line, file.sha256)
        for place, (line, file) in enumerate(zip(view.files, case.current_files, strict=True), start=1)
    )
    return Sheet(language, view, files, masked(person.address) if person is not None else "")


def page_of(
    sheet: Sheet,
    case: Case,
    task: Assignment,
    browser: Known,
    coding: Coding,
    nonce: str,
    today: date,
    factor: FactorAsked = "none",
) -> Page:
    """Give the page with everything its person may answer; nobody asks himself a question."""
    choices = tuple(choice.answer for choice in sheet.view.choices)
    asking = () if task.principal == case.initiator else ("question",)
    return Page(sheet, task.ask, (*choices, *asking), browser, coding, nonce, today, factor)


def same_card(case: Case, link: Link) -> bool:
    """Say whether the card is still the one the link was issued for."""
    return card_hash(case.fields, case.files) == link.card


# --- small readings


def masked(address: str) -> str:
    """Give an address so that its holder knows it and nobody learns it: «i***@corp.example»."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def label(agent: str) -> str:
    """Give the browser's name as it may stand in a list: printable, one line, at most 60 characters."""
    clean = "".join(c if c.isprintable() and unicodedata.category(c) != "Cf" else " " for c in agent)
    return " ".join(clean.split())[:LONGEST_LABEL]


def words_of(text: str) -> str:
    """Give what was typed into the comment: line ends as one, edges bare."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _details(form: Form, today: date) -> Details:
    return Details(number=" ".join(form.number.split()), date=_date(form.date, today))


def _date(text: str, today: date) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return read_date(text.strip(), today)


def _today(office: Office, now: datetime) -> date:
    return date.fromisoformat(office.day(now))
