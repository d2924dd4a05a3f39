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
from mailflow.core.case import Assignment, Case
from mailflow.core.command_words import command_word
from mailflow.core.delegating import CAN_BE_HANDED
from mailflow.core.entering import by_word, read_entered
from mailflow.core.entitlement import DECISIONS
from mailflow.core.events import (
    CommandReceived,
    DecisionEntered,
    Event,
    NoticeDue,
    RequestReceived,
    TaskHandedOver,
)
from mailflow.core.helping import help_rows
from mailflow.core.kinds import Command
from mailflow.core.mentioning import mentions
from mailflow.core.office import SECRETARY, Office
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
    if SUBSTITUTION not in office.rules:
        return _help(command, arrival, office)
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


# --- somebody else's task


def _hand_over(command: Command, arrival: Arrival, office: Office) -> Event:
    """«Передать СЧ-… от Смирновой Петрову»: whose task and to whom; whether he may, the engine says."""
    case, person = arrival.case, arrival.person
    assert person is not None
    if case is None or not may_see(case, person, office, arrival.at):
        return _unclear(command, arrival, office, "no_case")
    named = mentions(_after_number(command), office.directory)
    task, to = _task_and_heir(case, tuple(m.people for m in named), person)
    if task is None or to is None:
        said = ", ".join(m.text for m in named) or "?"
        return _unclear(command, arrival, office, "hand_over_whom", names=said)
    message = arrival.message
    return TaskHandedOver(message.key, arrival.at, case.id, task.id, person, to, arrival.proof, message.message_id)


def _task_and_heir(case: Case, named: tuple[tuple[str, ...], ...], by: str) -> tuple[Assignment | None, str | None]:
    """Give the one open task that is meant and who is to have it."""
    tasks = [a for a in case.open_assignments if a.ask in CAN_BE_HANDED]
    if any(len(people) != 1 for people in named) or not 1 <= len(named) <= 2:
        return None, None
    people = [one[0] for one in named]
    if len(people) == 2:
        tasks = [a for a in tasks if a.principal == people[0]]
    elif any(a.principal == by for a in tasks):
        tasks = [a for a in tasks if a.principal == by]
    return (tasks[0], people[-1]) if len(tasks) == 1 else (None, None)


def _decision(command: Command, arrival: Arrival, office: Office) -> Event:
    """«Решение СЧ-…: Смирнова согласовала», with the scan: entered by the secretary, marked so."""
    case, person = arrival.case, arrival.person
    assert person is not None
    if person not in office.directory.holders(SECRETARY):
        return _unclear(command, arrival, office, "not_allowed")
    if case is None:
        return _unclear(command, arrival, office, "no_case")
    text = f"{_after_number(command)}\n{arrival.own_text}"
    whose = [m for m in mentions(_after_number(command), office.directory) if len(m.people) == 1]
    tasks = [a for a in case.open_assignments if a.ask in DECISIONS and whose and a.principal == whose[0].people[0]]
    said = read_entered(text.replace(whose[0].text, " ", 1)) if whose else None
    if len(tasks) != 1:
        return _unclear(command, arrival, office, "decision_whose")
    if said is None:
        return _unclear(command, arrival, office, "decision_what")
    if not arrival.files and not by_word(text):
        return _unclear(command, arrival, office, "decision_scan")
    message = arrival.message
    return DecisionEntered(
        message.key, arrival.at, case.id, tasks[0].id, person, arrival.proof, said[0], said[1], arrival.files,
        message.message_id,
    )  # fmt: skip


def _after_number(command: Command) -> str:
    number = command.details.get("number", "")
    return command.said.partition(number)[2] if number else command.said


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
    "hand_over": _hand_over,
    "decision": _decision,
    "unclear": _mistyped,
}
