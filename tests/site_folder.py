"""A site as `mailflow init` makes it, filled in so that nothing is left to mend."""

from __future__ import annotations

import json
from pathlib import Path

from mailflow.making import make_site

ADDRESS = "docs@neon.example"
PASSWORD = "пароль-docs"
HERE = {"host": "127.0.0.1", "port": 1, "security": "plain", "user": "docs"}


def filled_site(
    folder: Path, imap: dict[str, object] | None = None, smtp: dict[str, object] | None = None, more: str = ""
) -> Path:
    """Make a site for servers on this machine; `imap` and `smtp` say where and how, `more` is further sections."""
    list(make_site(folder, ADDRESS, "ru"))
    settings = [
        *_section("mailbox", {"address": ADDRESS, **HERE, **(imap or {})}),
        *_section("smtp", {**HERE, **(smtp or {})}),
        more,
    ]
    (folder / "mailflow.toml").write_text("\n".join(settings), encoding="utf-8")
    (folder / "mailbox.password").write_text(PASSWORD + "\n", encoding="utf-8")
    people = (folder / "directory.yaml").read_text(encoding="utf-8")
    (folder / "directory.yaml").write_text(people.replace("Ваша компания", "НЕОН"), encoding="utf-8")
    return folder


def _section(name: str, values: dict[str, object]) -> list[str]:
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return [f"[{name}]", *lines, 'password = {file = "mailbox.password"}']
