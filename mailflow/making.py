"""Making a site: a folder with settings, people, rules, templates and a key.

Owns: what a new site holds. Nothing that is there already is ever written over.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from mailflow.app import DIRECTORY_FILE, shipped
from mailflow.config import KEY_BYTES, SETTINGS_FILE
from mailflow.errors import SettingsError

PRIVATE = 0o600


def make_site(folder: Path, address: str, language: str) -> Iterator[Path]:
    """Make the site and give each path made; SettingsError where one stands already."""
    if (folder / SETTINGS_FILE).exists():
        raise SettingsError(f"{folder / SETTINGS_FILE}: there is a site already: choose another folder")
    if address.count("@") != 1:
        raise SettingsError(f"{address}: this is no address: write one as docs@company.ru")
    folder.mkdir(parents=True, exist_ok=True)
    domain = address.partition("@")[2]
    settings = (shipped("templates") / "site" / SETTINGS_FILE).read_text(encoding="utf-8")
    yield _write(folder / SETTINGS_FILE, settings.format(address=address, domain=domain))
    people = (shipped("templates") / "site" / f"directory.{language}.yaml").read_text(encoding="utf-8")
    yield _write(folder / DIRECTORY_FILE, people.replace("DOMAIN", domain))
    yield _copy(shipped("rules"), folder / "rules")
    yield _folder(folder / "templates" / "mail")
    yield make_key(folder / "keys" / "1.key")


def make_key(path: Path) -> Path:
    """Make a signing key only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=PRIVATE, exist_ok=False)
    path.write_bytes(secrets.token_bytes(KEY_BYTES))
    return path


def _write(path: Path, text: str) -> Path:
    if path.exists():
        raise SettingsError(f"{path}: it exists already: move it away or choose another folder")
    path.write_text(text, encoding="utf-8")
    return path


def _copy(source: Path, target: Path) -> Path:
    target.mkdir(exist_ok=True)
    for file in sorted(source.glob("*.yaml")):
        if not (target / file.name).exists():
            shutil.copyfile(file, target / file.name)
    return target


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
