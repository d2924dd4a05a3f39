"""One case as its page shows it: card, route, versions, papers, letters and mails, history, linked cases.

Owns: `CaseView` and how it is read from a case and its rows. Refuses to know: who may see it (`sight`), HTML.
A letter of ours is named and not repeated: it holds a link that decides in its addressee's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailflow.core.case import Case
from mailflow.core.effects import SendLetter
from mailflow.core.journal import JournalRow
from mailflow.core.office import Office
from mailflow.core.register_columns import state_words
from mailflow.core.showing import Ways, file_line, letter_view
from mailflow.core.sight import Sight
from mailflow.core.tokens import TOKEN_TEXT
from mailflow.core.views import Changed, FileLine, Language, LetterView

MOST_HISTORY = 500
_ENTRANCE = re.compile(r"(?:(?<=/enter/)|(?<=/enter%2f))[0-9a-f]{64,96}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a file; `place` counts from 1 and names it in its download link."""

    place: int
    line: FileLine
    who: str
    when: str
    comment: str
    current: bool
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A document mailflow made."""

    place: int
    name: str
    when: str


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail of the case: `ours` to somebody or theirs to us; `key` opens a mail that came, '' = not shown."""

    when: str
    moment: datetime
    ours: bool
    who: str
    subject: str
    state: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    """Another case: its number, its id ('' = this visitor may not see it)."""

    number: str
    id: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the page of a case shows."""

    id: str
    number: str
    state: str
    opened: str
    view: LetterView
    versions: tuple[VersionLine, ...]
    papers: tuple[PaperLine, ...]
    history: tuple[tuple[str, str], ...]
    mails: tuple[MailLine, ...]
    linked: tuple[Linked, ...]
    task: int
    """The place of the open task this visitor answers on its page; 0 = there is none."""


def case_view(
    case: Case,
    journal: Sequence[JournalRow],
    mails: Sequence[MailLine],
    linked: Sequence[Linked],
    task: int,
    office: Office,
    sight: Sight,
    language: Language,
    now: datetime,
) -> CaseView:
    """Give the case as this visitor's page shows it."""
    letter = SendLetter("", "status", sight.person, "", language)
    history = tuple((office.shown(row.at, language), row.why) for row in journal[-MOST_HISTORY:])
    return CaseView(
        id=case.id,
        number=case.number,
        state=state_words(case, office, language),
        opened=office.shown_day(case.opened_at, language),
        view=letter_view(letter, case, office, Ways(), now),
        versions=_versions(case, office, language),
        papers=tuple(
            PaperLine(place, paper.name, office.shown(paper.at, language))
            for place, paper in enumerate(case.papers, start=1)
        ),
        history=history,
        mails=tuple(sorted(mails, key=lambda mail: mail.moment)),
        linked=tuple(linked),
        task=task,
    )


def _versions(case: Case, office: Office, language: Language) -> tuple[VersionLine, ...]:
    return tuple(
        VersionLine(
            place,
            file_line(file, office, language),
            office.short(file.by),
            office.shown(file.at, language),
            file.comment,
            file.current,
            tuple(Changed(file.name, one.was, one.now) for one in file.changes.places) if file.changes else (),
        )
        for place, file in enumerate(case.files, start=1)
    )


def without_tokens(text: str) -> str:
    """Give a text without anything that could be a token of ours: whoever quotes a letter quotes its link."""
    return _ENTRANCE.sub("…", TOKEN_TEXT.sub("…", text))


LetterState = Literal["ready", "claimed", "sent", "deferred", "refused", "unknown", "held"]
_STATES: Mapping[str, tuple[str, str]] = {
    "sent": ("отправлено", "sent"),
    "refused": ("не принято сервером", "refused by the server"),
    "unknown": ("неизвестно, дошло ли", "it is not known whether it arrived"),
    "held": ("задержано", "held back"),
}


_LETTERS: Mapping[str, tuple[str, str]] = {
    "ask": ("просьба ответить", "what is asked"),
    "reminder": ("напоминание", "a reminder"),
    "registered": ("заявка принята", "the request is taken in"),
    "recorded": ("ответ записан", "an answer is recorded"),
    "agreed": ("согласовано", "it is agreed"),
    "returned": ("возвращено на доработку", "returned for rework"),
    "rejected": ("отклонено", "it is rejected"),
    "closed": ("заявка закрыта", "the request is closed"),
    "question": ("вопрос", "a question"),
    "answered": ("ответ на вопрос", "an answer to a question"),
    "comment": ("комментарий", "a comment"),
    "escalation": ("задание просрочено", "a task is overdue"),
    "status": ("состояние заявки", "how the request stands"),
    "version": ("новая версия файла", "a new version of a file"),
    "withdrawn": ("заявка отозвана", "the request is withdrawn"),
    "notice": ("уведомление", "a notice"),
    "unclear": ("просьба уточнить ответ", "an answer to be made clear"),
}


def letter_word(kind: str, language: Language) -> str:
    """Say what a letter of ours about a case was."""
    ru, en = _LETTERS.get(kind, ("письмо", "a letter"))
    return ru if language == "ru" else en


def letter_state(state: str, language: Language) -> str:
    """Say what has become of a letter of ours."""
    ru, en = _STATES.get(state, ("ждёт отправки", "waiting to leave"))
    return ru if language == "ru" else en
