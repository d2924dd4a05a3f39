"""A directory changed while the service runs: right, it counts from the next step on; wrong, the one before does."""

from __future__ import annotations

import asyncio
import contextlib
import os
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from mailflow import daemon
from mailflow.app import App, read_office
from mailflow.config import read_settings
from mailflow.edges.blobs import Blobs
from mailflow.errands import Bench
from mailflow.lookup import Desk
from mailflow.people_watch import PeopleWatch
from mailflow.writing import Counter
from tests.loopback import free_port
from tests.office_life import DOCS, living
from tests.offices import HERE
from tests.site_folder import filled_site

NEW = "  n.novikova: {name: Новикова Нина Олеговна, address: n.novikova@neon.example, department: marketing}\n"


@pytest.fixture
def app(tmp_path: Path) -> App:
    """A site put together as far as people matter: nothing is sent or stored."""
    site = filled_site(tmp_path / "site")
    (site / "directory.yaml").write_bytes((HERE / "site" / "directory.yaml").read_bytes())
    settings = read_settings(site)
    office = read_office(settings)
    nothing: Any = None
    desk = Desk(office, nothing, Blobs(settings.files), settings.keys(), settings.receiver(), nothing, nothing)
    counter = Counter(office, nothing, desk.blobs, nothing, desk.ring, DOCS, "before", "", False, "", bytes)
    return App(settings, office, nothing, desk, counter, Bench(office, nothing, desk.blobs, nothing), nothing)


def people_file(app: App) -> Path:
    return app.settings.site / "directory.yaml"


def change(app: App, old: str, new: str) -> None:
    """Change the file as an editor does, some time ago."""
    path = people_file(app)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    moment = path.stat().st_mtime - 60 - len(text) % 7
    os.utime(path, (moment, moment))


async def test_somebody_new_is_known_from_the_next_mail_on(app: App) -> None:
    watch, before = PeopleWatch(app), app.desk
    assert not await watch.look(), "nothing has changed"
    change(app, "people:\n", f"people:\n{NEW}")
    assert await watch.look()
    assert app.office.directory.by_address("n.novikova@neon.example") == "n.novikova"
    for part in (app.desk, app.counter, app.bench):
        assert part.office is app.office
    assert before.office.directory.by_address("n.novikova@neon.example") is None, "who is at work ends as he began"
    assert not await watch.look(), "taken once"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("people:\n", "people: [\n", "directory.yaml"),
        ("people:\n", "people:\n  x: {name: Никто}\n", "address"),
        ("secretary:", "secretary_of_nobody:", "secretary"),
        ("finance_director:", "finance_directors:", "finance_director"),
    ],
)
async def test_a_wrong_file_is_told_once_and_the_people_before_stay(
    app: App, caplog: pytest.LogCaptureFixture, old: str, new: str, words: str
) -> None:
    watch, before = PeopleWatch(app), app.office
    change(app, old, new)
    with caplog.at_level("ERROR", "mailflow"):
        assert not await watch.look()
        assert not await watch.look()
    [told] = [record.getMessage() for record in caplog.records]
    assert "not taken, the one before still counts" in told
    assert words in told
    assert app.office is before
    change(app, new, old)
    assert not await watch.look(), "as it was: nothing to take"


async def test_a_file_just_being_written_is_read_when_it_lies_still(app: App) -> None:
    watch, path = PeopleWatch(app), people_file(app)
    path.write_text(path.read_text(encoding="utf-8").replace("people:\n", f"people:\n{NEW}", 1), encoding="utf-8")
    assert not await watch.look()
    moment = path.stat().st_mtime - 3
    os.utime(path, (moment, moment))
    assert await watch.look()


async def test_a_file_taken_away_leaves_the_people_as_they_are(app: App) -> None:
    watch, before = PeopleWatch(app), app.office
    people_file(app).unlink()
    assert not await watch.look()
    assert app.office is before


async def test_the_running_service_takes_them_pages_and_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "TICK_SECONDS", 1)
    port = free_port()
    async with living(tmp_path, settings=f'\n[web]\nurl = "http://127.0.0.1:{port}"\nport = {port}\n') as life:
        serving = asyncio.create_task(daemon.run(life.app))
        try:
            await _until(lambda: _answers(port))
            change(life.app, "people:\n", f"people:\n{NEW}")
            await _until(lambda: "n.novikova" in life.app.office.directory.people)
            await _until(lambda: _answers(port))
        finally:
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await serving


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).status == 200)
    return False


async def _until(true: object, seconds: float = 20.0) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        if await asyncio.to_thread(true):  # type: ignore[arg-type]
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to it")
