"""The secretary's digest: what the office must not overlook, as headings and rows.

Owns: which days a digest speaks of, what stands in it and in which words. Refuses to know: databases,
templates; the clock is an argument. A case whose process or person has left the office is still shown.

Days are those of the office's zone and calendar: Monday's digest covers Friday and the weekend, and
one after a stop covers everything since the digest before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from mailflow.core.card_texts import title
from mailflow.core.case import Assignment, Case
from mailflow.core.dates import format_date, format_date_with_weekday
from mailflow.core.held_words import held_words
from mailflow.core.office import Office
from mailflow.core.office_time import OfficeTime
from mailflow.core.views import Language, Section
from mailflow.core.worktime import Duration, Unit, is_working_day, working_days_between

FURTHEST_BACK = timedelta(days=31)
"""After a longer pause a digest does not begin with everything there ever was."""
MOST_ROWS = 40
"""Rows of one section; the rest is counted, and stands in the registers."""


@dataclass(frozen=True, slots=True)
class LostLetter:
    """A letter of ours that did not arrive, or may not have."""

    number: str
    """The case's, or ''."""
    address: str
    state: Literal["refused", "unknown"]
    reason: str


@dataclass(frozen=True, slots=True)
class MissedMail:
    """A mail nothing was done about: a stranger's, one held for a person, one that could not be worked on."""

    sender: str
    subject: str
    received_at: datetime
    why: Literal["stray", "quarantined", "failed"]
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """The days a digest covers, both inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Overnight:
    """What was found for a digest."""

    new: Sequence[Case] = ()
    waiting: Sequence[Case] = ()
    """Cases with a task whose term is over or ends today."""
    stuck: Sequence[Case] = ()
    """Open cases nobody is asked about."""
    letters: Sequence[LostLetter] = ()
    mails: Sequence[MissedMail] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """What the letter says: the day or days, the numbers, and the sections that are not empty."""

    day: str
    counts: str
    sections: tuple[Section, ...]

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The same as rows, each beginning with the title of its section (see `views.sections`)."""
        return tuple((section.title, *row) for section in self.sections for row in section.rows)


def is_due(office: OfficeTime, now: datetime, at: time) -> bool:
    """Say whether a digest belongs to this moment: a working day, at or after that hour of the office."""
    local = now.astimezone(office.zone)
    return office.works(local.date()) and local.time() >= at


def span(office: Office, now: datetime, before: date | None) -> Span:
    """Give the days since the digest of the day `before`, at least from the last working day on."""
    today = now.astimezone(office.hours.zone).date()
    first = office.time.before(now, Duration(1, Unit.WORKING_DAY)).date()
    if before is not None:
        first = min(first, max(before, today - FURTHEST_BACK))
    return Span(first, today - timedelta(days=1))


def midnight(office: Office, day: date) -> datetime:
    """Give the moment the day begins in the office."""
    return datetime.combine(day, time(), office.hours.zone)


def digest(found: Overnight, days: Span, office: Office, language: Language, now: datetime) -> Digest:
    """Give the digest in that language; rows beyond `MOST_ROWS` of a section are only counted."""
    here = _Reading(office, language, now)
    gathered = {
        "overdue": tuple(here.overdue(found.waiting)),
        "today": tuple(here.due_today(found.waiting)),
        "mails": tuple(here.missed(mail) for mail in found.mails),
        "letters": tuple(here.lost(letter) for letter in found.letters),
        "stuck": tuple(here.stuck(case) for case in found.stuck),
        "new": tuple(here.new(case) for case in found.new),
    }
    sections = tuple(_section(name, rows, language) for name, rows in gathered.items() if rows)
    counts = {name: len(rows) for name, rows in gathered.items()}
    return Digest(_day(days, office, language), _counts(counts, language), sections)


def counted(number: int, forms: Sequence[str], language: Language) -> str:
    """Give «1 письмо», «2 письма», «5 писем»; English has two forms, one and many."""
    if language == "en":
        return f"{number} {forms[0 if number == 1 else 1]}"
    tens, ones = number % 100 // 10, number % 10
    form = 2 if tens == 1 or ones == 0 or ones > 4 else 0 if ones == 1 else 1
    return f"{number} {forms[form]}"


_COUNTS: Mapping[str, Mapping[Language, tuple[str, ...]]] = {
    "new": {"ru": ("новая", "новых", "новых"), "en": ("new", "new")},
    "overdue": {"ru": ("просрочено",) * 3, "en": ("overdue", "overdue")},
    "mails": {
        "ru": ("письмо не разобрано", "письма не разобрано", "писем не разобрано"),
        "en": ("mail not understood", "mails not understood"),
    },
    "letters": {
        "ru": ("письмо не доставлено", "письма не доставлено", "писем не доставлено"),
        "en": ("letter not delivered", "letters not delivered"),
    },
    "stuck": {
        "ru": ("заявка никого не ждёт", "заявки никого не ждут", "заявок никого не ждут"),
        "en": ("request waits for nobody", "requests wait for nobody"),
    },
}
_QUIET: Mapping[Language, str] = {"ru": "ничего нового", "en": "nothing new"}


def _counts(counts: Mapping[str, int], language: Language) -> str:
    said = [counted(counts[name], forms[language], language) for name, forms in _COUNTS.items() if counts[name]]
    return ", ".join(said) or _QUIET[language]


def _day(days: Span, office: Office, language: Language) -> str:
    """Name the working days covered: «пт 20.11.2026», or the first and the last of several."""
    covered = (days.first + timedelta(days=n) for n in range((days.last - days.first).days + 1))
    worked = [day for day in covered if is_working_day(day, office.calendar)] or [days.first]
    ends = dict.fromkeys((worked[0], worked[-1]))
    return " – ".join(format_date_with_weekday(day, language) for day in ends)


_TITLES: Mapping[str, tuple[str, str]] = {
    "overdue": ("Просрочено", "Overdue"),
    "today": ("Срок сегодня", "Due today"),
    "mails": ("Не разобрано", "Not understood"),
    "letters": ("Не доставлено", "Not delivered"),
    "stuck": ("Никого не ждут: решите, кому передать", "Waiting for nobody: decide who goes on"),
    "new": ("Новые", "New"),
}
_MORE: Mapping[Language, str] = {"ru": "и ещё {n}, все в приложенных реестрах", "en": "and {n} more, see the registers"}


def _section(name: str, rows: tuple[tuple[str, ...], ...], language: Language) -> Section:
    shown = tuple(tuple(cell for cell in row if cell) for row in rows[:MOST_ROWS])
    if len(rows) > MOST_ROWS:
        shown = (*shown, (_MORE[language].format(n=len(rows) - MOST_ROWS),))
    return Section(_TITLES[name][0 if language == "ru" else 1], shown)


_SAID: Mapping[str, tuple[str, str]] = {
    "late": ("{who}: срок был {due}, {waited}{absence}", "{who}: was due {due}, {waited}{absence}"),
    "waited": ("ждём {days}", "waiting for {days}"),
    "since_today": ("ждём с сегодняшнего дня", "waiting since today"),
    "stands_in": (" (замещает {who} до {until})", " ({who} stands in until {until})"),
    "away": (" (автоответ: нет на месте; замещающий не назначен)", " (automatic reply: away; nobody stands in)"),
    "gone": (" (больше нет в оргструктуре)", " (no longer in the directory)"),
    "from": ("от {who}", "from {who}"),
    "nobody": ("без отправителя", "no sender"),
    "subject": ("тема «{subject}»", "subject “{subject}”"),
    "no_subject": ("без темы", "no subject"),
    "stray": ("писал посторонний", "written by a stranger"),
    "quarantined": ("отложено, посмотрите сами: {reason}", "set aside, please look: {reason}"),
    "failed": ("не удалось прочесть: {reason}", "could not be read: {reason}"),
    "refused": ("сервер не принял: {reason}", "the server refused it: {reason}"),
    "unknown": ("неизвестно, дошло ли: {reason}", "it is not known whether it arrived: {reason}"),
}
_WORKING_DAYS: Mapping[Language, tuple[str, ...]] = {
    "ru": ("рабочий день", "рабочих дня", "рабочих дней"),
    "en": ("working day", "working days"),
}
_LONGEST = 160
"""Characters shown of what strangers and servers wrote."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """Who reads the digest, and when."""

    office: Office
    language: Language
    now: datetime

    def overdue(self, cases: Iterable[Case]) -> Iterator[tuple[str, ...]]:
        """Every task whose term is over, the longest late first."""
        for _, case, task in self._tasks(cases, late=True):
            yield case.number, self._title(case), self._late(task)

    def due_today(self, cases: Iterable[Case]) -> Iterator[tuple[str, ...]]:
        """Every task whose term ends later today."""
        for _, case, task in self._tasks(cases, late=False):
            yield case.number, self._title(case), self.office.short(task.principal) + self._absence(task)

    def new(self, case: Case) -> tuple[str, ...]:
        return case.number, self._title(case), self.office.short(case.initiator)

    def stuck(self, case: Case) -> tuple[str, ...]:
        return case.number, self._title(case), self.office.short(case.initiator)

    def lost(self, letter: LostLetter) -> tuple[str, ...]:
        return letter.number, letter.address, self._say(letter.state, reason=_short(letter.reason))

    def missed(self, mail: MissedMail) -> tuple[str, ...]:
        local = mail.received_at.astimezone(self.office.hours.zone)
        return (
            self._say("from", who=_short(mail.sender)) if mail.sender else self._say("nobody"),
            self._say("subject", subject=_short(mail.subject)) if mail.subject else self._say("no_subject"),
            f"{format_date(local.date(), self.language)} {local:%H:%M}",
            self._say(mail.why, reason=_short(held_words(mail.reason, self.language))),
        )

    def _tasks(self, cases: Iterable[Case], late: bool) -> list[tuple[datetime, Case, Assignment]]:
        tonight = midnight(self.office, self._local(self.now) + timedelta(days=1))
        found = [
            (task.due_at, case, task)
            for case in cases
            for task in case.open_assignments
            if task.due_at is not None and task.due_at < tonight and (task.due_at < self.now) == late
        ]
        return sorted(found, key=lambda one: (one[0], one[1].number, one[2].id))

    def _late(self, task: Assignment) -> str:
        assert task.due_at is not None
        days = working_days_between(self._local(task.opened_at), self._local(self.now), self.office.calendar)
        counted_days = counted(days, _WORKING_DAYS[self.language], self.language)
        waited = self._say("waited", days=counted_days) if days else self._say("since_today")
        due = self.office.shown_due(task, self.language)
        who = self.office.short(task.principal)
        return self._say("late", who=who, due=due, waited=waited, absence=self._absence(task))

    def _absence(self, task: Assignment) -> str:
        """Say why this person may not answer: has left, is stood in for, has sent an automatic reply."""
        person = self.office.directory.people.get(task.principal)
        if person is None:
            return self._say("gone")
        acting = self.office.acting(task.principal, self.now)
        standing_in = self.office.stands_in(task.principal, self.now)
        if acting != task.principal and standing_in is not None:
            until = format_date(date.fromisoformat(standing_in.until), self.language)
            return self._say("stands_in", who=self.office.short(acting), until=until)
        return self._say("away") if task.away else ""

    def _title(self, case: Case) -> str:
        """The case in one line; its subject where its rules are gone or have come to say something else."""
        if self.office.known_process_of(case) is not None:
            with suppress(ValueError, ArithmeticError):
                return title(case, self.office, self.language)
        return _short(case.subject)

    def _local(self, moment: datetime) -> date:
        return moment.astimezone(self.office.hours.zone).date()

    def _say(self, key: str, **facts: str) -> str:
        return _SAID[key][0 if self.language == "ru" else 1].format(**facts)


def _short(text: str) -> str:
    folded = " ".join(text[: 4 * _LONGEST].split())
    return folded if len(folded) <= _LONGEST else folded[: _LONGEST - 1] + "…"
