"""Everything that can be known to be wrong with a rules file before a case runs, told with line and cure.

Owns: `complaints`. Refuses to know: conditions (`conditions`) and how the file is read (`rules`).
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mailflow.core.case import OWN_STAGES
from mailflow.core.directory import Directory
from mailflow.core.documents import Lines, Path
from mailflow.core.routing import (
    ByTable,
    Everybody,
    ExecutorsOf,
    FromField,
    Initiator,
    Manager,
    Managers,
    Role,
    Who,
    parts_of,
    tables_of,
    unknown_in,
)
from mailflow.core.rule_file import RuleFile
from mailflow.core.rule_lists import Lists, choices_of, list_complaints
from mailflow.core.rule_words import DueField, Words
from mailflow.core.stages import NOBODY_ACTS, Stage

PAPER_NAMES = (
    "acquaintance_sheet",
    "approval_sheet",
    "goals_sheet",
    "minutes",
    "offers",
    "order",
    "outgoing_letter",
    "power_of_attorney",
    "resolution_slip",
    "visa_supplement",
)
"""What `needs` and `closing_papers` may name; `paper_views` knows what each says."""


def complaints(file: RuleFile, lines: Lines, directory: Directory | None, lists: Lists | None = None) -> Iterator[str]:
    """Give what is wrong, one sentence each; without a directory or lists what it names of them is not checked."""
    yield from (f"{lines.at(('started_by',))}: {wrong}" for wrong in _wrong_starters(file, directory))
    yield from _stage_complaints(file, lines, directory)
    yield from _form_complaints(file, lines, lists)


# Those the directory never resolves to the initiator himself.
_NEVER_OWN = (Manager, Managers)


def _wrong_starters(file: RuleFile, directory: Directory | None) -> Iterator[str]:
    """Who may start is known before there is a card: no field and no initiator can say it."""
    who = file.started_by
    if who is None:
        return
    if any(isinstance(part, _NEEDS_A_CASE) for part in parts_of(who)) or any(True for _ in tables_of(who)):
        yield "nobody has asked yet: name a role, a person, a department or its head in `started_by:`"
    elif directory is not None and (wrong := unknown_in(who, directory)):
        yield wrong


_NEEDS_A_CASE = (Initiator, Manager, Managers, FromField, ExecutorsOf)


def _stage_complaints(file: RuleFile, lines: Lines, directory: Directory | None) -> Iterator[str]:
    if not file.stages:
        yield f"{lines.at(('stages',))}: the process has no stages: add at least one"
    seen: set[str] = set()
    beside: set[str] = set()
    money = any(stage.money_moves for entry in file.stages for stage in entry.values())
    for n, entry in enumerate(file.stages):
        path: Path = ("stages", n)
        if len(entry) != 1:
            yield f"{lines.at(path)}: one stage an item: write `- name: {{kind: ..., who: ...}}`"
        for name, stage in entry.items():
            where = (*path, name)
            if stage.beside and stage.beside not in beside:
                yield f"{lines.at((*where, 'beside'))}: `{stage.beside}` is not the stage just above `{name}`"
            beside = {*beside, name} if stage.beside else {name}
            yield from _one_stage(name, stage, where, lines, directory, seen)
            yield from (f"{lines.at(where)}: {wrong}" for wrong in _money_at_risk(name, stage, money))
            seen.add(name)


def _one_stage(
    name: str, stage: Stage, path: Path, lines: Lines, directory: Directory | None, seen: set[str]
) -> Iterator[str]:
    if name in OWN_STAGES or name in seen:
        yield f"{lines.at(path)}: the stage name `{name}` is taken: choose another"
    for key, who in stage.named:
        wrong = unknown_in(who, directory) if directory is not None else ""
        if wrong:
            yield f"{lines.at((*path, *key))}: {wrong}"
    yield from (f"{lines.at(path)}: {wrong}" for wrong in _shape(name, stage))
    if stage.remind and stage.due is None:
        yield f"{lines.at((*path, 'remind'))}: stage `{name}` reminds of a term it has not: add `due:`"
    if stage.kind == "approve" and "approve" not in stage.actions:
        yield f"{lines.at((*path, 'actions'))}: stage `{name}` cannot be agreed: add `approve`"


def _money_at_risk(name: str, stage: Stage, money: bool) -> Iterator[str]:
    """What must be said where money moves: who stands in for the initiator, and that silence pays nothing."""
    if stage.kind != "approve" or not money:
        return
    if stage.if_initiator is None and not isinstance(stage.who, _NEVER_OWN):
        yield (f"stage `{name}` could fall to the initiator himself and money moves here: add `if_initiator: role ...`")
    if stage.on_silence is not None and stage.on_silence.approve is True:
        yield (
            f"silence at stage `{name}` would agree to a payment: remove `approve: true`, "
            "or write `approve: even for money` if that is meant"
        )


def _shape(name: str, stage: Stage) -> Iterator[str]:
    """What a stage of its kind must say and may not."""
    if stage.kind not in NOBODY_ACTS and stage.who is None:
        yield f"stage `{name}` has no `who`: add it or remove the stage"
    for key, kinds in _ONLY_AT.items():
        if getattr(stage, key) and stage.kind not in kinds:
            yield f"stage `{name}`: `{key}:` belongs to kind {' or '.join(kinds)}"
    for kind, keys in _NEEDED_BY.items():
        if stage.kind == kind and not any(getattr(stage, key) for key in keys):
            yield f"stage `{name}`: kind {kind} needs {' or '.join(f'`{key}:`' for key in keys)}"
    if stage.on_silence is not None and stage.on_silence.approve and stage.kind != "approve":
        yield f"stage `{name}`: silence can agree at kind approve only: remove `approve:`"
    if stage.may_ask_factor:
        yield from _factor(name, stage)
    if stage.text is not None and stage.kind not in ("notify", "produce") and not stage.outside:
        yield f"stage `{name}`: `text:` belongs to kind notify or produce, or to what leaves the company: `outside:`"
    if stage.outside and stage.text is None:
        yield f"stage `{name}` writes outside the company and says nothing there: add `text:`"
    for key in ("subject", "shows", "encloses") if not stage.outside else ():
        if getattr(stage, key):
            yield f"stage `{name}`: `{key}:` is of what leaves the company: add `outside: FIELD`, or remove it"
    if stage.order == "one per department" and not _names_departments(stage):
        yield f"stage `{name}` wants one of each department: name departments in `who:`"


def _factor(name: str, stage: Stage) -> Iterator[str]:
    """A second factor is shown on the page: what cannot be answered there cannot ask for one."""
    if stage.kind not in _ON_THE_PAGE or stage.file:
        yield (
            f"stage `{name}`: a second factor is shown on the page, and this stage is answered by mail: "
            "remove it, or use kind approve, acknowledge, or perform without `file:`"
        )
    if stage.on_silence is not None and stage.on_silence.approve:
        yield f"stage `{name}`: silence shows no second factor: remove `approve:`, or do not ask for one"


_ON_THE_PAGE = ("approve", "acknowledge", "perform")

_ONLY_AT: Mapping[str, tuple[str, ...]] = {
    "spawn": ("spawn",),
    "fields": ("fill",),
    "file": ("fill", "perform"),
    "also": ("fill",),
    "edits": ("approve",),
    "if_initiator": ("approve",),
    "outside": ("notify", "perform", "collect"),
}
_NEEDED_BY: Mapping[str, tuple[str, ...]] = {
    "spawn": ("spawn",),
    "fill": ("fields", "file"),
    "produce": ("needs",),
    "notify": ("text",),
}


def _names_departments(stage: Stage) -> bool:
    parts = parts_of(stage.who) if stage.who is not None else ()
    return any(isinstance(part, Everybody | FromField | ExecutorsOf | Role) for part in parts)


_NUMBER: Mapping[str, Any] = {"year": 2026, "seq": 1, "index": "01-14"}


def _form_complaints(file: RuleFile, lines: Lines, lists: Lists | None) -> Iterator[str]:
    yield from _bad_form(file.register_.number, _NUMBER, lines.at(("register", "number")))
    if "{seq" not in file.register_.number:
        yield f"{lines.at(('register', 'number'))}: the number has no {{seq}}: every case would have the same one"
    known: dict[str, Any] = dict.fromkeys(file.fields, "")
    for language in ("ru", "en"):
        yield from _bad_form(getattr(file.summary, language), known, lines.at(("summary", language)))
    if file.adds_up is not None:
        added = file.fields.get(file.adds_up.sum)
        if added is None or added.type != "money":
            yield f"{lines.at(('adds_up',))}: there is no field `{file.adds_up.sum}` of money: add it under `fields:`"
    yield from _unknown_fields(file, lines, lists)
    yield from list_complaints(file, lines, lists)
    yield from _unknown_papers(file, lines)
    for name, rule in file.fields.items():
        if rule.most and rule.type != "people":
            yield f"{lines.at(('fields', name, 'most'))}: `most:` counts people: `{name}` is {rule.type}"


def _bad_words(words: Words | None, file: RuleFile, where: str) -> Iterator[str]:
    known = dict.fromkeys((*file.fields, "number"), "")
    for language in ("ru", "en") if words is not None else ():
        yield from _bad_form(getattr(words, language), known, where)


def _wrong_outside(stage: Stage, file: RuleFile, before: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What leaves the company is written to mailboxes of the card, with files that are there by then."""
    rule = file.fields.get(stage.outside)
    if stage.outside and (rule is None or rule.type != "mailboxes"):
        yield "outside", f"there is no field `{stage.outside}` of mailboxes: add it under `fields:` with type mailboxes"
    for name in stage.encloses:
        if name not in ("request", *before):
            yield (
                "encloses",
                f"`{name}` is no stage before this one: name one, or `request` for what the case began with",
            )


def _unknown_fields(file: RuleFile, lines: Lines, lists: Lists | None) -> Iterator[str]:
    before: list[str] = []
    for n, entry in enumerate(file.stages):
        for name, stage in entry.items():
            path: Path = ("stages", n, name)
            named = [
                *(("fields", f) for f in stage.fields),
                *(("also", f) for f in stage.also),
                *(("shows", f) for f in stage.shows),
            ]
            if isinstance(stage.due, DueField):
                named.append(("due", stage.due.name))
            if stage.number is not None:
                named += [("number", stage.number.field), ("number", stage.number.date_field)]
            for key, field in named:
                if field not in file.fields:
                    yield f"{lines.at((*path, key))}: there is no field `{field}`: add it under `fields:`"
            for key in ("text", "subject"):
                yield from _bad_words(getattr(stage, key), file, lines.at((*path, key)))
            yield from (f"{lines.at((*path, key))}: {wrong}" for key, wrong in _wrong_outside(stage, file, before))
            before.append(name)
            for place, who in stage.named:
                yield from (f"{lines.at((*path, *place))}: {wrong}" for wrong in _wrong_who(who, file, lists))


def _wrong_who(who: Who, file: RuleFile, lists: Lists | None) -> Iterator[str]:
    """Say what of `who` the card does not have: a field of people, a choice with every one of its values."""
    for part in parts_of(who):
        if isinstance(part, FromField) and (part.field not in file.fields or file.fields[part.field].type != "people"):
            yield f"there is no field `{part.field}` of people: add it under `fields:` with type people"
        if isinstance(part, ExecutorsOf) and (
            part.field not in file.fields or file.fields[part.field].type != "points"
        ):
            yield f"there is no field `{part.field}` of points: add it under `fields:` with type points"
    for table in tables_of(who):
        yield from _wrong_table(table, file, lists)


def _wrong_table(table: ByTable, file: RuleFile, lists: Lists | None) -> Iterator[str]:
    rule = file.fields.get(table.field)
    if rule is None or rule.type != "choice":
        yield f"the table goes by `{table.field}`, which is no choice: add it under `fields:` with type choice"
        return
    chosen = choices_of(rule, lists)
    if chosen is None:
        return
    for value in sorted(set(table.table) - set(chosen.values)):
        yield f"the table has `{value}`, which `{table.field}` never is: it may be {_first(chosen.values)}"
    missing = [value for value in chosen.values if value not in table.table]
    if missing and table.otherwise is None:
        yield f"the table says nothing of {_first(missing)}: add rows, or `else: ...`"


def _first(values: Sequence[str]) -> str:
    """List values, of a long list the first."""
    return ", ".join(values[:_MOST_LISTED]) + (", …" if len(values) > _MOST_LISTED else "")


_MOST_LISTED = 12


def _unknown_papers(file: RuleFile, lines: Lines) -> Iterator[str]:
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
