"""Making a site: a folder with settings, people, rules, templates, a key and the place for the password.

Owns: what a new site holds, and what to do next with it. Nothing that is there already is ever written over: where
one file of the plan stands, nothing is made at all. Refuses to know: what the files mean.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from mailflow.app import DIRECTORY_FILE, shipped
from mailflow.config import SETTINGS_FILE
from mailflow.core.views import Language
from mailflow.edges.keys import KEY_BYTES
from mailflow.errors import SettingsError
from mailflow.providers import PRESETS, Preset, Provider, SignIn

PRIVATE = 0o600
PRIVATE_FOLDER = 0o700
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
PASSWORD_FILE = "mailbox.password"

NEXT: Mapping[Language, str] = {
    "ru": """Дальше:
  1. впишите в {folder}/mailflow.toml серверы вашей почты, в {folder}/directory.yaml — людей, отделы и роли
  2. запишите пароль ящика в {folder}/mailbox.password; с [oauth]: mailflow login -s {folder}
  3. mailflow check -s {folder}      скажет, что не так и что сделать
  4. mailflow run -s {folder}""",
    "en": """Next:
  1. write your mail servers into {folder}/mailflow.toml, and people, departments and roles into {folder}/directory.yaml
  2. write the mailbox's password into {folder}/mailbox.password; with [oauth]: mailflow login -s {folder}
  3. mailflow check -s {folder}      says what is wrong and what to do
  4. mailflow run -s {folder}""",
}


def make_site(folder: Path, address: str, language: Language, provider: Provider = "own") -> Iterator[Path]:
    """Make the site and give each file made; SettingsError, and nothing made, where one of them stands already."""
    if not ADDRESS.fullmatch(address):
        raise SettingsError(f"{address}: this is no address: write one as docs@company.ru")
    plan = _plan(address, language, PRESETS[provider])
    for name in plan:
        if (folder / name).exists() or (folder / name).is_symlink():
            raise SettingsError(f"{folder / name}: it exists already: choose another folder, or move it away")
    folder.mkdir(parents=True, mode=PRIVATE_FOLDER, exist_ok=True)
    for name, (content, mode) in plan.items():
        yield _write(folder / name, content, mode)


def what_next(folder: Path, language: Language, provider: Provider = "own") -> str:
    """Give the steps from a new site to a running one, what is to be done at the provider first."""
    advice = PRESETS[provider].told(language)
    first = {"ru": f"Сначала {advice}.", "en": f"First {advice}."}[language] if advice else ""
    return "\n".join(filter(None, (first, NEXT[language].format(folder=folder))))


def make_key(path: Path) -> Path:
    """Make a signing key only its owner can read."""
    return _write(path, secrets.token_bytes(KEY_BYTES), PRIVATE)


def _plan(address: str, language: Language, preset: Preset) -> dict[str, tuple[bytes, int]]:
    """Give every file of a site: its name, what stands in it, who may read it."""
    domain = address.partition("@")[2]
    site = shipped("templates") / "site"
    settings = _text(site / f"mailflow.{language}.toml").format(
        address=address, domain=domain, **_known(preset, domain)
    )
    people = _text(site / f"directory.{language}.yaml").replace("DOMAIN", domain)
    readme = {kind: _text(site / f"{kind}.{language}.txt").encode() for kind in ("mail", "letters")}
    rules = {
        f"rules/{file.relative_to(shipped('rules'))}": (file.read_bytes(), 0o644)
        for file in sorted(shipped("rules").rglob("*.yaml"))
    }
    return {
        SETTINGS_FILE: (settings.encode(), 0o644),
        DIRECTORY_FILE: (people.encode(), 0o644),
        **rules,
        "templates/mail/README.txt": (readme["mail"], 0o644),
        "templates/letters/README.txt": (readme["letters"], 0o644),
        "keys/1.key": (secrets.token_bytes(KEY_BYTES), PRIVATE),
        PASSWORD_FILE: (b"", PRIVATE),
    }


def _known(preset: Preset, domain: str) -> dict[str, str]:
    """Give the lines of the settings a provider decides; what is mailflow's own default stays a comment."""
    return {
        "imap": f'host = "{preset.imap or f"imap.{domain}"}"',
        "smtp": f'host = "{preset.smtp or f"smtp.{domain}"}"',
        "smtp_port": _line("port", str(preset.smtp_port), "465"),
        "smtp_security": _line("security", f'"{preset.smtp_security}"', '"tls"'),
        "receiver": _line("kind", f'"{preset.receiver}"', '"none"'),
        **_sign_in(preset.sign_in),
        "plus_addresses": _line("plus_addresses", str(preset.plus_addresses).lower(), "true"),
    }


def _sign_in(chosen: SignIn | None) -> dict[str, str]:
    """Give what stands in [oauth], an example where there is a password, and what stands before either's lines."""
    shown = chosen or SignIn()
    return {
        "oauth": "## " if chosen is None else "",
        "password": "" if chosen is None else "## ",
        "grant": shown.grant,
        "scope": shown.scope,
        "token_url": shown.token,
        "device_url": shown.device,
        "authorize_url": shown.authorize,
        "with_secret": "" if chosen is not None and shown.grant == "browser" else "## ",
    }


def _line(key: str, value: str, default: str) -> str:
    return f"{'# ' if value == default else ''}{key} = {value}"


def _write(path: Path, content: bytes, mode: int) -> Path:
    """Write a file that is not there; it never has more rights than it ends with."""
    path.parent.mkdir(parents=True, mode=PRIVATE_FOLDER, exist_ok=True)
    path.touch(mode=mode, exist_ok=False)
    path.write_bytes(content)
    return path


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
