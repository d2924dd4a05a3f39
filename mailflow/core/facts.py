"""What a condition may ask of a case, and what the card still lacks.

Owns: the values behind the names of `when:`, `skip_when:` and `required:`, the answers of earlier stages among
them, and the fields that are missing. Refuses to know: which stage is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from mailflow.core.adding_up import total
from mailflow.core.answers import Answer
from mailflow.core.case import Assignment, Case, Standing
from mailflow.core.money import Money
from mailflow.core.office import Office
from mailflow.core.rules import NamedStage, Process
from mailflow.core.stages import Stage

POSITIVE = frozenset(
    {Answer.APPROVE, Answer.APPROVE_WITH_REMARKS, Answer.PAID, Answer.DONE, Answer.RESOLUTION, Answer.ACKNOWLEDGE}
)
"""The answers that take a stage forward."""


def exists(stage: NamedStage, values: Mapping[str, Any]) -> bool:
    """Say whether the stage belongs to the route: only a `when:` that surely fails takes it out."""
    return stage.when is None or not stage.when.fails(values)


def skipped(stage: NamedStage, values: Mapping[str, Any]) -> bool:
    """Say whether the stage may be left out: only a `skip_when:` that surely holds lets it."""
    return stage.skip_when is not None and stage.skip_when.holds(values)


def condition_values(case: Case, office: Office) -> dict[str, Any]:
    """Give the names a condition may ask for: every field, the initiator, the round, what stages answered."""
    process = office.process_of(case)
    fields = {name: field_value(process, case.fields, name) for name in process.fields}
    person = office.directory.people.get(case.initiator)
    trusted = person.trusted_sum if person is not None and case.proven else None
    return {
        **fields,
        **({"total": total(case, office)} if process.adds_up is not None else {}),
        "initiator": {
            "id": case.initiator,
            "department": (person.department if person is not None else None) or "",
            "trusted_sum": trusted,
        },
        "round": str(case.round),
        "proven": case.proven,
        "answers": {stage.name: stage_answer(case.at_stage(stage.name)) for stage in process.stages},
    }


def stage_answer(asked: Iterable[Assignment]) -> str:
    """Give what a stage came to, as `answers.STAGE` says it: the weakest of its agreements; '' where it has none.

    One remark makes it `approve_with_remarks`; where only silence agreed it is `silence`.
    """
    words = [_word(a) for a in asked if a.decision is not None or a.standing is Standing.SKIPPED]
    ranked = ("approve_with_remarks", "approve", "done", "paid", "acknowledge", "resolution", "silence", "skipped")
    return next((word for word in ranked if word in words), "")


def _word(assignment: Assignment) -> str:
    decision = assignment.decision
    if decision is None:
        return "approve" if assignment.carried else "skipped"
    silent = decision.answer is Answer.APPROVE and decision.channel == "rule"
    return "silence" if silent else decision.answer.value


_EMPTY: Mapping[str, Any] = {"money": None, "bool": False, "people": (), "goals": (), "points": (), "mailboxes": ()}


def field_value(process: Process, fields: Mapping[str, Any], name: str) -> Any:
    """Give a field as conditions see it: money with the card's currency, a typed empty where it is missing."""
    kind = process.fields[name].type
    value = fields.get(name)
    if value is None:
        return _EMPTY.get(kind, "")
    if kind == "money":
        return Money(Decimal(str(value)), str(fields.get("currency") or "RUB"))
    return value


def missing_fields_of(case: Case, office: Office) -> tuple[str, ...]:
    """Give what the initiator has to state: required fields that are empty, unsure ones, lists longer than they may be.

    They stand in the order of the rules.
    """
    process = office.process_of(case)
    values = condition_values(case, office)

    def needed(name: str) -> bool:
        if name not in process.required:
            return False
        condition = process.required[name]
        return condition is None or not condition.fails(values)

    return tuple(
        name
        for name in process.fields
        if name in case.unsure or (is_empty(case.fields.get(name)) and needed(name)) or too_many(case, office, name)
    )


def too_many(case: Case, office: Office, name: str) -> bool:
    """True for a list that names more than it may."""
    value, rule = case.fields.get(name), office.process_of(case).fields[name]
    return isinstance(value, tuple) and rule.most is not None and len(value) > rule.most


def lacks_file(case: Case, rule: Stage, assignment: Assignment, person: str) -> bool:
    """True where a file has to come with the answer and neither its person nor whoever acts for him has sent one.

    What a supplier sent who was asked there counts as well.
    """
    theirs = {assignment.principal, person, *(o.address for o in case.offers if o.stage == assignment.stage)}
    return rule.file and not any(f.by in theirs and f.at >= assignment.opened_at for f in case.files)


def empty_fields(case: Case, names: Iterable[str]) -> tuple[str, ...]:
    """Give those of the fields that are not filled."""
    return tuple(name for name in names if is_empty(case.fields.get(name)))


def is_empty(value: object) -> bool:
    """Say whether a field says nothing."""
    return value is None or value == "" or value == ()
