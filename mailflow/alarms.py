"""Letters to the secretary and the operator when something needs a person, and when it is over.

Owns: who is told, and how often: one letter a cause and day, one when it is over. A letter's event names reader, cause
and day, so that several processes, and a service started again, send it once. Refuses to know: what is a worry
(`core.health`). A letter about a post that is down leaves when the post is back: whoever must know at once watches
`mailflow status` or /healthz.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailflow import log
from mailflow.advance import advance
from mailflow.core.events import NoticeDue
from mailflow.core.health import ALARMING, Cause, word
from mailflow.core.office import Office
from mailflow.core.verdict import Bad
from mailflow.core.views import Language
from mailflow.edges.store import Committed, Store

OVER = "/over"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom to tell: a person of the directory, or an address of somebody who is not in it."""

    person: str
    address: str
    language: Language

    @property
    def name(self) -> str:
        """Name him in the keys of events."""
        return self.person or self.address


def readers(office: Office, operator: str, language: Language | None, now: datetime) -> list[Reader]:
    """Give the secretary, or whoever stands in, and the operator if there is one and he is somebody else."""
    directory = office.directory
    secretary = office.acting(office.secretary, now)
    found = [Reader(secretary, "", directory.language(secretary))]
    person = directory.by_address(operator) if operator else None
    if person is not None and person != secretary:
        found.append(Reader(person, "", language or directory.language(person)))
    elif operator and person is None:
        found.append(Reader("", operator, language or office.language))
    return found


@dataclass
class Alarms:
    """Who knows of what: read from the journal once, then kept."""

    store: Store
    office: Office
    _told: dict[tuple[str, Cause], str] = field(default_factory=dict)
    """Key of the last alarm a reader has of a cause, '' where it is over or never was."""

    async def tell(self, ill: Mapping[Language, Mapping[Cause, Bad]], to: Sequence[Reader], now: datetime) -> int:
        """Write what must be written; give how many letters. `ill` has what is wrong in each reader's language."""
        day = now.astimezone(self.office.hours.zone).date()
        written = 0
        for reader in to:
            for cause in ALARMING:
                wrong = ill[reader.language].get(cause)
                if wrong is not None:
                    written += await self._raised(reader, cause, wrong, f"{_beginning(reader, cause)}{day}", now)
                else:
                    written += await self._over(reader, cause, now)
        return written

    async def _raised(self, reader: Reader, cause: Cause, wrong: Bad, key: str, now: datetime) -> bool:
        if self._told.get((reader.name, cause)) == key:
            return False
        words = {"what": wrong.what, "cure": wrong.cure}
        fresh = not await self.store.happened(key) and await self._write(reader, key, "alarm", words, now)
        self._told[reader.name, cause] = key
        if fresh:
            log.alarm_raised(cause, wrong.what)
        return fresh

    async def _over(self, reader: Reader, cause: Cause, now: datetime) -> bool:
        if (reader.name, cause) not in self._told:
            last = await self.store.last_notice(_beginning(reader, cause))
            self._told[reader.name, cause] = last.key if last is not None and not last.key.endswith(OVER) else ""
        key = self._told[reader.name, cause]
        if not key:
            return False
        self._told[reader.name, cause] = ""
        fresh = await self._write(reader, f"{key}{OVER}", "alarm_over", {"what": word(cause, reader.language)}, now)
        if fresh:
            log.alarm_over(cause)
        return fresh

    async def _write(self, reader: Reader, key: str, kind: str, words: Mapping[str, str], now: datetime) -> bool:
        event = NoticeDue(key, now, kind, reader.person, words, address=reader.address, language=reader.language)
        return isinstance(await advance(event, self.store, self.office, now), Committed)


def _beginning(reader: Reader, cause: Cause) -> str:
    return f"alarm/{cause}/{reader.name}/"
