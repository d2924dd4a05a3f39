"""A process as data: one file of rules/, read into a checked model.

Owns: the form of a rules file and everything that can be known to be wrong with it before a case
runs. Refuses to know: cases under way. Every complaint has a file, a line and a cure.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from mailflow.core.case import OWN_STAGES, Ask
from mailflow.core.conditions import Condition, ValueType, compile_condition
from mailflow.core.directory import Directory
from mailflow.core.documents import Lines, Path, read_with_lines
from mailflow.core.routing import Manager, Managers, Who, read_who, unknown_in
from mailflow.core.views import Language
from mailflow.core.worktime import Duration, parse_duration
from mailflow.errors import SettingsError

FieldType = Literal["text", "money", "date", "bool", "inn", "kpp", "bic", "account", "choice", "people"]
Assurance = Literal["mail", "known_browser"]
Action = Literal["approve", "rework", "reject"]

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
}
# What a condition may ask of the case itself, beside its fields.
_CASE_NAMES: Mapping[str, ValueType] = {"initiator": "person", "round": "text", "proven": "bool"}


PAPER_NAMES = ("approval_sheet", "outgoing_letter")
"""What `needs` and `closing_papers` may name; `paper_views` knows what each says."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Words(_Entry):
    """The same words in both languages; a plain text is taken for both."""

    ru: str
    en: str

    def in_(self, language: Language) -> str:
        """Give them in that language."""
        return self.ru if language == "ru" else self.en


def _words(value: object) -> object:
    return {"ru": value, "en": value} if isinstance(value, str) else value


def _duration(value: object) -> object:
    if not isinstance(value, str):
        return value
    span = parse_duration(value)
    if span is None:
        raise ValueError(f"`{value}` is no duration: write «1 working day», «4 hours», «3 рабочих дня»")
    return span


@dataclass(frozen=True, slots=True)
class DueField:
    """The term is the end of the day this field of the card names."""

    name: str


def _due(value: object) -> object:
    if isinstance(value, str) and value.startswith("field "):
        return DueField(value.removeprefix("field ").strip())
    return _duration(value)


def _who(value: object) -> object:
    return read_who(value) if isinstance(value, str) else value


def _texts(value: object) -> object:
    """A clerk may write one word without brackets, and numbers without quotes."""
    if isinstance(value, list):
        return [str(item) for item in value]
    return [str(value)] if isinstance(value, str | int) else value


InWords = Annotated[Words, BeforeValidator(_words)]
Span = Annotated[Duration, BeforeValidator(_duration)]
WhoIs = Annotated[Who, BeforeValidator(_who)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class Register(_Entry):
    """The numbered list the process enters: its name and the form of its numbers."""

    name: str
    number: str
    title: InWords | None = None


class StartsWith(_Entry):
    """How a mail becomes this process: plus tags or aliases, first words of the subject, attachment names."""

    address: Texts = ()
    subject: Texts = ()
    attachment: Texts = ()


class FieldRule(_Entry):
    """One field of the card."""

    type: FieldType
    label: InWords
    required: bool | str = False
    """true, false, or a condition: «!urgent»."""
    read_from: Texts = Field(default=("body", "paper"), alias="from")
    """body = the mail's own words; paper = the attached invoice, its QR code included."""
    material: bool = False
    """A change brings everybody back, even those who agreed."""
    of: Texts = ()
    """The values a choice may have."""
    synonyms: Texts = ()
    ask: InWords | None = None
    """The question put to the initiator when it is missing."""
    card: bool = True
    """Shown on the card of every letter."""


class Reminder(_Entry):
    """When to remind: so long before the term, or at it."""

    before: Span | None = None
    """None = at the term."""


def _reminder(value: object) -> object:
    if value == "at due":
        return {"before": None}
    if isinstance(value, str) and value.endswith(" before"):
        return {"before": value.removesuffix(" before")}
    if isinstance(value, str):
        raise ValueError(f"`{value}` is no time to remind: write «4 hours before» or «at due»")
    return value


class OnSilence(_Entry):
    """What happens when nobody answers for so long after the task was given."""

    after: Span
    escalate_to: Literal["manager"] = "manager"


def _order(value: object) -> object:
    if value in ("in turn", "all", "any") or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise ValueError("write «in turn», «all», «any», or how many of them must agree")


class Numbering(_Entry):
    """A registration number taken when the stage opens: an outgoing letter gets its own at signing."""

    register_: str = Field(alias="register")
    form: str
    field: str
    """The field of the card the number is written to."""
    date_field: str
    """The field its date is written to."""


class Spawn(_Entry):
    """A case of another process that this one starts."""

    process: str
    initiator: WhoIs
    """Whose case it is; of several people the first."""
    take: dict[str, str] = {}
    """Fields of the new case and the fields of this one they are filled from; `number` is this case's number."""
    subject: InWords


class Stage(_Entry):
    """One stage of the route."""

    kind: Literal["approve", "perform", "fill", "resolve", "spawn"]
    who: WhoIs | None = None
    title: InWords
    fields: Texts = ()
    """What a fill stage must have before it is passed."""
    needs: Texts = ()
    """Documents made when the stage opens and enclosed with its letters: the names of templates/letters."""
    number: Numbering | None = None
    spawn: Spawn | None = None
    done_by_linked: bool = False
    """The task is done when the case that was started from this one is."""
    order: Annotated[Literal["in turn", "all", "any"] | int, BeforeValidator(_order)] = "in turn"
    when: str | None = None
    """The stage exists only if this is true."""
    skip_when: str | None = None
    skip_note: InWords | None = None
    """How a skipped stage stands on the approval sheet: «Не требуется: доверенная сумма»."""
    if_initiator: WhoIs | None = None
    """Who decides in place of the initiator when the stage falls to himself."""
    actions: tuple[Action, ...] = ("approve", "rework", "reject")
    answer: Literal["done", "paid"] = "done"
    due: Annotated[Duration | DueField, BeforeValidator(_due)] | None = None
    """So much working time, or «field NAME»: the end of the day the card names."""
    remind: tuple[Annotated[Reminder, BeforeValidator(_reminder)], ...] = ()
    on_silence: OnSilence | None = None
    assurance: Assurance = "mail"
    instruction: InWords | None = None

    @property
    def ask(self) -> Ask:
        """What its assignments ask for."""
        if self.kind == "perform":
            return Ask.PAYMENT if self.answer == "paid" else Ask.EXECUTION
        return {"approve": Ask.APPROVAL, "resolve": Ask.RESOLUTION}.get(self.kind, Ask.FIELDS)

    @property
    def money_moves(self) -> bool:
        """Its done answer means that money has left."""
        return self.answer == "paid" and self.kind == "perform"


class Rework(_Entry):
    """Where the corrected case goes, and whether those who agreed are asked again."""

    returns_to: Literal["first stage", "same stage"] = "first stage"
    skip_agreed: Literal["never", "unless material changed"] = "unless material changed"


class _File(_Entry):
    process: str = Field(pattern=r"^[a-z][a-z_]*$")
    title: InWords
    summary: InWords
    """The case in one line: {field} in braces; a part between « · » whose field is empty is left out."""
    register_: Register = Field(alias="register")
    starts_with: StartsWith = StartsWith()
    fields: dict[str, FieldRule]
    stages: list[dict[str, Stage]]
    rework: Rework = Rework()
    closing_papers: Texts = ()
    """Documents made when the case is closed and sent to its initiator."""


@dataclass(frozen=True)
class NamedStage:
    """A stage under its name, with its conditions compiled."""

    name: str
    rule: Stage
    when: Condition | None
    skip_when: Condition | None


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

    def stage(self, name: str) -> NamedStage | None:
        """Give the stage of that name; None for the stages every process has (clarify, rework, explain)."""
        return next((stage for stage in self.stages if stage.name == name), None)

    @property
    def material(self) -> frozenset[str]:
        """The fields whose change brings everybody back."""
        return frozenset(name for name, rule in self.fields.items() if rule.material)


Rules = Mapping[str, Process]


def read_process(text: str, name: str, directory: Directory | None) -> Process:
    """Read one rules file; raise SettingsError with a line for everything wrong in it.

    Without a directory the people it names are not checked.
    """
    file, lines = read_with_lines(text, name, _File)
    complaints: list[str] = []
    conditions = _Compiler(lines, {**_CASE_NAMES, **_types(file)}, complaints)
    process = _process(file, conditions)
    complaints += [*_stage_complaints(file, lines, directory), *_form_complaints(file, lines)]
    if complaints:
        raise SettingsError("\n".join(complaints))
    return process


def _types(file: _File) -> dict[str, ValueType]:
    return {name: _CONDITION_TYPES[rule.type] for name, rule in file.fields.items()}


class _Compiler:
    """Compiles conditions, gathering the complaints with their lines."""

    def __init__(self, lines: Lines, known: Mapping[str, ValueType], complaints: list[str]) -> None:
        self._lines, self._known, self._complaints = lines, known, complaints

    def __call__(self, source: str | None, *path: str | int) -> Condition | None:
        if source is None:
            return None
        try:
            return compile_condition(source, self._known)
        except ValueError as wrong:
            self._complaints.append(f"{self._lines.at(path)}: {wrong}")
            return None


def _process(file: _File, compiled: _Compiler) -> Process:
    required = {
        name: compiled(rule.required, "fields", name, "required") if isinstance(rule.required, str) else None
        for name, rule in file.fields.items()
        if rule.required
    }
    stages = tuple(
        NamedStage(
            name,
            stage,
            compiled(stage.when, "stages", n, name, "when"),
            compiled(stage.skip_when, "stages", n, name, "skip_when"),
        )
        for n, entry in enumerate(file.stages)
        for name, stage in entry.items()
    )
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
    )


# Those the directory never resolves to the initiator himself.
_NEVER_OWN = (Manager, Managers)


def _stage_complaints(file: _File, lines: Lines, directory: Directory | None) -> Iterator[str]:
    if not file.stages:
        yield f"{lines.at(('stages',))}: the process has no stages: add at least one"
    seen: set[str] = set()
    money = any(stage.money_moves for entry in file.stages for stage in entry.values())
    for n, entry in enumerate(file.stages):
        path: Path = ("stages", n)
        if len(entry) != 1:
            yield f"{lines.at(path)}: one stage an item: write `- name: {{kind: ..., who: ...}}`"
        for name, stage in entry.items():
            yield from _one_stage(name, stage, (*path, name), lines, directory, seen, money)
            seen.add(name)


def _one_stage(
    name: str, stage: Stage, path: Path, lines: Lines, directory: Directory | None, seen: set[str], money: bool
) -> Iterator[str]:
    if name in OWN_STAGES or name in seen:
        yield f"{lines.at(path)}: the stage name `{name}` is taken: choose another"
    for key, who in (("who", stage.who), ("if_initiator", stage.if_initiator)):
        wrong = unknown_in(who, directory) if who is not None and directory is not None else ""
        if wrong:
            yield f"{lines.at((*path, key))}: {wrong}"
    yield from (f"{lines.at(path)}: {wrong}" for wrong in _shape(name, stage))
    if stage.remind and stage.due is None:
        yield f"{lines.at((*path, 'remind'))}: stage `{name}` reminds of a term it has not: add `due:`"
    if stage.kind == "approve" and money and stage.if_initiator is None and not isinstance(stage.who, _NEVER_OWN):
        yield (
            f"{lines.at(path)}: stage `{name}` could fall to the initiator himself and money moves here: "
            "add `if_initiator: role ...`"
        )
    if stage.kind == "approve" and "approve" not in stage.actions:
        yield f"{lines.at((*path, 'actions'))}: stage `{name}` cannot be agreed: add `approve`"


def _shape(name: str, stage: Stage) -> Iterator[str]:
    """What a stage of its kind must say and may not."""
    if stage.kind != "spawn" and stage.who is None:
        yield f"stage `{name}` has no `who`: add it or remove the stage"
    if (stage.kind == "spawn") != (stage.spawn is not None):
        yield f"stage `{name}`: `spawn:` belongs to kind spawn, and kind spawn needs it"
    if (stage.kind == "fill") != bool(stage.fields):
        yield f"stage `{name}`: `fields:` belongs to kind fill, and kind fill needs it"


def _form_complaints(file: _File, lines: Lines) -> Iterator[str]:
    yield from _bad_form(file.register_.number, {"year": 2026, "seq": 1}, lines.at(("register", "number")))
    if "{seq" not in file.register_.number:
        yield f"{lines.at(('register', 'number'))}: the number has no {{seq}}: every case would have the same one"
    known: dict[str, Any] = dict.fromkeys(file.fields, "")
    for language in ("ru", "en"):
        yield from _bad_form(getattr(file.summary, language), known, lines.at(("summary", language)))
    yield from _unknown_fields(file, lines)
    yield from _unknown_papers(file, lines)
    for name, rule in file.fields.items():
        if rule.type == "choice" and not rule.of:
            yield f"{lines.at(('fields', name))}: the choice `{name}` has no values: add `of: [...]`"


def _unknown_fields(file: _File, lines: Lines) -> Iterator[str]:
    for n, entry in enumerate(file.stages):
        for name, stage in entry.items():
            path: Path = ("stages", n, name)
            named = [*(("fields", f) for f in stage.fields)]
            if isinstance(stage.due, DueField):
                named.append(("due", stage.due.name))
            if stage.number is not None:
                named += [("number", stage.number.field), ("number", stage.number.date_field)]
            for key, field in named:
                if field not in file.fields:
                    yield f"{lines.at((*path, key))}: there is no field `{field}`: add it under `fields:`"


def _unknown_papers(file: _File, lines: Lines) -> Iterator[str]:
    named: list[tuple[Path, str]] = [(("closing_papers",), paper) for paper in file.closing_papers]
    for n, entry in enumerate(file.stages):
        named += [(("stages", n, name, "needs"), paper) for name, stage in entry.items() for paper in stage.needs]
    for path, paper in named:
        if paper not in PAPER_NAMES:
            yield f"{lines.at(path)}: there is no paper `{paper}`: there are {', '.join(PAPER_NAMES)}"


def _bad_form(form: str, known: Mapping[str, Any], where: str) -> Iterator[str]:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(form) if name is not None]
        unknown = [name for name in names if name not in known]
        if unknown:
            yield f"{where}: `{{{unknown[0]}}}` is not known here: known are {', '.join(sorted(known))}"
        else:
            form.format(**known)
    except ValueError as wrong:
        yield f"{where}: the braces are not in pairs or the format is wrong ({wrong}): mend them"
