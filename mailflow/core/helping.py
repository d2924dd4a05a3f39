"""How every process of the office is begun by mail, as its rules say it.

Owns: the rows of the help letter. Refuses to know: the templates; nothing here is written by hand for a process,
so a process a company adds is in the letter the same day.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.office import Office
from mailflow.core.rules import Process
from mailflow.core.views import Language

MOST_FIELDS = 6
_SAID: Mapping[Language, Mapping[str, str]] = {
    "ru": {"subject": "тема письма «{word}: …»", "address": "или на адрес {address}", "fields": "напишите: {fields}"},
    "en": {"subject": "subject “{word}: …”", "address": "or to {address}", "fields": "say: {fields}"},
}


def help_rows(office: Office, language: Language, address: str = "") -> tuple[tuple[str, ...], ...]:
    """Give a row for each process people begin by mail: its title, the word of the subject, what to write."""
    begun = (process for process in office.rules.values() if process.starts_with.subject)
    return tuple(_row(process, language, address) for process in begun)


def _row(process: Process, language: Language, address: str) -> tuple[str, ...]:
    said = _SAID[language]
    parts = [process.title.in_(language), said["subject"].format(word=_word(process, language).capitalize())]
    tag = next(iter(process.starts_with.address), "")
    if tag and address:
        local, _, domain = address.partition("@")
        parts.append(said["address"].format(address=f"{local}+{tag}@{domain}"))
    names = [rule.label.in_(language) for name, rule in process.fields.items() if name in process.required]
    if names:
        parts.append(said["fields"].format(fields=", ".join(names[:MOST_FIELDS]).lower()))
    return tuple(parts)


def _word(process: Process, language: Language) -> str:
    """Give the opening word in the reader's alphabet, or the first there is."""
    words = process.starts_with.subject
    return next((word for word in words if word.isascii() == (language == "en")), words[0])
