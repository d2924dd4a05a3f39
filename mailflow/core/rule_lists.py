"""Which values a choice of a rules file has: those written there, or those of the list it names.

Owns: `choices_of`, and what is wrong with the list a field names. Refuses to know: how lists are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from mailflow.core.places import Lines
from mailflow.core.reference_lists import ReferenceList
from mailflow.core.rule_file import FieldRule, RuleFile
from mailflow.core.rule_words import ListName

Lists = Mapping[str, ReferenceList]
"""The lists of a site by name."""


def choices_of(rule: FieldRule, lists: Lists | None) -> ReferenceList | None:
    """Give the values of a choice; None for no choice, and for one whose list is not at hand."""
    if rule.type != "choice":
        return None
    if isinstance(rule.of, ListName):
        found = (lists or {}).get(rule.of.name)
        return found if found is not None and found.values else None
    return ReferenceList("", rule.of)


def list_complaints(file: RuleFile, lines: Lines, lists: Lists | None) -> Iterator[str]:
    """Say which choices have no values; without `lists` those of lists are not checked."""
    for name, rule in file.fields.items():
        where = lines.at(("fields", name, "of"))
        if isinstance(rule.of, ListName) and rule.type != "choice":
            yield f"{where}: `of: {rule.of.name}` names a list, and `{name}` is {rule.type}: make it `type: choice`"
        elif isinstance(rule.of, ListName) and lists is not None:
            yield from (f"{where}: {wrong}" for wrong in _wrong_list(rule.of.name, lists))
        elif rule.type == "choice" and not rule.of:
            yield f"{where}: the choice `{name}` has no values: add `of: [...]`, or `of: NAME` of a list"


def _wrong_list(name: str, lists: Lists) -> Iterator[str]:
    if name not in lists:
        near = get_close_matches(name, lists, n=1)
        cure = f"did you mean `{near[0]}`?" if near else "add the file, or write the values in brackets: `of: [...]`"
        yield f"there is no list `{name}` (lists/{name}.csv, .xlsx or .yaml): {cure}"
    elif not lists[name].values:
        yield f"the list `{name}` is empty: write its values"
