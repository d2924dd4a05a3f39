"""What the rules say about reading mail, in the form the classifier wants it.

Owns: rules -> signs, field forms. Pure; made once when the rules are loaded.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.around import Surroundings
from mailflow.core.field_forms import FieldForm
from mailflow.core.rule_file import FieldRule
from mailflow.core.rules import Process, Rules
from mailflow.core.signs import ProcessSigns, signs


def surroundings(rules: Rules, own_addresses: tuple[str, ...], instance: str = "") -> Surroundings:
    """Give what every mail of a site is read against; what belongs to one mail is put in with `replace`."""
    return Surroundings(own_addresses, instance, signs_of(rules), forms_of(rules))


def signs_of(rules: Rules) -> tuple[ProcessSigns, ...]:
    """Give how a mail may name each process."""
    return tuple(
        signs(p.name, start.address, start.subject, start.attachment, start.text)
        for p in rules.values()
        for start in [p.starts_with]
    )


def forms_of(rules: Rules) -> Mapping[str, tuple[FieldForm, ...]]:
    """Give the fields each process reads out of a mail."""
    return {p.name: _forms(p) for p in rules.values()}


def _forms(process: Process) -> tuple[FieldForm, ...]:
    """A field may be named by its label too: people copy it out of our own letters."""
    return tuple(_form(name, rule, process) for name, rule in process.fields.items() if rule.read_from)


def _form(name: str, rule: FieldRule, process: Process) -> FieldForm:
    return FieldForm(
        name,
        rule.type,
        (*rule.synonyms, rule.label.ru, rule.label.en),
        process.choices[name].values if name in process.choices else (),
        rule.most,
        rule.read_from,
        process.required.get(name) or name in process.required,
        process.choices[name].also if name in process.choices else (),
    )
