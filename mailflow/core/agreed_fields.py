"""What was agreed to stays as it was: no stage writes a material field of its own once somebody may have agreed.

Owns: `rewritten`, that one complaint about a process. Refuses to know: everything else that may be wrong with it
(`soundness`), and what an answer writes (`correcting`). An agreement is to the material fields as they stood then; a
stage behind it that fills one in would leave the sheet saying yes to a sum its people never saw.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailflow.core.places import Path
from mailflow.core.rule_file import RuleFile
from mailflow.core.stages import Stage

Stages = list[tuple[Path, str, Stage]]


def rewritten(file: RuleFile, stages: Stages) -> Iterator[tuple[Path, str]]:
    """Give each material field a stage writes behind, or side by side with, one that approves: place and sentence."""
    material = {name for name, rule in file.fields.items() if rule.material}
    for n, (path, name, stage) in enumerate(stages):
        agrees = _agreeing(stages, n)
        for key, field in _writes(stage):
            if agrees and field in material:
                said = (
                    f"stage `{name}` fills in the material field `{field}` after stage `{agrees}` may have agreed: put "
                    f"stage `{name}` before `{agrees}`, or remove `material` from the field"
                )
                yield (*path, key), said


def _agreeing(stages: Stages, at: int) -> str:
    """Give the first stage that approves before the one at that place, or beside it; '' where none does."""
    return next((name for _, name, stage in stages[: _end_of_step(stages, at)] if stage.kind == "approve"), "")


def _end_of_step(stages: Stages, at: int) -> int:
    """Give the place behind the last stage that runs side by side with the one at that place."""
    return next((n for n in range(at + 1, len(stages)) if not stages[n][2].beside), len(stages))


def _writes(stage: Stage) -> Iterator[tuple[str, str]]:
    """Give the fields a stage asks for and those its registration number is written to, each with its key."""
    yield from (("fields", field) for field in stage.fields)
    if stage.number is not None:
        yield from (("number", field) for field in (stage.number.field, stage.number.date_field))
