"""`mailflow backup` and `mailflow restore`: a site put away, and a site brought back that does nothing twice.

Owns: what a restored database must be told before anybody works with it. Time has gone on since the backup: letters
that waited then may have left, mails were taken in that it does not know, links were signed it has never heard of.
So: letters that waited are of unknown fate now, and a person decides about each; mails that came since are moved back
into the watched folder, where the reader knows those it has; links from after the backup name no row, and are dead.
Refuses to know: how a backup lies on the disk (`edges.backups`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

from mailflow import __version__
from mailflow.config import Settings
from mailflow.edges import backups
from mailflow.edges.imap_return import Returning
from mailflow.edges.store import Store
from mailflow.edges.store.pending import pending
from mailflow.errors import MailboxError
from mailflow.permission import renewed

MARGIN = timedelta(days=2)
"""Servers count days in zones of their own; a mail that is known already is moved in vain, and no harm done."""
NO_KEYS = (
    "keys and passwords are NOT in it: keep copies of keys/ and of the password files apart,"
    " without the keys every link and reply address that is out is dead"
)


async def backup(settings: Settings, folder: Path, now: datetime) -> AsyncIterator[str]:
    """Make a backup and tell of it; the service may go on."""
    made = await asyncio.to_thread(
        backups.make, settings.site, settings.files, settings.store_url, folder, __version__, now
    )
    yield f"{folder}: database and {made.files} files, whole and read again"
    if (bucket := settings.bucket()) is not None:
        yield f"the files in {bucket.url} are NOT in it: keep their versions there, or copy the bucket"
    yield NO_KEYS


async def restore(settings: Settings, folder: Path, now: datetime, offline: bool) -> AsyncIterator[str]:
    """Bring a backup back into a site without a database, and make it ready to be served."""
    found = await asyncio.to_thread(backups.checked, folder)
    yield f"{folder}: whole, made {found.made_at:%Y-%m-%d %H:%M} UTC by mailflow {found.version}"
    await asyncio.to_thread(backups.put_back, found, settings.site, settings.files, settings.store_url)
    store = await Store.open(settings.store_url, settings.domain)
    try:
        reason = f"restored from the backup of {found.made_at:%Y-%m-%d %H:%M} UTC: it may have left since"
        held = await store.by_hand.doubt_letters(reason)
    finally:
        await store.close()
    yield f"{held} letters had not left then, and may have since: `mailflow retry` lists them, none goes by itself"
    yield await _mails_back(settings, found.made_at, offline)
    yield "links signed after the backup are dead; people get new ones as their cases move"
    yield "where the journal was anchored: `mailflow journal verify --anchor FILE.eml` says what is missing since"


async def migrate(settings: Settings, now: datetime, dry_run: bool, with_backup: bool) -> AsyncIterator[str]:
    """Bring the database up to date, after a backup of it; each line says what is done."""
    wanted = await pending(settings.store_url)
    yield f"to do: {', '.join(wanted)}" if wanted else "the database is up to date"
    if dry_run or not wanted:
        return
    there = not settings.store_url.startswith("sqlite://") or Path(settings.store_url[9:]).exists()
    if with_backup and there:
        folder = settings.site / "backups" / f"before-{wanted[-1]}-{now:%Y%m%d-%H%M%S}"
        async for line in backup(settings, folder, now):
            yield line
    await (await Store.open(settings.store_url, settings.domain)).close()
    yield "done"


async def _mails_back(settings: Settings, since: datetime, offline: bool) -> str:
    if settings.mailbox.after != "move":
        return "mails that came since lie in the watched folder and are read at the next start"
    by_hand = f"move the mails received since {since:%Y-%m-%d} from {settings.mailbox.processed} and "
    by_hand += f"{settings.mailbox.quarantine} back to {settings.mailbox.folder}; those that are known do nothing twice"
    if offline:
        return f"the mailbox was not touched: {by_hand}"
    await renewed(settings)
    try:
        moved = await asyncio.to_thread(_moved_back, settings, since - MARGIN)
    except MailboxError as wrong:
        return f"the mailbox could not be reached ({wrong}): {by_hand}"
    return f"{moved} mails received since were moved back to {settings.mailbox.folder} and are read at the next start"


def _moved_back(settings: Settings, since: datetime) -> int:
    session = Returning(settings.imap())
    session.open()
    try:
        return session.move_back(since)
    finally:
        session.log_out()
