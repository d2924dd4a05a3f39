"""A process tried out: who would be asked and when, and every letter as it would look, touching nothing.

Owns: `Trial`: a request made for the trial, or a real mail from a file, and the answers everybody would give who takes
the case forward. Refuses to know: printing. Where all depends on what somebody would say (a resolution, a missing
field), the trial ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailflow.core.case import Ask, Assignment, Case, CaseState
from mailflow.core.directory import Directory
from mailflow.core.field_forms import DEFAULT_SYNONYMS
from mailflow.core.rules import Process
from mailflow.core.views import Language
from mailflow.errors import MailflowError
from mailflow.stories.office import StoryOffice
from mailflow.stories.postbag import Draft, File, Sent, stamped

MOST_ANSWERS = 60
FORWARD: Mapping[Ask, Mapping[Language, str]] = {
    Ask.APPROVAL: {"ru": "Согласовано", "en": "Approved"},
    Ask.PAYMENT: {"ru": "Оплачено, п/п 1 от {today}", "en": "Paid, order No. 1 of {today}"},
    Ask.EXECUTION: {"ru": "Готово", "en": "Done"},
    Ask.ACKNOWLEDGEMENT: {"ru": "Ознакомлен", "en": "Acknowledged"},
    Ask.OPINION: {"ru": "Возражений нет", "en": "No objections"},
}
"""What is replied to each letter that asks, so that the case goes on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One task of the trial, in the order they were given."""

    stage: str
    who: str
    at: str
    due: str
    """'' = no term."""


class Trial:
    """One case tried in an office of its own."""

    def __init__(self, office: StoryOffice) -> None:
        self._office = office
        self._directory: Directory = office.office.directory

    async def request(self, process: Process, person: str, stated: Mapping[str, str]) -> tuple[str, ...]:
        """Let the person ask for it with these fields; give what was not understood."""
        if person not in self._directory.people:
            raise MailflowError(f"nobody has the id `{person}`: directory.yaml has {', '.join(self._directory.people)}")
        unknown = [name for name in stated if name not in process.fields]
        if unknown:
            raise MailflowError(f"there is no field `{unknown[0]}`: {process.name} has {', '.join(process.fields)}")
        text = "\n".join(f"{_word(process, name)}: {value}" for name, value in stated.items())
        word = next(iter(process.starts_with.subject), process.name)
        to = self._tagged(next(iter(process.starts_with.address), ""))
        sender = self._directory.people[person].address
        await self._office.mail(Draft(sender, to, word.capitalize(), text, self._office.now))
        case = await self.case()
        return tuple(name for name in stated if case is not None and name not in case.fields)

    async def mail(self, raw: bytes) -> None:
        """Let a real mail come in, as if our server vouched for its writer."""
        await self._office.arrives(stamped(raw, self._office.now))

    async def go_on(self) -> str:
        """Let everybody answer who can take the case forward; say why it ends."""
        for _ in range(MOST_ANSWERS):
            case = await self.case()
            if case is None:
                return "no case was opened"
            if case.state is not CaseState.OPEN:
                return "the case is closed"
            task = next((a for a in case.open_assignments if a.ask in FORWARD), None)
            if task is None:
                return self._waiting(case)
            await self._answer(case, task)
            after = await self.case()
            if after is not None and any(a.id == task.id for a in after.open_assignments):
                return f"{self._office.office.short(task.principal)} would have to answer in his own words"
        return f"after {MOST_ANSWERS} answers the case is still open: do the rules go round in a circle?"

    async def case(self) -> Case | None:
        """Give the case tried, None if the mail opened none."""
        cases = await self._office.cases()
        return cases[0] if cases else None

    async def asked(self) -> list[Asked]:
        """Give every task that was given."""
        case = await self.case()
        found = []
        for task in case.assignments if case is not None else ():
            stage = self._office.office.stage_of(case, task.stage) if case is not None else None
            title = stage.rule.title.in_(self._office.office.language) if stage is not None else task.stage
            said = f" ({task.note})" if task.note else ""
            due = self._moment(task.due_at) if task.due_at is not None and not task.note else ""
            found.append(
                Asked(title, self._office.office.short(task.principal) + said, self._moment(task.opened_at), due)
            )
        return found

    @property
    def letters(self) -> list[Sent]:
        """Every letter that left, the first one first."""
        return self._office.sent

    async def sentences(self) -> list[str]:
        """What the journal says of it, mails without a case included."""
        case = await self.case()
        rows = await self._office.store.journal(case.id if case is not None else "office")
        return [row.why for row in rows]

    async def _answer(self, case: Case, task: Assignment) -> None:
        self._office.now += timedelta(minutes=1)
        person = self._office.office.acting(task.principal, self._office.now)
        letter = next(
            one
            for one in reversed(self._office.sent)
            if one.to == person and one.case == case.id and one.kind in ("ask", "reminder")
        )
        language = self._directory.language(person)
        words = FORWARD[task.ask][language].format(today=f"{self._office.now:%d.%m.%Y}")
        stage = self._office.office.stage_of(case, task.stage)
        files = (File("Файл.pdf", task.id.encode()),) if stage is not None and stage.rule.file else ()
        sender, to = self._directory.people[person].address, str(letter.message["Reply-To"])
        subject = f"Re: {letter.subject}"
        await self._office.mail(Draft(sender, to, subject, words, self._office.now, files, answers=letter))

    def _waiting(self, case: Case) -> str:
        people = ", ".join(dict.fromkeys(self._office.office.short(a.principal) for a in case.open_assignments))
        if not people:
            return "the case is open and waits for nobody: look at its rules"
        return f"it waits for {people}, whose answer cannot be guessed"

    def _tagged(self, tag: str) -> str:
        local, _, domain = self._office.address.partition("@")
        return f"{local}+{tag}@{domain}" if tag else self._office.address

    def _moment(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._office.office.hours.zone):%d.%m.%Y %H:%M}"


def _word(process: Process, name: str) -> str:
    """Give a word by which a mail states the field."""
    rule = process.fields[name]
    return next(iter((*rule.synonyms, *DEFAULT_SYNONYMS.get(name, ()))), rule.label.ru)
