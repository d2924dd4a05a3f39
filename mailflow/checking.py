"""`mailflow check`: what is wrong with a site, and what to do, a line each.

Owns: the order of the checks, and that each ends in a verdict whatever happens. Refuses to know: how a thing is
checked (`site_checks`, `mail_checks`). What leans on something that is wrong is left out: the first mistake is the
one to mend, and a password that is wrong is not tried on the server.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import assert_never

import click

from mailflow import domain_checks, mail_checks, site_checks
from mailflow.config import Settings, read_settings
from mailflow.core.verdict import Bad, Good, Unsure, Verdict, bad
from mailflow.edges.name_service import texts
from mailflow.errors import MailflowError

UNFORESEEN = "mailflow did not foresee this; if the site is in order, it is a defect to report"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at; it is left out when a check it `needs` found something wrong."""

    name: str
    verdicts: Iterable[Verdict] | AsyncIterable[Verdict]
    needs: tuple[str, ...] = ()


async def check(site: Path, offline: bool, now: datetime) -> AsyncIterator[Verdict]:
    """Check everything a site needs, its mail servers too unless `offline`; whatever happens is a verdict.

    `now` is aware. Nothing in the mailbox is changed and nothing is sent; the database is brought up to date.
    """
    try:
        settings = read_settings(site)
    except MailflowError as wrong:
        for complaint in _bads(wrong):
            yield complaint
        return
    failed: set[str] = set()
    for one in checks(settings, offline, now):
        if failed.isdisjoint(one.needs):
            async for verdict in verdicts_of(one):
                if isinstance(verdict, Bad):
                    failed.add(one.name)
                yield verdict


def line(verdict: Verdict) -> str:
    """Give the line of a verdict for the terminal; without its colours it says the same."""
    match verdict:
        case Good(what=what):
            return f"{click.style('ok   ', fg='green')} {what}"
        case Unsure(what=what, why=why):
            return f"{click.style('note ', fg='yellow')} {what}: {why}"
        case Bad(what=what, cure=cure):
            return f"{click.style('WRONG', fg='red', bold=True)} {': '.join(filter(None, (what, cure)))}"
        case _:
            assert_never(verdict)


async def verdicts_of(one: Check) -> AsyncIterator[Verdict]:
    """Make the check; an error that it meets is a verdict too."""
    try:
        if isinstance(one.verdicts, AsyncIterable):
            async for verdict in one.verdicts:
                yield verdict
        else:
            for verdict in one.verdicts:
                yield verdict
    except MailflowError as wrong:
        for verdict in _bads(wrong):
            yield verdict
    except Exception as wrong:
        # Whoever sets a site up needs a sentence, not a traceback, and the checks that follow.
        yield Bad(f"{one.name}: {type(wrong).__name__}: {' '.join(str(wrong).split())[:300]}", UNFORESEEN)


def checks(settings: Settings, offline: bool, now: datetime) -> Iterator[Check]:
    """Give every check in the order a site is set up."""
    site = settings.site
    yield Check("settings", site_checks.settings(settings))
    yield Check("owner", site_checks.owner(site))
    yield Check("directory", site_checks.people(site))
    yield Check("rules", site_checks.rules(site))
    yield Check("letters", site_checks.letters(site))
    yield Check("papers", site_checks.papers(site))
    yield Check("keys", site_checks.keys(settings, now))
    for name, secret in (("mailbox", settings.mailbox.password), ("smtp", settings.smtp.password)):
        if secret is not None:
            yield Check(f"{name} password", site_checks.password(f"[{name}]", secret, site))
            yield Check(f"{name} password's rights", site_checks.password_rights(secret, site))
    if settings.oauth is not None:
        yield Check("mailbox password", site_checks.permission(settings))
    yield Check("signature", site_checks.signature(settings))
    yield Check("database", site_checks.store(settings), needs=("owner",))
    yield Check("file store", site_checks.files(settings), needs=("owner",))
    yield Check("archive", site_checks.archive(settings))
    yield Check("clock", site_checks.clock(settings, now))
    yield Check("calendar", site_checks.calendar(settings, now))
    if not offline:
        yield Check("bucket", site_checks.bucket(settings), needs=("owner",))
        people = site_checks.known_people(site)
        yield Check("mailbox", mail_checks.mailbox(settings, people, now), needs=("mailbox password",))
        yield Check("post", mail_checks.post(settings, now), needs=("smtp password", "signature"))
        yield Check("domain", domain_checks.ours(settings, texts), needs=("signature",))


def _bads(wrong: MailflowError) -> Iterator[Bad]:
    yield from (bad(complaint) for complaint in str(wrong).splitlines())
