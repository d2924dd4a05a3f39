"""The mailbox fails as mailboxes do: the service locks nobody out, goes on by itself, and tells a person once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

from mailflow.advance import advance
from mailflow.app import App, now, opened
from mailflow.bells import Bells
from mailflow.core.events import NoticeDue
from mailflow.core.verdict import Bad
from mailflow.edges.store import Committed
from mailflow.reader import Reader
from mailflow.sending import Sender
from mailflow.status import reading, told
from mailflow.tries import Tries
from mailflow.watching import MAILBOX, Watcher
from tests.server_imap import HANG_UP, FakeImap, fake_imap
from tests.server_smtp import smtp_sink
from tests.site_folder import filled_site
from tests.test_tries import A_DAY, Time

REFUSAL = b"TAG NO [AUTHENTICATIONFAILED] Invalid credentials\r\n"
REAL_SECONDS = 60


def bells() -> Bells:
    return Bells(asyncio.Event(), asyncio.Event())


class Hours(Time):
    """A clock that only the service's own pauses move; it lets everybody else work."""

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def reads(app: App, time: Hours) -> AsyncIterator[None]:
    """The reader of the service runs as long as the block lasts, by that clock."""
    tries = Tries(lambda: app.settings.imap().password, time.clock, time.sleep)
    task = asyncio.create_task(Reader(app, bells(), tries).run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def site_at(folder: Path, server: FakeImap) -> contextlib.AbstractAsyncContextManager[App]:
    """A site, open, whose mailbox is at that server."""
    return opened(filled_site(folder / "site", imap={"port": server.port}))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(REAL_SECONDS):
        while not true():
            await asyncio.sleep(0.01)


def log_ins(server: FakeImap) -> int:
    return len([command for command in server.commands if command.startswith("AUTHENTICATE")])


async def test_a_wrong_password_is_tried_three_times_and_then_so_rarely_that_no_account_is_locked(
    tmp_path: Path,
) -> None:
    time = Hours()
    refusing = {"AUTHENTICATE": [b"+ \r\n", REFUSAL]}
    async with fake_imap(refusing) as server, site_at(tmp_path, server) as app, reads(app, time):
        await until(lambda: time.now > 1000 + A_DAY)
    assert 3 < log_ins(server) <= 6 + (time.now - 1000) / 14400


async def test_after_a_refused_log_in_status_says_in_one_line_what_to_do_and_people_are_told_once(
    tmp_path: Path,
) -> None:
    time = Hours()
    async with fake_imap({"AUTHENTICATE": [b"+ \r\n", REFUSAL]}) as server, site_at(tmp_path, server) as app:
        await app.store.pulse(MAILBOX, now() - timedelta(hours=1))
        async with reads(app, time):
            await until(lambda: log_ins(server) > 4)
        [line] = [
            sign.verdict.what
            for sign in told(await reading(app.settings, app.store, now()), app.settings, "en")
            if sign.cause == "intake" and isinstance(sign.verdict, Bad)
        ]
        watcher = Watcher(app, bells(), iter([0.0, 3600.0, 7200.0]).__next__)
        letters = [await watcher.look(), await watcher.look()]
    assert "\n" not in line
    assert "refuses user and password" in line
    assert "when the password file changes" in line
    assert letters == [1, 0]


async def test_once_the_password_file_is_written_anew_the_mailbox_is_read_again(tmp_path: Path) -> None:
    time = Hours()
    async with fake_imap({"AUTHENTICATE": [b"+ \r\n", REFUSAL], "IDLE": [b"+ idling\r\n"]}) as server:
        site = filled_site(tmp_path / "site", imap={"port": server.port})
        async with opened(site) as app, reads(app, time):
            await until(lambda: log_ins(server) > 4)
            server.answers.pop("AUTHENTICATE")
            (site / "mailbox.password").write_text("new\n", encoding="utf-8")
            written = time.now
            await until(lambda: any(command.startswith("UID SEARCH") for command in server.commands))
            assert time.now - written < 60


async def test_a_mailbox_away_for_three_days_is_asked_every_five_minutes_and_then_read(
    tmp_path: Path,
) -> None:
    time = Hours()
    async with fake_imap({"CAPABILITY": [HANG_UP]}) as server, site_at(tmp_path, server) as app, reads(app, time):
        await until(lambda: time.now > 1000 + 3 * A_DAY)
        assert 72 < len(server.commands) <= 10 + (time.now - 1000) / 300
        server.answers.pop("CAPABILITY")
        await until(lambda: any(command.startswith("UID SEARCH") for command in server.commands))


async def test_a_post_that_refuses_the_password_is_asked_as_rarely_however_many_letters_wait(tmp_path: Path) -> None:
    time = Hours()
    async with smtp_sink(users={"docs": "right"}) as sink:
        site = filled_site(tmp_path / "site", smtp={"port": sink.port})
        async with opened(site) as app:
            sender = Sender(app, bells(), Tries(lambda: app.settings.post().password, time.clock, time.sleep))
            for minute in range(120):
                await owes(app, minute)
                assert await sender.send_ready() == 0
                time.now += 60
            assert sink.connections == 5, "at once, after 1, 6, 36 and 96 minutes"
            (site / "mailbox.password").write_text("right", encoding="utf-8")
            await owes(app, 120)
            assert await sender.send_ready() > 0
            await sender.close()


async def owes(app: App, number: int) -> None:
    """A letter to the secretary waits."""
    words = {"what": "the disk is full", "cure": "free it"}
    event = NoticeDue(f"notice/{number}", now(), "alarm", app.office.secretary, words)
    assert isinstance(await advance(event, app.store, app.office, now()), Committed)
