"""`mailflow journal`: check the history of every case, anchor it outside, play it again.

Owns: the arguments, the reading of an anchor, exit codes (0 well, 1 not). The wording stands in `telling`.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from mailflow.core.message import parse
from mailflow.core.seals import Head, heads_in
from mailflow.errors import MailflowError
from mailflow.rules_command import SITE


@click.group()
def journal() -> None:
    """The history of every case: check it, anchor it outside, play it again."""


@journal.command("verify")
@SITE
@click.option("--anchor", metavar="FILE.eml|HEAD", help="A letter the auditor keeps, or the head it names.")
def journal_verify(site: Path, anchor: str | None) -> None:
    """Say whether the journal is intact, altered, shortened or unanchored; exit code 1 for altered and shortened."""
    from mailflow import telling
    from mailflow.app import opened

    head = read_anchor(anchor) if anchor is not None else None

    async def work() -> tuple[bool, str]:
        async with opened(site) as app:
            return await telling.journal_check(app, head)

    _tell(asyncio.run(work()))


@journal.command("anchor")
@SITE
def journal_anchor(site: Path) -> None:
    """Seal the journal and mail its head to the auditor; print the head."""
    from mailflow import sealing
    from mailflow.app import now, opened

    async def work() -> str:
        async with opened(site) as app:
            auditor = app.settings.journal.auditor
            if not auditor:
                head = await sealing.head_now(app.store, now())
                return f"{head}\nnobody is sent it: write [journal] auditor into mailflow.toml, or keep it elsewhere"
            head = await sealing.anchor_now(app.store, app.office, auditor, now())
            return f"{head}\na letter with it to {auditor} leaves with the next letters of the service"

    click.echo(asyncio.run(work()))


@journal.command("replay")
@SITE
@click.argument("number")
def journal_replay(site: Path, number: str) -> None:
    """Give the case back from its journal alone, and say whether it equals the one stored."""
    from mailflow import telling
    from mailflow.app import opened

    async def work() -> tuple[bool, str]:
        async with opened(site) as app:
            return await telling.journal_replayed(app, number)

    _tell(asyncio.run(work()))


def read_anchor(said: str) -> Head:
    """Give the one head a letter or a text names; MailflowError for none or for several."""
    heads = heads_in(said) or heads_in(_letter(Path(said)))
    if len(heads) != 1:
        what = "names no head of a journal" if not heads else f"names {len(heads)} different heads"
        raise MailflowError(f"{said}: it {what}: give one letter of the auditor's mailbox, or mailflow.1.ROWS.ROOT")
    return heads[0]


def _letter(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise MailflowError(f"{path}: cannot be read ({wrong.strerror}): give a letter saved as a file") from None
    message = parse(raw)
    return "\n".join((message.text, message.html, *(inner.text for inner in message.nested)))


def _tell(told: tuple[bool, str]) -> None:
    well, text = told
    click.echo(text)
    sys.exit(0 if well else 1)
