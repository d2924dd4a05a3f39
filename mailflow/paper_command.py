"""The commands that give a paper of the company: the order on approval by e-mail, payment orders for the bank.

Owns: arguments, printing, writing the file. Refuses to know: what the papers say.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailflow.core.views import Language
from mailflow.errors import MailflowError, SettingsError
from mailflow.rules_command import SITE

if TYPE_CHECKING:
    from mailflow.app import App
    from mailflow.core.case import Case

PAGE = 200

OUT = click.option("--out", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file.")


@click.group()
def paper() -> None:
    """Papers of the company: the order on approval by e-mail, payment orders for the bank."""


@paper.command("order-of-approval")
@SITE
@OUT
@click.option("--language", type=click.Choice(["ru", "en"]), help="By default that of the company.")
def order_of_approval(site: Path, out: Path, language: Language | None) -> None:
    """Write the order that gives decisions by e-mail their force, filled for the company: .pdf or .docx."""
    content = asyncio.run(_order(site, out.suffix.lower(), language))
    _write(out, content)
    click.echo(f"{out}: {len(content)} bytes. Let a lawyer of the company read it; the director signs it.")


async def _order(site: Path, ending: str, language: Language | None) -> bytes:
    from mailflow.app import read_office, shipped
    from mailflow.config import read_settings
    from mailflow.core.order_of_approval import Service
    from mailflow.core.order_of_approval import order_of_approval as filled
    from mailflow.edges.documents import Documents, Failed
    from mailflow.edges.pdf import Renderer

    if ending not in (".pdf", ".docx"):
        raise SettingsError(f"-o: a file ending in .pdf or .docx is written, not {ending or 'one without an ending'}")
    settings = read_settings(site)
    office = read_office(settings)
    domains = {person.address.rpartition("@")[2] for person in office.directory.people.values()}
    web = settings.web.url if settings.web is not None else ""
    service = Service(tuple(settings.own_addresses), web, tuple(sorted(domains)))
    view = filled(office, service, language or office.language)
    renderer = Renderer()
    documents = Documents([site / "templates" / "letters", shipped("templates") / "letters"], renderer)
    try:
        if ending == ".docx":
            return await documents.word(view) or b""
        made = await documents.make(view)
    finally:
        await renderer.close()
    if isinstance(made, Failed):
        raise MailflowError(f"the order cannot be made: {made.reason}")
    return made.content


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as wrong:
        raise MailflowError(f"{out}: {wrong.strerror}: choose a place that can be written") from None


@paper.command("payments")
@SITE
@OUT
@click.argument("numbers", nargs=-1)
def payments(site: Path, out: Path, numbers: tuple[str, ...]) -> None:
    """Write the payment orders of all agreed and unpaid invoices, or of those with these NUMBERS, for the bank."""
    made = asyncio.run(_payments(site, frozenset(numbers)))
    for line in made.withheld:
        click.echo(line, err=True)
    if made.numbers:
        _write(out, made.content)
        click.echo(f"{out}: {len(made.numbers)} payments, {made.total:.2f} RUB: {', '.join(made.numbers)}")
    else:
        click.echo("no payment order was made" if made.withheld else "no agreed invoice waits for its payment")
    sys.exit(1 if made.withheld else 0)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What goes to the bank, and a line for each invoice that does not."""

    content: bytes
    numbers: tuple[str, ...]
    total: Decimal
    withheld: tuple[str, ...]


async def _payments(site: Path, wanted: frozenset[str]) -> _Batch:
    from mailflow.app import now, opened
    from mailflow.core.bank_file import Payment, bank_file, payment

    async with opened(site) as app:
        company = app.office.directory.company
        cases = await _waiting(app, wanted)
        found = [(case.number, payment(case, company)) for case in cases]
        made = [(number, one) for number, one in found if isinstance(one, Payment)]
        withheld = [
            f"{number}: {one.told(app.office.language)}" for number, one in found if not isinstance(one, Payment)
        ]
        missing = sorted(wanted - {case.number for case in cases})
        withheld += [f"{number}: no agreed and unpaid invoice has this number" for number in missing]
        content = bank_file([one for _, one in made], company, now().astimezone(app.office.hours.zone))
    total = sum((one.amount for _, one in made), Decimal(0))
    return _Batch(content, tuple(number for number, _ in made), total, tuple(withheld))


async def _waiting(app: App, wanted: frozenset[str]) -> list[Case]:
    """Give the open cases somebody is asked to pay now, the oldest first."""
    from mailflow.core.bank_file import awaits_payment

    found: list[Case] = []
    after = None
    while rows := await app.store.cases("open", None, after, PAGE):
        after = rows[-1].id
        loaded = [await app.store.load(row.id) for row in rows]
        found += [case for case in loaded if case is not None and awaits_payment(case)]
    return [case for case in reversed(found) if not wanted or case.number in wanted]
