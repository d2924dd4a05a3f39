"""The loop that lets letters out: nothing it claimed is held for long."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mailflow import daemon, sending
from mailflow.app import opened as opened_site
from mailflow.errors import StoreError
from mailflow.reader import Reader
from mailflow.sending import Sender
from mailflow.world import World
from tests.test_attacks import PEOPLE_FILE
from tests.test_office_day import DOCS, JOHN, PEOPLE, Day


async def test_letters_held_when_the_database_broke_go_in_the_next_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*of: Any) -> Any:
        raise StoreError("the disk is full: make room")

    world = World(tmp_path / "site", DOCS, PEOPLE, PEOPLE_FILE)
    await world.start()
    try:
        async with opened_site(world.site) as app:
            bells = daemon.Bells(asyncio.Event(), asyncio.Event())
            await Day(world, app).asks()
            await world.write(JOHN, "Помощь", "")
            reader = Reader(app, bells)
            await reader.catch_up()
            await reader.close()
            sender = Sender(app, bells)
            with monkeypatch.context() as patch:
                patch.setattr(sending, "write", broken)
                with pytest.raises(StoreError):
                    await sender.send_ready()
            assert {row.state for row in await app.store.outbox()} >= {"claimed"}
            assert await sender.send_ready() == 1
            await sender.close()
    finally:
        await world.stop()
