"""What a person keeps in order himself: the browsers that are known as his, and his second factor.

A link of a letter («не вы? — остановить») leads to the same list without signing in: it shows and ends browsers, and
can do nothing else. Refuses to know: HTTP, and how second factors are checked (`second_factors`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailflow import log
from mailflow.core.codes import nonce_holds, page_nonce
from mailflow.core.dates import format_date
from mailflow.core.office import Office
from mailflow.core.tokens import KeyRing
from mailflow.core.views import Language
from mailflow.core.visits import BrowserLine, stops_for
from mailflow.edges.store import Browser, Store
from mailflow.second_factors import Factors

ALL = "all"


@dataclass(frozen=True)
class Own:
    """The office, its store, the keys, and the second factors."""

    office: Office
    store: Store
    ring: KeyRing
    factors: Factors

    def whose(self, link: str, now: datetime) -> str | None:
        """Give the person whose browsers the link of a letter may end; None for one that is none."""
        person = stops_for(link, now, self.ring)
        return person if person in self.office.directory.people else None

    def language(self, person: str) -> Language:
        """Give the language the person is spoken to in."""
        return self.office.directory.language(person)

    def nonce(self, link: str, now: datetime) -> str:
        """Give the nonce of the page behind a letter's link."""
        return page_nonce(link, now, self.ring)

    def holds(self, nonce: str, link: str, now: datetime) -> bool:
        """Say whether the form is of that page, and not an old one."""
        return nonce_holds(nonce, link, now, self.ring)

    async def browsers(self, person: str, here: str, now: datetime) -> tuple[BrowserLine, ...]:
        """Give the person's browsers that are known now, the newest first; `here` is the hash of the one in use."""
        known = await self.store.browsers(person)
        return tuple(self._line(one, here) for one in known if one.revoked_at is None and one.expires_at > now)

    async def stop(self, person: str, which: str, by: str, now: datetime) -> int:
        """End one browser of the person by its hash, or all of them; give how many ended."""
        if which == ALL:
            count = await self.store.revoke_browsers(person, now)
        else:
            mine = {one.hash for one in await self.store.browsers(person)}
            count = int(which in mine and await self.store.revoke_browser(which, now))
        log.browsers_ended(person, count, by)
        return count

    def _line(self, one: Browser, here: str) -> BrowserLine:
        since, seen = self._moment(one.created_at, one.person), self._moment(one.seen_at or one.created_at, one.person)
        return BrowserLine(one.hash, one.label, since, seen, one.signed_in_at is not None, one.hash == here)

    def _moment(self, at: datetime, person: str) -> str:
        local = at.astimezone(self.office.hours.zone)
        return f"{format_date(local.date(), self.language(person))} {local:%H:%M}"
