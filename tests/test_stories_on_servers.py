"""Stories of rules/tests on real servers: Dovecot takes the mails, an SMTP server the letters, the pages are served.

What `mailflow rules test` plays in memory is played here by the service as it runs at a company, one story a process:
the first of its file that people play by mail and page alone, without a clock that jumps.
"""

from __future__ import annotations

import asyncio
import re
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from mailflow.app import now
from mailflow.core.case import Case
from mailflow.stories.expecting import Difference, Seen, differences
from mailflow.stories.form import Checks, Expected, Presses, Replies, Step, Story, Writes, read_stories
from mailflow.world import Letter, Paper
from tests.offices import HERE, MOSCOW
from tests.post_office import PATIENCE, PostOffice, at_work, make_site
from tests.scale import Scale
from tests.servers import Dovecot, SmtpSink, dovecot, free_port, smtp_sink

STORIES = HERE.parent / "rules" / "tests"
PROCESSES = ("contract", "acquaintance", "campaign", "goals", "incoming", "media", "memo", "minutes", "order")
"""The first is played in every run, all of them in `./run safety`."""
PASSWORD = "пароль"


def playable(step: Step) -> bool:
    """A step people do by mail or on a page, as any mail client and browser would."""
    match step:
        case Writes() | Replies():
            files = all(file.file is None for file in step.attach)
            return step.proven and not step.headers and files and getattr(step, "letter_of", None) is None
        case Presses():
            return step.browser == "own" and step.code is None and step.letter_of is None
        case Checks():
            return True
        case _:
            return False


def first_playable(process: str) -> Story | None:
    stories = read_stories((STORIES / f"{process}.yaml").read_text(encoding="utf-8"), process)
    return next((one for one in stories if all(playable(placed.step) for placed in one.steps)), None)


@pytest.fixture(params=PROCESSES)
def process(request: pytest.FixtureRequest, scale: Scale) -> str:
    if PROCESSES.index(request.param) >= scale.of(1, len(PROCESSES), len(PROCESSES)):
        pytest.skip("played by ./run safety")
    return str(request.param)


@pytest.fixture
async def office(process: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostOffice]:
    monkeypatch.setenv("MAILFLOW_TEST_PASSWORD", PASSWORD)
    port = free_port()
    more = f'[web]\nurl = "http://127.0.0.1:{port}"\nport = {port}'
    with dovecot({"docs": PASSWORD}) as mailbox:
        async with smtp_sink() as sink, _company(tmp_path / "site", mailbox, sink, more) as at:
            yield at


def _company(site: Path, mailbox: Dovecot, sink: SmtpSink, more: str) -> AbstractAsyncContextManager[PostOffice]:
    make_site(site, mailbox, sink, "sqlite:///data/mailflow.db", more)
    (site / "directory.yaml").write_bytes((STORIES / "directory.yaml").read_bytes())
    return at_work(site, mailbox, sink)


async def test_a_story_of_the_process_holds_on_real_servers(process: str, office: PostOffice) -> None:
    story = first_playable(process)
    assert story is not None
    mails = 0
    for placed in story.steps:
        await _do(office, placed.step)
        mails += isinstance(placed.step, Writes | Replies)
        assert await _until(office, placed.step.expect, mails) == [], (story.name, placed.at)


# --- what people do


async def _do(office: PostOffice, step: Step) -> None:
    match step:
        case Writes():
            to = f"docs{step.to}@neon.example" if step.to.startswith("+") else step.to or "docs@neon.example"
            office.writes(_address(office, step.from_), step.subject, step.text, _papers(step), to)
        case Replies():
            letter = await _letter(office, step.reply, step.letter)
            office.replies(_address(office, step.reply), letter, step.text, _papers(step))
        case Presses():
            await _press(office, step, await _letter(office, step.press, step.letter))


def _address(office: PostOffice, who: str) -> str:
    return who if "@" in who else office.app.office.directory.people[who].address


def _papers(step: Writes | Replies) -> list[Paper]:
    return [Paper(file.name, file.text.encode() or file.name.encode()) for file in step.attach]


async def _letter(office: PostOffice, who: str, wanted: str | None) -> Letter:
    """Wait for the newest letter of the person that is of this kind, or has this in its subject."""
    async with asyncio.timeout(PATIENCE):
        while True:
            rows = {row.message_id: row for row in await office.app.store.outbox(limit=1000)}
            for letter in reversed(office.letters(_address(office, who))):
                row = rows[str(letter.message["Message-ID"])]
                if wanted is None or wanted == row.letter.kind or wanted in letter.subject:
                    return letter
            await asyncio.sleep(0.05)


async def _press(office: PostOffice, step: Presses, letter: Letter) -> None:
    link = re.search(r"https?://\S+/d/([a-z2-7]{44})", letter.text)
    assert link is not None, letter.text
    page = await asyncio.to_thread(_fetch, link[0], None)
    form = {
        "nonce": _nonce(page),
        "choice": step.choice,
        "comment": step.comment,
        "number": step.number,
        "date": step.date,
    }
    form |= {"read": "yes"} if step.choice == "acknowledge" else {}
    if 'name="code"' in page:
        form["code"] = await _code(office, step.press, link[0], page, letter, form)
    await asyncio.to_thread(_fetch, link[0], form)


async def _code(office: PostOffice, who: str, link: str, page: str, letter: Letter, form: dict[str, str]) -> str:
    printed = re.search(r"(?:код из этого письма|code of this letter): (\d{3}) ?(\d{3})", letter.text)
    if printed is not None:
        return printed[1] + printed[2]
    await asyncio.to_thread(_fetch, f"{link}/code", form)
    found = re.search(r"(?:Ваш код|Your code): (\d{3}) (\d{3})", (await _letter(office, who, "code")).text)
    assert found is not None
    return found[1] + found[2]


def _nonce(page: str) -> str:
    return re.findall(r'name="nonce" value="([^"]+)"', page)[-1]


def _fetch(link: str, form: dict[str, str] | None) -> str:
    body = urllib.parse.urlencode(form).encode() if form is not None else None
    with urllib.request.urlopen(urllib.request.Request(link, body), timeout=20) as answer:
        return str(answer.read().decode())


# --- what is expected


async def _until(office: PostOffice, expected: Expected | None, mails: int) -> list[Difference]:
    """Wait until all is done that follows, and all is as expected; give what is not when patience is over."""
    wrong: list[Difference] = []
    for _ in range(int(PATIENCE / 0.1)):
        if await _is_quiet(office, mails):
            wrong = list(differences(*await _seen(office, expected))) if expected is not None else []
            if not wrong:
                return []
        await asyncio.sleep(0.1)
    return wrong or [Difference("the service", "nothing waits", "it is still at work")]


async def _is_quiet(office: PostOffice, mails: int) -> bool:
    """Every mail is taken, every paper made, every letter gone."""
    store = office.app.store
    rows = await store.outbox(limit=1000)
    made = not await store.due_errands(now() + timedelta(days=1), 1)
    return await store.newest_mail() >= mails and made and all(row.state in ("sent", "held") for row in rows)


async def _seen(office: PostOffice, expected: Expected) -> tuple[Expected, Seen]:
    plain = expected.model_copy(
        update={
            "letters": None, "letters_in_all": None, "papers": (), "journal": (), "journal_not": (), "due": {},
            "understood": None, "page": None,
        }
    )  # fmt: skip
    cases = await _cases(office)
    chosen = next((c for c in cases if expected.case in (None, c.number)), None)
    if expected.case is not None and chosen is None:
        chosen = next((c for c in reversed(cases) if c.process == expected.case), None)
    return plain, Seen(chosen, len(cases), (), (), {}, "", "", MOSCOW)


async def _cases(office: PostOffice) -> list[Case]:
    rows = await office.app.store.cases(limit=100)
    loaded = [await office.app.store.load(row.id) for row in reversed(rows)]
    return [case for case in loaded if case is not None]
