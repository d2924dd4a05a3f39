"""What is wrong with a process as a whole: every key is right, and yet a case would wait for ever or go astray.

Owns: `unsound`, over one process. Refuses to know: other processes (`rule_set`), single keys (`rule_checks`).
Everything said here is certain: what may be meant is not complained of.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping

from mailflow.core.agreed_fields import rewritten
from mailflow.core.directory import Directory
from mailflow.core.money import parse_money
from mailflow.core.numbers import find_number
from mailflow.core.places import Lines, Path
from mailflow.core.routing import FromField, HeadOf, Role, Who, parts_of
from mailflow.core.rule_file import RuleFile
from mailflow.core.rule_words import DueField
from mailflow.core.stages import Stage

_BROUGHT: Mapping[str, tuple[str, ...]] = {
    "approve": (),
    "fill": (),
    "spawn": (),
    "perform": ("payment_number", "payment_date"),
    "acknowledge": (),
    "collect": (),
    "produce": (),
    "notify": (),
    "resolve": ("resolution", "executors", "due", "answer_needed"),
}
"""The fields an answer at a stage of each kind fills by itself, whatever `from` says."""
_LITERAL = re.compile(r"""money\(\s*["']([^"']*)["']\s*\)""")
_WITH_LITERAL = re.compile(rf"(\w+)\.(?:within|over)\(\s*{_LITERAL.pattern}\s*\)")
_OF_INITIATOR = re.compile(r"""initiator\.(id|department)\s*[!=]=\s*["']([^"']*)["']""")
_NAMES = re.compile(r"""(?<![\w.])[a-z_]\w*(?![\w(])""")
_QUOTED = re.compile(r"""(["']).*?\1""")

Found = tuple[Path, str]
Stages = list[tuple[Path, str, Stage]]


def unsound(file: RuleFile, lines: Lines, directory: Directory | None) -> Iterator[str]:
    """Give what is wrong, one sentence each with its place and cure."""
    stages = _stages(file)
    found = [
        *_numbers(file, stages),
        *_askable(file, stages),
        *_field_kinds(file, stages),
        *_deciders(file, stages, directory),
        *_idle_keys(stages),
        *rewritten(file, stages),
        *_conditions(file, stages, directory),
    ]
    yield from (f"{lines.at(path)}: {said}" for path, said in found)


def _stages(file: RuleFile) -> Stages:
    return [(("stages", n, name), name, stage) for n, entry in enumerate(file.stages) for name, stage in entry.items()]


# --- numbers


def _numbers(file: RuleFile, stages: Stages) -> Iterator[Found]:
    form = file.register_.number
    names = _names(form)
    if names == {"seq"}:
        yield (
            ("register", "number"),
            (f"the number `{form}` has no {{year}}: it is counted anew each year, so numbers repeat: add {{year}}"),
        )
    elif names == {"seq", "year"} and not _is_found(form):
        yield (
            ("register", "number"),
            (
                f"the number `{form}` could not be told in the subject of a mail: write letters, year and number "
                "as in `СЧ-{year}-{seq:04}`"
            ),
        )
    for path, name, stage in stages:
        if stage.number is not None and "{seq" not in stage.number.form:
            yield (
                (*path, "number", "form"),
                (f"the registration number of stage `{name}` has no {{seq}}: every document would have the same one"),
            )


def _is_found(form: str) -> bool:
    number = form.format(year=2026, seq=1)
    return find_number(f"Re: [{number}] x") == number


def _names(form: str) -> set[str]:
    """Give what stands in the braces of a form; nothing for one that cannot be read."""
    try:
        form.format(year=2026, seq=1)
        return {name for _, name, _, _ in string.Formatter().parse(form) if name}
    except (ValueError, LookupError):
        return set()


# --- what can ever be filled


def _askable(file: RuleFile, stages: Stages) -> Iterator[Found]:
    """A field that no mail may state can be neither required nor waited for."""
    if not _asked_by_mail(file):
        return
    unread = {name for name, rule in file.fields.items() if not rule.read_from}
    for name in unread:
        if file.fields[name].required:
            yield (
                ("fields", name),
                (f"field `{name}` is required and no mail may state it (`from: []`): remove `required` or `from`"),
            )
    for path, stage_name, stage in stages:
        for name in stage.fields:
            if name in unread:
                yield (
                    (*path, "fields"),
                    (
                        f"stage `{stage_name}` waits for field `{name}`, which no mail may state (`from: []`): "
                        f"remove `from` from the field"
                    ),
                )


def _never_filled(file: RuleFile, stages: Stages) -> frozenset[str]:
    """Give the fields that stay empty in every case; none can be told where a stage is of a kind not known here."""
    if not _asked_by_mail(file) or any(stage.kind not in _BROUGHT for _, _, stage in stages):
        return frozenset()
    brought = {name for _, _, stage in stages for name in _BROUGHT[stage.kind]}
    numbered = {n for _, _, s in stages if s.number is not None for n in (s.number.field, s.number.date_field)}
    return frozenset(
        name for name, rule in file.fields.items() if not rule.read_from and name not in brought | numbered
    )


def _asked_by_mail(file: RuleFile) -> bool:
    """Say whether mails start this process; what only a command or another case starts has its fields from there."""
    return any((file.starts_with.address, file.starts_with.subject, file.starts_with.attachment, file.starts_with.text))


# --- fields of the kind a key wants


def _field_kinds(file: RuleFile, stages: Stages) -> Iterator[Found]:
    """Fields that exist and are of a type the key cannot use."""
    for path, name, stage in stages:
        wanted: list[tuple[str, str, str, str]] = []
        if stage.spawn is not None:
            named = (who.field for who in parts_of(stage.spawn.initiator) if isinstance(who, FromField))
            wanted += [("spawn", "starts a case for", field, "people") for field in named]
        if isinstance(stage.due, DueField):
            wanted.append(("due", "is due by", stage.due.name, "date"))
        if stage.number is not None:
            wanted.append(("number", "writes its number to", stage.number.field, "text"))
            wanted.append(("number", "writes its date to", stage.number.date_field, "date"))
        for key, does, field, kind in wanted:
            rule = file.fields.get(field)
            if rule is not None and rule.type != kind:
                yield (
                    (*path, key),
                    (
                        f"stage `{name}` {does} field `{field}`, which is of type {rule.type}: "
                        f"make it `type: {kind}` or name another"
                    ),
                )


# --- who is left to decide


def _deciders(file: RuleFile, stages: Stages, directory: Directory | None) -> Iterator[Found]:
    filled = {name for name, rule in file.fields.items() if rule.required is True}
    for path, name, stage in stages:
        if isinstance(stage.who, FromField) and stage.who.field in file.fields and _asked_by_mail(file):
            yield from _empty_field(path, name, stage, stage.who.field, filled)
        if directory is not None and stage.who is not None:
            for part in parts_of(stage.who):
                yield from _too_few((*path, "who"), name, stage, part, directory)
        filled |= {*stage.fields, *_BROUGHT.get(stage.kind, ())}


def _empty_field(path: Path, name: str, stage: Stage, field: str, filled: set[str]) -> Iterator[Found]:
    guarded = stage.when is not None and re.search(rf"\b{field}\b", stage.when) is not None
    if stage.kind in _BROUGHT and field not in filled and not guarded:
        yield (
            (*path, "who"),
            (
                f"stage `{name}` would have nobody to ask where field `{field}` is empty: make the field "
                f"`required: true`, let a stage before fill it, or add `when: size({field}) > 0`"
            ),
        )


def _too_few(path: Path, name: str, stage: Stage, who: Who, directory: Directory) -> Iterator[Found]:
    match who:
        case Role(role) if (
            isinstance(stage.order, int) and who == stage.who and 0 < len(directory.holders(role)) < stage.order
        ):
            yield (
                path,
                (
                    f"stage `{name}` needs {stage.order} to agree, and the role `{role}` is held by "
                    f"{len(directory.holders(role))}: lower `order:` or add holders"
                ),
            )
        case HeadOf(department) if department in directory.departments and not directory.departments[department].head:
            yield (
                path,
                f"stage `{name}` would have nobody to ask: department `{department}` has no head in directory.yaml",
            )


# --- keys that do nothing where they stand


def _idle_keys(stages: Stages) -> Iterator[Found]:
    spawned = False
    for path, name, stage in stages:
        if stage.skip_note is not None and stage.skip_when is None:
            yield (*path, "skip_note"), f"stage `{name}` is never skipped: add `skip_when:` or remove `skip_note:`"
        if stage.answer == "paid" and stage.kind != "perform":
            yield (*path, "answer"), f"stage `{name}` is of kind {stage.kind}: `answer: paid` belongs to kind perform"
        if stage.done_by_linked and not spawned:
            yield (
                (*path, "done_by_linked"),
                (f"stage `{name}` waits for a linked case, and none before it starts one: add a stage of kind spawn"),
            )
        spawned = spawned or stage.kind == "spawn"


# --- conditions that can never come true


def _conditions(file: RuleFile, stages: Stages, directory: Directory | None) -> Iterator[Found]:
    for path, source in _written(file, stages):
        yield from ((path, said) for said in (*_sums(source, file), *_staff(source, directory)))


def _written(file: RuleFile, stages: Stages) -> Iterator[Found]:
    """Give every condition of the file and where it stands."""
    for name, rule in file.fields.items():
        if isinstance(rule.required, str):
            yield ("fields", name, "required"), rule.required
    for path, _, stage in stages:
        named = (
            ("when", stage.when),
            ("skip_when", stage.skip_when),
            ("second_factor_when", stage.second_factor_when),
        )
        yield from (((*path, key), source) for key, source in named if source is not None)


def _sums(source: str, file: RuleFile) -> Iterator[str]:
    for match in _WITH_LITERAL.finditer(source):
        currency = _currency(match[2])
        if match[1] in file.fields and currency not in (None, "RUB") and "currency" not in file.fields:
            yield (
                f"`{match[0]}` is never true: this process has no field `currency`, so every sum is in RUB: "
                "add the field or write the sum in RUB"
            )


def _currency(text: str) -> str | None:
    money = parse_money(text)
    return getattr(money, "currency", None)


def _staff(source: str, directory: Directory | None) -> Iterator[str]:
    if directory is None:
        return
    for what, name in _OF_INITIATOR.findall(source):
        known = directory.people if what == "id" else directory.departments
        if name and name not in known:
            noun = "nobody has the id" if what == "id" else "there is no department"
            yield f"the condition is about `{name}`: {noun} `{name}` in directory.yaml"


def unfilled(file: RuleFile, lines: Lines, taken: frozenset[str]) -> Iterator[str]:
    """Give the conditions on fields that stay empty in every case; `taken`: those that another process fills."""
    stages = _stages(file)
    never = _never_filled(file, stages) - taken
    for path, source in _written(file, stages):
        for name in dict.fromkeys(_NAMES.findall(_QUOTED.sub("", source))):
            if name in never:
                yield (
                    f"{lines.at(path)}: the condition asks for field `{name}`, which nothing ever fills (`from: []`): "
                    "remove `from` from the field or the condition"
                )
