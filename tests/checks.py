"""Words the tests of `mailflow check` share: a mail as our server marks it, parts of the check, its lines."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from mailflow import checking
from mailflow.config import read_settings
from mailflow.core.verdict import Bad, Verdict
from tests.site_folder import ADDRESS, filled_site

NOW = datetime.now(UTC)
STAFF = "head@neon.example"
MX = "mx.neon.example"
AUTHSERV = f'[mailbox.receiver]\nkind = "authserv"\nauthserv_id = "{MX}"\n'


def mail(author: str = STAFF, mark: str = f"{MX}; dmarc=pass header.from=neon.example", above: str = "") -> bytes:
    """A mail as our server leaves it: its mark above its own Received line."""
    marked = f"Authentication-Results: {mark}\r\n" if mark else ""
    return (
        f"{above}{marked}Received: from there by {MX} with ESMTPS; Mon, 16 Nov 2026 10:00:00 +0300\r\n"
        f"From: {author}\r\nTo: {ADDRESS}\r\nSubject: hello\r\nDate: Mon, 16 Nov 2026 10:00:00 +0300\r\n"
        f"Message-ID: <{abs(hash((author, mark)))}@there>\r\n\r\nhello\r\n"
    ).encode()


async def verdicts(site: Path, offline: bool = True) -> list[Verdict]:
    """What the whole check says."""
    return [verdict async for verdict in checking.check(site, offline, NOW)]


async def part(site: Path, *names: str, now: datetime = NOW) -> list[Verdict]:
    """What the checks of these names say, whatever the others would."""
    every = checking.checks(read_settings(site), False, now)
    return [verdict for one in every if one.name in names async for verdict in checking.verdicts_of(one)]


async def the_bad(site: Path, *names: str) -> Bad:
    [only] = [one for one in await part(site, *names) if isinstance(one, Bad)]
    return only


async def of_the_mailbox(tmp_path: Path, more: str = "", **imap: object) -> list[Verdict]:
    return await part(filled_site(tmp_path / "site", imap, more=more), "mailbox")


async def bad_mailbox(tmp_path: Path, **imap: object) -> Bad:
    """The one thing wrong with the mailbox beside the missing profile, which is no matter here."""
    found = await of_the_mailbox(tmp_path, AUTHSERV, **imap)
    [only] = [one for one in found if isinstance(one, Bad)]
    return only


async def of_the_post(tmp_path: Path, **smtp: object) -> list[Verdict]:
    return await part(filled_site(tmp_path / "site", smtp=smtp), "post")


async def bad_post(tmp_path: Path, **smtp: object) -> Bad:
    [only] = [one for one in await of_the_post(tmp_path, **smtp) if isinstance(one, Bad)]
    return only


def said(found: list[Verdict]) -> str:
    return "\n".join(click.unstyle(checking.line(one)) for one in found)
