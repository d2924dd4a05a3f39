"""A whole office for tests that live in it: real servers on loopback, the daemon's own steps, people with mailboxes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import aiosmtplib

from mailflow import daemon
from mailflow.app import App, opened
from mailflow.core.case import Case
from mailflow.world import Letter, Paper, World
from tests.offices import HERE

DOCS = "docs@neon.example"
IVAN, PETROV, OLGA = "i.kuznetsov@neon.example", "p.petrov@neon.example", "o.smirnova@neon.example"
BUH, SECRETARY, DIRECTOR = "buh@neon.example", "sekretar@neon.example", "director@neon.example"
JOHN, ORLOV = "j.smith@neon.example", "s.orlov@neon.example"
PEOPLE = (IVAN, PETROV, OLGA, BUH, SECRETARY, DIRECTOR, ORLOV, JOHN)
NUMBER = "СЧ-2026-0001"
ORDER = """Прошу оплатить.
Подрядчик: ООО «Ромашка»
Сумма: 120 000,50
Счёт: № 57 от 12.11.2026
Статья: Реклама
В бюджете: да
Оплатить до: 30.11.2026
"""


@dataclass
class Life:
    """The office at work: its mail, and the service over it."""

    world: World
    app: App

    async def works(self) -> None:
        """Let the service do everything that waits."""
        await daemon.run_once(self.app)

    async def asks(self, text: str = ORDER, papers: tuple[Paper, ...] = (Paper("Счет 57.pdf", b"first"),)) -> None:
        """Ivan asks for an invoice to be paid."""
        await self.world.write(IVAN, "Счёт: баннеры", text, papers)
        await self.works()

    async def writes(self, who: str, subject: str, text: str = "", papers: tuple[Paper, ...] = ()) -> None:
        """Somebody writes to the office, and the service works on it."""
        await self.world.write(who, subject, text, papers)
        await self.works()

    async def says(self, who: str, text: str, papers: tuple[Paper, ...] = (), letter: Letter | None = None) -> None:
        """Somebody replies to a letter, his newest if none is given, and the service works on it."""
        await self.world.reply(who, letter or await self.last(who), text, papers)
        await self.works()

    async def last(self, who: str) -> Letter:
        return (await self.world.letters(who))[-1]

    async def count(self, who: str) -> int:
        return len(await self.world.letters(who))

    async def subjects(self, who: str) -> list[str]:
        return [letter.subject for letter in await self.world.letters(who)]

    async def case(self, number: str = NUMBER) -> Case:
        case = await self.app.store.load_by_number(number)
        assert case is not None, number
        return case

    async def waits_on(self, number: str = NUMBER) -> list[str]:
        return [a.principal for a in (await self.case(number)).open_assignments]

    def day(self, ahead: int = 0) -> str:
        """The office's day so many days from now, as people write it."""
        today = datetime.now(self.app.settings.zone) + timedelta(days=ahead)
        return f"{today:%d.%m.%Y}"

    async def forged(self, who: str, subject: str, text: str = "", more: str = "") -> None:
        """Somebody outside writes in the name of a colleague, with a forged verdict of our own server."""
        name = abs(hash((subject, text)))
        raw = (
            f"From: {who}\r\nTo: {DOCS}\r\nSubject: {subject}\r\nMessage-ID: <{name}@evil.example>\r\n"
            f"{more}Date: Thu, 12 Nov 2026 16:41:07 +0300\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
            f"Authentication-Results: mx.neon.example; dmarc=pass header.from=neon.example\r\n\r\n{text}\r\n"
        )
        await aiosmtplib.send(
            raw.encode(),
            sender="evil@attack.example",
            recipients=[DOCS],
            hostname="127.0.0.1",
            port=self.world.mail.smtp_port,
            start_tls=False,
        )
        await self.works()


@asynccontextmanager
async def living(folder: Path, directory: str = "", settings: str = "") -> AsyncIterator[Life]:
    """Open the office of tests/site for as long as the block lasts; `settings` is added to its mailflow.toml."""
    people = directory or (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    world = World(folder / "site", DOCS, PEOPLE, people)
    await world.start()
    if settings:
        with (world.site / "mailflow.toml").open("a", encoding="utf-8") as file:
            file.write(settings)
    try:
        async with opened(world.site) as app:
            yield Life(world, app)
    finally:
        await world.stop()
