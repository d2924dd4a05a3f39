"""A new site: everything explained where it stands, nothing written over, and the page of every key."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailflow.app import read_people, read_rules, rule_folders
from mailflow.cli import main
from mailflow.config import SETTINGS_FILE, Settings, read_settings
from mailflow.core.receiver import ReceiverProfile
from mailflow.core.tokens import mint, read_token
from mailflow.core.views import Language
from mailflow.errors import SettingsError
from mailflow.making import make_site
from mailflow.providers import PRESETS, PROVIDERS, Provider
from mailflow.settings_page import sections, settings_page

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES: tuple[Language, ...] = ("ru", "en")
ADDRESS = "docs@neon.example"
NEEDED = """
[mailbox]
address = "docs@neon.example"
host = "imap.neon.example"
user = "docs@neon.example"
password = {file = "mailbox.password"}
[smtp]
host = "smtp.neon.example"
user = "docs@neon.example"
password = {file = "mailbox.password"}
"""


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def site(tmp_path: Path, language: Language) -> Path:
    list(make_site(tmp_path / "site", ADDRESS, language))
    return tmp_path / "site"


def uncommented(text: str, marks: str) -> str:
    """The settings file with its keys after one of these marks made real."""
    return re.sub(rf"^(?:{marks}) (?=\w+ = |\[)", "", text, flags=re.MULTILINE)


SECRETS = ("password", "secret", "client_secret", "access_key", "secret_key", "dkim_key")


def keys_of(values: dict[str, object], above: str = "") -> set[str]:
    """Every key of a TOML document by its full name; a password is one key."""
    found: set[str] = set()
    for name, value in values.items():
        tables = value if isinstance(value, list) and value and isinstance(value[0], dict) else [value]
        if isinstance(tables[0], dict) and name not in SECRETS:
            found |= keys_of(tables[0], f"{above}{name}.")
        else:
            found.add(above + name)
    return found


def reread(site: Path, text: str) -> Settings:
    (site / SETTINGS_FILE).write_text(text, encoding="utf-8")
    return read_settings(site)


def values_of(settings: Settings) -> dict[str, object]:
    parts = ("mailbox", "smtp", "office", "store", "digest", "web")
    return {part: getattr(settings, part) for part in parts} | {"keys": settings.keys_folder}


def test_every_key_of_the_model_stands_in_the_new_settings_file(site: Path) -> None:
    text = (site / SETTINGS_FILE).read_text(encoding="utf-8")
    written = keys_of(tomllib.loads(uncommented(text, "##|#")))
    assert written == {f"{section.name}.{key.name}" for section in sections() for key in section.keys}


def test_uncommenting_the_defaults_changes_nothing(site: Path) -> None:
    text = (site / SETTINGS_FILE).read_text(encoding="utf-8")
    plain = values_of(reread(site, NEEDED))
    assert values_of(reread(site, text)) == plain
    assert len(uncommented(text, "#")) < len(text)
    assert values_of(reread(site, uncommented(text, "#"))) == plain


def test_every_key_of_the_new_settings_file_is_explained(site: Path) -> None:
    text = (site / SETTINGS_FILE).read_text(encoding="utf-8")
    lines = text.splitlines()
    bare = {"address", "security", "password", "ca_file", "url", "opens", "closes", "timezone", "kind", "port", "files"}
    for line in lines:
        key = re.match(r"(?:##? )?(\w+) = ", line)
        if key and key[1] not in bare:
            assert "  # " in line or " # " in line.partition("=")[2], line


def test_both_languages_have_the_same_settings() -> None:
    ru, en = ((ROOT / f"templates/site/mailflow.{one}.toml").read_text(encoding="utf-8") for one in LANGUAGES)
    left, right = ([line.partition("  #")[0] for line in text.splitlines() if " = " in line] for text in (ru, en))
    assert [one.partition(" #")[0] for one in left] == [one.partition(" #")[0] for one in right]


def test_people_and_rules_of_a_new_site_are_in_order(site: Path, language: Language) -> None:
    directory = read_people(site / "directory.yaml")
    assert directory.company.language == language
    shipped = {file.stem for file in (ROOT / "rules").glob("*.yaml")}
    assert {process.name for process in read_rules(rule_folders(site), directory)} == shipped
    assert rule_folders(site) == [site / "rules"]


def test_the_examples_of_the_directory_can_be_uncommented(site: Path) -> None:
    text = (site / "directory.yaml").read_text(encoding="utf-8")
    (site / "directory.yaml").write_text(
        re.sub(r"^( *)# (?= *\w+: )", r"\1", text, flags=re.MULTILINE), encoding="utf-8"
    )
    person = read_people(site / "directory.yaml").people["i.ivanov"]
    assert person.trusted_sum is not None
    assert person.manager == "head"
    assert person.substitute is not None
    assert person.substitute.by == "head"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_site_for_each_provider_names_its_servers_and_says_what_to_do_there(
    tmp_path: Path, provider: Provider, language: Language
) -> None:
    made = CliRunner().invoke(
        main, ["init", str(tmp_path / "s"), "--address", ADDRESS, "--provider", provider, "--language", language]
    )
    assert made.exit_code == 0, made.output
    settings, preset = read_settings(tmp_path / "s"), PRESETS[provider]
    assert settings.mailbox.host == preset.imap or settings.mailbox.host.startswith("imap.")
    assert (settings.smtp.port, settings.smtp.security) == (preset.smtp_port, preset.smtp_security)
    assert settings.mailbox.plus_addresses == preset.plus_addresses
    assert settings.receiver() == ReceiverProfile(preset.receiver, domain=settings.domain)
    assert preset.told(language) in made.output


def test_what_is_secret_is_readable_by_its_owner_alone(site: Path) -> None:
    for name in ("keys/1.key", "mailbox.password"):
        assert stat.S_IMODE((site / name).stat().st_mode) == 0o600, name
    for folder in (site, site / "keys"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder


def test_the_key_of_a_new_site_signs_and_no_two_are_the_same(tmp_path: Path) -> None:
    rings = []
    for name in ("one", "two"):
        list(make_site(tmp_path / name, ADDRESS, "ru"))
        rings.append(read_settings(tmp_path / name).keys())
    token = mint(rings[0], "reply", bytes(range(16)))
    assert read_token(token.text, "reply", rings[0]) == token.stored
    assert read_token(token.text, "reply", rings[1]) is None


def test_the_password_s_place_is_there_and_empty(site: Path) -> None:
    assert (site / "mailbox.password").read_bytes() == b""
    assert (site / "templates/mail/README.txt").read_text(encoding="utf-8")
    assert (site / "templates/letters/README.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["mailflow.toml", "directory.yaml", "rules/invoice.yaml", "keys/1.key"])
def test_where_a_file_stands_already_nothing_is_made(tmp_path: Path, name: str) -> None:
    there = tmp_path / "site" / name
    there.parent.mkdir(parents=True)
    there.write_bytes(b"precious")
    with pytest.raises(SettingsError, match="exists already"):
        list(make_site(tmp_path / "site", ADDRESS, "en"))
    assert [path for path in (tmp_path / "site").rglob("*") if path.is_file()] == [there]
    assert there.read_bytes() == b"precious"


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "mailbox.password").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SettingsError, match="exists already"):
        list(make_site(tmp_path / "site", ADDRESS, "en"))
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    "address", ["docs", "docs@", "@neon.example", "a b@neon.example", 'x"@neon.example', "{0}@a.b"]
)
def test_what_is_no_address_makes_no_site(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="this is no address"):
        list(make_site(tmp_path / "site", address, "en"))
    assert not (tmp_path / "site").exists()


def test_init_says_what_it_made_and_what_comes_next(tmp_path: Path) -> None:
    folder = str(tmp_path / "site")
    done = CliRunner().invoke(main, ["init", folder, "--address", ADDRESS, "--language", "en"])
    assert done.exit_code == 0
    for name in ("mailflow.toml", "directory.yaml", "keys/1.key", "mailbox.password"):
        assert f"made {folder}/{name}" in done.output
    assert f"mailflow check -s {folder}" in done.output


def test_the_page_of_settings_is_what_the_model_says() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == settings_page(), "write it anew: python -m mailflow.settings_page > docs/settings.md"


def test_every_setting_has_its_meaning_beside_it() -> None:
    assert [f"{one.name}.{key.name}" for one in sections() for key in one.keys if not key.meaning] == []
    assert [one.name for one in sections() if not one.meaning] == []
