"""The desk on which one transition is put together: the case, the effects with their keys, the why.

Owns: numbering effects after their event, addressing letters, opening and closing assignments.
Refuses to know: which answer means what and which stage comes next (`route`, `deciding`).
Nothing here outlives one call of `engine.transition`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from mailflow.core.case import (
    Ask,
    Assignment,
    Case,
    Fields,
    FileVersion,
    Paper,
    Standing,
    assignment_id,
    material_hash,
)
from mailflow.core.effects import (
    Bell,
    Effect,
    Enclosed,
    FileAway,
    Forget,
    MakeDocument,
    Remember,
    SendLetter,
    SetTimer,
    StartCase,
    StopTimers,
    TakeNumber,
    TellCase,
    Transition,
)
from mailflow.core.habits import waits_for_daily
from mailflow.core.memory import Fact
from mailflow.core.office import Office
from mailflow.core.office_time import OfficeTime
from mailflow.core.recognised import PREFIX as RECOGNISED
from mailflow.core.rule_words import DueField
from mailflow.core.rules import NamedStage, Process
from mailflow.core.stages import Numbering, Stage
from mailflow.core.views import Language
from mailflow.core.wording import sentence


class Turn:
    """One transition in the making."""

    def __init__(self, case: Case, key: str, now: datetime, office: Office, message_id: str = "") -> None:
        self.case = case
        self.now = now
        self.office = office
        self._key = key
        self._message_id = message_id
        self._effects: list[Effect] = []
        self._why: list[str] = []

    @property
    def process(self) -> Process:
        """The rules this case goes by."""
        return self.office.process_of(self.case)

    @property
    def present(self) -> tuple[NamedStage, ...]:
        """The stages of the step the case is at; () outside the route."""
        return self.process.beside(self.case.stage)

    @property
    def language(self) -> Language:
        """The language of notes and whys."""
        return self.office.language

    def finished(self) -> Transition:
        """Give what was put together."""
        return Transition(self.case, tuple(self._effects), "; ".join(self._why))

    def because(self, key: str, **facts: object) -> None:
        """Add a sentence to the why."""
        self._why.append(sentence(key, self.language, **facts))

    def note(self, key: str, **facts: object) -> str:
        """Give a sentence for the sheet."""
        return sentence(key, self.language, **facts)

    def change(self, **fields: Any) -> None:
        """Put new values into the case."""
        self.case = replace(self.case, **fields)

    def fill(self, fields: Fields, findings: tuple[str, ...] = ()) -> None:
        """Write fields to the card; of the findings about them only those stay that say one was read off a picture."""
        seen_only = {f"{RECOGNISED}:{name}" for name in fields}
        before = (code for code in self.case.findings if code not in seen_only)
        marks = (*before, *(code for code in findings if code in seen_only))
        self.change(fields={**self.case.fields, **fields}, findings=marks)

    def put(self, assignment: Assignment, **fields: Any) -> Assignment:
        """Put the assignment, with these fields changed, into the case."""
        changed = replace(assignment, **fields)
        self.case = self.case.with_assignment(changed)
        return changed

    def take_number(self) -> None:
        """Ask for the next number of the register, of the year it is now in the office."""
        register = self.process.register
        year = self.now.astimezone(self.office.hours.zone).year
        self.change(register=register.name)
        self._effects.append(
            TakeNumber(
                self._next(), register.name, year, register.number, "", register.index, self._first(register.name, year)
            )
        )

    def letter(
        self,
        kind: str,
        to: str,
        assignment: str = "",
        words: Mapping[str, str] | None = None,
        answers_a_mail: bool = False,
        papers: Sequence[Paper | FileVersion] = (),
        rows: tuple[tuple[str, ...], ...] = (),
    ) -> None:
        """Owe one letter to a person: none to who has left, none that his daily list brings. `papers` go with it."""
        person = self.office.directory.people.get(to)
        if person is None or (not answers_a_mail and waits_for_daily(kind, to, self.office.facts)):
            return
        self._effects.append(
            SendLetter(
                key=self._next(),
                kind=kind,
                to=to,
                address=person.address,
                language=self.office.directory.language(to),
                assignment=assignment,
                automatic_answer=answers_a_mail,
                words=dict(words or {}),
                rows=rows,
                in_reply_to=self._message_id if answers_a_mail else "",
                enclosed=tuple(Enclosed(p.name, p.content_type, p.sha256, p.size) for p in papers),
            )
        )

    def letter_outside(
        self, kind: str, address: str, words: Mapping[str, str], papers: Sequence[Enclosed] = (), assignment: str = ""
    ) -> None:
        """Owe one letter to somebody outside, who is known by his address; the rules have to allow it."""
        self._effects.append(
            SendLetter(
                key=self._next(),
                kind=kind,
                to=address,
                address=address,
                language=self.language,
                assignment=assignment,
                words=dict(words),
                enclosed=tuple(papers),
            )
        )

    def open(self, stage: str, principal: str, ask: Ask, rule: Stage | None = None, about: str = "") -> Assignment:
        """Give the person something to do: the assignment, its letter's addressee and its timers."""
        due = self._due(rule, principal) if rule is not None else None
        name = assignment_id(self.case.id, self.case.round, stage, principal)
        made = Assignment(name, self.case.round, stage, principal, ask, self.now, due, about=about)
        if rule is not None and rule.on_silence is not None:
            made = replace(made, silent_at=self._time(principal).after(self.now, rule.on_silence.after))
        before = self.case.assignment(name)
        if before is not None:
            made = replace(made, nudges=before.nudges, nudged_at=before.nudged_at)
        self.put(made)
        if rule is not None:
            self.wind(made, rule)
        return made

    def skip(self, stage: str, principal: str, ask: Ask, note: str, carried: bool = False) -> None:
        """Write on the sheet why this person is not asked; `carried`: because he has agreed before."""
        name = assignment_id(self.case.id, self.case.round, stage, principal)
        if self.case.assignment(name) is None:
            made = Assignment(name, self.case.round, stage, principal, ask, self.now)
            self.put(made, standing=Standing.SKIPPED, note=note, carried=carried)

    def end(self, assignment: Assignment, note: str) -> None:
        """Close a task nobody needs done any more."""
        self.put(assignment, standing=Standing.VOID, note=note, pending=None)
        self.stop_timers(assignment)

    def set_timer(self, what: Bell, at: datetime, assignment: Assignment) -> None:
        """Wake this assignment at that time."""
        self._effects.append(SetTimer(self._next(), at, what, assignment.id))

    def stop_timers(self, assignment: Assignment) -> None:
        """Let no timer of the assignment ring."""
        self._effects.append(StopTimers(self._next(), assignment.id))

    def acting(self, principal: str) -> str:
        """Give who acts for the person now: to him goes the letter. Never the initiator, on his own case."""
        acting = self.office.acting(principal, self.now)
        return principal if acting == self.case.initiator else acting

    def acts_on(self, assignment: Assignment) -> str:
        """Give who is written to about the task: to whom it was handed over, else who acts for its principal."""
        handed = assignment.delegate in self.office.directory.people
        return assignment.delegate if handed else self.acting(assignment.principal)

    @property
    def material(self) -> str:
        """The hash of what is material now."""
        return material_hash(self.case.fields, self.case.files, self.process.material)

    def make_document(self, document: str) -> None:
        """Ask for a document of the case; it comes back as an event."""
        self._effects.append(MakeDocument(self._next(), document))

    def take_registration(self, rule: Numbering) -> None:
        """Ask for a registration number, dated today, unless the card has one already."""
        if self.case.fields.get(rule.field):
            return
        today = self.office.day(self.now)
        self.change(fields={**self.case.fields, rule.date_field: today})
        year = int(today[:4])
        self._effects.append(
            TakeNumber(
                self._next(), rule.register_, year, rule.form, rule.field, rule.index, self._first(rule.register_, year)
            )
        )

    def _first(self, register: str, year: int) -> int:
        return self.office.first_numbers.get((register, year), 1)

    def start_case(self, process: str, initiator: str, fields: Fields, subject: str) -> None:
        """Start a case of another process that belongs to this one."""
        self._effects.append(StartCase(self._next(), process, initiator, fields, subject))

    def tell_case(self, case: str) -> None:
        """Tell the case this one was started from."""
        self._effects.append(TellCase(self._next(), case))

    def file_away(self) -> None:
        """Ask for the papers of the case to be put into the archive."""
        self._effects.append(FileAway(self._next()))

    def remember(self, fact: Fact) -> None:
        """Let the office keep a fact."""
        self._effects.append(Remember(self._next(), fact))

    def forget(self, fact: Fact) -> None:
        """Let the office strike a fact."""
        self._effects.append(Forget(self._next(), fact))

    def _time(self, principal: str) -> OfficeTime:
        """Give the working time by which this person's terms count: that of whoever acts for him."""
        return self.office.time_of(self.acting(principal))

    def _due(self, rule: Stage, principal: str) -> datetime | None:
        time = self._time(principal)
        if not isinstance(rule.due, DueField):
            return time.after(self.now, rule.due) if rule.due is not None else None
        day = self.case.fields.get(rule.due.name)
        return time.end_of(date.fromisoformat(day)) if isinstance(day, str) and day else None

    def wind(self, made: Assignment, rule: Stage) -> None:
        """Set the timers of a task that is open now."""
        time = self.office.time_of(self.acts_on(made))
        if made.due_at is not None:
            for reminder in rule.remind:
                at = made.due_at if reminder.before is None else time.before(made.due_at, reminder.before)
                if at > self.now:
                    self.set_timer("due" if reminder.before is None else "remind", at, made)
        if rule.on_silence is not None and made.silent_at is not None and made.silent_at > self.now:
            if rule.on_silence.escalate_to:
                self.set_timer("escalate", made.silent_at, made)
            if rule.on_silence.approve:
                self.set_timer("silence", made.silent_at, made)

    def pause(self, assignment: Assignment) -> None:
        """Stop the clock of a task: its person waits for an answer to his question."""
        if assignment.paused_at is None:
            self.stop_timers(self.put(assignment, paused_at=self.now))

    def unpause(self, assignment_id: str) -> None:
        """Let the clock of a task go on once nothing is asked any more: its terms are as far away as they were."""
        task = self.case.assignment(assignment_id)
        asking = any(a.about == assignment_id for a in self.case.open_assignments)
        if task is None or task.paused_at is None or not task.open or asking:
            return
        since, until = self.office.day(task.paused_at), self.office.day(self.now)
        note = "; ".join(filter(None, (task.note, self.note("note_clock", since=since, until=until))))
        on = self.put(
            task,
            paused_at=None,
            due_at=self._after_pause(task.due_at, task),
            silent_at=self._after_pause(task.silent_at, task),
            note=note,
        )
        stage = self.process.stage(task.stage)
        if stage is not None:
            self.wind(on, stage.rule)

    def _after_pause(self, term: datetime | None, task: Assignment) -> datetime | None:
        if term is None or task.paused_at is None:
            return term
        return self.office.time_of(self.acts_on(task)).put_off(term, task.paused_at, self.now)

    def _next(self) -> str:
        return f"{self._key}/{len(self._effects)}"
