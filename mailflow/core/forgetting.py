"""What is left of a text or a document once a person, or what a case said, is forgotten.

Owns: the two ways to mend: a person's names and addresses give way wherever they stand; of a case everything people
wrote gives way, and what happened, when and by whom stays. Both leave a document of the same shape, so that a journal
replayed gives the case with the gaps in it. Refuses to know: rows, files, the act of destruction.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from mailflow.core.directory import Person
from mailflow.core.journal import JournalRow, canonical

GAP = "[удалено / erased]"
"""Stands where something was."""
SHORTEST = 4
"""A shorter text would be found by chance in what concerns nobody."""

_KEPT = frozenset(
    {
        "id", "key", "type", "process", "state", "standing", "ask", "answer", "channel", "round", "stage", "opened_at",
        "closed_at", "at", "due_at", "silent_at", "paused_at", "reasked_at",
        "asked_at", "nudged_at", "register", "number", "version", "card",
        "material", "rules", "case", "assignment", "initiator", "principal", "by", "delegate", "to", "deferred_to",
        "command", "what", "pending", "document", "content_type", "started_from", "passed", "spawned", "linked",
        "findings", "unsure", "about", "language", "kind", "last", "until",
    }
)  # fmt: skip
"""Keys whose values say what happened, not what people wrote."""
_WHOLE = frozenset({"words", "rows", "details", "proof"})
"""Keys below which nothing is kept, whatever it is called."""


@dataclass(frozen=True)
class Mend:
    """How a text and a document are mended. `stands_for` is how the act and the journal name what was forgotten."""

    stands_for: str
    text: Callable[[str], str]
    document: Callable[[object], object]
    forms: tuple[str, ...] = field(default=(), repr=False)


def of_person(person_id: str, forms: tuple[str, ...], pseudonym: str) -> Mend:
    """Forget a person: his id becomes the pseudonym, every other form (a name, an address, a file's hash) a gap."""
    any_form = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{any_form})(?!\w)", re.IGNORECASE)

    def text(said: str) -> str:
        return pattern.sub(lambda found: pseudonym if found[0] == person_id else GAP, said)

    return Mend(pseudonym, text, lambda document: _walk(document, text), forms)


def of_case(case_id: str) -> Mend:
    """Forget what was written in a case; the case stays as a row of what happened."""
    return Mend(case_id, lambda said: GAP if said else said, _emptied)


def forms_of(person_id: str, person: Person, also: Iterable[str]) -> tuple[str, ...]:
    """Give every form under which the person stands in our rows: id, addresses, names, phone, and what was added."""
    initials = person.short.partition(" ")
    turned = f"{initials[2]} {initials[0]}" if initials[2] else ""
    given = " ".join(person.name.split()[1:]) if len(person.name.split()) == 3 else ""
    found = (person_id, person.address, *person.also, person.name, person.short, turned, given, person.phone, *also)
    return tuple(dict.fromkeys(form for form in map(str.strip, found) if len(form) >= SHORTEST))


def digest(row: JournalRow) -> str:
    """Hash what stands in a row now: the journal's note of an erasure names it, so that a gap cannot be forged."""
    said = {"event_key": row.event_key, "event": row.event, "why": row.why, "patch": row.patch}
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def _walk(value: object, text: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {text(str(key)): _walk(inner, text) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(inner, text) for inner in value]
    return value


def _emptied(value: object, whole: bool = False) -> object:
    if isinstance(value, str):
        return GAP if value else value
    if isinstance(value, list | tuple):
        return [_emptied(inner, whole) for inner in value]
    if not isinstance(value, Mapping):
        return value
    return {key: _emptied_at(str(key), inner, whole) for key, inner in value.items()}


def _emptied_at(key: str, inner: object, whole: bool) -> object:
    if key == "changes":
        return None
    if key == "files" and isinstance(inner, Mapping):
        return {}  # Evidence names its files in keys.
    if key == "fields" and isinstance(inner, Mapping):
        # An amount or a date must stay readable as one: an empty field is.
        return {name: value if isinstance(value, bool) else type(value)() for name, value in inner.items()}
    if key == "read_up_to" or (key in _KEPT and not whole and not isinstance(inner, Mapping)):
        return inner
    return _emptied(inner, whole or key in _WHOLE)
