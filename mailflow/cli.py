"""The command line: each command opens what it needs, does one thing, and prints it.

Owns: arguments, printing, exit codes (0 done, 1 something is wrong and said, 2 wrong arguments).
A MailflowError is printed as it is: its text is complete. Anything else is a defect and shows itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from mailflow import __version__, log
from mailflow.core.answers import Expecting
from mailflow.core.views import Language
from mailflow.errors import CannotBeRead, MailflowError, SettingsError
from mailflow.factor_command import second_factor
from mailflow.forget_command import forget
from mailflow.journal_command import journal
from mailflow.keys_command import keys
from mailflow.login_command import login
from mailflow.making import ADDRESS
from mailflow.operation_command import COMMANDS
from mailflow.paper_command import paper
from mailflow.people_command import people
from mailflow.providers import PROVIDERS, Provider
from mailflow.rules_command import SITE, rules

T = TypeVar("T")


class _Commands(click.Group):
    """Prints our own errors as sentences, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MailflowError as wrong:
            click.echo(str(wrong), err=True)
            ctx.exit(1)


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="mailflow")
def main() -> None:
    """Approvals that live in e-mail."""


def _await(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


# --- the service


@main.command()
@SITE
@click.option("--once", is_flag=True, help="Take all that waits, do all that is due, send all that is ready, and end.")
@click.option(
    "--redirect-all-to", metavar="ADDRESS", default="", help="A rehearsal: every letter goes to this address."
)
def run(site: Path, once: bool, redirect_all_to: str) -> None:
    """Read the mailbox and serve until stopped."""
    from mailflow.config import read_settings

    if redirect_all_to and not ADDRESS.fullmatch(redirect_all_to):
        raise SettingsError(f"--redirect-all-to {redirect_all_to}: this is no address: write one as anna@company.ru")
    settings = read_settings(site)
    log.start(settings.log.level, settings.log.format)
    if once:
        taken, rung, sent = _await(_run_once(site, redirect_all_to))
        click.echo(f"mails taken {taken}, timers rung {rung}, letters sent {sent}")
    else:
        _await(_serve(site, redirect_all_to))


async def _run_once(site: Path, redirect_all_to: str) -> tuple[int, int, int]:
    from mailflow import daemon
    from mailflow.app import opened

    async with opened(site, redirect_all_to) as app:
        return await daemon.run_once(app)


async def _serve(site: Path, redirect_all_to: str) -> None:
    from mailflow import daemon
    from mailflow.app import opened
    from mailflow.edges import service

    async with opened(site, redirect_all_to) as app:
        ready = partial(service.ready, app.settings.mailbox.address)
        serving = asyncio.create_task(daemon.run(app, ready))
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, serving.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await serving


# --- reading


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a mail and line.")
@click.option("--expecting", type=click.Choice([e.value for e in Expecting]), help="What the assignment asked for.")
@click.option("--site", "-s", type=click.Path(file_okay=False, path_type=Path), help="A site: its people and rules.")
@click.option("--mailbox", metavar="FOLDER", help="With a site: mails of a folder there, left as they are.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="With --mailbox: received on this day or later.")
def explain(
    files: tuple[Path, ...],
    as_json: bool,
    expecting: str | None,
    site: Path | None,
    mailbox: str | None,
    since: datetime | None,
) -> None:
    """Print what would be understood of mails, touching nothing."""
    if mailbox is None:
        if not files or since is not None:
            raise click.UsageError("name files of mails, or --mailbox FOLDER --since DATE and a site")
        _await(_explained(files, as_json, Expecting(expecting) if expecting else None, site))
        return
    if files or site is None or since is None:
        raise click.UsageError("--mailbox takes --site FOLDER and --since YYYY-MM-DD, and no files")
    _await(_dry_run(site, mailbox, since.date(), as_json))


async def _explained(files: tuple[Path, ...], as_json: bool, expecting: Expecting | None, site: Path | None) -> None:
    from mailflow.app import read_ground
    from mailflow.edges.reading_apart import PaperReader
    from mailflow.explain import explain as explained
    from mailflow.explain_shown import shown

    ground, reader = read_ground(site), PaperReader()
    try:
        for path, raw in _readable(files):
            read = await explained(raw, ground, reader, expecting)
            _print(
                json.dumps({"file": str(path), **read.said}, ensure_ascii=False) if as_json else shown(str(path), read)
            )
    finally:
        await reader.close()


def _readable(files: tuple[Path, ...]) -> Iterator[tuple[Path, bytes]]:
    """Give every file that can be read; the others are told of in their place, and at the end by the exit code."""
    unread = 0
    for path in files:
        try:
            raw = path.read_bytes()
        except OSError as error:
            unread += 1
            click.echo(f"{path}: {error.strerror}: name a file that holds one mail", err=True)
        else:
            yield path, raw
    if unread:
        raise CannotBeRead(f"{unread} of {len(files)} files could not be read: see above")


async def _dry_run(site: Path, folder: str, since: date, as_json: bool) -> None:
    from mailflow.app import read_ground
    from mailflow.config import read_settings
    from mailflow.edges.reading_apart import PaperReader
    from mailflow.explain_folder import read_folder, summed
    from mailflow.permission import renewed

    ground, reader, read, settings = read_ground(site), PaperReader(), [], read_settings(site)
    await renewed(settings)
    try:
        async for each in read_folder(settings.imap(), folder, since, ground, reader):
            read.append(each.brief)
            if as_json:
                _print(json.dumps({"file": each.name, **each.said}, ensure_ascii=False))
    finally:
        await reader.close()
    if not as_json:
        _print(summed(folder, since, read))


def _print(text: str) -> None:
    """Print; colours only on a terminal whose owner wants them (https://no-color.org)."""
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)


# --- looking


@main.command()
@SITE
@click.option("--state", type=click.Choice(["open", "done", "rejected", "withdrawn"]), help="Only cases in this state.")
@click.option("--process", help="Only cases of this process.")
@click.option("--limit", default=50, show_default=True, help="How many, newest first.")
def cases(site: Path, state: str | None, process: str | None, limit: int) -> None:
    """List cases: number, what it is, where it stands, on whom it waits."""
    from mailflow import telling
    from mailflow.app import opened

    async def work() -> str:
        async with opened(site) as app:
            return await telling.case_list(app, state, process, limit)

    click.echo(_await(work()))


@main.command()
@SITE
@click.argument("number")
def show(site: Path, number: str) -> None:
    """Tell the whole story of a case."""
    from mailflow import telling
    from mailflow.app import opened

    async def work() -> str:
        async with opened(site) as app:
            return await telling.case_story(app, number)

    click.echo(_await(work()))


@main.command()
@SITE
@click.argument("number")
@click.option("--out", "-o", type=click.Path(dir_okay=False, path_type=Path), help="The zip; by default NUMBER.zip.")
def evidence(site: Path, number: str, out: Path | None) -> None:
    """Pack a case so that anybody can check it offline: mails, files, journal, its place under the seal, verify.py."""
    from mailflow import telling
    from mailflow.app import opened

    async def work() -> str:
        async with opened(site) as app:
            return await telling.case_evidence(app, number, out)

    click.echo(_await(work()))


@main.command()
@SITE
@click.option("--kind", help="Only this kind: stray, quarantined, bounce, ...")
@click.option("--state", type=click.Choice(["processed", "quarantined", "failed", "duplicate"]))
@click.option("--limit", default=50, show_default=True, help="How many, newest first.")
def inbox(site: Path, kind: str | None, state: Any, limit: int) -> None:
    """List mails taken in, with what each was understood as and why."""
    from mailflow import telling
    from mailflow.app import opened

    async def work() -> str:
        async with opened(site) as app:
            return await telling.inbox_list(app, kind, state, limit)

    click.echo(_await(work()))


main.add_command(forget)
main.add_command(journal)
main.add_command(keys)
main.add_command(login)
main.add_command(rules)
for command in COMMANDS:
    main.add_command(command)
main.add_command(paper)
main.add_command(people)
main.add_command(second_factor)


# --- sites


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--address", default="docs@example.com", show_default=True, help="The shared address people write to.")
@click.option(
    "--provider", type=click.Choice(PROVIDERS), default="own", show_default=True, help="Who keeps the mailbox."
)
@click.option("--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True)
def init(folder: Path, address: str, provider: Provider, language: Language) -> None:
    """Make a site: settings, people, rules, templates and a key, each explained where it stands."""
    from mailflow.making import make_site, what_next

    for made in make_site(folder, address, language, provider):
        click.echo(f"made {made}")
    click.echo(what_next(folder, language, provider))


@main.command()
@SITE
@click.option("--offline", is_flag=True, help="Only the files: no mail server is asked.")
def check(site: Path, offline: bool) -> None:
    """Tell what is wrong with a site and what to do; exit code 1 when something is."""
    if not _await(_checked(site, offline)):
        sys.exit(1)


async def _checked(site: Path, offline: bool) -> bool:
    """Print every verdict as it comes; True when none is bad."""
    from mailflow import checking
    from mailflow.app import now
    from mailflow.core.verdict import Bad

    wrong = 0
    async for verdict in checking.check(site, offline, now()):
        wrong += isinstance(verdict, Bad)
        click.echo(checking.line(verdict))
    click.echo("nothing is wrong" if not wrong else f"{wrong} thing{'' if wrong == 1 else 's'} to mend")
    return not wrong


@main.command()
@click.option(
    "--out",
    default="demo-out",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where mails and papers are left.",
)
@click.option("--stay", is_flag=True, help="Keep the office running, with a page to read and answer its mail.")
@click.option("--lang", type=click.Choice(["ru", "en"]), help="The language of the day; by default that of LANG.")
def demo(out: Path, stay: bool, lang: Language | None) -> None:
    """Play a real office day with mail servers of its own."""
    from mailflow.demo import play

    _await(play(out, stay, lang))
