"""Whether mailflow does well: what was measured becomes signs, each a sentence a person can act on.

Owns: which measure is a worry, from when on, and the sentence of each in Russian and English. Refuses to know: how
it is measured, who is told and how often (`alarms`).
A sign that is `Bad` makes the whole ill; `Unsure` is worth a look, and `Good` tells what is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from mailflow.core.verdict import Bad, Good, Unsure, Verdict
from mailflow.core.views import Language
from mailflow.core.vitals import Machine, Queue, Vitals, together

STILL = timedelta(minutes=15)
"""So long the mailbox may go unread before somebody is told."""
SILENT = timedelta(minutes=5)
"""The service gives a sign of life every minute; after so long it does not run."""
OLD_LETTER = timedelta(hours=1)
"""A letter that has waited longer is late, whatever the reason."""
LATE_TIMER = timedelta(minutes=5)
OLD_ERRAND = timedelta(hours=1)
MiB = 1024 * 1024
LEAST_SPACE = 256 * MiB
LITTLE_SPACE = 2048 * MiB
OLD_KEY_DAYS = 365

Cause = Literal[
    "service",
    "intake",
    "outbox",
    "letters",
    "quarantine",
    "papers",
    "timers",
    "disk",
    "keys",
    "digest",
    "database",
    "webhooks",
]
ALARMING: tuple[Cause, ...] = ("intake", "outbox", "quarantine", "disk")
"""What people are written to about; the rest is told to whoever asks, and lost letters by the digest."""
CATCHING_UP: tuple[Cause, ...] = ("intake", "outbox")
"""What a service that has just been started again mends by itself, if it is given the time."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was looked at."""

    cause: Cause
    verdict: Verdict

    @property
    def ill(self) -> bool:
        """True where a person has to act."""
        return isinstance(self.verdict, Bad)


def signs(vitals: Vitals, machine: Machine, now: datetime, language: Language, zone: ZoneInfo) -> list[Sign]:
    """Give every sign in the order an operator reads them. `now` is aware."""
    told = _Told(vitals, machine, now, language, zone)
    return [Sign(cause, verdict) for cause, verdict in told.all()]


def alarming(found: Sequence[Sign], up: timedelta) -> dict[Cause, Bad]:
    """Give what people must be written to about, by its cause; `up`: how long the service has run."""
    excused = CATCHING_UP if up < STILL else ()
    return {
        sign.cause: sign.verdict
        for sign in found
        if isinstance(sign.verdict, Bad) and sign.cause in ALARMING and sign.cause not in excused
    }


def span(age: timedelta, language: Language) -> str:
    """Say how long: «3 дн. 4 ч», "4 h 12 min"; anything below a minute is «менее минуты»."""
    minutes = max(0, int(age.total_seconds())) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    names = ("дн.", "ч", "мин") if language == "ru" else ("d", "h", "min")
    parts = [f"{number} {name}" for number, name in zip((days, hours, rest), names, strict=True) if number]
    return " ".join(parts[:2]) or ("менее минуты" if language == "ru" else "less than a minute")


def word(cause: Cause, language: Language) -> str:
    """Name what people are written to about: «приём почты», "reading mail"."""
    ru, en = _WORDS[cause]
    return ru if language == "ru" else en


_WORDS: Mapping[Cause, tuple[str, str]] = {
    "intake": ("приём почты", "reading mail"),
    "outbox": ("отправка писем", "sending letters"),
    "quarantine": ("письма, отложенные для человека", "mails held for a person"),
    "disk": ("место на диске", "room on the disk"),
}


@dataclass(frozen=True, slots=True)
class _Told:
    """One reading, told in one language."""

    vitals: Vitals
    machine: Machine
    now: datetime
    language: Language
    zone: ZoneInfo

    def all(self) -> Iterator[tuple[Cause, Verdict]]:
        yield "service", self._service()
        yield "intake", self._intake()
        yield "quarantine", self._quarantine()
        yield "outbox", self._outbox()
        yield "letters", self._lost()
        yield "papers", self._papers()
        if any(queue.count for queue in self.vitals.calls.values()):
            yield "webhooks", self._webhooks()
        yield "timers", self._timers()
        yield "digest", self._digest()
        yield "database", Good(self._say("database", database=self.machine.database, cases=self.vitals.open_cases))
        yield "disk", self._disk()
        yield "keys", self._keys()

    def _service(self) -> Verdict:
        well_at = self.vitals.pulse("service").well_at
        if well_at is None:
            return Unsure(self._say("service_never"), self._say("service_start"))
        if self.now - well_at > SILENT:
            return Bad(self._say("service_down", since=self._at(well_at)), self._say("service_cure"))
        return Good(self._say("service_runs"))

    def _intake(self) -> Verdict:
        pulse = self.vitals.pulse("mailbox")
        if pulse.well_at is None and pulse.ill_since is None:
            return Unsure(self._say("mailbox_never"), self._say("service_start"))
        since = pulse.well_at or pulse.ill_since or self.now
        reason = pulse.reason or self._say("no_reason")
        if self.now - since > STILL:
            return Bad(self._say("mailbox_still", age=self._age(since), reason=reason), self._say("mailbox_cure"))
        if pulse.ill_since is not None:
            return Unsure(self._say("mailbox_lost", age=self._age(pulse.ill_since)), reason)
        return Good(self._say("mailbox_read", age=self._age(since)))

    def _quarantine(self) -> Verdict:
        held, failed = (self.vitals.mails.get(state, Queue()) for state in ("quarantined", "failed"))
        if held.count:
            words = self._say("quarantine", count=held.count, age=self._age(held.oldest))
            return Bad(words, self._say("quarantine_cure"))
        if failed.count:
            return Unsure(self._say("failed", count=failed.count), self._say("failed_why"))
        return Good(self._say("quarantine_none"))

    def _outbox(self) -> Verdict:
        waiting = self.vitals.waiting()
        if not waiting.count or waiting.oldest is None:
            last = self.vitals.last_letter
            return Good(self._say("outbox_none", last=self._at(last) if last is not None else "-"))
        words = self._say("outbox", count=waiting.count, age=self._age(waiting.oldest))
        if self.now - waiting.oldest > OLD_LETTER:
            return Bad(words, self._say("outbox_cure"))
        return Good(words)

    def _lost(self) -> Verdict:
        refused, unknown = (self.vitals.letters.get(state, Queue()).count for state in ("refused", "unknown"))
        if refused or unknown:
            return Bad(self._say("lost", refused=refused, unknown=unknown), self._say("lost_cure"))
        return Good(self._say("lost_none"))

    def _webhooks(self) -> Verdict:
        refused = self.vitals.calls.get("refused", Queue()).count
        waiting = together(self.vitals.calls.get(state, Queue()) for state in ("ready", "claimed", "deferred"))
        if refused:
            return Bad(self._say("calls_refused", count=refused), self._say("calls_cure"))
        words = self._say("calls", count=waiting.count, age=self._age(waiting.oldest))
        late = waiting.oldest is not None and self.now - waiting.oldest > OLD_LETTER
        return Unsure(words, self._say("calls_why")) if late else Good(words)

    def _papers(self) -> Verdict:
        waiting, failed = (self.vitals.errands.get(state, Queue()) for state in ("waiting", "failed"))
        if failed.count:
            return Bad(self._say("papers_failed", count=failed.count), self._say("papers_cure"))
        if waiting.oldest is not None and self.now - waiting.oldest > OLD_ERRAND:
            return Unsure(
                self._say("papers", count=waiting.count), self._say("papers_why", age=self._age(waiting.oldest))
            )
        return Good(self._say("papers", count=waiting.count))

    def _timers(self) -> Verdict:
        due = self.vitals.timers
        if due.oldest is not None and self.now - due.oldest > LATE_TIMER:
            return Bad(self._say("timers", count=due.count, age=self._age(due.oldest)), self._say("timers_cure"))
        return Good(self._say("timers_none"))

    def _digest(self) -> Verdict:
        day = self.vitals.last_digest
        return Good(self._say("digest", day=f"{day:%d.%m.%Y}") if day is not None else self._say("digest_none"))

    def _disk(self) -> Verdict:
        words = self._say("disk", free=self.machine.free // MiB)
        if self.machine.free < LEAST_SPACE:
            return Bad(words, self._say("disk_cure"))
        if self.machine.free < LITTLE_SPACE:
            return Unsure(words, self._say("disk_why"))
        return Good(words)

    def _keys(self) -> Verdict:
        words = self._say("keys", days=self.machine.key_days)
        return Unsure(words, self._say("keys_why")) if self.machine.key_days > OLD_KEY_DAYS else Good(words)

    def _say(self, key: str, **facts: object) -> str:
        ru, en = _SENTENCES[key]
        return (ru if self.language == "ru" else en).format(**facts)

    def _age(self, since: datetime | None) -> str:
        return span(self.now - since, self.language) if since is not None else "-"

    def _at(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%d.%m.%Y %H:%M}"


_SENTENCES: Mapping[str, tuple[str, str]] = {
    "service_runs": ("служба работает", "the service runs"),
    "service_never": ("служба ещё не запускалась", "the service has not run yet"),
    "service_start": ("запустите `mailflow run`", "start `mailflow run`"),
    "service_down": ("служба не работает: последний раз отзывалась {since}", "the service is down: last heard {since}"),
    "service_cure": (
        "посмотрите `journalctl -u mailflow` и запустите её снова",
        "look at `journalctl -u mailflow` and start it again",
    ),
    "mailbox_read": ("почта прочитана {age} назад", "mail was read {age} ago"),
    "mailbox_never": ("ящик ещё не читали", "the mailbox has not been read yet"),
    "mailbox_lost": ("нет связи с ящиком {age}", "the mailbox has been away for {age}"),
    "mailbox_still": ("почта не читается {age}: {reason}", "no mail has been read for {age}: {reason}"),
    "mailbox_cure": (
        "`mailflow check` скажет, что не так с ящиком; письма ждут на сервере, ничего не потеряно",
        "`mailflow check` says what is wrong with the mailbox; mail waits on the server, nothing is lost",
    ),
    "no_reason": ("причина неизвестна", "for no known reason"),
    "quarantine": (
        "отложено для человека писем: {count}, старейшее {age} назад",
        "mails held for a person: {count}, the oldest for {age}",
    ),
    "quarantine_none": ("отложенных писем нет", "no mail is held for a person"),
    "quarantine_cure": (
        "`mailflow retry` покажет их и возьмёт снова",
        "`mailflow retry` lists them and takes them again",
    ),
    "failed": ("не разобрано с первого раза писем: {count}", "mails that broke the work: {count}"),
    "failed_why": ("будут взяты снова", "they are tried again"),
    "outbox": ("ждут отправки писем: {count}, старейшее {age}", "letters to send: {count}, the oldest for {age}"),
    "outbox_none": ("все письма отправлены, последнее {last}", "every letter has left, the last one {last}"),
    "outbox_cure": (
        "`mailflow check` скажет, что не так с почтой; письма уйдут сами, когда сервер их возьмёт",
        "`mailflow check` says what is wrong with the post; letters leave by themselves once the server takes them",
    ),
    "lost": (
        "не приняты сервером: {refused}, неизвестно дошли ли: {unknown}",
        "letters refused: {refused}, of unknown fate: {unknown}",
    ),
    "lost_none": ("нет писем, которые сервер не принял", "no letter was refused or is of unknown fate"),
    "lost_cure": (
        "`mailflow retry` покажет их; каждое отправьте снова или отметьте решённым",
        "`mailflow retry` lists them; send each again or mark it as settled",
    ),
    "calls": (
        "вызовов других систем ждёт: {count}, старейший {age}",
        "calls to other systems: {count}, the oldest for {age}",
    ),
    "calls_why": (
        "другая система их пока не принимает; попытки продолжаются пять дней",
        "the other system does not take them yet; they are tried for five days",
    ),
    "calls_refused": ("другие системы не приняли вызовов: {count}", "calls other systems did not take: {count}"),
    "calls_cure": (
        "`mailflow retry` покажет их с причиной; почините адрес в [[webhooks]] и повторите или отметьте решёнными",
        "`mailflow retry` lists them with the reason; mend the url in [[webhooks]] and send them again, or settle them",
    ),
    "papers": ("документов и заявок в работе: {count}", "papers and cases in the making: {count}"),
    "papers_why": ("старейшее ждёт {age}", "the oldest has waited for {age}"),
    "papers_failed": ("не удалось сделать документов: {count}", "papers that could not be made: {count}"),
    "papers_cure": (
        "посмотрите причину в `mailflow retry`, исправьте и повторите",
        "look at the reason in `mailflow retry`, mend it and take them again",
    ),
    "timers": (
        "сроки не обработаны: {count}, старейший {age} назад",
        "reminders and terms not rung: {count}, the oldest for {age}",
    ),
    "timers_none": ("напоминания и сроки в порядке", "reminders and terms are on time"),
    "timers_cure": ("посмотрите журнал службы: `journalctl -u mailflow`", "look at the log: `journalctl -u mailflow`"),
    "digest": ("последняя сводка секретарю за {day}", "the secretary's last digest is of {day}"),
    "digest_none": ("сводки секретарю ещё не было", "there has been no digest yet"),
    "database": ("база: {database}; открытых заявок {cases}", "database: {database}; open requests {cases}"),
    "disk": ("свободно на диске {free} МиБ", "{free} MiB of disk are free"),
    "disk_cure": (
        "освободите диск: почту берём, только когда её есть где хранить",
        "free the disk: mail is taken only when it can be kept",
    ),
    "disk_why": ("этого хватит ненадолго", "this will not last long"),
    "keys": ("ключу подписи дней: {days}", "the signing key is {days} days old"),
    "keys_why": ("раз в год заводят новый: docs/operation.md", "make a new one once a year: docs/operation.md"),
}
