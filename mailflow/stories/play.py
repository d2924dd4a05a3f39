"""One story, from its first step to its last, or to the first that comes out otherwise.

Owns: what each word of a story does in the office, and the account of what happened. Refuses to know: files, printing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import assert_never

from mailflow.core.case import Case
from mailflow.core.pages import Again, Form, Pressed
from mailflow.errors import MailflowError
from mailflow.stories.expecting import Difference, Seen, differences
from mailflow.stories.form import (
    Attached,
    Checks,
    Directs,
    Expected,
    Leaves,
    Passes,
    PlacedStep,
    Presses,
    Replies,
    Stands,
    Step,
    Story,
    Takes,
    Until,
    Writes,
)
from mailflow.stories.office import StoryOffice
from mailflow.stories.people import People
from mailflow.stories.postbag import Draft, File, Sent


class StoryFault(MailflowError):
    """A step cannot be played: it names somebody nobody knows, or a letter that never came."""


@dataclass(frozen=True)
class Failure:
    """A step that came out otherwise: where it stands, and every point of difference, or why it cannot be played."""

    at: str
    differences: tuple[Difference, ...] = ()
    fault: str = ""


@dataclass(frozen=True)
class Played:
    """What became of a story, and its account up to where it ended."""

    story: Story
    account: tuple[str, ...]
    failure: Failure | None

    @property
    def held(self) -> bool:
        """True where everything came as expected."""
        return self.failure is None


class Player:
    """Plays one story in one office."""

    def __init__(self, office: StoryOffice, people: People, folder: Path) -> None:
        self._office = office
        self._people = people
        self._folder = folder
        self._account: list[str] = []
        self._letters_told = 0
        self._journal_told: dict[str, int] = {}
        self._sentences: list[tuple[str, str]] = []
        self._page = ""

    async def play(self, story: Story) -> Played:
        """Play the steps in order; end at the first that comes out otherwise."""
        for placed in story.steps:
            failure = await self._step(placed)
            if failure is not None:
                return Played(story, tuple(self._account), failure)
        return Played(story, tuple(self._account), None)

    async def _step(self, placed: PlacedStep) -> Failure | None:
        letters_before = len(self._office.sent)
        try:
            if not isinstance(placed.step, Checks):
                self._office.a_minute_later()
                self._sentences = []
                await self._do(placed.step)
                await self._tell(letters_before)
                self._since = letters_before
            found = await self._compare(placed.step.expect)
        except MailflowError as fault:
            return Failure(placed.at, fault=str(fault))
        return Failure(placed.expected_at, tuple(found)) if found else None

    _since = 0

    # --- what the words do

    async def _do(self, step: Step) -> None:
        match step:
            case Writes():
                await self._writes(step)
            case Replies():
                await self._replies(step)
            case Presses():
                await self._presses(step)
            case Takes():
                self._say(f"a mail comes in: {step.eml}")
                await self._office.arrives(self._bytes(step.eml))
            case Passes():
                await self._pass_to(self._office.office.time.after(self._office.now, step.after))
            case Until():
                await self._pass_to(step.at.replace(tzinfo=self._office.office.hours.zone))
            case Leaves() | Stands() | Directs():
                self._people_change(step)
            case Checks():
                pass
            case _:
                assert_never(step)

    async def _writes(self, step: Writes) -> None:
        to = self._tagged(step.to) if step.to.startswith("+") else step.to or self._office.address
        self._say(f"{step.from_} writes «{step.subject}»")
        sender, files = self._address(step.from_), self._attached(step.attach)
        await self._office.mail(
            Draft(sender, to, step.subject, step.text, self._office.now, files, step.headers, None, step.proven)
        )

    async def _replies(self, step: Replies) -> None:
        letter = self._letter(step.letter_of or step.reply, step.letter)
        to = str(letter.message["Reply-To"] or letter.message["From"])
        subject = f"Re: {letter.subject}" if step.subject is None else step.subject
        self._say(f"{step.reply} replies to the letter ({letter.kind}) «{letter.subject}»: {_line(step.text)}")
        sender, files = self._address(step.reply), self._attached(step.attach)
        await self._office.mail(
            Draft(sender, to, subject, step.text, self._office.now, files, step.headers, letter, step.proven)
        )

    async def _presses(self, step: Presses) -> None:
        letter = self._letter(step.letter_of or step.press, step.letter)
        read = "yes" if step.tick and step.choice == "acknowledge" else ""
        form = Form(choice=step.choice, comment=step.comment, number=step.number, date=step.date, read=read)
        self._say(f"{step.press} presses «{step.choice}» in the letter «{letter.subject}» {step.comment}".rstrip())
        outcome = await self._office.press(letter, form, step.press, step.code, step.browser == "another")
        if outcome is None:
            raise StoryFault(f"the letter «{letter.subject}» has no button: name another with `letter:`")
        self._page = page_word(outcome)
        self._account.append(f"    the page: {self._page}")

    async def _pass_to(self, moment: datetime) -> None:
        self._say(f"time passes until {moment:%d.%m.%Y %H:%M}")
        await self._office.until(moment)

    def _people_change(self, step: Leaves | Stands | Directs) -> None:
        match step:
            case Leaves():
                self._known(step.left)
                self._say(f"{step.left} leaves the company")
                self._people.without(step.left)
            case Stands():
                self._known(step.substitute)
                self._say(f"{step.by} stands in for {step.substitute} from {step.since} to {step.until}")
                self._people.stand_in(step.substitute, step.by, step.since, step.until)
            case Directs():
                self._say("the directory is changed")
                self._people.laid_over(step.directory)
        self._office.office = replace(self._office.office, directory=self._people.directory)

    # --- who and what is meant

    def _known(self, person: str) -> None:
        if person not in self._people.directory.people:
            raise StoryFault(f"nobody has the id `{person}`: use one of {', '.join(self._people.directory.people)}")

    def _address(self, who: str) -> str:
        if "@" in who:
            return who
        self._known(who)
        return self._people.directory.people[who].address

    def _tagged(self, tag: str) -> str:
        local, _, domain = self._office.address.partition("@")
        return f"{local}{tag}@{domain}"

    def _letter(self, of: str, named: str | None) -> Sent:
        his = [one for one in self._office.sent if of in (one.to, one.address)]
        if not his:
            raise StoryFault(f"{of} has got no letter yet: let somebody write to him first")
        fitting = [one for one in his if named is None or named == one.kind or named in one.subject]
        if not fitting:
            have = "; ".join(f"({one.kind}) {one.subject}" for one in his)
            raise StoryFault(f"no letter of {of} is «{named}»: he has {have}")
        return fitting[-1]

    def _attached(self, files: Sequence[Attached]) -> tuple[File, ...]:
        return tuple(
            File(one.name, self._bytes(one.file) if one.file else f"{one.name}\n{one.text}\n".encode()) for one in files
        )

    def _bytes(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except OSError as wrong:
            raise StoryFault(f"{name}: cannot be read beside the stories ({wrong.strerror})") from None

    # --- the account

    def _say(self, what: str) -> None:
        local = self._office.now.astimezone(self._office.office.hours.zone)
        self._account.append(f"  {local:%a %d.%m.%Y %H:%M}  {what}")

    async def _tell(self, letters_before: int) -> None:
        cases = await self._office.cases()
        for name, number in (("office", "office"), *((case.id, case.number) for case in cases)):
            rows = (await self._office.store.journal(name))[self._journal_told.get(name, 0) :]
            self._journal_told[name] = self._journal_told.get(name, 0) + len(rows)
            self._sentences += [(name, row.why) for row in rows]
            self._account += [f"    {number}: {row.why}" for row in rows]
        for letter in self._office.sent[letters_before:]:
            self._account.append(f"    letter ({letter.kind}) to {letter.to or letter.address}: {letter.subject}")

    # --- what is seen

    async def _compare(self, expected: Expected | None) -> list[Difference]:
        if expected is None:
            return []
        cases = await self._office.cases()
        case = chosen(cases, expected.case)
        asked = case is not None and expected.papers
        papers = {p.document: await self._office.paper(case, p.document) for p in case.papers} if case and asked else {}
        inbox = await self._office.store.inbox(limit=1)
        wanted = None if expected.case is None else case
        return differences(
            expected,
            Seen(
                case=case,
                cases=len(cases),
                letters=self._office.sent[self._since :],
                journal=[why for name, why in self._sentences if wanted is None or name == wanted.id],
                papers=papers,
                understood=str(inbox[0].taken.kind) if inbox else "",
                page=self._page,
                zone=self._office.office.hours.zone,
            ),
        )


def chosen(cases: Sequence[Case], named: str | None) -> Case | None:
    """Give the case of that number, or the newest of that process; the first of all where none is named."""
    if named is None:
        return cases[0] if cases else None
    fitting = [case for case in cases if named in (case.number, case.process)]
    return fitting[-1] if fitting else None


def page_word(outcome: Pressed) -> str:
    """Name what the page answered: recorded, already, stale; or what it asks for: needs_code, needs_reason, ..."""
    name = type(outcome.why).__name__ if isinstance(outcome, Again) else type(outcome).__name__
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _line(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 120 else words[:119] + "…"
