"""The commands that give a paper of the company: the order on approval by e-mail, payment orders for the bank.

Owns: arguments, printing, writing the file. Refuses to know: what the papers say.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from mailflow.core.views import Language
from mailflow.errors import MailflowError, SettingsError
from mailflow.rules_command import SITE

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
