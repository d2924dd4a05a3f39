"""What holds of every case, whatever the office, the rules and the words: laws over random ones.

A case ends or waits for a named person; nobody decides on his own; no agreement outlives what it was given to;
the journal gives the case back, and the same case, event and office give the same transition.
"""

from __future__ import annotations

import json
from typing import Any, get_args

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mailflow.core.answers import Answer, Details
from mailflow.core.case import Ask, Assignment, Case, CaseState, Standing, material_hash
from mailflow.core.directory import Directory, read_directory
from mailflow.core.effects import MakeDocument
from mailflow.core.engine import transition
from mailflow.core.events import Event
from mailflow.core.facts import POSITIVE
from mailflow.core.journal import JournalRow, changes, replay
from mailflow.core.rule_file import FieldRule, FieldType
from mailflow.core.rules import Process, read_process
from mailflow.core.stages import Stage
from mailflow.errors import SettingsError
from tests.offices import Story, letters, neon, paper
from tests.rule_files import FIELDS, rule_files, stage_keys

NAMES = (
    "Зуев Олег",
    "Ким Наталья",
    "Лагунин Виктор",
    "Морозов Алексей",
    "Смирнова Ольга",
    "Орлов Сергей",
    "Белова Анна",
)
STAFF = """
company: {name: Фирма}
people: {p0: {name: Зуев Олег, address: p0@f.example, department: d0}}
departments: {d0: {title: Отдел}}
roles: {secretary: [p0], r0: [p0], r1: [p0]}
"""
Draw = Any


@st.composite
def offices(draw: Draw) -> Directory:
    """A firm of a few people, departments one under another, some without a head, roles held by anybody."""
    people = [f"p{n}" for n in range(draw(st.integers(3, len(NAMES))))]
    departments = [f"d{n}" for n in range(draw(st.integers(1, 3)))]
    some = st.lists(st.sampled_from(people), min_size=1, max_size=3, unique=True)
    file = {
        "company": {"name": "Фирма", "language": "ru"},
        "people": {
            p: {"name": NAMES[n], "address": f"{p}@f.example", "department": draw(st.sampled_from(departments))}
            for n, p in enumerate(people)
        },
        "departments": {
            d: {
                "title": f"Отдел {n}",
                "head": draw(st.sampled_from([None, *people])),
                "parent": draw(st.sampled_from([None, *departments[:n]])),
            }
            for n, d in enumerate(departments)
        },
        "roles": {"secretary": [draw(st.sampled_from(people))], "r0": draw(some), "r1": draw(some)},
    }
    return read_directory(json.dumps(file))


@st.composite
def processes(draw: Draw, office: Directory) -> Process:
    """A process drawn from the whole rule model, as far as it is not refused."""
    try:
        return read_process(json.dumps(draw(rule_files(office))), "rules/request.yaml", office)
    except SettingsError:
        assume(False)
        raise


def test_every_key_of_the_rule_model_is_drawn() -> None:
    office = read_directory(STAFF)
    assert {*stage_keys(office), "kind", "title"} == set(Stage.model_fields)
    assert {FieldRule.model_fields[key].alias or key for key in FieldRule.model_fields} == {
        "label",
        "required",
        *(key for rule in FIELDS.values() for key in rule),
    }
    assert {rule["type"] for rule in FIELDS.values()} == {*get_args(FieldType)} - {"account"}


class Watched(Story):
    """A story that keeps every step, to be gone through again."""

    def __init__(self, *known: Any) -> None:
        super().__init__(*known)
        self.steps: list[tuple[Case | None, Event, Case]] = []

    def happens(self, event: Event) -> Any:
        before = self.case
        done = super().happens(event)
        assert transition(before, event, self.office) == done
        self.steps.append((before, event, self.it))
        for paper_wanted in [e.document for e in done.effects if isinstance(e, MakeDocument)]:
            self.makes(paper_wanted)
        return done


FITS = {
    Ask.APPROVAL: Answer.APPROVE,
    Ask.ACKNOWLEDGEMENT: Answer.ACKNOWLEDGE,
    Ask.EXECUTION: Answer.DONE,
    Ask.PAYMENT: Answer.PAID,
    Ask.RESOLUTION: Answer.RESOLUTION,
    Ask.OPINION: Answer.UNCLEAR,
    Ask.CORRECTION: Answer.DONE,
}
SAID = (
    Answer.REWORK,
    Answer.REWORK,
    Answer.APPROVE,
    Answer.APPROVE,
    Answer.DONE,
    Answer.ACKNOWLEDGE,
    Answer.REWORK,
    Answer.WITHDRAW,
    *Answer,
)


def step(told: Watched, data: st.DataObject) -> None:
    """Something happens to the case: an answer to any task of it by anybody, or a timer."""
    tasks = [a for a in told.it.assignments if a.open] or list(told.it.assignments)
    if not tasks or data.draw(st.integers(0, 9)) == 9:
        tasks = list(told.it.assignments)
    if not tasks:
        return
    task = data.draw(st.sampled_from(tasks))
    if data.draw(st.integers(0, 9)) == 9:
        told.timer(data.draw(st.sampled_from(["silence", "due", "escalate"])), task.principal)
        return
    if told.it.spawned and data.draw(st.integers(0, 4)) == 4:
        told.linked_closes("И-2026-0001", data.draw(st.sampled_from(["done", "withdrawn"])))
        return
    people = [*told.office.directory.people]
    speaker = data.draw(st.sampled_from([task.principal] * 20 + people))
    fields = data.draw(
        st.sampled_from(
            [{}, {}, {"amount": "5.00"}, {"amount": "500.00"}, {"object": "Парк", "day": "2026-12-01", "item": "a"}]
        )
    )
    files = data.draw(st.sampled_from([(), (), (paper("Новый.pdf", "b"),), (paper("Новый.pdf", "c"),)]))
    fitting = FITS.get(task.ask, Answer.UNCLEAR)
    said = data.draw(st.sampled_from((fitting,) * len(SAID) + SAID))
    comment = data.draw(st.sampled_from(["причина", "причина", ""]))
    details = Details(executors=(people[0],)) if said is Answer.RESOLUTION else Details()
    told.answer(
        speaker, said, comment, task=task, proof=told.proof(speaker), fields=fields, files=files, details=details
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.data())
def test_whatever_the_office_and_the_rules_the_laws_hold(data: st.DataObject) -> None:
    office = data.draw(offices())
    people = [*office.people]
    told = Watched(neon(office, data.draw(processes(office))))
    chosen = tuple(data.draw(st.lists(st.sampled_from(people), max_size=3, unique=True)))
    points = tuple(f"{office.people[p].short} — сделать (до 01.12.2026)" for p in chosen)
    stated = data.draw(st.sampled_from([{}, {"item": "b", "urgent": True}, {"object": "Сад", "day": "2026-11-30"}]))
    told.opens("request", data.draw(st.sampled_from(people)), amount="50.00", approvers=chosen, points=points, **stated)
    for _ in range(data.draw(st.integers(3, 18))):
        step(told, data)
        _laws(told)
    _laws(told)
    assert replay(_journal(told)) == told.it


def _laws(told: Watched) -> None:
    case = told.it
    _ends_or_waits(told)
    for task in case.assignments:
        if task.decision is not None and task.ask is Ask.APPROVAL:
            assert case.initiator not in (task.principal, task.decision.by)
    if any(stage.rule.kind == "fill" and stage.rule.file for stage in told.office.process_of(case).stages):
        return  # The file such a stage was asked for is its work, made after the agreement.
    now = material_hash(case.fields, case.files, told.office.process_of(case).material)
    for task in case.assignments:
        if task.round == case.round and task.ask is Ask.APPROVAL and case.state is CaseState.DONE and _agreed(task):
            assert _given_to(task, case) == now, "an agreement to something else"


def _ends_or_waits(told: Watched) -> None:
    case = told.it
    if case.state is not CaseState.OPEN:
        assert not case.open_assignments
        return
    waiting = {a.principal for a in case.open_assignments}
    if waiting:
        assert waiting <= set(told.office.directory.people)
        return
    # Nobody can act: then the secretary has been told so.
    sent = [letter for done in told.transitions for letter in letters(done)]
    assert ("comment", told.office.secretary) in sent


def _agreed(task: Assignment) -> bool:
    return task.carried or (task.decision is not None and task.decision.answer in POSITIVE)


def _given_to(task: Assignment, case: Case) -> str:
    """What the agreement was given to: its own, or for one carried over the last the person gave."""
    if task.decision is not None:
        return task.decision.material
    given = [
        a for a in case.assignments if a.principal == task.principal and a.decision and a.standing is Standing.DECIDED
    ]
    return max(given, key=lambda a: a.decision.at if a.decision else a.opened_at).decision.material  # type: ignore[union-attr]


def _journal(told: Watched) -> list[JournalRow]:
    return [
        JournalRow(after.id, n, told.now, event.key, event.type, {}, "", changes(before, after))
        for n, (before, event, after) in enumerate(told.steps, 1)
    ]
