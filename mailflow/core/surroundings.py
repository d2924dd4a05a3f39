"""What the rules say about reading mail, in the form the classifier wants it.

Owns: rules -> signs, field forms, required names. Pure; made once when the rules are loaded.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.classify import Surroundings
from mailflow.core.field_forms import FieldForm
from mailflow.core.rules import Process, Rules
from mailflow.core.signs import ProcessSigns, signs


def surroundings(rules: Rules, own_addresses: tuple[str, ...], instance: str = "") -> Surroundings:
    """Give what every mail of a site is read against; what belongs to one mail is put in with `replace`."""
    by_subject = {
        p.name: tuple(name for name, rule in p.fields.items() if "subject" in rule.read_from) for p in rules.values()
    }
    return Surroundings(own_addresses, instance, signs_of(rules), forms_of(rules), required_of(rules), by_subject)


def signs_of(rules: Rules) -> tuple[ProcessSigns, ...]:
    """Give how a mail may name each process."""
    return tuple(
        signs(p.name, p.starts_with.address, p.starts_with.subject, p.starts_with.attachment) for p in rules.values()
    )


def forms_of(rules: Rules) -> Mapping[str, tuple[FieldForm, ...]]:
    """Give the fields each process reads out of a mail."""
    return {p.name: _forms(p) for p in rules.values()}


def _forms(process: Process) -> tuple[FieldForm, ...]:
    """A field may be named by its label too: people copy it out of our own letters."""
    return tuple(
        FieldForm(name, rule.type, (*rule.synonyms, rule.label.ru, rule.label.en), rule.of, rule.most)
        for name, rule in process.fields.items()
        if rule.read_from
    )


def required_of(rules: Rules) -> Mapping[str, tuple[str, ...]]:
    """Give the fields each process cannot do without, conditions left aside."""
    return {p.name: tuple(name for name, condition in p.required.items() if condition is None) for p in rules.values()}
