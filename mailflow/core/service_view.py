"""How the service does, as its operator's page shows it: signs, queues, mailboxes, letters that did not arrive.

Owns: these lines. Refuses to know: which measure is a worry (`health`), how it is measured, HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from mailflow.core.digest import LostLetter
from mailflow.core.health import Sign, signs, span
from mailflow.core.verdict import Bad, Good, Unsure
from mailflow.core.views import Language
from mailflow.core.vitals import Machine, Queue, Vitals


@dataclass(frozen=True, slots=True)
class SignLine:
    """One thing that was looked at, and what to do about it or why it is not sure."""

    level: Literal["ok", "note", "wrong"]
    text: str
    more: str


@dataclass(frozen=True, slots=True)
class QueueLine:
    """How many wait of what, and how long the oldest has."""

    what: str
    count: int
    oldest: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a mailbox, and the last UID read in it."""

    account: str
    folder: str
    last_uid: int


@dataclass(frozen=True, slots=True)
class Running:
    """What was read of the service at a moment."""

    vitals: Vitals
    machine: Machine
    folders: tuple[Folder, ...]
    lost: tuple[LostLetter, ...]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class ServiceView:
    """The page."""

    at: str
    healthy: bool
    signs: tuple[SignLine, ...]
    queues: tuple[QueueLine, ...]
    folders: tuple[Folder, ...]
    lost: tuple[LostLetter, ...]


def service_view(found: Running, language: Language, now: datetime) -> ServiceView:
    """Give the page."""
    told = signs(found.vitals, found.machine, now, language, found.zone)
    return ServiceView(
        at=f"{now.astimezone(found.zone):%d.%m.%Y %H:%M}",
        healthy=not any(sign.ill for sign in told),
        signs=tuple(_line(sign) for sign in told),
        queues=tuple(_queues(found.vitals, language, now)),
        folders=found.folders,
        lost=found.lost,
    )


def _line(sign: Sign) -> SignLine:
    match sign.verdict:
        case Good(what=what):
            return SignLine("ok", what, "")
        case Unsure(what=what, why=why):
            return SignLine("note", what, why)
        case Bad(what=what, cure=cure):
            return SignLine("wrong", what, cure)


def _queues(vitals: Vitals, language: Language, now: datetime) -> Iterator[QueueLine]:
    waiting: Sequence[tuple[str, Queue]] = (
        ("letters", vitals.waiting()),
        ("unknown", vitals.letters.get("unknown", Queue())),
        ("held", vitals.letters.get("held", Queue())),
        ("refused", vitals.letters.get("refused", Queue())),
        ("quarantined", vitals.mails.get("quarantined", Queue())),
        ("failed", vitals.mails.get("failed", Queue())),
        ("unsettled", Queue(vitals.unsettled)),
        ("errands", vitals.errands.get("waiting", Queue())),
        ("given_up", vitals.errands.get("failed", Queue())),
        ("timers", vitals.timers),
        ("cases", Queue(vitals.open_cases)),
    )
    place = 0 if language == "ru" else 1
    for name, queue in waiting:
        yield QueueLine(_NAMES[name][place], queue.count, span(now - queue.oldest, language) if queue.oldest else "")


_NAMES: Mapping[str, tuple[str, str]] = {
    "letters": ("Письма ждут отправки", "Letters waiting to leave"),
    "unknown": ("Неизвестно, ушло ли письмо", "Letters of unknown fate"),
    "held": ("Задержанные письма", "Letters held back"),
    "refused": ("Письма, которые сервер не принял", "Letters the server refused"),
    "quarantined": ("Карантин", "Quarantine"),
    "failed": ("Входящие, которые не разобрать", "Mails that break the reading"),
    "unsettled": ("Почтовый сервер ещё не извещён", "Mails the server has not been told about"),
    "errands": ("Документы и дела в работе", "Papers and cases to make"),
    "given_up": ("Документы, которые не сделать", "Papers that cannot be made"),
    "timers": ("Сроки, которые уже наступили", "Timers that are due"),
    "cases": ("Открытые заявки", "Open requests"),
}
