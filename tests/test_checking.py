"""`mailflow check`: each thing that may be wrong has its own sentence, and looking changes nothing."""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import ssl
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
from mailflow.core.headers import HeaderBlock, scan
from mailflow.core.receiver_guess import Guess, NoGuess, guess
from mailflow.core.sender import ReceiverProfile
from mailflow.core.verdict import Bad, Good, Unsure, Verdict, bad
from mailflow.edges.dialing import Place, encryption, trouble
from mailflow.edges.imap_glance import Glance, Seen
from mailflow.errors import SettingsError
from mailflow.mail_checks import clocks
from mailflow.site_checks import calendar, clock
from tests.mailboxes import settings as imap_settings
from tests.servers import HANG_UP, Certificate, Dovecot, certificate, dovecot, fake_imap, free_port, smtp_sink
from tests.site_folder import ADDRESS, PASSWORD, filled_site

NOW = datetime.now(UTC)
STAFF = "head@neon.example"
MX = "mx.neon.example"
AUTHSERV = f'[mailbox.receiver]\nkind = "authserv"\nauthserv_id = "{MX}"\n'


@pytest.fixture(scope="module")
def our_ca(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def server(our_ca: Certificate) -> Iterator[Dovecot]:
    with dovecot({f"u{number}": PASSWORD for number in range(40)}, tls=our_ca) as server:
        yield server


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return itertools.count()


@pytest.fixture
def user(numbers: Iterator[int]) -> str:
    return f"u{next(numbers)}"


def mail(author: str = STAFF, mark: str = f"{MX}; dmarc=pass header.from=neon.example", above: str = "") -> bytes:
    """A mail as our server leaves it: its mark above its own Received line."""
    marked = f"Authentication-Results: {mark}\r\n" if mark else ""
    return (
        f"{above}{marked}Received: from there by {MX} with ESMTPS; Mon, 16 Nov 2026 10:00:00 +0300\r\n"
        f"From: {author}\r\nTo: {ADDRESS}\r\nSubject: hello\r\nDate: Mon, 16 Nov 2026 10:00:00 +0300\r\n"
        f"Message-ID: <{abs(hash((author, mark)))}@there>\r\n\r\nhello\r\n"
    ).encode()


async def verdicts(site: Path, offline: bool = True) -> list[Verdict]:
    """What the whole check says."""
    return [verdict async for verdict in checking.check(site, offline, NOW)]


async def part(site: Path, *names: str, now: datetime = NOW) -> list[Verdict]:
    """What the checks of these names say, whatever the others would."""
    every = checking.checks(read_settings(site), False, now)
    return [verdict for one in every if one.name in names async for verdict in checking.verdicts_of(one)]


async def the_bad(site: Path, *names: str) -> Bad:
    [only] = [one for one in await part(site, *names) if isinstance(one, Bad)]
    return only


async def of_the_mailbox(tmp_path: Path, more: str = "", **imap: object) -> list[Verdict]:
    return await part(filled_site(tmp_path / "site", imap, more=more), "mailbox")


async def bad_mailbox(tmp_path: Path, **imap: object) -> Bad:
    """The one thing wrong with the mailbox beside the missing profile, which is no matter here."""
    found = await of_the_mailbox(tmp_path, AUTHSERV, **imap)
    [only] = [one for one in found if isinstance(one, Bad)]
    return only


async def of_the_post(tmp_path: Path, **smtp: object) -> list[Verdict]:
    return await part(filled_site(tmp_path / "site", smtp=smtp), "post")


async def bad_post(tmp_path: Path, **smtp: object) -> Bad:
    [only] = [one for one in await of_the_post(tmp_path, **smtp) if isinstance(one, Bad)]
    return only


def said(found: list[Verdict]) -> str:
    return "\n".join(click.unstyle(checking.line(one)) for one in found)


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
        "rules: incoming, invoice, outgoing",
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
    assert f"WRONG directory.yaml:{len(people.splitlines()) + 1}: nobody has the id `nobody`" in text
    assert "WRONG rules/invoice.yaml:2: unknown key `colour`" in text
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


# The mailbox


async def test_a_wrong_imap_password(tmp_path: Path, server: Dovecot) -> None:
    only = await bad_mailbox(tmp_path, port=server.port, user="nobody")
    assert only.what.startswith(f"127.0.0.1:{server.port}: wrong user or password for nobody")
    assert "application password" in only.cure


async def test_a_closed_imap_port(tmp_path: Path) -> None:
    port = free_port()
    only = await bad_mailbox(tmp_path, port=port)
    assert only.what == f"127.0.0.1:{port}: the connection is refused, nothing listens on port {port}"
    assert only.cure.startswith("correct [mailbox] port (993 for tls, 143 for starttls)")


async def test_a_host_that_does_not_exist(tmp_path: Path) -> None:
    only = await bad_mailbox(tmp_path, host="imap.nosuch.invalid", security="tls")
    assert "no host named imap.nosuch.invalid" in only.what or "imap.nosuch.invalid cannot be looked up" in only.what


async def test_a_host_that_is_no_name_at_all(tmp_path: Path) -> None:
    only = await bad_mailbox(tmp_path, host="imap..neon.example", security="tls")
    assert "no host named imap..neon.example" in only.what


async def test_tls_on_a_port_that_speaks_none(tmp_path: Path, server: Dovecot, user: str) -> None:
    only = await bad_mailbox(tmp_path, port=server.port, user=user, security="tls")
    assert "TLS is refused, the server does not speak it on this port" in only.what
    assert only.cure == 'write port = 993, or security = "starttls", under [mailbox]'


async def test_a_server_without_starttls(tmp_path: Path, user: str) -> None:
    with dovecot({user: PASSWORD}) as plain:
        only = await bad_mailbox(tmp_path, port=plain.port, user=user, security="starttls")
    assert only.what == f"127.0.0.1:{plain.port}: the server offers no STARTTLS"
    assert only.cure == 'write security = "tls" and port = 993 under [mailbox]'


async def test_a_certificate_of_an_unknown_authority(tmp_path: Path, server: Dovecot, user: str) -> None:
    for security, port in (("tls", server.tls_port), ("starttls", server.port)):
        only = await bad_mailbox(tmp_path / security, port=port, user=user, security=security)
        assert "signed by an authority this machine does not know" in only.what
        assert only.cure.endswith("as [mailbox] ca_file")


async def test_a_self_signed_certificate(tmp_path: Path, our_ca: Certificate, user: str) -> None:
    itself = Certificate(our_ca.ca, our_ca.ca, our_ca.ca.with_suffix(".key"))
    with dovecot({user: PASSWORD}, tls=itself) as lonely:
        only = await bad_mailbox(tmp_path, port=lonely.tls_port, user=user, security="tls")
    assert "the certificate is signed by itself" in only.what


async def test_a_certificate_for_another_name(tmp_path: Path, user: str) -> None:
    other = certificate(tmp_path / "ca", "DNS:imap.neon.example")
    with dovecot({user: PASSWORD}, tls=other) as server:
        only = await bad_mailbox(tmp_path, port=server.tls_port, user=user, security="tls", ca_file=str(other.ca))
    assert only.what.endswith("the certificate belongs to another name than 127.0.0.1")


async def test_a_certificate_that_is_trusted_is_told_with_its_last_day(
    tmp_path: Path, server: Dovecot, our_ca: Certificate, user: str
) -> None:
    found = await of_the_mailbox(tmp_path, port=server.tls_port, user=user, security="tls", ca_file=str(our_ca.ca))
    # The test's certificate lasts two days.
    assert any(isinstance(one, Unsure) and "certificate trusted until" in one.what for one in found)
    assert Good(f"IMAP log-in as {user}") in found


async def test_a_ca_file_that_is_none(tmp_path: Path, server: Dovecot, user: str) -> None:
    only = await bad_mailbox(tmp_path, port=server.tls_port, user=user, security="tls", ca_file="/nosuch.pem")
    assert "[mailbox] ca_file = /nosuch.pem" in only.what


async def test_a_missing_folder_is_told_with_those_that_are_there(tmp_path: Path, server: Dovecot, user: str) -> None:
    only = await bad_mailbox(tmp_path, port=server.port, user=user, folder="Счета", after="leave")
    assert only.what == "there is no folder Счета; the server has INBOX"


async def test_folders_that_will_be_made_are_noted_and_not_made(tmp_path: Path, server: Dovecot, user: str) -> None:
    found = await of_the_mailbox(tmp_path, port=server.port, user=user)
    assert "note  folder Processed is not there yet: mailflow makes it at its first start" in said(found)
    with server.client(user) as client:
        client.create("Processed")
    assert Good("folder Processed") in await of_the_mailbox(tmp_path / "again", port=server.port, user=user)


async def test_folders_below_a_prefix_are_found(tmp_path: Path, user: str) -> None:
    with dovecot({user: PASSWORD}, prefix="INBOX.") as server:
        with server.client(user) as client:
            client.create("INBOX.Processed")
        found = await of_the_mailbox(tmp_path, port=server.port, user=user)
    assert Good("folder Processed") in found
    assert "note  folder Quarantine is not there yet" in said(found)


async def test_a_server_that_can_little_is_noted(tmp_path: Path, user: str) -> None:
    with dovecot({user: PASSWORD}, capability="IMAP4rev1 AUTH=PLAIN") as server:
        text = said(await of_the_mailbox(tmp_path, port=server.port, user=user))
    assert "note  the server knows no IDLE: it is asked every 30 s instead" in text
    assert "note  the server knows neither MOVE nor UIDPLUS" in text


async def test_whether_plus_addresses_work_cannot_be_known(tmp_path: Path, server: Dovecot, user: str) -> None:
    text = said(await of_the_mailbox(tmp_path, port=server.port, user=user))
    assert "note  whether docs+anything@neon.example is delivered to docs@neon.example cannot be asked" in text
    text = said(await of_the_mailbox(tmp_path / "b", port=server.port, user=user, plus_addresses=False))
    assert "cannot be asked" not in text


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = Glance.open(imap_settings(silent.getsockname()[1], "docs"), seconds=0.2)
    assert isinstance(found, Bad)
    assert found.what.endswith("no answer")


async def test_a_server_that_hangs_up_at_the_log_in() -> None:
    async with fake_imap({"AUTHENTICATE": [HANG_UP]}) as fake:
        found = await asyncio.to_thread(Glance.open, imap_settings(fake.port, "docs"))
    assert isinstance(found, Bad)
    assert "hung up" in found.what


def test_a_mail_from_the_future_shows_that_the_clock_here_is_slow() -> None:
    [slow] = clocks([Seen(NOW + timedelta(days=2), b"", b""), Seen(None, b"", b"")], NOW)
    assert isinstance(slow, Bad)
    assert "which is later than now here" in slow.what
    for fine in ([], [Seen(NOW - timedelta(days=2), b"", b"")], [Seen(NOW + timedelta(minutes=1), b"", b"")]):
        assert list(clocks(fine, NOW)) == []


# The post


async def test_a_wrong_smtp_password(tmp_path: Path) -> None:
    async with smtp_sink(users={"docs": "another"}) as sink:
        only = await bad_post(tmp_path, port=sink.port)
    assert only.what.startswith(f"127.0.0.1:{sink.port}: wrong user or password for docs (535")


async def test_a_closed_smtp_port(tmp_path: Path) -> None:
    port = free_port()
    only = await bad_post(tmp_path, port=port)
    assert only.what == f"127.0.0.1:{port}: the connection is refused, nothing listens on port {port}"
    assert only.cure.startswith("correct [smtp] port (465 for tls, 587 for starttls)")


async def test_an_smtp_host_that_is_no_name_at_all(tmp_path: Path) -> None:
    only = await bad_post(tmp_path, host="smtp..neon.example", security="tls")
    assert "no host named smtp..neon.example" in only.what


async def test_a_post_without_starttls(tmp_path: Path) -> None:
    async with smtp_sink() as sink:
        only = await bad_post(tmp_path, port=sink.port, security="starttls")
    assert only.what == f"127.0.0.1:{sink.port}: the server offers no STARTTLS"


async def test_a_post_that_speaks_no_tls_on_its_port(tmp_path: Path) -> None:
    async with smtp_sink() as sink:
        only = await bad_post(tmp_path, port=sink.port, security="tls")
    assert "TLS is refused, the server does not speak it on this port" in only.what


@pytest.mark.parametrize(("implicit", "security"), [(True, "tls"), (False, "starttls")])
async def test_a_post_whose_certificate_is_not_trusted_and_one_whose_is(
    tmp_path: Path, our_ca: Certificate, implicit: bool, security: str
) -> None:
    async with smtp_sink(our_ca, implicit=implicit, users={"docs": PASSWORD}) as sink:
        only = await bad_post(tmp_path / "a", port=sink.port, security=security)
        trusted = await of_the_post(tmp_path / "b", port=sink.port, security=security, ca_file=str(our_ca.ca))
    text = said(trusted)
    assert "signed by an authority this machine does not know" in only.what
    assert only.cure.endswith("as [smtp] ca_file")
    assert "TLSv1.3, certificate trusted until" in text
    assert "SMTP log-in as docs" in text


@pytest.mark.parametrize("phase", ["mail", "rcpt"])
async def test_an_address_that_may_not_be_used_as_sender(tmp_path: Path, phase: str) -> None:
    async with smtp_sink(users={"docs": PASSWORD}) as sink:
        sink.on[phase] = "553 5.7.1 Sender address rejected: not owned by user docs"
        only = await bad_post(tmp_path, port=sink.port)
    assert only.what.startswith(f"{ADDRESS} may not be used as sender (553 5.7.1 Sender address rejected")
    assert only.cure.startswith(f"let the user docs send as {ADDRESS}")


async def test_a_small_limit_of_size_is_noted(tmp_path: Path) -> None:
    async with smtp_sink(users={"docs": PASSWORD}, size_limit=2 * 1024 * 1024) as sink:
        text = said(await of_the_post(tmp_path, port=sink.port))
    assert "note  letters of up to 2 MB are taken: a letter with a scanned document may be larger" in text


async def test_a_post_that_lets_nobody_in_now(tmp_path: Path) -> None:
    async with smtp_sink() as sink:
        sink.on["greeting"] = "554 5.7.1 your address is blocked"
        only = await bad_post(tmp_path, port=sink.port)
    assert "the server does not let us in (554 5.7.1 your address is blocked)" in only.what


async def test_a_post_that_hangs_up_half_way_is_a_verdict(tmp_path: Path) -> None:
    async with smtp_sink(users={"docs": PASSWORD}) as sink:
        sink.on["mail"] = "drop"
        only = await bad_post(tmp_path, port=sink.port)
    assert "hung up" in only.what


async def test_a_post_without_a_user_is_not_logged_in_to(tmp_path: Path) -> None:
    async with smtp_sink() as sink:
        text = said(await of_the_post(tmp_path, port=sink.port, user=""))
    assert f"ok    127.0.0.1:{sink.port}: SMTP without a log-in" in text


# Why a connection fails


PLACE = Place("[mailbox]", "imap.neon.example", 993, "tls", (993, 143))


def certificate_error(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = code, "as OpenSSL says"
    return error


SENTENCES = [
    (certificate_error(10), "the certificate has expired"),
    (certificate_error(9), "the certificate is not valid yet"),
    (certificate_error(18), "signed by itself"),
    (certificate_error(20), "an authority this machine does not know"),
    (certificate_error(62), "belongs to another name than imap.neon.example"),
    (certificate_error(23), "the certificate is not trusted (as OpenSSL says)"),
    (socket.gaierror(socket.EAI_NONAME, "no"), "there is no host named imap.neon.example"),
    (socket.gaierror(socket.EAI_AGAIN, "no"), "cannot be looked up now"),
    (ConnectionRefusedError(), "the connection is refused"),
    (TimeoutError(), "no answer"),
    (ConnectionResetError(), "the server hung up"),
    (OSError(113, "No route to host"), "no connection ([Errno 113] No route to host)"),
    (RuntimeError(), "no connection (RuntimeError)"),
]


@pytest.mark.parametrize(("error", "sentence"), SENTENCES)
def test_each_way_a_connection_fails_has_its_sentence(error: BaseException, sentence: str) -> None:
    found = trouble(PLACE, error)
    assert sentence in found.what
    assert found.cure


def test_no_two_ways_share_a_sentence() -> None:
    told = [trouble(PLACE, error).what for error, _ in SENTENCES]
    assert len(set(told)) == len(told)


def test_the_error_behind_a_wrapper_is_the_one_that_is_told() -> None:
    outer = OSError("could not connect")
    outer.__cause__ = certificate_error(10)
    assert "has expired" in trouble(PLACE, outer).what


def test_a_certificate_that_ends_soon_is_noted() -> None:
    now = datetime(2026, 11, 16, tzinfo=UTC)
    soon, late = ({"notAfter": f"Nov {day} 10:00:00 {year} GMT"} for day, year in ((20, 2026), (20, 2027)))
    assert isinstance(encryption(PLACE, soon, "TLSv1.3", now), Unsure)
    assert isinstance(encryption(PLACE, late, "TLSv1.3", now), Good)


# Who would be proven


async def test_without_a_profile_one_is_proposed_and_tried(tmp_path: Path, server: Dovecot, user: str) -> None:
    server.append(user, mail(), mail("i.ivanov@neon.example"), mail("anna@romashka.example", mark=""))
    found = await of_the_mailbox(tmp_path, port=server.port, user=user)
    [only] = [one for one in found if isinstance(one, Bad)]
    assert only.what == "[mailbox.receiver] kind is none: nobody is proven, so no reply decides"
    assert f'kind = "authserv", authserv_id = "{MX}" (2 of 3 mails carry this mark)' in only.cure
    text = said(found)
    assert f"from {STAFF}: {STAFF} is proven" in text
    assert "from anna@romashka.example: nobody is proven: Our mail server has not marked this mail." in text
    assert "2 of 2 mails of your people are proven" in text


async def test_the_proposed_profile_can_be_written_as_it_is_told(tmp_path: Path, server: Dovecot, user: str) -> None:
    server.append(user, mail())
    imap: dict[str, object] = {"port": server.port, "user": user}
    site = filled_site(tmp_path / "site", imap)
    [told] = [one.cure for one in await part(site, "mailbox") if isinstance(one, Bad)]
    written = told.partition("[mailbox.receiver]: ")[2].partition(" (")[0].replace(", ", "\n")
    with (site / "mailflow.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"\n[mailbox.receiver]\n{written}\n")
    assert "1 of 1 mails of your people are proven" in said(await part(site, "mailbox"))


async def test_a_profile_that_proves_nobody_is_wrong_and_a_better_one_is_proposed(
    tmp_path: Path, server: Dovecot, user: str
) -> None:
    server.append(user, mail())
    imap: dict[str, object] = {"port": server.port, "user": user}
    site = filled_site(tmp_path / "site", imap, more=AUTHSERV.replace(MX, "mx.other.example"))
    only = await the_bad(site, "mailbox")
    assert only.what == "none of 1 mails of your people is proven"
    assert f'authserv_id = "{MX}"' in only.cure


async def test_with_a_page_a_missing_profile_is_only_noted(tmp_path: Path, server: Dovecot, user: str) -> None:
    server.append(user, mail())
    imap: dict[str, object] = {"port": server.port, "user": user}
    site = filled_site(tmp_path / "site", imap, more='[web]\nurl = "https://docs.neon.example"')
    found = await part(site, "mailbox")
    assert any(isinstance(one, Unsure) and "kind is none" in one.what for one in found)


async def test_an_empty_mailbox_says_how_to_find_out(tmp_path: Path, server: Dovecot, user: str) -> None:
    [only] = [one for one in await of_the_mailbox(tmp_path, port=server.port, user=user) if isinstance(one, Bad)]
    assert "send a mail from a colleague's address" in only.cure


async def test_at_most_ten_of_the_newest_mails_are_told_newest_first(
    tmp_path: Path, server: Dovecot, user: str
) -> None:
    server.append(user, *(mail(f"p{number}@neon.example") for number in range(25)))
    imap: dict[str, object] = {"port": server.port, "user": user}
    site = filled_site(tmp_path / "site", imap, more=AUTHSERV)
    lines = [one for one in said(await part(site, "mailbox")).splitlines() if "mail of 2" in one]
    assert [line.partition(" from ")[2].partition("@")[0] for line in lines] == [f"p{n}" for n in range(24, 14, -1)]


async def test_mails_that_were_moved_are_looked_at_too_and_large_ones_are_left_out(
    tmp_path: Path, server: Dovecot, user: str
) -> None:
    with server.client(user) as client:
        client.create("Processed")
    server.append(user, mail() + b"x" * 400_000)
    server.append(user, mail("director@neon.example"), folder="Processed")
    text = said(await of_the_mailbox(tmp_path, AUTHSERV, port=server.port, user=user))
    assert "director@neon.example is proven" in text
    assert STAFF not in text


async def test_a_hostile_address_stays_on_its_line(tmp_path: Path, server: Dovecot, user: str) -> None:
    server.append(user, mail('"\x1b[31m"@neon.example'))
    found = await of_the_mailbox(tmp_path, AUTHSERV, port=server.port, user=user)
    assert all(character.isprintable() or character == "\n" for character in said(found))


# The guess


def blocks(*mails: bytes) -> list[HeaderBlock]:
    return [scan(one) for one in mails]


def test_the_mark_above_the_topmost_received_line_needs_no_name() -> None:
    found = guess(blocks(mail(), mail("anna@romashka.example")))
    assert found == Guess(ReceiverProfile("authserv", MX, ""), 2, 2)


def test_a_mark_below_an_inner_received_line_needs_the_name_of_the_one_that_set_it() -> None:
    inner = "Received: from mx by store.neon.example with LMTP; Mon, 16 Nov 2026 10:00:01 +0300\r\n"
    found = guess(blocks(mail(above=inner), mail(above=inner)))
    assert found == Guess(ReceiverProfile("authserv", MX, MX), 2, 2)


def test_a_mark_few_mails_carry_is_not_proposed() -> None:
    found = guess(blocks(mail(), *[mail(mark="")] * 3))
    assert isinstance(found, NoGuess)


def test_servers_that_name_themselves_differently_each_time_give_no_guess() -> None:
    names = [mail(mark=f"mx{n}.neon.example; dmarc=pass header.from=neon.example") for n in range(5)]
    found = guess(blocks(*names))
    assert isinstance(found, NoGuess)
    assert "mx0.neon.example" in found.reason


def test_a_mark_of_another_server_that_came_with_the_mail_is_not_believed_above_ours() -> None:
    foreign = b"Authentication-Results: mx.there.example; dmarc=pass header.from=neon.example\r\nFrom: "
    found = guess(blocks(*[mail().replace(b"From: ", foreign, 1)] * 3))
    assert found == Guess(ReceiverProfile("authserv", MX, ""), 3, 3)


def test_a_malformed_mark_is_no_mark() -> None:
    assert isinstance(guess(blocks(mail(mark=f"{MX}; dmarc=(pass"))), NoGuess)
    assert isinstance(guess(blocks(b"", b"\r\n", b"garbage")), NoGuess)
