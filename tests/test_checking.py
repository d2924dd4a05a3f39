"""`mailflow check`: each thing wrong with a site has its own sentence, and looking changes nothing."""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from mailflow import checking
from mailflow.cli import main
from mailflow.config import read_settings
from mailflow.core.verdict import Bad, Good, Unsure, Verdict, bad
from mailflow.errors import SettingsError
from mailflow.site_checks import calendar, clock
from tests.checks import (
    AUTHSERV,
    MX,
    NOW,
    STAFF,
    mail,
    part,
    said,
    the_bad,
    verdicts,
)
from tests.servers import Dovecot, dovecot, free_port, smtp_sink
from tests.site_folder import ADDRESS, PASSWORD, filled_site

SHIPPED_RULES = Path(__file__).parents[1] / "rules"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot({f"u{number}": PASSWORD for number in range(40)}) as server:
        yield server


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return itertools.count()


@pytest.fixture
def user(numbers: Iterator[int]) -> str:
    return f"u{next(numbers)}"


# The whole


async def test_a_site_in_order_is_told_so_and_the_exit_code_is_0(tmp_path: Path, server: Dovecot, user: str) -> None:
    server.append(user, mail())
    async with smtp_sink(users={"docs": PASSWORD}) as sink:
        imap: dict[str, object] = {"port": server.port, "user": user}
        site = filled_site(tmp_path / "site", imap, {"port": sink.port}, AUTHSERV)
        found = await verdicts(site, offline=False)
    assert [one for one in found if isinstance(one, Bad)] == []
    text = said(found)
    for sentence in (
        "mailflow.toml: docs@neon.example",
        f"rules: {', '.join(sorted(file.stem for file in SHIPPED_RULES.glob('*.yaml')))}",
        "every paper can be printed as PDF",
        "keys: 1, 1.key signs",
        "database: sqlite, schema 0",
        f"IMAP log-in as {user}",
        "IDLE: the server says at once",
        "MOVE: a mail that is safe is moved in one step",
        "folder INBOX: 1 mails",
        "SMTP log-in as docs",
        "letters of up to 32 MB are taken",
        "8BITMIME",
        "SMTPUTF8",
        f"{ADDRESS} may be used as sender",
        f"from {STAFF}: {STAFF} is proven, dmarc=pass by {MX}",
        "1 of 1 mails of your people are proven",
    ):
        assert f"ok    {sentence}" in text or sentence in text, sentence


async def test_looking_changes_nothing_and_sends_nothing(tmp_path: Path, server: Dovecot, user: str) -> None:
    server.append(user, mail(), mail("anna@romashka.example"))
    before, folders = server.listing(user), server.folders(user)
    async with smtp_sink(users={"docs": PASSWORD}) as sink:
        imap: dict[str, object] = {"port": server.port, "user": user}
        await verdicts(filled_site(tmp_path / "site", imap, {"port": sink.port}, AUTHSERV), offline=False)
        assert sink.letters == []
    assert server.listing(user) == before
    assert server.flags(user) == [set(), set()]
    assert server.folders(user) == folders


def test_the_command_prints_a_line_each_and_ends_with_1_when_something_is_wrong(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    done = CliRunner().invoke(main, ["check", "-s", str(site), "--offline"])
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "nothing is wrong")
    (site / "keys" / "1.key").chmod(0o644)
    done = CliRunner().invoke(main, ["check", "-s", str(site), "--offline"])
    assert (done.exit_code, done.output.splitlines()[-1]) == (1, "1 thing to mend")
    assert all(line[:6] in ("ok    ", "note  ", "WRONG ") for line in done.output.splitlines()[:-1])


def test_colours_add_nothing_to_the_words() -> None:
    lines = [checking.line(one) for one in (Good("a"), Unsure("b", "c"), Bad("d", "e"), Bad("f", ""))]
    assert all("\x1b[" in line for line in lines)
    assert [click.unstyle(line) for line in lines] == ["ok    a", "note  b: c", "WRONG d: e", "WRONG f"]


async def test_a_check_that_breaks_is_a_verdict_and_the_others_go_on() -> None:
    def broken() -> Iterator[Verdict]:
        yield Good("so far")
        raise ZeroDivisionError("of all things")

    found = [one async for one in checking.verdicts_of(checking.Check("sums", broken()))]
    assert found == [Good("so far"), Bad("sums: ZeroDivisionError: of all things", checking.UNFORESEEN)]


async def test_each_line_of_an_error_of_ours_is_a_verdict() -> None:
    def wrong() -> Iterator[Verdict]:
        raise SettingsError("a.yaml:3: odd: mend it\nb.yaml:9: odder: mend it too")
        yield Good("never")

    found = [one async for one in checking.verdicts_of(checking.Check("files", wrong()))]
    assert found == [Bad("a.yaml:3: odd", "mend it"), Bad("b.yaml:9: odder", "mend it too")]
    assert bad("no cure here") == Bad("no cure here", "")


# The site itself


async def test_where_there_is_no_site_the_way_to_one_is_said(tmp_path: Path) -> None:
    [only] = await verdicts(tmp_path / "nothing")
    assert isinstance(only, Bad)
    assert only.what.endswith("mailflow.toml: there is no such file")
    assert "mailflow init" in only.cure


async def test_a_new_site_lacks_people_and_password_and_nothing_else(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["init", str(tmp_path / "site"), "--address", ADDRESS])
    assert done.exit_code == 0
    found = [one.what for one in await verdicts(tmp_path / "site", offline=False) if isinstance(one, Bad)]
    assert found[0] == "directory.yaml is still the sample"
    assert all("is empty" in what for what in found[1:])
    assert len(found) == 3


async def test_every_unknown_key_is_named(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site", {"prot": 993, "floder": "INBOX"})
    assert {one.what for one in await verdicts(site)} == {
        "mailflow.toml: [mailbox] prot: unknown key",
        "mailflow.toml: [mailbox] floder: unknown key",
    }


async def test_mistakes_in_people_rules_and_letters_are_named_with_their_line(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    people = (site / "directory.yaml").read_text(encoding="utf-8")
    (site / "directory.yaml").write_text(people + "  driver: [nobody]\n", encoding="utf-8")
    (site / "rules" / "invoice.yaml").write_text("process: invoice\ncolour: red\n", encoding="utf-8")
    (site / "templates" / "mail" / "closed.ru.j2").write_text("{% block ask %}{{ amout }}{% endblock %}", "utf-8")
    text = said(await part(site, "directory", "rules", "letters", "keys"))
    assert f"WRONG directory.yaml:{len(people.splitlines()) + 1}:12: nobody has the id `nobody`" in text
    assert "WRONG rules/invoice.yaml:2:1: unknown key `colour`" in text
    assert "closed.ru.j2:1: " in text
    assert "ok    keys" in text


async def test_a_paper_that_cannot_be_printed_is_named(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    (site / "templates" / "letters" / "oddity.ru.html.j2").write_text("x", encoding="utf-8")
    assert "oddity.ru.html.j2" in (await the_bad(site, "papers")).what


async def test_keys_that_are_missing_short_or_no_chance_at_all_are_told_apart(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    key = site / "keys" / "1.key"
    key.write_bytes(b"short")
    assert "shorter than 32 bytes" in (await the_bad(site, "keys")).what
    key.write_bytes(bytes(32))
    assert "no random bytes" in (await the_bad(site, "keys")).what
    key.unlink()
    assert "there is no key" in (await the_bad(site, "keys")).what


async def test_a_key_others_can_read_is_wrong_and_an_old_one_is_noted(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    key = site / "keys" / "1.key"
    key.chmod(0o640)
    assert (await the_bad(site, "keys")).cure == f"chmod 600 {key}"
    key.chmod(0o600)
    later = await part(site, "keys", now=NOW + timedelta(days=402))
    assert any(isinstance(one, Unsure) and "1.key is 40" in one.what for one in later)


async def test_a_password_others_can_read_is_wrong(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    (site / "mailbox.password").chmod(0o644)
    only = await the_bad(site, "mailbox password's rights")
    assert only.what.endswith("other users may read it (mode 0644), whoever reads it can read the mailbox")


async def test_the_password_is_never_shown(tmp_path: Path, server: Dovecot, user: str) -> None:
    site = filled_site(tmp_path / "site", {"port": server.port, "user": user}, {"port": free_port()})
    (site / "mailbox.password").write_text("geheim-1234", encoding="utf-8")
    assert "geheim-1234" not in said(await verdicts(site, offline=False))


async def test_a_password_that_cannot_be_read_is_not_tried_on_the_server(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site", {"port": free_port()})
    (site / "mailbox.password").unlink()
    found = [one.what for one in await verdicts(site, offline=False) if isinstance(one, Bad)]
    assert len(found) == 2
    assert all("cannot read" in what for what in found)


async def test_a_credential_without_systemd_says_how_to_go_on(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    text = (site / "mailflow.toml").read_text(encoding="utf-8")
    (site / "mailflow.toml").write_text(text.replace("file =", "credential ="), encoding="utf-8")
    assert "there is no $CREDENTIALS_DIRECTORY" in (await the_bad(site, "mailbox password")).what


async def test_a_credential_of_systemd_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = filled_site(tmp_path / "site")
    text = (site / "mailflow.toml").read_text(encoding="utf-8")
    (site / "mailflow.toml").write_text(text.replace("file =", "credential ="), encoding="utf-8")
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "mailbox.password").write_text(PASSWORD, encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    assert await part(site, "mailbox password", "mailbox password's rights") == [Good("[mailbox] password can be read")]


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    (site / "data").mkdir()
    (site / "data" / "mailflow.db").write_bytes(b"no database at all, and long enough to be read as one" * 40)
    only = await the_bad(site, "database")
    assert "mailflow.db" in only.what
    assert "give the path of a mailflow database" in only.cure


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
async def test_another_user_s_site_is_not_written_into(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    os.chown(site, 65534, 65534)
    [only] = [one for one in await verdicts(site) if isinstance(one, Bad)]
    assert "this check runs as root" in only.what
    assert not (site / "data" / "mailflow.db").exists()


async def test_a_file_store_that_is_no_folder_is_named(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    (site / "data").mkdir()
    (site / "data" / "files").write_text("a file", encoding="utf-8")
    assert "data/files: cannot be written" in (await the_bad(site, "file store")).what


async def test_the_file_store_holds_nothing_after_the_check(tmp_path: Path) -> None:
    site = filled_site(tmp_path / "site")
    await part(site, "file store")
    assert list((site / "data" / "files").iterdir()) == []
    assert stat.S_IMODE((site / "data" / "files").stat().st_mode) == 0o700


def test_years_the_production_calendar_does_not_know_are_told(tmp_path: Path) -> None:
    settings = read_settings(filled_site(tmp_path / "site"))
    kinds = {year: type(next(calendar(settings, datetime(year, 6, 1, tzinfo=UTC)))) for year in (2026, 2027, 2031)}
    assert kinds == {2026: Good, 2027: Unsure, 2031: Bad}
    # In Moscow it is next year already.
    [late] = calendar(settings, datetime(2026, 12, 31, 22, 0, tzinfo=UTC))
    assert isinstance(late, Unsure)


def test_the_hour_at_the_office_is_shown_and_a_clock_of_long_ago_is_wrong(tmp_path: Path) -> None:
    settings = read_settings(filled_site(tmp_path / "site"))
    assert list(clock(settings, datetime(2026, 11, 16, 7, 30, tzinfo=UTC))) == [
        Good("it is 2026-11-16 10:30 at the office (Europe/Moscow)")
    ]
    [unset] = clock(settings, datetime(1970, 1, 1, tzinfo=UTC))
    assert isinstance(unset, Bad)
