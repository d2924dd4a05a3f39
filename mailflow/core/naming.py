"""The people a card names: from the words of a mail to ids of the directory.

Owns: `with_people`, which puts ids in place of the names a mail states. Refuses to know: forms of names
(`name_forms`), posts and departments (`staff_names`). A field with a name that nobody surely bears is left out
whole and asked about: a list with one person too few is worse than a question.
"""

from __future__ import annotations

from collections.abc import Iterable

from mailflow.core.case import Fields, FieldValue
from mailflow.core.directory import Directory
from mailflow.core.rule_file import FieldRule
from mailflow.core.rules import Process
from mailflow.core.said_lists import point_of
from mailflow.core.staff_names import whom


def with_people(fields: Fields, process: Process, directory: Directory) -> tuple[Fields, tuple[str, ...]]:
    """Give the fields with ids for names, and the names of the fields left out because a name in them is not sure."""
    settled: dict[str, FieldValue] = {}
    unsure: list[str] = []
    for name, value in fields.items():
        known = _known(value, process.fields.get(name), directory)
        if known is None:
            unsure.append(name)
        else:
            settled[name] = known
    return settled, tuple(unsure)


def _known(value: FieldValue, rule: FieldRule | None, directory: Directory) -> FieldValue | None:
    if rule is None or not isinstance(value, tuple):
        return value
    if rule.type == "points":
        named = [name for line in value for name in point_of(line).executors]
        return value if all(whom(name, directory, "everybody") for name in named) else None
    return _people(value, rule, directory) if rule.type == "people" else value


def _people(names: Iterable[str], rule: FieldRule, directory: Directory) -> tuple[str, ...] | None:
    found = [whom(name, directory, rule.departments) for name in names]
    ids = tuple(dict.fromkeys(person for people in found for person in people or ()))
    # A list longer than it may be is kept whole: the initiator is asked whom to leave out.
    return ids if all(found) else None
