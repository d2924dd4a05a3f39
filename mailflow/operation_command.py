"""The commands of whoever keeps mailflow running: how it does, what to take again, what to keep safe.

Owns: arguments, printing, exit codes (0 nothing is wrong, 1 something is and is said).
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import click

from mailflow.core.views import Language, language_of
from mailflow.rules_command import SITE

LANG = click.option("--lang", type=click.Choice(["ru", "en"]), help="The language; by default that of LANG.")


@click.command()
@SITE
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@LANG
def status(site: Path, as_json: bool, lang: Language | None) -> None:
    """Tell what waits, since when and why; exit code 1 when a person has to act."""
    from mailflow.app import now
    from mailflow.config import read_settings
    from mailflow.status import status as told

    healthy, text = asyncio.run(told(read_settings(site), lang or language_of(os.environ), as_json, now()))
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)
    sys.exit(0 if healthy else 1)


COMMANDS = (status,)
