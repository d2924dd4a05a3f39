"""`mailflow login`: sign in to the mailbox once, by a page of the provider's, so that no password is kept.

Owns: the arguments and the talk. Refuses to know: how tokens are got and kept (`permission`).
"""

from __future__ import annotations

from pathlib import Path

import click

from mailflow.errors import SettingsError
from mailflow.rules_command import SITE


@click.command()
@SITE
def login(site: Path) -> None:
    """Sign in to the mailbox by a token in place of a password, as [oauth] says; the service then keeps it alive."""
    from mailflow.config import read_settings
    from mailflow.permission import Permission

    settings = read_settings(site)
    if settings.oauth is None:
        raise SettingsError(f"{site / 'mailflow.toml'}: there is no section [oauth]: the mailbox has a password")
    Permission(settings.oauth, site).sign_in(click.echo, click.prompt)
    click.echo(f"signed in; {site / settings.oauth.file} keeps it: `mailflow check` tries it")
