"""The operator's page: what `mailflow status` reads, shown to whoever minds the service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailflow.core.service_view import Running, ServiceView, service_view
from mailflow.core.views import Language
from mailflow.core.vitals import Machine, Vitals
from mailflow.edges.store import Store

LATELY = timedelta(days=7)
"""So far back letters that did not arrive are shown."""
MOST = 50


@dataclass(frozen=True)
class Operation:
    """How the service is read; `measure` gives what the database and the machine say now."""

    store: Store
    zone: ZoneInfo
    measure: Callable[[datetime], Awaitable[tuple[Vitals, Machine]]]

    async def view(self, language: Language, now: datetime) -> ServiceView:
        """Give the page."""
        vitals, machine = await self.measure(now)
        lost = await self.store.lost_letters(now - LATELY)
        found = Running(vitals, machine, tuple(await self.store.folders()), tuple(lost[-MOST:]), self.zone)
        return service_view(found, language, now)
