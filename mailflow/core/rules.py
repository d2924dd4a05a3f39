"""A process as data: one file of rules/, read into a checked model.

Owns: `Process` and reading one. Refuses to know: cases under way. Every complaint has a file, a line and a
cure. What a file may say stands in `rule_file` and `stages`, what may be wrong with it in `rule_checks`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from mailflow.core.conditions import Condition, ValueType, compile_condition
from mailflow.core.directory import Directory
from mailflow.core.documents import Lines, read_with_lines
from mailflow.core.field_forms import FieldType
from mailflow.core.reference_lists import ReferenceList
from mailflow.core.routing import Who
from mailflow.core.rule_checks import complaints as complaints_of
from mailflow.core.rule_file import AddsUp, FieldRule, Register, Rework, RuleFile, StartsWith
from mailflow.core.rule_lists import Lists, choices_of
from mailflow.core.rule_words import Words
from mailflow.core.soundness import unsound
from mailflow.core.stages import Stage
from mailflow.errors import SettingsError

_CONDITION_TYPES: Mapping[FieldType, ValueType] = {
    "text": "text",
    "money": "money",
    "date": "date",
    "bool": "bool",
    "inn": "text",
    "kpp": "text",
    "bic": "text",
    "account": "text",
    "choice": "text",
    "people": "list",
    "term": "text",
    "goals": "list",
    "points": "list",
    "mailboxes": "list",
}
# What a condition may ask of the case itself, beside its fields.
_CASE_NAMES: Mapping[str, ValueType] = {
    "initiator": "person",
    "round": "text",
    "proven": "bool",
    "answers": "answers",
}
STAGE_ANSWERS = ("approve", "approve_with_remarks", "done", "paid", "acknowledge", "resolution", "silence", "skipped")
"""What `answers.STAGE` may be in a condition; '' for a stage that was not entered in this round."""


@dataclass(frozen=True)
class NamedStage:
    """A stage under its name, with its conditions compiled."""

    name: str
    rule: Stage
    when: Condition | None
    skip_when: Condition | None
    second_factor_when: Condition | None = None


@dataclass(frozen=True)
class Process:
    """One process, checked."""

    name: str
    title: Words
    summary: Words
    register: Register
    starts_with: StartsWith
    fields: Mapping[str, FieldRule]
    required: Mapping[str, Condition | None]
    """The fields that must be there: always (None) or while the condition holds."""
    stages: tuple[NamedStage, ...]
    rework: Rework
    closing_papers: tuple[str, ...]
    receipt: Words | None = None
    tell_initiator: Literal["when all agreed", "each stage"] = "when all agreed"
    archive: bool = False
    started_by: Who | None = None
    """Who may start it; None = everybody."""
    adds_up: AddsUp | None = None
    """The sum that is added up over the initiator's cases to the same payee."""
    choices: Mapping[str, ReferenceList] = field(default_factory=dict)
    """The values each choice of the card may have; none for one whose list is not at hand."""
    version: str = ""
    """SHA-256 of the text it was read from, in hex: a case goes on by the version it began under."""
    text: str = field(default="", repr=False)

    def stage(self, name: str) -> NamedStage | None:
        """Give the stage of that name; None for the stages every process has (clarify, rework, explain)."""
        return next((stage for stage in self.stages if stage.name == name), None)

    @cached_property
    def steps(self) -> tuple[tuple[NamedStage, ...], ...]:
        """The route: stages that run side by side stand in one step."""
        steps: list[tuple[NamedStage, ...]] = []
        for stage in self.stages:
            if stage.rule.beside and steps:
                steps[-1] = (*steps[-1], stage)
            else:
                steps.append((stage,))
        return tuple(steps)

    def step(self, stage: str) -> int:
        """Give the place in `steps` of the stage of that name; -1 where there is none."""
        return next((n for n, step in enumerate(self.steps) if any(s.name == stage for s in step)), -1)

    def beside(self, stage: str) -> tuple[NamedStage, ...]:
        """Give the stages that run side by side with that one, itself among them; () where there is none."""
        place = self.step(stage)
        return self.steps[place] if place >= 0 else ()

    @property
    def material(self) -> frozenset[str]:
        """The fields whose change brings everybody back."""
        return frozenset(name for name, rule in self.fields.items() if rule.material)


Rules = Mapping[str, Process]


def _named_stages(file: RuleFile, compiled: _Compiler) -> Iterator[NamedStage]:
    """Give the stages with their conditions: each may ask for the answers of the steps before its own."""
    before: list[str] = []
    step: list[str] = []
    for n, entry in enumerate(file.stages):
        for name, stage in entry.items():
            if not stage.beside:
                before, step = before + step, []
            when = compiled(stage.when, before, "stages", n, name, "when")
            skip_when = compiled(stage.skip_when, before, "stages", n, name, "skip_when")
            factor_when = compiled(stage.second_factor_when, before, "stages", n, name, "second_factor_when")
            step.append(name)
            yield NamedStage(name, stage, when, skip_when, factor_when)


def read_process(text: str, name: str, directory: Directory | None, lists: Lists | None = None) -> Process:
    """Read one rules file; raise SettingsError with a line for everything wrong in it.

    Without a directory the people it names are not checked, without `lists` the lists it names.
    """
    return read_placed(text, name, directory, lists)[0]


def read_placed(
    text: str, name: str, directory: Directory | None, lists: Lists | None = None
) -> tuple[Process, RuleFile, Lines]:
    """As `read_process`, with the file as it was written and where its keys stand."""
    file, lines = read_with_lines(text, name, RuleFile)
    process, complaints = _compiled(file, lines, lists)
    complaints += [*complaints_of(file, lines, directory, lists), *unsound(file, lines, directory)]
    if complaints:
        raise SettingsError("\n".join(dict.fromkeys(complaints)))
    return replace(process, version=version_of(text), text=text), file, lines


def read_version(text: str, name: str) -> Process:
    """Read a version that was in force before: it was checked then, and checks have grown since.

    SettingsError only where it cannot be understood at all.
    """
    process, complaints = _compiled(*read_with_lines(text, name, RuleFile))
    if complaints:
        raise SettingsError("\n".join(complaints))
    return replace(process, version=version_of(text), text=text)


def _compiled(file: RuleFile, lines: Lines, lists: Lists | None = None) -> tuple[Process, list[str]]:
    complaints: list[str] = []
    choices = {name: chosen for name, rule in file.fields.items() if (chosen := choices_of(rule, lists)) is not None}
    return replace(_process(file, _Compiler(lines, file, choices, complaints)), choices=choices), complaints


def version_of(text: str) -> str:
    """Name a version of a process by its text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _types(file: RuleFile) -> dict[str, ValueType]:
    types = {name: _CONDITION_TYPES[rule.type] for name, rule in file.fields.items()}
    return {**types, "total": "money"} if file.adds_up is not None else types


class _Compiler:
    """Compiles conditions, gathering the complaints with their lines."""

    def __init__(
        self, lines: Lines, file: RuleFile, choices: Mapping[str, ReferenceList], complaints: list[str]
    ) -> None:
        self._lines, self._complaints = lines, complaints
        self._known: Mapping[str, ValueType] = {**_CASE_NAMES, **_types(file)}
        self._choices = {name: chosen.values for name, chosen in choices.items()}

    def __call__(self, source: str | None, earlier: Iterable[str], *path: str | int) -> Condition | None:
        """Compile a condition that may ask for the answers of the `earlier` stages."""
        if source is None:
            return None
        said = {f"answers.{stage}": STAGE_ANSWERS for stage in earlier}
        try:
            return compile_condition(source, self._known, {**self._choices, **said})
        except ValueError as wrong:
            self._complaints.append(f"{self._lines.at(path)}: {wrong}")
            return None


def _process(file: RuleFile, compiled: _Compiler) -> Process:
    required = {
        name: compiled(rule.required, (), "fields", name, "required") if isinstance(rule.required, str) else None
        for name, rule in file.fields.items()
        if rule.required
    }
    stages = tuple(_named_stages(file, compiled))
    return Process(
        file.process,
        file.title,
        file.summary,
        file.register_,
        file.starts_with,
        file.fields,
        required,
        stages,
        file.rework,
        file.closing_papers,
        file.receipt,
        file.tell_initiator,
        archive=file.archive,
        started_by=file.started_by,
        adds_up=file.adds_up,
    )
