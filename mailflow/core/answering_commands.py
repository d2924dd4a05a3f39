"""What a command leads to: an event for a case, a case of its own, or a letter that answers at once.

Owns: who may say which command, and a helpful answer to every one that cannot be done as it was said.
Refuses to know: databases; what it needs of them comes with the mail (`happening.Arrival`).

Only what the mail server has proven acts (A29). What it has not proven is answered at the registered address of
the person named in From, so a forger learns nothing and moves nothing. A case somebody may not see is spoken of
like one that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from mailflow.core import habits
from mailflow.core.arrivals import Arrival, notice
from mailflow.core.card_texts import title
from mailflow.core.case import Case
from mailflow.core.command_words import command_word
from mailflow.core.events import CommandReceived, Event, NoticeDue, RequestReceived
from mailflow.core.helping import help_rows
from mailflow.core.kinds import Command
from mailflow.core.office import Office
from mailflow.core.seeing import may_see
from mailflow.core.sender import Proven
from mailflow.core.substitution import (
    SUBSTITUTION,
    Asked,
    Ended,
    NotClear,
    confirmed_by,
    fields_of,
    may_end,
    read_substitution,
)
from mailflow.core.views import Language

LONGEST_SAID = 200
"""Characters of a command that could not be done, as they are given back to its writer."""


def answer_command(command: Command, arrival: Arrival, office: Office) -> Event | None:
    """Give the event a command is; None for somebody who is nobody here."""
    if arrival.person is None:
        return None
    return _ANSWERS.get(command.command, _help)(command, arrival, office)


def _status(command: Command, arrival: Arrival, office: Office) -> Event:
    return _of_case(command, arrival, office) or _own_cases(command, arrival, office)


def _withdraw(command: Command, arrival: Arrival, office: Office) -> Event:
    if not command.details.get("number") and _SPEAKS_OF_STANDING_IN.search(command.said.lower()):
        return _substitute(replace(command, said="замещение: отменить"), arrival, office)
    return _of_case(command, arrival, office) or _unclear(command, arrival, office, "which")


_SPEAKS_OF_STANDING_IN = re.compile(r"замещени|substitution")


def _of_case(command: Command, arrival: Arrival, office: Office) -> Event | None:
    """Give the event for the case that is named; a letter where there is none he may see; None where none is named."""
    assert arrival.person is not None
    if arrival.case is not None and may_see(arrival.case, arrival.person, office, arrival.at):
        return CommandReceived(
            key=arrival.message.key,
            at=arrival.at,
            case=arrival.case.id,
            by=arrival.person,
            proof=arrival.proof,
            command="status" if command.command == "status" else "withdraw",
            message_id=arrival.message.message_id,
        )
    return _unclear(command, arrival, office, "no_case") if command.details.get("number") else None


def _own_cases(command: Command, arrival: Arrival, office: Office) -> NoticeDue:
    """«Статус» alone: where his own cases are."""
    rows = own_rows(arrival.own, office, _language(arrival, office))
    return notice("own_cases", arrival, {"said": command.said}, rows)


def own_rows(cases: tuple[Case, ...], office: Office, language: Language) -> tuple[tuple[str, ...], ...]:
    """Give a line a case: its number, its title, on whom it waits."""
    return tuple((case.number, title(case, office, language), _waits(case, office, language)) for case in cases)


def _waits(case: Case, office: Office, language: Language) -> str:
    names = ", ".join(dict.fromkeys(office.short(a.principal) for a in case.open_assignments))
    said = {"ru": ("ждём: {names}", "никого не ждёт"), "en": ("waits for {names}", "waits for nobody")}[language]
    return said[0].format(names=names) if names else said[1]


def _tasks(command: Command, arrival: Arrival, office: Office) -> NoticeDue:
    return notice("tasks", arrival, arrival.agenda.words, arrival.agenda.rows)


def _help(command: Command, arrival: Arrival, office: Office) -> NoticeDue:
    return notice("help", arrival, {}, help_rows(office, _language(arrival, office)))


def _mistyped(command: Command, arrival: Arrival, office: Office) -> NoticeDue:
    return _unclear(command, arrival, office, "meant")


# --- standing in


def _substitute(command: Command, arrival: Arrival, office: Office) -> Event:
    assert arrival.person is not None
    today = date.fromisoformat(office.day(arrival.at))
    text = f"{command.said}\n{arrival.own_text}"
    asked = read_substitution(text, arrival.person, today, office)
    match asked:
        case Asked():
            return _arrange(asked, arrival, office)
        case Ended(absentee=absentee):
            return _end(absentee, command, arrival, office)
        case NotClear(why=why, names=names):
            return _unclear(command, arrival, office, f"substitution_{why}", names=names)


def _arrange(asked: Asked, arrival: Arrival, office: Office) -> Event:
    """Ask for the substitution as for anything else; its rules say whose word is still needed."""
    assert arrival.person is not None
    confirm, confirm_by = confirmed_by(asked, arrival.person, arrival.proof, office)
    return RequestReceived(
        key=arrival.message.key,
        at=arrival.at,
        process=SUBSTITUTION,
        sure=True,
        by=arrival.person,
        proof=arrival.proof,
        fields=fields_of(asked, confirm, confirm_by),
        subject=arrival.message.subject,
        message_id=arrival.message.message_id,
    )


def _end(absentee: str, command: Command, arrival: Arrival, office: Office) -> Event:
    """«Замещение отменить»: the case that arranged it is withdrawn."""
    assert arrival.person is not None
    case = next((c for c in arrival.substitutions if c.fields.get("absentee") == (absentee,)), None)
    if case is None or not may_end(case, arrival.person, office.directory):
        return _unclear(command, arrival, office, "substitution_none")
    return CommandReceived(
        arrival.message.key, arrival.at, case.id, arrival.person, arrival.proof, "withdraw",
        message_id=arrival.message.message_id,
    )  # fmt: skip


# --- how often one is written to


def _digest(command: Command, arrival: Arrival, office: Office) -> Event:
    assert arrival.person is not None
    mode = habits.read_mode(f"{command.said}\n{arrival.own_text}")
    if mode is None:
        present = habits.mode_word(habits.mode_of(arrival.person, office.facts), _language(arrival, office))
        return notice("tasks", arrival, {**arrival.agenda.words, "mode": present}, arrival.agenda.rows)
    if not isinstance(arrival.proof, Proven):
        return _unclear(command, arrival, office, "unproven", reason=arrival.proof.in_(_language(arrival, office)))
    said = {"mode": habits.mode_word(mode, _language(arrival, office))}
    return notice("mode", arrival, said, learns=(habits.fact(arrival.person, mode),))


# --- what cannot be done as it was said


def _unclear(command: Command, arrival: Arrival, office: Office, why: str, **facts: str) -> NoticeDue:
    language = _language(arrival, office)
    number, meant = command.details.get("number", ""), command.details.get("meant", "")
    words = {
        "said": " ".join(command.said.split())[:LONGEST_SAID],
        "why": command_word(f"why_{why}", language, number=number, **facts),
        "meant": f"{meant.capitalize()} {number}".strip() if meant else "",
        "example": command_word(f"example_{why.partition('_')[0]}", language, number=number),
    }
    rows = own_rows(arrival.own, office, language) if why in ("which", "no_case") else ()
    return notice("unclear_command", arrival, words, rows)


def _language(arrival: Arrival, office: Office) -> Language:
    assert arrival.person is not None
    return office.directory.language(arrival.person)


_Answer = Callable[[Command, Arrival, Office], Event]
_ANSWERS: Mapping[str, _Answer] = {
    "status": _status,
    "tasks": _tasks,
    "withdraw": _withdraw,
    "substitute": _substitute,
    "digest": _digest,
    "help": _help,
    "unclear": _mistyped,
}
