"""What the API calls: whoever lets keys in, serves other systems and passes answers on; as they are seen from here."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from mailflow.core.api_keys import ApiKey, Right
from mailflow.core.api_problems import Problem
from mailflow.core.asked_outside import (
    Answered,
    Answering,
    CasePage,
    Payments,
    RegisterPage,
    Shown,
    Start,
    Started,
    Wanted,
)
from mailflow.core.case import Case, FileVersion, Paper
from mailflow.core.journal import JournalRow
from mailflow.core.office import Office
from mailflow.core.registers import Form
from mailflow.core.rules import Process


class Keeper(Protocol):
    """Whoever lets keys in."""

    async def admit(self, text: str, right: Right | None, now: datetime) -> ApiKey | Problem: ...
    async def run(self) -> None: ...


class Connecting(Protocol):
    """Whoever serves other systems; only `start` and `comment` write."""

    @property
    def office(self) -> Office: ...
    def processes(self, key: ApiKey) -> tuple[Process, ...]: ...
    async def start(self, key: ApiKey, asked: Start, now: datetime) -> Started | Problem: ...
    async def case(self, key: ApiKey, case: str) -> Case | None: ...
    async def cases(self, key: ApiKey, wanted: Wanted, now: datetime) -> CasePage | Problem: ...
    async def story(self, key: ApiKey, case: str) -> list[JournalRow] | None: ...
    async def file(self, key: ApiKey, case: str, place: int) -> tuple[FileVersion, bytes] | None: ...
    async def paper(self, key: ApiKey, case: str, place: int) -> tuple[Paper, bytes] | None: ...
    async def comment(
        self, key: ApiKey, case: str, person: str, text: str, idempotency: str, now: datetime
    ) -> bool | Problem: ...
    def registers(self, key: ApiKey) -> tuple[Form, ...]: ...
    async def register(self, key: ApiKey, name: str, wanted: Wanted, now: datetime) -> RegisterPage | Problem: ...
    async def payments(self, key: ApiKey) -> Payments: ...
    async def bank_file(self, key: ApiKey, now: datetime) -> bytes: ...


class Passing(Protocol):
    """Whoever passes on the answers of people; `answer` and `send_code` write."""

    async def look(self, key: ApiKey, token: str, now: datetime) -> Shown | Problem: ...
    async def answer(self, key: ApiKey, answering: Answering, now: datetime) -> Answered | Problem: ...
    async def send_code(self, key: ApiKey, token: str, now: datetime) -> Problem | None: ...
